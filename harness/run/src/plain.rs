//! Foreign output as plain lines: without colours and other orders to a terminal. Pure; touches nothing.

use std::iter::Peekable;
use std::str::Chars;

/// Returns `text` without escape sequences and control characters, as a terminal would leave its lines: what a carriage return or a
/// backspace overwrites is gone, too. Line ends and tabs stay.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut line, mut returned) = (0, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_sequence(&mut chars),
            '\u{9b}' => skip_parameters(&mut chars),
            '\n' => {
                out.push('\n');
                (line, returned) = (out.len(), false);
            }
            '\r' => returned = true,
            '\u{8}' if out.len() > line => {
                out.pop();
            }
            c if c.is_control() && c != '\t' => {}
            c => {
                if std::mem::take(&mut returned) {
                    out.truncate(line);
                }
                out.push(c);
            }
        }
    }
    out
}

/// Skips what follows an escape character (ECMA-48): no sequence goes on over the end of its line.
fn skip_sequence(chars: &mut Peekable<Chars<'_>>) {
    match chars.peek() {
        Some('[') => {
            chars.next();
            skip_parameters(chars);
        }
        Some(']' | 'P' | 'X' | '^' | '_') => skip_string(chars),
        Some(' '..='/') => {
            while chars.next_if(|c| (' '..='/').contains(c)).is_some() {}
            chars.next_if(|c| ('0'..='~').contains(c));
        }
        _ => {
            chars.next_if(|c| ('0'..='~').contains(c));
        }
    }
}

/// Skips the parameters and the last character of a control sequence, which sets a colour or moves the cursor.
fn skip_parameters(chars: &mut Peekable<Chars<'_>>) {
    while chars.next_if(|c| (' '..='?').contains(c)).is_some() {}
    chars.next_if(|c| ('@'..='~').contains(c));
}

/// Skips a string that sets a title or a link, up to its terminator.
fn skip_string(chars: &mut Peekable<Chars<'_>>) {
    while let Some(c) = chars.next_if(|c| *c != '\n') {
        let ends = match c {
            '\u{7}' | '\u{9c}' => true,
            '\u{1b}' => chars.next_if_eq(&'\\').is_some(),
            _ => false,
        };
        if ends {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_to_a_terminal_are_gone_and_the_text_stays() {
        for (text, expected) in [
            ("\u{1b}[91mno such file\u{1b}[0m\n", "no such file\n"),
            ("\u{1b}[1;38;5;196mred\u{1b}[m \u{9b}31mtoo", "red too"),
            ("\u{1b}]0;title\u{7}a\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\", "alink"),
            ("\u{1b}(Bplain\u{1b}7\u{1b}[2J", "plain"),
            (" 10 %\r 20 %\r100 %\r\ndone\r\n", "100 %\ndone\n"),
            ("a\u{8}b\u{8}\u{8}\u{8}c\n\u{8}d\u{7}\0\te", "c\nd\te"),
            ("\u{1b}]never ended\nnext", "\nnext"),
            ("\u{1b}[31\n\u{1b}", "\n"),
            ("Grüße, 世界", "Grüße, 世界"),
        ] {
            assert_eq!(plain(text), expected, "{text:?}");
            assert_eq!(plain(expected), expected);
        }
    }

    #[test]
    fn any_text_becomes_one_without_controls() {
        let mut state = 7_u32;
        for _ in 0..2_000 {
            let text: String = (0..40)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    ['\u{1b}', '[', ']', '3', 'm', '\n', '\r', '\u{8}', '\u{9b}', '\u{7}', '\\', 'é', ' ', '\0']
                        [(state >> 16) as usize % 14]
                })
                .collect();
            let shown = plain(&text);
            assert!(shown.chars().all(|c| !c.is_control() || c == '\n'), "{text:?} became {shown:?}");
            assert_eq!(shown.matches('\n').count(), text.matches('\n').count(), "{text:?}");
        }
    }
}
