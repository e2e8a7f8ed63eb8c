//! Hidden characters: every one that Unicode says is not seen, and no emoji.

use proptest::prelude::*;

use super::super::{hidden, is_hidden, show_controls};

#[test]
fn every_class_of_unicode_that_is_not_seen_is_hidden() {
    let hidden = [
        0x0, 0x7, 0x1b, 0x7f, 0x85, 0x9b, 0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x180b, 0x180e, 0x200b, 0x200d,
        0x200f, 0x2028, 0x2029, 0x202e, 0x2060, 0x2064, 0x2066, 0x206f, 0x3164, 0xfdd0, 0xfdef, 0xfe00, 0xfe0f, 0xfeff,
        0xffa0, 0xfff0, 0xfff9, 0xfffb, 0xfffe, 0xffff, 0x1_bca0, 0x1_d173, 0x1_fffe, 0xe_0000, 0xe_0001, 0xe_0041,
        0xe_007f, 0xe_0100, 0xe_01ef, 0xe_0fff, 0x10_ffff,
    ];
    for code in hidden {
        assert!(is_hidden(char::from_u32(code).unwrap()), "U+{code:04X}");
    }
    for seen in [
        '\n', '\t', ' ', 'a', '~', '\u{a0}', 'é', '\u{301}', '\u{600}', 'ع', '密', '한', '\u{20e3}', '\u{fffd}', '⚠',
        '🔑', '👩',
    ] {
        assert!(!is_hidden(seen), "U+{:04X}", u32::from(seen));
    }
    let noncharacters =
        ('\0'..=char::MAX).filter(|c| matches!(u32::from(*c), 0xfdd0..=0xfdef) || u32::from(*c) & 0xfffe == 0xfffe);
    assert_eq!(noncharacters.filter(|c| is_hidden(*c)).count(), 66);
}

#[test]
fn an_emoji_stays_as_it_is_and_hides_nothing() {
    for emoji in ["⚠️ careful", "✔️", "1️⃣ #️⃣", "👩‍🚀", "🏳️‍🌈", "👨‍👩‍👧", "❤︎", "👍🏽", "🇫🇷", "☎️."]
    {
        assert_eq!(show_controls(emoji), emoji);
    }
    let table = [
        ("a\u{fe0f}", "a\\u{fe0f}"),
        ("1\u{fe0f}2", "1\\u{fe0f}2"),
        ("⚠\u{fe0f}\u{fe0f}", "⚠\u{fe0f}\\u{fe0f}"),
        ("⚠\u{fe0f}\u{fe0e}", "⚠\u{fe0f}\\u{fe0e}"),
        ("⚠\u{fe01}", "⚠\\u{fe01}"),
        ("👩\u{200d}", "👩\\u{200d}"),
        ("👩\u{200d}\u{200d}🚀", "👩\\u{200d}\\u{200d}🚀"),
        ("a\u{200d}🚀", "a\\u{200d}🚀"),
        ("👩\u{200d}x", "👩\\u{200d}x"),
        ("\u{fe0f}", "\\u{fe0f}"),
        // The flags of parts of countries are written in tags, which could hold any text.
        ("🏴\u{e0067}\u{e007f}", "🏴\\u{e0067}\\u{e007f}"),
    ];
    for (text, shown) in table {
        assert_eq!(show_controls(text), shown);
    }
}

proptest! {
    #[test]
    fn what_is_shown_has_nothing_hidden_and_loses_nothing(text in prop::collection::vec(
        prop_oneof![
            any::<char>(),
            prop::sample::select(vec!['⚠', '👩', '🚀', '1', '#', '\u{fe0f}', '\u{fe0e}', '\u{200d}', '\u{20e3}', 'a', '\u{e0041}', '\\']),
        ],
        0..24,
    )) {
        let text: String = text.into_iter().collect();
        let shown = show_controls(&text);
        prop_assert_eq!(hidden(&shown).next(), None);
        prop_assert_eq!(show_controls(&shown), &*shown);
        let kept: String = shown.chars().filter(|c| !c.is_ascii()).collect();
        let seen: String = text.chars().filter(|c| !c.is_ascii() && !is_hidden(*c)).collect();
        prop_assert_eq!(kept.replace(['\u{fe0f}', '\u{fe0e}', '\u{200d}'], ""), seen);
    }
}
