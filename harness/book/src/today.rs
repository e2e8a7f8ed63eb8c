//! Today's date as an input. Pure: the environment and the clock come in as values.

use dogfood_core::date::Date;

/// A SOURCE_DATE_EPOCH that is no number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("SOURCE_DATE_EPOCH is `{0}`, which is no number of seconds")]
pub struct EpochProblem(String);

/// SOURCE_DATE_EPOCH's day if it is set, else the clock's; UTC.
pub fn today(epoch: Option<&str>, clock: i64) -> Result<Date, EpochProblem> {
    let seconds = match epoch.filter(|epoch| !epoch.is_empty()) {
        None => clock,
        Some(epoch) => epoch.trim().parse().map_err(|_| EpochProblem(epoch.escape_debug().to_string()))?,
    };
    Ok(Date::from_unix(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_comes_before_the_clock() {
        assert_eq!(today(Some("86400"), 0).unwrap().to_string(), "1970-01-02");
        assert_eq!(today(Some(""), 86400).unwrap().to_string(), "1970-01-02");
        assert_eq!(today(None, -1).unwrap().to_string(), "1969-12-31");
        assert!(today(Some("1e9"), 0).unwrap_err().to_string().contains("`1e9`"));
    }
}
