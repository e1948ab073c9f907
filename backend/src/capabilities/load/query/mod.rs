//! Snapshots × scope × query → an answer. Pure: what is newest and what time it is come in as values.

mod brokers;
mod history;
mod spread;

use std::sync::Arc;

pub use brokers::{LoadSort, broker_loads};
pub use history::{HistoryQuery, Who, add_past, held_since, load};
use shared::{
    DateTime,
    meta::{Meta, Reading},
};
pub use spread::spread;

use super::model::{Brokers, BrokersSnapshot};
use crate::{access::Scope, runtime::Stamped};

/// What is newest of one cluster, taken at once, for one asker.
#[derive(Clone, Debug)]
pub struct Known {
    /// Who looks.
    pub scope: Scope,
    /// Our name of it.
    pub name: String,
    /// What its brokers carry; none where no metrics are configured, or none were read yet.
    pub newest: Option<Arc<Stamped<BrokersSnapshot>>>,
    /// Its brokers, as the cluster tells of them.
    pub brokers: Option<Arc<Brokers>>,
    /// How each part was read; empty where no metrics are configured.
    pub readings: Vec<Reading>,
}

impl Known {
    /// What an answer's tag is made from, beside the scope. What brokers carry moves with every turn.
    pub fn revisions(&self) -> [u64; 2] {
        [self.revision(), self.brokers.as_ref().map_or(0, |brokers| brokers.revision)]
    }

    /// Moves when what is read at the endpoints moved.
    pub fn revision(&self) -> u64 {
        self.newest().map_or(0, |stamped| stamped.revision)
    }

    /// Whether there is a broker of that id; none when the cluster was never read.
    pub fn has_broker(&self, broker_id: i32) -> Option<bool> {
        let brokers = &self.brokers.as_ref()?.brokers;
        Some(brokers.iter().any(|broker| broker.broker_id == broker_id))
    }

    /// What its brokers carry, if all of the cluster may be seen.
    fn newest(&self) -> Option<&Arc<Stamped<BrokersSnapshot>>> {
        self.newest.as_ref().filter(|_| self.scope.sees_wholly(&self.name))
    }

    fn snapshot(&self) -> Option<&BrokersSnapshot> {
        self.newest().map(|stamped| &stamped.snapshot)
    }

    /// Its brokers, if all of the cluster may be seen.
    fn known_brokers(&self) -> Option<&Brokers> {
        self.brokers.as_deref().filter(|_| self.scope.sees_wholly(&self.name))
    }
}

/// What stands beside an answer about some clusters.
fn meta(known: &[Known], total: Option<u64>, next_cursor: Option<String>, now: DateTime) -> Meta {
    let readings = known.iter().flat_map(|known| known.readings.clone()).collect();
    Meta { total, next_cursor, revision: known.iter().map(Known::revision).sum(), now, readings }
}
