//! What honest guides are made of: every block of Markdown, in every container. A good share of the books holds nothing else besides one
//! or two ingredients that somebody could abuse. Pure; touches nothing.

use crate::pen::{Pen, inside};

/// Where a block will stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// From the chapter's folder to the top of the checkout: `../`.
    pub up: &'a str,
    /// Whether its fences need words.
    pub guide: bool,
}

/// One block.
pub(crate) fn block(pen: &mut Pen, place: Place<'_>) -> String {
    let text = match pen.random.below(20) {
        0..=4 => paragraph(pen),
        5 => heading(pen),
        6 | 7 => code(pen, place),
        8 => list(pen, place),
        9 | 10 => {
            let inner = several(pen, place);
            contained(pen, &inner)
        }
        11 => table(pen),
        12 => html(pen, place),
        13 => definition(pen, place),
        14 => comment(pen),
        15 => quoted(pen),
        16 => folded(pen, place),
        17 => footnoted(pen),
        18 => escaped(pen, place),
        _ => "* * *".to_owned(),
    };
    if pen.random.chance(12) { pen.included(place.up, &text) } else { text }
}

/// A paragraph with anything that stands in running text.
pub(crate) fn paragraph(pen: &mut Pen) -> String {
    let mut parts = Vec::new();
    for _ in 0..1 + pen.random.below(4) {
        let words = pen.words();
        let hidden = pen.unseen();
        parts.push(match pen.random.below(16) {
            0 => format!("*{words}*"),
            1 => format!("**{words}**"),
            2 => format!("`{words}`"),
            3 => format!("[{words}](https://example.org/{hidden} \"{hidden}\")"),
            4 => format!("~~{words}~~"),
            5 => format!("{words}  \n{}", pen.word()),
            6 => format!("{words}\\\n{}", pen.word()),
            7 => format!("{words}\n{}", pen.word()),
            8 => format!("<kbd>{words}</kbd>"),
            9 => format!("{words}<br>"),
            10 => format!("&lt;{words}&gt; &amp; &#35;"),
            11 => format!("![{hidden}](picture.png)"),
            12 => format!("``{words} ` b``"),
            13 => format!("{words} <!-- {hidden} -->"),
            14 => format!("\\{{{{#include {words}}}}}"),
            _ => words,
        });
    }
    let text = parts.join(" ");
    // Only what starts with an escape or a tag would be another block.
    if text.starts_with(['<', '~', '!']) { format!("{} {text}", pen.word()) } else { text }
}

fn heading(pen: &mut Pen) -> String {
    let words = pen.words();
    match pen.random.below(7) {
        0 => format!("{words}\n==="),
        1 => format!("{words}\n-----"),
        2 => format!("### {words} ###"),
        3 => format!("## {words} {{#{}}}", pen.name()),
        4 => format!("#### `{words}` *{}*", pen.word()),
        5 => format!("  ## {words}"),
        _ => format!("## {words}"),
    }
}

/// A fence of a kind that fits the chapter.
pub(crate) fn code(pen: &mut Pen, place: Place<'_>) -> String {
    if place.guide {
        return pen.shown();
    }
    let body = pen.commands();
    match pen.random.below(4) {
        0 => inside("    ", "    ", &body),
        1 => pen.fence("", &body),
        2 => pen.fence("rust,ignore", "let z = 1;\n"),
        _ => pen.fence("sh", &body),
    }
}

fn list(pen: &mut Pen, place: Place<'_>) -> String {
    let mark = pen.random.pick(&["- ", "* ", "+ ", "1. ", "3) ", "- [ ] "]);
    let blank = " ".repeat(if mark.len() > 3 { 2 } else { mark.len() });
    let tight = pen.random.chance(50);
    let mut items = Vec::new();
    for _ in 0..1 + pen.random.below(3) {
        let mut item = paragraph(pen);
        if pen.random.chance(30) {
            let code = code(pen, place);
            item = if tight { format!("{item}\n{code}") } else { format!("{item}\n\n{code}") };
        }
        if pen.random.chance(20) {
            item.push_str(&format!("\n- {}", pen.word()));
        }
        items.push(inside(mark, &blank, &item));
    }
    items.join(if tight { "\n" } else { "\n\n" })
}

/// Blocks that belong together, with a fence among them more often than not.
fn several(pen: &mut Pen, place: Place<'_>) -> String {
    let mut parts = vec![paragraph(pen)];
    if pen.random.chance(70) {
        let code = if place.guide && pen.random.chance(50) { pen.recipe() } else { code(pen, place) };
        parts.insert(pen.random.below(2), code);
    }
    if pen.random.chance(30) {
        parts.push(paragraph(pen));
    }
    parts.join("\n\n")
}

/// The containers: what comes before the first line of their content, and what before the others.
const CONTAINERS: &[(&str, &str)] = &[
    ("> ", "> "),
    ("- ", "  "),
    ("* ", "  "),
    ("1. ", "   "),
    ("10) ", "    "),
    ("-   ", "    "),
    ("> > ", "> > "),
    ("> - ", ">   "),
    ("- > ", "  > "),
    ("- - ", "    "),
    ("1. - ", "     "),
    ("> 1. > ", ">    > "),
    ("- 2. > ", "     > "),
];

/// `text` in some container.
pub(crate) fn contained(pen: &mut Pen, text: &str) -> String {
    let (first, rest) = CONTAINERS[pen.random.below(CONTAINERS.len())];
    let before = pen.words();
    match pen.random.below(3) {
        0 => format!("{before}\n\n{}", inside(first, rest, text)),
        1 => format!("{}\n{}", inside(first, rest, text), inside(first, rest, &before)),
        _ => inside(first, rest, text),
    }
}

fn table(pen: &mut Pen) -> String {
    let cells: Vec<String> = (0..4).map(|_| pen.words()).collect();
    let rule = pen.random.pick(&["|---|---|", "| :-- | --: |"]);
    let code = pen.word();
    format!("| {} | {} |\n{rule}\n| {} | `{code}` |\n| {} | |", cells[0], cells[1], cells[2], cells[3])
}

/// HTML that shows what stands in it.
fn html(pen: &mut Pen, place: Place<'_>) -> String {
    let words = pen.words();
    match pen.random.below(5) {
        0 => format!("<p>{words}</p>"),
        1 => format!("<a id=\"{}\"></a>\n\n{words}", pen.name()),
        2 => format!("{words} <sub>{}</sub> and <span>{}</span>", pen.word(), pen.word()),
        3 => format!("<table><tr><td>{words}</td></tr></table>"),
        _ => folded(pen, place),
    }
}

fn definition(pen: &mut Pen, place: Place<'_>) -> String {
    let (term, text) = (pen.word(), paragraph(pen));
    let mut content = text;
    if pen.random.chance(40) {
        content = format!("{content}\n\n{}", code(pen, place));
    }
    format!("{term}\n\n{}", inside(": ", "  ", &content))
}

fn comment(pen: &mut Pen) -> String {
    let word = pen.unseen();
    match pen.random.below(4) {
        0 => format!("<!--\n{word}\n\n{word}\n-->"),
        1 => format!("<!-- {word} -->\n\n{}", pen.words()),
        2 => format!("<!--\n```sh recipe=never\necho {word}\n```\n-->"),
        _ => format!("<!-- {word} -->"),
    }
}

fn quoted(pen: &mut Pen) -> String {
    let text = paragraph(pen);
    let kind = pen.random.pick(&["> [!NOTE]\n", "> [!WARNING]\n", "", ""]);
    format!("{kind}{}", inside("> ", "> ", &text))
}

fn folded(pen: &mut Pen, place: Place<'_>) -> String {
    let (name, inner) = (pen.word(), several(pen, place));
    format!("<details>\n<summary>{name}</summary>\n\n{inner}\n\n</details>")
}

fn footnoted(pen: &mut Pen) -> String {
    let (name, before, note) = (pen.name(), pen.words(), pen.words());
    format!("{before}[^{name}]\n\n[^{name}]: {note}")
}

/// What shows how helpers are written.
fn escaped(pen: &mut Pen, place: Place<'_>) -> String {
    let word = pen.word();
    let line = format!("\\{{{{#include {word}.txt}}}}\n");
    if place.guide { pen.fence("text illustrative=how-to-include", &line) } else { pen.fence("text", &line) }
}
