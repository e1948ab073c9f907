//! What is published of groups.

use std::{collections::HashMap, sync::Arc};

use shared::lag::GroupType;

/// All groups of a cluster, as of one turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupsSnapshot {
    /// By name.
    pub rows: Vec<Arc<GroupRow>>,
}

impl GroupsSnapshot {
    /// A group by its name.
    pub fn named(&self, group: &str) -> Option<&Arc<GroupRow>> {
        let at = self.rows.binary_search_by(|row| row.group.as_ref().cmp(group)).ok()?;
        self.rows.get(at)
    }
}

/// A group, without its partitions: those are in the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRow {
    /// Its id.
    pub group: Arc<str>,
    /// How its members share partitions.
    pub group_type: GroupType,
    /// As Kafka names it.
    pub state: Option<String>,
    /// What it has read and not.
    pub sums: Sums,
}

impl GroupRow {
    /// How long its oldest unread record has waited, in seconds. Nothing tells it yet.
    pub fn age_seconds(&self) -> Option<f64> {
        None
    }
}

/// Sums over the partitions of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Records up to the last stable offset that are not read; none where that is known of no partition.
    pub lag_records: Option<u64>,
    /// Log end minus committed offset; none where that is known of no partition.
    pub lag_raw: Option<i64>,
    /// Topics.
    pub topics: u32,
    /// Partitions.
    pub partitions: u32,
    /// Partitions of which the lag is not known.
    pub unknown: u32,
}

/// Who is in which group, as of one turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MembersSnapshot {
    /// By group. A group that could not be described is not here.
    pub groups: HashMap<Arc<str>, Arc<[Member]>>,
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub member_id: String,
    /// What it calls itself.
    pub client_id: String,
    /// Where it runs, as the broker sees it.
    pub host: String,
    /// What is assigned to it; none where members share partitions.
    pub partitions: Option<Vec<(String, Vec<i32>)>>,
}
