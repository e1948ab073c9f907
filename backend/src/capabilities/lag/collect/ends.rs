//! The log ends of the topics that groups read.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use super::sentence_of_brokers;
use crate::{
    capabilities::lag::{
        book::{Book, LogEnd},
        model::{Partitions, Places},
    },
    kafka::{
        Gateway,
        answers::{OffsetQuery, OffsetSpec, Offsets, Partial, TopicId},
        read,
    },
};

/// Which topic was there, under which id: one that is created again under its name is another.
#[derive(Debug, Default)]
pub struct Ids(Mutex<HashMap<String, Option<TopicId>>>);

impl Ids {
    /// Whether a topic is gone, or another than before. One that was never there may be newer than what is known of
    /// topics.
    fn is_gone(&self, topic: &str, places: Option<&Places>) -> bool {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = ids.remove(topic);
        let Some(places) = places else { return before.is_some() };
        ids.insert(topic.to_owned(), places.topic_id);
        before.flatten().zip(places.topic_id).is_some_and(|(before, now)| before != now)
    }

    fn keep(&self, topics: &HashSet<String>) {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ids.retain(|topic, _| topics.contains(topic));
    }
}

/// What a look at the log ends told beside them.
#[derive(Debug, Default)]
pub struct Looked {
    /// Groups that read a topic which is gone, or another now: what they committed for that one may be forgotten, too.
    pub disturbed: Vec<Arc<str>>,
    /// What is missing.
    pub missing: Option<String>,
}

/// Reads the log ends of every partition of the topics that groups read; forgets topics that are gone.
pub async fn read_ends(
    gateway: &Gateway,
    book: &Arc<Book>,
    partitions: &dyn Partitions,
    ids: &Ids,
    now_ms: i64,
) -> Looked {
    let noted: HashSet<String> = book.topics().names().map(str::to_owned).collect();
    ids.keep(&noted);
    let mut looked = Looked::default();
    let mut counts: HashMap<String, i32> = HashMap::new();
    let mut queries = Vec::new();
    for topic in &noted {
        let places = partitions.topic(topic);
        if ids.is_gone(topic, places.as_ref()) {
            looked.disturbed.extend(book.forget_topic(topic));
            continue;
        }
        let Some(places) = places else {
            book.miss_topic(topic);
            continue;
        };
        counts.insert(topic.clone(), i32::try_from(places.leaders.len()).unwrap_or(i32::MAX));
        queries.extend(places.leaders.iter().filter_map(|(partition, leader)| {
            Some(OffsetQuery { topic, partition: *partition, leader_id: (*leader)? })
        }));
    }
    if queries.is_empty() {
        return looked;
    }
    let (ends, stable) = tokio::join!(
        read::list_offsets(gateway, OffsetSpec::Latest, false, &queries),
        read::list_offsets(gateway, OffsetSpec::Latest, true, &queries),
    );
    looked.missing = sentence_of_brokers("list the log ends", &ends.missing)
        .or_else(|| sentence_of_brokers("list the last stable offsets", &stable.missing));
    let known = Known::of(partitions, counts);
    let book = book.clone();
    // Of millions of partitions this takes a while.
    let seeing = tokio::task::spawn_blocking(move || see(&book, &known, &ends, &stable, now_ms));
    if seeing.await.is_err() {
        looked.missing = Some("Riverkeeper has a bug here: log ends could not be taken in.".to_owned());
    }
    looked
}

/// What is known of topics beside where their logs end, by name.
struct Known(HashMap<String, Topic>);

/// How many partitions a topic has, where they begin, and how long it keeps records.
struct Topic {
    count: i32,
    starts: Vec<(i32, i64)>,
    retention_ms: Option<i64>,
}

impl Known {
    fn of(partitions: &dyn Partitions, counts: HashMap<String, i32>) -> Self {
        let known = |(topic, count): (String, i32)| {
            let (starts, retention_ms) = (partitions.log_starts(&topic), partitions.retention_ms(&topic));
            (topic, Topic { count, starts, retention_ms })
        };
        Self(counts.into_iter().map(known).collect())
    }

    fn count(&self, topic: &str) -> i32 {
        self.0.get(topic).map_or(0, |topic| topic.count)
    }
}

fn see(book: &Book, known: &Known, ends: &Partial<Offsets>, stable: &Partial<Offsets>, now_ms: i64) {
    let stable = by_partition(stable);
    for ((topic, partition), offset) in by_partition(ends) {
        let count = known.count(topic);
        // Read a moment apart: what is stable lies never beyond the end.
        let stable = stable.get(&(topic, partition)).map(|stable| (*stable).min(offset));
        book.see_log_end(topic, (partition, count), LogEnd { offset, stable, time_ms: now_ms });
    }
    for (name, topic) in &known.0 {
        book.see_retention(name, topic.retention_ms);
        for (partition, offset) in &topic.starts {
            book.see_log_start(name, *partition, *offset, now_ms);
        }
    }
    book.widen();
}

fn by_partition(partial: &Partial<Offsets>) -> HashMap<(&str, i32), i64> {
    let rows =
        partial.answers.iter().flat_map(|(_, offsets)| offsets.rows.iter().map(move |row| (offsets, row)));
    rows.filter_map(|(offsets, row)| Some(((offsets.topic(row), row.partition), row.offset?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(id: Option<u8>) -> Places {
        Places { topic_id: id.map(|id| TopicId([id; 16])), leaders: vec![] }
    }

    #[test]
    fn a_topic_is_gone_when_it_was_there_or_is_another_by_its_id() {
        let ids = Ids::default();
        assert!(!ids.is_gone("new", None), "it may come yet");
        assert!(!ids.is_gone("orders", Some(&places(Some(1)))));
        assert!(!ids.is_gone("orders", Some(&places(Some(1)))));
        assert!(ids.is_gone("orders", Some(&places(Some(2)))), "another");
        assert!(!ids.is_gone("orders", Some(&places(Some(2)))), "told once");
        assert!(ids.is_gone("orders", None));
        assert!(!ids.is_gone("orders", None), "told once");
    }

    #[test]
    fn without_ids_a_topic_is_the_same_as_long_as_it_is_there() {
        let ids = Ids::default();
        assert!(!ids.is_gone("orders", Some(&places(None))));
        assert!(!ids.is_gone("orders", Some(&places(Some(1)))));
        assert!(!ids.is_gone("orders", Some(&places(None))));
        assert!(ids.is_gone("orders", None));
    }
}
