//! What Kafka's own tools say and do: the truth that Riverkeeper is held against.
//!
//! `RIVERKEEPER_JARS` is the folder of Kafka's jars, as `./run setup` fetches them. The tools log in as the fleet's
//! administrator.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    process::{Child, Command, Stdio},
};

use super::fleet::Target;

/// What the tools say of a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// Brokers that serve.
    pub brokers: BTreeSet<i32>,
    /// The active controller.
    pub controller_id: Option<i32>,
    /// The voters of the quorum.
    pub voters: usize,
    /// Topics.
    pub topics: usize,
    /// Partitions.
    pub partitions: usize,
    /// Assigned replicas.
    pub replicas: usize,
    /// Partitions of `--under-replicated-partitions`.
    pub under_replicated: usize,
    /// Partitions without a leader.
    pub offline: usize,
}

/// A partition, as TopicCommand describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Its topic.
    pub topic: String,
    /// Its number.
    pub partition: i32,
    /// Its leader; none when it is offline.
    pub leader_id: Option<i32>,
    /// Its replicas.
    pub replicas: Vec<i32>,
    /// Those in sync.
    pub isr: Vec<i32>,
}

impl Target {
    /// What Kafka's tools say of this cluster.
    pub fn truth(&self) -> Truth {
        let (partitions, status, endpoints) = std::thread::scope(|scope| {
            let partitions = scope.spawn(|| self.describe(&[]));
            let status = scope.spawn(|| self.quorum());
            let endpoints = scope.spawn(|| self.brokers());
            (partitions.join().unwrap(), status.join().unwrap(), endpoints.join().unwrap())
        });
        let topics: BTreeSet<&str> = partitions.iter().map(|row| row.topic.as_str()).collect();
        Truth {
            brokers: endpoints,
            controller_id: status.0,
            voters: status.1,
            topics: topics.len(),
            partitions: partitions.len(),
            replicas: partitions.iter().map(|row| row.replicas.len()).sum(),
            under_replicated: self.describe(&["--under-replicated-partitions"]).len(),
            offline: partitions.iter().filter(|row| row.leader_id.is_none()).count(),
        }
    }

    /// `TopicCommand --describe`, with more words if need be.
    pub fn describe(&self, more: &[&str]) -> Vec<Described> {
        let words = [&["--describe"], more].concat();
        let text = self.tool("org.apache.kafka.tools.TopicCommand", &words);
        text.lines().filter_map(described).collect()
    }

    /// The leader of the quorum and how many vote, by `MetadataQuorumCommand describe --status`.
    pub fn quorum(&self) -> (Option<i32>, usize) {
        let text = run(
            "org.apache.kafka.tools.MetadataQuorumCommand",
            &[&self.at()[..], &["describe", "--status"]].concat(),
            "",
        );
        let field =
            |name: &str| text.lines().find_map(|line| Some(line.strip_prefix(name)?.trim().to_owned()));
        let voters = field("CurrentVoters:").unwrap_or_default();
        (field("LeaderId:").and_then(|id| id.parse().ok()), voters.matches("\"id\"").count())
    }

    /// The brokers that serve, by ClusterTool.
    fn brokers(&self) -> BTreeSet<i32> {
        let text = self.tool("org.apache.kafka.tools.ClusterTool", &["list-endpoints"]);
        let first = |line: &str| line.split_whitespace().next()?.parse().ok();
        text.lines().filter_map(first).collect()
    }

    /// Bytes of every replica by (broker, partition as `topic-0`), by LogDirsCommand.
    pub fn log_dirs(&self) -> BTreeMap<(i32, String), u64> {
        let text = self.tool("org.apache.kafka.tools.LogDirsCommand", &["--describe"]);
        let line =
            text.lines().find(|line| line.starts_with('{')).unwrap_or_else(|| panic!("no JSON in {text}"));
        let told: serde_json::Value = serde_json::from_str(line).unwrap();
        let mut sizes = BTreeMap::new();
        for broker in told["brokers"].as_array().unwrap() {
            let id = i32::try_from(broker["broker"].as_i64().unwrap()).unwrap();
            for dir in broker["logDirs"].as_array().unwrap() {
                for partition in dir["partitions"].as_array().unwrap() {
                    let name = partition["partition"].as_str().unwrap().to_owned();
                    sizes.insert((id, name), partition["size"].as_u64().unwrap());
                }
            }
        }
        sizes
    }

    /// Creates a topic whose partitions lie on these brokers, the preferred leader first: `1:2:3,2:3:1`.
    pub fn create_topic(&self, topic: &str, assignment: &str) {
        let words = ["--create", "--topic", topic, "--replica-assignment", assignment];
        self.tool("org.apache.kafka.tools.TopicCommand", &words);
    }

    /// Deletes a topic.
    pub fn delete_topic(&self, topic: &str) {
        self.tool("org.apache.kafka.tools.TopicCommand", &["--delete", "--topic", topic]);
    }

    /// Sets a configuration of a topic.
    pub fn set_config(&self, topic: &str, setting: &str) {
        let words = ["--alter", "--entity-type", "topics", "--entity-name", topic, "--add-config", setting];
        self.tool("kafka.admin.ConfigCommand", &words);
    }

    /// Writes records, a line each.
    pub fn produce(&self, topic: &str, records: usize) {
        let lines: String = (0..records).map(|number| format!("record {number:06} of {topic}\n")).collect();
        let words = ["--topic", topic, "--command-property", "acks=all"];
        run("org.apache.kafka.tools.ConsoleProducer", &[&words[..], &self.at()[..]].concat(), &lines);
    }

    /// Deletes the records of a partition before an offset.
    pub fn delete_records(&self, topic: &str, partition: usize, before: i64) {
        let what = serde_json::json!({
            "partitions": [{"topic": topic, "partition": partition, "offset": before}], "version": 1
        });
        let file = written(&what);
        let path = file.path().to_string_lossy();
        self.tool("org.apache.kafka.tools.DeleteRecordsCommand", &["--offset-json-file", &path]);
    }

    /// Gives partition 0 of a topic its replicas in another order.
    pub fn reorder_replicas(&self, topic: &str, replicas: &[i32]) {
        let what = serde_json::json!({
            "partitions": [{"topic": topic, "partition": 0, "replicas": replicas}], "version": 1
        });
        let file = written(&what);
        let path = file.path().to_string_lossy();
        let words = ["--execute", "--reassignment-json-file", &path];
        self.tool("org.apache.kafka.tools.reassign.ReassignPartitionsCommand", &words);
    }

    /// Makes the preferred leader of partition 0 of a topic its leader.
    pub fn elect_preferred_leader(&self, topic: &str) {
        let words = ["--election-type", "PREFERRED", "--topic", topic, "--partition", "0"];
        self.tool("org.apache.kafka.tools.LeaderElectionCommand", &words);
    }

    /// Makes every preferred leader the leader.
    pub fn elect_preferred_leaders(&self) {
        let words = ["--election-type", "PREFERRED", "--all-topic-partitions"];
        self.tool("org.apache.kafka.tools.LeaderElectionCommand", &words);
    }

    /// Runs one of Kafka's tools on this cluster and gives what it prints.
    pub fn tool(&self, class: &str, words: &[&str]) -> String {
        run(class, &[words, &self.at()[..]].concat(), "")
    }

    /// Starts one of Kafka's tools on this cluster; nobody listens to what it prints.
    pub fn start(&self, class: &str, words: &[&str]) -> Child {
        java(class, &[words, &self.at()[..]].concat())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("java runs")
    }

    /// Where the cluster is and how one logs in, in the tools' words.
    fn at(&self) -> Vec<&str> {
        let login = self.properties.iter().flat_map(|file| ["--command-config", file]);
        ["--bootstrap-server", &self.bootstrap].into_iter().chain(login).collect()
    }
}

/// One of Kafka's tools.
fn java(class: &str, words: &[&str]) -> Command {
    let jars = std::env::var("RIVERKEEPER_JARS")
        .unwrap_or_else(|_| panic!("RIVERKEEPER_JARS is not set: the folder of Kafka's jars"));
    let mut command = Command::new("java");
    command
        .args(["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"])
        .args(["-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp", &format!("{jars}/*"), class])
        .args(words);
    command
}

/// Runs one of Kafka's tools and gives what it prints.
fn run(class: &str, words: &[&str], input: &str) -> String {
    let mut child = java(class, words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("java runs");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let (said, complained) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{class} {words:?}: {said}{complained}");
    said.into_owned()
}

fn written(what: &serde_json::Value) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(what.to_string().as_bytes()).unwrap();
    file
}

/// A line of TopicCommand that describes a partition.
fn described(line: &str) -> Option<Described> {
    let field = |name: &str| {
        let (_, rest) = line.split_once(&format!("{name}: "))?;
        Some(rest.split('\t').next().unwrap_or_default().trim().to_owned())
    };
    let ids = |text: String| text.split(',').filter_map(|id| id.trim().parse().ok()).collect();
    Some(Described {
        topic: field("Topic")?,
        partition: field("Partition")?.parse().ok()?,
        leader_id: field("Leader")?.parse().ok(),
        replicas: ids(field("Replicas")?),
        isr: ids(field("Isr")?),
    })
}
