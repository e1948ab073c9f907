//! The questions that lag's pages ask.

use shared::{
    inventory,
    lag::{Among, NOUN},
    route::{api, segment},
};

use crate::{live::Ask, time_range::Span};

/// The noun under which notices tell of the timeline.
const EVENTS: &str = "events";

/// Most things that one answer holds.
pub(crate) const MOST: usize = 1_000;

/// Lags, ages and rates move all the time, and not all of it moves a revision.
const EVERY_SECONDS: i64 = 10;

/// Verdicts of a group that are told apart on a chart.
const VERDICTS: usize = 200;

/// Events in a timeline.
const EVENTS_SHOWN: usize = 12;

/// Which groups, and in which order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct GroupFilter {
    /// Of which cluster and owner, with what in the name.
    pub among: Among,
    /// Judged so; all when empty.
    pub verdict: String,
    /// `lag_records`, `-age_seconds`, …; worst first when empty.
    pub sort: String,
}

impl GroupFilter {
    /// Whether it leaves any group out.
    pub(crate) fn leaves_out(&self) -> bool {
        self.among != Among::default() || !self.verdict.is_empty()
    }
}

/// How many groups there are of each verdict on all clusters.
pub(crate) fn counts() -> Ask {
    Ask::new(NOUN, None, format!("{}?limit=1", api::LAG))
}

/// A page of groups.
pub(crate) fn groups(filter: &GroupFilter, offset: usize, limit: usize) -> Ask {
    let Among { cluster, owner, q } = &filter.among;
    let mut url = format!("{}?limit={limit}", api::LAG);
    if offset > 0 {
        url.push_str(&format!("&offset={offset}"));
    }
    let params = [
        ("verdict", &filter.verdict),
        ("cluster", cluster),
        ("owner", owner),
        ("q", q),
        ("sort", &filter.sort),
    ];
    for (name, value) in params.into_iter().filter(|(_, value)| !value.is_empty()) {
        url.push_str(&format!("&{name}={}", segment(value)));
    }
    let cluster = Some(cluster.as_str()).filter(|cluster| !cluster.is_empty());
    Ask::new(NOUN, cluster, url).every(EVERY_SECONDS)
}

/// The groups that read a topic.
pub(crate) fn readers(cluster: &str, topic: &str, limit: usize) -> Ask {
    let (of, topic) = (segment(cluster), segment(topic));
    let url = format!("{}?limit={limit}&cluster={of}&topic={topic}", api::LAG);
    Ask::new(NOUN, Some(cluster), url).every(EVERY_SECONDS)
}

/// One group with its partitions, worst first.
pub(crate) fn group(cluster: &str, group: &str) -> Ask {
    Ask::new(NOUN, Some(cluster), format!("{}?limit={MOST}", api::group(cluster, group))).every(EVERY_SECONDS)
}

/// One group over a time.
pub(crate) fn history(cluster: &str, group: &str, span: Span) -> Ask {
    let url = format!("{}?{}", api::group_history(cluster, group), span.params());
    Ask::new(NOUN, Some(cluster), url).only_every(span.step_seconds)
}

/// What happened to a group in a time, the newest of it.
pub(crate) fn happened(cluster: &str, group: &str, span: Span) -> Ask {
    events(cluster, group, span, EVENTS_SHOWN)
}

/// The same, as much of it as a chart tells apart.
pub(crate) fn troubles(cluster: &str, group: &str, span: Span) -> Ask {
    events(cluster, group, span, VERDICTS)
}

fn events(cluster: &str, group: &str, span: Span, limit: usize) -> Ask {
    let (path, group) = (api::of_cluster(cluster, "events"), segment(group));
    let url = format!("{path}?{}&limit={limit}&noun={NOUN}&group={group}", span.params());
    Ask::new(EVENTS, Some(cluster), url)
}

/// The brokers of a cluster, for an address that commands can ask.
pub(crate) fn brokers(cluster: &str) -> Ask {
    Ask::new(inventory::NOUN, Some(cluster), format!("{}?limit={MOST}", api::of_cluster(cluster, "brokers")))
}

/// The owners of the catalog, by name.
pub(crate) fn owners() -> Ask {
    Ask::new(inventory::NOUN, None, format!("{}?limit={MOST}", api::OWNERS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_searches_travel_encoded_and_what_is_empty_does_not() {
        let among = Among { cluster: "e/st".into(), owner: "check out".into(), q: "a&b".into() };
        let filter = GroupFilter { among, verdict: "stuck".into(), sort: "-lag_records".into() };
        assert_eq!(
            groups(&filter, 200, 100).url,
            "api/v1/lag?limit=100&offset=200&verdict=stuck&cluster=e%2Fst&owner=check%20out&q=a%26b&sort=-lag_records"
        );
        let all = groups(&GroupFilter::default(), 0, 100);
        assert_eq!((all.url.as_str(), all.scope.cluster), ("api/v1/lag?limit=100", None));
        assert!(filter.leaves_out() && !GroupFilter::default().leaves_out());
    }

    #[test]
    fn a_timeline_of_a_group_listens_to_events() {
        let from = shared::inventory::samples::now();
        let span = Span { from, to: None, step_seconds: 30 };
        let ask = happened("east", "a group", span);
        assert_eq!(
            ask.url,
            "api/v1/clusters/east/events?from=2026-11-22T14%3A00%3A00Z&limit=12&noun=lag&group=a%20group"
        );
        assert_eq!(ask.scope.noun, "events");
    }
}
