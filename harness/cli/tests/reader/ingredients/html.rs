//! Raw HTML around and instead of fences, comments that swallow, the look of evidence, attributes of headings. Pure; touches nothing.

use crate::blocks;
use crate::pen::{Pen, inside};

use super::{Ingredient, around_code, into_guide, occur, pass, stop};

pub(super) const INGREDIENTS: &[Ingredient] = &[
    stop("an element that hides a fence", |pen, book| {
        let (open, close) = pair(pen, HIDING);
        around_code(pen, book, |_, code| format!("{open}\n\n{code}\n\n{close}"));
    }),
    stop("an element that hides words", |pen, book| {
        let (open, close) = pair(pen, HIDING);
        into_guide(pen, book, |pen, _| {
            let words = pen.words();
            match pen.random.below(3) {
                0 => format!("{open}{words}{close}"),
                1 => format!("{} {open}{words}{close}", pen.word()),
                _ => format!("{open}\n\n{words}\n\n{close}"),
            }
        });
    }),
    occur("an element around a fence", |pen, book| {
        let (open, close) = pair(pen, SHOWING);
        around_code(pen, book, |pen, code| {
            if pen.random.chance(50) {
                format!("{open}\n\n{code}\n\n{close}")
            } else {
                format!("> {open}\n>\n{}\n>\n> {close}", inside("> ", "> ", &code))
            }
        });
    }),
    pass("details around a fence", |pen, book| {
        around_code(pen, book, |pen, code| {
            format!("<details>\n<summary>{}</summary>\n\n{code}\n\n</details>", pen.word())
        });
    }),
    occur("an element that is left open", |pen, book| {
        let (open, _) = if pen.random.chance(50) { pair(pen, SHOWING) } else { pair(pen, HIDING) };
        around_code(pen, book, |pen, code| match pen.random.below(3) {
            0 => format!("{open}\n\n{code}"),
            1 => format!("- {open}\n\n  {}\n\n{code}", pen.word()),
            _ => format!("{} {open} {}\n\n{code}", pen.word(), pen.word()),
        });
    }),
    occur("an end tag by itself", |pen, book| {
        let (_, close) = if pen.random.chance(50) { pair(pen, SHOWING) } else { pair(pen, HIDING) };
        let close = pen
            .random
            .pick(&[close, "</main>", "</body>", "</div></div></div>", "</p>", "</pre>", "</template>"])
            .to_owned();
        around_code(pen, book, |_, code| format!("{close}\n\n{code}"));
    }),
    stop("code by HTML", |pen, book| {
        into_guide(pen, book, |pen, _| {
            let word = pen.word();
            let form = pen.random.pick(&[
                "<pre><code class=\"language-sh\">echo WORD</code></pre>",
                "<pre>echo WORD</pre>",
                "<PRE>\necho WORD\n</PRE>",
                "- <pre>echo WORD</pre>",
                "> <pre><code>echo WORD</code></pre>",
                "WORD <pre>echo WORD</pre>",
                "<div><pre>echo WORD</pre></div>",
                "<pre\n>echo WORD</pre>",
                "<details><summary>WORD</summary><pre>echo WORD</pre></details>",
                "<pre>\n\n```sh illustrative=x\necho WORD\n```\n\n</pre>",
                "<xmp>echo WORD</xmp>",
                "<listing>echo WORD</listing>",
                "<plaintext>echo WORD",
                "<table><tr><td><pre>echo WORD</pre></td></tr></table>",
                "| a |\n|---|\n| <pre>echo WORD</pre> |",
                "## a <pre>echo WORD</pre>",
                "<svg><foreignObject><pre>echo WORD</pre></foreignObject></svg>",
            ]);
            fill(pen, form, &word)
        });
    }),
    stop("a heading by HTML", |pen, book| {
        into_guide(pen, book, |pen, _| {
            let word = pen.word();
            let form = pen.random.pick(&[
                "<h2>WORD</h2>",
                "<H3>\nWORD\n</H3>",
                "WORD <h2>WORD</h2>",
                "- <h2 id=\"x\">WORD</h2>",
                "<h1>\n\nWORD\n\n</h1>",
            ]);
            fill(pen, form, &word)
        });
    }),
    occur("a comment that ends early", |pen, book| {
        let form = pen.random.pick(&[
            "<!--> WORD -->",
            "<!---> WORD -->",
            "<!-- NONE --!> WORD -->",
            "<!-- NONE --!>\nCODE\n-->",
            "<!-->\n\nCODE\n\n<!-- NONE -->",
            "<? NONE > WORD ?>",
            "<?NONE>\nCODE\n?>",
            "<!NONE NONE> WORD",
            "<![CDATA[ NONE > WORD ]]>",
            "<![CDATA[\nCODE\n]]>",
            "WORD <!-- NONE --!> WORD -->",
            "WORD <?NONE > WORD ?>",
            "WORD <![CDATA[NONE > WORD]]>",
        ]);
        around_code(pen, book, |pen, code| fill(pen, &form.replace("CODE", &code), ""));
    }),
    occur("a comment that ends late", |pen, book| {
        let form = pen.random.pick(&[
            "<!--",
            "<!-- NONE",
            "- <!--",
            "> <!-- NONE",
            "WORD <!--",
            "<!-- NONE ->",
            "<!-- NONE -- >",
        ]);
        around_code(pen, book, |pen, code| {
            let end = pen.random.pick(&["", "\n\n-->"]);
            fill(pen, &format!("{form}\n\n{code}{end}"), "")
        });
    }),
    stop("the look of evidence", |pen, book| {
        let form = pen.random.pick(&[
            "<div class=\"dogfood-evidence\"><p>Verified on WORD</p></div>",
            "<div class='x dogfood-evidence'>\n\nVerified WORD\n\n</div>",
            "WORD <span class=dogfood-shown>WORD</span>",
            "<details class=\"dogfood-shown\"><summary>Verified WORD</summary></details>",
            "<p CLASS=\"DOGFOOD-evidence dogfood-file\">File WORD</p>",
            "<div class=\"&#100;ogfood-evidence\">Verified WORD</div>",
            "<div class=\"\ndogfood-evidence\n\">Verified WORD</div>",
            "## WORD {.dogfood-evidence}",
            "<p data-dogfood-stamp=\"9\">WORD</p>",
        ]);
        into_guide(pen, book, |pen, _| fill(pen, form, ""));
    }),
    stop("a style that hides evidence", |pen, book| {
        let form = pen.random.pick(&[
            "<style>.dogfood-not-verified{display:none}</style>\n\nWORD",
            "<style>\n[class^=dog]{display:none}\n</style>\n\nWORD",
            "WORD <style>pre{display:none}</style>",
            "<style>p::before{content:\"Verified\"}</style>",
            "<link rel=\"stylesheet\" href=\"evil.css\">\n\nWORD",
        ]);
        into_guide(pen, book, |pen, _| fill(pen, form, ""));
    }),
    stop("a heading with attributes that hide it", |pen, book| {
        let form = pen.random.pick(&[
            "## WORD {.hidden}",
            "## WORD {hidden}",
            "# WORD {style=display:none}",
            "WORD {hidden}\n---",
            "> ### WORD {#x .hidden}",
        ]);
        into_guide(pen, book, |pen, _| fill(pen, form, ""));
    }),
    pass("a heading with attributes", |pen, book| {
        let form = pen.random.pick(&[
            "## WORD {#NAME}",
            "## WORD {.wide}",
            "## WORD {#NAME .a .b key=value}",
            "WORD { #NAME }\n---",
        ]);
        into_guide(pen, book, |pen, _| fill(pen, form, ""));
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
    occur("inline code by HTML", |pen, book| {
        let form = pen.random.pick(&[
            "WORD <code>WORD</code>",
            "WORD <code class=\"language-python hidelines=#\"># WORD</code>",
            "<p><code class=\"x hidelines=z\">WORD</code></p>",
            "WORD <code class=\"language-rust\"># WORD</code>",
            "WORD <code hidden>WORD</code>",
        ]);
        into_guide(pen, book, |pen, _| fill(pen, form, ""));
    }),
    occur("HTML that swallows what follows", |pen, book| {
        let form = pen.random.pick(&[
            "<textarea>",
            "<select>",
            "<button>",
            "<table>",
            "<table><tr>",
            "<svg>",
            "<math>",
            "<iframe>",
            "<xmp>",
            "<plaintext>",
            "<noscript>",
            "<title>",
            "<frameset>",
            "<a href=\"x\">",
            "<object>",
            "<option>",
            "<p",
            "<div title=\"",
            "<script>",
            "<style>",
            "<template>",
            "<noembed>",
            "<noframes>",
            "<form>",
            "<ul>",
            "<dl>",
            "<h2>",
            "<pre>",
            "<b>",
            "<body hidden>",
            "<html hidden>",
            "<head>",
            "<base href=\"x\">",
        ]);
        around_code(pen, book, |pen, code| {
            let words = blocks::paragraph(pen);
            format!("{form}\n\n{words}\n\n{code}")
        });
    }),
];

/// Elements of which a reader does not see the content.
const HIDING: &[(&str, &str)] = &[
    ("<div hidden>", "</div>"),
    ("<div HIDDEN=\"\">", "</div>"),
    ("<div style=\"display:none\">", "</div>"),
    ("<div style=\"visibility: hidden\">", "</div>"),
    ("<div style='DISPLAY : NONE'>", "</div>"),
    ("<div class=\"hidden\">", "</div>"),
    ("<span hidden>", "</span>"),
    ("<section hidden=\"until-found\">", "</section>"),
    ("<template>", "</template>"),
    ("<noscript>", "</noscript>"),
    ("<dialog>", "</dialog>"),
    ("<datalist>", "</datalist>"),
    ("<object>", "</object>"),
    ("<video>", "</video>"),
    ("<audio>", "</audio>"),
    ("<canvas>", "</canvas>"),
    ("<details hidden>", "</details>"),
    ("<p hidden>", "</p>"),
    ("<div><div hidden>", "</div></div>"),
    ("<x-y hidden>", "</x-y>"),
    ("<ul hidden>", "</ul>"),
];

/// Elements that show their content, in one way or another.
const SHOWING: &[(&str, &str)] = &[
    ("<div>", "</div>"),
    ("<div class=\"warning\">", "</div>"),
    ("<section>", "</section>"),
    ("<center>", "</center>"),
    ("<b>", "</b>"),
    ("<table><tr><td>", "</td></tr></table>"),
    ("<ul><li>", "</li></ul>"),
    ("<a href=\"x\">", "</a>"),
    ("<h2>", "</h2>"),
    ("<button>", "</button>"),
    ("<blockquote>", "</blockquote>"),
    ("<form>", "</form>"),
    ("<p>", "</p>"),
    ("<span>", "</span>"),
];

fn pair(pen: &mut Pen, all: &[(&'static str, &'static str)]) -> (&'static str, &'static str) {
    all[pen.random.below(all.len())]
}

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
