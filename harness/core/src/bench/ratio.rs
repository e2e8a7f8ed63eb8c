//! The ratio of two lists of times, and what chance makes of it. Pure.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use super::random::Random;
use super::times::Times;

/// How often rounds are drawn anew.
const DRAWS: usize = 2_000;

/// Where the numbers of chance begin.
const SEED: u64 = 0x646f_6766_6f6f_6400;

/// A ratio of medians with the interval that holds it in 95 of 100 cases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// The ratio.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The median of `times` over that of `base`. The interval is a percentile bootstrap (Efron, "Bootstrap methods: another look at the jackknife",
/// 1979). Where both were measured in the same rounds, rounds are drawn, so that what slowed a whole round down falls out; else each list by itself.
/// Nothing of no times, or of a base that took none.
pub fn ratio(base: &[Duration], times: &[Duration]) -> Option<Ratio> {
    let key = (base.to_vec(), times.to_vec());
    if let Some(known) = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return *known;
    }
    let ratio = resampled(base, times);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= MOST_KNOWN {
        known.clear();
    }
    known.insert(key, ratio);
    ratio
}

/// Both lists of a ratio.
type Samples = (Vec<Duration>, Vec<Duration>);

/// What was worked out before: the same samples give the same ratio, several pieces of a book ask for it, and drawing thousands of times takes
/// longer than the rest of the gate.
static KNOWN: LazyLock<Mutex<BTreeMap<Samples, Option<Ratio>>>> = LazyLock::new(Mutex::default);

/// How many are kept.
const MOST_KNOWN: usize = 4_096;

fn resampled(base: &[Duration], times: &[Duration]) -> Option<Ratio> {
    let (base, times) = (Urn::of(base)?, Urn::of(times)?);
    let value = times.median / base.median;
    if !value.is_finite() {
        return None;
    }
    let mut random = Random::new(SEED);
    let paired = base.ranks.len() == times.ranks.len();
    let (mut rounds, mut others) = (vec![0; base.ranks.len()], vec![0; times.ranks.len()]);
    let mut draws: Vec<f64> = (0..DRAWS)
        .map(|_| {
            rounds.fill_with(|| random.below(base.ranks.len()));
            if !paired {
                others.fill_with(|| random.below(times.ranks.len()));
            }
            times.drawn(if paired { &rounds } else { &others }) / base.drawn(&rounds)
        })
        .filter(|ratio| !ratio.is_nan())
        .collect();
    draws.sort_unstable_by(f64::total_cmp);
    let at = |p: f64| {
        let place = p * f64::from(u32::try_from(draws.len().saturating_sub(1)).unwrap_or(u32::MAX));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 0 and the last")]
        let place = place.round() as usize;
        draws.get(place).copied().unwrap_or(value)
    };
    // Of few rounds, what is drawn need not hold what was measured.
    Some(Ratio { value, low: at(0.025).min(value), high: at(0.975).max(value) })
}

/// Times to draw from. Medians of draws come from counting ranks, which needs no sorting.
struct Urn {
    sorted: Vec<f64>,
    /// The place of each time, in the order of the rounds, among the sorted ones.
    ranks: Vec<usize>,
    median: f64,
}

impl Urn {
    fn of(samples: &[Duration]) -> Option<Self> {
        let times = Times::new(samples);
        let mut order: Vec<usize> = (0..samples.len()).collect();
        order.sort_by_key(|at| samples[*at]);
        let mut ranks = vec![0; samples.len()];
        order.iter().enumerate().for_each(|(rank, at)| ranks[*at] = rank);
        (!samples.is_empty()).then(|| Self { median: times.median(), sorted: times.sorted().to_vec(), ranks })
    }

    /// The median of the times of `rounds`, which may name one several times.
    fn drawn(&self, rounds: &[usize]) -> f64 {
        let mut counts = vec![0_usize; self.sorted.len()];
        rounds.iter().for_each(|round| counts[self.ranks[*round]] += 1);
        let nth = |nth: usize| {
            let mut seen = 0;
            let found = counts.iter().position(|count| {
                seen += count;
                seen > nth
            });
            found.map_or(0.0, |rank| self.sorted[rank])
        };
        let many = rounds.len();
        let (low, high) = (nth((many.saturating_sub(1)) / 2), nth(many / 2));
        low + (high - low) * 0.5
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn millis(times: &[u64]) -> Vec<Duration> {
        times.iter().copied().map(Duration::from_millis).collect()
    }

    #[test]
    fn a_known_ratio_comes_out_with_a_narrow_interval() {
        let base = millis(&[100, 101, 99, 100, 102, 100, 98, 100]);
        let times = millis(&[200, 203, 199, 201, 202, 200, 198, 199]);
        let ratio = ratio(&base, &times).unwrap();
        assert_eq!(ratio.value, 2.0);
        assert!(ratio.low > 1.95 && ratio.high < 2.05, "{ratio:?}");
    }

    #[test]
    fn what_slows_whole_rounds_down_falls_out() {
        let base = millis(&[100, 500, 100, 500, 100, 500, 100, 500, 300]);
        let times: Vec<Duration> = base.iter().map(|time| *time * 2).collect();
        let found = ratio(&base, &times).unwrap();
        assert_eq!((found.low, found.value, found.high), (2.0, 2.0, 2.0));
        let apart = ratio(&base, &times[..8]).unwrap();
        assert!(apart.high / apart.low > 2.0, "without common rounds it cannot fall out: {apart:?}");
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert_eq!(ratio(&[], &millis(&[1])), None);
        assert_eq!(ratio(&millis(&[1]), &[]), None);
        assert_eq!(ratio(&millis(&[0, 0]), &millis(&[1, 1])), None);
        assert_eq!(ratio(&millis(&[1]), &millis(&[0])).unwrap().value, 0.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn the_same_samples_give_the_same_bits_and_an_interval_around_the_ratio(
            base in prop::collection::vec(1_u64..100_000, 1..20),
            times in prop::collection::vec(0_u64..100_000, 1..20),
        ) {
            let (base, times) = (millis(&base), millis(&times));
            let one = ratio(&base, &times).unwrap();
            prop_assert_eq!(Some(one), ratio(&base, &times));
            prop_assert!(one.low <= one.value && one.value <= one.high && one.low >= 0.0);
        }

        #[test]
        fn counting_ranks_gives_the_median(
            times in prop::collection::vec(0_u64..50, 1..20),
            draw in prop::collection::vec(any::<prop::sample::Index>(), 1..20),
        ) {
            let rounds: Vec<usize> = draw.iter().map(|index| index.index(times.len())).collect();
            let drawn = Times::new(&millis(&rounds.iter().map(|round| times[*round]).collect::<Vec<_>>()));
            let counted = Urn::of(&millis(&times)).unwrap().drawn(&rounds);
            prop_assert!((counted - drawn.median()).abs() < 1e-12);
        }

        #[test]
        fn a_thing_is_as_fast_as_itself(base in prop::collection::vec(1_u64..100_000, 1..20)) {
            let base = millis(&base);
            prop_assert_eq!(ratio(&base, &base), Some(Ratio { value: 1.0, low: 1.0, high: 1.0 }));
        }
    }
}
