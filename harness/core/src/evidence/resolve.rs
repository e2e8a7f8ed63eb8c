//! From a piece to what the page shows, or to what is wrong. What every kind has in common is looked at here. Pure; touches nothing.

use crate::markup::MOST_PIECES;
use crate::markup::model::{Chapter, Piece, PiecePlace};
use crate::markup::spelling;

use super::content::Content;
use super::kinds::kind::{Kind, Layout};
use super::kinds::{self, KINDS};
use super::problem::Problem;
use super::request::Request;
use super::view::View;

/// What became of a piece.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resolved {
    /// What the page shows; nothing if there is nothing that could be shown honestly.
    pub content: Option<Content>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl From<Result<Content, Vec<Problem>>> for Resolved {
    fn from(result: Result<Content, Vec<Problem>>) -> Self {
        match result {
            Ok(content) => Self { content: Some(content), problems: Vec::new() },
            Err(problems) => Self { content: None, problems },
        }
    }
}

impl From<Vec<Problem>> for Resolved {
    fn from(problems: Vec<Problem>) -> Self {
        Self { content: None, problems }
    }
}

/// Makes the content of a piece.
pub fn resolve<'a>(chapter: &'a Chapter, piece: &'a Piece, view: &View<'a>) -> Resolved {
    if chapter.pieces.get(MOST_PIECES).is_some_and(|surplus| surplus == piece) {
        let title = format!("the chapter holds more than {MOST_PIECES} pieces");
        return vec![Problem::new(piece.range.clone(), title, "split the chapter")].into();
    }
    let Some(word) = Request::kind(piece) else {
        let title = "the piece does not say what it shows";
        return vec![Problem::new(piece.range.clone(), title, format!("write one of {}", forms()))].into();
    };
    let Some(kind) = kinds::find(word.text) else {
        let help = match spelling::nearest(word.text, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write one of {}; a backslash before the braces shows them as they are", forms()),
        };
        let title = format!("there is no kind of piece `{}`", word.text);
        return vec![Problem::new(word.range(), title, help)].into();
    };
    let request = Request::read(chapter, piece);
    let problems: Vec<Problem> = place(kind, piece).into_iter().chain(words(kind, &request)).collect();
    if problems.is_empty() { kind.resolve(&request, view) } else { problems.into() }
}

fn names() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|kind| kind.meta().name)
}

fn forms() -> String {
    KINDS.iter().map(|kind| format!("`{}`", kind.meta().form)).collect::<Vec<_>>().join(", ")
}

/// Whether the piece stands where its kind can stand.
fn place(kind: &dyn Kind, piece: &Piece) -> Option<Problem> {
    let name = kind.meta().name;
    let (title, help) = match (piece.place, kind.meta().layout) {
        (PiecePlace::Alone, _) | (PiecePlace::Running, Layout::Inline) => return None,
        (PiecePlace::Running, Layout::Block) => (
            format!("`{name}` stands among words, and is more than a word"),
            "give it a paragraph of its own, with an empty line above and below",
        ),
        (PiecePlace::Heading, _) => (
            "a piece stands in a heading".to_owned(),
            "write it below: links to the heading would break with every new value",
        ),
        (PiecePlace::Elsewhere, _) => (
            "a piece stands where Markdown sees no text".to_owned(),
            "write it on one line, outside HTML, links and images; a backslash before the braces shows them as they are",
        ),
    };
    Some(Problem::new(piece.range.clone(), title, help))
}

/// Whether the words are such as the kind takes.
fn words(kind: &dyn Kind, request: &Request<'_>) -> Vec<Problem> {
    let meta = kind.meta();
    let form = || format!("write `{{{{#evidence {}}}}}`", meta.form);
    let mut problems = Vec::new();
    let many = request.plain.len();
    if many < *meta.words.start() {
        let title = format!("`{}` does not say which", meta.name);
        problems.push(Problem::new(request.piece.range.clone(), title, form()));
    } else if let Some(word) = request.plain.get(*meta.words.end()) {
        let title = format!("`{}` takes no further word `{}`", meta.name, word.text);
        problems.push(Problem::new(word.range(), title, form()));
    }
    for (at, word) in request.plain.iter().enumerate() {
        if request.plain[..at].iter().any(|other| other.text == word.text) {
            problems.push(Problem::new(word.range(), format!("`{}` is named twice", word.text), "name it once"));
        }
    }
    let mut seen: Vec<&str> = Vec::new();
    for (key, whole, value) in request.named() {
        if !meta.keys.contains(&key) {
            let help = match spelling::nearest(key, meta.keys.iter().copied()) {
                Some(near) => format!("did you mean `{near}=`?"),
                None => form(),
            };
            problems.push(Problem::new(whole.range(), format!("`{}` knows no `{key}=`", meta.name), help));
        } else if seen.contains(&key) {
            problems.push(Problem::new(whole.range(), format!("`{key}=` is said twice"), "say it once"));
        } else if value.text.is_empty() {
            problems.push(Problem::new(whole.range(), format!("`{key}=` has no value"), form()));
        }
        seen.push(key);
    }
    problems
}
