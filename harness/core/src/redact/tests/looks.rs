//! Shapes: secrets that nobody told us of, and harmless text that looks a little like them.

use super::super::{Known, Redactor, scan};
use super::seen;

/// `count` characters of `alphabet`, different from one another in a row.
fn noise(alphabet: &str, count: usize) -> String {
    alphabet.chars().cycle().step_by(7).take(count).collect()
}

const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ALNUM: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Each: the text around, with `@@` for the secret; the secret; its name.
fn secrets() -> Vec<(&'static str, String, &'static str)> {
    let base64 = |count| noise(&format!("{ALNUM}+/"), count);
    let jwt = format!("eyJ{}.eyJ{}.{}", noise(ALNUM, 20), noise(ALNUM, 30), noise(ALNUM, 43));
    let pem =
        |kind: &str| format!("-----BEGIN {kind}PRIVATE KEY-----\n{}\n-----END {kind}PRIVATE KEY-----", base64(64));
    vec![
        ("id = @@", format!("AKIA{}", noise(UPPER, 16)), "aws-access-key"),
        ("\"AccessKeyId\": \"@@\"", format!("ASIA{}", noise(UPPER, 16)), "aws-access-key"),
        ("aws_secret_access_key = @@\n", base64(40), "aws-secret-key"),
        ("\"SecretAccessKey\": \"@@\",", base64(40), "aws-secret-key"),
        ("export AWS_SECRET_ACCESS_KEY='@@'", base64(40), "aws-secret-key"),
        ("X-Amz-Signature=@@ HTTP", noise("0123456789abcdef", 64), "aws-signature"),
        ("AccountName=x;AccountKey=@@;End", base64(86) + "==", "azure-account-key"),
        ("account_key=\"@@\"", base64(86) + "==", "azure-account-key"),
        ("?sv=2024&sig=@@&se=1", noise(ALNUM, 40) + "%2Bab%3D", "azure-sas"),
        ("@@", pem("RSA "), "private-key"),
        ("a\n@@\nb", pem("OPENSSH "), "private-key"),
        ("a\n@@\nb", pem(""), "private-key"),
        ("{\"key\": \"@@\"}", pem("EC ").replace('\n', "\\n"), "private-key"),
        ("token @@.", format!("ghp_{}", noise(ALNUM, 36)), "github-token"),
        ("token @@.", format!("github_pat_{}", noise(ALNUM, 60)), "github-token"),
        ("glab @@ x", format!("glpat-{}", noise(ALNUM, 20)), "gitlab-token"),
        ("(@@)", format!("xoxb-{}-{}", noise("0123456789", 12), noise(ALNUM, 24)), "slack-token"),
        ("//registry/:_authToken=@@", format!("npm_{}", noise(ALNUM, 36)), "npm-token"),
        ("password = @@", format!("pypi-AgE{}", noise(ALNUM, 80)), "pypi-token"),
        ("jwt: @@;", jwt.clone(), "jwt"),
        ("key=@@&x", format!("AIza{}", noise(ALNUM, 35)), "google-api-key"),
        ("oauth @@ x", format!("ya29.{}", noise(ALNUM, 40)), "google-token"),
        ("Authorization: Bearer @@\r\n", noise(ALNUM, 30), "authorization"),
        ("{'Authorization': 'Basic @@'}", noise(ALNUM, 16) + "==", "authorization"),
        ("curl -H bearer @@", noise(ALNUM, 62), "bearer-token"),
        ("postgres://app:@@@db:5432/x", "hunter2!x".to_owned(), "url-password"),
        ("sftp://u:@@@h", "p@ss".to_owned(), "url-password"),
        ("(https://:@@@h/)", noise(ALNUM, 9), "url-password"),
    ]
}

#[test]
fn every_shape_is_hidden_and_only_it() {
    let redactor = Redactor::new(&[]);
    for (around, secret, name) in secrets() {
        let input = around.replacen("@@", &secret, 1);
        let expected = around.replacen("@@", &format!("${{{name}:hidden}}"), 1);
        let out = seen(&redactor, input.as_bytes());
        assert_eq!(out.as_str(), expected, "{input}");
        assert_eq!(seen(&redactor, out.as_str().as_bytes()), out, "twice");
        assert_eq!(scan::leaks(out.as_str(), &[]), [], "{out}");
    }
}

#[test]
fn the_scan_knows_every_shape_by_itself() {
    for (around, secret, name) in secrets() {
        let input = around.replacen("@@", &secret, 1);
        let leaks = scan::leaks(&input, &[]);
        assert!(leaks.iter().any(|leak| leak.name == name && leak.encoding == "plain"), "{name}: {input} {leaks:?}");
    }
}

#[test]
fn what_may_be_shown_is_no_shape() {
    for (around, secret, name) in secrets() {
        if name == "private-key" {
            continue;
        }
        let known = [Known::plain("DOCUMENTED", secret.as_str())];
        let input = around.replacen("@@", &secret, 1);
        let out = seen(&Redactor::new(&known), input.as_bytes());
        let shown = if secret.len() < 8 { input.clone() } else { around.replacen("@@", "${DOCUMENTED}", 1) };
        if secret.len() >= 8 {
            assert_eq!(out.as_str(), shown, "{input}");
            assert_eq!(scan::leaks(&input, &known), [], "{input}");
        }
    }
}

#[test]
fn a_block_without_its_other_end_hides_what_may_belong_to_it() {
    let (begin, end) = ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----");
    let table = [
        (format!("a\n{begin}\nMII"), "a\n${private-key:hidden}"),
        (format!("MII\n{end}\nb"), "${private-key:hidden}\nb"),
        (format!("{begin}\nx\n{end}\nmid\n{end} z"), "${private-key:hidden}${private-key:hidden} z"),
        (format!("{begin}\nx\n{begin}\ny\n{end}c"), "${private-key:hidden}c"),
    ];
    for (input, expected) in table {
        assert_eq!(seen(&Redactor::new(&[]), input.as_bytes()).as_str(), expected, "{input}");
    }
}

#[test]
fn a_private_key_in_base64_is_one() {
    use base64::Engine as _;
    let key = format!("-----BEGIN {}PRIVATE KEY-----\n{}\n", "RSA ", noise(ALNUM, 64));
    let input = format!("key: {}", base64::engine::general_purpose::STANDARD.encode(key));
    assert_eq!(seen(&Redactor::new(&[]), input.as_bytes()).as_str(), "key: ${private-key:hidden}");
    assert_eq!(scan::leaks(&input, &[])[0].name, "private-key");
}

#[test]
fn harmless_text_stays() {
    let hash = noise("0123456789abcdef", 64);
    let table = [
        "Bearer authentication is required for this request".to_owned(),
        "WWW-Authenticate: Basic realm=\"x\"".to_owned(),
        "http://127.0.0.1:9000/bucket/key@version".to_owned(),
        "https://user:password@example.org/ and https://u:$PASSWORD@h and ftp://u:<secret>@h and http://u:${PW}@h"
            .to_owned(),
        "git@github.com:org/repo.git ssh://git@host:22/x".to_owned(),
        format!("sha256:{hash}"),
        format!("commit {}", &hash[..40]),
        "aws_secret_access_key = ${AWS_SECRET_ACCESS_KEY:hidden}".to_owned(),
        format!("AKIA{}EXAMPLE", "IOSFODNN7"),
        format!("xAKIA{}", noise(UPPER, 16)),
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----".to_owned(),
        "-----BEGIN PUBLIC KEY-----".to_owned(),
        "design=modern&config=abcdef".to_owned(),
        "ghp_short npm_install pypi-mirror glpat- xox".to_owned(),
        "Authorization: Bearer $TOKEN".to_owned(),
        "Authorization: Bearer ${TOKEN:hidden}".to_owned(),
        "AccountKey=<your key>;sig=...".to_owned(),
    ];
    for text in table {
        assert_eq!(seen(&Redactor::new(&[]), text.as_bytes()).as_str(), text);
        assert_eq!(scan::leaks(&text, &[]), [], "{text}");
    }
}

#[test]
fn every_pattern_compiles_and_has_its_keyword() {
    // One text with all of them: a pattern that does not compile panics here.
    let text: String =
        secrets().into_iter().map(|(around, secret, _)| around.replacen("@@", &secret, 1) + "\n").collect();
    let out = seen(&Redactor::new(&[]), text.as_bytes());
    assert!(out.as_str().matches(":hidden}").count() >= 20, "{out}");
}
