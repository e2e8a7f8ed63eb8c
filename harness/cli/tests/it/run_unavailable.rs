//! A run on infrastructure that is not there.

use crate::project::{Project, sftp_given};

fn broken_target() -> Project {
    Project::with_guide("a", "```sh recipe=local\necho hello\n```\n\n```text expect\nhello\n```\n")
        .guide(
            "b",
            "targets: [absent]",
            &(sftp_given(" target=absent")
                + "```sh recipe=remote\necho \"$SFTP_HOST\"\n```\n\n```text expect\n${SFTP_HOST}\n```\n"),
        )
        .with_absent_target()
}

#[test]
fn what_is_not_available_is_three_unless_that_is_accepted() {
    // No index to ask: an install that reaches for the network fails here as it does on a machine without one.
    let project = broken_target()
        .set("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
        .set("UV_INDEX_URL", "http://127.0.0.1:9/simple")
        .set("UV_OFFLINE", "1");
    project
        .dogfood("run")
        .code(3)
        .says("1 recipe passed")
        .says("1 not available")
        .says("b/remote@absent")
        .says("          none    absent\na/local   passed  -\nb/remote  -       not available\n");
    assert!(project.has("traces/a/local@none.yaml") && !project.has("traces/b"));
    let accepted = project.dogfood("run --available").code(0).says("1 recipe passed").says("b/remote@absent");
    assert!(accepted.err.trim_end().lines().last().unwrap().contains("1 not available"), "{}", accepted.err);
}

#[test]
fn a_target_that_cannot_be_read_is_a_finding_and_not_a_silence() {
    let project = broken_target();
    project.edit("infra/targets/absent.yaml", "protocol: sftp", "protokoll: sftp");
    project
        .dogfood("run")
        .code(1)
        .says("protokoll")
        .says("infra/targets/absent.yaml:2")
        .says("1 failed")
        .says("b/remote@absent");
    project.dogfood("run b").code(1).says("protokoll");
}
