//! The tail's thread: polls, notes positions, hands over.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::Message;
use rdkafka::error::KafkaError as ClientError;
use rdkafka::message::BorrowedMessage;
use tokio_util::sync::CancellationToken;

use super::error::TailError;
use super::positions::Positions;
use super::queues::{Place, Queues};
use super::receive::{Receive, TailEvent, TailRecord};
use super::trouble::trouble;

/// So long nothing may come before the receiver is told and `stop` is looked at.
const PATIENCE: Duration = Duration::from_millis(100);
/// So much is handed over before the same.
const BATCH: usize = 1_000;

/// What the thread has.
pub(super) struct Reading {
    pub queues: Queues,
    pub positions: Arc<Positions>,
    pub stop: CancellationToken,
}

impl Reading {
    /// Reads until it is told to stop, or cannot go on.
    pub fn run(&mut self, receiver: &mut impl Receive) -> Result<(), TailError> {
        let Self { queues, positions, stop } = self;
        while !stop.is_cancelled() {
            queues.each(BATCH, PATIENCE, |queues, of, polled| match polled {
                Ok(message) => {
                    record(positions, &message, receiver);
                    Ok(())
                }
                Err(error) => self::error(queues, positions, of, &error, receiver),
            })?;
            receiver.pause();
        }
        Ok(())
    }
}

fn record(positions: &Positions, message: &BorrowedMessage<'_>, receiver: &mut impl Receive) {
    let (topic, partition, offset) = (message.topic(), message.partition(), message.offset());
    let expected = positions.set(topic, partition, offset + 1).filter(|expected| offset < *expected);
    if let Some(expected) = expected {
        receiver.event(TailEvent::Backwards { topic: topic.into(), partition, expected, offset });
    }
    receiver.record(&TailRecord {
        topic,
        partition,
        offset,
        timestamp_ms: message.timestamp().to_millis(),
        key: message.key(),
        value: message.payload(),
    });
}

fn error(
    queues: &Queues,
    positions: &Positions,
    of: &Place,
    error: &ClientError,
    receiver: &mut impl Receive,
) -> Result<(), TailError> {
    let said = queues.context().said();
    let code = match (error, &of.topic) {
        (ClientError::PartitionEOF(partition), topic) => {
            // Where there are several topics, no end comes but through the queue of its partition.
            let Some(topic) = topic.clone() else { return Ok(()) };
            let (offset, high_watermark) =
                (said.end.map(|end| end.offset), said.end.map(|end| end.high_watermark));
            // Control records lie between the last record and the end.
            offset.map(|offset| positions.set(&topic, *partition, offset));
            receiver.event(TailEvent::End { topic, partition: *partition, offset, high_watermark });
            return Ok(());
        }
        (ClientError::MessageConsumptionFatal(_), _) => {
            let topics = queues.topics().told.clone();
            return Err(TailError::Fatal { topics, reason: said.reason });
        }
        (other, _) => other.rdkafka_error_code(),
    };
    let topics = &*queues.topics().told;
    if let Some(trouble) = code.and_then(|code| trouble(of, topics, code, &said.reason)) {
        receiver.event(TailEvent::Trouble(trouble));
    }
    Ok(())
}
