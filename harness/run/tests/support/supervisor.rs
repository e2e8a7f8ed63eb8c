//! The program behind `PROGRAM __supervise` in the tests and benches of this crate; `PROGRAM hold JOB` is a parent that runs a job and
//! waits, to be killed.

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use dogfood_run::supervise::client::Supervisor;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [program, "hold", job] => hold(Path::new(program), Path::new(job)),
        _ => dogfood_run::supervise(),
    }
}

fn hold(program: &Path, job: &Path) -> ExitCode {
    let job = serde_json::from_slice(&std::fs::read(job).expect("a readable job")).expect("a job");
    let mut supervisor = Supervisor::start(program, &job, &[]).expect("a supervisor");
    while supervisor.next_frame(&AtomicBool::new(false)).is_ok() {}
    ExitCode::SUCCESS
}
