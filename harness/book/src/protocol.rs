//! What mdBook says to a preprocessor: two JSON values on stdin, and which mdBook says it. Reads the reader that it is given; touches
//! nothing else.

use std::io::Read;

use dogfood_core::book::config::BookToml;
use mdbook_preprocessor::PreprocessorContext;
use mdbook_preprocessor::book::Book;
use serde_json::Value;

/// The mdBook that this program is built for: the numbers that its protocol goes with.
const BUILT_FOR: &str = "0.5";

/// Why mdBook's words could not be understood.
#[derive(Debug, thiserror::Error)]
pub enum ProtocolError {
    /// Stdin broke off.
    #[error("mdBook's input could not be read")]
    Read(#[source] std::io::Error),
    /// Not mdBook speaking: a person who typed the command, a pipe.
    #[error(
        "stdin holds no `[context, book]` ({0}); mdBook starts this program: write `[preprocessor.dogfood]` into book.toml, or run `dogfood build`"
    )]
    NotMdBook(String),
    /// An mdBook with another protocol.
    #[error(
        "built for mdBook {BUILT_FOR}, called from {0}; install mdBook {BUILT_FOR}, or a dogfood that is built for yours"
    )]
    Version(String),
    /// The right version, and still not understood.
    #[error("mdBook {version} sent a book that this program does not understand")]
    Shape {
        /// The version.
        version: String,
        /// What did not fit.
        #[source]
        source: serde_json::Error,
    },
}

/// Reads stdin to its end, then understands it. To the end first: mdBook that finds its pipe closed warns about that instead of
/// passing on what we have to say.
pub fn read(mut input: impl Read) -> Result<(PreprocessorContext, Book), ProtocolError> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map_err(ProtocolError::Read)?;
    parse(&bytes)
}

/// Understands what mdBook sent.
fn parse(bytes: &[u8]) -> Result<(PreprocessorContext, Book), ProtocolError> {
    match serde_json::from_slice::<(PreprocessorContext, Book)>(bytes) {
        Ok((context, book)) if speaks_our_protocol(&context.mdbook_version) => Ok((context, book)),
        _ => explained(bytes),
    }
}

/// What is not understood at once, with the reason. The version comes before the types: another version has other types, and "missing
/// field" helps nobody.
fn explained(bytes: &[u8]) -> Result<(PreprocessorContext, Book), ProtocolError> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| ProtocolError::NotMdBook(error.to_string()))?;
    let version = value.get(0).and_then(|context| context.get("mdbook_version")).and_then(Value::as_str);
    let Some(version) = version.map(str::to_owned) else {
        return Err(ProtocolError::NotMdBook("no `mdbook_version` in it".to_owned()));
    };
    if !speaks_our_protocol(&version) {
        return Err(ProtocolError::Version(version));
    }
    serde_json::from_value(value).map_err(|source| ProtocolError::Shape { version, source })
}

fn speaks_our_protocol(version: &str) -> bool {
    version.strip_prefix(BUILT_FOR).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '+']))
}

/// Whether mdBook serves the book: only then does it set where a page listens for changes. A book.toml that sets it itself serves nothing:
/// its findings stop the build.
pub fn serves(context: &PreprocessorContext, book: &BookToml) -> bool {
    book.live_reload.is_none()
        && matches!(context.config.get::<String>("output.html.live-reload-endpoint"), Ok(Some(_)))
}

/// What comes before a trace's path in an address, if the book names its repository: the page links to traces there.
pub fn traces_at(context: &PreprocessorContext) -> Option<String> {
    let repository = context.config.get::<String>("output.html.git-repository-url").ok().flatten()?;
    let is_address = repository.starts_with("https://") || repository.starts_with("http://");
    is_address.then(|| format!("{}/blob/HEAD/", repository.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(input: &str) -> String {
        parse(input.as_bytes()).err().map(|error| error.to_string()).unwrap_or_default()
    }

    fn input(version: &str) -> String {
        format!(
            r#"[{{"root":"/book","config":{{"output":{{"html":{{}}}}}},"renderer":"html","mdbook_version":"{version}"}},
               {{"items":[{{"Chapter":{{"name":"A","content":"text","number":null,"sub_items":[],"path":"a.md","source_path":"a.md",
               "parent_names":[]}}}},"Separator",{{"PartTitle":"P"}}]}}]"#
        )
    }

    #[test]
    fn every_mdbook_of_our_minor_version_is_understood() {
        for version in ["0.5.0", "0.5.4", "0.5.99", "0.5.5-rc.1", "0.5"] {
            let (context, book) = parse(input(version).as_bytes()).unwrap();
            assert_eq!(context.renderer, "html");
            assert_eq!(book.chapters().count(), 1);
            assert!(!serves(&context, &BookToml::read("").unwrap()));
        }
    }

    #[test]
    fn another_mdbook_is_told_so_before_its_types_are_looked_at() {
        let old = r#"[{"mdbook_version":"0.4.40","config":{"book":{"multilingual":false}}},{"sections":[],"__non_exhaustive":null}]"#;
        insta::assert_snapshot!(error(old), @"built for mdBook 0.5, called from 0.4.40; install mdBook 0.5, or a dogfood that is built for yours");
        assert!(error(&input("0.6.0")).starts_with("built for mdBook 0.5, called from 0.6.0"));
        assert!(error(&input("0.51.0")).starts_with("built for mdBook 0.5, called from 0.51.0"));
    }

    #[test]
    fn what_is_not_mdbook_is_told_what_to_do() {
        for bad in ["", "[]", "{}", "null", "[{},{}]", "\u{0}", "[{\"mdbook_version\":5}]"] {
            assert!(error(bad).contains("mdBook starts this program"), "{bad}: {}", error(bad));
        }
        assert!(error(r#"[{"mdbook_version":"0.5.4"},{}]"#).starts_with("mdBook 0.5.4 sent a book"));
    }

    #[test]
    fn serving_is_seen_by_the_endpoint_that_only_serve_sets() {
        let served = input("0.5.4").replace(r#""html":{}"#, r#""html":{"live-reload-endpoint":"__livereload"}"#);
        let (context, _) = parse(served.as_bytes()).unwrap();
        let serves = |toml: &str| serves(&context, &BookToml::read(toml).unwrap());
        assert!(serves("[output.html]\n"));
        assert!(!serves("[output.html]\nlive-reload-endpoint = \"__livereload\"\n"));
    }
}
