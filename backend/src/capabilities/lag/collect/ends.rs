//! The log ends of what groups have committed for.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Mutex, PoisonError},
};

use super::sentence_of_brokers;
use crate::{
    capabilities::lag::{
        book::{Book, LogEnd},
        model::Partitions,
    },
    kafka::{
        Gateway,
        answers::{OffsetQuery, OffsetSpec, Offsets, Partial, TopicId},
        read,
    },
};

/// Which topic had which id: one that is created again under its name is another.
#[derive(Debug, Default)]
pub struct Ids(Mutex<HashMap<String, TopicId>>);

impl Ids {
    /// Whether a topic is another than before.
    fn is_another(&self, topic: &str, id: Option<TopicId>) -> bool {
        let Some(id) = id else { return false };
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ids.insert(topic.to_owned(), id).is_some_and(|before| before != id)
    }

    fn keep(&self, topics: &BTreeMap<String, BTreeSet<i32>>) {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ids.retain(|topic, _| topics.contains_key(topic));
    }
}

/// Reads the log ends of everything that was committed for; forgets topics that are gone. Gives what is missing.
pub async fn read_ends(
    gateway: &Gateway,
    book: &Book,
    partitions: &dyn Partitions,
    ids: &Ids,
    now_ms: i64,
) -> Option<String> {
    let committed = book.committed();
    ids.keep(&committed);
    let mut counts: HashMap<&str, i32> = HashMap::new();
    let mut queries = Vec::new();
    for (topic, used) in &committed {
        let places = partitions.topic(topic);
        let is_another = places.as_ref().is_some_and(|places| ids.is_another(topic, places.topic_id));
        let Some(places) = places.filter(|_| !is_another) else {
            book.forget_topic(topic);
            continue;
        };
        counts.insert(topic, i32::try_from(places.leaders.len()).unwrap_or(i32::MAX));
        let led = places.leaders.iter().filter(|(partition, _)| used.contains(partition));
        queries.extend(led.filter_map(|(partition, leader)| {
            Some(OffsetQuery { topic, partition: *partition, leader_id: (*leader)? })
        }));
    }
    if queries.is_empty() {
        return None;
    }
    let (ends, stable) = tokio::join!(
        read::list_offsets(gateway, OffsetSpec::Latest, false, &queries),
        read::list_offsets(gateway, OffsetSpec::Latest, true, &queries),
    );
    let stable_ends = by_partition(&stable);
    for ((topic, partition), offset) in by_partition(&ends) {
        let count = counts.get(topic).copied().unwrap_or_default();
        // Read a moment apart: what is stable lies never beyond the end.
        let stable = stable_ends.get(&(topic, partition)).map(|stable| (*stable).min(offset));
        book.see_log_end(topic, (partition, count), LogEnd { offset, stable, time_ms: now_ms });
    }
    sentence_of_brokers("list the log ends", &ends.missing)
        .or_else(|| sentence_of_brokers("list the last stable offsets", &stable.missing))
}

fn by_partition(partial: &Partial<Offsets>) -> HashMap<(&str, i32), i64> {
    let rows =
        partial.answers.iter().flat_map(|(_, offsets)| offsets.rows.iter().map(move |row| (offsets, row)));
    rows.filter_map(|(offsets, row)| Some(((offsets.topic(row), row.partition), row.offset?))).collect()
}
