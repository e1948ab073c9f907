//! Heartbeats, offset syncs and checkpoints (Kafka's Heartbeat, OffsetSync and Checkpoint).
//!
//! They are structs of the protocol's older encoding. Values of two of them begin with a version, which is 0 since these
//! topics are; an offset sync has none.

use super::Fault;
use super::record::{Checkpoint, Heartbeat, MirrorRecord, OffsetPair, OffsetSync};
use crate::kafka::wire::Reader;

pub(super) fn heartbeat<'a>(key: &'a [u8], value: Option<&[u8]>) -> Result<MirrorRecord<'a>, Fault> {
    let key = &mut Reader::new(key, false);
    let (source, target) = (key.str()?, key.str()?);
    key.end()?;
    let timestamp_ms = value.map(|value| whole(versioned(value)?, Reader::i64)).transpose()?;
    Ok(MirrorRecord::Heartbeat(Heartbeat { source, target, timestamp_ms }))
}

pub(super) fn offset_sync<'a>(key: &'a [u8], value: Option<&[u8]>) -> Result<MirrorRecord<'a>, Fault> {
    let key = &mut Reader::new(key, false);
    let (topic, partition) = (key.str()?, partition(key)?);
    key.end()?;
    let offsets = value.map(|value| whole(Reader::new(value, false), offset_pair)).transpose()?;
    Ok(MirrorRecord::OffsetSync(OffsetSync { topic, partition, offsets }))
}

pub(super) fn checkpoint<'a>(key: &'a [u8], value: Option<&'a [u8]>) -> Result<MirrorRecord<'a>, Fault> {
    let key = &mut Reader::new(key, false);
    let (group, topic, partition) = (key.str()?, key.str()?, partition(key)?);
    key.end()?;
    let told =
        value.map(|value| whole(versioned(value)?, |r| Ok((offset_pair(r)?, r.str()?)))).transpose()?;
    let (offsets, metadata) = told.unzip();
    let metadata = metadata.unwrap_or_default();
    Ok(MirrorRecord::Checkpoint(Checkpoint { group, topic, partition, offsets, metadata }))
}

/// What is read of a value that has nothing else.
fn whole<'a, T>(
    mut reader: Reader<'a>,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let told = read(&mut reader)?;
    reader.end()?;
    Ok(told)
}

/// A value behind its version.
fn versioned(value: &[u8]) -> Result<Reader<'_>, Fault> {
    let mut reader = Reader::new(value, false);
    match reader.i16()? {
        0 => Ok(reader),
        _ => Err(reader.fault("a value of a version that is not known")),
    }
}

fn offset_pair(reader: &mut Reader<'_>) -> Result<OffsetPair, Fault> {
    Ok(OffsetPair { upstream: reader.i64()?, downstream: reader.i64()? })
}

fn partition(reader: &mut Reader<'_>) -> Result<i32, Fault> {
    match reader.i32()? {
        partition if partition >= 0 => Ok(partition),
        _ => Err(reader.fault("a negative partition")),
    }
}
