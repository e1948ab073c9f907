//! OffsetFetch: what groups have committed, hundreds of thousands of rows an answer, read by hand.

use std::collections::HashMap;
use std::sync::Arc;

use kafka_wire::offset_fetch_request::OffsetFetchRequestGroup;
use kafka_wire::{OffsetFetchRequest, OffsetFetchResponse};
use kafka_wire_core::{Bytes, StrBytes};

use super::{Answer, Api, Fault, OfGroups, Reader, RefusedGroup, Request, at_most_asked, body, frame};
use super::{is_flexible, refused};
use crate::kafka::answers::{CommittedOffset, GroupOffsets, TopicNames};

/// From this version on a request has many groups.
const MANY: i16 = 8;

/// OffsetFetch of all topics of groups that one broker coordinates; before version 8, of one group. Offsets that
/// a transaction has not settled yet are no error: the last settled one is told.
pub(in crate::kafka) struct OffsetFetch<'a> {
    pub group_ids: &'a [&'a str],
}

impl Request for OffsetFetch<'_> {
    const API: Api = Api::OffsetFetch;
    type Answer = OfGroups<GroupOffsets>;

    fn least_version(&self) -> i16 {
        if self.group_ids.len() > 1 { MANY } else { Self::API.versions().0 }
    }

    fn encode(&self, version: i16, correlation_id: i32, client_id: &str) -> Result<Bytes, Fault> {
        let mut request = OffsetFetchRequest::default();
        if version >= MANY {
            request.groups = self.group_ids.iter().map(|id| all_topics_of(id)).collect();
        } else {
            request.group_id = self.group_ids.first().map(|id| StrBytes::from(*id)).unwrap_or_default();
            request.topics = None;
        }
        frame(&request, version, correlation_id, client_id)
    }

    fn decode(&self, version: i16, bytes: Bytes) -> Answer<OfGroups<GroupOffsets>> {
        read(version, &body::<OffsetFetchResponse>(version, &bytes)?, self.group_ids).map(Ok)
    }
}

fn all_topics_of(group_id: &str) -> OffsetFetchRequestGroup {
    let mut group = OffsetFetchRequestGroup::default();
    group.group_id = StrBytes::from(group_id);
    group.member_epoch = -1; // nobody of the group asks
    group.topics = None;
    group
}

/// Reads versions 6 to 9, as the answer to a request for these groups.
pub(super) fn read(version: i16, body: &[u8], asked: &[&str]) -> Result<OfGroups<GroupOffsets>, Fault> {
    let r = &mut Reader::new(body, is_flexible::<OffsetFetchResponse>(version));
    let mut topics = Topics::default();
    let mut groups = Vec::new();
    r.i32()?; // throttle time
    if version >= MANY {
        let count = r.count(5)?;
        at_most_asked(count, asked)?;
        for _ in 0..count {
            let group_id = r.str()?.to_owned();
            groups.push(group(r, group_id, &mut topics)?);
            r.tags()?;
        }
    } else {
        let group_id = asked.first().copied().unwrap_or_default().to_owned();
        groups.push(group(r, group_id, &mut topics)?);
    }
    r.tags()?;
    r.end()?;
    let topics = Arc::new(topics.names);
    let told = |(group_id, rows, code): Group| match refused(code, None) {
        Ok(()) => Ok(GroupOffsets { group_id, rows, topics: Arc::clone(&topics) }),
        Err(refusal) => Err(RefusedGroup { group_id, refusal }),
    };
    Ok(groups.into_iter().map(told).collect())
}

type Group = (String, Vec<CommittedOffset>, i16);

fn group<'a>(r: &mut Reader<'a>, group_id: String, topics: &mut Topics<'a>) -> Result<Group, Fault> {
    let mut rows = Vec::new();
    for _ in 0..r.count(3)? {
        let name = r.str()?;
        let count = r.count(20)?;
        if count > 0 {
            let topic = topics.index(r, name)?;
            rows.reserve(count);
            for _ in 0..count {
                rows.push(row(r, topic)?);
            }
        }
        r.tags()?;
    }
    Ok((group_id, rows, r.i16()?))
}

fn row(r: &mut Reader, topic: u32) -> Result<CommittedOffset, Fault> {
    let partition = r.i32()?;
    let offset = r.i64()?;
    r.i32()?; // leader epoch
    r.nullable_str()?; // what the committer wrote beside it
    let error_code = r.i16()?;
    r.tags()?;
    Ok(CommittedOffset { offset, topic, partition, error_code })
}

/// The names of an answer's topics, each kept once.
#[derive(Default)]
struct Topics<'a> {
    known: HashMap<&'a str, u32>,
    names: TopicNames,
}

impl<'a> Topics<'a> {
    fn index(&mut self, r: &Reader, name: &'a str) -> Result<u32, Fault> {
        if let Some(known) = self.known.get(name) {
            return Ok(*known);
        }
        let index = r.index(self.names.topics.len())?;
        let start = r.index(self.names.names.len())?;
        self.names.names.push_str(name);
        self.names.topics.push(start..r.index(self.names.names.len())?);
        self.known.insert(name, index);
        Ok(index)
    }
}
