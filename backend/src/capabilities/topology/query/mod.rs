//! The fleet as tiers and flows, one flow, and the way of one topic. Every read takes the scope of who asks.

mod applications;
mod flow;
mod flows;
mod path;
#[cfg(test)]
mod tests;
mod topology;

use std::sync::Arc;

use shared::{
    DateTime,
    meta::{Freshness, Meta, Reading},
    topology::{FindingKind, Flow, FlowVerdict},
    verdict::{Reason, Severity},
};

pub use flow::{TopicSort, add_past, detail, history};
pub use flows::{FlowQuery, FlowSort, flows};
pub use path::path;
pub use topology::{Asked, topology};

use super::{
    evaluate::{Gathered, gather_named},
    model::{ClusterRow, Fleet, FlowRow, FlowsSnapshot, TopicRow},
};
use crate::{access::Scope, runtime::Stamped};

/// What those are told of what cannot be read who do not see the whole fleet.
const UNREAD: &str = "What tells how far it has copied cannot be read at present.";

/// The newest of the fleet, for one asker.
#[derive(Clone)]
pub struct Known {
    /// What the asker may see.
    pub scope: Scope,
    /// What is known.
    pub flows: Option<Arc<Stamped<FlowsSnapshot>>>,
    /// How it was read.
    pub reading: Reading,
    /// Knows the consumer groups.
    pub fleet: Arc<dyn Fleet>,
}

impl Known {
    /// Moves when what is known moves.
    pub fn revision(&self) -> u64 {
        self.flows.as_ref().map_or(0, |flows| flows.revision)
    }

    /// Whether any cluster was read.
    pub fn is_read(&self) -> bool {
        self.snapshot().is_some()
    }

    /// What is known, once any cluster was read.
    fn snapshot(&self) -> Option<&FlowsSnapshot> {
        let snapshot = &self.flows.as_ref()?.snapshot;
        let is_read = |cluster: &ClusterRow| cluster.watched.as_ref().is_some_and(|it| it.health.is_some());
        snapshot.clusters.iter().any(is_read).then_some(snapshot)
    }

    /// A flow; none where it is not there, or may not be seen.
    pub fn flow(&self, id: &str) -> Option<&FlowRow> {
        self.flows.as_ref()?.snapshot.flow(id).map(AsRef::as_ref).filter(|flow| self.sees(flow))
    }

    /// Whether what is known is of now.
    fn is_fresh(&self, now: DateTime) -> bool {
        self.reading.freshness(now) == Freshness::Fresh
    }

    /// Whether the asker may see a flow: both its ends, and all of them or one of its topics.
    fn sees(&self, flow: &FlowRow) -> bool {
        let sees_ends = self.scope.sees_cluster(&flow.source) && self.scope.sees_cluster(&flow.target);
        sees_ends
            && (self.scope.sees_whole_clusters() || flow.topics.iter().any(|row| self.sees_topic(flow, row)))
    }

    /// Whether the asker may see a topic of a flow, at either end.
    fn sees_topic(&self, flow: &FlowRow, row: &TopicRow) -> bool {
        self.scope.sees_topic(&flow.source, &row.source_topic)
            || row.target_topic.as_ref().is_some_and(|topic| self.scope.sees_topic(&flow.target, topic))
    }

    /// All flows that may be seen.
    fn rows(&self) -> impl Iterator<Item = &Arc<FlowRow>> {
        self.flows.iter().flat_map(|flows| &flows.snapshot.flows).filter(|flow| self.sees(flow))
    }

    fn gathered(&self, flow: &FlowRow, now: DateTime) -> Gathered {
        let sees_name = |name: &str| self.scope.sees_topic(&flow.source, name);
        gather_named(flow, |row| self.sees_topic(flow, row), sees_name, now.timestamp_millis())
    }

    /// A flow as it is told. Of what was not read lately nobody knows how it is now.
    fn view(&self, row: &FlowRow, now: DateTime) -> Flow {
        let gathered = self.gathered(row, now);
        let is_fresh = self.is_fresh(now);
        let is_whole = self.scope.sees_whole_clusters();
        let seconds = |ms: i64| ms.max(0) as f64 / 1_000.0;
        let as_of = self.flows.as_ref().map_or(now, |flows| flows.as_of);
        let since_ms = |ms: i64| seconds(as_of.timestamp_millis() - ms);
        let (mut findings, mut reason) = (gathered.findings, gathered.reason);
        if !self.scope.sees_fleet() {
            // What is in the way may name mirrors of others.
            let unread = findings.iter_mut().filter(|it| it.kind == FindingKind::NotReadable);
            unread.for_each(|it| UNREAD.clone_into(&mut it.sentence));
            let unread = reason.as_mut().filter(|it| it.rule == "not_readable");
            unread.into_iter().for_each(|it| UNREAD.clone_into(&mut it.sentence));
        }
        if !is_whole {
            // What a connector says of its failure may name topics of others.
            findings.iter_mut().for_each(|finding| finding.detail = None);
        }
        Flow {
            id: row.id.clone(),
            source: row.source.to_string(),
            target: row.target.to_string(),
            kind: row.kind,
            evidence: row.evidence.iter().filter(|_| is_whole).cloned().collect(),
            confidence: row.confidence,
            policy: row.policy.clone(),
            owner: row.owner.clone(),
            topic_count: gathered.topics,
            findings,
            bytes_per_second: row.bytes.filter(|_| is_fresh && is_whole),
            bytes_are_estimated: row.bytes_are_estimated,
            records_per_second: gathered.target_rate.filter(|_| is_fresh),
            source_records_per_second: gathered.source_rate.filter(|_| is_fresh),
            lag_records: gathered.lag_records,
            lag_is_at_least: gathered.lag_is_at_least,
            age_seconds: gathered.age_ms.filter(|_| is_fresh).map(seconds),
            heartbeat_age_seconds: row.beat_ms.map(since_ms),
            latency: row.latency.clone(),
            verdict: if is_fresh { gathered.verdict } else { FlowVerdict::Unknown },
            reason: if is_fresh { reason } else { Some(stale()) },
        }
    }

    fn meta(&self, total: Option<u64>, next_cursor: Option<String>, now: DateTime) -> Meta {
        Meta { total, next_cursor, revision: self.revision(), now, readings: vec![self.reading.clone()] }
    }
}

fn stale() -> Reason {
    Reason {
        rule: "stale".into(),
        value: None,
        limit: None,
        unit: None,
        severity: Severity::Unknown,
        since: None,
        sentence: "It was not read lately, so nobody knows how it is now.".into(),
    }
}
