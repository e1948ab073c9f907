//! What is made of what mirrors left behind: pure, one function a rule.
//!
//! | part | tells |
//! | --- | --- |
//! | `plans` | which flows there are, and which topics they carry |
//! | `aliases` | which cluster a mirror means by a name |
//! | `filter` | which topics a mirror is to copy |
//! | `partition` | how far a partition was copied |
//! | `topic`, `flow` | what is wrong with a topic, with a flow |
//! | `gather` | a flow as one sees it who may see some of its topics |
//! | `tiers` | where each cluster stands |
//! | `events` | what has changed |

mod aliases;
mod events;
mod filter;
mod flow;
mod gather;
mod partition;
mod plans;
#[cfg(test)]
mod tests;
mod tiers;
mod topic;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use shared::{
    DateTime,
    topology::{Finding, FindingKind},
    verdict::Severity,
};

pub use gather::{Gathered, gather_named, of_topic};
pub use plans::plans;

use super::model::{
    ClusterRow, ClusterSample, FlowRow, FlowsSample, FlowsSnapshot, Name, Plan, Policy, WatchedRow,
};
use crate::runtime::Evaluated;

/// What is known of the fleet's flows after a turn.
pub fn flows(
    previous: Option<&FlowsSnapshot>,
    sample: FlowsSample,
    policy: &Policy,
    held: Duration,
    now: DateTime,
) -> Evaluated<FlowsSnapshot> {
    let now_ms = now.timestamp_millis();
    let before = |id: &str| previous.and_then(|previous| previous.flow(id)).map(AsRef::as_ref);
    let row = |plan: &Plan| {
        let name = |end| flow::name(&sample.clusters, end);
        let id = format!("{}~{}~{}", name(&plan.source), name(&plan.target), plan.kind.name());
        let row = flow::flow(&sample.clusters, plan, before(&id), (policy, held, now_ms));
        (id, Arc::new(row))
    };
    // Two names of one cluster may give two plans of one flow; the first has more to tell.
    let mut flows: BTreeMap<String, Arc<FlowRow>> = BTreeMap::new();
    for plan in &sample.plans {
        let (id, row) = row(plan);
        flows.entry(id).or_insert(row);
    }
    for before in previous.iter().flat_map(|previous| &previous.flows) {
        if !flows.contains_key(&before.id) && is_being_read(&sample.clusters, before) {
            flows.insert(before.id.clone(), Arc::new(flow::being_read(before)));
        }
    }
    let flows: Vec<Arc<FlowRow>> = flows.into_values().collect();
    let clusters = clusters(&sample.clusters, &flows, now);
    let place = |name: &Name| clusters.iter().position(|cluster| cluster.name == *name);
    let ends: Vec<(usize, usize)> =
        flows.iter().filter_map(|flow| place(&flow.source).zip(place(&flow.target))).collect();
    let tiers = tiers::tiers(&clusters, &ends);
    let is_declared = sample.plans.iter().any(|plan| plan.is_declared);
    let mut findings = tiers::elsewhere(&clusters, &tiers);
    findings.extend(unknown_clusters(&clusters));
    findings.extend(undeclared(&sample, &flows));
    let is_watched = |name: &str| sample.clusters.iter().any(|cluster| *cluster.declared.name == *name);
    let events = events::events(previous, &flows, is_watched, now);
    let read = sample.clusters.iter().filter(|cluster| cluster.is_whole);
    let whole = read.map(|cluster| cluster.declared.name.clone()).collect();
    let snapshot = FlowsSnapshot { clusters, tiers, flows, findings, is_declared, whole };
    // Positions move all the time.
    Evaluated { snapshot, as_of: now, changed: true, events }
}

/// Whether what mirrors left at an end of a flow is not all read yet, so that nobody can say that the flow is gone.
fn is_being_read(clusters: &[ClusterSample], flow: &FlowRow) -> bool {
    let ends =
        clusters.iter().filter(|it| it.declared.name == flow.source || it.declared.name == flow.target);
    ends.into_iter().any(|cluster| !cluster.is_whole)
}

fn clusters(samples: &[ClusterSample], flows: &[Arc<FlowRow>], now: DateTime) -> Vec<ClusterRow> {
    let mut rows: Vec<ClusterRow> = samples.iter().map(|sample| cluster(sample, now)).collect();
    for name in flows.iter().flat_map(|flow| [&flow.source, &flow.target]) {
        if !rows.iter().any(|row| row.name == *name) {
            rows.push(ClusterRow { name: name.clone(), watched: None });
        }
    }
    rows
}

fn cluster(sample: &ClusterSample, now: DateTime) -> ClusterRow {
    let declared = &sample.declared;
    let topics = sample.topics.as_ref();
    let health = topics.map(|topics| if topics.is_fresh(now) { topics.health() } else { Severity::Unknown });
    let mut own_bytes = 0.0;
    if let Some(topics) = topics {
        topics.each_topic(&mut |topic| {
            if filter::is_own(topic) {
                own_bytes += topics.topic_bytes_in(topic).unwrap_or_default();
            }
        });
    }
    let watched = WatchedRow {
        own_bytes,
        tier: declared.tier.clone(),
        datacenter: declared.datacenter.clone(),
        category: declared.category.clone(),
        health,
        brokers: topics.map(|topics| topics.brokers()),
        rate: topics.map(|topics| topics.rate()).unwrap_or_default(),
        trouble: sample.trouble.clone(),
    };
    ClusterRow { name: declared.name.clone(), watched: Some(watched) }
}

fn unknown_clusters(clusters: &[ClusterRow]) -> impl Iterator<Item = Finding> {
    clusters.iter().filter(|cluster| cluster.watched.is_none()).map(|cluster| Finding {
        kind: FindingKind::UnknownCluster,
        severity: Severity::Unknown,
        since: None,
        sentence: format!("A mirror names the cluster {}, which is not watched.", cluster.name),
        detail: Some(format!(
            "Add it as [[cluster]], or, where it is one of those that are watched, add \"{}\" to that one's aliases.",
            cluster.name
        )),
        topics: vec![],
    })
}

/// Flows that are there and not declared, where any is.
fn undeclared(sample: &FlowsSample, flows: &[Arc<FlowRow>]) -> Vec<Finding> {
    if !sample.plans.iter().any(|plan| plan.is_declared) {
        return vec![];
    }
    let is_declared = |flow: &FlowRow| flow.confidence == shared::topology::Confidence::Declared;
    let unexpected = flows.iter().filter(|flow| !is_declared(flow) && flow::is_sure(flow));
    let finding = |flow: &Arc<FlowRow>| Finding {
        kind: FindingKind::NotDeclared,
        severity: Severity::Unknown,
        since: flow.first_seen(),
        sentence: format!("{} is mirrored to {}, and that is not declared.", flow.source, flow.target),
        detail: None,
        topics: vec![],
    };
    unexpected.map(finding).collect()
}
