//! Which numbers of an output are the port of a target: `22` is one in `localhost:22`, and none in `22 files`. Pure; touches nothing.

use std::net::Ipv4Addr;

use super::Known;

/// The first number that Linux hands out as a port. One of these stands nowhere by chance; a service's own port may be any small number.
const HANDED_OUT: u32 = 32_768;

/// How many characters may stand between a host, or the word `port`, and the number.
const BETWEEN: usize = 4;

/// Whether `value`, which stands after `before`, is what a name of `known` means there, as far as it may be a port.
pub(super) fn is_meant(value: &[u8], before: &[u8], known: &[Known]) -> bool {
    let number = std::str::from_utf8(value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let Some(number) = number.and_then(|text| text.parse::<u32>().ok()) else { return true };
    number >= HANDED_OUT || is_port_after(before, known)
}

/// Whether a number after `before` is the port of an address, or is called one.
fn is_port_after(before: &[u8], known: &[Known]) -> bool {
    let gap = before.iter().rev().take(BETWEEN).take_while(|byte| b" :=,'\"\\".contains(byte)).count();
    let (rest, between) = before.split_at(before.len() - gap);
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-]".contains(byte);
    let start = rest.iter().rposition(|byte| !is_word(byte)).map_or(0, |at| at + 1);
    let word = &rest[start..];
    if gap == 0 || word.is_empty() {
        return false;
    }
    let is_called = word.len() >= 4 && word[word.len() - 4..].eq_ignore_ascii_case(b"port");
    let is_address = std::str::from_utf8(word).is_ok_and(|word| word.parse::<Ipv4Addr>().is_ok());
    let is_host = known.iter().any(|known| known.name.ends_with("HOST") && known.value.as_bytes() == word);
    let is_named = between == b":" && (word.contains(&b'.') || word.ends_with(b"]"));
    is_called || is_address || is_host || is_named || word == b"localhost"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_number_is_a_port_where_an_address_or_a_name_says_so() {
        let known = [Known::plain("SFTP_HOST", "storage")];
        for before in [
            "localhost:",
            "127.0.0.1:",
            "127.0.0.1 port ",
            "('127.0.0.1', ",
            "sftp://storage:",
            "[::1]:",
            "db.example.org:",
            "SFTP_PORT=",
            "\"port\": ",
            "Port ",
            "port='",
            "storage, ",
        ] {
            assert!(is_meant(b"22", before.as_bytes(), &known), "{before}");
        }
        for before in ["", "there are ", "12:", "count:", "line ", "a.txt ", "\"size\":", "x = ", "report", "SSH- "] {
            assert!(!is_meant(b"22", before.as_bytes(), &known), "{before}");
            assert!(is_meant(b"45123", before.as_bytes(), &known) && is_meant(b"sftp", before.as_bytes(), &known));
        }
    }
}
