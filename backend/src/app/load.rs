//! Between inventory and load: load is told of brokers, inventory of rates.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use futures::{FutureExt, future::BoxFuture};
use shared::inventory::BrokerState;

use crate::{
    capabilities::{
        inventory::{
            Inventory,
            model::{BrokerDirs, BrokerRow, ClusterRates, LogDirsSnapshot, MetadataSnapshot, Rate, Rates},
        },
        load::{
            self,
            model::{Broker, Brokers, BrokersSnapshot, Fleet, Throughput},
        },
    },
    runtime::Stamped,
};

/// Tells load of the brokers that inventory knows. Counting what each holds takes a while on a large cluster, so it is
/// remembered until inventory knows better.
pub(super) struct KnownBrokers {
    inventory: Inventory,
    remembered: Mutex<HashMap<String, Arc<Brokers>>>,
}

impl KnownBrokers {
    pub(super) fn new(inventory: Inventory) -> Self {
        Self { inventory, remembered: Mutex::default() }
    }

    fn of(
        &self,
        cluster: &str,
        metadata: &Stamped<MetadataSnapshot>,
        log_dirs: Option<&Stamped<LogDirsSnapshot>>,
    ) -> Arc<Brokers> {
        let revision = metadata.revision + log_dirs.map_or(0, |log_dirs| log_dirs.revision);
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = remembered.get(cluster).filter(|known| known.revision == revision) {
            return known.clone();
        }
        let known =
            Arc::new(brokers(revision, &metadata.snapshot, log_dirs.map(|log_dirs| &log_dirs.snapshot)));
        remembered.insert(cluster.to_owned(), known.clone());
        known
    }
}

impl Fleet for KnownBrokers {
    fn brokers(&self, cluster: &str) -> Option<Arc<Brokers>> {
        let (metadata, log_dirs) = self.inventory.newest(cluster)?;
        Some(self.of(cluster, &metadata, log_dirs.as_deref()))
    }

    fn first<'a>(&'a self, cluster: &'a str) -> BoxFuture<'a, Option<Arc<Brokers>>> {
        async move {
            self.inventory.first(cluster).await;
            self.brokers(cluster)
        }
        .boxed()
    }
}

fn brokers(revision: u64, metadata: &MetadataSnapshot, log_dirs: Option<&LogDirsSnapshot>) -> Brokers {
    let counts = metadata.broker_counts();
    let broker = |row: &BrokerRow| {
        let broker_id = row.endpoint.broker_id;
        let counts = counts.get(&broker_id).copied().unwrap_or_default();
        let dirs = log_dirs.and_then(|log_dirs| log_dirs.brokers.get(&broker_id));
        Broker {
            broker_id,
            host: row.endpoint.host.clone(),
            is_up: row.state == BrokerState::Up,
            since: row.since,
            leaders: counts.leaders,
            replicas: counts.replicas,
            size_bytes: dirs.map(|dirs| dirs.dirs.iter().map(|dir| dir.size_bytes).sum()),
            disk_used: dirs.and_then(disk_used),
        }
    };
    let mut brokers: Vec<Broker> = metadata.brokers.iter().map(broker).collect();
    brokers.sort_by_key(|broker| broker.broker_id);
    Brokers { cluster_id: metadata.cluster_id.clone(), revision, brokers }
}

/// Of a broker with several volumes the fullest stands for all: that one stops it.
fn disk_used(dirs: &BrokerDirs) -> Option<f64> {
    let used = dirs.dirs.iter().map(|dir| {
        let (total, usable) = (dir.total_bytes? as f64, dir.usable_bytes? as f64);
        (total > 0.0).then(|| (1.0 - usable / total).clamp(0.0, 1.0))
    });
    used.collect::<Option<Vec<f64>>>()?.into_iter().reduce(f64::max)
}

/// Tells inventory of the rates that load knows.
pub(super) struct KnownRates(pub load::Cells);

impl Rates for KnownRates {
    fn of(&self, cluster: &str) -> Option<Arc<dyn ClusterRates>> {
        Some(Arc::new(Newest(self.0.newest(cluster)?)))
    }
}

#[derive(Debug)]
struct Newest(Arc<Stamped<BrokersSnapshot>>);

impl ClusterRates for Newest {
    fn revision(&self) -> u64 {
        self.0.revision
    }

    fn cluster(&self) -> Rate {
        rate(self.0.snapshot.throughput)
    }

    fn topic(&self, topic: &str) -> Option<Rate> {
        self.0.snapshot.topics.get(topic).copied().map(rate)
    }
}

fn rate(known: Throughput) -> Rate {
    Rate { bytes_in: known.bytes_in, bytes_out: known.bytes_out, at_least: known.at_least }
}
