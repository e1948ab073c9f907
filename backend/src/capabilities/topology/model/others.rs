//! What topology needs to know of clusters, which other capabilities know.

use std::{fmt, sync::Arc};

use futures::future::BoxFuture;
use shared::{DateTime, lag::LagVerdict, verdict::Severity};

use crate::kafka::answers::TopicId;

/// Knows the clusters of the fleet.
pub trait Fleet: Send + Sync {
    /// The newest of a cluster; none before it was read.
    fn cluster(&self, cluster: &str) -> Option<Arc<dyn ClusterTopics>>;
    /// The same, after its first reading, well or not.
    fn first<'a>(&'a self, cluster: &'a str) -> BoxFuture<'a, Option<Arc<dyn ClusterTopics>>>;
    /// The consumer groups of a cluster; none before they were read.
    fn groups(&self, cluster: &str) -> Option<Arc<dyn Groups>>;
}

/// One cluster as it was read at one time.
pub trait ClusterTopics: Send + Sync + fmt::Debug {
    /// Moves when its topics moved.
    fn revision(&self) -> u64;
    /// Its id in Kafka.
    fn cluster_id(&self) -> Option<String>;
    /// Whether it was read lately.
    fn is_fresh(&self, now: DateTime) -> bool;
    /// How it is.
    fn health(&self) -> Severity;
    /// Its brokers that serve, and all that are known.
    fn brokers(&self) -> (u32, u32);
    /// The names of all topics, in no order.
    fn each_topic(&self, see: &mut dyn FnMut(&str));
    /// A topic.
    fn topic(&self, topic: &str) -> Option<TopicPlaces>;
    /// Bytes that go into it each second, and out of it, the means of the last 60 s.
    fn rate(&self) -> ClusterRate;
    /// Bytes that are written to a topic each second; none where no broker counts them.
    fn topic_bytes_in(&self, topic: &str) -> Option<f64>;
}

/// A topic, and where its partitions are led.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicPlaces {
    /// None from brokers that have no ids.
    pub topic_id: Option<TopicId>,
    /// When it was first seen; none where it was there from the first look.
    pub first_seen: Option<DateTime>,
    /// The leader of each partition, by number; none where it is offline.
    pub leaders: Vec<(i32, Option<i32>)>,
}

/// Bytes in a second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClusterRate {
    /// Written to it.
    pub bytes_in: Option<f64>,
    /// Read from it.
    pub bytes_out: Option<f64>,
    /// Whether some broker that is up is missing.
    pub at_least: bool,
}

/// The consumer groups of a cluster.
pub trait Groups: Send + Sync {
    /// Moves when they moved.
    fn revision(&self) -> u64;
    /// Each with its verdict, and by name; none for those that are not judged.
    fn each(&self, now: DateTime, see: &mut dyn FnMut(&str, Option<LagVerdict>));
}
