//! What needs no server; starting real ones is tested in `tests/targets`.

use dogfood_core::infra::image::Images;
use dogfood_core::infra::target::{TargetSpec, read};
use dogfood_core::infra::toolbox;
use dogfood_core::place::RelPath;

use std::collections::BTreeMap;

use super::*;

/// A target whose program `program` gets `arguments`, with a user and a password in its environment.
pub(in crate::targets) fn target(program: &str, arguments: &[&str]) -> Target {
    let path = RelPath::new("infra/toolboxes/servers/toolbox.yaml").unwrap();
    let lock = format!("server==1.2 --hash=sha256:{}\n", "a".repeat(64));
    let text = "description: For tests.\npython: \">=3.8\"\ninstall: x\n";
    let servers = toolbox::read(&path, text, &path.sibling("requirements.lock").unwrap(), &lock).unwrap();
    let arguments = serde_json::json!(arguments);
    let text = format!(
        r#"
description: A server.
protocol: sftp
kind: process
process:
  toolbox: servers
  package: server
  program: {program}
  arguments: {arguments}
  environment: {{SERVER_USER: "{{random:user}}", SERVER_PASSWORD: "{{secret:password}}", SERVER_PORT: "{{port}}"}}
version: {{expect: "1.2", from: ssh-banner, pattern: "v([0-9.]+)"}}
environment:
  - {{name: SFTP_HOST, value: 127.0.0.1, shown: 127.0.0.1, documented: true}}
  - {{name: SFTP_PORT, value: "{{port}}", shown: "2022", documented: true}}
  - {{name: SFTP_USER, value: "{{random:user}}", shown: me, documented: true}}
  - {{name: SFTP_PASSWORD, value: "{{secret:password}}", shown: change-me-please}}
  - {{name: SFTP_BASE, value: "/{{fresh}}", shown: /upload, documented: true}}
start: server
ready-within: 2
"#
    );
    let path = RelPath::new("infra/targets/fake.yaml").unwrap();
    read(&path, &text, &BTreeMap::from([(servers.id.clone(), servers)]), &Images::new()).unwrap()
}

/// The value of its file.
pub(in crate::targets) fn spec(program: &str, arguments: &[&str]) -> TargetSpec {
    target(program, arguments).spec
}

fn refused(target: &Target) -> String {
    let folder = tempfile::tempdir().unwrap();
    let environment = Environment::of_folder(folder.path(), "3.11.2");
    let stop = Arc::new(AtomicBool::new(false));
    let lease = Lease::take(folder.path()).unwrap();
    let launch = Launch {
        program: Path::new("/bin/false"),
        run_dir: folder.path(),
        marks: &[],
        lease: &lease,
        cache: folder.path(),
        host: &HostEnv::default(),
        keep: false,
        stop: &stop,
    };
    let error = start(target, Some(&environment), &launch, &mut |_| {}).unwrap_err();
    assert!(lease.release(false).is_empty());
    assert!(!folder.path().join("fake").exists());
    error.to_string().replace(&folder.path().display().to_string(), "")
}

#[test]
fn a_program_that_its_package_does_not_have_is_a_fault_of_the_file() {
    assert_eq!(
        refused(&target("server", &[])),
        "target fake: toolbox servers has no program `server` in /bin; mend `program:` or `package:` in infra/targets/fake.yaml"
    );
}

#[test]
fn what_this_version_does_not_start_is_not_started() {
    let mut target = target("server", &[]);
    target.spec.protocol = dogfood_core::infra::target::Protocol::Sql;
    assert_eq!(
        refused(&target),
        "target fake is a process that speaks sql, which this version does not start; choose another target with `@TARGET`"
    );
}
