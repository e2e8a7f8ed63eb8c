//! Drives a supervisor through the units of a world, arms and clears the faults between them, and hands on what happens. Starts a
//! process.

use std::time::Duration;

use dogfood_core::event::{FaultEvent, NotRun, StepAt};
use dogfood_core::fault::{Fault, FaultSeen};
use dogfood_core::markup::model::Session;

use super::faults::Faults;
use super::reason::limit;
use super::script::{Planned, number_groups};
use super::supplies::Supplies;
use super::world::World;
use crate::lease;
use crate::limits::{self, Doing};
use crate::sessions::capture::Raw;
use crate::sessions::unit::Report;
use crate::supervise::client::{NoFrame, Supervisor};
use crate::supervise::frames::{Frame, Interpreter, Job};

/// Where a recipe failed, and why.
pub(super) type Failure = Option<(StepAt, String)>;

/// What a supervisor says of one unit.
pub(super) enum Said<'a, 'b> {
    Started(&'b Planned<'a>),
    /// Something happened to the fault that its step asks for.
    Fault(&'b Planned<'a>, Fault, FaultEvent, Duration),
    /// It has ended; with it, if it was the last of its step, the step's fault.
    Ended(&'b Planned<'a>, u64, Report, Option<Box<FaultSeen>>),
}

/// How a job went.
pub(super) struct Driven {
    /// The first failure.
    pub(super) failure: Failure,
    /// What came after the last step of the first act.
    pub(super) after: Raw,
}

/// Runs `acts` in `world` under a supervisor; faults are armed and cleared between the units. `hear` is told of every unit and says why
/// it fails the recipe, if it does.
pub(super) fn drive<'a>(
    supplies: &Supplies<'_>,
    world: &World,
    interpreter: Interpreter,
    mut acts: Vec<Vec<Planned<'a>>>,
    faults: &mut Faults,
    hear: &mut dyn FnMut(Said<'a, '_>) -> Option<String>,
) -> Result<Driven, NotRun> {
    acts.iter_mut().for_each(|act| number_groups(act));
    let units = acts.iter().map(|act| act.iter().map(|planned| planned.unit.clone()).collect()).collect();
    let job = world.job(interpreter, units, limit(&acts))?;
    let driven = supervised(supplies, world, &job, &acts, faults, hear).map_err(|not_run| match not_run {
        // Who died early for want of something did not die of the recipe.
        NotRun::Faulty(why) => match world.before.excuse() {
            Some(excuse) => NotRun::Broken(format!("{why} Or: {excuse}")),
            None => NotRun::Faulty(why),
        },
        NotRun::Broken(why) => NotRun::Broken(match world.before.excuse() {
            Some(excuse) if !why.contains(&excuse) => format!("{why}; {excuse}"),
            _ => why,
        }),
        other => other,
    });
    if driven.is_err() {
        // However it ended, nothing stays armed; why it ended is already known.
        let _ = faults.clear();
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
    faults: &mut Faults,
    hear: &mut dyn FnMut(Said<'a, '_>) -> Option<String>,
) -> Result<Driven, NotRun> {
    let broken = |why: String| NotRun::Broken(why);
    let marks = [(lease::VARIABLE, world.mark())];
    let mut supervisor = Supervisor::start(&supplies.deps.program, job, &marks)
        .map_err(|error| broken(format!("cannot start a supervisor: {}", limits::told(&error))))?;
    let mut driven = Driven { failure: None, after: Raw::default() };
    let mut over = 0;
    let mut seen = None;
    // Before that nothing of the recipe has run: what goes wrong is not the recipe's doing.
    let mut begun = false;
    let mut machine = None;
    loop {
        match supervisor.next_frame(&supplies.deps.stop) {
            Ok(Frame::Before { act, unit }) => {
                arm(planned(acts, act, unit)?, faults, hear)?;
                supervisor.go();
            }
            Ok(Frame::After { act, unit }) => {
                seen = clear(planned(acts, act, unit)?, faults, hear)?;
                supervisor.go();
            }
            Ok(Frame::Started { act, unit }) => {
                begun = true;
                hear(Said::Started(planned(acts, act, unit)?));
            }
            Ok(Frame::Ended { act, unit, micros, report }) => {
                let planned = planned(acts, act, unit)?;
                let doing = doing(world, planned, &report);
                let why = failure(doing, hear(Said::Ended(planned, micros, report, seen.take())), &mut machine);
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
            Err(NoFrame::Silent) if begun => return Err(NotRun::Faulty(NoFrame::Silent.to_string())),
            Err(other) => return Err(broken(other.to_string())),
        }
    }
    if supervisor.end() && over == acts.len() {
        return machine.map_or(Ok(driven), |why| Err(NotRun::Broken(why)));
    }
    let why = "the recipe's supervisor died before the recipe was over";
    Err(if begun { NotRun::Faulty(format!("{why}; does a step kill its parent?")) } else { broken(why.to_owned()) })
}

/// Why a unit failed, with the disk that it filled. Where the machine was at fault, `machine` keeps the first reason.
fn failure(doing: Doing, why: Option<String>, machine: &mut Option<String>) -> Option<String> {
    let why = why?;
    match doing {
        Doing::Recipe => Some(why),
        Doing::RecipeThatFilled(disk) => Some(format!("{why}; {disk}")),
        Doing::Machine(how) => {
            machine.get_or_insert_with(|| format!("{why}; but {how}"));
            Some(why)
        }
    }
}

/// Whose doing it was that a unit ended as it did.
fn doing(world: &World, planned: &Planned<'_>, report: &Report) -> Doing {
    if report.ended.goes_on(planned.unit.wanted_exit()) {
        return Doing::Recipe;
    }
    let mut said = report.stderr.kept();
    if planned.unit.session == Session::Console {
        said.push_str(&report.stdout.kept());
    }
    said.extend(report.error.iter().map(|error| format!("\n{}", error.text)));
    world.before.doing(report.ended, &said)
}

/// Arms the fault that the step of `planned` asks for.
fn arm<'a>(
    planned: &Planned<'a>,
    faults: &mut Faults,
    hear: &mut dyn FnMut(Said<'a, '_>) -> Option<String>,
) -> Result<(), NotRun> {
    if let Some(fault) = planned.step.options.fault {
        let armed = faults.arm(fault)?;
        hear(Said::Fault(planned, fault, FaultEvent::Armed, armed));
    }
    Ok(())
}

/// Clears what stands, and tells what became of it.
fn clear<'a>(
    planned: &Planned<'a>,
    faults: &mut Faults,
    hear: &mut dyn FnMut(Said<'a, '_>) -> Option<String>,
) -> Result<Option<Box<FaultSeen>>, NotRun> {
    let seen = faults.clear()?;
    if let Some(seen) = &seen {
        if let Some(tripped) = seen.tripped {
            hear(Said::Fault(planned, seen.fault, FaultEvent::Tripped, tripped));
        }
        hear(Said::Fault(planned, seen.fault, FaultEvent::Cleared, seen.cleared));
    }
    Ok(seen.map(Box::new))
}

fn planned<'a, 'b>(acts: &'b [Vec<Planned<'a>>], act: usize, unit: usize) -> Result<&'b Planned<'a>, NotRun> {
    let found = acts.get(act).and_then(|act| act.get(unit));
    found.ok_or_else(|| NotRun::Broken("the supervisor speaks of a step that is not there".to_owned()))
}
