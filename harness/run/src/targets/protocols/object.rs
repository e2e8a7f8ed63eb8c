//! What S3 and Azure Blob have in common once their requests are signed: an object that goes there and back, and answers about the
//! place that holds it. Reads and writes through a store.

use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use super::protocol::{CONTENT, head};
use crate::causes::short;

/// Writes an object, reads it back, compares, and removes it.
pub(super) async fn there_and_back(store: &impl ObjectStore) -> Result<(), String> {
    let path = Path::from("ready");
    store.put(&path, CONTENT.into()).await.map_err(|error| short(&error))?;
    let found = store.get(&path).await.map_err(|error| short(&error))?;
    if found.meta.size != CONTENT.len() as u64 {
        return Err(format!("wrote {} bytes and was offered {}", CONTENT.len(), found.meta.size));
    }
    let bytes = found.bytes().await.map_err(|error| short(&error))?;
    if bytes != CONTENT {
        return Err("read something else than was written".to_owned());
    }
    store.delete(&path).await.map_err(|error| short(&error))
}

/// Sends a request about a bucket or container, `about` for people; an answer with one of the codes `taken` will do, too. The address may hold
/// a signature: it stays out of every message.
pub(super) async fn ask(request: reqwest::RequestBuilder, about: &str, taken: &[u16]) -> Result<(), String> {
    let answer = request.send().await.map_err(|error| short(&error.without_url()))?;
    let status = answer.status();
    if status.is_success() || taken.contains(&status.as_u16()) {
        return Ok(());
    }
    let body = head(answer, 1024).await.unwrap_or_default();
    Err(format!("{about} was answered with {status}: {}", String::from_utf8_lossy(&body)))
}
