//! Limits: of a step, of a recipe, of what is kept of a stream.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use dogfood_core::markup::model::Session;
use dogfood_run::sessions::capture::{HEAD, TAIL};
use dogfood_run::sessions::unit::Ended;
use dogfood_run::supervise::client::Supervisor;
use dogfood_run::supervise::frames::Frame;
use dogfood_run::sys;

use crate::world::{PROGRAM, World, steps};

#[test]
fn a_step_over_its_limit_ends_with_everything_below_it_and_its_partial_output() {
    let mark = sys::random_hex(8).unwrap();
    let mut world = World::new();
    world.job.environment.insert("DOGFOOD_TEST_MARK".into(), mark.clone());
    let mut units = steps(
        Session::Bash,
        &["echo part; setsid sleep 300 & (sleep 301 &) ; echo err >&2; trap '' TERM; sleep 302", "echo not run"],
    );
    // Long enough for bash to start on a machine that is busy.
    units[0].limit = 3_000;
    let started = Instant::now();
    let (ran, _) = world.run(units);
    assert_eq!(ran.ends(), [Ended::TimedOut]);
    assert_eq!((ran.last().out.as_str(), ran.last().err.as_str()), ("part\n", "err\n"));
    assert!(ran.last().micros >= 3_000_000 && started.elapsed() < Duration::from_secs(120));
    assert_eq!(sys::marked("DOGFOOD_TEST_MARK", &mark), []);
}

#[test]
fn a_recipe_has_a_limit_of_its_own() {
    let mut world = World::new();
    world.job.limit = 4_000;
    let (ran, _) = world.run(steps(Session::Bash, &["echo one", "echo two; sleep 300"]));
    assert_eq!((ran.ends(), ran.outs()), (vec![Ended::Exit(0), Ended::RecipeTimedOut], vec!["one\n", "two\n"]));
}

#[test]
fn python_has_limits_too() {
    let mut units = steps(Session::Python, &["print('part')\nimport time\ntime.sleep(300)"]);
    // Long enough for Python to start on a machine that is busy.
    units[0].limit = 5_000;
    let (ran, _) = World::new().run(units);
    assert_eq!((ran.ends(), ran.outs()), (vec![Ended::TimedOut], vec!["part\n"]));
}

#[test]
fn after_a_limit_the_next_act_still_runs() {
    let mut world = World::new();
    let mut first = steps(Session::Bash, &["X=1; sleep 300"]);
    first[0].limit = 200;
    world.job.acts = vec![first, steps(Session::Bash, &["echo teardown ${X-fresh}"])];
    let ran = crate::world::run(&world.job);
    assert_eq!(ran.ends(), [Ended::TimedOut, Ended::Exit(0)]);
    assert_eq!(ran.last().out, "teardown fresh\n");
}

#[test]
fn of_a_long_stream_head_and_tail_are_kept() {
    let mut world = World::new();
    let script = "seq 1 2000000; echo end; head -c 10000000 /dev/zero >&2";
    world.job.acts = vec![steps(Session::Bash, &[script, "echo next"])];
    let mut supervisor = Supervisor::start(Path::new(PROGRAM), &world.job, &[]).unwrap();
    let (stop, mut reports) = (AtomicBool::new(false), Vec::new());
    while let Ok(frame) = supervisor.next_frame(&stop) {
        if let Frame::Ended { report, .. } = frame {
            reports.push(report);
        }
    }
    let (stdout, stderr) = (&reports[0].stdout, &reports[0].stderr);
    let all: String = (1..=2_000_000).map(|line| format!("{line}\n")).chain(["end\n".to_owned()]).collect();
    assert!(stdout.head == all.as_bytes()[..HEAD] && stdout.tail == all.as_bytes()[all.len() - TAIL..]);
    assert_eq!(stdout.dropped as usize, all.len() - HEAD - TAIL);
    assert_eq!(stderr.dropped as usize, 10_000_000 - HEAD - TAIL);
    assert_eq!(reports[1].stdout.head, b"next\n");
}

#[test]
fn a_flood_ends_at_the_limit() {
    let mut units = steps(Session::Bash, &["yes & yes >&2"]);
    units[0].limit = 1_500;
    let mut world = World::new();
    world.job.acts = vec![units];
    let mut supervisor = Supervisor::start(Path::new(PROGRAM), &world.job, &[]).unwrap();
    let (stop, mut ends) = (AtomicBool::new(false), Vec::new());
    while let Ok(frame) = supervisor.next_frame(&stop) {
        if let Frame::Ended { report, .. } = frame {
            ends.push(report.ended);
        }
    }
    assert_eq!(ends, [Ended::TimedOut]);
}
