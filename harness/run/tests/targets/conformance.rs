//! What every target does, however it runs: one suite over all implementations, those of this repository that can run here.

use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use dogfood_core::fault::{Fault, FaultKind};
use dogfood_core::infra::target::TargetKind;
use dogfood_run::targets::Running;

use super::client::rclone;
use super::ours;
use super::world::{World, listening, wait_until};

macro_rules! targets {
    ($($name:ident: $target:literal,)*) => {
        $(mod $name {
            #[test]
            fn gives_every_recipe_a_place_and_leaves_nothing() {
                super::places($target);
            }

            #[test]
            fn says_how_it_ended() {
                super::ends($target);
            }
        })*
    };
}

targets! {
    rclone_sftp: "rclone-sftp",
    seaweedfs: "seaweedfs",
    openssh: "openssh",
    openssh_legacy: "openssh-legacy",
    azurite: "azurite",
    moto: "moto",
    rclone_s3: "rclone-s3",
    rclone_sftp_docker: "rclone-sftp-docker",
    seaweedfs_docker: "seaweedfs-docker",
}

fn places(name: &str) {
    let mut world = World::new();
    let running = world.up(name);
    let target = ours::target(name);
    assert_eq!(running.version(), target.spec.version.expect);

    let (one, two) = (running.fresh("one", None).unwrap(), running.fresh("two", None).unwrap());
    let names: Vec<(&str, bool)> = one.variables.iter().map(|known| (known.name.as_str(), known.secret)).collect();
    let declared: Vec<(&str, bool)> =
        target.spec.environment.iter().map(|variable| (variable.name.as_str(), !variable.documented)).collect();
    assert_eq!(names, declared);
    assert_eq!(rclone(&one, "hello", &["rcat", ":/folder/file"]), Ok(String::new()));
    assert_eq!(rclone(&one, "", &["cat", ":/folder/file"]).as_deref(), Ok("hello"));
    assert_eq!(rclone(&two, "", &["lsf", "-R", ":"]).as_deref(), Ok(""), "each has its own");

    let relay = SocketAddr::from(([127, 0, 0, 1], 7));
    let through = running.fresh("three", Some(relay)).unwrap();
    let places = ["S3_ENDPOINT", "SFTP_PORT", "AZURE_ACCOUNT_URL"];
    let place = through.variables.iter().find(|known| places.contains(&known.name.as_str())).unwrap();
    let leads = place.value == "7" || place.value.starts_with("http://127.0.0.1:7");
    assert!(leads, "{place:?} does not lead to the relay");

    for known in running.secrets() {
        assert!(known.secret && known.value.len() >= 16, "{known:?}");
        assert!(!running.log().as_str().contains(&known.value), "{known:?} is in the log");
    }
    let mut wrong = one;
    let secret = wrong.variables.iter_mut().rfind(|known| known.secret).unwrap();
    secret.value = secret.value.chars().rev().collect();
    assert!(rclone(&wrong, "", &["lsf", ":"]).is_err(), "a wrong secret opens nothing");

    assert!(TcpStream::connect_timeout(&running.address(), Duration::from_secs(1)).is_ok());
    let facts = running.facts();
    match target.spec.kind {
        TargetKind::Container => contained(&world, &running),
        _ => {
            assert_eq!(facts["route"], "loopback");
            let addresses = listening(&world.processes());
            let loopback = |address: &String| address.starts_with("0100007F:");
            assert!(!addresses.is_empty() && addresses.iter().all(loopback), "{addresses:?}");
            let pause = running.interfere(&"pause".parse::<Fault>().unwrap());
            assert!(pause.unwrap_err().contains("does not support `fault=pause`"));
        }
    }
    running.stop().unwrap();
    world.assert_nothing_left();
}

/// What a container alone can do: stand still, and be taken off its network, at one address all the while.
fn contained(world: &World, running: &Running) {
    let facts = running.facts();
    assert!(facts["image-id"].starts_with("sha256:") && facts["image"].starts_with("dogfood/"), "{facts:?}");
    assert_eq!(facts["route"], "container address");
    let published = world.objects("docker ps", &["--format", "{{.Ports}}"]);
    assert!(published.iter().any(|ports| ports.contains("127.0.0.1:")), "{published:?}");
    assert!(published.iter().all(|ports| !ports.contains("0.0.0.0") && !ports.contains("[::]")), "{published:?}");
    let address = running.address();
    for fault in ["pause", "disconnect"] {
        let fault: Fault = fault.parse().unwrap();
        running.interfere(&fault).unwrap();
        // A paused server's kernel takes connections all the same; one off its network can run programs.
        if fault.kind() == FaultKind::Pause {
            let begun = Instant::now();
            assert!(running.fresh("meanwhile", None).is_err());
            assert!(begun.elapsed() < Duration::from_secs(60));
        } else {
            assert!(TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_err());
        }
        running.restore().unwrap();
        assert_eq!(running.address(), address, "{fault}");
        wait_until("it serves again", || running.fresh("after", None).is_ok());
    }
    running.restore().unwrap();
}

fn ends(name: &str) {
    let mut world = World::new();
    let running = world.up(name);
    assert!(running.ended().is_none());
    world.kill_server();
    wait_until("its end is seen", || running.ended().is_some());
    let error = running.fresh("recipe", None).unwrap_err().to_string();
    assert!(error.starts_with(&format!("target {name}: the server ended with code ")), "{error}");
    running.stop().unwrap();
    world.assert_nothing_left();
}

#[test]
fn an_image_that_no_registry_hands_out_is_not_available_and_says_so() {
    for name in ["minio", "sftpgo", "atmoz-sftp"] {
        let mut world = World::new();
        let error = world.start_with(&ours::target(name), None).unwrap_err();
        assert_ne!(error.blame(), dogfood_core::blame::Blame::Book);
        let reference = ours::target(name).spec.container.unwrap().image.pull.unwrap();
        let shown = error.to_string();
        assert!(shown.starts_with(&format!("target {name}: the image {reference} cannot be pulled: ")), "{shown}");
        world.assert_nothing_left();
    }
}
