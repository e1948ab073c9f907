//! A partition as a row.

use serde::{Deserialize, Serialize};

use crate::{DateTime, meta::Meta};

/// One partition of a topic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Partition {
    /// The topic.
    pub topic: String,
    /// The partition's number.
    pub partition: i32,
    /// The leader; null when the partition is offline.
    pub leader_id: Option<i32>,
    /// The preferred leader, first of the replicas.
    pub preferred_leader_id: Option<i32>,
    /// Epoch of the leader; null on brokers that do not tell.
    pub leader_epoch: Option<i32>,
    /// Assigned replicas, in Kafka's order.
    pub replicas: Vec<i32>,
    /// In-sync replicas.
    pub isr: Vec<i32>,
    /// Replicas on brokers or log directories that are offline.
    pub offline_replicas: Vec<i32>,
    /// The ISR is shorter than the replicas.
    pub under_replicated: bool,
    /// Since when; null when it is not, or was so from the first look.
    pub under_replicated_since: Option<DateTime>,
    /// The ISR is shorter than `min.insync.replicas` and than the replicas; null while that setting is not known.
    pub under_min_isr: Option<bool>,
    /// The ISR is just `min.insync.replicas`, where the replication factor allows for more.
    pub at_min_isr: Option<bool>,
    /// No leader.
    pub offline: bool,
    /// Log start offset; null when not known.
    pub log_start_offset: Option<i64>,
    /// Bytes of the leader's replica; null when not known.
    pub size_bytes: Option<u64>,
    /// The reassignment in progress, if any.
    pub reassigning: Option<Reassigning>,
}

/// A reassignment in progress of one partition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reassigning {
    /// Replicas that are being added.
    pub adding: Vec<i32>,
    /// Replicas that will go.
    pub removing: Vec<i32>,
}

/// A page of partitions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Partitions {
    /// The rows.
    pub partitions: Vec<Partition>,
    /// What stands beside them.
    pub meta: Meta,
}
