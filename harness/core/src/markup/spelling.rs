//! Slips of the pen: how far two words are apart, and which known word was probably meant. Pure; touches nothing.

/// Words longer than this are compared with nothing: nobody mistypes `timeout` in a hundred characters.
const LONGEST: usize = 80;

/// How many slips lie between two words: a missing, an extra or another character, or two neighbours in the wrong order.
pub fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, l) in left.iter().enumerate() {
        let mut now = vec![row + 1];
        for (column, r) in right.iter().enumerate() {
            let other = last[column] + usize::from(l != r);
            let mut best = other.min(last[column + 1] + 1).min(now[column] + 1);
            let swapped = row > 0 && column > 0 && *l == right[column - 1] && left[row - 1] == *r;
            if swapped {
                best = best.min(before_last[column - 1] + 1);
            }
            now.push(best);
        }
        before_last = std::mem::replace(&mut last, now);
    }
    last.last().copied().unwrap_or(0)
}

/// The candidate that `word` was probably meant to be: the nearest one, where it is near enough to be a slip.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    if length > LONGEST {
        return None;
    }
    let allowed = (length / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST && *candidate != word)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(apart, candidate)| *apart <= allowed && *apart < candidate.chars().count())
        .min_by_key(|(apart, _)| *apart)
        .map(|(_, candidate)| candidate)
}

/// A half-sentence `; did you mean ...?` for the end of a message, empty where nothing is near.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map_or_else(String::new, |candidate| format!("; did you mean `{candidate}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (left, right, expected) in [
            ("", "", 0),
            ("abc", "abc", 0),
            ("", "abc", 3),
            ("timeot", "timeout", 1),
            ("expcet", "expect", 1),
            ("recip", "recipe", 1),
            ("größe", "grösse", 2),
            ("kitten", "sitting", 3),
            ("ca", "abc", 3),
        ] {
            assert_eq!(distance(left, right), expected, "{left} {right}");
            assert_eq!(distance(right, left), expected, "{right} {left}");
        }
    }

    #[test]
    fn only_near_words_are_suggested() {
        let words = ["recipe", "raises", "rounds", "exit"];
        for (word, expected) in [
            ("recip", Some("recipe")),
            ("reicpe", Some("recipe")),
            ("exti", Some("exit")),
            ("exit", None),
            ("colour", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(nearest(word, words), expected, "{word}");
        }
        assert_eq!(nearest(&"r".repeat(500), words), None);
        assert_eq!(did_you_mean("rounsd", words), "; did you mean `rounds`?");
        assert_eq!(did_you_mean("banana", words), "");
    }
}
