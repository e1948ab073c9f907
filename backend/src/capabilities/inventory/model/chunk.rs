//! Topics and partitions, packed: what a million replicas can afford.

use std::ops::Range;

use shared::DateTime;

use super::owned::Remembered;
use crate::kafka::answers::TopicId;

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
    /// `count` when the setting of every topic is known, but for `refused` topics that may not be described: then
    /// there are at least so many, where any topic's is known at all.
    pub fn known(&self, count: u32, refused: u32) -> Option<u32> {
        let some_are = self.unknown_min_isr == 0 || self.unknown_min_isr < self.topics;
        (some_are && self.unknown_min_isr <= refused).then_some(count)
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
    /// Partitions that would suffer without it.
    pub needed: Needed,
}

/// Partitions that would suffer without one of their in-sync replicas, by what would become of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needed {
    /// They would go offline.
    pub offline: u32,
    /// Those of them that have one replica only.
    pub single: u32,
    /// Their writes with acks=all would be refused.
    pub under_min_isr: u32,
    /// Those of them that have no more replicas than `min.insync.replicas`.
    pub no_spare: u32,
    /// Nobody knows, because their `min.insync.replicas` is not known.
    pub unknown: u32,
}

/// What becomes of a partition when one of its in-sync replicas goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Without {
    /// Nothing that a writer or reader would see.
    Well,
    /// Its `min.insync.replicas` is not known.
    Unknown,
    /// Writes with acks=all are refused.
    UnderMinIsr,
    /// It has no leader.
    Offline,
}

impl Needed {
    /// Adds one partition that suffers so.
    pub fn add(&mut self, without: Without, has_spare: bool) {
        match without {
            Without::Well => {}
            Without::Unknown => self.unknown += 1,
            Without::UnderMinIsr => {
                self.under_min_isr += 1;
                self.no_spare += u32::from(!has_spare);
            }
            Without::Offline => {
                self.offline += 1;
                self.single += u32::from(!has_spare);
            }
        }
    }

    /// Partitions that suffer so.
    pub fn count(&self, without: Without) -> u32 {
        match without {
            Without::Well => 0,
            Without::Unknown => self.unknown,
            Without::UnderMinIsr => self.under_min_isr,
            Without::Offline => self.offline,
        }
    }
}

impl std::ops::AddAssign for Needed {
    fn add_assign(&mut self, other: Self) {
        self.offline += other.offline;
        self.single += other.single;
        self.under_min_isr += other.under_min_isr;
        self.no_spare += other.no_spare;
        self.unknown += other.unknown;
    }
}

/// The topics of one shard, by name, with their partitions. Immutable and shared from turn to turn until it changes.
#[derive(Debug, Default)]
pub struct Chunk {
    pub(in super::super) names: String,
    /// By name.
    pub topics: Vec<TopicRow>,
    /// Each topic's together, by number.
    pub partitions: Vec<PartitionRow>,
    pub(in super::super) broker_ids: Vec<i32>,
    /// What each broker holds of it.
    pub broker_counts: Vec<(i32, BrokerCounts)>,
    /// Sums over its topics.
    pub totals: Totals,
    pub(super) owned: Remembered,
}

/// One topic.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicRow {
    pub(in super::super) name: Range<u32>,
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
    /// Whether a partition that has fewer replicas than that takes no writes with acks=all.
    pub refuses_few: bool,
    /// When it was first seen; `None` when it was there from the first look.
    pub first_seen: Option<DateTime>,
}

/// One partition. Its replicas, ISR and offline replicas lie one behind the other in the chunk's ids.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartitionRow {
    /// Its number.
    pub partition: i32,
    /// -1 when offline.
    pub(in super::super) leader: i32,
    /// Epoch of the leader, -1 when not told.
    pub leader_epoch: i32,
    pub(in super::super) ids: u32,
    pub(in super::super) replicas: u16,
    pub(in super::super) isr: u16,
    pub(in super::super) offline: u16,
    pub(in super::super) adding: u16,
    pub(in super::super) under_replicated: Since,
}

/// Since when something holds, in the eight bytes that a million rows can afford.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Since(i64);

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

impl TopicRow {
    /// Whether one of its partitions refuses writes with acks=all; `None` while `min.insync.replicas` is not known. Of fewer
    /// replicas than that, brokers want no more than all (`effectiveMinIsr` of Kafka's `Partition`; since 3.7, KAFKA-15583).
    pub fn is_under_min_isr(&self, partition: &PartitionRow) -> Option<bool> {
        let min_isr = self.min_isr?;
        let least = if self.refuses_few { min_isr } else { min_isr.min(partition.replicas) };
        Some(partition.isr < least)
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

    /// One more failure and writes with acks=all are refused. Where there are no more replicas than that, it is
    /// the normal state and no news.
    pub fn is_at_min_isr(&self, min_isr: u16) -> bool {
        self.isr == min_isr && self.replicas > min_isr
    }

    /// What becomes of it without one of its in-sync replicas, whichever. A replica that is not in sync cannot lead.
    pub fn without_one(&self, min_isr: Option<u16>) -> Without {
        match (self.isr, min_isr) {
            (0, _) => Without::Well,
            (1, _) => Without::Offline,
            (_, None) => Without::Unknown,
            (isr, Some(min_isr)) if isr <= min_isr => Without::UnderMinIsr,
            _ => Without::Well,
        }
    }

    /// Whether it has more replicas than `min.insync.replicas` wants, and more than one.
    pub fn has_spare(&self, min_isr: Option<u16>) -> bool {
        self.replicas > min_isr.unwrap_or_default().max(1)
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

    /// Gives back what was reserved while it was built: it never grows again.
    pub(in super::super) fn shrink(&mut self) {
        self.names.shrink_to_fit();
        self.topics.shrink_to_fit();
        self.partitions.shrink_to_fit();
        self.broker_ids.shrink_to_fit();
        self.broker_counts.shrink_to_fit();
    }

    /// Bytes that it holds on the heap.
    pub fn held_bytes(&self) -> usize {
        self.names.capacity()
            + self.topics.capacity() * size_of::<TopicRow>()
            + self.partitions.capacity() * size_of::<PartitionRow>()
            + self.broker_ids.capacity() * size_of::<i32>()
            + self.broker_counts.capacity() * size_of::<(i32, BrokerCounts)>()
    }

    fn ids(&self, start: u32, skip: u16, count: u16) -> &[i32] {
        let start = start as usize + usize::from(skip);
        self.broker_ids.get(start..start + usize::from(count)).unwrap_or_default()
    }
}

/// Chunks of a cluster. Enough that a change rebuilds little, few enough that walking them costs nothing.
pub(in super::super) const SHARDS: usize = 256;

/// The chunk that a topic belongs to: FNV-1a of its name.
pub(in super::super) fn shard(name: &str) -> usize {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash >> 32) as usize % SHARDS
}
