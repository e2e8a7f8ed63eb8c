//! Settings that change what mdBook makes of a text: in book.toml, in the environment, on a fence. Pure; touches nothing.

use super::{Ingredient, into_guide, into_step, occur, pass, stop};

pub(super) const INGREDIENTS: &[Ingredient] = &[
    occur("no definition lists", |pen, book| {
        book.html.push_str("definition-lists = false\n");
        into_guide(pen, book, |pen, _| format!("{}\n\n: {}\n\n      {}", pen.word(), pen.words(), pen.words()));
        book.alone = true;
    }),
    occur("no admonitions", |pen, book| {
        book.html.push_str("admonitions = false\n");
        into_guide(pen, book, |pen, _| format!("> [!NOTE]\n> {}", pen.words()));
        book.alone = true;
    }),
    pass("no typographic quotes", |pen, book| {
        book.html.push_str("smart-punctuation = false\n");
        into_guide(pen, book, |pen, _| format!("\"{}\" -- '{}'...", pen.word(), pen.word()));
        book.alone = true;
    }),
    stop("lines that book.toml hides", |pen, book| {
        book.tables.push_str("\n[output.html.code.hidelines]\nsh = \"~\"\nbash = \"~\"\n");
        let (seen, unseen) = (pen.word(), pen.word());
        into_step(pen, book, &format!("echo {seen}\n~ echo {unseen}\n"));
        book.alone = true;
    }),
    pass("hidden lines of another language", |_, book| {
        book.tables.push_str("\n[output.html.code.hidelines]\nperl = \"~\"\n");
        book.alone = true;
    }),
    stop("lines that the fence hides", |pen, book| {
        let (seen, unseen, name) = (pen.word(), pen.word(), pen.name());
        let info = pen.random.pick(&[
            "sh recipe=NAME hidelines=~",
            "sh hidelines=~ recipe=NAME",
            "sh illustrative=x hidelines=~",
            "text illustrative=x hidelines=~",
        ]);
        let fence = pen.fence(&info.replace("NAME", &name), &format!("echo {seen}\n  ~echo {unseen}\n"));
        book.chapters[0].blocks.push(fence);
    }),
    stop("lines that Rust hides", |pen, book| {
        let (seen, unseen) = (pen.word(), pen.word());
        let info = pen.random.pick(&["rust illustrative=x", "rust illustrative=x editable", "rust file=NAME.rs"]);
        let fence = pen.fence(&info.replace("NAME", &seen), &format!("// {seen}\n# // {unseen}\n"));
        book.chapters[0].blocks.push(fence);
    }),
    pass("Rust", |pen, book| {
        let word = pen.word();
        let fence = pen.fence("rust illustrative=x", &format!("#[test]\nfn {word}() {{}}\n"));
        book.chapters[0].blocks.push(fence);
        if pen.random.chance(50) {
            book.tables.push_str("\n[rust]\nedition = \"2024\"\n");
            book.alone = true;
        }
    }),
    stop("lines that the environment hides", |pen, book| {
        let name = pen.random.pick(&[
            "MDBOOK_OUTPUT__HTML__CODE__HIDELINES__SH",
            "MDBOOK_output__html__code__hidelines__sh",
            "MDBOOK_OUTPUT__HTML__CODE__HIDELINES",
            "MDBOOK_OUTPUT__HTML__CODE",
        ]);
        let value = match name.rsplit("__").next() {
            Some("CODE") => "{\"hidelines\": {\"sh\": \"~\", \"bash\": \"~\"}}",
            Some("HIDELINES") => "{\"sh\": \"~\", \"bash\": \"~\"}",
            _ => "~",
        };
        book.environment.push((name.to_owned(), value.to_owned()));
        let (seen, unseen, recipe) = (pen.word(), pen.word(), pen.name());
        let fence = pen.fence(&format!("sh recipe={recipe}"), &format!("echo {seen}\n~ echo {unseen} || true\n"));
        book.chapters[0].blocks.push(fence);
        book.alone = true;
    }),
    stop("Markdown that the environment changes", |pen, book| {
        let name = pen.random.pick(&["MDBOOK_OUTPUT__HTML__DEFINITION_LISTS", "MDBOOK_OUTPUT__HTML__ADMONITIONS"]);
        book.environment.push((name.to_owned(), "false".to_owned()));
        into_guide(pen, book, |pen, _| {
            format!("{}\n\n: {}\n\n      {}\n\n> [!NOTE]\n> {}", pen.word(), pen.words(), pen.words(), pen.words())
        });
        book.alone = true;
    }),
    stop("a page that the environment names", |pen, book| {
        let word = pen.word();
        book.files.insert("guides/lost.md".to_owned(), format!("# {word}\n"));
        book.environment.push(("MDBOOK_OUTPUT__HTML__INPUT_404".to_owned(), "lost.md".to_owned()));
        book.alone = true;
    }),
    pass("a title by the environment", |_, book| {
        book.environment.push(("MDBOOK_BOOK__TITLE".to_owned(), "Another".to_owned()));
        book.alone = true;
    }),
    pass("other settings", |pen, book| {
        let line = pen.random.pick(&[
            "no-section-label = true",
            "hash-files = true",
            "hash-files = false",
            "git-repository-url = \"https://example.org/x\"",
            "edit-url-template = \"https://example.org/{path}\"",
            "site-url = \"/x/\"",
            "cname = \"example.org\"",
            "default-theme = \"navy\"",
            "mathjax-support = true",
            "sidebar-header-nav = false",
        ]);
        book.html.push_str(&format!("{line}\n"));
        book.tables.push_str(pen.random.pick(&[
            "",
            "\n[output.html.print]\nenable = false\n",
            "\n[output.html.fold]\nenable = true\n",
            "\n[output.html.search]\nenable = false\n",
            "\n[output.html.playground]\neditable = true\n",
            "\n[output.html.playground]\nrunnable = false\n",
        ]));
        book.alone = true;
    }),
];
