//! `dogfood build`: mdBook in process, with the same gate in the place of book.toml's entry. Writes the built book.

mod log;

use std::cell::RefCell;
use std::io::Write;
use std::path::Path;
use std::rc::Rc;

use dogfood_core::blame::Blame;
use dogfood_core::book::config::GATE;
use dogfood_core::checkout::{Inputs, UNSAFE};
use dogfood_core::gate::{self, Report};
use mdbook_dogfood::preprocess::{Settings, Stop, preprocess_loaded};
use mdbook_dogfood::terminal::Shown;
use mdbook_driver::MDBook;
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use serde_json::json;

use self::log::Listener;
use super::review::{self, Against};
use super::{Context, check};
use crate::cli::{BuildArgs, Today};
use crate::exit::{Exit, Trouble};
use crate::output::Head;

/// What the gate has to say while mdBook holds the program.
type Said = Rc<RefCell<Vec<u8>>>;

/// Builds.
pub(crate) fn run(context: &mut Context, args: &BuildArgs) -> Result<Exit, Trouble> {
    let root = context.root()?;
    let today = context.today(&args.today)?;
    let against = Against::typed(args.base.as_deref(), &args.judge);
    let inputs = against.load(context, &root, today)?;
    // The gate's first look is before mdBook's: a book that is not wired, or a chapter that is not there, would stop mdBook with words of
    // its own, or not at all.
    let report = gate::check(&inputs);
    if report.stops(false) {
        check::people(context, &inputs, &report)?;
        refuse_unsafe(&inputs, &report)?;
        return Ok(Exit::Findings);
    }
    if let Some(base) = &args.base {
        review::tell_pending(context, &report, base);
    }
    let settings = Settings { today, colour: context.output.colour(), workflow: context.environment.github_actions };
    let said = Said::default();
    let mut wired_in = None;
    let (built, heard) = Listener::hear(|| {
        let mut book = MDBook::load(&root)?;
        book.with_preprocessor(InProcess { settings, inputs, said: Rc::clone(&said) });
        wired_in = Some(book.build_dir_for("html"));
        book.build()
    });
    // Findings are the gate's words: what is foreign in them is shown already.
    let words = String::from_utf8_lossy(&said.borrow()).into_owned();
    if !words.is_empty() {
        context.output.say(words.trim_end_matches('\n'));
    }
    for logged in heard {
        context.output.headed(if logged.error { Head::Error } else { Head::Warning }, Shown(&logged.message));
    }
    match built {
        Ok(()) => {
            let place = wired_in.map(|dir| dir.join("index.html")).unwrap_or_default();
            context.output.say(format_args!("the book is built: {}", Shown(&place.display().to_string())));
            Ok(Exit::Clean)
        }
        Err(error) if matches!(error.downcast_ref(), Some(Stop::Findings(_))) => Ok(Exit::Findings),
        Err(error) => Err(not_built(&error)),
    }
}

/// Refuses to build where that would touch what is not the book's. mdBook writes the chapters that are missing, wherever SUMMARY.md says.
///
/// # Errors
/// If it would.
pub(crate) fn refuse_unsafe(inputs: &Inputs, report: &Report) -> Result<(), Trouble> {
    if let Some(finding) = report.findings.iter().find(|finding| finding.rule == UNSAFE) {
        let what = format!("nothing is built, for the build would touch what is not the book's: {}", finding.title);
        return Err(Trouble::usage(what, finding.help.clone()));
    }
    let locations = inputs.summary.entries.iter().filter_map(|entry| entry.location.as_deref());
    let problem = locations.filter_map(|location| inputs.book.chapter(location).err()).next();
    problem.map_or(Ok(()), |problem| {
        let what = format!("nothing is built, for mdBook would write a chapter outside the book: {problem}");
        Err(Trouble::usage(what, "name a Markdown file inside the book's source folder in SUMMARY.md"))
    })
}

/// Where a page of a preview listens for news, as mdBook's own server has it.
pub(crate) const ENDPOINT: &str = "__livereload";

/// Builds the pages of the book as it stands into `folder`, findings as a banner on them, and no other output. Returns how many errors there
/// are.
///
/// # Errors
/// If mdBook cannot build it.
pub(crate) fn preview(context: &mut Context, folder: &Path) -> Result<usize, Trouble> {
    let root = context.root()?;
    let today = context.today(&Today::default())?;
    let inputs = context.load(&root, today)?;
    let report = gate::check(&inputs);
    refuse_unsafe(&inputs, &report)?;
    let errors = report.counts.errors;
    let said = Said::default();
    let settings = Settings { today, colour: false, workflow: false };
    let (built, heard) = Listener::hear(|| {
        let mut config = MDBook::load(&root)?.config;
        // With several outputs mdBook gives each a folder of its own; and a preview is no occasion to start other programs.
        let pages = config.get::<serde_json::Value>("output.html")?.unwrap_or_else(|| json!({}));
        config.set("output", json!({ "html": pages }))?;
        config.set("output.html.live-reload-endpoint", ENDPOINT)?;
        config.build.build_dir = folder.to_owned();
        let mut book = MDBook::load_with_config(&root, config)?;
        book.with_preprocessor(InProcess { settings, inputs, said: Rc::clone(&said) });
        book.build()
    });
    for logged in heard {
        context.output.headed(if logged.error { Head::Error } else { Head::Warning }, Shown(&logged.message));
    }
    if built.is_err() && !said.borrow().is_empty() {
        context.output.say(String::from_utf8_lossy(&said.borrow()).trim_end());
    }
    built.map(|()| errors).map_err(|error| not_built(&error))
}

/// Why mdBook did not build: a file of the book, or a machine on which nothing can be written.
fn not_built(error: &anyhow::Error) -> Trouble {
    let of_system = error.chain().find_map(|cause| cause.downcast_ref::<std::io::Error>());
    let blame = of_system.map_or(Blame::Book, |cause| Blame::of(cause, Blame::Book));
    Trouble::of(blame, format!("the book could not be built: {error:#}"), "")
}

/// The gate as a preprocessor of mdBook's. It takes the place of the entry of its name, so that it runs where book.toml says.
struct InProcess {
    settings: Settings,
    inputs: Inputs,
    said: Said,
}

impl Preprocessor for InProcess {
    fn name(&self) -> &str {
        GATE
    }

    fn run(&self, context: &PreprocessorContext, book: Book) -> anyhow::Result<Book> {
        let mut said: Vec<u8> = Vec::new();
        let result = preprocess_loaded(&self.inputs, context, book, self.settings, &mut said);
        self.said.borrow_mut().write_all(&said)?;
        Ok(result?)
    }
}
