//! How a group was over time.

use serde::{Deserialize, Serialize};

use crate::{DateTime, meta::Meta};

/// Lag and age at a time, as `["2026-11-22T13:00:00Z", 41, 1.5]`: the mean of the step that begins then; null where
/// nothing is known of the step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LagPoint(pub DateTime, pub Option<f64>, pub Option<f64>);

/// The lag of one partition over time, where the ends of its log and its commits tell it. It has no age.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartitionLine {
    /// Its topic.
    pub topic: String,
    /// Its number.
    pub partition: i32,
    /// Oldest first, one a step; records that could be read and were not.
    pub points: Vec<(DateTime, Option<f64>)>,
}

/// What happened to a group's members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// Partitions were assigned anew.
    Rebalance,
    /// It had no members, and has some again.
    Restart,
}

/// A moment that explains a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LagMark {
    /// When it was seen.
    pub time: DateTime,
    /// What it was.
    pub kind: MarkKind,
}

/// A group's lag over a range of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LagHistory {
    /// Its cluster.
    pub cluster: String,
    /// Its id.
    pub group: String,
    /// All its partitions: the sum of their lags, and the age of the oldest unread record. Oldest first, one a step.
    pub points: Vec<LagPoint>,
    /// The partitions that explain its verdict, at most three.
    pub partitions: Vec<PartitionLine>,
    /// What happened to its members, as long as it was seen by this process; oldest first, the newest 20.
    pub marks: Vec<LagMark>,
    /// Where the range begins, on a whole step.
    pub from: DateTime,
    /// Where it ends.
    pub to: DateTime,
    /// Length of a step in seconds.
    pub step_seconds: u32,
    /// Since when anything is kept of it; null when nothing is.
    pub kept_since: Option<DateTime>,
    /// What stands beside.
    pub meta: Meta,
}
