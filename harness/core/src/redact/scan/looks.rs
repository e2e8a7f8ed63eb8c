//! What secrets look like, as the second scan knows it: by a hand-written walk, where the redactor has patterns. Pure; touches nothing.

use std::ops::Range;

/// What a scan of this sort may call a find; a placeholder of one of these names is ours whoever is known.
pub(super) const NAMES: &[&str] = &[
    "aws-access-key",
    "aws-secret-key",
    "aws-signature",
    "azure-account-key",
    "azure-sas",
    "private-key",
    "github-token",
    "gitlab-token",
    "slack-token",
    "npm-token",
    "pypi-token",
    "jwt",
    "google-api-key",
    "google-token",
    "authorization",
    "bearer-token",
    "basic-auth",
    "url-password",
];

/// Nothing that decoding could bring to light is shorter than this.
pub(super) const SHORTEST: usize = 15;

/// How much counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breadth {
    /// Everything, for a text as it stands.
    Everything,
    /// What no other text looks like, for what decoding brought to light: most of that is noise.
    Distinct,
}

/// Something to look for at one place.
struct Look {
    name: &'static str,
    /// It starts so, in upper or lower case where `any_case`.
    start: &'static [u8],
    any_case: bool,
    distinct: bool,
    /// Where the secret is, in the bytes after `start`.
    rest: fn(&[u8]) -> Option<Range<usize>>,
}

const fn token(name: &'static str, start: &'static [u8], rest: fn(&[u8]) -> Option<Range<usize>>) -> Look {
    Look { name, start, any_case: false, distinct: true, rest }
}

const fn field(name: &'static str, start: &'static [u8], rest: fn(&[u8]) -> Option<Range<usize>>) -> Look {
    Look { name, start, any_case: true, distinct: false, rest }
}

const LOOKS: &[Look] = &[
    token("private-key", b"-----BEGIN ", private_key),
    token("private-key", b"-----END ", private_key),
    token("aws-access-key", b"AKIA", aws_id),
    token("aws-access-key", b"ASIA", aws_id),
    token("github-token", b"ghp_", |rest| run(rest, 36, letters)),
    token("github-token", b"gho_", |rest| run(rest, 36, letters)),
    token("github-token", b"ghu_", |rest| run(rest, 36, letters)),
    token("github-token", b"ghs_", |rest| run(rest, 36, letters)),
    token("github-token", b"ghr_", |rest| run(rest, 36, letters)),
    token("github-token", b"github_pat_", |rest| run(rest, 22, word)),
    token("gitlab-token", b"glpat-", |rest| run(rest, 20, dashed)),
    token("slack-token", b"xoxb-", |rest| run(rest, 10, |byte| letters(byte) || byte == b'-')),
    token("slack-token", b"xoxp-", |rest| run(rest, 10, |byte| letters(byte) || byte == b'-')),
    token("slack-token", b"xoxa-", |rest| run(rest, 10, |byte| letters(byte) || byte == b'-')),
    token("npm-token", b"npm_", |rest| run(rest, 36, letters).filter(|found| found.end == 36)),
    token("pypi-token", b"pypi-AgE", |rest| run(rest, 50, dashed)),
    token("google-api-key", b"AIza", |rest| run(rest, 35, dashed).filter(|found| found.end == 35)),
    token("google-token", b"ya29.", |rest| run(rest, 20, dashed)),
    token("jwt", b"eyJ", jwt),
    field("azure-account-key", b"accountkey", |rest| value(rest, |text| base64_of(text, 64))),
    field("azure-account-key", b"account_key", |rest| value(rest, |text| base64_of(text, 64))),
    field("aws-secret-key", b"secret_access_key", |rest| value(rest, aws_secret)),
    field("aws-secret-key", b"secretaccesskey", |rest| value(rest, aws_secret)),
    field("azure-sas", b"sig=", |rest| run(rest, 40, |byte| letters(byte) || b"%+/".contains(&byte))),
    field("aws-signature", b"x-amz-signature=", |rest| run(rest, 64, |byte| byte.is_ascii_hexdigit())),
    field("authorization", b"authorization", authorization),
    field("bearer-token", b"bearer ", |rest| {
        run(rest, 20, dashed).filter(|found| rest[found.clone()].iter().any(u8::is_ascii_digit))
    }),
    field("url-password", b"://", url_password),
];

/// Which of [`LOOKS`] can have each byte in the first or second place: one bit for each. Two looks at a table tell for nearly every place of
/// a text that nothing starts there.
static STARTS: [[u64; 256]; 2] = {
    let mut tables = [[0; 256]; 2];
    let mut at = 0;
    while at < LOOKS.len() {
        let mut place = 0;
        while place < 2 {
            let byte = LOOKS[at].start[place];
            tables[place][byte as usize] |= 1 << at;
            if LOOKS[at].any_case {
                tables[place][byte.to_ascii_uppercase() as usize] |= 1 << at;
            }
            place += 1;
        }
        at += 1;
    }
    tables
};

/// What looks like a secret in `bytes`, in order. Zero bytes are part of no secret.
pub(super) fn find(bytes: &[u8], breadth: Breadth) -> Vec<(&'static str, Range<usize>)> {
    let mut found = Vec::new();
    for (at, pair) in bytes.windows(2).enumerate() {
        let mut looks = STARTS[0][usize::from(pair[0])] & STARTS[1][usize::from(pair[1])];
        while looks != 0 {
            let look = &LOOKS[looks.trailing_zeros() as usize];
            looks &= looks - 1;
            // In the middle of a word it is the middle of a word.
            let bounded = !look.distinct || at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
            if !bounded || (!look.distinct && breadth == Breadth::Distinct) || !look.begins(&bytes[at..]) {
                continue;
            }
            let rest = at + look.start.len();
            let end = bytes.len().min(rest + 4096);
            if let Some(range) = (look.rest)(&bytes[rest..end]) {
                let start = if look.distinct { at } else { rest + range.start };
                found.push((look.name, start..rest + range.end));
            }
        }
    }
    found
}

impl Look {
    fn begins(&self, bytes: &[u8]) -> bool {
        let Some(start) = bytes.get(..self.start.len()) else { return false };
        if self.any_case { start.eq_ignore_ascii_case(self.start) } else { start == self.start }
    }
}

fn letters(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn dashed(byte: u8) -> bool {
    word(byte) || byte == b'-'
}

/// The longest start of `rest` that `is_part` takes, if it has at least `least` bytes.
fn run(rest: &[u8], least: usize, is_part: impl Fn(u8) -> bool) -> Option<Range<usize>> {
    let length = rest.iter().take_while(|byte| is_part(**byte)).count();
    (length >= least).then_some(0..length)
}

fn private_key(rest: &[u8]) -> Option<Range<usize>> {
    let line = &rest[..rest.len().min(60)];
    let kind = run(line, 11, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ')?;
    let is_key = line[kind.clone()].ends_with(b"PRIVATE KEY") || line[kind.clone()].ends_with(b"PRIVATE KEY BLOCK");
    (is_key && line[kind.end..].starts_with(b"-----")).then_some(kind)
}

fn aws_id(rest: &[u8]) -> Option<Range<usize>> {
    let id = run(rest, 16, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())?;
    let ends = !rest.get(16).is_some_and(|byte| letters(*byte));
    (id.end == 16 && ends && !rest[id.clone()].ends_with(b"EXAMPLE")).then_some(id)
}

fn jwt(rest: &[u8]) -> Option<Range<usize>> {
    let header = run(rest, 8, dashed)?.end;
    let payload = rest.get(header..)?.strip_prefix(b".eyJ")?;
    let signature = payload.get(run(payload, 8, dashed)?.end..)?.strip_prefix(b".")?;
    let length = run(signature, 8, dashed)?.end;
    Some(0..rest.len() - signature.len() + length)
}

/// The value after a field's name: quotes, one sign that assigns, quotes, and what `length` takes.
fn value(rest: &[u8], length: impl Fn(&[u8]) -> Option<usize>) -> Option<Range<usize>> {
    let quotes = |from: usize| from + rest[from..].iter().take_while(|byte| b"\"'\\ ".contains(byte)).count();
    let sign = quotes(0);
    if !b"=:".contains(rest.get(sign)?) {
        return None;
    }
    let start = quotes(sign + 1);
    length(&rest[start..]).map(|length| start..start + length)
}

/// The length of the padded base64 of exactly `bytes` bytes at the start of `text`.
fn base64_of(text: &[u8], bytes: usize) -> Option<usize> {
    let digits = (bytes * 8).div_ceil(6);
    let padded = bytes.div_ceil(3) * 4;
    let run = run(text, digits, |byte| letters(byte) || b"+/".contains(&byte))?;
    (run.end == digits && text.get(digits..padded)?.iter().all(|byte| *byte == b'=')).then_some(padded)
}

fn aws_secret(text: &[u8]) -> Option<usize> {
    let run = run(text, 40, |byte| letters(byte) || b"+/".contains(&byte))?;
    (run.end == 40 && text.get(40) != Some(&b'=') && !text[run].ends_with(b"EXAMPLEKEY")).then_some(40)
}

fn authorization(rest: &[u8]) -> Option<Range<usize>> {
    let start = rest.iter().take_while(|byte| b"\"'\\ :=".contains(byte)).count();
    let sign = rest[..start].iter().any(|byte| b":=".contains(byte));
    let scheme = start + rest[start..].iter().take_while(|byte| letters(**byte)).count();
    let known = [&b"basic"[..], b"bearer", b"token", b"sharedkey"]
        .iter()
        .any(|name| rest[start..scheme].eq_ignore_ascii_case(name));
    if !sign || !known || rest.get(scheme) != Some(&b' ') {
        return None;
    }
    let secret = run(&rest[scheme + 1..], 8, |byte| dashed(byte) || b"+/=.:~".contains(&byte))?;
    Some(scheme + 1..scheme + 1 + secret.end)
}

fn url_password(rest: &[u8]) -> Option<Range<usize>> {
    let authority = rest.iter().take_while(|byte| !byte.is_ascii_whitespace() && !b"/\"'<>?#\0".contains(byte)).count();
    let login = rest[..authority].iter().rposition(|byte| *byte == b'@')?;
    let colon = rest[..login].iter().position(|byte| *byte == b':')?;
    let password = &rest[colon + 1..login];
    let stand_in = [&b"password"[..], b"passwd", b"pass", b"pwd", b"pw", b"secret", b"token", b"..."];
    let variable = password.first().is_none_or(|byte| b"$<{*%[".contains(byte));
    (!variable && !rest[..colon].contains(&b'@') && !stand_in.iter().any(|word| password.eq_ignore_ascii_case(word)))
        .then_some(colon + 1..login)
}
