//! What a guide means once it is read: fences, steps, recipes and the words on them. Values only; [`super::extract`] makes them.
//! Pure; touches nothing.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use serde::Serialize;

use crate::fault::Fault;
use crate::name::Id;
use crate::place::{RelPath, Span};

use super::include::Expanded;

/// One chapter of the book, read. A chapter that is listed under `plain` has no front matter and no recipes.
#[derive(Clone, Debug)]
pub struct Chapter {
    /// The file, for example `guides/backends/sql-blob.md`.
    pub path: RelPath,
    /// The text with every include in place, and the way back from its bytes to files.
    pub text: Expanded,
    /// Whether the text is not that of the file: something is included, taken out or escaped in it.
    pub differs: bool,
    /// The bytes of the front matter in `text`, both `---` lines and the line break after them included; empty without one.
    pub front_matter: Range<usize>,
    /// Every fence, indented code block and commented-out fence, in order.
    pub fences: Vec<Fence>,
    /// Every heading, in order.
    pub headings: Vec<Heading>,
    /// Every link and image destination, in order.
    pub links: Vec<Link>,
    /// The guide, where the chapter is one and its front matter could be read.
    pub guide: Option<Guide>,
    /// Every `<!-- dogfood: allow RULE until=DATE because WORDS -->`, in order.
    pub allows: Vec<Allow>,
    /// Every `{{#evidence ...}}` outside code and comments, in order.
    pub pieces: Vec<Piece>,
}

/// How book.toml lists a chapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChapterKind {
    /// It has front matter, and every fence has a class.
    Guide,
    /// It is listed under `plain`: no front matter, nothing runs.
    Plain,
}

/// The parts of a guide. Recipes stand in the order of their first step.
#[derive(Clone, Debug)]
pub struct Guide {
    /// The front matter.
    pub front: FrontMatter,
    /// The recipes.
    pub recipes: Vec<Recipe>,
    /// Steps that run in every recipe's sessions before its first.
    pub setup: Vec<Step>,
    /// Steps that run in fresh sessions after every recipe, also after a failure.
    pub teardown: Vec<Step>,
    /// Files written into the folder of every recipe.
    pub files: Vec<RecipeFile>,
    /// What the harness supplies, as the page shows it.
    pub given: Vec<Given>,
}

/// What a chapter's front matter says.
#[derive(Clone, Debug)]
pub struct FrontMatter {
    /// The guide's id: the trace folder.
    pub guide: Id,
    /// Where the id stands.
    pub guide_span: Span,
    /// What sort of chapter it is.
    pub kind: GuideKind,
    /// Targets that every recipe runs on, unless it says otherwise; empty means `none`, never "nothing".
    pub targets: Vec<(Id, Span)>,
    /// Targets that are documented from pattern and rendered "not verified here".
    pub unverified: Vec<(Id, Span)>,
    /// The toolbox, absent for the host's shell alone.
    pub toolbox: Option<(Id, Span)>,
    /// Programs from outside the toolbox.
    pub needs: Vec<(String, Span)>,
    /// Free-form `plan:` entry, read by the plan page.
    pub plan: serde_json::Value,
}

/// The sorts of chapter with front matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GuideKind {
    /// A guide: recipes, in the contract's shape.
    Guide,
    /// A short addition to another page: recipes, without the shape.
    Sidebar,
    /// Holds no recipes.
    Reference,
}

/// A heading.
#[derive(Clone, Debug)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its text without markup.
    pub text: String,
    /// The id that its author gave it (`{#id}`).
    pub id: Option<String>,
    /// Its bytes in the chapter's text.
    pub range: Range<usize>,
}

/// A link or image.
#[derive(Clone, Debug)]
pub struct Link {
    /// Destination as written.
    pub destination: String,
    /// The link's bytes in the chapter's text.
    pub range: Range<usize>,
}

/// A tolerated finding.
#[derive(Clone, Debug)]
pub struct Allow {
    /// The rule.
    pub rule: String,
    /// The last day, `YYYY-MM-DD`.
    pub until: String,
    /// Why.
    pub because: String,
    /// The comment's bytes in the chapter's text.
    pub range: Range<usize>,
    /// The line (from 1, in the chapter's text) of the next non-blank line after the comment: where the finding must start.
    pub covers_line: usize,
}

/// A `{{#evidence KIND ...}}` in a chapter: what a trace or a target file says stands there on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its bytes in the chapter's text, braces included.
    pub range: Range<usize>,
    /// Its words as written, each with its offset in the chapter's text; the first is the kind.
    pub words: Vec<(String, usize)>,
    /// What it stands in.
    pub place: PiecePlace,
}

/// What a [`Piece`] stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PiecePlace {
    /// It is all that its paragraph (or tight list item) holds.
    Alone,
    /// Words stand beside it, or it is a cell of a table.
    Running,
    /// A heading.
    Heading,
    /// HTML, a link's destination, an image's text, or more than one line: Markdown does not see it as text.
    Elsewhere,
}

/// A fence, an indented code block or a commented-out fence, with its class.
#[derive(Clone, Debug)]
pub struct Fence {
    /// What it is.
    pub class: FenceClass,
    /// First word of the info string, `""` if there is none.
    pub language: String,
    /// The info string as written.
    pub info: String,
    /// Its bytes in the chapter's text, opener to closer.
    pub range: Range<usize>,
    /// The opening line (or the whole block, where there is none), in the file where it stands.
    pub span: Span,
    /// Its content.
    pub body: Body,
}

/// What a fence is. Every fence of a guide has exactly one class; [`FenceClass::Unclassified`] is always a finding there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FenceClass {
    /// A step of a recipe.
    Step(Id),
    /// Runs before every recipe.
    Setup,
    /// Runs after every recipe.
    Teardown,
    /// Expected output of the step whose fence has this index in [`Chapter::fences`].
    Expect(usize),
    /// A file, for one recipe or for all.
    File(Option<Id>),
    /// What the harness supplies.
    Given(GivenKind),
    /// Shown, not run, for the reason.
    Illustrative(String),
    /// A step that is not run for now, for the reason, until the date.
    Skip(String, Option<String>),
    /// A fence of a chapter that is not a guide.
    Plain,
    /// A fence inside an HTML comment: it does not run.
    Commented,
    /// Nothing of the above.
    Unclassified,
}

impl FenceClass {
    /// The class as one word for listings.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Step(_) => "step",
            Self::Setup => "setup",
            Self::Teardown => "teardown",
            Self::Expect(_) => "expect",
            Self::File(_) => "file",
            Self::Given(_) => "given",
            Self::Illustrative(_) => "illustrative",
            Self::Skip(..) => "skip",
            Self::Plain => "plain",
            Self::Commented => "commented",
            Self::Unclassified => "unclassified",
        }
    }
}

/// Which of the harness's own doings a `given` fence shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GivenKind {
    /// The install line.
    Toolbox,
    /// The start line of a service.
    Service,
    /// The exports, with their documented values.
    Env,
}

/// The content of a fence without the indentation and the prefixes of its containers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// The text with LF line ends; each line of the fence ends with one.
    pub text: String,
    /// For each piece of `text`, where it stands in the chapter's text: `(offset in text, offset in chapter text)`, both ascending.
    pub pieces: Vec<(usize, usize)>,
}

impl Body {
    /// The offset in the chapter's text of the byte at `offset` of this body.
    pub fn source(&self, offset: usize) -> usize {
        let at = self.pieces.partition_point(|(start, _)| *start <= offset);
        match at.checked_sub(1).and_then(|at| self.pieces.get(at)) {
            Some((start, source)) => source + (offset - start),
            None => self.pieces.first().map_or(0, |(_, source)| *source),
        }
    }

    /// The body without its final line break: the form that is executed, compared and digested.
    pub fn content(&self) -> &str {
        self.text.strip_suffix('\n').unwrap_or(&self.text)
    }
}

/// A `given` fence.
#[derive(Clone, Debug)]
pub struct Given {
    /// What it shows.
    pub kind: GivenKind,
    /// The targets it is for; empty for all.
    pub targets: Vec<Id>,
    /// The toolboxes it is for; empty for all.
    pub toolboxes: Vec<Id>,
    /// Index in [`Chapter::fences`].
    pub fence: usize,
    /// Language, as for a step.
    pub language: String,
    /// Its text.
    pub body: Body,
}

/// A file that is written before the run.
#[derive(Clone, Debug)]
pub struct RecipeFile {
    /// Path inside the recipe's folder.
    pub path: RelPath,
    /// Whether it is executable (`mode=x`).
    pub executable: bool,
    /// Its content.
    pub text: String,
    /// Index in [`Chapter::fences`].
    pub fence: usize,
}

/// A recipe: steps that run in order, in one fresh folder.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// Its id.
    pub id: Id,
    /// Its steps; at least one.
    pub steps: Vec<Step>,
    /// Its own files, besides the guide's.
    pub files: Vec<RecipeFile>,
    /// The targets it runs on: its own `target=` or the guide's; [`Id`] `none` where no service is needed. Never empty.
    pub targets: Vec<Id>,
    /// The toolboxes it asks for with `toolbox=`; empty means the guide's (or none at all).
    pub toolboxes: Vec<Id>,
    /// Whether it asks for a target of its own.
    pub fresh: bool,
    /// Why it is not run for now, with the last day, if it is skipped.
    pub skip: Option<(String, Option<String>)>,
}

/// Which process runs a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Session {
    /// `sh`, `bash` and `shell` fences: the recipe's one bash, streams apart.
    Bash,
    /// `console` fences: the same bash, command by command, streams as one.
    Console,
    /// `python` fences: the recipe's one interpreter.
    Python,
}

/// One fence that runs.
#[derive(Clone, Debug)]
pub struct Step {
    /// Number of the step in its recipe (or in the setup, or in the teardown), from 1.
    pub number: usize,
    /// Who runs it.
    pub session: Session,
    /// Language word as written.
    pub language: String,
    /// What runs. For `console` the commands, one after another, without prompts and expected output.
    pub text: String,
    /// The commands of a `console` fence; empty for other languages.
    pub commands: Vec<ConsoleCommand>,
    /// What the words on the fence say.
    pub options: StepOptions,
    /// What it should print, in order of the fences.
    pub expectations: Vec<Expectation>,
    /// Index in [`Chapter::fences`].
    pub fence: usize,
    /// The fence's content.
    pub body: Body,
    /// Whether an `{{#evidence ...}}` of the book reads what it prints: then its standard output stands whole in the trace, as one that an
    /// expectation reads. Extraction does not know; the loader says it once it has every chapter.
    pub published: bool,
}

/// The words on a step's fence, typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepOptions {
    /// `exit=N`: the exit code that the step must have, 0 if not said.
    pub exit: Option<i32>,
    /// `raises=CLASS`.
    pub raises: Option<String>,
    /// `took=A..B`: the wall time that the step must have.
    pub took: Option<(Duration, Duration)>,
    /// `timeout=`: 60 seconds if not said.
    pub timeout: Option<Duration>,
    /// `secret=NAME`: captures whose text is redacted from the first byte.
    pub secrets: Vec<String>,
    /// `fault=`.
    pub fault: Option<Fault>,
    /// `bench=GROUP/VARIANT` or `bench=GROUP`, as written.
    pub bench: Option<String>,
    /// `rounds=N`.
    pub rounds: Option<u32>,
    /// `min-effect=R`, as written.
    pub min_effect: Option<String>,
    /// `target=a+b` on a step that is not the recipe's first: it runs only there. Empty: on all.
    pub only_on: Vec<Id>,
    /// Every word that pins the step, as written, sorted by key: what the recipe digest covers. `timeout`, `skip` and `until` are not in it.
    pub pinned: BTreeMap<String, String>,
}

/// One command of a `console` fence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleCommand {
    /// Its text, continuation lines joined by line breaks, without prompts.
    pub text: String,
    /// Where the command starts: offset in the fence's body.
    pub at: usize,
    /// The expected output lines, with the offset of each in the fence's body; without the final `[N]`.
    pub expected: Vec<(String, usize)>,
    /// The exit code that a final line `[N]` declares.
    pub exit: Option<i32>,
}

impl Step {
    /// Whether a `console` step's commands are compared: if the fence shows any output, all are.
    pub fn console_asserts(&self) -> bool {
        self.commands.iter().any(|command| !command.expected.is_empty() || command.exit.is_some())
    }

    /// The expectation that holds for `stream` on `target`: the one for that target, else the general one.
    pub fn expectation(&self, stream: Stream, target: &Id) -> Option<&Expectation> {
        let of_stream = || self.expectations.iter().filter(move |expectation| expectation.stream == stream);
        of_stream()
            .find(|expectation| expectation.targets.contains(target))
            .or_else(|| of_stream().find(|expectation| expectation.targets.is_empty()))
    }

    /// Whether the step runs on `target`.
    pub fn runs_on(&self, target: &Id) -> bool {
        self.options.only_on.is_empty() || self.options.only_on.contains(target)
    }
}

/// What a step says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// The Python exception that left the step, as `Type: message`.
    Error,
}

/// What a step should print on one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// The stream.
    pub stream: Stream,
    /// How it is compared.
    pub format: ExpectFormat,
    /// The targets it is for; empty: the general one.
    pub targets: Vec<Id>,
    /// The expected text with its patterns.
    pub text: String,
    /// Index in [`Chapter::fences`].
    pub fence: usize,
    /// The fence's content.
    pub body: Body,
}

/// How an expectation is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectFormat {
    /// Line by line, with patterns.
    Text,
    /// As JSON data.
    Json,
    /// As YAML data.
    Yaml,
}

impl Recipe {
    /// Whether the guide expects something of `target` that it does not expect in general or of another target: a divergence that is
    /// written down.
    pub fn diverges_on(&self, target: &Id) -> bool {
        let own = |step: &Step, own: &Expectation| {
            let mut others = step.expectations.iter().filter(|other| other.stream == own.stream);
            own.targets.contains(target) && others.any(|other| !other.targets.contains(target))
        };
        let mut steps = self.steps.iter().filter(|step| step.runs_on(target));
        steps.any(|step| step.expectations.iter().any(|expectation| own(step, expectation)))
    }
}

impl Guide {
    /// The recipe called `id`.
    pub fn recipe(&self, id: &Id) -> Option<&Recipe> {
        self.recipes.iter().find(|recipe| recipe.id == *id)
    }
}
