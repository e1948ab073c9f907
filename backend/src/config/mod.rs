//! The configuration: one TOML file, the environment on top, nothing unknown, every fault at once.
//!
//! | part | knows |
//! | --- | --- |
//! | `sections`, `cluster`, `token` | **the settings**, declared by `settings`: a new one is a line there |
//! | `takes`, `combined`, `secret`, `database` | kinds of values: how each is told, read and written |
//! | `tree`, `layers` | what was written and where; environment and arguments over it |
//! | `reader`, `connection` | a table read by its declaration; what is left is unknown |
//! | `rules` | what settings say against each other |
//! | `report` | faults, warnings, and what is in force from where |
//! | `example`, `print`, `document` | the same, for people |

mod cluster;
mod combined;
mod connection;
mod database;
mod document;
mod example;
mod layers;
mod metrics;
mod mirror;
mod nearest;
mod print;
mod reader;
mod report;
mod rules;
mod secret;
mod sections;
mod settings;
mod takes;
#[cfg(test)]
mod tests;
mod token;
mod tree;
mod whole;

use std::{path::Path, time::Duration};

use shared::DateTime;

pub use cluster::Cluster;
pub use document::document;
pub use example::example;
pub use layers::{Arguments, Environment};
pub use metrics::{HeaderSecret, MetricsUrl};
pub use mirror::{Mirror, MirrorPolicy};
pub use report::{Fault, Faults, Report};
pub use sections::{Catalog, Database, History, Http, Inventory, Kafka, Lag, Load, OffsetsSource, Topology};
pub use takes::is_name;
pub use token::{Token, hexadecimal};
pub use whole::Sources;

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Where pages and API are served.
    pub http: Http,
    /// How we speak to every cluster.
    pub kafka: Kafka,
    /// What is read of every cluster, and how often.
    pub inventory: Inventory,
    /// What brokers carry: how it is read and judged.
    pub load: Load,
    /// How far groups have read: how it is found and judged.
    pub lag: Lag,
    /// Through which mirrors topics flow: how it is found and judged.
    pub topology: Topology,
    /// Who owns what.
    pub catalog: Catalog,
    /// Where history is kept.
    pub database: Database,
    /// How long it is kept.
    pub history: History,
    /// The fleet, in the order in which it is listed.
    pub clusters: Vec<Cluster>,
    /// The flows between them that are declared.
    pub mirrors: Vec<Mirror>,
    /// Who may ask; empty for nobody but this machine.
    pub tokens: Vec<Token>,
}

/// A configuration as it was read, with everything that is to be said about it.
#[derive(Clone, Debug)]
pub struct Reading {
    config: Config,
    /// Faults, warnings, and what is in force.
    pub report: Report,
}

impl Reading {
    /// The configuration, if nothing is wrong with it.
    pub fn sound(&self) -> Result<&Config, Faults> {
        if self.report.faults.is_empty() { Ok(&self.config) } else { Err(Faults(self.report.faults.clone())) }
    }

    /// What is in force and from where, as a file; secrets are `***`.
    pub fn print(&self) -> String {
        print::print(&self.report)
    }
}

impl Config {
    /// Reads everything from its sources. Files are read, nothing is connected to.
    pub fn read(sources: &Sources<'_>) -> Reading {
        whole::read(sources)
    }

    /// One cluster with a plain connection, and the defaults.
    pub fn for_one_cluster(name: String, bootstrap: &str) -> Result<Self, Faults> {
        let sources = Sources {
            file: None,
            environment: &Environment::new(),
            arguments: &Arguments { cluster: Some((name, bootstrap.to_owned())), ..Arguments::default() },
            now: DateTime::UNIX_EPOCH,
        };
        Self::read(&sources).sound().cloned()
    }

    /// A file, and nothing else.
    pub fn load(file: &Path, now: DateTime) -> Result<Self, Faults> {
        let (environment, arguments) = (Environment::new(), Arguments::default());
        let sources = Sources { file: Some(file), environment: &environment, arguments: &arguments, now };
        Self::read(&sources).sound().cloned()
    }
}

/// Seconds of the configuration as a length of time; what is not a length of time is none.
pub fn seconds(value: f64) -> Duration {
    Duration::try_from_secs_f64(value).unwrap_or_default()
}
