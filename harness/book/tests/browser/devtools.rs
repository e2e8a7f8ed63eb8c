//! A browser on a pipe: Chromium reads commands of the DevTools protocol from its descriptor 3 and writes answers and events to 4, each a
//! line of JSON that ends with a zero byte. No port, no web socket; the browser ends when the pipe closes, so none outlives the tests.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long anything may take: much more than it does, for a machine that builds something else meanwhile.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// What came out of the browser and was not asked for yet.
#[derive(Default)]
struct Inbox {
    answers: BTreeMap<u64, Value>,
    events: BTreeMap<String, VecDeque<Value>>,
    is_closed: bool,
}

/// A running browser.
pub(crate) struct Browser {
    input: Mutex<ChildStdin>,
    next: AtomicU64,
    inbox: Arc<(Mutex<Inbox>, Condvar)>,
    log: PathBuf,
    _child: Child,
}

impl Browser {
    /// The one browser of this test process.
    pub(crate) fn shared() -> &'static Self {
        static BROWSER: OnceLock<Browser> = OnceLock::new();
        BROWSER.get_or_init(Self::start)
    }

    fn start() -> Self {
        let program = std::env::var("DOGFOOD_TEST_CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
        let profile = fresh_profile();
        let log = profile.join("log");
        // A shell moves the pipe to the two descriptors that Chromium wants.
        let mut child = Command::new("sh")
            .args(["-c", "log=$1; shift; exec \"$@\" 3<&0 4>&1 0</dev/null 1>>\"$log\" 2>&1", "sh"])
            .arg(&log)
            .arg(&program)
            .args([
                "--headless",
                "--remote-debugging-pipe",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
            ])
            .args(["--disable-background-networking", "--disable-component-update", "--force-color-profile=srgb"])
            // Root in a container has no other choice, and only our own pages are opened.
            .args(["--no-sandbox", "--disable-extensions", "--mute-audio", "--font-render-hinting=none"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let inbox = Arc::new((Mutex::new(Inbox::default()), Condvar::new()));
        let output = child.stdout.take().expect("a pipe");
        let reader = Arc::clone(&inbox);
        std::thread::spawn(move || read(output, &reader));
        let input = Mutex::new(child.stdin.take().expect("a pipe"));
        let browser = Self { input, next: AtomicU64::new(1), inbox, log, _child: child };
        browser.call(None, "Browser.getVersion", &json!({}));
        browser
    }

    /// Sends a command and waits for its answer, which is no error.
    pub(crate) fn call(&self, session: Option<&str>, method: &str, params: &Value) -> Value {
        self.attempt(session, method, params).unwrap_or_else(|error| panic!("{method} {params}: {error}"))
    }

    /// Sends a command and waits for its answer, or the error that it says.
    pub(crate) fn attempt(&self, session: Option<&str>, method: &str, params: &Value) -> Result<Value, Value> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        let sent = {
            let mut input = self.input.lock().unwrap();
            input.write_all(format!("{message}\0").as_bytes()).and_then(|()| input.flush())
        };
        let answer = sent.ok().and_then(|()| self.wait(|inbox| inbox.answers.remove(&id)));
        let Some(answer) = answer else { panic!("{method}: {}", self.gone()) };
        answer.get("error").map_or_else(|| Ok(answer["result"].clone()), |error| Err(error.clone()))
    }

    /// Waits for the first event of `session` that is the one; what else came stays for others.
    pub(crate) fn event(&self, session: &str, is_it: impl Fn(&Value) -> bool) {
        let found = self.wait(|inbox| {
            let events = inbox.events.get_mut(session)?;
            let at = events.iter().position(&is_it)?;
            events.remove(at)
        });
        assert!(found.is_some(), "an event did not come: {}", self.gone());
    }

    /// All events of `session` so far; they are gone afterwards.
    pub(crate) fn drain(&self, session: &str) -> Vec<Value> {
        let mut inbox = self.inbox.0.lock().unwrap();
        inbox.events.remove(session).map(Vec::from).unwrap_or_default()
    }

    fn wait<T>(&self, mut take: impl FnMut(&mut Inbox) -> Option<T>) -> Option<T> {
        let (lock, arrived) = &*self.inbox;
        let until = Instant::now() + PATIENCE;
        let mut inbox = lock.lock().unwrap();
        loop {
            if let Some(found) = take(&mut inbox) {
                return Some(found);
            }
            let left = until.saturating_duration_since(Instant::now());
            if inbox.is_closed || left.is_zero() {
                return None;
            }
            inbox = arrived.wait_timeout(inbox, left).unwrap().0;
        }
    }

    fn gone(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let tail: Vec<&str> = log.lines().rev().take(5).collect();
        format!(
            "no answer of the browser. If it is not installed: apt-get install chromium (DOGFOOD_TEST_CHROMIUM names another). Its log ends:\n{}",
            tail.join("\n")
        )
    }
}

fn read(output: ChildStdout, inbox: &(Mutex<Inbox>, Condvar)) {
    let mut output = BufReader::new(output);
    let mut message = Vec::new();
    while output.read_until(0, &mut message).is_ok_and(|count| count > 0) {
        message.pop();
        let value: Value = serde_json::from_slice(&message).unwrap_or_default();
        message.clear();
        let mut inbox_now = inbox.0.lock().unwrap();
        match (value["id"].as_u64(), value["sessionId"].as_str()) {
            (Some(id), _) => {
                inbox_now.answers.insert(id, value);
            }
            (None, Some(session)) => inbox_now.events.entry(session.to_owned()).or_default().push_back(value),
            (None, None) => {}
        }
        inbox.1.notify_all();
    }
    inbox.0.lock().unwrap().is_closed = true;
    inbox.1.notify_all();
}

/// An empty profile of this process; those of processes that are gone are removed.
fn fresh_profile() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let owner = name.strip_prefix("chromium-");
        if owner.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    let profile = folder.join(format!("chromium-{}", std::process::id()));
    std::fs::create_dir_all(&profile).expect("a folder for the browser's profile");
    profile
}
