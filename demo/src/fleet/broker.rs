//! How a broker is set up and started.
//!
//! Small on purpose: seven JVMs share a laptop with a build, and `fault fill` puts 12,000 replicas on them.

use super::process::Service;
use crate::grants::{ADMIN, BROKER, users};
use crate::layout::{Broker, Ports, Security};
use crate::login::{Login, scram};
use crate::places::{Places, write_secret};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};

/// The metrics agent's rules, from the source tree that this was built from.
const METRICS_RULES: &str = include_str!("../../jmx-rules.yaml");
const METRICS_AGENT: &str = "jmx_prometheus_javaagent-1.0.1.jar";

/// The process of a broker.
pub fn service(places: &Places, broker: Broker) -> Service {
    Service::new(places, broker.name())
}

/// Writes its settings, formats its data folder the first time, starts it.
pub fn start(places: &Places, ports: Ports, broker: Broker) -> Result<()> {
    let name = broker.name();
    let folder = places.data(&name)?;
    let properties = folder.join("server.properties");
    let rules = folder.join("jmx-rules.yaml");
    let data = folder.join("kafka");
    let security = security_properties(places, broker)?;
    // It holds passwords.
    write_secret(&properties, &server_properties(ports, broker, &data, &security))?;
    write(&rules, METRICS_RULES)?;
    let jars = places.jars(broker.cluster.kafka_version)?;
    if !data.join("meta.properties").is_file() {
        format(places, &jars, &properties, broker)?;
    }
    let mut command = java(&jars, "320m");
    let agent = jars.join(METRICS_AGENT);
    let metrics = format!("127.0.0.1:{}", ports.metrics(broker));
    command
        .arg(format!("-javaagent:{}={metrics}:{}", agent.display(), rules.display()))
        .arg("kafka.Kafka")
        .arg(&properties);
    service(places, broker).start(&command)
}

/// A JVM that starts fast and stays small.
pub fn java(jars: &Path, heap: &str) -> Command {
    let mut command = Command::new(java_program());
    command
        .args([
            "-Xms96m",
            &format!("-Xmx{heap}"),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
        ])
        // A broker out of memory stays half alive and looks healthy in metadata: let it end instead.
        .args(["-XX:+ExitOnOutOfMemoryError", "-XX:-UsePerfData"])
        .arg("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
        // What the authorizer denies is worth a line.
        .arg("-Dorg.slf4j.simpleLogger.log.kafka.authorizer.logger=info")
        .arg("-Dorg.slf4j.simpleLogger.showDateTime=true")
        .arg("-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ")
        .arg("-cp")
        .arg(jars.join("*"));
    command
}

fn java_program() -> std::path::PathBuf {
    match std::env::var_os("JAVA_HOME") {
        Some(home) if Path::new(&home).join("bin/java").is_file() => Path::new(&home).join("bin/java"),
        _ => "java".into(),
    }
}

/// Its users are there from the beginning: logging in is what they are needed for first.
fn format(places: &Places, jars: &Path, properties: &Path, broker: Broker) -> Result<()> {
    let mechanism = broker.cluster.security.mechanism().unwrap_or_default();
    let mut logins = Vec::new();
    for user in users(broker.cluster) {
        if let Some((name, password)) = Login::of(places, broker.cluster, &user)?.credentials() {
            logins.push("--add-scram".to_owned());
            logins.push(format!("{mechanism}=[name={name},password={password}]"));
        }
    }
    let output = java(jars, "128m")
        .args([
            "kafka.tools.StorageTool",
            "format",
            "--ignore-formatted",
            "-t",
            broker.cluster.cluster_id,
            "-c",
        ])
        .arg(properties)
        .args(logins)
        .stdin(Stdio::null())
        .output()
        .context("could not run java: is it installed? (`./run setup`)")?;
    if !output.status.success() {
        bail!(
            "could not format the data folder of {}: {}",
            broker.name(),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<()> {
    std::fs::write(file, text).with_context(|| format!("could not write {}", file.display()))
}

fn server_properties(ports: Ports, broker: Broker, data: &Path, security: &[String]) -> String {
    let voters: Vec<String> =
        broker.cluster.brokers().map(|b| format!("{}@127.0.0.1:{}", b.id, ports.controller(b))).collect();
    let client = ports.client_address(broker);
    let protocol = broker.cluster.security.protocol();
    let mut lines = vec![
        "process.roles=broker,controller".to_owned(),
        format!("node.id={}", broker.id),
        format!("controller.quorum.voters={}", voters.join(",")),
        "controller.listener.names=CONTROLLER".to_owned(),
        format!("inter.broker.listener.name={protocol}"),
        format!("listeners={protocol}://{client},CONTROLLER://127.0.0.1:{}", ports.controller(broker)),
        format!("advertised.listeners={protocol}://{client}"),
        format!("log.dirs={}", data.display()),
    ];
    if !broker.rack.is_empty() {
        lines.push(format!("broker.rack={}", broker.rack));
    }
    lines.extend_from_slice(security);
    lines.extend(replication(broker));
    lines.extend(SMALL.iter().map(|&line| line.to_owned()));
    lines.join("\n") + "\n"
}

/// Who may connect to which listener, and that nobody may do anything without being allowed to.
///
/// Brokers log in to each other as clients do. Controllers take passwords from here instead: the users of clients
/// are in the metadata, which is there only once the controllers have found each other. Nobody is anonymous.
fn security_properties(places: &Places, broker: Broker) -> Result<Vec<String>> {
    let cluster = broker.cluster;
    let (Some(mechanism), protocol) = (cluster.security.mechanism(), cluster.security.protocol()) else {
        return Ok(vec![map(Security::Plaintext.protocol(), "PLAINTEXT")]);
    };
    let (itself, admin) = (Login::of(places, cluster, BROKER)?, Login::admin(places, cluster)?);
    let (Some((broker, password)), Some((admin, admin_password))) =
        (itself.credentials(), admin.credentials())
    else {
        bail!("{} has no logins", cluster.name);
    };
    let plain = "org.apache.kafka.common.security.plain.PlainLoginModule required";
    let listener = format!("listener.name.{}", protocol.to_lowercase());
    let mut lines = vec![
        map(protocol, "SASL_PLAINTEXT"),
        "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer".to_owned(),
        format!("super.users=User:{BROKER};User:{ADMIN}"),
        format!("sasl.mechanism.inter.broker.protocol={mechanism}"),
        format!("{listener}.sasl.enabled.mechanisms={mechanism}"),
        format!("{listener}.{}.sasl.jaas.config={}", mechanism.to_lowercase(), scram(broker, password)),
        "sasl.mechanism.controller.protocol=PLAIN".to_owned(),
        "listener.name.controller.sasl.enabled.mechanisms=PLAIN".to_owned(),
        format!(
            "listener.name.controller.plain.sasl.jaas.config={plain} username=\"{broker}\" \
             password=\"{password}\" user_{broker}=\"{password}\" user_{admin}=\"{admin_password}\";"
        ),
    ];
    if cluster.security == Security::SaslSsl {
        for (store, file) in [("keystore", places.keystore()), ("truststore", places.ca())] {
            lines.push(format!("{listener}.ssl.{store}.type=PEM"));
            lines.push(format!("{listener}.ssl.{store}.location={}", file.display()));
        }
    }
    Ok(lines)
}

fn map(protocol: &str, controller: &str) -> String {
    format!("listener.security.protocol.map={protocol}:{protocol},CONTROLLER:{controller}")
}

/// Every topic of a cluster, internal ones too, is replicated alike.
fn replication(broker: Broker) -> Vec<String> {
    let factor = broker.cluster.replication_factor();
    let min_isr = broker.cluster.min_isr();
    let mut lines =
        vec![format!("default.replication.factor={factor}"), format!("min.insync.replicas={min_isr}")];
    for topic in ["offsets.topic", "transaction.state.log", "share.coordinator.state.topic"] {
        lines.push(format!("{topic}.replication.factor={factor}"));
    }
    for topic in ["transaction.state.log", "share.coordinator.state.topic"] {
        lines.push(format!("{topic}.min.isr={min_isr}"));
    }
    lines
}

const SMALL: [&str; 13] = [
    "auto.create.topics.enable=false",
    "num.network.threads=2",
    "num.io.threads=2",
    "num.replica.fetchers=1",
    "offsets.topic.num.partitions=8",
    "transaction.state.log.num.partitions=4",
    "share.coordinator.state.topic.num.partitions=4",
    "log.cleaner.dedupe.buffer.size=4194304",
    "group.initial.rebalance.delay.ms=0",
    // Follower fetches of thousands of partitions otherwise fill the heap while they wait to be purged.
    "fetch.purgatory.purge.interval.requests=10",
    "log.index.size.max.bytes=65536",
    // So that a short retention can be watched.
    "log.retention.check.interval.ms=5000",
    "log.segment.delete.delay.ms=1000",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Cluster;

    fn properties(cluster: &str, id: u16) -> String {
        let broker = Cluster::named(cluster).unwrap().broker(id).unwrap();
        server_properties(Ports::default_for_test(), broker, Path::new("/d"), &[])
    }

    #[test]
    fn a_broker_of_east_is_one_of_three() {
        let text = properties("east", 2);
        for line in [
            "node.id=2",
            "broker.rack=b",
            "controller.quorum.voters=1@127.0.0.1:19192,2@127.0.0.1:19193,3@127.0.0.1:19194",
            "listeners=SASL_PLAINTEXT://127.0.0.1:19093,CONTROLLER://127.0.0.1:19193",
            "offsets.topic.replication.factor=3",
            "transaction.state.log.min.isr=2",
            "min.insync.replicas=2",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} is missing in\n{text}");
        }
    }

    #[test]
    fn a_cluster_of_one_broker_replicates_nothing() {
        let text = properties("west", 1);
        assert!(text.contains("default.replication.factor=1\nmin.insync.replicas=1\n"), "{text}");
        assert!(!text.contains("broker.rack"), "{text}");
    }

    #[test]
    fn nothing_listens_beyond_this_machine() {
        for line in properties("east", 1).lines().filter(|line| line.contains("listeners=")) {
            assert_eq!(line.matches("://").count(), line.matches("://127.0.0.1:").count(), "{line}");
        }
    }
}
