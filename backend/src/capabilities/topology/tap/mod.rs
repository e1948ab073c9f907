//! What mirrors leave behind on a cluster, read as it is written.
//!
//! One consumer reads all of it: positions, settings and states from the beginning, as Kafka Connect itself does at a
//! start, of heartbeats the last ones. When the topics change, everything is read anew; until that is whole, what was known
//! before stays.

mod receiver;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use receiver::Receiver;
use shared::DateTime;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::model::{ClusterTopics, Fleet, Name, Traces};
use crate::{
    kafka::{
        Gateway,
        answers::{OffsetQuery, OffsetSpec, TopicId},
        mirror_topics::{Kind, MirrorTopic, Separators},
        read::{self, Start, Tail, Tailed},
    },
    runtime::Clock,
};

/// Time between two looks at which topics there are.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// Time before what may not be read is tried again.
const REFUSED_FOR: Duration = Duration::from_secs(600);
/// Heartbeats of a partition that are read of before the start.
const BEATS: i64 = 200;
/// A trouble that did not come again for so long is over.
const OVER_AFTER: Duration = Duration::from_secs(30);
/// What was known before may stand for what is read anew for so long.
const STANDS_IN: TimeDelta = TimeDelta::seconds(60);
/// Topics that are read of one cluster.
const MOST_TOPICS: usize = 2_000;

/// Reads what mirrors leave behind on one cluster.
#[derive(Debug)]
pub struct Tap {
    most_partitions: usize,
    state: Mutex<State>,
    records: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    /// What is known; grows while it is read.
    traces: Arc<Traces>,
    /// What was known before it is read anew.
    before: Option<Arc<Traces>>,
    /// Partitions whose end was not reached yet.
    open: BTreeSet<(Name, i32)>,
    /// Since when it is read; none before it is.
    began: Option<DateTime>,
    /// Whether it is known that there is nothing.
    is_none: bool,
    trouble: Option<(DateTime, String)>,
    /// Topics that may not be read, since when that is known, and how it was said.
    refused: BTreeMap<Name, Refusal>,
}

#[derive(Clone, Debug)]
struct Refusal {
    kind: Kind,
    alias: Option<Name>,
    since: DateTime,
    sentence: String,
}

/// What has been taken in.
#[derive(Clone, Debug)]
pub struct Taken {
    /// What mirrors left.
    pub traces: Arc<Traces>,
    /// Whether all that was there at the start is in it.
    pub is_whole: bool,
    /// What is in the way.
    pub trouble: Option<String>,
    /// Sources of which the positions may not be read, by their alias, and how that was said.
    pub refused: BTreeMap<Name, String>,
}

/// A topic that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Read {
    kind: Kind,
    alias: Option<Name>,
    id: Option<TopicId>,
    leaders: Vec<(i32, Option<i32>)>,
}

impl Tap {
    /// One that has not begun.
    pub fn new(most_partitions: usize) -> Self {
        Self { most_partitions, state: Mutex::default(), records: AtomicU64::new(0) }
    }

    /// What has been taken in.
    pub fn taken(&self, now: DateTime) -> Taken {
        let state = self.state();
        let is_whole = state.is_none || (state.began.is_some() && state.open.is_empty());
        // What was known before stands in for a while.
        let stands_in = state.began.is_some_and(|began| now - began < STANDS_IN);
        let before = state.before.as_ref().filter(|_| !is_whole && stands_in);
        let is_whole = is_whole || before.is_some();
        let traces = before.unwrap_or(&state.traces).clone();
        let is_young = |since: DateTime| (now - since).to_std().is_ok_and(|age| age < OVER_AFTER);
        let passing =
            state.trouble.as_ref().filter(|(since, _)| is_young(*since)).map(|(_, sentence)| sentence);
        // Without positions nobody knows how far a mirror is; the rest only makes it surer.
        let positions = state.refused.values().filter(|it| it.kind == Kind::Offsets);
        let refused = positions.filter_map(|it| Some((it.alias.clone()?, it.sentence.clone()))).collect();
        Taken { traces, is_whole, trouble: passing.cloned(), refused }
    }

    /// Records that were read.
    pub fn records(&self) -> u64 {
        self.records.load(Ordering::Relaxed)
    }

    /// Reads until it is told to stop.
    pub async fn run(
        self: Arc<Self>,
        gateway: Gateway,
        fleet: Arc<dyn Fleet>,
        clock: Clock,
        stop: CancellationToken,
    ) {
        let reading = async {
            loop {
                let wait = self.read(&gateway, &*fleet, &clock, &stop).await;
                tokio::time::sleep(wait).await;
            }
        };
        stop.run_until_cancelled(reading).await;
    }

    /// Reads until that is refused or the topics change; gives how long to wait then.
    async fn read(
        self: &Arc<Self>,
        gateway: &Gateway,
        fleet: &dyn Fleet,
        clock: &Clock,
        stop: &CancellationToken,
    ) -> Duration {
        let Some(topics) = fleet.first(gateway.cluster()).await else { return LOOK_AGAIN };
        let mut wanted = self.wanted(&*topics);
        if wanted.is_empty() {
            *self.state() = State { is_none: true, ..State::default() };
            return LOOK_AGAIN;
        }
        let refused = self.refused(clock.now());
        wanted.retain(|name, _| !refused.contains(name));
        if wanted.is_empty() {
            // What was known stays known, and nobody knows what it is now.
            let mut state = self.state();
            let why = state.refused.values().next().map(|it| it.sentence.clone());
            (state.began, state.trouble) = (None, why.map(|why| (clock.now(), why)));
            return LOOK_AGAIN;
        }
        let starts = starts(gateway, &wanted).await;
        let tailed: Vec<Tailed<'_>> = starts
            .iter()
            .map(|(topic, starts)| Tailed { topic, starts })
            .filter(|it| !it.starts.is_empty())
            .collect();
        self.begin(&starts, clock.now());
        let stopped = Arc::new(Notify::new());
        let receiver = Receiver::new(self.clone(), kinds(&wanted), clock.clone(), stopped.clone());
        let mut tail = match Tail::start(gateway, clock.clone(), &tailed, stop, receiver) {
            Ok(tail) => tail,
            Err(error) => {
                self.in_the_way(error.to_string(), clock.now());
                return LOOK_AGAIN;
            }
        };
        tokio::select! {
            outcome = tail.ended() => {
                let why = outcome.err().map_or_else(|| "It ended by itself.".to_owned(), |error| error.to_string());
                self.in_the_way(why, clock.now());
                LOOK_AGAIN
            }
            () = stopped.notified() => Duration::ZERO,
            () = self.has_changed(fleet, gateway.cluster(), (&wanted, &refused), clock) => Duration::ZERO,
        }
    }

    /// The topics of mirrors that there are.
    fn wanted(&self, topics: &dyn ClusterTopics) -> BTreeMap<Name, Read> {
        let told = self.separators();
        let mut separators = vec![Separators::default()];
        separators
            .extend(told.iter().map(|(separator, internal)| Separators::of_policy(separator, *internal)));
        let mut found: BTreeMap<Name, (Kind, Option<Name>)> = BTreeMap::new();
        topics.each_topic(&mut |name| {
            let known = separators.iter().find_map(|separators| MirrorTopic::named(name, *separators));
            if let Some(topic) = known.filter(|_| found.len() < MOST_TOPICS) {
                found.insert(name.into(), (topic.kind, topic.alias.map(Name::from)));
            }
        });
        let placed = found.into_iter().filter_map(|(name, (kind, alias))| {
            let places = topics.topic(&name)?;
            Some((name, Read { kind, alias, id: places.topic_id, leaders: places.leaders }))
        });
        placed.collect()
    }

    /// What stands between the parts of names, as the settings of mirrors here tell.
    fn separators(&self) -> BTreeSet<(String, bool)> {
        let taken = self.state().traces.clone();
        let settings = taken.connectors.values().filter_map(|it| it.settings.as_ref());
        let told = settings.filter_map(|it| Some((it.separator.clone()?, it.separates_internal)));
        told.filter(|(separator, _)| separator != "." && !separator.is_empty()).collect()
    }

    fn begin(&self, starts: &BTreeMap<Name, Vec<(i32, Start)>>, now: DateTime) {
        let mut state = self.state();
        let was_whole = state.began.is_some() && state.open.is_empty();
        let before = if was_whole { Some(state.traces.clone()) } else { state.before.clone() };
        *state = State {
            traces: Arc::new(Traces::new(self.most_partitions)),
            before: before.filter(|before| !before.is_empty()),
            open: starts
                .iter()
                .flat_map(|(topic, starts)| starts.iter().map(|(partition, _)| (topic.clone(), *partition)))
                .collect(),
            began: Some(now),
            is_none: false,
            trouble: state.trouble.take(),
            refused: std::mem::take(&mut state.refused),
        };
    }

    fn in_the_way(&self, why: String, now: DateTime) {
        self.state().trouble = Some((now, why));
    }

    /// Topics that may not be read; after a while each is tried again.
    fn refused(&self, now: DateTime) -> BTreeSet<Name> {
        let mut state = self.state();
        state.refused.retain(|_, it| (now - it.since).to_std().is_ok_and(|age| age < REFUSED_FOR));
        state.refused.keys().cloned().collect()
    }

    /// Waits until topics came, went or are others.
    async fn has_changed(
        &self,
        fleet: &dyn Fleet,
        cluster: &str,
        (wanted, refused): (&BTreeMap<Name, Read>, &BTreeSet<Name>),
        clock: &Clock,
    ) {
        let mut revision = 0;
        loop {
            tokio::time::sleep(LOOK_AGAIN).await;
            if self.refused(clock.now()) != *refused {
                return;
            }
            let Some(topics) = fleet.cluster(cluster) else { continue };
            let told_separators = self.separators().len() as u64;
            let seen = topics.revision().wrapping_add(told_separators);
            if std::mem::replace(&mut revision, seen) == seen {
                continue;
            }
            let mut now = self.wanted(&*topics);
            now.retain(|name, _| !refused.contains(name));
            let is_same = now.len() == wanted.len()
                && now.iter().zip(wanted).all(|((name, read), (before, was))| {
                    // Where it is led librdkafka finds out by itself; a partition without a leader was left out.
                    let pairs = was.leaders.iter().zip(&read.leaders);
                    let is_led_again = pairs.into_iter().any(|(was, now)| was.1.is_none() && now.1.is_some());
                    (name, read.id, read.leaders.len()) == (before, was.id, was.leaders.len())
                        && !is_led_again
                });
            if !is_same {
                return;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn kinds(wanted: &BTreeMap<Name, Read>) -> HashMap<Name, (Kind, Option<Name>)> {
    wanted.iter().map(|(name, read)| (name.clone(), (read.kind, read.alias.clone()))).collect()
}

/// From the beginning, but of heartbeats only the last ones.
async fn starts(gateway: &Gateway, wanted: &BTreeMap<Name, Read>) -> BTreeMap<Name, Vec<(i32, Start)>> {
    let beats = wanted.iter().filter(|(_, read)| read.kind == Kind::Heartbeats);
    let queries: Vec<OffsetQuery<'_>> = beats
        .flat_map(|(topic, read)| {
            read.leaders.iter().filter_map(move |(partition, leader)| {
                Some(OffsetQuery { topic, partition: *partition, leader_id: (*leader)? })
            })
        })
        .collect();
    let ends = read::list_offsets(gateway, OffsetSpec::Latest, true, &queries).await;
    let rows =
        ends.answers.iter().flat_map(|(_, offsets)| offsets.rows.iter().map(move |row| (offsets, row)));
    let known: HashMap<(&str, i32), i64> =
        rows.filter_map(|(offsets, row)| Some(((offsets.topic(row), row.partition), row.offset?))).collect();
    let start = |topic: &Name, read: &Read, partition: i32| match known.get(&(&**topic, partition)) {
        Some(end) => Start::At((end - BEATS).max(0)),
        None if read.kind == Kind::Heartbeats => Start::End,
        None => Start::Beginning,
    };
    let of = |(topic, read): (&Name, &Read)| {
        let led = read.leaders.iter().filter(|(_, leader)| leader.is_some());
        let starts = led.map(|(partition, _)| (*partition, start(topic, read, *partition)));
        (topic.clone(), starts.collect())
    };
    wanted.iter().map(of).collect()
}
