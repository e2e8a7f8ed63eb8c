//! Known values: what is replaced, by what, and what is left alone.

use super::super::{Known, Redactor, scan};
use super::{encodings, one, seen};

const SECRETS: &[&str] = &[
    "correct-horse-battery",
    "p@ss/w0rd+with=all the&signs?",
    "quote'and\"double`tick$\\back",
    "äöü-пароль-密码-🔑-end",
    "tab\tand\nnewline in it",
    "~~~???>>>***(((",
    "aaaaaaaaaaaaaaaaaaaaaaaa",
];

#[test]
fn a_secret_is_found_in_every_encoding_at_every_place() {
    for value in SECRETS {
        let redactor = Redactor::new(&one(value));
        for (name, text) in encodings(value) {
            for (before, after) in [("", ""), ("x=", ""), ("<", ">"), ("token: \"", "\",\n")] {
                let out = seen(&redactor, format!("{before}{text}{after}").as_bytes());
                assert!(out.as_str().contains("${PW:hidden}"), "{name} of {value:?}: {out}");
                assert!(
                    out.as_str().starts_with(before) && out.as_str().ends_with(after),
                    "{name} of {value:?}: {out}"
                );
                assert_eq!(scan::leaks(out.as_str(), &one(value)), [], "{name} of {value:?}: {out}");
            }
        }
    }
}

#[test]
fn the_scan_finds_by_itself_what_the_redactor_would_hide() {
    for value in SECRETS {
        for (name, text) in encodings(value) {
            for (before, after) in [("", ""), ("key=", "\n"), ("a/", "/b")] {
                let leaks = scan::leaks(&format!("{before}{text}{after}"), &one(value));
                assert!(leaks.iter().any(|leak| leak.name == "PW"), "{name} of {value:?}: {text} {leaks:?}");
            }
        }
    }
}

#[test]
fn the_scan_reads_what_od_prints() {
    let value = "u2chSwME9GcMOOrE8EpyHdsg";
    let lines =
        value.as_bytes().chunks(16).map(|line| line.iter().map(|byte| format!(" {byte:02x}")).collect::<String>());
    let dump = lines.collect::<Vec<_>>().join("\n");
    assert!(!scan::leaks(&format!("{dump}\n"), &one(value)).is_empty(), "{dump}");
}

fn check(known: &[Known], input: &str, expected: &str) {
    let redactor = Redactor::new(known);
    let out = seen(&redactor, input.as_bytes());
    assert_eq!(out.as_str(), expected, "{input:?}");
    assert_eq!(seen(&redactor, out.as_str().as_bytes()), out, "twice: {input:?}");
}

#[test]
fn values_are_replaced_by_their_names() {
    let known = [
        Known::secret("KEY", "s3cr3t-value"),
        Known::plain("S3_ENDPOINT", "http://127.0.0.1:45123"),
        Known::plain("HOST", "127.0.0.1"),
        Known::plain("PORT", "45123"),
        Known::plain("USER", "sftp"),
        Known::plain("WORK", "/tmp/df/work"),
        Known::plain("HOME", "/tmp/df"),
        Known::plain("ALSO_WORK", "/tmp/df/work"),
    ];
    let table = [
        ("", ""),
        ("at http://127.0.0.1:45123/bucket", "at ${S3_ENDPOINT}/bucket"),
        ("at 127.0.0.1:45123", "at ${HOST}:${PORT}"),
        ("451234 a45123 145123 45123x", "451234 a45123 145123 45123x"),
        ("45123", "${PORT}"),
        ("port_45123_is", "port_${PORT}_is"),
        ("sftp://sftp@h sftps xsftp", "${USER}://${USER}@h sftps xsftp"),
        ("/tmp/df/work/a /tmp/df/b", "${WORK}/a ${HOME}/b"),
        ("s3cr3t-value45123", "${KEY:hidden}${PORT}"),
        ("45123s3cr3t-value", "${PORT}${KEY:hidden}"),
        ("${KEY:hidden} ${PORT} ${OTHER}", "${KEY:hidden} ${PORT} ${OTHER}"),
        ("${KEY:hidden", "${KEY:hidden"),
    ];
    for (input, expected) in table {
        check(&known, input, expected);
    }
}

#[test]
fn overlapping_secrets_leave_no_rest() {
    let known = [Known::secret("A", "abcdefgh1234"), Known::secret("B", "1234ijklmnop"), Known::secret("C", "fgh12")];
    check(&known, "<abcdefgh1234ijklmnop>", "<${A:hidden}>");
    check(&known, "<fgh12>", "<${C:hidden}>");
    check(&known, "<abcdefgh1234 1234ijklmnop>", "<${A:hidden} ${B:hidden}>");
}

#[test]
fn the_first_of_two_names_counts_and_a_secret_before_any_other() {
    let both =
        [Known::plain("USER", "minioadmin"), Known::secret("PW", "minioadmin"), Known::secret("PW2", "minioadmin")];
    check(&both, "minioadmin", "${PW:hidden}");
    let part = [Known::plain("URL", "http://u:the-password@h"), Known::secret("PW", "the-password")];
    check(&part, "http://u:the-password@h/", "http://u:${PW:hidden}@h/");
}

#[test]
fn short_and_blank_secrets() {
    check(&[Known::secret("PIN", "1234")], "pin 1234 in 912345", "pin ${PIN:hidden} in 9${PIN:hidden}5");
    check(&[Known::secret("E", ""), Known::plain("F", ""), Known::secret("N", "\n")], "a\nb", "a\nb");
}

#[test]
fn a_key_file_is_found_whole_in_lines_and_in_wrapped_base64() {
    use base64::Engine as _;
    let lines: Vec<String> =
        (0..8).map(|at| at.to_string().repeat(5) + "AbCdEfGhIjKlMnOpQrStUvWxYz+/AbCdEfGhIjKlMnOpQrStUvWxY").collect();
    let key = format!("{}\n", lines.join("\n"));
    let known = one(&key);
    let redactor = Redactor::new(&known);
    let base64 = base64::engine::general_purpose::STANDARD.encode(format!("x{key}"));
    let wrapped: Vec<String> =
        base64.as_bytes().chunks(76).map(|line| String::from_utf8(line.to_vec()).unwrap()).collect();
    for text in [
        key.trim_end().to_owned(),
        key.replace('\n', "\\n"),
        key.replace('\n', "\r\n"),
        lines.join("\n    "),
        wrapped.join("\n"),
        wrapped.join("\n  "),
    ] {
        let out = seen(&redactor, text.as_bytes());
        assert!(!out.as_str().contains("AbCdEf"), "{out}");
        assert!(out.as_str().len() < 300, "{out}");
        assert_eq!(scan::leaks(out.as_str(), &known), []);
        assert!(!scan::leaks(&text, &known).is_empty(), "{text}");
    }
}

#[test]
fn bytes_that_are_no_text_stay_different() {
    let redactor = Redactor::new(&one("secret-value"));
    assert_eq!(seen(&redactor, b"a\xffb\xfe\xe2\x82").as_str(), "a\\xffb\\xfe\\xe2\\x82");
    assert_eq!(seen(&redactor, b"\xffsecret-value\x00\x1b[1m").as_str(), "\\xff${PW:hidden}\u{0}\u{1b}[1m");
}

#[test]
fn debug_output_shows_no_value() {
    let known = one("secret-value");
    let redactor = Redactor::new(&known);
    assert!(!format!("{known:?} {redactor:?}").contains("secret-value"));
}

#[test]
fn a_redactor_can_learn_more() {
    let redactor = Redactor::new(&[]).and(&one("made-by-a-step"));
    assert_eq!(seen(&redactor, b"key made-by-a-step").as_str(), "key ${PW:hidden}");
    assert_eq!(Redactor::hidden("NEW KEY").as_str(), "${NEW_KEY:hidden}");
}

#[test]
fn a_leak_says_what_and_where() {
    let known = [Known::secret("PW", "correct-horse"), Known::secret("SHORT", "1234")];
    let leaks = scan::leaks("x 1234 correct%2Dhorse ${PW:hidden} ${OTHER:hidden}", &known);
    let told: Vec<String> =
        leaks.iter().map(|leak| format!("{} {} {}", leak.offset, leak.name, leak.encoding)).collect();
    assert_eq!(told, ["7 PW percent-encoded"]);
}
