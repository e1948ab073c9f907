//! What each broker of a cluster carries now.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Metric;
use crate::{
    DateTime,
    meta::{Failure, Meta},
    verdict::Reason,
};

/// One broker: its newest values and what is abnormal about them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BrokerLoad {
    /// Its `node.id`.
    pub broker_id: i32,
    /// When its endpoint last answered; null before it ever did.
    pub as_of: Option<DateTime>,
    /// Why its endpoint does not answer, while it does not.
    pub failure: Option<Failure>,
    /// By metric, in the metric's unit: rates are means of the last 60 s, the rest is as last read. What is not known
    /// is not there. Values that are older than two periods stay, and `as_of` tells.
    pub values: BTreeMap<Metric, f64>,
    /// What is abnormal, worst first.
    pub abnormal: Vec<Abnormal>,
}

/// A value that leaves what its peers have, or what is usual for the broker itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Abnormal {
    /// Which metric.
    pub metric: Metric,
    /// Against what it is held: `peers`, or `usual` for its own last week at this hour. `value` and `limit` are in the
    /// metric's unit.
    #[serde(flatten)]
    pub reason: Reason,
    /// The median of its peers; null where it is held against its own past.
    pub peers: Option<f64>,
    /// The median of its own last week at this hour; null where it is held against its peers.
    pub usual: Option<f64>,
}

/// The brokers of a cluster, abnormal ones first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BrokerLoads {
    /// The rows.
    pub broker_loads: Vec<BrokerLoad>,
    /// What stands beside them.
    pub meta: Meta,
}
