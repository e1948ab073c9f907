//! A flow over time.

use serde::{Deserialize, Serialize};

use crate::{DateTime, meta::Meta};

/// Records that wait, seconds for which the oldest of them has waited, and the latency in seconds: means of the step that
/// begins at the time; null where nothing is known of the step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FlowPoint(pub DateTime, pub Option<f64>, pub Option<f64>, pub Option<f64>);

/// A flow over a range of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FlowHistory {
    /// The flow, by its id.
    pub flow: String,
    /// Oldest first, one a step.
    pub points: Vec<FlowPoint>,
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
