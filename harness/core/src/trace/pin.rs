//! What a trace pins of its toolbox: one rule for the recorder and for the gate.

use crate::digest::Digest;
use crate::infra::toolbox::Toolbox;

/// The pin of a recipe that ran with `toolbox` and whose Python processes imported `imported`: the lock entries of those packages, so
/// that a bump elsewhere stales nothing. A recipe that imported nothing used at most the toolbox's programs: all entries.
pub fn toolbox_pin(toolbox: &Toolbox, imported: &[String]) -> Digest {
    if imported.is_empty() { toolbox.lock_digest() } else { toolbox.pin(imported) }
}
