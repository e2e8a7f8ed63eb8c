//! Blocks of private keys: everything between two borders, and what a cut left of one. Pure; touches nothing.

use std::ops::Range;

use regex::bytes::Regex;

/// The line before or after a private key, as PEM, PGP, SSH2 and OpenVPN write it.
pub(super) const BORDER: &str =
    r"-{4,5} ?(BEGIN|END) (?:(?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?|OpenVPN Static key V1) ?-{4,5}";

/// Where such blocks are. One that is not closed goes to the end of the text; an end without a beginning goes back to the text's start, or
/// to the end of the block before it.
pub(super) fn find(border: &Regex, text: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open = None;
    let mut closed = 0;
    for border in border.captures_iter(text) {
        let whole = border.get(0).expect("a match has a group 0");
        if border.get(1).is_some_and(|word| word.as_bytes() == b"BEGIN") {
            open.get_or_insert(whole.start());
        } else {
            found.push(open.take().unwrap_or(closed)..whole.end());
            closed = whole.end();
        }
    }
    found.extend(open.map(|start| start..text.len()));
    found
}
