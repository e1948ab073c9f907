//! What a turn reads.

use std::sync::Arc;

use shared::{DateTime, load::Metric};

use super::{Brokers, COUNTERS, Counter, GAUGES, Gauge, UsualSnapshot};
use crate::runtime::Stamped;

/// What one turn over the brokers of a cluster reads.
#[derive(Debug)]
pub struct BrokersSample {
    /// Name of the cluster.
    pub cluster: String,
    /// Which brokers there are.
    pub known: Arc<Brokers>,
    /// What each of them answered, by id.
    pub answers: Vec<Answer>,
    /// What is usual for each at this hour, where that is known.
    pub usual: Option<Arc<Stamped<UsualSnapshot>>>,
}

/// What became of asking one broker.
#[derive(Debug)]
pub struct Answer {
    /// Which.
    pub broker_id: i32,
    /// When it took stock, by our clock.
    pub at: DateTime,
    /// How long it takes to answer us, in milliseconds: the 90th percentile of the last minute.
    pub answer_p90: Option<f64>,
    /// What it told, or why it did not, as a sentence.
    pub told: Result<Told, String>,
}

/// What an endpoint told. What it did not tell, or cannot be, is not known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// By [`Counter`].
    pub counters: [Option<f64>; COUNTERS],
    /// By [`Gauge`].
    pub gauges: [Option<f64>; GAUGES],
    /// Counters of topics, by name.
    pub topics: Vec<TopicCounts>,
    /// The release of Kafka, where it is told.
    pub version: Option<String>,
    /// What is odd about it, as the end of a sentence about the endpoint.
    pub remark: Option<String>,
}

/// The counters of one topic on one broker.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicCounts {
    /// The topic.
    pub name: String,
    /// Bytes that producers wrote.
    pub bytes_in: Option<f64>,
    /// Bytes that consumers read.
    pub bytes_out: Option<f64>,
}

impl Told {
    /// A counter.
    pub fn counter(&self, counter: Counter) -> Option<f64> {
        self.counters.get(counter as usize).copied().flatten()
    }

    /// A gauge.
    pub fn gauge(&self, gauge: Gauge) -> Option<f64> {
        self.gauges.get(gauge as usize).copied().flatten()
    }
}

/// What a turn of the usual reads: for each broker and metric the values at this hour of the last days.
#[derive(Debug, Default)]
pub struct UsualSample {
    /// Broker, metric, a value a day.
    pub values: Vec<(i32, Metric, Vec<f32>)>,
}
