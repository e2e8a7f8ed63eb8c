//! Cuts, terminals and CI logs.

use std::ops::Range;

use super::super::stream::capped;
use super::super::{
    Captured, KEPT, Known, MARGIN, RECORDED, Redacted, Redactor, WHOLE, cap, neutralise_commands, show_controls,
};
use super::one;

/// A stream, kept whole or in part as a run keeps it. The second scan has no part in the cuts, and is left out.
fn kept(redactor: &Redactor, bytes: &[u8]) -> Captured {
    let end = KEPT + MARGIN;
    let window = |bytes: &[u8], window: Range<usize>| Ok(Redacted::recorded(redactor.replaced(bytes, window).0));
    if bytes.len() <= WHOLE {
        return capped(&window, bytes, b"", 0).unwrap();
    }
    capped(&window, &bytes[..end], &bytes[bytes.len() - end..], (bytes.len() - 2 * end) as u64).unwrap()
}

#[test]
fn a_stream_up_to_the_limit_stands_whole() {
    let redactor = Redactor::new(&one("secret-value"));
    let text = "x".repeat(RECORDED - 16);
    let captured = cap(&redactor, b"secret", format!("-value{text}").as_bytes(), 0).unwrap();
    assert_eq!(captured.whole(), Some(format!("${{PW:hidden}}{text}").as_str()));
    assert_eq!((captured.dropped, captured.tail.clone(), captured.digest), (0, None, None));
    assert!(cap(&redactor, b"", b"", 0).unwrap().is_empty());
}

#[test]
fn a_longer_one_keeps_head_and_tail_and_knows_its_digest_while_it_can() {
    let redactor = Redactor::new(&[]);
    let lines: String = (0..40_000).map(|at| format!("line {at}\n")).collect();
    let captured = kept(&redactor, lines.as_bytes());
    let (head, tail) = (captured.text.as_str(), captured.tail.as_ref().unwrap().as_str());
    assert!(lines.starts_with(head) && lines.ends_with(tail) && head.ends_with('\n'));
    assert_eq!(captured.dropped as usize, lines.len() - head.len() - tail.len());
    assert_eq!(captured.digest, Some(crate::digest::Digest::of_bytes(lines.as_bytes())));
    assert!(head.len() + tail.len() <= RECORDED);
}

#[test]
fn of_ten_megabytes_both_ends_are_kept_and_the_rest_is_counted() {
    let whole: Vec<u8> = b"0123456789abcdef\n".iter().copied().cycle().take(10_000_000).collect();
    // However much more than it takes was captured.
    for end in [KEPT + MARGIN, WHOLE / 2] {
        let dropped = (whole.len() - 2 * end) as u64;
        let captured = cap(&Redactor::new(&[]), &whole[..end], &whole[whole.len() - end..], dropped).unwrap();
        let (head, tail) = (captured.text.as_str(), captured.tail.as_ref().unwrap().as_str());
        assert_eq!(head.len() as u64 + tail.len() as u64 + captured.dropped, 10_000_000);
        assert!(whole.starts_with(head.as_bytes()) && whole.ends_with(tail.as_bytes()));
        assert!(head.len() > KEPT - 5000 && tail.len() == KEPT);
    }
}

#[test]
fn a_secret_across_either_cut_never_shows_in_part() {
    let secret = "S3cr3t/with+some=length-0123456789";
    let redactor = Redactor::new(&one(secret));
    let size = WHOLE + 500_000;
    // Those that hold the secret and nothing else.
    let alone = |name: &str| !name.contains(" in") && name != "basic auth";
    let forms: Vec<String> =
        super::encodings(secret).into_iter().filter(|(name, _)| alone(name)).map(|(_, text)| text).take(12).collect();
    for (number, form) in forms.iter().enumerate() {
        // Around each cut that is made: of what is kept raw, and of what is shown.
        let cuts = [KEPT, KEPT + MARGIN, size - KEPT - MARGIN, size - KEPT];
        for cut in cuts {
            for back in [1, form.len() / 2, form.len() - 1] {
                let mut bytes = vec![b'.'; size];
                bytes[cut - back..cut - back + form.len()].copy_from_slice(form.as_bytes());
                let captured = kept(&redactor, &bytes);
                let shown = format!("{}{}", captured.text, captured.tail.unwrap());
                let rest = shown.replace("${PW:hidden}", "");
                assert!(rest.bytes().all(|byte| byte == b'.'), "form {number} at {cut}-{back}");
            }
        }
    }
}

#[test]
fn a_private_key_that_the_cut_takes_an_end_from_stays_hidden() {
    let redactor = Redactor::new(&[]);
    let key = "k".repeat(50_000);
    let head = format!("{}-----BEGIN PRIVATE KEY-----{key}", "a".repeat(100_000));
    let tail = format!("{key}-----END PRIVATE KEY-----{}", "b".repeat(100_000));
    let captured = cap(&redactor, head.as_bytes(), tail.as_bytes(), 1).unwrap();
    assert_eq!(captured.text.as_str(), format!("{}${{private-key:hidden}}", "a".repeat(100_000)));
    assert_eq!(captured.tail.unwrap().as_str(), format!("${{private-key:hidden}}{}", "b".repeat(100_000)));
}

#[test]
fn a_cut_never_halves_a_character_or_a_placeholder() {
    let redactor = Redactor::new(&one("s3cr3t-s3cr3t"));
    for shift in 0..20 {
        let text = format!("{}{}", "x".repeat(shift), "ä-s3cr3t-s3cr3t".repeat(40_000));
        let captured = kept(&redactor, text.as_bytes());
        let (head, tail) = (captured.text.as_str(), captured.tail.as_ref().unwrap().as_str());
        assert!(!head.contains("\\x") && !tail.contains("\\x"));
        assert_eq!(head.matches("${").count(), head.matches(":hidden}").count());
        assert_eq!(tail.matches("${").count(), tail.matches(":hidden}").count());
    }
}

#[test]
fn small_parts_with_something_dropped_between_show_nothing_they_cannot_vouch_for() {
    let redactor = Redactor::new(&[Known::secret("PW", "0123456789")]);
    let captured = cap(&redactor, b"head 01234", b"56789 tail", 7).unwrap();
    assert_eq!((captured.text.as_str(), captured.tail.as_ref().unwrap().as_str()), ("", ""));
    assert_eq!(captured.dropped, 27);
    let whole = cap(&redactor, b"head 01234", b"56789 tail", 0).unwrap();
    assert_eq!(whole.text.as_str(), "head ${PW:hidden} tail");
}

#[test]
fn control_bytes_are_shown() {
    let table = [
        ("plain\ttext\n", "plain\ttext\n"),
        ("\u{1b}[31mred\u{7}", "\\x1b[31mred\\x07"),
        ("a\rb\r\n", "a\\rb\\r\n"),
        ("\u{0}\u{7f}\u{9b}2J", "\\x00\\x7f\\u{9b}2J"),
        ("abc\u{202e}cba", "abc\\u{202e}cba"),
        ("é 密 🔑", "é 密 🔑"),
    ];
    for (input, expected) in table {
        assert_eq!(show_controls(input), expected);
        assert_eq!(show_controls(expected), expected);
    }
}

#[test]
fn no_line_starts_a_workflow_command() {
    let table = [
        ("::error::x", ": :error::x"),
        ("a\n  ::set-env name=x::y", "a\n  : :set-env name=x::y"),
        ("a\r::stop-commands::x", "a\r: :stop-commands::x"),
        ("\u{a0}::debug::x", "\u{a0}: :debug::x"),
        ("std::vec::Vec a :: b", "std::vec::Vec a :: b"),
        ("text ##[error]x", "text ## [error]x"),
        ("###[group]", "### [group]"),
        ("::::x", ": :::x"),
        ("nothing", "nothing"),
    ];
    for (input, expected) in table {
        assert_eq!(neutralise_commands(input), expected, "{input:?}");
        assert_eq!(neutralise_commands(expected), expected, "twice: {input:?}");
    }
}
