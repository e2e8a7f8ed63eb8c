//! Reliability 6: a long run says before it starts which recipe it waits for.

use std::time::Duration;

use dogfood_core::trace;

use crate::project::Project;

#[test]
fn the_longest_chain_is_told_before_the_run() {
    let project = Project::with_guide("a", "```sh recipe=long\ntrue\n```\n\n```sh recipe=short\ntrue\n```\n");
    project.dogfood("run").code(0).silent_about("at least");
    let path = "traces/a/long@none.yaml";
    let (mut recorded, _) = trace::read(&project.read(path)).unwrap();
    recorded.steps[0].took = Duration::from_secs(200);
    project.write(path, &trace::write(&recorded));
    let run = project.dogfood("run --frozen").code(0);
    let told = "at least 200 s, as the recipes took when they were last recorded: `a/long@none` takes that long";
    let (at, end) = (run.err.find(told).expect(&run.err), run.err.find("2 recipes passed").unwrap());
    assert!(at < end, "{}", run.err);
    project.dogfood("run --frozen --format json").code(0).silent_about("at least").json();
}
