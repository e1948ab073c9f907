//! What lag needs of others for scrapers: which brokers and topics there are, and how their partitions lie.

use shared::meta::Reading;

/// Knows the brokers and topics of a cluster, as of one reading.
pub trait Layout: Send + Sync {
    /// How brokers and topics were read.
    fn reading(&self) -> Reading;

    /// How log start offsets were read.
    fn log_starts_reading(&self) -> Reading;

    /// The cluster and its brokers.
    fn brokers(&self) -> BrokerPlaces;

    /// The names of all topics with the number of their partitions, in no order.
    fn topics(&self) -> Vec<(String, usize)>;

    /// The partitions of a topic, by number; none of one that is not known.
    fn partitions(&self, topic: &str) -> Vec<PartitionPlace>;
}

/// A cluster's brokers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrokerPlaces {
    /// Kafka's id of the cluster.
    pub cluster_id: Option<String>,
    /// The active controller.
    pub controller_id: Option<i32>,
    /// The brokers that serve.
    pub brokers: Vec<BrokerPlace>,
}

/// Where a broker is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerPlace {
    /// Its `node.id`.
    pub broker_id: i32,
    /// Its host, as it is advertised.
    pub host: String,
    /// Its port, as it is advertised.
    pub port: u16,
    /// Its rack, where set.
    pub rack: Option<String>,
}

/// Where a partition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartitionPlace {
    /// Its number.
    pub partition: i32,
    /// Its leader; none where it is offline.
    pub leader: Option<i32>,
    /// The broker that leads it where all is well.
    pub preferred_leader: Option<i32>,
    /// How many replicas are assigned.
    pub replicas: usize,
    /// How many of them are in sync.
    pub in_sync: usize,
    /// Whether that are too few.
    pub is_under_replicated: bool,
    /// The first offset that there still is.
    pub log_start: Option<i64>,
}
