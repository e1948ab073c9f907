//! How far groups have come.

use std::ops::Range;
use std::sync::Arc;

/// The committed offsets of one group.
#[derive(Clone, Debug)]
pub struct GroupOffsets {
    /// `group.id`.
    pub group_id: String,
    /// One row a partition, each topic's together.
    pub rows: Vec<CommittedOffset>,
    /// The topics of all groups of one answer: groups often read the same ones.
    pub(in crate::kafka) topics: Arc<TopicNames>,
}

/// One partition of [`GroupOffsets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommittedOffset {
    pub(in crate::kafka) offset: i64,
    pub(in crate::kafka) topic: u32,
    /// The partition's number.
    pub partition: i32,
    /// Kafka's error code, 0 when well.
    pub error_code: i16,
}

impl CommittedOffset {
    /// The committed offset: the next record that the group will read. `None` where it has committed none.
    pub fn offset(&self) -> Option<i64> {
        (self.offset >= 0).then_some(self.offset)
    }
}

impl GroupOffsets {
    /// The row's topic.
    pub fn topic(&self, row: &CommittedOffset) -> &str {
        self.topics.get(row.topic)
    }
}

/// Topic names, each once.
#[derive(Debug, Default)]
pub(in crate::kafka) struct TopicNames {
    pub names: String,
    pub topics: Vec<Range<u32>>,
}

impl TopicNames {
    fn get(&self, topic: u32) -> &str {
        let name = self.topics.get(topic as usize);
        name.and_then(|name| self.names.get(name.start as usize..name.end as usize)).unwrap_or_default()
    }
}

/// How far a share group has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareGroupOffsets {
    /// `group.id`.
    pub group_id: String,
    /// One row a partition, each topic's together; `None` where the coordinator has no request that tells them.
    pub rows: Option<Vec<ShareGroupOffset>>,
}

/// One partition of [`ShareGroupOffsets`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareGroupOffset {
    /// Topic name.
    pub topic: Arc<str>,
    /// The partition's number.
    pub partition: i32,
    /// Kafka's error code, 0 when well.
    pub error_code: i16,
    /// Start of what is not yet acknowledged; it may stand still while records behind it are done. `None` before the
    /// first fetch.
    pub start_offset: Option<i64>,
    /// Records that are still to be delivered or acknowledged, as the broker counts them; `None` where it does not
    /// (before 4.2, or before the first fetch). It is not the end minus the start.
    pub lag: Option<i64>,
}
