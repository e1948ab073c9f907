//! A consumer of committed transactions that commits "last record + 1".
//!
//! The marker at the end of each transaction is an offset too: at the end of the topic its lag is 1, not 0, although
//! it has read everything.

use super::Group;
use super::client::{Commits, Connection};
use super::consume::next;
use anyhow::Result;
use rdkafka::consumer::{CommitMode, Consumer, StreamConsumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::topic_partition_list::TopicPartitionList;
use rdkafka::{Message, Offset};
use std::collections::BTreeMap;
use std::time::Duration;

const PERIOD: Duration = Duration::from_secs(2);

/// Reads and commits until it fails. Reading committed records only is librdkafka's default.
pub async fn run(connection: &Connection, group: Group) -> Result<()> {
    let consumer = connection.member(group, Commits::ByHand)?;
    let mut ticks = tokio::time::interval(PERIOD);
    let mut last = BTreeMap::new();
    loop {
        tokio::select! {
            record = next(&consumer) => {
                let record = record?;
                last.insert(record.partition(), record.offset());
            }
            _ = ticks.tick() => commit(&consumer, group, &std::mem::take(&mut last))?,
        }
    }
}

fn commit(consumer: &StreamConsumer, group: Group, last: &BTreeMap<i32, i64>) -> Result<()> {
    if last.is_empty() {
        return Ok(());
    }
    let mut offsets = TopicPartitionList::new();
    for (&partition, &offset) in last {
        offsets.add_partition_offset(group.topic, partition, Offset::Offset(offset + 1))?;
    }
    match consumer.commit(&offsets, CommitMode::Async) {
        // Between two generations nothing can be committed; the records come again.
        Err(KafkaError::ConsumerCommit(
            RDKafkaErrorCode::IllegalGeneration | RDKafkaErrorCode::RebalanceInProgress,
        )) => Ok(()),
        other => Ok(other?),
    }
}
