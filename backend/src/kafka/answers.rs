//! What the gateway's callers get: our own types for Kafka's answers.
//!
//! The codec crate's structs stay behind `wire.rs`. The large answers are flat vectors with index ranges, so that
//! a cluster of a million replicas costs a handful of allocations and no kept name keeps its frame alive.

mod group_offsets;
mod groups;
mod peek;

use std::ops::Range;

use super::error::KafkaError;
use super::rights::Operations;
pub(super) use group_offsets::TopicNames;
pub use group_offsets::{CommittedOffset, GroupOffsets, ShareGroupOffset, ShareGroupOffsets};
pub use groups::{
    ByGroup, GroupCoordinator, GroupDescription, GroupMember, GroupQuery, GroupType, ListedGroup,
    MissingGroups,
};
pub use peek::{Peek, PeekQuery, Waiting};

/// A topic id (KIP-516): 16 bytes, all zero where the broker is older than topic ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicId(pub [u8; 16]);

/// The answers of many brokers asked in parallel: what came, and what is missing and why.
#[derive(Debug, Default)]
pub struct Partial<T> {
    /// One answer a broker, in no order.
    pub answers: Vec<(i32, T)>,
    /// The brokers that did not answer, each with its reason.
    pub missing: Vec<Missing>,
}

/// One broker whose part of an answer is missing.
#[derive(Debug)]
pub struct Missing {
    /// The broker that was asked.
    pub broker_id: i32,
    /// Why its part is missing.
    pub error: KafkaError,
}

/// A broker as Metadata or DescribeCluster tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerEndpoint {
    /// `node.id` of the broker.
    pub broker_id: i32,
    /// Advertised host of the listener that we came in by.
    pub host: String,
    /// Advertised port of that listener.
    pub port: u16,
    /// `broker.rack`, where set.
    pub rack: Option<String>,
}

/// The answer to Metadata for all topics, flat.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    /// Kafka's cluster id; `None` from brokers that have none.
    pub cluster_id: Option<String>,
    /// What Metadata calls the controller. In KRaft this is a random live broker: ask DescribeQuorum.
    pub controller_id: Option<i32>,
    /// What we may do with the cluster; told up to version 10 and on request only.
    pub operations: Option<Operations>,
    /// Live (unfenced) brokers.
    pub brokers: Vec<BrokerEndpoint>,
    /// Topics in the answer's order.
    pub topics: Vec<TopicMetadata>,
    /// The partitions of all topics, each topic's together.
    pub partitions: Vec<PartitionMetadata>,
    pub(super) names: String,
    pub(super) broker_ids: Vec<i32>,
}

/// One topic of [`Metadata`].
#[derive(Clone, Debug)]
pub struct TopicMetadata {
    /// Kafka's error code for this topic, 0 when well.
    pub error_code: i16,
    /// Zero from brokers older than topic ids.
    pub topic_id: TopicId,
    /// Kafka's own word for its internal topics (`__consumer_offsets`, …).
    pub is_internal: bool,
    /// Index range into [`Metadata::partitions`].
    pub partitions: Range<u32>,
    pub(super) name: Range<u32>,
}

/// One partition of [`Metadata`]; its broker lists are ranges into one shared vector.
#[derive(Clone, Debug)]
pub struct PartitionMetadata {
    /// Kafka's error code for this partition, 0 when well.
    pub error_code: i16,
    /// The partition's number within its topic.
    pub partition: i32,
    /// `None` when the partition has no leader (offline).
    pub leader_id: Option<i32>,
    /// Epoch of the leader, -1 from brokers that do not say.
    pub leader_epoch: i32,
    pub(super) replicas: Range<u32>,
    pub(super) isr: Range<u32>,
    pub(super) offline: Range<u32>,
}

impl Metadata {
    /// The topic's name.
    pub fn name(&self, topic: &TopicMetadata) -> &str {
        self.names.get(topic.name.start as usize..topic.name.end as usize).unwrap_or_default()
    }

    /// The partitions of one topic.
    pub fn partitions_of(&self, topic: &TopicMetadata) -> &[PartitionMetadata] {
        self.partitions
            .get(topic.partitions.start as usize..topic.partitions.end as usize)
            .unwrap_or_default()
    }

    /// Assigned replicas; the first is the preferred leader.
    pub fn replicas(&self, partition: &PartitionMetadata) -> &[i32] {
        self.ids(&partition.replicas)
    }

    /// In-sync replicas.
    pub fn isr(&self, partition: &PartitionMetadata) -> &[i32] {
        self.ids(&partition.isr)
    }

    /// Replicas on brokers or log directories that are offline.
    pub fn offline_replicas(&self, partition: &PartitionMetadata) -> &[i32] {
        self.ids(&partition.offline)
    }

    fn ids(&self, range: &Range<u32>) -> &[i32] {
        self.broker_ids.get(range.start as usize..range.end as usize).unwrap_or_default()
    }
}

/// The answer to DescribeCluster (v2 where spoken: fenced brokers too).
#[derive(Clone, Debug, Default)]
pub struct ClusterDescription {
    /// Registered brokers; with `is_fenced` only where the broker speaks v2.
    pub brokers: Vec<RegisteredBroker>,
    /// Whether fenced brokers were listed at all (v2, KIP-1073).
    pub lists_fenced: bool,
    /// What we may do with the cluster, where told.
    pub operations: Option<Operations>,
}

/// One registered broker of [`ClusterDescription`].
#[derive(Clone, Debug)]
pub struct RegisteredBroker {
    /// Id, address, rack.
    pub endpoint: BrokerEndpoint,
    /// Registered but not serving: it lost its session or is still starting.
    pub is_fenced: bool,
}

/// The answer to DescribeQuorum for `__cluster_metadata`.
#[derive(Clone, Debug, Default)]
pub struct Quorum {
    /// The active controller; `None` while there is no leader.
    pub leader_id: Option<i32>,
    /// Epoch of the leader.
    pub leader_epoch: i32,
    /// High watermark of the metadata log.
    pub high_watermark: i64,
    /// The controllers that vote.
    pub voters: Vec<QuorumReplica>,
    /// Brokers (and controllers) that only observe.
    pub observers: Vec<QuorumReplica>,
}

/// How far one replica of the metadata log has come.
#[derive(Clone, Copy, Debug)]
pub struct QuorumReplica {
    /// `node.id` of the controller or broker.
    pub replica_id: i32,
    /// Its log end offset, -1 when unknown.
    pub log_end_offset: i64,
    /// When it last fetched, milliseconds since 1970, where told (v1 on).
    pub last_fetch_ms: Option<i64>,
    /// When it had last caught up, milliseconds since 1970, where told (v1 on).
    pub last_caught_up_ms: Option<i64>,
}

/// What a broker's ApiVersions answer tells beside the versions themselves.
#[derive(Clone, Debug, Default)]
pub struct BrokerFeatures {
    /// Highest `metadata.version` level that this broker's software supports (KIP-778); `None` before KRaft.
    pub supported_metadata_version: Option<i16>,
    /// Finalized `metadata.version` of the cluster, where told.
    pub finalized_metadata_version: Option<i16>,
    /// Highest spoken version of each API key.
    pub max_versions: Vec<(i16, i16)>,
}

/// The answer to DescribeLogDirs from one broker, flat.
#[derive(Clone, Debug, Default)]
pub struct LogDirs {
    /// The broker's log directories.
    pub dirs: Vec<LogDir>,
    /// Replicas in all of them.
    pub replicas: Vec<LogDirReplica>,
    pub(super) names: String,
}

/// One log directory.
#[derive(Clone, Debug)]
pub struct LogDir {
    /// Kafka's error code, 56 when the directory is offline.
    pub error_code: i16,
    /// Absolute path on the broker.
    pub path: String,
    /// Size of the volume (v4 on, KIP-827).
    pub total_bytes: Option<i64>,
    /// Free bytes of the volume (v4 on, KIP-827).
    pub usable_bytes: Option<i64>,
    /// Closed to new replicas (v5 on, KIP-1066).
    pub is_cordoned: bool,
}

/// One replica in a log directory.
#[derive(Clone, Debug)]
pub struct LogDirReplica {
    /// Index into [`LogDirs::dirs`].
    pub dir: u32,
    /// The partition's number.
    pub partition: i32,
    /// Size of the replica's segments.
    pub size_bytes: i64,
    /// A future replica, which is being moved between directories.
    pub is_future: bool,
    pub(super) topic: Range<u32>,
}

impl LogDirs {
    /// The topic that the replica belongs to.
    pub fn topic(&self, replica: &LogDirReplica) -> &str {
        self.names.get(replica.topic.start as usize..replica.topic.end as usize).unwrap_or_default()
    }
}

/// Which offset ListOffsets is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffsetSpec {
    /// Log start offset (timestamp -2).
    Earliest,
    /// High watermark, or last stable offset when asked with read_committed (timestamp -1).
    Latest,
}

/// One partition that ListOffsets is asked for, with the leader that must be asked.
#[derive(Clone, Copy, Debug)]
pub struct OffsetQuery<'a> {
    /// Topic name.
    pub topic: &'a str,
    /// Partition number.
    pub partition: i32,
    /// The broker to ask.
    pub leader_id: i32,
}

/// The answer to ListOffsets from one broker, flat: rows in the answer's order.
#[derive(Clone, Debug, Default)]
pub struct Offsets {
    /// One row a partition.
    pub rows: Vec<OffsetRow>,
    pub(super) names: String,
}

/// One partition of [`Offsets`].
#[derive(Clone, Debug)]
pub struct OffsetRow {
    /// Kafka's error code, 0 when well.
    pub error_code: i16,
    /// The partition's number.
    pub partition: i32,
    /// The offset asked for; `None` when the broker had none.
    pub offset: Option<i64>,
    pub(super) topic: Range<u32>,
}

impl Offsets {
    /// Puts the rows of a further answer behind these.
    pub(super) fn append(&mut self, other: Self) {
        let shift = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let moved = |name: Range<u32>| name.start.saturating_add(shift)..name.end.saturating_add(shift);
        self.names.push_str(&other.names);
        self.rows.extend(other.rows.into_iter().map(|row| OffsetRow { topic: moved(row.topic), ..row }));
    }

    /// The row's topic.
    pub fn topic(&self, row: &OffsetRow) -> &str {
        self.names.get(row.topic.start as usize..row.topic.end as usize).unwrap_or_default()
    }
}

/// Where a configuration's value comes from, as Kafka names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigSource {
    /// Set on the topic itself.
    Topic,
    /// Set on the broker dynamically, for it or as cluster default.
    DynamicBroker,
    /// From the broker's file.
    StaticBroker,
    /// Kafka's own default.
    Default,
    /// A source that this version does not know.
    Other,
}

/// The configurations of one topic.
#[derive(Clone, Debug)]
pub struct TopicConfigs {
    /// Topic name.
    pub topic: String,
    /// Kafka's error code, 0 when well (29: not authorized).
    pub error_code: i16,
    /// The entries asked for.
    pub entries: Vec<ConfigEntry>,
}

/// One configuration entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigEntry {
    /// Kafka's name of the setting.
    pub name: String,
    /// Its value; `None` when sensitive or unset.
    pub value: Option<String>,
    /// Where the value comes from.
    pub source: ConfigSource,
}

/// One reassignment in progress (ListPartitionReassignments).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reassignment {
    /// Topic name.
    pub topic: String,
    /// Partition number.
    pub partition: i32,
    /// Replicas now.
    pub replicas: Vec<i32>,
    /// Replicas that are being added.
    pub adding: Vec<i32>,
    /// Replicas that will go.
    pub removing: Vec<i32>,
}

/// Builds answers for the tests of rules, without bytes.
#[cfg(test)]
pub(crate) mod build {
    use super::*;

    impl Metadata {
        /// An answer without brokers and topics.
        pub fn of_cluster(cluster_id: &str) -> Self {
            Self { cluster_id: Some(cluster_id.into()), ..Self::default() }
        }

        /// A live broker.
        pub fn with_broker(mut self, broker_id: i32) -> Self {
            self.brokers.push(endpoint(broker_id));
            self
        }

        /// A topic whose partitions are (leader or -1, replicas, isr).
        pub fn with_topic(mut self, name: &str, id: u8, partitions: &[(i32, &[i32], &[i32])]) -> Self {
            let start = self.partitions.len() as u32;
            for (number, (leader, replicas, isr)) in partitions.iter().enumerate() {
                let mut list = |ids: &[i32]| {
                    let start = self.broker_ids.len() as u32;
                    self.broker_ids.extend_from_slice(ids);
                    start..self.broker_ids.len() as u32
                };
                let (replicas, isr, offline) = (list(replicas), list(isr), list(&[]));
                self.partitions.push(PartitionMetadata {
                    error_code: 0,
                    partition: number as i32,
                    leader_id: (*leader >= 0).then_some(*leader),
                    leader_epoch: 1,
                    replicas,
                    isr,
                    offline,
                });
            }
            let name_start = self.names.len() as u32;
            self.names.push_str(name);
            self.topics.push(TopicMetadata {
                error_code: 0,
                topic_id: TopicId([id; 16]),
                is_internal: name.starts_with("__"),
                partitions: start..self.partitions.len() as u32,
                name: name_start..self.names.len() as u32,
            });
            self
        }
    }

    impl LogDirs {
        /// One directory with replicas (topic, partition, bytes).
        pub fn with_replicas(path: &str, replicas: &[(&str, i32, i64)]) -> Self {
            let dir = LogDir {
                error_code: 0,
                path: path.into(),
                total_bytes: Some(1_000),
                usable_bytes: Some(400),
                is_cordoned: false,
            };
            let mut dirs = Self { dirs: vec![dir], ..Self::default() };
            for (topic, partition, size_bytes) in replicas {
                let start = dirs.names.len() as u32;
                dirs.names.push_str(topic);
                let topic = start..dirs.names.len() as u32;
                let replica = LogDirReplica {
                    dir: 0,
                    partition: *partition,
                    size_bytes: *size_bytes,
                    is_future: false,
                    topic,
                };
                dirs.replicas.push(replica);
            }
            dirs
        }
    }

    impl Offsets {
        /// Rows (topic, partition, offset).
        pub fn with_rows(rows: &[(&str, i32, i64)]) -> Self {
            let mut offsets = Self::default();
            for (topic, partition, offset) in rows {
                let start = offsets.names.len() as u32;
                offsets.names.push_str(topic);
                let topic = start..offsets.names.len() as u32;
                offsets.rows.push(OffsetRow {
                    error_code: 0,
                    partition: *partition,
                    offset: Some(*offset),
                    topic,
                });
            }
            offsets
        }
    }

    impl GroupOffsets {
        /// Rows (topic, partition, committed offset or -1).
        pub fn with_rows(group_id: &str, rows: &[(&str, i32, i64)]) -> Self {
            let mut topics = TopicNames::default();
            let mut committed = Vec::new();
            for (index, (topic, partition, offset)) in (0..).zip(rows) {
                let start = topics.names.len() as u32;
                topics.names.push_str(topic);
                topics.topics.push(start..topics.names.len() as u32);
                let (partition, offset) = (*partition, *offset);
                committed.push(CommittedOffset { offset, topic: index, partition, error_code: 0 });
            }
            Self { group_id: group_id.into(), rows: committed, topics: topics.into() }
        }
    }

    /// The address of a broker.
    pub fn endpoint(broker_id: i32) -> BrokerEndpoint {
        BrokerEndpoint { broker_id, host: "127.0.0.1".into(), port: 9_090, rack: None }
    }
}
