//! The rights that Riverkeeper needs of a cluster, and what suffers where one is missing.
//!
//! One table for three things: the commands that grant them, the sentences on the screen that name those that are
//! missing, and the documents. They describe, and some read records: those of Kafka's own topic of committed offsets, and of what mirrors keep for
//! themselves.
//! None changes anything. Metadata, DescribeCluster and ApiVersions need no right of their own: they leave out what may
//! not be described.

/// What a right is given on, in Kafka's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// The cluster as a whole.
    Cluster,
    /// A topic.
    Topic,
    /// A consumer group.
    Group,
}

/// Kafka's topic of committed offsets.
pub const OFFSETS_TOPIC: &str = "__consumer_offsets";

/// One right that Riverkeeper needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right {
    /// Kafka's operation, as its tool for ACLs takes it: `Describe`, `DescribeConfigs`.
    pub operation: &'static str,
    /// On what it is given.
    pub resource: Resource,
    /// Which one: the name of a topic or a group, `*` for every one, and Kafka's name for the cluster.
    pub name: &'static str,
    /// Whether it is given on all whose names begin so.
    pub is_prefix: bool,
    /// Kafka's requests that need it.
    pub requests: &'static [&'static str],
    /// What it is for, as the end of "needed for …".
    pub needed_for: &'static str,
}

/// Every topic, every group.
pub const EVERY: &str = "*";

/// Describe on the cluster.
pub const DESCRIBE_CLUSTER: Right = Right {
    operation: "Describe",
    resource: Resource::Cluster,
    name: "kafka-cluster",
    is_prefix: false,
    requests: &["DescribeLogDirs", "DescribeQuorum", "ListPartitionReassignments"],
    needed_for: "sizes and log directories, the controller and its quorum, reassignments, and whether every topic is seen",
};

/// Describe on topics.
pub const DESCRIBE_TOPICS: Right = Right {
    operation: "Describe",
    resource: Resource::Topic,
    name: EVERY,
    is_prefix: false,
    requests: &["Metadata", "ListOffsets"],
    needed_for: "topics, their partitions and replicas, and log start offsets",
};

/// DescribeConfigs on topics.
pub const DESCRIBE_TOPIC_CONFIGS: Right = Right {
    operation: "DescribeConfigs",
    resource: Resource::Topic,
    name: EVERY,
    is_prefix: false,
    requests: &["DescribeConfigs"],
    needed_for: "retention, min.insync.replicas and the other settings of topics",
};

/// Read on the topic of committed offsets.
pub const READ_OFFSETS_TOPIC: Right = Right {
    operation: "Read",
    resource: Resource::Topic,
    name: OFFSETS_TOPIC,
    is_prefix: false,
    requests: &["Fetch"],
    needed_for: "the commits of groups as they are made; without it, their offsets are asked for",
};

/// Read on what MirrorMaker 2 keeps for itself.
pub const READ_MIRROR_TOPICS: Right = Right {
    operation: "Read",
    resource: Resource::Topic,
    name: "mm2-",
    is_prefix: true,
    requests: &["Fetch"],
    needed_for: "how far mirrors have copied, and what they are set to; without it, flows are unknown",
};

/// Read on the heartbeats of mirrors.
pub const READ_HEARTBEATS: Right = Right {
    operation: "Read",
    resource: Resource::Topic,
    name: "heartbeats",
    is_prefix: false,
    requests: &["Fetch"],
    needed_for: "whether the processes of mirrors live",
};

/// Describe on groups.
pub const DESCRIBE_GROUPS: Right = Right {
    operation: "Describe",
    resource: Resource::Group,
    name: EVERY,
    is_prefix: false,
    requests: &[
        "ListGroups",
        "FindCoordinator",
        "OffsetFetch",
        "DescribeGroups",
        "ConsumerGroupDescribe",
        "ShareGroupDescribe",
        "StreamsGroupDescribe",
        "DescribeShareGroupOffsets",
    ],
    needed_for: "groups, their members and their committed offsets",
};

/// Every right that Riverkeeper needs.
pub const RIGHTS: &[Right] = &[
    DESCRIBE_CLUSTER,
    DESCRIBE_TOPICS,
    DESCRIBE_TOPIC_CONFIGS,
    READ_OFFSETS_TOPIC,
    READ_MIRROR_TOPICS,
    READ_HEARTBEATS,
    DESCRIBE_GROUPS,
];

/// What we may do with a resource, as brokers tell it on request: one bit an operation (KIP-430).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operations(i32);

impl Operations {
    /// `DESCRIBE` of Kafka's AclOperation.
    const DESCRIBE: i32 = 1 << 8;
    /// All operations that there are on a cluster: CREATE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS,
    /// ALTER_CONFIGS, IDEMPOTENT_WRITE.
    const ALL_OF_CLUSTER: i32 = 0b1_1111_1010_0000;

    /// The bits as they came; `None` where the broker did not tell.
    pub fn told(bits: i32) -> Option<Self> {
        (bits != i32::MIN).then_some(Self(bits))
    }

    /// Whether Describe is among them. Who lacks it on the cluster is told no operation at all.
    pub fn may_describe(self) -> bool {
        self.0 & Self::DESCRIBE != 0
    }

    /// Whether they are all that there are on a cluster: nobody restricts us, or hardly.
    pub fn are_all_of_cluster(self) -> bool {
        self.0 & Self::ALL_OF_CLUSTER == Self::ALL_OF_CLUSTER
    }
}

impl Resource {
    /// Kafka's word, in lower case.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Topic => "topic",
            Self::Group => "group",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::wire::Api;

    #[test]
    fn operations_that_were_not_told_are_not_none() {
        assert_eq!(Operations::told(i32::MIN), None);
        assert_eq!(Operations::told(0).map(Operations::may_describe), Some(false));
        assert_eq!(Operations::told(256).map(Operations::may_describe), Some(true));
        // As a broker of 4.3.1 told them: Describe alone, and everything.
        assert_eq!(Operations::told(256).map(Operations::are_all_of_cluster), Some(false));
        assert_eq!(Operations::told(8_096).map(Operations::are_all_of_cluster), Some(true));
    }

    #[test]
    fn every_request_that_we_speak_is_told_or_needs_no_right() {
        let free = [Api::ApiVersions, Api::DescribeCluster, Api::SaslHandshake, Api::SaslAuthenticate];
        for api in Api::ALL.into_iter().filter(|api| !free.contains(api)) {
            let rights = RIGHTS.iter().filter(|right| right.requests.contains(&api.name())).count();
            let reads = [READ_OFFSETS_TOPIC, READ_MIRROR_TOPICS, READ_HEARTBEATS].len();
            let expected = if api.name() == "Fetch" { reads } else { 1 };
            assert_eq!(rights, expected, "{}", api.name());
        }
    }
}
