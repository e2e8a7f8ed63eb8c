//! What a run holds, written down before it holds it: `.dogfood/runs/RUN.json` in the checkout names the owner and the run's temporary
//! folder, sockets elsewhere, and whether it uses the Docker engine, and every process of the run carries the run's name in its
//! environment. So whatever a killed run leaves can be found and removed by the next. Writes below `.dogfood` and the system's temporary
//! folder, kills processes, removes what is in the engine.

mod mark;
mod folder;
mod record;
mod hold;
mod sweep;

pub use folder::{make as make_folder, remove as remove_folder};
pub use hold::{Lease, LeaseError};
pub use mark::VARIABLE;
pub use sweep::{Swept, clean, sweep};

#[cfg(test)]
mod tests;
