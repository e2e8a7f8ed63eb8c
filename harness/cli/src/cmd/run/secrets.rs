//! Secrets that the caller's environment names: a recipe can read its parent's environment in /proc, so what lies there must not get into a
//! trace either. Pure.

use dogfood_core::redact::Known;

use crate::config::Environment;

/// Parts of names that mark a secret.
const MARKS: [&str; 7] = ["SECRET", "TOKEN", "PASSWORD", "PASSWD", "CREDENTIAL", "API_KEY", "ACCESS_KEY"];

/// A shorter value would be found in innocent text.
const SHORTEST: usize = 8;

/// The variables of the environment whose names say that they are secret.
pub(crate) fn of_environment(environment: &Environment) -> Vec<Known> {
    let named = environment.all.iter().filter_map(|(name, value)| Some((name.to_str()?, value.to_str()?)));
    let secret = named.filter(|(name, value)| {
        let name = name.to_ascii_uppercase();
        value.len() >= SHORTEST && MARKS.iter().any(|mark| name.contains(mark)) && !name.ends_with("_FILE")
    });
    secret.map(|(name, value)| Known { name: name.to_owned(), value: value.to_owned(), secret: true }).collect()
}
