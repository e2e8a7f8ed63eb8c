//! Plans that run: worlds, set-up and teardown, records, secrets, what is not available, what is given back.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use dogfood_core::event::{CellEnd, NotRun, RunEvent};
use dogfood_core::redact::Known;
use dogfood_run::execute::Unavailable;
use dogfood_run::lease;
use dogfood_run::sys;
use dogfood_run::targets::Unwell;

use crate::book::{Book, end, lines, plan, records, word};

const HELLO: &str = "```sh recipe=hello\necho hi\n```\n";

#[test]
fn a_recipe_is_told_from_its_start_to_its_end_and_nothing_is_left() {
    let book = Book::new();
    let (ran, events) = book.events(&plan("targets: [none]\n", HELLO));
    assert_eq!(lines(&events), ["g/hello@none starts", "recipe 1: hi|", "g/hello@none completed"]);
    assert!(matches!(events[1], RunEvent::StepStarted { .. }));
    let (facts, _) = end(&events, "hello");
    assert!(facts.versions["bash"].starts_with(|c: char| c.is_ascii_digit()), "{facts:?}");
    assert_eq!(facts.versions.len(), 1);
    assert_eq!((ran.kept, book.records()), (None, 0));
}

#[test]
fn values_that_dogfood_handed_over_are_recorded_by_name() {
    let lines = Book::new().lines(
        "```sh recipe=where\npwd; echo $HOME $TMPDIR\ncd ~; pwd\nstat -c %a $HOME $TMPDIR $OLDPWD; ls -A $HOME $TMPDIR\n```\n",
    );
    assert_eq!(lines[1], "recipe 1: ${work}|${home} ${tmpdir}|${home}|700|700|700|${home}:||${tmpdir}:|");
}

#[test]
fn the_environment_is_the_allow_list_and_nothing_of_the_caller() {
    let body =
        "```sh recipe=env\nenv | cut -d= -f1 | LC_ALL=C sort | tr '\\n' ' '; echo $LANG $TZ $COLUMNS $TERM\n```\n";
    let expected = "recipe 1: columns dogfood_run home lang path pwd shlvl term tmpdir tz _ c.utf-8 utc 80 dumb|";
    assert_eq!(Book::new().lines(body)[1], expected);
}

#[test]
fn files_are_written_before_the_run() {
    let lines = Book::new().lines(
        "```python file=lib/helper.py\nNAME = 'helper'\n```\n```sh file=go.sh mode=x\n#!/bin/sh\necho went\n```\n```python recipe=f\nfrom lib import helper\nprint(helper.NAME)\n```\n```sh recipe=f\n./go.sh; stat -c %a go.sh lib/helper.py\n```\n",
    );
    assert_eq!(lines[1..3], ["recipe 1: helper|", "recipe 2: went|755|644|"]);
}

#[test]
fn setup_runs_in_the_recipe_s_sessions_and_teardown_in_fresh_ones() {
    let body = "```sh setup\nX=from-setup; export E=exported; touch f\n```\n```python setup\np = 'python'\n```\n\
                ```sh recipe=a\necho $X\n```\n```python recipe=a\nimport os; print(p, os.environ['E'])\n```\n\
                ```sh teardown\necho ${X-fresh} ${E-clean}; ls\n```\n";
    let lines = Book::new().lines(body);
    let expected = [
        "g/a@none starts",
        "setup 1:",
        "setup 2:",
        "recipe 1: from-setup|",
        "recipe 2: python exported|",
        "teardown 1: fresh clean|f|",
        "g/a@none completed",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn teardown_runs_after_a_failure_too() {
    let body = "```sh recipe=a\nfalse\n```\n```sh recipe=a\necho no\n```\n```sh teardown\necho swept\n```\n";
    assert_eq!(
        Book::new().lines(body),
        [
            "g/a@none starts",
            "recipe 1 sessionended(1):",
            "teardown 1: swept|",
            "g/a@none failed at Recipe 1: step 1 exited with 1"
        ]
    );
    let body = "```sh setup\nexit 3\n```\n```sh recipe=a\necho no\n```\n```sh teardown\nfalse\n```\n";
    assert_eq!(
        Book::new().lines(body),
        [
            "g/a@none starts",
            "setup 1 sessionended(3):",
            "teardown 1 sessionended(1):",
            "g/a@none failed at Setup 1: setup step 1 exited with 3"
        ]
    );
    let body = "```sh recipe=a\necho fine\n```\n```sh teardown\nfalse\n```\n";
    assert_eq!(Book::new().lines(body)[3], "g/a@none failed at Teardown 1: teardown step 1 exited with 1");
}

#[test]
fn every_recipe_has_its_own_folder_and_sessions() {
    let body = "```sh recipe=a\nX=1; touch f\n```\n```sh recipe=b\necho ${X-unset}; ls\n```\n";
    assert!(Book::new().lines(body).contains(&"recipe 1: unset|".to_owned()));
}

#[test]
fn an_output_that_differs_ends_nothing() {
    let body = "```sh recipe=a\necho one\n```\n```text expect\ntwo\n```\n```sh recipe=a\necho next\n```\n";
    assert_eq!(Book::new().lines(body)[1..], ["recipe 1: one|", "recipe 2: next|", "g/a@none completed"]);
}

#[test]
fn reasons_are_for_people() {
    let check = |fence: &str, text: &str, why: &str| {
        let lines = Book::new().lines(&format!("```{fence}\n{text}\n```\n"));
        let last = lines.last().unwrap();
        assert!(last.contains(why), "{text}: {last}");
    };
    check(
        "sh recipe=a",
        "yes | head -1",
        "step 1 exited with 141: a pipe was closed early (SIGPIPE under pipefail), as `… | head` does",
    );
    check("sh recipe=a", "exit 0", "step 1 ended its shell (`exit` or `exec`), as it would end the reader's");
    check("sh recipe=a", "kill -9 $$", "step 1 lost its shell, or a command in it, to SIGKILL (exit code 137)");
    check("sh recipe=a", "nope", "step 1 exited with 127: something that it calls is not on PATH");
    check("sh recipe=a exit=3", "true", "step 1 exited with 0, not with the 3 that it declares");
    check("sh recipe=a timeout=200ms", "sleep 9", "step 1 did not end within its limit of 200 ms");
    check("sh recipe=a timeout=1s", "sleep 9", "step 1 did not end within its limit of 1 s");
    check("sh recipe=a", "cat <<EOF\nx", "step 1 holds a here-document without its end");
    check("console recipe=a", "$ true\n$ false", "command 2 of step 1 exited with 1");
    check("python recipe=a", "raise ValueError('v\\nw')", "step 1 raised ValueError: v");
    check("python recipe=a raises=ValueError", "pass", "step 1 raised nothing, and it says `raises=ValueError`");
    check("python recipe=a", "import os; os._exit(0)", "step 1 ended its interpreter");
    check("python recipe=a", "import sys; sys.exit(4)", "step 1 exited with 4");
}

#[test]
fn what_comes_after_the_last_step_is_a_fact_of_its_own() {
    let (_, events) =
        Book::new().events(&plan("targets: [none]\n", "```sh recipe=a\ntrap 'echo bye $HOME' EXIT\n```\n"));
    assert_eq!(end(&events, "a").0.after.text.as_str(), "bye ${HOME}\n");
}

#[test]
fn programs_that_the_guide_needs_are_looked_for_first() {
    let book = Book::new();
    let (_, events) = book.events(&plan("targets: [none]\nneeds: [sh, no-such-program]\n", HELLO));
    assert_eq!(
        lines(&events)[1..],
        [
            "g/hello@none not available: `no-such-program` is not on PATH, and the guide needs it; install it and run again"
        ]
    );
    let mut book = Book::new();
    book.deps.path = "/nonexistent".into();
    assert_eq!(book.lines(HELLO)[1], "g/hello@none not available: `bash` is not on PATH; install it and run again");
}

#[test]
fn a_fault_that_cannot_be_armed_is_not_passed_over() {
    let lines = Book::new().lines("```sh recipe=a fault=cut@1KiB\necho calm\n```\n");
    assert_eq!(lines[1], "g/a@none faulty: target `none` does not support `fault=cut@1KiB` (unsupported-fault)");
}

#[test]
fn toolbox_and_target_are_made_once_and_handed_to_every_recipe() {
    let mut book = Book::new();
    book.deps.jobs = 3;
    book.fake.variables = vec![
        Known::secret("AWS_SECRET_ACCESS_KEY", "a-very-secret-value-1234"),
        Known::plain("S3_ENDPOINT", "http://127.0.0.1:4567"),
    ];
    let body = "```sh recipe=a\necho $BUCKET $S3_ENDPOINT $AWS_SECRET_ACCESS_KEY; echo -n $AWS_SECRET_ACCESS_KEY | base64\n```\n\
                ```sh recipe=b\necho ${PATH%%:*}\n```\n```sh recipe=c fresh\necho $BUCKET\n```\n";
    let (_, events) = book.events(&plan("targets: [one]\ntoolbox: tools\n", body));
    assert_eq!(
        records(&events, "a")[0].stdout.text.as_str(),
        "${BUCKET} ${S3_ENDPOINT} ${AWS_SECRET_ACCESS_KEY:hidden}\n${AWS_SECRET_ACCESS_KEY:hidden}\n"
    );
    assert_eq!(records(&events, "b")[0].stdout.text.as_str(), "${TOOLBOX}/bin\n");
    let (facts, end) = end(&events, "a");
    assert_eq!(
        (facts.versions["server"].as_str(), facts.versions["python"].as_str(), end),
        ("9.9", "3.99.1", &CellEnd::Completed)
    );
    assert_eq!(book.fake.toolboxes.load(Ordering::Relaxed), 1);
    let services = book.fake.services.lock().unwrap();
    assert_eq!(services.len(), 2, "one for the run, one of c's own");
    let mut handed: Vec<String> = services.iter().flat_map(|service| service.handed.lock().unwrap().clone()).collect();
    handed.sort();
    assert_eq!(handed, ["a-0", "b-1", "c-2"]);
    assert!(services.iter().all(|service| service.stopped.load(Ordering::Relaxed) >= 1));
    let cell = events.iter().find_map(|event| match event {
        RunEvent::CellEnded { cell, .. } if cell.recipe.as_str() == "a" => Some(cell),
        _ => None,
    });
    let known = book.deps.known.of(cell.unwrap());
    assert!(known.iter().any(|known| known.name == "AWS_SECRET_ACCESS_KEY" && known.secret), "{known:?}");
}

#[test]
fn what_is_not_available_runs_nothing_and_says_so() {
    let check = |toolbox: Option<Unavailable>, target: Option<Unavailable>, expected: &str| {
        let mut book = Book::new();
        (book.fake.refuse_toolbox, book.fake.refuse_target) = (toolbox, target);
        let (_, events) = book.events(&plan("targets: [one]\ntoolbox: tools\n", HELLO));
        assert_eq!(lines(&events).last().unwrap(), expected);
        assert_eq!(records(&events, "hello").len(), 0);
    };
    let missing = || Some(Unavailable::Missing("no Python".into()));
    check(missing(), None, "g/hello@one not available: no Python");
    check(None, missing(), "g/hello@one not available: no Python");
    check(Some(Unavailable::Faulty("hash".into())), None, "g/hello@one faulty: hash");
    check(
        None,
        Some(Unavailable::WrongVersion { declared: "1".into(), says: "2".into() }),
        "g/hello@one not run: WrongServerVersion { declared: \"1\", says: \"2\" }",
    );
    check(None, Some(Unavailable::Interrupted), "g/hello@one not run: Interrupted");
}

/// One recipe that fails and one that does not, one after the other; `unwell` is what is said of their servers, in this order.
fn two(book: &mut Book, unwell: Vec<Unwell>) -> Vec<RunEvent> {
    book.deps.jobs = 1;
    book.fake.unwell.lock().unwrap().extend(unwell.into_iter().map(Some));
    book.events(&plan("targets: [one]\n", "```sh recipe=a\nfalse\n```\n```sh recipe=b\ntrue\n```\n")).1
}

#[test]
fn a_server_that_went_away_is_no_failure_until_it_goes_again_with_nobody_else_there() {
    let mut book = Book::new();
    let events = two(&mut book, vec![Unwell::Gone("killed".into())]);
    // The recipe that failed beside it ran again, on a server of its own, and failed there.
    assert!(
        matches!(end(&events, "a").1, CellEnd::Failed { why, .. } if !why.contains("killed")),
        "{:?}",
        lines(&events)
    );
    assert_eq!(*end(&events, "b").1, CellEnd::Completed);
    let lost: Vec<Option<&str>> = events
        .iter()
        .filter_map(|event| match event {
            RunEvent::ServerLost { cell, .. } => Some(cell.as_ref().map(|cell| cell.recipe.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(lost, [None, Some("a")], "{:?}", lines(&events));
    let services = book.fake.services.lock().unwrap();
    assert_eq!(services.len(), 3, "the shared one, that of the second try, and the one in the first's place");
    assert!(services.iter().all(|service| service.stopped.load(Ordering::Relaxed) >= 1));
}

#[test]
fn a_recipe_that_ends_each_of_its_servers_fails() {
    let mut book = Book::new();
    let events = two(&mut book, vec![Unwell::Gone("killed".into()); 2]);
    assert!(
        matches!(end(&events, "a").1, CellEnd::Failed { why, .. } if why.ends_with("; each time it ran, killed")),
        "{:?}",
        lines(&events)
    );
    assert_eq!(*end(&events, "b").1, CellEnd::Completed);
}

#[test]
fn what_no_other_server_could_mend_is_not_available_and_runs_once() {
    let mut book = Book::new();
    let events = two(&mut book, vec![Unwell::Hopeless("no memory".into()); 2]);
    let why = "target one did not last: no memory";
    assert_eq!(*end(&events, "a").1, CellEnd::NotRun(NotRun::NotAvailable(why.into())));
    // The other may have said what it should all the same: the gate decides.
    assert_eq!((end(&events, "b").0.unwell.as_deref(), end(&events, "b").1), (Some(why), &CellEnd::Completed));
    assert_eq!(book.fake.services.lock().unwrap().len(), 1);
}

#[test]
fn steps_for_other_targets_are_left_out() {
    let body = "```sh recipe=a\necho both\n```\n```sh recipe=a target=two\necho two\n```\n";
    let (_, events) = Book::new().events(&plan("targets: [one, two]\n", body));
    let texts: Vec<&str> = records(&events, "a").iter().map(|record| record.stdout.text.as_str()).collect();
    assert_eq!((texts.iter().filter(|text| **text == "both\n").count(), texts.len()), (2, 3));
}

#[test]
fn a_secret_that_a_step_makes_is_hidden_from_its_first_byte() {
    let body = "```sh recipe=a secret=key\necho key is k3y-made-by-the-recipe-0815; echo k3y-made-by-the-recipe-0815 >&2\n```\n```text expect\nkey is [..key]\n```\n\
                ```sh recipe=a\necho again k3y-made-by-the-recipe-0815; trap 'echo k3y-made-by-the-recipe-0815' EXIT\n```\n";
    let book = Book::new();
    let (_, events) = book.events(&plan("targets: [none]\n", body));
    assert_eq!(
        lines(&events)[1..],
        ["recipe 1: key is ${key:hidden}| ! ${key:hidden}|", "recipe 2: again ${key:hidden}|", "g/a@none completed"]
    );
    assert_eq!(end(&events, "a").0.after.text.as_str(), "${key:hidden}\n");
    let RunEvent::CellStarted(cell) = &events[0] else { panic!("{:?}", events[0]) };
    assert!(book.deps.known.of(cell).iter().any(|known| known.value == "k3y-made-by-the-recipe-0815" && known.secret));
}

#[test]
fn a_secret_that_no_line_binds_hides_everything_from_there_on() {
    let body = "```sh recipe=a\necho before\n```\n```sh recipe=a secret=key\necho something else 0815; echo 0815 >&2\n```\n```text expect\nkey is [..key]\n```\n\
                ```sh recipe=a\necho 0815\n```\n";
    let lines = Book::new().lines(body);
    assert_eq!(
        lines[1..4],
        ["recipe 1: before|", "recipe 2: ${key:hidden} ! ${key:hidden}", "recipe 3: ${key:hidden}"]
    );
    assert!(
        lines[4].starts_with("g/a@none failed at Recipe 2: step 2 says `secret=key`, and no expected line"),
        "{}",
        lines[4]
    );
}

#[test]
fn a_second_step_that_makes_a_secret_of_the_same_name_hides_what_no_line_binds() {
    let first =
        "```sh recipe=a secret=key\necho key is k3y-of-the-first-0815\n```\n```text expect\nkey is [..key]\n```\n";
    let second =
        "```sh recipe=a secret=key\necho new key: k3y-of-the-second-0815\n```\n```text expect\nkey is [..key]\n```\n";
    let lines = Book::new().lines(&format!("{first}{second}"));
    assert_eq!(lines[1..3], ["recipe 1: key is ${key:hidden}|", "recipe 2: ${key:hidden}"]);
    assert!(lines[3].starts_with("g/a@none failed at Recipe 2: step 2 says `secret=key`"), "{}", lines[3]);
}

#[test]
fn every_round_of_a_benchmark_makes_a_secret_of_its_own() {
    let body = "```sh recipe=a bench=g/one rounds=2 secret=key\necho x >> log; echo key is k3y-of-round-$(wc -l < log)-0815\n```\n```text expect\nkey is [..key]\n```\n\
                ```sh recipe=a bench=g/two secret=key\necho key is k3y-of-another-0815\n```\n```text expect\nkey is [..key]\n```\n\
                ```sh recipe=a\necho k3y-of-round-{1,2,3}-0815 k3y-of-another-0815\n```\n";
    let book = Book::new();
    let (_, events) = book.events(&plan("targets: [none]\n", body));
    let hidden = "${key:hidden}";
    assert_eq!(
        lines(&events)[1..],
        [
            format!("recipe 1: key is {hidden}|"),
            format!("recipe 2: key is {hidden}|"),
            format!("recipe 3: {hidden} {hidden} {hidden} {hidden}|"),
            "g/a@none completed".to_owned()
        ]
    );
    let RunEvent::CellStarted(cell) = &events[0] else { panic!("{:?}", events[0]) };
    assert_eq!(book.deps.known.of(cell).iter().filter(|known| known.name == "key" && known.secret).count(), 4);
}

#[test]
fn a_round_whose_secret_no_line_binds_hides_everything_from_there_on() {
    let body = "```sh recipe=a bench=g/one rounds=2 secret=key\necho x >> log; [ $(wc -l < log) = 2 ] || echo -n 'key is '; echo k3y-0815\n```\n```text expect\nkey is [..key]\n```\n";
    let lines = Book::new().lines(body);
    assert_eq!(lines[1], "recipe 1: ${key:hidden}");
    assert!(lines[2].starts_with("g/a@none failed at Recipe 1: step 1 says `secret=key`"), "{}", lines[2]);
}

#[test]
fn a_console_step_may_make_a_secret_in_any_of_its_commands() {
    let body = "```console recipe=a secret=key\n$ echo hello\nhello\n$ echo key s3cret-of-the-console-1\nkey [..key]\n$ echo s3cret-of-the-console-1\n[..]\n```\n";
    let lines = Book::new().lines(body);
    assert_eq!(lines[2..], ["recipe 1.2: key ${key:hidden}|", "recipe 1.3: ${key:hidden}|", "g/a@none completed"]);
}

#[test]
fn secrets_of_the_caller_s_environment_are_redacted() {
    let mut book = Book::new();
    book.deps.secrets = vec![Known::secret("CI_TOKEN", "token-of-the-caller-42")];
    assert_eq!(book.lines("```sh recipe=a\necho token-of-the-caller-42\n```\n")[1], "recipe 1: ${ci_token:hidden}|");
}

#[test]
fn the_name_of_an_exception_s_class_is_redacted_too() {
    let mut book = Book::new();
    book.deps.secrets = vec![Known::secret("TOKEN", "TokenOfTheCaller42")];
    let body = "```python recipe=a raises=Exception\nraise type('TokenOfTheCaller42', (Exception,), {})('m')\n```\n";
    let (_, events) = book.events(&plan("targets: [none]\ntoolbox: tools\n", body));
    assert!(!format!("{events:?}").contains("TokenOfTheCaller42"));
}

#[test]
fn a_stream_that_is_compared_must_fit_the_trace() {
    let body = "```sh recipe=a\nseq 100000\n```\n```text expect\n1\n...\n```\n```sh recipe=a\necho goes on\n```\n```sh recipe=b\nseq 100000\n```\n";
    let (_, events) = Book::new().events(&plan("targets: [none]\n", body));
    let CellEnd::Failed { at, why } = end(&events, "a").1 else { panic!() };
    assert_eq!(
        (at.step, why.as_str()),
        (1, "step 1 says more on stdout, which is compared, than the 256 KiB that a trace holds")
    );
    assert_eq!(records(&events, "a").len(), 2);
    assert_eq!(*end(&events, "b").1, CellEnd::Completed);
    let cut = &records(&events, "b")[0].stdout;
    assert!(
        cut.text.as_str().starts_with("1\n2\n")
            && cut.tail.as_ref().unwrap().as_str().ends_with("100000\n")
            && cut.dropped > 0
    );
}

#[test]
fn packages_that_python_imports_are_recorded_also_from_a_child() {
    let packages = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("fakepkg/__init__.py", ""),
        ("fakepkg/inner.py", ""),
        ("setuptools.py", ""),
        ("dogfood_imports.py", dogfood_run::sessions::IMPORTS_HOOK),
        ("sitecustomize.py", "import dogfood_imports\n"),
    ] {
        let file = packages.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let mut book = Book::new();
    book.fake.variables = vec![Known::plain("PYTHONPATH", packages.path().display().to_string())];
    let body = "```python recipe=a\nimport json, fakepkg.inner, setuptools; print('/fake/python/lib/python3.99/json')\n```\n```sh recipe=b\npython3 -c 'import fakepkg'\n```\n```sh recipe=c\npython3 -c 'import json'\n```\n\
                ```python recipe=d\nimport os\nif os.fork() == 0:\n    import fakepkg\n    os._exit(0)\nos.wait()\n```\n";
    let (_, events) = book.events(&plan("targets: [one]\ntoolbox: tools\n", body));
    for (recipe, imported) in [("a", true), ("b", true), ("c", false), ("d", true)] {
        let (facts, end) = end(&events, recipe);
        assert_eq!(*end, CellEnd::Completed, "{recipe}: {:?}", records(&events, recipe));
        assert_eq!(facts.imported, if imported { vec!["fake-pkg"] } else { vec![] }, "{recipe}");
        if recipe == "a" {
            assert_eq!(records(&events, recipe)[0].stdout.text.as_str(), "${PYTHON_STDLIB}/json\n");
        }
        assert_eq!(facts.versions.get("fake-pkg").map(String::as_str), imported.then_some("1.2.3"));
    }
}

#[test]
fn python_without_a_toolbox_is_the_host_s() {
    let body = "```python recipe=a\nimport platform; print(platform.python_version())\n```\n";
    let mut plan = plan("targets: [none]\ntoolbox: tools\n", body);
    plan.cells[0].toolbox = None;
    let (_, events) = Book::new().events(&plan);
    let facts = end(&events, "a").0;
    assert_eq!(records(&events, "a")[0].stdout.text.as_str().trim(), facts.versions["python"]);
    assert_eq!(facts.versions.get("bash"), None);
}

#[test]
fn recipes_run_side_by_side() {
    let mut book = Book::new();
    book.deps.jobs = 2;
    let meet = book.root.path().join("meet").display().to_string();
    let body: String = ["a", "b"]
        .map(|name| format!("```sh recipe={name} timeout=20s\nmkdir -p {meet}; touch {meet}/{name}; until [ -e {meet}/a ] && [ -e {meet}/b ]; do sleep 0.01; done\n```\n"))
        .concat();
    let (_, events) = book.events(&plan("targets: [none]\n", &body));
    assert_eq!([end(&events, "a").1, end(&events, "b").1], [&CellEnd::Completed; 2]);
}

#[test]
fn benchmarks_run_alone_and_last() {
    let mut book = Book::new();
    book.deps.jobs = 4;
    let body =
        "```sh recipe=first bench=g/base\ntrue\n```\n```sh recipe=b\nsleep 0.2\n```\n```sh recipe=c\nsleep 0.1\n```\n";
    let (_, events) = book.events(&plan("targets: [none]\n", body));
    let lines = lines(&events);
    assert_eq!(lines[lines.len() - 3], "g/first@none starts", "{lines:?}");
}

/// A group `g` whose variants write their letter, with set-up `s` before each; then the letters are printed.
const LETTERS: &str = "```sh recipe=a\nprintf 0 >> log\n```\n```sh recipe=a bench=g/one rounds=3\nprintf 1 >> log\n```\n\
                       ```sh recipe=a bench=g\nprintf s >> log\n```\n```python recipe=a bench=g/two\nopen('log', 'a').write('2')\nprint('two')\n```\n\
                       ```sh recipe=a\ncat log\n```\n";

#[test]
fn a_group_runs_in_turn_round_by_round_after_a_warm_up() {
    let (_, events) = Book::new().events(&plan("targets: [none]\ntoolbox: tools\n", LETTERS));
    let records = records(&events, "a");
    let numbers: Vec<usize> = records.iter().map(|record| record.at.step).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5], "each step is told once, in order");
    assert_eq!(records[4].stdout.text.as_str(), format!("0{}", "s1s2".repeat(4)));
    assert_eq!(records[3].stdout.text.as_str(), "two\n", "what the last run said");
    let samples = |at: usize| records[at].timed.as_ref().map(|timed| timed.samples.len());
    assert_eq!([0, 1, 2, 3, 4].map(samples), [None, Some(3), None, Some(3), None]);
    let timed = records[1].timed.as_ref().unwrap();
    let sum = timed.warm_up + timed.samples.iter().sum::<Duration>();
    assert_eq!(records[1].took, sum);
    assert!(timed.load.is_some());
    let started = events.iter().filter(|event| matches!(event, RunEvent::StepStarted { .. })).count();
    assert_eq!(started, 6, "the warm-up alone is told as it happens: the set-up twice");
}

#[test]
fn times_are_those_of_the_fence_alone() {
    let body = "```sh recipe=a bench=g/short rounds=3\nsleep 0.05\n```\n```python recipe=a bench=g/long\nimport time; time.sleep(0.15)\n```\n\
                ```sh recipe=a bench=g\nsleep 0.8\n```\n";
    let (_, events) = Book::new().events(&plan("targets: [none]\ntoolbox: tools\n", body));
    let records = records(&events, "a");
    let least = |at: usize| records[at].timed.as_ref().unwrap().samples.iter().min().unwrap().as_millis();
    // What runs before each variant takes longer than any machine adds to the quickest of three.
    assert!((50..800).contains(&least(0)), "{}", least(0));
    assert!((150..800).contains(&least(1)), "{}", least(1));
}

#[test]
fn each_run_of_a_variant_has_the_whole_limit() {
    let body = "```sh recipe=a bench=g/one rounds=4 timeout=3500ms\nsleep 0.8; echo x >> log; wc -l < log\n```\n";
    let (_, events) = Book::new().events(&plan("targets: [none]\n", body));
    assert_eq!(end(&events, "a").1, &CellEnd::Completed);
    assert_eq!(records(&events, "a")[0].stdout.text.as_str(), "5\n");
}

#[test]
fn a_variant_that_fails_in_a_later_round_fails_the_recipe_with_what_was_measured() {
    let body = "```sh recipe=a bench=g/one rounds=3\ntrue\n```\n```sh recipe=a bench=g/two\nprintf x >> log\n[ \"$(cat log)\" != xxx ]\n```\n```sh recipe=a\necho no\n```\n";
    let (_, events) = Book::new().events(&plan("targets: [none]\n", body));
    let records = records(&events, "a");
    assert_eq!(records.len(), 2);
    assert_eq!(records.iter().map(|record| record.timed.as_ref().unwrap().samples.len()).collect::<Vec<_>>(), [2, 2]);
    let CellEnd::Failed { at, why } = end(&events, "a").1 else { panic!("it failed") };
    assert_eq!((at.step, why.as_str()), (2, "step 2 exited with 1"));
}

#[test]
fn a_run_that_is_stopped_ends_at_once_and_tells_every_cell() {
    let mut book = Book::new();
    book.deps.jobs = 1;
    let stop = Arc::clone(&book.deps.stop);
    let started = Instant::now();
    let mut events = Vec::new();
    let plan =
        plan("targets: [none]\n", "```sh recipe=a\nsetsid sleep 300 & sleep 301\n```\n```sh recipe=b\ntrue\n```\n");
    dogfood_run::execute::execute_on(&book.fake, &plan, &book.deps, &mut |event| {
        if matches!(event, RunEvent::StepStarted { .. }) {
            stop.store(true, Ordering::Relaxed);
        }
        events.push(event);
    })
    .unwrap();
    assert!(started.elapsed() < Duration::from_secs(120));
    assert_eq!(lines(&events), ["g/a@none starts", "g/a@none not run: Interrupted", "g/b@none not run: Interrupted"]);
    assert_eq!(book.records(), 0);
}

#[test]
fn a_recipe_that_kills_its_supervisor_is_told_and_leaves_nothing() {
    let mark = word();
    let lines = Book::new()
        .lines(&format!("```sh recipe=a\nexport STRAY={mark}; setsid -f sleep 300; kill -9 $PPID; sleep 301\n```\n"));
    assert!(
        lines[1].starts_with("g/a@none faulty: the recipe's supervisor died before the recipe was over"),
        "{lines:?}"
    );
    assert_eq!(sys::marked("STRAY", &mark), []);
}

#[test]
fn folders_are_removed_whatever_a_recipe_did_to_them_unless_they_are_kept() {
    let mut book = Book::new();
    let body = "```sh recipe=a\nmkdir -p d/e; touch d/e/f; chmod 500 d/e d; pwd -P > /dev/null\n```\n";
    let (ran, _) = book.events(&plan("targets: [none]\n", body));
    assert_eq!((ran.kept, book.records()), (None, 0));
    book.deps.keep = true;
    let (ran, _) = book.events(&plan("targets: [none]\n", body));
    let kept = ran.kept.unwrap();
    assert!(kept.join("0/work/d/e/f").exists());
    assert_eq!(lease::clean(book.root.path()).folders, 1);
    assert!(!kept.exists());
}

#[test]
fn what_a_killed_run_left_is_removed_before_the_next() {
    let book = Book::new();
    let runs = book.root.path().join(".dogfood/runs");
    std::fs::create_dir_all(&runs).unwrap();
    std::fs::write(runs.join("0123456789ab.json"), "{}").unwrap();
    let (ran, _) = book.events(&plan("targets: [none]\n", HELLO));
    assert_eq!((ran.swept.runs, book.records()), (1, 0));
}

#[test]
fn many_recipes_on_many_threads_each_get_their_own_words() {
    let mut book = Book::new();
    book.deps.jobs = 8;
    let body: String =
        (0..24).map(|at| format!("```sh recipe=r{at}\necho word-{at} | cat; echo err-{at} >&2\n```\n")).collect();
    let (_, events) = book.events(&plan("targets: [none]\n", &body));
    for at in 0..24 {
        let record = records(&events, &format!("r{at}"))[0];
        assert_eq!(
            (record.stdout.text.as_str(), record.stderr.text.as_str()),
            (format!("word-{at}\n").as_str(), format!("err-{at}\n").as_str())
        );
    }
}
