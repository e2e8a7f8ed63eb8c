//! The floor for measurements: the gate over the whole book, as `mdbook-dogfood` asks it, and then the chapters as they are, less their
//! front matter. What a build with the real preprocessor takes longer is what showing the evidence costs, here and in mdBook.

use std::error::Error;
use std::io::{self, Write};

use dogfood_core::date::Date;
use dogfood_core::gate;
use mdbook_dogfood::{preprocess, protocol};

fn main() -> Result<(), Box<dyn Error>> {
    if std::env::args().len() > 1 {
        return Ok(()); // `supports html`
    }
    let (context, mut book) = protocol::read(io::stdin().lock())?;
    let inputs = preprocess::load(&context.root, Date::from_unix(0))?;
    let report = gate::check(&inputs);
    if report.counts.errors > 0 {
        return Err(format!("{} findings", report.counts.errors).into());
    }
    book.for_each_chapter_mut(|chapter| {
        let body = chapter.content.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
        if let Some((_, body)) = body {
            chapter.content = body.to_owned();
        }
    });
    let mut out = io::BufWriter::new(io::stdout().lock());
    serde_json::to_writer(&mut out, &book)?;
    out.flush()?;
    Ok(())
}
