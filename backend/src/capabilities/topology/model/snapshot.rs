//! What is known of the fleet's flows after a turn.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use shared::{
    DateTime,
    topology::{
        Confidence, Evidence, Finding, FindingKind, FlowKind, FlowSettings, FlowVerdict, Latency,
        RenamePolicy, TierRole,
    },
    verdict::Severity,
};

use super::{ClusterRate, Name, Rewind};
use crate::{
    kafka::answers::TopicId,
    series::{Looks, Window},
};

/// The flows of the fleet.
#[derive(Clone, Debug, Default)]
pub struct FlowsSnapshot {
    /// Its clusters: those that are watched in the configuration's order, then those that mirrors name.
    pub clusters: Vec<ClusterRow>,
    /// In the order of the flow: of each tier the clusters, as indexes.
    pub tiers: Vec<TierRow>,
    /// The flows, by id.
    pub flows: Vec<Arc<FlowRow>>,
    /// What is of no flow alone.
    pub findings: Vec<Finding>,
    /// Whether any flow is declared.
    pub is_declared: bool,
    /// Clusters of which all that mirrors left was read.
    pub whole: BTreeSet<Name>,
}

impl FlowsSnapshot {
    /// A flow by its id.
    pub fn flow(&self, id: &str) -> Option<&Arc<FlowRow>> {
        let at = self.flows.binary_search_by(|flow| flow.id.as_str().cmp(id)).ok()?;
        self.flows.get(at)
    }

    /// Whether all that mirrors left on a cluster was read, or it is not watched.
    pub fn was_read(&self, cluster: &Name) -> bool {
        let is_watched = self.cluster(cluster).is_some_and(|cluster| cluster.watched.is_some());
        self.whole.contains(cluster) || !(is_watched || self.clusters.is_empty())
    }

    /// A cluster by its name.
    pub fn cluster(&self, name: &str) -> Option<&ClusterRow> {
        self.clusters.iter().find(|cluster| *cluster.name == *name)
    }
}

/// A cluster of the fleet.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterRow {
    /// Its name; the alias of a mirror where nobody knows it.
    pub name: Name,
    /// What is known of it; none where it is not watched.
    pub watched: Option<WatchedRow>,
}

/// A cluster that is watched.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WatchedRow {
    /// As declared.
    pub tier: Option<String>,
    /// As declared.
    pub datacenter: Option<String>,
    /// As declared.
    pub category: Option<String>,
    /// How it is; none where it was never read.
    pub health: Option<Severity>,
    /// Brokers that serve, and all.
    pub brokers: Option<(u32, u32)>,
    /// Bytes that go into it and out of it.
    pub rate: ClusterRate,
    /// Bytes that Kafka and mirrors write each second to topics that they keep for themselves.
    pub own_bytes: f64,
    /// What is in the way of reading what mirrors leave there.
    pub trouble: Option<String>,
}

/// A tier.
#[derive(Clone, Debug, PartialEq)]
pub struct TierRow {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub role: TierRole,
    /// Indexes of its clusters.
    pub clusters: Vec<usize>,
}

/// A flow.
#[derive(Clone, Debug)]
pub struct FlowRow {
    /// `source~target~kind`.
    pub id: String,
    /// Where it begins.
    pub source: Name,
    /// Where it ends.
    pub target: Name,
    /// What it calls its target.
    pub target_aliases: Vec<Name>,
    /// What copies.
    pub kind: FlowKind,
    /// What it is known from.
    pub evidence: Vec<Evidence>,
    /// How sure that is.
    pub confidence: Confidence,
    /// What topics are called at the target.
    pub policy: RenamePolicy,
    /// Whose it is, as declared.
    pub owner: Option<String>,
    /// Its topics, by their name at the source.
    pub topics: Vec<Arc<TopicRow>>,
    /// What is wrong with it as a whole.
    pub troubles: Vec<FlowTrouble>,
    /// When the newest heartbeat was seen, in ms since 1970.
    pub beat_ms: Option<i64>,
    /// How long records take.
    pub latency: Vec<Latency>,
    /// Settings that are known.
    pub settings: FlowSettings,
    /// Groups whose offsets it translates.
    pub groups: Option<u32>,
    /// Bytes that are written to its topics at the target each second.
    pub bytes: Option<f64>,
    /// Whether that is about so much.
    pub bytes_are_estimated: bool,
    /// When it was first seen, in ms since 1970.
    pub first_ms: i64,
    /// When it was judged, in ms since 1970.
    pub judged_ms: i64,
    /// Since when each kind of thing is wrong, in ms since 1970.
    pub since: BTreeMap<FindingKind, i64>,
    /// Topics that are wanted and not there, and since when that is seen, in ms since 1970.
    pub missing: BTreeMap<Name, i64>,
    /// Topics of the source that were deleted a while ago: what they were like.
    pub gone: BTreeMap<Name, Arc<TopicRow>>,
    /// Lag, age and latency over time.
    pub past: Window,
    /// How it is as a whole.
    pub verdict: FlowVerdict,
}

/// One thing that is wrong with a flow as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowTrouble {
    /// What kind of thing.
    pub kind: FindingKind,
    /// How bad.
    pub severity: Severity,
    /// In words.
    pub sentence: String,
    /// What it means and what to do.
    pub detail: Option<String>,
    /// Since when, where that is known from elsewhere than having seen it, in ms since 1970.
    pub since_ms: Option<i64>,
}

/// A topic of a flow.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicRow {
    /// Its name at the source.
    pub source_topic: Name,
    /// Its name at the target; none where it is not there.
    pub target_topic: Option<Name>,
    /// Its id at the source.
    pub source_id: Option<TopicId>,
    /// Its id at the target.
    pub target_id: Option<TopicId>,
    /// Its partitions at the source, by number; empty where the source is not watched.
    pub partitions: Vec<PartitionRow>,
    /// When it was seen to be another, and how far the one before was copied.
    pub recreated: Option<Recreated>,
    /// Records that were skipped, as far as it was seen.
    pub lost_records: u64,
    /// What is wrong, worst first.
    pub troubles: Vec<TopicTrouble>,
    /// Records at the source that are not copied; none where that is known of no partition.
    pub lag_records: Option<u64>,
    /// Whether it is not known of some.
    pub lag_is_at_least: bool,
    /// How long the oldest of them has waited, in ms.
    pub age_ms: Option<i64>,
    /// Records that are written at the source each second.
    pub source_rate: Option<f64>,
    /// Records that are written at the target each second.
    pub target_rate: Option<f64>,
    /// The sum of its log ends at the source.
    pub source_end: Option<u64>,
    /// The sum of its log ends at the target.
    pub target_end: Option<u64>,
    /// Its partitions at the target.
    pub target_partitions: Option<u32>,
    /// How it is.
    pub verdict: FlowVerdict,
}

impl TopicRow {
    /// A topic of which nothing is known yet.
    pub fn named(source_topic: Name) -> Self {
        Self {
            source_topic,
            target_topic: None,
            source_id: None,
            target_id: None,
            partitions: vec![],
            recreated: None,
            lost_records: 0,
            troubles: vec![],
            lag_records: None,
            lag_is_at_least: false,
            age_ms: None,
            source_rate: None,
            target_rate: None,
            source_end: None,
            target_end: None,
            target_partitions: None,
            verdict: FlowVerdict::Unknown,
        }
    }
}

/// A topic that was deleted and created again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recreated {
    /// When that was seen, in ms since 1970.
    pub at_ms: i64,
    /// When the topic before was seen last: it is another since then.
    pub since_ms: i64,
    /// By partition: the offset that was to come of the topic before.
    pub positions: BTreeMap<i32, i64>,
    /// By partition: where the log of the target ended when the topic before was seen last.
    pub target_ends: BTreeMap<i32, i64>,
    /// Records that were lost by it, as far as they are counted.
    pub counted: u64,
}

/// A partition of a topic at the source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionRow {
    /// Its number.
    pub partition: i32,
    /// The next offset that is to be copied, at least.
    pub position: Option<i64>,
    /// When that moved last, or was first seen, in ms since 1970.
    pub moved_ms: i64,
    /// Whether its log end was read in the last turn.
    pub is_seen: bool,
    /// Where its log begins.
    pub start: Option<i64>,
    /// Where its log ended over time.
    pub ends: Looks,
    /// Where that of the target ended over time.
    pub target_ends: Looks,
    /// Position and end between which only marks of transactions lie.
    pub empty: Option<(i64, i64)>,
    /// Position and end between which it was looked, with whatever outcome.
    pub peeked: Option<(i64, i64)>,
    /// The last time that it was read again.
    pub rewind: Option<Rewind>,
    /// Whether it had marks of transactions.
    pub has_marks: bool,
    /// Whether the topic has no such partition at the target.
    pub is_absent: bool,
}

impl PartitionRow {
    /// Where its log ends.
    pub fn end(&self) -> Option<i64> {
        self.ends.newest().map(|(_, end)| end)
    }

    /// Records that are not copied; none where that is not known as of the last turn.
    pub fn lag(&self) -> Option<u64> {
        let (position, end) = (self.position?, self.end().filter(|_| self.is_seen)?);
        let waits = end.saturating_sub(position.max(self.start.unwrap_or(0))).max(0);
        let lag = if self.empty == Some((position, end)) { 0 } else { waits };
        Some(lag.unsigned_abs())
    }
}

/// One thing that is wrong with a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicTrouble {
    /// What kind of thing.
    pub kind: FindingKind,
    /// Since when, in ms since 1970.
    pub since_ms: i64,
    /// Records that it is about.
    pub records: u64,
    /// Partitions that have it.
    pub partitions: u32,
    /// The worst of these.
    pub partition: i32,
    /// An offset that explains it.
    pub offset: i64,
    /// Whether records are lost by it.
    pub loses: bool,
}

impl FlowRow {
    /// When it was first seen.
    pub fn first_seen(&self) -> Option<DateTime> {
        DateTime::from_timestamp_millis(self.first_ms)
    }
}
