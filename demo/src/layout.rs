//! Which clusters the fleet has and where their brokers listen.
//!
//! One table, so that the brokers, `fleet env`, the applications and Riverkeeper's configuration cannot disagree.

use anyhow::{Context, Result, bail};

/// Where the ports begin unless `RIVERKEEPER_FLEET_PORT` says otherwise.
const DEFAULT_BASE_PORT: u16 = 19_090;
/// How far above its client port a broker's controller listener is.
const CONTROLLER_PORT_STEP: u16 = 100;
/// How far above its client port a broker's metrics agent is.
const METRICS_PORT_STEP: u16 = 200;

/// A cluster of the fleet. All its brokers are controllers too.
#[derive(Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Its name in every command.
    pub name: &'static str,
    /// Kafka's cluster id: 22 characters of URL-safe base64.
    pub cluster_id: &'static str,
    /// The Kafka that it runs; names the folder of jars.
    pub kafka_version: &'static str,
    /// The racks of its brokers, whose ids are 1, 2, …; an empty one is none.
    pub racks: &'static [&'static str],
    /// How clients, and its brokers among themselves, reach it.
    pub security: Security,
    /// Its place in the port layout.
    index: u16,
    /// Its records are mirrored to `aggregate` by a MirrorMaker 2 of its own.
    pub is_mirrored: bool,
}

/// How a cluster is reached. Where there is a login there is an authorizer too, which allows nothing by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Everybody is `User:ANONYMOUS` and may do everything.
    Plaintext,
    /// A login without encryption.
    SaslPlaintext,
    /// A login over TLS.
    SaslSsl,
}

impl Security {
    /// Kafka's name of it, which names the listener too.
    pub fn protocol(self) -> &'static str {
        match self {
            Self::Plaintext => "PLAINTEXT",
            Self::SaslPlaintext => "SASL_PLAINTEXT",
            Self::SaslSsl => "SASL_SSL",
        }
    }

    /// How clients log in, if they do: each kind of SCRAM is shown once.
    pub fn mechanism(self) -> Option<&'static str> {
        match self {
            Self::Plaintext => None,
            Self::SaslPlaintext => Some("SCRAM-SHA-512"),
            Self::SaslSsl => Some("SCRAM-SHA-256"),
        }
    }
}

/// The target of every mirror.
pub const MIRROR_TARGET: &str = "aggregate";
/// The cluster of an older Kafka, started only by `fleet up --old`.
pub const OLD: &str = "old";

/// Every cluster that can be started.
pub static CLUSTERS: [Cluster; 4] = [
    Cluster {
        name: "east",
        security: Security::SaslPlaintext,
        cluster_id: "RiverkeeperDemoEast-0A",
        kafka_version: "4.3.1",
        racks: &["a", "b", "c"],
        index: 0,
        is_mirrored: true,
    },
    Cluster {
        name: "west",
        security: Security::SaslSsl,
        cluster_id: "RiverkeeperDemoWest-0A",
        kafka_version: "4.3.1",
        racks: &[""],
        index: 1,
        is_mirrored: true,
    },
    Cluster {
        name: MIRROR_TARGET,
        security: Security::Plaintext,
        cluster_id: "RiverkeeperDemoAggr-0A",
        kafka_version: "4.3.1",
        racks: &[""],
        index: 2,
        is_mirrored: false,
    },
    Cluster {
        name: OLD,
        security: Security::Plaintext,
        cluster_id: "RiverkeeperDemoOld--0A",
        kafka_version: "3.9.1",
        racks: &[""],
        index: 3,
        is_mirrored: false,
    },
];

impl Cluster {
    /// The cluster of this name, or an error that lists the names there are.
    pub fn named(name: &str) -> Result<&'static Cluster> {
        CLUSTERS
            .iter()
            .find(|cluster| cluster.name == name)
            .with_context(|| format!("there is no cluster {name:?}; the clusters are {}", join(names())))
    }

    /// The mirrored cluster of this name, or an error that lists them.
    pub fn mirrored(name: &str) -> Result<&'static Cluster> {
        let mirrored = || CLUSTERS.iter().filter(|cluster| cluster.is_mirrored);
        mirrored().find(|cluster| cluster.name == name).with_context(|| {
            let names = join(mirrored().map(|cluster| cluster.name));
            format!("no mirror reads from {name:?}; the mirrored clusters are {names}")
        })
    }

    /// Its brokers, lowest id first.
    pub fn brokers(&'static self) -> impl Iterator<Item = Broker> {
        (1u16..).zip(self.racks).map(move |(id, rack)| Broker { cluster: self, id, rack })
    }

    /// The broker of this id, or an error that lists the ids there are.
    pub fn broker(&'static self, id: u16) -> Result<Broker> {
        self.brokers().find(|broker| broker.id == id).with_context(|| {
            let ids = join(self.brokers().map(|broker| broker.id.to_string()));
            format!("{} has no broker {id}; its broker ids are {ids}", self.name)
        })
    }

    /// Whether its clients log in, and may do only what they are granted.
    pub fn has_logins(&self) -> bool {
        self.security.mechanism().is_some()
    }

    /// The replication factor of its topics.
    pub fn replication_factor(&self) -> i32 {
        if self.racks.len() >= 3 { 3 } else { 1 }
    }

    /// The min ISR of its topics.
    pub fn min_isr(&self) -> i32 {
        if self.racks.len() >= 3 { 2 } else { 1 }
    }

    /// What a client is given to reach it.
    pub fn bootstrap(&'static self, ports: Ports) -> String {
        join_by(",", self.brokers().map(|broker| ports.client_address(broker)))
    }

    /// Where its brokers' metrics are, by commas.
    pub fn metrics_urls(&'static self, ports: Ports) -> String {
        join_by(",", self.brokers().map(|broker| ports.metrics_url(broker)))
    }
}

fn names() -> impl Iterator<Item = &'static str> {
    CLUSTERS.iter().map(|cluster| cluster.name)
}

fn join<S: Into<String>>(words: impl Iterator<Item = S>) -> String {
    join_by(", ", words)
}

fn join_by<S: Into<String>>(separator: &str, words: impl Iterator<Item = S>) -> String {
    words.map(Into::into).collect::<Vec<_>>().join(separator)
}

/// A broker of the fleet.
#[derive(Debug, Clone, Copy)]
pub struct Broker {
    /// The cluster that it belongs to.
    pub cluster: &'static Cluster,
    /// Its id, unique in its cluster only.
    pub id: u16,
    /// Its rack; empty means none.
    pub rack: &'static str,
}

impl Broker {
    /// The name of its process and files.
    pub fn name(&self) -> String {
        format!("{}-{}", self.cluster.name, self.id)
    }
}

/// Where everything listens: always on 127.0.0.1, at fixed distances from one base port.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    base: u16,
}

impl Ports {
    /// The layout that `RIVERKEEPER_FLEET_PORT` asks for.
    pub fn from_env() -> Result<Self> {
        match std::env::var("RIVERKEEPER_FLEET_PORT") {
            Ok(text) => Self::parse(&text),
            Err(_) => Ok(Self { base: DEFAULT_BASE_PORT }),
        }
    }

    fn parse(text: &str) -> Result<Self> {
        match text.parse() {
            Ok(base) if (1024..=65_000).contains(&base) => Ok(Self { base }),
            _ => bail!("RIVERKEEPER_FLEET_PORT is {text:?}; it must be a port from 1024 to 65000"),
        }
    }

    /// Where clients reach the broker: base + 10 × cluster + id + 1.
    pub fn client(self, broker: Broker) -> u16 {
        self.base + 10 * broker.cluster.index + broker.id + 1
    }

    /// Host and port of [`Ports::client`].
    pub fn client_address(self, broker: Broker) -> String {
        format!("127.0.0.1:{}", self.client(broker))
    }

    /// Where the controllers of the cluster speak to each other.
    pub fn controller(self, broker: Broker) -> u16 {
        self.client(broker) + CONTROLLER_PORT_STEP
    }

    /// Where the metrics agent of the broker answers.
    pub fn metrics(self, broker: Broker) -> u16 {
        self.client(broker) + METRICS_PORT_STEP
    }

    /// The address of its metrics.
    pub fn metrics_url(self, broker: Broker) -> String {
        format!("http://127.0.0.1:{}/metrics", self.metrics(broker))
    }
}

#[cfg(test)]
impl Ports {
    /// The default layout, for tests.
    pub fn default_for_test() -> Self {
        Self { base: DEFAULT_BASE_PORT }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_listeners_share_a_port() {
        let ports = Ports::default_for_test();
        let all: Vec<u16> = CLUSTERS
            .iter()
            .flat_map(Cluster::brokers)
            .flat_map(|broker| [ports.client(broker), ports.controller(broker), ports.metrics(broker)])
            .collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }

    #[test]
    fn east_begins_where_the_documents_say() {
        let ports = Ports::default_for_test();
        let east = Cluster::named("east").unwrap();
        assert_eq!(east.bootstrap(ports), "127.0.0.1:19092,127.0.0.1:19093,127.0.0.1:19094");
        assert!(east.metrics_urls(ports).starts_with("http://127.0.0.1:19292/metrics,http://"));
    }

    #[test]
    fn a_wrong_name_is_answered_with_the_right_ones() {
        let wrong = format!("{:#}", Cluster::named("north").unwrap_err());
        assert!(wrong.contains("east, west, aggregate, old"), "{wrong}");
        let wrong = format!("{:#}", Cluster::named("east").unwrap().broker(4).unwrap_err());
        assert!(wrong.contains("1, 2, 3"), "{wrong}");
        let wrong = format!("{:#}", Cluster::mirrored("aggregate").unwrap_err());
        assert!(wrong.contains("east, west"), "{wrong}");
    }

    #[test]
    fn a_base_port_that_leaves_no_room_is_refused() {
        for text in ["", "80", "65001", "99999", "abc"] {
            assert!(Ports::parse(text).is_err(), "{text:?}");
        }
        assert!(Ports::parse("29090").is_ok());
    }

    #[test]
    fn cluster_ids_are_what_kafka_accepts() {
        for cluster in &CLUSTERS {
            assert_eq!(cluster.cluster_id.len(), 22, "{}", cluster.name);
        }
    }
}
