//! A topic as a row and as a page.

use serde::{Deserialize, Serialize};

use crate::{DateTime, catalog::OwnerDetail, meta::Meta, verdict::Health};

/// One topic of a cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Kafka's topic id (KIP-516); null on brokers older than topic ids.
    pub topic_id: Option<String>,
    /// One of Kafka's own topics.
    pub is_internal: bool,
    /// Who owns it, by the catalog; null when nobody does.
    pub owner: Option<String>,
    /// Partitions.
    pub partition_count: u32,
    /// Replicas of its partitions, the largest number where they differ.
    pub replication_factor: u32,
    /// Assigned replicas of all partitions.
    pub replica_count: u32,
    /// Partitions whose ISR is shorter than their replicas.
    pub under_replicated_count: u32,
    /// Since when some partition is under-replicated without a break; null when none is.
    pub under_replicated_since: Option<DateTime>,
    /// Partitions whose ISR is shorter than `min.insync.replicas` and than the replicas; null while that setting is not known.
    pub under_min_isr_count: Option<u32>,
    /// Partitions whose ISR is just `min.insync.replicas`, where the replication factor allows for more.
    pub at_min_isr_count: Option<u32>,
    /// Partitions without a leader.
    pub offline_count: u32,
    /// Bytes of all its replicas; null when not known.
    pub size_bytes: Option<u64>,
    /// Bytes that producers write in a second, the mean of the last 60 s; null where not all of its leaders are known.
    pub bytes_in_per_second: Option<f64>,
    /// Bytes that consumers read in a second, likewise.
    pub bytes_out_per_second: Option<f64>,
    /// `retention.ms`; negative for ever, null when not known.
    pub retention_ms: Option<i64>,
    /// `cleanup.policy`; null when not known.
    pub cleanup_policy: Option<String>,
    /// `min.insync.replicas`; null when not known.
    pub min_insync_replicas: Option<u32>,
}

/// A page of topics.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Topics {
    /// The rows.
    pub topics: Vec<Topic>,
    /// Whether topics may be hidden from Riverkeeper: then there are at least as many as `meta.total` says.
    pub at_least: bool,
    /// Topics of the cluster that Riverkeeper knows of and may not describe. Null when nobody knows.
    pub hidden_topic_count: Option<u32>,
    /// What stands beside them.
    pub meta: Meta,
}

/// One setting of a topic that differs from Kafka's default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Config {
    /// Kafka's name of it.
    pub name: String,
    /// Its value; null when Kafka keeps it secret.
    pub value: Option<String>,
    /// Where it is set: `topic`, `broker`.
    pub source: String,
}

/// One topic with its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopicDetail {
    /// The fields of its row.
    #[serde(flatten)]
    pub topic: Topic,
    /// How it is, with reasons.
    pub health: Health,
    /// Settings that differ from Kafka's default, of those that are read; null when not known.
    pub configs: Option<Vec<Config>>,
    /// Whether they are not known because Riverkeeper may not describe them.
    pub configs_refused: bool,
    /// Its owner, with where to ask; null when nobody owns it.
    pub owner_detail: Option<OwnerDetail>,
    /// When the topic was first seen by Riverkeeper; null when it was there from the first look.
    pub seen_since: Option<DateTime>,
    /// What stands beside.
    pub meta: Meta,
}
