//! Where two long texts certainly lie beside each other: at lines that stand once in each of them, in the same order (the first half of the
//! patience diff). In time that grows with the lines alone, times a logarithm. Pure; touches nothing.

use std::collections::HashMap;

/// Pairs of lines of `old` and `new`, ascending on both sides: the most that there are.
pub(super) fn anchors(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = {
        let (old, new) = (once(old), once(new));
        old.into_iter().filter_map(|(line, at)| Some((at, *new.get(line)?))).collect()
    };
    pairs.sort_unstable();
    // The longest ascending sequence, by the smallest last pair of each length.
    let mut last: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (number, (_, at)) in pairs.iter().enumerate() {
        let length = last.partition_point(|other| pairs[*other].1 < *at);
        before.push(length.checked_sub(1).map(|length| last[length]));
        if length == last.len() {
            last.push(number);
        } else {
            last[length] = number;
        }
    }
    let mut found = Vec::with_capacity(last.len());
    let mut next = last.last().copied();
    while let Some(number) = next {
        found.push(pairs[number]);
        next = before[number];
    }
    found.reverse();
    found
}

/// The lines that stand once in a text, and where.
fn once<'a>(lines: &[&'a str]) -> HashMap<&'a str, usize> {
    let mut count: HashMap<&str, (usize, usize)> = HashMap::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        count.entry(line).or_insert((at, 0)).1 += 1;
    }
    count.into_iter().filter(|(_, (_, many))| *many == 1).map(|(line, (at, _))| (line, at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_stand_once_in_the_same_order() {
        let lines = |text: &'static str| text.split(' ').collect::<Vec<_>>();
        let check = |old, new, pairs: &[(usize, usize)]| {
            assert_eq!(anchors(&lines(old), &lines(new)), pairs, "{old} | {new}");
        };
        check("a b c", "a b c", &[(0, 0), (1, 1), (2, 2)]);
        check("a x b", "a y b", &[(0, 0), (2, 2)]);
        check("a a b", "a b b", &[]);
        check("a b c d", "d a b c", &[(0, 1), (1, 2), (2, 3)]);
        check("a", "b", &[]);
    }
}
