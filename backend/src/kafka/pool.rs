//! Which addresses a cluster has: the bootstrap servers, and the brokers that its newest metadata names.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::address::HostPort;
use super::answers::Metadata;
use super::link::{Link, Promise};
use super::settings::Settings;

/// The links of one cluster.
pub(super) struct Pool {
    settings: Arc<Settings>,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    brokers: BTreeMap<i32, HostPort>,
    controller_id: Option<i32>,
    links: HashMap<HostPort, Arc<Link>>,
    closed: bool,
}

impl Pool {
    pub fn new(settings: Arc<Settings>) -> Self {
        Self { settings, table: Mutex::default() }
    }

    /// Takes over the brokers of a good answer. A starting broker may know of none: then the old ones stay.
    /// Links that no broker has any more (a bootstrap server under another name, too) go when their last request
    /// is over.
    pub fn learn(&self, metadata: &Metadata) {
        if metadata.brokers.is_empty() {
            return;
        }
        let mut table = self.table();
        let address = |host: &str, port| HostPort { host: host.to_owned(), port };
        table.brokers = metadata.brokers.iter().map(|b| (b.broker_id, address(&b.host, b.port))).collect();
        table.controller_id = metadata.controller_id;
        let ids: HashMap<HostPort, i32> = table.brokers.iter().map(|(id, at)| (at.clone(), *id)).collect();
        table.links.retain(|address, _| ids.contains_key(address));
        for (address, link) in &table.links {
            link.set_broker_id(ids.get(address).copied());
        }
    }

    /// The ids of the brokers in the last good metadata.
    pub fn broker_ids(&self) -> Vec<i32> {
        self.table().brokers.keys().copied().collect()
    }

    /// The controller as the last good metadata has it. Only before KRaft is it the controller.
    pub fn controller_id(&self) -> Option<i32> {
        self.table().controller_id
    }

    /// The link to one broker, if the last good metadata has it.
    pub fn broker(&self, broker_id: i32) -> Option<Arc<Link>> {
        let mut table = self.table();
        let address = table.brokers.get(&broker_id).cloned()?;
        Some(self.link(&mut table, address, Some(broker_id)))
    }

    /// Every address that may answer for the cluster, the most promising first and bootstrap servers after known
    /// brokers. Of equals the lowest id comes first each time, and they do not take turns: a broker that is busy creating
    /// thousands of replicas sees the cluster as it was many seconds ago, and what two of them tell in turns would be
    /// topics that come and go.
    pub fn candidates(&self) -> Vec<Arc<Link>> {
        let mut table = self.table();
        let mut addresses: Vec<_> = table.brokers.iter().map(|(id, at)| (at.clone(), Some(*id))).collect();
        for bootstrap in &self.settings.bootstrap {
            if !addresses.iter().any(|(address, _)| address == bootstrap) {
                addresses.push((bootstrap.clone(), None));
            }
        }
        let link =
            |(address, id): (HostPort, Option<i32>)| (id.is_none(), self.link(&mut table, address, id));
        let mut links: Vec<(bool, Arc<Link>)> = addresses.into_iter().map(link).collect();
        links.sort_by_cached_key(|(is_bootstrap, link)| match link.promise() {
            // A bootstrap server that may answer comes before a broker that will not.
            Promise::BackingOff => (2, link.promise()),
            promise => (u8::from(*is_bootstrap), promise),
        });
        links.into_iter().map(|(_, link)| link).collect()
    }

    /// Every link there is.
    pub fn links(&self) -> Vec<Arc<Link>> {
        self.table().links.values().cloned().collect()
    }

    /// Ends every connection, now and to come.
    pub fn close(&self) {
        let mut table = self.table();
        table.closed = true;
        for link in table.links.values() {
            link.close();
        }
    }

    fn link(&self, table: &mut Table, address: HostPort, broker_id: Option<i32>) -> Arc<Link> {
        let closed = table.closed;
        let link = table.links.entry(address.clone()).or_insert_with(|| {
            let link = Link::new(Arc::clone(&self.settings), address);
            link.set_broker_id(broker_id);
            if closed {
                link.close();
            }
            Arc::new(link)
        });
        Arc::clone(link)
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
