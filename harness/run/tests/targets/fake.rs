//! Servers that never get ready, die, flood, lie or answer with megabytes: each gets an error that says so, and leaves nothing.

use std::fs;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use dogfood_core::infra::target::{Protocol, Target};
use dogfood_run::targets::TargetError;

use super::ours;
use super::world::World;

/// The SFTP target of this repository with another program: it gets its port and password in its environment.
fn target(seconds: u32) -> Target {
    let mut target = ours::target("rclone-sftp");
    let process = target.spec.process.as_mut().unwrap();
    process.program = "server".to_owned();
    process.arguments = vec!["{data}".to_owned()];
    process.environment.insert("PORT".to_owned(), "{port}".to_owned());
    target.spec.ready_within = seconds;
    target
}

#[track_caller]
fn fails(script: &str, seconds: u32) -> String {
    fails_as(&target(seconds), script)
}

#[track_caller]
fn fails_as(target: &Target, script: &str) -> String {
    let mut world = World::new();
    let environment = world.fake(script);
    let error = world.start(target, &environment).unwrap_err();
    assert_ne!(error.blame(), dogfood_core::blame::Blame::Book);
    world.assert_nothing_left();
    error.to_string()
}

#[test]
fn a_server_that_dies_is_quoted_without_its_secrets() {
    let shown = fails("echo starting; echo \"password is $RCLONE_PASS\" >&2; exit 3", 20);
    assert_eq!(
        shown,
        "target rclone-sftp: the server ended with code 3 before it was ready; its last lines:\nstarting\npassword is ${SFTP_PASSWORD:hidden}"
    );
    assert_eq!(
        fails("kill -9 $$", 20),
        "target rclone-sftp: the server ended with code 137 before it was ready; it logged nothing"
    );
}

#[test]
fn a_server_that_cannot_be_started_says_why() {
    let shown = fails("", 20).replace('\n', " ");
    assert_eq!(shown, "target rclone-sftp: the server ended with code 0 before it was ready; it logged nothing");
    let mut world = World::new();
    let environment = world.fake("");
    fs::write(environment.bin.join("server"), "#!/no/such/interpreter\n").unwrap();
    let shown = world.start(&target(20), &environment).unwrap_err().to_string();
    assert!(shown.contains("ended with code 127") && shown.contains("/server: No such file or directory"), "{shown}");
    world.assert_nothing_left();
}

#[test]
fn a_server_that_never_gets_ready_is_given_up_with_all_that_it_started() {
    let shown = fails("echo warming up; setsid sleep 300 & sleep 301", 1);
    assert!(shown.starts_with("target rclone-sftp: the server was not ready within 1 s (`ready-within` in infra/targets/rclone-sftp.yaml): "), "{shown}");
    assert!(shown.ends_with("; its last lines:\nwarming up"), "{shown}");
}

#[test]
fn an_open_port_alone_is_not_ready() {
    let listen = "exec python3 -c 'import socket,os,time\ns=socket.create_server((\"127.0.0.1\",int(os.environ[\"PORT\"])))\ntime.sleep(300)'";
    let shown = fails(listen, 2);
    assert!(shown.contains("not ready within 2 s") && shown.contains("no answer for"), "{shown}");
}

/// Answers whatever it is asked with a head and then with bytes without end.
const ENDLESS: &str = r#"exec python3 -c '
import os, socket, threading
def answer(client):
    try:
        client.sendall(os.environ["HEAD"].encode())
        while True:
            client.sendall(b"x" * 65536)
    except OSError:
        pass
server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
while True:
    threading.Thread(target=answer, args=[server.accept()[0]], daemon=True).start()
'"#;

#[test]
fn a_server_that_answers_with_megabytes_does_not_fill_our_memory() {
    let mut target = target(3);
    let heads = [
        (Protocol::Sftp, ""),
        (Protocol::Sftp, "SSH-2.0-x\r\n"),
        (Protocol::S3, "HTTP/1.1 500 No\r\n\r\n"),
        (
            Protocol::S3,
            "HTTP/1.1 200 OK\r\netag: x\r\nlast-modified: Fri, 20 Nov 2026 06:00:00 GMT\r\ncontent-length: 9999999999\r\n\r\n",
        ),
    ];
    for (protocol, head) in heads {
        target.spec.protocol = protocol;
        if protocol == Protocol::S3 {
            target.spec.environment = ours::target("seaweedfs").spec.environment;
            let process = target.spec.process.as_mut().unwrap();
            process.environment.insert("SECRETS".to_owned(), "{random:key}{secret:key}".to_owned());
        }
        target.spec.process.as_mut().unwrap().environment.insert("HEAD".to_owned(), head.to_owned());
        let before = peak_memory();
        let shown = fails_as(&target, ENDLESS);
        assert!(shown.contains("not ready within 3 s") && shown.len() < 20_000, "{head:?}: {shown}");
        // The kernel counts pages in batches: a peak may be read a little lower later.
        let grown = peak_memory().saturating_sub(before);
        assert!(grown < 300 << 10, "{head:?}: {grown} KiB");
    }
}

/// The most memory that this process has had, in KiB.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn a_server_that_logs_without_end_is_cut() {
    let shown = fails("yes \"$RCLONE_PASS\" | head -c 30000000; exit 1", 60);
    assert!(shown.contains("ended with code 1") && shown.contains("${SFTP_PASSWORD:hidden}"), "{shown}");
    assert!(shown.len() < 6000, "{}", shown.len());
}

#[test]
fn a_taken_port_is_tried_again_with_others() {
    let mut world = World::new();
    let tried = world.folder.path().join("tried");
    let script = format!("echo $PORT >> {}; echo 'listen: bind: Address already in use'; exit 1", tried.display());
    let environment = world.fake(&script);
    let error = world.start(&target(20), &environment).unwrap_err();
    assert!(matches!(error, TargetError::Died { code: 1, .. }), "{error}");
    let ports = fs::read_to_string(tried).unwrap();
    assert_eq!(ports.lines().count(), 3, "{ports}");
    world.assert_nothing_left();
}

#[test]
fn the_server_sees_a_home_of_its_own_and_nothing_of_ours() {
    let mut world = World::new();
    let seen = world.folder.path().join("seen");
    let script = format!("env > {}; stat -c %a \"$HOME\" \"$1\" . >> {}; exit 1", seen.display(), seen.display());
    let environment = world.fake(&script);
    world.start(&target(20), &environment).unwrap_err();
    let seen = fs::read_to_string(seen).unwrap();
    let mut names: Vec<&str> = seen.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    names.sort_unstable();
    let expected =
        ["DOGFOOD_TEST_MARK", "HOME", "LANG", "PATH", "PORT", "PWD", "RCLONE_PASS", "RCLONE_USER", "TMPDIR", "TZ"];
    names.retain(|name| !["_", "SHLVL", "OLDPWD"].contains(name));
    assert_eq!(names, expected);
    let home = format!("HOME={}", world.run_dir().display());
    assert!(seen.lines().any(|line| line.starts_with(&home)), "{seen}");
    assert!(seen.ends_with("700\n700\n700\n"), "{seen}");
}

#[test]
fn a_run_that_is_to_end_does_not_wait() {
    let mut world = World::new();
    let environment = world.fake("sleep 300");
    world.stop.store(true, Ordering::Relaxed);
    let begun = Instant::now();
    let error = world.start(&target(60), &environment).unwrap_err();
    assert!(matches!(error, TargetError::Stopped(_)), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(30));
    world.assert_nothing_left();
}
