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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mark_secrets_and_short_values_are_left() {
        let variables = [
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI"),
            ("GITHUB_TOKEN", "ghs_1234567890"),
            ("db_password", "hunter2-hunter2"),
            ("TOKEN", "short"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/token"),
            ("PATH", "/usr/bin:/bin"),
        ];
        let all = variables.map(|(name, value)| (name.into(), value.into())).to_vec();
        let known = of_environment(&Environment { all, ..Environment::default() });
        let names: Vec<&str> = known.iter().map(|known| known.name.as_str()).collect();
        assert_eq!(names, ["AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "db_password"]);
        assert!(known.iter().all(|known| known.secret));
    }
}
