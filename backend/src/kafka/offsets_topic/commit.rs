//! Commits: keys 0 and 1, values 0 to 4 (Kafka's OffsetCommitKey and OffsetCommitValue).

use super::record::{OffsetCommit, OffsetsRecord};
use super::{Fault, Reader, versioned};
use crate::kafka::answers::TopicId;

/// The tagged field of version 4 that holds the topic's id.
const TOPIC_ID: u32 = 0;

pub(super) fn read<'a>(key: &mut Reader<'a>, value: Option<&'a [u8]>) -> Result<OffsetsRecord<'a>, Fault> {
    let (group, topic, partition) = (key.str()?, key.str()?, key.i32()?);
    if partition < 0 {
        return Err(key.fault("a negative partition"));
    }
    key.end()?;
    let Some(value) = value else {
        return Ok(OffsetsRecord::OffsetTombstone { group, topic, partition });
    };
    let (version, mut r) = versioned(value, 4, 4)?;
    let commit = OffsetCommit {
        group,
        topic,
        partition,
        offset: r.i64()?,
        leader_epoch: if version >= 3 { Some(r.i32()?).filter(|epoch| *epoch >= 0) } else { None },
        metadata: r.str()?,
        commit_timestamp_ms: r.i64()?,
        expire_timestamp_ms: if version == 1 { Some(r.i64()?).filter(|at| *at >= 0) } else { None },
        topic_id: topic_id(&mut r)?,
    };
    r.end()?;
    Ok(OffsetsRecord::OffsetCommit(commit))
}

fn topic_id(r: &mut Reader<'_>) -> Result<Option<TopicId>, Fault> {
    let Some(bytes) = r.tag(TOPIC_ID)? else { return Ok(None) };
    let id = bytes.try_into().map_err(|_| r.fault("a topic id that has not 16 bytes"))?;
    // All zero is Kafka's "no id".
    Ok(Some(TopicId(id)).filter(|id| *id != TopicId::default()))
}
