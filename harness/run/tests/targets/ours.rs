//! The targets and the toolbox of this repository, for tests and for the program that they kill.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dogfood_core::infra::target::{Target, read};
use dogfood_core::infra::toolbox::{self, Toolbox};
use dogfood_core::name::Id;
use dogfood_core::place::RelPath;
use dogfood_run::toolboxes::{Environment, HostEnv, prepare};

fn text(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(path)).expect("a file of this repository")
}

fn servers() -> Toolbox {
    let path = RelPath::new("infra/toolboxes/servers/toolbox.yaml").expect("a path");
    let lock = path.sibling("requirements.lock").expect("a path");
    toolbox::read(&path, &text(path.as_str()), &lock, &text(lock.as_str())).expect("a toolbox")
}

/// `infra/targets/NAME.yaml`.
pub fn target(name: &str) -> Target {
    let path = RelPath::new(&format!("infra/targets/{name}.yaml")).expect("a path");
    let toolboxes: BTreeMap<Id, Toolbox> =
        [servers()].into_iter().map(|toolbox| (toolbox.id.clone(), toolbox)).collect();
    read(&path, &text(path.as_str()), &toolboxes).expect("a target")
}

/// The servers' environment, made once and kept beside the build.
pub fn environment() -> Environment {
    let cache = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/tmp/cache");
    let host = HostEnv::new(std::env::vars_os(), Arc::default());
    prepare(&servers(), &cache, &host, &mut |_| {}).expect("a toolbox")
}
