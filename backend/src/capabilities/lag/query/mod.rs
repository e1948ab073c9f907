//! Groups as rows, and one group as a page. Every read takes the scope of who asks.

mod detail;
mod history;
mod list;
mod search;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use shared::{
    DateTime,
    lag::{GroupLag, LagVerdict, WorstPartition, part},
    meta::{Freshness, Meta, Reading},
};

pub use detail::{PartitionSort, detail, partition_lag, partitions};
pub use history::{add_past, history};
pub use list::{GroupQuery, GroupSort, groups};
pub use search::search;

use super::{
    book::Book,
    evaluate,
    model::{GroupRow, GroupsSnapshot, Judged, Member, MembersSnapshot, Policy, Summed, Why},
};
use crate::{access::Scope, runtime::Stamped};

/// The newest of one cluster, for one asker.
#[derive(Clone)]
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
    /// What is tolerated.
    pub policy: Policy,
    /// A look at a log end is too old after so long, in ms.
    pub old_after_ms: i64,
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

    /// Whether what is known is of now.
    fn is_fresh(&self, now: DateTime) -> bool {
        let groups = self.readings.iter().find(|reading| reading.part == part::GROUPS);
        groups.is_none_or(|groups| groups.freshness(now) == Freshness::Fresh)
    }

    /// A group with these of its partitions summed up.
    pub fn view(&self, row: &GroupRow, summed: &Summed, now: DateTime) -> GroupLag {
        let members = self.members_of(&row.group);
        let beside = Beside {
            cluster: &self.name,
            is_fresh: self.is_fresh(now),
            member_count: members.map(|members| u32::try_from(members.len()).unwrap_or(u32::MAX)),
            owner: self.owner(&row.group),
            as_of: self.groups.as_ref().map(|groups| groups.as_of),
        };
        group_lag(row, summed, &beside)
    }

    fn owner(&self, group: &str) -> Option<&str> {
        self.scope.owners().of_group(&self.name, group)
    }
}

/// What stands beside a group.
pub struct Beside<'a> {
    /// Its cluster.
    pub cluster: &'a str,
    /// Whether what is known is of now.
    pub is_fresh: bool,
    /// Its members.
    pub member_count: Option<u32>,
    /// Whose it is.
    pub owner: Option<&'a str>,
    /// When its log ends were read.
    pub as_of: Option<DateTime>,
}

/// A group with these of its partitions summed up. Of what was not read lately nobody knows how it is now.
pub fn group_lag(row: &GroupRow, summed: &Summed, beside: &Beside<'_>) -> GroupLag {
    let is_fresh = beside.is_fresh;
    let stale = Judged::bare(LagVerdict::Unknown, Why::Stale);
    let reason = match summed.decisive() {
        _ if !is_fresh && summed.verdict.is_some() => evaluate::reason(&stale, ("", "")),
        Some((topic, partition, judged)) => {
            evaluate::reason(judged, (topic, &format!("{topic}-{partition}")))
        }
        None => None,
    };
    let of_now = |value: Option<f64>| value.filter(|_| is_fresh);
    let age = summed.age.filter(|_| is_fresh);
    GroupLag {
        cluster: beside.cluster.to_owned(),
        group: row.group.to_string(),
        group_type: row.group_type,
        state: row.state.clone(),
        verdict: summed.verdict.map(|verdict| if is_fresh { verdict } else { LagVerdict::Unknown }),
        reason,
        lag_records: summed.lag_records,
        lag_raw: summed.lag_raw,
        age_seconds: age.map(|age| age.seconds),
        age_method: age.map(|age| age.method),
        produce_rate_per_second: of_now(summed.produced),
        consume_rate_per_second: of_now(summed.consumed),
        catch_up_seconds: of_now(summed.catch_up_seconds),
        data_loss_seconds: of_now(summed.data_loss_seconds),
        lost_records: summed.lost_records,
        member_count: beside.member_count,
        topic_count: summed.topics,
        partition_count: summed.partitions,
        unknown_count: summed.unknown,
        unassigned_count: summed.unassigned,
        worst: summed.worst.iter().filter(|_| is_fresh).map(worst).collect(),
        owner: beside.owner.map(str::to_owned),
        as_of: beside.as_of,
    }
}

fn worst((topic, partition, judged): &(Arc<str>, i32, Judged)) -> WorstPartition {
    WorstPartition {
        topic: topic.to_string(),
        partition: *partition,
        verdict: judged.verdict,
        lag_records: judged.lag_records,
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
