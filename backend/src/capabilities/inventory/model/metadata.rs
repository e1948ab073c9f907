//! Brokers, topics, partitions and the controller of one cluster.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use shared::{
    DateTime,
    inventory::{BrokerState, QuorumRole, ReplicationPoint},
    verdict::Health,
};

use super::{
    BrokerCounts, Chunk, ConfigsSnapshot, LogDirsSnapshot, Remembered, Rights, TopicRow, Totals, shard,
};
use crate::{
    kafka::answers::{BrokerEndpoint, BrokerFeatures, ClusterDescription, Metadata, Quorum, Reassignment},
    runtime::Stamped,
};

/// What one turn of metadata reads.
#[derive(Debug)]
pub struct MetadataSample {
    /// Name of the cluster.
    pub cluster: String,
    /// Metadata of all topics.
    pub metadata: Metadata,
    /// Registered brokers, fenced ones too; `None` when that was not answered.
    pub description: Option<ClusterDescription>,
    /// The quorum; the outer `None` when that was not answered, the inner one before KRaft.
    pub quorum: Option<Option<Quorum>>,
    /// What each broker's ApiVersions tells.
    pub features: Vec<(i32, BrokerFeatures)>,
    /// Reassignments in progress; `None` when that was not answered.
    pub reassignments: Option<Vec<Reassignment>>,
    /// Whether some of it was refused because we may not describe the cluster.
    pub is_refused: bool,
    /// The newest configurations, for `min.insync.replicas`.
    pub configs: Option<Arc<Stamped<ConfigsSnapshot>>>,
    /// The newest log directories, for those that are offline.
    pub log_dirs: Option<Arc<Stamped<LogDirsSnapshot>>>,
    /// What was remembered of the cluster when Riverkeeper started; it counts at the first look only.
    pub remembered: Option<Arc<Remembered>>,
}

/// What is known of a cluster's brokers, topics and partitions.
#[derive(Debug, Default)]
pub struct MetadataSnapshot {
    /// Kafka's cluster id.
    pub cluster_id: Option<String>,
    /// The active controller.
    pub controller_id: Option<i32>,
    /// The KRaft quorum, where there is one and it was told.
    pub quorum: Option<shared::inventory::Quorum>,
    /// The controllers that vote, none before KRaft; `None` when that was not told.
    pub voters: Option<Vec<Voter>>,
    /// Brokers by id: up, fenced and down.
    pub brokers: Vec<BrokerRow>,
    /// Topics and partitions, a chunk a shard of topic names.
    pub chunks: Vec<Arc<Chunk>>,
    /// Sums over all chunks.
    pub totals: Totals,
    /// Reassignments in progress; `None` when not known.
    pub reassignments: Option<Vec<Reassignment>>,
    /// Since when each trouble lasts.
    pub since: TroubleSince,
    /// Counts of troubled partitions, oldest first.
    pub history: VecDeque<ReplicationPoint>,
    /// What may not be read of it.
    pub rights: Rights,
    /// The verdict over all of it.
    pub health: Health,
}

/// Since when some trouble of a kind lasts without a break; `None` when there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TroubleSince {
    /// Some broker does not serve.
    pub brokers_down: Option<DateTime>,
    /// Some partition has no leader.
    pub offline: Option<DateTime>,
    /// Some ISR is shorter than `min.insync.replicas`.
    pub under_min_isr: Option<DateTime>,
    /// Some ISR is shorter than the replicas.
    pub under_replicated: Option<DateTime>,
    /// Some ISR is just `min.insync.replicas`.
    pub at_min_isr: Option<DateTime>,
    /// There is no active controller.
    pub no_quorum: Option<DateTime>,
    /// Some log directory is offline.
    pub log_dirs_offline: Option<DateTime>,
    /// Riverkeeper may not describe the cluster.
    pub cluster_not_described: Option<DateTime>,
    /// Topics are hidden.
    pub hidden_topics: Option<DateTime>,
    /// Riverkeeper may not describe some topic's settings.
    pub configs_not_described: Option<DateTime>,
}

/// One broker.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokerRow {
    /// Id, address, rack.
    pub endpoint: BrokerEndpoint,
    /// Whether it serves.
    pub state: BrokerState,
    /// Since when it is in that state; `None` when it was so from the first look.
    pub since: Option<DateTime>,
    /// When it was last seen serving.
    pub last_seen: Option<DateTime>,
    /// Its part in the quorum.
    pub role: Option<QuorumRole>,
    /// Release of its software and how that is known.
    pub version: Option<Version>,
}

/// A controller that votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voter {
    /// Its `node.id`, which is also that of a broker where one process is both.
    pub node_id: i32,
    /// Whether it has fetched the metadata log lately (the leader has).
    pub is_caught_up: bool,
}

/// A release of Kafka, as far as it can be inferred: no request tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Major and minor number.
    pub release: (u8, u8),
    /// How it is known.
    pub method: VersionMethod,
}

/// How a broker's release is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VersionMethod {
    /// From the highest `metadata.version` that it supports.
    MetadataVersion,
    /// At least that, from the version of Fetch that it speaks.
    FetchVersion,
}

impl MetadataSnapshot {
    /// A topic with its chunk.
    pub fn topic(&self, name: &str) -> Option<(&Chunk, &TopicRow)> {
        let chunk = self.chunks.get(shard(name))?;
        chunk.topic(name).map(|topic| (chunk.as_ref(), topic))
    }

    /// All topics, in no order.
    pub fn topics(&self) -> impl Iterator<Item = (&Chunk, &TopicRow)> {
        self.chunks.iter().flat_map(|chunk| chunk.topics.iter().map(|topic| (chunk.as_ref(), topic)))
    }

    /// What each broker holds.
    pub fn broker_counts(&self) -> BTreeMap<i32, BrokerCounts> {
        let mut all: BTreeMap<i32, BrokerCounts> = BTreeMap::new();
        for (broker_id, counts) in self.chunks.iter().flat_map(|chunk| &chunk.broker_counts) {
            let sum = all.entry(*broker_id).or_default();
            sum.leaders += counts.leaders;
            sum.preferred += counts.preferred;
            sum.replicas += counts.replicas;
            sum.out_of_sync += counts.out_of_sync;
            sum.needed += counts.needed;
        }
        all
    }
}
