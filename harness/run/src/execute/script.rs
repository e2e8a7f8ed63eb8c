//! What a step is to a session: its units, with the way back from a unit to its step. Pure; touches nothing.

use std::time::Duration;

use dogfood_core::event::{Part, StepAt};
use dogfood_core::markup::model::{Session, Step, Stream};
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
}

/// The units of those of `steps` that run on `target`.
pub(super) fn units<'a>(part: Part, steps: &'a [Step], target: &Id) -> Vec<Planned<'a>> {
    steps.iter().filter(|step| step.runs_on(target)).flat_map(|step| of_step(part, step)).collect()
}

/// Gives every step its own group number.
pub(super) fn number_groups(units: &mut [Planned<'_>]) {
    let mut group = 0;
    for at in 0..units.len() {
        let same = at > 0 && std::ptr::eq(units[at - 1].step, units[at].step);
        group += usize::from(!same);
        units[at].unit.group = group;
    }
}

/// The units of one step: one, or one for each command of a console step.
pub(super) fn of_step(part: Part, step: &Step) -> Vec<Planned<'_>> {
    let at = |command| StepAt { part, step: step.number, command };
    if step.session != Session::Console {
        let unit = unit(part, step, &step.text, 0, step.options.exit);
        return vec![Planned { unit, at: at(None), step }];
    }
    let mut above = 0;
    let last = step.commands.len();
    let planned = (1..).zip(&step.commands).map(|(number, command)| {
        // `exit=` on the fence is about its last command.
        let declared = command.exit.or(step.options.exit.filter(|_| number == last));
        let unit = unit(part, step, &command.text, above, declared);
        above += command.text.split('\n').count();
        Planned { unit, at: at(Some(number)), step }
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
