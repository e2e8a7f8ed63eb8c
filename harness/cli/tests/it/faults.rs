//! `fault=` on a step, through the real program: a library of today before this repository's own server, the trace, the gate, the page.

use crate::project::Project;

const GIVEN: &str = "```sh given=env\nexport SFTP_HOST=127.0.0.1 SFTP_PORT=2022 SFTP_USER=dogfood SFTP_PASSWORD=change-me-please SFTP_BASE=/upload\n```\n\n";

const CONNECT: &str = r#"import os
from remote_store import RetryPolicy, Store
from remote_store.backends import SFTPBackend
backend = SFTPBackend(
    os.environ["SFTP_HOST"], port=int(os.environ["SFTP_PORT"]), username=os.environ["SFTP_USER"],
    password=os.environ["SFTP_PASSWORD"], base_path=os.environ["SFTP_BASE"], host_key_policy="tofu",
    host_keys_path="known_hosts", timeout=20, io_timeout=2, retry=RetryPolicy.disabled())
store = Store(backend)
store.write("large.bin", b"x" * 1_000_000)
print("written")
"#;

/// The start line and the install line of this repository, as fences.
fn given() -> String {
    let target = include_str!("../../../../infra/targets/rclone-sftp.yaml");
    let start = target.split_once("start: |\n").unwrap().1.split("\n\n").next().unwrap();
    let start: String = start.lines().map(|line| format!("{}\n", line.trim())).collect();
    let toolbox = include_str!("../../../../infra/toolboxes/python/toolbox.yaml");
    let install = toolbox.split_once("install: |\n").unwrap().1.replace("\n  ", "\n");
    format!("{GIVEN}```sh given=service\n{start}```\n\n```sh given=toolbox\n{}\n```\n\n", install.trim())
}

fn stall() -> String {
    format!(
        "{}```python recipe=stall\n{CONNECT}```\n\n```text expect\nwritten\n```\n\n\
         ```python recipe=stall raises=BackendUnavailable fault=blackhole-down@256KiB\nstore.read_bytes(\"large.bin\")\n```\n\n\
         ```text expect=error\n...\n[..]stalled: no data within io_timeout=2[..]\n...\n```\n\n\
         ```python recipe=stall\nprint(len(store.read_bytes(\"large.bin\")))\n```\n\n```text expect\n1000000\n```\n",
        given()
    )
}

/// The toolboxes are made once per machine, in the caller's cache.
fn project(body: &str) -> Project {
    Project::wired()
        .guide("a", "targets: [rclone-sftp]\ntoolbox: python", body)
        .file("infra/targets/rclone-sftp.yaml", include_str!("../../../../infra/targets/rclone-sftp.yaml"))
        .file("infra/toolboxes/servers/toolbox.yaml", include_str!("../../../../infra/toolboxes/servers/toolbox.yaml"))
        .file(
            "infra/toolboxes/servers/requirements.lock",
            include_str!("../../../../infra/toolboxes/servers/requirements.lock"),
        )
        .file("infra/toolboxes/python/toolbox.yaml", include_str!("../../../../infra/toolboxes/python/toolbox.yaml"))
        .file(
            "infra/toolboxes/python/requirements.lock",
            include_str!("../../../../infra/toolboxes/python/requirements.lock"),
        )
        .with_the_callers_cache()
}

#[test]
fn a_stalled_read_is_recorded_checked_and_told_on_the_page() {
    let project = project(&stall());
    project.dogfood("run").code(0).says("1 recipe passed");
    let trace = project.read("traces/a/stall@rclone-sftp.yaml");
    assert!(trace.contains("  fault:\n    asked: blackhole-down@256KiB\n    armed: "), "{trace}");
    assert!(trace.contains("\n    tripped: ") && trace.contains("\n    cleared: "), "{trace}");
    project.dogfood("check").code(0);
    project.dogfood("build").code(0);
    let page = project.read("book/a.html");
    let words = "While this ran: every byte was swallowed after 256 KiB, on the way to the client.";
    assert!(page.contains(words), "{page}");
    // The same page from top to bottom; and a reader, who cannot make a fault, is told so.
    project.dogfood("run --walk").code(0).says("1 walk passed");
    project.dogfood("run --as-reader").code(3).says("not walked as a reader: fault=blackhole-down@256KiB");
    // Another fault is another recipe.
    project.edit("guides/a.md", "fault=blackhole-down@256KiB", "fault=reset-down@256KiB");
    project.dogfood("check").code(1).says("stale-recipe");
}

#[test]
fn a_fault_that_its_target_does_not_support_is_a_finding_and_not_run() {
    let body = format!(
        "{}```sh recipe=one fault=pause\ntrue\n```\n\n```sh recipe=two target=none fault=cut\ntrue\n```\n",
        given()
    );
    let project = project(&body);
    project.dogfood("check").code(1).says("unsupported-fault").says("does not support `fault=pause`");
    project.dogfood("run a/two").code(1).says("unsupported-fault");
    assert!(!project.has("traces"));
}
