//! Groups as rows, and one group as a page. Every read takes the scope of who asks.

mod detail;
mod history;
mod list;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use shared::{
    DateTime,
    lag::{GroupLag, LagVerdict},
    meta::{Meta, Reading},
};

pub use detail::{detail, partitions};
pub use history::{add_past, history};
pub use list::{GroupQuery, GroupSort, groups};

use super::{
    book::Book,
    model::{GroupRow, GroupsSnapshot, Member, MembersSnapshot},
};
use crate::{access::Scope, runtime::Stamped};

/// The newest of one cluster, for one asker.
pub struct Known {
    /// What the asker may see.
    pub scope: Scope,
    /// The cluster.
    pub name: String,
    /// Its bootstrap servers.
    pub bootstrap: Vec<String>,
    /// Its groups.
    pub groups: Option<Arc<Stamped<GroupsSnapshot>>>,
    /// Who is in them.
    pub members: Option<Arc<Stamped<MembersSnapshot>>>,
    /// What they committed.
    pub book: Arc<Book>,
    /// How both were read.
    pub readings: Vec<Reading>,
}

impl Known {
    /// Moves when what is known moves.
    pub fn revisions(&self) -> [u64; 2] {
        [
            self.groups.as_ref().map_or(0, |groups| groups.revision),
            self.members.as_ref().map_or(0, |members| members.revision),
        ]
    }

    /// Whether the asker may see a group.
    pub fn sees(&self, group: &str) -> bool {
        self.scope.sees_group(&self.name, group)
    }

    /// A group that may be seen.
    pub fn group(&self, group: &str) -> Option<&GroupRow> {
        let row = self.groups.as_ref()?.snapshot.named(group)?;
        self.sees(group).then_some(row)
    }

    /// All groups that may be seen.
    pub fn rows(&self) -> impl Iterator<Item = &GroupRow> {
        let rows = self.groups.iter().flat_map(|groups| &groups.snapshot.rows);
        rows.map(AsRef::as_ref).filter(|row| self.sees(&row.group))
    }

    /// The members of a group; none while they are not known.
    pub fn members_of(&self, group: &str) -> Option<&[Member]> {
        self.members.as_ref()?.snapshot.groups.get(group).map(AsRef::as_ref)
    }

    /// A group as it is listed.
    pub fn view(&self, row: &GroupRow) -> GroupLag {
        let members = self.members_of(&row.group);
        GroupLag {
            cluster: self.name.clone(),
            group: row.group.to_string(),
            group_type: row.group_type,
            state: row.state.clone(),
            verdict: Some(LagVerdict::Unknown),
            reason: None,
            lag_records: row.sums.lag_records,
            lag_raw: row.sums.lag_raw,
            age_seconds: None,
            age_method: None,
            produce_rate_per_second: None,
            consume_rate_per_second: None,
            catch_up_seconds: None,
            data_loss_seconds: None,
            lost_records: None,
            member_count: members.map(|members| u32::try_from(members.len()).unwrap_or(u32::MAX)),
            topic_count: row.sums.topics,
            partition_count: row.sums.partitions,
            unknown_count: row.sums.unknown,
            unassigned_count: None,
            worst: vec![],
            owner: self.owner(&row.group).map(str::to_owned),
            as_of: self.groups.as_ref().map(|groups| groups.as_of),
        }
    }

    fn owner(&self, group: &str) -> Option<&str> {
        self.scope.owners().of_group(&self.name, group)
    }
}

fn meta(known: &[Known], total: u64, next_cursor: Option<String>, now: DateTime) -> Meta {
    Meta {
        total: Some(total),
        next_cursor,
        revision: known.iter().flat_map(Known::revisions).sum(),
        now,
        readings: known.iter().flat_map(|known| known.readings.clone()).collect(),
    }
}
