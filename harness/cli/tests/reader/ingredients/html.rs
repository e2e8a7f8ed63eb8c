//! Raw HTML around and instead of fences, comments that swallow, the look of evidence, attributes of headings. Pure; touches nothing.

use crate::pen::Pen;

use super::{Ingredient, around_code, into_guide, pass};

pub(super) const INGREDIENTS: &[Ingredient] = &[
    pass("details around a fence", |pen, book| {
        around_code(pen, book, |pen, code| {
            format!("<details>\n<summary>{}</summary>\n\n{code}\n\n</details>", pen.word())
        });
    }),
    pass("honest HTML", |pen, book| {
        let form = pen.random.pick(&[
            "WORD <kbd>WORD</kbd> <sup>WORD</sup> <abbr title=\"NONE\">WORD</abbr>",
            "<p align=\"center\"><img src=\"x.png\" alt=\"NONE\"></p>\n\nWORD",
            "<a name=\"NAME\"></a>\n\nWORD",
            "WORD<br/>WORD <wbr> WORD",
            "<table>\n<tr><th>WORD</th><td>WORD</td></tr>\n</table>",
            "<i class=\"fa fa-check\"></i> WORD",
            "<ul><li>WORD</li><li>WORD</li></ul>",
            "<p>WORD <b>WORD</b> <code>WORD</code></p>",
            "<blockquote>WORD</blockquote>",
            "<hr>\n\nWORD",
        ]);
        into_guide(pen, book, |pen, _| fill(pen, form, ""));
    }),
];

/// Fills words in: `WORD` that a reader sees, `NONE` that none does, `NAME`.
fn fill(pen: &mut Pen, form: &str, first: &str) -> String {
    let mut text = if first.is_empty() { form.to_owned() } else { form.replacen("WORD", first, 1) };
    while text.contains("WORD") {
        text = text.replacen("WORD", &pen.word(), 1);
    }
    while text.contains("NONE") {
        text = text.replacen("NONE", &pen.unseen(), 1);
    }
    let name = pen.name();
    text.replace("NAME", &name)
}
