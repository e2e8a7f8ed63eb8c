//! Days and moments in UTC, as traces and policies write them. Today is always an input: nothing here looks at a clock. Pure; touches
//! nothing.

use std::fmt;
use std::str::FromStr;

/// A day of the Gregorian calendar, `YYYY-MM-DD`, from 0001-01-01 to 9999-12-31.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Days since 1970-01-01.
    days: i64,
}

/// A text that is no [`Date`] or no moment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no {1}")]
pub struct DateProblem(String, &'static str);

const DAY: i64 = 86_400;

impl Date {
    /// The day of a moment in seconds since 1970-01-01T00:00:00Z; moments outside the calendar's years are moved to its ends.
    pub fn from_unix(seconds: i64) -> Self {
        Self { days: seconds.div_euclid(DAY) }.clamp(Self { days: -719_162 }, Self { days: 2_932_896 })
    }

    /// The day of a moment `YYYY-MM-DDTHH:MM:SSZ`.
    pub fn of_moment(moment: &str) -> Result<Self, DateProblem> {
        let problem = || {
            DateProblem(moment.chars().take(40).flat_map(char::escape_debug).collect(), "moment `YYYY-MM-DDTHH:MM:SSZ`")
        };
        let (day, time) = moment.split_once('T').ok_or_else(problem)?;
        let time = time.strip_suffix('Z').ok_or_else(problem)?;
        let parts: Vec<Option<u32>> = time.split(':').map(|part| number(part, 2)).collect();
        let [Some(hour), Some(minute), Some(second)] = parts[..] else { return Err(problem()) };
        if hour > 23 || minute > 59 || second > 60 {
            return Err(problem());
        }
        day.parse().map_err(|_| problem())
    }

    /// Days from `earlier` to this day; negative if this day is the earlier one.
    pub fn days_since(self, earlier: Self) -> i64 {
        self.days - earlier.days
    }

    // Days and civil dates after Howard Hinnant, "chrono-compatible low-level date algorithms": years start in March, so that the leap
    // day is the last one.
    fn civil(self) -> (i64, i64, i64) {
        let shifted = self.days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        (year_of_era + era * 400 + i64::from(month <= 2), month, day)
    }

    fn from_civil(year: i64, month: i64, day: i64) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = (month + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self { days: era * 146_097 + day_of_era - 719_468 }
    }
}

/// A moment in seconds since 1970-01-01T00:00:00Z as traces write it: `YYYY-MM-DDTHH:MM:SSZ`.
pub fn moment(unix_seconds: i64) -> String {
    let second = unix_seconds.rem_euclid(DAY);
    format!("{}T{:02}:{:02}:{:02}Z", Date::from_unix(unix_seconds), second / 3600, second / 60 % 60, second % 60)
}

fn number(text: &str, digits: usize) -> Option<u32> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

impl FromStr for Date {
    type Err = DateProblem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let problem = || DateProblem(text.chars().take(40).flat_map(char::escape_debug).collect(), "date `YYYY-MM-DD`");
        let mut parts = text.splitn(3, '-');
        let mut part = |digits| parts.next().and_then(|part| number(part, digits)).map(i64::from).ok_or_else(problem);
        let (year, month, day) = (part(4)?, part(2)?, part(2)?);
        if year == 0 || !(1..=12).contains(&month) || day == 0 {
            return Err(problem());
        }
        let date = Self::from_civil(year, month, day);
        // A day that the month does not have comes back as one of the next month.
        if date.civil() == (year, month, day) { Ok(date) } else { Err(problem()) }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days_are_read_and_written() {
        for (text, seconds) in [
            ("1970-01-01", 0),
            ("1969-12-31", -1),
            ("2026-11-20", 1_795_132_800),
            ("2024-02-29", 1_709_164_800),
            ("2000-02-29", 951_782_400),
            ("9999-12-31", 253_402_300_799),
        ] {
            assert_eq!(Date::from_unix(seconds).to_string(), text);
            assert_eq!(text.parse(), Ok(Date::from_unix(seconds)));
        }
        assert_eq!(moment(1_795_154_761), "2026-11-20T06:06:01Z");
        assert_eq!(Date::from_unix(i64::MAX).to_string(), "9999-12-31");
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for bad in [
            "",
            "2026",
            "2026-11",
            "2026-13-01",
            "2026-00-01",
            "2026-02-29",
            "2026-11-31",
            "2026-1-2",
            "0000-01-01",
            "2026-11-20x",
            "+026-11-20",
            "２０２６-11-20",
            "2026-11-20-1",
        ] {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
        for bad in [
            "2026-11-20",
            "2026-11-20T06:06Z",
            "2026-11-20T06:06:00",
            "2026-11-20T24:00:00Z",
            "2026-11-20 06:06:00Z",
            "2026-11-20T06:06:00+00:00",
        ] {
            assert!(Date::of_moment(bad).is_err(), "{bad}");
        }
        assert_eq!("\u{1b}[2J".parse::<Date>().unwrap_err().to_string(), "`\\u{1b}[2J` is no date `YYYY-MM-DD`");
    }

    proptest! {
        #[test]
        fn a_moment_comes_back(seconds in -62_135_596_800i64..253_402_300_799) {
            let date = Date::of_moment(&moment(seconds)).unwrap();
            prop_assert_eq!(date, Date::from_unix(seconds));
            prop_assert_eq!(date.to_string().parse(), Ok(date));
            prop_assert_eq!(Date::from_unix(seconds + DAY).days_since(date), 1);
        }
    }
}
