//! The rights that Riverkeeper needs of a cluster, and what suffers where one is missing.
//!
//! One table for three things: the commands that grant them, the sentences on the screen that name those that are
//! missing, and the documents. All of them describe; none reads a record, none changes anything. Metadata,
//! DescribeCluster and ApiVersions need no right of their own: they leave out what may not be described.

/// What a right is given on, in Kafka's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// The cluster as a whole.
    Cluster,
    /// A topic.
    Topic,
}

/// One right that Riverkeeper needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right {
    /// Kafka's operation, as its tool for ACLs takes it: `Describe`, `DescribeConfigs`.
    pub operation: &'static str,
    /// On what it is given; for topics, on every one of them.
    pub resource: Resource,
    /// Kafka's requests that need it.
    pub requests: &'static [&'static str],
    /// What it is for, as the end of "needed for …".
    pub needed_for: &'static str,
}

/// Describe on the cluster.
pub const DESCRIBE_CLUSTER: Right = Right {
    operation: "Describe",
    resource: Resource::Cluster,
    requests: &["DescribeLogDirs", "DescribeQuorum", "ListPartitionReassignments"],
    needed_for: "sizes and log directories, the controller and its quorum, reassignments, and whether every topic is seen",
};

/// Describe on topics.
pub const DESCRIBE_TOPICS: Right = Right {
    operation: "Describe",
    resource: Resource::Topic,
    requests: &["Metadata", "ListOffsets"],
    needed_for: "topics, their partitions and replicas, and log start offsets",
};

/// DescribeConfigs on topics.
pub const DESCRIBE_TOPIC_CONFIGS: Right = Right {
    operation: "DescribeConfigs",
    resource: Resource::Topic,
    requests: &["DescribeConfigs"],
    needed_for: "retention, min.insync.replicas and the other settings of topics",
};

/// Every right that Riverkeeper needs.
pub const RIGHTS: &[Right] = &[DESCRIBE_CLUSTER, DESCRIBE_TOPICS, DESCRIBE_TOPIC_CONFIGS];

impl Resource {
    /// Kafka's word, in lower case.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Topic => "topic",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::wire::Api;

    #[test]
    fn every_request_that_we_speak_is_told_once_or_needs_no_right() {
        let free = [Api::ApiVersions, Api::DescribeCluster];
        for api in Api::ALL.into_iter().filter(|api| !free.contains(api)) {
            let rights = RIGHTS.iter().filter(|right| right.requests.contains(&api.name())).count();
            assert_eq!(rights, 1, "{}", api.name());
        }
    }
}
