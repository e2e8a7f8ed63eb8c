//! A target for a person: started as a run starts it, with the lines that a shell reads.

use dogfood_core::infra::target::Target;
use dogfood_core::redact::Redacted;

use super::error::TargetError;
use super::running::Running;
use super::start::{Launch, start};
use crate::toolboxes::Environment;

/// A target that runs for a person.
#[derive(Debug)]
pub struct Up {
    /// The target; it runs until this is stopped or dropped.
    pub running: Running,
    /// `export NAME='value'`, one line per variable. They hold the secrets: that is what the person asked for.
    pub exports: Vec<String>,
}

/// Starts `target` and makes one bucket or folder on it.
///
/// # Errors
///
/// As [`start`] and [`Running::fresh`].
pub fn up(
    target: &Target,
    environment: Option<&Environment>,
    launch: &Launch<'_>,
    progress: &mut dyn FnMut(Redacted),
) -> Result<Up, TargetError> {
    let running = start(target, environment, launch, progress)?;
    let handed = running.fresh("you", None)?;
    let exports =
        handed.variables.iter().map(|known| format!("export {}={}", known.name, quoted(&known.value))).collect();
    Ok(Up { running, exports })
}

/// `text` as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_one_word_for_a_shell() {
        for (text, expected) in [("a b", "'a b'"), ("", "''"), ("it's $x", r"'it'\''s $x'")] {
            assert_eq!(quoted(text), expected);
            let script = format!("printf %s {expected}");
            let said = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(said.stdout).unwrap(), text);
        }
    }
}
