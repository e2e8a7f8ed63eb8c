//! H12: an include reaches no hidden place of the checkout.

use crate::project::Project;

fn book(body: &str, kind: &str) -> Project {
    let book = Project::with_guide("g", "```sh recipe=one\ntrue\n```\n")
        .file(".git/config", "[http]\n\textraheader = TOKEN\n")
        .file("guides/.env", "TOKEN\n")
        .file("guides/.well/known.txt", "TOKEN\n");
    book.dogfood("run").code(0);
    match kind {
        "guide" => book.write("guides/g.md", &(book.read("guides/g.md") + "\n" + body)),
        _ => {
            book.write("guides/plain.md", &format!("# Plain\n\n{body}"));
            book.edit("book.toml", "before", "plain = [\"plain.md\"]\nbefore");
            book.write("guides/SUMMARY.md", &(book.read("guides/SUMMARY.md") + "- [plain](plain.md)\n"));
        }
    }
    book
}

#[test]
fn h12_nothing_that_starts_with_a_dot_is_included() {
    for path in ["../.git/config", ".env", "./.env", ".well/known.txt", "../guides/../.git/config:1"] {
        for helper in ["include", "rustdoc_include", "playground"] {
            for kind in ["guide", "plain"] {
                let path = if helper == "playground" { path.trim_end_matches(":1") } else { path };
                let book = book(&format!("{{{{#{helper} {path}}}}}\n"), kind);
                let ran = book.dogfood("check").code(1).says("a part of its path starts with a dot");
                assert!(!ran.err.contains("TOKEN") && !ran.out.contains("TOKEN"), "{}", ran.err);
                book.dogfood("build").code(1).silent_about("TOKEN");
            }
        }
    }
}

#[test]
fn h12_no_link_leads_there_either() {
    use std::os::unix::fs::symlink;
    let book = book("", "plain");
    book.dogfood("check").code(0);
    std::fs::remove_file(book.path("guides/plain.md")).unwrap();
    symlink("../.git/config", book.path("guides/plain.md")).unwrap();
    book.dogfood("check").code(1).says("it is reached through a symbolic link").silent_about("TOKEN");
    book.dogfood("build").code(1).silent_about("TOKEN");
}

#[test]
fn h12_a_plain_page_gets_the_file_that_the_gate_read() {
    use std::os::unix::fs::symlink;
    // By its name `x/../note.txt` is `guides/note.txt`; on the disk it lies beside what the link leads to.
    let book = book("{{#include x/../note.txt}}\n", "plain");
    book.write("guides/note.txt", "what the gate read\n");
    std::fs::create_dir_all(book.path("other/x")).unwrap();
    book.write("other/note.txt", "TOKEN\n");
    symlink("../other/x", book.path("guides/x")).unwrap();
    book.dogfood("check").code(0);
    book.dogfood("build").code(0);
    let html = book.read("book/plain.html");
    assert!(html.contains("what the gate read") && !html.contains("TOKEN"), "{html}");
}

#[test]
fn h12_a_source_that_holds_a_repository_is_not_built() {
    let book = book("", "guide");
    book.edit("book.toml", "src = \"guides\"", "src = \".\"");
    book.write("SUMMARY.md", "# Summary\n\n- [g](guides/g.md)\n");
    book.dogfood("check").code(1).says("error[unsafe-output]: the book's source holds `.git`");
    book.dogfood("build").code(2).says("unsafe-output").silent_about("TOKEN");
    assert!(!book.has("book"));
    book.mdbook("build").says("unsafe-output");
    assert!(!book.has("book/.git"));
}
