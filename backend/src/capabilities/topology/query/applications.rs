//! Who writes and who reads: producers as one, consumer groups by themselves while they are few, else by owner.

use std::collections::BTreeMap;

use shared::{
    DateTime,
    lag::LagVerdict,
    topology::{Application, ApplicationRole},
};

use super::Known;
use crate::capabilities::topology::model::{ClusterRow, FlowRow};

/// Groups, or owners, of a cluster that are told apart.
const MOST: usize = 6;
/// What producers write beside mirrors is told from this share of it on: below it is what mirrors say of themselves.
const SHARE: f64 = 0.05;

/// The applications of a cluster; where `few` is not, its groups are one.
pub fn of_cluster(known: &Known, cluster: &ClusterRow, few: bool, now: DateTime) -> Vec<Application> {
    let mut all: Vec<Application> = producers(known, cluster).into_iter().collect();
    all.extend(consumers(known, cluster, few, now));
    all
}

/// Those who write to a cluster and are no mirror: stock Kafka does not tell who they are.
fn producers(known: &Known, cluster: &ClusterRow) -> Option<Application> {
    let watched = cluster.watched.as_ref()?;
    // Also those that may not be seen: what they write is not written by producers.
    let all = known.flows.iter().flat_map(|flows| &flows.snapshot.flows);
    let into: Vec<&FlowRow> = all.map(AsRef::as_ref).filter(|flow| flow.target == cluster.name).collect();
    let written = watched.rate.bytes_in;
    let mirrored: f64 = into.iter().filter_map(|flow| flow.bytes).sum();
    let rest = written.map(|written| (written - mirrored - watched.own_bytes).max(0.0));
    let is_told =
        into.is_empty() || rest.zip(written).is_some_and(|(rest, all)| rest > SHARE * all && rest > 1_000.0);
    let is_whole = known.scope.sees_whole_clusters();
    is_told.then(|| Application {
        id: format!("producers:{}", cluster.name),
        name: "producers".into(),
        role: ApplicationRole::Producers,
        cluster: cluster.name.to_string(),
        owner: None,
        group_count: None,
        bytes_per_second: rest.filter(|_| is_whole),
        verdict: None,
    })
}

/// Groups, counted, with the worst verdict of them.
#[derive(Default)]
struct Counted {
    groups: u32,
    worst: Option<LagVerdict>,
}

impl Counted {
    fn add(&mut self, verdict: Option<LagVerdict>) {
        self.groups += 1;
        self.worst = self.worst.max(verdict);
    }
}

fn consumers(known: &Known, cluster: &ClusterRow, few: bool, now: DateTime) -> Vec<Application> {
    let Some(groups) = cluster.watched.as_ref().and_then(|_| known.fleet.groups(&cluster.name)) else {
        return vec![];
    };
    let (scope, name) = (&known.scope, &*cluster.name);
    let mut all = Counted::default();
    let mut by_owner: BTreeMap<Option<String>, Counted> = BTreeMap::new();
    let mut each: Vec<(String, Option<LagVerdict>)> = Vec::new();
    groups.each(now, &mut |group, verdict| {
        if !scope.sees_group(name, group) {
            return;
        }
        all.add(verdict);
        let owner = scope.owners().of_group(name, group).map(str::to_owned);
        by_owner.entry(owner).or_default().add(verdict);
        if each.len() <= MOST {
            each.push((group.to_owned(), verdict));
        }
    });
    if all.groups == 0 {
        return vec![];
    }
    if !few {
        return vec![application(name, &format!("all:{name}"), None, None, &all)];
    }
    if each.len() <= MOST {
        let one = |(group, verdict): (String, Option<LagVerdict>)| {
            let owner = scope.owners().of_group(name, &group).map(str::to_owned);
            let id = format!("group:{name}:{group}");
            application(name, &id, Some(group), owner, &Counted { groups: 1, worst: verdict })
        };
        return each.into_iter().map(one).collect();
    }
    by_owners(name, by_owner)
}

/// The owners that need a person first, then those with most groups; the others are one.
fn by_owners(cluster: &str, by_owner: BTreeMap<Option<String>, Counted>) -> Vec<Application> {
    let mut owners: Vec<(Option<String>, Counted)> = by_owner.into_iter().collect();
    owners.sort_by(|(one, of_one), (other, of_other)| {
        let key = |it: &Counted| {
            std::cmp::Reverse((it.worst.filter(|worst| *worst > LagVerdict::Unknown), it.groups))
        };
        key(of_one).cmp(&key(of_other)).then_with(|| one.cmp(other))
    });
    let kept = if owners.len() > MOST { MOST - 1 } else { owners.len() };
    let rest = owners.split_off(kept);
    let one = |(owner, groups): (Option<String>, Counted)| match owner {
        Some(owner) => application(
            cluster,
            &format!("owner:{cluster}:{owner}"),
            Some(owner.clone()),
            Some(owner),
            &groups,
        ),
        None => {
            application(cluster, &format!("nobody:{cluster}"), Some("without an owner".into()), None, &groups)
        }
    };
    let mut all: Vec<Application> = owners.into_iter().map(one).collect();
    if !rest.is_empty() {
        let mut more = Counted::default();
        let owners = rest.len();
        for (_, groups) in rest {
            more.groups += groups.groups;
            more.worst = more.worst.max(groups.worst);
        }
        let name = format!("{owners} more owners");
        all.push(application(cluster, &format!("more:{cluster}"), Some(name), None, &more));
    }
    all
}

fn application(
    cluster: &str,
    id: &str,
    name: Option<String>,
    owner: Option<String>,
    groups: &Counted,
) -> Application {
    let counted = shared::units::counted(groups.groups.into(), "group", "groups");
    Application {
        id: id.to_owned(),
        name: name.unwrap_or(counted),
        role: ApplicationRole::Consumers,
        cluster: cluster.to_owned(),
        owner,
        group_count: Some(groups.groups),
        bytes_per_second: None,
        verdict: groups.worst,
    }
}
