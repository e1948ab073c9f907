//! The offsets topic, read as it is written: every commit of every group, and who is in it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use shared::DateTime;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{
    book::{Book, Committed, Kept, Owner},
    collect::OFFSETS_TOPIC,
    model::{Fleet, Places},
    store::Memory,
};
use crate::{
    kafka::{
        Gateway,
        answers::{OffsetQuery, OffsetSpec},
        offsets_topic::{ClassicGroup, OffsetsRecord, decode},
        read::{self, Receive, Start, Tail, TailEvent, TailRecord, Tailed, Trouble},
    },
    runtime::Clock,
};

/// Time between two attempts to read the offsets topic, where that is refused.
const REFUSED_FOR: Duration = Duration::from_secs(600);
/// Time between two looks for a topic that is not there yet, or has grown.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// A trouble that did not come again for so long is over.
const OVER_AFTER: Duration = Duration::from_secs(30);

/// Where committed offsets come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The offsets topic where it can be read, else the coordinators.
    Auto,
    /// The offsets topic.
    OffsetsTopic,
    /// The coordinators.
    Admin,
}

/// Where they come from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// From the coordinators, until it is known whether the offsets topic can be read.
    Starting,
    /// From the offsets topic, for the so-manieth time from its end.
    Tail {
        /// Which time.
        began: u64,
    },
    /// From the coordinators.
    Admin,
}

/// Reads the offsets topic of a cluster into its book.
#[derive(Debug)]
pub struct Tap {
    choice: Choice,
    state: Mutex<State>,
    counts: Counts,
    /// Whether it reads what was committed before it began.
    backfill: bool,
    positions: Mutex<Positions>,
}

/// How far the offsets topic is read.
#[derive(Clone, Debug, Default)]
pub struct Positions {
    /// Its partitions.
    pub count: i32,
    /// The offset that is to come next in each partition of which that is known; what is before it is in the book.
    pub next: BTreeMap<i32, i64>,
}

#[derive(Debug)]
struct State {
    source: Source,
    /// How many times it was read from its end.
    began: u64,
    trouble: Option<(DateTime, String)>,
}

impl State {
    fn began_anew(&mut self) {
        self.began += 1;
        self.source = Source::Tail { began: self.began };
    }
}

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

impl Tap {
    /// One that has not begun.
    pub fn new(choice: Choice, backfill: bool) -> Self {
        let source = if choice == Choice::Admin { Source::Admin } else { Source::Starting };
        let state = Mutex::new(State { source, began: 0, trouble: None });
        let (counts, positions) = (Counts::default(), Mutex::default());
        Self { choice, state, counts, backfill, positions }
    }

    /// Where committed offsets come from now.
    pub fn source(&self) -> Source {
        self.state().source
    }

    /// What was read.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// How far the offsets topic is read; none where it is not.
    pub fn positions(&self) -> Option<Positions> {
        matches!(self.source(), Source::Tail { .. }).then(|| self.positions_to_change().clone())
    }

    fn positions_to_change(&self) -> MutexGuard<'_, Positions> {
        self.positions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is in the way of reading the offsets topic; where the coordinators may be asked instead, nothing is.
    pub fn failure(&self, now: DateTime) -> Option<String> {
        let state = self.state();
        let (since, sentence) = state.trouble.as_ref()?;
        let is_over = (now - *since).to_std().is_ok_and(|age| age > OVER_AFTER);
        let is_asked_otherwise = state.source == Source::Admin && self.choice == Choice::Auto;
        (!is_asked_otherwise && (state.source == Source::Admin || !is_over)).then(|| sentence.clone())
    }

    /// Reads until it is told to stop.
    pub async fn run(
        self: Arc<Self>,
        gateway: Gateway,
        fleet: Arc<dyn Fleet>,
        book: Arc<Book>,
        memory: Arc<Memory>,
        clock: Clock,
        stop: CancellationToken,
    ) {
        if self.choice == Choice::Admin {
            return;
        }
        let reading = async {
            loop {
                let wait = self.read(&gateway, &*fleet, &book, &memory, &clock, &stop).await;
                tokio::time::sleep(wait).await;
            }
        };
        stop.run_until_cancelled(reading).await;
    }

    /// Reads until that is refused or the topic grows; gives how long to wait then.
    async fn read(
        self: &Arc<Self>,
        gateway: &Gateway,
        fleet: &dyn Fleet,
        book: &Arc<Book>,
        memory: &Memory,
        clock: &Clock,
        stop: &CancellationToken,
    ) -> Duration {
        let places = fleet.first(gateway.cluster()).await.and_then(|topics| topics.topic(OFFSETS_TOPIC));
        let Some(places) = places else { return LOOK_AGAIN };
        let mut starts = ends(gateway, &places).await;
        let mut old_until = BTreeMap::new();
        if self.source() == (Source::Starting) {
            let ends = starts.clone();
            memory.recall(book, &mut starts).await;
            if self.backfill {
                old_until = backfilled(&ends, &mut starts);
            }
        }
        let positions: BTreeMap<i32, i64> = starts.iter().filter_map(at).collect();
        let count = i32::try_from(starts.len()).unwrap_or(i32::MAX);
        *self.positions_to_change() = Positions { count, next: positions.clone() };
        let refused = Arc::new(Notify::new());
        let receiver = Receiver {
            tap: self.clone(),
            book: book.clone(),
            refused: refused.clone(),
            clock: clock.clone(),
            now: clock.now(),
            positions,
            old_until,
        };
        let tailed = Tailed { topic: OFFSETS_TOPIC, starts: &starts };
        let mut tail = match Tail::start(gateway, clock.clone(), tailed, stop, receiver) {
            Ok(tail) => tail,
            Err(error) => {
                self.give_up(&error.to_string(), clock.now());
                return REFUSED_FOR;
            }
        };
        self.begin(book);
        tokio::select! {
            outcome = tail.ended() => {
                let why = outcome.err().map_or_else(|| "It ended by itself.".to_owned(), |error| error.to_string());
                self.give_up(&why, clock.now());
                LOOK_AGAIN
            }
            () = refused.notified() => REFUSED_FOR,
            () = has_grown(fleet, gateway.cluster(), places.leaders.len()) => Duration::ZERO,
        }
    }

    fn begin(&self, book: &Book) {
        let mut state = self.state();
        // What the coordinators told has an order of its own.
        if state.source == Source::Admin {
            book.keep(|_, _| false);
        }
        state.began_anew();
    }

    fn give_up(&self, why: &str, now: DateTime) {
        let mut state = self.state();
        state.source = Source::Admin;
        state.trouble = Some((now, format!("Could not read {OFFSETS_TOPIC}: {why}")));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Every partition, from its present end: what is committed from now on comes behind it.
async fn ends(gateway: &Gateway, places: &Places) -> Vec<(i32, Start)> {
    let led = places.leaders.iter().filter_map(|(partition, leader)| {
        Some(OffsetQuery { topic: OFFSETS_TOPIC, partition: *partition, leader_id: (*leader)? })
    });
    let queries: Vec<_> = led.collect();
    let ends = read::list_offsets(gateway, OffsetSpec::Latest, true, &queries).await;
    let rows = ends.answers.iter().flat_map(|(_, offsets)| &offsets.rows);
    let known: BTreeMap<i32, i64> = rows.filter_map(|row| Some((row.partition, row.offset?))).collect();
    let start = |partition: i32| known.get(&partition).map_or(Start::End, |offset| Start::At(*offset));
    places.leaders.iter().map(|(partition, _)| (*partition, start(*partition))).collect()
}

fn at((partition, start): &(i32, Start)) -> Option<(i32, i64)> {
    match start {
        Start::At(offset) => Some((*partition, *offset)),
        Start::End | Start::Beginning => None,
    }
}

/// Begins with the oldest record in each partition that is not gone on with; gives where each ended then.
fn backfilled(ends: &[(i32, Start)], starts: &mut [(i32, Start)]) -> BTreeMap<i32, i64> {
    let mut old_until = BTreeMap::new();
    for (end, start) in ends.iter().zip(starts) {
        if end == start {
            start.1 = Start::Beginning;
            old_until.extend(at(end));
        }
    }
    old_until
}

/// Waits until the topic has more partitions.
async fn has_grown(fleet: &dyn Fleet, cluster: &str, count: usize) {
    loop {
        tokio::time::sleep(LOOK_AGAIN).await;
        let places = fleet.topics(cluster).and_then(|topics| topics.topic(OFFSETS_TOPIC));
        if places.is_some_and(|places| places.leaders.len() > count) {
            return;
        }
    }
}

/// Takes records in, on the thread that reads.
struct Receiver {
    tap: Arc<Tap>,
    book: Arc<Book>,
    refused: Arc<Notify>,
    clock: Clock,
    now: DateTime,
    positions: BTreeMap<i32, i64>,
    /// What is before it in a partition was written before we began.
    old_until: BTreeMap<i32, i64>,
}

impl Receive for Receiver {
    fn record(&mut self, record: &TailRecord<'_>) {
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
            TailEvent::Backwards { .. } => {
                // What came between may be lost: everything is fetched once more.
                let mut state = self.tap.state();
                if matches!(state.source, Source::Tail { .. }) {
                    state.began_anew();
                }
            }
            TailEvent::End { partition, offset, .. } => {
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
        OffsetsRecord::ClassicGroup(group) if group.protocol_type == "consumer" => assign(book, &group),
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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::capabilities::lag::model::Keeping;

    const NOW: DateTime = DateTime::UNIX_EPOCH;

    fn book() -> Book {
        let keeping = Keeping {
            intervals: 10,
            min_distance_ms: 0,
            expire_group_ms: 60_000,
            drops_early: false,
            most_windows: usize::MAX,
        };
        Book::new(keeping, 1)
    }

    fn commit(book: &Book) {
        let it = Committed {
            group: "pay",
            topic: "orders",
            partition: 0,
            offset: 1,
            order: 1,
            time_ms: 1_000,
            is_old: false,
        };
        book.commit(&it, 1);
    }

    #[test]
    fn every_beginning_has_a_number_of_its_own() {
        let (tap, book) = (Tap::new(Choice::Auto, false), book());
        assert_eq!(tap.source(), Source::Starting);
        for began in 1..4 {
            tap.begin(&book);
            assert_eq!(tap.source(), Source::Tail { began });
            tap.give_up("", NOW);
            assert_eq!(tap.source(), Source::Admin);
        }
    }

    #[test]
    fn what_coordinators_told_is_forgotten_when_commits_are_seen_again() {
        let (tap, book) = (Tap::new(Choice::Auto, false), book());
        commit(&book);
        tap.begin(&book);
        assert!(book.even_silent("pay", |_, _| ()).is_some(), "it was told while the tail began");
        tap.give_up("", NOW);
        tap.begin(&book);
        assert!(book.even_silent("pay", |_, _| ()).is_none());
    }

    #[test]
    fn what_is_in_the_way_is_a_failure_only_where_nothing_else_may_be_asked() {
        let (auto, strict) = (Tap::new(Choice::Auto, false), Tap::new(Choice::OffsetsTopic, false));
        let later = NOW + TimeDelta::days(1);
        for tap in [&auto, &strict] {
            tap.give_up("refused", NOW);
        }
        assert_eq!(auto.failure(NOW), None);
        assert_eq!(strict.failure(later).as_deref(), Some("Could not read __consumer_offsets: refused"));
        strict.begin(&book());
        assert_eq!(strict.failure(later), None, "it is read again");
    }
}
