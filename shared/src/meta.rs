//! What stands beside every answer: how much there is, how old it is, what is wrong with reading it.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::DateTime;

/// A turn that failed, or a part of it that is missing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Failure {
    /// Since when it has failed without a break.
    pub since: DateTime,
    /// What went wrong last, as a sentence that says what to check.
    pub what: String,
}

/// How one part of what is shown was read: its age, its rhythm, its failure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reading {
    /// The cluster it was read from; null for the fleet.
    pub cluster: Option<String>,
    /// Which part: `metadata`, `log_dirs`, `configs`, …
    pub part: String,
    /// When the newest view was read; null before the first.
    pub as_of: Option<DateTime>,
    /// The period in force, in seconds.
    pub period_seconds: f64,
    /// The failure that lasts now, if any.
    pub failure: Option<Failure>,
}

/// What a reading looks like, by the table that every page follows. *Empty* is *fresh* without rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Freshness {
    /// Nothing yet, nothing wrong.
    Loading,
    /// At most two periods old.
    Fresh,
    /// Older than two periods: the old view, its age, the reason.
    Stale,
    /// Never read, and it fails.
    Failed,
}

impl Reading {
    /// How the reading is to be shown at `now`.
    pub fn freshness(&self, now: DateTime) -> Freshness {
        match (self.as_of, &self.failure) {
            (None, None) => Freshness::Loading,
            (None, Some(_)) => Freshness::Failed,
            (Some(as_of), _) if now - as_of > two_periods(self.period_seconds) => Freshness::Stale,
            (Some(_), _) => Freshness::Fresh,
        }
    }
}

fn two_periods(period_seconds: f64) -> Duration {
    Duration::milliseconds((period_seconds * 2000.0) as i64)
}

/// The part beside the rows of every answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Meta {
    /// Rows that match the query on all pages; null where the answer is one thing.
    pub total: Option<u64>,
    /// Hand it back as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
    /// Moves when the content moved.
    pub revision: u64,
    /// The server's clock, against which ages are told.
    pub now: DateTime,
    /// How each part that is shown was read.
    pub readings: Vec<Reading>,
}

impl Meta {
    /// The reading of one part, of a cluster or of the fleet.
    pub fn reading(&self, cluster: Option<&str>, part: &str) -> Option<&Reading> {
        self.readings.iter().find(|reading| reading.cluster.as_deref() == cluster && reading.part == part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(age_seconds: Option<i64>, fails: bool) -> (Reading, DateTime) {
        let now = DateTime::from_timestamp_nanos(1_800_000_000_000_000_000);
        let failure = fails.then(|| Failure { since: now, what: "no answer".into() });
        let as_of = age_seconds.map(|age| now - Duration::seconds(age));
        (Reading { cluster: None, part: "metadata".into(), as_of, period_seconds: 10.0, failure }, now)
    }

    #[test]
    fn the_table_of_states_holds() {
        for (age, fails, shown) in [
            (None, false, Freshness::Loading),
            (None, true, Freshness::Failed),
            (Some(0), false, Freshness::Fresh),
            (Some(20), false, Freshness::Fresh),
            (Some(20), true, Freshness::Fresh),
            (Some(21), false, Freshness::Stale),
            (Some(21), true, Freshness::Stale),
        ] {
            let (reading, now) = reading(age, fails);
            assert_eq!(reading.freshness(now), shown, "age {age:?}, failing {fails}");
        }
    }
}
