//! Sizes and log starts of one cluster.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    sync::Arc,
};

use shared::DateTime;

use super::MetadataSnapshot;
use crate::{
    kafka::answers::{LogDirs, Offsets, Partial},
    runtime::Stamped,
};

/// What one turn of log directories reads.
#[derive(Debug)]
pub struct LogDirsSample {
    /// The log directories of each broker that answered.
    pub log_dirs: Partial<LogDirs>,
    /// The log starts of each leader that answered.
    pub log_starts: Partial<Offsets>,
    /// Which brokers may hold replicas, down ones too, and which topics are seen.
    pub existing: Arc<Stamped<MetadataSnapshot>>,
    /// Whether some broker refused because we may not describe the cluster.
    pub is_refused: bool,
}

/// What is known of sizes and log starts.
#[derive(Debug, Default, PartialEq)]
pub struct LogDirsSnapshot {
    /// By broker id. A broker that did not answer keeps what was last known of it.
    pub brokers: BTreeMap<i32, BrokerDirs>,
    /// Whether some broker refused because we may not describe the cluster.
    pub is_refused: bool,
    /// When they were read.
    pub read_at: DateTime,
    /// Topics that are there and not in metadata, by name: hidden ones, and those that were just created.
    pub unseen: Vec<Arc<str>>,
    /// Topics that may not be described, by name.
    pub hidden: Vec<Arc<str>>,
    /// Sizes by topic.
    pub topics: HashMap<Arc<str>, TopicSizes>,
    pub(in super::super) replicas: Vec<ReplicaSize>,
    pub(in super::super) log_starts: Vec<(i32, i64)>,
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
    pub(in super::super) replicas: Range<u32>,
    pub(in super::super) log_starts: Range<u32>,
}

/// The size of one replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct ReplicaSize {
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
        let rows = self.log_starts(topic);
        let at = rows.binary_search_by_key(&partition, |row| row.0).ok()?;
        rows.get(at).map(|row| row.1)
    }

    /// Log start offset of each partition of a topic, of which it is known.
    pub fn log_starts(&self, topic: &str) -> &[(i32, i64)] {
        let range = self.topics.get(topic).map(|topic| &topic.log_starts);
        let rows = range.and_then(|range| self.log_starts.get(range.start as usize..range.end as usize));
        rows.unwrap_or_default()
    }

    /// Bytes of all replicas, size and free bytes of all volumes (`None` where some broker does not tell); `None`
    /// where no broker tells anything.
    pub fn sums(&self) -> Option<(u64, Option<u64>, Option<u64>)> {
        let dirs = || self.brokers.values().flat_map(|broker| &broker.dirs);
        (!self.brokers.is_empty()).then(|| {
            (
                dirs().map(|dir| dir.size_bytes).sum(),
                dirs().map(|dir| dir.total_bytes).sum(),
                dirs().map(|dir| dir.usable_bytes).sum(),
            )
        })
    }

    /// Log directories that are offline.
    pub fn offline_count(&self) -> u32 {
        self.brokers.values().flat_map(|broker| &broker.dirs).filter(|dir| dir.error.is_some()).count() as u32
    }
}
