//! Lag: which consumer groups fall behind.

mod advice;
mod chart;
pub mod commands;
mod group;
mod group_headline;
mod headline;
mod history;
pub mod samples;
mod troubles;
mod verdict;
mod words;

pub use advice::{Advice, advice};
pub use chart::{LagMeasure, lag_chart};
pub use group::{
    AgeMethod, GroupDetail, GroupLag, GroupLags, GroupType, LagCounts, LagMeta, MemberLag, PartitionLag,
    WorstPartition,
};
pub use group_headline::group_headline;
pub use headline::{Among, groups_headline, is_any_read};
pub use history::{LagHistory, LagMark, LagPoint, MarkKind, PartitionLine};
pub use troubles::bands;
pub use verdict::LagVerdict;
pub use words::{CatchUp, per_second};

/// The capability's name on the wire.
pub const NOUN: &str = "lag";

/// The parts that lag publishes for each cluster.
pub mod part {
    /// Which groups there are, and how far each has read.
    pub const GROUPS: &str = "groups";
    /// Who is in them.
    pub const MEMBERS: &str = "members";
}
