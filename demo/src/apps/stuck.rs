//! A consumer that meets a record which it cannot handle.
//!
//! It pauses its partitions, as many frameworks do, and tries for ever: the member is alive, heartbeats, survives
//! rebalances, and commits nothing more.

use super::Group;
use super::client::{Connection, OFTEN};
use super::consume::{handled, next};
use anyhow::Result;
use rdkafka::Message;
use rdkafka::consumer::Consumer;
use std::time::Duration;

/// From here on the records of partition 0 are in a format that it does not know.
const FIRST_OF_NEW_FORMAT: i64 = 40;
const TRY: Duration = Duration::from_secs(10);

/// Reads until it meets the record, and then goes no further.
pub async fn run(connection: &Connection, group: Group) -> Result<()> {
    let consumer = connection.member(group, OFTEN)?;
    loop {
        let record = next(&consumer).await?;
        if record.partition() != 0 || record.offset() < FIRST_OF_NEW_FORMAT {
            handled(&consumer, &record)?;
            continue;
        }
        tracing::warn!("{} is stuck on {}-0 at offset {}", group.name, group.topic, record.offset());
        consumer.pause(&consumer.assignment()?)?;
        // Polling goes on, which keeps it in its group; only a rebalance brings records, and first this one again.
        while tokio::time::timeout(TRY, next(&consumer)).await.is_err() {}
        anyhow::bail!("its partitions were assigned anew");
    }
}
