//! May a broker be restarted now?

use serde::{Deserialize, Serialize};

use crate::meta::Meta;

/// Partitions that a blocker names at most.
pub const MOST_PARTITIONS: usize = 10;

/// Whether a broker may be taken down for a moment without stopping writers or the controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Restart {
    /// Nothing speaks against it.
    Safe,
    /// Writes with acks=all would be refused, partitions would go offline, or the cluster would lose its controller.
    Unsafe,
    /// Not known: the view is stale, a setting is not known, or the broker is down already.
    Unknown,
}

/// A partition, by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopicPartition {
    /// Its topic.
    pub topic: String,
    /// Its number.
    pub partition: i32,
}

/// What speaks against restarting a broker, or what is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Blocker {
    /// The rule: `min_isr`, `offline`, `other_broker_down`, `quorum`, `only_broker`; of what is not known `stale`,
    /// `min_isr_unknown`, `quorum_unknown`, `hidden_topics`, `down`.
    pub rule: String,
    /// Partitions that it is about; null where it is about none.
    pub partition_count: Option<u32>,
    /// Some of them, at most 10.
    pub partitions: Vec<TopicPartition>,
    /// In words.
    pub sentence: String,
}

/// The verdict on one broker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RestartVerdict {
    /// The broker.
    pub broker_id: i32,
    /// The verdict.
    pub verdict: Restart,
    /// Why, the worst first; empty when it is safe.
    pub blockers: Vec<Blocker>,
}

/// The verdicts on a cluster's brokers, by id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RestartVerdicts {
    /// The rows.
    pub restart_verdicts: Vec<RestartVerdict>,
    /// What stands beside them.
    pub meta: Meta,
}
