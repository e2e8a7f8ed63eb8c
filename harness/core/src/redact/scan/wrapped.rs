//! A text as it reads without what a terminal and a table put into it: line breaks in the middle of a word, colours, borders, numbers at
//! the start of lines. Pure; touches nothing.

use std::ops::Range;

use super::views::{Pieces, View};

/// Secrets shorter than this are not looked for across a line break: the end of one line and the start of the next may spell a short word
/// by chance.
pub(super) const SHORTEST: usize = 12;

/// Characters that tables draw between columns.
const BORDERS: [&[u8]; 6] = [b"|", "│".as_bytes(), "┃".as_bytes(), "║".as_bytes(), "¦".as_bytes(), "▏".as_bytes()];

/// The readings of `view` across line breaks, for secrets of at most `longest` bytes; those that nothing is taken out for are left out.
pub(super) fn all(view: &View, longest: usize) -> Vec<(&'static str, View)> {
    let mut found = Vec::new();
    // Most texts have no borders, and no backslashes.
    let has = |bytes: &[u8]| bytes.iter().any(|byte| view.bytes.contains(byte));
    found.extend(joined(view, Marks::Stay, longest).map(|view| ("plain, over several lines", view)));
    found.extend(joined(view, Marks::Start, longest).map(|view| ("plain, over several marked lines", view)));
    if has(b"\\") {
        found.extend(joined(view, Marks::End, longest).map(|view| ("plain, over several continued lines", view)));
    }
    if has(b"|\xe2\xc2") {
        found.extend(joined(view, Marks::Borders, longest).map(|view| ("plain, over several lines of a table", view)));
        found.extend(columns(view).map(|view| ("plain, in a column of a table", view)));
    }
    found
}

/// A secret as it reads in these views.
pub(super) fn needle(value: &str) -> Vec<u8> {
    let view = View::plain(value.as_bytes());
    joined(&view, Marks::Stay, usize::MAX).unwrap_or(view).bytes
}

/// Without the escape sequences of a terminal; nothing if there is none.
pub(super) fn without_colours(view: &View) -> Option<View> {
    let mut cuts = Vec::new();
    let mut from = 0;
    while let Some(start) = memchr::memchr(0x1b, &view.bytes[from..]).map(|at| from + at) {
        from = start + sequence(&view.bytes[start..]);
        cuts.push(start..from);
    }
    (!cuts.is_empty()).then(|| view.cut(&cuts))
}

/// The length of the escape sequence at the start of `rest`.
fn sequence(rest: &[u8]) -> usize {
    let ends = |from: usize, ends: &dyn Fn(u8) -> bool| {
        let length = rest.iter().skip(from).take(256).position(|byte| ends(*byte));
        length.map_or(from.min(rest.len()), |length| from + length + 1)
    };
    match rest.get(1) {
        Some(b'[') => ends(2, &|byte| (0x40..0x7f).contains(&byte)),
        Some(b']') => ends(2, &|byte| byte == 7 || byte == b'\\'),
        Some(b'(' | b')') => 3.min(rest.len()),
        Some(_) => 2,
        None => 1,
    }
}

/// Which marks at the edges of lines are taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Marks {
    /// None.
    Stay,
    /// Those at the starts of lines.
    Start,
    /// A backslash at the ends of lines.
    End,
    /// The borders of tables.
    Borders,
}

/// The lines put together: the blanks between them are taken out with the marks that go, and of long lines the middle, too. Nothing if
/// there is no line break, or no mark that could go.
fn joined(view: &View, marks: Marks, longest: usize) -> Option<View> {
    let bytes = &view.bytes;
    let mut out = Pieces::new(longest, bytes.len());
    let mut gone = 0;
    let mut from = 0;
    let mut broken = false;
    while let Some(found) = memchr::memchr(b'\n', &bytes[from..]).map(|at| from + at) {
        broken = true;
        let mut start = blanks_before(bytes, found).max(from);
        let mut end = blanks_after(bytes, found);
        match marks {
            Marks::Stay => {}
            Marks::Borders => {
                let wider = (borders(bytes, start, Edge::End).max(from), borders(bytes, end, Edge::Start));
                gone += (start - wider.0) + (wider.1 - end);
                (start, end) = wider;
            }
            Marks::Start => {
                let length = mark(&bytes[end..]);
                gone += length;
                end += length;
            }
            Marks::End if bytes[from..start].ends_with(b"\\") => {
                gone += 1;
                start -= 1;
            }
            Marks::End => {}
        }
        out.push(view, from..start);
        from = end;
    }
    out.push(view, from..bytes.len());
    (broken && (marks == Marks::Stay || gone > 0)).then(|| out.view())
}

/// Which side of a line break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edge {
    /// What ends a line.
    End,
    /// What starts one.
    Start,
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

fn blanks_before(bytes: &[u8], mut at: usize) -> usize {
    while at > 0 && is_blank(bytes[at - 1]) {
        at -= 1;
    }
    at
}

fn blanks_after(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && is_blank(bytes[at]) {
        at += 1;
    }
    at
}

/// Where the blanks and borders around the line break at `at` begin, or end.
fn borders(bytes: &[u8], mut at: usize, edge: Edge) -> usize {
    loop {
        let rest = if edge == Edge::End { &bytes[..at] } else { &bytes[at..] };
        let is_there =
            |border: &&&[u8]| if edge == Edge::End { rest.ends_with(border) } else { rest.starts_with(border) };
        let length = BORDERS.iter().find(is_there).map_or(0, |border| border.len());
        match edge {
            _ if length == 0 => return at,
            Edge::End => at = blanks_before(bytes, at - length),
            Edge::Start => at = blanks_after(bytes, at + length),
        }
    }
}

/// The length of what marks a line as the rest of another: a number or an address, a quote, a comment.
fn mark(text: &[u8]) -> usize {
    let digits = text.iter().take(18).take_while(|byte| byte.is_ascii_hexdigit() || **byte == b'x').count();
    let marks = text[digits..].iter().take(3).take_while(|byte| b":>#|.+-*;/".contains(byte)).count();
    let blanks = text[digits + marks..].iter().take(8).take_while(|byte| b" \t".contains(byte)).count();
    let is_mark = marks > 0 || (digits > 0 && blanks > 0);
    if is_mark { digits + marks + blanks } else { 0 }
}

/// The columns of bordered tables, one after another, each read from top to bottom.
fn columns(view: &View) -> Option<View> {
    let bytes = &view.bytes;
    let mut order = Vec::new();
    let mut block: Vec<Vec<Range<usize>>> = Vec::new();
    let mut start = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let fields = fields(line, start);
        if fields.len() != block.first().map_or(fields.len(), Vec::len) || fields.len() < 2 {
            down(&mut block, &mut order);
        }
        if fields.len() > 1 {
            block.push(fields);
        }
        start += line.len();
    }
    down(&mut block, &mut order);
    (!order.is_empty()).then(|| view.picked(&order))
}

/// The fields of a line between borders, without the blanks around them: where each starts and ends.
fn fields(line: &[u8], start: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < line.len() {
        // No other byte starts a border.
        let border = if matches!(line[at], b'|' | 0xe2 | 0xc2) {
            BORDERS.iter().find(|border| line[at..].starts_with(border))
        } else {
            None
        };
        if let Some(border) = border {
            found.push((from, at));
            at += border.len();
            from = at;
        } else {
            at += 1;
        }
    }
    if from == 0 {
        return Vec::new();
    }
    found.push((from, line.len()));
    let trimmed = |(from, to): (usize, usize)| {
        let text = line[from..to].trim_ascii();
        let from = start + to - line[from..to].trim_ascii_start().len();
        from..from + text.len()
    };
    found.into_iter().map(trimmed).collect()
}

/// Appends the columns of the block from top to bottom, and empties it. A block of one line has none.
fn down(block: &mut Vec<Vec<Range<usize>>>, order: &mut Vec<Vec<Range<usize>>>) {
    let columns = block.first().map_or(0, Vec::len);
    if block.len() > 1 {
        order.extend((0..columns).map(|column| block.iter().map(|fields| fields[column].clone()).collect()));
    }
    block.clear();
}
