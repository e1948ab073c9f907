//! One of each view, for documents and tests.

use std::collections::BTreeMap;

use super::{
    AgeMethod, GroupDetail, GroupLag, GroupLags, GroupType, LagHistory, LagMark, LagMeta, LagPoint,
    LagVerdict, MarkKind, MemberLag, PartitionLag, PartitionLine, WorstPartition, part,
};
use crate::{
    DateTime,
    event::{Event, Events, Subject},
    meta::{Meta, Reading},
    verdict::{Reason, Severity},
};

/// When the samples were taken.
pub fn now() -> DateTime {
    DateTime::from_timestamp_nanos(1_795_600_000_000_000_000)
}

fn before(seconds: i64) -> DateTime {
    now() - chrono::TimeDelta::seconds(seconds)
}

fn meta(total: u64) -> Meta {
    let reading = |part: &str| Reading {
        cluster: Some("east".into()),
        part: part.into(),
        as_of: Some(before(4)),
        period_seconds: 10.0,
        failure: None,
    };
    Meta {
        total: Some(total),
        next_cursor: None,
        revision: 812,
        now: now(),
        readings: vec![reading(part::GROUPS), reading(part::MEMBERS)],
    }
}

fn reason(rule: &str, verdict: LagVerdict, value: f64, limit: f64, since: i64, sentence: &str) -> Reason {
    Reason {
        rule: rule.into(),
        value: Some(value),
        limit: Some(limit),
        unit: Some("seconds".into()),
        severity: verdict.severity(),
        since: Some(before(since)),
        sentence: sentence.into(),
    }
}

/// A group that is well.
fn well(group: &str, owner: Option<&str>) -> GroupLag {
    GroupLag {
        cluster: "east".into(),
        group: group.into(),
        group_type: GroupType::Consumer,
        state: Some("Stable".into()),
        verdict: Some(LagVerdict::Ok),
        reason: None,
        lag_records: Some(41),
        lag_raw: Some(42),
        age_seconds: Some(1.2),
        age_method: Some(AgeMethod::History),
        produce_rate_per_second: Some(42.0),
        consume_rate_per_second: Some(42.0),
        catch_up_seconds: None,
        data_loss_seconds: None,
        lost_records: None,
        member_count: Some(3),
        topic_count: 1,
        partition_count: 12,
        unknown_count: 0,
        unassigned_count: Some(0),
        worst: vec![],
        owner: owner.map(str::to_owned),
        as_of: Some(before(4)),
    }
}

fn worst(topic: &str, partition: i32, verdict: LagVerdict, lag: u64) -> WorstPartition {
    WorstPartition { topic: topic.into(), partition, verdict, lag_records: Some(lag) }
}

/// The group of [`group_detail`].
fn stuck() -> GroupLag {
    GroupLag {
        verdict: Some(LagVerdict::Stuck),
        reason: Some(reason(
            "stuck_after",
            LagVerdict::Stuck,
            540.0,
            300.0,
            540,
            "orders-4 stays at offset 1,204,551 while 23,118 records wait; it has members.",
        )),
        lag_records: Some(23_480),
        lag_raw: Some(23_481),
        age_seconds: Some(540.0),
        consume_rate_per_second: Some(0.0),
        data_loss_seconds: Some(252_000.0),
        worst: vec![worst("orders", 4, LagVerdict::Stuck, 23_118)],
        ..well("fraud-scorer", Some("risk-platform"))
    }
}

/// A list of groups: one of each verdict, worst first.
pub fn group_lags() -> GroupLags {
    let losing = GroupLag {
        verdict: Some(LagVerdict::Losing),
        reason: Some(Reason {
            unit: Some("records".into()),
            ..reason(
                "below_log_start",
                LagVerdict::Losing,
                5_120.0,
                0.0,
                1_260,
                "5,120 records of session-events-0 are gone by retention before they were read.",
            )
        }),
        state: Some("Empty".into()),
        lag_records: Some(640),
        lag_raw: Some(5_760),
        lost_records: Some(5_120),
        age_seconds: Some(60.0),
        age_method: Some(AgeMethod::OlderThan),
        consume_rate_per_second: Some(0.0),
        member_count: Some(0),
        unassigned_count: Some(1),
        partition_count: 1,
        worst: vec![worst("session-events", 0, LagVerdict::Losing, 640)],
        ..well("session-replay", Some("growth"))
    };
    let stopped = GroupLag {
        verdict: Some(LagVerdict::Stopped),
        reason: Some(reason(
            "stopped_after",
            LagVerdict::Stopped,
            3_720.0,
            300.0,
            3_720,
            "Nothing was committed while 74,400 records wait, and it has no members.",
        )),
        state: Some("Empty".into()),
        lag_records: Some(74_400),
        lag_raw: Some(74_400),
        age_seconds: Some(3_720.0),
        consume_rate_per_second: Some(0.0),
        data_loss_seconds: Some(255_480.0),
        member_count: Some(0),
        unassigned_count: Some(6),
        worst: vec![
            worst("orders", 0, LagVerdict::Stopped, 12_410),
            worst("orders", 3, LagVerdict::Stopped, 12_400),
            worst("orders", 5, LagVerdict::Stopped, 12_398),
        ],
        partition_count: 6,
        ..well("billing", Some("checkout"))
    };
    let behind = GroupLag {
        group_type: GroupType::Classic,
        verdict: Some(LagVerdict::Behind),
        reason: Some(reason(
            "behind_after",
            LagVerdict::Behind,
            312.0,
            120.0,
            192,
            "The oldest record waits for 5 min: 12 come in each second, and 8 are read.",
        )),
        lag_records: Some(3_744),
        lag_raw: Some(3_744),
        age_seconds: Some(312.0),
        produce_rate_per_second: Some(12.0),
        consume_rate_per_second: Some(8.0),
        data_loss_seconds: Some(776_000.0),
        worst: vec![worst("inventory-changes", 1, LagVerdict::Behind, 1_260)],
        partition_count: 3,
        member_count: Some(1),
        ..well("search-indexer", Some("search"))
    };
    let rewound = GroupLag {
        verdict: Some(LagVerdict::Rewound),
        reason: Some(Reason {
            unit: Some("records".into()),
            limit: None,
            ..reason(
                "rewound",
                LagVerdict::Rewound,
                3_980.0,
                0.0,
                240,
                "It went back by 3,980 records on shipments-0, and has not passed the place again.",
            )
        }),
        lag_records: Some(3_100),
        lag_raw: Some(3_100),
        age_seconds: Some(775.0),
        produce_rate_per_second: Some(4.0),
        consume_rate_per_second: Some(20.0),
        catch_up_seconds: Some(194.0),
        worst: vec![worst("shipments", 0, LagVerdict::Rewound, 3_100)],
        partition_count: 1,
        member_count: Some(1),
        ..well("delivery-report", None)
    };
    let unknown = GroupLag {
        verdict: Some(LagVerdict::Unknown),
        reason: Some(Reason {
            rule: "too_little_seen".into(),
            value: Some(1.0),
            limit: Some(3.0),
            unit: Some("commits".into()),
            severity: LagVerdict::Unknown.severity(),
            since: None,
            sentence: "Too little was seen yet: 1 commit of at least 3.".into(),
        }),
        lag_records: Some(17),
        age_seconds: None,
        age_method: None,
        produce_rate_per_second: None,
        consume_rate_per_second: None,
        unassigned_count: None,
        member_count: None,
        ..well("store-dashboard", None)
    };
    let catching_up = GroupLag {
        lag_records: Some(9_000),
        lag_raw: Some(9_000),
        age_seconds: Some(95.0),
        produce_rate_per_second: Some(60.0),
        consume_rate_per_second: Some(200.0),
        catch_up_seconds: Some(64.0),
        ..well("click-warehouse", Some("growth"))
    };
    let share = GroupLag {
        group_type: GroupType::Share,
        verdict: None,
        age_seconds: None,
        age_method: None,
        lag_raw: None,
        produce_rate_per_second: None,
        consume_rate_per_second: None,
        unassigned_count: None,
        ..well("mail-sender", Some("checkout"))
    };
    let all_read = GroupLag {
        lag_records: Some(0),
        lag_raw: Some(1),
        age_seconds: Some(0.0),
        ..well("ledger", Some("checkout"))
    };
    let groups = vec![
        losing,
        stopped,
        stuck(),
        behind,
        rewound,
        unknown,
        catching_up,
        well("order-processing", Some("checkout")),
        all_read,
        share,
    ];
    let mut by_verdict = BTreeMap::new();
    for verdict in groups.iter().filter_map(|group| group.verdict) {
        *by_verdict.entry(verdict).or_default() += 1;
    }
    let total = groups.len() as u64;
    GroupLags { groups, meta: LagMeta { meta: meta(total), by_verdict } }
}

/// One group: stuck on a partition of twelve.
pub fn group_detail() -> GroupDetail {
    let of = |partition: i32, lag: u64| {
        let committed = 1_180_000 + i64::from(partition) * 2_000;
        let end = committed + i64::try_from(lag).unwrap_or_default();
        let member = partition % 3 + 1;
        PartitionLag {
            topic: "orders".into(),
            partition,
            verdict: LagVerdict::Ok,
            reason: None,
            committed_offset: Some(committed),
            committed_at: Some(before(3)),
            log_start_offset: Some(900_000),
            log_end_offset: Some(end + 1),
            stable_end_offset: Some(end),
            lag_records: Some(lag),
            lag_raw: i64::try_from(lag + 1).ok(),
            age_seconds: Some(1.2),
            age_method: Some(AgeMethod::History),
            produce_rate_per_second: Some(42.0),
            consume_rate_per_second: Some(42.0),
            catch_up_seconds: None,
            data_loss_seconds: None,
            lost_records: None,
            member_id: Some(format!("fraud-scorer-{member}-5b1d")),
            client_id: Some(format!("fraud-scorer-{member}")),
            host: Some(format!("/10.0.4.{}", 10 + member)),
        }
    };
    let group = stuck();
    let stuck = PartitionLag {
        verdict: LagVerdict::Stuck,
        reason: group.reason.clone(),
        committed_offset: Some(1_204_551),
        committed_at: Some(before(540)),
        log_end_offset: Some(1_227_670),
        stable_end_offset: Some(1_227_669),
        age_seconds: Some(540.0),
        consume_rate_per_second: Some(0.0),
        data_loss_seconds: Some(252_000.0),
        ..of(4, 23_118)
    };
    let never = PartitionLag {
        verdict: LagVerdict::Unknown,
        reason: Some(Reason {
            rule: "no_commit".into(),
            value: None,
            limit: None,
            unit: None,
            severity: LagVerdict::Unknown.severity(),
            since: None,
            sentence: "It is assigned, and nothing was ever committed for it.".into(),
        }),
        committed_offset: None,
        committed_at: None,
        lag_records: None,
        lag_raw: None,
        age_seconds: None,
        age_method: None,
        consume_rate_per_second: None,
        ..of(11, 0)
    };
    let others = (0..11).filter(|partition| *partition != 4);
    let lags = [22, 38, 41, 0, 0, 37, 29, 31, 40, 41, 44];
    let others = others.zip(lags).map(|(partition, lag)| of(partition, lag));
    let partitions: Vec<PartitionLag> = [stuck, never].into_iter().chain(others).collect();
    let member = |member: i32| MemberLag {
        member_id: format!("fraud-scorer-{member}-5b1d"),
        client_id: format!("fraud-scorer-{member}"),
        host: format!("/10.0.4.{}", 10 + member),
        partition_count: Some(4),
    };
    let total = partitions.len() as u64;
    GroupDetail { group, partitions, members: (1..=3).map(member).collect(), meta: meta(total) }
}

/// The last hour of [`group_detail`]: well, then stuck on one partition for nine minutes.
pub fn lag_history() -> LagHistory {
    let step = |at: i64| before(3_600 - at * 30);
    let others = |at: i64| 300.0 + ((at * 7) % 11) as f64 * 8.0;
    let stuck = |at: i64| if at < 102 { 25.0 } else { ((at - 102) as f64).powi(2) * 70.0 + 25.0 };
    let age = |at: i64| if at < 102 { 1.2 } else { (at - 102) as f64 * 30.0 };
    let point = |at: i64| match at {
        40..44 => LagPoint(step(at), None, None),
        _ => LagPoint(step(at), Some(others(at) + stuck(at)), Some(age(at))),
    };
    LagHistory {
        cluster: "east".into(),
        group: "fraud-scorer".into(),
        points: (0..120).map(point).collect(),
        partitions: vec![PartitionLine {
            topic: "orders".into(),
            partition: 4,
            points: (0..120).map(|at| (step(at), (at >= 60).then(|| stuck(at)))).collect(),
        }],
        marks: vec![
            LagMark { time: step(20), kind: MarkKind::Restart },
            LagMark { time: step(37), kind: MarkKind::Rebalance },
        ],
        from: before(3_600),
        to: now(),
        step_seconds: 30,
        kept_since: Some(before(3_600)),
        meta: meta(120),
    }
}

/// One group of [`group_lags`] with its partitions and members; `None` where there is none of that id.
pub fn group_detail_of(name: &str) -> Option<GroupDetail> {
    let group = group_lags().groups.into_iter().find(|group| group.group == name)?;
    if group.group == stuck().group {
        return Some(group_detail());
    }
    let mut page = group_detail();
    let topic = group.worst.first().map_or("orders", |worst| worst.topic.as_str()).to_owned();
    page.partitions.retain(|one| one.verdict == LagVerdict::Ok);
    page.partitions.truncate(group.partition_count as usize);
    let share = group.lag_records.unwrap_or_default() / u64::from(group.partition_count.max(1));
    for (at, one) in (0_i32..).zip(&mut page.partitions) {
        let worst = group.worst.iter().find(|worst| worst.partition == at);
        let has_member = group.member_count != Some(0);
        *one = PartitionLag {
            topic: topic.clone(),
            partition: at,
            verdict: worst.map_or(LagVerdict::Ok, |worst| worst.verdict),
            reason: worst.and_then(|_| group.reason.clone()),
            lag_records: worst.map_or(Some(share.min(40)), |worst| worst.lag_records),
            age_seconds: worst.map_or(one.age_seconds, |_| group.age_seconds),
            age_method: group.age_method,
            member_id: one.member_id.clone().filter(|_| has_member),
            client_id: Some(format!("{name}-1")).filter(|_| has_member),
            host: one.host.clone().filter(|_| has_member),
            ..one.clone()
        };
    }
    page.partitions.sort_by_key(|one| std::cmp::Reverse(one.verdict));
    page.members.truncate(group.member_count.unwrap_or_default() as usize);
    for (at, member) in (1..).zip(&mut page.members) {
        (member.client_id, member.member_id) = (format!("{name}-{at}"), format!("{name}-{at}-5b1d"));
    }
    page.meta.total = Some(page.partitions.len() as u64);
    Some(GroupDetail { group, ..page })
}

/// What happened to [`group_detail`] in the last hour, newest first.
pub fn group_events() -> Events {
    let event = |seconds: i64, kind: &str, severity, sentence: &str, detail: &str| Event {
        time: before(seconds),
        cluster: Some("east".into()),
        noun: super::NOUN.into(),
        kind: kind.into(),
        subject: Subject::Group { group: "fraud-scorer".into() },
        severity,
        sentence: sentence.into(),
        detail: (!detail.is_empty()).then(|| detail.into()),
        topics: vec!["orders".into()],
    };
    let events = vec![
        event(
            540,
            "group_stuck",
            Severity::Critical,
            "fraud-scorer is stuck",
            "orders-4 stays at offset 1,204,551 while records wait",
        ),
        event(2_100, "group_well", Severity::Ok, "fraud-scorer caught up", "was behind for 8 min"),
        event(
            2_580,
            "group_behind",
            Severity::Warning,
            "fraud-scorer fell behind",
            "42 come in each second, and 30 are read",
        ),
    ];
    Events { events, meta: Meta { readings: vec![], ..meta(3) } }
}
