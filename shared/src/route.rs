//! Where things are: the paths of the API and of the pages, spelled once for both sides.
//!
//! Names travel percent-encoded in one path segment. Paths carry no leading slash, so that they resolve against
//! the page's base wherever the product is mounted.

/// A name as one path segment: everything but letters, digits, `-`, `_` and `~` is percent-encoded.
/// A dot is encoded too where it would make the segment `.` or `..`.
pub fn segment(name: &str) -> String {
    let only_dots = !name.is_empty() && name.bytes().all(|byte| byte == b'.');
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'~' => out.push(byte as char),
            b'.' if !only_dots => out.push('.'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Paths of the API.
pub mod api {
    use super::segment;

    /// The list of clusters.
    pub const CLUSTERS: &str = "api/v1/clusters";
    /// The timeline of the fleet.
    pub const EVENTS: &str = "api/v1/events";
    /// The owners of the catalog.
    pub const OWNERS: &str = "api/v1/owners";
    /// Search.
    pub const SEARCH: &str = "api/v1/search";
    /// Riverkeeper itself.
    pub const STATUS: &str = "api/v1/status";
    /// Who is asking: read, made by signing in, ended by signing out.
    pub const SESSION: &str = "api/v1/session";
    /// What every cluster carries over time.
    pub const LOAD: &str = "api/v1/load";
    /// The consumer groups of every cluster.
    pub const LAG: &str = "api/v1/lag";
    /// The fleet as tiers and flows.
    pub const TOPOLOGY: &str = "api/v1/topology";
    /// The live stream.
    pub const LIVE: &str = "api/v1/live";

    /// One cluster.
    pub fn cluster(cluster: &str) -> String {
        format!("{CLUSTERS}/{}", segment(cluster))
    }

    /// Something of one cluster: `brokers`, `topics`, `events`, `replication`, `load`, `broker-loads`, `spread`,
    /// `restart-verdicts`.
    pub fn of_cluster(cluster: &str, what: &str) -> String {
        format!("{CLUSTERS}/{}/{what}", segment(cluster))
    }

    /// One broker.
    pub fn broker(cluster: &str, broker_id: i32) -> String {
        format!("{CLUSTERS}/{}/brokers/{broker_id}", segment(cluster))
    }

    /// One topic.
    pub fn topic(cluster: &str, topic: &str) -> String {
        format!("{CLUSTERS}/{}/topics/{}", segment(cluster), segment(topic))
    }

    /// One consumer group.
    pub fn group(cluster: &str, group: &str) -> String {
        format!("{LAG}/{}/{}", segment(cluster), segment(group))
    }

    /// One consumer group over time.
    pub fn group_history(cluster: &str, group: &str) -> String {
        format!("{}/history", self::group(cluster, group))
    }

    /// The flows of the fleet.
    pub const FLOWS: &str = "api/v1/topology/flows";

    /// One flow, by its id.
    pub fn flow(id: &str) -> String {
        format!("{FLOWS}/{}", segment(id))
    }

    /// One flow over time.
    pub fn flow_history(id: &str) -> String {
        format!("{}/history", flow(id))
    }

    /// The way of one topic through all tiers.
    pub fn topic_path(topic: &str) -> String {
        format!("{TOPOLOGY}/topics/{}", segment(topic))
    }

    /// The partitions of one topic.
    pub fn partitions(cluster: &str, topic: &str) -> String {
        format!("{}/partitions", self::topic(cluster, topic))
    }
}

/// Paths of the pages.
pub mod page {
    use super::segment;

    /// The consumer groups of every cluster.
    pub const LAG: &str = "lag";

    /// One consumer group.
    pub fn group(cluster: &str, group: &str) -> String {
        format!("{LAG}/{}/{}", segment(cluster), segment(group))
    }

    /// The fleet as tiers and flows.
    pub const TOPOLOGY: &str = "topology";

    /// One flow, by its id.
    pub fn flow(id: &str) -> String {
        format!("{TOPOLOGY}/flows/{}", segment(id))
    }

    /// One cluster.
    pub fn cluster(cluster: &str) -> String {
        format!("clusters/{}", segment(cluster))
    }

    /// One broker.
    pub fn broker(cluster: &str, broker_id: i32) -> String {
        format!("clusters/{}/brokers/{broker_id}", segment(cluster))
    }

    /// The topics of one cluster, as a page of their own.
    pub fn topics(cluster: &str) -> String {
        format!("clusters/{}/topics", segment(cluster))
    }

    /// One topic.
    pub fn topic(cluster: &str, topic: &str) -> String {
        format!("clusters/{}/topics/{}", segment(cluster), segment(topic))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_one_segment() {
        assert_eq!(segment("orders.v1"), "orders.v1");
        assert_eq!(segment("a/b c?"), "a%2Fb%20c%3F");
        assert_eq!(segment(".."), "%2E%2E");
        assert_eq!(segment("<script>"), "%3Cscript%3E");
    }
}
