//! What pins a recipe: the digests of the text that ran. Prose, indentation, line numbers and expectations are in none of them. Pure.

use serde_json::{Value, json};

use crate::digest::Digest;

use super::model::{Guide, Recipe, RecipeFile, Session, Step};

/// The digests of a recipe's own text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecipePins {
    /// Its steps and files.
    pub recipe: Digest,
    /// The guide's setup; absent without one.
    pub setup: Option<Digest>,
    /// The guide's teardown; absent without one.
    pub teardown: Option<Digest>,
    /// The target; absent for `none`.
    pub target: Option<Digest>,
}

/// The digests of what runs around every recipe of a guide.
#[derive(Clone, Copy, Debug)]
pub struct Around {
    setup: Option<Digest>,
    teardown: Option<Digest>,
}

impl Around {
    /// Those of `guide`.
    pub fn of(guide: &Guide) -> Self {
        Self { setup: around(&guide.setup), teardown: around(&guide.teardown) }
    }

    /// The pins of a recipe's own text, which is one of the same `guide`. The target's is not known here: the planner adds it.
    pub fn pins(self, guide: &Guide, recipe: &Recipe) -> RecipePins {
        let mut files: Vec<&RecipeFile> = guide.files.iter().chain(&recipe.files).collect();
        // By path: which fence stands first on the page decides nothing.
        files.sort_by(|one, other| one.path.cmp(&other.path));
        let files: Vec<Value> = files.into_iter().map(file).collect();
        let recipe = Digest::of_json(&json!({ "steps": steps(&recipe.steps), "files": files }));
        RecipePins { recipe, setup: self.setup, teardown: self.teardown, target: None }
    }
}

fn around(part: &[Step]) -> Option<Digest> {
    (!part.is_empty()).then(|| Digest::of_json(&json!({ "steps": steps(part) })))
}

fn steps(steps: &[Step]) -> Vec<Value> {
    steps.iter().map(step).collect()
}

fn step(step: &Step) -> Value {
    // Two commands and one command of two lines have the same text, but run differently: a console step is a list.
    let text = match step.session {
        Session::Console => json!(step.commands.iter().map(|command| command.text.as_str()).collect::<Vec<_>>()),
        Session::Bash | Session::Python => json!(step.text),
    };
    json!({ "language": step.language, "text": text, "attributes": step.options.pinned })
}

fn file(file: &RecipeFile) -> Value {
    let text = file.text.strip_suffix('\n').unwrap_or(&file.text);
    json!({ "path": file.path.as_str(), "executable": file.executable, "text": text })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::place::RelPath;

    use super::super::extract::extract;
    use super::super::hide::HideLines;
    use super::super::model::ChapterKind;
    use super::*;

    fn read(markdown: &str) -> RecipePins {
        let text = format!("---\nguide: g\nkind: guide\ntoolbox: python\n---\n{markdown}");
        let path = RelPath::new("guides/g.md").unwrap();
        let files = BTreeMap::from([(RelPath::new("guides/s.sh").unwrap(), "a\nb\n".to_owned())]);
        let (chapter, findings) = extract(&path, &text, ChapterKind::Guide, &HideLines::default(), &files);
        assert!(findings.is_empty(), "{markdown} {findings:?}");
        let guide = chapter.guide.unwrap();
        Around::of(&guide).pins(&guide, &guide.recipes[0])
    }

    const BASE: &str = "```sh setup\ns\n```\n```sh teardown\nt\n```\n```text file=f\nx\n```\n```text file=g recipe=r\ny\n```\n\
                        ```sh recipe=r timeout=3s\na\nb\n```\n```text expect\no\n```\n```console recipe=r\n$ c\n1\n$ d\n```\n";

    fn check(from: &str, to: &str, moved: &str) {
        assert!(BASE.contains(from), "{from}");
        let (before, after) = (read(BASE), read(&BASE.replacen(from, to, 1)));
        let mut seen = Vec::new();
        for (name, same) in [
            ("recipe", before.recipe == after.recipe),
            ("setup", before.setup == after.setup),
            ("teardown", before.teardown == after.teardown),
        ] {
            if !same {
                seen.push(name);
            }
        }
        assert_eq!(seen.join(" "), moved, "{from:?} -> {to:?}");
        assert!(before.target.is_none());
    }

    #[test]
    fn what_runs_moves_its_own_pin() {
        check("\na\nb\n", "\na\nB\n", "recipe");
        check("\na\nb\n", "\na\nb\n\n", "recipe");
        check("\na\nb\n", "\na\nb \n", "recipe");
        check("```sh recipe", "```bash recipe", "recipe");
        check("timeout=3s", "exit=0", "recipe");
        check("timeout=3s", "timeout=3s took=0s..9s", "recipe");
        check("file=f", "file=h", "recipe");
        check("file=f", "file=f mode=x", "recipe");
        check("\nx\n", "\nX\n", "recipe");
        check("\ny\n", "\nY\n", "recipe");
        check("$ c\n", "$ e\n", "recipe");
        check("\ns\n", "\nS\n", "setup");
        check("```sh setup\ns\n```\n", "", "setup");
        check("\nt\n", "\nT\n", "teardown");
    }

    #[test]
    fn what_does_not_run_moves_nothing() {
        check("timeout=3s", "timeout=9s", "");
        check(" timeout=3s", "", "");
        check("timeout=3s", "timeout=3s noplayground", "");
        check("timeout=3s", "skip=why until=2027-01-31", "");
        check("\no\n", "\nother\n", "");
        check("```text expect\no\n```\n", "", "");
        check("$ c\n1\n", "$ c\n2\n[3]\n", "");
        check("```sh setup", "text\n\n<!-- x -->\n\n```sh setup", "");
        check("```sh recipe=r timeout=3s\na\nb\n```", "- ~~~~sh   recipe=r\n  a\n  b\n  ~~~~", "");
        check("\na\nb\n", "\n{{#include s.sh}}\n", "");
        check(
            "```text file=f\nx\n```\n```text file=g recipe=r\ny\n```",
            "```yaml file=g recipe=r\ny\n```\n```text file=f\nx\n```",
            "",
        );
        check("```sh recipe=r timeout", "```sh illustrative=x\nno\n```\n```sh recipe=r timeout", "");
        check("$ d\n```\n", "$ d\n```\n```sh recipe=other\nx\n```\n", "");
    }

    #[test]
    fn two_commands_are_not_one_of_two_lines() {
        let two = read("```console recipe=r\n$ a\n$ b\n```\n");
        let one = read("```console recipe=r\n$ a\n> b\n```\n");
        assert_ne!(two.recipe, one.recipe);
    }
}
