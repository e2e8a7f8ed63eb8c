//! Target files of kind container.

use super::*;
use crate::infra::image::{ImageFile, ImageProblem};
use crate::infra::target::ContainerSpec;

const FILE: &str = r#"description: A server in a container.
protocol: sftp
kind: container
container:
  image: {build: openssh}
  port: 22
  command: [--name, "{random:user}"]
  environment:
    SFTP_USER: "{random:user}"
    SFTP_PASS: "{secret:password}"
  memory: 256
  cpus: 1
  ready: [/usr/local/bin/ready]
  fresh: [/usr/local/bin/fresh, "{fresh}"]
version:
  expect: "9.2p1"
  from: ssh-banner
  pattern: "OpenSSH_(\\S+)"
environment:
  - {name: SFTP_HOST, value: "{host}", shown: 127.0.0.1, documented: true}
  - {name: SFTP_PORT, value: "{port}", shown: "2222", documented: true}
  - {name: SFTP_USER, value: "{random:user}", shown: me, documented: true}
  - {name: SFTP_PASSWORD, value: "{secret:password}", shown: change-me-please}
  - {name: SFTP_BASE, value: "/{fresh}", shown: /upload, documented: true}
faults: [delay, pause, disconnect]
start: docker compose up openssh
"#;

fn images(dockerfile: &str) -> Images {
    let id = |name: &str| Id::new(name).unwrap();
    let file = |path: &str, text: &str| ImageFile { path: path.into(), executable: false, bytes: text.into() };
    let whole = Image::new(id("openssh"), vec![file("Dockerfile", dockerfile), file("run", "exec sshd")]);
    let empty = Image::new(id("empty"), vec![file("run", "")]);
    let linked = ImageProblem::File { path: "infra/images/linked/run".into(), why: "it is a link".into() };
    BTreeMap::from([(id("openssh"), Ok(whole)), (id("empty"), Ok(empty)), (id("linked"), Err(linked))])
}

fn container_of(text: &str, images: &Images) -> Result<Target, Vec<Finding>> {
    read(&RelPath::new("infra/targets/box.yaml").unwrap(), text, &BTreeMap::new(), images)
}

fn broken(old: &str, new: &str) -> Vec<String> {
    assert!(FILE.contains(old), "{old}");
    let text = FILE.replacen(old, new, 1);
    said(&text, &container_of(&text, &images("FROM a")).unwrap_err())
}

#[test]
fn a_container_is_read_with_what_its_image_is_built_from() {
    let target = container_of(FILE, &images("FROM a")).unwrap();
    assert_eq!((target.spec.kind, target.not_runnable()), (TargetKind::Container, None));
    assert_eq!(target.image.as_ref().unwrap().files.len(), 2);
    let ContainerSpec { port, memory, cpus, .. } = target.spec.container.unwrap();
    assert_eq!((port, memory, cpus), (22, 256, Some(1)));
    let pulled = FILE.replace("{build: openssh}", "{pull: \"atmoz/sftp@sha256:0123\"}");
    assert_eq!(container_of(&pulled, &images("FROM a")).unwrap().image, None);
    let said = FILE.replace("from: ssh-banner", "from: {exec: [sshd, -V]}");
    let from = container_of(&said, &images("FROM a")).unwrap().spec.version.from;
    assert_eq!(from, VersionSource::Exec(vec!["sshd".to_owned(), "-V".to_owned()]));
    let sql = container_of(&FILE.replace("protocol: sftp", "protocol: sql"), &images("FROM a")).unwrap();
    assert!(sql.not_runnable().unwrap().ends_with("is a container that speaks sql, which this version does not start"));
}

#[test]
fn the_image_is_checked() {
    for (new, expected) in [
        ("{build: opnssh}", "5:18 there is no image `opnssh` in infra/images | did you mean `openssh`?"),
        (
            "{build: zzz}",
            "5:18 there is no image `zzz` in infra/images | add infra/images/zzz/Dockerfile, or name an image that is there",
        ),
        ("{build: empty}", "5:18 infra/images/empty holds no Dockerfile | add one"),
        (
            "{build: linked}",
            "5:18 the image linked cannot be built: `infra/images/linked/run`: it is a link | an image's folder holds plain files, a few MiB of them: the image is pinned by every byte",
        ),
        (
            "{build: openssh, pull: \"a:1\"}",
            "5:3 the image is both built and pulled | write `{build: NAME}` for infra/images/NAME, or `{pull: NAME:TAG}`",
        ),
        (
            "{}",
            "5:3 the image is neither built nor pulled | write `{build: NAME}` for infra/images/NAME, or `{pull: NAME:TAG}`",
        ),
    ] {
        assert_eq!(broken("{build: openssh}", new), [expected]);
    }
    for (reference, expected) in [
        ("minio/minio", "does not say which version of the image"),
        ("localhost:5000/minio", "does not say which version of the image"),
        ("minio/minio:latest", "is another image tomorrow"),
        ("minio minio:1", "is no name of an image"),
        ("-v:1", "is no name of an image"),
        ("", "is no name of an image"),
    ] {
        let found = broken("{build: openssh}", &format!("{{pull: \"{reference}\"}}"));
        assert!(found.len() == 1 && found[0].contains(expected), "{reference}: {found:?}");
    }
    for wrong in ["{build: ../x}", "{build: Openssh}", "{biuld: openssh}"] {
        assert_eq!(broken("{build: openssh}", wrong).len(), 1, "{wrong}");
    }
}

#[test]
fn what_it_may_use_and_what_it_is_told_is_checked() {
    for (old, new, expected) in [
        ("port: 22", "port: 0", "6:3 0 is no port"),
        ("port: 22", "port: 65536", "6:"),
        ("port: 22", "port: -1", "6:"),
        ("  memory: 256\n", "", "the key `memory` is missing"),
        ("memory: 256", "memory: 5", "11:3 5 MiB is no memory for a container"),
        ("memory: 256", "memory: 65537", "11:3 65537 MiB is no memory for a container"),
        ("cpus: 1", "cpus: 0", "12:3 0 is no number of processors"),
        ("cpus: 1", "cpus: 0.5", "12:"),
        ("--name", "\"{port}\"", "7:14 `{port}` has no meaning in `command`"),
        ("--name", "\"{data}\"", "7:14 `{data}` has no meaning in `command`"),
        ("--name", "\"{fresh}\"", "7:14 `{fresh}` has no meaning in `command`"),
        ("--name", "\"{host}\"", "7:14 `{host}` has no meaning in `command`"),
        (
            "SFTP_USER: \"{random:user}\"",
            "SFTP_USER: \"{host}\"",
            "9:17 `{host}` has no meaning in `container.environment`",
        ),
        ("    SFTP_USER:", "    2X:", "9:5 `2X` is no name of a variable"),
        ("[/usr/local/bin/ready]", "[]", "13:3 `ready` names no program"),
        ("[/usr/local/bin/ready]", "[-x]", "13:3 `ready` names no program"),
        ("[/usr/local/bin/ready]", "[x, \"{fresh}\"]", "13:"),
        ("\"{fresh}\"]", "x]", "14:3 the program that makes a recipe's own place is not told which"),
        ("from: ssh-banner", "from: {exec: []}", "17:10 `exec` names no program"),
        (
            "from: ssh-banner",
            "from: {http-body: \"http://127.0.0.1:{port}/x\"}",
            "the version is read from loopback only",
        ),
        ("from: ssh-banner", "from: {http-body: \"/{port}\"}", "`{port}` has no meaning in `version.from`"),
        (
            "value: \"{port}\"",
            "value: \"{port:other}\"",
            "`{port:other}` is handed out, but nothing tells the server about it | use it in `container.command` or `container.environment` too",
        ),
        (
            "value: \"{secret:password}\"",
            "value: \"{secret:other}\"",
            "`{secret:other}` is handed out, but nothing tells the server about it",
        ),
        ("value: \"{secret:password}\"", "value: hunter2", "`SFTP_PASSWORD` is a secret of fewer than 8 characters"),
        ("value: \"{secret:password}\"", "value: \"{data}/12345678\"", "`{data}` has no meaning in `environment`"),
        ("kind: container", "kind: process", "a target of kind process"),
        ("[delay, pause", "[delay, pauze", "25:17 `pauze` is no fault | did you mean `pause`?"),
    ] {
        let found = broken(old, new);
        assert!(!found.is_empty() && found.iter().any(|finding| finding.contains(expected)), "{new}: {found:?}");
    }
    let start = FILE.find("container:\n  image").unwrap();
    let end = FILE.find("version:\n").unwrap();
    let text = format!("{}{}", &FILE[..start], &FILE[end..]);
    let found = container_of(&text, &images("FROM a")).unwrap_err();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].title, "a target of kind container does not say which container");
}

#[test]
fn every_target_that_speaks_azure_hands_out_the_same_names() {
    let found = broken("protocol: sftp", "protocol: azure");
    let missing: Vec<&String> = found.iter().filter(|finding| finding.contains("a target that speaks azure")).collect();
    assert_eq!(missing.len(), 4, "{found:?}");
}

#[test]
fn the_digest_moves_with_the_image() {
    let digest = |text: &str, images: &Images| container_of(text, images).unwrap().digest;
    let base = digest(FILE, &images("FROM a"));
    assert_ne!(digest(FILE, &images("FROM b")), base);
    for (old, new) in [
        ("port: 22", "port: 23"),
        ("memory: 256", "memory: 257"),
        ("  cpus: 1\n", ""),
        ("--name", "--user"),
        ("  ready: [/usr/local/bin/ready]\n", ""),
        ("SFTP_PASS:", "SFTP_PASSWORD:"),
    ] {
        assert!(FILE.contains(old), "{old}");
        assert_ne!(digest(&FILE.replacen(old, new, 1), &images("FROM a")), base, "{new}");
    }
    let mut others = images("FROM a");
    others.remove(&Id::new("empty").unwrap());
    assert_eq!(digest(FILE, &others), base, "another image is not this target's");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_file_with_anything_in_it_is_read_or_refused_without_a_panic(at in 0..FILE.len(), cut in 0usize..40, text in "\\PC{0,8}|[{}:\\[\\]\n #\"-]{0,8}") {
        let end = (at + cut).min(FILE.len());
        let text = format!("{}{text}{}", &FILE[..at], &FILE[end..]);
        if let Err(findings) = container_of(&text, &images("FROM a")) {
            prop_assert!(!findings.is_empty());
            for finding in findings {
                prop_assert!(text.get(finding.span.range()).is_some(), "{:?}", finding.span);
            }
        }
    }
}
