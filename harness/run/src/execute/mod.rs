//! Runs a plan: every cell in its own fresh world, under its own supervisor, as many at once as the machine has cores; and walks a page
//! as a reader would. Starts processes, writes temporary folders; what it says is events, redacted.
//!
//! In reading order: what the caller brings ([`Deps`]), where toolboxes and targets come from ([`Infrastructure`]), what a step is to a
//! session (`script`), the folder and environment that a recipe sees (`world`), what the recipes of a run share (`supplies`), why one
//! ended (`reason`), how raw bytes become records (`record`), how the runs of a benchmark become one each (`rounds`), what is armed and
//! cleared around a step (`faults`), a supervisor at work (`drive`), one cell (`cell`), all of them ([`execute`]; again and again:
//! [`warmly`]), a page from top to bottom ([`walk`]).

mod deps;
mod infrastructure;
mod host;
mod script;
mod world;
mod supplies;
mod reason;
mod record;
mod rounds;
mod faults;
mod drive;
mod cell;
mod run;
mod walk;

pub use deps::{Deps, KnownValues, RunError};
pub use host::Host;
pub use infrastructure::{Infrastructure, Owner, Place, Service, Tools, Unavailable};
pub use run::{Ran, Warm, end_orphans, execute, execute_on, warmly};
pub use walk::{Page, PageTarget, WalkEvent, WalkStep, Walked, walk, walk_on};
