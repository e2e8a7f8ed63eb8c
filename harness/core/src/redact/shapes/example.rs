//! Examples of secrets, made where they are needed: a file that held one would be stopped by the secret scanners of code hosts, ours
//! among them. Pure; touches nothing.

/// An example's text and where its secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The whole text.
    pub text: String,
    /// The secret in it; empty if it has none.
    pub secret: String,
}

impl Example {
    /// The example that `template` describes: `{a*24}` is 24 characters of the class `a`, the secret is between `«` and `»`, and all else
    /// is as it is written.
    ///
    /// Classes: `d` digits, `x` and `X` hexadecimal digits, `l` and `U` letters, `n` and `N` letters and digits, in lower and in upper
    /// case; `a` letters and digits in both cases, `w` those with `_` and `-`, `b` those with `+` and `/`, `2` and `q` the digits of base32 and bech32. Each value is made
    /// anew of `seed`.
    pub fn of(template: &str, seed: u64) -> Self {
        let mut text = String::new();
        let mut noise = Noise(seed.wrapping_mul(2_654_435_761).wrapping_add(97));
        let mut rest = template;
        while let Some(start) = rest.find('{') {
            text.push_str(&rest[..start]);
            rest = &rest[start..];
            if let Some((class, count, length)) = placeholder(rest) {
                text.extend((0..count).map(|_| noise.of(class)));
                rest = &rest[length..];
            } else {
                text.push('{');
                rest = &rest[1..];
            }
        }
        text.push_str(rest);
        let secret =
            text.split_once('«').and_then(|(_, rest)| rest.split_once('»')).map(|(secret, _)| secret.to_owned());
        Self { text: text.replace(['«', '»'], ""), secret: secret.unwrap_or_default() }
    }

    /// Its text with `other` in the secret's place.
    pub fn with(&self, other: &str) -> String {
        self.text.replacen(&self.secret, other, 1)
    }
}

/// The characters, the count and the length of `{a*24}` at the start of `text`.
fn placeholder(text: &str) -> Option<(&'static str, usize, usize)> {
    let (inner, _) = text.strip_prefix('{')?.split_once('}')?;
    let (class, count) = inner.split_once('*')?;
    let class = match class {
        "d" => "0123456789",
        "x" => "0123456789abcdef",
        "X" => "0123456789ABCDEF",
        "l" => "abcdefghijklmnopqrstuvwxyz",
        "U" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "n" => "abcdefghijklmnopqrstuvwxyz0123456789",
        "N" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        "a" => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        "w" => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-",
        "b" => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/",
        "q" => "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
        "2" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        _ => return None,
    };
    Some((class, count.parse().ok()?, inner.len() + 2))
}

/// Numbers that look random and are the same everywhere.
struct Noise(u64);

impl Noise {
    fn of(&mut self, class: &'static str) -> char {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(class.as_bytes()[(self.0 >> 33) as usize % class.len()])
    }
}
