//! Which cluster a mirror means by a name.
//!
//! A mirror has names of its own for clusters, and two mirrors may mean different ones by the same: `source`, `target`. So
//! a name is asked for at the cluster where it was found.

use std::collections::BTreeSet;

use crate::capabilities::topology::model::{ClusterSample, End, Name};

/// The cluster that is read under an alias by a mirror that writes to `target`: the one of that name, else the only one
/// that fits what was copied from it, else one that nobody knows.
pub fn source_of(clusters: &[ClusterSample], target: usize, alias: &str) -> End {
    named(clusters, alias, Some(target))
        .or_else(|| fitting(clusters, target, alias))
        .map_or_else(|| End::Unnamed(alias.into()), End::Watched)
}

/// The cluster of that name.
pub fn named(clusters: &[ClusterSample], alias: &str, but: Option<usize>) -> Option<usize> {
    let called = |(at, cluster): (usize, &ClusterSample)| {
        (Some(at) != but && cluster.declared.is_called(alias)).then_some(at)
    };
    clusters.iter().enumerate().find_map(called)
}

/// What mirrors that write to a cluster, or read it, call it.
pub fn names_of(clusters: &[ClusterSample], at: usize) -> Vec<Name> {
    let Some(cluster) = clusters.get(at) else { return vec![] };
    let declared = cluster.declared.aliases.iter().map(|alias| Name::from(alias.as_str()));
    let beats = cluster.traces.beats.keys().map(|(_, target)| target.clone());
    let settings = cluster.traces.connectors.values();
    let settings = settings.filter_map(|it| it.settings.as_ref()?.target_alias.as_deref().map(Name::from));
    let all: BTreeSet<Name> = declared.chain(beats).chain(settings).collect();
    // Its own name first.
    std::iter::once(cluster.declared.name.clone())
        .chain(all.into_iter().filter(|name| *name != cluster.declared.name))
        .collect()
}

/// The only cluster that has every topic that was copied under an alias, with no fewer partitions; where the pairs of
/// offsets lie on one of them, that one.
fn fitting(clusters: &[ClusterSample], target: usize, alias: &str) -> Option<usize> {
    let copied = &clusters.get(target)?.traces.positions.get(alias)?.topics;
    let target_names = names_of(clusters, target);
    let mut fitting: Vec<usize> = Vec::new();
    let mut is_any_unread = false;
    for (at, cluster) in clusters.iter().enumerate().filter(|(at, _)| *at != target) {
        let Some(topics) = &cluster.topics else {
            is_any_unread = true;
            continue;
        };
        let mut seen = copied.iter().filter(|(topic, _)| !super::filter::is_own(topic)).peekable();
        let has_any = seen.peek().is_some();
        let has_all = seen.all(|(topic, partitions)| {
            let least = partitions.keys().next_back().copied().unwrap_or_default();
            topics.topic(topic).is_some_and(|places| i32::try_from(places.leaders.len()).unwrap_or(0) > least)
        });
        if has_any && has_all {
            fitting.push(at);
        }
    }
    // One that was not read yet may fit as well.
    if fitting.len() > 1 || is_any_unread {
        let has_syncs = |at: &usize| {
            clusters
                .get(*at)
                .is_some_and(|it| target_names.iter().any(|name| it.traces.syncs.contains_key(name)))
        };
        fitting.retain(has_syncs);
    }
    match fitting.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}
