//! Brokers as rows, and one as a page.

use std::borrow::Cow;

use shared::{
    DateTime,
    inventory::{Broker, BrokerDetail, BrokerState, Brokers},
};

use super::{Known, clusters::meta, version_text};
use crate::{
    capabilities::inventory::model::{BrokerCounts, BrokerRow},
    http::list::{ListQuery, SortKey},
};

/// By what brokers are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrokerSort {
    /// Those that do not serve first when descending.
    State,
    /// By id.
    Id,
    /// By partitions led.
    Leaders,
    /// By replicas.
    Replicas,
    /// By bytes kept.
    Size,
}

impl BrokerSort {
    /// The words of `sort`.
    pub const WORDS: [(&'static str, Self); 5] = [
        ("state", Self::State),
        ("broker_id", Self::Id),
        ("leader_count", Self::Leaders),
        ("replica_count", Self::Replicas),
        ("size_bytes", Self::Size),
    ];
}

/// A page of brokers; those that do not serve first unless told otherwise.
pub fn brokers(known: &Known, query: &ListQuery<BrokerSort>, now: DateTime) -> Brokers {
    let rows: Vec<Broker> =
        rows(known).into_iter().filter(|row| query.q.as_ref().is_none_or(|q| matches(row, q))).collect();
    let page = query.page(
        rows,
        |row| match query.sort {
            BrokerSort::State => SortKey::Number(i64::from(row.state != BrokerState::Up)),
            BrokerSort::Id => SortKey::Number(row.broker_id.into()),
            BrokerSort::Leaders => SortKey::Number(row.leader_count.into()),
            BrokerSort::Replicas => SortKey::Number(row.replica_count.into()),
            BrokerSort::Size => SortKey::number(row.size_bytes),
        },
        |row| Cow::Owned(format!("{:011}", row.broker_id)),
    );
    let meta = meta(known, Some(page.total), page.next_cursor, now);
    Brokers { brokers: page.rows, at_least: known.is_at_least(), meta }
}

/// One broker with its log directories; `None` when there is none of that id.
pub fn broker(known: &Known, broker_id: i32, now: DateTime) -> Option<BrokerDetail> {
    let broker = rows(known).into_iter().find(|row| row.broker_id == broker_id)?;
    let log_dirs =
        known.all_sizes().and_then(|sizes| sizes.brokers.get(&broker_id)).map(|dirs| dirs.dirs.clone());
    Some(BrokerDetail { broker, at_least: known.is_at_least(), log_dirs, meta: meta(known, None, None, now) })
}

fn matches(row: &Broker, q: &str) -> bool {
    row.broker_id.to_string().contains(q)
        || row.host.to_lowercase().contains(q)
        || row.rack.as_ref().is_some_and(|rack| rack.to_lowercase().contains(q))
}

pub(super) fn rows(known: &Known) -> Vec<Broker> {
    let Some(snapshot) = known.whole() else { return vec![] };
    let counts = snapshot.broker_counts();
    let row = |row: &BrokerRow| {
        let counts = counts.get(&row.endpoint.broker_id).copied().unwrap_or_default();
        view(known, row, counts)
    };
    snapshot.brokers.iter().map(row).collect()
}

fn view(known: &Known, row: &BrokerRow, counts: BrokerCounts) -> Broker {
    let dirs =
        known.all_sizes().and_then(|sizes| sizes.brokers.get(&row.endpoint.broker_id)).map(|dirs| &dirs.dirs);
    Broker {
        broker_id: row.endpoint.broker_id,
        host: row.endpoint.host.clone(),
        port: row.endpoint.port,
        rack: row.endpoint.rack.clone(),
        state: row.state,
        since: row.since,
        last_seen: row.last_seen,
        quorum_role: row.role,
        version: known.told_version(row.endpoint.broker_id).or_else(|| row.version.map(version_text)),
        leader_count: counts.leaders,
        preferred_leader_count: counts.preferred,
        replica_count: counts.replicas,
        out_of_sync_count: counts.out_of_sync,
        size_bytes: dirs.map(|dirs| dirs.iter().map(|dir| dir.size_bytes).sum()),
        disk_total_bytes: dirs.and_then(|dirs| dirs.iter().map(|dir| dir.total_bytes).sum()),
        disk_usable_bytes: dirs.and_then(|dirs| dirs.iter().map(|dir| dir.usable_bytes).sum()),
        log_dirs_offline: dirs.map(|dirs| dirs.iter().filter(|dir| dir.error.is_some()).count() as u32),
    }
}
