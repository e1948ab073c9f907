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
mod restart;
mod rights;
#[cfg(test)]
mod tests;
mod version;

pub use configs::configs;
pub use fleet::fleet;
pub use health::{topic as topic_health, under_replicated_since};
pub use log_dirs::{log_dirs, tells_otherwise};
pub use metadata::{log_dirs_tell_more, metadata};
pub use restart::restart;
pub use rights::is_refused;

/// Something sums up as "now it holds, and it held before": the time it began stays.
fn lasting(holds: bool, before: Option<shared::DateTime>, now: shared::DateTime) -> Option<shared::DateTime> {
    holds.then(|| before.unwrap_or(now))
}
