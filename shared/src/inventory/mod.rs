//! Inventory: which clusters, brokers, topics and partitions there are, and whether they are whole.

mod broker;
mod broker_headline;
mod cluster;
mod headline;
mod outages;
mod partition;
mod replication;
mod restart;
pub mod samples;
mod topic;

pub use crate::headline::Headline;
pub use broker::{Broker, BrokerDetail, BrokerState, Brokers, LogDir, QuorumRole};
pub use broker_headline::{broker_headline, with_abnormal};
pub use cluster::{Cluster, ClusterDetail, Clusters, Quorum, Reassignments, why_at_least};
pub use headline::{cluster_headline, fleet_headline, topic_headline};
pub use outages::outages;
pub use partition::{Partition, Partitions, Reassigning};
pub use replication::{Replication, ReplicationPoint, replication_chart};
pub use restart::{Blocker, MOST_PARTITIONS, Restart, RestartVerdict, RestartVerdicts, TopicPartition};
pub use topic::{Config, Topic, TopicDetail, Topics};

/// The capability's name on the wire.
pub const NOUN: &str = "inventory";

/// The parts that inventory publishes for each cluster, and for the fleet.
pub mod part {
    /// Brokers, topics, partitions, controller: Metadata, DescribeCluster, DescribeQuorum, reassignments.
    pub const METADATA: &str = "metadata";
    /// Sizes and log directories: DescribeLogDirs, ListOffsets.
    pub const LOG_DIRS: &str = "log_dirs";
    /// Topic configurations: DescribeConfigs.
    pub const CONFIGS: &str = "configs";
    /// The fleet: which configured clusters are one and the same.
    pub const FLEET: &str = "fleet";
}
