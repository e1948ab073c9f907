//! What the routes of the process itself need: handed down by `app`, as values.

use std::{fmt, sync::Arc};

use shared::{
    DateTime,
    search::Hit,
    status::{CycleStatus, DatabaseStatus, GatewayStatus},
};

use super::places::Places;
use crate::{
    access::{Door, Scope},
    db::Database,
    runtime::Runtime,
};

/// What is searched for.
#[derive(Clone, Debug)]
pub struct Sought {
    /// A part of a name, in lower case.
    pub q: String,
    /// Only what this owner has.
    pub owner: Option<String>,
    /// Most hits of each rank.
    pub limit: usize,
}

impl Sought {
    /// How well a name fits: 0 wholly, 1 by its beginning, 2 by a part of it.
    pub fn rank(&self, name: &str) -> Option<u8> {
        let q = self.q.as_str();
        let begins = name.get(..q.len()).is_some_and(|start| start.eq_ignore_ascii_case(q));
        match (begins, name.len() == q.len()) {
            (true, true) => Some(0),
            (true, false) => Some(1),
            (false, _) => holds(name, q).then_some(2),
        }
    }
}

/// Whether a name holds `q`, which is in lower case.
pub fn holds(name: &str, q: &str) -> bool {
    let (name, q) = (name.as_bytes(), q.as_bytes());
    q.is_empty() || name.windows(q.len()).any(|part| part.eq_ignore_ascii_case(q))
}

/// Finds things by name, one of each capability.
pub trait Search: Send + Sync {
    /// What was found, with a rank: 0 the whole name, 1 its beginning, 2 a part of it, 3 the name of its owner.
    fn search(&self, scope: &Scope, sought: &Sought) -> Vec<(u8, Hit)>;
    /// How what is searched was read.
    fn readings(&self, scope: &Scope) -> Vec<shared::meta::Reading>;
}

/// Tells numbers for `/metrics`, one of each capability that has some.
pub trait Measured: Send + Sync {
    /// Families of numbers, of what the asker may see.
    fn families(&self, scope: &Scope) -> Vec<Family>;
}

/// Numbers of one name.
#[derive(Clone, Debug)]
pub struct Family {
    /// Its name, without ours before it and without what its kind puts behind it.
    pub name: &'static str,
    /// What it is.
    pub help: &'static str,
    /// Labels and number.
    pub rows: Vec<(Vec<(&'static str, String)>, Amount)>,
}

/// A number of a kind; one kind a family.
#[derive(Clone, Copy, Debug)]
pub enum Amount {
    /// Things that were counted since the process started.
    Count(u64),
    /// What added up since the process started.
    Total(f64),
    /// What there is now.
    Level(f64),
}

/// What the process knows of itself.
#[derive(Clone)]
pub struct Process {
    /// The cycles, the clock, the events.
    pub runtime: Runtime,
    /// What is kept of the past.
    pub database: Database,
    /// Who may ask.
    pub door: Arc<Door>,
    /// Our traffic to every cluster.
    pub gateways: Arc<dyn Fn() -> Vec<GatewayStatus> + Send + Sync>,
    /// Where search looks.
    pub search: Vec<Arc<dyn Search>>,
    /// What capabilities tell of themselves.
    pub measured: Vec<Arc<dyn Measured>>,
    /// Whether a cluster of that name is configured.
    pub clusters: Arc<[String]>,
    /// Identifies the build.
    pub build: Arc<str>,
    /// When the process started.
    pub started_at: DateTime,
    /// Open live streams.
    pub streams: Places,
}

impl fmt::Debug for Process {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Process").field("build", &self.build).finish_non_exhaustive()
    }
}

impl Process {
    /// Whether the asker may see a cluster of that name, which also must be configured.
    pub fn sees(&self, scope: &Scope, cluster: &str) -> bool {
        scope.sees_cluster(cluster) && self.clusters.iter().any(|name| name == cluster)
    }

    /// The cycles that the asker may see.
    pub fn cycles(&self, scope: &Scope) -> Vec<CycleStatus> {
        let mut cycles = self.runtime.cycles();
        cycles.retain(|cycle| match &cycle.cluster {
            Some(cluster) => scope.sees_cluster(cluster),
            None => scope.sees_fleet(),
        });
        cycles.iter_mut().for_each(|cycle| cycle.failure = scope.told(cycle.failure.take()));
        cycles
    }

    /// How keeping the history fares, without the clusters that the asker may not see. Where the database is tells
    /// whoever sees all of the fleet.
    pub fn history(&self, scope: &Scope) -> DatabaseStatus {
        let mut history = self.database.status();
        history.written_by_others.retain(|cluster| scope.sees_cluster(cluster));
        history.failure = scope.told(history.failure);
        history.location = history.location.filter(|_| scope.sees_fleet());
        history
    }

    /// Our traffic to the clusters that the asker may see.
    pub fn traffic(&self, scope: &Scope) -> Vec<GatewayStatus> {
        let mut gateways = (self.gateways)();
        gateways.retain(|gateway| scope.sees_cluster(&gateway.cluster));
        gateways
    }
}
