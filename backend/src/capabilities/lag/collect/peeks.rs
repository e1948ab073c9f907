//! A look at the records where groups stand: whether something waits there at all, and since when.
//!
//! Behind the last record of a transaction stands its mark, which no reader is given. Who commits "last record + 1" has a
//! lag of 1 for ever, until somebody looks.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use tokio::time::timeout;

use crate::{
    capabilities::lag::{
        book::{Book, Group, Partition, Topics, lag},
        model::{Partitions, Peeked, Policy, Written},
    },
    kafka::{
        ErrorCode, Gateway,
        answers::{Peek, PeekQuery, Waiting},
        read,
    },
};

/// Looks of one turn.
const MOST: usize = 64;
/// A leader has so long.
const PATIENCE: Duration = Duration::from_secs(2);
/// A lag that may be marks alone is no larger.
const SMALL_LAG: u64 = 16;
/// A topic that may not be read is asked for again after so long, in ms.
const REFUSED_FOR_MS: i64 = 600_000;

/// Looks at records, and remembers what may not be read.
#[derive(Debug, Default)]
pub struct Peeks {
    refused: Mutex<HashMap<String, i64>>,
    turns: AtomicUsize,
}

/// Where a group stands.
#[derive(Debug)]
struct Stand {
    group: String,
    topic: Arc<str>,
    partition: i32,
    offset: i64,
    end: i64,
    /// Whether it may be marks alone that lie there.
    may_be_empty: bool,
}

impl Peeks {
    /// Looks where groups stand that have a small lag on a log that rests, or, where that is wanted, where records wait for
    /// long; so many a turn.
    pub async fn look(
        &self,
        (gateway, book): (&Gateway, &Arc<Book>),
        partitions: &dyn Partitions,
        policy: &Policy,
        now_ms: i64,
    ) {
        let policy = *policy;
        let of_book = book.clone();
        let refused = self.refused(now_ms);
        let finding = tokio::task::spawn_blocking(move || stands(&of_book, &refused, &policy, now_ms));
        let mut stands = finding.await.unwrap_or_default();
        // Marks first; of each kind others come first the next time.
        let turn = self.turns.fetch_add(1, Ordering::Relaxed);
        let skipped = turn.wrapping_mul(MOST) % stands.len().max(1);
        stands.rotate_left(skipped);
        stands.sort_by_key(|stand| !stand.may_be_empty);
        stands.truncate(MOST);
        let queries: Vec<PeekQuery<'_>> = stands
            .iter()
            .filter_map(|stand| {
                let places = partitions.topic(&stand.topic)?;
                let (_, leader_id) =
                    places.leaders.iter().find(|(partition, _)| *partition == stand.partition)?;
                let (topic, partition, offset) = (&*stand.topic, stand.partition, stand.offset);
                Some(PeekQuery { topic, partition, offset, leader_id: (*leader_id)? })
            })
            .collect();
        let mut by_leader: HashMap<i32, Vec<PeekQuery<'_>>> = HashMap::new();
        for query in queries {
            by_leader.entry(query.leader_id).or_default().push(query);
        }
        // A leader that is slow at this costs neither the turn nor what others tell.
        let peeks = by_leader.values().map(|queries| timeout(PATIENCE, read::peek(gateway, queries)));
        for peeked in join_all(peeks).await.into_iter().flatten() {
            for peek in peeked.answers.iter().flat_map(|(_, peeks)| peeks) {
                self.take(book, &stands, peek, now_ms);
            }
        }
    }

    fn take(&self, book: &Book, stands: &[Stand], peek: &Peek<'_>, now_ms: i64) {
        let PeekQuery { topic, partition, offset, .. } = peek.query;
        if ErrorCode(peek.error_code).is_of_rights() {
            let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
            refused.insert(topic.to_owned(), now_ms);
            return;
        }
        if peek.error_code != 0 {
            return;
        }
        // What could not be told is not asked for again before something moves.
        let is_empty = peek.waiting == Waiting::Nothing;
        let is_of_it =
            |it: &&Stand| (it.topic.as_ref(), it.partition, it.offset) == (topic, partition, offset);
        for stand in stands.iter().filter(is_of_it) {
            // What came since the end was looked at is not told by this look at the records.
            let is_same_end = peek.last_stable_offset == Some(stand.end);
            if is_empty && !is_same_end {
                continue;
            }
            let time_ms = peek.waiting.first_time_ms();
            book.peek(&stand.group, topic, partition, Peeked { offset, end: stand.end, is_empty, time_ms });
        }
    }

    /// Topics that may not be read.
    fn refused(&self, now_ms: i64) -> HashSet<String> {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.retain(|_, since| now_ms - *since < REFUSED_FOR_MS);
        refused.keys().cloned().collect()
    }
}

/// Where it is worth a look, of topics that may be read; more than are asked for, since others come first the next time.
fn stands(book: &Book, refused: &HashSet<String>, policy: &Policy, now_ms: i64) -> Vec<Stand> {
    let mut stands: Vec<Stand> = Vec::new();
    book.each(|topics, name, group| {
        if stands.len() < MOST * 16 {
            let of_group = of_group(topics, name, group, policy, now_ms);
            stands.extend(of_group.filter(|stand| !refused.contains(&*stand.topic)));
        }
    });
    stands
}

fn of_group<'a>(
    topics: &'a Topics,
    name: &'a str,
    group: &'a Group,
    policy: &'a Policy,
    now_ms: i64,
) -> impl Iterator<Item = Stand> + 'a {
    group.topics().flat_map(move |(topic, partitions)| {
        partitions.iter().enumerate().filter_map(move |(at, it)| {
            let (offset, end, may_be_empty) = stand(topics, (topic, at), it, policy, now_ms)?;
            let (group, topic) = (name.to_owned(), topics.shared_name(topic)?);
            Some(Stand { group, topic, partition: i32::try_from(at).ok()?, offset, end, may_be_empty })
        })
    })
}

/// Committed offset and stable end of a partition where a look tells something new, and whether it may be marks alone.
fn stand(
    topics: &Topics,
    (topic, at): (usize, usize),
    it: &Partition,
    policy: &Policy,
    now_ms: i64,
) -> Option<(i64, i64, bool)> {
    let (ends, offset) = (topics.ends(topic)?, it.window.newest()?.offset);
    let end = ends.newest(at)?.stable?;
    let lag = lag(end, offset);
    if lag == 0 {
        return None;
    }
    let seen = it.peeked().filter(|peeked| peeked.offset == offset);
    let rests = ends.before(at).is_some_and(|before| before.stable == Some(end));
    let may_be_empty = lag <= SMALL_LAG && rests && seen.is_none_or(|seen| seen.end != end);
    let waits_long = || match ends.past(at).map(|past| past.written(offset)) {
        Some(Written::At(ms) | Written::Before(ms)) => now_ms - ms > policy.behind_after_ms,
        _ => false,
    };
    let tells_age = policy.reads_records && seen.is_none();
    (may_be_empty || (tells_age && waits_long())).then_some((offset, end, may_be_empty))
}
