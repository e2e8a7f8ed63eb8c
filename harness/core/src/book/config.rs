//! book.toml: where the book's source is, the policy under `[preprocessor.dogfood]`, and how mdBook is told to run the gate. mdBook's own
//! keys are mdBook's to check; ours are refused when unknown.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::infra::target::TargetKind;
use crate::place::{PathProblem, RelPath, Span};

use super::html::Html;

/// The file.
pub const FILE: &str = "book.toml";

/// The gate's name in book.toml.
pub const GATE: &str = "dogfood";

/// The gate's program.
pub const COMMAND: &str = "mdbook-dogfood";

/// book.toml, read.
#[derive(Clone, Debug)]
pub struct BookToml {
    /// The text.
    pub text: String,
    /// The folder of the source without a trailing slash, `""` for the checkout's root.
    pub src: String,
    /// Our policy.
    pub policy: Policy,
    /// How the gate is wired; absent if it is not.
    pub wiring: Option<Wiring>,
    /// Every configured output; mdBook makes `html` if there is none.
    pub outputs: Vec<String>,
    /// The commands of those that name one.
    pub output_commands: BTreeMap<String, String>,
    /// Every other preprocessor, with the names that it wants to run before.
    pub others: BTreeMap<String, Vec<String>>,
    /// Whether mdBook runs its own preprocessors (`links` among them).
    pub default_preprocessors: bool,
    /// `[output.html]` as mdBook has it.
    pub html: Html,
    /// Where mdBook puts the book, as it is written, with the bytes where book.toml says so.
    pub build_dir: (String, Option<Range<usize>>),
    /// Whether the file itself says where pages listen for changes, as mdBook does while it serves; with the bytes of that key.
    pub live_reload: Option<Range<usize>>,
}

/// What the maintainer decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Chapters that are no guides, each with the bytes where book.toml lists it.
    pub plain: Vec<(RelPath, Range<usize>)>,
    /// After how many days evidence is called old.
    pub old_evidence: u32,
    /// For how many days evidence of a moved target or toolbox is still shown, by kind of target; 0 stops the build at once.
    pub shown: Shown,
}

/// Days for which a moved target or toolbox does not stop the build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shown {
    /// For recipes on `process` targets, and on none.
    pub process: u32,
    /// For recipes on `container` targets.
    pub container: u32,
    /// For recipes on `live` targets.
    pub live: u32,
}

impl Shown {
    /// The days for a recipe on a target of `kind`; a recipe that needs no service counts as `process`.
    pub fn days(self, kind: Option<TargetKind>) -> u32 {
        match kind {
            None | Some(TargetKind::Process) => self.process,
            Some(TargetKind::Container) => self.container,
            Some(TargetKind::Live) => self.live,
        }
    }
}

/// How mdBook is told to run the gate. Ranges are bytes of book.toml.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wiring {
    /// The whole table.
    pub table: Range<usize>,
    /// `command`, `mdbook-dogfood` if not said.
    pub command: Option<(String, Range<usize>)>,
    /// `before`.
    pub before: Option<(Vec<String>, Range<usize>)>,
    /// `after`.
    pub after: Option<(Vec<String>, Range<usize>)>,
    /// `renderers`.
    pub renderers: Option<(Vec<String>, Range<usize>)>,
    /// `optional`.
    pub optional: Option<(bool, Range<usize>)>,
}

/// Why book.toml cannot be used: nothing can be checked without it (exit code 2).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigProblem {
    /// No TOML, a key of ours that is not known, or a value of another type.
    #[error("book.toml cannot be used: {message}")]
    Toml {
        /// What is wrong.
        message: String,
        /// The bytes of the text where it is.
        range: Option<Range<usize>>,
    },
    /// A path in it leaves the checkout.
    #[error("book.toml cannot be used: `{key}`: {problem}")]
    Path {
        /// The key.
        key: &'static str,
        /// Why.
        problem: PathProblem,
        /// The bytes of the text where it is.
        range: Range<usize>,
    },
}

impl ConfigProblem {
    /// The bytes of book.toml where the problem is.
    pub fn range(&self) -> Option<Range<usize>> {
        match self {
            Self::Toml { range, .. } => range.clone(),
            Self::Path { range, .. } => Some(range.clone()),
        }
    }
}

impl BookToml {
    /// Reads book.toml.
    pub fn read(text: &str) -> Result<Self, ConfigProblem> {
        let raw: RawBookToml = toml::from_str(text).map_err(|error| ConfigProblem::Toml {
            message: error.message().lines().collect::<Vec<_>>().join("; "),
            range: error.span(),
        })?;
        let src = source(raw.book.src)?;
        let mut others = raw.preprocessor;
        let gate = others.dogfood.take();
        let table = gate.as_ref().map(Spanned::span);
        let gate = gate.map(Spanned::into_inner).unwrap_or_default();
        let policy = policy(&gate, &src)?;
        Ok(Self {
            text: text.to_owned(),
            src,
            policy,
            wiring: table.map(|table| wiring(gate, table)),
            html: Html::read(raw.output.get("html")),
            build_dir: match raw.build.build_dir {
                Some(dir) => (dir.get_ref().clone(), Some(dir.span())),
                None => ("book".to_owned(), None),
            },
            live_reload: live_reload(&raw.output, text),
            output_commands: commands(&raw.output),
            outputs: raw.output.into_keys().collect(),
            others: others.others.into_iter().map(|(name, table)| (name, before(&table))).collect(),
            default_preprocessors: raw.build.use_default_preprocessors.unwrap_or(true),
        })
    }

    /// The first place in the file where `words` stand; its first line if they are written in another way.
    ///
    /// # Panics
    /// Never: the file's name makes a path.
    pub fn span(&self, words: &str) -> Span {
        let range = self.text.find(words).map_or(0..0, |start| start..start + words.len());
        Span::new(RelPath::new(FILE).expect("a file name makes a path"), range)
    }

    /// The path of a chapter that SUMMARY.md or `plain` calls `relative`.
    pub fn chapter(&self, relative: &str) -> Result<RelPath, PathProblem> {
        in_source(&self.src, relative)
    }

    /// The path of SUMMARY.md.
    ///
    /// # Panics
    /// Never: the source folder was checked when it was read.
    pub fn summary(&self) -> RelPath {
        self.chapter("SUMMARY.md").expect("a folder of the checkout and a file name make a path")
    }

    /// The chapters that are listed as plain.
    pub fn plain(&self) -> BTreeSet<&RelPath> {
        self.policy.plain.iter().map(|(path, _)| path).collect()
    }
}

fn in_source(src: &str, relative: &str) -> Result<RelPath, PathProblem> {
    if src.is_empty() { RelPath::new(relative) } else { RelPath::new(src)?.join(relative) }
}

fn source(src: Option<Spanned<String>>) -> Result<String, ConfigProblem> {
    let Some(src) = src else { return Ok("src".to_owned()) };
    match RelPath::new(src.get_ref()) {
        Ok(path) => Ok(path.to_string()),
        Err(PathProblem::Empty) => Ok(String::new()),
        Err(problem) => Err(ConfigProblem::Path { key: "book.src", problem, range: src.span() }),
    }
}

fn policy(gate: &RawGate, src: &str) -> Result<Policy, ConfigProblem> {
    let plain = gate.plain.iter().map(|entry| {
        let path = in_source(src, entry.get_ref());
        path.map(|path| (path, entry.span())).map_err(|problem| ConfigProblem::Path {
            key: "plain",
            problem,
            range: entry.span(),
        })
    });
    Ok(Policy {
        plain: plain.collect::<Result<_, _>>()?,
        old_evidence: gate.old_evidence.unwrap_or(180),
        shown: gate.shown,
    })
}

fn wiring(gate: RawGate, table: Range<usize>) -> Wiring {
    fn spanned<T>(value: Spanned<T>) -> (T, Range<usize>) {
        let range = value.span();
        (value.into_inner(), range)
    }
    Wiring {
        table,
        command: gate.command.map(spanned),
        before: gate.before.map(spanned),
        after: gate.after.map(spanned),
        renderers: gate.renderers.map(spanned),
        optional: gate.optional.map(spanned),
    }
}

fn before(table: &toml::Value) -> Vec<String> {
    let names = table.get("before").and_then(toml::Value::as_array).into_iter().flatten();
    names.filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

fn commands(outputs: &BTreeMap<String, toml::Value>) -> BTreeMap<String, String> {
    let named =
        |(name, table): (&String, &toml::Value)| Some((name.clone(), table.get("command")?.as_str()?.to_owned()));
    outputs.iter().filter_map(named).collect()
}

/// What only a server sets, and what the gate therefore takes for one.
const LIVE_RELOAD: &str = "live-reload-endpoint";

fn live_reload(outputs: &BTreeMap<String, toml::Value>, text: &str) -> Option<Range<usize>> {
    outputs.get("html")?.get(LIVE_RELOAD)?;
    // A key that is written with escapes is not found by its name: the file is named then.
    Some(text.find(LIVE_RELOAD).map_or(0..0, |start| start..start + LIVE_RELOAD.len()))
}

#[derive(Deserialize)]
struct RawBookToml {
    #[serde(default)]
    book: RawBook,
    #[serde(default)]
    build: RawBuild,
    #[serde(default)]
    preprocessor: RawPreprocessors,
    #[serde(default)]
    output: BTreeMap<String, toml::Value>,
}

#[derive(Default, Deserialize)]
struct RawBook {
    src: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawBuild {
    build_dir: Option<Spanned<String>>,
    use_default_preprocessors: Option<bool>,
}

#[derive(Default)]
struct RawPreprocessors {
    dogfood: Option<Spanned<RawGate>>,
    others: BTreeMap<String, toml::Value>,
}

/// `#[serde(flatten)]` would lose the places of everything inside.
impl<'de> Deserialize<'de> for RawPreprocessors {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = RawPreprocessors;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a table of preprocessors")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut all = RawPreprocessors::default();
                while let Some(name) = map.next_key::<String>()? {
                    if name == GATE {
                        all.dogfood = Some(map.next_value()?);
                    } else {
                        all.others.insert(name, map.next_value()?);
                    }
                }
                Ok(all)
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct RawGate {
    command: Option<Spanned<String>>,
    before: Option<Spanned<Vec<String>>>,
    after: Option<Spanned<Vec<String>>>,
    renderers: Option<Spanned<Vec<String>>>,
    optional: Option<Spanned<bool>>,
    plain: Vec<Spanned<String>>,
    old_evidence: Option<u32>,
    shown: Shown,
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[book]\ntitle = \"x\"\nsrc = \"guides\"\n\n[preprocessor.dogfood]\ncommand = \"./target/debug/mdbook-dogfood\"\nbefore = [\"links\"]\nrenderers = [\"html\"]\nplain = [\"README.md\", \"manual/index.md\"]\nold-evidence = 90\nshown = { live = 14 }\n\n[preprocessor.admonish]\ncommand = \"x\"\nbefore = [\"dogfood\"]\n\n[output.html]\n[output.html.code.hidelines]\npython = \"~\"\n[output.linkcheck]\n";

    #[test]
    fn policy_and_wiring_are_read_with_their_places() {
        let book = BookToml::read(GOOD).unwrap();
        assert_eq!((book.src.as_str(), book.summary().as_str()), ("guides", "guides/SUMMARY.md"));
        let plain: Vec<&str> = book
            .policy
            .plain
            .iter()
            .map(|(path, range)| {
                assert!(path.as_str().ends_with(&GOOD[range.clone()].trim_matches('"')));
                path.as_str()
            })
            .collect();
        assert_eq!(plain, ["guides/README.md", "guides/manual/index.md"]);
        assert_eq!(book.policy.old_evidence, 90);
        assert_eq!(book.policy.shown.days(Some(TargetKind::Live)), 14);
        assert_eq!(book.policy.shown.days(Some(TargetKind::Container)), 0);
        assert_eq!(book.outputs, ["html", "linkcheck"]);
        assert_eq!(book.others["admonish"], ["dogfood"]);
        assert_eq!(book.html.style().hidelines.0["python"], "~");
        assert_eq!(book.live_reload, None);
        let wiring = book.wiring.unwrap();
        let (command, range) = wiring.command.unwrap();
        assert_eq!(
            (command.as_str(), &GOOD[range]),
            ("./target/debug/mdbook-dogfood", "\"./target/debug/mdbook-dogfood\"")
        );
        assert_eq!(wiring.before.unwrap().0, ["links"]);
        assert!(GOOD[wiring.table].starts_with("[preprocessor.dogfood]"));
    }

    #[test]
    fn defaults_are_those_of_mdbook_and_of_the_contract() {
        let book = BookToml::read("").unwrap();
        assert_eq!((book.src.as_str(), book.policy.old_evidence, book.policy.shown), ("src", 180, Shown::default()));
        assert!(book.wiring.is_none() && book.default_preprocessors);
        assert_eq!(BookToml::read("[book]\nsrc = \".\"\n").unwrap().summary().as_str(), "SUMMARY.md");
        assert_eq!(BookToml::read("[book]\nsrc = \"./a/\"\n").unwrap().summary().as_str(), "a/SUMMARY.md");
    }

    #[test]
    fn what_cannot_be_used_says_where() {
        for (text, part, place) in [
            ("[preprocessor.dogfood]\nplian = []\n", "plian", "plian"),
            ("[preprocessor.dogfood]\nold-evidence = -1\n", "", "-1"),
            ("[preprocessor.dogfood]\nshown = { cloud = 1 }\n", "cloud", "cloud"),
            ("[preprocessor.dogfood]\nbefore = \"links\"\n", "", "\"links\""),
            ("[preprocessor.dogfood]\nplain = [\"../x.md\", \"../../x.md\"]\n", "climbs out", "\"../../x.md\""),
            ("[book]\nsrc = \"/etc\"\n", "absolute", "\"/etc\""),
            ("[book]\nsrc = \"a\"\nsrc = \"b\"\n", "duplicate", "src"),
            ("[book\n", "", ""),
            ("\0", "", ""),
        ] {
            let problem = BookToml::read(text).unwrap_err();
            assert!(problem.to_string().contains(part), "{text}: {problem}");
            assert!(!problem.to_string().contains('\n'), "{text}: {problem}");
            assert!(
                place.is_empty() || problem.range().is_some_and(|range| &text[range] == place),
                "{text}: {problem:?}"
            );
        }
    }
}
