//! A broker as a row and as a page.

use serde::{Deserialize, Serialize};

use crate::{DateTime, meta::Meta};

/// Whether a broker serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum BrokerState {
    /// In the metadata, serving.
    Up,
    /// Registered, but not in the metadata: it lost its session, or is still starting.
    Fenced,
    /// Gone: it was there, and is neither in the metadata nor registered as far as is known.
    Down,
}

/// Part of a broker in the KRaft quorum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum QuorumRole {
    /// The active controller.
    Leader,
    /// A controller that votes.
    Voter,
    /// Follows the metadata log only.
    Observer,
}

/// One broker of a cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Broker {
    /// Its `node.id`.
    pub broker_id: i32,
    /// Advertised host.
    pub host: String,
    /// Advertised port.
    pub port: u16,
    /// `broker.rack`, where set.
    pub rack: Option<String>,
    /// Whether it serves.
    pub state: BrokerState,
    /// Since when it is in that state, as far as Riverkeeper has seen; null when it was so from the first look.
    pub since: Option<DateTime>,
    /// When it was last seen serving; null when never.
    pub last_seen: Option<DateTime>,
    /// Part in the quorum; null before KRaft, or when it has none.
    pub quorum_role: Option<QuorumRole>,
    /// Release of its software, where known.
    pub version: Option<String>,
    /// Partitions that it leads.
    pub leader_count: u32,
    /// Partitions whose preferred leader it is.
    pub preferred_leader_count: u32,
    /// Replicas assigned to it.
    pub replica_count: u32,
    /// Replicas assigned to it that are not in sync.
    pub out_of_sync_count: u32,
    /// Bytes of its replicas; null when not known.
    pub size_bytes: Option<u64>,
    /// Bytes of its volumes, where told (Kafka 3.3 on).
    pub disk_total_bytes: Option<u64>,
    /// Free bytes of them.
    pub disk_usable_bytes: Option<u64>,
    /// Log directories that are offline; null when not known.
    pub log_dirs_offline: Option<u32>,
}

/// The brokers of a cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Brokers {
    /// The rows.
    pub brokers: Vec<Broker>,
    /// Whether topics may be hidden from Riverkeeper: then each broker has at least as many leaders and replicas, in
    /// sync or not, as are counted here.
    pub at_least: bool,
    /// What stands beside them.
    pub meta: Meta,
}

/// One log directory of a broker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogDir {
    /// Path on the broker.
    pub path: String,
    /// Why it cannot be used, as Kafka names it; null when it can.
    pub error: Option<String>,
    /// Bytes of the replicas in it.
    pub size_bytes: u64,
    /// Replicas in it.
    pub replica_count: u32,
    /// Size of its volume, where told.
    pub total_bytes: Option<u64>,
    /// Free bytes of its volume, where told.
    pub usable_bytes: Option<u64>,
    /// Closed to new replicas (KIP-1066).
    pub is_cordoned: bool,
}

/// One broker with its log directories.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BrokerDetail {
    /// The fields of its row.
    #[serde(flatten)]
    pub broker: Broker,
    /// Whether topics may be hidden from Riverkeeper, as in the list of brokers.
    pub at_least: bool,
    /// Its log directories; null when not known.
    pub log_dirs: Option<Vec<LogDir>>,
    /// What stands beside.
    pub meta: Meta,
}
