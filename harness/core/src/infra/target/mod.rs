//! Target files: `infra/targets/NAME.yaml`. Values and their reading; starting one is the run crate's. Pure; touches nothing.

mod model;
mod check;
mod read;

pub use model::{
    ContainerSpec, HandedOver, ImageSource, NONE, ProcessSpec, Protocol, Target, TargetKind, TargetSpec, VersionSource,
    VersionSpec,
};
pub use read::read;
