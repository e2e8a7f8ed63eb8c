//! Hostile output of a recipe, recorded and rendered by the real mdbook: it comes out as text (invariant 9).

use crate::project::Project;

/// What a server might say, and a mark by which it is found in the page.
const HOSTILE: &[(&str, &str)] = &[
    ("include", "{{#include ../../outside.txt}} {{#include ../book.toml}} mark-include"),
    ("escaped-include", "\\{{#include ../book.toml}} mark-escaped"),
    ("playground", "{{#playground ../book.toml}} {{#rustdoc_include ../book.toml}} mark-playground"),
    ("title", "{{#title Owned}} mark-title"),
    ("closing-fence", "```\n````\n~~~\n\n# Heading mark-fence\n"),
    ("script", "<script>alert('mark-script')</script><img src=x onerror=alert(1)>"),
    ("close-tags", "</code></pre></details></div></main><h1>mark-close</h1>"),
    ("comment-end", "--> ]]> ?> <!-- mark-comment"),
    ("entities", "&lt;script&gt; &#60;b&#62; &amp;amp; mark-entities"),
    ("ansi", "\x1b[31mred\x1b[0m \x1b]8;;http://evil\x07link\x1b]8;;\x07 mark-ansi"),
    ("backslashes", "a\\b \\\\ \\n \\` mark-backslashes"),
    ("backticks", "` `` ``` mark-backticks"),
    ("blank-lines", "a\n\n\n<b>mark-blank</b>\n\n    indented\n\n- list"),
    ("markdown", "[link](javascript:alert(1)) **mark-markdown** ![x](x) | a | b |"),
    ("evidence", "{{#evidence ratio group=x}} mark-evidence"),
    ("carriage", "50%\r100%\r\nmark-carriage"),
    ("bidi", "\u{202e}gnp.exe\u{202c} mark-bidi"),
];

fn hostile_book() -> Project {
    let recipes: String = HOSTILE
        .iter()
        .map(|(name, _)| format!("```sh recipe={name}\nprintf '%b' '{}'\n```\n\n", octal(name)))
        .collect();
    Project::with_guide("a", &recipes).file("outside.txt", "the outside")
}

/// The text of one case for `printf %b`, byte by byte: the guide itself holds nothing hostile.
fn octal(name: &str) -> String {
    let text = HOSTILE.iter().find(|(case, _)| *case == name).unwrap().1;
    text.bytes().map(|byte| format!("\\0{byte:03o}")).collect()
}

#[test]
fn recorded_output_is_text_in_the_page() {
    let project = hostile_book();
    project.dogfood("run").code(0);
    project.mdbook("build").code(0);
    let page = project.read("book/a.html");
    let main = &page[page.find("<main>").unwrap()..page.find("</main>").unwrap()];
    assert_eq!(page.matches("</main>").count(), 1);
    for (name, text) in HOSTILE {
        let mark = &text[text.find("mark-").unwrap()..];
        let mark = mark.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap();
        assert!(main.contains(mark), "{name}: {mark} is shown");
        assert!(
            !main.contains(&format!("<h1>{mark}"))
                && !main.contains(&format!("<b>{mark}"))
                && !main.contains(&format!("<strong>{mark}")),
            "{name}"
        );
    }
    for bad in [
        "the outside",
        "preprocessor.dogfood",
        "<script>alert",
        "onerror=alert(1)>",
        "javascript:alert(1)\"",
        "Owned</title>",
        "\x1b",
        "\x07",
        "<img",
        "\u{202e}",
    ] {
        assert!(!page.contains(bad), "{bad:?} in the page");
    }
    assert!(main.contains("{{#include ../book.toml}} mark-include"), "the reader sees what was said");
    assert!(main.contains("&lt;script&gt;alert("), "as text");
    let headings = main.matches("<h1").count();
    assert_eq!(headings, 1, "no heading but the page's own");
}

#[test]
fn the_search_index_holds_the_text() {
    let project = hostile_book();
    project.dogfood("run").code(0);
    project.mdbook("build").code(0);
    let index = std::fs::read_dir(project.path("book")).unwrap().filter_map(Result::ok).map(|entry| entry.path());
    let index: Vec<_> =
        index.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("searchindex")).collect();
    assert!(index.iter().any(|path| std::fs::read_to_string(path).unwrap().contains("mark-include")), "{index:?}");
}

#[test]
fn ten_megabytes_are_cut_and_marked() {
    let project = Project::with_guide("a", "```sh recipe=flood\nhead -c 10000000 /dev/zero | tr '\\0' '<'\n```\n");
    project.dogfood("run").code(0);
    assert!(project.read("traces/a/flood@none.yaml").len() < 600 * 1024);
    project.mdbook("build").code(0);
    let page = project.read("book/a.html");
    assert!(page.len() < 400 * 1024, "{}", page.len());
    assert!(page.contains("bytes more are not shown here"));
}

#[test]
fn a_trace_edited_by_an_enemy_is_text_too() {
    let project = Project::with_guide("a", "```sh recipe=r\necho harmless-output\n```\n");
    project.dogfood("run").code(0);
    project.edit(
        "traces/a/r@none.yaml",
        "harmless-output",
        "</code><script>alert(1)</script>{{#include ../../outside.txt}}",
    );
    project.write("outside.txt", "the outside");
    let said = project.served();
    assert!(said.contains("edited-trace"), "{said}");
    let page = project.read("book/a.html");
    assert!(!page.contains("<script>alert(1)") && !page.contains("the outside"), "{page}");
}
