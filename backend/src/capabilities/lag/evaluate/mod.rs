//! The rules.

mod burrow;
mod events;
mod group;
mod line;
mod placing;
mod rates;
mod rollup;
mod verdict;
mod words;

pub use burrow::{Judged, Status, judge};
pub use events::events;
pub use group::{GroupStatus, Offset, PartitionStatus, current_lag, not_found, status};
pub use line::line;
pub use placing::{Placed, place};
pub use rollup::{Context, group, groups, of_group};
pub use words::reason;
