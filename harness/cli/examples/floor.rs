//! The floor that `dogfood check` is measured against: reads the files of a book, parses its Markdown and deserialises its traces, on one
//! thread, and judges nothing. Usage: `floor BOOK`.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use pulldown_cmark::{Options, Parser};
use serde::Deserialize;

/// The shape of a trace, typed, without checks. The fields are there to be deserialised, not to be read.
#[derive(Deserialize)]
#[expect(dead_code, reason = "the floor deserialises and judges nothing")]
struct Trace {
    schema: u32,
    guide: String,
    recipe: String,
    target: String,
    recorded: String,
    recorder: String,
    machine: BTreeMap<String, String>,
    pins: BTreeMap<String, String>,
    #[serde(default)]
    versions: BTreeMap<String, String>,
    #[serde(default)]
    service: BTreeMap<String, String>,
    steps: Vec<Step>,
    sealed: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "the floor deserialises and judges nothing")]
struct Step {
    step: u32,
    language: String,
    exit: Option<i32>,
    seconds: f64,
    stdout: Option<String>,
    stderr: Option<String>,
}

fn main() -> io::Result<()> {
    let book = PathBuf::from(env::args().nth(1).ok_or_else(|| io::Error::other("usage: floor BOOK"))?);
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST;
    let (mut events, mut steps) = (0, 0);
    for path in files(&book.join("guides"))? {
        let text = fs::read_to_string(path)?;
        events += Parser::new_ext(&text, options).into_offset_iter().count();
    }
    for path in files(&book.join("traces"))? {
        let text = fs::read_to_string(path)?;
        let trace: Trace = serde_saphyr::from_str(&text).map_err(io::Error::other)?;
        steps += trace.steps.len();
    }
    writeln!(io::stdout(), "{events} events, {steps} steps")
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}
