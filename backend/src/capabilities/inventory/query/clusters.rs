//! Clusters as rows, and one as a page.

use std::borrow::Cow;

use shared::{
    DateTime,
    inventory::{
        BrokerState, Cluster, ClusterDetail, Clusters, Reassignments, Replication, ReplicationPoint,
    },
    meta::{Freshness, Meta},
    verdict::{Health, Reason, Severity},
};

use super::{Known, version_method, version_text};
use crate::http::list::{ListQuery, SortKey};

/// By what clusters are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClusterSort {
    /// By severity, the worst first when descending.
    Severity,
    /// By name.
    Name,
    /// By partitions.
    Partitions,
    /// By under-replicated partitions.
    UnderReplicated,
    /// By bytes kept.
    Size,
    /// By bytes that producers write.
    BytesIn,
    /// By bytes that consumers read.
    BytesOut,
}

impl ClusterSort {
    /// The words of `sort`.
    pub const WORDS: [(&'static str, Self); 7] = [
        ("severity", Self::Severity),
        ("name", Self::Name),
        ("partition_count", Self::Partitions),
        ("under_replicated_count", Self::UnderReplicated),
        ("size_bytes", Self::Size),
        ("bytes_in_per_second", Self::BytesIn),
        ("bytes_out_per_second", Self::BytesOut),
    ];
}

/// A page of clusters; worst first unless told otherwise.
pub fn clusters(known: &[Known], query: &ListQuery<ClusterSort>, now: DateTime) -> Clusters {
    let rows: Vec<Cluster> = known
        .iter()
        .filter(|known| query.q.as_ref().is_none_or(|q| known.name.to_lowercase().contains(q)))
        .map(|known| row(known, now))
        .collect();
    let names: Vec<(usize, Cluster)> = rows.into_iter().enumerate().collect();
    let page = query.page(
        names,
        |(_, row)| match query.sort {
            ClusterSort::Severity => SortKey::Number(row.health.severity as i64),
            ClusterSort::Name => SortKey::Text(Cow::Owned(row.name.clone())),
            ClusterSort::Partitions => SortKey::number(row.partition_count),
            ClusterSort::UnderReplicated => SortKey::number(row.under_replicated_count),
            ClusterSort::Size => SortKey::number(row.size_bytes),
            ClusterSort::BytesIn => SortKey::rate(row.bytes_in_per_second),
            ClusterSort::BytesOut => SortKey::rate(row.bytes_out_per_second),
        },
        |(_, row)| Cow::Owned(row.name.clone()),
    );
    let revision = known.iter().map(Known::revision).sum();
    let readings = known.iter().flat_map(|known| known.readings.clone()).collect();
    let meta = Meta { total: Some(page.total), next_cursor: page.next_cursor, revision, now, readings };
    Clusters { clusters: page.rows.into_iter().map(|(_, row)| row).collect(), meta }
}

/// One cluster with its parts.
pub fn cluster(known: &Known, now: DateTime) -> ClusterDetail {
    let snapshot = known.whole();
    let reassignments =
        snapshot.and_then(|snapshot| snapshot.reassignments.as_ref()).map(|all| Reassignments {
            partition_count: all.len() as u32,
            adding_replica_count: all.iter().map(|one| one.adding.len() as u32).sum(),
        });
    ClusterDetail {
        cluster: row(known, now),
        quorum: snapshot.and_then(|snapshot| snapshot.quorum.clone()),
        reassignments,
        missing_rights: known.missing_rights().to_vec(),
        meta: meta(known, None, None, now),
    }
}

/// What stands beside an answer about one cluster.
pub(super) fn meta(known: &Known, total: Option<u64>, next_cursor: Option<String>, now: DateTime) -> Meta {
    Meta { total, next_cursor, revision: known.revision(), now, readings: known.readings.clone() }
}

/// A cluster as a row: of what is not known, or may not be seen, nothing.
pub fn row(known: &Known, now: DateTime) -> Cluster {
    let snapshot = known.whole();
    let totals = snapshot.map(|snapshot| snapshot.totals);
    let sums = known.all_sizes().and_then(|sizes| sizes.sums());
    let refused = snapshot.and_then(|snapshot| snapshot.rights.configs_refused).unwrap_or_default();
    let version = snapshot.and_then(|snapshot| {
        let up = snapshot.brokers.iter().filter(|broker| broker.state == BrokerState::Up);
        up.filter_map(|broker| broker.version).min()
    });
    let reading = known.metadata_reading();
    let rate = known.rate();
    Cluster {
        name: known.name.clone(),
        cluster_id: snapshot.and_then(|snapshot| snapshot.cluster_id.clone()),
        tier: known.tier.clone(),
        datacenter: known.datacenter.clone(),
        health: told(known, health(known, now)),
        broker_count: snapshot.map(|snapshot| snapshot.brokers.len() as u32),
        brokers_down: snapshot.map(|snapshot| {
            snapshot.brokers.iter().filter(|broker| broker.state != BrokerState::Up).count() as u32
        }),
        controller_id: snapshot.and_then(|snapshot| snapshot.controller_id),
        at_least: snapshot.is_some_and(|snapshot| snapshot.rights.at_least),
        hidden_topic_count: known.hidden_topics(),
        topic_count: totals.map(|totals| totals.topics),
        partition_count: totals.map(|totals| totals.partitions),
        replica_count: totals.map(|totals| totals.replicas),
        under_replicated_count: totals.map(|totals| totals.under_replicated),
        under_replicated_since: snapshot.and_then(|snapshot| snapshot.since.under_replicated),
        under_min_isr_count: totals.and_then(|totals| totals.known(totals.under_min_isr, refused)),
        at_min_isr_count: totals.and_then(|totals| totals.known(totals.at_min_isr, refused)),
        min_isr_unknown_count: totals.map(|totals| totals.unknown_min_isr),
        offline_count: totals.map(|totals| totals.offline),
        size_bytes: sums.map(|(size, _, _)| size),
        disk_total_bytes: sums.and_then(|(_, total, _)| total),
        disk_usable_bytes: sums.and_then(|(_, _, usable)| usable),
        bytes_in_per_second: rate.and_then(|rate| rate.bytes_in),
        bytes_out_per_second: rate.and_then(|rate| rate.bytes_out),
        rates_at_least: rate.is_some_and(|rate| rate.at_least),
        version: version.map(version_text),
        version_method: version.map(|version| version_method(version).into()),
        as_of: reading.and_then(|reading| reading.as_of),
        failure: reading.and_then(|reading| reading.failure.clone()),
    }
}

/// The verdict as the asker may be told it: why it is so tells of brokers and of others' topics.
fn told(known: &Known, health: Health) -> Health {
    if known.scope.sees_whole_clusters() {
        return health;
    }
    Health { severity: health.severity, reasons: vec![] }
}

/// The verdict of the newest view, with what only the time of asking tells: never read, or too old.
fn health(known: &Known, now: DateTime) -> Health {
    let unknown = |rule: &str, value, limit, since, sentence| Reason {
        rule: rule.into(),
        value,
        limit,
        unit: Some("seconds".into()),
        severity: Severity::Unknown,
        since,
        sentence,
    };
    let (Some(reading), Some(snapshot)) = (known.metadata_reading(), known.snapshot()) else {
        let failure = known.metadata_reading().and_then(|reading| reading.failure.as_ref());
        let reasons = failure.map(|failure| {
            unknown(
                "never_read",
                None,
                None,
                Some(failure.since),
                format!("Was never read: {}", failure.what),
            )
        });
        return Health { severity: Severity::Unknown, reasons: reasons.into_iter().collect() };
    };
    let mut reasons = snapshot.health.reasons.clone();
    if reading.freshness(now) == Freshness::Stale {
        let limit = reading.period_seconds * 2.0;
        let since = reading.failure.as_ref().map(|failure| failure.since).or(reading.as_of);
        let sentence = "The newest view is older than two periods.".into();
        let stale = unknown("stale", None, Some(limit), since, sentence);
        // What cannot be seen any more comes before what was seen last.
        reasons.insert(0, stale);
        let severity = reasons.iter().map(|reason| reason.severity).max().unwrap_or_default();
        return Health { severity, reasons };
    }
    Health::worst_of(reasons)
}

/// Counts of troubled partitions over time; at most `most` points, each the worst of its step.
pub fn replication(
    known: &Known,
    (from, to): (Option<DateTime>, Option<DateTime>),
    most: usize,
    now: DateTime,
) -> Replication {
    let all: Vec<ReplicationPoint> = known
        .whole()
        .iter()
        .flat_map(|snapshot| &snapshot.history)
        .filter(|point| from.is_none_or(|from| point.time >= from) && to.is_none_or(|to| point.time < to))
        .copied()
        .collect();
    let step = all.len().div_ceil(most.max(1)).max(1);
    let worst = |points: &[ReplicationPoint]| {
        let key = |point: &&ReplicationPoint| {
            (point.offline_count, point.under_min_isr_count, point.under_replicated_count)
        };
        points.iter().max_by_key(key).copied()
    };
    let replication: Vec<ReplicationPoint> = all.chunks(step).filter_map(worst).collect();
    let total = Some(replication.len() as u64);
    Replication { replication, at_least: known.is_at_least(), meta: meta(known, total, None, now) }
}
