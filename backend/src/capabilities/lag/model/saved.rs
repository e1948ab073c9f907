//! What is known of groups, as it is written down for the next start.

use serde::{Deserialize, Serialize};
use shared::lag::LagVerdict;

use super::{Commit, Fell, OpenTransaction, Pauses, Peeked};

/// What is known of the groups whose commits are in one partition of the offsets topic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedPartition {
    /// The offset of the record that is to be read next. Commits behind it may be in the windows already.
    pub position: i64,
    /// The groups.
    pub groups: Vec<SavedGroup>,
    /// The log ends of some topics: those whose names belong to this partition as groups' names do.
    pub ends: SavedEnds,
}

/// The commits of a group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedGroup {
    /// Its id.
    pub group: String,
    /// When its newest commit was made, in ms since 1970.
    pub last_commit_ms: i64,
    /// What was told of it last.
    pub told: Option<LagVerdict>,
    /// By topic and partition.
    pub topics: Vec<(String, Vec<SavedWindow>)>,
}

/// What is known of a partition that was committed for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedWindow {
    /// The partition.
    pub partition: i32,
    /// Its commits.
    pub commits: Vec<SavedCommit>,
    /// When the first commit was seen, in s since 1970.
    pub seen_seconds: u32,
    /// When the offset last moved, in s since 1970.
    pub moved_seconds: u32,
    /// That it went back.
    pub fell: Option<Fell>,
    /// Long times between two commits.
    pub pauses: Pauses,
    /// What was seen at its offset.
    pub peeked: Option<Peeked>,
}

/// Offset, order, time in ms, observed at in s, lag.
pub type SavedCommit = (i64, i64, i64, i64, Option<u64>);

/// The log ends of topics, by partition.
pub type SavedEnds = Vec<(String, Vec<SavedLooks>)>;

/// The log ends of a partition, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedLooks {
    /// The last looks: high watermark, last stable offset, time in ms.
    pub looks: Vec<(i64, Option<i64>, i64)>,
    /// Time in ms and end, over weeks.
    pub past: Vec<(i64, i64)>,
    /// The transaction that is open there.
    pub open: Option<OpenTransaction>,
}

impl From<Commit> for SavedCommit {
    fn from(commit: Commit) -> Self {
        (commit.offset, commit.order, commit.time_ms, commit.observed_at_seconds, commit.lag)
    }
}

impl From<SavedCommit> for Commit {
    fn from((offset, order, time_ms, observed_at_seconds, lag): SavedCommit) -> Self {
        Self { offset, order, time_ms, observed_at_seconds, lag }
    }
}
