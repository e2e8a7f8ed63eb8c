//! Every fault of the relay before the servers of this repository, as a client that is not ours sees it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dogfood_run::relay::Relay;
use dogfood_run::targets::{Handed, Running};

use super::client::rclone;
use super::ours;
use super::world::World;

/// More than what fits into the buffers on the way.
const SIZE: usize = 1 << 20;

struct Faulty {
    relay: Relay,
    handed: Handed,
    content: String,
    // Goes last: the server, then its folder.
    _running: Running,
    _world: World,
}

impl Faulty {
    fn new(target: &str) -> Self {
        let mut world = World::new();
        let running = world.start(&ours::target(target), &ours::environment()).unwrap();
        let address = running.address();
        let relay = Relay::start(Arc::new(move || Some(address))).unwrap();
        let handed = running.fresh("faults", Some(relay.address())).unwrap();
        let content = "abcdefghijklmnop".repeat(SIZE / 16);
        rclone(&handed, &content, &["rcat", ":/file"]).expect("nothing is armed yet");
        Self { relay, handed, content, _running: running, _world: world }
    }

    fn read(&self) -> Result<String, String> {
        rclone(&self.handed, "", &["cat", ":/file"])
    }

    /// What a read says under `fault`, and how long it took. Afterwards everything must be as it was.
    fn under(&self, fault: &str) -> (Result<String, String>, Duration) {
        self.relay.arm(fault.parse().unwrap()).unwrap();
        let started = Instant::now();
        let said = self.read();
        let took = started.elapsed();
        let tripped = self.relay.clear().unwrap();
        assert_eq!(tripped.is_some(), fault.contains("@256KiB"), "{fault}: {said:?}");
        assert!(self.read().as_deref() == Ok(&self.content), "{fault}: cleared, and it still shows");
        (said, took)
    }
}

/// The same shapes on both protocols; only the words of the errors are the clients'.
fn every_fault(target: &str) {
    let faulty = Faulty::new(target);
    let whole = |said: Result<String, String>, fault: &str| {
        assert!(said.as_deref() == Ok(&faulty.content), "{target}, {fault}: {:?}", said.map(|text| text.len()));
    };
    let (said, took) = faulty.under("delay@150ms");
    whole(said, "delay");
    assert!(took >= Duration::from_millis(300), "{target}: a request takes a round trip at least: {took:?}");

    let (said, took) = faulty.under("throttle-down@1MiB");
    whole(said, "throttle");
    assert!(took >= Duration::from_millis(950), "{target}: {took:?}");

    let (said, took) = faulty.under("blackhole-down@256KiB");
    let error = said.expect_err("a part is swallowed");
    assert!(took >= Duration::from_secs(2), "{target}: the client waits for its own limit: {took:?} {error}");

    let (said, _) = faulty.under("reset@256KiB");
    let error = said.expect_err("reset in the middle");
    assert!(error.contains("connection reset by peer") || error.contains("connection lost"), "{target}: {error}");
    let (said, _) = faulty.under("reset");
    assert!(said.expect_err("reset from the start").contains("connection reset by peer"), "{target}");

    let (said, _) = faulty.under("cut@256KiB");
    let error = said.expect_err("cut in the middle");
    assert!(error.contains("EOF") || error.contains("connection lost"), "{target}: {error}");
}

#[test]
fn an_sftp_client_sees_every_fault_for_what_it_is() {
    every_fault("rclone-sftp");
}

#[test]
fn an_s3_client_sees_every_fault_for_what_it_is() {
    every_fault("seaweedfs");
}
