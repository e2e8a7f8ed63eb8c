//! Plans from Markdown, a fake of toolboxes and targets, and what a run says as lines that are easy to compare.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use dogfood_core::digest::Digest;
use dogfood_core::event::{CellEnd, CellFacts, NotRun, RunEvent, StepEnd, StepRecord};
use dogfood_core::fault::Fault;
use dogfood_core::infra::target::Target;
use dogfood_core::infra::toolbox::{LockEntry, Toolbox, ToolboxSpec};
use dogfood_core::markup::model::Guide;
use dogfood_core::markup::{ChapterKind, HideLines, extract};
use dogfood_core::name::Id;
use dogfood_core::place::RelPath;
use dogfood_core::plan::{self, Plan, Selection};
use dogfood_core::redact::{Known, Redacted};
use dogfood_run::execute::{Deps, Infrastructure, Place, Ran, Service, Tools, Unavailable, execute_on};
use dogfood_run::sys;
use dogfood_run::targets::Unwell;
use dogfood_run::toolboxes::HostEnv;
use serde_json::json;
use tempfile::TempDir;

use crate::world::{PROGRAM, interpreter};

/// A server that is not there, but counts.
#[derive(Default)]
pub struct FakeService {
    pub handed: Mutex<Vec<String>>,
    pub stopped: AtomicUsize,
    pub variables: Vec<Known>,
    /// What is said of it, call by call.
    pub unwell: Arc<Mutex<VecDeque<Option<Unwell>>>>,
    /// Where something really listens.
    pub address: Option<SocketAddr>,
    /// What was done to it.
    pub done: Arc<Mutex<Vec<String>>>,
    pub invulnerable: bool,
}

impl Service for FakeService {
    fn version(&self) -> String {
        "9.9".into()
    }

    fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    fn hand_over(&self, name: &str, through: Option<SocketAddr>) -> Result<Vec<Known>, String> {
        self.handed.lock().unwrap().push(name.to_owned());
        let port = through.or(self.address).map(|address| Known::plain("PORT", address.port().to_string()));
        let own = [Known::plain("BUCKET", format!("bucket-{name}"))];
        Ok(self.variables.iter().cloned().chain(own).chain(port).collect())
    }

    fn interfere(&self, fault: &Fault) -> Result<(), String> {
        self.done.lock().unwrap().push(fault.to_string());
        if self.invulnerable { Err("it does not mind".to_owned()) } else { Ok(()) }
    }

    fn restore(&self) -> Result<(), String> {
        self.done.lock().unwrap().push("restored".to_owned());
        Ok(())
    }

    fn unwell(&self, _: Instant) -> Option<Unwell> {
        self.unwell.lock().unwrap().pop_front().flatten()
    }

    fn stop(&self) {
        self.stopped.fetch_add(1, Ordering::Relaxed);
    }
}

/// Toolboxes and targets that are not there, but count.
pub struct Fake {
    pub dir: TempDir,
    pub toolboxes: AtomicUsize,
    pub services: Mutex<Vec<Arc<FakeService>>>,
    pub variables: Vec<Known>,
    pub unwell: Arc<Mutex<VecDeque<Option<Unwell>>>>,
    pub refuse_toolbox: Option<Unavailable>,
    pub refuse_target: Option<Unavailable>,
    pub address: Option<SocketAddr>,
    pub done: Arc<Mutex<Vec<String>>>,
    pub invulnerable: bool,
}

impl Default for Fake {
    fn default() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            toolboxes: AtomicUsize::default(),
            services: Mutex::default(),
            variables: Vec::new(),
            unwell: Arc::default(),
            refuse_toolbox: None,
            refuse_target: None,
            address: None,
            done: Arc::default(),
            invulnerable: false,
        }
    }
}

impl Infrastructure for Fake {
    fn toolbox(&self, toolbox: &Toolbox, progress: &mut dyn FnMut(String)) -> Result<Tools, Unavailable> {
        self.toolboxes.fetch_add(1, Ordering::Relaxed);
        progress(format!("making {}", toolbox.id));
        if let Some(refuse) = &self.refuse_toolbox {
            return Err(refuse.clone());
        }
        let dir = self.dir.path().to_owned();
        std::fs::write(dir.join("pyvenv.cfg"), "version = 3.99.1\nhome = /fake/python/bin\n").unwrap();
        Ok(Tools {
            dir: dir.clone(),
            bin: dir.join("bin"),
            python: interpreter().to_owned(),
            python_version: "3.99.1".into(),
            owner: Arc::new(|module| match module {
                "setuptools" => Some("setuptools".to_owned()),
                module => module.starts_with("fakepkg").then(|| "fake-pkg".to_owned()),
            }),
            environment: None,
        })
    }

    fn start(
        &self,
        target: &Target,
        place: &Place<'_>,
        progress: &mut dyn FnMut(Redacted),
    ) -> Result<Arc<dyn Service>, Unavailable> {
        assert!(place.folder.is_dir() && place.mark.ends_with(target.id.as_str()));
        progress(Redacted::literal("starting"));
        if let Some(refuse) = &self.refuse_target {
            return Err(refuse.clone());
        }
        let service = Arc::new(FakeService {
            variables: self.variables.clone(),
            unwell: Arc::clone(&self.unwell),
            address: self.address,
            done: Arc::clone(&self.done),
            invulnerable: self.invulnerable,
            ..FakeService::default()
        });
        self.services.lock().unwrap().push(Arc::clone(&service));
        Ok(service)
    }
}

/// A guide, and what runs it.
pub struct Book {
    pub root: TempDir,
    pub fake: Fake,
    pub deps: Deps,
}

pub fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

pub fn path(text: &str) -> RelPath {
    RelPath::new(text).unwrap()
}

/// The guide in `body`, with front matter that names `front`.
pub fn guide(front: &str, body: &str) -> Guide {
    let text = format!("---\nguide: g\nkind: guide\n{front}---\n\n# G\n\n{body}");
    let files: BTreeMap<RelPath, String> = BTreeMap::new();
    let hidelines = HideLines(BTreeMap::new());
    let (chapter, findings) = extract(&path("guides/g.md"), &text, ChapterKind::Guide, &hidelines, &files);
    assert_eq!(findings, [], "{text}");
    chapter.guide.unwrap()
}

pub fn target(name: &str) -> Target {
    let spec = json!({
        "description": "a fake", "protocol": "s3", "kind": "process", "start": "serve",
        "process": {"toolbox": "tools", "package": "p", "program": "p", "arguments": []},
        "version": {"expect": "9.9", "from": {"http-header": "server"}, "pattern": "(.*)"},
        "environment": [],
        "faults": ["delay", "throttle", "blackhole", "reset", "cut", "pause", "disconnect"],
    });
    let spec = serde_json::from_value(spec).unwrap();
    Target { id: id(name), path: path("infra/targets/t.yaml"), spec, digest: Digest::of_bytes(b""), image: None }
}

pub fn toolbox(name: &str) -> Toolbox {
    let entry =
        LockEntry { name: "fake-pkg".into(), version: "1.2.3".into(), marker: String::new(), hashes: Vec::new() };
    Toolbox {
        id: id(name),
        path: path("infra/toolboxes/tools/toolbox.yaml"),
        spec: ToolboxSpec { description: String::new(), python: ">=3.11".into(), install: String::new() },
        lock_path: path("infra/toolboxes/tools/requirements.lock"),
        lock: vec![entry],
        lock_text: String::new(),
    }
}

pub fn plan(front: &str, body: &str) -> Plan {
    let guide = guide(front, body);
    let targets: BTreeMap<Id, Target> = ["one", "two"].map(|name| (id(name), target(name))).into();
    let toolboxes: BTreeMap<Id, Toolbox> = [(id("tools"), toolbox("tools"))].into();
    let plan = plan::build(&[(&path("guides/g.md"), &guide)], &targets, &toolboxes, &Selection::default());
    assert_eq!(plan.left_out, []);
    plan
}

/// What the front matter must name for `body`.
pub fn front(body: &str) -> &'static str {
    if body.contains("```python") { "targets: [none]\ntoolbox: tools\n" } else { "targets: [none]\n" }
}

impl Book {
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        // The real interpreter first: what is on PATH may be a shell script that sets variables.
        let real = interpreter().parent().unwrap().display().to_string();
        let deps = Deps {
            root: root.path().to_owned(),
            program: PROGRAM.into(),
            cache: root.path().join("cache"),
            jobs: 2,
            expected: BTreeMap::new(),
            keep: false,
            path: format!("{real}:{}", std::env::var("PATH").unwrap()).into(),
            host: HostEnv::default(),
            reader: Vec::new(),
            secrets: Vec::new(),
            known: Arc::default(),
            stop: Arc::new(AtomicBool::new(false)),
        };
        Self { root, fake: Fake::default(), deps }
    }

    /// Runs the plan and returns everything it said.
    pub fn events(&self, plan: &Plan) -> (Ran, Vec<RunEvent>) {
        let mut events = Vec::new();
        let ran = execute_on(&self.fake, plan, &self.deps, &mut |event| events.push(event)).unwrap();
        (ran, events)
    }

    /// Runs a guide for no target and returns what it said as lines.
    pub fn lines(&self, body: &str) -> Vec<String> {
        let mut lines = lines(&self.events(&plan(front(body), body)).1);
        lines.retain(|line| !line.starts_with("toolbox "));
        lines
    }

    /// The runs that are written down.
    pub fn records(&self) -> usize {
        std::fs::read_dir(self.root.path().join(".dogfood/runs")).map_or(0, Iterator::count)
    }
}

/// Steps' records of the cell of `recipe`, in order.
pub fn records<'a>(events: &'a [RunEvent], recipe: &str) -> Vec<&'a StepRecord> {
    let of = |event: &'a RunEvent| match event {
        RunEvent::StepEnded { cell, record } if cell.recipe.as_str() == recipe => Some(record),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

/// How the cell of `recipe` ended.
pub fn end<'a>(events: &'a [RunEvent], recipe: &str) -> (&'a CellFacts, &'a CellEnd) {
    let of = |event: &'a RunEvent| match event {
        RunEvent::CellEnded { cell, facts, end } if cell.recipe.as_str() == recipe => Some((facts, end)),
        _ => None,
    };
    events.iter().find_map(of).unwrap()
}

/// Events as lines.
pub fn lines(events: &[RunEvent]) -> Vec<String> {
    let line = |event: &RunEvent| match event {
        RunEvent::ServerLost { target, why, .. } => format!("target {target} lost: {why}"),
        RunEvent::Toolbox { toolbox, progress } => format!("toolbox {toolbox}: {progress}"),
        RunEvent::Target { target, progress } => format!("target {target}: {progress}"),
        RunEvent::CellStarted(cell) => format!("{cell} starts"),
        RunEvent::StepStarted { .. } => String::new(),
        RunEvent::Fault { at, fault, what, .. } => format!("{}: fault={fault} {what:?}", at.step),
        RunEvent::StepEnded { record, .. } => record_line(record),
        RunEvent::CellEnded { cell, end, .. } => format!("{cell} {}", end_line(end)),
    };
    events.iter().map(line).filter(|line| !line.is_empty()).collect()
}

pub fn record_line(record: &StepRecord) -> String {
    let command = record.at.command.map(|command| format!(".{command}")).unwrap_or_default();
    let ended = match record.ended {
        StepEnd::Exit(0) => String::new(),
        other => format!(" {other:?}"),
    };
    let stderr = if record.stderr.is_empty() { String::new() } else { format!(" ! {}", record.stderr.text) };
    let error = record.error.as_ref().map(|error| format!(" ({})", error.text)).unwrap_or_default();
    let text =
        format!("{:?} {}{command}{ended}: {}{stderr}{error}", record.at.part, record.at.step, record.stdout.text);
    text.replace('\n', "|").trim_end().to_lowercase()
}

pub fn end_line(end: &CellEnd) -> String {
    match end {
        CellEnd::Completed => "completed".into(),
        CellEnd::Failed { at, why } => format!("failed at {:?} {}: {why}", at.part, at.step),
        CellEnd::Withheld(why) => format!("withheld: {why}"),
        CellEnd::NotRun(NotRun::NotAvailable(why)) => format!("not available: {why}"),
        CellEnd::NotRun(NotRun::Broken(why)) => format!("broken: {why}"),
        CellEnd::NotRun(NotRun::Faulty(why)) => format!("faulty: {why}"),
        CellEnd::NotRun(other) => format!("not run: {other:?}"),
    }
}

/// A word that no other process has in its environment.
pub fn word() -> String {
    sys::random_hex(8).unwrap()
}
