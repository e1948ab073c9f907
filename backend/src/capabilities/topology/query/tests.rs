//! What is told of flows, and to whom, on three clusters of which two are mirrored to the third.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use shared::{
    lag::LagVerdict,
    topology::{Confidence, FlowKind, FlowSettings, RenamePolicy, TierRole},
};

use super::*;
use crate::{
    access::{Bounds, Names, Token},
    capabilities::topology::{
        PAST_COLUMNS,
        model::{ClusterRow, ClusterTopics, Groups, TierRow, WatchedRow},
    },
    catalog::Owners,
    http::list::ListQuery,
    series::Window,
};

const OWNERS: &str = "[[owner]]\nname = \"checkout\"\ntopics = [\"orders\", \"*.orders\"]\n";

fn now() -> DateTime {
    shared::topology::samples::topology().meta.now
}

/// What a token lets see: clusters, and owners.
fn scope(clusters: Option<&str>, owner: Option<&str>) -> Scope {
    let all = ["east", "west", "aggregate"];
    let names = clusters.map(|glob| {
        Names::new(&[globset::Glob::new(glob).unwrap()], all.iter().map(|name| (*name, &[][..]))).unwrap()
    });
    let bounds = Bounds { clusters: names, owners: owner.map(|owner| vec![owner.to_owned()]) };
    let token = Token::new("app".into(), [1; 32], shared::access::Role::Viewer, bounds, now());
    let owners = Owners::parse(Path::new("owners.toml"), OWNERS).unwrap();
    Scope::new(Some(Arc::new(token)), Arc::new(owners), all.iter().map(|name| (*name).to_owned()).collect())
}

/// No groups.
struct Alone;

impl Fleet for Alone {
    fn cluster(&self, _: &str) -> Option<Arc<dyn ClusterTopics>> {
        None
    }
    fn first<'a>(&'a self, _: &'a str) -> futures::future::BoxFuture<'a, Option<Arc<dyn ClusterTopics>>> {
        Box::pin(std::future::ready(None))
    }
    fn groups(&self, cluster: &str) -> Option<Arc<dyn Groups>> {
        Some(Arc::new(Many(if cluster == "aggregate" { 40 } else { 2 })))
    }
}

/// So many groups, the last of which is stuck.
struct Many(usize);

impl Groups for Many {
    fn revision(&self) -> u64 {
        1
    }
    fn each(&self, _: DateTime, see: &mut dyn FnMut(&str, Option<LagVerdict>)) {
        for at in 0..self.0 {
            let verdict = if at + 1 == self.0 { LagVerdict::Stuck } else { LagVerdict::Ok };
            see(&format!("group-{at}"), Some(verdict));
        }
    }
}

fn topic(name: &str, prefix: &str, lag: u64) -> Arc<TopicRow> {
    Arc::new(TopicRow {
        target_topic: Some(format!("{prefix}.{name}").into()),
        lag_records: Some(lag),
        source_end: Some(100),
        target_end: Some(100 - lag),
        verdict: FlowVerdict::Ok,
        ..TopicRow::named(name.into())
    })
}

fn flow(source: &str, target: &str, topics: Vec<Arc<TopicRow>>) -> Arc<FlowRow> {
    Arc::new(FlowRow {
        id: format!("{source}~{target}~mirror-maker2"),
        source: source.into(),
        target: target.into(),
        target_aliases: vec![],
        kind: FlowKind::MirrorMaker2,
        evidence: vec![],
        confidence: Confidence::Proved,
        policy: RenamePolicy::Prefix { alias: source.into(), separator: ".".into() },
        owner: None,
        topics,
        troubles: vec![],
        beat_ms: None,
        latency: vec![],
        settings: FlowSettings { topics: Some("orders,secrets".into()), ..FlowSettings::default() },
        groups: Some(3),
        bytes: Some(1_000.0),
        bytes_are_estimated: false,
        first_ms: 0,
        judged_ms: now().timestamp_millis(),
        since: BTreeMap::new(),
        missing: BTreeMap::from([("secret-plans".into(), 0)]),
        gone: BTreeMap::new(),
        past: Window::new(PAST_COLUMNS, Duration::from_secs(60)),
        verdict: FlowVerdict::Ok,
    })
}

fn known(scope: Scope) -> Known {
    let watched = |name: &str| ClusterRow {
        name: name.into(),
        watched: Some(WatchedRow {
            health: Some(Severity::Ok),
            brokers: Some((3, 3)),
            ..WatchedRow::default()
        }),
    };
    let tier = |name: &str, role, clusters| TierRow { name: name.into(), role, clusters };
    let snapshot = FlowsSnapshot {
        clusters: ["east", "west", "aggregate"].map(watched).into(),
        tiers: vec![
            tier("Local tier", TierRole::Local, vec![0, 1]),
            tier("Aggregate tier", TierRole::Aggregate, vec![2]),
        ],
        flows: vec![
            flow("east", "aggregate", vec![topic("orders", "east", 5), topic("secrets", "east", 70)]),
            flow("west", "aggregate", vec![topic("orders", "west", 1)]),
        ],
        findings: vec![],
        is_declared: false,
        ..FlowsSnapshot::default()
    };
    let stamped = Stamped { snapshot, revision: 1, as_of: now() };
    let reading = Reading {
        cluster: None,
        part: shared::topology::part::FLOWS.into(),
        as_of: Some(now()),
        period_seconds: 10.0,
        failure: None,
    };
    Known { scope, flows: Some(Arc::new(stamped)), reading, fleet: Arc::new(Alone) }
}

fn whole() -> Known {
    known(Scope::everything())
}

fn page() -> ListQuery<TopicSort> {
    ListQuery { limit: 10, offset: 0, cursor: None, sort: TopicSort::Verdict, descending: true, q: None }
}

#[test]
fn who_sees_one_cluster_sees_no_flow_that_leaves_it() {
    let told = topology(&known(scope(Some("east"), None)), &Asked::default(), now());
    assert_eq!((told.flows.len(), told.tiers.len(), told.tiers[0].clusters.len()), (0, 1, 1));
    let text = serde_json::to_string(&told).unwrap();
    assert!(!text.contains("aggregate") && !text.contains("west"), "{text}");
    assert!(
        detail(&known(scope(Some("east"), None)), "east~aggregate~mirror-maker2", &page(), now()).is_none()
    );
}

#[test]
fn who_sees_an_owners_topics_sees_sums_of_these_alone() {
    let bounded = known(scope(None, Some("checkout")));
    let told = topology(&bounded, &Asked::default(), now());
    let sums: Vec<_> = told.flows.iter().map(|flow| (flow.topic_count, flow.lag_records)).collect();
    assert_eq!(sums, [(1, Some(5)), (1, Some(1))]);
    let one = detail(&bounded, "east~aggregate~mirror-maker2", &page(), now()).unwrap();
    let text = serde_json::to_string(&(told, one)).unwrap();
    assert!(!text.contains("secret"), "{text}");
    let whole = topology(&whole(), &Asked::default(), now());
    assert_eq!(whole.flows[0].lag_records, Some(75));
    assert!(serde_json::to_string(&whole).unwrap().contains("secret-plans"));
}

#[test]
fn flows_are_listed_the_worst_first_and_counted_by_verdict_before_one_is_chosen() {
    let ask = |known: &Known, verdict, cluster: Option<&str>, sort, limit| {
        let list = ListQuery { limit, offset: 0, cursor: None, sort, descending: true, q: None };
        flows(known, &FlowQuery { list, cluster: cluster.map(Into::into), verdict }, now())
    };
    let ids = |told: &shared::topology::Flows| -> Vec<String> {
        told.flows.iter().map(|flow| flow.source.clone()).collect()
    };
    let all = ask(&whole(), None, None, FlowSort::Lag, 10);
    assert_eq!((ids(&all), all.meta.meta.total), (vec!["east".into(), "west".into()], Some(2)));
    let page = ask(&whole(), None, None, FlowSort::Lag, 1);
    assert_eq!((ids(&page), page.meta.meta.total), (vec!["east".into()], Some(2)));
    assert!(page.meta.meta.next_cursor.is_some());
    assert_eq!(page.meta.by_verdict, all.meta.by_verdict, "of all pages");
    assert_eq!(all.meta.by_verdict.values().sum::<u64>(), 2);
    assert_eq!(ids(&ask(&whole(), None, Some("west"), FlowSort::Id, 10)), ["west"]);
    let losing = ask(&whole(), Some(FlowVerdict::Losing), None, FlowSort::Verdict, 10);
    assert_eq!((losing.flows.len(), losing.meta.meta.total), (0, Some(0)));
    assert_eq!(losing.meta.by_verdict, all.meta.by_verdict);
    let nothing = ask(&known(scope(Some("east"), None)), None, None, FlowSort::Verdict, 10);
    assert!(nothing.flows.is_empty() && nothing.meta.by_verdict.is_empty(), "{nothing:?}");
    let owned = ask(&known(scope(None, Some("checkout"))), None, None, FlowSort::Lag, 10);
    let lags: Vec<_> = owned.flows.iter().map(|flow| flow.lag_records).collect();
    assert_eq!(lags, [Some(5), Some(1)]);
    assert!(!serde_json::to_string(&owned).unwrap().contains("secret"), "{owned:?}");
}

#[test]
fn groups_are_told_one_by_one_while_they_are_few_and_by_owner_when_they_are_many() {
    let told = topology(&whole(), &Asked::default(), now());
    let of = |cluster: &str| -> Vec<(&str, Option<u32>, Option<LagVerdict>)> {
        let consumers =
            told.applications.iter().filter(|it| it.cluster == cluster && it.group_count.is_some());
        consumers.map(|it| (it.name.as_str(), it.group_count, it.verdict)).collect()
    };
    assert_eq!(
        of("east"),
        [("group-0", Some(1), Some(LagVerdict::Ok)), ("group-1", Some(1), Some(LagVerdict::Stuck))]
    );
    assert_eq!(of("aggregate"), [("without an owner", Some(40), Some(LagVerdict::Stuck))]);
    let none = Asked { applications: Some(false), ..Asked::default() };
    assert!(topology(&whole(), &none, now()).applications.is_empty());
}

#[test]
fn the_way_of_a_topic_begins_at_its_origins_and_a_mirrored_name_is_followed_back() {
    let hops = |topic: &str, cluster: Option<&str>| -> Vec<(String, String, u32)> {
        let told = path(&whole(), topic, cluster, now()).unwrap();
        told.hops.into_iter().map(|hop| (hop.cluster, hop.topic, hop.depth)).collect()
    };
    let hop = |cluster: &str, topic: &str, depth| (cluster.to_owned(), topic.to_owned(), depth);
    let from_west = [hop("west", "orders", 0), hop("aggregate", "west.orders", 1)];
    assert_eq!(hops("west.orders", Some("aggregate")), from_west);
    assert_eq!(hops("west.orders", None), from_west);
    assert_eq!(hops("orders", Some("west")), from_west);
    let clusters: Vec<String> = hops("orders", None).into_iter().map(|(cluster, ..)| cluster).collect();
    assert_eq!(clusters, ["east", "west", "aggregate", "aggregate"]);
    assert!(hops("notes", None).is_empty(), "no flow carries it");
}

#[test]
fn what_was_not_read_lately_is_unknown_and_never_green() {
    let later = now() + chrono::TimeDelta::seconds(60);
    let told = topology(&whole(), &Asked::default(), later);
    assert!(told.flows.iter().all(|flow| flow.verdict == FlowVerdict::Unknown));
    let healths: Vec<_> = told.tiers.iter().flat_map(|tier| &tier.clusters).map(|it| it.health).collect();
    assert_eq!(healths, [Some(Severity::Unknown); 3]);
}

#[test]
fn filters_leave_out_what_does_not_fit() {
    let asked = Asked { topic: Some("secrets".into()), ..Asked::default() };
    let told = topology(&whole(), &asked, now());
    let names: Vec<_> =
        told.tiers.iter().flat_map(|tier| &tier.clusters).map(|it| it.name.as_str()).collect();
    assert_eq!((told.flows.len(), names), (1, vec!["east", "aggregate"]));
    let nowhere = Asked { datacenter: Some("nowhere".into()), ..Asked::default() };
    assert!(topology(&whole(), &nowhere, now()).tiers.is_empty());
}

#[test]
fn who_sees_some_clusters_is_told_that_flows_moved_and_not_what_is_in_the_way() {
    let failure = shared::meta::Failure { since: now(), what: "west: its log ends were not told.".into() };
    let notice = shared::live::Notice {
        noun: shared::topology::NOUN.into(),
        cluster: None,
        part: shared::topology::part::FLOWS.into(),
        revision: 4,
        as_of: Some(now()),
        period_seconds: 10.0,
        failure: Some(failure),
    };
    for bounded in [scope(Some("east"), None), scope(None, Some("checkout"))] {
        let told = bounded.notice(notice.clone()).unwrap();
        assert!(!told.failure.unwrap().what.contains("west"));
    }
}
