//! Fences that run: steps of recipes, of the setup and of the teardown. Pure; touches nothing.

use crate::budget::{self, CELLS, STEPS, TARGETS};
use crate::finding::Finding;
use crate::name::Id;

use super::super::attribute::{Attributes, UNCLASSIFIED, UNKNOWN};
use super::super::console;
use super::super::model::{FenceClass, FrontMatter, Recipe, Session, Step};
use super::super::words::{Role, session};
use super::draft::{Assembly, Draft, Nearest};

/// The rule for a recipe that is taken up again.
const DUPLICATE: &str = "duplicate-recipe";

impl Assembly<'_> {
    pub(super) fn step(&mut self, at: usize, words: Attributes) -> FenceClass {
        self.nearest = Nearest::Silent(at);
        let block = &self.blocks[at];
        let Some(session) = session(&words.language) else {
            let title = match words.language.as_str() {
                "" => "a step needs a language".to_owned(),
                language => format!("a `{language}` fence cannot be a step"),
            };
            let help = "Steps are `sh`, `bash`, `shell`, `console` or `python`; other code is `file=PATH` or `illustrative=REASON`.";
            if !words.blamed {
                self.report(UNCLASSIFIED, block.opener.clone(), title, help);
            }
            return FenceClass::Unclassified;
        };
        if words.role == Role::Step && words.recipe.is_none() {
            return FenceClass::Unclassified;
        }
        self.words_for_session(session, &words);
        let step = self.make(at, session, &words);
        match (words.role, words.recipe.clone()) {
            (Role::Setup, _) => {
                self.around(step, words);
                FenceClass::Setup
            }
            (Role::Teardown, _) => {
                self.around(step, words);
                FenceClass::Teardown
            }
            (_, Some(id)) if !self.admits(at, &id, &words) => FenceClass::Unclassified,
            (_, Some(id)) => {
                self.recipe_step(id.clone(), step, words);
                FenceClass::Step(id)
            }
            (_, None) => FenceClass::Unclassified,
        }
    }

    /// Whether the guide may have this step too; told once if not.
    fn admits(&mut self, at: usize, id: &Id, words: &Attributes) -> bool {
        let of_guide = || self.front.map_or(1, |front| front.targets.len().max(1));
        let bound = match self.by_id.get(id) {
            Some(draft) if self.drafts[*draft].recipe.steps.len() < STEPS => return true,
            Some(_) => format!("a recipe has at most {STEPS} steps"),
            None => {
                let targets = if words.targets.is_empty() { of_guide() } else { words.targets.len() };
                self.cells += targets * words.toolboxes.len().max(1);
                if targets <= TARGETS && self.cells <= CELLS {
                    return true;
                }
                format!("a recipe runs on at most {TARGETS} targets, and a book has at most {CELLS} runs")
            }
        };
        if !std::mem::replace(&mut self.over, true) {
            let title = format!("this step, and what follows it, is too much to judge: {bound}");
            self.report(budget::RULE, self.blocks[at].opener.clone(), title, "Split the recipe, or the guide.");
        }
        false
    }

    /// Words that only one kind of session can hold.
    fn words_for_session(&mut self, session: Session, words: &Attributes) {
        if words.has("raises") && session != Session::Python {
            let help = "Use `exit=N` for a command that fails, or take `raises` out.";
            self.report(UNKNOWN, words.place("raises"), "only Python raises exceptions", help);
        }
        if words.has("exit") && session == Session::Console {
            let help = "Write `[N]` as the last line of the command that fails.";
            self.report(
                UNKNOWN,
                words.place("exit"),
                "`exit` does not say which command of a `console` fence fails",
                help,
            );
        }
    }

    fn make(&mut self, at: usize, session: Session, words: &Attributes) -> Step {
        let block = &self.blocks[at];
        let mut text = block.body.content().to_owned();
        let mut commands = Vec::new();
        if session == Session::Console {
            let (parsed, problems) = console::parse(&block.body.text);
            for problem in problems {
                let start = block.body.source(problem.range.start);
                let empty = block.body.text.is_empty();
                let range = if empty { block.opener.clone() } else { start..start + problem.range.len() };
                self.report(UNCLASSIFIED, range, problem.title, problem.help);
            }
            text = parsed.iter().map(|command| command.text.as_str()).collect::<Vec<_>>().join("\n");
            commands = parsed;
        } else if text.trim().is_empty() {
            self.report(
                UNCLASSIFIED,
                block.opener.clone(),
                "the step is empty",
                "Write what it runs, or delete the fence.",
            );
        }
        Step {
            number: 0,
            session,
            language: words.language.clone(),
            text,
            commands,
            options: words.options.clone(),
            expectations: Vec::new(),
            fence: at,
            body: block.body.clone(),
            published: false,
        }
    }

    fn around(&mut self, mut step: Step, words: Attributes) {
        let part = if words.role == Role::Setup { &mut self.setup } else { &mut self.teardown };
        step.number = part.len() + 1;
        step.options.only_on.clone_from(&words.targets);
        part.push((step, words));
        self.nearest = Nearest::Around;
    }

    fn recipe_step(&mut self, id: Id, mut step: Step, words: Attributes) {
        let at = match self.by_id.get(&id).copied() {
            Some(at) => {
                self.later_step(at, &mut step, &words);
                at
            }
            None => {
                self.by_id.insert(id.clone(), self.drafts.len());
                // Room for one: most recipes have one step, and a vector that grows makes room for four, half a kilobyte each.
                self.drafts.push(Draft { recipe: first(id, self.front, &words), words: Vec::with_capacity(1) });
                self.drafts.len() - 1
            }
        };
        let draft = &mut self.drafts[at];
        step.number = draft.recipe.steps.len() + 1;
        draft.recipe.steps.push(step);
        draft.words.push(words);
        self.nearest = Nearest::Step(at, self.drafts[at].recipe.steps.len() - 1);
        self.latest = Some(at);
    }

    /// What a recipe's first step says, its later ones cannot say otherwise; `target=` there narrows the step.
    fn later_step(&mut self, at: usize, step: &mut Step, words: &Attributes) {
        let draft = &self.drafts[at];
        let id = draft.recipe.id.clone();
        let first = draft.recipe.steps.first().map_or(0..0, |step| self.blocks[step.fence].opener.clone());
        let first = self.expanded.span(first);
        if self.latest != Some(at) {
            let title = format!("the recipe `{id}` is taken up again after a step of another recipe");
            let help = "Move the step up to the others of its recipe, or make it a recipe with an id of its own.";
            let span = self.expanded.span(words.place("recipe"));
            let finding = Finding::error(DUPLICATE, span, title, help)
                .note("A reader who goes from top to bottom has another state here than the recipe had.")
                .related(first.clone(), "the recipe starts here")
                .subject(&id);
            self.findings.push(finding);
        }
        for name in ["toolbox", "fresh", "skip"] {
            if words.has(name) {
                let title = format!("`{name}` is said of a whole recipe, so it stands on its first step");
                let span = self.expanded.span(words.place(name));
                let finding =
                    Finding::error(UNKNOWN, span, title, format!("Move `{name}` to the first step of `{id}`."));
                self.findings.push(finding.related(first.clone(), "the recipe starts here"));
            }
        }
        let targets = self.drafts[at].recipe.targets.clone();
        self.narrow(words, &targets, &format!("the recipe `{id}`"));
        step.options.only_on = words.targets.iter().filter(|target| targets.contains(target)).cloned().collect();
    }

    /// Reports targets of a step on which what it belongs to does not run.
    pub(super) fn narrow(&mut self, words: &Attributes, targets: &[Id], whose: &str) {
        for target in words.targets.iter().filter(|target| !targets.contains(target)) {
            let known = targets.iter().map(Id::as_str).collect::<Vec<_>>().join(", ");
            let title = format!("{whose} does not run on `{target}`");
            let help = format!("Name one of {known}, or add `{target}` to the targets.");
            self.report("unknown-target", words.place("target"), title, help);
        }
    }
}

/// A recipe as its first step begins it.
fn first(id: Id, front: Option<&FrontMatter>, words: &Attributes) -> Recipe {
    let named = (!words.targets.is_empty()).then(|| words.targets.clone());
    let targets = named.or_else(|| front.map(FrontMatter::default_targets)).unwrap_or_else(FrontMatter::no_targets);
    Recipe {
        id,
        steps: Vec::with_capacity(1),
        files: Vec::new(),
        targets,
        toolboxes: words.toolboxes.clone(),
        fresh: words.fresh,
        skip: words.skip.clone().map(|reason| (reason, words.until.clone())),
    }
}
