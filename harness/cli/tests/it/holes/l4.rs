//! L4: what is inserted into a page stays inside the list items and quotes of its fence.

use crate::project::Project;

/// The text of the page between two words, tags and line breaks as they are.
fn between<'a>(html: &'a str, from: &str, to: &str) -> &'a str {
    let start = html.find(from).unwrap_or_else(|| panic!("{from}: {html}"));
    let end = html[start..].find(to).unwrap_or_else(|| panic!("{to}: {html}"));
    &html[start..start + end]
}

#[test]
fn l4_a_step_stays_in_its_list_items_and_quotes() {
    for (marks, next) in [
        (">- ", ">   "),
        (">-\t", ">    "),
        ("> -\t", ">   "),
        (">1. ", ">    "),
        ("-\t", "\t"),
        ("-   ", "    "),
        ("- >", "  >"),
        ("- >- ", "  >   "),
        (">\t- ", ">     "),
        ("12)\t> ", "    > "),
    ] {
        let body = format!(
            "BEGIN\n\n{marks}```sh recipe=one\n{next}true\n{next}  false || true\n{next}```\n{next}INSIDE\n\nEND\n"
        );
        let book = Project::with_guide("g", &body);
        let plain = Project::with_guide("g", &body).file("book.toml", "[book]\ntitle = \"Test\"\nsrc = \"guides\"\n");
        book.dogfood("run").code(0);
        book.dogfood("build").code(0);
        plain.mdbook("build").code(0);
        let (ours, theirs) = (book.read("book/g.html"), plain.read("book/g.html"));
        let shape = |html: &str| {
            let part = between(html, "BEGIN", "END").to_owned();
            // What we insert is one comment and one element at its own level.
            let part = match part.find("<!---->") {
                Some(at) => {
                    let end = at + part[at..].rfind("</div>").unwrap() + "</div>".len();
                    format!("{}{}", &part[..at], &part[end..])
                }
                None => part,
            };
            part.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(shape(&ours), shape(&theirs), "{body}");
        assert!(between(&ours, "BEGIN", "END").contains("dogfood-evidence"), "{body}");
    }
}
