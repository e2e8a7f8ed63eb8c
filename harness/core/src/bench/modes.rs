//! Whether a list of times has two humps: then no single number says how long it takes. Pure.
//!
//! **The method** is a rule about the widest gap. The times are sorted, and taken by their logarithms, for what slows a thing down multiplies
//! its time. A split is looked for that leaves at least three times, and at least a fifth of them, on each side, and whose gap is half as wide
//! again as the spread of either side and at least 1.2-fold. Two such sides stand further apart than each is wide; whoever sees them drawn says "two".
//!
//! Hartigan's dip test ("The dip test of unimodality", Annals of Statistics 13, 1985) would be the textbook's choice. With the ten or twenty
//! times of a guide it finds next to nothing, and it says that there are two humps but not where. The gap rule misses humps that overlap; those
//! make the interval of the ratio wide, and the verdict "cannot be told". It calls a list of one hump two in far less than one case of a hundred
//! (held by a test).

use super::times::Times;

/// Times on one side, at least.
const FEWEST: usize = 3;

/// How much wider than the spread of a side the gap is.
const WIDER: f64 = 1.5;

/// The narrowest gap, as a ratio.
const NARROWEST: f64 = 1.2;

/// Two humps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Modes {
    /// How many times are in the lower one.
    pub low_count: usize,
    /// Its middle, in seconds.
    pub low: f64,
    /// How many times are in the upper one.
    pub high_count: usize,
    /// Its middle, in seconds.
    pub high: f64,
}

/// The two humps of `times`, if there are two.
pub fn modes(times: &Times) -> Option<Modes> {
    let sorted = times.sorted();
    let least = FEWEST.max(sorted.len().div_ceil(5));
    let splits = least..=sorted.len().checked_sub(least)?;
    let gap = |at: &usize| (sorted[*at] / sorted[*at - 1].max(f64::MIN_POSITIVE)).ln();
    let at = splits.max_by(|one, other| gap(one).total_cmp(&gap(other)))?;
    let (low, high) = sorted.split_at(at);
    let spread = |side: &[f64]| match side {
        [first, .., last] => (last / first.max(f64::MIN_POSITIVE)).ln(),
        _ => 0.0,
    };
    let apart = gap(&at) > (WIDER * spread(low).max(spread(high))).max(NARROWEST.ln());
    let middle = |side: &[f64]| Times::of_seconds(side.iter().copied()).median();
    apart.then(|| Modes { low_count: low.len(), low: middle(low), high_count: high.len(), high: middle(high) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::Random;

    fn of(times: &[f64]) -> Option<(usize, usize)> {
        modes(&Times::of_seconds(times.iter().copied())).map(|modes| (modes.low_count, modes.high_count))
    }

    #[test]
    fn two_humps_are_found_and_one_is_not() {
        // Runs of a real client whose socket waits for an acknowledgement, or not.
        assert_eq!(of(&[5.6, 0.12, 0.12, 0.17, 4.28, 0.16, 4.9]), Some((4, 3)));
        assert_eq!(of(&[1.0, 1.01, 1.02, 1.5, 1.51, 1.52]), Some((3, 3)));
        assert_eq!(of(&[1.0, 1.01, 1.02, 1.1, 1.11, 1.12]), None, "too near to matter");
        assert_eq!(of(&[1.0, 1.0, 1.0, 1.0, 9.0]), None, "one outlier is no hump");
        assert_eq!(of(&[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 9.0, 9.1]), None, "nor are two");
        assert_eq!(of(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]), None);
        assert_eq!(of(&[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]), Some((3, 3)));
        assert_eq!((of(&[]), of(&[1.0]), of(&[1.0; 12])), (None, None, None));
    }

    #[test]
    fn where_the_humps_stand_is_told() {
        let found = modes(&Times::of_seconds([1.0, 1.1, 1.2, 10.0, 11.0, 12.0])).unwrap();
        assert_eq!((found.low, found.high), (1.1, 11.0));
    }

    #[test]
    fn one_hump_is_hardly_ever_called_two() {
        let mut random = Random::new(3);
        let mut uniform = || (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        let mut wrong = 0;
        for round in 0..2_000 {
            // The sum of a few uniform numbers is near enough to a normal one; every second list is an even spread, the hardest case.
            let terms = if round % 2 == 0 { 6 } else { 1 };
            let list: Vec<f64> =
                (0..12).map(|_| 1.0 + (0..terms).map(|_| uniform()).sum::<f64>() / f64::from(terms)).collect();
            wrong += usize::from(of(&list).is_some());
        }
        assert!(wrong <= 10, "{wrong} of 2000");
    }
}
