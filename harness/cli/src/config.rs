//! What the program works with, resolved once: the environment is read here and nowhere else. Touches the environment, the clock and the
//! names of folders.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use dogfood_core::book::environment::overrides;
use dogfood_core::date::Date;

use crate::cli::Color;
use crate::exit::Trouble;

/// What the environment says that concerns us.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    /// `CI` is set: nothing is written that would be committed.
    pub(crate) ci: bool,
    /// `GITHUB_ACTIONS` is set: no line may start a workflow command.
    pub(crate) github_actions: bool,
    /// `GITHUB_STEP_SUMMARY`: the file that the job's summary is appended to.
    pub(crate) job_summary: Option<PathBuf>,
    /// `GITHUB_EVENT_NAME`: what started the workflow.
    pub(crate) event: Option<String>,
    /// `NO_COLOR` is set and not empty.
    pub(crate) no_color: bool,
    /// `CLICOLOR_FORCE` is set and not `0`.
    pub(crate) force_color: bool,
    /// `TERM` is `dumb`.
    pub(crate) dumb_terminal: bool,
    /// `SOURCE_DATE_EPOCH`.
    pub(crate) source_date_epoch: Option<String>,
    /// `XDG_CACHE_HOME`, if absolute.
    pub(crate) cache_home: Option<PathBuf>,
    /// `HOME`.
    pub(crate) home: Option<PathBuf>,
    /// `PATH`: recipes get it behind the toolbox.
    pub(crate) path: OsString,
    /// Variables that would change or replace `[preprocessor.dogfood]` behind book.toml's back.
    pub(crate) overrides: Vec<String>,
    /// Everything, for the installers of toolboxes, which need proxies and mirrors.
    pub(crate) all: Vec<(OsString, OsString)>,
}

impl Environment {
    /// Reads the process's environment.
    pub(crate) fn read() -> Self {
        Self::from_variables(std::env::vars_os().collect())
    }

    fn from_variables(all: Vec<(OsString, OsString)>) -> Self {
        let get = |name: &str| all.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let text = |name: &str| get(name).and_then(|value| value.into_string().ok()).filter(|value| !value.is_empty());
        let set = |name: &str| text(name).is_some_and(|value| value != "0" && !value.eq_ignore_ascii_case("false"));
        let overrides = overrides(all.iter().filter_map(|(key, _)| key.to_str()));
        Self {
            ci: set("CI"),
            github_actions: set("GITHUB_ACTIONS"),
            job_summary: text("GITHUB_STEP_SUMMARY").map(PathBuf::from),
            event: text("GITHUB_EVENT_NAME"),
            no_color: text("NO_COLOR").is_some(),
            force_color: set("CLICOLOR_FORCE"),
            dumb_terminal: text("TERM").is_some_and(|term| term == "dumb"),
            source_date_epoch: text("SOURCE_DATE_EPOCH"),
            cache_home: text("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute()),
            home: text("HOME").map(PathBuf::from),
            path: get("PATH").unwrap_or_default(),
            overrides: overrides.into_iter().map(str::to_owned).collect(),
            all,
        }
    }

    /// Where toolboxes are kept.
    pub(crate) fn cache(&self) -> Result<PathBuf, Trouble> {
        let home = || self.home.as_ref().map(|home| home.join(".cache"));
        self.cache_home.clone().or_else(home).map(|base| base.join("dogfood")).ok_or_else(|| {
            Trouble::usage(
                "no folder for the cache: neither XDG_CACHE_HOME nor HOME is set",
                "set XDG_CACHE_HOME to a folder that may be written",
            )
        })
    }

    /// Refuses variables that would let a book be built around the gate.
    pub(crate) fn refuse_overrides(&self) -> Result<(), Trouble> {
        match self.overrides.first() {
            None => Ok(()),
            Some(name) => Err(Trouble::usage(
                format!("the environment variable `{name}` overrides the gate's entry in book.toml"),
                format!("unset it: `unset {name}`; book.toml is the only place for this configuration"),
            )),
        }
    }

    /// Refuses to run the checkout where a workflow holds the repository's secrets and the checkout may be anybody's.
    pub(crate) fn refuse_foreign_code(&self) -> Result<(), Trouble> {
        match self.event.as_deref() {
            Some("pull_request_target") => Err(Trouble::usage(
                "this workflow was started by `pull_request_target`: it holds the repository's secrets, and recipes are code of the pull request",
                "run recipes under `pull_request`, or in a workflow that a maintainer starts; `dogfood init --ci github` writes both",
            )),
            _ => Ok(()),
        }
    }

    /// Whether to colour what goes to stderr.
    pub(crate) fn colour(&self, asked: Color) -> bool {
        match asked {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if self.no_color => false,
            Color::Auto if self.force_color => true,
            Color::Auto => std::io::stderr().is_terminal() && !self.dumb_terminal,
        }
    }
}

/// The book's folder: the one that was named, or the nearest one above `here` that holds a book.toml.
pub(crate) fn find_root(named: Option<&Path>, here: &Path) -> Result<PathBuf, Trouble> {
    let help = "go to a folder of the book, name it with `--root DIR`, or make a book with `dogfood init`";
    match named {
        Some(dir) => {
            let dir = here.join(dir);
            let found = dir.join("book.toml").is_file().then_some(dir);
            found.ok_or_else(|| Trouble::usage(format!("no book.toml in `{}`", named.unwrap_or(here).display()), help))
        }
        None => here.ancestors().find(|dir| dir.join("book.toml").is_file()).map(Path::to_path_buf).ok_or_else(|| {
            Trouble::usage(format!("no book here: no book.toml in `{}` or above", here.display()), help)
        }),
    }
}

/// The folder in which the program was called.
pub(crate) fn here() -> Result<PathBuf, Trouble> {
    std::env::current_dir().map_err(|error| {
        Trouble::usage(format!("the current folder cannot be read: {error}"), "go to a folder that exists")
    })
}

/// Seconds since 1970 of "now": what recorded times and, unless it is said otherwise, today's date come from.
pub(crate) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or(0)
}

/// The day that counts as today: the one that was typed, else SOURCE_DATE_EPOCH's, else the clock's.
pub(crate) fn today(typed: Option<&str>, epoch: Option<&str>, clock: i64) -> Result<Date, Trouble> {
    if let Some(typed) = typed {
        return typed
            .parse()
            .map_err(|problem| Trouble::usage(format!("`--today`: {problem}"), "write it as YYYY-MM-DD"));
    }
    mdbook_dogfood::today(epoch, clock).map_err(|problem| {
        Trouble::usage(problem.to_string(), "unset SOURCE_DATE_EPOCH, or set it to seconds since 1970")
    })
}

/// Recipes at a time: two for each core unless somebody says otherwise, for most of what recipes do is wait for a server.
pub(crate) fn jobs(asked: Option<u16>) -> usize {
    asked.map_or_else(|| 2 * std::thread::available_parallelism().map_or(1, usize::from), usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment::from_variables(variables.iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    #[test]
    fn ci_is_what_people_set_it_to() {
        for (value, expected) in
            [("1", true), ("true", true), ("yes", true), ("", false), ("0", false), ("False", false)]
        {
            assert_eq!(environment(&[("CI", value)]).ci, expected, "{value:?}");
        }
        assert!(!environment(&[]).ci);
    }

    #[test]
    fn colours_are_asked_for_in_one_order() {
        let check = |variables: &[(&str, &str)], asked, expected| {
            assert_eq!(environment(variables).colour(asked), expected, "{variables:?} {asked:?}");
        };
        check(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], Color::Auto, false);
        check(&[("NO_COLOR", ""), ("CLICOLOR_FORCE", "1")], Color::Auto, true);
        check(&[("NO_COLOR", "1")], Color::Always, true);
        check(&[("CLICOLOR_FORCE", "1")], Color::Never, false);
    }

    #[test]
    fn variables_that_rewire_the_gate_are_named() {
        let problem = environment(&[("MDBOOK_PREPROCESSOR", "{}"), ("A", "b")]).refuse_overrides().unwrap_err();
        assert!(problem.to_string().contains("`MDBOOK_PREPROCESSOR`"), "{problem}");
        assert!(environment(&[("MDBOOK_BOOK__TITLE", "x")]).refuse_overrides().is_ok());
    }

    #[test]
    fn nothing_runs_where_a_fork_s_code_would_see_secrets() {
        assert!(environment(&[("GITHUB_EVENT_NAME", "pull_request_target")]).refuse_foreign_code().is_err());
        for event in ["pull_request", "push", "workflow_dispatch", ""] {
            assert!(environment(&[("GITHUB_EVENT_NAME", event)]).refuse_foreign_code().is_ok(), "{event}");
        }
    }

    #[test]
    fn the_cache_needs_a_place() {
        assert_eq!(environment(&[("XDG_CACHE_HOME", "/c"), ("HOME", "/h")]).cache().unwrap(), Path::new("/c/dogfood"));
        assert_eq!(
            environment(&[("XDG_CACHE_HOME", "c"), ("HOME", "/h")]).cache().unwrap(),
            Path::new("/h/.cache/dogfood")
        );
        assert!(environment(&[]).cache().is_err());
    }

    #[test]
    fn today_is_typed_or_set_or_the_clocks() {
        let check = |typed, epoch, expected: &str| {
            let day = today(typed, epoch, 0).map_or_else(|trouble| trouble.to_string(), |day| day.to_string());
            assert!(day.contains(expected), "{day}");
        };
        check(Some("2026-11-20"), Some("86400"), "2026-11-20");
        check(None, Some("86400"), "1970-01-02");
        check(None, None, "1970-01-01");
        check(Some("tomorrow"), None, "`tomorrow` is no date");
        check(None, Some("soon"), "SOURCE_DATE_EPOCH");
    }

    #[test]
    fn the_root_is_found_from_below() {
        let dir = tempfile::tempdir().unwrap();
        let below = dir.path().join("guides/a");
        std::fs::create_dir_all(&below).unwrap();
        assert!(find_root(Some(Path::new("guides")), dir.path()).is_err());
        std::fs::write(dir.path().join("book.toml"), "").unwrap();
        assert_eq!(find_root(None, &below).unwrap(), dir.path());
        assert_eq!(find_root(Some(Path::new(".")), dir.path()).unwrap(), dir.path().join("."));
        assert!(find_root(Some(Path::new("guides")), dir.path()).is_err());
    }
}
