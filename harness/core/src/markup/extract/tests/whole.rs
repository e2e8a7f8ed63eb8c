//! One guide that uses most of the markup, read as a whole.

use super::super::super::hide::HideLines;
use super::super::super::model::Stream;
use super::super::ChapterKind;
use super::{classes, read_with, told};

const GUIDE: &str = include_str!("guide.md");

fn summary(text: &str) -> String {
    let (chapter, findings) = read_with(text, ChapterKind::Guide, &HideLines::default());
    assert_eq!(told(text, &findings, 0), "");
    let guide = chapter.guide.as_ref().unwrap();
    let mut lines = vec![classes(&chapter).join(" ")];
    for recipe in &guide.recipes {
        let targets: Vec<&str> = recipe.targets.iter().map(|target| target.as_str()).collect();
        lines.push(format!(
            "{} on {} fresh={} files={}",
            recipe.id,
            targets.join("+"),
            recipe.fresh,
            recipe.files.len()
        ));
        for step in &recipe.steps {
            let expected: Vec<(Stream, &str)> =
                step.expectations.iter().map(|expected| (expected.stream, &*expected.text)).collect();
            let commands: Vec<(&str, usize, Option<i32>)> =
                step.commands.iter().map(|command| (&*command.text, command.expected.len(), command.exit)).collect();
            lines.push(format!("  {} {:?} {commands:?} {expected:?}", step.number, step.session));
        }
    }
    let headings: Vec<&str> = chapter.headings.iter().map(|heading| &*heading.text).collect();
    lines.push(headings.join(", "));
    lines.join("\n")
}

#[test]
fn a_whole_guide() {
    let expected = r##"given given given setup step step step expect file file illustrative step expect teardown
first-copy on seaweed+none fresh=false files=0
  1 Console [("sqlite3 blobs.db .tables", 1, None), ("cp blobs.db copy.db && for f in *.db; do\n  echo \"$f\"\ndone", 2, None), ("sqlite3 missing/x.db .tables", 1, Some(1))] []
two-writers on seaweed+none fresh=false files=1
  1 Python [] []
  2 Python [] [(Error, "OperationalError: database is locked")]
upload on seaweed fresh=true files=0
  1 Bash [] [(Stdout, "${BUCKET}")]
Backing up a blob database, Prerequisites, Setup, Verification, Troubleshooting, Out of scope"##;
    assert_eq!(summary(GUIDE), expected);
    assert_eq!(summary(&GUIDE.replace('\n', "\r\n")), expected);
}

#[test]
fn every_fence_that_is_taken_out_of_its_class_is_found() {
    let (chapter, _) = read_with(GUIDE, ChapterKind::Guide, &HideLines::default());
    for fence in &chapter.fences {
        let words = fence.info.len();
        let opener = fence.span.end - words..fence.span.end;
        let bare = format!("{}{}{}", &GUIDE[..opener.start], fence.language, &GUIDE[opener.end..]);
        let (_, findings) = read_with(&bare, ChapterKind::Guide, &HideLines::default());
        let found = findings
            .iter()
            .any(|finding| finding.rule == "unclassified-fence" && finding.span.start == fence.span.start);
        assert!(found, "{} {findings:?}", fence.info);
    }
}
