//! `dogfood run --watch`: what a saved file made stale runs again, on targets that stay warm. Waits for changes; else as a run.

use std::path::Path;
use std::sync::atomic::Ordering;

use dogfood_run::execute::warmly;
use mdbook_dogfood::terminal::Shown;

use super::{Equipment, ROOM, Request, deps, left_behind, record_with};
use crate::changes::Changes;
use crate::cmd::Context;
use crate::exit::{Exit, Trouble, sentence};
use crate::interrupt;
use crate::output::Head;

/// Runs what is stale now and whenever something was saved, until it is interrupted. `told` hears how each round ended.
pub(crate) fn run(
    context: &mut Context,
    root: &Path,
    request: &Request,
    told: &mut dyn FnMut(&mut Context, &Result<Exit, Trouble>),
) -> Result<Exit, Trouble> {
    if context.environment.ci {
        return Err(Trouble::usage("CI is set: no trace is written there", "watch where a person writes"));
    }
    let stop = interrupt::flag()?;
    let deps = deps::of(context, root, request, &stop)?;
    let unheard = |error| Trouble::machine(format!("changes cannot be watched: {}", sentence(&error)), "");
    let mut changes = Changes::listen(root).map_err(unheard)?;
    changes.follow(&context.load(root, context.today(&request.today)?)?).map_err(unheard)?;
    let request = Request { stale: true, ..request.clone() };
    let worked = warmly(&deps, |warm| {
        loop {
            let ended = record_with(context, root, &request, &mut Equipment { deps: &deps, warm: Some(warm) });
            if stop.load(Ordering::SeqCst) {
                return;
            }
            told(context, &ended);
            if !changes.wait(&stop) {
                return;
            }
            follow(context, root, &request, &mut changes);
        }
    });
    let ((), ran) =
        worked.map_err(|error| Trouble::machine(format!("the run could not begin: {}", sentence(&error)), ROOM))?;
    for problem in ran.swept.problems {
        context.output.headed(Head::Warning, Shown(&problem));
    }
    for problem in &ran.left {
        context.output.headed(Head::Error, Shown(problem));
    }
    Ok(left_behind(&ran.left))
}

/// Listens to what the book is made of by now. It comes before the round that loads the book: what is saved in between is heard.
fn follow(context: &mut Context, root: &Path, request: &Request, changes: &mut Changes) {
    // A book that cannot be loaded is told by the round, and what it was made of stays listened to.
    let loaded = context.today(&request.today).and_then(|today| context.load(root, today));
    if let Some(Err(error)) = loaded.ok().map(|inputs| changes.follow(&inputs)) {
        let words = format!("not every change is heard: {}", sentence(&error));
        context.output.headed(Head::Warning, Shown(&words));
    }
}

/// Says in the terminal what stopped a round, and that the next one waits.
pub(super) fn told(context: &mut Context, ended: &Result<Exit, Trouble>) {
    if let Err(trouble) = ended {
        context.output.headed(Head::Error, Shown(&trouble.message));
    }
    context.output.say("waiting for the next change; Ctrl-C ends");
}
