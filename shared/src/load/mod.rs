//! Load: what each broker carries, and what is abnormal about it.

mod broker;
mod chart;
mod history;
mod metric;
pub mod samples;
mod spread;
mod words;

pub use broker::{Abnormal, BrokerLoad, BrokerLoads};
pub use chart::{LOUD, QUIET, load_chart};
pub use history::{Load, LoadPoint, LoadSeries};
pub use metric::{Metric, Together, Unit};
pub use spread::{Spread, Spreads};

/// The capability's name on the wire.
pub const NOUN: &str = "load";

/// The parts that load publishes for each cluster.
pub mod part {
    /// What brokers say of themselves at their metrics endpoints.
    pub const BROKERS: &str = "brokers";
    /// What is usual for each broker at this hour, from its own last week in the database.
    pub const USUAL: &str = "usual";
}
