//! Changes of guides: recipe lines, expected lines, words on fences, `given` fences, front matter; and prose, which must not matter.

use std::path::Path;

use dogfood_core::date::Date;
use dogfood_core::markup::model::{Chapter, Expectation, Fence, FenceClass};
use dogfood_core::name::Id;

use crate::{Files, Mutation};

pub(crate) fn mutations(root: &Path, files: &Files) -> Vec<Mutation> {
    let day = Date::from_unix(0); // no finding is looked at here
    let loaded = dogfood_store::checkout::load(root, day).expect("the checkout loads");
    let mut mutations = Vec::new();
    for chapter in loaded.chapters.iter().filter(|chapter| chapter.guide.is_some()) {
        front_matter(files, chapter, &mut mutations);
        for fence in &chapter.fences {
            bodies(files, chapter, fence, &mut mutations);
            words(files, chapter, fence, &mut mutations);
            surroundings(files, chapter, fence, &mut mutations);
        }
        prose(files, chapter, &mut mutations);
    }
    mutations
}

fn front_matter(files: &Files, chapter: &Chapter, mutations: &mut Vec<Mutation>) {
    mutations.push(Mutation::splice(
        files,
        &chapter.path,
        chapter.front_matter.clone(),
        "",
        "front matter deleted",
        true,
    ));
}

/// One change in every line of what runs, what is expected and what is given.
fn bodies(files: &Files, chapter: &Chapter, fence: &Fence, mutations: &mut Vec<Mutation>) {
    let sort = match fence.class {
        FenceClass::Step(_) | FenceClass::Setup | FenceClass::Teardown => "recipe line",
        FenceClass::File(_) => "file line",
        FenceClass::Expect(_) if stands_for_none(chapter, fence) => "line that is expected of no target",
        FenceClass::Expect(_) => "expected line",
        FenceClass::Given(_) => "given line",
        _ => return,
    };
    let matters = !stands_for_none(chapter, fence);
    let mut offset = 0;
    for line in fence.body.text.split_inclusive('\n') {
        let content = line.trim_end();
        if !content.is_empty() {
            let last = content.chars().next_back().map_or(1, char::len_utf8);
            let start = fence.body.source(offset + content.len() - last);
            let span = chapter.text.span(start..start + last);
            let last = &files[&span.file][span.range()];
            mutations.push(Mutation::splice(files, &span.file, span.range(), &format!("{last}~"), sort, matters));
            let start = fence.body.source(offset + (content.len() - content.trim_start().len()));
            let span = chapter.text.span(start..start + 1);
            if content.is_char_boundary(1) && content.as_bytes()[0].is_ascii_alphanumeric() {
                let other = if content.starts_with('q') { "w" } else { "q" };
                mutations.push(Mutation::splice(files, &span.file, span.range(), other, sort, matters));
            }
        }
        offset += line.len();
    }
    if matches!(fence.class, FenceClass::Expect(_)) {
        let span = chapter.text.span(fence.range.clone());
        mutations.push(Mutation::splice(files, &span.file, span.range(), "", "expect fence deleted", matters));
    }
}

/// The expectation that an `expect` fence is, with all of its stream and the targets of its recipe.
fn expectation<'a>(chapter: &'a Chapter, fence: &Fence) -> Option<(&'a Expectation, Vec<&'a Expectation>, &'a [Id])> {
    let at = chapter.fences.iter().position(|other| std::ptr::eq(other, fence))?;
    let recipes = chapter.guide.iter().flat_map(|guide| &guide.recipes);
    let mut steps = recipes.flat_map(|recipe| recipe.steps.iter().map(move |step| (recipe, step)));
    steps.find_map(|(recipe, step)| {
        let own = step.expectations.iter().find(|expectation| expectation.fence == at)?;
        let alike = step.expectations.iter().filter(|other| other.stream == own.stream).collect();
        Some((own, alike, recipe.targets.as_slice()))
    })
}

/// Whether it is a general expectation where every target has one of its own: what a real service answers, said beside what its
/// emulators do. No evidence is held against it.
fn stands_for_none(chapter: &Chapter, fence: &Fence) -> bool {
    expectation(chapter, fence).is_some_and(|(own, alike, targets)| {
        own.targets.is_empty() && targets.iter().all(|target| alike.iter().any(|other| other.targets.contains(target)))
    })
}

/// Whether an expectation without its `target=` would hold for just the same targets: the others have their own.
fn stays_alone(chapter: &Chapter, fence: &Fence) -> bool {
    expectation(chapter, fence).is_some_and(|(own, alike, targets)| {
        let others = || alike.iter().filter(|other| !std::ptr::eq(**other, own));
        let covered =
            |target: &Id| own.targets.contains(target) || others().any(|other| other.targets.contains(target));
        others().all(|other| !other.targets.is_empty()) && targets.iter().all(covered)
    })
}

/// Every word of the info string: removed, and changed.
fn words(files: &Files, chapter: &Chapter, fence: &Fence, mutations: &mut Vec<Mutation>) {
    let opener = chapter.text.span(fence.range.clone());
    let text = &files[&opener.file];
    let Some(at) = text[opener.range()].find(&fence.info).map(|at| opener.start + at) else { return };
    let mut offset = at;
    for (number, word) in fence.info.split(' ').enumerate() {
        let range = offset..offset + word.len();
        offset += word.len() + 1;
        if word.is_empty() {
            continue;
        }
        let key = word.split('=').next().unwrap_or(word);
        if number > 0 {
            // Without its timeout a step has the default one: the recorded facts stay true.
            mutations.push(Mutation::splice(
                files,
                &opener.file,
                range.clone(),
                "",
                "attribute deleted",
                key != "timeout" && !(key == "target" && stays_alone(chapter, fence)),
            ));
        }
        match key {
            "timeout" => {
                mutations.push(Mutation::splice(files, &opener.file, range, "timeout=59s", "timeout changed", false))
            }
            "illustrative" => {}
            // Why something is not run is for people.
            "skip" if matches!(fence.class, FenceClass::Skip(..)) => {
                let other = format!("{word}-for-now");
                mutations.push(Mutation::splice(files, &opener.file, range, &other, "reason changed", false));
            }
            _ if number == 0 && fence.class == FenceClass::Plain => {}
            // The language of a file, or of what never runs, is for highlighting.
            _ if number == 0
                && matches!(fence.class, FenceClass::File(_) | FenceClass::Illustrative(_) | FenceClass::Skip(..)) =>
            {
                mutations.push(Mutation::splice(
                    files,
                    &opener.file,
                    range,
                    &format!("{word}x"),
                    "language that is for highlighting alone",
                    false,
                ));
            }
            _ => mutations.push(Mutation::splice(
                files,
                &opener.file,
                range,
                &format!("{word}x"),
                "attribute changed",
                true,
            )),
        }
    }
}

/// Blank lines around a fence do not matter.
fn surroundings(files: &Files, chapter: &Chapter, fence: &Fence, mutations: &mut Vec<Mutation>) {
    let span = chapter.text.span(fence.range.clone());
    let text = &files[&span.file];
    let line_start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    if line_start == span.start {
        mutations.push(Mutation::splice(
            files,
            &span.file,
            span.start..span.start,
            "\n\n",
            "blank lines before a fence",
            false,
        ));
        mutations.push(Mutation::splice(
            files,
            &span.file,
            span.end..span.end,
            "\n\n",
            "blank lines after a fence",
            false,
        ));
    }
}

/// A word more in every paragraph does not matter.
fn prose(files: &Files, chapter: &Chapter, mutations: &mut Vec<Mutation>) {
    let text = &files[&chapter.path];
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let inside = |range: &std::ops::Range<usize>| range.contains(&start);
        let fenced = chapter.fences.iter().any(|fence| {
            let span = chapter.text.span(fence.range.clone());
            span.file == chapter.path && inside(&span.range())
        });
        let ends_as_prose = line.trim_end().ends_with(['.', ':']);
        let starts_as_prose = line.starts_with(|c: char| c.is_ascii_uppercase());
        if ends_as_prose && starts_as_prose && !fenced && !inside(&chapter.front_matter) && !chapter.differs {
            let end = start + line.trim_end().len();
            mutations.push(Mutation::splice(files, &chapter.path, end..end, " And so on.", "prose", false));
        }
    }
}
