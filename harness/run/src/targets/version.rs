//! Reads a running server's version from itself. Opens connections to it.

use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use dogfood_core::infra::target::{VersionSource, VersionSpec};

use super::body::Body;
use super::protocols::protocol::{head, http, run};
use super::values::Values;
use crate::causes::short;

/// What is read of an answer at most.
const LONGEST: usize = 64 << 10;
/// How long the server may take; it has shown that it is ready.
const PATIENCE: Duration = Duration::from_secs(10);

/// The version that the server `body` says, or why it says none.
pub(super) fn read(spec: &VersionSpec, values: &Values, body: &dyn Body) -> Result<String, String> {
    let address = body.address();
    let said = match &spec.from {
        VersionSource::SshBanner => banner(address)?,
        VersionSource::HttpHeader(name) => run(PATIENCE, &|| false, header(&format!("http://{address}/"), name))?,
        VersionSource::HttpBody(place) => {
            let place = values.fill(place, "");
            let address = if place.starts_with('/') { format!("http://{address}{place}") } else { place };
            run(PATIENCE, &|| false, self::body(&address))?
        }
        VersionSource::Exec(words) => String::from_utf8_lossy(&body.execute(words, PATIENCE, None)?).into_owned(),
    };
    let shown: String = said.chars().take(200).collect();
    spec.version_in(&said)
        .ok_or_else(|| format!("it says `{}`, where `{}` finds no version", shown.trim_end(), spec.pattern))
}

async fn header(address: &str, name: &str) -> Result<String, String> {
    let answer = http()?.get(address).send().await.map_err(|error| short(&error))?;
    let value = answer.headers().get(name).ok_or_else(|| format!("its answer has no header `{name}`"))?;
    Ok(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

async fn body(address: &str) -> Result<String, String> {
    let answer = http()?.get(address).send().await.map_err(|error| short(&error))?;
    Ok(String::from_utf8_lossy(&head(answer, LONGEST).await?).into_owned())
}

/// The first line that an SSH server says, which is its identification (RFC 4253, section 4.2); other lines may precede it.
fn banner(address: SocketAddr) -> Result<String, String> {
    let wrong = |error: std::io::Error| format!("cannot read its identification: {error}");
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).map_err(wrong)?;
    let deadline = Instant::now() + PATIENCE;
    let mut said: Vec<u8> = Vec::new();
    let mut buffer = [0; 512];
    while said.len() < LONGEST {
        let lines = String::from_utf8_lossy(&said);
        let whole = lines.split_inclusive('\n').find(|line| line.starts_with("SSH-") && line.ends_with('\n'));
        if let Some(line) = whole {
            return Ok(line.trim_end().to_owned());
        }
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        stream.set_read_timeout(Some(left)).map_err(wrong)?;
        let count = stream.read(&mut buffer).map_err(wrong)?;
        if count == 0 {
            break;
        }
        said.extend_from_slice(&buffer[..count]);
    }
    Err("it says no SSH identification".to_owned())
}
