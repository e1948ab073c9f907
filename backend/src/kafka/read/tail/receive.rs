//! What a tail hands over.

use std::sync::Arc;

use crate::kafka::ErrorCode;

/// Takes in what a tail reads, on the tail's thread: what waits here makes the fetching wait.
pub trait Receive: Send + 'static {
    /// One record. Those of a partition come in the order of their offsets.
    fn record(&mut self, record: &TailRecord<'_>);

    /// Something else that has happened.
    fn event(&mut self, event: TailEvent);

    /// Nothing more waits, or a thousand records and events have come since the last time; at least ten times a second.
    fn pause(&mut self) {}
}

/// One record, borrowed from librdkafka.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TailRecord<'a> {
    /// Its topic.
    pub topic: &'a str,
    /// Its partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// Its timestamp in milliseconds, whoever set it; `None` in records of before Kafka 0.10.
    pub timestamp_ms: Option<i64>,
    /// Its key.
    pub key: Option<&'a [u8]>,
    /// Its value; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
}

/// What happens beside records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TailEvent {
    /// Everything that is stable in a partition has been handed over. It comes again for each end that is reached, so a
    /// partition where nothing comes tells it once.
    End {
        /// Of which topic.
        topic: Arc<str>,
        /// Which partition.
        partition: i32,
        /// Its last stable offset.
        offset: Option<i64>,
        /// Its high watermark at that moment. Where it is beyond `offset`, a transaction is open.
        high_watermark: Option<i64>,
    },
    /// A partition is read again from an offset that is before what was handed over: the topic is another, or has lost
    /// records.
    Backwards {
        /// Of which topic.
        topic: Arc<str>,
        /// Which partition.
        partition: i32,
        /// The offset that was to come.
        expected: i64,
        /// The offset that came.
        offset: i64,
    },
    /// Something is in the way. The tail goes on trying; the same may come again.
    Trouble(Trouble),
}

/// What is in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Of which topic; `None` where it is of all that are read.
    pub topic: Option<Arc<str>>,
    /// Of which partition; `None` where it is of a broker, or of all partitions on one.
    pub partition: Option<i32>,
    /// Kafka's code, where a broker said it; none where it is between us and the broker.
    pub code: Option<ErrorCode>,
    /// What it is and what to do, without any secret.
    pub sentence: String,
}
