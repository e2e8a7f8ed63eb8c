//! Our expansion of `{{#include}}` is mdBook's: the same chapters through mdBook's own `links` preprocessor and through ours. A recipe
//! that we extract from other text than the page shows would be evidence for something else.

use std::collections::BTreeMap;
use std::fs;

use dogfood_core::markup::{ChapterKind, HideLines, extract};
use dogfood_core::place::RelPath;
use mdbook_driver::MDBook;
use mdbook_driver::book::BookItem;
use mdbook_driver::builtin_renderers::MarkdownRenderer;

/// Files that the chapters include.
const INCLUDED: &[(&str, &str)] = &[
    ("plain.sh", "one\ntwo\nthree\nfour\n"),
    ("no-end.txt", "no line break at the end"),
    ("crlf.txt", "first\r\nsecond\r\nthird\r\n"),
    (
        "anchors.py",
        "import os\n# ANCHOR: all\na = 1\n# ANCHOR: inner\nb = 2\n# ANCHOR_END: inner\nc = 3\n# ANCHOR_END: all\nd = 4\n",
    ),
    ("deep/outer.md", "outer\n{{#include inner.md}}\nend\n"),
    ("deep/inner.md", "inner of {{#include ../no-end.txt}}"),
    ("escaped.md", "\\{{#include plain.sh}} stays"),
    ("ünï cödé.txt", "ünï\n"),
];

const CHAPTERS: &[(&str, &str)] = &[
    ("whole", "a\n{{#include plain.sh}}\nb\n"),
    ("inline", "a {{#include no-end.txt}} b\n"),
    ("line", "{{#include plain.sh:2}}\n"),
    ("from", "{{#include plain.sh:3:}}\n"),
    ("to", "{{#include plain.sh::2}}\n"),
    ("range", "```sh\n{{#include plain.sh:2:3}}\n```\n"),
    ("past-the-end", "{{#include plain.sh:3:9}}\n"),
    ("anchor", "```python\n{{#include anchors.py:all}}\n```\n"),
    ("inner-anchor", "{{#include anchors.py:inner}}\n"),
    ("all-of-a-file-with-anchors", "{{#include anchors.py}}\n"),
    ("crlf", "{{#include crlf.txt:2}}\r\nafter\r\n"),
    ("nested", "{{#include deep/outer.md}}\n"),
    ("escape", "\\{{#include plain.sh}} and {{#include plain.sh:1}}\n"),
    ("escape-inside", "{{#include escaped.md}}\n"),
    ("blanks", "{{#include   plain.sh:1  }}\n"),
    ("in-quote", "> {{#include no-end.txt}}\n"),
    ("twice", "{{#include plain.sh:1}}{{#include plain.sh:2}}\n"),
    ("not-ascii", "é {{#include ünï cödé.txt}} é\n"),
    ("not-an-include", "{{ #include plain.sh }} {{#includeplain.sh}}\n"),
];

#[test]
fn includes_expand_as_mdbook_expands_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let source = folder.path().join("src");
    let mut files = BTreeMap::new();
    for (name, text) in INCLUDED {
        let path = source.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
        files.insert(RelPath::new(&format!("src/{name}")).expect("a path"), (*text).to_owned());
    }
    let mut summary = "# Summary\n\n".to_owned();
    for (name, text) in CHAPTERS {
        fs::write(source.join(format!("{name}.md")), text).expect("a chapter");
        summary += &format!("- [{name}]({name}.md)\n");
    }
    fs::write(source.join("SUMMARY.md"), summary).expect("a summary");
    fs::write(folder.path().join("book.toml"), "[book]\ntitle = \"includes\"\n").expect("a book.toml");

    let book = MDBook::load(folder.path()).expect("a book");
    let (book, _) = book.preprocess_book(&MarkdownRenderer::new()).expect("mdBook expands it");
    let mut theirs = BTreeMap::new();
    for item in book.iter() {
        if let BookItem::Chapter(chapter) = item {
            theirs.insert(chapter.name.clone(), chapter.content.clone());
        }
    }
    assert_eq!(theirs.len(), CHAPTERS.len());
    for (name, text) in CHAPTERS {
        let path = RelPath::new(&format!("src/{name}.md")).expect("a path");
        let (chapter, _) = extract(&path, text, ChapterKind::Plain, &HideLines::default(), &files);
        assert_eq!(chapter.text.text, theirs[*name], "{name}");
    }
}
