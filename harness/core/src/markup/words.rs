//! The words that may stand on a fence: which there are, whether they take a value, and what each goes with. The only list of them. Pure.

use super::model::Session;

/// What the words on a fence make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Role {
    /// A step of a recipe.
    Step,
    /// A step before every recipe.
    Setup,
    /// A step after every recipe.
    Teardown,
    /// Expected output.
    Expect,
    /// What the harness supplies.
    Given,
    /// A file.
    File,
    /// Shown, never run.
    Illustrative,
    /// Not run for now, and in no recipe.
    Skip,
    /// No word says it.
    #[default]
    Nothing,
}

/// Whether a word takes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    /// It is a flag.
    Nothing,
    /// It needs one; the text shows its form.
    Value(&'static str),
    /// It may have one; the text shows its form.
    Perhaps(&'static str),
}

/// One word.
#[derive(Debug)]
pub(super) struct Word {
    /// How it is written.
    pub(super) name: &'static str,
    /// Its value.
    pub(super) wants: Wants,
    /// The role that the word itself gives a fence.
    pub(super) gives: Option<Role>,
    /// What it may stand on.
    pub(super) on: &'static [Role],
    /// Whether it is in the recipe's digest.
    pub(super) pins: bool,
}

use Role::{Expect, File, Given, Illustrative, Setup, Skip, Step, Teardown};

const STEPS: &[Role] = &[Step, Setup, Teardown];
const ANYWHERE: &[Role] = &[Step, Setup, Teardown, Expect, Given, File, Illustrative, Skip];

const fn word(name: &'static str, wants: Wants, on: &'static [Role]) -> Word {
    Word { name, wants, gives: None, on, pins: true }
}

const fn role(name: &'static str, wants: Wants, role: Role, on: &'static [Role]) -> Word {
    Word { name, wants, gives: Some(role), on, pins: true }
}

const fn unpinned(word: Word) -> Word {
    Word { pins: false, ..word }
}

/// Every word, our own first, then those that mdBook knows and that are passed on to it.
pub(super) const WORDS: &[Word] = &[
    word("recipe", Wants::Value("recipe=ID"), &[Step, Expect, File]),
    role("expect", Wants::Perhaps("expect=stderr"), Expect, &[Expect]),
    role("given", Wants::Value("given=toolbox"), Given, &[Given]),
    role("file", Wants::Value("file=PATH"), File, &[File]),
    word("mode", Wants::Value("mode=x"), &[File]),
    role("setup", Wants::Nothing, Setup, &[Setup]),
    role("teardown", Wants::Nothing, Teardown, &[Teardown]),
    word("exit", Wants::Value("exit=1"), STEPS),
    word("raises", Wants::Value("raises=CLASS"), STEPS),
    word("took", Wants::Value("took=3s..6s"), STEPS),
    word("fault", Wants::Value("fault=blackhole@256KiB"), &[Step]),
    unpinned(word("timeout", Wants::Value("timeout=30s"), STEPS)),
    word("target", Wants::Value("target=NAME"), &[Step, Setup, Teardown, Expect, Given]),
    word("toolbox", Wants::Value("toolbox=NAME"), &[Step, Given]),
    word("fresh", Wants::Nothing, &[Step]),
    word("secret", Wants::Value("secret=NAME"), &[Step]),
    word("bench", Wants::Value("bench=GROUP/VARIANT"), &[Step]),
    word("rounds", Wants::Value("rounds=15"), &[Step]),
    word("min-effect", Wants::Value("min-effect=1.2"), &[Step]),
    unpinned(word("skip", Wants::Value("skip=REASON"), &[Step, Skip])),
    unpinned(word("until", Wants::Value("until=2027-01-31"), &[Step, Skip])),
    role("illustrative", Wants::Value("illustrative=REASON"), Illustrative, &[Illustrative]),
    unpinned(word("editable", Wants::Nothing, ANYWHERE)),
    unpinned(word("hidelines", Wants::Value("hidelines=PREFIX"), ANYWHERE)),
    unpinned(word("ignore", Wants::Nothing, ANYWHERE)),
    unpinned(word("no_run", Wants::Nothing, ANYWHERE)),
    unpinned(word("should_panic", Wants::Nothing, ANYWHERE)),
    unpinned(word("noplayground", Wants::Nothing, ANYWHERE)),
];

/// Who runs a fence of this language, if anybody does.
pub(super) fn session(language: &str) -> Option<Session> {
    match language {
        "sh" | "bash" | "shell" => Some(Session::Bash),
        "console" => Some(Session::Console),
        "python" => Some(Session::Python),
        _ => None,
    }
}

/// The word called `name`.
pub(super) fn find(name: &str) -> Option<&'static Word> {
    WORDS.iter().find(|word| word.name == name)
}

/// The names of all words.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    WORDS.iter().map(|word| word.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_agrees_with_itself() {
        for word in WORDS {
            assert_eq!(WORDS.iter().filter(|other| other.name == word.name).count(), 1, "{}", word.name);
            assert!(!word.on.contains(&Role::Nothing) && !word.on.is_empty(), "{}", word.name);
            if let Some(role) = word.gives {
                assert_eq!(word.on, [role], "{}", word.name);
            }
            if let Wants::Value(form) | Wants::Perhaps(form) = word.wants {
                assert!(form.starts_with(&format!("{}=", word.name)), "{form}");
            }
        }
        let unpinned: Vec<&str> = WORDS.iter().filter(|word| !word.pins).map(|word| word.name).collect();
        assert_eq!(unpinned[..3], ["timeout", "skip", "until"]);
        assert_eq!(unpinned[3..], ["editable", "hidelines", "ignore", "no_run", "should_panic", "noplayground"]);
    }
}
