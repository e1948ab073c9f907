//! How far groups have come: asked of their coordinators.

use futures::FutureExt;

use super::coordinators::{Batches, of_coordinators};
use crate::kafka::Gateway;
use crate::kafka::answers::{ByGroup, GroupOffsets, GroupQuery, ShareGroupOffsets};
use crate::kafka::wire::{DescribeShareGroupOffsets, OffsetFetch};

/// A group of a hundred partitions makes some 6 KB.
const OFFSET_FETCH: Batches = Batches { request: "OffsetFetch", size: 200, ones_when_old: true };
const SHARE_OFFSETS: Batches =
    Batches { request: "DescribeShareGroupOffsets", size: 50, ones_when_old: false };

/// The committed offsets of groups, of all topics that we may describe; an open transaction does not hold them up. A
/// group that does not exist has none. Each group is to be named once.
pub async fn offset_fetch(gateway: &Gateway, groups: &[GroupQuery<'_>]) -> ByGroup<GroupOffsets> {
    of_coordinators(gateway, OFFSET_FETCH, groups, |broker_id, group_ids| {
        let gateway = gateway.clone();
        async move { gateway.broker(broker_id, &OffsetFetch { group_ids }).await }.boxed()
    })
    .await
}

/// How far share groups have come, and their lag where the broker tells it. Brokers that do not have the request
/// (before 4.1) make groups without rows.
pub async fn describe_share_group_offsets(
    gateway: &Gateway,
    groups: &[GroupQuery<'_>],
) -> ByGroup<ShareGroupOffsets> {
    let mut told = of_coordinators(gateway, SHARE_OFFSETS, groups, |broker_id, group_ids| {
        let gateway = gateway.clone();
        async move { gateway.broker(broker_id, &DescribeShareGroupOffsets { group_ids }).await }.boxed()
    })
    .await;
    for untold in told.missing.extract_if(.., |missing| missing.error.is_unsupported()) {
        let rows_untold = |group_id| ShareGroupOffsets { group_id, rows: None };
        told.answers.extend(untold.group_ids.into_iter().map(rows_untold));
    }
    told
}
