//! Reads Markdown that was written for something else: every `sh`, `bash`, `console` and `python` fence is a step, each section a recipe.
//! What only Python-Markdown's dialect (mkdocs: admonitions, tabs) sees as a fence is found too, and marked. Pure; touches nothing.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;

use crate::name::Id;
use crate::place::{LineIndex, RelPath, Span};

use super::console;
use super::fence::{self, Form};
use super::include::{self, Expanded, Includes};
use super::mkdocs;
use super::model::{Heading, Session};
use super::words::session;

/// A fence of a Markdown tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscoveredFence {
    /// Its opening line.
    pub span: Span,
    /// The number of that line in its file, from 1.
    pub line: usize,
    /// First word of the info string, `""` if there is none.
    pub language: String,
    /// The dialect that alone sees the fence, if CommonMark does not.
    pub dialect: Option<Dialect>,
    /// The heading above it, `""` if there is none.
    pub section: String,
    /// The recipe that it would be a step of, for the languages that run.
    pub recipe: Option<Id>,
    /// Its content, without the indentation and the prefixes of its containers.
    pub text: String,
    /// What it would run: [`DiscoveredFence::text`] without the prompts and the output that a terminal or a doctest shows.
    pub code: String,
    /// Files that `--8<--` lines bring in when the page is built; they are not in the text.
    pub snippets: Vec<String>,
}

/// A dialect of Markdown that sees fences where CommonMark sees none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Python-Markdown with mkdocs' usual extensions.
    Mkdocs,
}

/// Every fence of the file `text`, which stands at `path`, in order. Includes that work are followed; others stay as they are.
pub fn discover(path: &RelPath, text: &str, files: &dyn Includes) -> Vec<DiscoveredFence> {
    let (expanded, ..) = include::expand(path, text, 0, files);
    let scan = fence::scan(&expanded, 0);
    let mut found: Vec<Found> = Vec::new();
    for block in scan.blocks.iter().filter(|block| matches!(block.form, Form::Fenced { .. })) {
        let info = expanded.text[block.info.clone()].to_owned();
        found.push(Found { opener: block.opener.clone(), info, text: block.body.text.clone(), dialect: None });
    }
    for hidden in mkdocs::fences(&expanded.text) {
        // What CommonMark sees as a fence, or as the inside of one, is no other fence.
        let seen = |block: &fence::Block| {
            matches!(block.form, Form::Fenced { .. } | Form::Commented) && block.range.contains(&hidden.opener.start)
        };
        if !scan.blocks.iter().any(seen) {
            let dialect = Some(Dialect::Mkdocs);
            found.push(Found { opener: hidden.opener, info: hidden.info, text: hidden.text, dialect });
        }
    }
    found.sort_by_key(|fence| fence.opener.start);
    let mut namer = Namer { path, text, files, expanded: &expanded, lines: BTreeMap::new(), sections: BTreeMap::new() };
    found.into_iter().map(|fence| namer.name(fence, &scan.headings)).collect()
}

struct Found {
    opener: Range<usize>,
    info: String,
    text: String,
    dialect: Option<Dialect>,
}

/// Gives each fence its place, its section and the recipe that the section is.
struct Namer<'a> {
    path: &'a RelPath,
    text: &'a str,
    files: &'a dyn Includes,
    expanded: &'a Expanded,
    lines: BTreeMap<RelPath, LineIndex>,
    sections: BTreeMap<usize, Id>,
}

impl Namer<'_> {
    fn name(&mut self, fence: Found, headings: &[Heading]) -> DiscoveredFence {
        let span = self.expanded.span(fence.opener.clone());
        let above = headings.partition_point(|heading| heading.range.start <= fence.opener.start);
        let heading = above.checked_sub(1).and_then(|at| headings.get(at));
        let section = heading.map_or(String::new(), |heading| heading.text.trim().to_owned());
        let language = language(&fence.info);
        let recipe = session(&language).map(|_| self.section(above, &section));
        DiscoveredFence {
            line: self.line(&span),
            span,
            dialect: fence.dialect,
            section,
            recipe,
            code: code(&language, &fence.text),
            snippets: mkdocs::snippets(&fence.text),
            language,
            text: fence.text,
        }
    }

    fn line(&mut self, span: &Span) -> usize {
        let text = if span.file == *self.path { self.text } else { self.files.get(&span.file).unwrap_or("") };
        let index = self.lines.entry(span.file.clone()).or_insert_with(|| LineIndex::new(text));
        index.position(text, span.start).line
    }

    /// The recipe of the section under the heading number `above`, called after the heading, once in the file.
    fn section(&mut self, above: usize, title: &str) -> Id {
        let stem = self.path.file_name().rsplit_once('.').map_or(self.path.file_name(), |(stem, _)| stem);
        let name = [slug(title), slug(stem), "section".to_owned()].into_iter().find(|name| !name.is_empty());
        let name = name.unwrap_or_default();
        let taken: Vec<Id> = self.sections.values().cloned().collect();
        self.sections.entry(above).or_insert_with(|| free(&name, &taken)).clone()
    }
}

/// A heading as an id: lower-case letters, digits, and single hyphens for all else; short enough for a number behind it.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.chars().flat_map(char::to_lowercase) {
        if character.is_ascii_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() == Id::MAX - 8 {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// The language of an info string, in mdBook's, GitHub's or Python-Markdown's (`{ .python ... }`) way of writing it.
fn language(info: &str) -> String {
    let bare = info.strip_prefix('{').map_or(info, str::trim_start);
    let bare = bare.strip_prefix('.').unwrap_or(bare);
    bare.split([' ', '\t', ',', '{', '}', ':']).next().unwrap_or("").to_owned()
}

/// What a fence would run.
fn code(language: &str, text: &str) -> String {
    let starts = |prompt: &str| text.lines().any(|line| line.starts_with(prompt));
    match session(language) {
        Some(Session::Python) if starts(">>> ") => doctest(text),
        Some(Session::Bash | Session::Console) if starts("$ ") => {
            let (commands, _) = console::parse(text);
            commands.iter().map(|command| format!("{}\n", command.text)).collect()
        }
        _ => text.to_owned(),
    }
}

/// The statements of a doctest without what they print.
fn doctest(text: &str) -> String {
    let statement = |line: &str| {
        let code = line.strip_prefix(">>> ").or_else(|| line.strip_prefix("... "));
        code.map(str::to_owned).or_else(|| matches!(line, ">>>" | "...").then(String::new))
    };
    text.lines().filter_map(statement).map(|line| line + "\n").collect()
}

/// The fences that would run, as a guide of ours called `name` with a recipe for each section; its steps are those fences, in their order.
/// Prompts and the output under them make a `console` step. It names a toolbox because Python needs one; there is none, and who runs the
/// guide takes it out.
pub fn as_guide(name: &Id, fences: &[DiscoveredFence]) -> String {
    let mut text = format!("---\nguide: {name}\nkind: guide\ntargets: [none]\ntoolbox: host\n---\n");
    for (fence, recipe) in steps(fences) {
        let prompts = fence.code != fence.text && session(&fence.language) != Some(Session::Python);
        let language = if prompts { "console" } else { &fence.language };
        let body = if prompts { &fence.text } else { &fence.code };
        let longest = body.split(|c| c != '`').map(str::len).max().unwrap_or_default();
        let marks = "`".repeat(longest.max(2) + 1);
        text.push_str(&format!("\n{marks}{language} recipe={recipe}\n{body}{marks}\n"));
    }
    text
}

/// What a page is called as a guide: its path as an id that is none of `taken`.
pub fn guide_name(path: &RelPath, taken: &[Id]) -> Id {
    let stem = path.as_str().rsplit_once('.').map_or(path.as_str(), |(stem, _)| stem);
    let slug = Some(slug(stem)).filter(|slug| !slug.is_empty()).unwrap_or_else(|| "page".to_owned());
    free(&slug, taken)
}

/// `name`, or else `name-2` and so on, whatever of them is not taken.
fn free(name: &str, taken: &[Id]) -> Id {
    let mut names = std::iter::once(name.to_owned()).chain((2..).map(|number| format!("{name}-{number}")));
    let id = names.find_map(|name| Id::new(&name).ok().filter(|id| !taken.contains(id)));
    id.expect("numbers do not run out, and a slug is an id")
}

/// The fences that would run, each with its recipe.
pub fn steps(fences: &[DiscoveredFence]) -> impl Iterator<Item = (&DiscoveredFence, &Id)> {
    fences.iter().filter_map(|fence| Some((fence, fence.recipe.as_ref()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fences(text: &str) -> Vec<DiscoveredFence> {
        discover(&RelPath::new("docs/guide.md").unwrap(), text, &BTreeMap::<RelPath, String>::new())
    }

    #[test]
    fn every_section_is_a_recipe() {
        let found = fences(
            "```sh\na\n```\n# Set up!\n```python\nb\n```\n- x\n\n  ~~~bash\n  c\n  ~~~\n## Set-up\n```\nd\n```\n```console\n$ e\nf\n```\n",
        );
        let seen: Vec<(usize, &str, Option<&str>, &str)> =
            found.iter().map(|f| (f.line, &*f.language, f.recipe.as_ref().map(Id::as_str), &*f.code)).collect();
        assert_eq!(
            seen,
            [
                (1, "sh", Some("guide"), "a\n"),
                (5, "python", Some("set-up"), "b\n"),
                (10, "bash", Some("set-up"), "c\n"),
                (14, "", None, "d\n"),
                (17, "console", Some("set-up-2"), "e\n"),
            ]
        );
        assert_eq!(found[4].section, "Set-up");
        assert!(found.iter().all(|fence| fence.dialect.is_none()));
    }

    #[test]
    fn mkdocs_sees_more() {
        let text = "!!! note \"Title\"\n    ```sh\n    a\n      b\n    ```\n\n=== \"Tab\"\n\n    ```python\n    c\n    ```\n\n    ??? tip\n\n        ~~~ bash\n        --8<-- \"x.sh\"\n        ~~~\n\n```sh\nd\n```\n";
        let found = fences(text);
        let seen: Vec<(usize, &str, bool, &str)> =
            found.iter().map(|f| (f.line, &*f.language, f.dialect.is_some(), &*f.text)).collect();
        assert_eq!(
            seen,
            [
                (2, "sh", true, "a\n  b\n"),
                (9, "python", true, "c\n"),
                (15, "bash", true, "--8<-- \"x.sh\"\n"),
                (19, "sh", false, "d\n"),
            ]
        );
        assert_eq!(found[2].snippets, ["x.sh"]);
        assert_eq!(&text[found[0].span.range()], "```sh");
    }

    #[test]
    fn prompts_are_no_code() {
        for (language, text, expected) in [
            ("python", ">>> a\n1\n>>> if b:\n...     c\n...\n2\n", "a\nif b:\n    c\n\n"),
            ("python", "a\n", "a\n"),
            ("bash", "$ a\nout\n$ b\n", "a\nb\n"),
            ("sh", "echo $ x\n", "echo $ x\n"),
            ("text", "$ a\n", "$ a\n"),
        ] {
            assert_eq!(code(language, text), expected, "{text}");
        }
    }

    #[test]
    fn a_page_becomes_a_guide() {
        let found = fences(
            "# A\n~~~sh\necho '```'\n~~~\n```bash\n$ b\nout\n```\n# B\n```text\nx\n```\n```python\n>>> c\n1\n```\n",
        );
        let text = as_guide(&Id::new("docs").unwrap(), &found);
        let fences =
            "````sh recipe=a\necho '```'\n````\n\n```console recipe=a\n$ b\nout\n```\n\n```python recipe=b\nc\n```\n";
        assert_eq!(text, format!("---\nguide: docs\nkind: guide\ntargets: [none]\ntoolbox: host\n---\n\n{fences}"));
    }

    #[test]
    fn languages_in_many_ways() {
        for (info, expected) in [
            ("python", "python"),
            ("python,ignore", "python"),
            ("{.python .annotate}", "python"),
            ("{ .sh title=\"x\" }", "sh"),
            ("py title=\"x\"", "py"),
            ("python{1,2}", "python"),
            ("", ""),
        ] {
            assert_eq!(language(info), expected, "{info}");
        }
        assert_eq!(slug(&"Größe & Zahl ".repeat(20)).len(), Id::MAX - 8);
    }

    #[test]
    fn includes_keep_their_own_lines() {
        let path = RelPath::new("docs/guide.md").unwrap();
        let files = BTreeMap::from([(RelPath::new("docs/part.md").unwrap(), "x\n\n```sh\ny\n```\n".to_owned())]);
        let found = discover(&path, "\n{{#include part.md}}\n\n```sh\nz\n```\n", &files);
        let places: Vec<(&str, usize)> = found.iter().map(|fence| (fence.span.file.as_str(), fence.line)).collect();
        assert_eq!(places, [("docs/part.md", 3), ("docs/guide.md", 4)]);
    }
}
