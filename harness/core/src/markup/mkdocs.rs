//! Fences as Python-Markdown with mkdocs' usual extensions sees them inside admonitions (`!!!`, `???`) and tabs (`===`), whose content is
//! indented by four columns: CommonMark sees indented code there, or nothing. Line by line; pure; touches nothing.

use std::ops::Range;

/// A fence inside an admonition or a tab.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hidden {
    /// Its opening line, from the first fence character on.
    pub(super) opener: Range<usize>,
    /// Its info string.
    pub(super) info: String,
    /// Its content without the indentation of its opening line.
    pub(super) text: String,
}

struct Open {
    hidden: Hidden,
    mark: char,
    many: usize,
    indent: usize,
    /// Whether it stands in an admonition or a tab; other fences are only followed to their end.
    inside: bool,
}

/// Every closed fence inside an admonition or a tab, in order.
pub(super) fn fences(text: &str) -> Vec<Hidden> {
    let mut found = Vec::new();
    let mut containers: Vec<usize> = Vec::new();
    let mut open: Option<Open> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let line = line.trim_end_matches(['\n', '\r']);
        let bare = line.trim_start_matches([' ', '\t']);
        let indent = columns(&line[..line.len() - bare.len()]);
        if let Some(fence) = &mut open {
            let left = fence.inside && !bare.is_empty() && containers.last().is_some_and(|content| indent < *content);
            if closes(bare, fence.mark, fence.many) {
                found.extend(open.take().filter(|fence| fence.inside).map(|fence| fence.hidden));
                continue;
            }
            if !left {
                fence.hidden.text.push_str(strip(line, fence.indent));
                fence.hidden.text.push('\n');
                continue;
            }
            open = None;
        }
        if bare.is_empty() {
            continue;
        }
        containers.retain(|content| *content <= indent);
        if opens_container(bare) {
            containers.push(indent + 4);
        } else if let Some((mark, many)) = run(bare) {
            let opener = start + (line.len() - bare.len())..start + line.trim_end().len();
            let info = bare[many..].trim().to_owned();
            let hidden = Hidden { opener, info, text: String::new() };
            open = Some(Open { hidden, mark, many, indent, inside: !containers.is_empty() });
        }
    }
    found
}

/// The files that `--8<--` lines name, on the line itself or between two of them.
pub(super) fn snippets(text: &str) -> Vec<String> {
    let mut files = Vec::new();
    let mut listing = false;
    for line in text.lines().map(str::trim) {
        let marker = line.strip_prefix("--8<--").map(|rest| rest.trim().trim_matches(['"', '\'']));
        match marker {
            Some("") => listing = !listing,
            Some(file) => files.push(file.to_owned()),
            None if listing && !line.is_empty() => files.push(line.to_owned()),
            None => {}
        }
    }
    files
}

fn opens_container(bare: &str) -> bool {
    let admonition = ["!!! ", "??? ", "???+ "].iter().any(|mark| bare.starts_with(mark));
    let tab = bare.strip_prefix("===").map(|rest| rest.trim_start_matches(['!', '+']).trim_start());
    admonition || tab.is_some_and(|title| title.starts_with(['"', '\'']))
}

fn run(bare: &str) -> Option<(char, usize)> {
    let mark = bare.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let many = bare.chars().take_while(|c| *c == mark).count();
    (many >= 3 && !bare[many..].contains(mark)).then_some((mark, many))
}

fn closes(bare: &str, mark: char, many: usize) -> bool {
    let bare = bare.trim_end();
    bare.len() >= many && bare.chars().all(|c| c == mark)
}

fn columns(blank: &str) -> usize {
    blank.chars().fold(0, |column, c| if c == '\t' { (column / 4 + 1) * 4 } else { column + 1 })
}

/// The line without up to `indent` columns of its indentation.
fn strip(line: &str, indent: usize) -> &str {
    let mut column = 0;
    let cut = line.char_indices().find(|(_, c)| {
        let stop = column >= indent || !matches!(c, ' ' | '\t');
        column = if *c == '\t' { (column / 4 + 1) * 4 } else { column + 1 };
        stop
    });
    cut.map_or("", |(at, _)| &line[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &str)]) {
        let found = fences(text);
        let seen: Vec<(&str, &str)> = found.iter().map(|fence| (&*fence.info, &*fence.text)).collect();
        assert_eq!(seen, expected, "{text:?}");
    }

    #[test]
    fn fences_in_admonitions_and_tabs() {
        check("!!! note\n    ```sh\n    a\n    ```\n", &[("sh", "a\n")]);
        check("???+ note \"T\"\n\n    ~~~ sh x\n    a\n\n      b\n    ~~~\n", &[("sh x", "a\n\n  b\n")]);
        check("=== \"A\"\n\n\t```sh\n\ta\n\t```\n", &[("sh", "a\n")]);
        check("===! 'A'\r\n    ```sh\r\n    a\r\n    ```\r\n", &[("sh", "a\n")]);
        check("- x\n\n    !!! tip\n\n        ```sh\n        a\n        ```\n", &[("sh", "a\n")]);
        check(
            "=== \"A\"\n    ```sh\n    a\n    ```\n=== \"B\"\n    ```py\n    b\n    ```\n",
            &[("sh", "a\n"), ("py", "b\n")],
        );
    }

    #[test]
    fn fences_elsewhere_are_not_this_dialects() {
        check("```sh\na\n```\n", &[]);
        check("    ```sh\n    a\n    ```\n", &[]);
        check("!!! note\n\ntext\n\n    ```sh\n    a\n    ```\n", &[]);
        check("```text\n!!! note\n    ```sh\n```\n", &[]);
        check("!!! note\n    ```sh\n    a\ntext\n", &[]);
        check("!!! note\n    ```sh\n    a\n", &[]);
        check("===\n    ```sh\n    ```\n!!!\n    ```sh\n    ```\n", &[]);
    }

    #[test]
    fn snippets_are_noted() {
        assert_eq!(snippets("a\n--8<-- \"x/y.sh\"\nb\n"), ["x/y.sh"]);
        assert_eq!(snippets("--8<--\nx.sh\n\ny.sh\n--8<--\nz\n"), ["x.sh", "y.sh"]);
        assert!(snippets("; --8<-- x\n").is_empty());
    }
}
