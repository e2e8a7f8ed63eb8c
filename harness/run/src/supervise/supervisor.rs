//! The supervisor: a single thread that polls its parent, its children and their pipes, and runs the job's units one after another.
//! Starts and kills processes, writes step files.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use dogfood_core::markup::model::Session;

use super::frames::{Frame, GO, Interpreter, Job};
use crate::sessions::bash::{Bash, Begun};
use crate::sessions::capture::{Capture, Raw};
use crate::sessions::positions::relabel;
use crate::sessions::process::{Environment, Port, Process, Setting, doing};
use crate::sessions::python::{Moved, Python};
use crate::sessions::unit::{Ended, Report, Unit};
use crate::sys::{self, Interest};

/// How long killed processes may take to be gone. Longer than any kernel needs but for one that hangs in a broken file system.
const KILL_PATIENCE: Duration = Duration::from_secs(10);

/// How much of what a session said that did not start is told, in bytes.
const LONGEST_WORDS: usize = 600;

/// The body of the hidden subcommand `__supervise`: reads a [`Job`] from standard input, runs it, says [`Frame`]s on standard output.
/// Standard input stays open for as long as the parent lives: its end means that everything here must go.
pub fn supervise() -> ExitCode {
    let started = Supervisor::start().inspect_err(|stop| {
        // What cannot even start says so: silence would look like the recipe's doing.
        if let Stop::Broken(error) = stop {
            let _ = io::stdout().write_all(&Frame::Broken { why: error.to_string() }.encode());
            let _ = io::stdout().flush();
        }
    });
    let outcome = started.and_then(|mut supervisor| {
        let outcome = supervisor.run();
        sys::kill_everything_below(KILL_PATIENCE);
        match outcome {
            Err(Stop::Broken(error)) => supervisor.say(&Frame::Broken { why: error.to_string() }),
            other => other,
        }
    });
    if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Why a supervisor stops before its job is done.
#[derive(Debug)]
enum Stop {
    /// Its parent is gone, or a signal came: nobody listens.
    Abandoned,
    /// It cannot do its work: a full disk, no processes left.
    Broken(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

struct Supervisor {
    job: Job,
    setting: Setting,
    parent: File,
    frames: File,
    child_events: File,
    signals: File,
    buffer: Vec<u8>,
    bash: Option<Bash>,
    python: Option<Python>,
    /// What the shell last exported, and what of it Python knows.
    exported: Environment,
    handed_on: Environment,
    /// How often the parent has said that we may go on, and we have not yet.
    allowed: usize,
    /// The labels of all units so far, by the number of their step file.
    labels: Vec<String>,
    /// Whether the next unit has been sent to its shell already.
    ahead: bool,
    /// Frames that wait for the next one, which comes at once: one write wakes the parent once.
    unsaid: Vec<u8>,
}

impl Supervisor {
    fn start() -> Result<Self, Stop> {
        sys::close_inherited_on_exec().map_err(doing("close what was inherited"))?;
        sys::become_subreaper().map_err(doing("adopt the recipe's orphans"))?;
        sys::survive_file_size().map_err(doing("handle signals"))?;
        let child_events = File::from(sys::child_events().map_err(doing("hear of the recipe's processes"))?);
        let signals = File::from(sys::end_signals().map_err(doing("handle signals"))?);
        let mut parent = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        let frames = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        let job: Job = serde_json::from_slice(&read_line(&mut parent)?).map_err(io::Error::from)?;
        let setting = Setting { bash: job.bash.clone(), work: job.work.clone(), scripts: job.scripts.clone() };
        Ok(Self {
            exported: job.environment.clone(),
            handed_on: job.environment.clone(),
            job,
            setting,
            parent,
            frames,
            child_events,
            signals,
            buffer: vec![0; 64 << 10],
            bash: None,
            python: None,
            allowed: 0,
            labels: Vec::new(),
            ahead: false,
            unsaid: Vec::new(),
        })
    }

    fn run(&mut self) -> Result<(), Stop> {
        for act in 0..self.job.acts.len() {
            self.exported.clone_from(&self.job.environment);
            self.run_act(act)?;
            let after = self.end_sessions()?;
            self.say(&Frame::ActOver { act, after })?;
        }
        Ok(())
    }

    /// Runs the units of one act, up to the first that does not end as it must.
    fn run_act(&mut self, act: usize) -> Result<(), Stop> {
        let units = std::mem::take(&mut self.job.acts[act]);
        let mut over = Instant::now();
        let act_deadline = over + Duration::from_millis(self.job.limit);
        let mut step = (usize::MAX, act_deadline);
        self.ahead = false;
        for (at, unit) in units.iter().enumerate() {
            if unit.gated && step.0 != unit.group {
                self.ask(&Frame::Before { act, unit: at })?;
            }
            self.say(&Frame::Started { act, unit: at })?;
            // A unit that was sent ahead has been running since the one before it was over.
            let started = if self.ahead { over } else { Instant::now() };
            if step.0 != unit.group {
                step = (unit.group, started + Duration::from_millis(unit.limit));
            }
            let report = self.run_unit(&units[at..], step.1.min(act_deadline))?;
            over = Instant::now();
            let report = late(report, act_deadline < step.1);
            let goes_on = report.ended.goes_on(unit.wanted_exit());
            let micros = u64::try_from((over - started).as_micros()).unwrap_or(u64::MAX);
            let next = units.get(at + 1).filter(|_| goes_on);
            if unit.gated && next.is_none_or(|next| next.group != unit.group) {
                self.ask(&Frame::After { act, unit: at })?;
            }
            let ended = Frame::Ended { act, unit: at, micros, report };
            if next.is_some() {
                self.unsaid.extend(ended.encode());
            } else {
                self.say(&ended)?;
            }
            if !goes_on {
                break;
            }
        }
        Ok(())
    }

    /// Runs the first of `units`, which are those that are left of its act.
    fn run_unit(&mut self, units: &[Unit], deadline: Instant) -> Result<Report, Stop> {
        let unit = &units[0];
        let hand_on = hands_on(units);
        if !std::mem::take(&mut self.ahead)
            && let Some(warning) = self.begin(unit, hand_on)?
        {
            let mut report =
                Report { ended: Ended::OpenHeredoc, stdout: Raw::default(), stderr: Raw::whole(warning), error: None };
            self.relabel(&mut report);
            return Ok(report);
        }
        if let Some(next) =
            units.get(1).filter(|next| self.bash.as_ref().is_some_and(|bash| bash.takes_ahead(unit, next)))
            && !hands_on(&units[1..])
        {
            self.ahead = self.begin(next, false)?.is_none();
        }
        let python = unit.session == Session::Python;
        let ended = self.wait(python, deadline)?;
        let mut report = match (&mut self.bash, &mut self.python) {
            (_, Some(session)) if python => session.report(ended),
            (Some(session), _) if !python => session.report(unit, ended),
            _ => unreachable!("`begin` has started the session"),
        };
        if hand_on && ended.is_none() {
            let bash = self.bash.as_mut().expect("only a shell hands on");
            self.exported = bash.exported(&mut self.buffer);
        }
        self.relabel(&mut report);
        Ok(report)
    }

    /// Starts the unit, and its session if it is the first to need it. Says something only if the unit was refused.
    fn begin(&mut self, unit: &Unit, hand_on: bool) -> Result<Option<Vec<u8>>, Stop> {
        let file = self.setting.scripts.join(self.labels.len().to_string());
        self.labels.push(unit.label.clone());
        if unit.session == Session::Python {
            if self.python.is_none() {
                let program = self.interpreter()?;
                self.python = Some(Python::start(&self.setting, &program, &self.exported)?);
                self.handed_on.clone_from(&self.exported);
            }
            let moved = Moved::between(&self.handed_on, &self.exported);
            self.handed_on.clone_from(&self.exported);
            let python = self.python.as_mut().expect("just started");
            python.begin(unit, &moved)?;
            return Ok(None);
        }
        if self.bash.is_none() {
            self.bash = Some(Bash::start(&self.setting, &self.job.environment)?);
        }
        let bash = self.bash.as_mut().expect("just started");
        let env = hand_on.then_some(self.job.env.as_path());
        Ok(match bash.begin(&self.setting, unit, &file, env)? {
            Begun::Running => None,
            Begun::OpenHeredoc(warning) => Some(warning),
        })
    }

    fn interpreter(&self) -> Result<PathBuf, Stop> {
        let path = self.exported.get("PATH").map(OsStr::new).unwrap_or_default();
        let found = match &self.job.python {
            Interpreter::At(program) => return Ok(program.clone()),
            Interpreter::OnPath => ["python", "python3"].iter().find_map(|name| sys::find_program(name, path)),
            Interpreter::None => None,
        };
        Ok(found.ok_or_else(|| {
            io::Error::other("there is no Python for a Python step: neither `python` nor `python3` is on PATH")
        })?)
    }

    /// Waits for the end of the running unit: `None` if it came to its end by itself.
    fn wait(&mut self, python: bool, deadline: Instant) -> Result<Option<Ended>, Stop> {
        loop {
            let (done, ended) = match (&self.bash, &self.python) {
                (_, Some(session)) if python => (session.is_done(), session.process.ended),
                (Some(session), _) if !python => (session.is_done(), session.process.ended),
                _ => unreachable!("`begin` has started the session"),
            };
            if done {
                return Ok(None);
            }
            if let Some(code) = ended {
                // Everything that it said before its end is in the pipes by now.
                self.drain();
                let done = if python {
                    self.python.as_ref().is_some_and(Python::is_done)
                } else {
                    self.bash.as_ref().is_some_and(Bash::is_done)
                };
                self.refuse_unstarted(python, &format!("ended with code {code}"))?;
                return Ok((!done).then_some(Ended::SessionEnded(code)));
            }
            if Instant::now() >= deadline {
                self.refuse_unstarted(python, "was not ready when the limit of its first step was over")?;
                self.kill_everything();
                return Ok(Some(Ended::TimedOut));
            }
            self.pump(Some(deadline))?;
        }
    }

    /// Refuses to take for a step's end what befell its session before it had started: nothing of the recipe has run then.
    fn refuse_unstarted(&mut self, python: bool, what: &str) -> Result<(), Stop> {
        let (name, session) = if python {
            ("Python", self.python.as_mut().map(|python| &mut python.process))
        } else {
            ("bash", self.bash.as_mut().map(|bash| &mut bash.process))
        };
        let Some(session) = session.filter(|session| !session.started) else { return Ok(()) };
        let said = session.stderr.take().head;
        let said = String::from_utf8_lossy(&said[..said.len().min(LONGEST_WORDS)]).trim().to_owned();
        let said = if said.is_empty() { said } else { format!("; it said: {said}") };
        Err(Stop::Broken(io::Error::other(format!("{name} {what}, before it ran any step{said}"))))
    }

    /// Closes what feeds the sessions, so that they end by themselves (exit traps, exit handlers), gives them a little time, kills
    /// what is left, and returns what was said since the last unit.
    fn end_sessions(&mut self) -> Result<Raw, Stop> {
        self.sessions().for_each(Process::close_input);
        let deadline = Instant::now() + Duration::from_millis(self.job.grace);
        while self.sessions().any(|session| session.ended.is_none()) && Instant::now() < deadline {
            self.pump(Some(deadline))?;
        }
        self.kill_everything();
        let mut after = Capture::default();
        for session in self.sessions() {
            for raw in [session.stdout.take(), session.stderr.take()] {
                after.push(&raw.head);
                after.push(&raw.tail);
            }
        }
        (self.bash, self.python) = (None, None);
        let mut after = after.take();
        self.relabel_raw(&mut after);
        Ok(after)
    }

    /// Waits for anything to happen and does it.
    fn pump(&mut self, deadline: Option<Instant>) -> Result<(), Stop> {
        let mut fds: Vec<(BorrowedFd<'_>, Interest)> = vec![
            (self.parent.as_fd(), Interest::Read),
            (self.signals.as_fd(), Interest::Read),
            (self.child_events.as_fd(), Interest::Read),
        ];
        let mut ports: Vec<(bool, Port)> = Vec::with_capacity(8);
        let sessions =
            [self.bash.as_ref().map(|bash| &bash.process), self.python.as_ref().map(|python| &python.process)];
        for (python, session) in [false, true].into_iter().zip(sessions) {
            for (port, fd, interest) in session.into_iter().flat_map(Process::ports) {
                fds.push((fd, interest));
                ports.push((python, port));
            }
        }
        let ready = sys::poll(&fds, deadline)?;
        if ready[1] || (ready[0] && !self.hear_parent()) {
            return Err(Stop::Abandoned);
        }
        for ((python, port), _) in ports.into_iter().zip(&ready[3..]).filter(|(_, ready)| **ready) {
            let session = if python {
                self.python.as_mut().map(|python| &mut python.process)
            } else {
                self.bash.as_mut().map(|bash| &mut bash.process)
            };
            if let Some(session) = session {
                session.advance(port, &mut self.buffer);
            }
        }
        if ready[2] {
            while self.child_events.read(&mut self.buffer).is_ok_and(|count| count == self.buffer.len()) {}
            self.reap();
        }
        Ok(())
    }

    /// Hears that we may go on. Returns whether the parent is still there.
    fn hear_parent(&mut self) -> bool {
        // Nothing else is said after the job.
        match self.parent.read(&mut self.buffer) {
            Ok(count @ 1..) => {
                self.allowed += count / GO.len();
                true
            }
            _ => false,
        }
    }

    /// Says `frame` and waits until the parent allows to go on. What runs meanwhile is heard.
    fn ask(&mut self, frame: &Frame) -> Result<(), Stop> {
        self.say(frame)?;
        while self.allowed == 0 {
            self.pump(None)?;
        }
        self.allowed -= 1;
        Ok(())
    }

    fn reap(&mut self) {
        for (pid, code) in sys::reap().ended {
            for session in self.sessions().filter(|session| session.pid == pid) {
                session.ended = Some(code);
            }
        }
    }

    fn kill_everything(&mut self) {
        const KILLED: i32 = 128 + 9;
        sys::kill_everything_below(KILL_PATIENCE);
        self.sessions().for_each(|session| session.ended = session.ended.or(Some(KILLED)));
        self.drain();
    }

    fn drain(&mut self) {
        let mut buffer = std::mem::take(&mut self.buffer);
        self.sessions().for_each(|session| session.drain(&mut buffer));
        self.buffer = buffer;
    }

    fn sessions(&mut self) -> impl Iterator<Item = &mut Process> {
        let bash = self.bash.as_mut().map(|bash| &mut bash.process);
        bash.into_iter().chain(self.python.as_mut().map(|python| &mut python.process))
    }

    fn relabel(&self, report: &mut Report) {
        self.relabel_raw(&mut report.stdout);
        self.relabel_raw(&mut report.stderr);
    }

    fn relabel_raw(&self, raw: &mut Raw) {
        let prefix = format!("{}/", self.setting.scripts.display());
        relabel(raw, &prefix, |number| self.labels.get(number).map(String::as_str));
    }

    fn say(&mut self, frame: &Frame) -> Result<(), Stop> {
        self.unsaid.extend(frame.encode());
        self.frames.write_all(&std::mem::take(&mut self.unsaid)).map_err(|_| Stop::Abandoned)
    }
}

/// Whether the first of `units` is a shell's and the next one Python's, which gets what the shell exports.
fn hands_on(units: &[Unit]) -> bool {
    let is_python = |unit: &Unit| unit.session == Session::Python;
    matches!(units, [unit, next, ..] if !is_python(unit) && is_python(next))
}

/// Says which limit a unit ran into.
fn late(mut report: Report, act_is_over: bool) -> Report {
    if report.ended == Ended::TimedOut && act_is_over {
        report.ended = Ended::RecipeTimedOut;
    }
    report
}

/// Reads up to and without a line break; nothing may come after it yet.
fn read_line(file: &mut File) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        line.extend_from_slice(&buffer[..count]);
        if line.ends_with(b"\n") {
            line.pop();
            return Ok(line);
        }
    }
}
