//! The stretch of time that charts and timelines look at: `range=15m|1h|6h` in the address.

use chrono::{Duration, SecondsFormat};
use shared::DateTime;

/// How far back charts and timelines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TimeRange {
    /// The last quarter of an hour.
    Quarter,
    /// The last hour.
    #[default]
    Hour,
    /// The last six hours.
    SixHours,
}

impl TimeRange {
    /// All of them, shortest first.
    pub(crate) const ALL: [Self; 3] = [Self::Quarter, Self::Hour, Self::SixHours];

    /// As the address spells it; an hour when it says nothing or something unknown.
    pub(crate) fn parse(text: Option<&str>) -> Self {
        Self::ALL.into_iter().find(|range| Some(range.word()) == text).unwrap_or_default()
    }

    /// As the address spells it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Quarter => "15m",
            Self::Hour => "1h",
            Self::SixHours => "6h",
        }
    }

    /// As a person says it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Quarter => "Last 15 min",
            Self::Hour => "Last hour",
            Self::SixHours => "Last 6 h",
        }
    }

    /// Its length.
    pub(crate) fn length(self) -> Duration {
        match self {
            Self::Quarter => Duration::minutes(15),
            Self::Hour => Duration::hours(1),
            Self::SixHours => Duration::hours(6),
        }
    }

    /// Where it begins, on a whole minute, so that the question stays the same for a minute.
    pub(crate) fn begins(self, now: DateTime) -> DateTime {
        let begin = now - self.length();
        let seconds = begin.timestamp();
        DateTime::from_timestamp(seconds - seconds.rem_euclid(60), 0).unwrap_or(begin)
    }

    /// The begin as a parameter of the API.
    pub(crate) fn from(self, now: DateTime) -> String {
        self.begins(now).to_rfc3339_opts(SecondsFormat::Secs, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_range_is_an_hour() {
        assert_eq!(TimeRange::parse(None), TimeRange::Hour);
        assert_eq!(TimeRange::parse(Some("1y")), TimeRange::Hour);
        assert_eq!(TimeRange::parse(Some("6h")), TimeRange::SixHours);
    }

    #[test]
    fn the_begin_moves_once_a_minute() {
        let now = DateTime::from_timestamp(1_795_356_030, 0).unwrap();
        assert_eq!(TimeRange::Quarter.from(now), "2026-11-22T13:45:00Z");
        assert_eq!(TimeRange::Quarter.from(now + Duration::seconds(29)), "2026-11-22T13:45:00Z");
        assert_eq!(TimeRange::Quarter.from(now + Duration::seconds(30)), "2026-11-22T13:46:00Z");
    }
}
