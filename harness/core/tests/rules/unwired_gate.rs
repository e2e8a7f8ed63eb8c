use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("unwired-gate")
}

#[test]
fn every_hole_is_told() {
    let entry = "command = \"mdbook-dogfood\"\nbefore = [\"links\"]\nrenderers = [\"html\"]\nplain = [\"README.md\"]\n";
    let with = |text: &str| {
        let book = format!("[book]\nsrc = \"guides\"\n\n{text}");
        Book::good().with("book.toml", &book).findings()
    };
    let gate = |entry: &str| with(&format!("[preprocessor.dogfood]\n{entry}"));
    assert_eq!(gate(entry), [""; 0]);
    assert_eq!(gate(&entry.replace("command = \"mdbook-dogfood\"\n", "")), [""; 0]);
    assert_eq!(gate(&entry.replace("\"mdbook-dogfood\"", "\"target/debug/mdbook-dogfood --x\"")), [""; 0]);
    let cases = [
        (entry.replace("mdbook-dogfood", "true"), "the command of the gate is not `mdbook-dogfood`"),
        (entry.replace("mdbook-dogfood", "echo mdbook-dogfood"), "the command of the gate is not `mdbook-dogfood`"),
        (entry.replace("mdbook-dogfood", "mdbook-dogfood.sh"), "the command of the gate is not `mdbook-dogfood`"),
        (entry.replace("before = [\"links\"]\n", ""), "the gate does not run before `links`"),
        (entry.replace("[\"links\"]", "[]"), "the gate does not run before `links`"),
        (entry.replace("[\"links\"]", "[\"index\"]"), "the gate does not run before `links`"),
        (format!("{entry}after = [\"index\"]\n"), "the gate runs after `index`"),
        (format!("{entry}optional = true\n"), "the gate is optional"),
        (entry.replace("[\"html\"]", "[]"), "the gate does not run for the output `html`"),
        (format!("{entry}[output.epub]\n"), "the gate does not run for the output `epub`"),
        (
            format!("{entry}[preprocessor.other]\nbefore = [\"dogfood\"]\n"),
            "the preprocessor `other` runs before the gate",
        ),
        (
            format!("{entry}[output.html]\nlive-reload-endpoint = \"x\"\n"),
            "book.toml says where pages listen for changes",
        ),
        (
            format!("{entry}[output]\nhtml.'live-reload-endpoint' = 5\n"),
            "book.toml says where pages listen for changes",
        ),
        (format!("{entry}[build]\nuse-default-preprocessors = false\n"), "mdBook's own preprocessors are switched off"),
    ];
    for (entry, title) in cases {
        let found = gate(&entry);
        assert_eq!(found.len(), 1, "{entry}: {found:#?}");
        assert!(found[0].starts_with("unwired-gate book.toml:") && found[0].ends_with(title), "{entry}: {found:#?}");
    }
    let none = with("");
    assert!(none.contains(&"unwired-gate book.toml:1:1 book.toml does not run the gate".to_owned()), "{none:#?}");
    assert_eq!(gate(&format!("{entry}optional = false\n[output.html]\n[output.linkcheck]\n")), [""; 0]);
}
