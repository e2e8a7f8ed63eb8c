//! What a run is handed by this program: folders, limits, and what recipes, readers and installers may see of the environment.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use dogfood_run::execute::{Deps, KnownValues};
use dogfood_run::toolboxes::HostEnv;

use super::{Request, secrets};
use crate::cmd::Context;
use crate::exit::Trouble;

/// Variables that a reader keeps who follows a page by hand: where packages come from, through which proxy, trusting whom.
const READERS: [&str; 14] = [
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_CERT",
    "PIP_CONFIG_FILE",
    "UV_INDEX_URL",
    "UV_DEFAULT_INDEX",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
];

/// What the run of `request` in the checkout at `root` is handed. `stop` ends it.
pub(crate) fn of(context: &Context, root: &Path, request: &Request, stop: &Arc<AtomicBool>) -> Result<Deps, Trouble> {
    adopt_orphans()?;
    let environment = &context.environment;
    let readers = environment.all.iter().filter_map(|(name, value)| Some((name.to_str()?, value.to_str()?)));
    let readers = readers.filter(|(name, _)| READERS.contains(name));
    Ok(Deps {
        root: root.to_owned(),
        program: program()?,
        cache: environment.cache()?,
        jobs: request.jobs,
        expected: BTreeMap::new(),
        keep: request.keep,
        path: environment.path.clone(),
        host: HostEnv::new(environment.all.iter().cloned(), Arc::clone(stop)),
        reader: readers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        secrets: secrets::of_environment(environment),
        known: Arc::new(KnownValues::default()),
        stop: Arc::clone(stop),
    })
}

/// Has what a recipe leaves below a supervisor that it killed handed to this process, which ends it.
pub(crate) fn adopt_orphans() -> Result<(), Trouble> {
    let adopted = dogfood_run::sys::adopt_orphans();
    adopted.map_err(|error| Trouble::machine(format!("orphans of recipes cannot be adopted: {error}"), ""))
}

/// This program: supervisors are it again.
pub(crate) fn program() -> Result<std::path::PathBuf, Trouble> {
    std::env::current_exe().map_err(|error| Trouble::machine(format!("this program cannot find itself: {error}"), ""))
}
