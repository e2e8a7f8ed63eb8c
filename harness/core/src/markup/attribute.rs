//! Reads the info string of a fence: the language, then words. A word that cannot be read is a finding at its own column, and the other
//! words still count. Pure; touches nothing.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::budget::{self, INFO_BYTES};
use crate::finding::Finding;
use crate::name::Id;
use crate::place::RelPath;

use super::include::Expanded;
use super::model::{GivenKind, StepOptions, Stream};
use super::spelling;
use super::value;
use super::words::{self, Role, Wants, Word};

/// The rule for words that cannot be read.
pub(super) const UNKNOWN: &str = "unknown-attribute";
/// The rule for fences that nothing says the meaning of.
pub(super) const UNCLASSIFIED: &str = "unclassified-fence";

/// What no info string may hold: mdBook splits words at commas, other tools read braces and quotes, CommonMark replaces the rest.
const PUNCTUATION: [char; 7] = ['{', '}', '"', '\'', ',', '\\', '&'];

/// What an info string says.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    /// The first word, `""` if there is none.
    pub(super) language: String,
    /// What the words make of the fence.
    pub(super) role: Role,
    /// Whether a finding says already why the role is not known.
    pub(super) blamed: bool,
    /// `recipe=`.
    pub(super) recipe: Option<Id>,
    /// `expect`, `expect=stderr`, `expect=error`.
    pub(super) stream: Option<Stream>,
    /// `given=`.
    pub(super) given: Option<GivenKind>,
    /// `file=`.
    pub(super) file: Option<RelPath>,
    /// `mode=x`.
    pub(super) executable: bool,
    /// The words of a step.
    pub(super) options: StepOptions,
    /// `bench=`, taken apart.
    pub(super) bench: Option<(Id, Option<Id>)>,
    /// `target=`.
    pub(super) targets: Vec<Id>,
    /// `toolbox=`.
    pub(super) toolboxes: Vec<Id>,
    /// `fresh`.
    pub(super) fresh: bool,
    /// `skip=`.
    pub(super) skip: Option<String>,
    /// `until=`.
    pub(super) until: Option<String>,
    /// `illustrative=`.
    pub(super) illustrative: Option<String>,
    /// `hidelines=`.
    pub(super) hidelines: Option<String>,
    /// Where the words stand in the chapter's text.
    places: BTreeMap<&'static str, Range<usize>>,
    /// The whole info string.
    info: Range<usize>,
}

impl Attributes {
    /// Where the word `name` stands, or the info string if it is not there.
    pub(super) fn place(&self, name: &str) -> Range<usize> {
        self.places.get(name).unwrap_or(&self.info).clone()
    }

    /// Whether the word `name` stands there, readable or not.
    pub(super) fn has(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }
}

/// Reads the info string at `info` of the chapter's text.
pub(super) fn read(expanded: &Expanded, info: Range<usize>, findings: &mut Vec<Finding>) -> Attributes {
    let attributes = Attributes { info: info.clone(), ..Attributes::default() };
    let mut reader = Reader { expanded, attributes, findings };
    if info.len() > INFO_BYTES {
        let title = format!("the words on this fence are {} bytes; {INFO_BYTES} is the most", info.len());
        let span = expanded.span(info.start..info.start + 1);
        reader.findings.push(Finding::error(budget::RULE, span, title, "Write fewer words."));
        reader.attributes.blamed = true;
        return reader.attributes;
    }
    let before = reader.findings.len();
    let mut words = split(&expanded.text[info.clone()], info.start);
    if let Some(first) = words.first().cloned()
        && reader.language(first)
    {
        words.remove(0);
    }
    for word in words {
        reader.word(word);
        // Whoever mends these sees the others then.
        if reader.findings.len() - before >= 20 {
            break;
        }
    }
    reader.decide();
    if reader.attributes.role != Role::Nothing {
        reader.company();
    }
    reader.attributes
}

/// The words of an info string, with their places. mdBook splits at blanks and tabs too (and at commas, which are refused).
fn split(info: &str, start: usize) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut at = start;
    for part in info.split([' ', '\t']) {
        if !part.is_empty() {
            words.push(at..at + part.len());
        }
        at += part.len() + 1;
    }
    words
}

struct Reader<'a> {
    expanded: &'a Expanded,
    attributes: Attributes,
    findings: &'a mut Vec<Finding>,
}

impl<'a> Reader<'a> {
    fn report(&mut self, range: Range<usize>, title: impl Into<String>, help: impl Into<String>) {
        self.findings.push(Finding::error(UNKNOWN, self.expanded.span(range), title, help));
    }

    /// Takes the first word as the language, unless it is plainly none.
    fn language(&mut self, place: Range<usize>) -> bool {
        let text = &self.expanded.text[place.clone()];
        let plain = text.find(PUNCTUATION).unwrap_or(text.len());
        let gives = words::find(text).is_some_and(|word| word.gives.is_some());
        if plain == text.len() && (text.contains('=') || gives) {
            let help = format!("Put the language first: `sh {text}`, `python {text}`, `text {text}`.");
            let title = format!("the fence has no language: its first word is `{text}`");
            self.findings.push(Finding::error(UNCLASSIFIED, self.expanded.span(place), title, help));
            self.attributes.blamed = true;
            return false;
        }
        self.attributes.language = text[..plain].to_owned();
        if plain < text.len() {
            self.punctuation(place.start + plain..place.end);
        }
        true
    }

    fn punctuation(&mut self, place: Range<usize>) {
        let found = self.expanded.text[place.clone()].chars().next().unwrap_or(' ');
        self.attributes.blamed = true;
        let help = "Write the language, then flags and `key=value` with blanks between them; `+` joins a list.";
        let title = format!("`{found}` cannot stand on a fence: no braces, quotes, commas, backslashes or entities");
        self.report(place, title, help);
    }

    fn word(&mut self, place: Range<usize>) {
        let text = &self.expanded.text[place.clone()];
        if let Some(at) = text.find(PUNCTUATION) {
            self.punctuation(place.start + at..place.end);
            return;
        }
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        let Some(word) = words::find(name) else {
            self.unknown(place, name);
            return;
        };
        if self.attributes.has(word.name) {
            let title = format!("`{name}` stands on the fence twice");
            self.report(place, title, "Keep one of them; `+` joins a list.");
            return;
        }
        self.attributes.places.insert(word.name, place.clone());
        let value = match (word.wants, value) {
            (Wants::Nothing, Some(_)) => {
                self.report(place, format!("`{name}` takes no value"), format!("Write `{name}` alone."));
                return;
            }
            (Wants::Value(form), None | Some("")) | (Wants::Perhaps(form), Some("")) => {
                self.report(place, format!("`{name}` needs a value"), format!("Write for example `{form}`."));
                return;
            }
            (_, value) => value.unwrap_or(""),
        };
        if word.pins {
            self.attributes.options.pinned.insert(name.to_owned(), value.to_owned());
        }
        if let Err(problem) = self.set(word.name, value) {
            let place = place.end - value.len()..place.end;
            let help = match word.wants {
                Wants::Value(form) | Wants::Perhaps(form) => format!("Write for example `{form}`."),
                Wants::Nothing => format!("Write `{name}` alone."),
            };
            self.report(place, format!("`{name}` cannot be read: {problem}"), help);
        }
    }

    fn unknown(&mut self, place: Range<usize>, name: &str) {
        let meant = spelling::nearest(name, words::names());
        let gives = |meant: &str| meant == "recipe" || words::find(meant).is_some_and(|word| word.gives.is_some());
        self.attributes.blamed |= meant.is_some_and(gives);
        let title = format!("`{name}` is no word of the markup{}", spelling::did_you_mean(name, words::names()));
        let help = meant.map_or_else(
            || format!("Take it out. The words are {}.", words::names().collect::<Vec<_>>().join(", ")),
            |meant| format!("Write `{meant}`."),
        );
        let place = place.start..place.start + name.len();
        self.report(place, title, help);
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let out = &mut self.attributes;
        match name {
            "recipe" => out.recipe = Some(value::id(value)?),
            "expect" => out.stream = Some(stream(value)?),
            "given" => out.given = Some(given(value)?),
            "file" => out.file = Some(RelPath::new(value).map_err(|problem| problem.to_string())?),
            "mode" if value == "x" => out.executable = true,
            "mode" => return Err(format!("`{value}` is no mode: the only one is `x`")),
            "exit" => out.options.exit = Some(value::number(value, 0, 255)?.cast_signed()),
            "raises" => out.options.raises = Some(value::class(value)?),
            "took" => out.options.took = Some(value::span(value)?),
            "fault" => out.options.fault = Some(value::fault(value)?),
            "timeout" => out.options.timeout = Some(value::limit(value)?),
            "target" => out.targets = value::ids(value)?,
            "toolbox" => out.toolboxes = value::ids(value)?,
            "fresh" => out.fresh = true,
            "secret" => out.options.secrets = value::captures(value)?,
            "bench" => {
                out.bench = Some(value::bench(value)?);
                out.options.bench = Some(value.to_owned());
            }
            "rounds" => out.options.rounds = Some(value::number(value, 1, 1_000)?),
            "min-effect" => out.options.min_effect = Some(value::ratio(value)?),
            "skip" => out.skip = Some(value.to_owned()),
            "until" => out.until = Some(value::date(value)?),
            "illustrative" => out.illustrative = Some(value.to_owned()),
            "hidelines" => out.hidelines = Some(value.to_owned()),
            _ => {}
        }
        Ok(())
    }

    /// What the words together make of the fence.
    fn decide(&mut self) {
        let place = |word: &Word| self.attributes.places.get(word.name).map(|place| place.start);
        let mut giving: Vec<&'static Word> =
            words::WORDS.iter().filter(|word| word.gives.is_some() && place(word).is_some()).collect();
        giving.sort_by_key(|word| place(word));
        match giving[..] {
            [] => {
                let has = |name| self.attributes.has(name);
                self.attributes.role = match (has("recipe"), has("skip")) {
                    (true, _) => Role::Step,
                    (false, true) => Role::Skip,
                    (false, false) => Role::Nothing,
                };
            }
            [word] => self.attributes.role = word.gives.unwrap_or_default(),
            [first, second, ..] => {
                self.attributes.blamed = true;
                let title = format!("`{}` and `{}` do not go together", first.name, second.name);
                self.report(self.attributes.place(second.name), title, "Keep one of them, or make it two fences.");
            }
        }
    }

    /// Words that do not go with the fence's role, or not with each other.
    fn company(&mut self) {
        let role = self.attributes.role;
        let strangers: Vec<(&str, Range<usize>)> = self
            .attributes
            .places
            .iter()
            .filter(|(name, _)| words::find(name).is_some_and(|word| !word.on.contains(&role)))
            .map(|(name, place)| (*name, place.clone()))
            .collect();
        for (name, place) in strangers {
            let title = format!("`{name}` does not go with {}", called(role));
            self.report(place, title, format!("Take `{name}` out."));
        }
        if self.attributes.has("exit") && self.attributes.has("raises") {
            let title = "`exit` and `raises` do not go together: an uncaught exception is exit 1";
            self.report(self.attributes.place("raises"), title, "Keep `raises`, which says more.");
        }
        let bare_group = matches!(self.attributes.bench, Some((_, None)) | None);
        for (name, needs, missing) in [
            ("until", "skip=REASON", !self.attributes.has("skip")),
            ("rounds", "bench=GROUP/VARIANT", bare_group),
            ("min-effect", "bench=GROUP/VARIANT", bare_group),
        ] {
            let known = words::find(name).is_some_and(|word| word.on.contains(&role));
            if known && missing && self.attributes.has(name) {
                let title = format!("`{name}` says nothing without `{needs}`");
                self.report(self.attributes.place(name), title, format!("Add `{needs}`, or take `{name}` out."));
            }
        }
    }
}

fn called(role: Role) -> &'static str {
    match role {
        Role::Step => "a step of a recipe",
        Role::Setup => "`setup`",
        Role::Teardown => "`teardown`",
        Role::Expect => "`expect`",
        Role::Given => "`given`",
        Role::File => "`file`",
        Role::Illustrative => "`illustrative`",
        Role::Skip => "`skip` outside a recipe",
        Role::Nothing => "this fence",
    }
}

fn stream(value: &str) -> Result<Stream, String> {
    match value {
        "" => Ok(Stream::Stdout),
        "stderr" => Ok(Stream::Stderr),
        "error" => Ok(Stream::Error),
        "stdout" => Err("`expect` alone is standard output".to_owned()),
        _ => {
            let meant = spelling::did_you_mean(value, ["stderr", "error"]);
            Err(format!(
                "`{value}` is no stream: `expect` alone is standard output, others are `stderr` and `error`{meant}"
            ))
        }
    }
}

fn given(value: &str) -> Result<GivenKind, String> {
    match value {
        "toolbox" => Ok(GivenKind::Toolbox),
        "service" => Ok(GivenKind::Service),
        "env" => Ok(GivenKind::Env),
        _ => {
            let meant = spelling::did_you_mean(value, ["toolbox", "service", "env"]);
            Err(format!("`{value}` is none of `toolbox`, `service` and `env`{meant}"))
        }
    }
}
