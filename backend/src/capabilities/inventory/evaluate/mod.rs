//! The rules of inventory. Pure: no clock, no I/O.

mod brokers;
mod changes;
mod chunks;
mod configs;
mod events;
mod fleet;
mod health;
mod log_dirs;
mod metadata;
#[cfg(test)]
mod tests;
mod version;

pub use configs::configs;
pub use fleet::fleet;
pub use health::{topic as topic_health, under_replicated_since};
pub use log_dirs::log_dirs;
pub use metadata::metadata;

/// Something sums up as "now it holds, and it held before": the time it began stays.
fn lasting(holds: bool, before: Option<shared::DateTime>, now: shared::DateTime) -> Option<shared::DateTime> {
    holds.then(|| before.unwrap_or(now))
}
