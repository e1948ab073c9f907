//! ConsumerGroupDescribe, ShareGroupDescribe, StreamsGroupDescribe: the members of the newer kinds of groups, for
//! which Kafka has a request each. They say the same in structs of three types.

use kafka_wire::{
    ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse, ShareGroupDescribeRequest,
    ShareGroupDescribeResponse, StreamsGroupDescribeRequest, StreamsGroupDescribeResponse,
    consumer_group_describe_response as consumer, share_group_describe_response as share,
    streams_group_describe_response as streams,
};
use kafka_wire_core::{Bytes, StrBytes};

use super::{
    Answer, Api, Fault, OfGroups, RefusedGroup, Request, at_most_asked, body, decode, frame, refused,
};
use crate::kafka::answers::{GroupDescription, GroupMember, GroupType};

/// Such a request of groups that one broker coordinates, and what its answer becomes.
macro_rules! group_describe {
    ($name:ident, $request:ident, $response:ident, $of:path) => {
        #[doc = concat!(stringify!($name), " of groups that one broker coordinates.")]
        pub(in crate::kafka) struct $name<'a> {
            pub group_ids: &'a [&'a str],
        }

        impl Request for $name<'_> {
            const API: Api = Api::$name;
            type Answer = OfGroups<GroupDescription>;

            fn encode(&self, version: i16, correlation_id: i32, client_id: &str) -> Result<Bytes, Fault> {
                let mut request = $request::default();
                request.group_ids = self.group_ids.iter().map(|id| StrBytes::from(*id)).collect();
                frame(&request, version, correlation_id, client_id)
            }

            fn decode(&self, version: i16, bytes: Bytes) -> Answer<OfGroups<GroupDescription>> {
                let response: $response = decode(version, body::<$response>(version, &bytes)?)?;
                at_most_asked(response.groups.len(), self.group_ids)?;
                Ok(Ok(response.groups.into_iter().map($of).collect()))
            }
        }
    };
}

group_describe!(
    ConsumerGroupDescribe,
    ConsumerGroupDescribeRequest,
    ConsumerGroupDescribeResponse,
    consumer_group
);
group_describe!(ShareGroupDescribe, ShareGroupDescribeRequest, ShareGroupDescribeResponse, share_group);
group_describe!(
    StreamsGroupDescribe,
    StreamsGroupDescribeRequest,
    StreamsGroupDescribeResponse,
    streams_group
);

type Described = Result<GroupDescription, RefusedGroup>;

/// What every kind tells of its groups.
struct Group {
    error: (i16, Option<StrBytes>),
    group_id: StrBytes,
    group_type: GroupType,
    state: StrBytes,
    epoch: i32,
}

impl Group {
    fn with(self, members: impl Iterator<Item = GroupMember>) -> Described {
        let group_id = self.group_id.into_string();
        match refused(self.error.0, self.error.1.as_deref()) {
            Ok(()) => Ok(GroupDescription {
                group_id,
                group_type: self.group_type,
                state: Some(self.state.into_string()),
                epoch: Some(self.epoch),
                members: Some(members.collect()),
            }),
            Err(refusal) => Err(RefusedGroup { group_id, refusal }),
        }
    }
}

fn consumer_group(group: consumer::DescribedGroup) -> Described {
    let told = Group {
        error: (group.error_code, group.error_message),
        group_id: group.group_id,
        group_type: GroupType::Consumer,
        state: group.group_state,
        epoch: group.group_epoch,
    };
    let topic = |of: consumer::TopicPartitions| (of.topic_name.into_string(), of.partitions);
    told.with(group.members.into_iter().map(|member| GroupMember {
        member_id: member.member_id.into_string(),
        instance_id: member.instance_id.map(StrBytes::into_string),
        client_id: member.client_id.into_string(),
        host: member.client_host.into_string(),
        epoch: Some(member.member_epoch),
        partitions: member.assignment.topic_partitions.into_iter().map(topic).collect(),
    }))
}

fn share_group(group: share::DescribedGroup) -> Described {
    let told = Group {
        error: (group.error_code, group.error_message),
        group_id: group.group_id,
        group_type: GroupType::Share,
        state: group.group_state,
        epoch: group.group_epoch,
    };
    let topic = |of: share::TopicPartitions| (of.topic_name.into_string(), of.partitions);
    told.with(group.members.into_iter().map(|member| GroupMember {
        member_id: member.member_id.into_string(),
        instance_id: None,
        client_id: member.client_id.into_string(),
        host: member.client_host.into_string(),
        epoch: Some(member.member_epoch),
        partitions: member.assignment.topic_partitions.into_iter().map(topic).collect(),
    }))
}

/// Tasks are of subtopologies, not of topics: they are left out.
fn streams_group(group: streams::DescribedGroup) -> Described {
    let told = Group {
        error: (group.error_code, group.error_message),
        group_id: group.group_id,
        group_type: GroupType::Streams,
        state: group.group_state,
        epoch: group.group_epoch,
    };
    told.with(group.members.into_iter().map(|member| GroupMember {
        member_id: member.member_id.into_string(),
        instance_id: member.instance_id.map(StrBytes::into_string),
        client_id: member.client_id.into_string(),
        host: member.client_host.into_string(),
        epoch: Some(member.member_epoch),
        partitions: Vec::new(),
    }))
}
