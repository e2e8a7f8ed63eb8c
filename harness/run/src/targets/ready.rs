//! Waiting until a server serves, and holding its version against its file. Talks to the server.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use dogfood_core::redact::Redacted;

use super::error::TargetError;
use super::protocols::protocol::run;
use super::running::{ROUND_TRIP, Running};
use super::version;

/// A try that has less time than this left says nothing of the server.
const TOO_SHORT: Duration = Duration::from_millis(500);

/// A server that did not get ready. It was ended.
pub(super) struct Unready {
    pub(super) error: TargetError,
    /// Whether it complained about a port that is taken: another try may go well.
    pub(super) taken: bool,
}

/// Waits until `running`, which was begun at `begun`, is ready and says the right version; ends it otherwise. `what` is what started,
/// for people.
pub(super) fn wait(
    mut running: Running,
    what: &str,
    begun: Instant,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(Redacted),
) -> Result<Running, Box<Unready>> {
    if let Err(error) = until_ready(&running, begun, stop).and_then(|()| check_version(&mut running)) {
        let _ = running.end();
        return Err(Box::new(Unready { error, taken: running.body.log().says("address already in use") }));
    }
    let seconds = begun.elapsed().as_secs_f32();
    let ready = format!("{what} {} is ready after {seconds:.1} s", running.version);
    progress(running.redactor.told(ready.as_bytes()));
    Ok(running)
}

fn until_ready(running: &Running, begun: Instant, stop: &AtomicBool) -> Result<(), TargetError> {
    let (target, seconds) = (&running.target, running.target.spec.ready_within);
    let deadline = begun + Duration::from_secs(u64::from(seconds));
    let mut pause = Duration::from_millis(10);
    let mut last = None;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let tried = ask(running, ROUND_TRIP.min(left), stop);
        if stop.load(Ordering::Relaxed) {
            return Err(TargetError::Stopped(target.id.clone()));
        }
        if let Some(ended) = running.ended() {
            return Err(running.died(ended));
        }
        let Err(why) = tried else { return Ok(()) };
        if Instant::now() >= deadline {
            // Of a try that had no time left, the one before it says more.
            let why = last.filter(|_| left < TOO_SHORT).unwrap_or(why);
            return Err(TargetError::NeverReady {
                target: target.id.clone(),
                seconds,
                file: target.path.clone(),
                why: running.redactor.told(why.as_bytes()),
                log: running.last_lines(),
            });
        }
        last = Some(why);
        std::thread::sleep(pause.min(left));
        pause = (pause * 2).min(Duration::from_millis(200));
    }
}

/// One try: the program inside, where the file names one, or a round trip of our own.
fn ask(running: &Running, limit: Duration, stop: &AtomicBool) -> Result<(), String> {
    if let Some(words) = running.target.spec.container.as_ref().and_then(|container| container.ready.as_ref()) {
        let words: Vec<String> = words.iter().map(|text| running.values.fill(text, "")).collect();
        return running.body.execute(&words, limit, Some(stop)).map(drop);
    }
    let abandoned = || stop.load(Ordering::Relaxed) || running.ended().is_some();
    match running.client() {
        Some(client) => run(limit, &abandoned, client.round_trip()),
        None => Err("no client here speaks its protocol".to_owned()),
    }
}

fn check_version(running: &mut Running) -> Result<(), TargetError> {
    let (target, file) = (running.target.id.clone(), running.target.path.clone());
    let spec = &running.target.spec.version;
    let says = version::read(spec, &running.values, running.body.as_ref()).map_err(|why| TargetError::NoVersion {
        target: target.clone(),
        file: file.clone(),
        why: running.redactor.told(why.as_bytes()),
    })?;
    let declared = spec.expect.clone();
    if says != declared {
        let says = running.redactor.told(says.as_bytes());
        return Err(TargetError::WrongServerVersion { target, file, declared, says });
    }
    running.version = says;
    Ok(())
}
