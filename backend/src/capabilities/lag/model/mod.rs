//! What is kept of consumer groups.

mod commit;
mod judged;
mod layout;
mod partitions;
mod policy;
mod rare;
mod saved;
mod snapshot;

pub use commit::{Commit, Window, busy_ms};
pub use judged::{Age, Judged, Why};
pub use layout::{BrokerPlace, BrokerPlaces, Layout, PartitionPlace};
pub use partitions::{Fleet, Partitions, Places};
pub use policy::Policy;
pub use rare::{Fell, OpenTransaction, Pace, Pauses, Peeked};
pub use saved::{SavedCommit, SavedEnds, SavedGroup, SavedLooks, SavedPartition, SavedWindow};
pub use snapshot::{GroupRow, GroupsSnapshot, Late, Member, MembersSnapshot, Place, Summed, Troubled};

pub use crate::series::{Looks, Written};

/// How commits are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// Commits of a window.
    pub intervals: usize,
    /// A commit that follows sooner takes its predecessor's place.
    pub min_distance_ms: i64,
    /// A group that is silent for longer is forgotten, and an older commit not taken.
    pub expire_group_ms: i64,
    /// Whether a commit is dropped while the log end of its partition is not known, as Burrow does. Else it is kept with
    /// an unknown lag, and the log end is asked for.
    pub drops_early: bool,
    /// Windows that are kept at most, give or take what comes between two looks.
    pub most_windows: usize,
}

#[cfg(test)]
impl Keeping {
    /// Ten commits, a minute of silence, and room for all.
    pub const OF_TESTS: Self = Self {
        intervals: 10,
        min_distance_ms: 0,
        expire_group_ms: 60_000,
        drops_early: false,
        most_windows: usize::MAX,
    };
}

/// What is tolerated by Burrow's rules.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerated {
    /// A lag up to this is none.
    pub allowed_lag: u64,
    /// The share of a window that must be there before it is judged.
    pub minimum_complete: f32,
}
