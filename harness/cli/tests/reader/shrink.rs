//! Makes a book that differs smaller, for people to read. Pure but for the trials.

use crate::book::Book;
use crate::trial::{self, End};

/// The smallest book that can be had by leaving chapters, blocks and lines out of `book` and that still differs.
pub(crate) fn smallest(book: &Book) -> Book {
    let mut best = book.clone();
    loop {
        let smaller = candidates(&best).into_iter().find(differs);
        match smaller {
            Some(smaller) => best = smaller,
            None => return best,
        }
    }
}

fn differs(book: &Book) -> bool {
    matches!(&trial::run(vec![book.clone()])[0].end, End::Passed(found) if !found.is_empty())
}

fn candidates(book: &Book) -> Vec<Book> {
    let mut all = Vec::new();
    for number in (0..book.chapters.len()).rev() {
        let mut smaller = book.clone();
        smaller.chapters.remove(number);
        if !smaller.chapters.is_empty() {
            all.push(smaller);
        }
    }
    for (number, chapter) in book.chapters.iter().enumerate() {
        for block in (0..chapter.blocks.len()).rev() {
            let mut smaller = book.clone();
            smaller.chapters[number].blocks.remove(block);
            all.push(smaller);
        }
    }
    for (number, chapter) in book.chapters.iter().enumerate() {
        for (at, block) in chapter.blocks.iter().enumerate() {
            let lines: Vec<&str> = block.split('\n').collect();
            for line in (0..lines.len()).filter(|_| lines.len() > 1) {
                let mut fewer = lines.clone();
                fewer.remove(line);
                let mut smaller = book.clone();
                smaller.chapters[number].blocks[at] = fewer.join("\n");
                all.push(smaller);
            }
        }
    }
    all
}
