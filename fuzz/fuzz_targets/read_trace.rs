//! Reading a trace: any text ends in a trace or in an error, never in a panic, and what was read can be written and read again.
#![no_main]

use dogfood_core::trace;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok((read, _)) = trace::read(text) {
        let written = trace::write(&read);
        let (again, _) = trace::read(&written).expect("our own output reads back");
        // Not the values: writing rounds durations, which somebody may have edited.
        assert_eq!(trace::write(&again), written);
    }
});
