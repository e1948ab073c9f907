//! The configuration: one TOML file, the environment on top, nothing unknown.
//!
//! Settings from the environment are `RIVERKEEPER__SECTION__KEY`. Connection settings carry librdkafka's names,
//! bare or quoted: TOML's dotted keys are put together again.

use std::{collections::HashSet, net::SocketAddr, path::Path, time::Duration};

use anyhow::{Context, bail};
use figment::{
    Figment,
    providers::{Env, Format, Toml},
    value::{Dict, Value},
};
use serde::Deserialize;

use crate::kafka::{HostPort, Security};

/// What the environment's settings begin with.
const ENVIRONMENT: &str = "RIVERKEEPER__";

/// All of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where pages and API are served.
    pub http: Http,
    /// How we speak to every cluster.
    pub kafka: Kafka,
    /// What is read of every cluster, and how often.
    pub inventory: Inventory,
    /// The fleet, in the order in which it is listed.
    #[serde(rename = "cluster")]
    pub clusters: Vec<Cluster>,
    /// Who owns what.
    pub catalog: Catalog,
    /// Who may ask; empty for nobody but this machine.
    #[serde(rename = "token")]
    pub tokens: Vec<Token>,
}

/// `[catalog]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Catalog {
    /// The file of owners, read again when it changes.
    pub file: Option<std::path::PathBuf>,
}

/// One `[[token]]`: what its bearer may see.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// Its name, for logs and screens.
    pub name: String,
    /// SHA-256 of the token, 64 hexadecimal digits.
    pub sha256: String,
    /// What its bearer may do.
    pub role: Role,
    /// Clusters by name or glob; all when absent.
    pub clusters: Option<Vec<String>>,
    /// Owners by name; all when absent.
    pub owners: Option<Vec<String>>,
    /// When it ends.
    pub expires: shared::DateTime,
}

/// What a bearer may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees, and changes nothing.
    Viewer,
}

/// `[http]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Address and port; loopback only, until there are tokens.
    pub listen: SocketAddr,
    /// Where browsers find us when a proxy stands before us: scheme, host and path.
    pub public_url: Option<String>,
    /// More names by which browsers may call us.
    pub hosts: Vec<String>,
    /// Serves a public address without tokens: whoever reaches it sees everything.
    pub anyone_may_see_everything: bool,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            hosts: vec![],
            anyone_may_see_everything: false,
        }
    }
}

/// `[kafka]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Kafka {
    /// The client id that brokers see.
    pub client_id: String,
    /// Seconds that opening a connection may take.
    pub connect_timeout_seconds: f64,
    /// Seconds that a request may take.
    pub request_timeout_seconds: f64,
    /// Requests under way to one broker.
    pub in_flight_per_broker: usize,
    /// The longest answer that is read.
    pub max_frame_bytes: usize,
}

impl Default for Kafka {
    fn default() -> Self {
        Self {
            client_id: "riverkeeper".into(),
            connect_timeout_seconds: 3.0,
            request_timeout_seconds: 7.0,
            in_flight_per_broker: 4,
            max_frame_bytes: 128 << 20,
        }
    }
}

/// `[inventory]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Inventory {
    /// Seconds between two readings of brokers, topics and partitions.
    pub metadata_period_seconds: f64,
    /// Seconds between two readings of sizes and log starts.
    pub log_dirs_period_seconds: f64,
    /// Seconds within which the configurations of all topics are read anew.
    pub configs_period_seconds: f64,
    /// Hours after which a broker that is gone is no longer listed.
    pub forget_brokers_after_hours: f64,
    /// Hours of replication history that are held in memory.
    pub history_hours: f64,
}

impl Default for Inventory {
    fn default() -> Self {
        Self {
            metadata_period_seconds: 10.0,
            log_dirs_period_seconds: 60.0,
            configs_period_seconds: 300.0,
            forget_brokers_after_hours: 24.0,
            history_hours: 6.0,
        }
    }
}

/// One `[[cluster]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// Our name of it.
    pub name: String,
    /// The tier it belongs to.
    #[serde(default)]
    pub tier: Option<String>,
    /// Where it is.
    #[serde(default)]
    pub datacenter: Option<String>,
    /// Where to begin: `host:port`, by commas.
    #[serde(rename = "bootstrap.servers", deserialize_with = "addresses")]
    pub bootstrap: Vec<HostPort>,
    /// Other names of it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// How its connections are secured.
    #[serde(skip)]
    pub security: Security,
}

impl Config {
    /// The file, with the environment on top.
    pub fn load(file: &Path) -> anyhow::Result<Self> {
        if !file.is_file() {
            bail!("there is no configuration file at {}", file.display());
        }
        Self::from_figment(Figment::from(Toml::file_exact(file)))
            .with_context(|| format!("the configuration in {} cannot be used", file.display()))
    }

    /// One cluster, without a file.
    pub fn for_one_cluster(name: String, bootstrap: &str) -> anyhow::Result<Self> {
        let mut config = Self::from_figment(Figment::new())?;
        config.clusters = vec![Cluster {
            name,
            tier: None,
            datacenter: None,
            bootstrap: parse_addresses(bootstrap)?,
            aliases: vec![],
            security: Security::default(),
        }];
        config.check()?;
        Ok(config)
    }

    fn from_figment(file: Figment) -> anyhow::Result<Self> {
        let figment = file.merge(Env::prefixed(ENVIRONMENT).split("__"));
        let mut whole: Dict = figment.extract().map_err(said)?;
        if let Some(Value::Array(_, clusters)) = whole.get_mut("cluster") {
            for cluster in clusters {
                *cluster = flattened(cluster);
            }
        }
        let config: Self =
            Figment::from(figment::providers::Serialized::defaults(whole)).extract().map_err(said)?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        let mut names = HashSet::new();
        for cluster in &self.clusters {
            if cluster.name.is_empty() || !cluster.name.chars().all(is_name_character) {
                bail!("cluster name {:?}: use letters, digits, '.', '_' and '-'", cluster.name);
            }
            if !names.insert(&cluster.name) {
                bail!("two clusters are named {:?}: give each a name of its own", cluster.name);
            }
        }
        if !self.http.listen.ip().is_loopback() {
            bail!(
                "http.listen = \"{}\" is not a loopback address: without tokens Riverkeeper serves this machine \
                 only; listen on 127.0.0.1",
                self.http.listen
            );
        }
        for (key, value, least, most) in self.numbers() {
            if !(least..=most).contains(&value) {
                bail!("{key} = {value}: give a number from {least} to {most}");
            }
        }
        Ok(())
    }

    /// Every number with its key and its bounds.
    fn numbers(&self) -> [(&'static str, f64, f64, f64); 9] {
        let (kafka, inventory) = (&self.kafka, &self.inventory);
        const DAY: f64 = 86_400.0;
        [
            ("kafka.connect_timeout_seconds", kafka.connect_timeout_seconds, 0.05, DAY),
            ("kafka.request_timeout_seconds", kafka.request_timeout_seconds, 0.05, DAY),
            ("kafka.in_flight_per_broker", kafka.in_flight_per_broker as f64, 1.0, 100.0),
            ("kafka.max_frame_bytes", kafka.max_frame_bytes as f64, 1_048_576.0, 268_435_456.0),
            ("inventory.metadata_period_seconds", inventory.metadata_period_seconds, 0.05, DAY),
            ("inventory.log_dirs_period_seconds", inventory.log_dirs_period_seconds, 0.05, DAY),
            ("inventory.configs_period_seconds", inventory.configs_period_seconds, 0.05, DAY),
            ("inventory.forget_brokers_after_hours", inventory.forget_brokers_after_hours, 0.0, 8_784.0),
            ("inventory.history_hours", inventory.history_hours, 0.0, 48.0),
        ]
    }
}

/// A fault with the key it is at and what is allowed there, without the library's own words about itself.
fn said(error: figment::Error) -> anyhow::Error {
    let key = error.path.join(".");
    let at = if key.is_empty() { String::new() } else { format!("{key}: ") };
    anyhow::anyhow!("{at}{}", error.kind)
}

/// Seconds of the configuration as a length of time; what is not a length of time is none.
pub fn seconds(value: f64) -> Duration {
    Duration::try_from_secs_f64(value).unwrap_or_default()
}

fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-')
}

/// `{bootstrap: {servers: …}}` as `{"bootstrap.servers": …}`.
fn flattened(value: &Value) -> Value {
    let Value::Dict(tag, dict) = value else { return value.clone() };
    let mut flat = Dict::new();
    flatten_into(&mut flat, "", dict);
    Value::Dict(*tag, flat)
}

fn flatten_into(flat: &mut Dict, prefix: &str, dict: &Dict) {
    for (key, value) in dict {
        let key = format!("{prefix}{key}");
        match value {
            Value::Dict(_, inner) => flatten_into(flat, &format!("{key}."), inner),
            _ => {
                flat.insert(key, value.clone());
            }
        }
    }
}

fn addresses<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<HostPort>, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_addresses(&text).map_err(|error| serde::de::Error::custom(format!("{error:#}")))
}

fn parse_addresses(text: &str) -> anyhow::Result<Vec<HostPort>> {
    let addresses: Result<Vec<HostPort>, _> =
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::parse).collect();
    let addresses = addresses.with_context(|| format!("bootstrap.servers = {text:?}"))?;
    if addresses.is_empty() {
        bail!("bootstrap.servers is empty: give at least one host:port");
    }
    Ok(addresses)
}
