//! Talking to a server in its own protocol: what "ready" and "fresh" mean there. Opens connections to it.
//!
//! [`protocol`] holds the trait and the runtime that the others share; every other file is one protocol.

pub(super) mod protocol;
mod azure;
mod object;
mod s3;
mod sftp;

use dogfood_core::infra::target::Protocol;
use dogfood_core::redact::Known;

use protocol::Client;

/// The client for a server of `protocol` that hands out `variables`; `word` makes names of its own unlike those of others. None for a
/// protocol that no target of this version speaks.
pub(super) fn client(protocol: Protocol, variables: &[Known], word: &str) -> Option<Box<dyn Client>> {
    match protocol {
        Protocol::S3 => Some(Box::new(s3::S3::new(variables, word))),
        Protocol::Sftp => Some(Box::new(sftp::Sftp::new(variables, word))),
        Protocol::Azure => Some(Box::new(azure::Azure::new(variables, word))),
        Protocol::Sql => None,
    }
}
