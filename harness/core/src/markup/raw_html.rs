//! Raw HTML that a page must not hold: what hides from readers what was judged, shows them what was not, or passes for dogfood's own lines.
//! It goes through a chapter as mdBook builds the page, element by element. Pure; touches nothing.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, OffsetIter, Parser, Tag, TagEnd};

use crate::finding::{Finding, RuleName};

use super::html::{self, Token};
use super::include::Expanded;
use super::model::ChapterKind;

/// The rule for raw HTML.
pub(super) const RULE: RuleName = "raw-html";

/// Elements that a guide may hold. None hides its content, runs anything, shows another page, or lays text out as a block of code.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "article",
    "aside",
    "b",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "picture",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "source",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];
/// Elements that may be open around a fence: they group, and `<details>` folds under words that stay in sight.
const AROUND: &[&str] = &["article", "aside", "blockquote", "details", "div", "figure", "section"];
/// Elements that show their content as it is written.
const CODE: &[&str] = &["listing", "plaintext", "pre", "textarea", "xmp"];
/// Attributes that an element of a guide may have, besides `class` and `id`.
const ATTRIBUTES: &[&str] = &[
    "align",
    "alt",
    "aria-describedby",
    "aria-label",
    "aria-labelledby",
    "border",
    "cellpadding",
    "cellspacing",
    "cite",
    "colspan",
    "datetime",
    "decoding",
    "download",
    "height",
    "href",
    "lang",
    "loading",
    "media",
    "name",
    "open",
    "rel",
    "reversed",
    "role",
    "rowspan",
    "scope",
    "sizes",
    "span",
    "src",
    "srcset",
    "start",
    "target",
    "title",
    "type",
    "valign",
    "value",
    "width",
];
/// Classes of mdBook's own page: some hide or move what has them, and scripts act on others.
const CLASSES: &[&str] = &[
    "active",
    "ayu",
    "boring",
    "buttons",
    "chapter",
    "chapter-fold-toggle",
    "chapter-item",
    "checkbox-img",
    "checkbox-label",
    "clip-button",
    "coal",
    "content",
    "editable",
    "expanded",
    "fade-out",
    "header",
    "header-item",
    "hidden",
    "hide-boring",
    "icon-button",
    "img-wrapper",
    "js",
    "left-buttons",
    "light",
    "mobile-nav-chapters",
    "navy",
    "next",
    "no-js",
    "on-this-page",
    "page",
    "page-wrapper",
    "part-title",
    "playground",
    "previous",
    "result",
    "result-no-output",
    "right-buttons",
    "rust",
    "search-wrapper",
    "searching",
    "section",
    "spacer",
    "spinner-wrapper",
    "sticky",
    "teaser",
    "tooltiptext",
    "tooltipped",
];
/// How classes and ids of mdBook's page and of highlighters start.
const PREFIXES: &[&str] =
    &["ace_", "hljs", "language-", "mdbook-", "menu-", "nav-", "searchbar", "searchresults", "sidebar", "theme"];
/// Findings that a chapter gets; whoever has so many reads no more of them.
const MOST: usize = 200;
/// How dogfood's own classes, ids and data start.
const OWN: &str = "dogfood";

/// What is wrong with the raw HTML of a chapter, and with the attributes of its headings. A plain chapter is only held not to pass for one with
/// evidence.
pub(super) fn judge(expanded: &Expanded, from: usize, kind: ChapterKind) -> Vec<Finding> {
    let text = &expanded.text;
    if !text[from..].contains(['<', '{']) {
        return Vec::new();
    }
    let mut page =
        Page { expanded, is_guide: kind == ChapterKind::Guide, open: Vec::new(), looked_at: 0, findings: Vec::new() };
    let mut events = Parser::new_ext(&text[from..], expanded.markdown.options()).into_offset_iter();
    while let Some((event, range)) = events.next() {
        let range = range.start + from..range.end + from;
        match event {
            Event::Start(Tag::HtmlBlock) => page.html(&block(&mut events), &range),
            Event::InlineHtml(html) => page.html(&html, &range),
            // Its text is an attribute on the page.
            Event::Start(Tag::Image { .. }) => skip(&mut events),
            Event::Start(tag) => page.start(&tag, &range),
            Event::End(_) => page.end(),
            _ => {}
        }
    }
    while !page.open.is_empty() {
        page.end();
    }
    page.findings
}

/// The text of a block of HTML, as mdBook gathers it.
fn block(events: &mut OffsetIter<'_>) -> String {
    let mut html = String::new();
    for (event, _) in events {
        match event {
            Event::Html(text) | Event::Text(text) => html.push_str(&text),
            Event::End(TagEnd::HtmlBlock) => break,
            _ => {}
        }
    }
    html
}

/// Goes past the end of what has just started.
fn skip(events: &mut OffsetIter<'_>) {
    let mut depth = 1_usize;
    for (event, _) in events {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
}

/// What is open at one place of the page.
enum Open {
    /// What Markdown opened.
    Markdown,
    /// A raw element, where it starts, and whether a finding is about it already.
    Raw(String, Range<usize>, bool),
}

struct Page<'a> {
    expanded: &'a Expanded,
    is_guide: bool,
    open: Vec<Open>,
    /// How many of `open` were looked at by a fence: they are told of, or may be open around one.
    looked_at: usize,
    findings: Vec<Finding>,
}

impl Page<'_> {
    fn report(&mut self, range: &Range<usize>, title: String, help: &str) {
        if self.findings.len() >= MOST {
            return;
        }
        self.findings.push(Finding::error(RULE, self.expanded.span(range.clone()), title, help));
    }

    fn start(&mut self, tag: &Tag<'_>, range: &Range<usize>) {
        match tag {
            Tag::CodeBlock(_) if self.is_guide => self.fence(range),
            Tag::Heading { id, classes, attrs, .. } => {
                let value = |value: &Option<CowStr<'_>>| value.as_deref().unwrap_or_default().to_owned();
                let mut all: Vec<(String, String)> =
                    attrs.iter().map(|(name, given)| (name.to_lowercase(), value(given))).collect();
                all.push(("class".to_owned(), classes.join(" ")));
                all.push(("id".to_owned(), value(id)));
                self.attributes("heading", &all, range);
            }
            _ => {}
        }
        self.open.push(Open::Markdown);
    }

    /// Ends what Markdown opened last. Raw elements inside that were never closed end with it, as mdBook does it.
    fn end(&mut self) {
        while let Some(Open::Raw(name, place, told)) = self.pop() {
            if self.is_guide && !told && AROUND.contains(&name.as_str()) {
                let help = "Close it in the same list item, quote or page in which it is opened.";
                self.report(&place, format!("`<{name}>` is never closed here: it takes in all that follows"), help);
            }
        }
    }

    fn pop(&mut self) -> Option<Open> {
        let open = self.open.pop();
        self.looked_at = self.looked_at.min(self.open.len());
        open
    }

    fn fence(&mut self, fence: &Range<usize>) {
        let first = std::mem::replace(&mut self.looked_at, self.open.len());
        for at in first..self.open.len() {
            let Open::Raw(name, place, false) = &self.open[at] else { continue };
            if AROUND.contains(&name.as_str()) || self.findings.len() >= MOST {
                continue;
            }
            let title = format!("`<{name}>` is open around a fence");
            let help = format!("Close it above the fence. Around a fence only these may be open: {}.", list(AROUND));
            let line = self.expanded.text[fence.start..].split('\n').next().map_or(0, str::len);
            let fence = self.expanded.span(fence.start..fence.start + line);
            let finding = Finding::error(RULE, self.expanded.span(place.clone()), title, help);
            self.findings.push(finding.related(fence, "this fence"));
        }
    }

    fn html(&mut self, html: &str, range: &Range<usize>) {
        let (tokens, whole) = html::tokens(html);
        let before = self.findings.len();
        let mut cursor = range.start;
        let mut in_style = false;
        for token in tokens {
            match token {
                Token::Open(tag) => {
                    let place = self.place(&mut cursor, range, "<", &tag.name);
                    in_style = matches!(tag.name.as_str(), "style" | "script");
                    self.element(&tag, &place);
                }
                Token::Close(name) => {
                    let place = self.place(&mut cursor, range, "</", &name);
                    in_style = false;
                    self.close(&name, &place);
                }
                Token::Text(text) if in_style && text.contains(OWN) && !self.is_guide => {
                    let title = "the page's own style or script acts on what dogfood says of its recipes".to_owned();
                    self.report(range, title, "Take it out.");
                }
                Token::Text(_) => {}
            }
        }
        let start = html.trim_start();
        if self.is_guide && (start.starts_with("<?") || (start.starts_with("<!") && !start.starts_with("<!--"))) {
            let title = "browsers take this for a comment, which ends at the first `>`".to_owned();
            self.report(range, title, "Take it out, or write a comment as `<!-- words -->`.");
        } else if self.is_guide && !whole && self.findings.len() == before {
            let title = "a comment or a tag is open where this HTML ends, and hides what stands behind it".to_owned();
            self.report(range, title, "Close it with `-->` or `>`, before the next blank line if it is a tag.");
        }
    }

    /// Where a tag stands in its piece of HTML, found from the last one on.
    fn place(&self, cursor: &mut usize, range: &Range<usize>, opens: &str, name: &str) -> Range<usize> {
        let text = self.expanded.text.as_bytes();
        let wanted = format!("{opens}{name}");
        let found = (*cursor..range.end.saturating_sub(wanted.len().saturating_sub(1)))
            .find(|at| text[*at..*at + wanted.len()].eq_ignore_ascii_case(wanted.as_bytes()));
        *cursor = found.map_or(range.end, |start| start + wanted.len());
        let Some(start) = found else { return range.clone() };
        let rest = &self.expanded.text[start..range.end];
        let line = rest.split('\n').next().unwrap_or(rest);
        start..start + line.find('>').map_or(line.trim_end().len(), |end| end + 1)
    }

    fn element(&mut self, tag: &html::Tag, place: &Range<usize>) {
        let before = self.findings.len();
        let name = tag.name.as_str();
        if self.is_guide && CODE.contains(&name) {
            let title = format!("`<{name}>` shows code that nothing classifies");
            self.report(place, title, "Write a fence, so that it runs or says why it does not.");
        } else if self.is_guide && !ELEMENTS.contains(&name) {
            let title = format!("`<{name}>` is none of the elements that a guide may hold");
            let help = "Write it as Markdown, or leave it out. `dogfood explain raw-html` lists the elements.";
            self.report(place, title, help);
        } else if self.is_guide && tag.slashed && !tag.is_void() && name != "a" {
            let title = format!("`<{name}/>` does not end here: browsers take it for `<{name}>`");
            self.report(place, title, &format!("Write `<{name}></{name}>`."));
        }
        self.attributes(&format!("<{name}>"), &tag.attributes, place);
        if !tag.is_void() && !tag.slashed {
            self.open.push(Open::Raw(tag.name.clone(), place.clone(), self.findings.len() > before));
        }
    }

    fn attributes(&mut self, whose: &str, attributes: &[(String, String)], place: &Range<usize>) {
        for (name, value) in attributes {
            let names: Vec<&str> = match name.as_str() {
                "class" => value.split_ascii_whitespace().collect(),
                "id" => vec![value.as_str()],
                _ => Vec::new(),
            };
            if names.iter().any(|name| name.starts_with(OWN)) || name.starts_with(&format!("data-{OWN}")) {
                let title = format!("`{whose}` passes for one of dogfood's own lines");
                self.report(place, title, "Choose another name: what starts with `dogfood` says what was verified.");
                continue;
            }
            if !self.is_guide {
                continue;
            }
            let taken = names
                .iter()
                .find(|name| CLASSES.contains(*name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix)));
            if let Some(taken) = taken {
                let title = format!("the {name} `{taken}` is one of mdBook's own page, which may hide what has it");
                self.report(place, title, "Choose another name.");
            } else if !matches!(name.as_str(), "class" | "id") && !ATTRIBUTES.contains(&name.as_str()) {
                let title = format!("the attribute `{name}` of `{whose}` can hide text or change what it says");
                self.report(place, title, "Take it out. `dogfood explain raw-html` lists the attributes.");
            }
        }
    }

    fn close(&mut self, name: &str, place: &Range<usize>) {
        if matches!(self.open.last(), Some(Open::Raw(open, ..)) if open == name) {
            self.pop();
        } else if self.is_guide {
            let title = format!("`</{name}>` closes nothing that is open here");
            let help = "Open and close an element in one paragraph, list item or quote, the inner one first: mdBook drops \
                        an end that fits nothing.";
            self.report(place, title, help);
        }
    }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`<{name}>`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
