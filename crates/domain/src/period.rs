//! The time of which popular tweets are shown.

use chrono::{DurationRound as _, TimeDelta};

use crate::Timestamp;

/// How far back popular tweets are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// The last 24 hours.
    Day,
    /// The last 7 days.
    Week,
    /// The last 30 days.
    Month,
    /// The last 365 days.
    Year,
    /// All that was ever written.
    All,
}

impl Period {
    /// When a period began that ends now; `None` where it has no beginning. It is cut to a whole hour, so the period lasts
    /// up to an hour longer: all who look within an hour look at the same tweets, which are found once.
    pub fn beginning(self, now: Timestamp) -> Option<Timestamp> {
        let days = match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 30,
            Self::Year => 365,
            Self::All => return None,
        };
        (now - TimeDelta::days(days)).duration_trunc(TimeDelta::hours(1)).ok()
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone as _, Utc};

    use super::*;

    fn moment(day: u32, hour: u32, minute: u32) -> Timestamp {
        Utc.with_ymd_and_hms(2026, 11, day, hour, minute, 0).unwrap()
    }

    #[test]
    fn a_period_begins_at_a_whole_hour_and_is_never_too_short() {
        for (now, beginning) in [
            (moment(23, 12, 0), moment(16, 12, 0)),
            (moment(23, 12, 59), moment(16, 12, 0)),
            (moment(23, 13, 0), moment(16, 13, 0)),
        ] {
            assert_eq!(Period::Week.beginning(now), Some(beginning), "{now}");
        }
    }

    #[test]
    fn each_period_is_as_long_as_its_name_says_and_all_has_no_beginning() {
        let now = moment(23, 12, 30);
        let days = |period: Period| period.beginning(now).map(|since| (now - since).num_days());
        let all = [Period::Day, Period::Week, Period::Month, Period::Year, Period::All];
        assert_eq!(all.map(days), [Some(1), Some(7), Some(30), Some(365), None]);
    }
}
