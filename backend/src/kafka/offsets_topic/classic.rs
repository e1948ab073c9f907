//! Classic groups: key 2, values 0 to 4 (Kafka's GroupMetadataKey and GroupMetadataValue).
//!
//! What its members have was written by the member that leads the group, in the words of the group's own protocol.
//! Only that of consumers (ConsumerProtocolAssignment) is about partitions.

use super::record::{ClassicGroup, ClassicMember, GroupType, OffsetsRecord, TopicPartitions};
use super::{Fault, Reader, partition_ids, versioned};

const CONSUMERS: &str = "consumer";

pub(super) fn read<'a>(key: &mut Reader<'a>, value: Option<&'a [u8]>) -> Result<OffsetsRecord<'a>, Fault> {
    let group = key.str()?;
    key.end()?;
    let Some(value) = value else {
        return Ok(OffsetsRecord::GroupTombstone { group, group_type: GroupType::Classic });
    };
    let (version, mut r) = versioned(value, 4, 4)?;
    let r = &mut r;
    let protocol_type = r.str()?;
    let classic = ClassicGroup {
        group,
        protocol_type,
        generation: r.i32()?,
        protocol: r.nullable_str()?,
        leader: r.nullable_str()?,
        state_timestamp_ms: if version >= 2 { Some(r.i64()?).filter(|at| *at >= 0) } else { None },
        members: members(r, version, protocol_type == CONSUMERS)?,
    };
    r.tags()?;
    r.end()?;
    Ok(OffsetsRecord::ClassicGroup(classic))
}

fn members<'a>(
    r: &mut Reader<'a>,
    version: i16,
    are_consumers: bool,
) -> Result<Vec<ClassicMember<'a>>, Fault> {
    // Texts and bytes that are all empty, with timeouts.
    let count = r.count(if r.is_flexible() { 15 } else { 18 })?;
    let mut members = Vec::with_capacity(count);
    for _ in 0..count {
        members.push(member(r, version, are_consumers)?);
    }
    Ok(members)
}

fn member<'a>(r: &mut Reader<'a>, version: i16, is_consumer: bool) -> Result<ClassicMember<'a>, Fault> {
    let member_id = r.str()?;
    let group_instance_id = if version >= 3 { r.nullable_str()? } else { None };
    let (client_id, client_host) = (r.str()?, r.str()?);
    if version >= 1 {
        r.i32()?; // rebalance timeout
    }
    r.i32()?; // session timeout
    r.bytes()?; // subscription
    let assignment = r.bytes()?;
    let partitions = if is_consumer { partitions(assignment)? } else { Vec::new() };
    r.tags()?;
    Ok(ClassicMember { member_id, group_instance_id, client_id, client_host, partitions })
}

/// Reads a ConsumerProtocolAssignment. Every version begins as version 0 does, and so will later ones: Kafka's own
/// clients rely on it. Nothing at all is what a member has that was not assigned anything yet.
fn partitions(assignment: &[u8]) -> Result<Vec<TopicPartitions<'_>>, Fault> {
    if assignment.is_empty() {
        return Ok(Vec::new());
    }
    let r = &mut Reader::new(assignment, false);
    if r.i16()? < 0 {
        return Err(r.fault("an assignment of a negative version"));
    }
    let count = r.count(6)?; // a name's length and a count
    let mut topics = Vec::with_capacity(count);
    for _ in 0..count {
        topics.push(TopicPartitions { topic: r.str()?, partitions: partition_ids(r)? });
    }
    r.nullable_bytes()?; // user data
    Ok(topics)
}
