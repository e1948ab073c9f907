//! Answers about groups.

use kafka_wire::find_coordinator_response::Coordinator;
use kafka_wire::{
    ConsumerGroupDescribeResponse, ConsumerProtocolAssignment, DescribeGroupsResponse,
    DescribeShareGroupOffsetsResponse, FindCoordinatorResponse, ListGroupsResponse, OffsetFetchResponse,
    ShareGroupDescribeResponse, StreamsGroupDescribeResponse, consumer_group_describe_response as consumer,
    consumer_protocol_assignment::TopicPartition, describe_groups_response as classic,
    describe_share_group_offsets_response as so, encode_consumer_protocol_assignment,
    list_groups_response as lg, offset_fetch_response as of, share_group_describe_response as share,
    streams_group_describe_response as streams,
};

use super::*;

/// Groups as (id, type, state, protocol type).
pub fn list_groups(version: i16, groups: &[(&str, &str, &str, &str)]) -> ListGroupsResponse {
    let mut response = ListGroupsResponse::default();
    for (group_id, group_type, state, protocol_type) in groups {
        let mut group = lg::ListedGroup::default();
        (group.group_id, group.protocol_type) = ((*group_id).into(), (*protocol_type).into());
        if version >= 4 {
            group.group_state = (*state).into();
        }
        if version >= 5 {
            group.group_type = (*group_type).into();
        }
        response.groups.push(group);
    }
    response
}

/// Coordinators as (group id, broker, error code); before version 4, of the first alone.
pub fn find_coordinator(version: i16, found: &[(&str, i32, i16)]) -> FindCoordinatorResponse {
    let mut response = FindCoordinatorResponse::default();
    if version < 4 {
        (response.node_id, response.error_code) = (found[0].1, found[0].2);
        return response;
    }
    for (group_id, node_id, error_code) in found {
        let mut row = Coordinator::default();
        (row.key, row.node_id, row.error_code) = ((*group_id).into(), *node_id, *error_code);
        response.coordinators.push(row);
    }
    response
}

/// A row of committed offsets: topic, partition, error code, offset.
pub type Committed<'a> = (&'a str, i32, i16, i64);
/// A group's committed offsets: id, error code, rows.
pub type CommittedGroup<'a> = (&'a str, i16, &'a [Committed<'a>]);

/// Committed offsets of groups; before version 8, of the first alone.
pub fn offset_fetch(version: i16, groups: &[CommittedGroup<'_>]) -> OffsetFetchResponse {
    let mut response = OffsetFetchResponse::default();
    if version < 8 {
        response.topics = groups[0].2.chunk_by(|a, b| a.0 == b.0).map(old_topic).collect();
        response.error_code = groups[0].1;
        return response;
    }
    for (group_id, error_code, rows) in groups {
        let mut group = of::OffsetFetchResponseGroup::default();
        (group.group_id, group.error_code) = ((*group_id).into(), *error_code);
        group.topics = rows.chunk_by(|a, b| a.0 == b.0).map(topic).collect();
        response.groups.push(group);
    }
    response
}

fn old_topic(rows: &[Committed<'_>]) -> of::OffsetFetchResponseTopic {
    let mut topic = of::OffsetFetchResponseTopic::default();
    topic.name = rows[0].0.into();
    for (_, index, error_code, offset) in rows {
        let mut row = of::OffsetFetchResponsePartition::default();
        (row.partition_index, row.error_code, row.committed_offset) = (*index, *error_code, *offset);
        row.metadata = (*index == 0).then(|| "by hand".into());
        topic.partitions.push(row);
    }
    topic
}

fn topic(rows: &[Committed<'_>]) -> of::OffsetFetchResponseTopics {
    let mut topic = of::OffsetFetchResponseTopics::default();
    topic.name = rows[0].0.into();
    for (_, index, error_code, offset) in rows {
        let mut row = of::OffsetFetchResponsePartitions::default();
        (row.partition_index, row.error_code, row.committed_offset) = (*index, *error_code, *offset);
        row.metadata = (*index == 0).then(|| "by hand".into());
        topic.partitions.push(row);
    }
    topic
}

/// What the leader of a classic group of consumers assigned.
pub fn assignment(version: i16, topics: &[(&str, &[i32])]) -> Bytes {
    let mut assignment = ConsumerProtocolAssignment::default();
    for (topic, partitions) in topics {
        let mut row = TopicPartition::default();
        (row.topic, row.partitions) = ((*topic).into(), partitions.to_vec());
        assignment.assigned_partitions.push(row);
    }
    assignment.user_data = Some(Bytes::from_static(b"sticky"));
    let mut bytes = BytesMut::new();
    encode_consumer_protocol_assignment(&mut bytes, &assignment, ApiVersion::new(version)).unwrap();
    bytes.freeze()
}

/// A member of the group, with this assignment.
pub fn classic_member(assignment: Bytes) -> classic::DescribedGroupMember {
    let mut member = classic::DescribedGroupMember::default();
    (member.member_id, member.group_instance_id) = ("billing-1-uuid".into(), Some("one".into()));
    (member.client_id, member.client_host) = ("billing-1".into(), "/10.0.0.7".into());
    member.member_assignment = assignment;
    member
}

/// Classic groups as (id, state, protocol type, error code), each with these members.
pub fn describe_groups(
    groups: &[(&str, &str, &str, i16)],
    members: &[classic::DescribedGroupMember],
) -> DescribeGroupsResponse {
    let mut response = DescribeGroupsResponse::default();
    for (group_id, state, protocol_type, error_code) in groups {
        let mut group = classic::DescribedGroup::default();
        (group.group_id, group.group_state) = ((*group_id).into(), (*state).into());
        (group.protocol_type, group.error_code) = ((*protocol_type).into(), *error_code);
        group.members = members.to_vec();
        response.groups.push(group);
    }
    response
}

/// Groups of KIP-848 as (id, error code), with a member each.
pub fn consumer_group_describe(version: i16, groups: &[(&str, i16)]) -> ConsumerGroupDescribeResponse {
    let mut response = ConsumerGroupDescribeResponse::default();
    for (group_id, error_code) in groups {
        let mut of_topic = consumer::TopicPartitions::default();
        (of_topic.topic_name, of_topic.partitions) = ("orders".into(), vec![0, 2]);
        let mut member = consumer::Member::default();
        (member.member_id, member.client_id) = ("a-uuid".into(), "billing-1".into());
        (member.client_host, member.member_epoch) = ("/10.0.0.7".into(), 6);
        member.subscribed_topic_names = vec!["orders".into()];
        member.assignment.topic_partitions = vec![of_topic.clone()];
        of_topic.partitions = vec![0];
        member.target_assignment.topic_partitions = vec![of_topic];
        if version >= 1 {
            member.member_type = 1;
        }
        let mut group = consumer::DescribedGroup::default();
        (group.group_id, group.group_state, group.error_code) =
            ((*group_id).into(), "Reconciling".into(), *error_code);
        (group.group_epoch, group.members) = (7, vec![member]);
        response.groups.push(group);
    }
    response
}

/// Share groups as (id, error code), with a member each.
pub fn share_group_describe(groups: &[(&str, i16)]) -> ShareGroupDescribeResponse {
    let mut response = ShareGroupDescribeResponse::default();
    for (group_id, error_code) in groups {
        let mut of_topic = share::TopicPartitions::default();
        (of_topic.topic_name, of_topic.partitions) = ("orders".into(), vec![1]);
        let mut member = share::Member::default();
        (member.member_id, member.client_id) = ("b-uuid".into(), "mailing-1".into());
        (member.client_host, member.member_epoch) = ("/10.0.0.8".into(), 3);
        member.assignment.topic_partitions = vec![of_topic];
        let mut group = share::DescribedGroup::default();
        (group.group_id, group.group_state, group.error_code) =
            ((*group_id).into(), "Stable".into(), *error_code);
        (group.group_epoch, group.members) = (3, vec![member]);
        response.groups.push(group);
    }
    response
}

/// Streams groups as (id, error code), with a member each.
pub fn streams_group_describe(groups: &[(&str, i16)]) -> StreamsGroupDescribeResponse {
    let mut response = StreamsGroupDescribeResponse::default();
    for (group_id, error_code) in groups {
        let mut tasks = streams::TaskIds::default();
        (tasks.subtopology_id, tasks.partitions) = ("0".into(), vec![0, 1]);
        let mut member = streams::Member::default();
        (member.member_id, member.client_id) = ("c-uuid".into(), "totals-1".into());
        (member.client_host, member.member_epoch) = ("/10.0.0.9".into(), 2);
        member.assignment.active_tasks = vec![tasks];
        let mut group = streams::DescribedGroup::default();
        (group.group_id, group.group_state, group.error_code) =
            ((*group_id).into(), "Stable".into(), *error_code);
        (group.group_epoch, group.members) = (2, vec![member]);
        response.groups.push(group);
    }
    response
}

/// A row of a share group: topic, partition, start offset, lag.
pub type Shared<'a> = (&'a str, i32, i64, i64);

/// Share groups as (id, error code, rows).
pub fn share_offsets(
    version: i16,
    groups: &[(&str, i16, &[Shared<'_>])],
) -> DescribeShareGroupOffsetsResponse {
    let mut response = DescribeShareGroupOffsetsResponse::default();
    for (group_id, error_code, rows) in groups {
        let mut group = so::DescribeShareGroupOffsetsResponseGroup::default();
        (group.group_id, group.error_code) = ((*group_id).into(), *error_code);
        for of_topic in rows.chunk_by(|a, b| a.0 == b.0) {
            let mut topic = so::DescribeShareGroupOffsetsResponseTopic::default();
            topic.topic_name = of_topic[0].0.into();
            for (_, index, start_offset, lag) in of_topic {
                let mut row = so::DescribeShareGroupOffsetsResponsePartition::default();
                (row.partition_index, row.start_offset) = (*index, *start_offset);
                row.lag = if version >= 1 { *lag } else { -1 };
                topic.partitions.push(row);
            }
            group.topics.push(topic);
        }
        response.groups.push(group);
    }
    response
}
