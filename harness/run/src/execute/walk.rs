//! `run --walk` and `--as-reader`: a whole page from top to bottom in one world, as a reader would go through it. Records nothing.

use std::iter::repeat;
use std::sync::Arc;
use std::time::Instant;

use dogfood_core::bench::{Group, groups};
use dogfood_core::event::{NotRun, Part, RunEvent, StepAt, StepRecord};
use dogfood_core::infra::target::{NONE, Target, TargetKind};
use dogfood_core::infra::toolbox::Toolbox;
use dogfood_core::markup::model::{
    ExpectFormat, Given, GivenKind, Guide, Recipe, RecipeFile, Session, Step, StepOptions, Stream,
};
use dogfood_core::name::Id;
use dogfood_core::place::RelPath;

use super::cell::told;
use super::deps::{Deps, RunError};
use super::drive::{Said, drive};
use super::faults::{Asked, Faults};
use super::host::Host;
use super::infrastructure::Infrastructure;
use super::reason::{missed, why};
use super::record::{Expected, Recorded, Recorder};
use super::run::end_orphans;
use super::script::{Planned, of_step};
use super::supplies::Supplies;
use super::world::{Materials, World};
use crate::lease;
use crate::limits;
use crate::sessions::unit::Ended;
use crate::supervise::frames::Interpreter;

/// A page to walk with one toolbox, on one target of each protocol that it is about.
#[derive(Clone, Debug)]
pub struct Page {
    /// The guide's file.
    pub path: RelPath,
    /// The guide.
    pub guide: Arc<Guide>,
    /// The targets: a reader has them all at once, so their variables have different names. Recipes that need none of them run too if they
    /// need no service; others are left out.
    pub targets: Vec<PageTarget>,
    /// The toolbox.
    pub toolbox: Option<Arc<Toolbox>>,
    /// Whether the page's `given` fences are executed, instead of toolbox and target being handed over.
    pub as_reader: bool,
}

/// A target of a page.
#[derive(Clone, Debug)]
pub struct PageTarget {
    /// The target.
    pub target: Arc<Target>,
    /// The toolbox whose programs its process comes from.
    pub toolbox: Option<Arc<Toolbox>>,
}

impl Page {
    /// The one of its targets that `recipe` runs on: itself `none`, or one of the page's. Absent if the recipe is not part of this walk.
    pub fn target_of<'a>(&'a self, recipe: &'a Recipe) -> Option<&'a Id> {
        let own = self.targets.iter().map(|own| &own.target.id).find(|id| recipe.targets.contains(id));
        own.or_else(|| recipe.targets.iter().find(|id| id.as_str() == NONE))
    }

    /// Whether a step that is narrowed to `only_on` (to nothing if that is empty) runs on one of its targets.
    fn runs(&self, step: &Step) -> bool {
        let only_on = &step.options.only_on;
        only_on.is_empty() || self.targets.iter().any(|own| only_on.contains(&own.target.id))
    }
}

/// A step of a walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkStep {
    /// The recipe that it belongs to, if it does.
    pub recipe: Option<Id>,
    /// Which step of the recipe, the setup or the teardown it is; a `given` fence counts as setup, with the number 0.
    pub at: StepAt,
    /// The fence, as its index in the chapter.
    pub fence: usize,
}

/// What a walk says.
#[derive(Clone, Debug)]
pub enum WalkEvent {
    /// Something about a toolbox or a target.
    Run(Box<RunEvent>),
    /// A step is starting.
    Started(WalkStep),
    /// What the walk could not remove, in words.
    Left(String),
    /// A step has ended. Whether its output is the expected one is the caller's to say.
    Ended(WalkStep, Box<StepRecord>),
}

/// How a walk ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Walked {
    /// The whole page ran.
    Completed,
    /// A step ended it.
    Failed(WalkStep, String),
    /// It ran, and the second scan found a secret in what it said: nothing of it may be shown. The words name the secret and where it is.
    Withheld(String),
    /// It did not run.
    NotRun(NotRun),
}

/// Walks `page` with the toolboxes and targets of this machine.
pub fn walk(page: &Page, deps: &Deps, sink: &mut dyn FnMut(WalkEvent)) -> Result<Walked, RunError> {
    walk_on(&Host::new(deps), page, deps, sink)
}

/// As [`walk`], with toolboxes and targets from elsewhere.
pub fn walk_on(
    infrastructure: &dyn Infrastructure,
    page: &Page,
    deps: &Deps,
    sink: &mut dyn FnMut(WalkEvent),
) -> Result<Walked, RunError> {
    limits::refuse().map_err(RunError::Limit)?;
    lease::sweep(&deps.root);
    let supplies = Supplies::begin(deps, infrastructure)?;
    let walked = attempt(&supplies, page, sink);
    end_orphans();
    for problem in supplies.end().1 {
        sink(WalkEvent::Left(problem));
    }
    Ok(match walked {
        Ok(walked) => walked,
        Err(_) if deps.stopped() => Walked::NotRun(NotRun::Interrupted),
        Err(not_run) => Walked::NotRun(told(not_run, &deps.secrets)),
    })
}

/// A step of the page, and whose it is.
#[derive(Clone)]
struct Stop<'a> {
    step: &'a Step,
    recipe: Option<&'a Id>,
    /// The target that it is held against.
    target: &'a Id,
    part: Part,
}

fn attempt(supplies: &Supplies<'_>, page: &Page, sink: &mut dyn FnMut(WalkEvent)) -> Result<Walked, NotRun> {
    let given = given_steps(page);
    let none = Id::new(NONE).expect("`none` is an id");
    let route = route(page, &given, &none);
    let asked = asked(page, &route)?;
    let begun = Instant::now();
    let (world, interpreter, mut faults) = world(supplies, page, asked, sink)?;
    let (last, first): (Vec<_>, Vec<_>) = route.iter().partition(|stop| stop.part == Part::Teardown);
    let acts = [first, last].map(|stops| stops.into_iter().flat_map(|stop| of_step(stop.part, stop.step)).collect());
    let mut recorder = Recorder::new(&world.known);
    recorder.expect(acts.iter().flatten());
    let mut failed: Option<(WalkStep, String)> = None;
    let driven = drive(supplies, &world, interpreter, acts.into(), &mut faults, &mut |said| {
        let (planned, micros, report, seen) = match said {
            Said::Started(planned) => {
                sink(WalkEvent::Started(place(&route, planned)));
                return None;
            }
            // The record tells of it.
            Said::Fault(..) => return None,
            Said::Ended(planned, micros, report, seen) => (planned, micros, report, seen),
        };
        let ended = report.ended;
        let Recorded { mut record, problem } =
            recorder.record(planned, micros, report, |stream| expected(&route, planned, stream));
        let missed = seen.as_ref().and_then(|seen| missed(planned.at, seen));
        record.fault = seen;
        let reason = reason(planned, ended, &record).or(problem).or(missed);
        sink(WalkEvent::Ended(place(&route, planned), Box::new(record)));
        if let (Some(reason), None) = (&reason, &failed) {
            failed = Some((place(&route, planned), reason.clone()));
        }
        reason
    })?;
    if let Some(why) = recorder.withheld([]) {
        return Ok(Walked::Withheld(why));
    }
    let Some((step, reason)) = failed else { return Ok(Walked::Completed) };
    if let Some(unwell) = supplies.unwell(begun) {
        return Err(NotRun::NotAvailable(format!("a server of the page did not last: {}", unwell.why())));
    }
    Ok(Walked::Failed(step, driven.failure.map_or(reason, |(_, why)| why)))
}

fn reason(planned: &Planned<'_>, ended: Ended, record: &StepRecord) -> Option<String> {
    (!ended.goes_on(planned.unit.wanted_exit())).then(|| why(planned, ended, record))
}

/// The faults that the page's steps ask for. A reader cannot make one: such a page is not walked as a reader, and nothing is claimed.
fn asked(page: &Page, route: &[Stop<'_>]) -> Result<Asked, NotRun> {
    let steps = || route.iter().map(|stop| stop.step);
    let contained = page.targets.iter().find(|own| own.target.spec.kind == TargetKind::Container);
    if let Some(own) = contained.filter(|_| page.as_reader) {
        // What a page's own lines start in the Docker engine carries no label of ours: nothing could take it away again.
        let why = format!("not walked as a reader: {} is started in a container by hand", own.target.id);
        return Err(NotRun::NotAvailable(why));
    }
    match steps().find_map(|step| step.options.fault).filter(|_| page.as_reader) {
        Some(fault) => {
            Err(NotRun::NotAvailable(format!("not walked as a reader: fault={fault}, which a reader cannot make")))
        }
        None => Asked::by(steps(), page.targets.first().map(|own| &*own.target)),
    }
}

/// The one world of the walk: with toolbox and target, or as bare as a reader's machine.
fn world(
    supplies: &Supplies<'_>,
    page: &Page,
    asked: Asked,
    sink: &mut dyn FnMut(WalkEvent),
) -> Result<(World, Interpreter, Faults), NotRun> {
    // Events come one by one from one thread; a cell is enough to lend the sink to several callers.
    let sink = std::cell::RefCell::new(sink);
    let say = |event| (sink.borrow_mut())(WalkEvent::Run(Box::new(event)));
    let (mut tools, mut handed, mut secrets) = (None, Vec::new(), supplies.deps.secrets.clone());
    let mut faults = Faults::default();
    if !page.as_reader {
        tools = page.toolbox.as_ref().map(|toolbox| supplies.toolbox(toolbox, &say)).transpose()?;
        for (PageTarget { target, toolbox }, first) in
            page.targets.iter().zip(std::iter::once(true).chain(repeat(false)))
        {
            let service = supplies.start(target, toolbox.as_deref(), target.id.as_str(), &say)?;
            secrets.extend(service.secrets());
            // Whoever plans a walk with faults gives it one target.
            if first {
                faults = Faults::new(Some(Arc::clone(&service)), asked)?;
            }
            let through = if first { faults.through() } else { None };
            let name = format!("{}-walk", page.guide.front.guide);
            handed.extend(service.hand_over(&name, through).map_err(|why| {
                NotRun::NotAvailable(format!("target {} cannot make a fresh place for the page: {why}", target.id))
            })?);
        }
    }
    let world = World::make(Materials {
        folder: supplies.lease.folder().join("0"),
        path: supplies.deps.path.clone(),
        mark: supplies.lease.mark("0"),
        tools: tools.as_ref(),
        handed: &handed,
        secrets: &secrets,
    })
    .map(|world| if page.as_reader { world.with(&supplies.deps.reader) } else { world })
    .and_then(|world| world.write(&files(&page.guide)).map(|()| world))
    .map_err(|error| NotRun::Broken(format!("cannot make the page's folder: {}", limits::told(&error))))?;
    let needs: Vec<String> = page.guide.front.needs.iter().map(|(need, _)| need.clone()).collect();
    world.refuse_missing(&needs)?;
    Ok((world, tools.map_or(Interpreter::OnPath, |tools| Interpreter::At(tools.python)), faults))
}

/// Every file of the page; where two recipes write one path, the later on the page wins, as in a reader's folder.
fn files(guide: &Guide) -> Vec<RecipeFile> {
    let mut files: Vec<RecipeFile> =
        guide.files.iter().chain(guide.recipes.iter().flat_map(|recipe| &recipe.files)).cloned().collect();
    files.sort_by_key(|file| file.fence);
    files
}

/// The steps of the page in page order, teardown included where it stands.
fn route<'a>(page: &'a Page, given: &'a [Step], none: &'a Id) -> Vec<Stop<'a>> {
    let guide = &page.guide;
    let first = page.targets.first().map_or(none, |own| &own.target.id);
    let of = |part| move |step| Stop { step, recipe: None, target: first, part };
    let recipes = guide.recipes.iter().filter(|recipe| recipe.skip.is_none());
    let recipes = recipes.filter_map(|recipe| Some((recipe, page.target_of(recipe)?)));
    let mut route: Vec<Stop<'a>> = given
        .iter()
        .map(of(Part::Setup))
        .chain(guide.setup.iter().map(of(Part::Setup)))
        .chain(recipes.flat_map(|(recipe, target)| {
            let of_recipe = |step| Stop { step, recipe: Some(&recipe.id), target, part: Part::Recipe };
            recipe.steps.iter().map(of_recipe)
        }))
        .chain(guide.teardown.iter().map(of(Part::Teardown)))
        .filter(|stop| if stop.recipe.is_some() { stop.step.runs_on(stop.target) } else { page.runs(stop.step) })
        .collect();
    route.sort_by_key(|stop| stop.step.fence);
    with_groups(guide, route)
}

/// The route with what a group of a benchmark runs before each of its variants: in front of the first it stands by itself.
fn with_groups<'a>(guide: &'a Guide, route: Vec<Stop<'a>>) -> Vec<Stop<'a>> {
    let mut begun: Vec<Id> = Vec::new();
    let mut whole = Vec::with_capacity(route.len());
    for stop in route {
        let recipe = stop.recipe.and_then(|id| guide.recipe(id));
        let groups = recipe.map(groups).unwrap_or_default();
        let is_variant = |group: &&Group<'_>| group.variants.iter().any(|own| std::ptr::eq(own.step, stop.step));
        if let Some(group) = groups.iter().find(is_variant) {
            if begun.contains(&group.id) {
                let before = group.before.iter().filter(|step| step.runs_on(stop.target));
                whole.extend(before.map(|step| Stop { step, ..stop.clone() }));
            } else {
                begun.push(group.id.clone());
            }
        }
        whole.push(stop);
    }
    whole
}

/// The `given` fences as steps, if they are to be executed.
fn given_steps(page: &Page) -> Vec<Step> {
    if !page.as_reader {
        return Vec::new();
    }
    let holds = |given: &&Given| {
        let for_target =
            given.targets.is_empty() || page.targets.iter().any(|own| given.targets.contains(&own.target.id));
        let toolbox = page.toolbox.as_ref().map(|toolbox| &toolbox.id);
        let for_toolbox =
            given.toolboxes.is_empty() || toolbox.is_some_and(|toolbox| given.toolboxes.contains(toolbox));
        let wanted = given.kind == GivenKind::Toolbox || !page.targets.is_empty();
        for_target && for_toolbox && wanted
    };
    page.guide.given.iter().filter(holds).map(step_of_given).collect()
}

fn step_of_given(given: &Given) -> Step {
    /// Downloads take what they take.
    const LIMIT: std::time::Duration = std::time::Duration::from_mins(9);
    Step {
        number: 0,
        session: Session::Bash,
        language: given.language.clone(),
        text: given.body.content().to_owned(),
        commands: Vec::new(),
        options: StepOptions { timeout: Some(LIMIT), ..StepOptions::default() },
        expectations: Vec::new(),
        fence: given.fence,
        body: given.body.clone(),
        published: false,
    }
}

fn stop<'r, 'a>(route: &'r [Stop<'a>], planned: &Planned<'_>) -> Option<&'r Stop<'a>> {
    route.iter().find(|stop| std::ptr::eq(stop.step, planned.step))
}

fn place(route: &[Stop<'_>], planned: &Planned<'_>) -> WalkStep {
    let stop = stop(route, planned);
    WalkStep { recipe: stop.and_then(|stop| stop.recipe.cloned()), at: planned.at, fence: planned.step.fence }
}

/// What a stream of a step is held against: needed for secrets, and for what must be recorded whole.
fn expected(route: &[Stop<'_>], planned: &Planned<'_>, stream: Stream) -> Option<Expected> {
    let (step, target) = (planned.step, stop(route, planned)?.target);
    match planned.at.command {
        Some(number) if stream == Stream::Stdout && step.console_asserts() => {
            let command = step.commands.get(number.checked_sub(1)?)?;
            let lines = command.expected.iter().flat_map(|(line, _)| [line.as_str(), "\n"]);
            Some((lines.collect(), ExpectFormat::Text))
        }
        Some(_) => None,
        None => step.expectation(stream, target).map(|expectation| (expectation.text.clone(), expectation.format)),
    }
}
