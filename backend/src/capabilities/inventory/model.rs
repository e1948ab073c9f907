//! What inventory reads (samples), knows (snapshots) and tolerates (policy).
//!
//! Three parts a cluster, each with its own rhythm: metadata, log directories, configurations. Snapshots are compact
//! and whole: names in one string a chunk, ids as integers, rows in vectors, chunks shared between turns.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    ops::Range,
    sync::Arc,
    time::Duration,
};

use shared::{
    DateTime,
    inventory::{BrokerState, QuorumRole, ReplicationPoint},
    verdict::Health,
};

use crate::{
    kafka::answers::{
        BrokerEndpoint, BrokerFeatures, ClusterDescription, LogDirs, Metadata, Offsets, Partial, Quorum,
        Reassignment, TopicConfigs, TopicId,
    },
    runtime::Stamped,
};

/// What the operator tolerates and wants kept.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// A broker that is gone is listed this long.
    pub forget_brokers_after: Duration,
    /// So far back the counts of troubled partitions are held.
    pub history: Duration,
}

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
    /// The newest configurations, for `min.insync.replicas`.
    pub configs: Option<Arc<Stamped<ConfigsSnapshot>>>,
    /// The newest log directories, for those that are offline.
    pub log_dirs: Option<Arc<Stamped<LogDirsSnapshot>>>,
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
    /// The verdict over all of it.
    pub health: Health,
}

/// Since when some trouble of a kind lasts without a break; `None` when there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

/// Counts of one cluster, or of one chunk of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Topics.
    pub topics: u32,
    /// Partitions.
    pub partitions: u32,
    /// Assigned replicas.
    pub replicas: u64,
    /// Partitions whose ISR is shorter than their replicas.
    pub under_replicated: u32,
    /// Partitions without a leader.
    pub offline: u32,
    /// Partitions under `min.insync.replicas`, of the topics whose setting is known.
    pub under_min_isr: u32,
    /// Partitions at `min.insync.replicas`, of the topics whose setting is known.
    pub at_min_isr: u32,
    /// Topics whose `min.insync.replicas` is not known.
    pub unknown_min_isr: u32,
}

impl Totals {
    /// `count` when the setting of every topic is known.
    pub fn known(&self, count: u32) -> Option<u32> {
        (self.unknown_min_isr == 0).then_some(count)
    }
}

impl std::ops::AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.topics += other.topics;
        self.partitions += other.partitions;
        self.replicas += other.replicas;
        self.under_replicated += other.under_replicated;
        self.offline += other.offline;
        self.under_min_isr += other.under_min_isr;
        self.at_min_isr += other.at_min_isr;
        self.unknown_min_isr += other.unknown_min_isr;
    }
}

/// What one broker holds of one chunk, or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BrokerCounts {
    /// Partitions that it leads.
    pub leaders: u32,
    /// Partitions whose preferred leader it is.
    pub preferred: u32,
    /// Replicas assigned to it.
    pub replicas: u32,
    /// Replicas assigned to it that are not in sync.
    pub out_of_sync: u32,
}

/// The topics of one shard, by name, with their partitions. Immutable and shared from turn to turn until it changes.
#[derive(Debug, Default)]
pub struct Chunk {
    pub(super) names: String,
    /// By name.
    pub topics: Vec<TopicRow>,
    /// Each topic's together, by number.
    pub partitions: Vec<PartitionRow>,
    pub(super) broker_ids: Vec<i32>,
    /// What each broker holds of it.
    pub broker_counts: Vec<(i32, BrokerCounts)>,
    /// Sums over its topics.
    pub totals: Totals,
}

/// One topic.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicRow {
    pub(super) name: Range<u32>,
    /// Zero from brokers older than topic ids.
    pub topic_id: TopicId,
    /// One of Kafka's own.
    pub is_internal: bool,
    /// Index range into [`Chunk::partitions`].
    pub partitions: Range<u32>,
    /// Assigned replicas of all partitions.
    pub replicas: u32,
    /// The largest number of replicas of a partition.
    pub replication_factor: u16,
    /// Partitions whose ISR is shorter than their replicas.
    pub under_replicated: u32,
    /// Partitions without a leader.
    pub offline: u32,
    /// Partitions under `min.insync.replicas`.
    pub under_min_isr: u32,
    /// Partitions at `min.insync.replicas`.
    pub at_min_isr: u32,
    /// `min.insync.replicas`; `None` when not known.
    pub min_isr: Option<u16>,
    /// When it was first seen; `None` when it was there from the first look.
    pub first_seen: Option<DateTime>,
}

/// One partition. Its replicas, ISR and offline replicas lie one behind the other in the chunk's ids.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartitionRow {
    /// Its number.
    pub partition: i32,
    /// -1 when offline.
    pub(super) leader: i32,
    /// Epoch of the leader, -1 when not told.
    pub leader_epoch: i32,
    pub(super) ids: u32,
    pub(super) replicas: u16,
    pub(super) isr: u16,
    pub(super) offline: u16,
    pub(super) adding: u16,
    pub(super) under_replicated: Since,
}

/// Since when something holds, in the eight bytes that a million rows can afford.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Since(i64);

impl Since {
    /// It does not hold.
    pub const NEVER: Self = Self(i64::MAX);
    /// It held at the first look already.
    pub const BEFORE: Self = Self(i64::MIN);

    /// It holds since then.
    pub fn at(time: DateTime) -> Self {
        Self(time.timestamp_millis())
    }

    /// Since when, where that is known.
    pub fn time(self) -> Option<DateTime> {
        (self != Self::NEVER && self != Self::BEFORE)
            .then(|| DateTime::from_timestamp_millis(self.0))
            .flatten()
    }
}

impl PartitionRow {
    /// `None` when it is offline.
    pub fn leader_id(&self) -> Option<i32> {
        (self.leader >= 0).then_some(self.leader)
    }

    /// The ISR is shorter than the replicas. Replicas that a reassignment is just adding do not count, as in
    /// Kafka's own tool (KIP-352).
    pub fn is_under_replicated(&self) -> bool {
        self.isr < self.replicas.saturating_sub(self.adding)
    }

    /// Writes with acks=all are refused.
    pub fn is_under_min_isr(&self, min_isr: u16) -> bool {
        self.isr < min_isr
    }

    /// One more failure and writes with acks=all are refused. Where there are no more replicas than that, it is
    /// the normal state and no news.
    pub fn is_at_min_isr(&self, min_isr: u16) -> bool {
        self.isr == min_isr && self.replicas > min_isr
    }

    /// Since when it is under-replicated, where that is known.
    pub fn under_replicated_since(&self) -> Option<DateTime> {
        self.under_replicated.time()
    }
}

impl Chunk {
    /// The topic's name.
    pub fn name(&self, topic: &TopicRow) -> &str {
        self.names.get(topic.name.start as usize..topic.name.end as usize).unwrap_or_default()
    }

    /// The topic of a name.
    pub fn topic(&self, name: &str) -> Option<&TopicRow> {
        let at = self.topics.binary_search_by(|topic| self.name(topic).cmp(name)).ok()?;
        self.topics.get(at)
    }

    /// The topic's partitions, by number.
    pub fn partitions_of(&self, topic: &TopicRow) -> &[PartitionRow] {
        self.partitions
            .get(topic.partitions.start as usize..topic.partitions.end as usize)
            .unwrap_or_default()
    }

    /// Assigned replicas, the preferred leader first.
    pub fn replicas(&self, partition: &PartitionRow) -> &[i32] {
        self.ids(partition.ids, 0, partition.replicas)
    }

    /// In-sync replicas.
    pub fn isr(&self, partition: &PartitionRow) -> &[i32] {
        self.ids(partition.ids, partition.replicas, partition.isr)
    }

    /// Replicas on brokers or log directories that are offline.
    pub fn offline_replicas(&self, partition: &PartitionRow) -> &[i32] {
        self.ids(partition.ids, partition.replicas.saturating_add(partition.isr), partition.offline)
    }

    fn ids(&self, start: u32, skip: u16, count: u16) -> &[i32] {
        let start = start as usize + usize::from(skip);
        self.broker_ids.get(start..start + usize::from(count)).unwrap_or_default()
    }
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
        }
        all
    }
}

/// Chunks of a cluster. Enough that a change rebuilds little, few enough that walking them costs nothing.
pub(super) const SHARDS: usize = 256;

/// The chunk that a topic belongs to: FNV-1a of its name.
pub(super) fn shard(name: &str) -> usize {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash >> 32) as usize % SHARDS
}

/// What one turn of the fleet reads: the newest readings of all clusters.
#[derive(Debug)]
pub struct FleetSample {
    /// How the metadata of each cluster was read.
    pub readings: Vec<shared::meta::Reading>,
}

/// What is known of the fleet as a whole.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FleetSnapshot {
    /// Clusters that do not answer, with since when.
    pub silent: BTreeMap<String, DateTime>,
}

/// What one turn of log directories reads.
#[derive(Debug)]
pub struct LogDirsSample {
    /// The log directories of each broker that answered.
    pub log_dirs: Partial<LogDirs>,
    /// The log starts of each leader that answered.
    pub log_starts: Partial<Offsets>,
    /// Brokers that may hold replicas, down ones too.
    pub brokers: Vec<i32>,
}

/// What is known of sizes and log starts.
#[derive(Debug, Default, PartialEq)]
pub struct LogDirsSnapshot {
    /// By broker id. A broker that did not answer keeps what was last known of it.
    pub brokers: BTreeMap<i32, BrokerDirs>,
    /// Sizes by topic.
    pub topics: HashMap<Arc<str>, TopicSizes>,
    pub(super) replicas: Vec<ReplicaSize>,
    pub(super) log_starts: Vec<(i32, i64)>,
}

/// The log directories of one broker.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokerDirs {
    /// When they were read.
    pub as_of: DateTime,
    /// The directories.
    pub dirs: Vec<shared::inventory::LogDir>,
}

/// One topic's share of the flat vectors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicSizes {
    /// Bytes of all its replicas.
    pub size_bytes: u64,
    pub(super) replicas: Range<u32>,
    pub(super) log_starts: Range<u32>,
}

/// The size of one replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ReplicaSize {
    pub partition: i32,
    pub broker_id: i32,
    pub size_bytes: u64,
}

impl LogDirsSnapshot {
    /// Size of one replica.
    pub fn replica_size(&self, topic: &str, partition: i32, broker_id: i32) -> Option<u64> {
        let range = &self.topics.get(topic)?.replicas;
        let rows = self.replicas.get(range.start as usize..range.end as usize)?;
        let at =
            rows.binary_search_by_key(&(partition, broker_id), |row| (row.partition, row.broker_id)).ok()?;
        rows.get(at).map(|row| row.size_bytes)
    }

    /// Log start offset of one partition.
    pub fn log_start(&self, topic: &str, partition: i32) -> Option<i64> {
        let range = &self.topics.get(topic)?.log_starts;
        let rows = self.log_starts.get(range.start as usize..range.end as usize)?;
        let at = rows.binary_search_by_key(&partition, |row| row.0).ok()?;
        rows.get(at).map(|row| row.1)
    }

    /// Bytes of all replicas, size and free bytes of all volumes (`None` where some broker does not tell).
    pub fn sums(&self) -> (u64, Option<u64>, Option<u64>) {
        let dirs = || self.brokers.values().flat_map(|broker| &broker.dirs);
        (
            dirs().map(|dir| dir.size_bytes).sum(),
            dirs().map(|dir| dir.total_bytes).sum(),
            dirs().map(|dir| dir.usable_bytes).sum(),
        )
    }

    /// Log directories that are offline.
    pub fn offline_count(&self) -> u32 {
        self.brokers.values().flat_map(|broker| &broker.dirs).filter(|dir| dir.error.is_some()).count() as u32
    }
}

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
