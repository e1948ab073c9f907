//! In which tier each cluster stands: as far from where records come in as the longest way that leads to it.
//!
//! Clusters that mirror each other, directly or through others, stand in one tier: each is an origin of its own topics.

use std::collections::{BTreeMap, BTreeSet};

use shared::topology::{Finding, FindingKind, TierRole};
use shared::verdict::Severity;

use crate::capabilities::topology::model::{ClusterRow, TierRow};

/// The tiers of clusters between which there are flows, given as indexes of source and target.
pub fn tiers(clusters: &[ClusterRow], flows: &[(usize, usize)]) -> Vec<TierRow> {
    let depths = depths(clusters.len(), flows);
    let mut by_depth: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, depth) in depths.iter().enumerate() {
        by_depth.entry(*depth).or_default().push(at);
    }
    let deepest = by_depth.len();
    let tier = |(depth, mut members): (usize, Vec<usize>)| {
        members.sort_by_key(|at| clusters.get(*at).map(|cluster| cluster.name.clone()));
        let role = if depth == 0 { TierRole::Local } else { TierRole::Aggregate };
        TierRow { name: name(clusters, &members, (depth, deepest)), role, clusters: members }
    };
    by_depth.into_iter().map(tier).collect()
}

/// As its clusters declare where they agree, else by what it is for.
fn name(clusters: &[ClusterRow], members: &[usize], (depth, deepest): (usize, usize)) -> String {
    let declared: BTreeSet<&str> =
        members.iter().filter_map(|at| clusters.get(*at)?.watched.as_ref()?.tier.as_deref()).collect();
    let mut declared = declared.into_iter();
    match (declared.next(), declared.next()) {
        (Some(only), None) => capitalised(only),
        _ => match depth {
            0 => "Local tier".into(),
            1 if deepest <= 2 => "Aggregate tier".into(),
            depth => format!("Aggregate tier {depth}"),
        },
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let tier = if text.to_lowercase().ends_with("tier") { "" } else { " tier" };
    format!("{first}{}{tier}", characters.as_str())
}

/// How far each is from an origin.
fn depths(count: usize, flows: &[(usize, usize)]) -> Vec<usize> {
    let ring = rings(count, flows);
    let mut onward: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (source, target) in flows {
        let (Some(source), Some(target)) = (ring.get(*source), ring.get(*target)) else { continue };
        if source != target {
            onward.entry(*source).or_default().insert(*target);
        }
    }
    let mut depth = vec![0usize; count];
    // Without rings the longest way has fewer steps than there are clusters.
    for _ in 0..count {
        let mut moved = false;
        for (source, targets) in &onward {
            let next = depth.get(*source).copied().unwrap_or_default() + 1;
            for target in targets {
                if let Some(known) = depth.get_mut(*target).filter(|known| **known < next) {
                    *known = next;
                    moved = true;
                }
            }
        }
        if !moved {
            break;
        }
    }
    (0..count).map(|at| ring.get(at).and_then(|ring| depth.get(*ring)).copied().unwrap_or_default()).collect()
}

/// For each the smallest of those from which it is reached and which it reaches.
fn rings(count: usize, flows: &[(usize, usize)]) -> Vec<usize> {
    let reached: Vec<BTreeSet<usize>> = (0..count).map(|from| reach(from, flows)).collect();
    let reaches = |from: usize, to: usize| reached.get(from).is_some_and(|reached| reached.contains(&to));
    (0..count)
        .map(|at| (0..at).find(|other| reaches(at, *other) && reaches(*other, at)).unwrap_or(at))
        .collect()
}

fn reach(from: usize, flows: &[(usize, usize)]) -> BTreeSet<usize> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(at) = open.pop() {
        let next = flows.iter().filter(|(source, _)| *source == at).map(|(_, target)| *target);
        open.extend(next.filter(|target| reached.insert(*target)));
    }
    reached
}

/// Clusters that stand elsewhere than declared: beside none, or only a part, of those that are declared the same.
pub fn elsewhere(clusters: &[ClusterRow], tiers: &[TierRow]) -> Vec<Finding> {
    let declared = |at: usize| clusters.get(at)?.watched.as_ref()?.tier.as_deref();
    let mut found = Vec::new();
    let mut places: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
    for (depth, tier) in tiers.iter().enumerate() {
        for at in &tier.clusters {
            if let Some(name) = declared(*at) {
                places.entry(name).or_default().push((depth, *at));
            }
        }
    }
    for (name, members) in &places {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        members.iter().for_each(|(depth, _)| *counts.entry(*depth).or_default() += 1);
        // Where most of them stand is where the tier is; of two such places the first.
        let Some(usual) = counts.iter().max_by_key(|(depth, count)| (**count, std::cmp::Reverse(**depth)))
        else {
            continue;
        };
        for (depth, at) in members.iter().filter(|(depth, _)| depth != usual.0) {
            let (Some(cluster), Some(tier)) = (clusters.get(*at), tiers.get(*depth)) else { continue };
            found.push(differs(&cluster.name, name, &tier.name));
        }
    }
    // Two that are declared differently and stand in one tier.
    for tier in tiers {
        let names: BTreeSet<&str> = tier.clusters.iter().filter_map(|at| declared(*at)).collect();
        if names.len() > 1 {
            let names: Vec<&str> = names.into_iter().collect();
            let sentence =
                format!("Clusters that are declared as {} stand in one tier.", names.join(" and "));
            found.push(finding(sentence));
        }
    }
    // A cluster that mirrors write to is no local one, whatever it is called, and the other way round.
    for tier in tiers {
        for at in &tier.clusters {
            let (Some(name), Some(cluster)) = (declared(*at), clusters.get(*at)) else { continue };
            let is_local = tier.role == TierRole::Local;
            let contradicts = (name == "local" && !is_local) || (name == "aggregate" && is_local);
            let does = if is_local { "no mirror writes to it" } else { "a mirror writes to it" };
            if contradicts {
                found.push(finding(format!("{} is declared as {name}, and {does}.", cluster.name)));
            }
        }
    }
    found
}

fn differs(cluster: &str, declared: &str, seen: &str) -> Finding {
    finding(format!("{cluster} is declared as {declared}, and stands in the {}.", seen.to_lowercase()))
}

fn finding(sentence: String) -> Finding {
    Finding {
        kind: FindingKind::OtherTier,
        severity: Severity::Unknown,
        since: None,
        sentence,
        detail: None,
        topics: vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capabilities::topology::model::WatchedRow;

    fn clusters(names: &[(&str, Option<&str>)]) -> Vec<ClusterRow> {
        let row = |(name, tier): &(&str, Option<&str>)| ClusterRow {
            name: (*name).into(),
            watched: Some(WatchedRow { tier: tier.map(str::to_owned), ..WatchedRow::default() }),
        };
        names.iter().map(row).collect()
    }

    fn named(tiers: &[TierRow]) -> Vec<(&str, &[usize])> {
        tiers.iter().map(|tier| (tier.name.as_str(), tier.clusters.as_slice())).collect()
    }

    #[test]
    fn a_tier_is_as_far_as_the_longest_way_to_it() {
        let all = clusters(&[("west", None), ("east", None), ("aggregate", None), ("archive", None)]);
        let tiers = tiers(&all, &[(0, 2), (1, 2), (2, 3), (1, 3)]);
        assert_eq!(
            named(&tiers),
            [("Local tier", &[1, 0][..]), ("Aggregate tier 1", &[2][..]), ("Aggregate tier 2", &[3][..])]
        );
    }

    #[test]
    fn clusters_that_mirror_each_other_stand_in_one_tier() {
        let all = clusters(&[("a", None), ("b", None), ("c", None), ("d", None)]);
        let tiers = tiers(&all, &[(0, 1), (1, 2), (2, 0), (1, 3)]);
        assert_eq!(named(&tiers), [("Local tier", &[0, 1, 2][..]), ("Aggregate tier", &[3][..])]);
    }

    #[test]
    fn without_a_mirror_there_is_one_tier() {
        let all = clusters(&[("a", None), ("b", None)]);
        assert_eq!(named(&tiers(&all, &[])), [("Local tier", &[0, 1][..])]);
        assert!(tiers(&[], &[]).is_empty());
    }

    #[test]
    fn what_is_declared_names_tiers_and_a_difference_is_a_finding() {
        let all = clusters(&[("a", Some("regional")), ("b", Some("regional")), ("c", Some("global"))]);
        let flows = [(0, 2), (1, 2)];
        assert_eq!(named(&tiers(&all, &flows)), [("Regional tier", &[0, 1][..]), ("Global tier", &[2][..])]);
        assert!(elsewhere(&all, &tiers(&all, &flows)).is_empty());
        let all = clusters(&[("a", Some("regional")), ("b", Some("global")), ("c", Some("regional"))]);
        let said: Vec<String> =
            elsewhere(&all, &tiers(&all, &flows)).into_iter().map(|it| it.sentence).collect();
        assert!(said.iter().any(|it| it.starts_with("c is declared as regional, and stands in")), "{said:?}");
        let all = clusters(&[("a", Some("aggregate"))]);
        let said = elsewhere(&all, &tiers(&all, &[]));
        assert_eq!(said[0].sentence, "a is declared as aggregate, and no mirror writes to it.");
    }
}
