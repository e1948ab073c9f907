//! The records of `__consumer_offsets`: what groups have committed, and who is in them.
//!
//! No codec crate has these schemas, so they are read here by a table of key versions, as Kafka's group coordinator
//! writes them (its `*Key.json` and `*Value.json`). What is given back borrows from the record: an offset commit, of
//! which a busy cluster has tens of thousands a second, allocates nothing. A record that is not whole is a [`Fault`].

mod classic;
mod commit;
mod consumer;
mod record;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use super::wire::Fault;
use super::wire::Reader;
pub use record::{
    ClassicGroup, ClassicMember, ConsumerMember, CurrentAssignment, GroupType, OffsetCommit, OffsetsRecord,
    PartitionIds, TopicIdPartitions, TopicPartitions,
};

/// Reads one record. A record of a kind that is not known here is [`OffsetsRecord::Unknown`] and no fault: newer
/// brokers write more kinds.
pub fn decode<'a>(key: &'a [u8], value: Option<&'a [u8]>) -> Result<OffsetsRecord<'a>, Fault> {
    let key = &mut Reader::new(key, false);
    let key_version = key.i16()?;
    match key_version {
        0 | 1 => commit::read(key, value),
        2 => classic::read(key, value),
        3 => consumer::read_group(key, value),
        5 => consumer::read_member(key, value),
        8 => consumer::read_assignment(key, value),
        4 | 6 | 7 | 16 => other(key_version, GroupType::Consumer, key, value),
        9..=15 => other(key_version, GroupType::Share, key, value),
        17..=LAST_OF_STREAMS => other(key_version, GroupType::Streams, key, value),
        _ => Ok(OffsetsRecord::Unknown { key_version }),
    }
}

/// StreamsGroupTargetAssignmentResolvedTopicIds. The numbers behind it are not given out yet.
const LAST_OF_STREAMS: i16 = 24;

/// A record that tells nothing of offsets or members. Each of these keys begins with the group.
fn other<'a>(
    key_version: i16,
    group_type: GroupType,
    key: &mut Reader<'a>,
    value: Option<&[u8]>,
) -> Result<OffsetsRecord<'a>, Fault> {
    Ok(OffsetsRecord::Other { key_version, group_type, group: key.str()?, is_tombstone: value.is_none() })
}

/// A value's version and the rest of it, where the version is at most `newest`; from `flexible` on it is of Kafka's
/// flexible encoding. Kafka adds only tagged fields to these records (KIP-915), so a newer version is another thing.
fn versioned(value: &[u8], newest: i16, flexible: i16) -> Result<(i16, Reader<'_>), Fault> {
    let mut reader = Reader::new(value, false);
    let version = reader.i16()?;
    match (0..=newest).contains(&version) {
        true => Ok((version, reader.in_encoding(version >= flexible))),
        false => Err(reader.fault("a value of a version that is not known")),
    }
}

/// Partitions of one topic.
fn partition_ids<'a>(reader: &mut Reader<'a>) -> Result<PartitionIds<'a>, Fault> {
    let ids = PartitionIds(reader.i32s()?);
    match ids.iter().any(|id| id < 0) {
        true => Err(reader.fault("a negative partition")),
        false => Ok(ids),
    }
}
