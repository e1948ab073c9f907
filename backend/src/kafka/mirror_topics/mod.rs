//! The records of MirrorMaker 2's own topics: how far each partition is mirrored, and what its connectors are told and do.
//!
//! Three kinds hold structs of Kafka's protocol, three are Kafka Connect's and hold JSON. [`MirrorTopic`] tells a topic's
//! kind by its name; in a Connect cluster that MirrorMaker shares with others its topics have any name, and who knows
//! their kind says it. [`decode`] reads a record of a kind. Of a connector's properties, among which passwords stand in
//! clear, only those of a short list are ever taken. A record that is not whole is a [`Fault`], which repeats nothing of
//! it.
//!
//! | part | knows |
//! | --- | --- |
//! | `name` | how the topics are called |
//! | `structs` | heartbeats, offset syncs and checkpoints |
//! | `offsets`, `status`, `configs` | the three topics of Kafka Connect |
//! | `json` | how JSON is read, and faults in it |

mod configs;
mod json;
mod name;
mod offsets;
mod record;
mod status;
mod structs;
#[cfg(test)]
mod tests;

pub use super::wire::Fault;
pub use name::{Kind, MirrorTopic, Separators};
pub use record::{
    Checkpoint, ConnectState, Heartbeat, MirrorProperties, MirrorRecord, MirrorRole, OffsetPair, OffsetSync,
    SourceOffset, Status, SyncsLocation, TargetState,
};

/// So large a record may be, its key and value together: connectors of a thousand topics by name have some 100 KB.
const LARGEST: usize = 1 << 20;

/// Reads one record of a topic of this kind. One that tells nothing of mirrors is [`MirrorRecord::Other`] and no fault.
pub fn decode<'a>(kind: Kind, key: &'a [u8], value: Option<&'a [u8]>) -> Result<MirrorRecord<'a>, Fault> {
    if key.len() + value.map_or(0, <[u8]>::len) > LARGEST {
        return Err(Fault::Value { what: "a record of more than 1 MiB", at: LARGEST });
    }
    match kind {
        Kind::Heartbeats => structs::heartbeat(key, value),
        Kind::OffsetSyncs => structs::offset_sync(key, value),
        Kind::Checkpoints => structs::checkpoint(key, value),
        Kind::Offsets => offsets::read(key, value),
        Kind::Status => status::read(key, value),
        Kind::Configs => configs::read(key, value),
    }
}
