//! Containers: the Docker engine of this machine, the images that are built or pulled there, the networks and containers that a run
//! owns, and the removal of what a dead run left. Talks to the engine's socket alone; what a server says is the targets' business.
//!
//! Containers are started by testcontainers; everything that it has no call for (builds, networks with labels, faults, the sweep) goes
//! through the bollard client that it shares with us. Both are async: one runtime drives them, and everything here waits for it, so that
//! nothing outside sees a future.
//!
//! In reading order: the runtime and the engine ([`engine`]), what every object carries ([`labels`]), what a build is told of the host
//! ([`host`]) and given ([`context`]), images ([`image`], [`build`]), networks ([`network`]), containers ([`container`]), and the sweep
//! ([`sweep`](mod@sweep)).

mod engine;
mod labels;
mod host;
mod context;
mod build;
mod image;
mod network;
mod container;
mod sweep;

pub use container::{Container, Ended, Order, Sink};
pub use engine::{Engine, EngineError, EngineFacts, LEAST_API, NoEngine, Place, find_place};
pub use host::BuildHost;
pub use image::{ImageError, ImageFacts, Supply, ensure, is_there, remove_older};
pub use labels::Labels;
pub(crate) use labels::checkout;
pub use network::Network;
pub use sweep::{Remains, remove_run, sweep};
