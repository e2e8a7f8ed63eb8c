//! Two measurements of one variant against its base, on one machine or on two: ratios travel, times do not. Pure.

use super::measured::Line;
use super::ratio::{Ratio, ratio};

/// How a ratio has moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// The new ratio over the old one; the intervals lie apart, and by more than the least effect.
    Changed(f64),
    /// They do not.
    NotChanged(f64),
    /// One of the two measurements is none: it has two humps, no time, or too few.
    Unknown,
}

impl Change {
    /// From the `old` measurement of a variant and its base to the `new` one.
    pub fn between(old: (&Line, &Line), new: (&Line, &Line), least: f64) -> Self {
        let of = |(base, line): (&Line, &Line)| -> Option<Ratio> {
            ratio(&base.samples, &line.samples).filter(|_| base.is_told() && line.is_told())
        };
        let (Some(old), Some(new)) = (of(old), of(new)) else { return Self::Unknown };
        let moved = new.value / old.value;
        if !moved.is_finite() || moved <= 0.0 {
            return Self::Unknown;
        }
        let apart = new.low > old.high || new.high < old.low;
        let far = moved >= least || moved <= 1.0 / least;
        if apart && far { Self::Changed(moved) } else { Self::NotChanged(moved) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::bench::{Times, modes};
    use crate::name::Id;

    fn line(millis: &[u64]) -> Line {
        let samples: Vec<Duration> = millis.iter().copied().map(Duration::from_millis).collect();
        let times = Times::new(&samples);
        Line { variant: Id::new("v").unwrap(), modes: modes(&times), times, samples, verdict: None }
    }

    #[test]
    fn a_ratio_moves_when_intervals_part_by_more_than_the_least_effect() {
        let base = line(&[100, 101, 99, 100, 102, 98]);
        let double = line(&[200, 201, 199, 200, 202, 198]);
        let slow_machine = (line(&[300, 303, 297, 300, 306, 294]), line(&[600, 603, 597, 600, 606, 594]));
        let near = line(&[210, 211, 209, 210, 212, 208]);
        let humps = line(&[100, 101, 102, 400, 401, 402]);
        let of = |new: (&Line, &Line)| Change::between((&base, &double), new, 1.2);
        assert_eq!(of((&slow_machine.0, &slow_machine.1)), Change::NotChanged(1.0));
        assert!(matches!(of((&base, &near)), Change::NotChanged(_)), "apart, but by less than counts");
        assert_eq!(of((&base, &base)), Change::Changed(0.5));
        assert_eq!(of((&base, &humps)), Change::Unknown);
        assert_eq!(of((&line(&[0; 6]), &base)), Change::Unknown);
        let few = line(&[400, 404, 396, 400]);
        assert_eq!(of((&base, &few)), Change::Unknown);
        assert_eq!(of((&few, &base)), Change::Unknown);
        assert_eq!(Change::between((&base, &few), (&base, &double), 1.2), Change::Unknown);
    }
}
