//! `dogfood run --watch`: what a saved file made stale runs again, on targets that stay warm. Waits for changes; else as a run.

use std::path::Path;
use std::sync::atomic::Ordering;

use dogfood_run::execute::warmly;
use mdbook_dogfood::terminal::Shown;

use super::{Equipment, Request, deps, record_with};
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
    let inputs = context.load(root, context.today(&request.today)?)?;
    let source = inputs.book.src.clone();
    let stop = interrupt::flag()?;
    let deps = deps::of(context, root, request, &stop)?;
    let changes = Changes::listen(root, Path::new(&source))
        .map_err(|error| Trouble::failed(format!("changes cannot be watched: {}", sentence(&error)), ""))?;
    let request = Request { stale: true, ..request.clone() };
    let worked = warmly(&deps, |warm| {
        loop {
            let ended = record_with(context, root, &request, &mut Equipment { deps: &deps, warm: Some(warm) });
            told(context, &ended);
            if stop.load(Ordering::SeqCst) || !changes.wait(&stop) {
                return;
            }
        }
    });
    let ((), ran) =
        worked.map_err(|error| Trouble::failed(sentence(&error), "`dogfood clean` removes what is left"))?;
    for problem in ran.swept.problems {
        context.output.headed(Head::Warning, Shown(&problem));
    }
    Ok(Exit::Clean)
}

/// Says in the terminal what stopped a round, and that the next one waits.
pub(super) fn told(context: &mut Context, ended: &Result<Exit, Trouble>) {
    if let Err(trouble) = ended {
        context.output.headed(Head::Error, Shown(&trouble.message));
    }
    context.output.say("waiting for the next change; Ctrl-C ends");
}
