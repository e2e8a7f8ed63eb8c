//! The program behind `PROGRAM __supervise` in the tests and benches of this crate. `PROGRAM hold JOB` is a parent that runs a job and
//! waits, and `PROGRAM run ROOT GUIDE` a whole run of a guide without targets: both to be killed.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use dogfood_core::markup::{ChapterKind, HideLines, extract};
use dogfood_core::place::RelPath;
use dogfood_core::plan::{self, Selection};
use dogfood_run::execute::{Deps, execute};
use dogfood_run::supervise::client::Supervisor;
use dogfood_run::toolboxes::HostEnv;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [program, "hold", job] => hold(Path::new(program), Path::new(job)),
        [program, "run", root, guide] => run(Path::new(program), Path::new(root), Path::new(guide)),
        _ => return dogfood_run::supervise(),
    }
    ExitCode::SUCCESS
}

fn hold(program: &Path, job: &Path) {
    let job = serde_json::from_slice(&std::fs::read(job).expect("a readable job")).expect("a job");
    let mut supervisor = Supervisor::start(program, &job, &[]).expect("a supervisor");
    while supervisor.next_frame(&AtomicBool::new(false)).is_ok() {}
}

fn run(program: &Path, root: &Path, guide: &Path) {
    let text = std::fs::read_to_string(guide).expect("a readable guide");
    let path = RelPath::new("guides/g.md").expect("a path");
    let files: BTreeMap<RelPath, String> = BTreeMap::new();
    let (chapter, _) = extract(&path, &text, ChapterKind::Guide, &HideLines(BTreeMap::new()), &files);
    let guide = chapter.guide.expect("a guide");
    let plan = plan::build(&[(&path, &guide)], &BTreeMap::new(), &BTreeMap::new(), &Selection::default());
    let deps = Deps {
        root: root.to_owned(),
        program: program.to_owned(),
        cache: root.join("cache"),
        jobs: 2,
        expected: BTreeMap::new(),
        keep: false,
        path: std::env::var_os("PATH").unwrap_or_default(),
        host: HostEnv::default(),
        reader: Vec::new(),
        secrets: Vec::new(),
        known: Arc::default(),
        stop: Arc::default(),
    };
    execute(&plan, &deps, &mut |_| ()).expect("a run");
}
