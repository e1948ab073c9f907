//! DescribeGroups: the members of classic groups.

use kafka_wire::describe_groups_response::{DescribedGroup, DescribedGroupMember};
use kafka_wire::{DescribeGroupsRequest, DescribeGroupsResponse};
use kafka_wire_core::{Bytes, StrBytes};

use super::{
    Answer, Api, Fault, OfGroups, Reader, Refusal, RefusedGroup, Request, at_most_asked, body, decode,
};
use super::{frame, refused};
use crate::kafka::answers::{GroupDescription, GroupMember, GroupType};
use crate::kafka::codes::ErrorCode;

/// The protocol type of groups whose assignments are [`partitions`].
const CONSUMER: &str = "consumer";

/// DescribeGroups of groups that one broker coordinates.
pub(in crate::kafka) struct DescribeGroups<'a> {
    pub group_ids: &'a [&'a str],
}

impl Request for DescribeGroups<'_> {
    const API: Api = Api::DescribeGroups;
    type Answer = OfGroups<GroupDescription>;

    fn encode(&self, version: i16, correlation_id: i32, client_id: &str) -> Result<Bytes, Fault> {
        let mut request = DescribeGroupsRequest::default();
        request.groups = self.group_ids.iter().map(|id| StrBytes::from(*id)).collect();
        frame(&request, version, correlation_id, client_id)
    }

    fn decode(&self, version: i16, bytes: Bytes) -> Answer<OfGroups<GroupDescription>> {
        let body = body::<DescribeGroupsResponse>(version, &bytes)?;
        let response: DescribeGroupsResponse = decode(version, body)?;
        at_most_asked(response.groups.len(), self.group_ids)?;
        Ok(Ok(response.groups.into_iter().map(described).collect()))
    }
}

fn described(group: DescribedGroup) -> Result<GroupDescription, RefusedGroup> {
    let group_id = group.group_id.into_string();
    if let Err(refusal) = refused(group.error_code, group.error_message.as_deref()) {
        return Err(RefusedGroup { group_id, refusal });
    }
    // Before version 6, what is no classic group is told to be one that is dead.
    if &*group.group_state == "Dead" {
        let refusal = Refusal { code: ErrorCode::GROUP_ID_NOT_FOUND, message: None };
        return Err(RefusedGroup { group_id, refusal });
    }
    let are_consumers = &*group.protocol_type == CONSUMER;
    Ok(GroupDescription {
        group_id,
        group_type: GroupType::Classic,
        state: Some(group.group_state.into_string()),
        epoch: None,
        members: Some(group.members.into_iter().map(|of_it| member(of_it, are_consumers)).collect()),
    })
}

fn member(member: DescribedGroupMember, is_consumer: bool) -> GroupMember {
    let assigned = if is_consumer { partitions(&member.member_assignment).ok() } else { None };
    GroupMember {
        member_id: member.member_id.into_string(),
        instance_id: member.group_instance_id.map(StrBytes::into_string),
        client_id: member.client_id.into_string(),
        host: member.client_host.into_string(),
        epoch: None,
        partitions: assigned.unwrap_or_default(),
    }
}

/// Reads Kafka's ConsumerProtocolAssignment, whose later versions only add to the earlier ones. The group's leader
/// wrote it, not the broker: anything may be in it. Without a byte, nothing is assigned yet.
pub(super) fn partitions(assignment: &[u8]) -> Result<Vec<(String, Vec<i32>)>, Fault> {
    if assignment.is_empty() {
        return Ok(Vec::new());
    }
    let r = &mut Reader::new(assignment, false);
    if r.i16()? < 0 {
        return Err(r.fault("a negative version"));
    }
    let mut topics = Vec::new();
    for _ in 0..r.count(6)? {
        let topic = r.str()?.to_owned();
        let mut partitions = Vec::new();
        r.ids(&mut partitions)?;
        topics.push((topic, partitions));
    }
    Ok(topics)
}
