//! Extraction: any text becomes a chapter and findings, never a panic, and every byte of a fence's body maps to its own byte.
#![no_main]

use dogfood_core::markup::{ChapterKind, HideLines, IncludeProblem, Includes, extract};
use dogfood_core::place::RelPath;
use libfuzzer_sys::fuzz_target;

struct Nothing;

impl Includes for Nothing {
    fn get(&self, _: &RelPath) -> Result<&str, IncludeProblem> {
        Err(IncludeProblem::Missing)
    }
}

fuzz_target!(|text: &str| {
    let path = RelPath::new("guides/x.md").expect("a path");
    for kind in [ChapterKind::Guide, ChapterKind::Plain] {
        let (chapter, _) = extract(&path, text, kind, &HideLines::default(), &Nothing);
        for fence in &chapter.fences {
            assert!(chapter.text.text.get(fence.range.clone()).is_some());
        }
    }
});
