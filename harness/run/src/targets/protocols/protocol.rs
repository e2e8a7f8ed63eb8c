//! What every protocol can do, and the one place where async code runs: a runtime per call, on the caller's own thread.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::causes::short;
use dogfood_core::redact::Known;
use object_store::client::{ClientOptions, HttpClient, HttpConnector};

/// Work that a client does. The error is a fragment for people; it is redacted before it is shown.
pub(in crate::targets) type Work<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + 'a>>;

/// A client of one server.
pub(in crate::targets) trait Client: Send + Sync {
    /// Makes a place of its own, writes into it, reads back, compares, and removes both: the server does what recipes will ask of it.
    fn round_trip(&self) -> Work<'_>;

    /// Makes a recipe's own place: a bucket or a folder.
    fn make<'a>(&'a self, place: &'a str) -> Work<'a>;
}

/// What a round trip writes.
pub(super) const CONTENT: &[u8] = b"dogfood asks whether you are there\n";

/// Runs `work` until it is done, `limit` is over, or `abandoned` says that nobody waits for it any more.
pub(in crate::targets) fn run<T>(
    limit: Duration,
    abandoned: &dyn Fn() -> bool,
    work: impl Future<Output = Result<T, String>>,
) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("cannot start the runtime of a client: {error}"))?;
    let done = runtime.block_on(async {
        let ask = async {
            while !abandoned() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! {
            // In this order: what is done is done, whatever else is the case.
            biased;
            done = work => done,
            () = ask => Err("abandoned".to_owned()),
            () = tokio::time::sleep(limit) => Err(format!("no answer for {:.1} s", limit.as_secs_f32())),
        }
    });
    // A look-up or a connection that hangs must not hold up the caller.
    runtime.shutdown_background();
    done
}

/// The HTTP client for loopback: no proxy of the environment, no redirect to elsewhere.
pub(in crate::targets) fn http() -> Result<reqwest::Client, String> {
    // One provider of TLS for the whole program; that another part was first is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    builder.build().map_err(|error| format!("cannot make an HTTP client: {error}"))
}

/// Connects straight to the server, whatever proxy the environment names.
#[derive(Debug)]
pub(super) struct Direct;

impl HttpConnector for Direct {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = http().map_err(|error| object_store::Error::Generic { store: "client", source: error.into() })?;
        Ok(HttpClient::new(client))
    }
}

/// The beginning of a body, whatever its size: a server may answer with megabytes.
pub(in crate::targets) async fn head(mut response: reqwest::Response, limit: usize) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while body.len() < limit {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk[..chunk.len().min(limit - body.len())]),
            Ok(None) => break,
            Err(error) => return Err(short(&error.without_url())),
        }
    }
    Ok(body)
}

/// The value that is handed out under `name`.
pub(super) fn value(variables: &[Known], name: &str) -> String {
    variables.iter().find(|known| known.name == name).map(|known| known.value.clone()).unwrap_or_default()
}
