//! Files of the book that are broken, hostile or somewhere else: told with their place and a documented exit code, and no trace is lost.

use std::os::unix::fs::symlink;

use crate::project::{BOOK_TOML, Project};

const HELLO: &str = "```sh recipe=hello\necho hello\n```\n\n```text expect\nhello\n```\n";
const TRACE: &str = "traces/a/hello@none.yaml";

fn recorded() -> Project {
    let project = Project::with_guide("a", HELLO);
    project.dogfood("run").code(0);
    project
}

#[test]
fn a_guide_at_fault_does_not_run_and_its_traces_stay() {
    for (name, old, new, told) in [
        (
            "an unclosed fence",
            "expect\nhello\n```\n",
            "expect\nhello\n```\n\n```sh recipe=hello\nmore\n",
            "the fence is never closed",
        ),
        ("a fence that swallows another", "hello\n```\n", "hello\n", "the closing line of that one is missing"),
        ("a misspelt word", "recipe=hello", "recipe=hello exti=3", "did you mean `exit`?"),
        (
            "an include that climbs",
            "echo hello",
            "{{#include ../../../etc/passwd}}",
            "climbs out of the book's checkout",
        ),
        ("an include of nothing", "echo hello", "{{#include gone.sh}}", "there is no such file"),
        ("a word in an included file", "```sh", "{{#include part.md}}\n\n```sh", "guides/part.md:1:16"),
        ("an include that loops", "```sh", "{{#include loop.txt}}\n\n```sh", "includes itself"),
        ("a file outside", "```text", "```text file=../x recipe=hello\nx\n```\n\n```text", "climbs out"),
        ("a NUL", "echo hello", "echo hel\0lo", "NUL"),
    ] {
        let project = recorded();
        project.write("guides/part.md", "```sh recipe=x foo=1\ntrue\n```\n");
        project.write("guides/loop.txt", "{{#include loop.txt}}\n");
        let before = project.read(TRACE);
        let guide = project.read("guides/a.md").replacen(old, new, 1);
        project.write("guides/a.md", &guide);
        for words in ["run", "run a/hello --refresh", "run --walk", "run --frozen"] {
            let run = project.dogfood(words).code(1).says(told).silent_about("ran to its end");
            assert!(run.err.contains("guides/"), "{name}, {words}: {}", run.err);
        }
        project.dogfood("run --plan").code(1).says("guides/a.md");
        project.dogfood("check").code(1).says(told);
        assert_eq!(project.read(TRACE), before, "{name}");
    }
}

#[test]
fn two_guides_of_one_id_do_not_write_each_other_s_traces() {
    let project = recorded().guide("c", "targets: [none]", &HELLO.replace("hello", "c"));
    let before = project.read(TRACE);
    project.write("guides/b.md", &project.read("guides/a.md").replace("echo hello", "echo hello # b"));
    project.write("guides/SUMMARY.md", &(project.read("guides/SUMMARY.md") + "- [b](b.md)\n"));
    project.dogfood("run").code(1).says("duplicate-guide").says("1 recipe passed, 2 failed");
    assert_eq!(project.read(TRACE), before);
    let project = recorded();
    project.write("guides/SUMMARY.md", "# S\n\n- [a](a.md)\n- [again](./a.md)\n");
    for words in ["run", "check", "list"] {
        project.dogfood(words).code(1).says("listed a second time").says("guides/SUMMARY.md:4:3");
    }
}

#[test]
fn pages_that_cannot_be_read_are_told_by_every_command() {
    type Break = fn(&Project);
    let broken: [(&str, Break, &str); 4] = [
        ("not UTF-8", |project| std::fs::write(project.path("guides/b.md"), [0xff]).unwrap(), "not UTF-8 text"),
        ("too large", |project| project.write("guides/b.md", &"x".repeat(9 << 20)), "too large"),
        ("missing", |project| std::fs::remove_file(project.path("guides/b.md")).unwrap(), "does not exist"),
        (
            "a link out",
            |project| {
                std::fs::remove_file(project.path("guides/b.md")).unwrap();
                symlink("/etc/passwd", project.path("guides/b.md")).unwrap();
            },
            "symbolic link",
        ),
    ];
    for (name, break_it, told) in broken {
        let project = recorded().guide("b", "targets: [none]", "```sh recipe=x\ntrue\n```\n");
        break_it(&project);
        for words in ["check", "run", "list"] {
            let run = project.dogfood(words).code(1).says(told);
            assert!(run.err.contains("guides/SUMMARY.md:4:3"), "{name}, {words}: {}", run.err);
        }
        // Who asks for another guide is not held up.
        project.dogfood("run a").code(0);
        project.dogfood("list a").code(0);
        assert!(project.dogfood("list --format json").code(1).json().is_array());
    }
    let project = recorded();
    project.write("guides/SUMMARY.md", "");
    for words in ["check", "run", "list"] {
        project.dogfood(words).code(1).says("`guides/a.md` is not in SUMMARY.md");
    }
}

#[test]
fn a_broken_trace_is_told_with_its_place_and_stays() {
    let good = recorded().read(TRACE);
    let half = &good[..good.len() / 2];
    let conflict = format!("<<<<<<< ours\n{good}=======\n{good}>>>>>>> theirs\n");
    let newer = good.replacen("schema: 1", "schema: 99\nnew: {a: 1}", 1);
    let twice = good.replacen("recipe:", "recipe: hello\nrecipe:", 1);
    let aliases = format!("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n{good}");
    let edited = good.replacen("    hello\n", "    hallo\n", 1);
    let huge = format!("{good}#{}\n", "#".repeat(5 << 20));
    for (name, text, told) in [
        ("truncated", half, "cut short"),
        ("conflict", conflict.as_str(), "merge conflict markers"),
        ("newer", newer.as_str(), "written by a newer dogfood"),
        ("duplicate key", twice.as_str(), "a second time"),
        ("aliases", aliases.as_str(), "cannot be read"),
        ("edited", edited.as_str(), "edited after it was recorded"),
        ("huge", huge.as_str(), "too large"),
        ("nesting", &"[".repeat(100_000), "cannot be read"),
    ] {
        let project = recorded();
        project.write(TRACE, text);
        let check = project.dogfood("check").code(1).says("edited-trace").says(told);
        assert!(check.err.contains(TRACE) && check.err.contains("help: "), "{name}: {}", check.err);
        assert!(check.err.len() < 4000, "{name}: {} bytes", check.err.len());
        project.dogfood("accept").code(1).says("dogfood run a/hello@none");
        project.dogfood("run --frozen").code(1);
        project.mdbook("build").code(101).says("edited-trace");
        assert_eq!(project.read(TRACE), text, "{name}");
    }
    let project = recorded();
    project.write(TRACE, "");
    project.dogfood("check").code(1).says("missing-evidence").says("is empty");
}

#[test]
fn links_that_make_more_paths_than_files_do_not_stop_the_gate() {
    let project = recorded();
    for folder in ["guides", "traces", "infra/targets"] {
        std::fs::create_dir_all(project.path(folder)).unwrap();
        for name in ["x", "y"] {
            symlink(".", project.path(folder).join(name)).unwrap();
        }
    }
    // mdBook would walk all of those paths below the source.
    project.dogfood("check").code(1).says("`guides/x` leads to a folder that holds it");
    for name in ["x", "y"] {
        std::fs::remove_file(project.path("guides").join(name)).unwrap();
    }
    project.dogfood("check").code(0);
}

#[test]
fn links_lead_no_write_out_of_the_checkout() {
    let outside = Project::empty();
    // The folder of runs is the machine's; traces are the book's.
    for (link, code) in [("traces", 1), ("traces/a", 1), (".dogfood", 3)] {
        let project = Project::with_guide("a", HELLO);
        std::fs::create_dir_all(project.path(link).parent().unwrap()).unwrap();
        symlink(outside.path(""), project.path(link)).unwrap();
        project.dogfood("run").code(code).says("symbolic link");
        assert_eq!(outside.files().len(), 0, "{link}: {:?}", outside.files());
    }
}

#[test]
fn faults_of_book_toml_have_a_place() {
    let project = recorded();
    for (text, place) in [
        ("[book]\nsrc = \"guides\"\nsrc = \"x\"\n".to_owned(), "book.toml:3:1"),
        (BOOK_TOML.replace("\"guides\"", "\"../../etc\""), "book.toml:3:7"),
        (format!("{BOOK_TOML}unknown = 1\n"), "book.toml:9:1"),
    ] {
        project.write("book.toml", &text);
        for words in ["check", "run", "list", "accept", "build"] {
            project.dogfood(words).code(2).says(place);
        }
    }
}

#[test]
fn what_a_discovered_tree_leaves_out_is_told() {
    let project =
        Project::empty().file("docs/ok.md", "```sh\ntrue\n```\n").file("docs/a\n::error::b.md", "```sh\n```\n");
    std::fs::write(project.path("docs/bad.md"), [0xff]).unwrap();
    symlink("..", project.path("docs/up")).unwrap();
    let project = project.set("GITHUB_ACTIONS", "true");
    let list = project.dogfood("list --discover docs").code(0).says("docs/ok.md:1").says("`bad.md` is left out");
    assert!(list.err.contains(r"a\n") && !list.err.lines().any(|line| line.starts_with("::")), "{}", list.err);
    assert_eq!(project.dogfood("list --discover docs --format json").code(0).json().as_array().unwrap().len(), 1);
}

#[test]
fn a_checkout_may_be_called_anything() {
    let outer = Project::empty();
    let folder = "a b/ü '\"$x\\";
    outer.write(&format!("{folder}/book.toml"), BOOK_TOML);
    outer.write(&format!("{folder}/guides/SUMMARY.md"), "- [a](sub/ä/a.md)\n");
    let guide =
        format!("---\r\nguide: a\r\nkind: sidebar\r\ntargets: [none]\r\n---\r\n{}", HELLO.replace('\n', "\r\n"));
    outer.write(&format!("{folder}/guides/sub/ä/a.md"), &format!("\u{feff}{guide}"));
    outer.dogfood_in(folder, "run").code(0);
    outer.dogfood_in(&format!("{folder}/guides/sub/ä"), "check").code(0);
    outer.dogfood_in(folder, "build").code(0);
}
