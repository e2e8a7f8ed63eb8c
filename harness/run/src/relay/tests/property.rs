//! Whatever is armed and cleared while bytes are on their way: what arrives is a beginning of what was sent, and all of it unless a
//! fault that loses bytes stood.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::time::Duration;

use proptest::prelude::*;

use super::world::*;

fn any_fault() -> impl Strategy<Value = String> {
    let ways = prop::sample::select(vec!["", "-up", "-down"]);
    let limits = prop::sample::select(vec!["", "@0B", "@1B", "@70000B", "@0ms", "@3ms", "@1m"]);
    let kinds = prop::sample::select(vec!["delay", "throttle", "blackhole", "reset", "cut"]);
    (kinds, ways, limits).prop_map(|(kind, way, limit)| match kind {
        "delay" => format!("delay{way}@7ms"),
        "throttle" => format!("throttle{way}@9MB"),
        "reset" if !limit.ends_with('B') => format!("reset{limit}"),
        _ => format!("{kind}{way}{limit}"),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn arming_and_clearing_at_random(faults in prop::collection::vec((any_fault(), 0_u64..12, 0_u64..12), 1..6), size in 1_usize..800_000) {
        let relay = echo();
        let stream = connect(&relay);
        let sent = pattern(size);
        let (mut writer, bytes) = (stream.try_clone().unwrap(), sent.clone());
        let said = std::thread::spawn(move || {
            for piece in bytes.chunks(9_973) {
                if writer.write_all(piece).is_err() {
                    return;
                }
            }
            let _ = writer.shutdown(Shutdown::Write);
        });
        let heard = std::thread::spawn(move || rest(&stream));
        let mut loses = false;
        for (text, before, during) in &faults {
            loses |= !text.starts_with("delay") && !text.starts_with("throttle");
            std::thread::sleep(Duration::from_millis(*before));
            relay.arm(fault(text)).unwrap();
            std::thread::sleep(Duration::from_millis(*during));
            relay.clear().unwrap();
        }
        said.join().unwrap();
        let (bytes, end) = heard.join().unwrap();
        prop_assert!(sent.starts_with(&bytes));
        prop_assert!(loses || (bytes.len() == sent.len() && end.is_none()), "{} of {size} bytes, then {end:?}", bytes.len());
        // And the relay is as good as new.
        let after = connect(&relay);
        (&after).write_all(b"hello").unwrap();
        let mut back = [0; 5];
        (&after).read_exact(&mut back).unwrap();
        prop_assert_eq!(&back, b"hello");
    }
}
