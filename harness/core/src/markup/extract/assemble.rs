//! Goes through the fences of a guide from top to bottom and puts each where its words say. Pure; touches nothing.

use std::collections::HashMap;

use crate::budget::{self, SHARED_FILE_BYTES};
use crate::finding::Finding;
use crate::name::Id;
use crate::place::RelPath;
use crate::redact::hidden;

use super::super::attribute::{self, Attributes, UNCLASSIFIED};
use super::super::fence::{Block, Form};
use super::super::hide::HideLines;
use super::super::include::Expanded;
use super::super::model::{FenceClass, FrontMatter, Given, Guide, RecipeFile};
use super::super::words::{Role, session};
use super::check;
use super::draft::{Assembly, HIDDEN, Nearest};

/// What came of a guide's fences.
pub(super) struct Assembled {
    /// A class for each block.
    pub(super) classes: Vec<FenceClass>,
    /// The guide; absent without front matter.
    pub(super) guide: Option<Guide>,
    /// What is wrong.
    pub(super) findings: Vec<Finding>,
}

/// Reads all blocks of a guide.
pub(super) fn assemble(
    expanded: &Expanded,
    blocks: &[Block],
    front: Option<&FrontMatter>,
    hidelines: &HideLines,
) -> Assembled {
    let mut assembly = Assembly::new(expanded, blocks, front, hidelines);
    let mut classes: Vec<FenceClass> = (0..blocks.len()).map(|at| assembly.block(at)).collect();
    assembly.place_files();
    check::recipes(&mut assembly);
    for draft in &assembly.drafts {
        if let Some((reason, until)) = &draft.recipe.skip {
            for step in &draft.recipe.steps {
                classes[step.fence] = FenceClass::Skip(reason.clone(), until.clone());
            }
        }
    }
    let shared = assembly.files.into_iter().filter(|(_, recipe, _)| recipe.is_none()).map(|(file, ..)| file).collect();
    let guide = front.map(|front| Guide {
        front: front.clone(),
        recipes: assembly.drafts.into_iter().map(|draft| draft.recipe).collect(),
        setup: assembly.setup.into_iter().map(|(step, _)| step).collect(),
        teardown: assembly.teardown.into_iter().map(|(step, _)| step).collect(),
        files: shared,
        given: assembly.given,
    });
    Assembled { classes, guide, findings: assembly.findings }
}

impl Assembly<'_> {
    fn block(&mut self, at: usize) -> FenceClass {
        let block = &self.blocks[at];
        match block.form {
            Form::Commented => {
                let title = "a fence inside HTML does not run, and no reader sees it as code";
                let help = "Take it out of the comment or the HTML block, or delete it.";
                let span = self.expanded.span(block.opener.clone());
                self.findings.push(Finding::warning(UNCLASSIFIED, span, title, help));
                return FenceClass::Commented;
            }
            Form::Indented => {
                let title = "an indented code block has no words that say what it is";
                let help = "Write it as a fence with a language, or indent the text less if it is no code.";
                self.report(UNCLASSIFIED, block.opener.clone(), title, help);
                return FenceClass::Unclassified;
            }
            Form::Fenced { closed: false } => {
                let title = "the fence is never closed";
                let help = "Write its closing line: the same characters, at least as many, at the same indentation.";
                self.report(UNCLASSIFIED, block.opener.clone(), title, help);
                self.nearest = Nearest::Silent(at);
                return FenceClass::Unclassified;
            }
            Form::Fenced { closed: true } => self.look_for_a_lost_end(at),
        }
        let words = attribute::read(self.expanded, block.info.clone(), &mut self.findings);
        if words.role != Role::Nothing {
            self.look_for_what_hides(at, &words);
        }
        match words.role {
            Role::Step | Role::Setup | Role::Teardown => self.step(at, words),
            Role::Expect => self.expect(at, &words),
            Role::Given => self.given(at, words),
            Role::File => self.file(at, words),
            Role::Illustrative => match words.illustrative {
                Some(reason) => FenceClass::Illustrative(reason),
                None => FenceClass::Unclassified,
            },
            Role::Skip => {
                self.nearest = Nearest::Silent(at);
                words.skip.map_or(FenceClass::Unclassified, |reason| FenceClass::Skip(reason, words.until))
            }
            Role::Nothing => self.unclassified(at, &words),
        }
    }

    /// A fence without its closing line ends where the next one does, and swallows it. No line of a fence can be the opening line of
    /// another: that one's end would be the end of both.
    fn look_for_a_lost_end(&mut self, at: usize) {
        let block = &self.blocks[at];
        let opener = &self.expanded.text[block.opener.clone()];
        let Some(mark) = opener.chars().next() else { return };
        let many = opener.chars().take_while(|c| *c == mark).count();
        let opens = |line: &str| {
            let info = line.trim_start_matches(' ').trim_start_matches(mark);
            let marks = line.trim_start_matches(' ').len() - info.len();
            marks >= many && info.starts_with(|c: char| c.is_ascii_alphabetic())
        };
        let mut offset = 0;
        for line in block.body.text.split_inclusive('\n') {
            if opens(line) {
                let start = block.body.source(offset);
                let title = "a fence opens inside another: the closing line of that one is missing";
                let help = "Close the fence above, or open and close it with more of its characters if this line is part of it.";
                self.report(UNCLASSIFIED, start..start + line.trim_end().len(), title, help);
                return;
            }
            offset += line.len();
        }
    }

    fn unclassified(&mut self, at: usize, words: &Attributes) -> FenceClass {
        if session(&words.language).is_some() {
            self.nearest = Nearest::Silent(at);
        }
        if !words.blamed {
            let title = match words.language.as_str() {
                "" => "the fence has no language and no words that say what it is".to_owned(),
                language => format!("nothing says what this `{language}` fence is"),
            };
            let help = "Add `recipe=ID`, `setup`, `teardown`, `expect`, `file=PATH`, `given=...` or `illustrative=REASON` \
                        after the language.";
            self.report(UNCLASSIFIED, self.blocks[at].opener.clone(), title, help);
        }
        FenceClass::Unclassified
    }

    fn given(&mut self, at: usize, words: Attributes) -> FenceClass {
        let block = &self.blocks[at];
        let Some(kind) = words.given.clone() else {
            return FenceClass::Unclassified;
        };
        if !matches!(words.language.as_str(), "sh" | "bash" | "shell" | "console") {
            let title = format!("a `given` fence is typed into a shell; it cannot be `{}`", words.language);
            self.report(UNCLASSIFIED, block.opener.clone(), title, "Write `sh`, `bash`, `shell` or `console`.");
        }
        self.given.push(Given {
            kind: kind.clone(),
            targets: words.targets,
            toolboxes: words.toolboxes,
            fence: at,
            language: words.language,
            body: block.body.clone(),
        });
        FenceClass::Given(kind)
    }

    fn file(&mut self, at: usize, words: Attributes) -> FenceClass {
        let block = &self.blocks[at];
        let unreadable = words.has("recipe") && words.recipe.is_none();
        let Some(path) = words.file.clone().filter(|_| !unreadable) else {
            return FenceClass::Unclassified;
        };
        let file = RecipeFile { path, executable: words.executable, text: block.body.text.clone(), fence: at };
        self.files.push((file, words.recipe.clone(), words.place("file")));
        FenceClass::File(words.recipe)
    }

    /// Gives each file to its recipe, and sees that no two are written to one place.
    fn place_files(&mut self) {
        let mut written = Written::default();
        for (at, (file, recipe, place)) in self.files.clone().into_iter().enumerate() {
            if let Some(first) = written.clash(&file.path, recipe.as_ref(), at) {
                let first = self.files[first].2.clone();
                let title = format!("two fences write `{}`", file.path);
                let finding =
                    Finding::error(UNCLASSIFIED, self.expanded.span(place), title, "Give one of them another path.");
                let finding = finding.related(self.expanded.span(first), "the first one");
                self.findings.push(finding);
                continue;
            }
            let Some(id) = recipe else { continue };
            match self.by_id.get(&id) {
                Some(draft) => self.drafts[*draft].recipe.files.push(file),
                None => {
                    // Only near neighbours are looked at: with thousands of each, the search for slips would be most of the work.
                    let ids = self.drafts.iter().take(200).map(|draft| draft.recipe.id.as_str());
                    let meant = super::super::spelling::did_you_mean(id.as_str(), ids);
                    let title = format!("the file is for the recipe `{id}`, which has no step{meant}");
                    let help = "Name a recipe of this guide, or take `recipe=` out to have the file in all of them.";
                    self.report(UNCLASSIFIED, place, title, help);
                }
            }
        }
        self.shared_files();
    }

    /// A file for all recipes is written for each of them and pinned by each: that must not grow with both of their numbers.
    fn shared_files(&mut self) {
        let shared = self.files.iter().filter(|(_, recipe, _)| recipe.is_none());
        let bytes: usize = shared.clone().map(|(file, ..)| file.text.len() + file.path.as_str().len()).sum();
        if bytes.saturating_mul(self.drafts.len()) <= SHARED_FILE_BYTES {
            return;
        }
        let Some((_, _, place)) = shared.max_by_key(|(file, ..)| file.text.len()) else { return };
        let (place, recipes) = (place.clone(), self.drafts.len());
        let title = format!("the files of this guide would be written {recipes} times, {bytes} bytes each time");
        let help = format!(
            "Keep them, times the recipes, under {} MiB: split the guide, or name with `recipe=` who needs the file.",
            SHARED_FILE_BYTES >> 20
        );
        self.report(budget::RULE, place, title, help);
        self.files.retain(|(_, recipe, _)| recipe.is_some());
    }

    /// Lines and characters that run (or are written, or compared) without the reader seeing them.
    fn look_for_what_hides(&mut self, at: usize, words: &Attributes) {
        let body = &self.blocks[at].body;
        let place = |offset: usize, len: usize| body.source(offset)..body.source(offset) + len;
        let line = self.hidelines.hidden(&words.language, words.hidelines.as_deref(), body.content()).next();
        if let Some((offset, line)) = line {
            let title = "mdBook hides this line from the reader";
            let help =
                "Show it: a guide's reader sees what ran. Choose another prefix if the line is not meant to hide.";
            self.report(HIDDEN, place(offset, line.len()), title, help);
        }
        if words.role == Role::Expect {
            return;
        }
        let unseen = hidden(&body.text).next();
        if let Some((offset, character)) = unseen {
            let title = format!("the fence holds the character U+{:04X}, which no reader sees", u32::from(character));
            let help = "Delete it, or write it as an escape of the language.";
            self.report(HIDDEN, place(offset, character.len_utf8()), title, help);
        }
    }
}

/// Which paths are taken, and by which file: of all recipes, of one, or of any.
#[derive(Default)]
struct Written {
    by_all: HashMap<RelPath, usize>,
    by_one: HashMap<(RelPath, Id), usize>,
    by_any: HashMap<RelPath, usize>,
}

impl Written {
    /// The file that is written to the same place for the same recipe; if there is none, `file` takes the place.
    fn clash(&mut self, path: &RelPath, recipe: Option<&Id>, file: usize) -> Option<usize> {
        let first = match recipe {
            None => self.by_any.get(path),
            Some(id) => self.by_all.get(path).or_else(|| self.by_one.get(&(path.clone(), id.clone()))),
        };
        let first = first.copied();
        self.by_any.entry(path.clone()).or_insert(file);
        match recipe {
            None => drop(self.by_all.entry(path.clone()).or_insert(file)),
            Some(id) => drop(self.by_one.entry((path.clone(), id.clone())).or_insert(file)),
        }
        first
    }
}
