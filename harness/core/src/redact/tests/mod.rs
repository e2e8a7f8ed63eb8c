//! Tests of the redactor and the scan against each other, and of what is done for a terminal and a CI log. Every key here is put together
//! at run time: no text in this repository looks like a secret.

mod hidden;
mod looks;
mod properties;
mod rows;
mod streams;
mod values;

use super::{Known, Redacted, Redactor};

/// The forms in which writers out there put a value.
fn encodings(value: &str) -> Vec<(&'static str, String)> {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
    let bytes = value.as_bytes();
    let percent = |keep: &dyn Fn(u8) -> bool, upper: bool| -> String {
        bytes
            .iter()
            .map(|byte| match (keep(*byte), upper) {
                (true, _) => char::from(*byte).to_string(),
                (false, true) => format!("%{byte:02X}"),
                (false, false) => format!("%{byte:02x}"),
            })
            .collect()
    };
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let path = |byte: u8| unreserved(byte) || b"/:@!$&'()*+,;=".contains(&byte);
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let json = serde_json::to_string(value).unwrap();
    let json = json[1..json.len() - 1].to_owned();
    let quoted =
        |c: char| if c.is_ascii_alphanumeric() || "-._/:".contains(c) { c.to_string() } else { format!("\\{c}") };
    let unicode = |c: char| {
        let mut units = [0; 2];
        c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>()
    };
    let once = percent(&unreserved, true);
    let twice = once.replace('%', "%25");
    vec![
        ("plain", value.to_owned()),
        ("base64", STANDARD.encode(value)),
        ("base64 without padding", STANDARD_NO_PAD.encode(value)),
        ("base64url", URL_SAFE.encode(value)),
        ("base64url without padding", URL_SAFE_NO_PAD.encode(value)),
        ("base64 one byte in", STANDARD.encode(format!("a{value}"))),
        ("base64 two bytes in", URL_SAFE_NO_PAD.encode(format!("ab{value}z"))),
        ("basic auth", STANDARD.encode(format!("user:{value}"))),
        ("base64, percent-encoded", STANDARD.encode(value).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")),
        ("percent", once.clone()),
        ("percent, lower", percent(&unreserved, false)),
        ("percent, all", percent(&|_| false, true)),
        ("percent, path", percent(&path, true)),
        ("form", percent(&|byte| unreserved(byte) || byte == b' ', true).replace(' ', "+")),
        ("percent twice", twice.clone()),
        ("percent thrice", twice.replace('%', "%25")),
        ("hex", hex.clone()),
        ("HEX", hex.to_uppercase()),
        ("hex with colons", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")),
        ("json", json.clone()),
        ("json with slashes", json.replace('/', "\\/")),
        ("json in json", json.replace('\\', "\\\\").replace('"', "\\\"")),
        ("json, all", value.chars().map(unicode).collect()),
        ("single quotes", value.replace('\'', "'\\''")),
        ("single quotes, python", value.replace('\'', "'\"'\"'")),
        ("printf %q", value.chars().map(quoted).collect()),
        (
            "double quotes",
            value.chars().map(|c| if "$`\"\\".contains(c) { format!("\\{c}") } else { c.to_string() }).collect(),
        ),
        (
            "python bytes",
            bytes
                .iter()
                .map(|b| {
                    if (b' '..0x7f).contains(b) && !b"\\'".contains(b) {
                        char::from(*b).to_string()
                    } else {
                        format!("\\x{b:02x}")
                    }
                })
                .collect(),
        ),
        (
            "html",
            value
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
                .replace('"', "&quot;")
                .replace('\'', "&#x27;"),
        ),
    ]
}

fn one(value: &str) -> Vec<Known> {
    vec![Known::secret("PW", value)]
}

/// What the redactor makes of `bytes`, before the second scan looks at it.
fn seen(redactor: &Redactor, bytes: &[u8]) -> Redacted {
    Redacted::recorded(redactor.replaced(bytes, 0..bytes.len()).0)
}
