//! The event table: what happened, in memory, bounded, newest last; the timeline is read from it.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use shared::{
    DateTime,
    event::{Event, Subject},
    verdict::Severity,
};

use super::notices::Notices;

/// Events kept of each cluster, so that a restless one cannot push out its neighbours'.
const KEPT_PER_CLUSTER: usize = 2_000;

/// Which events are asked for; an absent filter lets all through.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Not before.
    pub from: Option<DateTime>,
    /// Before.
    pub to: Option<DateTime>,
    /// Of one capability.
    pub noun: Option<String>,
    /// Of one kind.
    pub kind: Option<String>,
    /// At least this bad.
    pub severity: Option<Severity>,
    /// That touch a topic.
    pub topic: Option<String>,
    /// That touch a broker.
    pub broker_id: Option<i32>,
}

impl EventFilter {
    fn lets_through(&self, event: &Event) -> bool {
        self.from.is_none_or(|from| event.time >= from)
            && self.to.is_none_or(|to| event.time < to)
            && self.noun.as_ref().is_none_or(|noun| event.noun == *noun)
            && self.kind.as_ref().is_none_or(|kind| event.kind == *kind)
            && self.severity.is_none_or(|least| event.severity >= least)
            && self.topic.as_ref().is_none_or(|topic| touches_topic(event, topic))
            && self.broker_id.is_none_or(|id| event.subject == Subject::Broker { broker_id: id })
    }
}

fn touches_topic(event: &Event, topic: &str) -> bool {
    matches!(&event.subject, Subject::Topic { name } if name == topic)
        || event.topics.iter().any(|touched| touched == topic)
}

/// The table of events of all clusters and the fleet.
#[derive(Debug)]
pub struct Timeline {
    rows: Mutex<HashMap<Option<String>, VecDeque<Arc<Event>>>>,
    revision: AtomicU64,
    dropped: AtomicU64,
    notices: Arc<Notices>,
}

impl Timeline {
    pub(super) fn new(notices: Arc<Notices>) -> Self {
        Self { rows: Mutex::default(), revision: AtomicU64::new(0), dropped: AtomicU64::new(0), notices }
    }

    /// Adds what happened.
    pub fn record(&self, events: Vec<Event>) {
        let Some(newest) = events.last().map(|event| event.time) else { return };
        let mut rows = self.rows();
        for event in events {
            let kept = rows.entry(event.cluster.clone()).or_default();
            kept.push_back(Arc::new(event));
            if kept.len() > KEPT_PER_CLUSTER {
                kept.pop_front();
                self.dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
        drop(rows);
        let revision = self.revision.fetch_add(1, Ordering::Relaxed) + 1;
        self.notices.timeline_moved(revision, newest);
    }

    /// Newest first: the events of the clusters that `sees` lets through, `None` being the fleet.
    pub fn newest(&self, filter: &EventFilter, sees: impl Fn(Option<&str>) -> bool) -> Vec<Arc<Event>> {
        let mut found: Vec<Arc<Event>> = self
            .rows()
            .iter()
            .filter(|(cluster, _)| sees(cluster.as_deref()))
            .flat_map(|(_, kept)| kept.iter().rev())
            .filter(|event| filter.lets_through(event))
            .cloned()
            .collect();
        found.sort_by_key(|event| std::cmp::Reverse(event.time));
        found
    }

    /// Moves with every event.
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Relaxed)
    }

    /// Events held, and events dropped because the table is bounded.
    pub fn counts(&self) -> (u64, u64) {
        let held = self.rows().values().map(|kept| kept.len() as u64).sum();
        (held, self.dropped.load(Ordering::Relaxed))
    }

    fn rows(&self) -> MutexGuard<'_, HashMap<Option<String>, VecDeque<Arc<Event>>>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
