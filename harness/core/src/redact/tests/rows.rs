//! The table of shapes: each row holds with its own examples, in both redactors, and the manual lists it.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::shapes::{self, Example, KINDS, Shape};
use super::super::{DOCUMENTED, Known, Redactor, scan};
use super::seen;

const SEEDS: std::ops::Range<u64> = 0..24;

fn rows() -> impl Iterator<Item = (&'static Shape, Example)> {
    shapes::all().flat_map(|shape| SEEDS.map(move |seed| (shape, Example::of(shape.secret, seed))))
}

#[test]
fn every_row_is_whole() {
    assert!(shapes::all().count() > 90, "{}", shapes::all().count());
    for shape in shapes::all() {
        let fields = [shape.name, shape.vendor, shape.what, shape.secret, shape.harmless, shape.source];
        assert!(fields.iter().all(|field| !field.trim().is_empty()), "{shape:?}");
        assert!(!shape.keywords.is_empty() && shape.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
        let lower = shape.keywords.iter().all(|word| word.len() > 1 && *word == word.to_lowercase());
        assert!(lower, "{}: {:?}", shape.name, shape.keywords);
        let text = Example::of(shape.secret, 0).text.to_lowercase();
        assert!(shape.keywords.iter().any(|word| text.contains(word)), "{}: no keyword in {text}", shape.name);
        assert!(Example::of(shape.harmless, 0).secret.is_empty(), "{}", shape.name);
    }
}

#[test]
fn the_redactor_hides_each_rows_secret_and_nothing_else() {
    let redactor = Redactor::new(&[]);
    let mut wrong = Vec::new();
    for (shape, example) in rows() {
        let out = seen(&redactor, example.text.as_bytes());
        let expected = example.with(&format!("${{{}:hidden}}", shape.name));
        let twice = seen(&redactor, out.as_str().as_bytes());
        if example.secret.is_empty()
            || out.as_str() != expected
            || twice != out
            || !scan::leaks(out.as_str(), &[]).is_empty()
        {
            wrong.push(format!(
                "{}: {}\n  became {out}, {:?}",
                shape.name,
                example.text,
                scan::leaks(out.as_str(), &[])
            ));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_second_scan_has_a_look_for_each_row() {
    let mut wrong = BTreeSet::new();
    for (shape, example) in rows() {
        let leaks = scan::leaks(&example.text, &[]);
        if !leaks.iter().any(|leak| leak.name == shape.name) {
            wrong.insert(format!("{}: {} {leaks:?}", shape.name, example.text));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn both_leave_harmless_text_alone() {
    let redactor = Redactor::new(&[]);
    let mut wrong = Vec::new();
    for shape in shapes::all() {
        for seed in SEEDS {
            let text = Example::of(shape.harmless, seed).text;
            let (out, leaks) = (seen(&redactor, text.as_bytes()), scan::leaks(&text, &[]));
            if out.as_str() != text || !leaks.is_empty() {
                wrong.push(format!("{}: {text}\n  became {out}, {leaks:?}", shape.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn published_examples_are_no_secrets_unless_they_are_known_to_be() {
    let around = [
        "@@",
        "key = @@\n",
        "AWS_SECRET_ACCESS_KEY=@@",
        "\"SessionToken\": \"@@\"",
        "AccountName=x;AccountKey=@@;",
        "X-Amz-Signature=@@ ",
        "Authorization: Bearer @@",
        "Authorization: Basic @@",
        "https://user:@@@host/",
        "PGPASSWORD=@@ psql",
        "API_TOKEN='@@'",
        "X-Api-Key: @@",
    ];
    for row in DOCUMENTED {
        for around in around {
            let text = around.replacen("@@", row.value, 1);
            // A value with a slash is no password of an address.
            if around.contains("://") && row.value.contains('/') {
                continue;
            }
            assert_eq!(seen(&Redactor::new(&[]), text.as_bytes()).as_str(), text, "{}", row.source);
            assert_eq!(scan::leaks(&text, &[]), [], "{text}: {}", row.source);
            let known = [Known::secret("HANDED_OUT", row.value)];
            let out = seen(&Redactor::new(&known), text.as_bytes());
            assert!(out.as_str().contains("${HANDED_OUT:hidden}") && !out.as_str().contains(row.value), "{out}");
        }
    }
}

/// The list of the manual, as the table says it.
fn listed() -> String {
    let mut out = String::new();
    for (kind, shapes) in KINDS {
        let mut vendors: Vec<(&str, Vec<&str>)> = Vec::new();
        for shape in *shapes {
            match vendors.iter_mut().find(|(vendor, _)| *vendor == shape.vendor) {
                Some((_, what)) => what.push(shape.what),
                None => vendors.push((shape.vendor, vec![shape.what])),
            }
        }
        let text: Vec<String> =
            vendors.iter().map(|(vendor, what)| format!("{vendor} ({})", what.join("; "))).collect();
        let mut column = 0;
        for (at, word) in format!("- **{kind}**: {}.", text.join(", ")).split(' ').enumerate() {
            let (gap, width) = if at == 0 {
                ("", 0)
            } else if column + 1 + word.chars().count() > 100 {
                ("\n  ", 2)
            } else {
                (" ", column + 1)
            };
            out.push_str(gap);
            out.push_str(word);
            column = width + word.chars().count();
        }
        out.push('\n');
    }
    out
}

#[test]
fn the_manual_lists_every_row() {
    let page = include_str!("../../../../../guides/manual/safety.md");
    let list = listed();
    assert!(page.contains(&list), "guides/manual/safety.md needs this list:\n{list}");
}

/// Parts of settings, headers and commands, and values beside which they may come to stand.
fn fragments() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec![
        "PASSWORD=",
        "password: ",
        "\"password\": \"",
        "api_key=",
        "API_KEY: '",
        "DB_TOKEN=",
        "next_token=",
        "access_token",
        "Cookie: a=",
        "Set-Cookie: sid=",
        "Authorization: Bearer ",
        "Authorization: ",
        "bearer ",
        "basic ",
        "curl -u ",
        "curl --user a:",
        "://a:",
        "@h/",
        "machine h login u password ",
        "\"auth\": \"",
        "{\"kty\":\"EC\",\"d\":\"",
        "privatekey = ",
        "identified by '",
        "x-api-key: ",
        "SessionToken>",
        "secret_access_key = ",
        "AccountKey=",
        "sig=",
        "twilio_token: ",
        "sk-",
        "key-",
        "-us1",
        "Q~",
        "AZDO",
        ":AA",
        "s.",
    ]);
    let values = (0..8usize, any::<u64>()).prop_map(|(kind, seed)| {
        let templates = ["{a*9}", "{a*20}", "{x*32}", "{x*40}", "{w*43}", "{b*64}=", "{d*10}", "example-{a*9}"];
        Example::of(templates[kind], seed).text
    });
    let secrets = (0..500usize, any::<u64>()).prop_map(|(at, seed)| {
        let all: Vec<&Shape> = shapes::all().collect();
        Example::of(all[at % all.len()].secret, seed).secret
    });
    let marks = prop::sample::select(vec![
        " ", "\n", "=", ":", "'", "\"", "\\", "\\n", "%3D", "%", "&", ";", ",", "(", ")", "[", "{", "}", "<", ">", ".",
        "/", "-", "_", "x", "7", "$", "é", "\r\n", "\t",
    ]);
    prop_oneof![3 => names.prop_map(str::to_owned), 2 => values, 2 => secrets, 3 => marks.prop_map(str::to_owned)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    /// A trace is refused for what stands in it as it is, so that must be something that the redactor would have hidden.
    #[test]
    fn the_second_scan_finds_no_look_in_what_the_redactor_passed(parts in prop::collection::vec(fragments(), 1..12)) {
        let text = parts.concat();
        let redactor = Redactor::new(&[]);
        let out = seen(&redactor, text.as_bytes());
        let leaks: Vec<_> = scan::leaks(out.as_str(), &[]).into_iter().filter(|leak| leak.encoding == "plain").collect();
        prop_assert_eq!(&leaks, &[], "{}\n  became {}", text, out);
        prop_assert_eq!(seen(&redactor, out.as_str().as_bytes()), out, "twice: {}", text);
    }
}
