//! `[[cluster]]`: which cluster, and its connection in librdkafka's names.

use std::collections::btree_map::Entry;

use super::{
    combined::{Empty, List, OneOf, Optional},
    connection::{KEEP_IT_ELSEWHERE, connection},
    metrics::{HeaderSecret, HeaderSecrets, MetricsUrl, MetricsUrls},
    reader::{Reader, Surroundings},
    sections::OffsetsSource,
    settings::{Described, Settings, settings},
    takes::{Name, Takes, Text, Wrong, each, wrong},
    tree::{Node, Table, Value, quoted},
};
use crate::kafka::{HostPort, PROPERTIES, Security};

settings! {
    /// The fleet, once for each cluster, in the order in which it is listed.
    ///
    /// One cluster under two names is read once: the later name fails, and says so.
    pub struct Cluster = "cluster" (list) {
        /// Its name.
        name: String => Name, like "\"east\"";
        /// Where to begin: addresses by commas, IPv6 as `[::1]:9092`. The other brokers are found by themselves.
        bootstrap("bootstrap.servers"): Vec<HostPort> => Addresses,
            like "\"east-1.example.com:9092,east-2.example.com:9092\"";
        /// The tier that it belongs to, shown as it is.
        tier: Option<String> = None => Optional(Text), like "\"regional\"";
        /// Where it is, shown as it is.
        datacenter: Option<String> = None => Optional(Text), like "\"dublin\"";
        /// What kind of messages it is for, shown as it is.
        category: Option<String> = None => Optional(Text), like "\"tracking\"";
        /// Other names of it, those that mirrors have for it among them.
        aliases: Vec<String> = vec![] => List { of: Name, empty: Empty::Allowed };
        /// Where its brokers tell their metrics, as Prometheus reads them: a template for all brokers, or a list like
        /// `["1=http://…", "2=http://…"]`. Without it nothing is known of what they carry.
        metrics_url("metrics.url"): Option<MetricsUrl> = None => Optional(MetricsUrls),
            like "\"http://{host}:7071/metrics\"";
        /// What is sent as `Authorization` to those endpoints.
        metrics_authorization("metrics.authorization"): Option<HeaderSecret> = None => Optional(HeaderSecrets),
            like "{ file = \"…\" }";
        /// Where its committed offsets come from, if not from where `[lag]` says.
        lag_source("lag.source"): Option<OffsetsSource> = None => Optional(OneOf::<OffsetsSource>::all()), like "\"admin\"";
        ..
        /// How its connections are secured, from the properties.
        security: Security
    }
}

/// Bootstrap servers.
struct Addresses;

impl Takes for Addresses {
    type Value = Vec<HostPort>;

    fn told(&self) -> String {
        "host:port, several by commas".to_owned()
    }

    fn read(&self, node: &Node, _: &Surroundings<'_>) -> Result<Vec<HostPort>, Vec<Wrong>> {
        let Some(text) = node.text() else {
            return wrong(node, format!("takes {}, not {}", self.told(), node.shown()));
        };
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let addresses = each(parts.map(|part| match part.parse() {
            // A listener's address with credentials is seen in other tools; they are not repeated.
            _ if part.contains('@') => wrong(node, "holds a user or password; write host:port only"),
            Ok(address) => Ok(address),
            Err(error) => wrong(node, format!("{error}")),
        }))?;
        if addresses.is_empty() {
            wrong(node, format!("is empty; takes {}", self.told()))
        } else {
            Ok(addresses)
        }
    }

    fn written(&self, value: &Vec<HostPort>) -> Option<String> {
        let addresses: Vec<String> = value.iter().map(ToString::to_string).collect();
        Some(quoted(&addresses.join(",")))
    }
}

impl Cluster {
    /// Reads a cluster whose keys are [`flat`].
    pub fn read_whole(mut reader: Reader<'_>, all: &[Described]) -> Self {
        let mut cluster = Self::read(&mut reader);
        cluster.warn_of_metrics(&mut reader);
        cluster.security = connection(&mut reader, all);
        reader.end(&Self::described(), all);
        cluster
    }

    fn warn_of_metrics(&self, reader: &mut Reader<'_>) {
        const KEY: &str = "metrics.authorization";
        let Some(secret) = &self.metrics_authorization else { return };
        if secret.from.is_none() {
            reader.report.warn(reader.which, KEY, KEEP_IT_ELSEWHERE);
        }
        let is_plain = |address: &str| address.starts_with("http://");
        let in_the_clear = match &self.metrics_url {
            Some(MetricsUrl::Template(template)) => is_plain(template),
            Some(MetricsUrl::Each(addresses)) => addresses.values().any(|address| is_plain(address)),
            None => return reader.report.warn(reader.which, KEY, "says nothing without metrics.url"),
        };
        if in_the_clear {
            reader.report.warn(reader.which, KEY, "travels in the clear: metrics.url is http; use https");
        }
    }
}

/// The keys of a cluster as the file's author means them: `sasl.username` is one key, however it is written. Keys
/// that are given in two ways come back with both places.
pub fn flat(table: Table) -> (Table, Vec<(String, Node)>) {
    let (mut flat, mut twice) = (Table::new(), Vec::new());
    flatten(table, "", &mut flat, &mut twice);
    (flat, twice)
}

/// A table that is a value: `{ file = "…" }` or `{ env = "…" }`.
fn is_reference(table: &Table) -> bool {
    !table.is_empty() && table.keys().all(|key| key == "file" || key == "env")
}

fn flatten(table: Table, prefix: &str, flat: &mut Table, twice: &mut Vec<(String, Node)>) {
    for (key, node) in table {
        let key = format!("{prefix}{key}");
        let is_property = PROPERTIES.iter().any(|property| property.name == key);
        match node.value {
            Value::Table(inner) if !is_property && !inner.is_empty() && !is_reference(&inner) => {
                flatten(inner, &format!("{key}."), flat, twice);
            }
            value => {
                let node = Node { value, ..node };
                match flat.entry(key) {
                    Entry::Occupied(taken) => twice.push((taken.key().clone(), node)),
                    Entry::Vacant(free) => {
                        free.insert(node);
                    }
                }
            }
        }
    }
}
