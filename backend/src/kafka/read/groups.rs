//! Which groups there are, and which brokers coordinate them.

use std::collections::{BTreeMap, HashMap};

use futures::FutureExt;

use super::cluster::{known_brokers, nobody_known};
use super::coordinators::{Batches, in_batches};
use crate::kafka::answers::{ByGroup, GroupCoordinator, ListedGroup, Partial};
use crate::kafka::wire::{FindCoordinator, ListGroups, Refusal};
use crate::kafka::{Gateway, KafkaError};

const FIND_COORDINATOR: Batches = Batches { request: "FindCoordinator", size: 1_000, ones_when_old: true };

/// The groups of the cluster, of every type and in every state, by coordinator; each group once. Who may not describe
/// the cluster is told only of groups that it may describe. When not even the brokers' addresses are known, the
/// one missing part has broker id -1.
pub async fn list_groups(gateway: &Gateway) -> Partial<Vec<ListedGroup>> {
    let mut listed = match known_brokers(gateway).await {
        Ok(ids) => {
            let ask =
                |broker_id| async move { gateway.broker(broker_id, &ListGroups { broker_id }).await }.boxed();
            gateway.brokers(ids, ask).await
        }
        Err(error) => return nobody_known(error),
    };
    let twice = listed_twice(&listed);
    if !twice.is_empty() {
        let group_ids: Vec<&str> = twice.keys().map(String::as_str).collect();
        let found = find_coordinators(gateway, &group_ids).await;
        keep_one_each(&mut listed, &twice, &found.answers);
    }
    listed
}

/// The groups that more than one broker lists, which is so while a coordinator moves, with these brokers.
fn listed_twice(listed: &Partial<Vec<ListedGroup>>) -> BTreeMap<String, Vec<i32>> {
    let mut brokers: HashMap<&str, Vec<i32>> = HashMap::new();
    for (broker_id, groups) in &listed.answers {
        for group in groups {
            brokers.entry(&group.group_id).or_default().push(*broker_id);
        }
    }
    let twice = brokers.into_iter().filter(|(_, brokers)| brokers.len() > 1);
    twice.map(|(group_id, brokers)| (group_id.to_owned(), brokers)).collect()
}

/// Of a group that is listed twice, keeps the row of the coordinator that the cluster names, else of the lowest id.
fn keep_one_each(
    listed: &mut Partial<Vec<ListedGroup>>,
    twice: &BTreeMap<String, Vec<i32>>,
    found: &[GroupCoordinator],
) {
    let named: HashMap<&str, i32> =
        found.iter().map(|group| (group.group_id.as_str(), group.broker_id)).collect();
    let keeper = |group_id: &str, brokers: &[i32]| {
        let named = named.get(group_id).copied().filter(|named| brokers.contains(named));
        named.or_else(|| brokers.iter().min().copied())
    };
    for (broker_id, groups) in &mut listed.answers {
        let is_kept = |group: &ListedGroup| match twice.get(&group.group_id) {
            Some(brokers) => keeper(&group.group_id, brokers) == Some(*broker_id),
            None => true,
        };
        groups.retain(is_kept);
        // The same broker may have listed it twice.
        groups.sort_unstable_by(|a, b| a.group_id.cmp(&b.group_id));
        groups.dedup_by(|a, b| a.group_id == b.group_id);
    }
}

/// The coordinators of groups, from whichever broker answers. For groups that are there: a broker that is asked for
/// the very first group of its cluster creates the topic of offsets.
pub async fn find_coordinators(gateway: &Gateway, group_ids: &[&str]) -> ByGroup<GroupCoordinator> {
    let ask = |group_ids| async move { gateway.any(&FindCoordinator { group_ids }).await }.boxed();
    let refused = |refusal: Refusal| {
        let (code, message) = (refusal.code, refusal.message);
        KafkaError::NoCoordinator { code, message }
    };
    in_batches(-1, FIND_COORDINATOR, group_ids, ask, refused).await
}
