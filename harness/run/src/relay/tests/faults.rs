//! What a client and a server see of each fault.

use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use super::world::*;

#[test]
fn a_delay_holds_every_byte_in_each_direction() {
    for (text, least) in [("delay@150ms", 300), ("delay-up@150ms", 150), ("delay-down@150ms", 150)] {
        let relay = echo();
        let stream = connect(&relay);
        ask(&stream, b"warm").unwrap();
        relay.arm(fault(text)).unwrap();
        for _ in 0..2 {
            let asked = Instant::now();
            assert_eq!(ask(&stream, b"hello").unwrap(), b"hello");
            let took = asked.elapsed();
            assert!(took >= Duration::from_millis(least), "{text}: {took:?}");
        }
        assert_eq!(relay.clear().unwrap(), None);
        assert_eq!(ask(&stream, b"hello").unwrap(), b"hello", "{text}: nothing was lost, so it lives on");
    }
}

#[test]
fn a_delay_lets_much_be_on_its_way_and_keeps_the_order() {
    let relay = echo();
    let stream = connect(&relay);
    relay.arm(fault("delay@100ms")).unwrap();
    let sent = pattern(6 << 20);
    let (mut writer, bytes) = (stream.try_clone().unwrap(), sent.clone());
    let said = std::thread::spawn(move || {
        writer.write_all(&bytes).unwrap();
        writer.shutdown(Shutdown::Write).unwrap();
    });
    let (heard, end) = rest(&stream);
    said.join().unwrap();
    assert!(heard == sent && end.is_none(), "{} bytes, then {end:?}", heard.len());
}

#[test]
fn a_delay_holds_an_end_too() {
    let relay = relay_to(server(|mut stream| {
        let _ = stream.read(&mut [0; 1]);
        stream.write_all(b"bye").unwrap();
    }));
    let mut stream = connect(&relay);
    relay.arm(fault("delay-down@150ms")).unwrap();
    let asked = Instant::now();
    stream.write_all(b"x").unwrap();
    assert_eq!(rest(&stream), (b"bye".to_vec(), None), "nothing is lost when the server closes first");
    assert!(asked.elapsed() >= Duration::from_millis(150));
}

#[test]
fn a_throttle_is_one_slow_line() {
    let relay = echo();
    let stream = connect(&relay);
    relay.arm(fault("throttle-down@100KB")).unwrap();
    let asked = Instant::now();
    let sent = pattern(50_000);
    assert_eq!(ask(&stream, &sent).unwrap(), sent);
    let took = asked.elapsed();
    assert!(took >= Duration::from_millis(480), "{took:?}");

    // As slow for two connections together.
    let other = connect(&relay);
    let asked = Instant::now();
    let both = std::thread::spawn(move || ask(&other, &pattern(25_000)).unwrap().len());
    ask(&stream, &pattern(25_000)).unwrap();
    both.join().unwrap();
    let took = asked.elapsed();
    assert!(took >= Duration::from_millis(480), "{took:?}");
}

#[test]
fn a_throttle_of_one_byte_a_second_neither_panics_nor_hangs() {
    let relay = echo();
    let stream = connect(&relay);
    for text in ["throttle@1B", "throttle@17179869184GB"] {
        relay.arm(fault(text)).unwrap();
        let asked = Instant::now();
        (&stream).write_all(b"ab").unwrap();
        if text == "throttle@1B" {
            assert!(is_quiet(&stream));
        }
        relay.clear().unwrap();
        (&stream).read_exact(&mut [0; 2]).unwrap();
        assert!(asked.elapsed() < Duration::from_secs(10), "clearing wakes what waits");
    }
}

#[test]
fn a_blackhole_swallows_and_says_nothing() {
    let (relay, heard) = listening();
    let stream = connect(&relay);
    relay.arm(fault("blackhole")).unwrap();
    (&stream).write_all(&pattern(1 << 20)).unwrap();
    assert!(is_quiet(&stream));
    let new = connect(&relay);
    (&new).write_all(b"hello").unwrap();
    assert!(is_quiet(&new), "new connections are accepted and get nothing");
    drop(stream);
    std::thread::sleep(QUIET);
    assert!(heard.lock().unwrap().is_empty(), "not even the end gets through");
}

#[test]
fn a_blackhole_of_one_direction_leaves_the_other() {
    let relay = echo();
    let stream = connect(&relay);
    relay.arm(fault("blackhole-down")).unwrap();
    (&stream).write_all(b"hello").unwrap();
    assert!(is_quiet(&stream));
    let (relay, heard) = listening();
    let stream = connect(&relay);
    relay.arm(fault("blackhole-down")).unwrap();
    (&stream).write_all(b"hello").unwrap();
    drop(stream);
    until("the way up is open", || !heard.lock().unwrap().is_empty());
    assert_eq!(*heard.lock().unwrap(), [(b"hello".to_vec(), None)]);
}

#[test]
fn so_many_bytes_pass_and_not_one_more() {
    for (text, passes) in [("blackhole-up@100000B", 100_000), ("cut-up@1B", 1), ("blackhole@64KiB", 65_536)] {
        let (relay, heard) = listening();
        let sent = pattern(300_000);
        let stream = connect(&relay);
        relay.arm(fault(text)).unwrap();
        (&stream).write_all(&sent).unwrap();
        until("they have passed", || heard.bytes() >= passes);
        std::thread::sleep(QUIET);
        let tripped = relay.clear().unwrap();
        assert!(tripped.is_some(), "{text}: told that it took effect");
        until("the server sees the end", || !heard.lock().unwrap().is_empty());
        let (bytes, _) = heard.lock().unwrap()[0].clone();
        assert!(bytes == sent[..passes], "{text}: {} bytes", bytes.len());
    }
}

#[test]
fn a_limit_counts_over_connections_and_only_its_direction() {
    let relay = echo();
    relay.arm(fault("blackhole-up@10B")).unwrap();
    let (one, two) = (connect(&relay), connect(&relay));
    assert_eq!(ask(&one, b"four").unwrap(), b"four");
    assert_eq!(ask(&two, b"fives").unwrap(), b"fives");
    (&one).write_all(b"xyz").unwrap();
    let mut last = [0; 1];
    (&one).read_exact(&mut last).unwrap();
    assert_eq!(&last, b"x", "the tenth byte passes");
    assert!(is_quiet(&one) && is_quiet(&two));
}

#[test]
fn a_limit_that_is_not_reached_is_told() {
    let relay = echo();
    relay.arm(fault("reset@1MiB")).unwrap();
    let stream = connect(&relay);
    assert_eq!(ask(&stream, b"hello").unwrap(), b"hello");
    assert_eq!(relay.clear().unwrap(), None);
    assert_eq!(ask(&stream, b"hello").unwrap(), b"hello");
}

#[test]
fn a_time_comes_while_everybody_waits() {
    let relay = echo();
    let stream = connect(&relay);
    let armed = Instant::now();
    relay.arm(fault("cut@300ms")).unwrap();
    assert_eq!(ask(&stream, b"hello").unwrap(), b"hello", "before its time nothing happens");
    assert_eq!(rest(&stream), (Vec::new(), None));
    assert!(armed.elapsed() >= Duration::from_millis(300));
    let tripped = relay.clear().unwrap().expect("it took effect");
    assert!(tripped.duration_since(armed) >= Duration::from_millis(300));
}

#[test]
fn a_reset_is_for_both_sides_and_for_new_connections() {
    let (relay, heard) = listening();
    let stream = connect(&relay);
    (&stream).write_all(b"hello").unwrap();
    until("it has passed", || heard.bytes() == 5);
    relay.arm(fault("reset")).unwrap();
    assert_eq!(rest(&stream).1, Some(ErrorKind::ConnectionReset));
    until("the server sees it", || !heard.lock().unwrap().is_empty());
    assert_eq!(*heard.lock().unwrap(), [(b"hello".to_vec(), Some(ErrorKind::ConnectionReset))]);
    assert_eq!(rest(&connect(&relay)).1, Some(ErrorKind::ConnectionReset));
    assert_eq!(heard.lock().unwrap().len(), 1, "the server never hears of new ones");
}

#[test]
fn a_reset_after_bytes_comes_after_them() {
    let relay = echo();
    relay.arm(fault("reset-down@5B")).unwrap();
    let stream = connect(&relay);
    (&stream).write_all(b"hello, world").unwrap();
    assert_eq!(rest(&stream), (b"hello".to_vec(), Some(ErrorKind::ConnectionReset)));
}

#[test]
fn a_cut_is_an_orderly_end() {
    let (relay, heard) = listening();
    let stream = connect(&relay);
    (&stream).write_all(b"hello").unwrap();
    until("it has passed", || heard.bytes() == 5);
    relay.arm(fault("cut")).unwrap();
    assert_eq!(rest(&stream), (Vec::new(), None));
    // Before the next connection, whose end the server may see in between.
    until("the server sees it", || !heard.lock().unwrap().is_empty());
    assert_eq!(heard.lock().unwrap()[0], (b"hello".to_vec(), None));
    assert_eq!(rest(&connect(&relay)), (Vec::new(), None), "new ones too");

    let relay = echo();
    let stream = connect(&relay);
    relay.arm(fault("cut-up")).unwrap();
    assert_eq!(rest(&stream), (Vec::new(), None), "the server saw the end and ended too");
}
