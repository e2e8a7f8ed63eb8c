//! The server of the preview: files of one folder, and a socket on which pages hear that there is something new. Listens on loopback alone.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
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
            .fallback_service(ServeDir::new(folder));
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
