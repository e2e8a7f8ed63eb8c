//! The ratio of two lists of times, and what chance makes of it. Pure.

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
    let of = |base: &[f64], times: &[f64]| {
        let list = |seconds: &[f64]| Times::of_seconds(seconds.iter().copied()).median();
        list(times) / list(base)
    };
    let seconds = |samples: &[Duration]| samples.iter().map(Duration::as_secs_f64).collect::<Vec<f64>>();
    let (base, times) = (seconds(base), seconds(times));
    let value = of(&base, &times);
    if base.is_empty() || times.is_empty() || !value.is_finite() {
        return None;
    }
    let mut random = Random::new(SEED);
    let paired = base.len() == times.len();
    let mut draws: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let rounds: Vec<usize> = base.iter().map(|_| random.below(base.len())).collect();
            let own = if paired { rounds.clone() } else { times.iter().map(|_| random.below(times.len())).collect() };
            of(&take(&base, &rounds), &take(&times, &own))
        })
        .filter(|ratio| !ratio.is_nan())
        .collect();
    draws.sort_by(f64::total_cmp);
    let at = |p: f64| {
        let place = p * f64::from(u32::try_from(draws.len().saturating_sub(1)).unwrap_or(u32::MAX));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 0 and the last")]
        let place = place.round() as usize;
        draws.get(place).copied().unwrap_or(value)
    };
    // Of few rounds, what is drawn need not hold what was measured.
    Some(Ratio { value, low: at(0.025).min(value), high: at(0.975).max(value) })
}

fn take(seconds: &[f64], places: &[usize]) -> Vec<f64> {
    places.iter().map(|place| seconds[*place]).collect()
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
        fn a_thing_is_as_fast_as_itself(base in prop::collection::vec(1_u64..100_000, 1..20)) {
            let base = millis(&base);
            prop_assert_eq!(ratio(&base, &base), Some(Ratio { value: 1.0, low: 1.0, high: 1.0 }));
        }
    }
}
