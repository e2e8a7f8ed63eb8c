//! With nothing armed, the relay is not there.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use super::world::*;
use crate::relay::Relay;

#[test]
fn every_byte_arrives_in_order_both_ways_at_once() {
    let relay = echo();
    let stream = connect(&relay);
    let sent = pattern(16 << 20);
    let mut writer = stream.try_clone().unwrap();
    let bytes = sent.clone();
    let said = std::thread::spawn(move || {
        writer.write_all(&bytes).unwrap();
        writer.shutdown(Shutdown::Write).unwrap();
    });
    let (heard, end) = rest(&stream);
    said.join().unwrap();
    assert!(heard == sent && end.is_none(), "{} of {} bytes, then {end:?}", heard.len(), sent.len());
}

#[test]
fn nothing_is_lost_when_the_server_closes_first() {
    let sent = pattern(3 << 20);
    let bytes = sent.clone();
    let relay = relay_to(server(move |mut stream| {
        // As HTTP's `Connection: close`: the request is not even read to its end.
        let _ = stream.read(&mut [0; 16]);
        stream.write_all(&bytes).unwrap();
    }));
    for _ in 0..5 {
        let mut stream = connect(&relay);
        stream.write_all(b"GET / HTTP/1.0\r\n").unwrap();
        // Slow to read: what is on its way when the server goes must not be dropped.
        std::thread::sleep(QUIET / 4);
        let (heard, end) = rest(&stream);
        assert!(heard == sent, "{} of {} bytes, then {end:?}", heard.len(), sent.len());
    }
}

#[test]
fn an_end_is_passed_on_by_itself() {
    let relay = relay_to(server(|mut stream| {
        let mut question = Vec::new();
        stream.read_to_end(&mut question).unwrap();
        // The client has closed its side and still hears.
        stream.write_all(format!("heard {}", question.len()).as_bytes()).unwrap();
    }));
    let mut stream = connect(&relay);
    stream.write_all(&pattern(70_000)).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(rest(&stream), (b"heard 70000".to_vec(), None));

    let relay = relay_to(server(|mut stream| {
        stream.shutdown(Shutdown::Write).unwrap();
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).unwrap();
        assert_eq!(heard, b"still here");
    }));
    let mut stream = connect(&relay);
    assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0);
    stream.write_all(b"still here").unwrap();
}

#[test]
fn a_reset_is_passed_on() {
    let (relay, heard) = listening();
    let stream = connect(&relay);
    (&stream).write_all(b"x").unwrap();
    until("it has passed", || heard.bytes() == 1);
    rustix::net::sockopt::set_socket_linger(&stream, Some(std::time::Duration::ZERO)).unwrap();
    drop(stream);
    until("the server sees the reset", || !heard.lock().unwrap().is_empty());
    assert_eq!(*heard.lock().unwrap(), [(b"x".to_vec(), Some(ErrorKind::ConnectionReset))]);
}

#[test]
fn who_does_not_read_is_waited_for() {
    let relay = relay_to(server(|stream| {
        std::thread::sleep(LONG);
        drop(stream);
    }));
    let mut stream = connect(&relay);
    stream.set_nonblocking(true).unwrap();
    let (mut sent, block) = (0_usize, vec![0; 64 << 10]);
    let mut idle = 0;
    while idle < 20 {
        match stream.write(&block) {
            Ok(count) => (sent, idle) = (sent + count, 0),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                idle += 1;
                std::thread::sleep(QUIET / 10);
            }
            Err(error) => panic!("{error}"),
        }
        assert!(sent < 256 << 20, "the relay swallows what nobody reads");
    }
}

#[test]
fn a_server_that_is_not_there_is_a_reset() {
    let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let nowhere = Relay::start(Arc::new(|| None)).unwrap();
    for relay in [relay_to(nobody), nowhere] {
        assert_eq!(rest(&connect(&relay)).1, Some(ErrorKind::ConnectionReset));
    }
}

#[test]
fn a_server_may_move_and_the_port_stays() {
    let place: Arc<Mutex<Option<SocketAddr>>> = Arc::default();
    let asked = Arc::clone(&place);
    let relay = Relay::start(Arc::new(move || *asked.lock().unwrap())).unwrap();
    let address = relay.address();
    for word in ["one", "two"] {
        *place.lock().unwrap() = Some(server(move |mut stream| stream.write_all(word.as_bytes()).unwrap()));
        assert_eq!(rest(&connect(&relay)), (word.as_bytes().to_vec(), None));
        assert_eq!(relay.address(), address);
    }
}

#[test]
fn too_many_connections_are_reset_and_room_comes_back() {
    let relay = echo();
    let open: Vec<TcpStream> = (0..256).map(|_| connect(&relay)).collect();
    for stream in &open {
        assert_eq!(ask(stream, b"hello").unwrap(), b"hello");
    }
    assert_eq!(rest(&connect(&relay)).1, Some(ErrorKind::ConnectionReset));
    drop(open);
    until("there is room again", || ask(&connect(&relay), b"hello").is_ok());
}

#[test]
fn dropped_is_gone() {
    let relay = echo();
    let address = relay.address();
    let stream = connect(&relay);
    assert_eq!(ask(&stream, b"hello").unwrap(), b"hello");
    drop(relay);
    let (bytes, _) = rest(&stream);
    assert!(bytes.is_empty());
    assert_eq!(TcpStream::connect(address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
}
