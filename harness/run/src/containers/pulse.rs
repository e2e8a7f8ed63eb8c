//! The engine's pulse: whether it answers, asked for as long as somebody uses it. A call may take long for good reasons, and so may a
//! silence on a stream: what ends both is that the engine stops answering a question that takes it no time. Talks to the engine.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use bollard::Docker;

/// How long after an answer the engine is asked again.
const BEAT: Duration = Duration::from_secs(1);
/// How long one question waits: one that was lost must not be the last.
const ASK: Duration = Duration::from_secs(5);
/// How often time is counted.
const TICK: Duration = Duration::from_millis(250);
/// An engine that did not answer for as long had stopped. A machine under load makes it slow, not as slow as that.
const STOPPED: Duration = Duration::from_secs(10);

/// The pulse of one engine.
#[derive(Debug, Default)]
pub(super) struct Pulse(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// How long it has not answered. Counted in ticks: while this very process stood still, nobody asked.
    silent: Duration,
    /// From when to when it did not answer.
    gaps: Vec<(Instant, Instant)>,
}

impl Pulse {
    /// Feels the pulse of `docker` until nobody holds it any more.
    pub(super) fn feel(docker: Docker) -> (Arc<Self>, impl Future<Output = ()> + Send + 'static) {
        let pulse = Arc::new(Self::default());
        let held = Arc::downgrade(&pulse);
        let work = async move {
            tokio::select! {
                () = count(held.clone()) => {}
                () = ask(docker, held) => {}
            }
        };
        (pulse, work)
    }

    /// How long the engine has not answered.
    pub(super) fn silent(&self) -> Duration {
        self.state().silent
    }

    /// How long the engine had stopped since `moment`, if it had.
    pub(super) fn stopped_since(&self, moment: Instant) -> Option<Duration> {
        let state = self.state();
        let gaps = state.gaps.iter().filter(|(_, to)| *to > moment).map(|(from, to)| to.duration_since(*from));
        gaps.chain((state.silent >= STOPPED).then_some(state.silent)).max()
    }

    pub(super) fn tick(&self) {
        self.state().silent += TICK;
    }

    fn answered(&self) {
        let mut state = self.state();
        let silent = std::mem::take(&mut state.silent);
        if silent >= STOPPED {
            let now = Instant::now();
            state.gaps.push((now.checked_sub(silent).unwrap_or(now), now));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn count(pulse: Weak<Pulse>) {
    loop {
        tokio::time::sleep(TICK).await;
        let Some(pulse) = pulse.upgrade() else { return };
        pulse.tick();
    }
}

async fn ask(docker: Docker, pulse: Weak<Pulse>) {
    loop {
        let answered = matches!(tokio::time::timeout(ASK, docker.ping()).await, Ok(Ok(_)));
        let Some(pulse) = pulse.upgrade() else { return };
        if answered {
            pulse.answered();
        }
        drop(pulse);
        tokio::time::sleep(BEAT).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_is_remembered_and_a_slow_answer_is_none() {
        let (pulse, begin) = (Pulse::default(), Instant::now());
        let wait = |time: Duration| (0..time.as_millis() / TICK.as_millis()).for_each(|_| pulse.tick());
        wait(STOPPED - TICK);
        assert_eq!((pulse.silent(), pulse.stopped_since(begin)), (STOPPED - TICK, None));
        pulse.answered();
        assert_eq!((pulse.silent(), pulse.stopped_since(begin)), (Duration::ZERO, None));
        wait(STOPPED * 2);
        assert_eq!(pulse.stopped_since(begin), Some(STOPPED * 2), "it is still going on");
        pulse.answered();
        assert_eq!(pulse.stopped_since(begin), Some(STOPPED * 2));
        assert_eq!(pulse.stopped_since(Instant::now()), None, "it was over before");
    }
}
