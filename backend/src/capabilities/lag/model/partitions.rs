//! What lag needs of others: where the partitions of topics are.

use std::sync::Arc;

use futures::future::BoxFuture;

use super::Layout;
use crate::kafka::answers::TopicId;

/// Knows the topics of clusters.
pub trait Fleet: Send + Sync {
    /// The topics of a cluster; none before they were read.
    fn topics(&self, cluster: &str) -> Option<Arc<dyn Partitions>>;

    /// The same, after waiting for the first reading.
    fn first<'a>(&'a self, cluster: &'a str) -> BoxFuture<'a, Option<Arc<dyn Partitions>>>;

    /// The brokers and topics of a cluster as scrapers are told of them; none before they were read.
    fn layout(&self, cluster: &str) -> Option<Arc<dyn Layout>>;
}

/// Knows the partitions of a cluster's topics.
pub trait Partitions: Send + Sync {
    /// Kafka's id of the cluster.
    fn cluster_id(&self) -> Option<String>;

    /// A topic by its name.
    fn topic(&self, topic: &str) -> Option<Places>;

    /// The first offset of each partition of a topic, of those that were read lately.
    fn log_starts(&self, topic: &str) -> Vec<(i32, i64)>;

    /// How long a topic keeps its records, in ms; none where it deletes none by age, or that is not known.
    fn retention_ms(&self, topic: &str) -> Option<i64>;
}

/// Where the partitions of a topic are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The topic's id: another under the same name is another topic. None from brokers that do not tell.
    pub topic_id: Option<TopicId>,
    /// The leader of each partition, by its number.
    pub leaders: Vec<(i32, Option<i32>)>,
}
