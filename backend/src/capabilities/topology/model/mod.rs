//! What is kept of mirrors, and what is known of flows.

mod flushes;
mod others;
mod plan;
mod policy;
mod sample;
mod snapshot;
mod traces;

pub use flushes::Flushes;
pub use others::{ClusterRate, ClusterTopics, Fleet, Groups, TopicPlaces};
pub use plan::{DeclaredFlow, End, Plan};
pub use policy::Policy;
pub use sample::{ClusterSample, Declared, FlowsSample, Log, Logs, Peeked};
pub use snapshot::{
    ClusterRow, FlowRow, FlowTrouble, FlowsSnapshot, PartitionRow, Recreated, TierRow, TopicRow,
    TopicTrouble, WatchedRow,
};
pub use traces::{
    Beat, Checkpoints, Connectors, Name, Positions, Rewind, Seen, Settings, State, Stored, Sync, Syncs, Told,
    Traces,
};
