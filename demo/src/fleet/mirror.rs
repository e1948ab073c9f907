//! The mirrors: one MirrorMaker 2 process a flow, so that each can be stopped alone.

use super::admin;
use super::broker::java;
use super::process::Service;
use crate::layout::{Cluster, MIRROR_TARGET, Ports};
use crate::places::Places;
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
    Service::new(places, format!("mirror-{}", source.name))
}

/// Writes its settings and starts it.
pub fn start(places: &Places, ports: Ports, source: &'static Cluster) -> Result<()> {
    let target = Cluster::named(MIRROR_TARGET)?;
    let service = service(places, source);
    let file = places.data(&service.name)?.join("mm2.properties");
    std::fs::write(&file, properties(ports, source, target))
        .with_context(|| format!("could not write {}", file.display()))?;
    let mut command = java(&places.jars(source.kafka_version)?, "256m");
    command.arg("org.apache.kafka.connect.mirror.MirrorMaker").arg(file);
    service.start(&command)
}

/// Writes the record by which Connect keeps what is wanted of a connector; its worker follows within seconds.
pub fn set_target(ports: Ports, source: &Cluster, wanted: Target) -> Result<()> {
    let state = match wanted {
        Target::Paused => "PAUSED",
        Target::Started => "STARTED",
    };
    let topic = format!("mm2-configs.{}.internal", source.name);
    let value = format!(r#"{{"state":"{state}","state.v2":"{state}"}}"#);
    let bootstrap = Cluster::named(MIRROR_TARGET)?.bootstrap(ports);
    let mut config = admin::client(&bootstrap);
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

fn properties(ports: Ports, source: &'static Cluster, target: &'static Cluster) -> String {
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
    for cluster in [source, target] {
        let factor = cluster.replication_factor();
        lines.push(format!("{}.bootstrap.servers={}", cluster.name, cluster.bootstrap(ports)));
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
        properties(Ports::default_for_test(), named("east"), named("aggregate"))
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
