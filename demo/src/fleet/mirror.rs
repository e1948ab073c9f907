//! The mirrors: one MirrorMaker 2 process a flow, so that each can be stopped alone.

use super::admin;
use super::broker::java;
use super::process::Service;
use crate::grants::{Grant, Operation, Resource};
use crate::layout::{Cluster, MIRROR_TARGET, Ports};
use crate::login::Login;
use crate::places::{Places, write_secret};
use crate::topics;
use anyhow::{Context, Result};
use rdkafka::producer::{FutureProducer, FutureRecord};
use std::time::Duration;

const ANSWER: Duration = Duration::from_secs(10);

/// What `mirror-pause` and `mirror-resume` ask of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Copy nothing, while the process and its heartbeats go on.
    Paused,
    /// Copy, beginning with what came in the meantime.
    Started,
}

/// The mirror process of a source.
pub fn service(places: &Places, source: &Cluster) -> Service {
    Service::new(places, name(source))
}

/// Writes its settings and starts it.
pub fn start(places: &Places, ports: Ports, source: &'static Cluster) -> Result<()> {
    let target = Cluster::named(MIRROR_TARGET)?;
    let service = service(places, source);
    let file = places.data(&service.name)?.join("mm2.properties");
    let logins = [source, target].map(|cluster| Login::of(places, cluster, &service.name));
    let [source_login, target_login] = logins;
    // It holds passwords.
    write_secret(&file, &properties(ports, (source, &source_login?), (target, &target_login?)))?;
    let mut command = java(&places.jars(source.kafka_version)?, "256m");
    command.arg("org.apache.kafka.connect.mirror.MirrorMaker").arg(file);
    service.start(&command)
}

/// What the mirrors may do on a cluster that they read from. On their target, which is plain, they need nothing.
pub fn grants(source: &Cluster) -> Vec<Grant> {
    use Operation::{Create, Describe, DescribeConfigs, Read, Write};
    if !source.is_mirrored {
        return Vec::new();
    }
    let user = name(source);
    let mut grants = Vec::new();
    for topic in topics::of(source.name).filter(|topic| topic.is_mirrored) {
        grants.extend(Grant::all(&user, &Resource::Topic(topic.name.to_owned()), &[Read, DescribeConfigs]));
    }
    // Its own topics, on the source too: heartbeats, offset syncs, and what Connect keeps of the way back.
    for own in [Resource::Topic("heartbeats".to_owned()), Resource::TopicsLike("mm2-".to_owned())] {
        grants.extend(Grant::all(&user, &own, &[Read, Write, Create, DescribeConfigs]));
    }
    grants.extend(Grant::all(&user, &Resource::Group(format!("{MIRROR_TARGET}-mm2")), &[Read]));
    // Checkpoints tell the offsets of every group, whatever it reads.
    for every in [Resource::Group("*".to_owned()), Resource::Topic("*".to_owned())] {
        grants.extend(Grant::all(&user, &every, &[Describe]));
    }
    grants
}

fn name(source: &Cluster) -> String {
    format!("mirror-{}", source.name)
}

/// Writes the record by which Connect keeps what is wanted of a connector; its worker follows within seconds.
pub fn set_target(places: &Places, ports: Ports, source: &Cluster, wanted: Target) -> Result<()> {
    let state = match wanted {
        Target::Paused => "PAUSED",
        Target::Started => "STARTED",
    };
    let topic = format!("mm2-configs.{}.internal", source.name);
    let value = format!(r#"{{"state":"{state}","state.v2":"{state}"}}"#);
    let target = Cluster::named(MIRROR_TARGET)?;
    let mut config = admin::client(&target.bootstrap(ports), &Login::admin(places, target)?);
    config.set("message.timeout.ms", "10000");
    let producer: FutureProducer = config.create()?;
    let record =
        FutureRecord::to(&topic).partition(0).key("target-state-MirrorSourceConnector").payload(&value);
    // Only the answer of the broker tells whether the record was written.
    let answer = admin::now(producer.send(record, ANSWER))?;
    answer.map_err(|(error, _)| error).with_context(|| {
        format!("could not write to {topic} on {MIRROR_TARGET}: has the mirror ever run?")
    })?;
    Ok(())
}

/// A cluster, and how the mirror logs in there.
type Side<'a> = (&'static Cluster, &'a Login);

fn properties(ports: Ports, (source, source_login): Side<'_>, (target, target_login): Side<'_>) -> String {
    let (from, to) = (source.name, target.name);
    let names: Vec<&str> =
        topics::of(from).filter(|topic| topic.is_mirrored).map(|topic| topic.name).collect();
    let mut lines = vec![
        format!("clusters={from}, {to}"),
        format!("{from}->{to}.enabled=true"),
        format!("{to}->{from}.enabled=false"),
        // The demo's own topics by name: what tests create stays where it is.
        format!("{from}->{to}.topics={}", names.join(",")),
        format!("{from}->{to}.replication.factor={}", target.replication_factor()),
        format!("{from}->{to}.offset-syncs.topic.replication.factor={}", source.replication_factor()),
        format!("{from}->{to}.checkpoints.topic.replication.factor={}", target.replication_factor()),
        format!("{from}->{to}.heartbeats.topic.replication.factor={}", target.replication_factor()),
        // Only heartbeats are written to the source: mirrored from there, they show that the copying moves.
        format!("{to}->{from}.heartbeats.topic.replication.factor={}", source.replication_factor()),
    ];
    for (cluster, login) in [(source, source_login), (target, target_login)] {
        let factor = cluster.replication_factor();
        lines.push(format!("{}.bootstrap.servers={}", cluster.name, cluster.bootstrap(ports)));
        lines.extend(login.java().iter().map(|line| format!("{}.{line}", cluster.name)));
        for store in ["config", "offset", "status"] {
            lines.push(format!("{}.{store}.storage.replication.factor={factor}", cluster.name));
        }
        lines.push(format!("{}.offset.storage.partitions=5", cluster.name));
        // Connect reads these of the flow's target only, not from the top of the file.
        lines.push(format!("{}.offset.flush.interval.ms=5000", cluster.name));
        lines.push(format!("{}.plugin.discovery=service_load", cluster.name));
    }
    lines.extend(QUICK.iter().map(|&line| line.to_owned()));
    lines.join("\n") + "\n"
}

/// Intervals of seconds, so that what a mirror does can be watched.
const QUICK: [&str; 8] = [
    "tasks.max=1",
    "refresh.topics.interval.seconds=10",
    "refresh.groups.interval.seconds=10",
    "sync.topic.acls.enabled=false",
    "emit.heartbeats.interval.seconds=1",
    "emit.checkpoints.interval.seconds=5",
    "sync.group.offsets.enabled=false",
    "offset.lag.max=10",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn east() -> String {
        let named = |name| Cluster::named(name).unwrap();
        let login = |cluster: &Cluster| Login::for_test(cluster.security);
        let (east, aggregate) = (named("east"), named("aggregate"));
        properties(Ports::default_for_test(), (east, &login(east)), (aggregate, &login(aggregate)))
    }

    #[test]
    fn each_side_has_its_own_login() {
        let text = east();
        assert!(text.contains("east.sasl.mechanism=SCRAM-SHA-512\n"), "{text}");
        assert!(text.contains("aggregate.security.protocol=PLAINTEXT\n"), "{text}");
        assert!(!text.contains("aggregate.sasl"), "{text}");
    }

    #[test]
    fn only_the_named_topics_are_mirrored_and_nothing_flows_back() {
        let text = east();
        assert!(text.contains("east->aggregate.topics=orders,payments,clicks,inventory-changes\n"), "{text}");
        assert!(text.contains("aggregate->east.enabled=false\n"), "{text}");
        assert!(!text.contains(".*"), "{text}");
    }

    #[test]
    fn its_own_topics_are_replicated_as_their_cluster() {
        let text = east();
        for line in [
            "east->aggregate.offset-syncs.topic.replication.factor=3",
            "east.config.storage.replication.factor=3",
            "aggregate.config.storage.replication.factor=1",
            "east->aggregate.replication.factor=1",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} is missing in\n{text}");
        }
    }
}
