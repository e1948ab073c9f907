//! The event table: what happened, in memory, bounded, newest last; the timeline is read from it.
//!
//! It knows since when it holds everything, and numbers what is recorded, so that somebody else can keep it for longer
//! and give back what was kept before the process started.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::Duration;
use shared::{
    DateTime,
    event::{Event, Subject},
    verdict::Severity,
};

use super::{event_place::EventPlace, notices::Notices};

/// Events kept of each cluster, so that a restless one cannot push out its neighbours'.
pub const KEPT_PER_CLUSTER: usize = 2_000;

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
    /// That happened to a consumer group.
    pub group: Option<String>,
    /// That happened to a flow.
    pub flow: Option<String>,
}

impl EventFilter {
    /// Whether it is one of these.
    pub fn lets_through(&self, event: &Event) -> bool {
        self.from.is_none_or(|from| event.time >= from)
            && self.to.is_none_or(|to| event.time < to)
            && self.noun.as_ref().is_none_or(|noun| event.noun == *noun)
            && self.kind.as_ref().is_none_or(|kind| event.kind == *kind)
            && self.severity.is_none_or(|least| event.severity >= least)
            && self.topic.as_ref().is_none_or(|topic| touches_topic(event, topic))
            && self.broker_id.is_none_or(|id| event.subject == Subject::Broker { broker_id: id })
            && self.group.as_ref().is_none_or(|group| happened_to_group(event, group))
            && self.flow.as_ref().is_none_or(|flow| happened_to_flow(event, flow))
    }
}

fn happened_to_group(event: &Event, asked: &str) -> bool {
    matches!(&event.subject, Subject::Group { group } if group == asked)
}

fn happened_to_flow(event: &Event, asked: &str) -> bool {
    matches!(&event.subject, Subject::Flow { flow, .. } if flow == asked)
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

/// An event that the table holds.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its place among all events.
    pub place: EventPlace,
    /// What happened.
    pub event: Arc<Event>,
    /// The how manieth it is that was recorded of its cluster; none where it was given back.
    number: Option<u64>,
}

/// The events of one cluster, the oldest first, with how many there were.
#[derive(Debug, Default)]
struct Kept {
    rows: VecDeque<Held>,
    recorded: u64,
    given_back: u64,
    dropped: u64,
    /// Since when all are here; none for since the start.
    since: Option<DateTime>,
}

impl Kept {
    fn add(&mut self, event: Event) {
        self.recorded += 1;
        let place = EventPlace::of(&event);
        self.rows.push_back(Held { place, event: Arc::new(event), number: Some(self.recorded) });
        self.drop_oldest();
    }

    fn give_back(&mut self, events: Vec<(EventPlace, Arc<Event>)>, since: DateTime) {
        let held: HashSet<String> = self.rows.iter().map(|row| row.place.key().to_owned()).collect();
        let fresh = events.into_iter().filter(|(place, _)| !held.contains(place.key()));
        let before = self.rows.len();
        self.rows.extend(fresh.map(|(place, event)| Held { place, event, number: None }));
        self.given_back += (self.rows.len() - before) as u64;
        self.rows.make_contiguous().sort_by(|one, other| one.place.cmp(&other.place));
        self.since = Some(since);
        self.drop_oldest();
    }

    fn drop_oldest(&mut self) {
        while self.rows.len() > KEPT_PER_CLUSTER {
            let Some(row) = self.rows.pop_front() else { return };
            self.dropped += u64::from(row.number.is_some());
            let since = row.place.time() + Duration::milliseconds(1);
            self.since = Some(self.since.map_or(since, |before| before.max(since)));
        }
    }
}

/// What was recorded of one cluster and not yet taken.
#[derive(Debug, Default)]
pub struct Recorded {
    /// The events, in the order in which they were recorded.
    pub events: Vec<Arc<Event>>,
    /// How many were recorded, these included.
    pub until: u64,
    /// How many are not here any more: there was no room.
    pub lost: u64,
}

/// The table of events of all clusters and the fleet.
#[derive(Debug)]
pub struct Timeline {
    clusters: Mutex<HashMap<Option<String>, Kept>>,
    started: DateTime,
    notices: Arc<Notices>,
}

impl Timeline {
    pub(super) fn new(notices: Arc<Notices>, started: DateTime) -> Self {
        Self { clusters: Mutex::default(), started, notices }
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

    /// Adds what was kept of a cluster before, which is everything that happened since then.
    pub fn give_back(&self, cluster: Option<&str>, events: Vec<(EventPlace, Arc<Event>)>, since: DateTime) {
        let cluster = cluster.map(String::from);
        self.clusters().entry(cluster).or_default().give_back(events, since);
        self.notices.moved();
    }

    /// What was recorded of a cluster after the first so many.
    pub fn recorded_after(&self, cluster: Option<&str>, count: u64) -> Recorded {
        let clusters = self.clusters();
        let Some(kept) = clusters.get(&cluster.map(String::from)) else { return Recorded::default() };
        let numbered =
            kept.rows.iter().filter_map(|row| Some((row.number.filter(|it| *it > count)?, &row.event)));
        let mut events: Vec<(u64, Arc<Event>)> =
            numbered.map(|(number, event)| (number, event.clone())).collect();
        events.sort_by_key(|(number, _)| *number);
        Recorded {
            until: kept.recorded,
            lost: (kept.recorded - count.min(kept.recorded)).saturating_sub(events.len() as u64),
            events: events.into_iter().map(|(_, event)| event).collect(),
        }
    }

    /// Since when it holds everything that happened on these, `None` being the fleet.
    pub fn complete_since<'a>(&self, of: impl IntoIterator<Item = Option<&'a str>>) -> DateTime {
        let clusters = self.clusters();
        let since = |cluster: Option<&str>| {
            clusters.get(&cluster.map(String::from)).and_then(|kept| kept.since).unwrap_or(self.started)
        };
        of.into_iter().map(since).max().unwrap_or(self.started)
    }

    /// Newest first: the events that are asked for, of those that `sees` lets through.
    pub fn newest(&self, filter: &EventFilter, sees: impl Fn(&Event) -> bool) -> Vec<Held> {
        let mut found: Vec<Held> = self
            .clusters()
            .iter()
            .filter(|(cluster, _)| filter.cluster.is_none() || filter.cluster == **cluster)
            .flat_map(|(_, kept)| kept.rows.iter())
            .filter(|row| filter.lets_through(&row.event) && sees(&row.event))
            .cloned()
            .collect();
        found.sort_by(|one, other| other.place.cmp(&one.place));
        found
    }

    /// How much it holds of the clusters that `sees` lets through, `None` being the fleet.
    pub fn tally(&self, sees: impl Fn(Option<&str>) -> bool) -> Tally {
        let clusters = self.clusters();
        let seen = clusters.iter().filter(|(cluster, _)| sees(cluster.as_deref()));
        seen.fold(Tally::default(), |all, (_, kept)| Tally {
            revision: all.revision + kept.recorded + kept.given_back,
            newest: all.newest.max(kept.rows.back().map(|row| row.event.time)),
            held: all.held + kept.rows.len() as u64,
            dropped: all.dropped + kept.dropped,
        })
    }

    fn clusters(&self) -> MutexGuard<'_, HashMap<Option<String>, Kept>> {
        self.clusters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
