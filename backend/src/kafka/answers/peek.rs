//! What lies in partitions at given offsets, as far as the headers of record batches tell.

/// One offset of a partition that is looked at, with the leader that must be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PeekQuery<'a> {
    /// Topic name.
    pub topic: &'a str,
    /// Partition number.
    pub partition: i32,
    /// Where the reader goes on: its committed offset.
    pub offset: i64,
    /// The broker to ask.
    pub leader_id: i32,
}

/// What lies there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peek<'a> {
    /// What was asked.
    pub query: PeekQuery<'a>,
    /// Kafka's error code, 0 when well (1: there is no such offset, 6: the leader has moved, 29: we may not read the
    /// topic). With any other the rest is not known.
    pub error_code: i16,
    /// High watermark; `None` when not told.
    pub high_watermark: Option<i64>,
    /// Last stable offset: what lies from there on, no reader of committed records is given yet. `None` when not told.
    pub last_stable_offset: Option<i64>,
    /// Log start offset; `None` when not told.
    pub log_start_offset: Option<i64>,
    /// What lies between the offset and the last stable one.
    pub waiting: Waiting,
    /// Nothing came of what is there: others took the answer's room, or its first batch is too large to come beside
    /// others.
    pub(in crate::kafka) came_empty: bool,
}

/// What a reader of committed records would be given between an offset and the last stable offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// Nothing: all that lies there are control records, records of aborted transactions, and gaps that compaction has
    /// left.
    Nothing,
    /// At least one record.
    Something {
        /// When the first batch of them was written, in milliseconds since 1970: the time of its first record, or of
        /// its last where no other is told (`LogAppendTime`, or a batch that compaction will delete). It is the
        /// producer's clock unless the topic has `LogAppendTime`. `None` where the batch has no time.
        first_time_ms: Option<i64>,
    },
    /// The answer ended before either was certain, or could not be understood.
    NotKnown,
}

impl Waiting {
    /// When the first batch that waits was written, where both are known.
    pub fn first_time_ms(self) -> Option<i64> {
        match self {
            Self::Something { first_time_ms } => first_time_ms,
            Self::Nothing | Self::NotKnown => None,
        }
    }
}
