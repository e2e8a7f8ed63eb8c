//! Whether a reader of mdBook's pages sees what the gate read: every way in which the two differ is a line. Pure; touches nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dogfood_core::checkout::Inputs;
use dogfood_core::markup::model::{Chapter, FenceClass, PiecePlace};
use dogfood_core::markup::prose::prose;
use mdbook_preprocessor::book::Chapter as Page;

use crate::book::CANARY;
use crate::gate::Passed;
use crate::page::{self, Seen, Sight, marked, plain};

/// A chapter as the gate judged it, and its page as mdBook goes on with it.
#[derive(Clone, Copy)]
pub(crate) struct Pair<'a> {
    pub read: &'a Chapter,
    pub page: &'a Page,
    /// What `links` makes of the page where no file can be read.
    pub without_files: &'a Page,
    /// Whether mdBook makes the page of the file itself: it asks no preprocessor for the page for wrong addresses.
    pub raw: bool,
}

/// The chapters that have a page, in the order of the book.
pub(crate) fn pairs(passed: &Passed) -> Vec<Pair<'_>> {
    let chapters = passed.pages.chapters().zip(passed.without_files.chapters());
    chapters
        .filter_map(|(page, without_files)| {
            let read = read_of(page, &passed.inputs)?;
            let input = passed.inputs.book.html.not_found();
            let raw = input.is_some_and(|input| passed.inputs.book.chapter(input).is_ok_and(|path| path == read.path));
            Some(Pair { read, page, without_files, raw })
        })
        .collect()
}

fn read_of<'a>(page: &Page, inputs: &'a Inputs) -> Option<&'a Chapter> {
    let source = page.source_path.as_ref()?.to_str()?;
    let path = inputs.book.chapter(source).ok()?;
    inputs.chapters.iter().find(|chapter| chapter.path == path)
}

/// The text that the gate judged, as mdBook alone would render it: without front matter, and without what dogfood replaces (pieces).
pub(crate) fn judged_text(chapter: &Chapter) -> String {
    let text = &chapter.text.text;
    let mut gone = vec![(0..chapter.front_matter.end, "")];
    let pieces = chapter.pieces.iter().filter(|piece| piece.place != PiecePlace::Elsewhere);
    // A paragraph of its own ends a list before it; so must what stands for it.
    gone.extend(
        pieces
            .map(|piece| (piece.range.clone(), if piece.place == PiecePlace::Alone { "<!-- a piece -->" } else { "" })),
    );
    gone.sort_by_key(|(range, _)| range.start);
    let (mut out, mut at) = (String::new(), 0);
    for (range, instead) in gone {
        out.push_str(text.get(at..range.start).unwrap_or_default());
        out.push_str(instead);
        at = at.max(range.end);
    }
    out + &text[at..]
}

/// What differs between a chapter and its page. `html` is the page's file, `reference` the one of [`judged_text`].
pub(crate) fn chapter(pair: Pair<'_>, html: &str, reference: &str) -> Vec<String> {
    let (seen, alone) = (page::read(html, true), page::read(reference, false));
    let mut found = Vec::new();
    let mut say = |what: String| found.push(format!("{}: {what}", pair.read.path));
    reads(pair, &mut say);
    if (seen.stamps, seen.mains) != (usize::from(!pair.raw), 1) {
        say(format!("{} stamps and {} places for the chapter", seen.stamps, seen.mains));
    }
    blocks(pair.read, &seen, &mut say);
    lists("headings", &headings(pair.read), &shown_headings(&seen), &mut say);
    words(pair.read, &seen, &mut say);
    lists("elements", &alone.skeleton, &seen.skeleton, &mut say);
    if pair.read.guide.is_some() {
        evidence(pair.read, &seen, &mut say);
        if alone.styles > 0 {
            say("a style of the page's own".to_owned());
        }
        if let Some(fake) =
            alone.skeleton.iter().find(|text| text.starts_with('<') && text.to_lowercase().contains("dogfood-"))
        {
            say(format!("it has the look of evidence: {fake}"));
        }
    }
    found
}

/// Whether `links` read a file, or made another text of a page than the gate read.
fn reads(pair: Pair<'_>, say: &mut impl FnMut(String)) {
    if pair.page.content != pair.without_files.content {
        say("`links` reads a file".to_owned());
    }
    let is_as_written = pair.read.guide.is_none() && pair.read.pieces.is_empty();
    if is_as_written && !pair.page.content.ends_with(&pair.read.text.text) {
        say("`links` makes another text of it than the gate".to_owned());
    }
}

fn blocks(chapter: &Chapter, seen: &Seen, say: &mut impl FnMut(String)) {
    let read: Vec<String> = visible(chapter).map(|fence| ended(&fence.body.text)).collect();
    let shown: Vec<String> = seen.codes.iter().map(|code| ended(code)).collect();
    lists("blocks of code", &read, &shown, say);
}

/// Every block of code that a reader sees as one, as the gate has it.
fn visible(chapter: &Chapter) -> impl Iterator<Item = &dogfood_core::markup::model::Fence> {
    chapter.fences.iter().filter(|fence| fence.class != FenceClass::Commented)
}

/// A block's text with one line break at its end; renderers differ in that.
fn ended(text: &str) -> String {
    format!("{}\n", text.strip_suffix('\n').unwrap_or(text))
}

fn headings(chapter: &Chapter) -> Vec<String> {
    chapter.headings.iter().map(|heading| format!("{} {}", heading.level, plain(&heading.text))).collect()
}

fn shown_headings(seen: &Seen) -> Vec<String> {
    seen.headings.iter().map(|(level, text)| format!("{level} {}", plain(text))).collect()
}

fn words(chapter: &Chapter, seen: &Seen, say: &mut impl FnMut(String)) {
    let judged = judged_text(chapter);
    let known: BTreeSet<&str> = marked(&judged).collect();
    for (word, sights) in &seen.words {
        let shown = sights.iter().any(|sight| *sight != Sight::Hidden);
        if word.starts_with(CANARY) || (shown && !known.contains(word.as_str())) {
            say(format!("it shows `{word}`, which the gate did not read there"));
        }
        if sights.contains(&Sight::Outside) {
            say(format!("`{word}` turned up outside of the chapter"));
        }
    }
    let mut read: BTreeMap<String, usize> = BTreeMap::new();
    for stretch in prose(chapter) {
        for word in marked(&stretch.text).filter(|word| known.contains(word)) {
            *read.entry(word.to_owned()).or_default() += 1;
        }
    }
    for (word, times) in read {
        let sights = seen.words.get(&word).map(Vec::as_slice).unwrap_or_default();
        let shown = sights.iter().filter(|sight| matches!(sight, Sight::Prose | Sight::Heading)).count();
        if shown != times {
            say(format!(
                "the gate read `{word}` {times} times among the words, and the page shows it so {shown} times"
            ));
        }
    }
}

/// Whether each line of evidence stands right under its fence, in the same container.
fn evidence(chapter: &Chapter, seen: &Seen, say: &mut impl FnMut(String)) {
    let Some(guide) = &chapter.guide else { return };
    let number = |fence: usize| visible(chapter).position(|one| one.range == chapter.fences[fence].range);
    let wanted: BTreeSet<(String, Option<usize>)> = guide
        .recipes
        .iter()
        .map(|recipe| (recipe.id.to_string(), chapter.last_fence(recipe).and_then(number)))
        .collect();
    let found: BTreeSet<(String, Option<usize>)> = seen.evidence.iter().cloned().collect();
    if wanted != found || seen.evidence.len() != wanted.len() {
        say(format!("evidence should stand under {wanted:?}, and stands under {:?}", seen.evidence));
    }
    let not_run = |class: &FenceClass| matches!(class, FenceClass::Illustrative(_) | FenceClass::Skip(..));
    let notes: Vec<Option<usize>> = visible(chapter)
        .enumerate()
        .filter(|(_, fence)| not_run(&fence.class))
        .map(|(number, _)| Some(number))
        .collect();
    if notes != seen.notes {
        say(format!("`not run` should stand under {notes:?}, and stands under {:?}", seen.notes));
    }
}

/// Says where two lists part.
fn lists(what: &str, read: &[String], shown: &[String], say: &mut impl FnMut(String)) {
    let at = read.iter().zip(shown).take_while(|(read, shown)| read == shown).count();
    if at < read.len().max(shown.len()) {
        let (read, shown) = (read.get(at), shown.get(at));
        say(format!("{what} differ from number {at} on: the gate has {read:?}, and the page {shown:?}"));
    }
}

/// What is wrong with all that mdBook wrote of a book: files that are no chapter's, or that hold what no page may.
pub(crate) fn files(passed: &Passed, files: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut found = Vec::new();
    for (name, bytes) in files {
        if bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes()) {
            found.push(format!("`{name}` holds what no page may"));
        }
    }
    let own: BTreeSet<String> = passed.pages.chapters().filter_map(output).collect();
    let lost = lost_page(passed);
    let made = ["index.html", "print.html", "toc.html", lost.as_str()];
    let copied: BTreeSet<String> = copied(passed);
    for name in files.keys().filter(|name| name.ends_with(".html")) {
        if !own.contains(name) && !made.contains(&name.as_str()) && !copied.contains(name) {
            found.push(format!("`{name}` is no chapter's page"));
        }
    }
    if own.len() != passed.pages.chapters().filter(|chapter| chapter.path.is_some()).count() {
        found.push("two chapters have one page".to_owned());
    }
    let read = |name: &str| files.get(name).map(|bytes| page::read(&String::from_utf8_lossy(bytes), true));
    let mut all = Seen::default();
    for name in passed.pages.chapters().filter_map(output) {
        let seen = read(&name).unwrap_or_default();
        all.codes.extend(seen.codes);
    }
    if let Some(print) = read("print.html") {
        lists("blocks of code of the page to print", &all.codes, &print.codes, &mut |what| found.push(what));
    }
    if let Some(lost) = read(&lost_page(passed)).filter(|lost| lost.stamps == 0) {
        found.extend(lost_differs(passed, &lost));
    }
    if let Some(index) = read("index.html").filter(|index| index.stamps != 1) {
        found.push(format!("index.html has {} stamps", index.stamps));
    }
    found
}

/// The page for addresses that lead nowhere: no chapter's, but its text may be one that the gate judged all the same.
fn lost_differs(passed: &Passed, lost: &Seen) -> Vec<String> {
    let pages: BTreeSet<_> = pairs(passed).iter().filter(|pair| !pair.raw).map(|pair| &pair.read.path).collect();
    let judged: Vec<&Chapter> = passed.inputs.chapters.iter().filter(|one| !pages.contains(&one.path)).collect();
    let texts: String = judged.iter().map(|chapter| judged_text(chapter)).collect();
    let known: BTreeSet<&str> = marked(&texts).collect();
    let unknown = lost.words.keys().filter(|word| !known.contains(word.as_str()));
    let mut found: Vec<String> =
        unknown.map(|word| format!("the page for wrong addresses shows `{word}`, which nobody judged")).collect();
    let read: Vec<String> = judged.iter().flat_map(|one| visible(one)).map(|fence| ended(&fence.body.text)).collect();
    let shown: Vec<String> = lost.codes.iter().map(|code| ended(code)).collect();
    lists("blocks of code of the page for wrong addresses", &read, &shown, &mut |what| found.push(what));
    found
}

/// What mdBook calls that page.
fn lost_page(passed: &Passed) -> String {
    let named = passed.config.get::<String>("output.html.input-404").ok().flatten().filter(|name| !name.is_empty());
    Path::new(&named.unwrap_or_else(|| "404.md".to_owned())).with_extension("html").to_string_lossy().into_owned()
}

/// The file of a chapter's page.
pub(crate) fn output(page: &Page) -> Option<String> {
    Some(page.path.as_ref()?.with_extension("html").to_string_lossy().into_owned())
}

/// Pages that lie in the source folder and have a name of their own: mdBook copies them as it copies pictures.
fn copied(passed: &Passed) -> BTreeSet<String> {
    let paths = passed.book.files.keys().filter_map(|path| path.strip_prefix("guides/"));
    paths.filter(|path| path.ends_with(".html")).map(str::to_owned).collect()
}
