//! What a series tells, and in whose names.

use super::tables::{BURROW, KAFKA_EXPORTER, KMINION, LAG_EXPORTER};

/// The tool whose names are spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// danielqsj/kafka_exporter.
    KafkaExporter,
    /// seglo/kafka-lag-exporter.
    LagExporter,
    /// LinkedIn's Burrow.
    Burrow,
    /// redpanda-data/kminion.
    KMinion,
}

impl Dialect {
    /// The words of `dialect`.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("kafka-exporter", Self::KafkaExporter),
        ("lag-exporter", Self::LagExporter),
        ("burrow", Self::Burrow),
        ("kminion", Self::KMinion),
    ];

    /// Its series, in the order in which they are told.
    pub fn series(self) -> &'static [Series] {
        match self {
            Self::KafkaExporter => KAFKA_EXPORTER,
            Self::LagExporter => LAG_EXPORTER,
            Self::Burrow => BURROW,
            Self::KMinion => KMINION,
        }
    }
}

/// What a series tells, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// How many brokers serve.
    Brokers,
    /// 1 for the cluster.
    Cluster,
    /// 1 for each broker.
    Broker,
    /// The partitions of a topic.
    Partitions,
    /// 1 for each topic.
    Topic,
    /// The sum of a topic's log ends.
    LogEndSum,
    /// The sum of a topic's log starts.
    LogStartSum,
    /// Where a log ends.
    LogEnd,
    /// Where a log starts.
    LogStart,
    /// The broker that leads a partition.
    Leader,
    /// Whether that is the preferred one.
    LeaderIsPreferred,
    /// Replicas of a partition.
    Replicas,
    /// Those that are in sync.
    InSync,
    /// Whether they are too few.
    UnderReplicated,
    /// 1 for each group that is stable, 0 for the others.
    Group,
    /// Members of a group.
    Members,
    /// Those that have no partition.
    EmptyMembers,
    /// The sum of a group's lags.
    GroupLag,
    /// The largest of them.
    GroupMostLag,
    /// How long the group's oldest unread record has waited.
    GroupAge,
    /// What Burrow calls the group.
    GroupStatus,
    /// Members that have partitions of a topic.
    TopicMembers,
    /// How many partitions of it they have.
    TopicAssigned,
    /// The sum of a group's lags in a topic.
    TopicLag,
    /// The sum of what a group committed for a topic.
    TopicCommitted,
    /// What a group committed for a partition.
    Committed,
    /// Records between that and the log end.
    Lag,
    /// How long the oldest of them has waited.
    Age,
    /// What Burrow calls that.
    Status,
}

/// What a label tells, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// The cluster's name.
    Cluster,
    /// Kafka's id of it.
    ClusterId,
    /// Its brokers.
    BrokerCount,
    /// Its controller.
    ControllerId,
    /// A broker.
    Broker,
    /// Its host.
    Host,
    /// Its port.
    Port,
    /// Both.
    Address,
    /// Its rack.
    Rack,
    /// Whether it is the controller.
    IsController,
    /// A topic.
    Topic,
    /// Its partitions.
    PartitionCount,
    /// Its replicas.
    ReplicationFactor,
    /// A partition.
    Partition,
    /// A group.
    Group,
    /// Its state.
    State,
    /// Where a member runs.
    MemberHost,
    /// Its id.
    Member,
    /// What it calls itself.
    Client,
    /// What is not known here.
    Unknown,
}

/// A series: its name, what it is, what it tells, its labels.
#[derive(Debug, PartialEq)]
pub struct Series {
    /// Its name.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub help: &'static str,
    /// What it tells.
    pub fact: Fact,
    /// Its labels and what they are called.
    pub labels: &'static [(Label, &'static str)],
}
