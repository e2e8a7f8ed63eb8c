//! Templates: the texts of a target file in which the run puts ports, folders, secrets and names. Pure; touches nothing.
//!
//! `{host}`, `{port}`, `{port:NAME}`, `{data}`, `{secret:NAME}`, `{random:NAME}`, `{fresh}`; `{{` and `}}` stand for the braces themselves.

use std::fmt;

use crate::name::Id;

/// A text with places to fill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Slot(Slot),
}

/// One place to fill.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// The address that clients talk to: loopback, or a container's own.
    Host,
    /// A free port on loopback; without a name, the one that clients talk to.
    Port(Option<Id>),
    /// The server's own data folder.
    Data,
    /// A secret, made per run; one name means one value.
    Secret(Id),
    /// A random word that is no secret; one name means one value.
    Random(Id),
    /// The recipe's own bucket or folder.
    Fresh,
}

/// Why a text is no [`Template`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateProblem {
    /// An opening brace without its partner.
    #[error("`{0}` opens a brace that nothing closes")]
    Open(String),
    /// A closing brace without its partner.
    #[error("`{0}` closes a brace that nothing opened")]
    Close(String),
    /// A place that nobody fills.
    #[error("`{0}` is nothing that a run can fill in")]
    Unknown(String),
    /// A name that is no id.
    #[error("the name in `{0}` is no id (`a-z`, `0-9` and `-`)")]
    Name(String),
}

/// What help says under a [`TemplateProblem`].
pub const HELP: &str = "write `{port}`, `{port:NAME}`, `{data}`, `{secret:NAME}`, `{random:NAME}` or, in `environment`, `{host}` and `{fresh}`; a container is told its secrets and names alone; double a brace that stands for itself";

impl Template {
    /// Reads `text`.
    pub fn new(text: &str) -> Result<Self, TemplateProblem> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            let after = &rest[at + 1..];
            if let Some(after) = after.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
            } else if brace == "}" {
                return Err(TemplateProblem::Close(head(&rest[at..])));
            } else {
                let end = after.find('}').ok_or_else(|| TemplateProblem::Open(head(&rest[at..])))?;
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                parts.push(Part::Slot(Slot::new(&after[..end])?));
                rest = &after[end + 1..];
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self { parts })
    }

    /// The places to fill, in order.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Slot(slot) => Some(slot),
        })
    }

    /// The text with every place filled.
    pub fn fill(&self, mut value: impl FnMut(&Slot) -> String) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.clone(),
                Part::Slot(slot) => value(slot),
            })
            .collect()
    }
}

impl Slot {
    fn new(text: &str) -> Result<Self, TemplateProblem> {
        let whole = || head(&format!("{{{text}}}"));
        let id = |name: &str| Id::new(name).map_err(|_| TemplateProblem::Name(whole()));
        match text.split_once(':') {
            None if text == "host" => Ok(Self::Host),
            None if text == "port" => Ok(Self::Port(None)),
            None if text == "data" => Ok(Self::Data),
            None if text == "fresh" => Ok(Self::Fresh),
            Some(("port", name)) => Ok(Self::Port(Some(id(name)?))),
            Some(("secret", name)) => Ok(Self::Secret(id(name)?)),
            Some(("random", name)) => Ok(Self::Random(id(name)?)),
            _ => Err(TemplateProblem::Unknown(whole())),
        }
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host => f.write_str("{host}"),
            Self::Port(None) => f.write_str("{port}"),
            Self::Port(Some(name)) => write!(f, "{{port:{name}}}"),
            Self::Data => f.write_str("{data}"),
            Self::Secret(name) => write!(f, "{{secret:{name}}}"),
            Self::Random(name) => write!(f, "{{random:{name}}}"),
            Self::Fresh => f.write_str("{fresh}"),
        }
    }
}

/// The beginning of `text`, for a message.
fn head(text: &str) -> String {
    text.chars().take(40).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> Result<String, String> {
        let template = Template::new(text).map_err(|problem| problem.to_string())?;
        Ok(template.fill(|slot| format!("<{slot}>")))
    }

    #[test]
    fn slots_are_filled_and_doubled_braces_stand_for_themselves() {
        for (text, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("http://{host}:{port}/{fresh}", "http://<{host}>:<{port}>/<{fresh}>"),
            ("{port:s3-grpc}{data}{secret:key}{random:user}", "<{port:s3-grpc}><{data}><{secret:key}><{random:user}>"),
            ("{{\"a\": \"{data}\"}}", "{\"a\": \"<{data}>\"}"),
            ("é{port}é", "é<{port}>é"),
        ] {
            assert_eq!(shown(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused_with_the_place_quoted() {
        for (text, expected) in [
            ("{", "`{` opens a brace that nothing closes"),
            ("a {port b", "`{port b` opens a brace that nothing closes"),
            ("a } b", "`} b` closes a brace that nothing opened"),
            ("{prot}", "`{prot}` is nothing that a run can fill in"),
            ("{port:}", "the name in `{port:}` is no id (`a-z`, `0-9` and `-`)"),
            ("{secret}", "`{secret}` is nothing that a run can fill in"),
            ("{secret:A B}", "the name in `{secret:A B}` is no id (`a-z`, `0-9` and `-`)"),
            ("{fresh:x}", "`{fresh:x}` is nothing that a run can fill in"),
            ("{a\u{1b}[31m}", "`{a\\u{1b}[31m}` is nothing that a run can fill in"),
        ] {
            assert_eq!(shown(text), Err(expected.to_owned()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "\\PC{0,40}|[{}:a-z]{0,20}") {
            let _ = Template::new(&text);
        }

        #[test]
        fn a_text_whose_braces_are_doubled_fills_to_itself(text in "\\PC{0,40}") {
            let doubled = text.replace('{', "{{").replace('}', "}}");
            prop_assert_eq!(Template::new(&doubled).unwrap().fill(|_| unreachable!()), text);
        }
    }
}
