//! Servers of a few lines, and clients that look closely.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dogfood_core::fault::Fault;

use crate::relay::Relay;

/// Longer than anything here takes on a machine under load.
pub(super) const LONG: Duration = Duration::from_secs(20);
/// Long enough to say that nothing comes.
pub(super) const QUIET: Duration = Duration::from_millis(300);

pub(super) fn fault(text: &str) -> Fault {
    text.parse().unwrap_or_else(|problem| panic!("{text}: {problem}"))
}

/// Listens, and hands every connection to `serve` on a thread of its own.
pub(super) fn server(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let serve = Arc::new(serve);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let serve = Arc::clone(&serve);
            std::thread::spawn(move || serve(stream));
        }
    });
    address
}

pub(super) fn relay_to(address: SocketAddr) -> Relay {
    Relay::start(Arc::new(move || Some(address))).unwrap()
}

/// A relay before a server that says back what it hears, and its end after it.
pub(super) fn echo() -> Relay {
    relay_to(server(|stream| {
        let mut reader = stream.try_clone().unwrap();
        let _ = io::copy(&mut reader, &mut &stream);
        let _ = stream.shutdown(Shutdown::Write);
    }))
}

/// What the servers of [`listening`] saw: of the connections that ended, in that order, the bytes and how each ended.
#[derive(Default)]
pub(super) struct Heard {
    ended: Mutex<Vec<(Vec<u8>, Option<ErrorKind>)>>,
    bytes: AtomicUsize,
}

impl Heard {
    /// Bytes so far, of connections that still live too.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::SeqCst)
    }
}

impl Deref for Heard {
    type Target = Mutex<Vec<(Vec<u8>, Option<ErrorKind>)>>;

    fn deref(&self) -> &Self::Target {
        &self.ended
    }
}

/// A relay before a server that only listens, and what that saw.
pub(super) fn listening() -> (Relay, Arc<Heard>) {
    let heard = Arc::<Heard>::default();
    let seen = Arc::clone(&heard);
    let address = server(move |mut stream| {
        let (mut bytes, mut buffer) = (Vec::new(), [0; 65536]);
        let end = loop {
            match stream.read(&mut buffer) {
                Ok(0) => break None,
                Ok(count) => {
                    bytes.extend_from_slice(&buffer[..count]);
                    seen.bytes.fetch_add(count, Ordering::SeqCst);
                }
                Err(error) => break Some(error.kind()),
            }
        };
        seen.lock().unwrap().push((bytes, end));
    });
    (relay_to(address), heard)
}

/// A client that never waits for ever.
pub(super) fn connect(relay: &Relay) -> TcpStream {
    let stream = TcpStream::connect(relay.address()).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    stream.set_write_timeout(Some(LONG)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Says `bytes` and hears as many back.
pub(super) fn ask(mut stream: &TcpStream, bytes: &[u8]) -> io::Result<Vec<u8>> {
    stream.write_all(bytes)?;
    let mut back = vec![0; bytes.len()];
    stream.read_exact(&mut back)?;
    Ok(back)
}

/// Whether nothing comes for a while: no byte, no end.
pub(super) fn is_quiet(mut stream: &TcpStream) -> bool {
    stream.set_read_timeout(Some(QUIET)).unwrap();
    let read = stream.read(&mut [0; 1]);
    stream.set_read_timeout(Some(LONG)).unwrap();
    matches!(read, Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
}

/// Everything until the end, with the kind of error that the end is, if it is one.
pub(super) fn rest(mut stream: &TcpStream) -> (Vec<u8>, Option<ErrorKind>) {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return (bytes, None),
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(error) => return (bytes, Some(error.kind())),
        }
    }
}

/// Waits until `done` says so.
#[track_caller]
pub(super) fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + LONG;
    while !done() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Bytes that are nowhere the same.
pub(super) fn pattern(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    };
    std::iter::repeat_with(next).take(length).collect()
}
