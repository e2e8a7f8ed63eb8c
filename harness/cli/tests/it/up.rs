//! `dogfood up`: a real server for a person.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::project::{Project, ran};

/// This repository's own SFTP server and the toolbox that it comes from. The toolbox is made once per machine, in the caller's cache.
fn with_a_server() -> Project {
    let project = Project::wired()
        .file("infra/targets/rclone-sftp.yaml", include_str!("../../../../infra/targets/rclone-sftp.yaml"))
        .file("infra/toolboxes/servers/toolbox.yaml", include_str!("../../../../infra/toolboxes/servers/toolbox.yaml"))
        .file(
            "infra/toolboxes/servers/requirements.lock",
            include_str!("../../../../infra/toolboxes/servers/requirements.lock"),
        );
    project.with_the_callers_cache()
}

#[test]
fn a_target_is_started_told_and_stopped() {
    let project = with_a_server();
    let program = Path::new(env!("CARGO_BIN_EXE_dogfood"));
    let mut command = project.command(program);
    let mut child = command.args(["up", "rclone-sftp"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let exports: Vec<String> =
        BufReader::new(child.stdout.take().unwrap()).lines().take(5).map(Result::unwrap).collect();
    assert!(exports.iter().all(|line| line.starts_with("export SFTP_")), "{exports:?}");
    let port =
        exports.iter().find_map(|line| line.strip_prefix("export SFTP_PORT=")).unwrap().trim_matches('\'').to_owned();
    let address = format!("127.0.0.1:{port}");
    std::net::TcpStream::connect(&address).unwrap();

    ran(project.command(Path::new("kill")).args(["-INT", &child.id().to_string()])).code(0);
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < Duration::from_secs(120), "still up");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(std::net::TcpStream::connect(&address).is_err(), "the server is gone");
    assert!(
        !project.has(".dogfood/runs") || std::fs::read_dir(project.path(".dogfood/runs")).unwrap().next().is_none()
    );
}

#[test]
fn what_cannot_be_up_says_why() {
    let project = with_a_server();
    project.dogfood("up rclone-stfp").code(2).says("did you mean `rclone-sftp`?");
    project.dogfood("up none").code(2).says("nothing to start");
    project.dogfood("up").code(2);
}
