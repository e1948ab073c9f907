//! Lag: which consumer groups fall behind.

mod group;
pub mod samples;

pub use group::{
    AgeMethod, GroupDetail, GroupLag, GroupLags, GroupType, LagMeta, LagVerdict, MemberLag, PartitionLag,
};

/// The capability's name on the wire.
pub const NOUN: &str = "lag";

/// The parts that lag publishes for each cluster.
pub mod part {
    /// Which groups there are, and how far each has read.
    pub const GROUPS: &str = "groups";
    /// Who is in them.
    pub const MEMBERS: &str = "members";
}
