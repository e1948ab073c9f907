//! What is known of the brokers of a cluster.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use shared::{DateTime, load::Metric, meta::Failure};

use super::{COUNTERS, TopicCounters, Turn};
use crate::series::Window;

/// How many metrics there are.
pub const METRICS: usize = Metric::ALL.len();

/// One value a metric; none where it is not known.
pub type Newest = [Option<f64>; METRICS];

/// What is known of the brokers of a cluster: newest values, and the last hours.
#[derive(Debug)]
pub struct BrokersSnapshot {
    /// Kafka's cluster id.
    pub cluster_id: Option<String>,
    /// By id.
    pub brokers: Vec<BrokerRow>,
    /// The cluster as a whole.
    pub whole: Whole,
    /// What goes in and out, the mean of the last 60 s; of the brokers that are up.
    pub throughput: Throughput,
    /// The same by topic.
    pub topics: HashMap<Arc<str>, Throughput>,
}

/// The cluster as a whole.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The last hours.
    pub window: Window,
    /// Turns that are not in the window yet: some broker may still tell what it did then.
    pub waiting: VecDeque<Turn>,
}

/// Bytes in a second. What some broker does not tell is missing from a sum, and then there is at least as much.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Throughput {
    /// That producers write.
    pub bytes_in: Option<f64>,
    /// That consumers read.
    pub bytes_out: Option<f64>,
    /// Whether some broker that is up is missing.
    pub at_least: bool,
}

/// One broker.
#[derive(Clone, Debug)]
pub struct BrokerRow {
    /// Its `node.id`.
    pub broker_id: i32,
    /// Whether it serves.
    pub is_up: bool,
    /// Since when; none when it did from the first look.
    pub since: Option<DateTime>,
    /// When its endpoint last answered.
    pub as_of: Option<DateTime>,
    /// Why it does not, while it does not.
    pub failure: Option<Failure>,
    /// Turns without an answer since the last one.
    pub missed: Vec<DateTime>,
    /// Whether the timeline knows that it does not answer.
    pub is_lost: bool,
    /// When its process started, by its own word, in seconds since 1970.
    pub started: Option<f64>,
    /// The release of Kafka, by its own word.
    pub version: Option<String>,
    /// The newest values: rates are means of the last 60 s, the rest is as last read.
    pub newest: Newest,
    /// Its counters as they were last read.
    pub last: Option<Anchor>,
    /// Its counters at some times of the last 60 s, oldest first, since its process started.
    pub anchors: VecDeque<Anchor>,
    /// Every turn of the last 60 s, for judging.
    pub recent: VecDeque<Arc<Point>>,
    /// The last hours.
    pub window: Window,
    /// Counters of topics at some times of the last minute, oldest first.
    pub topics: VecDeque<Arc<TopicCounters>>,
    /// What is abnormal.
    pub abnormal: Vec<Verdict>,
}

/// Counters at a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anchor {
    /// When they were read.
    pub at: DateTime,
    /// By counter.
    pub counters: [Option<f64>; COUNTERS],
}

/// What one turn told of a broker: rates over that turn, the rest as read.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// When.
    pub at: DateTime,
    /// By metric.
    pub values: [Option<f32>; METRICS],
}

/// Against what a value is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// What its peers have now.
    Peers,
    /// What it had itself at this hour on the last days.
    Usual,
}

/// One abnormal value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// Of which metric.
    pub metric: Metric,
    /// Against what it is held.
    pub against: Against,
    /// The value of the last 60 s.
    pub value: f64,
    /// The median that it is held against.
    pub median: f64,
    /// What is tolerated.
    pub limit: f64,
    /// How far it is over that, in steps from the median to the limit.
    pub excess: f64,
    /// Since when.
    pub since: DateTime,
}

impl BrokersSnapshot {
    /// A broker by its id.
    pub fn broker(&self, broker_id: i32) -> Option<&BrokerRow> {
        let at = self.brokers.binary_search_by_key(&broker_id, |row| row.broker_id).ok()?;
        self.brokers.get(at)
    }
}
