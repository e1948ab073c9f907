//! The event table: what happened, in memory, bounded, newest last; the timeline is read from it.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
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
    /// Of one cluster.
    pub cluster: Option<String>,
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

/// How much the timeline holds of some clusters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Moves with every event.
    pub revision: u64,
    /// When the newest was seen.
    pub newest: Option<DateTime>,
    /// Events held.
    pub held: u64,
    /// Events dropped because the table is bounded.
    pub dropped: u64,
}

/// The events of one cluster, the oldest first, with how many there were.
#[derive(Debug, Default)]
struct Kept {
    rows: VecDeque<Arc<Event>>,
    recorded: u64,
}

impl Kept {
    fn add(&mut self, event: Event) {
        self.rows.push_back(Arc::new(event));
        self.recorded += 1;
        if self.rows.len() > KEPT_PER_CLUSTER {
            self.rows.pop_front();
        }
    }
}

/// The table of events of all clusters and the fleet.
#[derive(Debug)]
pub struct Timeline {
    clusters: Mutex<HashMap<Option<String>, Kept>>,
    notices: Arc<Notices>,
}

impl Timeline {
    pub(super) fn new(notices: Arc<Notices>) -> Self {
        Self { clusters: Mutex::default(), notices }
    }

    /// Adds what happened.
    pub fn record(&self, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        let mut clusters = self.clusters();
        for event in events {
            clusters.entry(event.cluster.clone()).or_default().add(event);
        }
        drop(clusters);
        self.notices.moved();
    }

    /// Newest first: the events that are asked for, of those that `sees` lets through.
    pub fn newest(&self, filter: &EventFilter, sees: impl Fn(&Event) -> bool) -> Vec<Arc<Event>> {
        let mut found: Vec<Arc<Event>> = self
            .clusters()
            .iter()
            .filter(|(cluster, _)| filter.cluster.is_none() || filter.cluster == **cluster)
            .flat_map(|(_, kept)| kept.rows.iter().rev())
            .filter(|event| filter.lets_through(event) && sees(event))
            .cloned()
            .collect();
        found.sort_by_key(|event| std::cmp::Reverse(event.time));
        found
    }

    /// How much it holds of the clusters that `sees` lets through, `None` being the fleet.
    pub fn tally(&self, sees: impl Fn(Option<&str>) -> bool) -> Tally {
        let clusters = self.clusters();
        let seen = clusters.iter().filter(|(cluster, _)| sees(cluster.as_deref()));
        seen.fold(Tally::default(), |all, (_, kept)| Tally {
            revision: all.revision + kept.recorded,
            newest: all.newest.max(kept.rows.back().map(|event| event.time)),
            held: all.held + kept.rows.len() as u64,
            dropped: all.dropped + kept.recorded - kept.rows.len() as u64,
        })
    }

    fn clusters(&self) -> MutexGuard<'_, HashMap<Option<String>, Kept>> {
        self.clusters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
