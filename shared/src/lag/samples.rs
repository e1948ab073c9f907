//! One of each view, for documents and tests.

use std::collections::BTreeMap;

use super::{
    GroupDetail, GroupLag, GroupLags, GroupType, LagMeta, LagVerdict, MemberLag, PartitionLag, part,
};
use crate::{
    DateTime,
    meta::{Meta, Reading},
};

fn now() -> DateTime {
    DateTime::from_timestamp_nanos(1_795_600_000_000_000_000)
}

fn meta(total: u64) -> Meta {
    let reading = |part: &str| Reading {
        cluster: Some("east".into()),
        part: part.into(),
        as_of: Some(now()),
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

fn group() -> GroupLag {
    GroupLag {
        cluster: "east".into(),
        group: "payments".into(),
        group_type: GroupType::Consumer,
        state: Some("Stable".into()),
        verdict: LagVerdict::Unknown,
        reason: None,
        lag_records: Some(17),
        lag_raw: Some(18),
        age_seconds: None,
        age_method: None,
        member_count: Some(1),
        topic_count: 1,
        partition_count: 1,
        unknown_count: 0,
        owner: Some("checkout".into()),
        as_of: Some(now()),
    }
}

/// A list of groups.
pub fn group_lags() -> GroupLags {
    let by_verdict = BTreeMap::from([(LagVerdict::Unknown, 1)]);
    GroupLags { groups: vec![group()], meta: LagMeta { meta: meta(1), by_verdict } }
}

/// One group.
pub fn group_detail() -> GroupDetail {
    let partition = PartitionLag {
        topic: "orders".into(),
        partition: 3,
        verdict: LagVerdict::Unknown,
        reason: None,
        committed_offset: Some(1_000),
        log_end_offset: Some(1_018),
        stable_end_offset: Some(1_017),
        lag_records: Some(17),
        lag_raw: Some(18),
        age_seconds: None,
        age_method: None,
        member_id: Some("payments-1-5b1d".into()),
        client_id: Some("payments-1".into()),
        host: Some("/10.0.0.7".into()),
    };
    let member = MemberLag {
        member_id: "payments-1-5b1d".into(),
        client_id: "payments-1".into(),
        host: "/10.0.0.7".into(),
        partition_count: Some(1),
    };
    GroupDetail { group: group(), partitions: vec![partition], members: vec![member], meta: meta(1) }
}
