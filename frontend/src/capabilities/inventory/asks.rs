//! The questions that inventory's pages ask.

use shared::{
    inventory::NOUN,
    route::{api, segment},
};

use crate::{live::Ask, time_range::Span};

/// The noun under which notices tell of the timeline.
const EVENTS: &str = "events";

/// Most things that one answer holds.
const MOST: usize = 1_000;

/// A point is counted each turn, which no notice tells of while the counts stay the same.
const POINTS_EVERY_SECONDS: i64 = 15;

/// Rates stand in the rows of inventory and move without its notices.
const RATES_EVERY_SECONDS: i64 = 10;

/// Every cluster, worst first.
pub(crate) fn clusters() -> Ask {
    Ask::new(NOUN, None, format!("{}?limit={MOST}", api::CLUSTERS)).every(RATES_EVERY_SECONDS)
}

/// One cluster.
pub(crate) fn cluster(cluster: &str) -> Ask {
    Ask::new(NOUN, Some(cluster), api::cluster(cluster)).every(RATES_EVERY_SECONDS)
}

/// Its brokers, worst first.
pub(crate) fn brokers(cluster: &str) -> Ask {
    Ask::new(NOUN, Some(cluster), format!("{}?limit={MOST}", api::of_cluster(cluster, "brokers")))
}

/// One of them.
pub(crate) fn broker(cluster: &str, broker_id: i32) -> Ask {
    Ask::new(NOUN, Some(cluster), api::broker(cluster, broker_id))
}

/// Whether they may be restarted now.
pub(crate) fn restart_verdicts(cluster: &str) -> Ask {
    Ask::new(NOUN, Some(cluster), api::of_cluster(cluster, "restart-verdicts"))
}

/// Its counts of troubled partitions over a time.
pub(crate) fn replication(cluster: &str, span: Span) -> Ask {
    let url = format!("{}?{}", api::of_cluster(cluster, "replication"), span.params());
    Ask::new(NOUN, Some(cluster), url).every(POINTS_EVERY_SECONDS)
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
    Ask::new(NOUN, Some(cluster), url).every(RATES_EVERY_SECONDS)
}

/// The owners of the catalog, by name.
pub(crate) fn owners() -> Ask {
    Ask::new(NOUN, None, format!("{}?limit={MOST}", api::OWNERS))
}

/// One topic.
pub(crate) fn topic(cluster: &str, topic: &str) -> Ask {
    Ask::new(NOUN, Some(cluster), api::topic(cluster, topic)).every(RATES_EVERY_SECONDS)
}

/// A page of its partitions.
pub(crate) fn partitions(cluster: &str, topic: &str, sort: &str, offset: usize, limit: usize) -> Ask {
    let mut url = format!("{}?limit={limit}&sort={sort}", api::partitions(cluster, topic));
    if offset > 0 {
        url.push_str(&format!("&offset={offset}"));
    }
    Ask::new(NOUN, Some(cluster), url)
}

/// What a timeline is about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum About {
    /// The whole fleet.
    Fleet,
    /// One cluster.
    Cluster(String),
    /// One broker of it.
    Broker(String, i32),
    /// One topic of it.
    Topic(String, String),
}

/// Which events of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct EventFilter {
    /// At least so bad; all when empty.
    pub severity: String,
    /// Of this kind; all when empty.
    pub kind: String,
    /// Those after this place; the newest when empty.
    pub cursor: String,
}

/// What happened in a time.
pub(crate) fn events(about: &About, filter: &EventFilter, span: Span, limit: usize) -> Ask {
    let (cluster, of) = match about {
        About::Fleet => (None, String::new()),
        About::Cluster(cluster) => (Some(cluster.as_str()), String::new()),
        About::Broker(cluster, broker_id) => (Some(cluster.as_str()), format!("&broker={broker_id}")),
        About::Topic(cluster, topic) => (Some(cluster.as_str()), format!("&topic={}", segment(topic))),
    };
    let path = cluster.map_or_else(|| api::EVENTS.into(), |cluster| api::of_cluster(cluster, "events"));
    let mut url = format!("{path}?{}&limit={limit}{of}", span.params());
    for (name, value) in [("severity", &filter.severity), ("kind", &filter.kind), ("cursor", &filter.cursor)]
    {
        if !value.is_empty() {
            url.push_str(&format!("&{name}={}", segment(value)));
        }
    }
    Ask::new(EVENTS, cluster, url)
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
    fn a_timeline_listens_to_events_and_asks_for_what_was_chosen() {
        let from = shared::inventory::samples::now();
        let span = Span { from, to: Some(from + chrono::Duration::hours(1)), step_seconds: 30 };
        let filter = EventFilter { severity: "warning".into(), ..EventFilter::default() };
        let ask = events(&About::Topic("east".into(), "orders".into()), &filter, span, 20);
        assert_eq!(
            ask.url,
            "api/v1/clusters/east/events?from=2026-11-22T14%3A00%3A00Z&to=2026-11-22T15%3A00%3A00Z&limit=20&topic=orders&severity=warning"
        );
        assert_eq!(ask.scope.noun, "events");
    }
}
