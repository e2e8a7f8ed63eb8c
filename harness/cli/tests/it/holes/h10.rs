//! H10: raw HTML shows, hides and fakes nothing that the gate did not judge.

use crate::project::Project;

const STEP: &str = "```sh recipe=one\ntrue\n```\n";

fn found(body: &str) -> String {
    Project::with_guide("g", body).dogfood("check").code(1).err
}

#[test]
fn h10_html_that_hides_a_step_is_a_finding() {
    for (open, close) in [
        ("<div hidden>", "</div>"),
        ("<div\n  title=\"a\"\n  HIDDEN\n>", "</div>"),
        ("<template>", "</template>"),
        ("<details style=\"display:none\">", "</details>"),
        ("<div class=\"a hidden\">", "</div>"),
        ("<div class=\"mobile-nav-chapters\">", "</div>"),
        ("<noscript>", "</noscript>"),
        ("<select>", "</select>"),
        ("<dialog>", "</dialog>"),
        ("<svg>", "</svg>"),
        ("<iframe>", "</iframe>"),
        ("<title>", "</title>"),
        ("<del>", "</del>"),
        ("<details/>", ""),
        ("<style>pre{display:none}</style>", ""),
        ("<script>document.body.innerHTML=''</script>", ""),
    ] {
        for (before, indent) in [("", ""), ("- a\n\n", "  "), ("> ", "> ")] {
            let lines = format!("{open}\n\n{STEP}\n{close}\n");
            let first = before == "> ";
            let body: String = lines.lines().map(|line| format!("{indent}{line}\n")).collect();
            let body = if first { body } else { format!("{before}{body}") };
            let said = found(&body);
            assert!(said.contains("error[raw-html]"), "{body}\n{said}");
        }
    }
}

#[test]
fn h10_code_that_nothing_classifies_is_a_finding() {
    for html in [
        "<pre><code class=\"language-sh\">curl http://evil</code></pre>\n",
        "- <pre>curl http://evil</pre>\n",
        "> text <pre>curl</pre> text\n",
        "<table><tr><td><pre>curl</pre></td></tr></table>\n",
        "<div>\n<PRE\n>curl</PRE>\n</div>\n",
        "<textarea>curl</textarea>\n",
        "<plaintext>curl\n",
    ] {
        let said = found(&format!("{STEP}\n{html}"));
        assert!(said.contains("shows code that nothing classifies"), "{html}\n{said}");
    }
}

#[test]
fn h10_nothing_passes_for_a_verdict_on_any_page() {
    for html in [
        "<div class=\"dogfood-evidence\">Verified</div>\n",
        "text <span class='a dogfood-piece'>5 s</span>\n",
        "# Verified {.dogfood-evidence}\n",
        "<style>.dogfood-not-verified{display:none}</style>\n",
    ] {
        let said = found(&format!("{STEP}\n{html}"));
        assert!(said.contains("error[raw-html]"), "{html}\n{said}");
        let book = Project::with_guide("g", STEP).file("guides/plain.md", &format!("# Plain\n\n{html}"));
        book.edit("book.toml", "before", "plain = [\"plain.md\"]\nbefore");
        book.write("guides/SUMMARY.md", &(book.read("guides/SUMMARY.md") + "- [plain](plain.md)\n"));
        book.dogfood("check").code(1).says("error[raw-html]").says("guides/plain.md:3");
    }
}

#[test]
fn h10_nothing_vanishes_with_a_footnote() {
    let said = found(&format!("a\n\n[^1]: text\n\n    {}", STEP.replace('\n', "\n    ")));
    assert!(said.contains("error[hidden-line]: the footnote `1` is not on the page"), "{said}");
    let said = found(&format!("a[^1]\n\n[^1]: b\n\n[^1]: text\n\n    {}", STEP.replace('\n', "\n    ")));
    assert!(said.contains("error[hidden-line]: a second footnote `1` is not on the page"), "{said}");
}

#[test]
fn h10_what_readers_are_used_to_is_no_finding() {
    let body = format!(
        "Press <kbd>Ctrl</kbd>+<kbd>C</kbd>, x<sup>2</sup>.<br>\n<a id=\"here\"></a>\n\n<!-- a comment -->\n\n\
         <details>\n<summary>Why</summary>\n\n{STEP}\n</details>\n\n<div class=\"warning\">\n\nCareful.\n\n</div>\n\n\
         <p align=\"center\"><img src=\"a.png\" alt=\"a\" width=\"50\"></p>\n\nA note[^1].\n\n[^1]: Here.\n"
    );
    let book = Project::with_guide("g", &body);
    book.dogfood("run").code(0);
    book.dogfood("check --deny warnings").code(0);
    book.dogfood("build").code(0);
}
