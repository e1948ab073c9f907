//! Lag: which consumer groups fall behind.

mod group;
mod history;
pub mod samples;
mod verdict;

pub use group::{
    AgeMethod, GroupDetail, GroupLag, GroupLags, GroupType, LagMeta, MemberLag, PartitionLag, WorstPartition,
};
pub use history::{LagHistory, LagMark, LagPoint, MarkKind, PartitionLine};
pub use verdict::LagVerdict;

/// The capability's name on the wire.
pub const NOUN: &str = "lag";

/// The parts that lag publishes for each cluster.
pub mod part {
    /// Which groups there are, and how far each has read.
    pub const GROUPS: &str = "groups";
    /// Who is in them.
    pub const MEMBERS: &str = "members";
}
