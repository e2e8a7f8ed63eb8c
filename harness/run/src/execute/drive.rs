//! Drives a supervisor through the units of a world, and hands on what it says. Starts a process.

use dogfood_core::event::{NotRun, StepAt};

use super::script::{Planned, number_groups};
use super::supplies::Supplies;
use super::world::World;
use crate::lease;
use crate::sessions::capture::Raw;
use crate::sessions::unit::Report;
use crate::supervise::client::{NoFrame, Supervisor};
use crate::supervise::frames::{Frame, Interpreter, Job};

/// Where a recipe failed, and why.
pub(super) type Failure = Option<(StepAt, String)>;

/// What a supervisor says of one unit.
pub(super) enum Said<'a, 'b> {
    Started(&'b Planned<'a>),
    Ended(&'b Planned<'a>, u64, Report),
}

/// How a job went.
pub(super) struct Driven {
    /// The first failure.
    pub(super) failure: Failure,
    /// What came after the last step of the first act.
    pub(super) after: Raw,
}

/// Runs `acts` in `world` under a supervisor. `hear` is told of every unit and says why it fails the recipe, if it does.
pub(super) fn drive<'a>(
    supplies: &Supplies<'_>,
    world: &World,
    interpreter: Interpreter,
    mut acts: Vec<Vec<Planned<'a>>>,
    hear: &mut dyn FnMut(Said<'a, '_>) -> Option<String>,
) -> Result<Driven, NotRun> {
    acts.iter_mut().for_each(|act| number_groups(act));
    let units = acts.iter().map(|act| act.iter().map(|planned| planned.unit.clone()).collect()).collect();
    let job = world.job(interpreter, units)?;
    let driven = supervised(supplies, world, &job, &acts, hear);
    if driven.is_err() {
        // Its supervisor may be gone; what it would have killed is known by its mark.
        supplies.lease.kill_part(world.mark().rsplit('.').next().unwrap_or_default());
    }
    driven
}

fn supervised<'a>(
    supplies: &Supplies<'_>,
    world: &World,
    job: &Job,
    acts: &[Vec<Planned<'a>>],
    hear: &mut dyn FnMut(Said<'a, '_>) -> Option<String>,
) -> Result<Driven, NotRun> {
    let broken = |why: String| NotRun::Broken(why);
    let marks = [(lease::VARIABLE, world.mark())];
    let mut supervisor = Supervisor::start(&supplies.deps.program, job, &marks)
        .map_err(|error| broken(format!("cannot start a supervisor: {error}")))?;
    let mut driven = Driven { failure: None, after: Raw::default() };
    let mut over = 0;
    loop {
        match supervisor.next_frame(&supplies.deps.stop) {
            Ok(Frame::Started { act, unit }) => {
                hear(Said::Started(planned(acts, act, unit)?));
            }
            Ok(Frame::Ended { act, unit, micros, report }) => {
                let planned = planned(acts, act, unit)?;
                let why = hear(Said::Ended(planned, micros, report));
                driven.failure = driven.failure.or(why.map(|why| (planned.at, why)));
            }
            Ok(Frame::ActOver { act, after }) => {
                over += 1;
                if act == 0 {
                    driven.after = after;
                }
            }
            Ok(Frame::Broken { why }) => return Err(broken(why)),
            Err(NoFrame::Over) => break,
            Err(NoFrame::Stopped) => return Err(NotRun::Interrupted),
            Err(other) => return Err(broken(other.to_string())),
        }
    }
    if supervisor.end() && over == acts.len() {
        return Ok(driven);
    }
    Err(broken("the recipe's supervisor died before the recipe was over; does a step kill its parent?".to_owned()))
}

fn planned<'a, 'b>(acts: &'b [Vec<Planned<'a>>], act: usize, unit: usize) -> Result<&'b Planned<'a>, NotRun> {
    let found = acts.get(act).and_then(|act| act.get(unit));
    found.ok_or_else(|| NotRun::Broken("the supervisor speaks of a step that is not there".to_owned()))
}
