//! The program behind `PROGRAM __serve` in the tests of this crate; `PROGRAM hold TARGET RUN-DIR MARK` is a parent that starts a target
//! and waits, to be killed.

#![allow(unreachable_pub, reason = "`ours` is shared with a test binary")]

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use dogfood_run::lease::Lease;
use dogfood_run::targets::{Launch, SUBCOMMAND, serve, start};

#[path = "../targets/ours.rs"]
mod ours;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, SUBCOMMAND] => serve(),
        [program, "hold", target, run_dir, mark] => hold(Path::new(program), target, Path::new(run_dir), mark),
        _ => ExitCode::FAILURE,
    }
}

fn hold(program: &Path, target: &str, run_dir: &Path, mark: &str) -> ExitCode {
    let stop = Arc::new(AtomicBool::new(false));
    let lease = Lease::take(run_dir.parent().expect("a folder")).expect("a lease");
    let (cache, host) = (ours::cache(), ours::host());
    let marks = [("DOGFOOD_TEST_MARK", mark)];
    let launch =
        Launch { program, run_dir, marks: &marks, lease: &lease, cache: &cache, host: &host, keep: false, stop: &stop };
    let target = ours::target(target);
    let environment = target.spec.process.is_some().then(ours::environment);
    let running = start(&target, environment.as_ref(), &launch, &mut |_| {}).expect("a target");
    std::fs::write(run_dir.join("ready"), "").expect("a folder");
    while running.ended().is_none() {
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
    ExitCode::SUCCESS
}
