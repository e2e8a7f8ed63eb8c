//! The relay itself: a thread with a runtime of its own, and the hold that a run has on it. Starts a thread, listens on loopback.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::rc::Rc;
use std::sync::{Arc, mpsc as answers};
use std::thread::JoinHandle;
use std::time::Duration;

use dogfood_core::fault::Fault;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

use super::connection::{reset, serve};
use super::line::Line;

/// Where the server is: asked for every connection, since a restart may move it.
pub type Upstream = Arc<dyn Fn() -> Option<SocketAddr> + Send + Sync>;

/// Connections at one time; further ones are reset. Each takes two file descriptors, and common limits are 1024.
const CONNECTIONS: usize = 256;
/// How long the relay's thread may take to answer; it never computes for long.
const ANSWER: Duration = Duration::from_secs(10);
/// How long clearing waits for connections to be reset.
const SETTLE: Duration = Duration::from_secs(2);

/// A relay. When it is dropped, its port and all of its connections are closed.
pub struct Relay {
    address: SocketAddr,
    orders: Option<mpsc::UnboundedSender<Order>>,
    thread: Option<JoinHandle<()>>,
}

/// The relay's thread is not there any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the relay between recipe and server does not answer")]
pub struct Gone;

enum Order {
    Arm(Fault, answers::Sender<()>),
    Clear(answers::Sender<Option<std::time::Instant>>),
}

impl Relay {
    /// Starts a relay to `upstream`, on a free port of 127.0.0.1 that stays the same.
    ///
    /// # Errors
    ///
    /// If there is no port, no thread or no runtime to be had.
    pub fn start(upstream: Upstream) -> io::Result<Self> {
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (orders, ordered) = mpsc::unbounded_channel();
        let thread = std::thread::Builder::new().name("relay".to_owned()).spawn(move || {
            let tasks = tokio::task::LocalSet::new();
            // The tasks of open connections go with the set, and their sockets with them.
            tasks.block_on(&runtime, work(listener, upstream, ordered));
            drop(tasks);
        })?;
        Ok(Self { address, orders: Some(orders), thread: Some(thread) })
    }

    /// Where clients connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Arms `fault`, in place of one that may be armed: it stands when this returns, for open connections and for new ones.
    ///
    /// # Errors
    ///
    /// If the relay is gone.
    pub fn arm(&self, fault: Fault) -> Result<(), Gone> {
        self.order(|answer| Order::Arm(fault, answer))
    }

    /// Clears what is armed, and resets the connections that lost bytes or were closed by it. Returns when the fault took effect, if it
    /// had to wait for that and did.
    ///
    /// # Errors
    ///
    /// If the relay is gone.
    pub fn clear(&self) -> Result<Option<std::time::Instant>, Gone> {
        self.order(Order::Clear)
    }

    fn order<T>(&self, order: impl FnOnce(answers::Sender<T>) -> Order) -> Result<T, Gone> {
        let (answer, answered) = answers::channel();
        self.orders.as_ref().ok_or(Gone)?.send(order(answer)).map_err(|_| Gone)?;
        answered.recv_timeout(ANSWER).map_err(|_| Gone)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // It panics at nothing; and if it did, there is no more to do here.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Accepts connections and follows orders until nobody can give any.
async fn work(listener: StdListener, upstream: Upstream, mut orders: mpsc::UnboundedReceiver<Order>) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    let line = Rc::new(Line::new());
    let open = Rc::new(Cell::new(0_usize));
    let mut due: Option<Instant> = None;
    loop {
        tokio::select! {
            biased;
            order = orders.recv() => match order {
                None => return,
                Some(Order::Arm(fault, answer)) => {
                    due = line.arm(fault).and_then(|time| Instant::now().checked_add(time));
                    // Who asked may have given up.
                    let _ = answer.send(());
                }
                Some(Order::Clear(answer)) => {
                    due = None;
                    let tripped = line.clear();
                    settle(&line).await;
                    let _ = answer.send(tripped.map(Instant::into_std));
                }
            },
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                due = None;
                line.trip();
            }
            accepted = listener.accept() => match accepted {
                Ok((client, _)) => take(client, &upstream, &line, &open),
                // No file descriptors left, most likely: others end, and then there are some.
                Err(_) => sleep(Duration::from_millis(10)).await,
            }
        }
    }
}

/// Waits until every connection that the fault touched is reset: the next step must find none of them alive.
async fn settle(line: &Line) {
    let deadline = Instant::now() + SETTLE;
    while line.touched.get() > 0 && Instant::now() < deadline {
        tokio::task::yield_now().await;
    }
}

/// Takes a new connection on.
fn take(client: TcpStream, upstream: &Upstream, line: &Rc<Line>, open: &Rc<Cell<usize>>) {
    if line.resets() || open.get() >= CONNECTIONS {
        reset(&client);
        return;
    }
    open.set(open.get() + 1);
    let (line, open, server) = (Rc::clone(line), Rc::clone(open), upstream());
    tokio::task::spawn_local(async move {
        serve(client, server, &line).await;
        open.set(open.get().saturating_sub(1));
    });
}
