//! Which brokers there are, and which of them serve.
//!
//! Metadata lists those that serve, DescribeCluster (v2) those that are registered. A broker that was there and is
//! in neither stays listed as down until it is forgotten: the most important broker is the one that is gone.

use std::collections::BTreeMap;

use shared::{
    DateTime,
    inventory::{BrokerState, QuorumRole},
};

use super::version::version;
use crate::{
    capabilities::inventory::model::{BrokerRow, MetadataSample, MetadataSnapshot, Policy, Remembered},
    kafka::answers::BrokerEndpoint,
};

/// How one broker's state moved between two turns.
#[derive(Clone, Debug, PartialEq)]
pub enum BrokerMove {
    /// It served and does not any more.
    Left,
    /// It serves again; since when it did not, where known.
    Returned(Option<DateTime>),
    /// It is new.
    Joined,
    /// It was gone so long that it is no longer listed.
    Forgotten,
}

/// When the brokers were looked at before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// A turn ago.
    JustBefore,
    /// Before Riverkeeper was started.
    LongAgo,
    /// Never.
    Never,
}

/// The brokers as they were known before.
pub struct Before {
    rows: BTreeMap<i32, BrokerRow>,
    looked: Looked,
}

impl Before {
    /// Those of the turn before, or else those that were remembered and are not to be forgotten.
    pub fn new(
        previous: Option<&MetadataSnapshot>,
        remembered: Option<&Remembered>,
        policy: Policy,
        now: DateTime,
    ) -> Self {
        let (rows, looked) = match (previous, remembered) {
            (Some(previous), _) => (previous.brokers.clone(), Looked::JustBefore),
            (None, Some(remembered)) => (remembered.rows(), Looked::LongAgo),
            (None, None) => (vec![], Looked::Never),
        };
        let is_kept = |row: &BrokerRow| looked == Looked::JustBefore || !is_gone_for_good(row, policy, now);
        let rows = rows.into_iter().filter(is_kept).map(|row| (row.endpoint.broker_id, row));
        Self { rows: rows.collect(), looked }
    }
}

/// The brokers by id, and how each moved.
pub fn brokers(
    sample: &MetadataSample,
    before: Before,
    policy: Policy,
    now: DateTime,
) -> (Vec<BrokerRow>, Vec<(i32, BrokerMove)>) {
    let looked = before.looked;
    let before = before.rows;
    let mut moves = Vec::new();
    let mut rows = Vec::new();
    for (broker_id, (endpoint, state)) in told(sample, &before) {
        let old = before.get(&broker_id);
        let row = row(sample, endpoint, state, old, looked, now);
        if is_gone_for_good(&row, policy, now) {
            moves.push((broker_id, BrokerMove::Forgotten));
            continue;
        }
        if let Some(moved) = moved(&row, old, looked) {
            moves.push((broker_id, moved));
        }
        rows.push(row);
    }
    (rows, moves)
}

/// Every broker that is known, with what is known of it now.
fn told(
    sample: &MetadataSample,
    before: &BTreeMap<i32, BrokerRow>,
) -> BTreeMap<i32, (BrokerEndpoint, BrokerState)> {
    let gone = before.iter().map(|(id, row)| (*id, (row.endpoint.clone(), BrokerState::Down)));
    let registered = sample.description.iter().flat_map(|description| &description.brokers);
    let fenced =
        registered.map(|broker| (broker.endpoint.broker_id, (broker.endpoint.clone(), BrokerState::Fenced)));
    let live =
        sample.metadata.brokers.iter().map(|broker| (broker.broker_id, (broker.clone(), BrokerState::Up)));
    // The later word counts: what serves, before what is registered, before what was there.
    gone.chain(fenced).chain(live).collect()
}

fn row(
    sample: &MetadataSample,
    endpoint: BrokerEndpoint,
    state: BrokerState,
    old: Option<&BrokerRow>,
    looked: Looked,
    now: DateTime,
) -> BrokerRow {
    let features =
        sample.features.iter().find(|(id, _)| *id == endpoint.broker_id).map(|(_, features)| features);
    let serves = |state: BrokerState| state == BrokerState::Up;
    let since = match old {
        Some(old) if serves(old.state) == serves(state) => old.since,
        // What happened while nobody looked has no invented beginning.
        Some(_) | None => (looked == Looked::JustBefore).then_some(now),
    };
    BrokerRow {
        state,
        since,
        last_seen: if serves(state) { Some(now) } else { old.and_then(|old| old.last_seen) },
        role: role(sample, endpoint.broker_id).unwrap_or_else(|| old.and_then(|old| old.role)),
        version: features.and_then(version).or(old.and_then(|old| old.version)),
        endpoint,
    }
}

/// The outer `None` when the quorum was not told.
fn role(sample: &MetadataSample, broker_id: i32) -> Option<Option<QuorumRole>> {
    let Some(quorum) = sample.quorum.as_ref()? else { return Some(None) };
    let holds = |replicas: &[crate::kafka::answers::QuorumReplica]| {
        replicas.iter().any(|replica| replica.replica_id == broker_id)
    };
    Some(if quorum.leader_id == Some(broker_id) {
        Some(QuorumRole::Leader)
    } else if holds(&quorum.voters) {
        Some(QuorumRole::Voter)
    } else {
        holds(&quorum.observers).then_some(QuorumRole::Observer)
    })
}

/// What was seen last so long ago is not listed any more.
pub fn is_forgotten(last_seen: DateTime, policy: Policy, now: DateTime) -> bool {
    let patience = chrono::Duration::from_std(policy.forget_brokers_after).unwrap_or(chrono::Duration::MAX);
    now - last_seen > patience
}

fn is_gone_for_good(row: &BrokerRow, policy: Policy, now: DateTime) -> bool {
    let last_seen = row.last_seen.or(row.since);
    row.state == BrokerState::Down && last_seen.is_some_and(|seen| is_forgotten(seen, policy, now))
}

fn moved(row: &BrokerRow, old: Option<&BrokerRow>, looked: Looked) -> Option<BrokerMove> {
    let up = row.state == BrokerState::Up;
    match old {
        None => (looked != Looked::Never && up).then_some(BrokerMove::Joined),
        Some(old) if old.state == BrokerState::Up => (!up).then_some(BrokerMove::Left),
        // When it came back while nobody looked is not known.
        Some(old) => up.then_some(BrokerMove::Returned(old.since.filter(|_| looked == Looked::JustBefore))),
    }
}
