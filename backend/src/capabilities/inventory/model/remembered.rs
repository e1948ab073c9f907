//! What is remembered of a cluster across a restart of Riverkeeper: what only time tells.
//!
//! A broker that is down is in no answer of Kafka any more, and no answer says since when something is amiss.

use serde::{Deserialize, Serialize};
use shared::{DateTime, inventory::BrokerState};

use super::{BrokerRow, MetadataSnapshot, TroubleSince};
use crate::kafka::answers::BrokerEndpoint;

/// Brokers that are remembered at most: what was kept is not trusted to be small.
const MOST_BROKERS: usize = 10_000;

/// What was known of a cluster at one time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Remembered {
    /// Kafka's cluster id: of another cluster nothing is remembered.
    pub cluster_id: String,
    /// When it was so.
    pub as_of: DateTime,
    /// Its brokers.
    pub brokers: Vec<RememberedBroker>,
    /// Since when each trouble lasts.
    pub since: TroubleSince,
}

/// A broker as it was then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RememberedBroker {
    /// Its `node.id`.
    pub broker_id: i32,
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Its rack.
    pub rack: Option<String>,
    /// Whether it served.
    pub state: BrokerState,
    /// Since when.
    pub since: Option<DateTime>,
    /// When it was last seen serving, if it did not serve then.
    pub last_seen: Option<DateTime>,
}

impl Remembered {
    /// What is worth remembering of a snapshot; nothing where the cluster has no id.
    pub fn of(snapshot: &MetadataSnapshot, as_of: DateTime) -> Option<Self> {
        let broker = |row: &BrokerRow| RememberedBroker {
            broker_id: row.endpoint.broker_id,
            host: row.endpoint.host.clone(),
            port: row.endpoint.port,
            rack: row.endpoint.rack.clone(),
            state: row.state,
            since: row.since,
            last_seen: row.last_seen.filter(|_| row.state != BrokerState::Up),
        };
        Some(Self {
            cluster_id: snapshot.cluster_id.clone()?,
            as_of,
            brokers: snapshot.brokers.iter().map(broker).collect(),
            since: snapshot.since,
        })
    }

    /// Its brokers as rows. One that served was last seen when all of this was.
    pub fn rows(&self) -> Vec<BrokerRow> {
        let row = |broker: &RememberedBroker| BrokerRow {
            endpoint: BrokerEndpoint {
                broker_id: broker.broker_id,
                host: broker.host.clone(),
                port: broker.port,
                rack: broker.rack.clone(),
            },
            state: broker.state,
            since: broker.since,
            last_seen: if broker.state == BrokerState::Up { Some(self.as_of) } else { broker.last_seen },
            role: None,
            version: None,
        };
        self.brokers.iter().take(MOST_BROKERS).map(row).collect()
    }

    /// Whether anything but the time differs.
    pub fn differs(&self, other: &Self) -> bool {
        (&self.cluster_id, &self.brokers, self.since) != (&other.cluster_id, &other.brokers, other.since)
    }
}
