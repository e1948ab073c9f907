//! What Prometheus is told of groups, topics and brokers, in the names of the tools that told it before: dashboards and
//! alarms that were built on one of them go on.
//!
//! It is written from what is known in memory. What is not known, or stale, is not there: a number that nobody knows would
//! be drawn as if it were one.

mod groups;
mod kept;
mod names;
mod page;
mod tables;
#[cfg(test)]
mod tests;
mod topics;

use std::sync::Arc;

use bytes::Bytes;
pub use kept::{Kept, Key};
pub use names::Dialect;
use page::Page;
use shared::{
    DateTime,
    lag::part,
    meta::{Freshness, Reading},
};

use super::{
    model::{Keeping, Layout, Tolerated},
    query::Known,
};

/// Partitions of groups, and partitions of topics, from which on they are not told one by one.
const MOST_PARTITIONS: u64 = 50_000;

/// What is known of a cluster and is not stale, for one asker.
pub struct Seen {
    known: Known,
    layout: Option<Arc<dyn Layout>>,
    now: DateTime,
    period_seconds: f64,
}

impl Seen {
    /// Leaves out what is stale now.
    pub fn new(mut known: Known, layout: Option<Arc<dyn Layout>>, now: DateTime) -> Self {
        let is_fresh = |reading: &Reading| reading.freshness(now) == Freshness::Fresh;
        let reading = |part: &str| known.readings.iter().find(|reading| reading.part == part);
        let groups = reading(part::GROUPS).filter(|reading| is_fresh(reading));
        let has_members = reading(part::MEMBERS).is_some_and(is_fresh);
        let (has_groups, period_seconds) = (groups.is_some(), groups.map_or(0.0, |it| it.period_seconds));
        known.groups = known.groups.filter(|_| has_groups);
        known.members = known.members.filter(|_| has_members);
        let layout = layout.filter(|layout| is_fresh(&layout.reading()));
        Self { known, layout, now, period_seconds }
    }

    /// What the text is made of: it is the same while this is. Commits come between two turns, and are told with the next.
    pub fn state(&self) -> kept::State {
        let groups = self.known.groups.as_ref().map(|newest| newest.as_of);
        let members = self.known.members.as_ref().map(|newest| newest.as_of);
        let layout = self.layout.as_ref();
        let brokers = layout.and_then(|layout| layout.reading().as_of);
        let log_starts = layout.map(|layout| layout.log_starts_reading());
        let log_starts = log_starts.filter(|reading| reading.freshness(self.now) == Freshness::Fresh);
        (self.known.name.clone(), [groups, members, brokers, log_starts.and_then(|reading| reading.as_of)])
    }

    /// The topics that may be seen with the number of their partitions, by name.
    fn topics(&self) -> Vec<(String, usize)> {
        let (scope, cluster) = (&self.known.scope, &self.known.name);
        let mut topics = self.layout.as_ref().map(|layout| layout.topics()).unwrap_or_default();
        topics.retain(|(topic, _)| scope.sees_topic(cluster, topic));
        topics.sort_unstable();
        topics
    }

    /// When a log end must have been looked at to be told, in ms since 1970; none where none is told.
    fn looked_since_ms(&self) -> Option<i64> {
        let two_periods = (self.period_seconds * 2_000.0) as i64;
        self.known.groups.as_ref().map(|newest| newest.as_of.timestamp_millis() - two_periods)
    }
}

/// The text for one asker, in pieces: of each series first all of one cluster, then all of the next.
pub fn text(all: &[Seen], dialect: Dialect, how: (Keeping, Tolerated)) -> Vec<Bytes> {
    let mut page = Page::new(dialect);
    let read = all.iter().flat_map(|seen| seen.known.rows()).map(|row| u64::from(row.whole.partitions)).sum();
    let there = all.iter().flat_map(Seen::topics).map(|(_, count)| count as u64).sum();
    let reads = is_told(read, "partitions of groups", &mut page);
    let lies = is_told(there, "partitions of topics", &mut page) && reads;
    for seen in all {
        topics::tell(seen, lies, &mut page);
        groups::tell(seen, how, reads, &mut page);
    }
    page.finish()
}

/// Whether so many are told one by one; if they are not, it is said.
fn is_told(count: u64, of_what: &str, page: &mut Page) -> bool {
    if count >= MOST_PARTITIONS {
        page.note(&format!(
            "There are {count} {of_what}: from {MOST_PARTITIONS} on there are no series by partition."
        ));
    }
    count < MOST_PARTITIONS
}
