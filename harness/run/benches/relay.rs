//! What the relay costs when nothing is armed: throughput and round trip through it, against a direct connection, in turn and in one
//! run. The bars: at least 500 MB/s, at most 0.1 ms more per round trip.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Instant;

use dogfood_run::relay::Relay;

const ROUNDS: usize = 9;
/// Bytes per round of throughput.
const BYTES: usize = 512 << 20;
/// Round trips per round.
const TRIPS: u32 = 5_000;

fn main() {
    let (sink, echo) = (server(swallow), server(answer));
    let [through_sink, through_echo] =
        [sink, echo].map(|server| Relay::start(Arc::new(move || Some(server))).expect("a relay"));
    let (mut direct, mut relayed) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    for _ in 0..ROUNDS {
        direct.0.push(throughput(sink));
        relayed.0.push(throughput(through_sink.address()));
        direct.1.push(round_trip(echo));
        relayed.1.push(round_trip(through_echo.address()));
    }
    let (direct, relayed) = ((median(direct.0), median(direct.1)), (median(relayed.0), median(relayed.1)));
    let lines = format!(
        "throughput: direct {:.0} MB/s, through the relay {:.0} MB/s\nround trip: direct {:.1} us, through the relay {:.1} us, {:.1} us more\n",
        direct.0,
        relayed.0,
        direct.1,
        relayed.1,
        relayed.1 - direct.1
    );
    io::stdout().write_all(lines.as_bytes()).expect("a standard output");
}

/// Megabytes a second.
fn throughput(to: SocketAddr) -> f64 {
    let mut stream = TcpStream::connect(to).expect("a connection");
    let block = vec![7; 256 << 10];
    let started = Instant::now();
    for _ in 0..BYTES / block.len() {
        stream.write_all(&block).expect("room");
    }
    stream.shutdown(Shutdown::Write).expect("an end");
    // The server says a byte when it has heard everything.
    stream.read_exact(&mut [0; 1]).expect("an answer");
    BYTES as f64 / 1e6 / started.elapsed().as_secs_f64()
}

/// Microseconds.
fn round_trip(to: SocketAddr) -> f64 {
    let mut stream = TcpStream::connect(to).expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    let started = Instant::now();
    for _ in 0..TRIPS {
        stream.write_all(b"x").expect("room");
        stream.read_exact(&mut [0; 1]).expect("an answer");
    }
    started.elapsed().as_secs_f64() * 1e6 / f64::from(TRIPS)
}

fn server(serve: fn(TcpStream) -> io::Result<()>) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || serve(stream));
        }
    });
    address
}

fn swallow(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = vec![0; 256 << 10];
    while stream.read(&mut buffer)? > 0 {}
    stream.write_all(b".")
}

fn answer(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut byte = [0; 1];
    loop {
        stream.read_exact(&mut byte)?;
        stream.write_all(&byte)?;
    }
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}
