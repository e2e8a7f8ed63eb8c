//! `figure RECIPE step=N`: one recorded value in running text. Pure.

use serde_json::Value;

use crate::evidence::answers::{answers, excerpt, output};
use crate::evidence::book::Book;
use crate::evidence::problem::Problem;
use crate::evidence::request::Request;
use crate::evidence::resolve::Resolved;
use crate::evidence::single::{agreed, cells};
use crate::evidence::view::View;

use super::kind::{Kind, Layout, Meta, Reads};

/// The kind.
pub(super) struct Figure;

impl Kind for Figure {
    fn meta(&self) -> &'static Meta {
        &Meta {
            name: "figure",
            form: "figure RECIPE step=N [line=K | key=A.B] [target=T]",
            layout: Layout::Inline,
            words: 1..=1,
            keys: &["step", "line", "key", "target"],
        }
    }

    fn reads<'a>(&self, request: &Request<'a>, book: Book<'a>) -> Vec<Reads<'a>> {
        let step = request.number("step").ok().flatten();
        let found = request.plain.first().and_then(|word| book.recipe(request, *word).ok());
        found.filter(|_| step.is_some()).map(|found| Reads { found, step }).into_iter().collect()
    }

    fn resolve<'a>(&self, request: &Request<'a>, view: &View<'a>) -> Resolved {
        let read = || -> Result<_, Problem> {
            let found = view.book.recipe(request, request.plain[0])?;
            let step = found.check_step(request)?;
            let line = request.number("line")?;
            if let (Some(_), Some(word)) = (line, request.value("key")) {
                let title = "`line=` and `key=` are two ways to name one value";
                return Err(Problem::new(word.range(), title, "leave one of them out"));
            }
            let Some(step) = step else {
                let title = "the piece does not say which step printed the value";
                return Err(Problem::new(request.piece.range.clone(), title, "say `step=N`").subject(found.name()));
            };
            Ok((found, step, line, cells(view, request, &found)?))
        };
        let (found, step, line, cells) = match read() {
            Ok(read) => read,
            Err(problem) => return vec![problem].into(),
        };
        let key = request.value("key").map(|word| word.text);
        agreed("figure", request.plain[0].range(), &cells, |cell, trace| {
            let Some(step) = found.step(Some(step), &cell.id.target) else {
                return Err(format!("step {step} does not run on `{}`", cell.id.target));
            };
            let text = output(trace, step)?;
            match (line, key) {
                (Some(line), _) => {
                    let found = text.lines().nth(line - 1).map(str::to_owned);
                    found.ok_or_else(|| format!("step {} printed {} lines", step.number, text.lines().count()))
                }
                (None, Some(key)) => keyed(&text, key),
                (None, None) if text.lines().count() > 1 => Err(format!(
                    "step {} printed {} lines; say `line=K` or `key=NAME`",
                    step.number,
                    text.lines().count()
                )),
                (None, None) => Ok(text),
            }
        })
        .into()
    }
}

/// The value at `key` of JSON (`a.b.0`), or of lines `name: value`.
fn keyed(text: &str, key: &str) -> Result<String, String> {
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        let answers =
            answers(text).map_err(|why| format!("its output is neither JSON nor lines `name: value`: {why}"))?;
        let found = answers.into_iter().find(|(name, _)| name == key).map(|(_, value)| value);
        return found.ok_or_else(|| format!("it printed no `{}`", excerpt(key)));
    };
    let found = key.split('.').try_fold(&value, |value, part| match value {
        Value::Array(items) => items.get(part.parse::<usize>().ok()?),
        other => other.get(part),
    });
    match found {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => Ok(value.to_string()),
        Some(_) => Err(format!("`{}` is no single value", excerpt(key))),
        None => Err(format!("it printed no `{}`", excerpt(key))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lead_into_json_and_lines() {
        let json = r#"{"a": {"b": [1, 2.50, "x"]}, "t": true, "n": null}"#;
        for (text, key, found) in [
            (json, "a.b.0", Ok("1")),
            (json, "a.b.2", Ok("x")),
            (json, "t", Ok("true")),
            (json, "a.b", Err("`a.b` is no single value")),
            (json, "n", Err("`n` is no single value")),
            (json, "a.c", Err("it printed no `a.c`")),
            (json, "a.b.x", Err("it printed no `a.b.x`")),
            ("size: 5\ncount: 12\n", "count", Ok("12")),
            ("size: 5\n", "count", Err("it printed no `count`")),
            (
                "hello\n",
                "count",
                Err("its output is neither JSON nor lines `name: value`: the line `hello` is no `name: value`"),
            ),
        ] {
            let expected = found.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(keyed(text, key), expected, "{text} {key}");
        }
    }
}
