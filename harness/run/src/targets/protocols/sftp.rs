//! SFTP: a folder per recipe. Opens connections to the server.

use std::sync::Arc;

use dogfood_core::redact::Known;
use russh::client::{Config, Handle, Handler, connect};
use russh::keys::PublicKeyOrCertificate;
use russh_sftp::client::SftpSession;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::protocol::{CONTENT, Client, Work, value};
use crate::causes::short;

/// An SFTP server and its one user.
pub(super) struct Sftp {
    host: String,
    port: u16,
    user: String,
    password: String,
    own: String,
}

impl Sftp {
    pub(super) fn new(variables: &[Known], word: &str) -> Self {
        Self {
            host: value(variables, "SFTP_HOST"),
            port: value(variables, "SFTP_PORT").parse().unwrap_or_default(),
            user: value(variables, "SFTP_USER"),
            password: value(variables, "SFTP_PASSWORD"),
            own: format!("{}/dogfood-ready-{word}", above(&value(variables, "SFTP_BASE"))),
        }
    }

    async fn connect(&self) -> Result<(Handle<AnyKey>, SftpSession), String> {
        let config = Arc::new(Config { nodelay: true, ..Config::default() });
        let address = (self.host.as_str(), self.port);
        let mut handle = connect(config, address, AnyKey).await.map_err(|error| short(&error))?;
        let entered = handle.authenticate_password(&self.user, &self.password).await.map_err(|error| short(&error))?;
        if !entered.success() {
            return Err("the server does not take its own password".to_owned());
        }
        let channel = handle.channel_open_session().await.map_err(|error| short(&error))?;
        channel.request_subsystem(true, "sftp").await.map_err(|error| short(&error))?;
        let session = SftpSession::new(channel.into_stream()).await.map_err(|error| short(&error))?;
        Ok((handle, session))
    }

    async fn through(&self) -> Result<(), String> {
        let (_handle, session) = self.connect().await?;
        make_folders(&session, &self.own).await?;
        let path = format!("{}/ready", self.own);
        let mut file = session.create(&path).await.map_err(|error| short(&error))?;
        file.write_all(CONTENT).await.map_err(|error| short(&error))?;
        file.shutdown().await.map_err(|error| short(&error))?;
        let file = session.open(&path).await.map_err(|error| short(&error))?;
        let mut bytes = Vec::new();
        file.take(CONTENT.len() as u64 + 1).read_to_end(&mut bytes).await.map_err(|error| short(&error))?;
        if bytes != CONTENT {
            return Err("read something else than was written".to_owned());
        }
        session.remove_file(&path).await.map_err(|error| short(&error))?;
        session.remove_dir(&self.own).await.map_err(|error| short(&error))
    }

    async fn folder(&self, path: &str) -> Result<(), String> {
        let (_handle, session) = self.connect().await?;
        make_folders(&session, path).await
    }
}

impl Client for Sftp {
    fn round_trip(&self) -> Work<'_> {
        Box::pin(self.through())
    }

    fn make<'a>(&'a self, place: &'a str) -> Work<'a> {
        Box::pin(self.folder(place))
    }
}

/// The folder in which recipes' own ones are: an account may be locked into one whose root it cannot write to.
fn above(base: &str) -> &str {
    base.trim_end_matches('/').rsplit_once('/').map_or("", |(above, _)| above)
}

/// Makes `path` and the folders above it, as far as they are not there.
async fn make_folders(session: &SftpSession, path: &str) -> Result<(), String> {
    for (at, _) in path.match_indices('/').chain([(path.len(), "")]).filter(|(at, _)| *at > 0) {
        let folder = &path[..at];
        if !session.try_exists(folder).await.map_err(|error| short(&error))? {
            session.create_dir(folder).await.map_err(|error| format!("cannot make {folder}: {}", short(&error)))?;
        }
    }
    Ok(())
}

/// Takes any host key: it is our own server on loopback, which made its key a moment ago.
struct AnyKey;

impl Handler for AnyKey {
    type Error = russh::Error;

    async fn check_server_key(&mut self, _key: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        Ok(true)
    }
}
