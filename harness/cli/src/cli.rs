//! The command line as it is typed. Nothing is resolved here: see [`crate::config`]. Pure; touches nothing.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Guides that prove themselves: extract their recipes, run them against real services, record what happened, and fail the book build
/// when a guide and its evidence disagree.
#[derive(Debug, Parser)]
#[command(name = "dogfood", version, disable_help_subcommand = true, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    /// The book's folder [default: the nearest folder above that holds a book.toml]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    /// Colours on the terminal
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// What to do.
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

const EXIT_CODES: &str = "Exit codes: 0 clean, 1 findings or a failed recipe, 2 command line or book.toml, 3 asked-for infrastructure not \
                          available or a machine that does not work, 4 nothing to check, 130 interrupted.";

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// For whom to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, on stderr.
    #[default]
    Human,
    /// For programs, on stdout.
    Json,
}

/// For whom `check` writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people, on stderr; annotations besides under GitHub Actions.
    #[default]
    Human,
    /// For programs, on stdout.
    Json,
    /// SARIF 2.1.0, for code scanning, on stdout.
    Sarif,
    /// JUnit's XML, on stdout.
    Junit,
    /// Annotations of GitHub Actions, on stdout.
    Github,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List every fence of the book with its place and its class
    List(ListArgs),
    /// Run recipes and record what they say
    Run(RunArgs),
    /// Measure groups of steps again and compare with what is recorded
    Bench(BenchArgs),
    /// Hold guides, traces and infrastructure against each other; runs nothing
    Check(CheckArgs),
    /// Write what was recorded into the guides' expectations
    Accept(AcceptArgs),
    /// Build the book, with the same gate
    Build(BuildArgs),
    /// Show the book in the browser while you write: what you save runs again, and the page reloads
    Serve(ServeArgs),
    /// Start a target and print the exports for it
    Up(UpArgs),
    /// Say what this machine has of what the book needs, and the line that installs the rest
    Doctor(DoctorArgs),
    /// Explain a rule, or list them all
    Explain(ExplainArgs),
    /// Remove what killed runs left behind
    Clean(CleanArgs),
    /// Make a new book, or wire an existing one
    Init(InitArgs),
    /// Print the completions of a shell
    Completions(CompletionsArgs),
}

impl Verb {
    /// Whether it starts programs that the checkout names: recipes, or targets.
    pub(crate) fn runs_the_checkout(&self) -> bool {
        match self {
            Self::Run(args) => !args.plan,
            Self::Bench(_) | Self::Serve(_) | Self::Up(_) => true,
            Self::List(_)
            | Self::Check(_)
            | Self::Accept(_)
            | Self::Build(_)
            | Self::Doctor(_)
            | Self::Explain(_)
            | Self::Clean(_)
            | Self::Init(_)
            | Self::Completions(_) => false,
        }
    }
}

/// Which cells.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Selectors {
    /// `guides/x.md`, GUIDE, GUIDE/RECIPE, `@TARGET` or GUIDE/RECIPE@TARGET [default: everything]
    #[arg(value_name = "SELECTOR")]
    pub(crate) selectors: Vec<String>,
}

/// The day that counts as today.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Today {
    /// Today's date, UTC [default: SOURCE_DATE_EPOCH, else the clock]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) today: Option<String>,
}

/// `dogfood list`
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) selection: Selectors,
    /// List the fences of every Markdown file under DIR, whatever it was written for
    #[arg(long, value_name = "DIR", conflicts_with = "selectors")]
    pub(crate) discover: Option<PathBuf>,
    /// List what would run on which target, how long it took the last time, and what it needs
    #[arg(long, conflicts_with = "discover")]
    pub(crate) plan: bool,
    /// For whom
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: Format,
}

/// `dogfood run`
#[derive(Args, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "these are the flags as they are typed; config.rs makes modes of them"
)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) selection: Selectors,
    /// Run each page from top to bottom as a reader would; record nothing
    #[arg(long, conflicts_with_all = ["stale", "refresh", "frozen"])]
    pub(crate) walk: bool,
    /// A walk with nothing handed over: the `given` fences are executed
    #[arg(long, conflicts_with_all = ["stale", "refresh", "frozen"])]
    pub(crate) as_reader: bool,
    /// Run the fences of every Markdown file under DIR, whatever it was written for; record nothing
    #[arg(long, value_name = "DIR", conflicts_with_all = ["selectors", "walk", "as_reader", "stale", "plan", "frozen", "refresh"])]
    pub(crate) discover: Option<PathBuf>,
    /// Only the cells whose evidence is missing, stale or failed
    #[arg(long)]
    pub(crate) stale: bool,
    /// Only the cells that `check --base REF` calls pending; they are recorded also when CI is set
    #[arg(long, requires = "base", conflicts_with_all = ["stale", "walk", "as_reader", "discover"])]
    pub(crate) pending: bool,
    /// The commit that the change starts from
    #[arg(long, value_name = "REF", requires = "pending")]
    pub(crate) base: Option<String>,
    /// Trust only traces that exist in REF, and record again what the change itself recorded. Refuses if anything else is wrong
    #[arg(long, value_name = "REF", requires = "pending")]
    pub(crate) policy_from: Option<String>,
    /// Say what would run and what it needs; run nothing
    #[arg(long)]
    pub(crate) plan: bool,
    /// Run what is stale now, and again whenever something is saved, on servers that stay; Ctrl-C ends
    #[arg(long, conflicts_with_all = ["walk", "as_reader", "discover", "plan", "frozen", "keep", "fail_fast", "format"])]
    pub(crate) watch: bool,
    /// Run each recipe N times, each time in a fresh world; report what differs between the runs or from the trace, and write nothing
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(2..=1000), conflicts_with_all = ["walk", "as_reader", "discover", "plan", "watch", "refresh", "keep", "fail_fast", "policy_from"])]
    pub(crate) repeat: Option<u16>,
    /// Keep each recipe's folder and say where it is
    #[arg(long)]
    pub(crate) keep: bool,
    /// Compare with the committed traces and write nothing [always so when CI is set]
    #[arg(long, visible_alias = "check", conflicts_with = "refresh")]
    pub(crate) frozen: bool,
    /// Write the trace even if this run says the same as the last one
    #[arg(long)]
    pub(crate) refresh: bool,
    /// Accept that some targets are not available here
    #[arg(long)]
    pub(crate) available: bool,
    /// Recipes at a time [default: two for each core]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,
    /// Stop after the first recipe that fails
    #[arg(long)]
    pub(crate) fail_fast: bool,
    /// For whom
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) today: Today,
}

/// `dogfood bench`
#[derive(Args, Debug)]
pub(crate) struct BenchArgs {
    /// GROUP or GUIDE/GROUP, by the `bench=GROUP/VARIANT` of fences [default: all]
    #[arg(value_name = "GROUP")]
    pub(crate) groups: Vec<String>,
    /// Write what was measured into the traces, instead of comparing
    #[arg(long)]
    pub(crate) record: bool,
    /// Instead: keep what criterion measured of the groups that this bench names, beside the traces
    #[arg(long, value_name = "SOURCE", conflicts_with_all = ["groups", "record", "available"])]
    pub(crate) criterion: Option<PathBuf>,
    /// Where criterion left it [default: `criterion` in cargo's target folder]
    #[arg(long, value_name = "FOLDER", requires = "criterion")]
    pub(crate) from: Option<PathBuf>,
    /// Accept that some targets are not available here
    #[arg(long)]
    pub(crate) available: bool,
    /// For whom
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: Format,
}

/// What `--deny` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    /// Warnings count as errors.
    Warnings,
}

/// `dogfood check`
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// For whom
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: CheckFormat,
    /// Tolerate the findings of an earlier report of `--format json`; fail when one of them is mended and still listed
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Let warnings fail too
    #[arg(long, value_name = "WHAT")]
    pub(crate) deny: Option<Deny>,
    /// Tell recipes that changed since this commit, or whose target or toolbox did, apart as pending: they need no evidence yet
    #[arg(long, value_name = "REF")]
    pub(crate) base: Option<String>,
    #[command(flatten)]
    pub(crate) judge: JudgeArgs,
    #[command(flatten)]
    pub(crate) today: Today,
}

/// Which commits judge a change.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct JudgeArgs {
    /// Judge by the policy, the comments and the traces of REF; whatever differs here is a finding
    #[arg(long, value_name = "REF")]
    pub(crate) policy_from: Option<String>,
    /// Believe the traces of REF as well: name a commit that only people who may record evidence can push
    #[arg(long, value_name = "REF", requires = "policy_from")]
    pub(crate) evidence_from: Option<String>,
}

/// `dogfood accept`
#[derive(Args, Debug)]
pub(crate) struct AcceptArgs {
    #[command(flatten)]
    pub(crate) selection: Selectors,
    /// Where targets differ, give each its own expectation
    #[arg(long)]
    pub(crate) diverge: bool,
    /// Show the difference and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// `dogfood build`
#[derive(Args, Debug)]
pub(crate) struct BuildArgs {
    /// A preview of a change: what changed since this commit is shown as not verified instead of stopping the build
    #[arg(long, value_name = "REF")]
    pub(crate) base: Option<String>,
    #[command(flatten)]
    pub(crate) judge: JudgeArgs,
    #[command(flatten)]
    pub(crate) today: Today,
}

/// `dogfood serve`
#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) selection: Selectors,
    /// The port of 127.0.0.1; 0 takes a free one
    #[arg(long, short, value_name = "PORT", default_value_t = 3000)]
    pub(crate) port: u16,
}

/// `dogfood up`
#[derive(Args, Debug)]
pub(crate) struct UpArgs {
    /// The target: a file in infra/targets
    #[arg(value_name = "TARGET")]
    pub(crate) target: String,
}

/// `dogfood doctor`
#[derive(Args, Debug)]
pub(crate) struct DoctorArgs {
    /// For whom
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: Format,
}

/// `dogfood explain`
#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    /// The rule; all of them are listed without one
    #[arg(value_name = "RULE")]
    pub(crate) rule: Option<String>,
    /// For whom
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: Format,
}

/// `dogfood clean`
#[derive(Args, Debug)]
pub(crate) struct CleanArgs {
    /// Also remove what this checkout built of its images before their folders changed
    #[arg(long)]
    pub(crate) images: bool,
}

/// `dogfood init`
#[derive(Args, Debug)]
pub(crate) struct InitArgs {
    /// Where [default: here]
    #[arg(value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Write the workflows of a CI too
    #[arg(long, value_name = "CI")]
    pub(crate) ci: Option<Ci>,
}

/// The CI that `init --ci` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ci {
    /// GitHub Actions.
    Github,
}

/// `dogfood completions`
#[derive(Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }

    #[test]
    fn what_excludes_each_other_is_refused() {
        for bad in [
            "run --walk --stale",
            "run --frozen --refresh",
            "run --discover d a",
            "run --as-reader --refresh",
            "run --jobs 0",
            "list --discover d a",
            "check --deny errors",
            "run --pending",
            "run --base main",
            "run --pending --base main --stale",
            "run --format xml",
            "frobnicate",
        ] {
            let words = std::iter::once("dogfood").chain(bad.split(' '));
            assert!(Cli::try_parse_from(words).is_err(), "{bad}");
        }
    }
}
