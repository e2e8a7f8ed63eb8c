//! A book in memory, out of the fixtures, with evidence recorded by a harness that always sees what the guide expects.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dogfood_core::checkout::{self, Inputs};
use dogfood_core::event::{Captured, CellEnd, CellFacts, Part, PythonError, RunEvent, StepAt, StepEnd, StepRecord};
use dogfood_core::evidence::{Block, Content};
use dogfood_core::finding::Finding;
use dogfood_core::gate::{self, Report};
use dogfood_core::markup::model::{Step, Stream};
use dogfood_core::place::RelPath;
use dogfood_core::plan::{self, Cell, Selection};
use dogfood_core::redact::{Redacted, Redactor};
use dogfood_core::reports::{Format, Human, Look, Sources, Told};
use dogfood_core::review::{self, Judge, Recorded, States};
use dogfood_core::trace::{self, Machine, Recorder, Recording, Script, Trace};

/// The day on which everything is recorded, and the one on which it is checked.
pub(crate) const RECORDED: &str = "2026-11-01T10:00:00Z";
const TODAY: &str = "2026-11-20";

/// A checkout in memory.
#[derive(Clone)]
pub(crate) struct Book {
    pub(crate) files: BTreeMap<RelPath, String>,
    today: &'static str,
    base: Option<Box<Book>>,
    evidence_from: Option<Box<Book>>,
    pending: bool,
}

impl Book {
    /// The good book, with evidence.
    pub(crate) fn good() -> Self {
        Self { files: tree(&fixtures().join("good")), today: TODAY, base: None, evidence_from: None, pending: false }
            .recorded(|_| ())
    }

    /// The good book after `fixtures/NAME/recorded.edits` and with what `fixtures/NAME/recorded` holds, recorded; then after
    /// `fixtures/NAME/edits`, with the other files there, and without those that `fixtures/NAME/removed` lists. A line of edits is
    /// `FILE | FROM | TO`, with line breaks as `\\n`.
    pub(crate) fn fixture(name: &str) -> Self {
        Self::fixture_with(name, |_| ())
    }

    /// [`Book::fixture`], with a say in what each trace records.
    pub(crate) fn fixture_with(name: &str, change: impl Fn(&mut Trace)) -> Self {
        let folder = fixtures().join(name);
        let mut after = tree(&folder);
        assert!(!after.is_empty(), "no fixture {name}");
        let mut notes = |name: &str| after.remove(&path(name)).unwrap_or_default();
        let (before, edits, removed) = (notes("recorded.edits"), notes("edits"), notes("removed"));
        after.retain(|path, _| !path.is_under("recorded"));
        let mut book = Self {
            files: tree(&fixtures().join("good")),
            today: TODAY,
            base: None,
            evidence_from: None,
            pending: false,
        };
        book.files.extend(tree(&folder.join("recorded")));
        let mut book = book.edits(&before).recorded(change).edits(&edits);
        book.files.extend(after);
        removed.lines().fold(book, Self::without)
    }

    fn edits(self, edits: &str) -> Self {
        edits.lines().fold(self, |book, line| {
            let parts: Vec<String> = line.split(" | ").map(|part| part.replace("\\n", "\n")).collect();
            let [file, from, to] = &parts[..] else { panic!("no edit: {line}") };
            book.edit(file, from, to)
        })
    }

    /// With the file `name`.
    pub(crate) fn with(mut self, name: &str, text: &str) -> Self {
        self.files.insert(path(name), text.to_owned());
        self
    }

    /// Without the file `name`, which must be there.
    pub(crate) fn without(mut self, name: &str) -> Self {
        assert!(self.files.remove(&path(name)).is_some(), "no {name} in {:?}", self.files.keys());
        self
    }

    /// With the one place `from` in the file `name` as `to`.
    pub(crate) fn edit(mut self, name: &str, from: &str, to: &str) -> Self {
        let text = self.files.get_mut(&path(name)).unwrap_or_else(|| panic!("no {name}"));
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {name}:\n{text}");
        *text = text.replace(from, to);
        self
    }

    /// Checked on another day.
    pub(crate) fn on(mut self, today: &'static str) -> Self {
        self.today = today;
        self
    }

    /// As a pull request on `base`, judged by it.
    pub(crate) fn on_top_of(mut self, base: Self) -> Self {
        self.base = Some(Box::new(base));
        self
    }

    /// Cells that the pull request touches need no evidence yet.
    pub(crate) fn with_pending(mut self) -> Self {
        self.pending = true;
        self
    }

    /// The evidence of `recorded` is believed.
    pub(crate) fn with_evidence_from(mut self, recorded: Self) -> Self {
        self.evidence_from = Some(Box::new(recorded));
        self
    }

    /// With a trace for each cell as it is now; `change` may alter each before it is sealed.
    pub(crate) fn recorded(mut self, change: impl Fn(&mut Trace)) -> Self {
        for cell in self.plan().cells {
            let mut trace = record(&cell);
            change(&mut trace);
            self.files.insert(trace::path(&cell.id), trace::write(&trace));
        }
        self
    }

    pub(crate) fn inputs(&self) -> Inputs {
        let mut inputs = checkout::load(&self.files, self.today.parse().unwrap()).unwrap();
        if let Some(base) = &self.base {
            let traces = base.traces();
            let base = base.inputs();
            if self.pending {
                inputs.changed = review::changed(&inputs, &base);
            }
            let recorded = self.evidence_from.as_ref().map(|book| (book.traces(), book.inputs().criterion));
            let recorded = recorded.as_ref().map(|(traces, criterion)| Recorded { traces, criterion });
            review::judge(&mut inputs, &Judge { name: "main", base: &base, traces: &traces, recorded });
            let states = States { now: &inputs, base: &base, name: "main", traces: &traces, others: &[] };
            inputs.unjudged = review::unjudged(&states);
        }
        inputs
    }

    /// The texts of its traces.
    fn traces(&self) -> BTreeMap<RelPath, String> {
        let traces = self.files.iter().filter(|(path, _)| path.is_under(trace::FOLDER));
        traces.map(|(path, text)| (path.clone(), text.clone())).collect()
    }

    pub(crate) fn plan(&self) -> plan::Plan {
        let inputs = self.inputs();
        let guides: Vec<_> = inputs.guides().map(|(chapter, guide)| (&chapter.path, guide)).collect();
        plan::build(&guides, &inputs.targets, &inputs.toolboxes, &Selection::default())
    }

    pub(crate) fn check(&self) -> Report {
        gate::check(&self.inputs())
    }

    /// What the pieces on the demo's page show.
    pub(crate) fn pieces(&self) -> Vec<Option<Content>> {
        self.check().pieces.remove(&path("guides/demo.md")).unwrap_or_default()
    }

    /// The one block there, with nothing wrong in the book.
    pub(crate) fn block(&self) -> Block {
        self.finds(&[]);
        match self.pieces().as_slice() {
            [Some(Content::Block(block))] => block.clone(),
            other => panic!("{other:?}"),
        }
    }

    /// Every finding as `RULE FILE:LINE:COLUMN TITLE`.
    pub(crate) fn findings(&self) -> Vec<String> {
        let inputs = self.inputs();
        let sources = Sources::of(&inputs);
        let said = |finding: &Finding| {
            format!("{} {}:{} {}", finding.rule, finding.span.file, sources.place(&finding.span).start, finding.title)
        };
        gate::check(&inputs).findings.iter().map(said).collect()
    }

    /// What the pull request does and no rule judges, as `KIND FILE:LINE TEXT`.
    pub(crate) fn unjudged(&self) -> Vec<String> {
        let line = |line: Option<usize>| line.map(|line| format!(":{line}")).unwrap_or_default();
        let each = self.inputs().unjudged.into_iter();
        each.map(|change| format!("{} {}{} {}", change.kind, change.file, line(change.line), change.text)).collect()
    }

    /// Those of one kind, as a pull request on the good book.
    pub(crate) fn unjudged_of(self, kind: &str) -> Vec<String> {
        let mut all = self.on_top_of(Self::good()).unjudged();
        all.retain(|line| line.starts_with(kind));
        all
    }

    /// The findings of `rule`, as people see them.
    pub(crate) fn shown(&self, rule: &str) -> String {
        let inputs = self.inputs();
        let findings: Vec<Finding> =
            gate::check(&inputs).findings.into_iter().filter(|finding| finding.rule == rule).collect();
        Human.render(&Told::new(&findings, &Sources::of(&inputs)), Look::PLAIN)
    }

    /// The whole finding of `rule`; there is exactly one.
    pub(crate) fn only(&self, rule: &str) -> Finding {
        let mut findings = self.check().findings;
        findings.retain(|finding| finding.rule == rule);
        assert_eq!(findings.len(), 1, "{:?}", self.findings());
        findings.remove(0)
    }

    /// The one finding about the recipe `recipe` of the guide `demo`.
    pub(crate) fn only_of(&self, recipe: &str) -> Finding {
        let subject = format!("demo/{recipe}");
        let mut findings = self.check().findings;
        findings.retain(|finding| {
            finding.subject.as_deref().is_some_and(|subject_of| subject_of.split('@').next() == Some(subject.as_str()))
        });
        assert_eq!(findings.len(), 1, "{:?}", self.findings());
        findings.remove(0)
    }

    /// Sees that the findings are exactly `wanted`, each given as `RULE FILE:LINE:COLUMN` and the start of its title.
    #[track_caller]
    pub(crate) fn finds(&self, wanted: &[&str]) {
        let found = self.findings();
        let fits =
            found.len() == wanted.len() && found.iter().zip(wanted).all(|(found, wanted)| found.starts_with(wanted));
        assert!(fits, "wanted {wanted:#?}, found {found:#?}");
    }
}

pub(crate) fn path(name: &str) -> RelPath {
    RelPath::new(name).unwrap()
}

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn tree(folder: &Path) -> BTreeMap<RelPath, String> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten() {
            let entry = entry.unwrap().path();
            if entry.is_dir() {
                open.push(entry);
            } else {
                let name = entry.strip_prefix(folder).unwrap().to_str().unwrap();
                files.insert(path(name), fs::read_to_string(&entry).unwrap());
            }
        }
    }
    files
}

/// A run of `cell` in which everything happens as the guide says.
fn record(cell: &Cell) -> Trace {
    let mut events = vec![RunEvent::CellStarted(cell.id.clone())];
    for part in [Part::Setup, Part::Recipe, Part::Teardown] {
        for step in Script::of_cell(cell).part(part).iter().filter(|step| step.runs_on(&cell.id.target)) {
            events.extend(
                steps(cell, part, step).into_iter().map(|record| RunEvent::StepEnded { cell: cell.id.clone(), record }),
            );
        }
    }
    let python = cell.recipe.steps.iter().any(|step| step.language == "python");
    let mut facts = CellFacts::default();
    if python && cell.toolbox.is_some() {
        facts.imported = vec!["demo-lib".to_owned()];
        facts.versions.insert("demo-lib".to_owned(), "1.0".to_owned());
    }
    if cell.target.is_some() {
        facts.versions.insert("server".to_owned(), "3.2".to_owned());
    }
    events.push(RunEvent::CellEnded { cell: cell.id.clone(), facts, end: CellEnd::Completed });
    let machine = Machine { arch: "x86_64".to_owned(), cpus: 2, memory: "8 GiB".to_owned(), kernel: "6.1".to_owned() };
    let recording = Recording { cell, recorded: RECORDED.to_owned(), recorder: Recorder::Local, machine };
    trace::fold(&recording, &events).unwrap()
}

fn said(text: &str) -> Redacted {
    Redactor::new(&[]).redact(text.as_bytes()).unwrap()
}

fn steps(cell: &Cell, part: Part, step: &Step) -> Vec<StepRecord> {
    let script = Script::of_cell(cell);
    let commands: Vec<Option<usize>> =
        if step.commands.is_empty() { vec![None] } else { (1..=step.commands.len()).map(Some).collect() };
    let records = commands.into_iter().map(|command| {
        let at = StepAt { part, step: step.number, command };
        let said = |stream| Captured {
            text: said(&script.judged(at, stream, &cell.id.target).map(|judged| judged.text).unwrap_or_default()),
            ..Captured::default()
        };
        let declared = command.and_then(|command| step.commands[command - 1].exit).or(step.options.exit);
        let error = step.options.raises.as_ref().map(|class| PythonError {
            class: class.clone(),
            bases: vec![class.clone(), "Exception".to_owned(), "BaseException".to_owned(), "object".to_owned()],
            text: said(Stream::Error).text,
        });
        StepRecord {
            at,
            language: step.language.clone(),
            ended: StepEnd::Exit(declared.unwrap_or(i32::from(error.is_some()))),
            took: Duration::from_millis(12),
            stdout: said(Stream::Stdout),
            stderr: said(Stream::Stderr),
            error,
            fault: None,
            timed: None,
        }
    });
    records.collect()
}
