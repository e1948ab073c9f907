//! Load: what does each broker carry, and what is abnormal about it?
//!
//! Brokers tell what they carry at a metrics endpoint, in the names that their agent was given. A cluster that has
//! endpoints configured has two parts: `brokers`, read every few seconds, and `usual`, what the database keeps of the last
//! week at this hour.

mod collect;
pub mod evaluate;
mod http;
pub mod model;
pub mod query;
mod store;
mod tap;
mod words;

use std::{sync::Arc, time::Duration};

use ::http::HeaderValue;
use collect::{BrokersCycle, Scraper, Traffic, UsualCycle};
use model::{BrokersSnapshot, Fleet, UsualSnapshot};
pub use model::{Places, Policy};
use query::Known;
use shared::{
    DateTime,
    load::{NOUN, part},
};
use store::Keeping;
use tap::AnswerTimes;

use super::Capability;
use crate::{
    access::Scope,
    db::Database,
    http::{Amount, Family, Measured},
    kafka::Gateway,
    runtime::{Cell, Clock, Rhythm, Runtime, Stamped},
};

/// Time between two looks at what is usual at this hour.
const USUAL_PERIOD: Duration = Duration::from_secs(600);

/// What load is built from.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Time between two readings.
    pub period: Duration,
    /// The longest that one endpoint may take.
    pub timeout: Duration,
    /// The longest answer of one.
    pub most_bytes: usize,
    /// What is tolerated and held.
    pub policy: Policy,
}

/// A cluster, and where its brokers tell their metrics.
#[derive(Debug)]
pub struct Watched {
    /// Speaks to it, under its name.
    pub gateway: Gateway,
    /// Its endpoints, where there are any.
    pub endpoints: Option<Endpoints>,
}

/// The metrics endpoints of a cluster.
#[derive(Clone, Debug)]
pub struct Endpoints {
    /// Where they are.
    pub places: Places,
    /// What they are shown as `Authorization`.
    pub authorization: Option<HeaderValue>,
}

/// Where the newest of each cluster is published. Made before the cycles, so that inventory can be given what it needs of
/// load, and load what it needs of inventory.
#[derive(Clone, Debug)]
pub struct Cells(Arc<[Parts]>);

#[derive(Debug)]
struct Parts {
    name: String,
    gateway: Gateway,
    keeping: Arc<Keeping>,
    read: Option<Read>,
}

/// A cluster with endpoints.
#[derive(Debug)]
struct Read {
    endpoints: Endpoints,
    brokers: Cell<BrokersSnapshot>,
    usual: Cell<UsualSnapshot>,
    traffic: Arc<Traffic>,
}

impl Cells {
    /// A place for each cluster.
    pub fn new(runtime: &Runtime, settings: &Settings, database: &Database, clusters: Vec<Watched>) -> Self {
        let parts = |watched: Watched| {
            let name = watched.gateway.cluster().to_owned();
            let keeping = Arc::new(Keeping::new(name.clone(), database.clone(), runtime.clock().clone()));
            let read = watched.endpoints.map(|endpoints| Read {
                endpoints,
                brokers: runtime.cell(
                    NOUN,
                    Some(&name),
                    part::BROKERS,
                    Rhythm::every(settings.period).on_the_clock(),
                ),
                usual: runtime.cell(NOUN, Some(&name), part::USUAL, Rhythm::every(USUAL_PERIOD)),
                traffic: Arc::default(),
            });
            Parts { name, gateway: watched.gateway, keeping, read }
        };
        Self(clusters.into_iter().map(parts).collect())
    }

    /// The newest of a cluster; none where it has no endpoints, or none was read yet.
    pub fn newest(&self, cluster: &str) -> Option<Arc<Stamped<BrokersSnapshot>>> {
        self.0.iter().find(|parts| parts.name == cluster)?.read.as_ref()?.brokers.newest()
    }
}

/// The newest of all clusters, for queries.
#[derive(Clone)]
pub struct Load {
    cells: Cells,
    fleet: Arc<dyn Fleet>,
    clock: Clock,
    period: Duration,
    held: chrono::Duration,
}

/// Registers load: its cycles turn from now on.
pub fn register(
    runtime: &Runtime,
    settings: &Settings,
    cells: Cells,
    fleet: Arc<dyn Fleet>,
) -> Result<Load, String> {
    for parts in cells.0.iter() {
        let Some(read) = &parts.read else { continue };
        let authorization = read.endpoints.authorization.clone();
        let scraper =
            Scraper::new(authorization, settings.timeout, settings.most_bytes, read.traffic.clone())?;
        let answer_times = AnswerTimes::default();
        runtime.spawn(answer_times.clone().watch(parts.gateway.clone(), runtime.shutdown().clone()));
        let cycle = BrokersCycle {
            cluster: parts.name.clone(),
            fleet: fleet.clone(),
            places: read.endpoints.places.clone(),
            scraper,
            timeout: settings.timeout,
            period: settings.period,
            newest: read.brokers.clone(),
            usual: read.usual.clone(),
            policy: settings.policy,
            clock: runtime.clock().clone(),
            keeping: parts.keeping.clone(),
            answer_times,
        };
        runtime.drive(cycle, read.brokers.clone());
        runtime.drive(UsualCycle { keeping: parts.keeping.clone() }, read.usual.clone());
    }
    let held = chrono::Duration::from_std(settings.policy.held).unwrap_or_default();
    Ok(Load { cells, fleet, clock: runtime.clock().clone(), period: settings.period, held })
}

impl Load {
    /// What load adds to the whole: its routes, and what `/metrics` tells of it.
    pub fn capability(&self) -> Capability {
        let measured = Some(Arc::new(self.clone()) as Arc<dyn Measured>);
        Capability { routes: http::routes(self.clone()), search: None, measured }
    }

    fn now(&self) -> DateTime {
        self.clock.now()
    }

    /// The shortest step of a history in seconds: a turn.
    fn shortest_step(&self) -> u64 {
        (self.period.as_secs_f64().ceil() as u64).max(1)
    }

    /// The newest of every cluster that may be seen wholly, in the configuration's order.
    fn all(&self, scope: &Scope) -> Vec<Known> {
        let seen = self.cells.0.iter().filter(|parts| scope.sees_wholly(&parts.name));
        seen.map(|parts| self.of(scope, parts)).collect()
    }

    /// The newest of one cluster; `None` when there is none, or none that may be seen wholly.
    fn known(&self, scope: &Scope, name: &str) -> Option<Known> {
        let parts = self.cells.0.iter().find(|parts| parts.name == name)?;
        scope.sees_wholly(name).then(|| self.of(scope, parts))
    }

    /// Keeps the history of a cluster.
    fn keeping(&self, name: &str) -> Option<&Keeping> {
        self.cells.0.iter().find(|parts| parts.name == name).map(|parts| parts.keeping.as_ref())
    }

    fn of(&self, scope: &Scope, parts: &Parts) -> Known {
        let readings = parts.read.iter().flat_map(|read| [read.brokers.state(), read.usual.state()]);
        Known {
            scope: scope.clone(),
            name: parts.name.clone(),
            newest: parts.read.as_ref().and_then(|read| read.brokers.newest()),
            brokers: self.fleet.brokers(&parts.name),
            readings: readings.map(|state| scope.reading(state.reading())).collect(),
        }
    }
}

impl Measured for Load {
    fn families(&self, scope: &Scope) -> Vec<Family> {
        let seen = || {
            let seen = self.cells.0.iter().filter(|parts| scope.sees_wholly(&parts.name));
            seen.filter_map(|parts| Some((parts.name.as_str(), parts.read.as_ref()?)))
        };
        let by_cluster = |name, help, amount: fn(&Read) -> Amount| Family {
            name,
            help,
            rows: seen().map(|(name, read)| (vec![("cluster", name.to_owned())], amount(read))).collect(),
        };
        vec![
            by_cluster("scrapes", "Times that a broker's metrics endpoint was asked", |read| {
                Amount::Count(read.traffic.asked())
            }),
            by_cluster("scrape_failures", "Times that one did not answer well", |read| {
                Amount::Count(read.traffic.failed())
            }),
            by_cluster("scrape_bytes", "Bytes read from metrics endpoints, after decompression", |read| {
                Amount::Count(read.traffic.bytes())
            }),
            by_cluster("scrape_wait_seconds", "Time waited for metrics endpoints", |read| {
                Amount::Total(read.traffic.busy_seconds())
            }),
            by_cluster("abnormal_brokers", "Brokers with an abnormal value", |read| {
                let newest = read.brokers.newest();
                let rows =
                    newest.as_ref().map(|newest| newest.snapshot.brokers.as_slice()).unwrap_or_default();
                Amount::Level(rows.iter().filter(|row| !row.abnormal.is_empty()).count() as f64)
            }),
        ]
    }
}
