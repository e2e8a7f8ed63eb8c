//! One cell: its toolbox, its target's fresh bucket, its world, its supervisor, and what is recorded of it. Starts processes, writes
//! below the run's folder.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use dogfood_core::event::{CellEnd, CellFacts, NotRun, Part, RunEvent};
use dogfood_core::infra::toolbox::Toolbox;
use dogfood_core::markup::model::Session;
use dogfood_core::plan::Cell;
use dogfood_core::trace::Script;

use super::drive::{Driven, Failure, Said, drive};
use super::faults::{Asked, Faults};
use super::infrastructure::Tools;
use super::reason::{missed, why};
use super::record::{Recorded, Recorder};
use super::rounds::Rounds;
use super::script::{of_recipe, units};
use super::supplies::Supplies;
use super::world::{Materials, World};
use crate::supervise::frames::Interpreter;
use crate::sys;

/// Runs a cell and says all about it. `number` is its place in the plan.
pub(super) fn run(supplies: &Supplies<'_>, cell: &Cell, number: usize, say: &dyn Fn(RunEvent)) {
    let ended = if supplies.deps.stopped() {
        Err(NotRun::Interrupted)
    } else {
        say(RunEvent::CellStarted(cell.id.clone()));
        attempt(supplies, cell, number, say)
    };
    let (facts, end) = match ended {
        Ok((facts, None)) => (facts, CellEnd::Completed),
        Ok((facts, Some((at, why)))) => (facts, CellEnd::Failed { at, why }),
        // Whatever went wrong when the run was ended went wrong because it was ended.
        Err(_) if supplies.deps.stopped() => (CellFacts::default(), CellEnd::NotRun(NotRun::Interrupted)),
        Err(not_run) => (CellFacts::default(), CellEnd::NotRun(not_run)),
    };
    say(RunEvent::CellEnded { cell: cell.id.clone(), facts, end });
}

fn attempt(
    supplies: &Supplies<'_>,
    cell: &Cell,
    number: usize,
    say: &dyn Fn(RunEvent),
) -> Result<(CellFacts, Failure), NotRun> {
    let asked = asked(cell)?;
    let own_server = !shares_its_server(cell);
    let part = number.to_string();
    let tools = cell.toolbox.as_ref().map(|toolbox| supplies.toolbox(toolbox, say)).transpose()?;
    let service = supplies.service(cell, &part, own_server, say)?;
    let mut faults = Faults::new(service.clone(), asked)?;
    let handed = match &service {
        Some(service) => {
            let name = format!("{}-{number}", cell.id.recipe);
            service.hand_over(&name, faults.through()).map_err(|why| not_handed_over(cell, &why))?
        }
        None => Vec::new(),
    };
    let own = service.as_ref().map(|service| service.secrets()).unwrap_or_default();
    let world = World::make(Materials {
        folder: supplies.lease.folder().join(&part),
        path: supplies.deps.path.clone(),
        mark: supplies.lease.mark(&part),
        tools: tools.as_ref(),
        handed: &handed,
        secrets: &[supplies.deps.secrets.clone(), own].concat(),
    })
    .and_then(|world| world.write(&cell.files).map(|()| world))
    .map_err(|error| NotRun::Broken(format!("cannot make the recipe's folder: {error}")))?;
    world.refuse_missing(&cell.needs)?;
    let outcome = in_world(supplies, cell, &world, tools.as_ref(), &mut faults, say);
    let relayed = faults.through().is_some();
    drop(faults);
    if own_server && let Some(service) = &service {
        service.stop();
    }
    if !supplies.deps.keep {
        // What cannot be removed now is removed with the run's folder, or told then.
        let _ = world.remove();
    }
    let (mut facts, failure) = outcome?;
    if let Some(service) = service {
        if failure.is_some()
            && let Some(why) = service.dead()
        {
            return Err(NotRun::NotAvailable(format!("target {} did not last: {why}", cell.id.target)));
        }
        facts.versions.insert("server".to_owned(), service.version());
        facts.service = service.facts();
        if relayed && let Some(route) = facts.service.get_mut("route") {
            *route = format!("relay, then {route}");
        }
    }
    Ok((facts, failure))
}

fn in_world(
    supplies: &Supplies<'_>,
    cell: &Cell,
    world: &World,
    tools: Option<&Tools>,
    faults: &mut Faults,
    say: &dyn Fn(RunEvent),
) -> Result<(CellFacts, Failure), NotRun> {
    let target = &cell.id.target;
    let mut first = units(Part::Setup, &cell.setup, target);
    first.extend(of_recipe(&cell.recipe, target));
    let acts = [first, units(Part::Teardown, &cell.teardown, target)];
    let uses = |python: bool| acts.iter().flatten().any(|planned| (planned.unit.session == Session::Python) == python);
    let interpreter = interpreter(tools, uses(true), world)?;
    let script = Script::of_cell(cell);
    let mut recorder = Recorder::new(&world.known, acts.iter().flatten());
    let mut rounds = Rounds::default();
    let driven = std::thread::scope(|scope| {
        // bash is asked for its version meanwhile: a recipe need not wait for that.
        if uses(false) {
            // Where no thread is to be had, it is asked afterwards.
            let _ = std::thread::Builder::new().spawn_scoped(scope, || supplies.bash_version(world));
        }
        drive(supplies, world, interpreter.clone(), acts.to_vec(), faults, &mut |said| match said {
            Said::Started(planned) if !rounds.start(planned, sys::load) => None,
            Said::Started(planned) => {
                say(RunEvent::StepStarted { cell: cell.id.clone(), at: planned.at });
                None
            }
            Said::Fault(planned, ..) if planned.turn.is_some_and(|turn| turn.round > 0) => None,
            Said::Fault(planned, fault, what, after) => {
                say(RunEvent::Fault { cell: cell.id.clone(), at: planned.at, fault, what, after });
                None
            }
            Said::Ended(planned, micros, report, seen) => {
                let ended = report.ended;
                let expected =
                    |stream| script.judged(planned.at, stream, target).map(|judged| (judged.text, judged.format));
                let Recorded { mut record, problem } = recorder.record(planned, micros, report, expected);
                let missed = seen.as_ref().and_then(|seen| missed(planned.at, seen));
                record.fault = seen;
                let failed = !ended.goes_on(planned.unit.wanted_exit());
                let why = failed.then(|| why(planned, ended, &record));
                for record in rounds.take(planned, record, failed) {
                    say(RunEvent::StepEnded { cell: cell.id.clone(), record });
                }
                why.or(problem).or(missed)
            }
        })
    });
    supplies.deps.known.set(&cell.id, recorder.known());
    let Driven { failure, after } = driven?;
    let imported = imported(cell, world, tools);
    let mut versions = package_versions(cell.toolbox.as_deref(), &imported);
    if uses(false) {
        versions.extend(supplies.bash_version(world).map(|version| ("bash".to_owned(), version)));
    }
    versions.extend(python(tools, &interpreter).map(|version| ("python".to_owned(), version)));
    Ok((CellFacts { versions, service: BTreeMap::new(), imported, after: recorder.after(&after) }, failure))
}

/// The Python that the cell's steps run in: the toolbox's, or this machine's for a cell that uses it without one.
fn interpreter(tools: Option<&Tools>, is_used: bool, world: &World) -> Result<Interpreter, NotRun> {
    Ok(match tools {
        Some(tools) => Interpreter::At(tools.python.clone()),
        None if is_used => Interpreter::At(world.program("python3")?),
        None => Interpreter::None,
    })
}

/// The version of the Python that ran the cell's steps, if any did.
fn python(tools: Option<&Tools>, interpreter: &Interpreter) -> Option<String> {
    match (tools, interpreter) {
        (Some(tools), _) => Some(tools.python_version.clone()),
        (None, Interpreter::At(program)) => python_version(program),
        _ => None,
    }
}

/// The packages of the toolbox that the cell imported.
fn imported(cell: &Cell, world: &World, tools: Option<&Tools>) -> Vec<String> {
    let mut imported = tools.map(|tools| world.imported(tools)).unwrap_or_default();
    // What the installer itself puts into an environment (setuptools) is in no lock and pins nothing.
    let lock = cell.toolbox.as_deref();
    imported.retain(|package| lock.is_none_or(|toolbox| toolbox.version(package).is_some()));
    imported
}

/// Whether a cell can do with the run's one server: nothing is done to that server itself.
pub(super) fn shares_its_server(cell: &Cell) -> bool {
    !cell.recipe.fresh && asked(cell).is_ok_and(|asked| !asked.server)
}

/// The faults that the steps of the cell ask for.
fn asked(cell: &Cell) -> Result<Asked, NotRun> {
    let steps = cell.setup.iter().chain(&cell.recipe.steps).chain(cell.teardown.iter());
    Asked::by(steps.filter(|step| step.runs_on(&cell.id.target)), cell.target.as_deref())
}

fn not_handed_over(cell: &Cell, why: &str) -> NotRun {
    NotRun::NotAvailable(format!("target {} cannot make a fresh place for the recipe: {why}", cell.id.target))
}

fn package_versions(toolbox: Option<&Toolbox>, imported: &[String]) -> BTreeMap<String, String> {
    let version = |package: &String| Some((package.clone(), toolbox?.version(package)?.to_owned()));
    imported.iter().filter_map(version).collect()
}

/// What an interpreter says of its version.
fn python_version(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().strip_prefix("Python ").map(str::to_owned)
}
