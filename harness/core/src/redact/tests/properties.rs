//! Properties: nothing panics, nothing leaks, nothing changes the second time.

use proptest::prelude::*;

use super::super::{Known, Redactor, cap, neutralise_commands, scan, show_controls};
use super::{encodings, one, seen};

/// A secret as targets make them and as people choose them: eight characters or more, no placeholder.
fn secret() -> impl Strategy<Value = String> {
    let people = proptest::collection::vec(any::<char>().prop_filter("printable", |c| !c.is_control()), 8..30);
    let made = "[A-Za-z0-9/+=_.!@#%^&*'\"\\\\-]{8,40}";
    prop_oneof![made.boxed(), people.prop_map(|text| text.into_iter().collect::<String>()).boxed()]
        .prop_filter("no placeholder, and not blank", |text| !text.contains("${") && text.trim().len() >= 8)
}

/// Text around it, with what encodings are made of.
fn noise() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~\n\t]{0,40}", "[%\\\\'\"&+=/A-Fa-f0-9\n -]{0,40}", "(?s:.{0,20})"]
}

/// Text of which much looks like a secret, or nearly: what both sides know of looks is written twice, and must agree.
fn looks() -> impl Strategy<Value = String> {
    let start = proptest::sample::select(vec![
        "AKIA",
        "ASIA",
        "ghp_",
        "gho_",
        "github_pat_",
        "glpat-",
        "xoxb-",
        "npm_",
        "pypi-AgE",
        "eyJ",
        ".eyJ",
        "AIza",
        "ya29.",
        "accountkey",
        "account_key",
        "AccountKey=",
        "secret_access_key",
        "SecretAccessKey\": \"",
        "sig=",
        "X-Amz-Signature=",
        "Authorization: ",
        "authorization=",
        "Bearer ",
        "Basic ",
        "token ",
        "://",
        "-----BEGIN ",
        "-----END ",
        "RSA ",
        "PRIVATE KEY",
        "-----",
        "${PW:hidden}",
    ]);
    let rest = prop_oneof![
        "[A-Za-z0-9]{0,50}",
        "[A-Z0-9]{16}",
        "[A-Za-z0-9/+]{40}",
        "[A-Za-z0-9/+]{86}==",
        "[0-9a-f]{64}",
        "[ =:@/\"'.,;_\n-]{0,3}"
    ];
    proptest::collection::vec(prop_oneof![start.prop_map(str::to_owned).boxed(), rest.boxed()], 0..12)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn what_the_scan_takes_for_a_secret_the_redactor_hides(text in looks()) {
        let out = seen(&Redactor::new(&one("some-password")), text.as_bytes());
        let leaks: Vec<_> = scan::leaks(out.as_str(), &[]).into_iter().filter(|leak| leak.encoding == "plain").collect();
        prop_assert!(leaks.is_empty(), "{text:?} -> {out} {leaks:?}");
        let redactor = Redactor::new(&one("some-password"));
        prop_assert_eq!(seen(&redactor, out.as_str().as_bytes()), out);
    }

    #[test]
    fn an_embedded_secret_never_leaks(value in secret(), before in noise(), after in noise(), which in 0_usize..29) {
        let known = one(&value);
        let forms = encodings(&value);
        let (name, form) = &forms[which % forms.len()];
        // A blank on both sides: text that runs into an escape makes it another text.
        let text = format!("{before} {form} {after}");
        let out = seen(&Redactor::new(&known), text.as_bytes());
        let leaks: Vec<_> = scan::leaks(out.as_str(), &known).into_iter().filter(|leak| leak.name == "PW").collect();
        prop_assert!(leaks.is_empty(), "{name}: {text:?} -> {out} {leaks:?}");
        prop_assert!(out.as_str().contains("${PW:hidden}"), "{name}: {text:?} -> {out}");
    }

    #[test]
    fn redacting_twice_changes_nothing(value in secret(), plain in "[a-z0-9/:.]{1,20}", bytes in proptest::collection::vec(any::<u8>(), 0..200), text in noise()) {
        let known = [Known::secret("PW", value.as_str()), Known::plain("HOST", plain.as_str())];
        let redactor = Redactor::new(&known);
        for input in [bytes, format!("{text}{value}{plain}{text}").into_bytes()] {
            let once = seen(&redactor, &input);
            prop_assert_eq!(seen(&redactor, once.as_str().as_bytes()), once);
        }
    }

    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), value in ".{0,20}", name in ".{0,8}", dropped in 0_u64..2) {
        let known = [Known::secret(name.as_str(), value.as_str()), Known::plain(name.as_str(), value.as_str())];
        let redactor = Redactor::new(&known);
        let half = bytes.len() / 2;
        let _ = cap(&redactor, &bytes[..half], &bytes[half..], dropped);
        let text = seen(&redactor, &bytes);
        scan::leaks(text.as_str(), &known);
        show_controls(text.as_str());
        neutralise_commands(text.as_str());
    }
}
