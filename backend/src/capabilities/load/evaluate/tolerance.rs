//! How far a value may be from what it is held against: a distance of its own for each metric, so that a broker is not
//! called abnormal for three milliseconds among brokers that all need two.

use shared::load::Metric;

/// What is tolerated of one metric. Only more is worse.
#[derive(Clone, Copy, Debug)]
pub struct Tolerance {
    /// Which metric.
    pub metric: Metric,
    /// So many times the median is tolerated.
    pub times: f64,
    /// So much more than the median is tolerated, in the metric's unit.
    pub more: f64,
}

const fn up_to(metric: Metric, times: f64, more: f64) -> Tolerance {
    Tolerance { metric, times, more }
}

/// What is held against the peers. Fetches wait for records by design, and what a broker carries depends on what it
/// leads, which the spread tells: neither is here.
///
/// Of a broker that stands still for 200 ms of each second, the time in which it answers us is the one thing that tells:
/// measured, 62 to 143 ms among peers of 3 to 12, and 0.7 to 12 in a healthy fleet; on a machine with ten times more to do
/// than it can, now and then 38. The times of log
/// flushes differ by hundreds of milliseconds among healthy brokers.
pub const PEERS: &[Tolerance] = &[
    up_to(Metric::AnswerP90, 4.0, 30.0),
    up_to(Metric::ProduceP99, 3.0, 100.0),
    up_to(Metric::HandlersBusy, 2.0, 0.3),
    up_to(Metric::NetworkBusy, 2.0, 0.3),
    up_to(Metric::RequestQueue, 3.0, 20.0),
    up_to(Metric::ResponseQueue, 3.0, 20.0),
    up_to(Metric::LogFlushP99, 4.0, 1_000.0),
    up_to(Metric::Cpu, 2.0, 1.0),
    up_to(Metric::Gc, 3.0, 0.1),
    up_to(Metric::FilesOpen, 1.5, 0.3),
];

/// What is held against the broker's own last week: also what it carries, where that is no trifle.
pub const USUAL: &[Tolerance] = &[
    up_to(Metric::AnswerP90, 4.0, 30.0),
    up_to(Metric::BytesIn, 3.0, 5_000_000.0),
    up_to(Metric::BytesOut, 3.0, 5_000_000.0),
    up_to(Metric::ProduceRequests, 3.0, 1_000.0),
    up_to(Metric::FetchRequests, 3.0, 1_000.0),
    up_to(Metric::ProduceP99, 3.0, 100.0),
    up_to(Metric::HandlersBusy, 2.0, 0.3),
    up_to(Metric::NetworkBusy, 2.0, 0.3),
    up_to(Metric::RequestQueue, 3.0, 20.0),
    up_to(Metric::ResponseQueue, 3.0, 20.0),
    up_to(Metric::LogFlushP99, 4.0, 1_000.0),
    up_to(Metric::Cpu, 2.0, 1.0),
    up_to(Metric::Gc, 3.0, 0.1),
    up_to(Metric::FilesOpen, 1.5, 0.3),
    up_to(Metric::Connections, 3.0, 1_000.0),
];
