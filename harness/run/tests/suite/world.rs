//! What the tests of this crate share: a fresh folder, a job in it, and what came of it in a form that is easy to compare.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use dogfood_core::markup::model::Session;
use dogfood_run::sessions::unit::{Ended, Exception, Unit};
use dogfood_run::supervise::client::{NoFrame, Supervisor};
use dogfood_run::supervise::frames::{Frame, Interpreter, Job};
use dogfood_run::sys;
use tempfile::TempDir;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_supervisor-for-tests");

/// The interpreter itself: what is on PATH may be a shell script that chooses one.
pub fn interpreter() -> &'static Path {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND.get_or_init(|| {
        let output = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().unwrap();
        PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
    })
}

/// What one unit did.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    pub ended: Ended,
    pub out: String,
    pub err: String,
    pub error: Option<Exception>,
    pub micros: u64,
}

/// What a job did.
#[derive(Debug, Default)]
pub struct Ran {
    pub steps: Vec<Seen>,
    pub after: Vec<String>,
    pub broken: Option<String>,
}

impl Ran {
    pub fn outs(&self) -> Vec<&str> {
        self.steps.iter().map(|step| step.out.as_str()).collect()
    }

    pub fn ends(&self) -> Vec<Ended> {
        self.steps.iter().map(|step| step.ended).collect()
    }

    #[track_caller]
    pub fn last(&self) -> &Seen {
        self.steps.last().expect("something ran")
    }
}

/// A recipe to be.
pub struct World {
    pub folder: TempDir,
    pub job: Job,
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["work", "home", "tmp", "s"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let path = std::env::var_os("PATH").unwrap();
        let find = |name: &str| sys::find_program(name, &path).unwrap_or_else(|| panic!("{name} is on PATH"));
        let at = |name: &str| folder.path().join(name).display().to_string();
        let variables = [
            ("PATH", path.clone().into_string().unwrap()),
            ("HOME", at("home")),
            ("TMPDIR", at("tmp")),
            ("LANG", "C.UTF-8".into()),
            ("TZ", "UTC".into()),
            ("COLUMNS", "80".into()),
            ("TERM", "dumb".into()),
        ];
        let job = Job {
            bash: find("bash"),
            python: Interpreter::At(interpreter().to_owned()),
            env: find("env"),
            environment: variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            work: folder.path().join("work"),
            scripts: folder.path().join("s"),
            acts: Vec::new(),
            limit: 60_000,
            grace: 2_000,
        };
        Self { folder, job }
    }

    pub fn work(&self) -> PathBuf {
        self.job.work.clone()
    }

    pub fn run(mut self, units: Vec<Unit>) -> (Ran, Self) {
        self.job.acts = vec![units];
        (run(&self.job), self)
    }
}

pub fn run(job: &Job) -> Ran {
    let mut supervisor = Supervisor::start(Path::new(PROGRAM), job, &[]).unwrap();
    let (stop, mut ran) = (AtomicBool::new(false), Ran::default());
    loop {
        match supervisor.next_frame(&stop) {
            Ok(Frame::Before { .. } | Frame::After { .. }) => supervisor.go(),
            Ok(Frame::Started { .. }) => {}
            Ok(Frame::Ended { micros, report, .. }) => {
                assert_eq!(report.stdout.dropped, 0);
                let (out, err) = (text(report.stdout.head), text(report.stderr.head));
                ran.steps.push(Seen { ended: report.ended, out, err, error: report.error, micros });
            }
            Ok(Frame::ActOver { after, .. }) => ran.after.push(text(after.head)),
            Ok(Frame::Broken { why }) => ran.broken = Some(why),
            Err(NoFrame::Over) => break,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(supervisor.end());
    ran
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

pub fn unit(session: Session, number: usize, text: &str) -> Unit {
    let label = format!("step {number}");
    let text = text.to_owned();
    Unit {
        session,
        label,
        group: number,
        text,
        lines_above: 0,
        exit: None,
        raises: None,
        traceback: false,
        limit: 30_000,
        gated: false,
        alone: false,
    }
}

/// Steps `1…` of one kind.
pub fn steps(session: Session, texts: &[&str]) -> Vec<Unit> {
    texts.iter().enumerate().map(|(at, text)| unit(session, at + 1, text)).collect()
}

/// Runs bash steps in a fresh world.
pub fn bash(texts: &[&str]) -> Ran {
    World::new().run(steps(Session::Bash, texts)).0
}

/// Runs Python steps in a fresh world.
pub fn python(texts: &[&str]) -> Ran {
    World::new().run(steps(Session::Python, texts)).0
}

/// Runs a step with its declared exit code.
pub fn exits(mut unit: Unit, code: i32) -> Unit {
    unit.exit = Some(code);
    unit
}
