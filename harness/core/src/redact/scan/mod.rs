//! The second scan: is there a secret in this text, whatever the redactor did? Pure; touches nothing.
//!
//! It goes the other way round than the redactor, and shares no code with it: the redactor encodes each secret and looks for the result;
//! the scan decodes the text ([`views`], then every base64 and hexadecimal run) and looks for the plain value. A mistake in one is no
//! mistake in the other. Its picture of what secrets look like ([`looks`]) is written a second time for the same reason.

mod looks;
mod views;

use aho_corasick::AhoCorasick;

use super::Known;
use views::View;

/// Secrets shorter than this are not looked for: they stand in digests and times by chance.
const SHORTEST: usize = 8;

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

/// The secrets in `text`: `known` ones in any common encoding, and what looks like one. Placeholders are no secrets, and values that are
/// known and not secret may look like one. With nothing known, only looks count.
pub fn leaks(text: &str, known: &[Known]) -> Vec<Leak> {
    let scan = Scan::new(known);
    let plain = View::plain(text.as_bytes());
    let masked = plain
        .masked(&views::placeholders(text, |name| known.is_empty() || known.iter().any(|known| known.name == name)));
    let any_placeholder = plain.masked(&views::placeholders(text, |_| true));
    let mut found = Vec::new();
    scan.look(&any_placeholder, "plain", looks::Breadth::Everything, &mut found);
    for (name, view) in views::all(&masked) {
        scan.values(&view, name, &mut found);
        if name != "plain" {
            scan.look(&view, name, looks::Breadth::Distinct, &mut found);
        }
        let least = if scan.values.is_some() { SHORTEST } else { looks::SHORTEST };
        for (inner, decoded) in [("base64", view.base64(least)), ("hexadecimal", view.hexadecimal(least))] {
            let name = if name == "plain" { inner.to_owned() } else { format!("{inner} in {name}") };
            for run in decoded {
                scan.values(&run, &name, &mut found);
                scan.look(&run, &name, looks::Breadth::Distinct, &mut found);
            }
        }
    }
    // The first reading of several at one place is the nearest to the text.
    found.sort_by(|a, b| (a.offset, &a.name).cmp(&(b.offset, &b.name)));
    found.dedup_by(|later, earlier| later.offset == earlier.offset && later.name == earlier.name);
    found.truncate(MOST);
    found
}

struct Scan<'a> {
    values: Option<AhoCorasick>,
    names: Vec<&'a str>,
    shown: Vec<&'a [u8]>,
}

impl<'a> Scan<'a> {
    fn new(known: &'a [Known]) -> Self {
        let mut names = Vec::new();
        let mut texts: Vec<Vec<u8>> = Vec::new();
        for secret in known.iter().filter(|known| known.secret) {
            let value = secret.value.trim_end_matches(['\r', '\n']);
            if value.len() < SHORTEST || value.trim().is_empty() {
                continue;
            }
            // A form writes a blank as `+`, which no decoding of a whole text can undo. A key file may be indented or have other line ends.
            let lines = value
                .lines()
                .map(str::trim)
                .filter(|line| value.contains('\n') && line.len() >= 20 && !line.starts_with("--"));
            for text in [value.to_owned(), value.replace(' ', "+")].into_iter().chain(lines.map(str::to_owned)) {
                if !texts.contains(&text.clone().into_bytes()) {
                    names.push(secret.name.as_str());
                    texts.push(text.into_bytes());
                }
            }
        }
        let values = if texts.is_empty() { None } else { AhoCorasick::new(&texts).ok() };
        let shown = known
            .iter()
            .filter(|known| !known.secret && !known.value.is_empty())
            .map(|known| known.value.as_bytes())
            .collect();
        Self { values, names, shown }
    }

    fn values(&self, view: &View, encoding: &str, found: &mut Vec<Leak>) {
        let Some(values) = &self.values else { return };
        for hit in values.find_iter(&view.bytes).take(MOST) {
            let name = self.names[hit.pattern().as_usize()].to_owned();
            found.push(Leak { offset: view.origin(hit.start()), name, encoding: encoding.to_owned() });
        }
    }

    fn look(&self, view: &View, encoding: &str, breadth: looks::Breadth, found: &mut Vec<Leak>) {
        for (name, range) in looks::find(&view.bytes, breadth) {
            let text = &view.bytes[range.clone()];
            let may_show = |shown: &&[u8]| {
                *shown == text || (text.len() > 5 && shown.windows(text.len()).any(|part| part == text))
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
