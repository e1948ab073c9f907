//! `riverkeeper acls`: the rights that it needs, as commands for Kafka's own tool.

use std::{path::PathBuf, process::ExitCode};

use anyhow::bail;
use backend::{
    config::{Arguments, Cluster},
    kafka::acls::{self, Grantee},
};
use clap::Args;
use secrecy::ExposeSecret;

const PRINCIPAL: &str = "User:riverkeeper";

/// Print the commands that grant Riverkeeper what it needs of a cluster: to describe, and nothing else.
#[derive(Args)]
pub struct Acls {
    /// The cluster's name.
    #[arg(long, value_name = "NAME")]
    cluster: String,
    /// The configuration file that has its addresses; without it they say HOST:PORT.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Who is allowed; by default the user of the configuration.
    #[arg(long, value_name = "TYPE:NAME")]
    principal: Option<String>,
}

impl Acls {
    /// Prints them.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let (bootstrap, known) = match &self.config {
            None => ("HOST:PORT".to_owned(), Known::by_name(PRINCIPAL)),
            Some(file) => {
                let reading = super::read(Some(file), &Arguments::default());
                let config = match reading.sound() {
                    Ok(config) => config,
                    Err(faults) => {
                        eprintln!("{faults}");
                        return Ok(ExitCode::FAILURE);
                    }
                };
                let Some(cluster) = config.clusters.iter().find(|cluster| cluster.name == self.cluster)
                else {
                    let names: Vec<&str> =
                        config.clusters.iter().map(|cluster| cluster.name.as_str()).collect();
                    bail!(
                        "{} has no cluster {:?}; it has {}",
                        file.display(),
                        self.cluster,
                        names.join(", ")
                    );
                };
                (addresses(cluster), Known::to(cluster))
            }
        };
        let known = self.principal.map_or(known, |principal| Known::by_name(&principal));
        println!("# What Riverkeeper needs of {}.{}", self.cluster.escape_debug(), known.note);
        print!("{}", acls::commented(&Grantee { bootstrap, principal: known.principal }));
        Ok(ExitCode::SUCCESS)
    }
}

fn addresses(cluster: &Cluster) -> String {
    let addresses: Vec<String> = cluster.bootstrap.iter().map(ToString::to_string).collect();
    addresses.join(",")
}

/// As whom brokers know Riverkeeper.
#[derive(Debug)]
struct Known {
    principal: String,
    /// What else is to be said of it, with a space before.
    note: &'static str,
}

impl Known {
    fn by_name(principal: &str) -> Self {
        Self { principal: principal.to_owned(), note: "" }
    }

    /// The name that a cluster's connection gives, where it gives one.
    fn to(cluster: &Cluster) -> Self {
        let properties = cluster.security.librdkafka();
        let user = properties.iter().find(|(name, _)| *name == "sasl.username");
        match (user, cluster.security.protocol()) {
            (Some((_, user)), _) => Self::by_name(&format!("User:{}", user.expose_secret())),
            (None, "PLAINTEXT") => Self {
                principal: "User:ANONYMOUS".to_owned(),
                note: " Its connections are plain: these rights hold for everybody who reaches it.",
            },
            (None, _) => Self {
                principal: PRINCIPAL.to_owned(),
                note: " If its certificate or token names somebody else, say so with --principal.",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use backend::config::Config;
    use shared::DateTime;

    fn known(connection: &str) -> Known {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = format!("[[cluster]]\nname = \"a\"\nbootstrap.servers = \"a:9092\"\n{connection}");
        std::fs::write(file.path(), text).unwrap();
        Known::to(&Config::load(file.path(), DateTime::UNIX_EPOCH).unwrap().clusters[0])
    }

    #[test]
    fn the_user_of_the_configuration_is_allowed() {
        let connection = "security.protocol = \"SASL_PLAINTEXT\"\nsasl.mechanisms = \"SCRAM-SHA-512\"\n\
                          sasl.username = \"keeper\"\nsasl.password = \"hidden\"\n";
        assert_eq!(known(connection).principal, "User:keeper");
        assert!(!format!("{:?}", known(connection)).contains("hidden"));
    }

    #[test]
    fn who_does_not_log_in_is_anonymous_as_is_everybody_else() {
        let known = known("");
        assert_eq!(known.principal, "User:ANONYMOUS");
        assert!(known.note.contains("everybody"));
    }
}
