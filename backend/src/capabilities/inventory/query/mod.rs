//! Snapshots × scope × query → a page. Pure: what is newest and what time it is come in as values.

mod brokers;
mod clusters;
mod owners;
mod restart;
mod search;
#[cfg(test)]
mod tests;
mod topics;

use std::sync::Arc;

pub use brokers::{BrokerSort, broker, brokers};
pub use clusters::{ClusterSort, cluster, clusters, replication};
pub use owners::{OwnerSort, owners};
pub use restart::{RestartSort, restart_verdicts};
pub use search::search;
use shared::{DateTime, inventory::part, meta::Reading, rights::MissingRight};
pub use topics::{PartitionSort, TopicQuery, TopicSort, partitions, topic, topics};

use super::model::{
    Chunk, ClusterRates, ConfigsSnapshot, LogDirsSnapshot, MetadataSnapshot, Rate, TopicRow, Version,
    VersionMethod,
};
use crate::{access::Scope, runtime::Stamped};

/// What is newest of one cluster, taken at once, for one asker and with the owners of then. Queries look through it, so
/// that they come upon nothing that the asker may not see.
#[derive(Clone, Debug)]
pub struct Known {
    /// Who looks.
    pub scope: Scope,
    /// Our name of it.
    pub name: String,
    /// Its tier, as configured.
    pub tier: Option<String>,
    /// Its data centre, as configured.
    pub datacenter: Option<String>,
    /// Brokers, topics, partitions.
    pub metadata: Option<Arc<Stamped<MetadataSnapshot>>>,
    /// Sizes and log starts.
    pub log_dirs: Option<Arc<Stamped<LogDirsSnapshot>>>,
    /// Configurations.
    pub configs: Option<Arc<Stamped<ConfigsSnapshot>>>,
    /// What goes in and out, where that is read.
    pub rates: Option<Arc<dyn ClusterRates>>,
    /// How each part was read.
    pub readings: Vec<Reading>,
}

impl Known {
    /// What an answer's tag is made from, beside the scope. Rates are a part of few answers: see
    /// [`Known::rates_revision`].
    pub fn revisions(&self) -> [u64; 3] {
        [
            self.metadata.as_ref().map_or(0, |stamped| stamped.revision),
            self.log_dirs.as_ref().map_or(0, |stamped| stamped.revision),
            self.configs.as_ref().map_or(0, |stamped| stamped.revision),
        ]
    }

    /// One number that moves when any part moved.
    pub fn revision(&self) -> u64 {
        self.revisions().iter().sum()
    }

    /// Moves with every reading of rates.
    pub fn rates_revision(&self) -> u64 {
        self.rates.as_ref().map_or(0, |rates| rates.revision())
    }

    /// What goes in and out of the cluster; none where only what some owners have is seen.
    fn rate(&self) -> Option<Rate> {
        self.rates.as_ref().filter(|_| self.scope.sees_wholly(&self.name)).map(|rates| rates.cluster())
    }

    /// What goes in and out of a topic that may be seen.
    fn topic_rate(&self, topic: &str) -> Option<Rate> {
        self.rates.as_ref().and_then(|rates| rates.topic(topic))
    }

    /// The owner of a topic of the cluster.
    pub fn owner_of(&self, topic: &str) -> Option<&str> {
        self.scope.owners().of_topic(&self.name, topic)
    }

    fn snapshot(&self) -> Option<&MetadataSnapshot> {
        self.metadata.as_deref().map(|stamped| &stamped.snapshot)
    }

    /// The cluster as a whole: its brokers, its sums; `None` where only what some owners have is seen.
    fn whole(&self) -> Option<&MetadataSnapshot> {
        self.snapshot().filter(|_| self.scope.sees_wholly(&self.name))
    }

    /// The topics that may be seen, in no order, and only those of `owner` if one is told; `None` when the cluster was
    /// never read.
    fn topics(&self, owner: Option<&str>) -> Option<impl Iterator<Item = (&Chunk, &TopicRow)>> {
        let all = owner.is_none() && self.scope.sees_wholly(&self.name);
        let owners = self.scope.owners();
        let is_meant = |name: &str| self.scope.sees_owner(name) && owner.is_none_or(|owner| owner == name);
        let owned: Vec<bool> = owners
            .all()
            .iter()
            .map(|owner| self.scope.sees_cluster(&self.name) && is_meant(&owner.name))
            .collect();
        let is_seen = move |place: Option<u32>| {
            place.and_then(|place| owned.get(place as usize)).copied().unwrap_or_default()
        };
        let seen_of = move |chunk: &Arc<Chunk>| -> Vec<bool> {
            if all {
                return vec![true; chunk.topics.len()];
            }
            chunk.owners(owners, &self.name).iter().map(|place| is_seen(*place)).collect()
        };
        let chunks = self.snapshot()?.chunks.iter();
        Some(chunks.flat_map(move |chunk| {
            let rows = chunk.topics.iter().zip(seen_of(chunk)).filter(|(_, seen)| *seen);
            rows.map(move |(topic, _)| (chunk.as_ref(), topic))
        }))
    }

    /// A topic with its chunk, if it is there and may be seen.
    fn topic(&self, name: &str) -> Option<(&Chunk, &TopicRow)> {
        self.snapshot()?.topic(name).filter(|_| self.scope.sees_topic(&self.name, name))
    }

    /// Sizes of the cluster as a whole.
    fn all_sizes(&self) -> Option<&LogDirsSnapshot> {
        self.sizes().filter(|_| self.scope.sees_wholly(&self.name))
    }

    fn sizes(&self) -> Option<&LogDirsSnapshot> {
        self.log_dirs.as_deref().map(|stamped| &stamped.snapshot)
    }

    fn settings(&self) -> Option<&ConfigsSnapshot> {
        self.configs.as_deref().map(|stamped| &stamped.snapshot)
    }

    /// Whether topics may be hidden, so that there may be more than is counted.
    fn is_at_least(&self) -> bool {
        self.snapshot().is_some_and(|snapshot| snapshot.rights.at_least)
    }

    /// Topics that may not be described; `None` when nobody knows, or may.
    fn hidden_topics(&self) -> Option<u32> {
        self.whole().and_then(|snapshot| snapshot.rights.hidden_topics)
    }

    /// The rights that are missing, which name topics.
    fn missing_rights(&self) -> &[MissingRight] {
        self.whole().map(|snapshot| snapshot.rights.missing.as_slice()).unwrap_or_default()
    }

    fn metadata_reading(&self) -> Option<&Reading> {
        self.readings.iter().find(|reading| reading.part == part::METADATA)
    }

    /// Whether the newest view is older than two periods.
    pub fn is_stale(&self, now: DateTime) -> bool {
        self.metadata_reading()
            .is_some_and(|reading| reading.freshness(now) == shared::meta::Freshness::Stale)
    }
}

fn version_text(version: Version) -> String {
    let (major, minor) = version.release;
    format!("{major}.{minor}")
}

fn version_method(version: Version) -> &'static str {
    match version.method {
        VersionMethod::MetadataVersion => "inferred from the metadata.version that its brokers support",
        VersionMethod::FetchVersion => {
            "at least this, inferred from the version of Fetch that its brokers speak"
        }
    }
}
