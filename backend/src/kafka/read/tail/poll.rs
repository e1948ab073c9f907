//! The tail's thread: polls, notes positions, hands over.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::Message;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError as ClientError;
use rdkafka::message::BorrowedMessage;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::error::TailError;
use super::positions::Positions;
use super::receive::{Receive, TailEvent, TailRecord};
use super::trouble::trouble;

/// So long nothing may come before the receiver is told and `stop` is looked at.
const PATIENCE: Duration = Duration::from_millis(100);
/// So much is handed over before the same.
const BATCH: usize = 1_000;

/// What the thread has.
pub(super) struct Reading {
    pub consumer: BaseConsumer<Context>,
    pub positions: Arc<Positions>,
    pub topic: String,
    pub stop: CancellationToken,
}

impl Reading {
    /// Reads until it is told to stop, or cannot go on.
    pub fn run(&self, receiver: &mut impl Receive) -> Result<(), TailError> {
        while !self.stop.is_cancelled() {
            self.batch(receiver)?;
            receiver.pause();
        }
        Ok(())
    }

    fn batch(&self, receiver: &mut impl Receive) -> Result<(), TailError> {
        let mut patience = PATIENCE;
        for _ in 0..BATCH {
            match self.consumer.poll(patience) {
                Some(Ok(message)) => self.record(&message, receiver),
                Some(Err(error)) => self.error(&error, receiver)?,
                None => break,
            }
            patience = Duration::ZERO;
        }
        Ok(())
    }

    fn record(&self, message: &BorrowedMessage<'_>, receiver: &mut impl Receive) {
        let (partition, offset) = (message.partition(), message.offset());
        if let Some(expected) =
            self.positions.set(partition, offset + 1).filter(|expected| offset < *expected)
        {
            receiver.event(TailEvent::Backwards { partition, expected, offset });
        }
        receiver.record(&TailRecord {
            partition,
            offset,
            timestamp_ms: message.timestamp().to_millis(),
            key: message.key(),
            value: message.payload(),
        });
    }

    fn error(&self, error: &ClientError, receiver: &mut impl Receive) -> Result<(), TailError> {
        let said = self.consumer.context().said();
        let code = match error {
            ClientError::PartitionEOF(partition) => {
                let (offset, high_watermark) =
                    (said.end.map(|end| end.offset), said.end.map(|end| end.high_watermark));
                // Control records lie between the last record and the end.
                offset.map(|offset| self.positions.set(*partition, offset));
                receiver.event(TailEvent::End { partition: *partition, offset, high_watermark });
                return Ok(());
            }
            ClientError::MessageConsumptionFatal(_) => {
                return Err(TailError::Fatal { topic: self.topic.clone(), reason: said.reason });
            }
            other => other.rdkafka_error_code(),
        };
        if let Some(trouble) = code.and_then(|code| trouble(&self.topic, code, &said.reason)) {
            receiver.event(TailEvent::Trouble(trouble));
        }
        Ok(())
    }
}
