//! A run on infrastructure that is not there.

use crate::project::Project;

/// A target whose program no toolbox can bring: the toolbox that it names has a lock that nothing can install.
fn broken_target() -> Project {
    Project::with_guide("a", "```sh recipe=local\necho hello\n```\n\n```text expect\nhello\n```\n")
        .guide("b", "targets: [absent]", "```sh recipe=remote\necho \"$HOST\"\n```\n\n```text expect\n${HOST}\n```\n")
        .file(
            "infra/targets/absent.yaml",
            "description: A server that cannot start here.\nprotocol: sftp\nkind: process\nprocess:\n  toolbox: empty\n  package: absent\n  program: absent\n  arguments: []\n\
             version:\n  expect: \"1\"\n  from: ssh-banner\n  pattern: (.*)\nenvironment:\n- name: HOST\n  value: 127.0.0.1\n  shown: 127.0.0.1\n  documented: true\nstart: absent\n",
        )
        .file("infra/toolboxes/empty/toolbox.yaml", "description: Nothing.\npython: \">=3.9\"\ninstall: pip install absent\n")
        .file(
            "infra/toolboxes/empty/requirements.lock",
            "absent==1.0 --hash=sha256:0000000000000000000000000000000000000000000000000000000000000000\n",
        )
}

#[test]
fn what_is_not_available_is_three_unless_that_is_accepted() {
    // No index to ask: an install that reaches for the network fails here as it does on a machine without one.
    let project = broken_target().set("PIP_INDEX_URL", "http://127.0.0.1:9/simple").set("UV_INDEX_URL", "http://127.0.0.1:9/simple").set("UV_OFFLINE", "1");
    project.dogfood("run").code(3).says("1 recipe passed").says("1 not available").says("b/remote@absent");
    assert!(project.has("traces/a/local@none.yaml") && !project.has("traces/b"));
    let accepted = project.dogfood("run --available").code(0).says("1 recipe passed").says("b/remote@absent");
    assert!(accepted.err.trim_end().lines().last().unwrap().contains("1 not available"), "{}", accepted.err);
}
