//! Inventory: which clusters, brokers, topics and partitions are there, and are they whole?
//!
//! It exists because every other question begins with it. Three parts a cluster (metadata, log directories,
//! configurations), each read in its own rhythm, and one of the fleet.

mod collect;
pub mod evaluate;
mod http;
pub mod model;
pub mod query;
mod store;

use std::{fmt, sync::Arc, time::Duration};

use collect::{ConfigsCycle, FleetCycle, Identities, LogDirsCycle, MetadataCycle};
pub use model::Policy;
use model::{ConfigsSnapshot, FleetSnapshot, LogDirsSnapshot, MetadataSnapshot, Rates};
use query::Known;
use shared::{
    DateTime,
    inventory::{NOUN, part},
    meta::Reading,
    rights::MissingRight,
    search::Hit,
};

use self::store::Memory;
use super::Capability;
use crate::{
    access::Scope,
    db::Database,
    http::{Search, Sought},
    kafka::Gateway,
    runtime::{Cell, Clock, Rhythm, Runtime, Stamped},
};

/// Turns in which all configurations are read anew once.
const CONFIG_TURNS: u32 = 10;

/// What inventory is built from.
#[derive(Debug)]
pub struct Settings {
    /// Time between two readings of metadata.
    pub metadata_period: Duration,
    /// Time between two readings of log directories.
    pub log_dirs_period: Duration,
    /// Time within which all configurations are read anew.
    pub configs_period: Duration,
    /// What is tolerated and kept.
    pub policy: Policy,
    /// Where it is kept what only time tells.
    pub database: Database,
}

/// A cluster to be watched.
#[derive(Debug)]
pub struct Watched {
    /// Its tier, as configured.
    pub tier: Option<String>,
    /// Its data centre, as configured.
    pub datacenter: Option<String>,
    /// Speaks to it, under its name.
    pub gateway: Gateway,
}

/// The newest of all clusters, for queries.
#[derive(Clone)]
pub struct Inventory {
    clusters: Arc<[Parts]>,
    rates: Arc<dyn Rates>,
    clock: Clock,
}

impl fmt::Debug for Inventory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Inventory").field("clusters", &self.clusters).finish_non_exhaustive()
    }
}

/// Metadata, and log directories where they were read.
pub type Newest = (Arc<Stamped<MetadataSnapshot>>, Option<Arc<Stamped<LogDirsSnapshot>>>);

/// The newest of a cluster's topics, and of what they hold and how they are set where that was read.
#[derive(Debug)]
pub struct NewestOfTopics {
    /// Which there are.
    pub metadata: Arc<Stamped<MetadataSnapshot>>,
    /// Where their logs begin.
    pub log_dirs: Option<Arc<Stamped<LogDirsSnapshot>>>,
    /// How long they keep records.
    pub configs: Option<Arc<Stamped<ConfigsSnapshot>>>,
}

#[derive(Debug)]
struct Parts {
    name: String,
    tier: Option<String>,
    datacenter: Option<String>,
    metadata: Cell<MetadataSnapshot>,
    log_dirs: Cell<LogDirsSnapshot>,
    configs: Cell<ConfigsSnapshot>,
}

/// Registers inventory: its cycles turn from now on. What goes into clusters and out of them it is told by `rates`.
pub fn register(
    runtime: &Runtime,
    settings: &Settings,
    clusters: Vec<Watched>,
    rates: Arc<dyn Rates>,
) -> Inventory {
    let identities = Arc::new(Identities::default());
    let parts: Vec<Parts> = clusters
        .into_iter()
        .enumerate()
        .map(|(place, watched)| watch(runtime, settings, &identities, place, watched))
        .collect();
    let fleet: Cell<FleetSnapshot> =
        runtime.cell(NOUN, None, part::FLEET, Rhythm::every(settings.metadata_period));
    let cells = parts.iter().map(|parts| parts.metadata.clone()).collect();
    runtime.drive(FleetCycle { clusters: cells }, fleet);
    Inventory { clusters: parts.into(), rates, clock: runtime.clock().clone() }
}

fn watch(
    runtime: &Runtime,
    settings: &Settings,
    identities: &Arc<Identities>,
    place: usize,
    watched: Watched,
) -> Parts {
    let gateway = watched.gateway;
    let name = gateway.cluster().to_string();
    let configs_rhythm = Rhythm { turns_per_period: CONFIG_TURNS, ..Rhythm::every(settings.configs_period) };
    let metadata = runtime.cell(NOUN, Some(&name), part::METADATA, Rhythm::every(settings.metadata_period));
    let log_dirs = runtime.cell(NOUN, Some(&name), part::LOG_DIRS, Rhythm::every(settings.log_dirs_period));
    let configs = runtime.cell(NOUN, Some(&name), part::CONFIGS, configs_rhythm);
    let metadata_cycle = MetadataCycle {
        gateway: gateway.clone(),
        place,
        identities: identities.clone(),
        configs: configs.clone(),
        log_dirs: log_dirs.clone(),
        policy: settings.policy,
        memory: Memory::new(name.clone(), settings.database.clone()),
    };
    runtime.drive(metadata_cycle, metadata.clone());
    runtime.drive(LogDirsCycle { gateway: gateway.clone(), metadata: metadata.clone() }, log_dirs.clone());
    let configs_cycle = ConfigsCycle {
        gateway,
        metadata: metadata.clone(),
        configs: configs.clone(),
        turns_per_period: CONFIG_TURNS,
    };
    runtime.drive(configs_cycle, configs.clone());
    Parts { name, tier: watched.tier, datacenter: watched.datacenter, metadata, log_dirs, configs }
}

impl Inventory {
    /// The rights that are missing on a cluster.
    pub fn missing_rights(&self, cluster: &str) -> Vec<MissingRight> {
        let parts = self.clusters.iter().find(|parts| parts.name == cluster);
        let newest = parts.and_then(|parts| parts.metadata.newest());
        newest.map(|newest| newest.snapshot.rights.missing.clone()).unwrap_or_default()
    }

    /// The newest of a cluster's brokers and of what they hold; none when it was never read.
    pub fn newest(&self, cluster: &str) -> Option<Newest> {
        let parts = self.clusters.iter().find(|parts| parts.name == cluster)?;
        Some((parts.metadata.newest()?, parts.log_dirs.newest()))
    }

    /// How a cluster's metadata and its log directories were read.
    pub fn readings(&self, cluster: &str) -> Option<[Reading; 2]> {
        let parts = self.clusters.iter().find(|parts| parts.name == cluster)?;
        Some([parts.metadata.state().reading(), parts.log_dirs.state().reading()])
    }

    /// The newest of a cluster's topics, of what they hold and of how they are set; none when it was never read.
    pub fn newest_of_topics(&self, cluster: &str) -> Option<NewestOfTopics> {
        let parts = self.clusters.iter().find(|parts| parts.name == cluster)?;
        let (log_dirs, configs) = (parts.log_dirs.newest(), parts.configs.newest());
        Some(NewestOfTopics { metadata: parts.metadata.newest()?, log_dirs, configs })
    }

    /// Waits until a cluster was read once, well or not.
    pub async fn first(&self, cluster: &str) {
        if let Some(parts) = self.clusters.iter().find(|parts| parts.name == cluster) {
            parts.metadata.first().await;
        }
    }

    /// What inventory adds to the whole: its routes, and where search looks.
    pub fn capability(&self) -> Capability {
        let search = Some(Arc::new(self.clone()) as Arc<dyn Search>);
        Capability { routes: http::routes(self.clone()), search, measured: None }
    }

    fn now(&self) -> DateTime {
        self.clock.now()
    }

    /// The newest of every cluster that may be seen, in the configuration's order.
    fn all(&self, scope: &Scope) -> Vec<Known> {
        let seen = self.clusters.iter().filter(|parts| scope.sees_cluster(&parts.name));
        seen.map(|parts| parts.known(scope, self.rates.as_ref())).collect()
    }

    /// The newest of one cluster; `None` when there is none, or none that may be seen.
    fn known(&self, scope: &Scope, name: &str) -> Option<Known> {
        let parts = self.clusters.iter().find(|parts| parts.name == name)?;
        scope.sees_cluster(name).then(|| parts.known(scope, self.rates.as_ref()))
    }
}

impl Parts {
    fn known(&self, scope: &Scope, rates: &dyn Rates) -> Known {
        let readings = [self.metadata.state(), self.log_dirs.state(), self.configs.state()];
        Known {
            scope: scope.clone(),
            name: self.name.clone(),
            tier: self.tier.clone(),
            datacenter: self.datacenter.clone(),
            metadata: self.metadata.newest(),
            log_dirs: self.log_dirs.newest(),
            configs: self.configs.newest(),
            rates: rates.of(&self.name),
            readings: readings.into_iter().map(|state| scope.reading(state.reading())).collect(),
        }
    }
}

impl Search for Inventory {
    fn search(&self, scope: &Scope, sought: &Sought) -> Vec<(u8, Hit)> {
        query::search(&self.all(scope), sought, self.now())
    }

    fn readings(&self, scope: &Scope) -> Vec<Reading> {
        let seen = self.clusters.iter().filter(|parts| scope.sees_cluster(&parts.name));
        seen.map(|parts| scope.reading(parts.metadata.state().reading())).collect()
    }
}
