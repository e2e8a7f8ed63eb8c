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

/// The pins of a recipe's own text. The target's is not known here: the planner adds it.
pub fn pins(guide: &Guide, recipe: &Recipe) -> RecipePins {
    let mut files: Vec<&RecipeFile> = guide.files.iter().chain(&recipe.files).collect();
    // By path: which fence stands first on the page decides nothing.
    files.sort_by(|one, other| one.path.cmp(&other.path));
    let files: Vec<Value> = files.into_iter().map(file).collect();
    RecipePins {
        recipe: Digest::of_json(&json!({ "steps": steps(&recipe.steps), "files": files })),
        setup: around(&guide.setup),
        teardown: around(&guide.teardown),
        target: None,
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
