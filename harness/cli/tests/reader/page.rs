//! What a reader sees of a page: the blocks of code, the headings and the words of a file that mdBook wrote, as a browser reads it. What
//! dogfood itself put on the page is told apart. Pure; touches nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use html5ever::tendril::TendrilSink as _;
use html5ever::{Attribute, ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use mdbook_dogfood::assets::{self, Needs};

use crate::book::CANARY;

/// Where a word of a generated text turned up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sight {
    /// In a block of code.
    Code,
    /// In a heading.
    Heading,
    /// In other text of the page.
    Prose,
    /// In an element that no reader sees.
    Hidden,
    /// Outside of what mdBook has for the chapter.
    Outside,
}

/// What a page shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// What a reader sees of each `<pre>`.
    pub codes: Vec<String>,
    /// Level and text of each heading.
    pub headings: Vec<(u8, String)>,
    /// Every word of a generated text, wherever it turned up.
    pub words: BTreeMap<String, Vec<Sight>>,
    /// Elements and text, without what dogfood put there and without paragraphs: an empty line between items of a list adds those.
    pub skeleton: Vec<String>,
    /// For each line of evidence, its recipe and the block of code right above it in the same element.
    pub evidence: Vec<(String, Option<usize>)>,
    /// Other lines that belong to the block above: that it was not run.
    pub notes: Vec<Option<usize>>,
    /// How many stamps of the gate there are.
    pub stamps: usize,
    /// How many places for a chapter's text mdBook's page has; 1.
    pub mains: usize,
    /// Styles that are not dogfood's.
    pub styles: usize,
}

/// The words of generated texts in `text`.
pub(crate) fn marked(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| {
        let is_word =
            word.len() == 6 && word.starts_with(['y', 'z']) && word.bytes().all(|byte| byte.is_ascii_lowercase());
        is_word || word.starts_with(CANARY)
    })
}

/// Text without what mdBook's typography changes, with single blanks.
pub(crate) fn plain(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| match c {
            '\u{201c}' | '\u{201d}' => '"',
            '\u{2018}' | '\u{2019}' => '\'',
            other => other,
        })
        .collect();
    let text = text.replace('\u{2014}', "---").replace('\u{2013}', "--").replace('\u{2026}', "...");
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads a page. `ours` says whether what looks like dogfood's is: on the page that the gate handed on, not on the one to compare it with.
pub(crate) fn read(html: &str, ours: bool) -> Seen {
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(html);
    let mut reader = Reader { seen: Seen::default(), ours };
    reader.children(&dom.document, Place::default());
    reader.seen
}

/// What the elements around a node mean for it.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    main: bool,
    hidden: bool,
    /// The number of the `<pre>` around.
    code: Option<usize>,
    /// The number of the heading around.
    heading: Option<usize>,
}

struct Reader {
    seen: Seen,
    ours: bool,
}

/// The styles and scripts that dogfood inlines.
static ASSETS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let flags =
        |bits: u8| Needs { tables: bits & 1 > 0, recipes: bits & 2 > 0, console: bits & 4 > 0, tabs: bits & 8 > 0 };
    let texts = (0..16).map(|bits| assets::html(flags(bits)));
    let parts = |html: String| {
        let part = |open: &str, close: &str| Some(html.split_once(open)?.1.split_once(close)?.0.to_owned());
        [part("<style>", "</style>"), part("<script>", "</script>")]
    };
    texts.flat_map(parts).flatten().collect()
});

impl Reader {
    /// Reads what stands in `node`. Gives back nothing; the block of code right above is known among brothers only.
    fn children(&mut self, node: &Handle, place: Place) {
        let mut above = None;
        for child in node.children.borrow().iter() {
            match &child.data {
                NodeData::Element { name, attrs, .. } => {
                    let element = Element::new(&name.local, &attrs.borrow());
                    if self.ours && place.main && self.put_by_dogfood(child, &element, place, above) {
                        continue;
                    }
                    let first = self.seen.codes.len();
                    self.element(child, &element, place);
                    above = (element.name == "pre").then_some(first);
                }
                NodeData::Text { contents } => {
                    let text = contents.borrow();
                    if !text.trim().is_empty() {
                        above = None;
                    }
                    self.text(&text, place);
                }
                NodeData::Document => self.children(child, place),
                _ => {}
            }
        }
    }

    /// Whether dogfood put this element there; what it is about is noted.
    fn put_by_dogfood(&mut self, node: &Handle, element: &Element, place: Place, above: Option<usize>) -> bool {
        if matches!(element.name.as_str(), "style" | "script") {
            return ASSETS.contains(text_of(node).as_str());
        }
        let Some(class) = element.class().find(|class| class.starts_with("dogfood-")) else { return false };
        match class {
            "dogfood-stamp" => self.seen.stamps += 1,
            "dogfood-evidence" => {
                self.seen.evidence.push((element.get("data-dogfood-recipe").unwrap_or_default().to_owned(), above));
            }
            "dogfood-not-run" => self.seen.notes.push(above),
            // Folds the author's own fence.
            "dogfood-teardown" => self.children(node, place),
            _ => {}
        }
        true
    }

    fn element(&mut self, node: &Handle, element: &Element, mut place: Place) {
        let name = element.name.as_str();
        if name == "main" {
            self.seen.mains += 1;
            place.main = true;
        }
        if name == "summary" && self.ours && place.main && is_teardown(node) {
            return;
        }
        place.hidden |= element.hides(place.code.is_some());
        self.seen.styles += usize::from(place.main && matches!(name, "style" | "link"));
        let level = match name.as_bytes() {
            [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
            _ => None,
        };
        if place.main && name == "pre" {
            place.code = Some(self.seen.codes.len());
            self.seen.codes.push(String::new());
        }
        if let Some(level) = level.filter(|_| place.main) {
            place.heading = Some(self.seen.headings.len());
            self.seen.headings.push((level, String::new()));
        }
        let told = place.main && !matches!(name, "p" | "main");
        if told {
            self.seen.skeleton.push(element.start());
        }
        self.children(node, place);
        if told {
            self.seen.skeleton.push(format!("</{name}>"));
        }
    }

    fn text(&mut self, text: &str, place: Place) {
        let sight = match place {
            Place { hidden: true, .. } => Sight::Hidden,
            Place { main: false, .. } => Sight::Outside,
            Place { code: Some(_), .. } => Sight::Code,
            Place { heading: Some(_), .. } => Sight::Heading,
            _ => Sight::Prose,
        };
        for word in marked(text) {
            self.seen.words.entry(word.to_owned()).or_default().push(sight);
        }
        if !place.main {
            return;
        }
        if let (Some(code), false) = (place.code, place.hidden) {
            self.seen.codes[code].push_str(text);
        }
        if let (Some(heading), false) = (place.heading, place.hidden) {
            self.seen.headings[heading].1.push_str(text);
        }
        let told = if place.code.is_some() { text.to_owned() } else { plain(text) };
        if !told.is_empty() {
            self.seen.skeleton.push(told);
        }
    }
}

/// Whether `node` stands in the fold that dogfood makes of a teardown.
fn is_teardown(node: &Handle) -> bool {
    let parent = node.parent.take();
    let found = parent.as_ref().and_then(std::rc::Weak::upgrade).is_some_and(|parent| match &parent.data {
        NodeData::Element { name, attrs, .. } => {
            Element::new(&name.local, &attrs.borrow()).class().any(|class| class == "dogfood-teardown")
        }
        _ => false,
    });
    node.parent.set(parent);
    found
}

fn text_of(node: &Handle) -> String {
    let texts = node.children.borrow();
    let texts = texts.iter().filter_map(|child| match &child.data {
        NodeData::Text { contents } => Some(contents.borrow().to_string()),
        _ => None,
    });
    texts.collect()
}

/// An element's name and attributes.
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
}

/// Classes that mdBook's own style does not show, or not everywhere.
const UNSEEN_CLASSES: &[&str] = &[
    "hidden",
    "nav-wrapper",
    "nav-wide-wrapper",
    "mobile-nav-chapters",
    "tooltiptext",
    "img-wrapper",
    "spinner-wrapper",
    "sidebar-resize-handle",
];

impl Element {
    fn new(name: &str, attributes: &[Attribute]) -> Self {
        let attributes = attributes.iter().map(|one| (one.name.local.to_string(), one.value.to_string())).collect();
        Self { name: name.to_owned(), attributes }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    fn class(&self) -> impl Iterator<Item = &str> {
        self.get("class").unwrap_or_default().split_ascii_whitespace()
    }

    /// Whether a reader does not see what stands in it.
    fn hides(&self, in_code: bool) -> bool {
        let style: String =
            self.get("style").unwrap_or_default().to_lowercase().split_whitespace().collect::<Vec<_>>().concat();
        let styled =
            ["display:none", "visibility:hidden", "opacity:0;", "font-size:0"].iter().any(|way| style.contains(way));
        let element = matches!(
            self.name.as_str(),
            "template"
                | "script"
                | "style"
                | "noscript"
                | "title"
                | "head"
                | "object"
                | "video"
                | "audio"
                | "canvas"
                | "datalist"
                | "iframe"
                | "noembed"
                | "noframes"
                | "textarea"
                | "select"
        );
        element
            || styled
            || self.get("hidden").is_some()
            || (self.name == "dialog" && self.get("open").is_none())
            || self.class().any(|class| UNSEEN_CLASSES.contains(&class) || (class == "boring" && in_code))
    }

    fn start(&self) -> String {
        let mut text = format!("<{}", self.name);
        for (name, value) in self.attributes.iter().filter(|(name, _)| name != "id") {
            text.push_str(&format!(" {name}={value:?}"));
        }
        text + ">"
    }
}
