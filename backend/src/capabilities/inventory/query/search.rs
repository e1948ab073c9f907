//! Finds clusters, brokers and topics by name, and topics by who owns them.

use std::collections::HashSet;

use shared::{
    DateTime,
    inventory::BrokerState,
    search::{Hit, HitKind},
    units::counted,
    verdict::Severity,
};

use super::{Known, brokers, clusters};
use crate::http::{Sought, holds};

/// The rank of what is found by its owner alone.
const BY_OWNER: u8 = 3;

/// What was found, with its rank: 0 the whole name, 1 its beginning, 2 a part of it, 3 the name of its owner.
pub fn search(known: &[Known], sought: &Sought, now: DateTime) -> Vec<(u8, Hit)> {
    let mut found = Vec::new();
    for known in known {
        if sought.owner.is_none() {
            found.extend(cluster(known, sought, now));
            found.extend(broker_hits(known, &sought.q));
        }
        found.extend(topic_hits(known, sought, now));
    }
    found
}

fn cluster(known: &Known, sought: &Sought, now: DateTime) -> Option<(u8, Hit)> {
    let rank = sought.rank(&known.name)?;
    let row = clusters::row(known, now);
    let detail = [row.tier, row.datacenter].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    Some((
        rank,
        Hit {
            kind: HitKind::Cluster,
            cluster: known.name.clone(),
            name: known.name.clone(),
            owner: None,
            detail: (!detail.is_empty()).then_some(detail),
            severity: row.health.severity,
        },
    ))
}

fn broker_hits(known: &Known, q: &str) -> Vec<(u8, Hit)> {
    let asked = q.strip_prefix("broker").map_or(q, str::trim_start);
    let hits = brokers::rows(known).into_iter().filter_map(|row| {
        let id = row.broker_id.to_string();
        let address = format!("{}:{}", row.host, row.port);
        let by_address = asked.len() > 2 && holds(&address, asked);
        let rank = if !asked.is_empty() && id == asked { 0 } else { by_address.then_some(2)? };
        let severity = if row.state == BrokerState::Up { Severity::Ok } else { Severity::Critical };
        Some((
            rank,
            Hit {
                kind: HitKind::Broker,
                cluster: known.name.clone(),
                name: id,
                owner: None,
                detail: Some(address),
                severity,
            },
        ))
    });
    hits.collect()
}

fn topic_hits(known: &Known, sought: &Sought, now: DateTime) -> Vec<(u8, Hit)> {
    let Some(topics) = known.topics(sought.owner.as_deref()) else { return vec![] };
    let stale = known.is_stale(now);
    let called = known.scope.owners().all().iter().filter(|owner| owner.is_called(&sought.q));
    let called: HashSet<&str> = called.map(|owner| owner.name.as_str()).collect();
    let rank = |name: &str| {
        let by_name = sought.rank(name);
        // Who owns it costs more to tell than what it is called, and is asked only where it decides.
        let by_owner = || known.owner_of(name).filter(|owner| called.contains(owner)).map(|_| BY_OWNER);
        match (by_name, &sought.owner) {
            (None, None) if !called.is_empty() => by_owner(),
            (by_name, _) => by_name,
        }
    };
    let mut best: Vec<(u8, &str, u64, Severity)> = topics
        .filter_map(|(chunk, topic)| {
            let name = chunk.name(topic);
            let severity = match (topic.offline + topic.under_min_isr, topic.under_replicated, stale) {
                (1.., _, _) => Severity::Critical,
                (0, 1.., _) => Severity::Warning,
                (0, 0, true) => Severity::Unknown,
                (0, 0, false) => Severity::Ok,
            };
            Some((rank(name)?, name, topic.partitions.len() as u64, severity))
        })
        .collect();
    if best.len() > sought.limit {
        best.select_nth_unstable_by(sought.limit, |one, other| (one.0, one.1).cmp(&(other.0, other.1)));
        best.truncate(sought.limit);
    }
    let hit = |(rank, name, partitions, severity): (u8, &str, u64, Severity)| {
        (
            rank,
            Hit {
                kind: HitKind::Topic,
                cluster: known.name.clone(),
                name: name.into(),
                owner: known.owner_of(name).map(String::from),
                detail: Some(counted(partitions, "partition", "partitions")),
                severity,
            },
        )
    };
    best.into_iter().map(hit).collect()
}
