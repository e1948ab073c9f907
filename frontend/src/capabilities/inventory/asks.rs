//! The questions that inventory's pages ask.

use shared::{
    inventory::NOUN,
    route::{api, segment},
};

use crate::live::Ask;

/// The noun under which notices tell of the timeline.
const EVENTS: &str = "events";

/// Most things that one answer holds.
const MOST: usize = 1_000;

/// A point is counted each turn, which no notice tells of while the counts stay the same.
const POINTS_EVERY_SECONDS: i64 = 15;

/// Every cluster, worst first.
pub(crate) fn clusters() -> Ask {
    Ask::new(NOUN, None, format!("{}?limit={MOST}", api::CLUSTERS))
}

/// One cluster.
pub(crate) fn cluster(cluster: &str) -> Ask {
    Ask::new(NOUN, Some(cluster), api::cluster(cluster))
}

/// Its brokers, worst first.
pub(crate) fn brokers(cluster: &str) -> Ask {
    Ask::new(NOUN, Some(cluster), format!("{}?limit={MOST}", api::of_cluster(cluster, "brokers")))
}

/// Its counts of troubled partitions since a time.
pub(crate) fn replication(cluster: &str, from: &str) -> Ask {
    let url = format!("{}?from={}", api::of_cluster(cluster, "replication"), segment(from));
    Ask { every_seconds: Some(POINTS_EVERY_SECONDS), ..Ask::new(NOUN, Some(cluster), url) }
}

/// Which topics of a cluster.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TopicFilter {
    /// A part of the name.
    pub q: String,
    /// `name`, `-size_bytes`, …
    pub sort: String,
    /// Kafka's own ones too.
    pub internal: bool,
    /// Only what this owner has; everyone's when empty.
    pub owner: String,
}

/// A page of its topics.
pub(crate) fn topics(cluster: &str, filter: &TopicFilter, offset: usize, limit: usize) -> Ask {
    let mut url =
        format!("{}?limit={limit}&sort={}", api::of_cluster(cluster, "topics"), segment(&filter.sort));
    if offset > 0 {
        url.push_str(&format!("&offset={offset}"));
    }
    if !filter.q.is_empty() {
        url.push_str(&format!("&q={}", segment(&filter.q)));
    }
    if !filter.internal {
        url.push_str("&internal=false");
    }
    if !filter.owner.is_empty() {
        url.push_str(&format!("&owner={}", segment(&filter.owner)));
    }
    Ask::new(NOUN, Some(cluster), url)
}

/// The owners of the catalog, by name.
pub(crate) fn owners() -> Ask {
    Ask::new(NOUN, None, format!("{}?limit={MOST}", api::OWNERS))
}

/// One topic.
pub(crate) fn topic(cluster: &str, topic: &str) -> Ask {
    Ask::new(NOUN, Some(cluster), api::topic(cluster, topic))
}

/// A page of its partitions.
pub(crate) fn partitions(cluster: &str, topic: &str, sort: &str, offset: usize, limit: usize) -> Ask {
    let mut url = format!("{}?limit={limit}&sort={sort}", api::partitions(cluster, topic));
    if offset > 0 {
        url.push_str(&format!("&offset={offset}"));
    }
    Ask::new(NOUN, Some(cluster), url)
}

/// What happened to the fleet since a time.
pub(crate) fn fleet_events(from: &str, limit: usize) -> Ask {
    Ask::new(EVENTS, None, format!("{}?from={}&limit={limit}", api::EVENTS, segment(from)))
}

/// What happened to a cluster, or to one of its topics, since a time.
pub(crate) fn events(cluster: &str, topic: Option<&str>, from: &str, limit: usize) -> Ask {
    let mut url = format!("{}?from={}&limit={limit}", api::of_cluster(cluster, "events"), segment(from));
    if let Some(topic) = topic {
        url.push_str(&format!("&topic={}", segment(topic)));
    }
    Ask::new(EVENTS, Some(cluster), url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_searches_travel_encoded() {
        let filter = TopicFilter {
            q: "a&b c".into(),
            sort: "-trouble".into(),
            internal: false,
            owner: "check out".into(),
        };
        assert_eq!(
            topics("e/st", &filter, 200, 100).url,
            "api/v1/clusters/e%2Fst/topics?limit=100&sort=-trouble&offset=200&q=a%26b%20c&internal=false&owner=check%20out"
        );
    }

    #[test]
    fn a_timeline_listens_to_events() {
        let ask = events("east", Some("orders"), "2026-11-22T13:00:00Z", 20);
        assert_eq!(
            ask.url,
            "api/v1/clusters/east/events?from=2026-11-22T13%3A00%3A00Z&limit=20&topic=orders"
        );
        assert_eq!(ask.scope.noun, "events");
    }
}
