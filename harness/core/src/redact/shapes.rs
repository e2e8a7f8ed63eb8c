//! What a secret looks like when nobody told us its value. Pure; touches nothing.
//!
//! One pass over the text finds which keywords it holds; a shape's pattern is compiled and run only where one of its keywords stands
//! somewhere, so harmless output pays for one pass. Bytes that already belong to a placeholder or a known secret come in as
//! [`COVERED`]: shapes go round them, and redacting twice changes nothing.

use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::AhoCorasick;
use regex::bytes::{Regex, RegexBuilder};

/// Stands for each byte that something else covers already.
pub(super) const COVERED: u8 = 0x01;

/// A stretch of text that looks like a secret.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// What it looks like: the placeholder's name.
    pub(super) name: &'static str,
    /// Where.
    pub(super) range: Range<usize>,
}

struct Shape {
    name: &'static str,
    /// Lower case; one of them stands in every text that the pattern matches.
    keywords: &'static [&'static str],
    /// The secret is group 1, or everything where there is no group.
    pattern: &'static str,
    /// Whether letters and digits on either side make it something else.
    bounded: bool,
    /// A last look at what was found.
    confirm: fn(&[u8]) -> bool,
}

const PRIVATE_KEY: &str = "private-key";

const SHAPES: &[Shape] = &[
    Shape {
        name: "aws-access-key",
        keywords: &["akia", "asia"],
        pattern: r"A[KS]IA[A-Z0-9]{16}",
        bounded: true,
        confirm: no_example,
    },
    Shape {
        name: "aws-secret-key",
        keywords: &["secret", "sessiontoken", "session_token", "session-token", "security-token"],
        pattern: concat!(
            r#"(?i:secret[_-]?(?:access[_-]?)?key|secret[_-]?access|session[_-]?token|security[_-]token)[\\"']*\s*(?:[:=>,]|%3D)+\s*[\\"']*"#,
            r"([A-Za-z0-9/+]{40}|[A-Za-z0-9/+=%]{100,})",
        ),
        bounded: true,
        confirm: no_example,
    },
    Shape {
        name: "aws-signature",
        keywords: &["signature"],
        pattern: r"(?i:x-(?:amz|goog)-signature(?:=|%3D)|aws4-hmac-sha256[^\n]{0,300}signature=)([0-9A-Fa-f]{64,512})",
        bounded: false,
        confirm: any,
    },
    Shape {
        name: "azure-account-key",
        keywords: &["accountkey", "account_key", "account-key", "accesskey", "access_key", "storage_key"],
        pattern: r#"(?i:account[_-]?key|access_?key|storage_key)[\\"']*\s*(?:[:=>,]|%3D)+\s*[\\"']*([A-Za-z0-9+/]{86}==|[A-Za-z0-9+/]{43}=)"#,
        bounded: false,
        confirm: any,
    },
    Shape {
        name: "azure-sas",
        keywords: &["sig=", "sig%3d", "sig\\u003d"],
        pattern: r"(?i:sig(?:=|%(?:25)*3D|\\+u003d))([A-Za-z0-9%+/_\-]{40,}={0,2})",
        bounded: false,
        confirm: any,
    },
    Shape {
        name: "github-token",
        keywords: &["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
        pattern: r"(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})",
        bounded: false,
        confirm: any,
    },
    Shape {
        name: "gitlab-token",
        keywords: &["glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-", "glagent-"],
        pattern: r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-[A-Za-z0-9_.\-]{20,}",
        bounded: false,
        confirm: any,
    },
    Shape {
        name: "slack-token",
        keywords: &["xox", "xapp-", "hooks.slack.com"],
        pattern: r"xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9\-]{10,}|xapp-[0-9]-[A-Za-z0-9\-]{10,}|hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/]{20,}",
        bounded: false,
        confirm: any,
    },
    Shape {
        // A private key file in base64, as Kubernetes secrets and CI variables hold it: the headers that name one, encoded.
        name: PRIVATE_KEY,
        keywords: &["ls0tls1crudjti"],
        pattern: r"LS0tLS1CRUdJTi(?:BQUklWQVRF|BSU0Eg|BPUEVOU1NI|BFQyBQ|BFTkNSWVBU|BEU0Eg)[A-Za-z0-9+/\r\n]{20,}={0,2}",
        bounded: false,
        confirm: any,
    },
    Shape { name: "npm-token", keywords: &["npm_"], pattern: r"npm_[A-Za-z0-9]{36}", bounded: true, confirm: any },
    Shape {
        name: "pypi-token",
        keywords: &["pypi-age"],
        pattern: r"pypi-AgE[A-Za-z0-9_\-]{50,}",
        bounded: false,
        confirm: any,
    },
    Shape {
        name: "jwt",
        keywords: &["eyj"],
        pattern: r"eyJ[A-Za-z0-9_\-]{8,}\.eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}",
        bounded: false,
        confirm: any,
    },
    Shape {
        name: "google-api-key",
        keywords: &["aiza"],
        pattern: r"AIza[A-Za-z0-9_\-]{35}",
        bounded: true,
        confirm: any,
    },
    Shape {
        name: "google-token",
        keywords: &["ya29.", "gocspx-"],
        pattern: r"ya29\.[A-Za-z0-9_\-]{20,}|GOCSPX-[A-Za-z0-9_\-]{20,}",
        bounded: false,
        confirm: any,
    },
    Shape {
        name: "authorization",
        keywords: &["authorization"],
        pattern: concat!(
            r#"(?i:authorization)[\\"']*\s*(?:[:=>,]|%3A)+\s*(?:b?[\\"']+)?(?i:bearer|basic|token|digest|negotiate|sharedkey(?:lite)?)(?:\s|%20|\+)+"#,
            r#"((?:[^\s"',;\\:]{1,64}:)?[^\s"',;\\]{6,})"#,
        ),
        bounded: false,
        confirm: no_stand_in,
    },
    Shape {
        name: "bearer-token",
        keywords: &["bearer"],
        pattern: r"(?i:bearer)(?:[ \t]+|%20)([A-Za-z0-9._~+/\-]{20,}={0,2})",
        bounded: false,
        confirm: has_digit,
    },
    Shape {
        name: "basic-auth",
        keywords: &["basic"],
        pattern: r"(?i:basic)(?:[ \t]+|%20)([A-Za-z0-9+/]{8,}={0,2})",
        bounded: false,
        confirm: is_user_and_password,
    },
    Shape {
        name: "url-password",
        keywords: &["://"],
        pattern: r#"://[^\s/:@"'<>?#]*:([^\s/"'<>?#]+)@"#,
        bounded: false,
        confirm: no_stand_in,
    },
];

/// The names of all shapes, for telling our own placeholders from text that looks like them.
pub(super) fn is_name(name: &[u8]) -> bool {
    name == PRIVATE_KEY.as_bytes() || SHAPES.iter().any(|shape| shape.name.as_bytes() == name)
}

fn any(_: &[u8]) -> bool {
    true
}

/// The keys in the vendor's own documentation end so.
fn no_example(value: &[u8]) -> bool {
    !value.ends_with(b"EXAMPLE") && !value.ends_with(b"EXAMPLEKEY")
}

fn has_digit(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_digit)
}

/// Whether a password is a real one: documentation writes a word, a variable or dots in its place.
fn no_stand_in(value: &[u8]) -> bool {
    let words: [&[u8]; 8] = [b"password", b"passwd", b"pass", b"pwd", b"secret", b"token", b"pw", b"..."];
    let variable = value.first().is_some_and(|byte| b"$<{*%[".contains(byte))
        && value.get(1) != Some(&b'%')
        && !is_percent_escape(value);
    let covered = value.iter().all(|byte| *byte == COVERED || b":@".contains(byte));
    !variable && !covered && !words.iter().any(|word| value.eq_ignore_ascii_case(word))
}

fn is_percent_escape(value: &[u8]) -> bool {
    value[0] == b'%' && value.get(1..3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
}

fn is_user_and_password(value: &[u8]) -> bool {
    use base64::Engine as _;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, lenient);
    engine
        .decode(value)
        .is_ok_and(|plain| plain.contains(&b':') && plain.iter().all(|byte| *byte >= b' ' && *byte != 0x7f))
}

/// Everything in `text` that looks like a secret, in no order.
pub(super) fn find(text: &[u8]) -> Vec<Found> {
    let mut found = Vec::new();
    for shape in keywords(text) {
        match shape {
            None => private_keys(text, &mut found),
            Some(at) => {
                matches(&SHAPES[at], PATTERNS[at].get_or_init(|| compile(SHAPES[at].pattern)), text, &mut found)
            }
        }
    }
    found
}

/// Which shapes (`None` for private key blocks) have a keyword in `text`, each once.
fn keywords(text: &[u8]) -> impl Iterator<Item = Option<usize>> {
    static KEYWORDS: LazyLock<(AhoCorasick, Vec<Option<usize>>)> = LazyLock::new(|| {
        let mut owners = vec![None];
        let mut words = vec!["private key"];
        for (at, shape) in SHAPES.iter().enumerate() {
            for word in shape.keywords {
                owners.push(Some(at));
                words.push(word);
            }
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(words)
            .expect("a few fixed words make an automaton");
        (automaton, owners)
    });
    let (automaton, owners) = &*KEYWORDS;
    let mut seen = vec![false; SHAPES.len() + 1];
    let mut missing = seen.len();
    for hit in automaton.find_overlapping_iter(text) {
        let slot = owners[hit.pattern().as_usize()].map_or(SHAPES.len(), |at| at);
        if !std::mem::replace(&mut seen[slot], true) {
            missing -= 1;
            if missing == 0 {
                break;
            }
        }
    }
    seen.into_iter().enumerate().filter(|(_, seen)| *seen).map(|(at, _)| (at < SHAPES.len()).then_some(at))
}

/// Each shape's pattern, made when a text first holds one of its keywords.
static PATTERNS: [OnceLock<Regex>; SHAPES.len()] = [const { OnceLock::new() }; SHAPES.len()];

fn compile(pattern: &str) -> Regex {
    RegexBuilder::new(pattern).unicode(false).build().expect("the fixed patterns are tested")
}

fn matches(shape: &Shape, pattern: &Regex, text: &[u8], found: &mut Vec<Found>) {
    let mut from = 0;
    while let Some(captures) = (from <= text.len()).then(|| pattern.captures_at(text, from)).flatten() {
        let whole = captures.get(0).expect("a match has a group 0");
        let range = captures.get(1).unwrap_or(whole).range();
        let free = |at: Option<usize>| !at.and_then(|at| text.get(at)).is_some_and(u8::is_ascii_alphanumeric);
        let bounded = !shape.bounded || (free(range.start.checked_sub(1)) && free(Some(range.end)));
        if bounded && (shape.confirm)(&text[range.clone()]) {
            from = range.end;
            found.push(Found { name: shape.name, range });
        } else {
            from = whole.start() + 1;
        }
    }
}

/// Private key blocks. One that is not closed goes to the end of the text; an end without a beginning goes back to the text's start,
/// or to the end of the block before it.
fn private_keys(text: &[u8], found: &mut Vec<Found>) {
    static BORDER: LazyLock<Regex> =
        LazyLock::new(|| compile(r"-----(BEGIN|END) (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----"));
    let mut open = None;
    let mut closed = 0;
    for border in BORDER.captures_iter(text) {
        let whole = border.get(0).expect("a match has a group 0");
        if border.get(1).is_some_and(|word| word.as_bytes() == b"BEGIN") {
            open.get_or_insert(whole.start());
        } else {
            found.push(Found { name: PRIVATE_KEY, range: open.take().unwrap_or(closed)..whole.end() });
            closed = whole.end();
        }
    }
    if let Some(start) = open {
        found.push(Found { name: PRIVATE_KEY, range: start..text.len() });
    }
}
