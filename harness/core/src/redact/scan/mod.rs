//! The second scan: is there a secret in this text, whatever the redactor did? Pure; touches nothing.
//!
//! It goes the other way round than the redactor, and shares no code with it: the redactor encodes each secret and looks for the result;
//! the scan decodes the text ([`views`], then every base64 and hexadecimal run) and looks for the plain value. A mistake in one is no
//! mistake in the other. Its picture of what secrets look like ([`looks`]) is written a second time for the same reason.

mod digits;
mod dumps;
mod looks;
mod numbers;
mod views;
mod wrapped;

use std::fmt;

use aho_corasick::AhoCorasick;

use super::Known;
use views::View;

/// Secrets shorter than this are not looked for: they stand in digests and times by chance.
const SHORTEST: usize = 8;

/// The reading in lower case.
const OTHER_CASE: &str = "plain, in other letters";

/// No more leaks than this are told of one text.
const MOST: usize = 100;

/// A secret that stands in a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leak {
    /// Where it starts: bytes into the text.
    pub offset: usize,
    /// The known secret's name, or what it looks like, for example `aws-access-key`.
    pub name: String,
    /// How it is written there, for example `plain`, `percent-encoded` or `base64 in escaped`.
    pub encoding: String,
}

/// Names the secret and says how it is written. It never shows it.
impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the secret `{}` ({})", self.name, self.encoding)
    }
}

/// The secrets in `text`, as [`Scan::leaks`] finds them. With nothing known, only looks count.
pub fn leaks(text: &str, known: &[Known]) -> Vec<Leak> {
    Scan::new(known).leaks(text)
}

/// What the scan looks for. Making one costs about as much as scanning some kilobytes; make one for each set of known values.
pub struct Scan {
    /// Every known value by its name, secret or not.
    known: Vec<String>,
    /// Values that may show.
    shown: Vec<Vec<u8>>,
    /// The secrets as they are.
    exact: Values,
    /// The same in lower case.
    any_case: Values,
    /// Those that are long enough to be looked for across line breaks, as they read without one.
    joined: Values,
}

impl Scan {
    /// For the values that are `known`.
    pub fn new(known: &[Known]) -> Self {
        let secrets: Vec<(&str, String)> = known
            .iter()
            .filter(|known| known.secret)
            .flat_map(|secret| forms(&secret.value).map(|form| (secret.name.as_str(), form)))
            .collect();
        let exact = || secrets.iter().map(|(name, form)| (*name, form.clone().into_bytes()));
        let joined = secrets.iter().map(|(name, form)| (*name, wrapped::needle(form)));
        let shown = known.iter().filter(|known| !known.secret && !known.value.is_empty());
        Self {
            known: known.iter().map(|known| known.name.clone()).collect(),
            shown: shown.map(|known| known.value.clone().into_bytes()).collect(),
            exact: Values::new(exact()),
            any_case: Values::new(exact().map(|(name, form)| (name, form.to_ascii_lowercase()))),
            joined: Values::new(joined.filter(|(_, form)| form.len() >= wrapped::SHORTEST)),
        }
    }

    /// The secrets in `text`: `known` ones in any common encoding, and what looks like one. Placeholders are no secrets, and values that
    /// are known and not secret may look like one.
    pub fn leaks(&self, text: &str) -> Vec<Leak> {
        if text.is_empty() {
            return Vec::new();
        }
        let plain = View::plain(text.as_bytes());
        let is_ours = |name: &str| self.known.is_empty() || self.known.iter().any(|known| known == name);
        let masked = plain.masked(&views::placeholders(text, is_ours));
        let any_placeholder = plain.masked(&views::placeholders(text, |_| true));
        let mut found = Vec::new();
        self.look(&any_placeholder, "plain", looks::Breadth::Everything, &mut found);
        for (name, view) in views::all(&masked) {
            self.exact.find(&view, name, &mut found);
            if name != "plain" {
                self.look(&view, name, looks::Breadth::Distinct, &mut found);
            }
            self.packed(&view, name, &mut found);
            if self.exact.any() && matches!(name, "plain" | "escaped") {
                self.dumps(&view, &mut found);
            }
        }
        if self.exact.any() {
            for (name, view) in views::rare(&masked) {
                let values = if name == OTHER_CASE { &self.any_case } else { &self.exact };
                values.find(&view, name, &mut found);
            }
        }
        // The first reading of several at one place is the nearest to the text.
        found.sort_by(|a, b| (a.offset, &a.name).cmp(&(b.offset, &b.name)));
        found.dedup_by(|later, earlier| later.offset == earlier.offset && later.name == earlier.name);
        found.truncate(MOST);
        found
    }

    /// The secrets in the dumps of a text that nothing was replaced in yet. A dump shows a secret twice, as digits and as characters in
    /// parts: to hide one of them does not hide the other.
    pub fn dumped(&self, text: &[u8]) -> Vec<Leak> {
        let mut found = Vec::new();
        if self.exact.any() {
            let plain = View::plain(text);
            let escaped = views::escaped(&plain);
            for view in escaped.iter().chain([&plain]) {
                for (name, dump) in dumps::with_more(view, SHORTEST) {
                    self.exact.find(&dump, name, &mut found);
                }
            }
        }
        found
    }

    /// Looks into what base64 and hexadecimal digits in `view` stand for.
    fn packed(&self, view: &View, name: &str, found: &mut Vec<Leak>) {
        let least = if self.exact.any() { SHORTEST } else { looks::SHORTEST };
        for (inner, decoded) in [("base64", view.base64(least)), ("hexadecimal", view.hexadecimal(least))] {
            let name = if name == "plain" { inner.to_owned() } else { format!("{inner} in {name}") };
            for run in decoded {
                self.exact.find(&run, &name, found);
                self.look(&run, &name, looks::Breadth::Distinct, found);
                if self.exact.any() && inner == "base64" {
                    for (again, twice) in views::nested(&run, SHORTEST) {
                        self.exact.find(&twice, &format!("{again} in {name}"), found);
                    }
                }
            }
        }
    }

    /// Looks for secrets in lists of numbers, in dumps, and across line breaks.
    fn dumps(&self, view: &View, found: &mut Vec<Leak>) {
        for (name, list) in numbers::lists(view, SHORTEST).into_iter().chain(dumps::dumps(view, SHORTEST)) {
            self.exact.find(&list, name, found);
        }
        for (name, reading) in wrapped::all(view, self.joined.longest) {
            self.joined.find(&reading, name, found);
        }
    }

    fn look(&self, view: &View, encoding: &str, breadth: looks::Breadth, found: &mut Vec<Leak>) {
        for (name, range) in looks::find(&view.bytes, breadth) {
            let text = &view.bytes[range.clone()];
            let may_show = |shown: &Vec<u8>| {
                shown == text || (text.len() > 5 && shown.windows(text.len()).any(|part| part == text))
            };
            if !self.shown.iter().any(may_show) && found.len() < 10 * MOST {
                found.push(Leak {
                    offset: view.origin(range.start),
                    name: name.to_owned(),
                    encoding: encoding.to_owned(),
                });
            }
        }
    }
}

/// The forms of a secret that no reading of a whole text can undo: a form writes a blank as `+`, and a key file may be indented or have
/// other line ends. None for a value that is too short.
fn forms(value: &str) -> impl Iterator<Item = String> {
    let value = value.trim_end_matches(['\r', '\n']);
    let is_short = value.len() < SHORTEST || value.trim().is_empty();
    let lines =
        value.lines().map(str::trim).filter(|line| value.contains('\n') && line.len() >= 20 && !line.starts_with("--"));
    let mut forms: Vec<String> = Vec::new();
    for form in [value.to_owned(), value.replace(' ', "+")].into_iter().chain(lines.map(str::to_owned)) {
        if !is_short && !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms.into_iter()
}

/// Texts to look for, and whose they are.
struct Values {
    automaton: Option<AhoCorasick>,
    names: Vec<String>,
    longest: usize,
}

impl Values {
    fn new<'a>(forms: impl Iterator<Item = (&'a str, Vec<u8>)>) -> Self {
        let (names, texts): (Vec<String>, Vec<Vec<u8>>) = forms.map(|(name, form)| (name.to_owned(), form)).unzip();
        let longest = texts.iter().map(Vec::len).max().unwrap_or_default();
        let automaton = if texts.is_empty() { None } else { AhoCorasick::new(&texts).ok() };
        Self { automaton, names, longest }
    }

    /// Whether there is anything to look for.
    fn any(&self) -> bool {
        self.automaton.is_some()
    }

    fn find(&self, view: &View, encoding: &str, found: &mut Vec<Leak>) {
        let Some(automaton) = &self.automaton else { return };
        for hit in automaton.find_iter(&view.bytes).take(MOST) {
            let name = self.names[hit.pattern().as_usize()].clone();
            found.push(Leak { offset: view.origin(hit.start()), name, encoding: encoding.to_owned() });
        }
    }
}
