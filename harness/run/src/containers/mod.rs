//! Containers: the Docker engine of this machine, the images that are built or pulled there, the networks and containers that a run
//! owns, and the removal of what a dead run left. Talks to the engine's socket alone; what a server says is the targets' business.
//!
//! testcontainers finds the engine, as `DOCKER_HOST` and its relatives say. What is asked of the engine goes through the bollard client that
//! it hands out: what testcontainers starts by itself it removes in a destructor that waits two minutes for an engine that has stopped,
//! and it makes a network or pulls an image that is gone without a word. The client is async: one runtime drives it, and everything here
//! waits for it, so that nothing outside sees a future. No wait is without a limit.
//!
//! In reading order: whether the engine answers ([`pulse`]), the runtime and the engine ([`engine`]), what every object carries ([`labels`]),
//! what a build is told of the host ([`host`]) and given ([`context`]), images ([`image`], [`build`]), networks ([`network`]), containers
//! ([`order`], [`container`]), and the sweep ([`sweep`](mod@sweep)).

mod pulse;
mod engine;
mod labels;
mod host;
mod context;
mod build;
mod image;
mod network;
mod order;
mod container;
mod sweep;

pub use container::{Container, Ended, Hindered};
pub use engine::{Engine, EngineError, EngineFacts, LEAST_API, NoEngine, Place, find_place};
pub use host::BuildHost;
pub use image::{Failures, ImageError, ImageFacts, Site, Supply, ensure, is_there, remove_older};
pub use labels::Labels;
pub(crate) use labels::checkout;
pub use network::Network;
pub use order::{Order, Sink};
pub use sweep::{Remains, remove_run, sweep};
