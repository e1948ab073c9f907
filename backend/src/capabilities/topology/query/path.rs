//! The way of one topic through all tiers: from its origins along the flows that carry it, renames undone.

use std::collections::BTreeSet;

use shared::{
    DateTime,
    topology::{FlowVerdict, Hop, TopicPath},
};

use super::{Known, stale};
use crate::capabilities::topology::{
    evaluate::of_topic,
    model::{FlowRow, FlowsSnapshot, Name, TopicRow},
};

/// Hops that are told.
const MOST: usize = 1_000;

/// The way of a topic that is called so on a cluster, or, without one, of all that are called so at an origin; without hops
/// where no flow carries it that may be seen. None before the flows were read.
pub fn path(known: &Known, topic: &str, cluster: Option<&str>, now: DateTime) -> Option<TopicPath> {
    let snapshot = known.snapshot()?;
    let (origin, starts) = origins(known, topic, cluster);
    let mut walk = Walk { known, snapshot, now, hops: Vec::new(), seen: BTreeSet::new() };
    for cluster in starts {
        walk.origin(&cluster, &origin);
    }
    let mut hops = walk.hops;
    hops.sort_by_key(|hop| hop.depth);
    let total = hops.len() as u64;
    // One that no flow carries has no way.
    let hops = if total > 1 { hops } else { vec![] };
    Some(TopicPath { topic: origin.to_string(), meta: known.meta(Some(hops.len() as u64), None, now), hops })
}

/// The name of a topic at its origin, and the clusters where it begins.
fn origins(known: &Known, topic: &str, cluster: Option<&str>) -> (Name, BTreeSet<Name>) {
    // A mirrored name is followed back to where it began.
    let arrives = |at: Option<&str>, name: &str| {
        let into = known.rows().filter(|flow| at.is_none_or(|at| *flow.target == *at));
        let found: Vec<(Name, Name)> = into
            .flat_map(|flow| flow.topics.iter().map(move |row| (flow, row)))
            .filter(|(flow, row)| row.target_topic.as_deref() == Some(name) && known.sees_topic(flow, row))
            .map(|(flow, row)| (flow.source.clone(), row.source_topic.clone()))
            .collect();
        found
    };
    let mut name = Name::from(topic);
    let mut at: Option<Name> = cluster.map(Name::from);
    let mut passed = BTreeSet::new();
    while passed.insert((at.clone(), name.clone())) {
        let came = arrives(at.as_deref(), &name);
        // Of a topic that keeps its name every cluster that is not a target is an origin.
        let renamed =
            came.iter().find(|(_, before)| *before != name).or(came.first().filter(|_| at.is_some()));
        let Some((from, before)) = renamed else { break };
        (at, name) = (Some(from.clone()), before.clone());
    }
    // Where it came from somewhere, or was asked for of one cluster, that one is its origin.
    if let Some(at) = at {
        return (name, BTreeSet::from([at]));
    }
    let leaves = known
        .rows()
        .filter(|flow| flow.topics.iter().any(|row| row.source_topic == name && known.sees_topic(flow, row)));
    let sources: BTreeSet<Name> = leaves.map(|flow| flow.source.clone()).collect();
    let is_origin = |at: &Name| arrives(Some(at), &name).is_empty();
    let mut starts: BTreeSet<Name> = sources.iter().filter(|at| is_origin(at)).cloned().collect();
    if starts.is_empty() {
        // Clusters that mirror each other under the same names: each is one.
        starts = sources;
    }
    (name, starts)
}

/// The way so far.
struct Walk<'a> {
    known: &'a Known,
    snapshot: &'a FlowsSnapshot,
    now: DateTime,
    hops: Vec<Hop>,
    seen: BTreeSet<(Name, Name)>,
}

impl Walk<'_> {
    fn origin(&mut self, cluster: &Name, topic: &Name) {
        if !self.seen.insert((cluster.clone(), topic.clone())) {
            return;
        }
        let row = self.known.rows().find_map(|flow| row_of(flow, cluster, topic));
        self.hops.push(Hop {
            cluster: cluster.to_string(),
            is_watched: self.is_watched(cluster),
            topic: topic.to_string(),
            flow: None,
            from_cluster: None,
            depth: 0,
            partition_count: row.as_deref().and_then(|row| partitions(row.partitions.len())),
            records_per_second: row.as_deref().and_then(|row| row.source_rate),
            log_end_records: row.as_deref().and_then(|row| row.source_end),
            lag_records: None,
            lag_is_at_least: false,
            verdict: FlowVerdict::Ok,
            reason: None,
        });
        self.onward(cluster, topic, 1);
    }

    fn onward(&mut self, cluster: &Name, topic: &Name, depth: u32) {
        let flows: Vec<_> = self.known.rows().filter(|flow| flow.source == *cluster).cloned().collect();
        for flow in flows {
            let row = flow
                .topics
                .iter()
                .find(|row| row.source_topic == *topic && self.known.sees_topic(&flow, row));
            let Some(row) = row else { continue };
            let next = row.target_topic.clone().unwrap_or_else(|| topic.clone());
            if self.hops.len() >= MOST || !self.seen.insert((flow.target.clone(), next.clone())) {
                continue;
            }
            self.hops.push(self.hop(&flow, row, &next, depth));
            if row.target_topic.is_some() {
                self.onward(&flow.target, &next, depth + 1);
            }
        }
    }

    fn hop(&self, flow: &FlowRow, row: &TopicRow, topic: &Name, depth: u32) -> Hop {
        let is_fresh = self.known.is_fresh(self.now);
        Hop {
            cluster: flow.target.to_string(),
            is_watched: self.is_watched(&flow.target),
            topic: topic.to_string(),
            flow: Some(flow.id.clone()),
            from_cluster: Some(flow.source.to_string()),
            depth,
            partition_count: row.target_partitions,
            records_per_second: row.target_rate.filter(|_| is_fresh),
            log_end_records: row.target_end,
            lag_records: row.lag_records,
            lag_is_at_least: row.lag_is_at_least && row.lag_records.is_some(),
            verdict: if is_fresh { row.verdict.max(of_flow(flow)) } else { FlowVerdict::Unknown },
            reason: if is_fresh { of_topic(row) } else { Some(stale()) },
        }
    }

    fn is_watched(&self, cluster: &Name) -> bool {
        self.snapshot.cluster(cluster).is_some_and(|cluster| cluster.watched.is_some())
    }
}

/// What holds for every topic of a flow: that it stands still as a whole.
fn of_flow(flow: &FlowRow) -> FlowVerdict {
    let is_whole = flow.verdict == FlowVerdict::Stopped && !flow.troubles.is_empty();
    if is_whole { FlowVerdict::Stopped } else { FlowVerdict::Ok }
}

fn row_of(flow: &FlowRow, cluster: &Name, topic: &Name) -> Option<std::sync::Arc<TopicRow>> {
    let is_it = flow.source == *cluster;
    is_it.then(|| flow.topics.iter().find(|row| row.source_topic == *topic).cloned()).flatten()
}

fn partitions(count: usize) -> Option<u32> {
    u32::try_from(count).ok().filter(|count| *count > 0)
}
