//! A MirrorMaker 2 of a test's own, from one cluster to another, in a rhythm of seconds.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use futures::executor::block_on;
use rdkafka::{
    Message, Offset, TopicPartitionList,
    admin::AdminOptions,
    consumer::{BaseConsumer, Consumer},
    producer::{BaseProducer, BaseRecord, Producer},
};
use tempfile::TempDir;
use tokio::time::Instant;

use super::{
    clients::{SOON, admin, client},
    fleet::Target,
};

/// A mirror; what it leaves behind goes when it is dropped.
pub struct Mirror {
    source: Target,
    target: Target,
    topics: String,
    keeps_names: bool,
    folder: TempDir,
    process: Option<Child>,
}

impl Mirror {
    /// One that has not been started: it copies topics that fit, which go with it.
    pub fn new(source: &Target, target: &Target, topics: &str) -> Self {
        Self::of(source, target, topics, false)
    }

    /// The same, and its copies are called as their originals are.
    pub fn that_keeps_names(source: &Target, target: &Target, topics: &str) -> Self {
        Self::of(source, target, topics, true)
    }

    fn of(source: &Target, target: &Target, topics: &str, keeps_names: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mirror = Self {
            source: source.clone(),
            target: target.clone(),
            topics: topics.into(),
            keeps_names,
            folder,
            process: None,
        };
        std::fs::write(mirror.folder.path().join("mm2.properties"), mirror.properties()).unwrap();
        mirror
    }

    fn properties(&self) -> String {
        let (from, to) = (&self.source.name, &self.target.name);
        let mut lines = vec![
            format!("clusters={from}, {to}"),
            format!("{from}->{to}.enabled=true"),
            format!("{to}->{from}.enabled=false"),
            format!("{from}->{to}.topics={}", self.topics),
            "replication.factor=1".into(),
            "offset-syncs.topic.replication.factor=1".into(),
            "checkpoints.topic.replication.factor=1".into(),
            "heartbeats.topic.replication.factor=1".into(),
            "tasks.max=1".into(),
            "refresh.topics.interval.seconds=3".into(),
            "refresh.groups.interval.seconds=60".into(),
            "sync.topic.acls.enabled=false".into(),
            "sync.topic.configs.enabled=false".into(),
            "emit.heartbeats.interval.seconds=1".into(),
            "emit.checkpoints.enabled=false".into(),
            "offset.lag.max=10".into(),
        ];
        for cluster in [&self.source, &self.target] {
            let name = &cluster.name;
            lines.push(format!("{name}.bootstrap.servers={}", cluster.bootstrap));
            for store in ["config", "offset", "status"] {
                lines.push(format!("{name}.{store}.storage.replication.factor=1"));
            }
            lines.push(format!("{name}.offset.storage.partitions=2"));
            lines.push(format!("{name}.offset.flush.interval.ms=2000"));
            lines.push(format!("{name}.plugin.discovery=service_load"));
        }
        if self.keeps_names {
            let policy = "org.apache.kafka.connect.mirror.IdentityReplicationPolicy";
            lines.push(format!("replication.policy.class={policy}"));
        }
        lines.join("\n")
    }

    /// Starts its process.
    pub fn start(&mut self) {
        let jars = std::env::var("RIVERKEEPER_JARS").expect("RIVERKEEPER_JARS is set");
        let log =
            std::fs::File::options().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let process = Command::new("java")
            .args(["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"])
            .args(["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", &format!("{jars}/*")])
            .arg("org.apache.kafka.connect.mirror.MirrorMaker")
            .arg(self.folder.path().join("mm2.properties"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("java runs");
        self.process = Some(process);
    }

    /// Kills its process.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Asks its connector to pause or to go on, as Connect keeps it.
    pub fn set_target(&self, state: &str) {
        let topic = format!("mm2-configs.{}.internal", self.source.name);
        let producer: BaseProducer = client(&self.target).create().unwrap();
        let value = format!(r#"{{"state":"{state}","state.v2":"{state}"}}"#);
        let record = BaseRecord::to(&topic).key("target-state-MirrorSourceConnector").payload(&value);
        producer.send(record).unwrap();
        producer.flush(SOON).unwrap();
    }

    /// Waits until its worker has written down that the task which copies is in a state.
    pub fn wait_until_its_task_is(&self, state: &str) {
        let topic = format!("mm2-status.{}.internal", self.source.name);
        let consumer: BaseConsumer =
            client(&self.target).set("group.id", "none").set("enable.auto.commit", "false").create().unwrap();
        let partitions = consumer.fetch_metadata(Some(&topic), SOON).unwrap().topics()[0].partitions().len();
        let mut places = TopicPartitionList::new();
        for partition in 0..partitions {
            let partition = i32::try_from(partition).unwrap();
            places.add_partition_offset(&topic, partition, Offset::Beginning).unwrap();
        }
        consumer.assign(&places).unwrap();
        let until = Instant::now() + SOON;
        let mut last = String::new();
        while !last.contains(&format!(r#""state":"{state}""#)) {
            assert!(Instant::now() < until, "the task is not {state} but {last}");
            let Some(Ok(record)) = consumer.poll(Duration::from_millis(200)) else { continue };
            if record.key() == Some(b"status-task-MirrorSourceConnector-0") {
                last = String::from_utf8_lossy(record.payload().unwrap_or_default()).into_owned();
            }
        }
    }

    /// Makes it forget how far it has copied.
    pub fn forget_positions(&self) {
        self.delete(&self.target, |name| name.starts_with("mm2-offsets."));
    }

    fn delete(&self, cluster: &Target, is_it: impl Fn(&str) -> bool) {
        let consumer: BaseConsumer = client(cluster).create().unwrap();
        let metadata = consumer.fetch_metadata(None, SOON).unwrap();
        let names: Vec<&str> =
            metadata.topics().iter().map(|topic| topic.name()).filter(|name| is_it(name)).collect();
        drop(block_on(admin(cluster).delete_topics(&names, &AdminOptions::new())));
    }
}

impl Drop for Mirror {
    /// Other tests, and people, see the fleet as it was.
    fn drop(&mut self) {
        self.kill();
        let (from, to) = (self.source.name.clone(), self.target.name.clone());
        let prefix = format!("{from}.");
        let own = self.topics.split(".*").next().unwrap_or_default();
        self.delete(&self.target, |name| {
            name.starts_with("mm2-")
                || name == "heartbeats"
                || name.starts_with(&prefix)
                || name.starts_with(own)
        });
        self.delete(&self.source, |name| {
            name.starts_with(own) || name.starts_with("mm2-") && name.contains(&format!(".{to}."))
        });
    }
}
