//! What became of groups between two turns, told for the timeline.

use std::{collections::BTreeMap, sync::Arc};

use shared::{
    DateTime,
    event::{Event, Subject},
    lag::{LagVerdict, NOUN},
    units::count,
};

use super::words;
use crate::capabilities::lag::model::{GroupRow, GroupsSnapshot, Why};

/// Groups that change alike in one turn are told one by one up to this; more are one event.
const TOLD_ALONE: usize = 50;
/// Groups that such an event names.
const NAMED: usize = 3;

/// What is told of groups that are not as they were told to be, and of each what was told last from now on. Doubts are not
/// told.
pub fn events(cluster: &str, snapshot: &mut GroupsSnapshot, now: DateTime) -> Vec<Event> {
    let mut changed: BTreeMap<LagVerdict, Vec<Arc<GroupRow>>> = BTreeMap::new();
    for row in &mut snapshot.rows {
        let Some(verdict) = row.whole.verdict.filter(|it| *it != LagVerdict::Unknown) else { continue };
        let before = row.told;
        if before == Some(verdict) {
            continue;
        }
        Arc::make_mut(row).told = Some(verdict);
        // A member that dies and comes back makes one of the other.
        let stands = |verdict| matches!(verdict, LagVerdict::Stuck | LagVerdict::Stopped);
        if before.is_some_and(stands) && stands(verdict) {
            continue;
        }
        // That a group is well from the first look on is no news.
        if before.is_some() || verdict != LagVerdict::Ok {
            changed.entry(verdict).or_default().push(row.clone());
        }
    }
    let tell = |(verdict, rows): (LagVerdict, Vec<Arc<GroupRow>>)| -> Vec<Event> {
        if rows.len() > TOLD_ALONE {
            return vec![together(cluster, verdict, &rows, now)];
        }
        rows.iter().map(|row| alone(cluster, verdict, row, now)).collect()
    };
    changed.into_iter().rev().flat_map(tell).collect()
}

fn alone(cluster: &str, verdict: LagVerdict, row: &GroupRow, now: DateTime) -> Event {
    let decisive = row.whole.decisive().filter(|_| verdict != LagVerdict::Ok);
    let place = decisive.map(|(topic, partition, _)| format!("{topic}-{partition}"));
    let on = place.as_ref().map(|place| format!(" on {place}")).unwrap_or_default();
    let reason = decisive.zip(place.as_deref());
    let reason = reason.and_then(|((topic, _, judged), place)| words::reason(judged, (topic, place)));
    Event {
        time: now,
        cluster: Some(cluster.into()),
        noun: NOUN.into(),
        kind: kind(verdict).into(),
        subject: Subject::Group { group: row.group.to_string() },
        severity: verdict.severity(),
        sentence: format!("{} {}{on}", row.group, said_of(verdict, decisive.map(|it| it.2.why))),
        detail: reason.map(|reason| reason.sentence),
        topics: decisive.map(|(topic, _, _)| topic.to_string()).into_iter().collect(),
    }
}

fn together(cluster: &str, verdict: LagVerdict, rows: &[Arc<GroupRow>], now: DateTime) -> Event {
    let named: Vec<&str> = rows.iter().take(NAMED).map(|row| row.group.as_ref()).collect();
    let is_open = |why: Why| matches!(why, Why::OpenTransaction { .. });
    let waits = |row: &Arc<GroupRow>| row.whole.decisive().is_some_and(|(.., it)| is_open(it.why));
    let said =
        if rows.iter().all(waits) { "wait behind an open transaction" } else { words_of(verdict, true) };
    Event {
        time: now,
        cluster: Some(cluster.into()),
        noun: NOUN.into(),
        kind: kind(verdict).into(),
        subject: Subject::Cluster,
        severity: verdict.severity(),
        sentence: format!("{} consumer groups {said}", count(rows.len() as u64)),
        detail: Some(format!("{} and {} more", named.join(", "), rows.len() - named.len())),
        // It names groups of many owners: who sees only what some have is not told.
        topics: vec![],
    }
}

/// The kind of the event that tells it.
fn kind(verdict: LagVerdict) -> &'static str {
    match verdict {
        LagVerdict::Ok | LagVerdict::Unknown => "group_well",
        LagVerdict::Rewound => "group_rewound",
        LagVerdict::Behind => "group_behind",
        LagVerdict::Stuck => "group_stuck",
        LagVerdict::Stopped => "group_stopped",
        LagVerdict::Losing => "group_losing",
    }
}

/// What became of one group.
fn said_of(verdict: LagVerdict, why: Option<Why>) -> &'static str {
    match why {
        Some(Why::WillLose { .. }) => "is about to lose records",
        Some(Why::OpenTransaction { .. }) => "waits behind an open transaction",
        _ => words_of(verdict, false),
    }
}

fn words_of(verdict: LagVerdict, are_many: bool) -> &'static str {
    match (verdict, are_many) {
        (LagVerdict::Ok | LagVerdict::Unknown, false) => "is well again",
        (LagVerdict::Ok | LagVerdict::Unknown, true) => "are well again",
        (LagVerdict::Rewound, _) => "went back",
        (LagVerdict::Behind, _) => "fell behind",
        (LagVerdict::Stuck, false) => "is stuck",
        (LagVerdict::Stuck, true) => "are stuck",
        (LagVerdict::Stopped, _) => "stopped",
        (LagVerdict::Losing, false) => "loses records",
        (LagVerdict::Losing, true) => "lose records",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capabilities::lag::model::{Judged, Summed};

    const NOW: DateTime = DateTime::UNIX_EPOCH;

    fn row(group: &str, verdict: LagVerdict, told: Option<LagVerdict>) -> Arc<GroupRow> {
        let judged = Judged { lag_records: Some(7), ..Judged::bare(verdict, Why::NoCommit) };
        let whole = Summed {
            verdict: Some(verdict),
            worst: [("orders".into(), 3, judged)].into(),
            ..Summed::default()
        };
        Arc::new(GroupRow { whole, told, ..GroupRow::unknown(group) })
    }

    fn told(rows: Vec<Arc<GroupRow>>) -> (GroupsSnapshot, Vec<Event>) {
        let mut snapshot = GroupsSnapshot { rows, ..GroupsSnapshot::default() };
        let events = events("east", &mut snapshot, NOW);
        (snapshot, events)
    }

    #[test]
    fn a_change_is_told_once_and_a_doubt_never() {
        let (snapshot, events) = told(vec![
            row("new-and-well", LagVerdict::Ok, None),
            row("new-and-stuck", LagVerdict::Stuck, None),
            row("again-well", LagVerdict::Ok, Some(LagVerdict::Behind)),
            row("still-behind", LagVerdict::Behind, Some(LagVerdict::Behind)),
            row("in-doubt", LagVerdict::Unknown, Some(LagVerdict::Stuck)),
        ]);
        let said: Vec<&str> = events.iter().map(|event| event.sentence.as_str()).collect();
        assert_eq!(
            said,
            ["new-and-stuck is stuck on orders-3", "again-well is well again"],
            "the worst first"
        );
        assert_eq!(events[0].topics, ["orders"]);
        let (snapshot, events) = told(snapshot.rows);
        assert_eq!(events, [], "nothing changed");
        let doubt = snapshot.rows.iter().find(|row| row.group.as_ref() == "in-doubt").unwrap();
        assert_eq!(doubt.told, Some(LagVerdict::Stuck), "once it is known again, only a change is news");
    }

    #[test]
    fn a_group_that_stands_is_told_once_whether_it_has_members_or_not() {
        let (snapshot, events) = told(vec![row("crashing", LagVerdict::Stopped, Some(LagVerdict::Stuck))]);
        assert_eq!((events, snapshot.rows[0].told), (vec![], Some(LagVerdict::Stopped)));
    }

    #[test]
    fn many_that_change_alike_are_one_event_that_names_no_topic() {
        let stuck = |count: usize| {
            (0..count).map(|at| row(&format!("group-{at:03}"), LagVerdict::Stuck, None)).collect()
        };
        assert_eq!(told(stuck(TOLD_ALONE)).1.len(), TOLD_ALONE);
        let (_, events) = told(stuck(TOLD_ALONE + 1));
        let [event] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!((event.kind.as_str(), &event.subject), ("group_stuck", &Subject::Cluster));
        assert_eq!(event.sentence, "51 consumer groups are stuck");
        assert_eq!(event.detail.as_deref(), Some("group-000, group-001, group-002 and 48 more"));
        let mut waiting: Vec<Arc<GroupRow>> = stuck(TOLD_ALONE + 1);
        for row in &mut waiting {
            let why = Why::OpenTransaction { offset: 5, behind_it: 7, open: 9_000.0, limit: 960.0 };
            Arc::make_mut(row).whole.worst.iter_mut().for_each(|(.., judged)| judged.why = why);
        }
        assert_eq!(told(waiting).1[0].sentence, "51 consumer groups wait behind an open transaction");
        assert!(event.topics.is_empty(), "who sees only what some owners have is not told");
    }
}
