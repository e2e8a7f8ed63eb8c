//! A dogfood that is killed leaves no server: its supervisor sees the pipe close.

use std::fs;
use std::process::Command;

use dogfood_run::sys;

use super::ours;
use super::world::{PROGRAM, World, listening, ports, wait_until};

fn killed(target: &str) -> (World, Vec<u16>) {
    // Made before, so that the parent to be killed has nothing to install.
    ours::environment();
    let world = World::new();
    fs::create_dir_all(world.run_dir()).unwrap();
    let mut parent =
        Command::new(PROGRAM).arg("hold").arg(target).arg(world.run_dir()).arg(&world.mark).spawn().unwrap();
    let ready = world.run_dir().join("ready");
    wait_until("the target is ready", || ready.exists() || parent.try_wait().unwrap().is_some());
    fs::remove_file(ready).unwrap();
    let ports = ports(&listening(&world.processes()));
    assert!(!ports.is_empty());
    parent.kill().unwrap();
    parent.wait().unwrap();
    (world, ports)
}

/// The sockets that SeaweedFS makes outside its folder.
fn sockets() -> impl Iterator<Item = String> {
    let names = fs::read_dir("/tmp").unwrap().flatten().filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| name.starts_with("seaweedfs-"))
}

#[test]
fn sigkill_of_the_parent_leaves_no_process_and_no_file() {
    for target in ["rclone-sftp", "seaweedfs"] {
        // Somebody else's old sockets may bear the numbers of ports that were free again.
        let before: Vec<String> = sockets().collect();
        let (world, ports) = killed(target);
        wait_until("every process is gone", || world.processes().is_empty());
        world.assert_nothing_left();
        let ours = |name: &String| !before.contains(name) && ports.iter().any(|port| name.contains(&port.to_string()));
        let left: Vec<String> = sockets().filter(ours).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn sigterm_of_the_supervisor_ends_the_server_and_is_seen() {
    let mut world = World::new();
    let running = world.start(&ours::target("rclone-sftp"), &ours::environment()).unwrap();
    assert!(running.ended().is_none());
    let supervisor = world.processes().into_iter().min_by_key(|process| process.started).unwrap();
    sys::terminate_group(supervisor.pid);
    wait_until("its end is seen", || running.ended().is_some());
    world.assert_nothing_left();
    let error = running.fresh("recipe", None).unwrap_err().to_string();
    assert!(error.starts_with("target rclone-sftp: the server ended with code 0"), "{error}");
    running.stop().unwrap();
}
