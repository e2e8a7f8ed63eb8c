//! The price of a step: 200 steps `echo block-N | tr a-z A-Z` under a supervisor, against plain bash that runs the 200 pipelines in one
//! process. Prints both and their ratio; the bar for the whole program is 1.3.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use dogfood_core::markup::model::Session;
use dogfood_run::sessions::unit::{Ended, Unit};
use dogfood_run::supervise::client::Supervisor;
use dogfood_run::supervise::frames::{Frame, Interpreter, Job};
use dogfood_run::sys;

const STEPS: usize = 200;
const ROUNDS: usize = 15;

fn main() {
    let (mut plain, mut supervised) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        plain.push(time(run_plain));
        supervised.push(time(run_supervised));
    }
    let (plain, supervised) = (median(plain), median(supervised));
    let ratio = supervised.as_secs_f64() / plain.as_secs_f64();
    let mut out = std::io::stdout();
    let line = format!("{STEPS} pipelines: plain bash {plain:.1?}, as steps {supervised:.1?}, ratio {ratio:.2}\n");
    std::io::Write::write_all(&mut out, line.as_bytes()).expect("a standard output");
}

fn time(run: fn()) -> Duration {
    let started = Instant::now();
    run();
    started.elapsed()
}

fn median(mut samples: Vec<Duration>) -> Duration {
    samples.sort();
    samples[samples.len() / 2]
}

fn pipelines() -> impl Iterator<Item = String> {
    (1..=STEPS).map(|at| format!("echo block-{at} | tr a-z A-Z"))
}

fn run_plain() {
    let script: String = pipelines().map(|line| line + "\n").collect();
    let status = Command::new("bash")
        .args(["--noprofile", "--norc", "-euo", "pipefail", "-c", &script])
        .stdout(Stdio::piped())
        .output();
    assert!(status.expect("bash runs").status.success());
}

fn run_supervised() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let find = |name: &str| sys::find_program(name, &path).expect("a program on PATH");
    let unit = |(at, text): (usize, String)| Unit {
        session: Session::Bash,
        label: format!("step {}", at + 1),
        group: at,
        text,
        lines_above: 0,
        exit: None,
        raises: None,
        traceback: false,
        limit: 60_000,
        gated: false,
        alone: false,
    };
    let scripts: PathBuf = folder.path().join("s");
    std::fs::create_dir(&scripts).expect("a folder");
    let job = Job {
        bash: find("bash"),
        python: Interpreter::None,
        env: find("env"),
        environment: [("PATH".to_owned(), path.to_string_lossy().into_owned())].into(),
        work: folder.path().to_owned(),
        scripts,
        acts: vec![pipelines().enumerate().map(unit).collect()],
        limit: 600_000,
        grace: 2_000,
    };
    let program = Path::new(env!("CARGO_BIN_EXE_supervisor-for-tests"));
    let mut supervisor = Supervisor::start(program, &job, &[]).expect("a supervisor");
    let (stop, mut seen) = (AtomicBool::new(false), 0);
    while let Ok(frame) = supervisor.next_frame(&stop) {
        if let Frame::Ended { unit, report, .. } = frame {
            assert_eq!(report.ended, Ended::Exit(0));
            assert_eq!(report.stdout.head, format!("BLOCK-{}\n", unit + 1).as_bytes());
            seen += 1;
        }
    }
    assert!(supervisor.end() && seen == STEPS);
}
