//! The rules.

mod burrow;
mod group;
mod placing;

pub use burrow::{Judged, Status, judge};
pub use group::{GroupStatus, Offset, PartitionStatus, not_found, status};
pub use placing::{Placed, place};
