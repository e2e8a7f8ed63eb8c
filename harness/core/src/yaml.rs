//! The one module around the YAML library: every trace, target file, toolbox file and front matter is read and written here, so that limits,
//! strictness and the form of what we write are decided once. Pure; touches nothing.
//!
//! Reading refuses what makes YAML a trap: anchors and aliases, merge keys, duplicate keys, several documents, deep nesting, `yes` for a
//! boolean. Unknown keys are refused by the types (`#[serde(deny_unknown_fields)]`). Writing quotes whatever a YAML 1.1 reader would take
//! for something else, and puts text of several lines into block scalars, so that a trace reads well in a diff.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy};
use serde_saphyr::{Location, Options};

/// A list that is written on one line: numbers that belong together read better beside each other.
pub use serde_saphyr::FlowSeq as OneLine;

/// A value together with the place where it stands in the file.
pub use serde_saphyr::Spanned;

/// What sort of file a text is: each has its own limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// A trace: large texts, shallow.
    Trace,
    /// `infra/targets/NAME.yaml`.
    Target,
    /// `infra/toolboxes/NAME/toolbox.yaml`.
    Toolbox,
    /// The front matter of a chapter. Its `plan:` entry is free-form, so it may nest a little.
    FrontMatter,
}

/// What a kind of file may cost to read.
struct Limits {
    bytes: usize,
    nodes: usize,
    depth: usize,
}

impl FileKind {
    /// The largest file of this kind, in bytes.
    pub fn max_bytes(self) -> usize {
        self.limits().bytes
    }

    fn limits(self) -> Limits {
        match self {
            Self::Trace => Limits { bytes: 4 << 20, nodes: 200_000, depth: 8 },
            Self::Target | Self::Toolbox => Limits { bytes: 256 << 10, nodes: 10_000, depth: 12 },
            Self::FrontMatter => Limits { bytes: 64 << 10, nodes: 5_000, depth: 16 },
        }
    }

    fn options(self) -> Options {
        let limits = self.limits();
        serde_saphyr::options! {
            budget: serde_saphyr::budget! {
                max_reader_input_bytes: Some(limits.bytes),
                max_events: 4 * limits.nodes,
                max_nodes: limits.nodes,
                max_depth: limits.depth,
                flow_nesting_limit: limits.depth,
                max_documents: 1,
                max_anchors: 0,
                max_aliases: 0,
                max_merge_keys: 0,
                max_total_scalar_bytes: limits.bytes,
            },
            duplicate_keys: DuplicateKeyPolicy::Error,
            merge_keys: MergeKeyPolicy::Error,
            strict_booleans: true,
            reject_unsupported_tags: true,
            emit_comments: false,
            with_snippet: false,
        }
    }
}

/// A text that is written as a block scalar where every reader brings it back unchanged, and escaped between double quotes where not.
///
/// The library's own choice is right for itself but not for the second reader: libyaml takes a tab at the start of a block's line for
/// indentation. Texts from outside, which may hold anything, are written through this type.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(transparent)]
pub struct Text(pub String);

impl Serialize for Text {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if blocks_well(&self.0) {
            serde_saphyr::LitStr(&self.0).serialize(serializer)
        } else if self.0.contains(|c: char| c == '\n' || !plain_character(c)) {
            serde_saphyr::DoubleQuoted(&self.0).serialize(serializer)
        } else {
            self.0.serialize(serializer)
        }
    }
}

/// Whether a block scalar holds `text` for every reader: several lines (or one with its line break), characters that need no escape, and no
/// line that starts with a tab.
fn blocks_well(text: &str) -> bool {
    text.contains('\n')
        && text.chars().all(|c| c == '\n' || plain_character(c))
        && text.lines().all(|line| !line.trim_start_matches(' ').starts_with('\t'))
        && text.lines().any(|line| !line.trim_matches(' ').is_empty())
}

/// Whether YAML 1.1 and 1.2 both let a character stand unescaped, and a person can see it.
fn plain_character(c: char) -> bool {
    !matches!(c, '\u{0}'..='\u{8}' | '\u{a}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Why a text could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct YamlProblem {
    /// What is wrong: a lower-case fragment, control characters shown.
    pub message: String,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
}

/// A value that YAML cannot hold. Our own types never make one; the error is here so that nothing panics.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot be written as YAML: {0}")]
pub struct WriteProblem(String);

/// Reads one document of `kind`. A byte order mark before it is skipped.
pub fn read<T: DeserializeOwned>(kind: FileKind, text: &str) -> Result<T, YamlProblem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let limit = kind.limits().bytes;
    if text.len() > limit {
        let message = format!("holds {} bytes; a file of this kind may hold {limit}", text.len());
        return Err(YamlProblem { message, line: None, column: None });
    }
    serde_saphyr::from_str_with_options(text, kind.options()).map_err(|error| problem(&error))
}

/// Writes `value` in block style; the order of keys is the order of the value's fields.
pub fn write<T: Serialize>(value: &T) -> Result<String, WriteProblem> {
    let options = serde_saphyr::ser_options! {
        // Long lines stay whole: a folded scalar is hard to compare by eye and no grep finds its text.
        folded_wrap_chars: usize::MAX,
    };
    serde_saphyr::to_string_with_options(value, options).map_err(|error| WriteProblem(error.to_string()))
}

fn problem(error: &serde_saphyr::Error) -> YamlProblem {
    let place = error.location().filter(|location| *location != Location::UNKNOWN);
    let message = own_words(error.without_snippet());
    YamlProblem {
        message: message.chars().take(300).flat_map(visible).collect(),
        line: place.and_then(|location| usize::try_from(location.line()).ok()),
        column: place.and_then(|location| usize::try_from(location.column()).ok()),
    }
}

/// The message: ours where the library speaks of its own options, else its first line without the place.
fn own_words(error: &serde_saphyr::Error) -> String {
    use serde_saphyr::Error;
    use serde_saphyr::budget::BudgetBreach;
    match error {
        Error::DuplicateMappingKey { key: Some(key), .. } => format!("the key `{key}` stands here a second time"),
        Error::DuplicateMappingKey { .. } => "a key stands here a second time".to_owned(),
        Error::MergeKeyNotAllowed { .. } => "merge keys (`<<`) are not allowed here".to_owned(),
        Error::Eof { .. } => "the text ends before it says anything".to_owned(),
        Error::UnknownAnchor { .. } => "anchors and aliases (`&`, `*`) are not allowed here".to_owned(),
        Error::SerdeMissingField { field, .. } => format!("the key `{field}` is missing"),
        Error::SerdeUnknownField { field, expected, .. } => {
            format!("unknown key `{field}`; known here: {}", expected.join(", "))
        }
        Error::Budget { breach, .. } => match breach {
            BudgetBreach::Anchors { .. } | BudgetBreach::Aliases { .. } => {
                "anchors and aliases (`&`, `*`) are not allowed here"
            }
            BudgetBreach::Documents { .. } => "a second document starts here (`---`); one is allowed",
            BudgetBreach::Depth { .. } => "nested too deeply",
            _ => "too large: more values than a file of this kind may hold",
        }
        .to_owned(),
        other => {
            let whole = other.to_string();
            let first = whole.lines().next().unwrap_or_default();
            first.rsplit_once(" at line ").map_or(first, |(message, _)| message).to_owned()
        }
    }
}

/// A character as a message may hold it: the texts come out of files that somebody else may have written.
fn visible(character: char) -> impl Iterator<Item = char> {
    let escape = character.is_control();
    let shown = escape.then(|| character.escape_default()).into_iter().flatten();
    shown.chain((!escape).then_some(character))
}

#[cfg(test)]
mod tests;
