//! The server of the preview: files of one folder, and a socket on which pages hear that there is something new. Listens on loopback alone.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tower_http::services::ServeDir;

use crate::cmd::build::ENDPOINT;

/// The folder that is shown; none before the first build.
type Shown = Arc<RwLock<Option<PathBuf>>>;

/// A server that runs until it is dropped.
pub(super) struct Server {
    address: SocketAddr,
    shown: Shown,
    news: watch::Sender<()>,
    _runtime: Runtime,
}

impl Server {
    /// Listens on a port of 127.0.0.1; 0 takes a free one.
    pub(super) fn start(port: u16) -> io::Result<Self> {
        // It panics where it can start no thread.
        dogfood_run::sys::try_thread()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port)))?;
        let address = listener.local_addr()?;
        let (news, heard) = watch::channel(());
        let shown = Shown::default();
        let pages = Router::new()
            .route(&format!("/{ENDPOINT}"), get(listen))
            .with_state(heard)
            .merge(Router::new().fallback(page).with_state(Arc::clone(&shown)))
            .layer(middleware::from_fn_with_state(address.port(), own));
        runtime.spawn(async move {
            // It ends with the program.
            let _ = axum::serve(listener, pages).await;
        });
        Ok(Self { address, shown, news, _runtime: runtime })
    }

    /// Where it is.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Shows `folder` from now on.
    pub(super) fn show(&self, folder: PathBuf) {
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Some(folder);
    }

    /// Has every page that is open reload.
    pub(super) fn reload(&self) {
        self.news.send_replace(());
    }
}

/// A file of the folder that is shown now.
async fn page(State(shown): State<Shown>, request: Request) -> Response {
    let folder = shown.read().unwrap_or_else(PoisonError::into_inner).clone();
    let Some(folder) = folder else {
        return (StatusCode::SERVICE_UNAVAILABLE, "the book is not built yet\n").into_response();
    };
    match ServeDir::new(folder).try_call(request).await {
        Ok(response) => response.into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}

/// Answers only who asked for this server by its own name, from its own pages: another site's name may be made to point here, and its
/// pages may open sockets.
async fn own(State(port): State<u16>, request: Request, next: Next) -> Response {
    if is_own(request.headers(), port) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, format!("this is http://127.0.0.1:{port}/ and answers to no other name\n")).into_response()
}

fn is_own(headers: &HeaderMap, port: u16) -> bool {
    // A browser leaves out the port that every address without one has.
    let ends = if port == 80 { vec![":80".to_owned(), String::new()] } else { vec![format!(":{port}")] };
    let names: Vec<String> =
        ends.iter().flat_map(|end| ["127.0.0.1", "localhost"].map(|name| format!("{name}{end}"))).collect();
    let said = |header| headers.get(header).map(|value| value.to_str().unwrap_or_default());
    let host = said(HOST).is_some_and(|host| names.iter().any(|name| name == host));
    host && said(ORIGIN).is_none_or(|origin| names.iter().any(|name| origin == format!("http://{name}")))
}

async fn listen(upgrade: WebSocketUpgrade, State(heard): State<watch::Receiver<()>>) -> Response {
    upgrade.on_upgrade(|socket| tell(socket, heard))
}

/// Tells a page once: it reloads, and listens anew. The word is mdBook's.
async fn tell(mut socket: WebSocket, mut heard: watch::Receiver<()>) {
    heard.mark_unchanged();
    if heard.changed().await.is_ok() {
        // A page that is gone needs no news.
        let _ = socket.send(Message::Text("reload".into())).await;
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_server_answers_to_its_own_name_alone() {
        let check = |port: u16, host: &'static str, origin: Option<&'static str>, expected: bool| {
            let mut headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static(host))]);
            headers.extend(origin.map(|origin| (ORIGIN, HeaderValue::from_static(origin))));
            assert_eq!(is_own(&headers, port), expected, "{port} {host} {origin:?}");
        };
        check(3000, "127.0.0.1:3000", None, true);
        check(3000, "localhost:3000", Some("http://127.0.0.1:3000"), true);
        check(3000, "127.0.0.1", None, false);
        check(3000, "127.0.0.1:3001", None, false);
        check(3000, "example.org", None, false);
        check(3000, "localhost:3000", Some("http://example.org"), false);
        check(3000, "localhost:3000", Some("null"), false);
        // Browsers do not say `:80`.
        check(80, "127.0.0.1", None, true);
        check(80, "localhost", Some("http://localhost"), true);
        check(80, "localhost:80", Some("http://localhost:80"), true);
        check(80, "localhost", Some("http://localhost:3000"), false);
        check(80, "example.org", None, false);
        assert!(!is_own(&HeaderMap::new(), 80));
    }
}
