//! What the gateway of one cluster is told at its start.

use std::time::Duration;

use super::{address::HostPort, security::Security};

/// The settings of one cluster's gateway.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Our name of the cluster.
    pub cluster: String,
    /// Where to begin, and where to return to when no known broker answers.
    pub bootstrap: Vec<HostPort>,
    /// How its connections are secured.
    pub security: Security,
    /// How the brokers see us in their metrics, logs and quotas.
    pub client_id: String,
    /// For connecting and the first exchange, together.
    pub connect_timeout: Duration,
    /// For one request, whoever of the cluster answers it.
    pub request_timeout: Duration,
    /// Requests on their way to one broker at a time.
    pub in_flight_per_broker: usize,
    /// The largest answer, that is Metadata's; other requests may bring a fixed part of it. Between 1 MiB and
    /// 256 MiB; see [`max_frame_bytes`].
    pub max_frame_bytes: usize,
}

const LEAST_FRAME: usize = 1 << 20;
// Below the lengths that the first bytes of HTTP and TLS would claim, so that those are always recognised.
const LARGEST_FRAME: usize = 256 << 20;

impl Settings {
    /// The defaults: 3 s to connect, 8 s to answer (0.8 of a turn of ten), 5 requests at a time, and answers for
    /// a memory budget of 2 GiB.
    pub fn new(cluster: impl Into<String>, bootstrap: Vec<HostPort>) -> Self {
        Self {
            cluster: cluster.into(),
            bootstrap,
            security: Security::default(),
            client_id: "riverkeeper".to_owned(),
            connect_timeout: Duration::from_secs(3),
            request_timeout: Duration::from_secs(8),
            in_flight_per_broker: 5,
            max_frame_bytes: max_frame_bytes(2 << 30),
        }
    }

    /// The same, with every value inside the range that the gateway can keep its promises in.
    pub(super) fn in_range(mut self) -> Self {
        self.in_flight_per_broker = self.in_flight_per_broker.clamp(1, 100);
        self.max_frame_bytes = self.max_frame_bytes.clamp(LEAST_FRAME, LARGEST_FRAME);
        self
    }
}

/// The largest answer for a memory budget of the whole process: a 32nd, because an answer and what is decoded from
/// it are in memory together, twice their size while vectors grow, and for several clusters at once. 2 GiB give
/// 64 MiB, which hold the metadata of more than four million replicas.
pub fn max_frame_bytes(memory_bytes: u64) -> usize {
    usize::try_from(memory_bytes / 32).unwrap_or(LARGEST_FRAME).clamp(LEAST_FRAME, LARGEST_FRAME)
}
