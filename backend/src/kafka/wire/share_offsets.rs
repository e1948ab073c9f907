//! DescribeShareGroupOffsets: how far share groups have come, and what is left to them.

use std::sync::Arc;

use kafka_wire::describe_share_group_offsets_request::DescribeShareGroupOffsetsRequestGroup;
use kafka_wire::describe_share_group_offsets_response::{
    DescribeShareGroupOffsetsResponseGroup, DescribeShareGroupOffsetsResponseTopic,
};
use kafka_wire::{DescribeShareGroupOffsetsRequest, DescribeShareGroupOffsetsResponse};
use kafka_wire_core::{Bytes, StrBytes};

use super::{
    Answer, Api, Fault, OfGroups, RefusedGroup, Request, at_most_asked, body, decode, frame, refused,
};
use crate::kafka::answers::{ShareGroupOffset, ShareGroupOffsets};

/// DescribeShareGroupOffsets of all topics of groups that one broker coordinates.
pub(in crate::kafka) struct DescribeShareGroupOffsets<'a> {
    pub group_ids: &'a [&'a str],
}

impl Request for DescribeShareGroupOffsets<'_> {
    const API: Api = Api::DescribeShareGroupOffsets;
    type Answer = OfGroups<ShareGroupOffsets>;

    fn encode(&self, version: i16, correlation_id: i32, client_id: &str) -> Result<Bytes, Fault> {
        let all_topics_of = |group_id: &&str| {
            let mut group = DescribeShareGroupOffsetsRequestGroup::default();
            (group.group_id, group.topics) = (StrBytes::from(*group_id), None);
            group
        };
        let mut request = DescribeShareGroupOffsetsRequest::default();
        request.groups = self.group_ids.iter().map(all_topics_of).collect();
        frame(&request, version, correlation_id, client_id)
    }

    fn decode(&self, version: i16, bytes: Bytes) -> Answer<OfGroups<ShareGroupOffsets>> {
        let body = body::<DescribeShareGroupOffsetsResponse>(version, &bytes)?;
        let response: DescribeShareGroupOffsetsResponse = decode(version, body)?;
        at_most_asked(response.groups.len(), self.group_ids)?;
        let tells_lag = version >= 1;
        Ok(Ok(response.groups.into_iter().map(|group| offsets(group, tells_lag)).collect()))
    }
}

fn offsets(
    group: DescribeShareGroupOffsetsResponseGroup,
    tells_lag: bool,
) -> Result<ShareGroupOffsets, RefusedGroup> {
    let group_id = group.group_id.into_string();
    match refused(group.error_code, group.error_message.as_deref()) {
        Ok(()) => {
            let rows = group.topics.into_iter().flat_map(|topic| rows(topic, tells_lag));
            Ok(ShareGroupOffsets { group_id, rows: Some(rows.collect()) })
        }
        Err(refusal) => Err(RefusedGroup { group_id, refusal }),
    }
}

fn rows(
    topic: DescribeShareGroupOffsetsResponseTopic,
    tells_lag: bool,
) -> impl Iterator<Item = ShareGroupOffset> {
    let name: Arc<str> = Arc::from(&*topic.topic_name);
    topic.partitions.into_iter().map(move |row| ShareGroupOffset {
        topic: Arc::clone(&name),
        partition: row.partition_index,
        error_code: row.error_code,
        start_offset: Some(row.start_offset).filter(|offset| *offset >= 0),
        lag: Some(row.lag).filter(|lag| tells_lag && *lag >= 0),
    })
}
