//! Finds consumer groups by name.

use shared::{
    DateTime,
    lag::LagVerdict,
    search::{Hit, HitKind},
    units::counted,
    verdict::Severity,
};

use super::Known;
use crate::{capabilities::lag::model::GroupRow, http::Sought};

/// What was found, with its rank.
pub fn search(known: &[Known], sought: &Sought, now: DateTime) -> Vec<(u8, Hit)> {
    known.iter().flat_map(|known| of_cluster(known, sought, now)).collect()
}

fn of_cluster(known: &Known, sought: &Sought, now: DateTime) -> Vec<(u8, Hit)> {
    let owner = sought.owner.as_deref();
    let rows = known.rows().filter(|row| owner.is_none_or(|owner| known.owner(&row.group) == Some(owner)));
    let mut best: Vec<(u8, &GroupRow)> =
        rows.filter_map(|row| Some((sought.rank(&row.group)?, row))).collect();
    if best.len() > sought.limit {
        best.select_nth_unstable_by(sought.limit, |one, other| {
            (one.0, &one.1.group).cmp(&(other.0, &other.1.group))
        });
        best.truncate(sought.limit);
    }
    let is_fresh = known.is_fresh(now);
    let hit = |(rank, row): (u8, &GroupRow)| {
        let hit = Hit {
            kind: HitKind::Group,
            cluster: known.name.clone(),
            name: row.group.to_string(),
            owner: known.owner(&row.group).map(str::to_owned),
            detail: Some(counted(row.whole.topics.into(), "topic", "topics")),
            severity: row.whole.verdict.filter(|_| is_fresh).map_or(Severity::Unknown, LagVerdict::severity),
        };
        (rank, hit)
    };
    best.into_iter().map(hit).collect()
}
