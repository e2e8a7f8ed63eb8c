//! A socket that stands for the Docker engine of this machine. It hands everything on, and does what an engine does that is not well: so no
//! test hurts the engine itself, which others use.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::project::{Project, Ran, ran};

/// Where this machine's engine is; these tests need one: `scripts/engine` installs it.
pub(crate) const ENGINE: &str = "/var/run/docker.sock";

/// Asks this machine's engine by its own client.
pub(crate) fn docker(words: &[&str]) -> Ran {
    ran(std::process::Command::new("docker").args(words))
}

/// What a proxy does with a request.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    /// Hands it to this machine's engine.
    Engine,
    /// As the engine, but says that it is of this API and version.
    Version(&'static str, &'static str),
    /// Nothing, for ever.
    Nothing,
}

/// A socket that stands for an engine; gone when it is dropped, with every connection.
pub(crate) struct Proxy {
    socket: PathBuf,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    open: Mutex<Vec<UnixStream>>,
    over: AtomicBool,
    frozen: AtomicBool,
}

impl State {
    /// Waits while the engine stands still.
    fn wait(&self) {
        while self.frozen.load(Ordering::SeqCst) && !self.over.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn keep(&self, stream: &UnixStream) {
        self.open.lock().unwrap().push(stream.try_clone().unwrap());
    }
}

impl Proxy {
    pub(crate) fn start(project: &Project, answer: Answer) -> Self {
        let mut name = [0; 8];
        std::fs::File::open("/dev/urandom").unwrap().read_exact(&mut name).unwrap();
        let socket = project.path(&format!(".home/tmp/{:x}.sock", u64::from_be_bytes(name)));
        let listener = UnixListener::bind(&socket).unwrap();
        let state: Arc<State> = Arc::default();
        let own = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().map(Result::unwrap) {
                if own.over.load(Ordering::SeqCst) {
                    return;
                }
                own.keep(&client);
                let own = Arc::clone(&own);
                std::thread::spawn(move || serve(client, answer, &own));
            }
        });
        Self { socket, state }
    }

    pub(crate) fn host(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    /// Stands still from now on, as an engine whose process is stopped: calls are taken, and nothing is answered or done.
    pub(crate) fn freeze(&self) {
        self.state.frozen.store(true, Ordering::SeqCst);
    }

    /// Goes on where it stood.
    pub(crate) fn thaw(&self) {
        self.state.frozen.store(false, Ordering::SeqCst);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::SeqCst);
        // Wakes the listener, which ends with its thread.
        let _ = UnixStream::connect(&self.socket);
        let _ = std::fs::remove_file(&self.socket);
        self.state.open.lock().unwrap().iter().for_each(|stream| drop(stream.shutdown(Shutdown::Both)));
    }
}

fn serve(mut client: UnixStream, answer: Answer, state: &Arc<State>) {
    let mut head = Vec::new();
    while !head.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
        let mut byte = [0];
        match client.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let line = String::from_utf8_lossy(&head).lines().next().unwrap_or_default().to_owned();
    match answer {
        Answer::Nothing => std::thread::sleep(Duration::from_secs(60)),
        Answer::Version(api, version) if line.contains("/version") => {
            let body = format!("{{\"Version\":\"{version}\",\"ApiVersion\":\"{api}\",\"MinAPIVersion\":\"1.24\"}}");
            let length = body.len();
            let _ = client.write_all(
                format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").as_bytes(),
            );
        }
        Answer::Engine | Answer::Version(..) => {
            state.wait();
            let mut engine = UnixStream::connect(ENGINE).unwrap();
            state.keep(&engine);
            engine.write_all(&head).unwrap();
            let (from, to) = (client.try_clone().unwrap(), engine.try_clone().unwrap());
            let own = Arc::clone(state);
            std::thread::spawn(move || {
                hand_on(&from, &to, &own);
                let _ = to.shutdown(Shutdown::Write);
            });
            hand_on(&engine, &client, state);
            let _ = client.shutdown(Shutdown::Both);
        }
    }
}

fn hand_on(mut from: &UnixStream, mut to: &UnixStream, state: &State) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(count) = from.read(&mut buffer) {
        state.wait();
        if count == 0 || to.write_all(&buffer[..count]).is_err() {
            return;
        }
    }
}
