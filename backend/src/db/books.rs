//! The books of the database: what Status and `/metrics` tell of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use shared::{DateTime, meta::Failure};

/// After so long without a new attempt, a failure is no longer told once other things are written.
const FORGOTTEN_AFTER: Duration = Duration::minutes(5);

/// What was done, and what fails at present.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// What cannot be kept at present, by what it is of: a full disk may still take what is small.
    failures: BTreeMap<String, Failing>,
    /// Writings that failed one after the other.
    pub failures_in_a_row: u32,
    /// When something was last written.
    pub written_at: Option<DateTime>,
    /// What it takes.
    pub size_bytes: Option<u64>,
    /// When the oldest event happened.
    pub events_since: Option<DateTime>,
    /// Events that wait.
    pub events_waiting: u64,
    /// Events that were never written.
    pub events_lost: u64,
    /// Clusters that another Riverkeeper writes.
    pub by_others: BTreeSet<String>,
    /// Counts since the start.
    pub counts: Counts,
}

/// Something that cannot be kept.
#[derive(Clone, Debug)]
struct Failing {
    failure: Failure,
    /// When it was last tried.
    tried: DateTime,
}

/// Counts since the start of the process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events written.
    pub events: u64,
    /// Samples written, each a value of a column in a minute.
    pub samples: u64,
    /// Blocks that were damaged and begun anew.
    pub damaged_blocks: u64,
    /// Writings that failed.
    pub failed_writes: u64,
    /// Readings of the past that failed.
    pub failed_reads: u64,
}

impl Books {
    /// Why something is not kept at present: what fails for longest.
    pub fn failure(&self) -> Option<Failure> {
        self.failures.values().map(|failing| &failing.failure).min_by_key(|failure| failure.since).cloned()
    }

    /// Something was written.
    pub fn wrote(&mut self, what: &str, now: DateTime) {
        self.failures.remove(what);
        self.failures.retain(|_, failing| now - failing.tried < FORGOTTEN_AFTER);
        self.failures_in_a_row = 0;
        self.written_at = Some(now);
    }

    /// Something is not ours to write.
    pub fn left(&mut self, what: &str) {
        self.failures.remove(what);
    }

    /// Writing failed; the failure keeps its beginning while it lasts.
    pub fn failed(&mut self, what: &str, why: String, now: DateTime) {
        let since = self.failures.get(what).map_or(now, |failing| failing.failure.since);
        self.failures.insert(what.to_owned(), Failing { failure: Failure { since, what: why }, tried: now });
        self.failures_in_a_row += 1;
        self.counts.failed_writes += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_lasts_until_what_failed_is_written() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let mut books = Books::default();
        books.failed("series", "The disk is full.".into(), at(10));
        books.wrote("leases", at(20));
        books.failed("series", "The disk is full.".into(), at(30));
        books.failed("events", "The disk is full.".into(), at(40));
        assert_eq!(books.failure().map(|failure| failure.since), Some(at(10)));
        books.wrote("series", at(50));
        assert_eq!(books.failure().map(|failure| failure.since), Some(at(40)));
        books.left("events");
        assert_eq!((books.failure(), books.written_at), (None, Some(at(50))));
        books.failed("series of a cluster that is silent", "The disk is full.".into(), at(60));
        books.wrote("leases", at(120));
        assert!(books.failure().is_some());
        books.wrote("leases", at(400));
        assert_eq!(books.failure(), None, "nobody tries it any more");
    }
}
