//! What a line starts with that goes on in the containers of another: list items, quotes, footnotes, definitions. Pure; touches nothing.

/// What comes first on a further line of all containers that are open at `start`, where a block starts. It is read off what stands before
/// that on its line, column by column: quotes go on with `> `, and everything else becomes as many blanks as it is wide.
///
/// A quote takes one blank after its sign, if there is one, as its own. So one is written always: otherwise it would come out of those that
/// the containers inside need.
pub(crate) fn prefix(text: &str, start: usize) -> String {
    let line = text[..start].rfind('\n').map_or(0, |end| end + 1);
    let mut rest = text[line..start].bytes().enumerate().peekable();
    let mut out = String::with_capacity(start - line + 4);
    // Where the columns of tabs are counted from.
    let mut origin = 0;
    let mut width = |at: usize, byte: u8| {
        if byte != b'\t' {
            return 1;
        }
        let width = 4 - (at - origin) % 4;
        origin = at + 1;
        width
    };
    while let Some((at, byte)) = rest.next() {
        if byte == b'>' {
            out.push_str("> ");
            if let Some((at, blank)) = rest.next_if(|(_, byte)| matches!(byte, b' ' | b'\t')) {
                out.extend(std::iter::repeat_n(' ', width(at, blank) - 1));
            }
            continue;
        }
        if byte == b'[' {
            // A footnote's label, and the blanks behind it: all lines of the footnote start with four.
            let is_label = |byte: &u8| *byte != b':';
            while rest.next_if(|(_, byte)| is_label(byte)).is_some() {}
            rest.next();
            let mut end = at;
            while let Some((blank, _)) = rest.next_if(|(_, byte)| matches!(byte, b' ' | b'\t')) {
                end = blank;
            }
            width(end, b'\t');
            out.push_str("    ");
            continue;
        }
        out.extend(std::iter::repeat_n(' ', width(at, byte)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_go_on() {
        for (line, expected) in [
            ("", ""),
            ("   ", "   "),
            ("- ", "  "),
            ("12. ", "    "),
            ("> ", "> "),
            (">", "> "),
            (">- ", ">   "),
            ("> - ", ">   "),
            (">>- ", "> >   "),
            ("- > ", "  > "),
            ("-\t", "    "),
            (">\t- ", ">     "),
            (">-\t", ">    "),
            ("> -\t> ", ">   > "),
            ("[^a]: ", "    "),
            ("[^a]:   - ", "      "),
            ("- [^\u{e9}]: > ", "      > "),
            (": ", "  "),
        ] {
            assert_eq!(prefix(&format!("a\n{line}```"), 2 + line.len()), expected, "{line:?}");
        }
    }
}
