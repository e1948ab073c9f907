//! The offsets topic, read as it is written: every commit of every group, and who is in it.

mod reading;
mod receiver;

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

pub use receiver::{Counts, take};
use shared::DateTime;
use tokio_util::sync::CancellationToken;

use super::{book::Book, collect::OFFSETS_TOPIC};

/// A trouble that did not come again for so long is over.
const OVER_AFTER: Duration = Duration::from_secs(30);

/// An offsets topic that is not to be found for so long is not just late.
const HIDDEN_AFTER: Duration = Duration::from_secs(60);

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
    /// Cancelled once what was known before the start has been taken over, or cannot be.
    recalled: CancellationToken,
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
    /// Since when the topic is not to be found.
    missing: Option<DateTime>,
    /// Whether what was known before the start was asked for.
    has_asked: bool,
}

impl State {
    fn began_anew(&mut self) {
        self.began += 1;
        self.source = Source::Tail { began: self.began };
    }
}

impl Tap {
    /// One that has not begun.
    pub fn new(choice: Choice, backfill: bool) -> Self {
        let source = if choice == Choice::Admin { Source::Admin } else { Source::Starting };
        let state = Mutex::new(State { source, began: 0, trouble: None, missing: None, has_asked: false });
        let (counts, positions) = (Counts::default(), Mutex::default());
        let recalled = CancellationToken::new();
        if choice == Choice::Admin {
            recalled.cancel();
        }
        Self { choice, state, counts, backfill, positions, recalled }
    }

    /// Waits until what was known before the start has been taken over.
    pub async fn recalled(&self, patience: Duration) {
        // A turn that comes before knows less, and says so.
        drop(tokio::time::timeout(patience, self.recalled.cancelled()).await);
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

    /// The offsets topic cannot be found. After a while it is hidden, or nobody has committed yet: the coordinators are asked.
    fn is_missing(&self, now: DateTime) {
        let mut state = self.state();
        let since = *state.missing.get_or_insert(now);
        let is_long = (now - since).to_std().is_ok_and(|age| age >= HIDDEN_AFTER);
        if is_long && state.source == Source::Starting {
            state.source = Source::Admin;
        }
    }

    /// The reading ended, and begins again in a moment: what was read is kept.
    fn lost(&self, why: &str, now: DateTime) {
        let mut state = self.state();
        if matches!(state.source, Source::Tail { .. }) {
            state.source = Source::Starting;
        }
        state.trouble = Some((now, format!("Could not read {OFFSETS_TOPIC}: {why}")));
    }

    /// The topic can be read, as its first record or its end has shown.
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
        self.recalled.cancel();
        state.source = Source::Admin;
        state.trouble = Some((now, format!("Could not read {OFFSETS_TOPIC}: {why}")));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::capabilities::lag::{book::Committed, model::Keeping};

    const NOW: DateTime = DateTime::UNIX_EPOCH;

    fn book() -> Book {
        Book::new(Keeping::OF_TESTS, 1)
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
    fn a_reading_that_ends_forgets_nothing_and_a_topic_that_is_hidden_is_asked_for_elsewhere() {
        let (tap, book) = (Tap::new(Choice::Auto, false), book());
        tap.begin(&book);
        commit(&book);
        tap.lost("it ended", NOW);
        tap.begin(&book);
        assert_eq!(tap.source(), Source::Tail { began: 2 });
        assert!(book.even_silent("pay", |_, _| ()).is_some());
        tap.is_missing(NOW);
        tap.is_missing(NOW + TimeDelta::minutes(1));
        assert_eq!(tap.source(), Source::Tail { began: 2 }, "it is read");
        let hidden = Tap::new(Choice::Auto, false);
        hidden.is_missing(NOW);
        assert_eq!(hidden.source(), Source::Starting, "it may come in a moment");
        hidden.is_missing(NOW + TimeDelta::minutes(1));
        assert_eq!((hidden.source(), hidden.failure(NOW)), (Source::Admin, None));
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
