//! Once a fault is cleared, the world is whole: what lost bytes is reset, what lost none lives on.

use std::io::{ErrorKind, Write};
use std::net::TcpStream;

use super::world::*;

#[test]
fn what_lost_bytes_is_reset_and_what_lost_none_lives_on() {
    let relay = echo();
    let (talks, idles) = (connect(&relay), connect(&relay));
    ask(&idles, b"hello").unwrap();
    ask(&talks, b"hello").unwrap();
    relay.arm(fault("blackhole")).unwrap();
    (&talks).write_all(b"lost").unwrap();
    assert!(is_quiet(&talks));
    relay.clear().unwrap();
    assert_eq!(rest(&talks), (Vec::new(), Some(ErrorKind::ConnectionReset)));
    assert_eq!(ask(&idles, b"hello").unwrap(), b"hello");
    assert_eq!(ask(&connect(&relay), b"hello").unwrap(), b"hello");
}

#[test]
fn whoever_was_closed_is_reset_whichever_side_closed_meanwhile() {
    for text in ["cut", "cut-down", "blackhole", "blackhole-up"] {
        let (relay, heard) = listening();
        let stream = connect(&relay);
        (&stream).write_all(b"x").unwrap();
        until("it has passed", || heard.bytes() == 1);
        relay.arm(fault(text)).unwrap();
        (&stream).write_all(b"more").unwrap();
        std::thread::sleep(QUIET);
        drop(stream);
        relay.clear().unwrap();
        until("the server is let go", || !heard.lock().unwrap().is_empty());
    }
}

/// The first connection of the next step must never be one that the last step's fault still holds.
#[test]
fn nothing_of_a_fault_is_left_when_clearing_returns() {
    let relay = echo();
    for text in ["blackhole", "reset", "cut", "blackhole@3B", "reset@3B", "cut-down@3B", "throttle@1B", "delay@1m"] {
        let old: Vec<TcpStream> = (0..4).map(|_| connect(&relay)).collect();
        old.iter().for_each(|stream| drop(ask(stream, b"warm").unwrap()));
        relay.arm(fault(text)).unwrap();
        for stream in &old {
            let _ = (&*stream).write_all(b"under the fault");
        }
        relay.clear().unwrap();
        assert_eq!(ask(&connect(&relay), b"hello").unwrap(), b"hello", "{text}");
        for stream in &old {
            // Either dead at once, or whole.
            let (sent, heard) = (b"under the fault", &mut [0; 15]);
            match std::io::Read::read_exact(&mut &*stream, heard) {
                Ok(()) => assert_eq!(heard, sent, "{text}"),
                Err(error) => assert!(
                    matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof),
                    "{text}: {error}"
                ),
            }
        }
    }
}

#[test]
fn big_transfers_are_whole_after_clearing() {
    let relay = echo();
    let sent = pattern(2 << 20);
    for text in ["delay@20ms", "throttle@1MiB", "blackhole@256KiB", "reset@256KiB", "cut@256KiB", "blackhole@50ms"] {
        let stream = connect(&relay);
        relay.arm(fault(text)).unwrap();
        let (mut writer, bytes) = (stream.try_clone().unwrap(), sent.clone());
        let said = std::thread::spawn(move || drop(writer.write_all(&bytes)));
        let heard = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let mut buffer = [0; 65536];
            while let Ok(count @ 1..) = std::io::Read::read(&mut &stream, &mut buffer) {
                bytes.extend_from_slice(&buffer[..count]);
                if bytes.len() >= 2 << 20 {
                    break;
                }
            }
            bytes
        });
        std::thread::sleep(QUIET);
        relay.clear().unwrap();
        said.join().unwrap();
        let bytes = heard.join().unwrap();
        assert!(sent.starts_with(&bytes), "{text}: what arrives is in order and unchanged");
        if text.starts_with("delay") || text.starts_with("throttle") {
            assert!(bytes == sent, "{text}: {} bytes", bytes.len());
        }
        let after = connect(&relay);
        let (mut writer, bytes) = (after.try_clone().unwrap(), sent.clone());
        let said = std::thread::spawn(move || writer.write_all(&bytes).unwrap());
        let mut back = vec![0; sent.len()];
        std::io::Read::read_exact(&mut &after, &mut back).unwrap();
        said.join().unwrap();
        assert!(back == sent, "{text}: after it, everything is whole again");
    }
}
