//! Writes a book for measurements: `generate_book FOLDER --steps N` (one guide, one recipe of N shell steps) or
//! `generate_book FOLDER --chapters N --recipes M`. The recipes are real; their traces come from a real `dogfood run`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let folder =
        PathBuf::from(arguments.next().ok_or_else(|| io::Error::other("usage: generate_book FOLDER --steps N"))?);
    let (mut steps, mut chapters, mut recipes) = (0, 1, 10);
    while let (Some(name), Some(value)) = (arguments.next(), arguments.next()) {
        let value: usize = value.parse().map_err(io::Error::other)?;
        match name.as_str() {
            "--steps" => steps = value,
            "--chapters" => chapters = value,
            "--recipes" => recipes = value,
            other => return Err(io::Error::other(format!("unknown option {other}"))),
        }
    }
    if steps > 0 {
        let fences = (1..=steps).map(|n| step("all", &format!("echo block-{n} | tr a-z A-Z"), &format!("BLOCK-{n}")));
        write_book(&folder, &[guide("steps", &fences.collect::<String>())])
    } else {
        let guides: Vec<_> = (1..=chapters).map(|chapter| chapter_of(chapter, recipes)).collect();
        write_book(&folder, &guides)
    }
}

fn chapter_of(chapter: usize, recipes: usize) -> (String, String) {
    let mut text = String::new();
    for recipe in 1..=recipes {
        let words = format!("chapter {chapter}, recipe {recipe}");
        let _ = write!(
            text,
            "### Recipe {recipe}\n\nSome words about {words}, as a guide has them, with `code` and a list:\n\n- one\n- two\n\n"
        );
        text += &step(&format!("recipe-{recipe}"), &format!("echo '{words}'"), &words);
    }
    guide(&format!("chapter-{chapter}"), &text)
}

fn step(recipe: &str, command: &str, output: &str) -> String {
    format!("```sh recipe={recipe}\n{command}\n```\n\n```text expect\n{output}\n```\n\n")
}

fn guide(id: &str, recipes: &str) -> (String, String) {
    let head = format!("---\nguide: {id}\nkind: sidebar\ntargets: [none]\n---\n\n# {id}\n\n");
    (id.to_owned(), head + recipes)
}

fn write_book(folder: &Path, guides: &[(String, String)]) -> io::Result<()> {
    let source = folder.join("guides");
    fs::create_dir_all(&source)?;
    let mut summary = "# Summary\n\n".to_owned();
    for (id, text) in guides {
        let _ = writeln!(summary, "- [{id}]({id}.md)");
        fs::write(source.join(format!("{id}.md")), text)?;
    }
    fs::write(source.join("SUMMARY.md"), summary)?;
    let gate = "[preprocessor.dogfood]\ncommand = \"mdbook-dogfood\"\nbefore = [\"links\"]\nrenderers = [\"html\"]\n";
    fs::write(folder.join("book.toml"), format!("[book]\ntitle = \"measured\"\nsrc = \"guides\"\n\n{gate}"))
}
