//! What a step is to a session: its units, with the way back from a unit to its step. Pure; touches nothing.

use std::time::Duration;

use dogfood_core::bench::groups;
use dogfood_core::event::{Part, StepAt};
use dogfood_core::markup::model::{Recipe, Session, Step, Stream};
use dogfood_core::name::Id;

use crate::sessions::unit::Unit;

/// The limit of a step that says none.
const STEP_LIMIT: Duration = Duration::from_secs(60);

/// A unit, and what it came from.
#[derive(Clone, Debug)]
pub(super) struct Planned<'a> {
    pub(super) unit: Unit,
    pub(super) at: StepAt,
    pub(super) step: &'a Step,
    /// Which of its runs this is, where it is a step of a benchmark.
    pub(super) turn: Option<Turn>,
}

/// One of the runs of a step of a benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    /// The round, 0 for the one that does not count.
    pub(super) round: u32,
    /// Whether its time is kept.
    pub(super) timed: bool,
    /// Whether the benchmark is over after it.
    pub(super) last: bool,
}

/// The units of those of `steps` that run on `target`.
pub(super) fn units<'a>(part: Part, steps: &'a [Step], target: &Id) -> Vec<Planned<'a>> {
    steps.iter().filter(|step| step.runs_on(target)).flat_map(|step| of_step(part, step)).collect()
}

/// The units of `recipe` on `target`: its steps once each, those of a benchmark as often as it has rounds, in turn.
pub(super) fn of_recipe<'a>(recipe: &'a Recipe, target: &Id) -> Vec<Planned<'a>> {
    let groups = groups(recipe);
    let mut done = vec![false; groups.len()];
    let mut units = Vec::new();
    for step in recipe.steps.iter().filter(|step| step.runs_on(target)) {
        match groups.iter().position(|group| group.holds(step)) {
            None => units.extend(of_step(Part::Recipe, step)),
            Some(at) if !std::mem::replace(&mut done[at], true) => {
                for turn in groups[at].turns(target) {
                    let own = Turn { round: turn.round, timed: turn.timed, last: turn.last };
                    units.extend(of_step(Part::Recipe, turn.step).into_iter().map(|planned| planned.at_turn(own)));
                }
            }
            Some(_) => {}
        }
    }
    units
}

impl Planned<'_> {
    fn at_turn(mut self, turn: Turn) -> Self {
        self.turn = Some(turn);
        self.unit.alone = true;
        self
    }
}

/// Gives every step, and every turn of a benchmark's, its own group number.
pub(super) fn number_groups(units: &mut [Planned<'_>]) {
    let mut group = 0;
    for at in 0..units.len() {
        let same = at > 0 && std::ptr::eq(units[at - 1].step, units[at].step) && units[at - 1].turn == units[at].turn;
        group += usize::from(!same);
        units[at].unit.group = group;
    }
}

/// The units of one step: one, or one for each command of a console step.
pub(super) fn of_step(part: Part, step: &Step) -> Vec<Planned<'_>> {
    let at = |command| StepAt { part, step: step.number, command };
    if step.session != Session::Console {
        let unit = unit(part, step, &step.text, 0, step.options.exit);
        return vec![Planned { unit, at: at(None), step, turn: None }];
    }
    let mut above = 0;
    let last = step.commands.len();
    let planned = (1..).zip(&step.commands).map(|(number, command)| {
        // `exit=` on the fence is about its last command.
        let declared = command.exit.or(step.options.exit.filter(|_| number == last));
        let unit = unit(part, step, &command.text, above, declared);
        above += command.text.split('\n').count();
        Planned { unit, at: at(Some(number)), step, turn: None }
    });
    planned.collect()
}

fn unit(part: Part, step: &Step, text: &str, lines_above: usize, exit: Option<i32>) -> Unit {
    let limit = step.options.timeout.unwrap_or(STEP_LIMIT);
    Unit {
        session: step.session,
        label: label(part, step.number),
        group: 0,
        text: text.to_owned(),
        lines_above,
        exit,
        raises: step.options.raises.clone(),
        traceback: step.expectations.iter().any(|expectation| expectation.stream == Stream::Stderr),
        limit: u64::try_from(limit.as_millis()).unwrap_or(u64::MAX),
        gated: step.options.fault.is_some(),
        alone: false,
    }
}

/// What messages call a step, for example `step 3` or `teardown step 1`.
pub(super) fn label(part: Part, number: usize) -> String {
    match part {
        // A walk as reader executes them; they have no numbers.
        Part::Setup if number == 0 => "the `given` fence".to_owned(),
        Part::Setup => format!("setup step {number}"),
        Part::Recipe => format!("step {number}"),
        Part::Teardown => format!("teardown step {number}"),
    }
}
