//! What the gate read is what the reader sees: thousands of generated books, each judged by the gate as `mdbook-dogfood` judges it. Of those
//! that pass, mdBook's own `links`, `index` and HTML renderer make pages out of what the gate handed on, and a browser's parser reads them:
//! no file read, no block of code, no heading, no text on a page, hidden or gone, that the gate did not judge. Prints its counts.
//!
//! `DOGFOOD_READER_SEED=N` looks at one book and prints it; `DOGFOOD_READER_BOOKS=N` looks at another number of books;
//! `DOGFOOD_READER_ONLY=NAME` puts one ingredient into each.

#![allow(clippy::panic, reason = "a test stops where its own set-up is wrong")]

mod blocks;
mod book;
mod compare;
mod count;
mod evidence;
mod gate;
mod generate;
mod ingredients;
mod page;
mod pen;
mod random;
mod render;
mod shrink;
mod trial;

use std::io::{self, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use self::count::Counts;

/// How many books.
const BOOKS: u64 = 10_000;

/// How many are rendered in one go.
const TOGETHER: u64 = 40;

#[test]
fn a_reader_sees_what_the_gate_read() {
    quiet_about_mdbook();
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let number = |name: &str| variable(name).map(|value| value.parse::<u64>().expect("a number"));
    let only = variable("DOGFOOD_READER_ONLY").map(|name| {
        ingredients::all().find(|one| one.name == name).unwrap_or_else(|| panic!("no ingredient is called {name}"))
    });
    if let Some(seed) = number("DOGFOOD_READER_SEED") {
        return trial::explain(&generate::book(seed, only));
    }
    let books = number("DOGFOOD_READER_BOOKS").unwrap_or(BOOKS);
    let (next, counts) = (AtomicU64::new(0), Mutex::new(Counts::default()));
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let first = next.fetch_add(TOGETHER, Ordering::Relaxed);
                    if first >= books {
                        break;
                    }
                    let seeds = first..books.min(first + TOGETHER);
                    let results = trial::run(seeds.map(|seed| generate::book(seed, only)).collect());
                    let mut counts = counts.lock().expect("no worker panicked");
                    results.into_iter().for_each(|result| counts.add(result));
                }
            });
        }
    });
    let counts = counts.into_inner().expect("no worker panicked");
    counts.report();
    if only.is_none() && books >= BOOKS {
        counts.holds();
    }
}

/// Says a line past the capture of the test runner: the counts are the point of this test, also when it passes.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// mdBook panics on some HTML; such a book does not get built, and a thousand backtraces would hide what matters.
fn quiet_about_mdbook() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let from_mdbook = panic.location().is_some_and(|place| place.file().contains("mdbook"));
        if !from_mdbook {
            usual(panic);
        }
    }));
}
