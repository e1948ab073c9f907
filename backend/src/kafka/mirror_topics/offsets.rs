//! `mm2-offsets.<alias>.internal`: how far connectors have read.
//!
//! A key is a connector's name and what that connector calls a partition. In a shared Connect cluster the name is any,
//! so MirrorMaker's are known by their shape (its MirrorUtils).

use serde::Deserialize;

use super::Fault;
use super::json::{self, Text};
use super::record::{MirrorRecord, SourceOffset};

#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Text<'a>, #[serde(borrow)] Partition<'a>);

#[derive(Deserialize)]
struct Partition<'a> {
    #[serde(borrow)]
    cluster: Text<'a>,
    #[serde(borrow)]
    topic: Text<'a>,
    partition: i32,
}

#[derive(Deserialize)]
struct Value {
    offset: i64,
}

pub(super) fn read<'a>(key: &'a [u8], value: Option<&[u8]>) -> Result<MirrorRecord<'a>, Fault> {
    let Some(Key(connector, of)) = json::read_shape(key)? else { return Ok(MirrorRecord::Other) };
    if of.partition < 0 {
        return Err(Fault::Value { what: "a negative partition", at: 0 });
    }
    // A null is written as no value at all, or as JSON's.
    let told: Option<Value> = value.map(json::read).transpose()?.flatten();
    Ok(MirrorRecord::SourceOffset(SourceOffset {
        connector: connector.0,
        cluster: of.cluster.0,
        topic: of.topic.0,
        partition: of.partition,
        offset: told.map(|told| told.offset),
    }))
}
