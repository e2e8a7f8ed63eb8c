//! `dogfood up TARGET`: a target for a person. Prints its exports on stdout, so that a shell can read them, and keeps it running until
//! Ctrl-C. Starts a server.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dogfood_core::blame::Blame;
use dogfood_core::checkout::Inputs;
use dogfood_core::infra::target::{NONE, Target};
use dogfood_core::markup::spelling;
use dogfood_core::redact::Redacted;
use dogfood_run::execute;
use dogfood_run::lease::{self, Lease};
use dogfood_run::targets::{self, Launch, Up};
use dogfood_run::toolboxes::{self, Environment, HostEnv};
use mdbook_dogfood::terminal::Shown;

use super::Context;
use super::run::{ROOM, adopt_orphans, left_behind, program};
use crate::cli::{Today, UpArgs};
use crate::exit::{Exit, Trouble, sentence};
use crate::interrupt;
use crate::output::Head;

/// How often is looked whether somebody pressed Ctrl-C.
const LOOK: Duration = Duration::from_millis(100);

/// Starts the target, prints its exports, waits, stops it.
pub(crate) fn run(context: &mut Context, args: &UpArgs) -> Result<Exit, Trouble> {
    let root = context.root()?;
    let inputs = context.load(&root, context.today(&Today::default())?)?;
    let target = find(&inputs, &args.target)?;
    let stop = interrupt::flag()?;
    lease::sweep(&root);
    adopt_orphans()?;
    let lease = Lease::take(&root).map_err(|error| Trouble::machine(sentence(&error), ROOM))?;
    let held = up(context, &inputs, target, &lease, &stop).and_then(|up| hold(context, up, &stop));
    execute::end_orphans();
    let left = lease.release(false);
    for problem in &left {
        context.output.headed(Head::Error, Shown(problem));
    }
    held?;
    Ok(left_behind(&left))
}

fn find<'a>(inputs: &'a Inputs, name: &str) -> Result<&'a Target, Trouble> {
    if name == NONE {
        return Err(Trouble::usage("the target `none` needs no service: there is nothing to start", ""));
    }
    let name = name.strip_prefix('@').unwrap_or(name);
    inputs.targets.iter().find(|(id, _)| id.as_str() == name).map(|(_, target)| target).ok_or_else(|| {
        let near = spelling::did_you_mean(name, inputs.targets.keys().map(|id| id.as_str()));
        let known: Vec<&str> = inputs.targets.keys().map(|id| id.as_str()).collect();
        let known = if known.is_empty() {
            "there is no file in infra/targets".to_owned()
        } else {
            format!("there is {}", known.join(", "))
        };
        Trouble::usage(
            format!("there is no usable target `{name}`{near}"),
            format!("{known}; `dogfood check` says what is wrong with a target file"),
        )
    })
}

fn up(
    context: &mut Context,
    inputs: &Inputs,
    target: &Target,
    lease: &Lease,
    stop: &Arc<AtomicBool>,
) -> Result<Up, Trouble> {
    let host = HostEnv::new(context.environment.all.iter().cloned(), Arc::clone(stop));
    let cache = context.environment.cache()?;
    let program = program()?;
    let environment = environment(context, inputs, target, &cache, &host, stop)?;
    let output = &mut context.output;
    let mark = lease.mark("up");
    let marks = [(lease::VARIABLE, mark.as_str())];
    let launch = Launch {
        program: Path::new(&program),
        run_dir: lease.folder(),
        marks: &marks,
        lease,
        cache: &cache,
        host: &host,
        keep: false,
        stop,
    };
    targets::up(target, environment.as_ref(), &launch, &mut |line: Redacted| output.say(Shown(line.as_str())))
        .map_err(|error| unavailable(&error, error.blame(), stop))
}

/// The toolbox that a process comes from; a container needs none.
fn environment(
    context: &mut Context,
    inputs: &Inputs,
    target: &Target,
    cache: &Path,
    host: &HostEnv,
    stop: &AtomicBool,
) -> Result<Option<Environment>, Trouble> {
    if target.spec.container.is_some() {
        return Ok(None);
    }
    let process = target.spec.process.as_ref();
    let toolbox = process.and_then(|process| inputs.toolboxes.get(&process.toolbox)).ok_or_else(|| {
        let why = target.not_runnable().unwrap_or_else(|| format!("target {} has no usable toolbox", target.id));
        Trouble::not_available(why, "`dogfood check` says what is wrong with target files and toolboxes")
    })?;
    let output = &mut context.output;
    toolboxes::prepare(toolbox, cache, host, &mut |line: String| output.say(Shown(&line)))
        .map(Some)
        .map_err(|error| unavailable(&error, error.blame(), stop))
}

/// Whatever went wrong after Ctrl-C went wrong because of it.
fn unavailable(error: &dyn std::error::Error, blame: Blame, stop: &AtomicBool) -> Trouble {
    if stop.load(Ordering::SeqCst) {
        Trouble { exit: Exit::Interrupted, message: "interrupted".to_owned(), help: String::new() }
    } else {
        Trouble::of(blame, sentence(error), "")
    }
}

fn hold(context: &mut Context, up: Up, stop: &AtomicBool) -> Result<(), Trouble> {
    for line in &up.exports {
        context.output.line(line)?;
    }
    context.output.say(format_args!("{} {} is up; Ctrl-C stops it", up.running.id(), up.running.version()));
    context.output.flush();
    while !stop.load(Ordering::SeqCst) {
        if let Some(status) = up.running.ended() {
            let log = up.running.log();
            return Err(Trouble::not_available(
                format!("the server of {} ended by itself ({status}):\n{}", up.running.id(), log.as_str()),
                "",
            ));
        }
        std::thread::sleep(LOOK);
    }
    up.running.stop().map_err(|error| Trouble::machine(sentence(&error), "`dogfood clean` removes what is left"))
}
