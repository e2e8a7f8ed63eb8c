//! Faults: what reads, what does not and why, and what the page says of them.

use proptest::prelude::*;

use super::*;

fn fault(text: &str) -> Fault {
    text.parse().unwrap_or_else(|problem| panic!("{text}: {problem}"))
}

#[test]
fn what_is_written_is_what_is_shown() {
    for text in [
        "delay@200ms",
        "delay-up@1m",
        "throttle-down@64KiB",
        "throttle@1B",
        "blackhole",
        "blackhole-down@256KiB",
        "blackhole@0B",
        "reset",
        "reset-up@3MB",
        "reset@250ms",
        "cut-up@2s",
        "cut@0ms",
        "pause",
        "disconnect@250ms",
    ] {
        assert_eq!(fault(text).to_string(), text);
    }
    for (written, shown) in [("cut@1024B", "cut@1KiB"), ("cut@1024KB", "cut@1000KiB"), ("cut@60000ms", "cut@1m")] {
        assert_eq!(fault(written).to_string(), shown);
        assert_eq!(fault(written), fault(shown));
    }
}

#[test]
fn what_is_no_fault_says_why() {
    for (text, why) in [
        ("", "`` is no fault (they are delay, throttle, blackhole, reset, cut, pause, disconnect)"),
        ("blackhol@1s", "`blackhol` is no fault"),
        ("cut-left", "`cut-left` is no fault"),
        ("-up", "`` is no fault"),
        ("reset@", "`@` is neither bytes"),
        ("reset@256", "`@256` is neither bytes"),
        ("reset@1kb", "`@1kb` is neither bytes"),
        ("delay@@1s", "`@@1s` is neither bytes"),
        ("cut@99999999999999999999B", "is neither bytes"),
        ("cut@18446744073709551615GiB", "is neither bytes"),
        ("cut@1441m", "a time of at most a day"),
        ("delay", "`delay` needs its time"),
        ("delay@64KiB", "`delay` needs its time"),
        ("delay@0ms", "`delay` needs its time"),
        ("throttle", "`throttle` needs its bytes a second"),
        ("throttle@2s", "`throttle` needs its bytes a second"),
        ("throttle@0B", "`throttle` needs its bytes a second"),
        ("pause-up", "`pause` stops both directions at once"),
        ("disconnect@1KiB", "`disconnect` counts no bytes"),
        ("reset-up", "only say whose bytes"),
        ("reset-down@1s", "only say whose bytes"),
    ] {
        let problem = text.parse::<Fault>().expect_err(text).to_string();
        assert!(problem.contains(why), "{text}: {problem}");
    }
}

#[test]
fn the_page_reads_as_a_sentence() {
    for (text, words) in [
        ("delay@200ms", "every byte was held for 200 ms, both ways"),
        ("delay-up@1m", "every byte was held for 1 minute, on the way to the server"),
        ("throttle-down@64KiB", "at most 64 KiB a second went through, on the way to the client"),
        ("blackhole@256KiB", "every byte was swallowed after 256 KiB, both ways"),
        ("blackhole-down@2s", "every byte was swallowed after 2 s, on the way to the client"),
        ("reset", "every connection was reset, new ones too"),
        ("reset-down@1B", "every connection was reset after 1 byte from the server, new ones too"),
        ("cut@5m", "every connection was closed after 5 minutes, both ways, new ones too"),
        ("pause", "the server's container was paused"),
        ("disconnect@2s", "the server's container was off its network after 2 s"),
    ] {
        assert_eq!(fault(text).words(), words, "{text}");
    }
}

#[test]
fn a_limit_that_was_not_reached_is_told() {
    let seen = |text: &str, tripped| FaultSeen {
        fault: fault(text),
        armed: Duration::ZERO,
        tripped,
        cleared: Duration::from_secs(1),
    };
    let missed = seen("cut@1GiB", None);
    assert!(!missed.took_effect());
    assert_eq!(
        missed.words(),
        "every connection was closed after 1 GiB, both ways, new ones too; but the step ended before that"
    );
    for took in [seen("cut@1GiB", Some(Duration::ZERO)), seen("cut", None), seen("delay@1s", None)] {
        assert!(took.took_effect() && took.words() == took.fault.words());
    }
}

#[test]
fn every_kind_is_the_relays_or_the_containers() {
    let relay: Vec<&str> =
        FaultKind::ALL.into_iter().filter(|kind| kind.is_of_the_relay()).map(FaultKind::word).collect();
    assert_eq!(relay, ["delay", "throttle", "blackhole", "reset", "cut"]);
    assert!(Direction::Both.is_up() && Direction::Both.is_down());
    assert!(!Direction::Down.is_up() && !Direction::Up.is_down());
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,20}") {
        let _ = text.parse::<Fault>();
    }

    #[test]
    fn any_fault_comes_back(kind in prop::sample::select(FaultKind::words().to_vec()), way in prop::sample::select(vec!["", "-up", "-down"]),
                            number in any::<u32>(), unit in prop::sample::select(vec!["B", "KB", "MB", "KiB", "MiB", "GiB", "ms", "s", "m"])) {
        for text in [format!("{kind}{way}@{number}{unit}"), format!("{kind}{way}")] {
            if let Ok(fault) = text.parse::<Fault>() {
                prop_assert_eq!(fault.to_string().parse(), Ok(fault));
                prop_assert!(!fault.words().is_empty());
            }
        }
    }
}
