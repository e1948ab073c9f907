//! What load needs to know of clusters, which another capability knows.

use std::sync::Arc;

use futures::future::BoxFuture;
use shared::DateTime;

/// Knows the brokers of clusters.
pub trait Fleet: Send + Sync {
    /// The newest of a cluster's brokers; none when it was never read.
    fn brokers(&self, cluster: &str) -> Option<Arc<Brokers>>;

    /// The same, after waiting for the first reading where there was none yet.
    fn first<'a>(&'a self, cluster: &'a str) -> BoxFuture<'a, Option<Arc<Brokers>>>;
}

/// The brokers of a cluster.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Brokers {
    /// Kafka's cluster id.
    pub cluster_id: Option<String>,
    /// Moves when any of it moved.
    pub revision: u64,
    /// By id, those that are down too.
    pub brokers: Vec<Broker>,
}

/// One broker.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Broker {
    /// Its `node.id`.
    pub broker_id: i32,
    /// Where it is reached.
    pub host: String,
    /// Whether it serves.
    pub is_up: bool,
    /// Since when it does, or does not; none when it was so from the first look.
    pub since: Option<DateTime>,
    /// Partitions that it leads.
    pub leaders: u32,
    /// Replicas assigned to it.
    pub replicas: u32,
    /// Bytes of its replicas.
    pub size_bytes: Option<u64>,
    /// Share of the volumes under its log directories that is in use.
    pub disk_used: Option<f64>,
}
