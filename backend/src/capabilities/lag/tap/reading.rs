//! From where the topic is read, and until when.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{Choice, Positions, Source, Tap, receiver::Receiver};
use crate::{
    capabilities::lag::{
        book::Book,
        collect::OFFSETS_TOPIC,
        model::{Fleet, Places},
        store::Memory,
    },
    kafka::{
        Gateway,
        answers::{OffsetQuery, OffsetSpec},
        read::{self, Start, Tail, Tailed},
    },
    runtime::Clock,
};

/// Time between two attempts to read the offsets topic, where that is refused.
const REFUSED_FOR: Duration = Duration::from_secs(600);
/// Time between two looks for a topic that is not there yet, or has grown.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
impl Tap {
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
        let topics = fleet.first(gateway.cluster()).await;
        let places = topics.as_ref().and_then(|topics| topics.topic(OFFSETS_TOPIC));
        let Some(places) = places else {
            if topics.is_some() {
                // It is not there yet, or hidden. A turn need not wait for what was known.
                self.recalled.cancel();
                self.is_missing(clock.now());
            }
            return LOOK_AGAIN;
        };
        let mut starts = ends(gateway, &places).await;
        // What is there already was committed before anybody looked.
        let old_until: BTreeMap<i32, i64> = starts.iter().filter_map(at).collect();
        if self.source() == Source::Starting && !std::mem::replace(&mut self.state().has_asked, true) {
            let ends = starts.clone();
            memory.recall(book, &mut starts).await;
            self.recalled.cancel();
            if self.backfill {
                backfill(&ends, &mut starts);
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
            has_begun: false,
        };
        let tailed = Tailed { topic: OFFSETS_TOPIC, starts: &starts };
        let mut tail = match Tail::start(gateway, clock.clone(), &[tailed], stop, receiver) {
            Ok(tail) => tail,
            Err(error) => {
                self.give_up(&error.to_string(), clock.now());
                return REFUSED_FOR;
            }
        };
        tokio::select! {
            outcome = tail.ended() => {
                let why = outcome.err().map_or_else(|| "It ended by itself.".to_owned(), |error| error.to_string());
                self.lost(&why, clock.now());
                LOOK_AGAIN
            }
            () = refused.notified() => REFUSED_FOR,
            () = has_grown(fleet, gateway.cluster(), places.leaders.len()) => Duration::ZERO,
        }
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

/// Begins with the oldest record in each partition that is not gone on with.
fn backfill(ends: &[(i32, Start)], starts: &mut [(i32, Start)]) {
    for (end, start) in ends.iter().zip(starts) {
        if end == start {
            start.1 = Start::Beginning;
        }
    }
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
