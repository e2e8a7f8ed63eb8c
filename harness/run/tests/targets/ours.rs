//! The targets and the toolbox of this repository, for tests and for the program that they kill.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dogfood_core::infra::image::{Image, ImageFile, Images};
use dogfood_core::infra::target::{Target, read};
use dogfood_core::infra::toolbox::{self, Toolbox};
use dogfood_core::name::Id;
use dogfood_core::place::RelPath;
use dogfood_run::toolboxes::{Environment, HostEnv, prepare};

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("a file of this repository")
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
    read(&path, &text(path.as_str()), &toolboxes, &images()).expect("a target")
}

/// The images of this repository.
pub fn images() -> Images {
    let folders = std::fs::read_dir(root().join("infra/images")).expect("a folder").flatten();
    let names = folders.filter_map(|entry| Id::new(entry.file_name().to_str()?).ok());
    names.map(|name| (name.clone(), Ok(image(name)))).collect()
}

fn image(name: Id) -> Image {
    let folder = root().join("infra/images").join(name.as_str());
    let (mut files, mut todo) = (Vec::new(), vec![folder.clone()]);
    while let Some(place) = todo.pop() {
        if place.is_dir() {
            todo.extend(std::fs::read_dir(place).expect("a folder").flatten().map(|entry| entry.path()));
            continue;
        }
        let mode = std::fs::metadata(&place).expect("a file").permissions().mode();
        files.push(ImageFile {
            path: place.strip_prefix(&folder).expect("below").display().to_string(),
            executable: mode & 0o100 != 0,
            bytes: std::fs::read(&place).expect("a file"),
        });
    }
    Image::new(name, files)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Where toolboxes and locks are kept, beside the build.
pub fn cache() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/tmp/cache")
}

/// What installers and builds see of this machine.
pub fn host() -> HostEnv {
    HostEnv::new(std::env::vars_os(), Arc::default())
}

/// The servers' environment, made once and kept beside the build.
pub fn environment() -> Environment {
    prepare(&servers(), &cache(), &host(), &mut |_| {}).expect("a toolbox")
}
