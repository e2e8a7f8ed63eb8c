//! Secrets that a real target hands out, said by recipes in every way that we promise to hide: nothing that dogfood writes or prints
//! holds one.

use crate::project::{Project, Ran};

/// Says the password in many ways; the last lines tell this test what it is, in a form that only the test undoes.
const SHELL: &str = r#"v="$SFTP_PASSWORD"
echo "plain $v" && echo "err $v" >&2
for pad in '' x xy; do printf '%s%s' "$pad" "$v" | base64 -w0; echo; printf '%s%s' "$pad" "$v" | base64 -w0 | tr '+/' '-_'; echo; done
printf '%s' "$v" | od -An -v -tx1 | tr -d ' \n'; echo
printf '%s' "${v:0:9}"; sleep 0.3; echo "${v:9}"
printf '%q\n' "$v"
sh -c "tr '\\0' ' ' < /proc/\$\$/cmdline" x "$v"; echo
touch "file-$v.txt" && ls
echo "Authorization: Bearer $v" && echo "{\"k\": \"$v\"}"
env | sort
tr '\0' '\n' < /proc/$PPID/environ
printf '\033[31m%s\033[0m\r\n' "$v"
echo "https://user:$v@example.org/"
printf '%s' "$v" > "$DOGFOOD_TEST_SPY" 2> /dev/null || true
"#;

const PYTHON: &str = r#"import json, os, sys, time, urllib.parse
v = os.environ["SFTP_PASSWORD"]
quoted = urllib.parse.quote(v, safe="")
print(quoted, urllib.parse.quote(quoted, safe=""), json.dumps(json.dumps(v)), repr(v), v.encode())
print("".join("%%%02x" % ord(c) for c in v))
sys.stdout.write(v[:7]); sys.stdout.flush(); time.sleep(0.2); print(v[7:])
def connect(password):
    raise ValueError(f"bad password {password}")
connect(v)
"#;

/// A book whose recipes say the secrets of this repository's own SFTP server.
fn with_a_server(spy: &std::path::Path) -> Project {
    let shell = SHELL.replace("\"$DOGFOOD_TEST_SPY\"", &format!("'{}'", spy.display()));
    let recipes = format!("```sh recipe=shell\n{shell}```\n\n```python recipe=python raises=ValueError\n{PYTHON}```\n");
    Project::with_sftp_server(&recipes)
}

/// The ways in which the test itself looks for a secret. Written by hand: it shares nothing with what it tests.
fn forms(secret: &str) -> Vec<String> {
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let percent: String = secret.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let mut forms = vec![secret.to_owned(), hex.to_uppercase(), hex, percent];
    for pad in 0..3 {
        let bytes: Vec<u8> = std::iter::repeat_n(b'x', pad).chain(secret.bytes()).collect();
        let text = base64(&bytes);
        // The first and last characters also depend on the neighbours.
        forms.push(text[4..24].to_owned());
        forms.push(text[4..24].replace('+', "-").replace('/', "_"));
    }
    forms
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |group: usize, at: usize| char::from(DIGITS[(group >> (18 - 6 * at)) & 63]);
    let group = |chunk: &[u8]| (0..3).fold(0, |all, at| (all << 8) | usize::from(*chunk.get(at).unwrap_or(&0)));
    bytes.chunks(3).flat_map(|chunk| (0..4).map(move |at| digit(group(chunk), at))).collect()
}

#[test]
fn a_secret_of_a_target_is_nowhere() {
    let spied = tempfile::tempdir().unwrap();
    let spy = spied.path().join("secret");
    let project = with_a_server(&spy);
    let mut texts: Vec<(String, String)> = Vec::new();
    let mut secrets = Vec::new();
    let mut keep = |words: &str, ran: Ran| texts.push((words.to_owned(), ran.out + &ran.err));
    for words in ["run", "run --frozen", "run --format json", "run --keep"] {
        keep(words, project.dogfood(words).code(0));
        secrets.push(std::fs::read_to_string(&spy).unwrap());
    }
    assert!(project.read("traces/a/shell@rclone-sftp.yaml").contains("plain ${SFTP_PASSWORD:hidden}"));
    assert!(project.read("traces/a/python@rclone-sftp.yaml").contains("bad password ${SFTP_PASSWORD:hidden}"));
    for words in ["check", "check --format json", "list --format json", "build"] {
        keep(words, project.dogfood(words).code(0));
    }
    texts.extend(project.files());
    let book = std::fs::read_dir(project.path("book")).unwrap().map(|entry| entry.unwrap().path());
    let pages = book.filter(|path| path.is_file()).map(|path| {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        (path.display().to_string(), text)
    });
    texts.extend(pages);
    assert!(texts.iter().any(|(name, _)| name.ends_with("a.html")));
    secrets.dedup();
    assert_eq!(secrets.len(), 4, "a server has a secret of its own in every run");
    for secret in &secrets {
        assert!(secret.len() >= 20, "{} characters", secret.len());
        for form in forms(secret) {
            let leaks: Vec<&str> =
                texts.iter().filter(|(_, text)| text.contains(&form)).map(|(name, _)| name.as_str()).collect();
            assert!(leaks.is_empty(), "{form} in {leaks:?}");
        }
    }
    project.dogfood("clean").code(0);
}

#[test]
fn what_the_redactor_does_not_know_is_refused_and_not_written() {
    let spied = tempfile::tempdir().unwrap();
    let project = with_a_server(&spied.path().join("secret"));
    let dump = "```sh recipe=dump\nprintf '%s' \"$SFTP_PASSWORD\" | od -v -tx1\n```\n";
    let guide = project.read("guides/a.md");
    let guide = guide.split("```sh recipe=shell").next().unwrap().to_owned() + dump;
    project.write("guides/a.md", &guide);
    project.dogfood("run").code(1).says("holds the secret `SFTP_PASSWORD`").says("was not written");
    assert!(!project.has("traces/a"));
}
