//! What inventory needs to know of the load of clusters, which another capability knows.

use std::{fmt, sync::Arc};

/// Knows what goes into clusters and topics, and out of them.
pub trait Rates: Send + Sync {
    /// The newest of a cluster; none where nothing is read, or nothing was yet.
    fn of(&self, cluster: &str) -> Option<Arc<dyn ClusterRates>>;
}

/// What goes into one cluster and out of it, as it was read at one time.
pub trait ClusterRates: Send + Sync + fmt::Debug {
    /// Moves when any of it moved.
    fn revision(&self) -> u64;
    /// The cluster's.
    fn cluster(&self) -> Rate;
    /// A topic's; none where no broker counts it.
    fn topic(&self, topic: &str) -> Option<Rate>;
    /// The release of a broker's software by its own word, where it tells.
    fn version(&self, broker_id: i32) -> Option<String>;
}

/// Bytes in a second, means of the last 60 s.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rate {
    /// That producers write.
    pub bytes_in: Option<f64>,
    /// That consumers read.
    pub bytes_out: Option<f64>,
    /// Whether some broker that is up is missing.
    pub at_least: bool,
}
