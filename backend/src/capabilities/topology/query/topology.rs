//! The fleet as tiers, flows and applications, and where they are drawn.

use std::collections::{BTreeMap, BTreeSet};

use shared::{
    DateTime,
    meta::Freshness,
    topology::{Drawn, Finding, Flow, Tier, TierCluster, Topology, draw},
    verdict::Severity,
};

use super::{Known, applications::of_cluster};
use crate::capabilities::topology::model::{ClusterRow, FlowsSnapshot, Name};

/// From so many clusters on, those that are well are drawn as one, unless told.
const MANY: usize = 24;
/// Up to so many clusters groups are told apart.
const FEW: usize = 12;

/// What is asked of the fleet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Only clusters of this data centre.
    pub datacenter: Option<String>,
    /// Only clusters of this category.
    pub category: Option<String>,
    /// Only where a topic flows of this name, or of one with this in it.
    pub topic: Option<String>,
    /// Whether clusters that are well are drawn as one; chosen by their number unless told.
    pub collapse: Option<bool>,
    /// Whether applications are told; unless told they are.
    pub applications: Option<bool>,
}

/// The fleet, as far as it is asked for and may be seen.
pub fn topology(known: &Known, asked: &Asked, now: DateTime) -> Topology {
    let Some(flows) = &known.flows else { return nothing(known, now) };
    let snapshot = &flows.snapshot;
    let seen = seen(known, snapshot, asked);
    let is_seen = |name: &str| seen.contains(name);
    let mut told: Vec<Flow> = known
        .rows()
        .filter(|flow| is_seen(&flow.source) && is_seen(&flow.target))
        .filter(|flow| {
            asked.topic.as_deref().is_none_or(|topic| {
                flow.topics.iter().any(|row| {
                    known.sees_topic(flow, row) && fits(&row.source_topic, row.target_topic.as_deref(), topic)
                })
            })
        })
        .map(|flow| known.view(flow, now))
        .collect();
    told.sort_by(|one, other| (other.verdict, &one.id).cmp(&(one.verdict, &other.id)));
    let tiers = tiers(known, snapshot, &is_seen, now);
    let clusters = || snapshot.clusters.iter().filter(|cluster| is_seen(&cluster.name));
    let few = clusters().count() <= FEW;
    let applications: Vec<_> = match asked.applications {
        Some(false) => vec![],
        _ => clusters().flat_map(|cluster| of_cluster(known, cluster, few, now)).collect(),
    };
    let collapse = asked.collapse.unwrap_or_else(|| clusters().count() > MANY);
    let drawing = draw(&Drawn { tiers: &tiers, flows: &told, applications: &applications, collapse });
    let declared = |of: fn(&ClusterRow) -> Option<String>| -> Vec<String> {
        let all = snapshot.clusters.iter().filter(|cluster| known.scope.sees_cluster(&cluster.name));
        all.filter_map(of).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let total = told.len() as u64;
    Topology {
        tiers,
        flows: told,
        applications,
        findings: findings(known, snapshot),
        is_declared: snapshot.is_declared,
        datacenters: declared(|cluster| cluster.watched.as_ref()?.datacenter.clone()),
        categories: declared(|cluster| cluster.watched.as_ref()?.category.clone()),
        drawing,
        meta: known.meta(Some(total), None, now),
    }
}

fn nothing(known: &Known, now: DateTime) -> Topology {
    Topology {
        tiers: vec![],
        flows: vec![],
        applications: vec![],
        findings: vec![],
        is_declared: false,
        datacenters: vec![],
        categories: vec![],
        drawing: draw(&Drawn { tiers: &[], flows: &[], applications: &[], collapse: false }),
        meta: known.meta(Some(0), None, now),
    }
}

/// Clusters that are asked for and may be seen. One that nobody knows is seen with a flow to it.
fn seen(known: &Known, snapshot: &FlowsSnapshot, asked: &Asked) -> BTreeSet<Name> {
    let fits_declared = |cluster: &ClusterRow| {
        let of = |wanted: &Option<String>, of: fn(&ClusterRow) -> Option<&String>| {
            wanted.as_ref().is_none_or(|wanted| of(cluster) == Some(wanted))
        };
        of(&asked.datacenter, |it| it.watched.as_ref()?.datacenter.as_ref())
            && of(&asked.category, |it| it.watched.as_ref()?.category.as_ref())
    };
    let flows_there: BTreeMap<Name, bool> = known.rows().fold(BTreeMap::new(), |mut all, flow| {
        let fits = asked.topic.as_deref().is_none_or(|topic| {
            flow.topics.iter().any(|row| {
                known.sees_topic(flow, row) && fits(&row.source_topic, row.target_topic.as_deref(), topic)
            })
        });
        for end in [&flow.source, &flow.target] {
            *all.entry(end.clone()).or_default() |= fits;
        }
        all
    });
    let is_seen = |cluster: &&ClusterRow| {
        let has_topic = asked.topic.is_none() || flows_there.get(&cluster.name) == Some(&true);
        let is_known = cluster.watched.is_some() || flows_there.contains_key(&cluster.name);
        known.scope.sees_cluster(&cluster.name) && fits_declared(cluster) && has_topic && is_known
    };
    snapshot.clusters.iter().filter(is_seen).map(|cluster| cluster.name.clone()).collect()
}

fn fits(source: &str, target: Option<&str>, asked: &str) -> bool {
    source.contains(asked) || target.is_some_and(|target| target.contains(asked))
}

fn tiers(
    known: &Known,
    snapshot: &FlowsSnapshot,
    is_seen: &impl Fn(&str) -> bool,
    now: DateTime,
) -> Vec<Tier> {
    let is_stale = known.reading.freshness(now) != Freshness::Fresh;
    let all = snapshot.tiers.iter().map(|tier| Tier {
        name: tier.name.clone(),
        role: tier.role,
        clusters: tier
            .clusters
            .iter()
            .filter_map(|at| snapshot.clusters.get(*at))
            .filter(|cluster| is_seen(&cluster.name))
            .map(|row| cluster(row, known.scope.sees_whole_clusters(), is_stale))
            .collect(),
    });
    all.filter(|tier: &Tier| !tier.clusters.is_empty()).collect()
}

fn cluster(row: &ClusterRow, is_whole: bool, is_stale: bool) -> TierCluster {
    let Some(watched) = &row.watched else {
        return TierCluster {
            name: row.name.to_string(),
            is_watched: false,
            datacenter: None,
            category: None,
            declared_tier: None,
            health: None,
            brokers_up: None,
            broker_count: None,
            produce_bytes_per_second: None,
            consume_bytes_per_second: None,
        };
    };
    let health = watched.health.map(|health| if is_stale { Severity::Unknown } else { health });
    let brokers = watched.brokers.filter(|_| is_whole);
    TierCluster {
        name: row.name.to_string(),
        is_watched: true,
        datacenter: watched.datacenter.clone(),
        category: watched.category.clone(),
        declared_tier: watched.tier.clone(),
        health,
        brokers_up: brokers.map(|(up, _)| up),
        broker_count: brokers.map(|(_, all)| all),
        produce_bytes_per_second: watched.rate.bytes_in.filter(|_| is_whole && !is_stale),
        consume_bytes_per_second: watched.rate.bytes_out.filter(|_| is_whole && !is_stale),
    }
}

/// What is of no flow alone, without what names clusters that may not be seen.
fn findings(known: &Known, snapshot: &FlowsSnapshot) -> Vec<Finding> {
    if !known.scope.sees_whole_clusters() {
        return vec![];
    }
    let is_told = |finding: &&Finding| known.scope.sees_fleet() || !known.scope.is_beyond(&finding.sentence);
    let is_of_a_known = |finding: &&Finding| {
        known.scope.sees_fleet() || finding.kind != shared::topology::FindingKind::UnknownCluster
    };
    snapshot.findings.iter().filter(is_told).filter(is_of_a_known).cloned().collect()
}
