//! What inventory reads (samples), knows (snapshots) and tolerates (policy).
//!
//! Three parts a cluster, each with its own rhythm: metadata, log directories, configurations. Snapshots are compact
//! and whole: names in one string a chunk, ids as integers, rows in vectors, chunks shared between turns.

mod chunk;
mod configs;
mod fleet;
mod log_dirs;
mod metadata;
mod owned;
mod rates;
mod remembered;
mod rights;

use std::time::Duration;

pub use chunk::{BrokerCounts, Chunk, Needed, PartitionRow, TopicRow, Totals, Without};
pub(super) use chunk::{SHARDS, Since, shard};
pub use configs::{ConfigsSample, ConfigsSnapshot, Settings, TopicConfig};
pub use fleet::{FleetSample, FleetSnapshot};
pub(super) use log_dirs::ReplicaSize;
pub use log_dirs::{BrokerDirs, LogDirsSample, LogDirsSnapshot, TopicSizes};
pub use metadata::{
    BrokerRow, MetadataSample, MetadataSnapshot, TroubleSince, Version, VersionMethod, Voter,
};
pub use rates::{ClusterRates, Rate, Rates};
pub use remembered::{Remembered, RememberedBroker};
pub use rights::{Rights, Unseen};

/// What the operator tolerates and wants kept.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// A broker that is gone is listed this long.
    pub forget_brokers_after: Duration,
    /// So far back the counts of troubled partitions are held.
    pub history: Duration,
}
