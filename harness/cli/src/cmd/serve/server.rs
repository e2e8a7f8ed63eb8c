//! The server of the preview: files of one folder, and a socket on which pages hear that there is something new. Listens on loopback alone.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

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

/// A server that runs until it is dropped.
pub(super) struct Server {
    address: SocketAddr,
    news: watch::Sender<()>,
    _runtime: Runtime,
}

impl Server {
    /// Serves `folder` on a port of 127.0.0.1; 0 takes a free one.
    pub(super) fn start(port: u16, folder: PathBuf) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port)))?;
        let address = listener.local_addr()?;
        let (news, heard) = watch::channel(());
        let pages = Router::new()
            .route(&format!("/{ENDPOINT}"), get(listen))
            .with_state(heard)
            .fallback_service(ServeDir::new(folder))
            .layer(middleware::from_fn_with_state(address.port(), own));
        runtime.spawn(async move {
            // It ends with the program.
            let _ = axum::serve(listener, pages).await;
        });
        Ok(Self { address, news, _runtime: runtime })
    }

    /// Where it is.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Has every page that is open reload.
    pub(super) fn reload(&self) {
        self.news.send_replace(());
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
    let names = ["127.0.0.1", "localhost"].map(|name| format!("{name}:{port}"));
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
