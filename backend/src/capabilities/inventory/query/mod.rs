//! Snapshots × scope × query → a page. Pure: what is newest and what time it is come in as values.

mod brokers;
mod clusters;
mod owners;
mod search;
mod topics;

use std::sync::Arc;

pub use brokers::{BrokerSort, broker, brokers};
pub use clusters::{ClusterSort, cluster, clusters, replication};
pub use owners::{OwnerSort, owners};
pub use search::search;
use shared::{DateTime, inventory::part, meta::Reading, rights::MissingRight};
pub use topics::{PartitionSort, TopicQuery, TopicSort, partitions, topic, topics};

use super::model::{ConfigsSnapshot, LogDirsSnapshot, MetadataSnapshot, Version, VersionMethod};
use crate::{catalog::Owners, runtime::Stamped};

/// What is newest of one cluster, taken at once.
#[derive(Clone, Debug)]
pub struct Known {
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
    /// Who owns what.
    pub owners: Arc<Owners>,
    /// How each part was read.
    pub readings: Vec<Reading>,
}

impl Known {
    /// What an answer's tag is made from.
    pub fn revisions(&self) -> [u64; 4] {
        [
            self.metadata.as_ref().map_or(0, |stamped| stamped.revision),
            self.log_dirs.as_ref().map_or(0, |stamped| stamped.revision),
            self.configs.as_ref().map_or(0, |stamped| stamped.revision),
            self.owners.revision(),
        ]
    }

    /// One number that moves when any part moved.
    pub fn revision(&self) -> u64 {
        let [metadata, log_dirs, configs, _] = self.revisions();
        metadata + log_dirs + configs
    }

    /// The owner of a topic of the cluster.
    pub fn owner_of(&self, topic: &str) -> Option<&str> {
        self.owners.of_topic(&self.name, topic)
    }

    fn snapshot(&self) -> Option<&MetadataSnapshot> {
        self.metadata.as_deref().map(|stamped| &stamped.snapshot)
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

    /// Topics that may not be described; `None` when nobody knows.
    fn hidden_topics(&self) -> Option<u32> {
        self.snapshot().and_then(|snapshot| snapshot.rights.hidden_topics)
    }

    /// The rights that are missing.
    fn missing_rights(&self) -> &[MissingRight] {
        self.snapshot().map(|snapshot| snapshot.rights.missing.as_slice()).unwrap_or_default()
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
