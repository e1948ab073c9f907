//! The topics of the demo's applications.

use crate::layout::OLD;

/// A topic that `fleet up` creates. Its replication factor is its cluster's.
#[derive(Debug)]
pub struct Topic {
    /// The cluster that holds it.
    pub cluster: &'static str,
    /// Its name.
    pub name: &'static str,
    /// How many partitions it gets.
    pub partitions: i32,
    /// The settings in which it differs.
    pub configs: &'static [(&'static str, &'static str)],
    /// Its records are mirrored to `aggregate`.
    pub is_mirrored: bool,
}

/// Long enough for a slow consumer to fall hours behind, short enough for a laptop's disk.
const HOURS: &[(&str, &str)] = &[("retention.ms", "21600000"), ("segment.bytes", "16777216")];
/// Records are gone after a minute or so.
const A_MINUTE: &[(&str, &str)] = &[("retention.ms", "60000"), ("segment.ms", "15000")];
const FOR_EVER: &[(&str, &str)] = &[("retention.ms", "-1")];

/// All of them.
pub static TOPICS: [Topic; 11] = [
    mirrored("east", "orders", 6),
    mirrored("east", "payments", 3),
    mirrored("east", "clicks", 6),
    mirrored("east", "inventory-changes", 3),
    local("east", "shipments", 3, HOURS),
    local("east", "refunds", 2, HOURS),
    local("east", "session-events", 2, A_MINUTE),
    local("east", "audit-log", 1, FOR_EVER),
    mirrored("west", "orders", 3),
    mirrored("west", "store-visits", 2),
    local(OLD, "legacy-orders", 3, HOURS),
];

const fn mirrored(cluster: &'static str, name: &'static str, partitions: i32) -> Topic {
    Topic { cluster, name, partitions, configs: HOURS, is_mirrored: true }
}

const fn local(
    cluster: &'static str,
    name: &'static str,
    partitions: i32,
    configs: &'static [(&'static str, &'static str)],
) -> Topic {
    Topic { cluster, name, partitions, configs, is_mirrored: false }
}

/// Those of one cluster.
pub fn of(cluster: &str) -> impl Iterator<Item = &'static Topic> {
    TOPICS.iter().filter(move |topic| topic.cluster == cluster)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Cluster;

    #[test]
    fn every_topic_is_on_a_cluster_that_exists() {
        for topic in &TOPICS {
            let cluster = Cluster::named(topic.cluster).unwrap();
            assert!(!topic.is_mirrored || cluster.is_mirrored, "{topic:?}");
        }
    }

    #[test]
    fn every_mirror_has_something_to_copy() {
        for source in ["east", "west"] {
            assert!(of(source).any(|topic| topic.is_mirrored), "{source}");
        }
    }
}
