//! Which consumer groups fall behind, since when, and will they catch up?
//!
//! Every commit of every group is read as it is made ([`tap`]), or asked of the coordinators where that may not be. The last
//! ones of each partition are kept ([`book`]) and held against the ends of the logs ([`collect`]), by the rules of Burrow
//! ([`evaluate`]) for what was built on its answers. Prometheus is told of it by [`exposition`]. [`replay`] runs the same
//! over recorded lines.

pub mod book;
mod collect;
pub mod evaluate;
pub mod exposition;
mod http;
pub mod model;
mod past;
pub mod query;
pub mod replay;
mod store;
mod tap;

use std::{
    sync::{Arc, Mutex, atomic::Ordering},
    time::Duration,
};

use book::Book;
pub use collect::GroupsSample;
use collect::{GroupsCycle, Holding, Ids, MembersCycle, Peeks};
use model::{Fleet, GroupsSnapshot, Keeping, MembersSnapshot, Policy, Tolerated};
use past::{COLUMNS, Past};
use query::Known;
use shared::{
    DateTime,
    lag::{NOUN, part},
    meta::Reading,
    search::Hit,
};
use store::Memory;
use tap::Tap;
pub use tap::{Choice, Counts, take};

use super::Capability;
use crate::{
    access::Scope,
    db::{Database, Minutes},
    http::{Amount, Family, Measured, Search, Sought},
    kafka::Gateway,
    runtime::{Cell, Clock, Rhythm, Runtime, Stamped},
};

/// Parts of a book: a page waits for one of them.
const PARTS: usize = 64;
/// A look at a log end is good for so long at least.
const OLD_AFTER: Duration = Duration::from_secs(30);

/// What lag is built from.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Time between two looks at groups and log ends.
    pub period: Duration,
    /// Time between two looks at who is in the groups.
    pub members_period: Duration,
    /// Whether what was committed before the start is read too.
    pub backfill: bool,
    /// How commits are kept.
    pub keeping: Keeping,
    /// What Burrow's rules tolerate.
    pub tolerated: Tolerated,
    /// How long the past is held in memory.
    pub held: Duration,
    /// What ours tolerate.
    pub policy: Policy,
}

impl Settings {
    /// A look at a log end is too old after so long, in ms.
    fn old_after_ms(&self) -> i64 {
        i64::try_from((3 * self.period).max(OLD_AFTER).as_millis()).unwrap_or(i64::MAX)
    }
}

/// A cluster, and where its committed offsets come from.
#[derive(Debug)]
pub struct Watched {
    /// Speaks to it, under its name.
    pub gateway: Gateway,
    /// Its bootstrap servers.
    pub bootstrap: Vec<String>,
    /// Where they come from.
    pub choice: Choice,
}

/// The newest of all clusters, for queries.
#[derive(Clone)]
pub struct Lag {
    parts: Arc<[Parts]>,
    settings: Settings,
    clock: Clock,
    fleet: Arc<dyn Fleet>,
    /// What scrapers were told lately.
    kept: Arc<exposition::Kept>,
}

struct Parts {
    gateway: Gateway,
    bootstrap: Vec<String>,
    book: Arc<Book>,
    tap: Arc<Tap>,
    groups: Cell<GroupsSnapshot>,
    members: Cell<MembersSnapshot>,
    past: Arc<Past>,
    minutes: Arc<Minutes<COLUMNS>>,
}

/// The newest of a cluster's groups, and how they were read.
pub struct NewestGroups {
    snapshot: Arc<Stamped<GroupsSnapshot>>,
    reading: Reading,
}

impl NewestGroups {
    /// What is known.
    pub fn snapshot(&self) -> &Stamped<GroupsSnapshot> {
        &self.snapshot
    }

    /// How it was read.
    pub fn reading(&self) -> &Reading {
        &self.reading
    }
}

/// Registers lag: its cycles turn from now on.
pub fn register(
    runtime: &Runtime,
    settings: Settings,
    database: &Database,
    watched: Vec<Watched>,
    fleet: &Arc<dyn Fleet>,
) -> Lag {
    let clock = runtime.clock();
    let parts = watched.into_iter().map(|Watched { gateway, bootstrap, choice }| {
        let name = gateway.cluster().to_owned();
        let book = Arc::new(Book::new(settings.keeping, PARTS));
        let memory = Arc::new(Memory::new(name.clone(), database.clone(), clock.clone()));
        let past = Arc::new(Past::new(settings.held));
        let minutes = Arc::new(Minutes::new(name.clone(), NOUN, database.clone(), clock.clone()));
        let tap = Arc::new(Tap::new(choice, settings.backfill));
        let parts = Parts {
            groups: runtime.cell(NOUN, Some(&name), part::GROUPS, Rhythm::every(settings.period)),
            members: runtime.cell(NOUN, Some(&name), part::MEMBERS, Rhythm::every(settings.members_period)),
            gateway: gateway.clone(),
            bootstrap,
            book: book.clone(),
            tap: tap.clone(),
            past: past.clone(),
            minutes: minutes.clone(),
        };
        let cycle = GroupsCycle {
            gateway: gateway.clone(),
            fleet: fleet.clone(),
            book: book.clone(),
            tap: tap.clone(),
            clock: clock.clone(),
            ids: Ids::default(),
            holding: Holding::default(),
            fetched: Mutex::default(),
            memory: memory.clone(),
            past,
            minutes,
            policy: settings.policy,
            peeks: Peeks::default(),
            old_after_ms: settings.old_after_ms(),
        };
        let stop = runtime.shutdown().clone();
        runtime.spawn(tap.run(
            gateway.clone(),
            fleet.clone(),
            book.clone(),
            memory.clone(),
            clock.clone(),
            stop,
        ));
        runtime.drive(cycle, parts.groups.clone());
        runtime.drive(MembersCycle { gateway, book }, parts.members.clone());
        parts
    });
    Lag { parts: parts.collect(), settings, clock: clock.clone(), fleet: fleet.clone(), kept: Arc::default() }
}

impl Lag {
    /// What lag adds to the whole: its routes, where search looks, and what `/metrics` tells of it.
    pub fn capability(&self) -> Capability {
        let measured = Some(Arc::new(self.clone()) as Arc<dyn Measured>);
        let search = Some(Arc::new(self.clone()) as Arc<dyn Search>);
        Capability { routes: http::routes(self.clone()), search, measured }
    }

    /// The newest of a cluster's groups; none when they were never read.
    pub fn newest(&self, cluster: &str) -> Option<NewestGroups> {
        let parts = self.parts.iter().find(|parts| parts.gateway.cluster() == cluster)?;
        Some(NewestGroups { snapshot: parts.groups.newest()?, reading: parts.groups.state().reading() })
    }

    fn now(&self) -> DateTime {
        self.clock.now()
    }

    /// The shortest step of a history in seconds: a turn, or the time in which there is a sample whatever happens.
    fn shortest_step(&self) -> u64 {
        self.settings.period.max(past::SLOT).as_secs_f64().ceil() as u64
    }

    /// What is held and kept of a cluster's groups over time.
    fn past(&self, name: &str) -> Option<(&Past, &Minutes<COLUMNS>)> {
        let parts = self.parts.iter().find(|parts| parts.gateway.cluster() == name)?;
        Some((&parts.past, &parts.minutes))
    }

    /// The newest of every cluster that may be seen, in the configuration's order.
    fn all(&self, scope: &Scope) -> Vec<Known> {
        let seen = self.parts.iter().filter(|parts| scope.sees_cluster(parts.gateway.cluster()));
        seen.map(|parts| of(scope, parts, &self.settings)).collect()
    }

    /// The newest of one cluster; `None` when there is none, or none that may be seen.
    fn known(&self, scope: &Scope, name: &str) -> Option<Known> {
        let parts = self.parts.iter().find(|parts| parts.gateway.cluster() == name)?;
        scope.sees_cluster(name).then(|| of(scope, parts, &self.settings))
    }
}

fn of(scope: &Scope, parts: &Parts, settings: &Settings) -> Known {
    let states = [parts.groups.state(), parts.members.state()];
    Known {
        scope: scope.clone(),
        name: parts.gateway.cluster().to_owned(),
        bootstrap: parts.bootstrap.clone(),
        groups: parts.groups.newest(),
        members: parts.members.newest(),
        book: parts.book.clone(),
        policy: settings.policy,
        old_after_ms: settings.old_after_ms(),
        readings: states.into_iter().map(|state| scope.reading(state.reading())).collect(),
    }
}

impl Search for Lag {
    fn search(&self, scope: &Scope, sought: &Sought) -> Vec<(u8, Hit)> {
        query::search(&self.all(scope), sought, self.now())
    }

    fn readings(&self, scope: &Scope) -> Vec<Reading> {
        let seen = self.parts.iter().filter(|parts| scope.sees_cluster(parts.gateway.cluster()));
        seen.map(|parts| scope.reading(parts.groups.state().reading())).collect()
    }
}

impl Measured for Lag {
    fn families(&self, scope: &Scope) -> Vec<Family> {
        let by_cluster = |name, help, amount: fn(&Parts) -> Amount| {
            let seen = self.parts.iter().filter(|parts| scope.sees_wholly(parts.gateway.cluster()));
            let rows = seen
                .map(|parts| (vec![("cluster", parts.gateway.cluster().to_owned())], amount(parts)))
                .collect();
            Family { name, help, rows }
        };
        vec![
            by_cluster("offsets_records", "Records read from the offsets topic", |parts| {
                Amount::Count(parts.tap.counts().records.load(Ordering::Relaxed))
            }),
            by_cluster("offsets_commits", "Commits among them", |parts| {
                Amount::Count(parts.tap.counts().commits.load(Ordering::Relaxed))
            }),
            by_cluster("offsets_broken", "Records of the offsets topic that are broken", |parts| {
                Amount::Count(parts.tap.counts().broken.load(Ordering::Relaxed))
            }),
            by_cluster(
                "offsets_unknown",
                "Records of the offsets topic of kinds that are not known",
                |parts| Amount::Count(parts.tap.counts().unknown()),
            ),
            by_cluster("groups", "Consumer groups", |parts| {
                let newest = parts.groups.newest();
                Amount::Level(newest.map_or(0, |newest| newest.snapshot.rows.len()) as f64)
            }),
        ]
    }
}
