//! One cell: its toolbox, its target's fresh bucket, its world, its supervisor, and what is recorded of it. Starts processes, writes
//! below the run's folder.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use dogfood_core::event::{CellEnd, CellFacts, NotRun, Part, RunEvent};
use dogfood_core::infra::toolbox::Toolbox;
use dogfood_core::markup::model::Session;
use dogfood_core::plan::Cell;
use dogfood_core::redact::{Known, Redactor};
use dogfood_core::trace::Script;

use super::drive::{Driven, Failure, Said, drive};
use super::faults::{Asked, Faults};
use super::infrastructure::{Service, Tools};
use super::reason::{missed, why};
use super::record::{Recorded, Recorder};
use super::rounds::Rounds;
use super::script::{of_recipe, units};
use super::supplies::Supplies;
use super::world::{Materials, World};
use crate::lease;
use crate::limits;
use crate::supervise::frames::Interpreter;
use crate::sys;
use crate::targets::Unwell;

/// Runs a cell and says all about it. `number` is its place in the plan.
pub(super) fn run(supplies: &Supplies<'_>, cell: &Cell, number: usize, say: &dyn Fn(RunEvent)) {
    let ended = if supplies.deps.stopped() {
        Err(NotRun::Interrupted)
    } else {
        say(RunEvent::CellStarted(cell.id.clone()));
        attempt(supplies, cell, number, say)
    };
    let (facts, end) = match ended {
        Ok(Ran { withheld: Some(why), .. }) => (CellFacts::default(), CellEnd::Withheld(why)),
        Ok(Ran { facts, failure: None, .. }) => (facts, CellEnd::Completed),
        Ok(Ran { facts, failure: Some((at, why)), .. }) => (facts, CellEnd::Failed { at, why }),
        // Whatever went wrong when the run was ended went wrong because it was ended.
        Err(_) if supplies.deps.stopped() => (CellFacts::default(), CellEnd::NotRun(NotRun::Interrupted)),
        Err(not_run) => (CellFacts::default(), CellEnd::NotRun(told(not_run, &supplies.deps.secrets))),
    };
    say(RunEvent::CellEnded { cell: cell.id.clone(), facts, end });
}

/// What a cell came to that ran.
struct Ran {
    facts: CellFacts,
    failure: Failure,
    /// Why nothing of it may be recorded or shown, if that is so.
    withheld: Option<String>,
}

/// As it may be told: whatever a server, an engine or an installer said in it, no secret of the caller shows.
pub(super) fn told(not_run: NotRun, secrets: &[Known]) -> NotRun {
    let redactor = Redactor::new(secrets);
    let told = |text: String| redactor.told(text.as_bytes()).into_string();
    match not_run {
        NotRun::NotAvailable(why) => NotRun::NotAvailable(told(why)),
        NotRun::Interrupted => NotRun::Interrupted,
        NotRun::Broken(why) => NotRun::Broken(told(why)),
        NotRun::Faulty(why) => NotRun::Faulty(told(why)),
        NotRun::WrongServerVersion { declared, says } => NotRun::WrongServerVersion { declared, says: told(says) },
    }
}

fn attempt(supplies: &Supplies<'_>, cell: &Cell, number: usize, say: &dyn Fn(RunEvent)) -> Result<Ran, NotRun> {
    let first = once(supplies, cell, number, !shares_its_server(cell), say)?;
    let Some(Unwell::Gone(why)) = first.unwell.clone().filter(|_| !supplies.deps.stopped()) else {
        return ran(first.withheld, settled(cell, first.outcome, first.unwell));
    };
    // Somebody took the server away, or the recipe did: that shows on one where nobody else is. Whatever the first try came to, it says
    // nothing of the recipe, so this is no second chance for one that failed.
    if let (Some(target), Some(service)) = (&cell.target, &first.shared) {
        supplies.retire(target, service, &why, say);
    }
    let _ = lease::remove_folder(&supplies.lease.folder().join(number.to_string()));
    let why = Redactor::new(&supplies.deps.secrets).told(why.as_bytes());
    say(RunEvent::ServerLost { target: cell.id.target.clone(), why, cell: Some(cell.id.clone()) });
    say(RunEvent::CellStarted(cell.id.clone()));
    let second = once(supplies, cell, number, true, say)?;
    let outcome = match second.unwell {
        Some(Unwell::Gone(why)) => ends_its_server(second.outcome, &why),
        unwell => settled(cell, second.outcome, unwell),
    };
    ran(second.withheld, outcome)
}

/// What a try came to, of which something may be withheld.
fn ran(withheld: Option<String>, outcome: Result<(CellFacts, Failure), NotRun>) -> Result<Ran, NotRun> {
    if withheld.is_some() {
        return Ok(Ran { facts: CellFacts::default(), failure: None, withheld });
    }
    outcome.map(|(facts, failure)| Ran { facts, failure, withheld: None })
}

/// What `outcome` is worth, where something may have been wrong with the server.
fn settled(
    cell: &Cell,
    outcome: Result<(CellFacts, Failure), NotRun>,
    unwell: Option<Unwell>,
) -> Result<(CellFacts, Failure), NotRun> {
    let Some(unwell) = unwell else { return outcome };
    let why = format!("target {} did not last: {}", cell.id.target, unwell.why());
    match outcome {
        // It may have said what it should all the same.
        Ok((facts, None)) => Ok((CellFacts { unwell: Some(why), ..facts }, None)),
        Ok((_, Some(_))) | Err(NotRun::NotAvailable(_)) => Err(NotRun::NotAvailable(why)),
        Err(other) => Err(other),
    }
}

/// `outcome` of a recipe whose server ended under it twice, the second time with nobody else there: that is the recipe's own doing.
fn ends_its_server(outcome: Result<(CellFacts, Failure), NotRun>, why: &str) -> Result<(CellFacts, Failure), NotRun> {
    let twice = |failed: String| format!("{failed}; each time it ran, {}", why.lines().next().unwrap_or_default());
    match outcome {
        Ok((facts, failure)) => Ok((facts, failure.map(|(at, failed)| (at, twice(failed))))),
        Err(NotRun::NotAvailable(failed)) => Err(NotRun::Broken(twice(failed))),
        Err(other) => Err(other),
    }
}

/// What came of one try.
struct Tried {
    outcome: Result<(CellFacts, Failure), NotRun>,
    /// Why its server was not what it counts on.
    unwell: Option<Unwell>,
    /// That server, if others use it, too.
    shared: Option<Arc<dyn Service>>,
    /// Why nothing of it may be recorded or shown, if that is so.
    withheld: Option<String>,
}

/// Runs the cell once, on a server of its own or on the shared one.
fn once(
    supplies: &Supplies<'_>,
    cell: &Cell,
    number: usize,
    own_server: bool,
    say: &dyn Fn(RunEvent),
) -> Result<Tried, NotRun> {
    let begun = Instant::now();
    let tools = cell.toolbox.as_ref().map(|toolbox| supplies.toolbox(toolbox, say)).transpose()?;
    let Surroundings { service, mut faults, handed } = surroundings(supplies, cell, number, own_server, say)?;
    let own = service.as_ref().map(|service| service.secrets()).unwrap_or_default();
    let part = number.to_string();
    let world = World::make(Materials {
        folder: supplies.lease.folder().join(&part),
        path: supplies.deps.path.clone(),
        mark: supplies.lease.mark(&part),
        tools: tools.as_ref(),
        handed: &handed,
        secrets: &[supplies.deps.secrets.clone(), own].concat(),
    })
    .and_then(|world| world.write(&cell.files).map(|()| world))
    .map_err(|error| NotRun::Broken(format!("cannot make the recipe's folder: {}", limits::told(&error))))?;
    world.refuse_missing(&cell.needs)?;
    let mut recorder = Recorder::new(&world.known);
    let mut outcome = in_world(supplies, cell, &world, tools.as_ref(), (&mut faults, &mut recorder), say);
    let relayed = faults.through().is_some();
    drop(faults);
    let unwell = service.as_ref().and_then(|service| service.unwell(begun));
    if let (Ok((facts, _)), Some(service)) = (&mut outcome, &service) {
        facts.versions.insert("server".to_owned(), service.version());
        facts.service = service.facts();
        if relayed && let Some(route) = facts.service.get_mut("route") {
            *route = format!("relay, then {route}");
        }
    }
    if own_server && let Some(service) = &service {
        service.stop();
    }
    if !supplies.deps.keep {
        // What cannot be removed now is removed with the run's folder, or told then.
        let _ = world.remove();
    }
    let facts = outcome.as_ref().ok().map(|(facts, _)| facts);
    let named = facts.into_iter().flat_map(|facts| facts.versions.iter().chain(&facts.service));
    let withheld = recorder.withheld(named.flat_map(|(name, value)| [name.as_str(), value.as_str()]));
    Ok(Tried { outcome, unwell, shared: service.filter(|_| !own_server), withheld })
}

/// What a cell finds around it.
struct Surroundings {
    service: Option<Arc<dyn Service>>,
    faults: Faults,
    /// The variables of its own place there.
    handed: Vec<Known>,
}

/// A server with a fresh place for the cell; another one, if somebody took the shared one away.
fn surroundings(
    supplies: &Supplies<'_>,
    cell: &Cell,
    number: usize,
    own_server: bool,
    say: &dyn Fn(RunEvent),
) -> Result<Surroundings, NotRun> {
    let (asked, begun) = (asked(cell)?, Instant::now());
    let name = format!("{}-{number}", cell.id.recipe);
    loop {
        let service = supplies.service(cell, &number.to_string(), own_server, say)?;
        let faults = Faults::new(service.clone(), asked)?;
        let (Some(target), Some(server)) = (&cell.target, &service) else {
            return Ok(Surroundings { service, faults, handed: Vec::new() });
        };
        match server.hand_over(&name, faults.through()) {
            Ok(handed) => return Ok(Surroundings { service, faults, handed }),
            Err(why) => match server.unwell(begun) {
                Some(Unwell::Gone(gone)) if !own_server && supplies.retire(target, server, &gone, say) => {}
                _ => return Err(not_handed_over(cell, &why)),
            },
        }
    }
}

fn in_world(
    supplies: &Supplies<'_>,
    cell: &Cell,
    world: &World,
    tools: Option<&Tools>,
    (faults, recorder): (&mut Faults, &mut Recorder),
    say: &dyn Fn(RunEvent),
) -> Result<(CellFacts, Failure), NotRun> {
    let target = &cell.id.target;
    let mut first = units(Part::Setup, &cell.setup, target);
    first.extend(of_recipe(&cell.recipe, target));
    let acts = [first, units(Part::Teardown, &cell.teardown, target)];
    let uses = |python: bool| acts.iter().flatten().any(|planned| (planned.unit.session == Session::Python) == python);
    let interpreter = interpreter(tools, uses(true), world)?;
    let script = Script::of_cell(cell);
    recorder.expect(acts.iter().flatten());
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
            Said::Fault(planned, fault, what, after) => {
                let once = planned.turn.is_none_or(|turn| turn.round == 0);
                once.then(|| say(RunEvent::Fault { cell: cell.id.clone(), at: planned.at, fault, what, after }));
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
    let after = recorder.after(&after);
    Ok((CellFacts { versions, imported, after, ..CellFacts::default() }, failure))
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
