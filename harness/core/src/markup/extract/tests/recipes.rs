//! Fences put together: classes, the step that an expectation belongs to, recipes against each other.

use std::collections::BTreeMap;

use super::super::super::hide::HideLines;
use super::super::super::model::FenceClass;
use super::super::ChapterKind;
use super::{FRONT, check, classes, guide, read, read_with, step_ids, told};

#[test]
fn every_fence_has_its_class() {
    let markdown = "```sh given=toolbox\na\n```\n```sh setup\nb\n```\n```sh recipe=r\nc\n```\n```text expect\nd\n```\n\
        ```text file=x\ne\n```\n```sh illustrative=why\nf\n```\n```sh skip=why\ng\n```\n```text expect\nh\n```\n\
        ```sh teardown\ni\n```\n<!--\n```sh recipe=x\nj\n```\n-->\n\ntext\n\n    k\n\n```sh\nl\n```\n";
    let (chapter, findings) = read(markdown);
    assert_eq!(
        classes(&chapter),
        [
            "given",
            "setup",
            "step",
            "expect",
            "file",
            "illustrative",
            "skip",
            "expect",
            "teardown",
            "commented",
            "unclassified",
            "unclassified"
        ]
    );
    assert_eq!(chapter.fences[3].class, FenceClass::Expect(2));
    assert_eq!(chapter.fences[7].class, FenceClass::Expect(6));
    let text = format!("{FRONT}{markdown}");
    assert_eq!(
        told(&text, &findings, 7),
        "29:1 unclassified-fence: a fence inside HTML does not run, and no reader sees it as code\n\
         36:5 unclassified-fence: an indented code block has no words that say what it is\n\
         38:1 unclassified-fence: nothing says what this `sh` fence is"
    );
}

#[test]
fn a_broken_fence_does_not_hide_the_others() {
    let mut markdown = String::new();
    for number in 0..10 {
        let word = if number == 4 { "recip" } else { "recipe" };
        markdown += &format!("```sh {word}=id-{number}\necho {number}\n```\n\n```text expect\n{number}\n```\n\n");
    }
    let (chapter, findings) = read(&markdown);
    assert_eq!(findings.len(), 1, "{findings:?}");
    let guide = chapter.guide.unwrap();
    assert_eq!(guide.recipes.len(), 9);
    assert!(guide.recipes.iter().all(|recipe| recipe.steps[0].expectations.len() == 1));
}

#[test]
fn fences_that_nothing_classifies() {
    check("```\nx\n```", &["1:1 unclassified-fence: the fence has no language and no words that say what it is"]);
    check("```rust\nx\n```", &["1:1 unclassified-fence: nothing says what this `rust` fence is"]);
    check("```sh exit=1\nx\n```", &["1:1 unclassified-fence: nothing says what this `sh` fence is"]);
    check("```recipe=r\nx\n```", &["1:4 unclassified-fence: the fence has no language: its first word is `recipe=r`"]);
    check("```expect\nx\n```", &["1:4 unclassified-fence: the fence has no language: its first word is `expect`"]);
    check("```ruby recipe=r\nx\n```", &["1:1 unclassified-fence: a `ruby` fence cannot be a step"]);
    check("```rust setup\nx\n```", &["1:1 unclassified-fence: a `rust` fence cannot be a step"]);
    check("```sh recipe=r\n\n```", &["1:1 unclassified-fence: the step is empty"]);
    check("```sh recipe=r\n```", &["1:1 unclassified-fence: the step is empty"]);
    check(
        "```python given=env\nx\n```",
        &["1:1 unclassified-fence: a `given` fence is typed into a shell; it cannot be `python`"],
    );
    check("    x\n", &["1:5 unclassified-fence: an indented code block has no words that say what it is"]);
    check(
        "{{#playground x.rs}}",
        &[
            "1:1 broken-include: cannot include `guides/x.rs`: there is no such file",
            "1:1 unclassified-fence: mdBook puts a file here that nothing classifies",
        ],
    );
    check(
        "<div>\n```sh recipe=r\nx\n```\n</div>",
        &["2:1 unclassified-fence: a fence inside HTML does not run, and no reader sees it as code"],
    );
}

#[test]
fn a_fence_that_is_never_closed() {
    let (chapter, findings) = read("```sh recipe=a\nx\n```\n\n```sh recipe=b\ny\n\n```sh recipe=c\nz\n~~~\n");
    assert_eq!(step_ids(&chapter), ["a"]);
    let titles: Vec<&str> = findings.iter().map(|finding| &*finding.title).collect();
    assert_eq!(titles, ["the fence is never closed"]);
    check("> ```sh recipe=b\n> y\n\n```sh recipe=c\nz\n```", &["1:3 unclassified-fence: the fence is never closed"]);
}

#[test]
fn a_fence_that_swallows_the_next_one() {
    let title = "a fence opens inside another: the closing line of that one is missing";
    check("```sh recipe=a\nx\n\n```text expect\n1\n```\n", &[&format!("4:1 unclassified-fence: {title}")]);
    check("- ~~~sh recipe=a\n  x\n  ~~~~sh recipe=b\n  y\n  ~~~~\n", &[&format!("3:3 unclassified-fence: {title}")]);
    check("````sh recipe=a\ncat <<'E'\n```sh\n```\nE\n````\n", &[]);
    check("```sh recipe=a\necho '~~~sh' '```sh'\n```\n", &[]);
}

#[test]
fn an_expectation_belongs_to_the_nearest_step_above() {
    let guide = guide(
        "```sh recipe=r\na\n```\n\n```sh illustrative=x\nno\n```\n\n- list\n\n  ```text expect\n  1\n  ```\n\n```sh recipe=r\nb\n```\n\
         > ```text expect=stderr\n> 2\n> ```\n\n```sh given=env\nexport X=1\n```\n```text expect\n3\n```\n",
    );
    let expected: Vec<Vec<&str>> = guide.recipes[0]
        .steps
        .iter()
        .map(|step| step.expectations.iter().map(|expectation| &*expectation.text).collect())
        .collect();
    assert_eq!(expected, [vec!["1"], vec!["2", "3"]]);
}

#[test]
fn expectations_without_use() {
    check("```text expect\nx\n```", &["1:1 unused-expect: no step stands above this expected output"]);
    check(
        "```sh setup\ns\n```\n```text expect\nx\n```",
        &["4:1 unused-expect: the output of setup and teardown is recorded, not compared"],
    );
    let step = "```sh recipe=r\na\n```\n";
    check(
        &format!("{step}```text expect\nx\n```\n```text expect\ny\n```"),
        &["7:1 unused-expect: the step above has its expected output already"],
    );
    check(
        &format!("{step}```text expect target=one+two\nx\n```\n```text expect target=two\ny\n```"),
        &["7:1 unused-expect: the step above has its expected output already"],
    );
    check(
        &format!("{step}```text expect target=three\nx\n```"),
        &["4:16 unused-expect: the step above does not run on `three`"],
    );
    check(&format!("{step}```text expect=error\nE: x\n```"), &["4:1 unused-expect: only Python raises exceptions"]);
    check(
        &format!("{step}```sh expect\nx\n```"),
        &["4:1 unclassified-fence: expected output is `text`, `json` or `yaml`, not `sh`"],
    );
    check(
        &format!("{step}```text expect recipe=q\nx\n```"),
        &["4:16 unknown-attribute: the nearest step above belongs to the recipe `r`, not to `q`"],
    );
    check(
        "```console recipe=r\n$ a\n```\n```text expect\nx\n```",
        &["4:1 unused-expect: a `console` fence shows its output itself"],
    );
    check(
        "```python recipe=r\na\n```\n```text expect=error\nx\n```",
        &["4:1 unused-expect: the step above must not fail, so it has no exception to compare"],
    );
    check(
        "```python recipe=r raises=E\na\n```\n```json expect=error\nx\n```",
        &["4:1 unused-expect: an exception is text, `Type: message`"],
    );
    // The fence above has a finding of its own; nothing more can be said of what stands under it.
    check(
        &format!("{step}```text expect\nx\n```\n```sh recip=r\nb\n```\n```text expect\ny\n```"),
        &["7:7 unknown-attribute: `recip` is no word of the markup; did you mean `recipe`?"],
    );
}

#[test]
fn an_expectation_for_one_target_asks_for_the_others() {
    let step = "```sh recipe=r\na\n```\n";
    check(
        &format!("{step}```text expect target=one\nx\n```"),
        &["4:1 unasserted-output: nothing says what the step prints on two"],
    );
    check(&format!("{step}```text expect target=one\nx\n```\n```text expect target=two\ny\n```"), &[]);
    check(&format!("{step}```text expect\nx\n```\n```text expect target=two\ny\n```"), &[]);
    check(
        &format!("{step}```text expect=stderr target=one\nx\n```\n```text expect\ny\n```"),
        &["4:1 unasserted-output: nothing says what the step prints on two"],
    );
    check(&format!("{step}```sh recipe=r target=one\nb\n```\n```text expect target=one\nx\n```"), &[]);
}

#[test]
fn a_recipe_is_taken_up_once() {
    check(
        "```sh recipe=aaa\na\n```\n```sh recipe=bbb\nb\n```\n```sh recipe=aaa\nc\n```\n```sh recipe=aaa\nd\n```",
        &["7:7 duplicate-recipe: the recipe `aaa` is taken up again after a step of another recipe"],
    );
    check(
        "```sh recipe=aaa\na\n```\n```sh setup\ns\n```\n```text file=x recipe=bbb\n1\n```\n```sh recipe=aaa\nc\n```\n```sh recipe=bbb\nd\n```",
        &[],
    );
    for word in ["toolbox=x", "fresh", "skip=why"] {
        let name = word.split('=').next().unwrap();
        check(
            &format!("```sh recipe=aaa\na\n```\n```sh recipe=aaa {word}\nc\n```"),
            &[&format!("4:18 unknown-attribute: `{name}` is said of a whole recipe, so it stands on its first step")],
        );
    }
    check(
        "```sh recipe=aaa target=one\na\n```\n```sh recipe=aaa target=one+two\nc\n```",
        &["4:18 unknown-target: the recipe `aaa` does not run on `two`"],
    );
    check("```sh setup target=two+three\na\n```", &["1:13 unknown-target: the guide does not run on `three`"]);
}

#[test]
fn neighbours_that_are_a_slip_apart() {
    let two = |one: &str, other: &str| {
        format!("```sh recipe={one}\na\n```\n```sh recipe={one}\nb\n```\n```sh recipe={other}\nc\n```")
    };
    let said = |odd: &str, other: &str| {
        format!("7:1 split-recipe: the recipe `{odd}` has one step, and its neighbour is called `{other}`")
    };
    check(&two("read-stall", "read-stal"), &[&said("read-stal", "read-stall")]);
    check(&two("read-stall", "raed-stall"), &[&said("raed-stall", "read-stall")]);
    check(&two("upload-1", "upload-2"), &[]);
    check(&two("upload", "upload2"), &[]);
    check(&two("upload", "download"), &[]);
    check(
        "```sh recipe=cpy\na\n```\n```sh recipe=copy\na\n```\n```sh recipe=copy\nb\n```",
        &["1:1 split-recipe: the recipe `cpy` has one step, and its neighbour is called `copy`"],
    );
}

#[test]
fn files_have_one_place_each() {
    let recipe = "```sh recipe=r\na\n```\n";
    check(
        &format!("{recipe}```text file=x\n1\n```\n```text file=./x recipe=r\n2\n```"),
        &["7:9 unclassified-fence: two fences write `x`"],
    );
    check(&format!("{recipe}```text file=x recipe=r\n1\n```\n```text file=x recipe=zzz\n2\n```"), &[]);
    check(
        &format!("{recipe}```text file=x recipe=zz\n1\n```"),
        &["4:9 unclassified-fence: the file is for the recipe `zz`, which has no step; did you mean `zzz`?"],
    );
}

#[test]
fn python_needs_a_toolbox() {
    let front = "---\nguide: g\nkind: guide\n---\n";
    let read = |markdown: &str| {
        let text = format!("{front}{markdown}");
        let (_, findings) = read_with(&text, ChapterKind::Guide, &HideLines::default());
        told(&text, &findings, 4)
    };
    let said =
        "unclassified-fence: Python runs out of a toolbox, and neither the front matter nor the recipe names one";
    assert_eq!(read("```python recipe=r\na\n```\n"), format!("1:1 {said}"));
    assert_eq!(read("```python recipe=r toolbox=x\na\n```\n```python setup\nb\n```\n"), "");
    assert_eq!(read("```sh recipe=r\na\n```\n```python setup\nb\n```\n"), format!("4:1 {said}"));
    assert_eq!(read("```python file=x.py\na\n```\n```sh recipe=r\na\n```\n"), "");
}

#[test]
fn hidden_lines_and_characters() {
    let hide = HideLines(BTreeMap::from([("python".to_owned(), "~".to_owned())]));
    let text = format!("{FRONT}```python recipe=r\na\n  ~b\n~c\n```\n");
    let (_, findings) = read_with(&text, ChapterKind::Guide, &hide);
    assert_eq!(told(&text, &findings, 7), "3:3 hidden-line: mdBook hides this line from the reader");
    check("```sh recipe=r hidelines=!\na\n!b\n```", &["3:1 hidden-line: mdBook hides this line from the reader"]);
    check("```rust file=a.rs\n# a\n```", &["2:1 hidden-line: mdBook hides this line from the reader"]);
    for (character, name) in [('\0', "0000"), ('\u{1b}', "001B"), ('\u{202e}', "202E"), ('\u{7f}', "007F")] {
        let fence = format!("```sh recipe=r\nécho a{character}b\n```");
        let said = format!("2:7 hidden-line: the fence holds the character U+{name}, which no reader sees");
        check(&fence, &[&said]);
    }
    check(
        "```sh recipe=r\na\rb\n```",
        &[
            "2:2 hidden-line: a carriage return without a line feed",
            "2:2 hidden-line: the fence holds the character U+000D, which no reader sees",
        ],
    );
    check("```sh recipe=r\n\ta\u{a0}b\n```\n```text expect\n\u{1b}[0m\n```", &[]);
}

#[test]
fn console_fences_point_at_their_lines() {
    check(
        "```console recipe=r\nout\n$ a\n[0]\n```",
        &[
            "2:1 unclassified-fence: output stands before any command",
            "4:1 unclassified-fence: `[0]` is no exit code that a command can fail with",
        ],
    );
    check("- x\n\n  ```console recipe=r\n  ```", &["3:3 unclassified-fence: the fence holds no command"]);
}

#[test]
fn skipped_recipes_are_marked_at_every_step() {
    let (chapter, findings) =
        read("```sh recipe=a skip=why until=2027-01-31\na\n```\n```sh recipe=a\nb\n```\n```text expect\nc\n```\n");
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(classes(&chapter), ["skip", "skip", "expect"]);
    assert_eq!(chapter.guide.unwrap().recipes[0].steps.len(), 2);
}

#[test]
fn chapters_of_every_kind() {
    let none = HideLines::default();
    let read = |text: &str, kind| {
        let (chapter, findings) = read_with(text, kind, &none);
        (classes(&chapter).join(" "), told(text, &findings, 0))
    };
    let fences = "```sh\na\n```\n\n    b\n\n<!--\n```\nc\n```\n-->\n";
    assert_eq!(read(fences, ChapterKind::Plain), ("plain plain commented".into(), String::new()));
    assert_eq!(
        read(fences, ChapterKind::Guide),
        (
            "unclassified unclassified commented".into(),
            "1:1 unclassified-chapter: the chapter has no front matter".into()
        )
    );
    let reference = "---\nguide: g\nkind: reference\n---\n";
    assert_eq!(
        read(&format!("{reference}{fences}"), ChapterKind::Guide),
        ("plain plain commented".into(), String::new())
    );
    assert_eq!(
        read(&format!("{reference}```sh recipe=r\na\n```\n```sh illustrative=x\nb\n```\n"), ChapterKind::Guide),
        (
            "unclassified illustrative".into(),
            "5:1 unclassified-fence: a reference holds no recipes, and this fence is part of one".into()
        )
    );
    assert_eq!(
        read("---\nguide: g\nkind: sidebar\n---\ntext\n", ChapterKind::Guide).1,
        "2:8 empty-guide: the guide holds no recipe"
    );
    assert_eq!(
        read("---\nguide: g\n", ChapterKind::Guide).1,
        "1:1 unclassified-chapter: the front matter is never closed"
    );
    assert_eq!(
        read("---\nguide: g\n---\n", ChapterKind::Plain).1,
        "1:1 unclassified-chapter: the chapter has front matter, but book.toml lists it under `plain`"
    );
    assert_eq!(read("---\ntitle: x\n---\n", ChapterKind::Plain).1, "");
    assert_eq!(read("", ChapterKind::Plain), (String::new(), String::new()));
    assert_eq!(read("", ChapterKind::Guide).1, "1:1 unclassified-chapter: the chapter has no front matter");
}

#[test]
fn front_matter_that_cannot_be_read_keeps_its_fences() {
    let text = "---\nguide: G\nkind: guide\n---\n```sh recipe=r timeot=1s\na\n```\n";
    let (chapter, findings) = read_with(text, ChapterKind::Guide, &HideLines::default());
    assert_eq!(classes(&chapter), ["step"]);
    assert!(chapter.guide.is_none());
    assert_eq!(
        told(text, &findings, 0),
        "2:8 unclassified-chapter: `G` is no id: ids are 1 to 64 of `a-z`, `0-9` and `-`, and start with a letter or a digit\n\
         5:16 unknown-attribute: `timeot` is no word of the markup; did you mean `timeout`?"
    );
}
