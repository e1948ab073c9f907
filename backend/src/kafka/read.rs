//! What is asked of a cluster, one function a request, named as Kafka names it.
//!
//! Nothing here changes anything on a broker. A function that asks one broker answers `Result`; one that asks many
//! answers [`Partial`](super::answers::Partial) and fails only in parts.

mod cluster;
mod configs;
mod coordinators;
mod describe_groups;
mod group_offsets;
mod groups;
mod log_dirs;
mod offsets;
mod peek;
mod tail;

pub use cluster::{
    answer_time, answer_times, broker_features, describe_cluster, describe_quorum,
    list_partition_reassignments, metadata,
};
pub use configs::describe_configs;
pub use describe_groups::describe_groups;
pub use group_offsets::{describe_share_group_offsets, offset_fetch};
pub use groups::{find_coordinators, list_groups};
pub use log_dirs::describe_log_dirs;
pub use offsets::list_offsets;
pub use peek::peek;
pub use tail::{Receive, Start, Tail, TailError, TailEvent, TailRecord, Tailed, Trouble};
