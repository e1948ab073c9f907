//! The rules.

mod burrow;
mod group;
mod placing;
mod sums;

pub use burrow::{Judged, Status, judge};
pub use group::{GroupStatus, Offset, PartitionStatus, current_lag, not_found, status};
pub use placing::{Placed, place};
pub use sums::groups;
