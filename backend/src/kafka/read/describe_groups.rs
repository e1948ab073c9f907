//! Who is in the groups: asked of their coordinators, each type by the request that Kafka has for it.

use std::collections::{HashMap, HashSet};

use futures::FutureExt;
use futures::future::{BoxFuture, join, join_all};

use super::coordinators::{Batches, Told, of_coordinators};
use crate::kafka::answers::{ByGroup, GroupDescription, GroupQuery, GroupType, ListedGroup};
use crate::kafka::codes::ErrorCode;
use crate::kafka::wire::{
    Api, ConsumerGroupDescribe, DescribeGroups, ShareGroupDescribe, StreamsGroupDescribe,
};
use crate::kafka::{Gateway, KafkaError};

/// So many groups a request: with a hundred members each an answer of some 2 MB.
const GROUPS_A_REQUEST: usize = 50;

type Described = ByGroup<GroupDescription>;
type Ask = for<'q> fn(Gateway, i32, &'q [&'q str]) -> BoxFuture<'q, Told<GroupDescription>>;

/// The members of groups, as ListGroups listed them. A group that has changed between the classic protocol and that of
/// KIP-848 meanwhile is described as what it is now. Where the coordinator has no request for a type of group, there
/// is what was listed, without members. Each group is to be named once.
pub async fn describe_groups(gateway: &Gateway, groups: &[&ListedGroup]) -> Described {
    let of_type = |of: GroupType| {
        let is_of_it = |group: &&&ListedGroup| request_for(&group.group_type).0 == request_for(&of).0;
        let queries: Vec<_> = groups.iter().filter(is_of_it).map(|group| group.query()).collect();
        async move { described_as(gateway, &of, &queries).await }.boxed()
    };
    let (mut classic, mut consumer) = join(of_type(GroupType::Classic), of_type(GroupType::Consumer)).await;
    let others = join_all([GroupType::Share, GroupType::Streams].map(of_type)).await;
    retry_as(gateway, &GroupType::Consumer, &mut classic).await;
    retry_as(gateway, &GroupType::Classic, &mut consumer).await;
    let mut all = classic;
    others.into_iter().chain([consumer]).for_each(|of_type| all.append(of_type));
    leave_members_untold(&mut all, groups);
    all
}

/// What is not known here is asked about as if it were classic, and refused.
fn request_for(group_type: &GroupType) -> (Api, Ask) {
    match group_type {
        GroupType::Classic | GroupType::Other(_) => (Api::DescribeGroups, |gateway, broker_id, group_ids| {
            async move { gateway.broker(broker_id, &DescribeGroups { group_ids }).await }.boxed()
        }),
        GroupType::Consumer => (Api::ConsumerGroupDescribe, |gateway, broker_id, group_ids| {
            async move { gateway.broker(broker_id, &ConsumerGroupDescribe { group_ids }).await }.boxed()
        }),
        GroupType::Share => (Api::ShareGroupDescribe, |gateway, broker_id, group_ids| {
            async move { gateway.broker(broker_id, &ShareGroupDescribe { group_ids }).await }.boxed()
        }),
        GroupType::Streams => (Api::StreamsGroupDescribe, |gateway, broker_id, group_ids| {
            async move { gateway.broker(broker_id, &StreamsGroupDescribe { group_ids }).await }.boxed()
        }),
    }
}

async fn described_as(gateway: &Gateway, group_type: &GroupType, queries: &[GroupQuery<'_>]) -> Described {
    let (api, ask) = request_for(group_type);
    let batches = Batches { request: api.name(), size: GROUPS_A_REQUEST, ones_when_old: false };
    of_coordinators(gateway, batches, queries, |broker_id, group_ids| {
        ask(gateway.clone(), broker_id, group_ids)
    })
    .await
}

/// Asks once more about groups that are not of the type that they were asked about as. What that does not find either
/// keeps its first reason.
async fn retry_as(gateway: &Gateway, group_type: &GroupType, described: &mut Described) {
    let is_of_another =
        |error: &KafkaError| error.code() == Some(ErrorCode::GROUP_ID_NOT_FOUND) || error.is_unsupported();
    let missing = described.missing.iter().filter(|missing| is_of_another(&missing.error));
    let queries: Vec<GroupQuery<'_>> = missing
        .flat_map(|missing| {
            let coordinator_id = missing.broker_id;
            missing.group_ids.iter().map(move |group_id| GroupQuery { group_id, coordinator_id })
        })
        .collect();
    let found = described_as(gateway, group_type, &queries).await.answers;
    let found_ids: HashSet<&str> = found.iter().map(|group| group.group_id.as_str()).collect();
    for missing in &mut described.missing {
        missing.group_ids.retain(|group_id| !found_ids.contains(group_id.as_str()));
    }
    described.missing.retain(|missing| !missing.group_ids.is_empty());
    described.answers.extend(found);
}

/// Groups whose coordinator has no request for them are known from the list alone.
fn leave_members_untold(described: &mut Described, listed: &[&ListedGroup]) {
    let mut untold = HashSet::new();
    for missing in described.missing.extract_if(.., |missing| missing.error.is_unsupported()) {
        untold.extend(missing.group_ids);
    }
    if untold.is_empty() {
        return;
    }
    let listed: HashMap<&str, &ListedGroup> =
        listed.iter().map(|group| (group.group_id.as_str(), *group)).collect();
    for group in untold.iter().filter_map(|group_id| listed.get(group_id.as_str())) {
        described.answers.push(GroupDescription {
            group_id: group.group_id.clone(),
            group_type: group.group_type.clone(),
            state: group.state.clone(),
            epoch: None,
            members: None,
        });
    }
}
