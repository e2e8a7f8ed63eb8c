//! Looks at secrets that a name, a header or the words around them tell, and at those that are known by what is in their middle. Pure;
//! touches nothing.

use std::ops::Range;

use super::take::{dashed, digit, digits64, ends_in, exact, hex, letters, lower, parts, quotes, run};
use super::tokens::aws_session;
use super::{Case, Kind, Look, field, inner};

/// A setting's name, as it is.
const fn setting(name: &'static str, start: &'static [u8], before: fn(&[u8]) -> bool) -> Look {
    Look { name, start, case: Case::Same, kind: Kind::Field, before, rest: |rest| assigned(rest, 16) }
}

const SECRET: &str = "secret-value";

pub(super) const LOOKS: &[Look] = &[
    field("azure-account-key", b"accountkey", |rest| value(rest, |text| base64_of(text, 64))),
    field("azure-account-key", b"account_key", |rest| value(rest, |text| base64_of(text, 64))),
    field("aws-secret-key", b"secret_access_key", |rest| value(rest, aws_secret)),
    field("aws-secret-key", b"secretaccesskey", |rest| value(rest, aws_secret)),
    field("aws-session-token", b"session_token", |rest| value(rest, session)),
    field("aws-session-token", b"sessiontoken", |rest| value(rest, session)),
    field("aws-session-token", b"security-token", |rest| value(rest, session)),
    field("aws-session-token", b"security_token", |rest| value(rest, session)),
    field("azure-sas", b"sig=", |rest| run(rest, 40, |byte| letters(byte) || b"%+/".contains(&byte))),
    field("aws-signature", b"x-amz-signature=", |rest| run(rest, 64, |byte| byte.is_ascii_hexdigit())),
    field("authorization", b"authorization", authorization),
    field("bearer-token", b"bearer ", |rest| digit(rest, run(rest, 20, dashed))),
    field("basic-auth", b"basic ", |rest| login_in_base64(rest).map(|length| 0..length)),
    field("url-password", b"://", url_password),
    inner(
        "azure-client-secret",
        b"Q~",
        |before| ends_in(before, 4..5, dashed) && before.last().is_some_and(u8::is_ascii_digit),
        |rest| run(rest, 31, |byte| dashed(byte) || b"~.".contains(&byte)).filter(|found| found.end <= 34),
    ),
    inner("azure-devops-token", b"AZDO", |before| ends_in(before, 76..77, letters), |rest| exact(rest, 4, letters)),
    inner("azure-service-key", b"+ASt", signed, |rest| signature(rest, 2)),
    inner("azure-service-key", b"+ABa", signed, |rest| signature(rest, 2)),
    inner("azure-service-key", b"+AMC", signed, |rest| signature(rest, 2)),
    inner("azure-service-key", b"ACDb", signed, |rest| signature(rest, 2)),
    inner("azure-service-key", b"+ASb", short_signed, |rest| signature(rest, 1)),
    inner("azure-service-key", b"+AEh", short_signed, |rest| signature(rest, 1)),
    inner("azure-service-key", b"+ARm", short_signed, |rest| signature(rest, 1)),
    inner("honeycomb-key", b"ik_", ingest, |rest| exact(rest, 58, lower)),
    inner("honeycomb-key", b"ic_", ingest, |rest| exact(rest, 58, lower)),
    inner("terraform-token", b".atlasv1.", |before| ends_in(before, 14..15, letters), |rest| run(rest, 60, dashed)),
    inner(
        "telegram-token",
        b":AA",
        |before| ends_in(before, 8..11, |byte| byte.is_ascii_digit()),
        |rest| exact(rest, 33, dashed),
    ),
    inner(
        "mailchimp-key",
        b"-us",
        |before| {
            let id = before.len().checked_sub(32);
            let whole = |id: usize| id == 0 || !letters(before[id - 1]);
            ends_in(before, 32..33, hex)
                && id.is_some_and(|id| whole(id) && digit(before, Some(id..before.len())).is_some())
        },
        |rest| {
            run(rest, 1, |byte| byte.is_ascii_digit())
                .filter(|found| found.end <= 2 && !rest.get(found.end).is_some_and(|byte| letters(*byte)))
        },
    ),
    inner("teams-webhook", b"webhook.office.com/webhookb2/", super::anything, |rest| {
        digit(rest, run(rest, 60, |byte| letters(byte) || b"@/-".contains(&byte)))
    }),
    inner("discord-token", b"discord.com/api/webhooks/", super::anything, |rest| {
        let id = run(rest, 17, |byte| byte.is_ascii_digit()).filter(|id| id.end <= 20)?.end;
        digit(rest[id..].strip_prefix(b"/")?, run(&rest[id + 1..], 60, dashed)).map(|token| id + 1..id + 1 + token.end)
    }),
    field("twilio-key", b"twilio", twilio),
    field("putty-key", b"private-lines: ", |rest| {
        let start = run(rest, 1, |byte| byte.is_ascii_digit())?.end;
        let line = rest[start..].strip_prefix(b"\n")?;
        let key =
            run(line, 16, |byte| digits64(byte) || byte == b'=').filter(|key| line.get(key.end) == Some(&b'\n'))?;
        Some(start + 1..start + 1 + key.end)
    }),
    field("nats-seed", b"nkey seed-----\n", |rest| {
        let seed = exact(rest, 58, |byte| byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte))?;
        (rest[0] == b'S' && b"ACNOUX".contains(&rest[1])).then_some(seed)
    }),
    field("vault-unseal-key", b"unseal key", unseal),
    field("vault-unseal-key", b"recovery key", unseal),
    Look {
        name: "kubeadm-token",
        start: b" --token ",
        case: Case::Same,
        kind: Kind::Field,
        before: kubeadm,
        rest: |rest| parts(rest, b'.', &[(6, lower), (16, lower)]),
    },
    field("jwk-private-part", b"\"kty\"", jwk),
    field("wireguard-key", b"privatekey = ", |rest| base64_of(rest, 32).map(|length| 0..length)),
    field("wireguard-key", b"presharedkey = ", |rest| base64_of(rest, 32).map(|length| 0..length)),
    field("api-key-header", b"x-api-key", |rest| assigned(rest, 8)),
    field("api-key-header", b"x-auth-token", |rest| assigned(rest, 8)),
    field("api-key-header", b"x-vault-token", |rest| assigned(rest, 8)),
    field("api-key-header", b"private-token", |rest| assigned(rest, 8)),
    field("api-key-header", b"fastly-key", |rest| assigned(rest, 8)),
    field("api-key-header", b"dd-api-key", |rest| assigned(rest, 8)),
    field("cookie", b"cookie:", cookie),
    field("password", b"password", |rest| assigned(rest, 8)),
    field("password", b"passwd", |rest| assigned(rest, 8)),
    field("password", b"mysql_pwd", |rest| assigned(rest, 8)),
    setting(SECRET, b"_TOKEN", constant),
    setting(SECRET, b"_SECRET", constant),
    setting(SECRET, b"_API_KEY", constant),
    setting(SECRET, b"_PRIVATE_KEY", constant),
    setting(SECRET, b"_ACCESS_KEY", constant),
    setting(SECRET, b"_APP_KEY", constant),
    field(SECRET, b"access_token", |rest| assigned(rest, 16)),
    field(SECRET, b"access-token", |rest| assigned(rest, 16)),
    field(SECRET, b"accesstoken", |rest| assigned(rest, 16)),
    field(SECRET, b"refresh_token", |rest| assigned(rest, 16)),
    field(SECRET, b"auth_token", |rest| assigned(rest, 16)),
    field(SECRET, b"authtoken", |rest| assigned(rest, 16)),
    field(SECRET, b"api_token", |rest| assigned(rest, 16)),
    field(SECRET, b"api_key", |rest| assigned(rest, 16)),
    field(SECRET, b"api-key", |rest| assigned(rest, 16)),
    field(SECRET, b"apikey", |rest| assigned(rest, 16)),
    field(SECRET, b"application_key", |rest| assigned(rest, 16)),
    field(SECRET, b"applicationkey", |rest| assigned(rest, 16)),
    field(SECRET, b"client_secret", |rest| assigned(rest, 16)),
    field(SECRET, b"clientsecret", |rest| assigned(rest, 16)),
    field("netrc-password", b"machine", netrc),
    field("registry-auth", b"\"auth\"", |rest| {
        let start = quotes(rest);
        let quote = quotes(rest.get(start..)?.strip_prefix(b":")?);
        login_in_base64(&rest[start + 1 + quote..]).map(|length| start + 1 + quote..start + 1 + quote + length)
    }),
    Look {
        name: "login-password",
        start: b"--user",
        case: Case::Same,
        kind: Kind::Field,
        before: |before| {
            before
                .rsplit(|byte| *byte == b'\n')
                .next()
                .is_some_and(|line| line[line.len().saturating_sub(400)..].windows(5).any(|word| word == b"curl "))
        },
        rest: login,
    },
    field("sql-password", b"identified by '", quoted),
    field("sql-password", b"encrypted password '", quoted),
    field("sql-password", b"with password '", quoted),
];

/// Whether a constant's name goes on before.
fn constant(before: &[u8]) -> bool {
    before.last().is_some_and(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// The value after a field's name: quotes, one sign that assigns, quotes, and what `length` takes.
fn value(rest: &[u8], length: impl Fn(&[u8]) -> Option<usize>) -> Option<Range<usize>> {
    let sign = quotes(rest);
    if !b"=:>,".contains(rest.get(sign)?) {
        return None;
    }
    let start = sign + 1 + quotes(&rest[sign + 1..]);
    length(&rest[start..]).map(|length| start..start + length)
}

/// A value of `least` characters or more that somebody made: it has a letter and a digit, is whole, and stands for nothing else.
fn assigned(rest: &[u8], least: usize) -> Option<Range<usize>> {
    let count = |from: usize, of: &[u8]| from + rest[from..].iter().take_while(|byte| of.contains(byte)).count();
    let sign = count(count(0, b"\"'"), b" ");
    if !b"=:".contains(rest.get(sign)?) {
        return None;
    }
    let value = count(sign + 1, b" ");
    let start = value + usize::from(rest.get(value).is_some_and(|byte| b"\"'".contains(byte)));
    let length = run(&rest[start..], least, |byte| dashed(byte) || b"+/=.~!@#%^:?".contains(&byte))?.end;
    let whole = rest.get(start + length).is_none_or(|byte| byte.is_ascii_whitespace() || b"\"'&;,<\\".contains(byte));
    (whole && length <= 256 && is_made(&rest[start..start + length])).then_some(start..start + length)
}

fn is_made(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    let stands_for = ["example", "change", "your", "placeholder", "dummy", "redacted", "replace", "xxx", "://"];
    let kinds = [u8::is_ascii_digit, u8::is_ascii_alphabetic].iter().all(|is| text.iter().any(is));
    let holds = |word: &&str| lower.windows(word.len()).any(|part| part == word.as_bytes());
    kinds && !is_stand_in(text) && letters(text[0]) && !stands_for.iter().any(holds)
}

/// Words in the place of a password, whatever digits and marks they end in; and variables.
fn is_stand_in(text: &[u8]) -> bool {
    const WORDS: &[&str] = &[
        "",
        "...",
        "password",
        "passwd",
        "pass",
        "pwd",
        "pw",
        "secret",
        "token",
        "changeme",
        "change-me",
        "change_me",
        "example",
        "redacted",
        "hidden",
        "test",
        "testing",
        "admin",
        "root",
        "user",
        "guest",
        "postgres",
        "mysql",
        "foo",
        "foobar",
        "demo",
        "dummy",
    ];
    let word = text.iter().rposition(|byte| !byte.is_ascii_digit() && !b".!*".contains(byte)).map_or(0, |at| at + 1);
    text.first().is_none_or(|byte| b"$<{*%[\0\x01".contains(byte))
        || text.iter().all(|byte| b":@".contains(byte))
        || WORDS.iter().any(|known| text[..word].eq_ignore_ascii_case(known.as_bytes()))
}

/// Whether `kubeadm` comes before on the line, and no token after it.
fn kubeadm(before: &[u8]) -> bool {
    let line = before.rsplit(|byte| b"\r\n".contains(byte)).next().unwrap_or_default();
    let near = &line[line.len().saturating_sub(200)..];
    let command = near.windows(8).rposition(|word| word == b"kubeadm ");
    command.is_some_and(|at| !near[at..].windows(7).any(|word| word == b"--token"))
}

/// Whether the bytes before are the start of the prefix of an ingest key: `hc` and a letter.
fn ingest(before: &[u8]) -> bool {
    let (rest, start) = before.split_at(before.len().saturating_sub(3));
    let whole = !rest.last().is_some_and(|byte| letters(*byte));
    whole && matches!(start, [b'h', b'c', kind] if kind.is_ascii_lowercase())
}

/// Whether 76 digits of base64 come before a signature, as in a key of 64 bytes.
fn signed(before: &[u8]) -> bool {
    ends_in(before, 76..77, digits64)
}

/// Whether 33 digits of base64 come before a signature, as in a key of 32 bytes.
fn short_signed(before: &[u8]) -> bool {
    ends_in(before, 33..34, digits64)
}

/// What follows a signature: six digits of base64, one of which has few forms, and just the `padding` that ends the key.
fn signature(rest: &[u8], padding: usize) -> Option<Range<usize>> {
    let form = match padding {
        2 => b"AQgw".contains(rest.get(5)?),
        _ => (b'A'..=b'P').contains(rest.first()?),
    };
    let found = run(rest, 6, digits64).filter(|found| form && found.end == 6)?;
    let signs = rest[found.end..].iter().take_while(|byte| **byte == b'=').count();
    let ends = !rest.get(found.end + padding).is_some_and(|byte| digits64(*byte));
    (signs == padding && ends).then_some(0..found.end + padding)
}

/// The key after its number and a colon.
fn unseal(rest: &[u8]) -> Option<Range<usize>> {
    let sign = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b' ').count();
    let key = rest[sign..].strip_prefix(b": ")?;
    run(key, 40, digits64).map(|key| sign + 2..sign + 2 + key.end)
}

/// The length of the padded base64 of exactly `bytes` bytes at the start of `text`.
fn base64_of(text: &[u8], bytes: usize) -> Option<usize> {
    let digits = (bytes * 8).div_ceil(6);
    let padded = bytes.div_ceil(3) * 4;
    let run = run(text, digits, digits64)?;
    (run.end == digits && text.get(digits..padded)?.iter().all(|byte| *byte == b'=')).then_some(padded)
}

fn aws_secret(text: &[u8]) -> Option<usize> {
    let run = run(text, 40, digits64)?;
    let example = text[..40].windows(7).any(|part| part == b"EXAMPLE");
    (run.end == 40 && text.get(40) != Some(&b'=') && !example).then_some(40)
}

fn session(text: &[u8]) -> Option<usize> {
    aws_session(text).map(|found| found.end)
}

fn authorization(rest: &[u8]) -> Option<Range<usize>> {
    let start = rest.iter().take_while(|byte| b"\"'\\ :=".contains(byte)).count();
    let sign = rest[..start].iter().any(|byte| b":=".contains(byte));
    let scheme = start + rest[start..].iter().take_while(|byte| letters(**byte)).count();
    let known = [&b"basic"[..], b"bearer", b"token", b"sharedkey", b"ssws", b"bot", b"splunk"]
        .iter()
        .any(|name| rest[start..scheme].eq_ignore_ascii_case(name));
    if !sign || !known || rest.get(scheme) != Some(&b' ') {
        return None;
    }
    let secret = run(&rest[scheme + 1..], 8, |byte| dashed(byte) || b"+/=.:~".contains(&byte))?;
    let secret = scheme + 1..scheme + 1 + secret.end;
    (!is_stand_in(&rest[secret.clone()])).then_some(secret)
}

fn url_password(rest: &[u8]) -> Option<Range<usize>> {
    let authority = rest.iter().take_while(|byte| !byte.is_ascii_whitespace() && !b"/\"'<>?#\0".contains(byte)).count();
    let login = rest[..authority].iter().rposition(|byte| *byte == b'@')?;
    let colon = rest[..login].iter().position(|byte| *byte == b':')?;
    let password = &rest[colon + 1..login];
    (!is_stand_in(password) && !rest[..colon].contains(&b'@')).then_some(colon + 1..login)
}

fn twilio(rest: &[u8]) -> Option<Range<usize>> {
    let name = run(rest, 3, |byte| byte.is_ascii_alphabetic() || byte == b'_').filter(|name| name.end <= 20)?.end;
    let lower = rest[..name].to_ascii_lowercase();
    let secret = [&b"token"[..], b"secret", b"key"].iter().any(|word| lower.ends_with(word));
    let found =
        value(&rest[name..], |text| digit(text, exact(text, 32, letters)).map(|found| found.end)).filter(|_| secret)?;
    let sign = rest[name..name + found.start].iter().any(|byte| b"=:".contains(byte));
    sign.then_some(name + found.start..name + found.end)
}

/// The private part of a key whose object goes on after `"kty"`.
fn jwk(rest: &[u8]) -> Option<Range<usize>> {
    let object = &rest[..rest.iter().position(|byte| b"{}".contains(byte)).unwrap_or(rest.len())];
    let name = object.windows(3).position(|part| part == b"\"d\"" || part == b"\"k\"")? + 3;
    let blanks = object[name..].strip_prefix(b":")?.iter().take_while(|byte| **byte == b' ').count();
    let start = name + 1 + blanks + 1;
    (object.get(start - 1) == Some(&b'"')).then_some(())?;
    run(object.get(start..)?, 16, dashed).map(|found| start..start + found.end)
}

/// The first long value of a list of cookies.
fn cookie(rest: &[u8]) -> Option<Range<usize>> {
    let line = &rest[..rest.iter().position(|byte| b"\r\n".contains(byte)).unwrap_or(rest.len())];
    let mut at = 0;
    while let Some(sign) = line[at..].iter().position(|byte| *byte == b'=') {
        at += sign + 1;
        let found = run(&line[at..], 16, |byte| dashed(byte) || b".~+/%".contains(&byte));
        let whole = |found: &Range<usize>| line.get(at + found.end).is_none_or(|byte| b"; \"'".contains(byte));
        if let Some(found) = found.filter(|found| whole(found) && is_made(&line[at..at + found.end])) {
            return Some(at..at + found.end);
        }
    }
    None
}

fn netrc(rest: &[u8]) -> Option<Range<usize>> {
    let mut at = 0;
    let mut words = Vec::new();
    while words.len() < 6 {
        let blank = rest[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let word = rest[at + blank..].iter().take_while(|byte| !byte.is_ascii_whitespace() && **byte != 0).count();
        if blank == 0 || word == 0 {
            break;
        }
        words.push(at + blank..at + blank + word);
        at += blank + word;
    }
    let is = |at: usize, word: &[u8]| words.get(at).is_some_and(|range| rest[range.clone()] == *word);
    let password = match (is(1, b"login"), is(3, b"password"), is(1, b"password")) {
        (true, true, _) => words.get(4)?,
        (_, _, true) => words.get(2)?,
        _ => return None,
    };
    (!is_stand_in(&rest[password.clone()])).then(|| password.clone())
}

/// The password of `--user name:password`.
fn login(rest: &[u8]) -> Option<Range<usize>> {
    let start = usize::from(b" =".contains(rest.first()?));
    let start = start + usize::from(b"\"'".contains(rest.get(start)?));
    let user = run(&rest[start..], 1, |byte| dashed(byte) || b".@".contains(&byte)).filter(|user| user.end <= 64)?.end;
    let password = rest[start + user..].strip_prefix(b":")?;
    let length = run(password, 4, |byte| dashed(byte) || b"+/=.~!".contains(&byte))?.end;
    (!is_stand_in(&password[..length])).then_some(start + user + 1..start + user + 1 + length)
}

fn quoted(rest: &[u8]) -> Option<Range<usize>> {
    let length = rest.iter().position(|byte| b"'\r\n\0\x01".contains(byte)).filter(|end| rest[*end] == b'\'')?;
    (!is_stand_in(&rest[..length])).then_some(0..length)
}

/// The length of the base64 of `user:password` at the start of `text`.
fn login_in_base64(text: &[u8]) -> Option<usize> {
    let length = run(text, 8, digits64)?.end;
    let mut bits: u32 = 0;
    let mut plain = Vec::new();
    for (at, byte) in text[..length - length % 4].iter().enumerate() {
        let digit = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
            .iter()
            .position(|known| known == byte)?;
        bits = ((bits << 6) | digit as u32) & 0xff_ffff;
        if at % 4 == 3 {
            plain.extend_from_slice(&bits.to_be_bytes()[1..]);
        }
    }
    (length % 4 != 1 && plain.contains(&b':') && plain.iter().all(|byte| (b' '..0x7f).contains(byte))).then_some(length)
}
