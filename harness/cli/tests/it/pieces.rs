//! Generated pieces through the real mdbook: they render, hostile values are text in them, and what nothing vouches for stops the build.

use crate::project::Project;

/// What a server might answer to a conformance recipe, and to one that gives a single value.
const HOSTILE: &[(&str, &str)] = &[
    ("include", "{{#include ../../outside.txt}} {{#include ../outside.txt}} mark-include"),
    ("escaped", "\\{{#include ../outside.txt}} mark-escaped"),
    ("piece", "{{#evidence matrix}} {{#title Owned}} mark-piece"),
    ("tags", "</td></table></div><script>alert('mark-tags')</script><img src=x onerror=alert(1)>"),
    ("comment", "--> ]]> <!-- mark-comment"),
    ("entities", "&lt;b&gt; &#60;b&#62; mark-entities"),
    ("ansi", "\x1b[31mred\x1b[0m mark-ansi"),
    ("ticks", "` `` ``` ~~~ mark-ticks"),
    ("markdown", "[link](javascript:alert(1)) **mark-markdown** ![x](x) | a | b | # c"),
    ("bidi", "\u{202e}gnp.exe\u{202c} mark-bidi"),
];

/// A book with a page of pieces over one recorded guide.
fn book(pieces: &str) -> Project {
    let body = format!("## Counting\n\n```sh recipe=count\nprintf 'lines: 3\\nwords: 7\\n'\n```\n\n{pieces}\n");
    let project = Project::with_guide("a", &body);
    project.dogfood("run").code(0);
    project
}

fn page(project: &Project, name: &str) -> String {
    let page = project.read(&format!("book/{name}.html"));
    page[page.find("<main>").unwrap()..page.find("</main>").unwrap()].to_owned()
}

/// The text of a page, without its tags.
fn text(page: &str) -> String {
    let parts = page.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    parts.collect::<String>()
}

#[test]
fn pieces_render_on_guides_and_on_plain_pages() {
    let project = book(
        "There are {{#evidence figure count step=1 key=words}} words, `{{#evidence figure x}}`.\n\n{{#evidence divergence count}}\n## Next\n\n> {{#evidence matrix}}",
    );
    project.write("guides/plain/page.md", "# Plain\n\n{{#evidence matrix a}}\n\n\\{{#evidence matrix}}\n");
    project.write("guides/SUMMARY.md", "# Summary\n\n- [a](a.md)\n- [p](plain/page.md)\n");
    project.edit("book.toml", "renderers", "plain = [\"plain/page.md\"]\nrenderers");
    project.mdbook("build").code(0).silent_about("WARN");
    let guide = page(&project, "a");
    assert!(text(&guide).contains("There are 7 words, {{#evidence figure x}}."), "{guide}");
    for part in [
        "<caption>What <a href=\"#counting\">count</a> observed on each target: only one target is verified</caption>",
        "<th scope=\"row\"><code class=\"nohighlight\">lines</code></th><td><code class=\"nohighlight\">3</code></td>",
        "<h2 id=\"next\">",
        "<blockquote><!---->\n<div class=\"dogfood-piece dogfood-matrix\">",
        "<td class=\"dogfood-verified\"><span class=\"dogfood-sign\" aria-hidden=\"true\">✓</span> verified <time",
    ] {
        assert!(guide.contains(part), "{part} in\n{guide}");
    }
    let plain = page(&project, "plain/page");
    for part in [
        "<caption>Recipes by target: 1 of 1 verified</caption>",
        "<th scope=\"row\"><a href=\"../a.html#counting\">count</a></th>",
        "{{#evidence matrix}}",
    ] {
        assert!(plain.contains(part), "{part} in\n{plain}");
    }
    let first = project.files();
    std::fs::remove_dir_all(project.path("book")).unwrap();
    project.mdbook("build").code(0);
    assert_eq!(page(&project, "a"), guide);
    assert_eq!(project.files(), first);
}

#[test]
fn hostile_values_are_text() {
    let says: String = HOSTILE.iter().map(|(name, text)| format!("{name}: {text}\n")).collect();
    let octal: String = says.bytes().map(|byte| format!("\\0{byte:03o}")).collect();
    let figures: String = HOSTILE
        .iter()
        .map(|(name, _)| format!("- *Here* {{{{#evidence figure r step=1 key={name}}}}} *there*.\n"))
        .collect();
    let body = format!("```sh recipe=r\nprintf '%b' '{octal}'\n```\n\n{{{{#evidence divergence r}}}}\n\n{figures}\n");
    let project = Project::with_guide("a", &body).file("outside.txt", "the outside");
    project.dogfood("run").code(0);
    project.mdbook("build").code(0);
    let page = page(&project, "a");
    for (name, text) in HOSTILE {
        let mark = &text[text.find("mark-").unwrap()..];
        let mark = mark.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap();
        // In the table, in the list, and under the recipe: nothing is held against it.
        assert!(page.matches(mark).count() >= 3, "{name}: {mark} in\n{page}");
    }
    for bad in [
        "the outside",
        "<script>alert",
        "onerror=alert(1)>",
        "href=\"javascript",
        "<strong>mark",
        "\x1b",
        "<img",
        "\u{202e}",
    ] {
        assert!(!page.contains(bad), "{bad:?} in\n{page}");
    }
    assert_eq!(page.matches("<em>Here</em>").count(), HOSTILE.len());
    assert_eq!(page.matches("<em>there</em>.").count(), HOSTILE.len(), "{page}");
    assert_eq!(page.matches("<table>").count(), 1);
    assert!(page.contains("{{#include ../outside.txt}} mark-include"), "the reader sees what was said");
    assert!(!project.read("book/a.html").contains("<title>Owned"), "no title of a value's");
}

#[test]
fn a_piece_without_evidence_stops_the_build() {
    let project = book("There are {{#evidence figure count step=1 key=words}} words.");
    project.mdbook("build").code(0);
    let before = page(&project, "a");
    let trace = project.read("traces/a/count@none.yaml");

    project.edit("traces/a/count@none.yaml", "words: 7", "words: 8");
    project
        .mdbook("build")
        .code(101)
        .says("edited-trace")
        .says("error[broken-evidence]")
        .says("its record cannot be used");
    std::fs::remove_file(project.path("traces/a/count@none.yaml")).unwrap();
    project
        .mdbook("build")
        .code(101)
        .says("error[broken-evidence]")
        .says("guides/a.md:15:30")
        .says("dogfood run a/count");
    project.write("traces/a/count@none.yaml", &trace);
    project.edit("guides/a.md", "figure count", "figure cuont");
    project.mdbook("build").code(101).says("the guide `a` has no recipe `cuont`").says("did you mean `count`?");
    project.edit("guides/a.md", "figure cuont", "fugure count");
    project.mdbook("build").code(101).says("did you mean `figure`?");
    assert_eq!(page(&project, "a"), before, "the old book is left as it was");
}

#[test]
fn while_a_page_is_served_it_says_what_is_not_verified() {
    let project =
        book("There are {{#evidence figure count step=1 key=words}} words.\n\n{{#evidence divergence count}}");
    project.edit("guides/a.md", "words: 7", "words: 9");
    let said = project.served();
    assert!(said.contains("stale-recipe") && said.contains("broken-evidence"), "{said}");
    let page = page(&project, "a");
    assert!(text(&page).contains("There are (not verified here) words."), "{page}");
    assert!(page.contains("Not verified here: what stood in this place has no evidence."), "{page}");
}

#[test]
fn a_stream_that_a_piece_reads_must_fit_into_the_trace() {
    let body = "```sh recipe=r\nseq 100000\n```\n\n";
    let project = Project::with_guide("a", &format!("{body}Text.\n"));
    project.dogfood("run").code(0);
    let project = Project::with_guide("a", &format!("{body}It ends {{{{#evidence figure r step=1 line=3}}}}.\n"));
    project.dogfood("run").code(1).says("says more on stdout, which a page shows, than the 256 KiB");
    project.mdbook("build").code(101).says("failed-evidence").says("broken-evidence");
}
