//! What load reads (samples), knows (snapshots) and tolerates (policy), and what it needs of others.

mod fleet;
mod places;
mod quantity;
mod sample;
mod snapshot;
mod topics;
mod turns;
mod usual;

use std::time::Duration;

pub use fleet::{Broker, Brokers, Fleet};
pub use places::Places;
pub use quantity::{COUNTERS, Counter, GAUGES, Gauge};
pub use sample::{Answer, BrokersSample, Told, TopicCounts, UsualSample};
pub use snapshot::{
    Against, Anchor, BrokerRow, BrokersSnapshot, METRICS, Newest, Point, Throughput, Verdict, Whole,
};
pub use topics::{TopicCounters, TopicRow};
pub use turns::Turn;
pub use usual::{Baseline, UsualSnapshot};

/// What the operator tolerates and wants held.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Time between two turns.
    pub period: Duration,
    /// So far back every reading is held.
    pub held: Duration,
    /// A broker that started less than this ago is not judged.
    pub young: Duration,
    /// The robust z-score from which a value is abnormal.
    pub abnormal_z: f64,
}
