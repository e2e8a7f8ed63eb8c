//! A connection from its dial to its end. Opens, resets and closes sockets.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use tokio::net::TcpStream;

use super::line::{Line, Way};
use super::pump::{End, Pump, Touched};

/// How long the server may take to accept.
const DIAL: Duration = Duration::from_secs(10);

/// Serves the accepted `client` until its end. Where the server cannot be reached, the client is reset.
pub(super) async fn serve(client: TcpStream, server: Option<SocketAddr>, line: &Line) {
    let touched = Touched::new(line);
    let dialled = tokio::select! {
        biased;
        () = resets(line, &touched) => None,
        dialled = dial(server) => dialled.ok(),
    };
    let Some(server) = dialled else {
        reset(&client);
        return;
    };
    // Small messages go on at once; neither side notices that there are two connections.
    let _ = client.set_nodelay(true);
    let _ = server.set_nodelay(true);
    let up = Pump::new(Way::Up, &client, &server, line, &touched);
    let down = Pump::new(Way::Down, &server, &client, line, &touched);
    let is_reset = tokio::select! {
        biased;
        () = resets(line, &touched) => true,
        is_reset = both(up, down) => is_reset,
    };
    if is_reset {
        reset(&client);
        reset(&server);
    }
}

/// Makes that the socket says RST when it goes.
pub(super) fn reset(socket: &TcpStream) {
    // A socket that is gone already says nothing, which is as well.
    let _ = socket.set_zero_linger();
}

async fn dial(server: Option<SocketAddr>) -> io::Result<TcpStream> {
    let server = server.ok_or(io::ErrorKind::AddrNotAvailable)?;
    tokio::time::timeout(DIAL, TcpStream::connect(server)).await.map_err(|_| io::ErrorKind::TimedOut)?
}

/// Runs both directions; returns whether the connection ends in a reset.
async fn both(up: Pump<'_>, down: Pump<'_>) -> bool {
    let (mut up, mut down) = (pin!(up.run()), pin!(down.run()));
    let (first, second) = tokio::select! {
        end = &mut up => (end, if end == End::Reset { end } else { down.await }),
        end = &mut down => (end, if end == End::Reset { end } else { up.await }),
    };
    first != End::Finished || second != End::Finished
}

/// Waits until this connection has to be reset.
async fn resets(line: &Line, touched: &Touched<'_>) {
    let mut changes = line.changes();
    while !changes.resets(touched.get()) {
        changes.changed().await;
    }
}
