//! `dogfood init`: a new book, wired, with a guide whose recipes are run and recorded; or an existing book, wired. Asks nothing, never
//! overwrites a file, and does nothing the second time. Writes the book's files.

use std::fs;
use std::path::Path;

use dogfood_core::blame::Blame;
use dogfood_core::gate;
use dogfood_core::place::RelPath;
use dogfood_store::write::{atomic, create as create_new};
use mdbook_dogfood::terminal::Shown;

use super::run::{Mode, Request};
use super::{Context, check, run};
use crate::cli::{Ci, InitArgs, Selectors, Today};
use crate::exit::{Exit, Trouble};
use crate::wiring::{self, Wired};

/// What a new book is made of.
const NEW: [(&str, &str); 3] = [
    ("book.toml", include_str!("book.toml")),
    ("guides/SUMMARY.md", include_str!("SUMMARY.md")),
    ("guides/first-guide.md", include_str!("first-guide.md")),
];

/// Lines that every book needs in files that may be there already.
const LINES: [(&str, &[&str]); 2] =
    [(".gitignore", &["/book", "/.dogfood", ".dogfood-*"]), (".gitattributes", &["traces/** text eol=lf -merge"])];

/// The workflows of GitHub Actions.
const GITHUB: [(&str, &str); 2] = [
    (".github/workflows/docs-check.yml", include_str!("docs-check.yml")),
    (".github/workflows/docs-record.yml", include_str!("docs-record.yml")),
];

/// The rule that names chapters which are neither guides nor listed as plain.
const UNCLASSIFIED: &str = "unclassified-chapter";

/// Makes or wires a book.
pub(crate) fn run(context: &mut Context, args: &InitArgs) -> Result<Exit, Trouble> {
    context.environment.refuse_overrides()?;
    let root = args.dir.as_ref().map_or_else(|| context.place(), |dir| context.place().join(dir));
    fs::create_dir_all(&root).map_err(|error| cannot("made", &root, &error))?;
    let mut done = Vec::new();
    let new = existing(&root)?.is_none();
    if new {
        // Its recipes are run below: they must be those that stand in this program.
        if let Some((name, _)) = NEW.iter().find(|(name, _)| root.join(name).exists()) {
            let what = format!("`{}` is there, and belongs to no book", root.join(name).display());
            return Err(Trouble::usage(
                what,
                "write a book.toml for it, or move it away; then call `dogfood init` again",
            ));
        }
        NEW.iter().try_for_each(|(path, text)| create(&root, path, text, &mut done))?;
    } else {
        wire(context, &root, &mut done)?;
    }
    LINES.iter().try_for_each(|(path, lines)| append(&root, path, lines, &mut done))?;
    if args.ci == Some(Ci::Github) {
        workflows(&root, &mut done)?;
    }
    for line in &done {
        context.output.say(Shown(line));
    }
    if done.is_empty() {
        context.output.say("nothing to do: the book is wired");
    }
    let recorded = if new { record(context, &root)? } else { Exit::Clean };
    Ok(recorded.and(verdict(context, &root)?))
}

/// Writes the workflows that are not there.
fn workflows(root: &Path, done: &mut Vec<String>) -> Result<(), Trouble> {
    let missing: Vec<_> = GITHUB.iter().filter(|(path, _)| !root.join(path).exists()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    missing.iter().try_for_each(|(path, text)| create(root, path, text, done))?;
    done.push("fill in DOGFOOD_ARCHIVE and DOGFOOD_SHA256 at the top of each workflow".to_owned());
    let here = root.canonicalize().map_err(|error| cannot("read", root, &error))?;
    let repository = here.ancestors().find(|folder| folder.join(".git").exists()).filter(|folder| *folder != here);
    if let Some(below) = repository.and_then(|repository| here.strip_prefix(repository).ok()) {
        let below = below.display();
        done.push(format!(
            "GitHub reads workflows at the repository's root alone: move `.github` there, call `dogfood --root {below}` in them, and write `{below}/` \
             before `book` and `traces`"
        ));
    }
    Ok(())
}

/// The text of the book.toml that is there, or that a book without one means: mdBook needs none where its defaults do.
fn existing(root: &Path) -> Result<Option<String>, Trouble> {
    let path = root.join("book.toml");
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let implied = [("src/SUMMARY.md", ""), ("guides/SUMMARY.md", "[book]\nsrc = \"guides\"\n\n")];
            let found = implied.into_iter().find(|(summary, _)| root.join(summary).is_file());
            Ok(found.map(|(_, text)| text.to_owned()))
        }
        Err(error) => Err(cannot("read", &path, &error)),
    }
}

/// Wires the gate, then lists every chapter that it does not know as plain.
fn wire(context: &Context, root: &Path, done: &mut Vec<String>) -> Result<(), Trouble> {
    let text = existing(root)?.unwrap_or_default();
    let wired = wired(&text, &[])?;
    write(root, &text, &wired, done)?;
    let inputs = context.load(root, context.today(&Today::default())?)?;
    let report = gate::check(&inputs);
    let unclassified = report.findings.iter().filter(|finding| finding.rule == UNCLASSIFIED);
    let mut plain: Vec<String> = unclassified
        .filter_map(|finding| {
            let path = finding.span.file.as_str();
            let below = if inputs.book.src.is_empty() {
                Some(path)
            } else {
                path.strip_prefix(&inputs.book.src)?.strip_prefix('/')
            };
            below.map(str::to_owned)
        })
        .collect();
    plain.dedup();
    let listed = self::wired(&wired.text, &plain)?;
    write(root, &wired.text, &listed, done)
}

fn wired(text: &str, plain: &[String]) -> Result<Wired, Trouble> {
    wiring::wire(text, plain)
        .map_err(|problem| Trouble::usage(problem.to_string(), "mend book.toml, then call `dogfood init` again"))
}

fn write(root: &Path, before: &str, wired: &Wired, done: &mut Vec<String>) -> Result<(), Trouble> {
    let path = root.join("book.toml");
    if wired.text != before || !path.exists() {
        replace(root, "book.toml", wired.text.as_bytes())?;
        done.extend(wired.changes.iter().map(|change| format!("book.toml: {change}")));
    }
    Ok(())
}

/// Replaces a file whole or not at all.
fn replace(root: &Path, name: &str, bytes: &[u8]) -> Result<(), Trouble> {
    atomic(root, &relative(name)?, bytes).map_err(|error| cannot("written", &root.join(name), &error))
}

/// One of our own names as a path of the checkout.
fn relative(name: &str) -> Result<RelPath, Trouble> {
    RelPath::new(name).map_err(|problem| Trouble::machine(format!("`{name}`: {problem}"), ""))
}

/// Writes a file that is not there.
fn create(root: &Path, name: &str, text: &str, done: &mut Vec<String>) -> Result<(), Trouble> {
    match create_new(root, &relative(name)?, text.as_bytes()) {
        Ok(()) => done.push(format!("wrote {name}")),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => done.push(format!("left {name} as it is")),
        Err(error) => return Err(cannot("written", &root.join(name), &error)),
    }
    Ok(())
}

/// Adds the lines that a file lacks.
fn append(root: &Path, name: &str, lines: &[&str], done: &mut Vec<String>) -> Result<(), Trouble> {
    let path = root.join(name);
    let mut bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(cannot("read", &path, &error)),
    };
    // Names in it may be in any encoding: they stay as they are.
    let before = String::from_utf8_lossy(&bytes).into_owned();
    // Somebody's own way of writing the same (`book/` for `/book`) counts.
    let key = |line: &str| line.trim().trim_matches('/').to_owned();
    let missing: Vec<&str> =
        lines.iter().copied().filter(|line| !before.lines().any(|have| key(have) == key(line))).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    bytes.extend_from_slice(format!("{gap}{}\n", missing.join("\n")).as_bytes());
    replace(root, name, &bytes)?;
    done.push(format!("{name}: added {}", missing.join(", ")));
    Ok(())
}

fn record(context: &mut Context, root: &Path) -> Result<Exit, Trouble> {
    let request = Request { mode: Mode::Record { refresh: false }, ..Request::new(Selectors::default()) };
    run::record(context, root, &request)
}

fn verdict(context: &mut Context, root: &Path) -> Result<Exit, Trouble> {
    let inputs = context.load(root, context.today(&Today::default())?)?;
    let report = gate::check(&inputs);
    check::people(context, &inputs, &report)?;
    // A book that was just wired has no guide yet: its summary line says so, and `check` will, with its own exit code.
    Ok(match check::verdict(&report, false) {
        Exit::Nothing => Exit::Clean,
        other => other,
    })
}

fn cannot(done: &str, path: &Path, error: &std::io::Error) -> Trouble {
    let what = format!("`{}` cannot be {done}: {error}", path.display());
    Trouble::of(Blame::of(error, Blame::CommandLine), what, "name a folder that may be written and has room")
}
