//! The servers of this repository, asked through a client that is not ours: rclone.

use std::fs;
use std::path::Path;
use std::process::Command;

use dogfood_core::redact::Known;
use dogfood_run::targets::{Handed, Launch, Running, TargetError, up};

use super::client::{rclone, value};
use super::ours;
use super::world::{PROGRAM, World, listening, ports};

fn names(variables: &[Known]) -> Vec<(&str, bool)> {
    variables.iter().map(|known| (known.name.as_str(), known.secret)).collect()
}

/// What both protocols have in common: places of one's own, on loopback, and nothing left.
fn a_round(name: &str, variables: &[(&str, bool)]) -> (World, Running) {
    let mut world = World::new();
    let target = ours::target(name);
    let running = world.start(&target, &ours::environment()).unwrap();
    assert_eq!(running.version(), target.spec.version.expect);
    assert_eq!(world.lines.len(), 2, "{:?}", world.lines);

    let (one, two) = (running.fresh("one", None).unwrap(), running.fresh("two", None).unwrap());
    assert_eq!(names(&one.variables), variables);
    assert_eq!(rclone(&one, "hello", &["rcat", ":/folder/file"]), Ok(String::new()));
    assert_eq!(rclone(&one, "", &["cat", ":/folder/file"]).as_deref(), Ok("hello"));
    assert_eq!(rclone(&two, "", &["lsf", "-R", ":"]).as_deref(), Ok(""), "each has its own");

    let addresses = listening(&world.processes());
    assert!(!addresses.is_empty());
    assert!(addresses.iter().all(|address| address.starts_with("0100007F:")), "{addresses:?}");

    for known in running.secrets() {
        assert!(known.secret && known.value.len() >= 16, "{known:?}");
        assert!(!running.log().as_str().contains(&known.value), "{known:?} is in the log");
        for process in world.processes() {
            let line = fs::read(format!("/proc/{}/cmdline", process.pid.as_raw_nonzero())).unwrap_or_default();
            assert!(!String::from_utf8_lossy(&line).contains(&known.value), "{known:?} is on a command line");
        }
    }
    let mut wrong = one;
    let secret = wrong.variables.iter_mut().rfind(|known| known.secret).unwrap();
    secret.value = secret.value.chars().rev().collect();
    assert!(rclone(&wrong, "", &["lsf", ":"]).is_err(), "a wrong secret opens nothing");
    (world, running)
}

#[test]
fn seaweedfs_gives_every_recipe_a_bucket_and_leaves_nothing() {
    let variables = [
        ("S3_ENDPOINT", false),
        ("S3_BUCKET", false),
        ("AWS_ACCESS_KEY_ID", true),
        ("AWS_SECRET_ACCESS_KEY", true),
        ("AWS_DEFAULT_REGION", false),
    ];
    // Somebody else's old sockets may bear the numbers of ports that were free again.
    let before: Vec<String> =
        fs::read_dir("/tmp").unwrap().flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let (world, running) = a_round("seaweedfs", &variables);
    let mut missing = running.fresh("three", None).unwrap();
    missing.variables[1].value = "no-such-bucket".to_owned();
    let error = rclone(&missing, "x", &["rcat", ":/file"]).unwrap_err();
    assert!(error.contains("NoSuchBucket"), "{error}");

    let ports = ports(&listening(&world.processes()));
    let sockets = || {
        let names = fs::read_dir("/tmp").unwrap().flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let own = |name: &String| {
            name.starts_with("seaweedfs-")
                && !before.contains(name)
                && ports.iter().any(|port| name.contains(&port.to_string()))
        };
        names.filter(own).count()
    };
    assert!(sockets() > 0, "SeaweedFS makes sockets under /tmp");
    running.stop().unwrap();
    assert_eq!(sockets(), 0);
    world.assert_nothing_left();
}

#[test]
fn rclone_gives_every_recipe_a_folder_and_leaves_nothing() {
    let variables = [
        ("SFTP_HOST", false),
        ("SFTP_PORT", false),
        ("SFTP_USER", false),
        ("SFTP_PASSWORD", true),
        ("SFTP_BASE", false),
    ];
    let (world, running) = a_round("rclone-sftp", &variables);
    drop(running);
    world.assert_nothing_left();
}

#[test]
fn many_recipes_get_their_places_at_once() {
    let mut world = World::new();
    let running = world.start(&ours::target("seaweedfs"), &ours::environment()).unwrap();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| (0..20).map(|_| running.fresh("r", None).unwrap()).collect::<Vec<_>>()))
            .collect();
        let handed: Vec<Handed> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        let mut buckets: Vec<&str> = handed.iter().map(|handed| value(handed, "S3_BUCKET")).collect();
        buckets.sort_unstable();
        buckets.dedup();
        assert_eq!(buckets.len(), 80);
        // A bucket takes room only when something is in it: the last of many has as much as the first.
        for handed in handed.iter().rev().take(3) {
            assert_eq!(rclone(handed, "hello", &["rcat", ":/file"]), Ok(String::new()));
        }
    });
    running.stop().unwrap();
    world.assert_nothing_left();
}

#[test]
fn another_version_than_the_file_declares_is_refused() {
    let mut world = World::new();
    let mut target = ours::target("rclone-sftp");
    target.spec.version.expect = "1.0.0".to_owned();
    let error = world.start(&target, &ours::environment()).unwrap_err();
    assert!(
        matches!(error, TargetError::WrongServerVersion { .. }) && error.blame() == dogfood_core::blame::Blame::Book
    );
    let shown = error.to_string();
    assert!(
        shown.starts_with(
            "target rclone-sftp: the server says version 1.75.2, and infra/targets/rclone-sftp.yaml declares 1.0.0"
        ),
        "{shown}"
    );
    world.assert_nothing_left();

    target.spec.version.pattern = "OpenSSH_(.*)".to_owned();
    let error = world.start(&target, &ours::environment()).unwrap_err().to_string();
    assert!(error.contains("it says `SSH-2.0-rclone/v1.75.2`, where `OpenSSH_(.*)` finds no version"), "{error}");
    world.assert_nothing_left();
}

#[test]
fn a_person_gets_lines_that_a_shell_reads() {
    let world = World::new();
    fs::create_dir_all(world.run_dir()).unwrap();
    let run_dir = world.run_dir();
    let (cache, host) = (ours::cache(), ours::host());
    let launch = Launch {
        program: Path::new(PROGRAM),
        run_dir: &run_dir,
        marks: &[],
        lease: world.lease.as_ref().unwrap(),
        cache: &cache,
        host: &host,
        keep: false,
        stop: &world.stop,
    };
    let up = up(&ours::target("rclone-sftp"), Some(&ours::environment()), &launch, &mut |_| {}).unwrap();
    let script = format!("{}\nprintf %s \"$SFTP_HOST$SFTP_BASE\"", up.exports.join("\n"));
    let said = Command::new("sh").args(["-euc", &script]).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.starts_with("127.0.0.1/dogfood-"), "{said}");
    up.running.stop().unwrap();
    world.assert_nothing_left();
}
