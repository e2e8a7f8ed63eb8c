//! The program `mdbook-dogfood`: mdBook starts it, speaks JSON on its stdin and takes JSON from its stdout. Findings go to stderr and stop
//! the build by exit code 1; 2 says that no verdict was possible. Touches stdin, stdout, stderr, the environment and the clock.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use dogfood_core::book::config::BookToml;
use dogfood_core::book::environment::overrides;
use mdbook_dogfood::preprocess::{Settings, Stop, preprocess};
use mdbook_dogfood::protocol;
use mdbook_dogfood::terminal::{Guarded, Shown};
use mdbook_preprocessor::book::Book;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("supports"), Some(renderer)) => supports(&renderer),
        (Some("--version" | "-V"), None) => {
            // A closed stdout leaves nobody to tell.
            let _ = writeln!(io::stdout(), "mdbook-dogfood {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        (None, _) => gate(),
        (Some(word), _) => {
            let _ = writeln!(io::stderr(), "error: unknown argument `{}`; mdBook starts this program", Shown(word));
            ExitCode::from(2)
        }
    }
}

/// HTML always; another renderer if book.toml names it. mdBook asks only where `renderers` is not set, and takes every other code for "no".
fn supports(renderer: &str) -> ExitCode {
    let named = || {
        let text = std::fs::read_to_string("book.toml").ok()?;
        let renderers = BookToml::read(&text).ok()?.wiring?.renderers?.0;
        Some(renderers.iter().any(|name| name == renderer))
    };
    if renderer == "html" || named() == Some(true) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn gate() -> ExitCode {
    let workflow = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| !value.is_empty());
    let mut people = Guarded::new(io::stderr(), workflow);
    let code = match run(&mut people, workflow) {
        Ok(()) => 0,
        Err(failure) => {
            // Nobody is left to tell if stderr is closed.
            let _ = writeln!(people, "error: {}", Shown(&sentence(failure.as_ref())));
            if matches!(failure.downcast_ref(), Some(Stop::Findings(_))) { 1 } else { 2 }
        }
    };
    let _ = people.flush();
    ExitCode::from(code)
}

fn run(people: &mut dyn Write, workflow: bool) -> Result<(), Box<dyn std::error::Error>> {
    // The whole of stdin before any refusal: see `protocol::read`.
    let (context, book) = protocol::read(io::stdin().lock())?;
    let names: Vec<String> = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect();
    if let Some(name) = overrides(names.iter().map(String::as_str)).first() {
        return Err(
            format!("the environment variable `{name}` overrides what book.toml says of the gate; unset it").into()
        );
    }
    let book = preprocess(&context, book, settings(workflow)?, people)?;
    write(&book)?;
    Ok(())
}

fn settings(workflow: bool) -> Result<Settings, Box<dyn std::error::Error>> {
    let text = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let clock =
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0));
    let colour = text("NO_COLOR").is_none()
        && (text("CLICOLOR_FORCE").is_some_and(|value| value != "0") || io::stderr().is_terminal());
    Ok(Settings { today: mdbook_dogfood::today(text("SOURCE_DATE_EPOCH").as_deref(), clock)?, colour, workflow })
}

fn write(book: &Book) -> Result<(), Box<dyn std::error::Error>> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    serde_json::to_writer(&mut out, book)?;
    out.flush()?;
    Ok(())
}

/// An error with its causes in one line.
fn sentence(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |cause| cause.source())
        .fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
