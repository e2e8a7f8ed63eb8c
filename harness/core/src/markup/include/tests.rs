//! Includes as mdBook expands them, and what it passes over in silence.

use super::*;

fn path(text: &str) -> RelPath {
    RelPath::new(text).unwrap()
}

/// A look-up in which some files cannot be had.
struct Disk(BTreeMap<RelPath, Result<String, IncludeProblem>>);

impl Disk {
    fn of(files: &[(&str, &str)]) -> Self {
        let problem = |text: &str| match text {
            "symlink!" => Err(IncludeProblem::Symlink),
            "large!" => Err(IncludeProblem::TooLarge),
            "bytes!" => Err(IncludeProblem::NotUtf8),
            "locked!" => Err(IncludeProblem::Unreadable("permission denied".to_owned())),
            text => Ok(text.to_owned()),
        };
        Self(files.iter().map(|(name, text)| (path(name), problem(text))).collect())
    }
}

impl Includes for Disk {
    fn get(&self, path: &RelPath) -> Result<&str, IncludeProblem> {
        match self.0.get(path) {
            Some(Ok(text)) => Ok(text),
            Some(Err(problem)) => Err(problem.clone()),
            None => Err(IncludeProblem::Missing),
        }
    }
}

/// Expands `text` at `guides/g.md` and sees that every byte stands where its segment says; returns text and titles.
fn expanded(text: &str, files: &[(&str, &str)]) -> (String, Vec<String>) {
    let disk = Disk::of(files);
    let (out, findings) = expand(&path("guides/g.md"), text, 0, &disk);
    for (at, byte) in out.text.bytes().enumerate() {
        let span = out.span(at..at + 1);
        let source = if span.file == path("guides/g.md") { text } else { disk.get(&span.file).unwrap() };
        assert_eq!(source.as_bytes()[span.start], byte, "{at} of {:?}", out.text);
    }
    assert!(findings.iter().all(|finding| finding.rule == RULE));
    (out.text, findings.into_iter().map(|finding| finding.title).collect())
}

fn check(text: &str, files: &[(&str, &str)], expected: &str) {
    assert_eq!(expanded(text, files), (expected.to_owned(), Vec::new()), "{text:?}");
}

fn broken(text: &str, files: &[(&str, &str)], expected: &str, titles: &[&str]) {
    let (out, found) = expanded(text, files);
    assert_eq!((out.as_str(), found), (expected, titles.iter().map(|title| (*title).to_owned()).collect()), "{text:?}");
}

#[test]
fn includes_are_put_in_place() {
    let files = [("guides/a.md", "1\n2\r\n3\n"), ("b.md", "[{{#include guides/c.md}}]"), ("guides/c.md", "c\n")];
    check("x {{#include a.md}} y", &files, "x 1\n2\n3 y");
    check("{{#include a.md:2}}{{#include ../guides/a.md:1:2}}", &files, "21\n2");
    check(
        "{{#include ../b.md}}\n",
        &files,
        "[{{#include guides/c.md}}]\n".replace("{{#include guides/c.md}}", "c").as_str(),
    );
    check("\\{{#include a.md}} {{#include a.md:1}}", &files, "{{#include a.md}} {{#include a.md:1}}");
    check("\\{{#include a.md}}\n{{#include a.md:1}}", &files, "{{#include a.md}}\n1");
    check("{{#title x}} {{#evidence y}}", &files, " {{#evidence y}}");
    check("", &files, "");
    let (out, _) = expand(&path("guides/g.md"), "a \\{{#x}}\n\\{{#include y}}{{#title T}}", 0, &Disk::of(&files));
    assert_eq!((out.text.as_str(), out.title.as_deref()), ("a {{#x}}\n{{#include y}}{{#title T}}", None));
    assert_eq!(out.literals, [2..8, 9..35]);
}

#[test]
fn code_of_rust_is_brought_as_mdbook_brings_it() {
    let files = [("guides/a.rs", "fn a() {}\n// ANCHOR: b\nb\n// ANCHOR_END: b\nc"), ("guides/e.rs", "")];
    let disk = Disk::of(&files);
    for (text, expected) in [
        ("{{#playground e.rs}}", "```rust\n\n```\n"),
        ("{{#playground a.rs x y}}!", &format!("```rust,x,y\n{}\n```\n!", files[0].1)),
        ("{{#rustdoc_include a.rs:b}}", "# fn a() {}\nb\n# c"),
        ("{{#rustdoc_include a.rs:3}}", "# fn a() {}\n# // ANCHOR: b\nb\n# // ANCHOR_END: b\n# c"),
        ("{{#rustdoc_include e.rs}}", ""),
    ] {
        let (out, findings) = expand(&path("guides/g.md"), text, 0, &disk);
        assert_eq!((out.text.as_str(), findings.len(), out.rust.len()), (expected, 0, 1), "{text}");
    }
}

#[test]
fn text_from_two_places_makes_no_helper() {
    let title = "text from two places meets here and makes a helper of mdBook's";
    for (text, files, expected) in [
        ("{{#include p}}ude /etc/passwd}}", &[("guides/p", "{{#incl\n")][..], "{{#include /etc/passwd}}"),
        ("{{#include p}}ude x}}", &[("guides/p", "{{#incl")], "{{#include x}}"),
        ("{{#include p}}}}", &[("guides/p", "{{#include x")], "{{#include x}}"),
        ("{{#include p}}{{#include p}}#title x}}", &[("guides/p", "{")], "{{#title x}}"),
        ("{{{#title T}}{#include x}}", &[], "{{#include x}}"),
        ("```sh\n{{#include p}}\n x}}\n```", &[("guides/p", "{{#title")], "```sh\n{{#title\n x}}\n```"),
        ("\\{{#include p}}", &[], "{{#include p}}"),
        ("\\{{#include p}} }}{{#title x}}", &[], "{{#include p}} }}{{#title x}}"),
        ("{{#include p}}{#include x}}", &[("guides/p", "\\{")], "\\{{#include x}}"),
        ("{{#include p}} x}}", &[("guides/p", "{{#evidence")], "{{#evidence x}}"),
    ] {
        let titles: &[&str] = if text.starts_with('\\') { &[] } else { &[title] };
        broken(text, files, expected, titles);
    }
}

#[test]
fn nothing_hidden_is_included() {
    let files = [("guides/.env", "secret"), (".git/config", "token"), ("guides/a", "x")];
    for (name, shown) in [
        (".env", "guides/.env"),
        ("./.env", "guides/.env"),
        ("../.git/config", ".git/config"),
        ("x/../../.git/config:1", ".git/config"),
    ] {
        for helper in ["include", "playground", "rustdoc_include"] {
            let text = format!("{{{{#{helper} {name}}}}}");
            let path_shown = if helper == "playground" {
                format!("{shown}{}", name.strip_prefix("x/../../.git/config").unwrap_or(""))
            } else {
                shown.to_owned()
            };
            broken(
                &text,
                &files,
                &text,
                &[&format!("cannot include `{path_shown}`: a part of its path starts with a dot")],
            );
            assert_eq!(references(&path("guides/g.md"), &text), []);
        }
    }
}

#[test]
fn what_stands_first_is_left_as_it_is() {
    let (out, findings) = expand(&path("g.md"), "{{#include x}}{{#include x}}", 14, &Disk::of(&[("x", "1")]));
    assert_eq!((out.text.as_str(), findings.len()), ("{{#include x}}1", 0));
}

#[test]
fn files_that_cannot_be_included() {
    let files = [("guides/s", "symlink!"), ("guides/l", "large!"), ("guides/b", "bytes!"), ("guides/u", "locked!")];
    for (name, title) in [
        ("x", "cannot include `guides/x`: there is no such file"),
        ("s", "cannot include `guides/s`: it is reached through a symbolic link"),
        ("l", "cannot include `guides/l`: the file is too large"),
        ("b", "cannot include `guides/b`: the file is not UTF-8 text"),
        ("u", "cannot include `guides/u`: the file cannot be read: permission denied"),
        ("../../x", "the include cannot work: `../../x` climbs out of the book's checkout"),
        (
            "/etc/passwd",
            "the include cannot work: `/etc/passwd` is an absolute path; only paths inside the book's checkout are allowed",
        ),
        ("a\\b", "the include cannot work: `a\\\\b` holds a character that no path here may hold"),
        ("..", "the include cannot work: the path is empty"),
    ] {
        for helper in ["include", "playground", "rustdoc_include"] {
            let text = format!("{{{{#{helper} {name}}}}}\n");
            broken(&text, &files, &text, &[title]);
        }
    }
    broken("{{#inclde a}}", &[], "{{#inclde a}}", &["`{{#inclde}}` is no helper; did you mean `{{#include}}`?"]);
    // A file that another helper brings has includes of its own.
    broken(
        "{{#rustdoc_include a.rs}}",
        &[("guides/a.rs", "{{#include b}}")],
        "{{#include b}}",
        &["cannot include `guides/b`: there is no such file"],
    );
}

#[test]
fn parts_that_a_file_does_not_have() {
    let files = [("guides/a", "1\n2\n")];
    broken("[{{#include a:9}}]", &files, "[]", &["`guides/a` has 2 lines; the include asks for line 9"]);
    broken("[{{#include a:2:9}}]", &files, "[2]", &["`guides/a` has 2 lines; the include asks for lines up to 9"]);
    broken("[{{#include a:x}}]", &files, "[]", &["`guides/a` has no anchor `x`"]);
    broken(
        "[{{#include a:}}]",
        &files,
        "[1\n2]",
        &["the include does not say which part it means: no line and no anchor is named"],
    );
}

#[test]
fn circles_end() {
    broken("{{#include g.md}}", &[("guides/g.md", "")], "", &["`guides/g.md` includes itself"]);
    let files = [("guides/a", "a{{#include b}}"), ("guides/b", "b{{#include a}}")];
    broken("{{#include a}}", &files, "ab", &["`guides/a` includes itself"]);
    // A file may include another part of itself.
    check("{{#include c:1}}", &[("guides/c", "{{#include c:2}}\n2\n")], "2");
}

#[test]
fn a_finding_inside_an_include_tells_the_way_there() {
    let disk = Disk::of(&[("guides/a", "x\n{{#include b}}"), ("guides/b", "{{#include c}}")]);
    let (_, findings) = expand(&path("guides/g.md"), "1\n{{#include a}}", 0, &disk);
    let span = |name: &str, range: Range<usize>| Span::new(path(name), range);
    assert_eq!(findings[0].span, span("guides/b", 0..14));
    let related: Vec<&Span> = findings[0].related.iter().map(|related| &related.span).collect();
    assert_eq!(related, [&span("guides/a", 2..16), &span("guides/g.md", 2..16)]);
}

fn chain(length: usize) -> Vec<(String, String)> {
    (1..=length).map(|n| (format!("guides/f{n}"), format!("{n} {{{{#include f{}}}}}", n + 1))).collect()
}

#[test]
fn includes_nest_ten_deep_as_with_mdbook() {
    let mut files = chain(12);
    files.push(("guides/f13".to_owned(), String::new()));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
    broken("{{#include f1}}", &files, "1 2 3 4 5 6 7 8 9 10 ", &["includes nest more than 10 deep"]);
    check("{{#include f4}}", &files, "4 5 6 7 8 9 10 11 12 ");
}

#[test]
fn bombs_end_with_one_finding() {
    let wide: Vec<(String, String)> =
        (1..=9).map(|n| (format!("guides/f{n}"), format!("{{{{#include f{}}}}}", n + 1).repeat(20))).collect();
    let mut files: Vec<(&str, &str)> = wide.iter().map(|(name, text)| (&**name, &**text)).collect();
    files.push(("guides/f10", "."));
    let (out, titles) = expanded("{{#include f1}}", &files);
    assert_eq!(titles, ["the chapter holds more than 5000 includes, those of its includes counted"]);
    assert!(out.len() < 1 << 20, "{}", out.len());

    let large = "x".repeat(1 << 20);
    let files = BTreeMap::from([(path("guides/x"), large)]);
    let (out, findings) = expand(&path("guides/g.md"), &"{{#include x}}".repeat(40), 0, &files);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].title, "the includes of this chapter bring in more than 16 MiB");
    assert!(out.text.len() < 18 << 20, "{}", out.text.len());
}

#[test]
fn references_are_followed_by_the_loader() {
    let text =
        "{{#include b}} {{#include ../a:1:2}} \\{{#include c}}\n{{#playground b}} {{#include ../../x}} {{#title y}}";
    let found: Vec<String> = references(&path("guides/g.md"), text).iter().map(ToString::to_string).collect();
    assert_eq!(found, ["a", "guides/b"]);
}
