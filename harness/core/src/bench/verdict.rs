//! What a ratio allows to say. Pure.

use std::time::Duration;

use super::modes::{Modes, modes};
use super::ratio::{Ratio, ratio};
use super::times::Times;

/// Times that a verdict needs: of fewer, an interval says nothing.
pub const FEWEST: usize = 5;

/// What may be said of a variant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// It takes less time than the base: the whole interval lies beyond the least effect.
    Faster(Ratio),
    /// It takes more.
    Slower(Ratio),
    /// The whole interval lies within the least effect: whatever difference there is does not count.
    NoDifference(Ratio),
    /// The interval reaches beyond the least effect and does not lie there: nothing may be said, not even that there is no difference.
    TooNoisy(Ratio),
    /// Its times have two humps.
    Bimodal(Modes),
    /// Those of the base have, so there is nothing to hold it against.
    BaseBimodal,
    /// There are too few of them.
    TooFew(usize),
}

/// What `times` say beside those of the `base`, if effects below the ratio `least` do not count.
pub fn verdict(base: &[Duration], times: &[Duration], least: f64) -> Verdict {
    let few = base.len().min(times.len());
    if few < FEWEST {
        return Verdict::TooFew(few);
    }
    if let Some(modes) = modes(&Times::new(times)) {
        return Verdict::Bimodal(modes);
    }
    if modes(&Times::new(base)).is_some() {
        return Verdict::BaseBimodal;
    }
    match ratio(base, times) {
        Some(ratio) => judge(ratio, least),
        None => Verdict::TooFew(0),
    }
}

/// What `ratio` allows to say, if effects below `least` do not count.
pub(super) fn judge(ratio: Ratio, least: f64) -> Verdict {
    match ratio {
        Ratio { high, .. } if high <= 1.0 / least => Verdict::Faster(ratio),
        Ratio { low, .. } if low >= least => Verdict::Slower(ratio),
        Ratio { low, high, .. } if low > 1.0 / least && high < least => Verdict::NoDifference(ratio),
        _ => Verdict::TooNoisy(ratio),
    }
}

impl Verdict {
    /// Whether it is a result: something that another measurement would be expected to give again.
    pub fn is_result(&self) -> bool {
        matches!(self, Self::Faster(_) | Self::Slower(_) | Self::NoDifference(_))
    }

    /// The ratio, where it may be shown.
    pub fn ratio(&self) -> Option<Ratio> {
        match self {
            Self::Faster(ratio) | Self::Slower(ratio) | Self::NoDifference(ratio) | Self::TooNoisy(ratio) => {
                Some(*ratio)
            }
            Self::Bimodal(_) | Self::BaseBimodal | Self::TooFew(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bench::Random;

    fn millis(times: &[u64]) -> Vec<Duration> {
        times.iter().copied().map(Duration::from_millis).collect()
    }

    fn word(base: &[u64], times: &[u64], least: f64) -> &'static str {
        match verdict(&millis(base), &millis(times), least) {
            Verdict::Faster(_) => "faster",
            Verdict::Slower(_) => "slower",
            Verdict::NoDifference(_) => "no difference",
            Verdict::TooNoisy(_) => "too noisy",
            Verdict::Bimodal(_) => "bimodal",
            Verdict::BaseBimodal => "base bimodal",
            Verdict::TooFew(_) => "too few",
        }
    }

    /// Three intervals of one width, on the edge of the band from 1/1.1 to 1.1, within it, and beyond it; and the edges themselves.
    #[test]
    fn an_interval_must_lie_within_the_band_to_show_no_difference() {
        let word = |low: f64, high: f64| match judge(Ratio { value: low.midpoint(high), low, high }, 1.1) {
            Verdict::NoDifference(_) => "no difference",
            Verdict::TooNoisy(_) => "too noisy",
            Verdict::Slower(_) => "slower",
            Verdict::Faster(_) => "faster",
            other => panic!("{other:?}"),
        };
        for (low, high, expected) in [
            (1.0, 1.05, "no difference"),
            (1.06, 1.11, "too noisy"),
            (1.06, 1.25, "too noisy"),
            (1.12, 1.17, "slower"),
            (0.95, 1.0, "no difference"),
            (0.88, 0.93, "too noisy"),
            (0.8, 0.85, "faster"),
            (0.5, 2.0, "too noisy"),
            (1.0, 1.1, "too noisy"),
            (1.1, 1.1, "slower"),
        ] {
            assert_eq!(word(low, high), expected, "{low} to {high}");
        }
    }

    #[test]
    fn every_case_has_its_word() {
        let steady = &[100, 101, 99, 100, 102, 98];
        let humps = &[100, 101, 102, 400, 401, 402];
        let wild = &[100, 300, 150, 220, 90, 190];
        for (base, times, least, expected) in [
            (steady, &[50, 51, 49, 50, 51, 50], 1.1, "faster"),
            (steady, &[200, 201, 199, 200, 202, 198], 1.1, "slower"),
            (steady, &[103, 104, 102, 103, 105, 101], 1.1, "no difference"),
            (steady, &[200, 201, 199, 200, 202, 198], 3.0, "no difference"),
            (steady, wild, 1.1, "too noisy"),
            (steady, humps, 1.1, "bimodal"),
            (humps, steady, 1.1, "base bimodal"),
            (humps, humps, 1.1, "bimodal"),
        ] {
            assert_eq!(word(base, times, least), expected, "{base:?} {times:?} {least}");
        }
        assert_eq!(word(&steady[..4], steady, 1.1), "too few");
        assert_eq!(word(&[], &[], 1.1), "too few");
        assert_eq!(word(&[0; 6], steady, 1.1), "too few", "a base without a time is none");
    }

    /// Two lists of the same thing are hardly ever called different: noise is no result.
    #[test]
    fn noise_is_no_result() {
        let mut random = Random::new(11);
        let mut draw = |spread: u64| -> Vec<Duration> {
            (0..10).map(|_| Duration::from_micros(100_000 + random.next_u64() % spread)).collect()
        };
        for spread in [5_000, 40_000, 300_000] {
            let wrong = (0..200)
                .filter(|_| {
                    matches!(verdict(&draw(spread), &draw(spread), 1.1), Verdict::Faster(_) | Verdict::Slower(_))
                })
                .count();
            assert!(wrong <= 6, "{wrong} of 200 with a spread of {spread}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_result_goes_beyond_the_least_effect(
            base in prop::collection::vec(1_u64..1000, 5..15),
            times in prop::collection::vec(1_u64..1000, 5..15),
            least in 1.01..3.0_f64,
        ) {
            match verdict(&millis(&base), &millis(&times), least) {
                Verdict::Faster(ratio) => prop_assert!(ratio.high <= 1.0 / least),
                Verdict::Slower(ratio) => prop_assert!(ratio.low >= least),
                // Turned around, such an effect is none either.
                Verdict::NoDifference(ratio) => {
                    prop_assert!(ratio.high < least && 1.0 / ratio.low < least, "{:?} {}", ratio, least);
                }
                _ => {}
            }
        }

        #[test]
        fn nothing_is_faster_than_itself(base in prop::collection::vec(1_u64..1000, 5..15)) {
            let base = millis(&base);
            let verdict = verdict(&base, &base, 1.1);
            prop_assert!(matches!(verdict, Verdict::NoDifference(_) | Verdict::Bimodal(_)), "{:?}", verdict);
        }
    }
}
