//! Why a recipe ended before its end: a sentence fragment for people, with a hint where there is a usual cause. Pure; touches nothing.

use dogfood_core::event::{StepAt, StepRecord};
use dogfood_core::fault::FaultSeen;
use dogfood_core::markup::model::Session;

use super::script::{Planned, label};
use crate::sessions::unit::Ended;

/// The limit of a recipe, in minutes: as long again for each round of its benchmarks that counts.
const RECIPE_MINUTES: u64 = 10;

/// The limit of what these acts are, in milliseconds.
pub(super) fn limit(acts: &[Vec<Planned<'_>>]) -> u64 {
    let turns = acts.iter().flatten().filter_map(|planned| planned.turn);
    let rounds: u64 = turns.filter(|turn| turn.last).map(|turn| u64::from(turn.round)).sum();
    RECIPE_MINUTES * 60_000 * (1 + rounds)
}

/// Why the unit, which did not end as it must, ends its recipe. `record` is what was recorded of it.
pub(super) fn why(planned: &Planned<'_>, ended: Ended, record: &StepRecord) -> String {
    let wanted = planned.unit.wanted_exit();
    let name = name(planned.at);
    match ended {
        Ended::Exit(0) if let Some(class) = &planned.unit.raises => {
            format!("{name} raised nothing, and it says `raises={class}`")
        }
        Ended::Exit(code) if planned.unit.exit.is_some() => {
            format!("{name} exited with {code}, not with the {wanted} that it declares{}", hint(code))
        }
        Ended::Exit(code) => match &record.error {
            Some(error) => {
                let first = error.text.as_str().lines().next().unwrap_or_default();
                format!("{name} raised {first}")
            }
            None => format!("{name} exited with {code}{}", hint(code)),
        },
        Ended::SessionEnded(code) => session_ended(planned, &name, code),
        Ended::TimedOut => format!("{name} did not end within its limit of {}", seconds(planned.unit.limit)),
        Ended::RecipeTimedOut => {
            format!(
                "{name} was running when the recipe's limit was over: {RECIPE_MINUTES} minutes, and as long again for each round of a benchmark"
            )
        }
        Ended::OpenHeredoc => {
            format!("{name} holds a here-document without its end, which would swallow the rest of it")
        }
    }
}

/// Why a step that ended as it must fails its recipe all the same: its fault never took effect, so what it shows is not what it says.
pub(super) fn missed(at: StepAt, seen: &FaultSeen) -> Option<String> {
    let (name, fault) = (name(at), seen.fault);
    (!seen.took_effect())
        .then(|| format!("{name} ended before its `fault={fault}` took effect; choose a smaller limit"))
}

fn session_ended(planned: &Planned<'_>, name: &str, code: i32) -> String {
    let session = if planned.unit.session == Session::Python { "interpreter" } else { "shell" };
    match code {
        0 => format!("{name} ended its {session} (`exit` or `exec`), as it would end the reader's"),
        129..=192 if code != 141 => {
            format!("{name} lost its {session}, or a command in it, to {} (exit code {code})", signal(code - 128))
        }
        _ => format!("{name} exited with {code}{}", hint(code)),
    }
}

/// What an exit code usually means, where it means something.
fn hint(code: i32) -> &'static str {
    match code {
        126 => ": something that it calls is no program, or may not be run",
        127 => ": something that it calls is not on PATH (`needs:` and the toolbox say what a recipe may call)",
        141 => {
            ": a pipe was closed early (SIGPIPE under pipefail), as `… | head` does; let its reader read to the end, or declare `exit=141`"
        }
        _ => "",
    }
}

fn signal(number: i32) -> String {
    let name = match number {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        14 => "SIGALRM",
        15 => "SIGTERM",
        other => return format!("signal {other}"),
    };
    name.to_owned()
}

fn seconds(milliseconds: u64) -> String {
    if milliseconds.is_multiple_of(1000) { format!("{} s", milliseconds / 1000) } else { format!("{milliseconds} ms") }
}

/// `step 3`, or `command 2 of step 3`.
pub(super) fn name(at: StepAt) -> String {
    let step = label(at.part, at.step);
    at.command.map_or(step.clone(), |command| format!("command {command} of {step}"))
}
