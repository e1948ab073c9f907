//! A cluster as a row and as a page.

use serde::{Deserialize, Serialize};

use crate::{
    DateTime,
    meta::{Failure, Meta},
    rights::MissingRight,
    units::counted,
    verdict::Health,
};

/// One cluster of the fleet. Everything that is not known is null, never zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cluster {
    /// Our name of it, from the configuration.
    pub name: String,
    /// Kafka's cluster id.
    pub cluster_id: Option<String>,
    /// Tier, as configured.
    pub tier: Option<String>,
    /// Data centre, as configured.
    pub datacenter: Option<String>,
    /// How it is, in one verdict with its reasons.
    pub health: Health,
    /// Brokers that are known: up, fenced and down.
    pub broker_count: Option<u32>,
    /// Brokers that do not serve: fenced ones and those that are gone.
    pub brokers_down: Option<u32>,
    /// The active controller; null while there is none.
    pub controller_id: Option<i32>,
    /// Whether topics may be hidden from Riverkeeper, so that there are at least as many topics, partitions and
    /// replicas, well or not, as are counted here.
    pub at_least: bool,
    /// Topics that Riverkeeper knows of and may not describe: they are not counted here. Null when nobody knows.
    pub hidden_topic_count: Option<u32>,
    /// Topics, internal ones too.
    pub topic_count: Option<u32>,
    /// Partitions of all topics.
    pub partition_count: Option<u32>,
    /// Assigned replicas of all partitions.
    pub replica_count: Option<u64>,
    /// Partitions whose ISR is shorter than their replicas.
    pub under_replicated_count: Option<u32>,
    /// Since when some partition is under-replicated without a break; null when none is.
    pub under_replicated_since: Option<DateTime>,
    /// Partitions whose ISR is shorter than `min.insync.replicas` and than the replicas.
    pub under_min_isr_count: Option<u32>,
    /// Partitions whose ISR is just `min.insync.replicas`, where replication factor allows for more.
    pub at_min_isr_count: Option<u32>,
    /// Topics whose `min.insync.replicas` is not known: the two counts above hold for the others.
    pub min_isr_unknown_count: Option<u32>,
    /// Partitions without a leader.
    pub offline_count: Option<u32>,
    /// Bytes of all replicas on the brokers' log directories.
    pub size_bytes: Option<u64>,
    /// Bytes of all volumes under log directories, where the brokers tell (Kafka 3.3 on).
    pub disk_total_bytes: Option<u64>,
    /// Free bytes of those volumes.
    pub disk_usable_bytes: Option<u64>,
    /// Bytes that producers write in a second, the mean of the last 60 s over all brokers that are up; null where no
    /// broker's metrics are known.
    pub bytes_in_per_second: Option<f64>,
    /// Bytes that consumers read in a second, likewise.
    pub bytes_out_per_second: Option<f64>,
    /// Whether some broker that is up is missing from the two rates above: then it is at least as much.
    pub rates_at_least: bool,
    /// Lowest release that all its live brokers run, where known.
    pub version: Option<String>,
    /// How the version is known, for no request tells it.
    pub version_method: Option<String>,
    /// When the newest view was read.
    pub as_of: Option<DateTime>,
    /// The failure that lasts now.
    pub failure: Option<Failure>,
}

impl Cluster {
    /// Why there may be more than is counted; `None` when there is not.
    pub fn why_at_least(&self) -> Option<String> {
        self.at_least.then(|| why_at_least(self.hidden_topic_count))
    }

    /// Whether the counts that depend on `min.insync.replicas` are of some topics only.
    pub fn min_isr_at_least(&self) -> bool {
        self.at_least || self.min_isr_unknown_count.is_some_and(|unknown| unknown > 0)
    }

    /// Brokers that serve.
    pub fn brokers_up(&self) -> Option<u32> {
        Some(self.broker_count?.saturating_sub(self.brokers_down?))
    }
}

/// Why there may be more than is counted, where `hidden` topics are known of.
pub fn why_at_least(hidden: Option<u32>) -> String {
    match hidden {
        Some(hidden) if hidden > 0 => {
            let are = if hidden == 1 { "is" } else { "are" };
            format!("{} {are} hidden from Riverkeeper", counted(hidden.into(), "topic", "topics"))
        }
        _ => "Riverkeeper may not see whether topics are hidden".into(),
    }
}

/// The clusters of the fleet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Clusters {
    /// The rows; worst first unless sorted otherwise.
    pub clusters: Vec<Cluster>,
    /// What stands beside them.
    pub meta: Meta,
}

/// One cluster with its parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClusterDetail {
    /// The fields of its row.
    #[serde(flatten)]
    pub cluster: Cluster,
    /// The controllers; null before KRaft, or when not known.
    pub quorum: Option<Quorum>,
    /// Reassignments in progress; null when not known.
    pub reassignments: Option<Reassignments>,
    /// What Riverkeeper may not read, and what is unknown for it; empty when nothing.
    pub missing_rights: Vec<MissingRight>,
    /// What stands beside.
    pub meta: Meta,
}

/// The KRaft quorum of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quorum {
    /// The active controller.
    pub leader_id: Option<i32>,
    /// Controllers that vote.
    pub voter_count: u32,
    /// Voters that have fetched the metadata log lately (the leader counts).
    pub voters_caught_up: u32,
}

/// Replicas that are being moved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reassignments {
    /// Partitions with a reassignment in progress.
    pub partition_count: u32,
    /// Replicas that are being added in all.
    pub adding_replica_count: u32,
}
