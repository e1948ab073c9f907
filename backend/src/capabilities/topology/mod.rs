//! Through which tiers and mirrors does a topic flow, and where is the flow stuck?
//!
//! Mirrors leave topics behind on the clusters that they join. A tap of each cluster reads these as they are written
//! ([`tap`]); a turn of the fleet ([`collect`]) finds from them which flows there are and judges each ([`evaluate`]).

mod collect;
pub mod evaluate;
mod http;
pub mod model;
pub mod query;
mod store;
mod tap;

use std::{
    fmt,
    sync::{Arc, Mutex, atomic::AtomicUsize},
    time::Duration,
};

use shared::{
    DateTime,
    meta::Reading,
    topology::{NOUN, part},
};

use self::{collect::FlowsCycle, store::Memory, tap::Tap};
use super::Capability;
use crate::{
    access::Scope,
    db::{Database, Minutes},
    http::{Amount, Family, Measured},
    kafka::Gateway,
    runtime::{Cell, Clock, Rhythm, Runtime},
};
use model::{Declared, DeclaredFlow, Fleet, FlowsSnapshot, Policy};

/// What is held of a flow over time: records that wait, seconds for which they have, seconds of latency.
const PAST_COLUMNS: usize = 3;

/// What topology is built from.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Time between two turns.
    pub period: Duration,
    /// What is tolerated.
    pub policy: Policy,
    /// How long the past is held in memory.
    pub held: Duration,
    /// Partitions of mirrored topics that are kept of one cluster.
    pub most_partitions: usize,
    /// The flows that are declared.
    pub declared: Vec<DeclaredFlow>,
}

/// A cluster, and what reads there what mirrors leave behind.
#[derive(Debug)]
pub struct Watched {
    /// What is declared of it.
    pub declared: Declared,
    /// Speaks to it.
    pub gateway: Gateway,
    tap: Arc<Tap>,
    /// Minutes of the flows that end there.
    minutes: Minutes<PAST_COLUMNS>,
}

/// The newest of the fleet, for queries.
#[derive(Clone)]
pub struct Topology {
    flows: Cell<FlowsSnapshot>,
    fleet: Arc<dyn Fleet>,
    watched: Arc<[Watched]>,
    settings: Arc<Settings>,
    clock: Clock,
}

impl fmt::Debug for Topology {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Topology").field("watched", &self.watched).finish_non_exhaustive()
    }
}

/// Registers topology: its cycle turns from now on.
pub fn register(
    runtime: &Runtime,
    settings: Settings,
    database: &Database,
    clusters: Vec<(Declared, Gateway)>,
    fleet: &Arc<dyn Fleet>,
) -> Topology {
    let clock = runtime.clock().clone();
    let watched: Arc<[Watched]> = clusters
        .into_iter()
        .map(|(declared, gateway)| {
            let tap = Arc::new(Tap::new(settings.most_partitions));
            let stop = runtime.shutdown().clone();
            runtime.spawn(tap.clone().run(gateway.clone(), fleet.clone(), clock.clone(), stop));
            let name = gateway.cluster().to_owned();
            let minutes = Minutes::new(name, NOUN, database.clone(), clock.clone());
            Watched { declared, gateway, tap, minutes }
        })
        .collect();
    let flows: Cell<FlowsSnapshot> = runtime.cell(NOUN, None, part::FLOWS, Rhythm::every(settings.period));
    let names = watched.iter().map(|watched| watched.gateway.cluster().to_owned()).collect();
    let cycle = FlowsCycle {
        watched: watched.clone(),
        fleet: fleet.clone(),
        declared: settings.declared.clone(),
        policy: settings.policy,
        held: settings.held,
        period: settings.period,
        newest: flows.clone(),
        memory: Memory::new(names, database.clone()),
        clock: clock.clone(),
        refused: Mutex::default(),
        turns: AtomicUsize::new(0),
    };
    runtime.drive(cycle, flows.clone());
    Topology { flows, fleet: fleet.clone(), watched, settings: Arc::new(settings), clock }
}

impl Topology {
    /// What topology adds to the whole: its routes, and what `/metrics` tells of it.
    pub fn capability(&self) -> Capability {
        let measured = Some(Arc::new(self.clone()) as Arc<dyn Measured>);
        Capability { routes: http::routes(self.clone()), search: None, measured }
    }

    fn now(&self) -> DateTime {
        self.clock.now()
    }

    /// The newest of all that may be seen.
    fn known(&self, scope: &Scope) -> query::Known {
        query::Known {
            scope: scope.clone(),
            flows: self.flows.newest(),
            reading: self.reading(scope),
            fleet: self.fleet.clone(),
        }
    }

    /// The minutes of the flows that end at a cluster.
    fn minutes(&self, target: &str) -> Option<&Minutes<PAST_COLUMNS>> {
        self.watched
            .iter()
            .find(|watched| watched.gateway.cluster() == target)
            .map(|watched| &watched.minutes)
    }

    /// Moves when the consumer groups of any cluster moved.
    fn groups_revision(&self) -> u64 {
        let groups = self.watched.iter().filter_map(|watched| self.fleet.groups(watched.gateway.cluster()));
        groups.map(|groups| groups.revision()).fold(0, u64::wrapping_add)
    }

    /// The shortest step of a history in seconds.
    fn shortest_step(&self) -> u64 {
        self.settings.period.as_secs_f64().ceil().max(1.0) as u64
    }

    fn reading(&self, scope: &Scope) -> Reading {
        scope.reading(self.flows.state().reading())
    }
}

impl Measured for Topology {
    fn families(&self, scope: &Scope) -> Vec<Family> {
        let seen = self.watched.iter().filter(|watched| scope.sees_wholly(watched.gateway.cluster()));
        let rows = seen.map(|watched| {
            let label = vec![("cluster", watched.gateway.cluster().to_owned())];
            (label, Amount::Count(watched.tap.records()))
        });
        vec![Family {
            name: "mirror_records",
            help: "Records read of what mirrors leave behind",
            rows: rows.collect(),
        }]
    }
}
