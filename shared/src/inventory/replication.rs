//! How whole a cluster was: its counts of troubled partitions over time.

use serde::{Deserialize, Serialize};

use crate::{DateTime, meta::Meta};

/// Troubled partitions of a cluster at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplicationPoint {
    /// When they were counted.
    pub time: DateTime,
    /// Partitions whose ISR is shorter than their replicas.
    pub under_replicated_count: u32,
    /// Partitions whose ISR is shorter than `min.insync.replicas`; null while that setting is not known.
    pub under_min_isr_count: Option<u32>,
    /// Partitions without a leader.
    pub offline_count: u32,
}

/// The counts over time, oldest first, as far back as memory holds them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Replication {
    /// The points; where the range holds more than fit, each is the worst of its step.
    pub replication: Vec<ReplicationPoint>,
    /// What stands beside them.
    pub meta: Meta,
}
