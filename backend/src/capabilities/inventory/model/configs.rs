//! Topic configurations of one cluster.

use std::{collections::HashMap, sync::Arc};

use shared::DateTime;

use super::MetadataSnapshot;
use crate::{kafka::answers::TopicConfigs, runtime::Stamped};

/// What one turn of configurations reads: some topics of all.
#[derive(Debug)]
pub struct ConfigsSample {
    /// Name of the cluster.
    pub cluster: String,
    /// The topics that were asked for and their answers.
    pub read: Vec<TopicConfigs>,
    /// All topics that there are.
    pub existing: Arc<Stamped<MetadataSnapshot>>,
}

/// What is known of topic configurations.
#[derive(Debug, Default)]
pub struct ConfigsSnapshot {
    /// By topic.
    pub topics: HashMap<Arc<str>, TopicConfig>,
    /// Topics whose settings may not be described, and when that was last tried.
    pub refused: HashMap<Arc<str>, DateTime>,
    /// Whether some topic that was refused before was described in this turn: more may be.
    pub was_granted: bool,
}

/// The settings of one topic.
#[derive(Clone, Debug)]
pub struct TopicConfig {
    /// The settings, shared by the many topics that have the same.
    pub settings: Arc<Settings>,
    /// When they were read.
    pub read_at: DateTime,
}

/// Settings of a topic, of the keys that are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Those that differ from Kafka's default, by name, with where they are set.
    pub differing: Vec<shared::inventory::Config>,
    /// `retention.ms`.
    pub retention_ms: Option<i64>,
    /// `cleanup.policy`.
    pub cleanup_policy: Option<String>,
    /// `min.insync.replicas`.
    pub min_isr: Option<u16>,
}
