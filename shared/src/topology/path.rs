//! The way of one topic through all tiers.

use serde::{Deserialize, Serialize};

use super::FlowVerdict;
use crate::{meta::Meta, verdict::Reason};

/// The topic at one cluster of its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hop {
    /// The cluster.
    pub cluster: String,
    /// Whether Riverkeeper watches it.
    pub is_watched: bool,
    /// What the topic is called there.
    pub topic: String,
    /// The flow that brings it, by its id; null at an origin.
    pub flow: Option<String>,
    /// The cluster from which that flow brings it; null at an origin.
    pub from_cluster: Option<String>,
    /// How many flows lie before it: 0 at an origin.
    pub depth: u32,
    /// Its partitions.
    pub partition_count: Option<u32>,
    /// Records that are written there each second.
    pub records_per_second: Option<f64>,
    /// The sum of its log ends.
    pub log_end_records: Option<u64>,
    /// Records of the cluster before that are not there; null at an origin.
    pub lag_records: Option<u64>,
    /// Whether it is not known of some partitions.
    pub lag_is_at_least: bool,
    /// How the flow that brings it is for this topic; ok at an origin.
    pub verdict: FlowVerdict,
    /// Why.
    pub reason: Option<Reason>,
}

/// The way of one topic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopicPath {
    /// Its name at its origin.
    pub topic: String,
    /// Where it is, origins first; what comes from the same cluster together.
    pub hops: Vec<Hop>,
    /// What stands beside it; `total` counts the hops.
    pub meta: Meta,
}
