//! Each word on a fence: what it gives, where it may not stand, how its slips are told.

use std::time::Duration;

use super::super::super::model::{ExpectFormat, GivenKind, Session, StepOptions, Stream};
use super::{check, guide};

/// What the words of a first step say.
fn options(words: &str) -> StepOptions {
    guide(&format!("```python recipe=r {words}\nx\n```\n\n```text expect\n[..KEY] [..a]\n```\n")).recipes[0].steps[0]
        .options
        .clone()
}

#[test]
fn words_of_a_step() {
    let seconds = Duration::from_secs;
    assert_eq!(options("exit=3").exit, Some(3));
    assert_eq!(options("raises=a.B").raises.as_deref(), Some("a.B"));
    assert_eq!(options("took=3s..6s").took, Some((seconds(3), seconds(6))));
    assert_eq!(options("timeout=2m").timeout, Some(seconds(120)));
    assert_eq!(options("secret=KEY+a").secrets, ["KEY", "a"]);
    assert_eq!(options("fault=cut-up@2s").fault, "cut-up@2s".parse().ok());
    let bench = options("bench=w/v rounds=15 min-effect=1.2");
    assert_eq!(
        (bench.bench.as_deref(), bench.rounds, bench.min_effect.as_deref()),
        (Some("w/v"), Some(15), Some("1.2"))
    );
    for word in ["editable", "hidelines=!", "ignore", "no_run", "should_panic", "noplayground"] {
        let pinned: Vec<String> = options(word).pinned.into_keys().collect();
        assert_eq!(pinned, ["recipe"], "{word}");
    }
}

#[test]
fn pinned_words_are_all_but_the_ones_that_change_nothing() {
    let pinned = options("took=1s..2s timeout=3s exit=0 editable").pinned;
    let pinned: Vec<(&str, &str)> = pinned.iter().map(|(key, value)| (&**key, &**value)).collect();
    assert_eq!(pinned, [("exit", "0"), ("recipe", "r"), ("took", "1s..2s")]);
}

#[test]
fn words_of_a_recipe() {
    let guide = guide(
        "```sh recipe=r target=two+three toolbox=x+y fresh skip=no-licence until=2027-01-31\na\n```\n\n\
         ```bash recipe=r target=two\nb\n```\n\n```sh recipe=s\nc\n```\n",
    );
    let recipe = &guide.recipes[0];
    let ids = |ids: &[crate::name::Id]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!((ids(&recipe.targets), ids(&recipe.toolboxes), recipe.fresh), ("two three".into(), "x y".into(), true));
    assert_eq!(recipe.skip, Some(("no-licence".into(), Some("2027-01-31".into()))));
    assert!(recipe.steps[0].options.only_on.is_empty());
    assert_eq!(ids(&recipe.steps[1].options.only_on), "two");
    assert_eq!(ids(&guide.recipes[1].targets), "one two");
}

#[test]
fn languages_that_run() {
    for (language, session) in [
        ("sh", Session::Bash),
        ("bash", Session::Bash),
        ("shell", Session::Bash),
        ("console", Session::Console),
        ("python", Session::Python),
    ] {
        let guide = guide(&format!("```{language} recipe=r\n$ a\n```\n"));
        let step = &guide.recipes[0].steps[0];
        assert_eq!((step.session, &*step.language), (session, language));
        assert_eq!(step.text, if session == Session::Console { "a" } else { "$ a" });
    }
}

#[test]
fn words_of_other_fences() {
    let guide = guide(
        "```sh given=toolbox toolbox=x\npip\n```\n```sh given=service target=one\nrun\n```\n```sh given=env\nexport A=b\n```\n\
         ```python file=a/b.py mode=x\nprint()\n```\n```yaml file=c.yaml recipe=r\nk: v\n```\n```toml illustrative=not-ours\nx\n```\n\
         ```sh setup timeout=1s\ns\n```\n```python teardown target=two\nt\n```\n\
         ```python recipe=r raises=E\nx\n```\n```text expect\no\n```\n```json expect=stderr target=one+two\n{}\n```\n```text expect=error recipe=r\nE: e\n```\n",
    );
    let kinds: Vec<&GivenKind> = guide.given.iter().map(|given| &given.kind).collect();
    assert_eq!(kinds, [&GivenKind::Toolbox, &GivenKind::Service, &GivenKind::Env]);
    assert_eq!(guide.given[0].toolboxes[0].as_str(), "x");
    assert_eq!(guide.given[1].targets[0].as_str(), "one");
    assert_eq!(
        (guide.files[0].path.as_str(), guide.files[0].executable, &*guide.files[0].text),
        ("a/b.py", true, "print()\n")
    );
    let recipe = &guide.recipes[0];
    assert_eq!((recipe.files[0].path.as_str(), recipe.files[0].executable), ("c.yaml", false));
    assert_eq!(guide.setup[0].options.timeout, Some(Duration::from_secs(1)));
    assert_eq!(guide.teardown[0].options.only_on[0].as_str(), "two");
    let expected: Vec<(Stream, ExpectFormat, usize, &str)> = recipe.steps[0]
        .expectations
        .iter()
        .map(|expectation| (expectation.stream, expectation.format, expectation.targets.len(), &*expectation.text))
        .collect();
    assert_eq!(
        expected,
        [
            (Stream::Stdout, ExpectFormat::Text, 0, "o"),
            (Stream::Stderr, ExpectFormat::Json, 2, "{}"),
            (Stream::Error, ExpectFormat::Text, 0, "E: e"),
        ]
    );
}

/// Words on `sh recipe=r`, and what is said of them; columns are those of the opening line.
fn on_a_step(words: &str, expected: &[&str]) {
    check(&format!("```sh recipe=r {words}\nx\n```"), expected);
}

#[test]
fn words_that_are_no_words() {
    on_a_step("timeot=3s", &["1:16 unknown-attribute: `timeot` is no word of the markup; did you mean `timeout`?"]);
    on_a_step("  freh", &["1:18 unknown-attribute: `freh` is no word of the markup; did you mean `fresh`?"]);
    on_a_step(
        "colour=red\ttokk=1s..2s",
        &[
            "1:16 unknown-attribute: `colour` is no word of the markup",
            "1:27 unknown-attribute: `tokk` is no word of the markup; did you mean `took`?",
        ],
    );
    on_a_step("=x", &["1:16 unknown-attribute: `` is no word of the markup"]);
    on_a_step("Exit=1", &["1:16 unknown-attribute: `Exit` is no word of the markup; did you mean `exit`?"]);
    check(
        "```sh recip=r\nx\n```",
        &["1:7 unknown-attribute: `recip` is no word of the markup; did you mean `recipe`?"],
    );
    check(
        "```text expcet\nx\n```",
        &["1:9 unknown-attribute: `expcet` is no word of the markup; did you mean `expect`?"],
    );
    check("```sh größe recipe=r\nx\n```", &["1:7 unknown-attribute: `größe` is no word of the markup"]);
    check("> ```sh recipe=r oops\n> x\n> ```", &["1:18 unknown-attribute: `oops` is no word of the markup"]);
    check(
        "- a\n\n  ~~~~sh recipe=r éa oops\n  x\n  ~~~~",
        &[
            "3:19 unknown-attribute: `éa` is no word of the markup",
            "3:22 unknown-attribute: `oops` is no word of the markup",
        ],
    );
}

#[test]
fn punctuation_cannot_stand_on_a_fence() {
    let said = |column: usize, mark: char| {
        format!(
            "1:{column} unknown-attribute: `{mark}` cannot stand on a fence: no braces, quotes, commas, backslashes or entities"
        )
    };
    on_a_step("exit=1,took=1s..2s", &[&said(22, ',')]);
    on_a_step("{fresh}", &[&said(16, '{')]);
    on_a_step("skip=\"a", &[&said(21, '"')]);
    on_a_step("skip=a&amp;b", &[&said(22, '&')]);
    check("```sh,recipe=r\nx\n```", &[&said(6, ',')]);
    check("```python,ignore\nx\n```", &[&said(10, ',')]);
    check("```{.python}\nx\n```", &[&said(4, '{')]);
    check("~~~sh 'a' recipe=r\nx\n~~~", &[&said(7, '\'')]);
}

#[test]
fn values_that_cannot_be_read() {
    for (word, column, said) in [
        ("exit=256", 21, "`exit` cannot be read: `256` is not a whole number from 0 to 255"),
        ("exit=", 16, "`exit` needs a value"),
        ("exit", 16, "`exit` needs a value"),
        ("fresh=yes", 16, "`fresh` takes no value"),
        ("took=3s", 21, "`took` cannot be read: `3s` is no span of time: write for example `3s..6s`"),
        ("timeout=0s", 24, "`timeout` cannot be read: `0s` leaves no time at all"),
        ("target=one+one", 23, "`target` cannot be read: `one` stands in the list twice"),
        (
            "fault=blackhol",
            22,
            "`fault` cannot be read: `blackhol` is no fault (they are delay, throttle, blackhole, reset, cut, pause, disconnect); did you mean `blackhole`?",
        ),
        (
            "bench=a/b/c",
            22,
            "`bench` cannot be read: `b/c` is no id: ids are 1 to 64 of `a-z`, `0-9` and `-`, and start with a letter or a digit",
        ),
        ("skip=x until=2027-02-30", 29, "`until` cannot be read: there is no day `2027-02-30`"),
        ("fresh fresh", 22, "`fresh` stands on the fence twice"),
        ("exit=1 exit=2", 23, "`exit` stands on the fence twice"),
    ] {
        on_a_step(word, &[&format!("1:{column} unknown-attribute: {said}")]);
    }
    check(
        "```sh recipe=R\nx\n```",
        &[
            "1:14 unknown-attribute: `recipe` cannot be read: `R` is no id: ids are 1 to 64 of `a-z`, `0-9` and `-`, and start with a letter or a digit",
        ],
    );
    check(
        "```sh given=tolbox\nx\n```",
        &[
            "1:13 unknown-attribute: `given` cannot be read: `tolbox` is none of `toolbox`, `service` and `env`; did you mean `toolbox`?",
        ],
    );
    for (path, said) in [
        ("../x", "`../x` climbs out of the book's checkout"),
        ("/etc/x", "`/etc/x` is an absolute path; only paths inside the book's checkout are allowed"),
        (".", "the path is empty"),
    ] {
        check(
            &format!("```text file={path}\nx\n```"),
            &[&format!("1:14 unknown-attribute: `file` cannot be read: {said}")],
        );
    }
    check(
        "```text file=x mode=w\nx\n```",
        &["1:21 unknown-attribute: `mode` cannot be read: `w` is no mode: the only one is `x`"],
    );
}

#[test]
fn expectations_of_streams_that_are_none() {
    check(
        "```sh recipe=r\nx\n```\n```text expect=out\nx\n```",
        &[
            "4:16 unknown-attribute: `expect` cannot be read: `out` is no stream: `expect` alone is standard output, others are `stderr` and `error`",
        ],
    );
    check(
        "```sh recipe=r\nx\n```\n```text expect=sdterr\nx\n```",
        &[
            "4:16 unknown-attribute: `expect` cannot be read: `sdterr` is no stream: `expect` alone is standard output, others are `stderr` and `error`; did you mean `stderr`?",
        ],
    );
}

#[test]
fn words_that_do_not_go_together() {
    on_a_step("mode=x", &["1:16 unknown-attribute: `mode` does not go with a step of a recipe"]);
    on_a_step("until=2027-01-31", &["1:16 unknown-attribute: `until` says nothing without `skip=REASON`"]);
    on_a_step("rounds=3", &["1:16 unknown-attribute: `rounds` says nothing without `bench=GROUP/VARIANT`"]);
    on_a_step("setup", &["1:7 unknown-attribute: `recipe` does not go with `setup`"]);
    on_a_step("setup teardown", &["1:22 unknown-attribute: `setup` and `teardown` do not go together"]);
    on_a_step("raises=E", &["1:16 unknown-attribute: only Python raises exceptions"]);
    check(
        "```python recipe=r exit=1 raises=E\nx\n```",
        &["1:27 unknown-attribute: `exit` and `raises` do not go together: an uncaught exception is exit 1"],
    );
    check(
        "```console recipe=r exit=1\n$ x\n```",
        &["1:21 unknown-attribute: `exit` does not say which command of a `console` fence fails"],
    );
    check(
        "```sh recipe=r\nx\n```\n```text expect took=1s..2s\nx\n```",
        &["4:16 unknown-attribute: `took` does not go with `expect`"],
    );
    check("```text file=x timeout=1s\nx\n```", &["1:16 unknown-attribute: `timeout` does not go with `file`"]);
    check("```sh given=env recipe=r\nx\n```", &["1:17 unknown-attribute: `recipe` does not go with `given`"]);
    check("```sh setup fault=cut\nx\n```", &["1:13 unknown-attribute: `fault` does not go with `setup`"]);
    check("```sh illustrative=x exit=1\nx\n```", &["1:22 unknown-attribute: `exit` does not go with `illustrative`"]);
    check("```sh skip=x exit=1\nx\n```", &["1:14 unknown-attribute: `exit` does not go with `skip` outside a recipe"]);
}

#[test]
fn bench_groups() {
    check(
        "```sh recipe=r bench=w\na\n```\n```sh recipe=r bench=w/a rounds=3\nb\n```\n```sh recipe=r bench=w/b rounds=3\nc\n```",
        &["7:26 unknown-attribute: `rounds` stands on the first variant of `w`, which is the base"],
    );
    on_a_step(
        "bench=w took=1s..2s",
        &[
            "1:16 unknown-attribute: the group `w` has no variant to measure",
            "1:24 unknown-attribute: `took` and `bench` do not go together: the step runs many times",
        ],
    );
    check(
        "```console recipe=r bench=w/a\n$ x\n```",
        &["1:21 unknown-attribute: a `console` fence cannot be timed: its commands are compared one by one"],
    );
    check(
        "```sh recipe=r bench=w/a\na\n```\n```sh recipe=r\nb\n```\n```sh recipe=r bench=w/b\nc\n```",
        &["7:16 unknown-attribute: another step stands between those of the group `w`, which runs in one go"],
    );
    check(
        "```sh recipe=r bench=w/a\na\n```\n```sh recipe=r bench=w/a\nc\n```",
        &["4:16 unknown-attribute: `w` has two variants of this name"],
    );
    check(
        "```sh recipe=one bench=w/a\na\n```\n```sh recipe=two bench=w/b\nc\n```",
        &["4:18 unknown-attribute: the group `w` is one of the recipe `one` already"],
    );
    on_a_step("bench=w", &["1:16 unknown-attribute: the group `w` has no variant to measure"]);
    on_a_step(
        "bench=w min-effect=2",
        &[
            "1:16 unknown-attribute: the group `w` has no variant to measure",
            "1:24 unknown-attribute: `min-effect` says nothing without `bench=GROUP/VARIANT`",
        ],
    );
}

#[test]
fn a_base_runs_wherever_its_variants_do() {
    let group = |base: &str, variant: &str| {
        format!(
            "```sh recipe=r target=one+two\nx\n```\n```sh recipe=r bench=w/a{base}\na\n```\n```sh recipe=r bench=w/b{variant}\nb\n```"
        )
    };
    check(&group(" target=one", ""), &["7:16 unknown-attribute: `w/b` runs on two, and the base `a` does not"]);
    check(
        &group(" target=one", " target=two"),
        &["7:16 unknown-attribute: `w/b` runs on two, and the base `a` does not"],
    );
    check(&group("", " target=two"), &[]);
    check(&group(" target=two", " target=two"), &[]);
}

#[test]
fn a_secret_that_nothing_binds() {
    on_a_step(
        "secret=KEY",
        &["1:16 unused-expect: no expected output of this recipe holds `[..KEY]`, so the secret would be shown"],
    );
    check("```console recipe=r secret=KEY\n$ make\nkey [..KEY]\n```", &[]);
}
