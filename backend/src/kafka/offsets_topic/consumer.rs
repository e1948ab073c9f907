//! Consumer groups of KIP-848: their epoch (key 3), their members (5) and what these have (8).
//!
//! Kafka's ConsumerGroupMetadata, ConsumerGroupMemberMetadata and ConsumerGroupCurrentMemberAssignment. All values are
//! of version 0, which is flexible.

use super::record::{ConsumerMember, CurrentAssignment, GroupType, OffsetsRecord, TopicIdPartitions};
use super::{Fault, Reader, partition_ids, versioned};
use crate::kafka::answers::TopicId;

pub(super) fn read_group<'a>(key: &mut Reader<'a>, value: Option<&[u8]>) -> Result<OffsetsRecord<'a>, Fault> {
    let group = key.str()?;
    key.end()?;
    let Some(value) = value else {
        return Ok(OffsetsRecord::GroupTombstone { group, group_type: GroupType::Consumer });
    };
    let (_, mut r) = versioned(value, 0, 0)?;
    let epoch = r.i32()?;
    r.tags()?;
    r.end()?;
    Ok(OffsetsRecord::ConsumerGroup { group, epoch })
}

pub(super) fn read_member<'a>(
    key: &mut Reader<'a>,
    value: Option<&'a [u8]>,
) -> Result<OffsetsRecord<'a>, Fault> {
    let (group, member_id) = group_and_member(key)?;
    let Some(value) = value else {
        return Ok(OffsetsRecord::ConsumerMemberTombstone { group, member_id });
    };
    let (_, mut r) = versioned(value, 0, 0)?;
    let group_instance_id = r.nullable_str()?;
    r.nullable_str()?; // rack
    let (client_id, client_host) = (r.str()?, r.str()?);
    for _ in 0..r.count(1)? {
        r.str()?; // a topic that it subscribes to
    }
    r.nullable_str()?; // a regular expression that it subscribes by
    r.i32()?; // rebalance timeout
    r.nullable_str()?; // assignor
    r.tags()?;
    r.end()?;
    let member = ConsumerMember { group, member_id, group_instance_id, client_id, client_host };
    Ok(OffsetsRecord::ConsumerMember(member))
}

pub(super) fn read_assignment<'a>(
    key: &mut Reader<'a>,
    value: Option<&'a [u8]>,
) -> Result<OffsetsRecord<'a>, Fault> {
    let (group, member_id) = group_and_member(key)?;
    let Some(value) = value else {
        return Ok(OffsetsRecord::CurrentAssignmentTombstone { group, member_id });
    };
    let (_, mut r) = versioned(value, 0, 0)?;
    let member_epoch = r.i32()?;
    r.i32()?; // its epoch before that
    r.i8()?; // its state in the reconciliation
    let partitions = topics(&mut r)?;
    let pending_revocation = topics(&mut r)?;
    r.tags()?;
    r.end()?;
    let assignment = CurrentAssignment { group, member_id, member_epoch, partitions, pending_revocation };
    Ok(OffsetsRecord::CurrentAssignment(assignment))
}

fn group_and_member<'a>(key: &mut Reader<'a>) -> Result<(&'a str, &'a str), Fault> {
    let both = (key.str()?, key.str()?);
    key.end()?;
    Ok(both)
}

fn topics<'a>(r: &mut Reader<'a>) -> Result<Vec<TopicIdPartitions<'a>>, Fault> {
    let count = r.count(18)?; // an id, a count and the end of its tags
    let mut topics = Vec::with_capacity(count);
    for _ in 0..count {
        topics.push(TopicIdPartitions { topic_id: TopicId(r.uuid()?), partitions: partition_ids(r)? });
        r.tags()?;
    }
    Ok(topics)
}
