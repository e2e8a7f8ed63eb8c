//! A block between paragraphs: tables with captions and scoped heads, folded ones in `<details>`. Pure; touches nothing.

use std::fmt::Write as _;

use dogfood_core::evidence::{Block, Cell, Group, Mark, Run, Table};

use crate::escape::html as escaped;

/// The HTML of a block, on one line.
pub(super) fn html(block: &Block) -> String {
    let mut out = format!("<div class=\"dogfood-piece dogfood-{}\">", escaped(block.kind));
    block.open.iter().for_each(|table| self::table(table, &mut out));
    if let Some(fold) = &block.folded {
        let _ = write!(out, "<details><summary>{}</summary>", escaped(&fold.summary));
        table(&fold.table, &mut out);
        out.push_str("</details>");
    }
    for note in &block.notes {
        out.push_str("<p>");
        runs(note, &mut out);
        out.push_str("</p>");
    }
    out.push_str("</div>");
    out
}

/// What stands where nothing can be shown.
pub(super) fn missing() -> String {
    "<div class=\"dogfood-piece dogfood-not-verified\"><p>Not verified here: what stood in this place has no evidence.</p></div>"
        .to_owned()
}

/// A table that scrolls by itself on narrow screens (`table-wrapper` is mdBook's own class).
fn table(table: &Table, out: &mut String) {
    out.push_str("<div class=\"table-wrapper\"><table><caption>");
    runs(&table.caption, out);
    out.push_str("</caption><thead><tr>");
    table.head.iter().for_each(|head| cell("th scope=\"col\"", head, out));
    out.push_str("</tr></thead>");
    table.groups.iter().for_each(|group| body(group, table.head.len(), out));
    out.push_str("</table></div>");
}

fn body(group: &Group, columns: usize, out: &mut String) {
    out.push_str("<tbody>");
    if !group.title.is_empty() {
        // Writing to a String cannot fail.
        let _ = write!(out, "<tr><th scope=\"rowgroup\" colspan=\"{columns}\">");
        runs(&group.title, out);
        out.push_str("</th></tr>");
    }
    for row in &group.rows {
        out.push_str("<tr>");
        cell("th scope=\"row\"", &row.head, out);
        row.cells.iter().for_each(|other| cell("td", other, out));
        out.push_str("</tr>");
    }
    out.push_str("</tbody>");
}

fn cell(element: &str, cell: &Cell, out: &mut String) {
    let name = element.split(' ').next().unwrap_or(element);
    match cell.mark {
        Some(mark) => {
            let _ = write!(out, "<{element} class=\"dogfood-{}\">", mark.class());
            sign(mark, out);
        }
        None => {
            let _ = write!(out, "<{element}>");
        }
    }
    runs(&cell.runs, out);
    let _ = write!(out, "</{name}>");
}

/// The words beside it say the same, so a screen reader passes it over.
fn sign(mark: Mark, out: &mut String) {
    let _ = write!(out, "<span class=\"dogfood-sign\" aria-hidden=\"true\">{}</span> ", mark.sign());
}

fn runs(runs: &[Run], out: &mut String) {
    for run in runs {
        let _ = match run {
            Run::Words(text) => write!(out, "{}", escaped(text)),
            Run::Code(text) => write!(out, "<code class=\"nohighlight\">{}</code>", escaped(text)),
            Run::Day(moment) => {
                let day = moment.get(..10).unwrap_or(moment);
                write!(out, "<time datetime=\"{}\">{}</time>", escaped(moment), escaped(day))
            }
            Run::Link { to, text } => write!(out, "<a href=\"{}\">{}</a>", escaped(to), escaped(text)),
            Run::Break => write!(out, "<br>"),
        };
    }
}

#[cfg(test)]
mod tests {
    use dogfood_core::evidence::{Fold, Row};

    use super::*;

    fn sample(value: &str) -> Block {
        let head = vec![Cell::words("Observed"), Cell::code(value)];
        let rows = vec![Row {
            head: Cell { mark: Some(Mark::Differs), runs: vec![Run::Code(value.to_owned())] },
            cells: vec![Cell::code(value).and([Run::Break, Run::Day("2026-11-20T06:07:08Z".to_owned())])],
        }];
        let link = Run::Link { to: "b.md#x".to_owned(), text: value.to_owned() };
        let groups = vec![Group { title: vec![link], rows }];
        let table = Table { caption: vec![Run::words("What "), Run::words(value)], head, groups };
        let folded = Some(Fold { summary: value.to_owned(), table: Table::default() });
        Block { kind: "divergence", open: vec![table], folded, notes: vec![vec![Run::words(value)]] }
    }

    #[test]
    fn a_table_has_caption_scopes_and_marks_in_words_and_signs() {
        insta::assert_snapshot!(html(&sample("v")).replace("><", ">\n<"), @r#"
        <div class="dogfood-piece dogfood-divergence">
        <div class="table-wrapper">
        <table>
        <caption>What v</caption>
        <thead>
        <tr>
        <th scope="col">Observed</th>
        <th scope="col">
        <code class="nohighlight">v</code>
        </th>
        </tr>
        </thead>
        <tbody>
        <tr>
        <th scope="rowgroup" colspan="2">
        <a href="b.md#x">v</a>
        </th>
        </tr>
        <tr>
        <th scope="row" class="dogfood-differs">
        <span class="dogfood-sign" aria-hidden="true">≠</span> <code class="nohighlight">v</code>
        </th>
        <td>
        <code class="nohighlight">v</code>
        <br>
        <time datetime="2026-11-20T06:07:08Z">2026-11-20</time>
        </td>
        </tr>
        </tbody>
        </table>
        </div>
        <details>
        <summary>v</summary>
        <div class="table-wrapper">
        <table>
        <caption>
        </caption>
        <thead>
        <tr>
        </tr>
        </thead>
        </table>
        </div>
        </details>
        <p>v</p>
        </div>
        "#);
    }

    #[test]
    fn hostile_texts_stay_on_one_line_of_text() {
        let html = html(&sample("{{#include ../../x}}\n\n</td><script>`\x1b[31m\\"));
        assert!(!html.contains(['\n', '{', '`', '\\', '\x1b']) && !html.contains("<script>"), "{html}");
        assert!(html.starts_with("<div ") && missing().starts_with("<div "));
    }
}
