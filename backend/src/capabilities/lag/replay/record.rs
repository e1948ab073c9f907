//! What a record of the offsets topic says, as lines of a recording.

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::kafka::offsets_topic::{ClassicGroup, OffsetsRecord, decode};

/// The lines that a record makes; none where it is broken, or says nothing that Burrow's rules need.
pub fn emitted(key_hex: Option<&str>, value_hex: Option<&str>, order: i64) -> anyhow::Result<Value> {
    let key = bytes(key_hex).context("key_hex")?.unwrap_or_default();
    let value = bytes(value_hex).context("value_hex")?;
    let emits = decode(&key, value.as_deref()).map(|record| lines(record, order)).unwrap_or_default();
    Ok(json!({ "emits": emits }))
}

fn lines(record: OffsetsRecord<'_>, order: i64) -> Vec<Value> {
    match record {
        OffsetsRecord::OffsetCommit(it) => vec![json!({
            "op": "commit", "group": it.group, "topic": it.topic, "partition": it.partition,
            "offset": it.offset, "order": order, "ts_ms": it.commit_timestamp_ms,
        })],
        OffsetsRecord::ClassicGroup(group) if group.protocol_type == "consumer" => owners(&group),
        OffsetsRecord::GroupTombstone { group, .. } => vec![json!({ "op": "delete_group", "group": group })],
        _ => vec![],
    }
}

/// A new generation replaces the whole assignment.
fn owners(group: &ClassicGroup<'_>) -> Vec<Value> {
    let cleared = json!({ "op": "clear_owners", "group": group.group });
    let of_members = group.members.iter().flat_map(|member| {
        let of_topics = member.partitions.iter().flat_map(|of| of.partitions.iter().map(|it| (of.topic, it)));
        of_topics.map(move |(topic, partition)| {
            json!({
                "op": "owner", "group": group.group, "topic": topic, "partition": partition,
                "host": member.client_host, "client_id": member.client_id,
            })
        })
    });
    std::iter::once(cleared).chain(of_members).collect()
}

fn bytes(hex: Option<&str>) -> anyhow::Result<Option<Vec<u8>>> {
    let Some(hex) = hex else { return Ok(None) };
    if !hex.is_ascii() || hex.len() % 2 != 0 {
        bail!("it is no hexadecimal text");
    }
    let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2).unwrap_or_default(), 16);
    let bytes: Result<_, _> = (0..hex.len()).step_by(2).map(byte).collect();
    Ok(Some(bytes.context("it is no hexadecimal text")?))
}
