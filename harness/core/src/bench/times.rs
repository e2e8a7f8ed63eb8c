//! Numbers about one list of times. Pure.

use std::time::Duration;

/// Times in seconds, sorted.
#[derive(Clone, Debug, PartialEq)]
pub struct Times(Vec<f64>);

impl Times {
    /// Of what was measured.
    pub fn new(samples: &[Duration]) -> Self {
        Self::of_seconds(samples.iter().map(Duration::as_secs_f64))
    }

    /// Of seconds; what is no number is left out.
    pub fn of_seconds(seconds: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = seconds.into_iter().filter(|seconds| seconds.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        Self(sorted)
    }

    /// From the shortest to the longest.
    pub fn sorted(&self) -> &[f64] {
        &self.0
    }

    /// The value below which the share `p` of the times lies, interpolated between neighbours (type 7 of Hyndman and Fan, "Sample quantiles in
    /// statistical packages", 1996, which R, NumPy and criterion take); 0 of no times.
    pub fn quantile(&self, p: f64) -> f64 {
        let Some(last) = self.0.len().checked_sub(1) else { return 0.0 };
        #[expect(clippy::cast_precision_loss, reason = "nobody runs 2^52 rounds")]
        let place = last as f64 * p.clamp(0.0, 1.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 0 and `last`")]
        let below = (place.floor() as usize).min(last);
        let (low, high) = (self.0[below], self.0[(below + 1).min(last)]);
        low + (high - low) * (place - place.floor())
    }

    /// The middle one.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// How many times lie beyond Tukey's inner fences: further from the quartiles than 1.5 times their distance ("Exploratory Data Analysis", 1977).
    /// They are told, and they stay: a server that stalls once in ten times does so to its users too.
    pub fn outliers(&self) -> usize {
        let (low, high) = (self.quantile(0.25), self.quantile(0.75));
        let reach = 1.5 * (high - low);
        self.0.iter().filter(|time| **time < low - reach || **time > high + reach).count()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quantiles_are_those_of_other_programs() {
        let times = Times::of_seconds([4.0, 1.0, 3.0, 2.0]);
        let quantiles = [0.0, 0.25, 0.5, 0.75, 1.0].map(|p| times.quantile(p));
        assert_eq!(quantiles, [1.0, 1.75, 2.5, 3.25, 4.0]);
        assert_eq!(Times::of_seconds([7.0]).median(), 7.0);
        assert_eq!(Times::of_seconds([]).median(), 0.0);
        assert_eq!(Times::of_seconds([f64::NAN, 2.0]).sorted(), [2.0]);
    }

    #[test]
    fn what_lies_far_out_is_told() {
        for (times, outliers) in [
            (&[1.0, 1.1, 1.2, 1.3, 1.4] as &[f64], 0),
            (&[1.0, 1.1, 1.2, 1.3, 9.0], 1),
            (&[0.1, 1.0, 1.1, 1.2, 1.3, 9.0], 2),
            (&[1.0, 1.0, 1.0, 1.0, 1.1], 1),
            (&[1.0, 1.0, 1.0], 0),
            (&[], 0),
        ] {
            assert_eq!(Times::of_seconds(times.iter().copied()).outliers(), outliers, "{times:?}");
        }
    }

    proptest! {
        #[test]
        fn quantiles_lie_between_the_ends_and_rise(times in prop::collection::vec(0.0..1e6_f64, 1..40), one in 0.0..1.0_f64, two in 0.0..1.0_f64) {
            let times = Times::of_seconds(times);
            let (low, high) = (times.quantile(one.min(two)), times.quantile(one.max(two)));
            prop_assert!(times.sorted()[0] <= low && low <= high && high <= times.sorted()[times.sorted().len() - 1]);
        }

        #[test]
        fn the_unit_changes_nothing_but_the_unit(times in prop::collection::vec(0.001..10.0_f64, 1..40), exponent in -8..8_i32) {
            // A power of two, so that nothing is rounded.
            let unit = 2_f64.powi(exponent);
            let (one, other) = (Times::of_seconds(times.clone()), Times::of_seconds(times.iter().map(|time| time * unit)));
            prop_assert!((other.median() / unit - one.median()).abs() < 1e-12 * one.median());
            prop_assert_eq!(one.outliers(), other.outliers());
        }
    }
}
