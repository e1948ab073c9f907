//! What is told of groups, and to whom, on two tiny clusters.

use std::{collections::HashMap, path::Path};

use shared::lag::{GroupLags, GroupType, samples};

use super::*;
use crate::{
    access::{Bounds, Token},
    capabilities::lag::{
        book::{Committed, LogEnd, Owner},
        model::{Age, Keeping, Late, Member},
    },
    catalog::Owners,
    http::list::{Cursor, ListQuery},
};

const OWNERS: &str = "[[owner]]\nname = \"checkout\"\ngroups = [\"pay-*\"]\n\
                      [[owner]]\nname = \"clicks\"\ngroups = [\"clicks\"]\n";
const KEEPING: Keeping = Keeping::OF_TESTS;

fn now() -> DateTime {
    samples::group_lags().meta.meta.now
}

fn scope(owners: Option<&[&str]>) -> Scope {
    let token = owners.map(|owners| {
        let owners = Some(owners.iter().map(|owner| (*owner).to_owned()).collect());
        let bounds = Bounds { clusters: None, owners };
        Arc::new(Token::new("app".into(), [1; 32], shared::access::Role::Viewer, bounds, now()))
    });
    let owners = Owners::parse(Path::new("owners.toml"), OWNERS).unwrap();
    Scope::new(token, Arc::new(owners), Arc::new(["east".into(), "west".into()]))
}

fn row(group: &str, lag_records: Option<u64>) -> Arc<GroupRow> {
    let whole = Summed {
        verdict: Some(if lag_records.is_some() { LagVerdict::Ok } else { LagVerdict::Unknown }),
        lag_records,
        lag_raw: lag_records.map(|lag| lag as i64 + 1),
        topics: 1,
        partitions: lag_records.map_or(3, |lag| lag as u32 + 1),
        ..Summed::default()
    };
    Arc::new(GroupRow {
        group_type: GroupType::Classic,
        state: Some("Empty".into()),
        whole,
        ..GroupRow::unknown(group)
    })
}

/// A cluster with some groups and their lags.
fn cluster(name: &str, scope: &Scope, groups: &[(&str, Option<u64>)]) -> Known {
    let mut rows: Vec<_> = groups.iter().map(|(group, lag)| row(group, *lag)).collect();
    rows.sort_by(|one, other| one.group.cmp(&other.group));
    Known {
        scope: scope.clone(),
        name: name.into(),
        bootstrap: vec![],
        groups: Some(Arc::new(Stamped {
            snapshot: GroupsSnapshot { rows, late: Late::default() },
            revision: 3,
            as_of: now(),
        })),
        members: None,
        book: Arc::new(Book::new(KEEPING, 2)),
        readings: vec![],
        policy: Policy::default(),
        old_after_ms: 30_000,
    }
}

fn fleet(scope: &Scope) -> [Known; 2] {
    let of_east = [("pay-eu", Some(5)), ("clicks", Some(9)), ("audit", None)];
    [cluster("east", scope, &of_east), cluster("west", scope, &[("pay-eu", Some(7)), ("Pay-us", Some(0))])]
}

fn query(sort: GroupSort, descending: bool) -> GroupQuery {
    let list = ListQuery { limit: 100, offset: 0, cursor: None, sort, descending, q: None };
    GroupQuery { list, owner: None, verdict: None, topic: None }
}

fn named(page: &GroupLags) -> Vec<String> {
    page.groups.iter().map(|row| format!("{}/{}", row.cluster, row.group)).collect()
}

fn listed(scope: &Scope, query: &GroupQuery) -> Vec<String> {
    let page = groups(&fleet(scope), query, now());
    assert_eq!(page.meta.meta.total, Some(page.groups.len() as u64));
    named(&page)
}

#[test]
fn a_token_with_owners_sees_only_their_groups() {
    let by_name = query(GroupSort::Group, false);
    let all = ["west/Pay-us", "east/audit", "east/clicks", "east/pay-eu", "west/pay-eu"];
    assert_eq!(listed(&scope(None), &by_name), all);
    let checkout = scope(Some(&["checkout"]));
    assert_eq!(listed(&checkout, &by_name), ["east/pay-eu", "west/pay-eu"]);
    let of_clicks = GroupQuery { owner: Some("clicks".into()), ..by_name.clone() };
    assert_eq!(listed(&checkout, &of_clicks), [""; 0], "nor by asking for another owner");
    assert_eq!(listed(&scope(Some(&["nobody"])), &by_name), [""; 0]);
    let [east, _] = fleet(&checkout);
    let of =
        |group: &str| detail(&east, group, &partitions(100, None), now()).map(|detail| detail.group.group);
    assert_eq!((of("pay-eu"), of("clicks"), of("audit")), (Some("pay-eu".into()), None, None));
}

#[test]
fn groups_are_sorted_and_what_is_unknown_is_below_zero() {
    let everyone = scope(None);
    let by_lag = ["east/clicks", "west/pay-eu", "east/pay-eu", "west/Pay-us", "east/audit"];
    assert_eq!(listed(&everyone, &query(GroupSort::Lag, true)), by_lag);
    assert_eq!(listed(&everyone, &query(GroupSort::Raw, true)), by_lag);
    assert_eq!(
        listed(&everyone, &query(GroupSort::Lag, false)),
        by_lag.into_iter().rev().collect::<Vec<_>>()
    );
    let by_size = ["east/clicks", "west/pay-eu", "east/pay-eu", "east/audit", "west/Pay-us"];
    assert_eq!(listed(&everyone, &query(GroupSort::Partitions, true)), by_size);
}

#[test]
fn groups_are_filtered_by_name_owner_and_verdict() {
    let everyone = scope(None);
    let mut by_name = query(GroupSort::Group, false);
    by_name.list.q = Some("pay".into());
    assert_eq!(listed(&everyone, &by_name), ["west/Pay-us", "east/pay-eu", "west/pay-eu"], "in any case");
    by_name.owner = Some("checkout".into());
    assert_eq!(listed(&everyone, &by_name), ["east/pay-eu", "west/pay-eu"]);
    by_name.verdict = Some(LagVerdict::Ok);
    let page = groups(&fleet(&everyone), &by_name, now());
    assert_eq!(page.groups.iter().map(|row| row.owner.as_deref()).collect::<Vec<_>>(), [Some("checkout"); 2]);
    assert_eq!(page.meta.by_verdict.into_iter().collect::<Vec<_>>(), [(LagVerdict::Ok, 2)]);
    let [east, _] = fleet(&everyone);
    assert_eq!(named(&groups(&[east], &by_name, now())), ["east/pay-eu"], "of one cluster");
}

#[test]
fn pages_go_on_behind_their_cursor() {
    let everyone = scope(None);
    let mut query = query(GroupSort::Lag, true);
    let all = listed(&everyone, &query);
    query.list.limit = 2;
    let (mut pages, mut joined) = (0, Vec::new());
    loop {
        let page = groups(&fleet(&everyone), &query, now());
        assert_eq!(page.meta.meta.total, Some(5));
        joined.extend(named(&page));
        pages += 1;
        let Some(next) = page.meta.meta.next_cursor else { break };
        query.list.cursor = Some(Cursor::decode(&next).unwrap());
    }
    assert_eq!((pages, joined), (3, all));
}

#[test]
fn what_is_not_known_is_null() {
    let page = groups(&fleet(&scope(None)), &query(GroupSort::Group, false), now());
    let audit = page.groups.iter().find(|row| row.group == "audit").unwrap();
    assert_eq!((audit.lag_records, audit.lag_raw, audit.member_count), (None, None, None));
    let told = serde_json::to_value(audit).unwrap();
    assert!(told["lag_records"].is_null() && told["member_count"].is_null(), "{told}");
    let us = page.groups.iter().find(|row| row.group == "Pay-us").unwrap();
    assert_eq!((us.lag_records, us.lag_raw), (Some(0), Some(1)), "a zero is known");
}

fn partitions(limit: usize, cursor: Option<Cursor>) -> ListQuery<PartitionSort> {
    ListQuery { limit, offset: 0, cursor, sort: PartitionSort::Partition, descending: false, q: None }
}

/// `pay-eu` has committed for two topics, of which one was never looked at, and a member has a partition more.
fn reading() -> Known {
    let mut known = cluster("east", &scope(None), &[("pay-eu", Some(5))]);
    for partition in 0..12 {
        let end = LogEnd { offset: 100, stable: Some(98), time_ms: now().timestamp_millis() };
        known.book.see_log_end("orders", (partition, 12), end);
    }
    for (topic, partition, offset) in [("orders", 10, 99), ("orders", 2, 90), ("clicks", 0, 5)] {
        let time_ms = now().timestamp_millis();
        let it = Committed { group: "pay-eu", topic, partition, offset, order: 1, time_ms, is_old: false };
        known.book.commit(&it, now().timestamp());
    }
    let owner = Arc::new(Owner { host: "/10.0.0.7".into(), client_id: "pay-1".into() });
    known.book.assign("pay-eu", [2, 3].map(|it| ("orders", it, owner.clone())).into_iter());
    let member = Member {
        member_id: "pay-1-5b1d".into(),
        client_id: "pay-1".into(),
        host: "/10.0.0.7".into(),
        partitions: Some(vec![("orders".into(), vec![2, 3])]),
    };
    let snapshot = MembersSnapshot { groups: HashMap::from([("pay-eu".into(), [member].into())]) };
    known.members = Some(Arc::new(Stamped { snapshot, revision: 4, as_of: now() }));
    known
}

#[test]
fn the_page_of_a_group_tells_each_partition_that_is_committed_for_or_assigned() {
    let told = detail(&reading(), "pay-eu", &partitions(100, None), now()).unwrap();
    let rows: Vec<_> = told
        .partitions
        .iter()
        .map(|row| (row.topic.as_str(), row.partition, row.committed_offset, row.log_end_offset, row.lag_raw))
        .collect();
    let expected = [
        ("clicks", 0, Some(5), None, None),
        ("orders", 2, Some(90), Some(100), Some(10)),
        ("orders", 3, None, Some(100), None),
        ("orders", 10, Some(99), Some(100), Some(1)),
    ];
    assert_eq!(rows, expected);
    let lags: Vec<_> = told.partitions.iter().map(|row| row.lag_records).collect();
    assert_eq!(lags, [None, Some(8), None, Some(0)], "up to the stable end, and never below zero");
    let hosts: Vec<_> = told.partitions.iter().map(|row| row.host.as_deref()).collect();
    assert_eq!(hosts, [None, Some("/10.0.0.7"), Some("/10.0.0.7"), None]);
    assert_eq!((told.members.len(), told.members[0].partition_count), (1, Some(2)));
    assert_eq!((told.group.member_count, told.meta.total), (Some(1), Some(4)));
    let mut worst_first = partitions(100, None);
    (worst_first.sort, worst_first.descending) = (PartitionSort::Verdict, true);
    let told = detail(&reading(), "pay-eu", &worst_first, now()).unwrap();
    let verdicts: Vec<_> = told.partitions.iter().map(|row| (row.partition, row.verdict)).collect();
    let unknown = |partition: i32| (partition, LagVerdict::Unknown);
    assert_eq!(verdicts, [unknown(2), unknown(0), unknown(3), (10, LagVerdict::Ok)]);
}

#[test]
fn the_worst_comes_first_and_of_equals_the_one_that_waits_longest() {
    let everyone = scope(None);
    let mut east = cluster("east", &everyone, &[]);
    let row = |group: &str, verdict: LagVerdict, seconds: f64| {
        let age = Some(Age { seconds, method: shared::lag::AgeMethod::History });
        let whole = Summed { verdict: Some(verdict), age, ..Summed::default() };
        let topics = [("orders".into(), whole.clone())].into();
        Arc::new(GroupRow { whole, topics, ..GroupRow::unknown(group) })
    };
    let rows = vec![
        row("a", LagVerdict::Ok, 900.0),
        row("b", LagVerdict::Stuck, 60.0),
        row("c", LagVerdict::Losing, 1.0),
        row("d", LagVerdict::Stuck, 61.0),
        row("e", LagVerdict::Unknown, 5.0),
    ];
    let snapshot = GroupsSnapshot { rows, late: Late::default() };
    east.groups = Some(Arc::new(Stamped { snapshot, revision: 3, as_of: now() }));
    let mut worst_first = query(GroupSort::Verdict, true);
    let order = |page: &GroupLags| page.groups.iter().map(|row| row.group.clone()).collect::<String>();
    assert_eq!(order(&groups(std::slice::from_ref(&east), &worst_first, now())), "cdbea");
    worst_first.topic = Some("clicks".into());
    assert_eq!(order(&groups(std::slice::from_ref(&east), &worst_first, now())), "");
    worst_first.topic = Some("orders".into());
    assert_eq!(order(&groups(&[east], &worst_first, now())), "cdbea");
}

#[test]
fn what_was_not_read_lately_is_unknown_and_has_no_age() {
    let mut known = reading();
    let reading = |as_of: DateTime| Reading {
        cluster: Some("east".into()),
        part: part::GROUPS.into(),
        as_of: Some(as_of),
        period_seconds: 10.0,
        failure: None,
    };
    let told = |known: &Known| {
        let page = groups(std::slice::from_ref(known), &query(GroupSort::Verdict, true), now());
        assert_eq!(page.meta.by_verdict.len(), 1);
        let row = page.groups[0].clone();
        (row.verdict, row.lag_records, row.reason.map(|reason| reason.rule))
    };
    known.readings = vec![reading(now() - chrono::TimeDelta::seconds(19))];
    assert_eq!(told(&known), (Some(LagVerdict::Ok), Some(5), None));
    known.readings = vec![reading(now() - chrono::TimeDelta::seconds(21))];
    assert_eq!(told(&known), (Some(LagVerdict::Unknown), Some(5), Some("stale".into())));
    let partitions = detail(&known, "pay-eu", &partitions(100, None), now()).unwrap().partitions;
    assert!(partitions.iter().all(|row| row.verdict == LagVerdict::Unknown && row.age_seconds.is_none()));
}

#[test]
fn the_partitions_of_a_group_are_paged() {
    let known = reading();
    let first = detail(&known, "pay-eu", &partitions(3, None), now()).unwrap();
    let cursor = Cursor::decode(&first.meta.next_cursor.unwrap()).unwrap();
    let rest = detail(&known, "pay-eu", &partitions(3, Some(cursor)), now()).unwrap();
    let at = |row: &shared::lag::PartitionLag| row.partition;
    assert_eq!(first.partitions.iter().chain(&rest.partitions).map(at).collect::<Vec<_>>(), [0, 2, 3, 10]);
    assert_eq!((rest.meta.total, rest.meta.next_cursor), (Some(4), None));
}

#[test]
fn a_group_that_has_been_silent_for_long_is_told_as_long_as_it_is_listed() {
    let later = now() + chrono::TimeDelta::days(30);
    let told = detail(&reading(), "pay-eu", &partitions(100, None), later).unwrap();
    assert_eq!(told.partitions.len(), 4);
}
