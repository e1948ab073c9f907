//! What was carried over time.

use serde::{Deserialize, Serialize};

use super::{Metric, Unit};
use crate::{DateTime, meta::Meta};

/// A value at a time, as `["2026-11-22T13:00:00Z", 12.5]`: the mean of the step that begins then; null where nothing
/// is known of the step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoadPoint(pub DateTime, pub Option<f64>);

/// One metric of one broker, or of a cluster as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoadSeries {
    /// The cluster.
    pub cluster: String,
    /// The broker; null for the cluster as a whole: the sum of its brokers, or the highest of them for times and
    /// shares. Where some broker that is up did not answer, a sum is not known.
    pub broker_id: Option<i32>,
    /// What was measured.
    pub metric: Metric,
    /// What it is counted in.
    pub unit: Unit,
    /// Oldest first, one a step.
    pub points: Vec<LoadPoint>,
}

/// Metrics over a range of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Load {
    /// The series, by cluster, broker and metric.
    pub load: Vec<LoadSeries>,
    /// Where the range begins, on a whole step.
    pub from: DateTime,
    /// Where it ends.
    pub to: DateTime,
    /// Length of a step in seconds.
    pub step_seconds: u32,
    /// Since when anything is kept of what was asked for; null when nothing is.
    pub kept_since: Option<DateTime>,
    /// What stands beside.
    pub meta: Meta,
}
