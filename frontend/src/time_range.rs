//! The stretch of time that charts and timelines look at: `range=15m … 30d` in the address, or `from=` and `to=`.

use chrono::{Duration, SecondsFormat};
use shared::{DateTime, route::segment, units::Zone};

/// How far back charts and timelines look: the word of the address, what a person says, seconds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Last {
    /// As the address spells it.
    pub word: &'static str,
    /// As a person says it.
    pub label: &'static str,
    seconds: i64,
}

/// All of them, shortest first.
pub(crate) static LASTS: [Last; 6] = [
    Last { word: "15m", label: "Last 15 min", seconds: 900 },
    Last { word: "1h", label: "Last hour", seconds: 3_600 },
    Last { word: "6h", label: "Last 6 h", seconds: 21_600 },
    Last { word: "24h", label: "Last 24 h", seconds: 86_400 },
    Last { word: "7d", label: "Last 7 d", seconds: 604_800 },
    Last { word: "30d", label: "Last 30 d", seconds: 2_592_000 },
];

/// Which of them is in force where the address says nothing.
pub(crate) const USUAL: &str = "1h";

/// After these many seconds a question about the past is asked again; Riverkeeper chooses steps of about that length.
const STEPS: [i64; 11] = [10, 30, 60, 120, 300, 600, 1_800, 3_600, 10_800, 43_200, 86_400];

/// More points than that are not seen on a screen.
const MOST_POINTS: i64 = 240;

/// The longest stretch that may be asked for.
const LONGEST_DAYS: i64 = 240;

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeRange {
    /// So much until now.
    Last(&'static Last),
    /// From one time to another.
    Between(DateTime, DateTime),
}

impl TimeRange {
    /// As the address spells it; an hour when it says nothing or something that is none.
    pub(crate) fn parse(range: Option<&str>, from: Option<&str>, to: Option<&str>) -> Self {
        let time = |text: Option<&str>| text?.parse::<DateTime>().ok();
        if let (Some(from), Some(to)) = (time(from), time(to))
            && from < to
            && to - from <= Duration::days(LONGEST_DAYS)
        {
            return Self::Between(from, to);
        }
        let named = |word| LASTS.iter().find(|last| Some(last.word) == word);
        Self::Last(named(range).or_else(|| named(Some(USUAL))).unwrap_or(&LASTS[1]))
    }

    /// As the address spells it, or nothing for two times.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Last(last) => last.word,
            Self::Between(..) => "",
        }
    }

    /// As a person says it.
    pub(crate) fn label(self, zone: Zone) -> String {
        match self {
            Self::Last(last) => last.label.into(),
            // A day that is neither's today, so that both are told with their dates unless they are of one day.
            Self::Between(from, to) => {
                let far = from - Duration::days(LONGEST_DAYS);
                format!("{} – {}", zone.since(from, far), zone.since(to, from))
            }
        }
    }

    /// The same within a sentence.
    pub(crate) fn in_a_sentence(self, zone: Zone) -> String {
        match self {
            Self::Last(last) => last.label.to_lowercase(),
            Self::Between(..) => self.label(zone),
        }
    }

    fn length(self) -> Duration {
        match self {
            Self::Last(last) => Duration::seconds(last.seconds),
            Self::Between(from, to) => to - from,
        }
    }

    /// The length of a step, in seconds.
    fn step(self) -> i64 {
        let least = self.length().num_seconds().max(1).div_euclid(MOST_POINTS);
        STEPS.into_iter().find(|step| *step >= least).unwrap_or(86_400)
    }

    /// What is asked of the API at `now`. It begins on a whole step, so that the question stays the same for a while.
    pub(crate) fn span(self, now: DateTime) -> Span {
        let step = self.step();
        let (from, to) = match self {
            Self::Last(last) => (floored(now - Duration::seconds(last.seconds), step.max(60)), None),
            Self::Between(from, to) => (floored(from, step), Some(to)),
        };
        Span { from, to, step_seconds: step }
    }
}

fn floored(time: DateTime, step: i64) -> DateTime {
    let seconds = time.timestamp();
    DateTime::from_timestamp(seconds - seconds.rem_euclid(step), 0).unwrap_or(time)
}

/// A time as a parameter.
pub(crate) fn written(time: DateTime) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A stretch of time as a question says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// Where it begins.
    pub from: DateTime,
    /// Where it ends; now where nothing is said.
    pub to: Option<DateTime>,
    /// After how long there is something new to draw.
    pub step_seconds: i64,
}

impl Span {
    /// As parameters.
    pub(crate) fn params(&self) -> String {
        let to = self.to.map(|to| format!("&to={}", segment(&written(to)))).unwrap_or_default();
        format!("from={}{to}", segment(&written(self.from)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime {
        DateTime::from_timestamp(1_795_356_030, 0).unwrap()
    }

    #[test]
    fn an_unknown_range_is_an_hour() {
        assert_eq!(TimeRange::parse(None, None, None).word(), "1h");
        assert_eq!(TimeRange::parse(Some("1y"), None, None).word(), "1h");
        assert_eq!(TimeRange::parse(Some("30d"), None, None).word(), "30d");
        assert_eq!(TimeRange::parse(None, Some("2026-11-22T14:00:00Z"), Some("then")).word(), "1h");
        let backwards = TimeRange::parse(None, Some("2026-11-22T14:00:00Z"), Some("2026-11-22T13:00:00Z"));
        assert_eq!(backwards.word(), "1h");
    }

    #[test]
    fn two_times_are_told_with_their_date_once() {
        let between = |to| TimeRange::parse(Some("6h"), Some("2026-11-22T13:00:00Z"), Some(to));
        assert_eq!(between("2026-11-22T13:30:00Z").label(Zone::utc()), "22 Nov 13:00 – 13:30");
        assert_eq!(between("2026-11-23T13:30:00Z").label(Zone::utc()), "22 Nov 13:00 – 23 Nov 13:30");
    }

    #[test]
    fn the_question_moves_once_a_minute_or_once_a_step() {
        let span = |word: &str, seconds: i64| {
            TimeRange::parse(Some(word), None, None).span(now() + Duration::seconds(seconds)).params()
        };
        assert_eq!(span("15m", 0), "from=2026-11-22T13%3A45%3A00Z");
        assert_eq!(span("15m", 29), span("15m", 0));
        assert_ne!(span("15m", 30), span("15m", 0));
        assert_eq!(span("7d", 0), "from=2026-11-15T14%3A00%3A00Z");
        assert_eq!(span("7d", 3_000), span("7d", 0));
    }

    #[test]
    fn no_range_has_more_points_than_a_screen_shows() {
        for last in &LASTS {
            let step = TimeRange::Last(last).step();
            assert!(last.seconds / step <= MOST_POINTS, "{}", last.word);
        }
        let from = now() - Duration::days(LONGEST_DAYS);
        assert!(Duration::days(LONGEST_DAYS).num_seconds() / TimeRange::Between(from, now()).step() <= 240);
    }
}
