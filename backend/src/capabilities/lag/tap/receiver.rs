//! Records of the topic, taken into the book on the thread that reads them.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use shared::DateTime;
use tokio::sync::Notify;

use super::{Source, Tap};
use crate::{
    capabilities::lag::{
        book::{Book, Committed, Kept, Owner},
        collect::{OFFSETS_TOPIC, partition_of},
    },
    kafka::{
        offsets_topic::{ClassicGroup, OffsetsRecord, decode},
        read::{Receive, TailEvent, TailRecord, Trouble},
    },
    runtime::Clock,
};

/// What was read.
#[derive(Debug, Default)]
pub struct Counts {
    /// Records.
    pub records: AtomicU64,
    /// Commits among them.
    pub commits: AtomicU64,
    /// Records that are broken.
    pub broken: AtomicU64,
    /// Records of kinds that are not known, by the version of their key.
    unknown: Mutex<BTreeMap<i16, u64>>,
}

impl Counts {
    /// Records of kinds that are not known.
    pub fn unknown(&self) -> u64 {
        self.unknown.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }
}

/// Takes records in, on the thread that reads.
pub(super) struct Receiver {
    pub tap: Arc<Tap>,
    pub book: Arc<Book>,
    pub refused: Arc<Notify>,
    pub clock: Clock,
    pub now: DateTime,
    pub positions: BTreeMap<i32, i64>,
    /// What is before it in a partition was written before we began.
    pub old_until: BTreeMap<i32, i64>,
    /// Whether anything was read yet: a topic that may not be read begins to be all the same.
    pub has_begun: bool,
}

impl Receiver {
    fn begin(&mut self) {
        if !std::mem::replace(&mut self.has_begun, true) {
            self.tap.begin(&self.book);
        }
    }
}

impl Receive for Receiver {
    fn record(&mut self, record: &TailRecord<'_>) {
        self.begin();
        let counts = &self.tap.counts;
        counts.records.fetch_add(1, Ordering::Relaxed);
        self.positions.insert(record.partition, record.offset + 1);
        let Some(key) = record.key else { return };
        match decode(key, record.value) {
            Ok(said) => {
                let is_old = self.old_until.get(&record.partition).is_some_and(|end| record.offset < *end);
                take(&self.book, counts, said, (record.offset, is_old), self.now.timestamp());
            }
            Err(_) => {
                counts.broken.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn event(&mut self, event: TailEvent) {
        match event {
            TailEvent::Trouble(Trouble { sentence, code, .. }) => {
                let is_refused = code.is_some_and(|code| code.is_of_rights());
                if is_refused {
                    self.tap.give_up(&sentence, self.clock.now());
                    self.refused.notify_one();
                } else {
                    let mut state = self.tap.state();
                    state.trouble = Some((self.clock.now(), format!("Reading {OFFSETS_TOPIC}: {sentence}")));
                }
            }
            TailEvent::Backwards { partition, offset, .. } => {
                // The topic is another, or has lost records: what was behind that is told by none any more, and everything is
                // fetched once more.
                let count = self.tap.positions_to_change().count;
                self.book.forget_from(|group| partition_of(group, count) == partition, offset);
                self.old_until.remove(&partition);
                let mut state = self.tap.state();
                if matches!(state.source, Source::Tail { .. }) {
                    state.began_anew();
                }
            }
            TailEvent::End { partition, offset, .. } => {
                self.begin();
                self.positions.extend(offset.map(|offset| (partition, offset)));
            }
        }
    }

    fn pause(&mut self) {
        self.now = self.clock.now();
        self.tap.positions_to_change().next.clone_from(&self.positions);
    }
}

/// Takes what a record says into the book.
pub fn take(
    book: &Book,
    counts: &Counts,
    said: OffsetsRecord<'_>,
    (order, is_old): (i64, bool),
    now_seconds: i64,
) {
    match said {
        OffsetsRecord::OffsetCommit(it) => {
            let committed = Committed {
                group: it.group,
                topic: it.topic,
                partition: it.partition,
                offset: it.offset,
                order,
                time_ms: it.commit_timestamp_ms,
                is_old,
            };
            if book.commit(&committed, now_seconds) != Kept::Expired {
                counts.commits.fetch_add(1, Ordering::Relaxed);
            }
        }
        OffsetsRecord::OffsetTombstone { group, topic, partition } => {
            book.forget_partition(group, topic, partition);
        }
        OffsetsRecord::ClassicGroup(group) if group.protocol_type == "consumer" => {
            let has_members = !is_old && !group.members.is_empty();
            book.note_generation(group.group, group.generation, has_members, now_seconds);
            assign(book, &group);
        }
        OffsetsRecord::ConsumerGroup { group, epoch } => {
            book.note_generation(group, epoch, !is_old, now_seconds);
        }
        // Its offsets have tombstones of their own; a group that only changes its type keeps them.
        OffsetsRecord::GroupTombstone { group, .. } => book.clear_owners(group),
        OffsetsRecord::Unknown { key_version } => {
            let mut unknown = counts.unknown.lock().unwrap_or_else(PoisonError::into_inner);
            *unknown.entry(key_version).or_default() += 1;
        }
        _ => {}
    }
}

/// A new generation replaces the whole assignment.
fn assign(book: &Book, group: &ClassicGroup<'_>) {
    let owners = group.members.iter().flat_map(|member| {
        let owner =
            Arc::new(Owner { host: member.client_host.to_owned(), client_id: member.client_id.to_owned() });
        member.partitions.iter().flat_map(move |of| {
            let owner = owner.clone();
            of.partitions.iter().map(move |partition| (of.topic, partition, owner.clone()))
        })
    });
    book.assign(group.group, owners);
}
