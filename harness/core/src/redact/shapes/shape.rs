//! What a row of the table of shapes is, and how it becomes a pattern. Pure; touches nothing.

use regex::bytes::{Regex, RegexBuilder};

/// A kind of secret of one vendor, or of one form in which programs write secrets.
#[derive(Debug)]
pub struct Shape {
    /// The placeholder's name, for example `stripe-key`.
    pub name: &'static str,
    /// Whose secret it is, or which form has it.
    pub vendor: &'static str,
    /// What the vendor calls it.
    pub what: &'static str,
    /// Lower case; one of them is in every text that the shape matches.
    pub keywords: &'static [&'static str],
    /// Where in a text the secret is.
    pub find: Find,
    /// Which characters beside a match make it something else.
    pub bounds: Bounds,
    /// A last look at a match. What is a filler or documented is refused before.
    pub confirm: fn(&[u8]) -> bool,
    /// A text that holds such a secret, between `«` and `»`, in the documented form (see [`super::Example`]).
    pub secret: &'static str,
    /// A text that looks a little like it, and holds none.
    pub harmless: &'static str,
    /// Where the form is documented.
    pub source: &'static str,
}

/// Where in a text a secret is.
#[derive(Clone, Copy, Debug)]
pub enum Find {
    /// The first group of a pattern that matched, or the whole match where it has no group.
    Pattern(&'static str),
    /// As [`Find::Pattern`], in each place that the first pattern finds: a header or an object may hold several.
    Within(&'static str, &'static str),
    /// Blocks of private keys.
    Blocks,
}

/// What beside a match makes it a part of something else. The bound after a match is part of the compiled pattern: an alternative that it
/// refuses gives way to the next one, instead of hiding it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounds {
    /// Nothing.
    Open,
    /// A letter or digit before it.
    Before,
    /// A letter or digit after it.
    After,
    /// A letter or digit on either side.
    Word,
    /// A letter or digit before it, a character of base64 after it.
    Base64,
    /// What follows a name in a program: a call, an index, a member.
    Code,
}

impl Bounds {
    /// What may follow a match, as a pattern.
    fn after(self) -> &'static str {
        match self {
            Self::Open | Self::Before => "",
            Self::After | Self::Word => r"(?:[^A-Za-z0-9]|\z)",
            Self::Base64 => r"(?:[^A-Za-z0-9+/=]|\z)",
            Self::Code => r"(?:[^A-Za-z0-9(\[]|\z)",
        }
    }

    /// Whether a match may stand behind `before`.
    pub(super) fn admit(self, before: &[u8]) -> bool {
        let word = matches!(self, Self::Before | Self::Word | Self::Base64);
        !word || !before.last().is_some_and(u8::is_ascii_alphanumeric) || ends_in_escape(before)
    }
}

/// Whether the letter or digit at the end is the end of an escape, such as `%3D` or `\n`: the text behind it starts anew.
fn ends_in_escape(before: &[u8]) -> bool {
    match before {
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'%', high, low] => high.is_ascii_hexdigit() && low.is_ascii_hexdigit(),
        _ => false,
    }
}

impl Shape {
    /// The patterns, each with its secret in a group.
    pub(super) fn compile(&self) -> Patterns {
        match self.find {
            Find::Pattern(pattern) => Patterns { region: None, secret: self.bounded(pattern) },
            Find::Within(region, pattern) => Patterns { region: Some(compile(region)), secret: self.bounded(pattern) },
            Find::Blocks => Patterns { region: None, secret: compile(super::blocks::BORDER) },
        }
    }

    fn bounded(&self, pattern: &str) -> Regex {
        let after = self.bounds.after();
        let grouped = compile(pattern).captures_len() > 1;
        compile(&if grouped { format!("(?:{pattern}){after}") } else { format!("({pattern}){after}") })
    }
}

/// A shape, compiled.
#[derive(Debug)]
pub(super) struct Patterns {
    pub(super) region: Option<Regex>,
    pub(super) secret: Regex,
}

pub(super) fn compile(pattern: &str) -> Regex {
    RegexBuilder::new(pattern).unicode(false).build().expect("the fixed patterns are tested")
}
