//! The real toolboxes and targets of this machine. Starts installers and servers.

use std::path::Path;
use std::sync::Arc;

use dogfood_core::infra::target::Target;
use dogfood_core::infra::toolbox::Toolbox;
use dogfood_core::redact::Redacted;

use super::infrastructure::{Infrastructure, Place, Service, Tools, Unavailable};
use crate::toolboxes::{self, Environment, HostEnv, ToolboxError};

/// The real toolboxes and targets.
#[derive(Debug)]
pub struct Host<'a> {
    /// Where toolboxes are made.
    pub cache: &'a Path,
    /// What installers may see.
    pub environment: &'a HostEnv,
}

impl Infrastructure for Host<'_> {
    fn toolbox(&self, toolbox: &Toolbox, progress: &mut dyn FnMut(String)) -> Result<Tools, Unavailable> {
        toolboxes::prepare(toolbox, self.cache, self.environment, progress).map(tools).map_err(|error| match error {
            ToolboxError::Stopped(_) => Unavailable::Interrupted,
            error if error.is_fault_of_the_book() => Unavailable::Faulty(error.to_string()),
            error => Unavailable::Missing(error.to_string()),
        })
    }

    fn start(
        &self,
        target: &Target,
        _place: &Place<'_>,
        _progress: &mut dyn FnMut(Redacted),
    ) -> Result<Arc<dyn Service>, Unavailable> {
        Err(Unavailable::Missing(format!("target {} cannot be started by this version", target.id)))
    }
}

fn tools(environment: Environment) -> Tools {
    Tools {
        dir: environment.dir.clone(),
        bin: environment.bin.clone(),
        python: environment.python.clone(),
        python_version: environment.python_version.clone(),
        owner: Arc::new(move |module| environment.distribution_of(module).map(str::to_owned)),
    }
}
