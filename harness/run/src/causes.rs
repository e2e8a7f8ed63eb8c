//! An error and what caused it, as one sentence. Pure; touches nothing.

use std::error::Error;

/// The most characters of a sentence about somebody else's error: some libraries put whole answers into theirs.
const MOST: usize = 600;

/// An error with all its causes, each once.
pub fn sentence(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

/// [`sentence`], cut where it is long.
pub(crate) fn short(error: &dyn Error) -> String {
    sentence(error).chars().take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{said}")]
    struct Outer {
        said: String,
        #[source]
        cause: io::Error,
    }

    #[test]
    fn causes_are_told_once() {
        let outer = |said: &str| Outer { said: said.to_owned(), cause: io::Error::other("no route") };
        assert_eq!(sentence(&outer("cannot connect")), "cannot connect: no route");
        assert_eq!(sentence(&outer("cannot connect: no route")), "cannot connect: no route");
        assert_eq!(short(&outer(&"x".repeat(5_000))).len(), MOST);
    }
}
