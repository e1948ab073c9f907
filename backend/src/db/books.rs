//! The books of the database: what Status and `/metrics` tell of it.

use std::collections::BTreeSet;

use shared::{DateTime, meta::Failure};

/// What was done, and what fails at present.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// Why nothing is kept at present.
    pub failure: Option<Failure>,
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
    /// Something was written.
    pub fn wrote(&mut self, now: DateTime) {
        self.written_at = Some(now);
        self.failure = None;
        self.failures_in_a_row = 0;
    }

    /// Writing failed; the failure keeps its beginning while it lasts.
    pub fn failed(&mut self, what: String, now: DateTime) {
        let since = self.failure.as_ref().map_or(now, |failure| failure.since);
        self.failure = Some(Failure { since, what });
        self.failures_in_a_row += 1;
        self.counts.failed_writes += 1;
    }
}
