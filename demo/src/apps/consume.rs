//! Consumers that do their work: fast, slowly, or with rare commits.

use super::Group;
use super::client::{Commits, Connection, OFTEN};
use anyhow::Result;
use rdkafka::consumer::{CommitMode, Consumer, StreamConsumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::BorrowedMessage;
use std::time::Duration;
use tokio::time::Instant;

/// Who commits rarely commits for the first time so long after its start.
const FIRST_COMMIT: Duration = Duration::from_secs(10);

/// A consumer of one topic.
#[derive(Debug, Clone, Copy)]
pub struct Consume {
    group: Group,
    at_most_per_second: Option<u32>,
    rarely: bool,
}

impl Consume {
    /// Reads everything as it comes.
    pub const fn all(group: &'static str, topic: &'static str) -> Self {
        Self { group: Group { name: group, topic }, at_most_per_second: None, rarely: false }
    }

    /// The same, with work that takes its time.
    pub const fn at_most(self, per_second: u32) -> Self {
        Self { at_most_per_second: Some(per_second), ..self }
    }

    /// The same, with rare commits.
    pub const fn rarely(self) -> Self {
        Self { rarely: true, ..self }
    }

    /// What it reads.
    pub fn group(&self) -> Group {
        self.group
    }

    /// Reads until it fails.
    pub async fn run(&self, connection: &Connection) -> Result<()> {
        let commits = if self.rarely { Commits::Every(connection.rarely) } else { OFTEN };
        let consumer = connection.member(self.group, commits)?;
        let work = self.at_most_per_second.map(|rate| Duration::from_secs(1) / rate);
        let mut first_commit = self.rarely.then(|| Instant::now() + FIRST_COMMIT);
        loop {
            handle_next(&consumer, work).await?;
            if first_commit.take_if(|due| Instant::now() >= *due).is_some() {
                consumer.commit_consumer_state(CommitMode::Async)?;
            }
        }
    }
}

/// Receives one record, works on it for a while, and counts it as handled.
pub async fn handle_next(consumer: &StreamConsumer, work: Option<Duration>) -> Result<()> {
    let record = next(consumer).await?;
    if let Some(work) = work {
        tokio::time::sleep(work).await;
    }
    handled(consumer, &record)
}

/// The next record. Topics that are not there yet and brokers that are gone are waited for.
pub async fn next(consumer: &StreamConsumer) -> Result<BorrowedMessage<'_>> {
    loop {
        match consumer.recv().await {
            Ok(record) => return Ok(record),
            Err(KafkaError::MessageConsumption(code)) if passes(code) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Counts the record as handled: the next commit covers it.
pub fn handled(consumer: &StreamConsumer, record: &BorrowedMessage<'_>) -> Result<()> {
    match consumer.store_offset_from_message(record) {
        // The partition went to another member in the meantime, who reads the record again.
        Err(KafkaError::StoreOffset(RDKafkaErrorCode::State)) => Ok(()),
        other => Ok(other?),
    }
}

/// Errors that librdkafka tells of and then heals by itself.
fn passes(code: RDKafkaErrorCode) -> bool {
    use RDKafkaErrorCode::{
        AllBrokersDown, BrokerTransportFailure, OffsetOutOfRange, OperationTimedOut, Resolve, UnknownTopic,
        UnknownTopicOrPartition,
    };
    matches!(
        code,
        AllBrokersDown
            | BrokerTransportFailure
            | OffsetOutOfRange
            | OperationTimedOut
            | Resolve
            | UnknownTopic
            | UnknownTopicOrPartition
    )
}
