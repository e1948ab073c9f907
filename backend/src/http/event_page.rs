//! A page of the timeline: from memory as far as that holds everything, behind it from the database.
//!
//! Whoever only asks what is newest never waits for the database.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use shared::{DateTime, event::Event};

use super::{problem::Fault, state::Process};
use crate::{
    access::Scope,
    db::AskedEvents,
    runtime::{EventFilter, EventPlace, Held},
};

/// Which page is asked for.
#[derive(Debug)]
pub struct EventQuery {
    /// Of which events.
    pub filter: EventFilter,
    /// Behind which one; none for the newest.
    pub behind: Option<EventPlace>,
    /// So many rows.
    pub limit: usize,
}

/// The page.
#[derive(Debug, Default)]
pub struct EventPage {
    /// Its rows, newest first.
    pub events: Vec<Arc<Event>>,
    /// Behind which one the next page begins; none where there is nothing more.
    pub next: Option<EventPlace>,
    /// How many there are in all, where that is known.
    pub total: Option<u64>,
}

impl EventPage {
    /// Tells its rows from others.
    pub fn tag(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for event in &self.events {
            (event.time.timestamp_millis(), &event.kind, &event.cluster, &event.sentence).hash(&mut hasher);
        }
        hasher.finish()
    }
}

impl EventQuery {
    /// The page, of the events that `sees` lets through.
    pub async fn page(
        &self,
        process: &Process,
        scope: &Scope,
        sees: impl Fn(&Event) -> bool,
    ) -> Result<EventPage, Fault> {
        let clusters = self.clusters(process, scope);
        let of_fleet = self.filter.cluster.is_none() && scope.sees_fleet() && scope.sees_whole_clusters();
        let fleet = of_fleet.then_some(None);
        let timeline = process.runtime.timeline();
        let since = timeline.complete_since(clusters.iter().map(|name| Some(name.as_str())).chain(fleet));
        let held = timeline.newest(&self.filter, &sees);
        if !process.database.is_kept() || self.filter.from.is_some_and(|from| from >= since) {
            return Ok(self.of_memory(held));
        }
        let (whole, rest): (Vec<Held>, Vec<Held>) = held.into_iter().partition(|it| it.place.time() >= since);
        let mut page = self.cut(whole);
        if page.next.is_some() {
            return Ok(page);
        }
        if self.asks_for_the_newest() {
            return Ok(newest(page, rest, since, self.limit));
        }
        let past = self.filter_before(since);
        let behind = self.behind.clone().filter(|place| place.time() < since);
        let asked = AskedEvents {
            clusters: &clusters,
            of_fleet,
            filter: &past,
            behind,
            most: self.limit.saturating_sub(page.events.len()),
        };
        let found =
            process.database.read_events(&asked, sees).await.map_err(|error| Fault::no_history(&error))?;
        page.events.extend(found.events.into_iter().map(|(_, event)| event));
        page.next = found.next;
        Ok(page)
    }

    /// The clusters that are asked for and may be seen.
    fn clusters(&self, process: &Process, scope: &Scope) -> Vec<String> {
        let asked = |name: &&String| self.filter.cluster.as_ref().is_none_or(|cluster| cluster == *name);
        let all = process.clusters.iter().filter(asked);
        all.filter(|name| scope.sees_cluster(name)).cloned().collect()
    }

    fn asks_for_the_newest(&self) -> bool {
        self.behind.is_none() && self.filter.from.is_none() && self.filter.to.is_none()
    }

    fn filter_before(&self, since: DateTime) -> EventFilter {
        let to = self.filter.to.map_or(since, |to| to.min(since));
        EventFilter { to: Some(to), ..self.filter.clone() }
    }

    fn of_memory(&self, held: Vec<Held>) -> EventPage {
        let total = held.len() as u64;
        EventPage { total: Some(total), ..self.cut(held) }
    }

    /// The rows behind the cursor, and where to go on if there are more.
    fn cut(&self, held: Vec<Held>) -> EventPage {
        let behind = |it: &Held| self.behind.as_ref().is_none_or(|place| it.place < *place);
        let mut rows: Vec<Held> = held.into_iter().filter(behind).take(self.limit + 1).collect();
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next = rows.last().filter(|_| more).map(|last| last.place.clone());
        EventPage { events: rows.into_iter().map(|it| it.event).collect(), next, total: None }
    }
}

/// What is newest, without the database. Where a restless cluster has pushed out its older ones, what is held of the
/// others before that stands in only if there is nothing else; older ones are behind the cursor.
fn newest(mut page: EventPage, rest: Vec<Held>, since: DateTime, limit: usize) -> EventPage {
    if since > DateTime::MIN_UTC {
        page.next = Some(EventPlace::new(since, String::new()));
    }
    if page.events.is_empty() {
        page.events = rest.into_iter().take(limit).map(|it| it.event).collect();
    }
    page
}
