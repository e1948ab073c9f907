//! Counters of topics on one broker, as they were some times in the last minute.

use std::sync::Arc;

use shared::DateTime;

/// The counters of all topics of a broker at a time, by name.
#[derive(Debug, Default)]
pub struct TopicCounters {
    /// When they were read.
    pub at: DateTime,
    /// By name.
    pub rows: Vec<TopicRow>,
}

/// The counters of a topic. What is not known is not a number, so that a row is small.
#[derive(Clone, Debug)]
pub struct TopicRow {
    /// The topic; shared with the reading before.
    pub name: Arc<str>,
    /// Bytes that producers wrote.
    pub bytes_in: f64,
    /// Bytes that consumers read.
    pub bytes_out: f64,
}

impl TopicCounters {
    /// The row of a topic.
    pub fn row(&self, name: &str) -> Option<&TopicRow> {
        let at = self.rows.binary_search_by(|row| row.name.as_ref().cmp(name)).ok()?;
        self.rows.get(at)
    }
}
