//! One of each view, for documents, tests and the gallery: a fleet of three clusters in several states, one of a hundred,
//! and fleets in which flows are hard to tell.

use super::{
    Application, ApplicationRole, Confidence, Drawn, Evidence, EvidenceKind, Finding, FindingKind, Flow,
    FlowDetail, FlowHistory, FlowKind, FlowPoint, FlowSettings, FlowTopic, FlowVerdict, Hop, Latency,
    LatencyMethod, RenamePolicy, Tier, TierCluster, TierRole, TopicPath, Topology, draw, part,
};
use crate::{
    DateTime,
    event::{Event, Events, Subject},
    inventory,
    lag::LagVerdict,
    meta::{Meta, Reading},
    verdict::{Reason, Severity},
};

/// When the samples were taken.
pub fn now() -> DateTime {
    inventory::samples::now()
}

fn ago(seconds: i64) -> DateTime {
    now() - chrono::TimeDelta::seconds(seconds)
}

fn meta(total: usize) -> Meta {
    let reading = Reading {
        cluster: None,
        part: part::FLOWS.into(),
        as_of: Some(ago(4)),
        period_seconds: 10.0,
        failure: None,
    };
    Meta { total: Some(total as u64), next_cursor: None, revision: 812, now: now(), readings: vec![reading] }
}

// ---- clusters, flows, applications ------------------------------------------------------------------------------

fn cluster(name: &str, datacenter: &str, brokers: u32, (written, read): (f64, f64)) -> TierCluster {
    TierCluster {
        name: name.into(),
        is_watched: true,
        datacenter: Some(datacenter.into()),
        category: None,
        declared_tier: None,
        health: Some(Severity::Ok),
        brokers_up: Some(brokers),
        broker_count: Some(brokers),
        produce_bytes_per_second: Some(written),
        consume_bytes_per_second: Some(read),
    }
}

fn evidence(source: &str, target: &str) -> Vec<Evidence> {
    let one = |kind, place: String, seconds: i64| Evidence { kind, place, last_seen: Some(ago(seconds)) };
    vec![
        one(EvidenceKind::Heartbeats, format!("{source}.heartbeats on {target}"), 1),
        one(EvidenceKind::OffsetSyncs, format!("mm2-offset-syncs.{target}.internal on {source}"), 22),
        one(EvidenceKind::Positions, format!("mm2-offsets.{source}.internal on {target}"), 41),
        one(EvidenceKind::ConnectorSettings, format!("mm2-configs.{source}.internal on {target}"), 86_400),
    ]
}

/// A flow that is well.
fn flow(source: &str, target: &str, bytes: f64) -> Flow {
    Flow {
        id: format!("{source}~{target}~{}", FlowKind::MirrorMaker2.name()),
        source: source.into(),
        target: target.into(),
        kind: FlowKind::MirrorMaker2,
        evidence: evidence(source, target),
        confidence: Confidence::Proved,
        policy: RenamePolicy::Prefix { alias: source.into(), separator: ".".into() },
        owner: None,
        topic_count: 22,
        findings: vec![],
        bytes_per_second: Some(bytes),
        bytes_are_estimated: false,
        records_per_second: Some(412.0),
        source_records_per_second: Some(413.0),
        lag_records: Some(312),
        lag_is_at_least: false,
        age_seconds: Some(1.8),
        heartbeat_age_seconds: Some(1.1),
        latency: vec![
            Latency { method: LatencyMethod::Heartbeats, seconds: 1.2, as_of: ago(2) },
            Latency { method: LatencyMethod::OffsetSyncs, seconds: 0.9, as_of: ago(22) },
        ],
        verdict: FlowVerdict::Ok,
        reason: None,
    }
}

/// A flow with one finding, which is its reason.
fn troubled(
    mut flow: Flow,
    verdict: FlowVerdict,
    finding: Finding,
    (rule, value, unit): (&str, f64, &str),
) -> Flow {
    flow.reason = Some(Reason {
        rule: rule.into(),
        value: Some(value),
        limit: None,
        unit: Some(unit.into()),
        severity: verdict.severity(),
        since: finding.since,
        sentence: finding.sentence.clone(),
    });
    flow.verdict = verdict;
    flow.findings.insert(0, finding);
    flow
}

fn finding(kind: FindingKind, severity: Severity, since: i64, sentence: &str, detail: &str) -> Finding {
    Finding {
        kind,
        severity,
        since: (since > 0).then(|| ago(since)),
        sentence: sentence.into(),
        detail: (!detail.is_empty()).then(|| detail.into()),
        topics: vec![],
    }
}

fn stopped(source: &str, target: &str) -> Flow {
    let found = finding(
        FindingKind::NoProgress,
        Severity::Critical,
        372,
        "Its position has not moved while records wait.",
        "Its process still sends heartbeats, so it runs but does not copy.",
    );
    let still = Flow {
        topic_count: 14,
        bytes_per_second: Some(0.0),
        records_per_second: Some(0.0),
        source_records_per_second: Some(511.0),
        lag_records: Some(184_020),
        age_seconds: Some(372.0),
        latency: vec![Latency { method: LatencyMethod::OffsetSyncs, seconds: 1.1, as_of: ago(380) }],
        ..flow(source, target, 0.0)
    };
    troubled(still, FlowVerdict::Stopped, found, ("no_progress", 372.0, "seconds"))
}

fn paused(source: &str, target: &str) -> Flow {
    let mut flow = stopped(source, target);
    let found = finding(
        FindingKind::Paused,
        Severity::Critical,
        372,
        "Somebody paused its connector, and records wait.",
        "",
    );
    flow.findings.clear();
    troubled(flow, FlowVerdict::Stopped, found, ("paused", 372.0, "seconds"))
}

fn losing(source: &str, target: &str) -> Flow {
    let mut found = finding(
        FindingKind::SilentLoss,
        Severity::Critical,
        1_260,
        "2,310 records of session-events were gone by retention before they were copied.",
        "MirrorMaker goes on at the oldest record that is left, and says nothing of it.",
    );
    found.topics = vec!["session-events".into()];
    let gone = Flow {
        topic_count: 14,
        age_seconds: Some(64.0),
        lag_records: Some(9_120),
        ..flow(source, target, 9_200_000.0)
    };
    troubled(gone, FlowVerdict::Losing, found, ("silent_loss", 2_310.0, "records"))
}

fn behind(source: &str, target: &str) -> Flow {
    let found = finding(
        FindingKind::Behind,
        Severity::Warning,
        1_500,
        "The oldest record waits for longer than 2 min: 640 are written each second, and 512 are copied.",
        "",
    );
    let slow = Flow {
        records_per_second: Some(512.0),
        source_records_per_second: Some(640.0),
        lag_records: Some(76_800),
        lag_is_at_least: true,
        age_seconds: Some(150.0),
        ..flow(source, target, 11_900_000.0)
    };
    troubled(slow, FlowVerdict::Behind, found, ("behind_after", 150.0, "seconds"))
}

fn producers(cluster: &str, bytes: Option<f64>) -> Application {
    Application {
        id: format!("producers~{cluster}"),
        name: "producers".into(),
        role: ApplicationRole::Producers,
        cluster: cluster.into(),
        owner: None,
        group_count: None,
        bytes_per_second: bytes,
        verdict: None,
    }
}

fn consumers(cluster: &str, name: &str, groups: u32, verdict: LagVerdict) -> Application {
    Application {
        id: format!("consumers~{cluster}~{name}"),
        name: name.into(),
        role: ApplicationRole::Consumers,
        cluster: cluster.into(),
        owner: Some(name.into()).filter(|_| !name.contains(' ')),
        group_count: Some(groups),
        bytes_per_second: None,
        verdict: Some(verdict),
    }
}

fn tier(role: TierRole, clusters: Vec<TierCluster>) -> Tier {
    let name = match role {
        TierRole::Local => "Local tier",
        TierRole::Aggregate => "Aggregate tier",
    };
    Tier { name: name.into(), role, clusters }
}

fn built(
    tiers: Vec<Tier>,
    mut flows: Vec<Flow>,
    applications: Vec<Application>,
    is_collapsed: bool,
) -> Topology {
    flows.sort_by_key(|flow| std::cmp::Reverse(flow.verdict));
    let clusters = || tiers.iter().flat_map(|tier| &tier.clusters);
    let mut datacenters: Vec<String> = clusters().filter_map(|one| one.datacenter.clone()).collect();
    let mut categories: Vec<String> = clusters().filter_map(|one| one.category.clone()).collect();
    for names in [&mut datacenters, &mut categories] {
        names.sort_unstable();
        names.dedup();
    }
    let drawing =
        draw(&Drawn { tiers: &tiers, flows: &flows, applications: &applications, collapse: is_collapsed });
    let meta = meta(flows.len());
    Topology {
        tiers,
        flows,
        applications,
        findings: vec![],
        is_declared: false,
        datacenters,
        categories,
        drawing,
        meta,
    }
}

// ---- fleets -----------------------------------------------------------------------------------------------------

/// The demo's fleet: east and west are mirrored to aggregate, and the mirror of west has stopped.
pub fn topology() -> Topology {
    fleet(vec![stopped("west", "aggregate"), flow("east", "aggregate", 21_400_000.0)], Severity::Critical)
}

/// The same while all is well.
pub fn topology_well() -> Topology {
    let west = Flow { topic_count: 14, age_seconds: Some(0.9), ..flow("west", "aggregate", 9_200_000.0) };
    fleet(vec![flow("east", "aggregate", 21_400_000.0), west], Severity::Ok)
}

/// The same while somebody paused the mirror of west.
pub fn topology_paused() -> Topology {
    fleet(vec![paused("west", "aggregate"), flow("east", "aggregate", 21_400_000.0)], Severity::Ok)
}

/// The same while retention took records of west before they were copied.
pub fn topology_losing() -> Topology {
    fleet(vec![losing("west", "aggregate"), behind("east", "aggregate")], Severity::Ok)
}

fn fleet(flows: Vec<Flow>, east: Severity) -> Topology {
    let mut local = vec![
        cluster("east", "ashburn", 3, (21_400_000.0, 48_000_000.0)),
        cluster("west", "portland", 1, (9_200_000.0, 14_400_000.0)),
    ];
    if east > Severity::Ok {
        (local[0].health, local[0].brokers_up) = (Some(east), Some(2));
    }
    let aggregate = cluster("aggregate", "ashburn", 1, (30_100_000.0, 33_700_000.0));
    let tiers = vec![tier(TierRole::Local, local), tier(TierRole::Aggregate, vec![aggregate])];
    let applications = vec![
        producers("east", Some(21_400_000.0)),
        producers("west", Some(9_200_000.0)),
        consumers("aggregate", "analytics", 2, LagVerdict::Ok),
        consumers("aggregate", "search", 1, LagVerdict::Ok),
        consumers("aggregate", "risk", 1, LagVerdict::Stuck),
        consumers("aggregate", "9 more", 9, LagVerdict::Ok),
    ];
    built(tiers, flows, applications, false)
}

/// A mirror names a cluster that nobody watches.
pub fn topology_unknown_alias() -> Topology {
    let unknown = TierCluster {
        is_watched: false,
        datacenter: None,
        health: None,
        brokers_up: None,
        broker_count: None,
        produce_bytes_per_second: None,
        consume_bytes_per_second: None,
        ..cluster("legacy", "", 0, (0.0, 0.0))
    };
    let found = finding(
        FindingKind::UnknownCluster,
        Severity::Unknown,
        0,
        "legacy is known from the settings of a mirror only.",
        "What waits there is not known.",
    );
    let from_legacy = Flow {
        confidence: Confidence::Likely,
        lag_records: None,
        age_seconds: None,
        source_records_per_second: None,
        bytes_per_second: None,
        records_per_second: Some(18.0),
        heartbeat_age_seconds: Some(1.4),
        latency: vec![],
        topic_count: 6,
        ..flow("legacy", "aggregate", 0.0)
    };
    let from_legacy =
        troubled(from_legacy, FlowVerdict::Unknown, found.clone(), ("unknown_cluster", 1.0, "clusters"));
    let mut page = topology_well();
    page.flows.push(from_legacy);
    page.tiers[0].clusters.push(unknown);
    page.tiers[0].clusters.sort_by(|one, other| one.name.cmp(&other.name));
    let mut page = built(page.tiers, page.flows, page.applications, false);
    page.findings = vec![
        found,
        finding(
            FindingKind::NotDeclared,
            Severity::Warning,
            0,
            "legacy → aggregate is not among the mirrors that are declared.",
            "",
        ),
    ];
    page.is_declared = true;
    page
}

/// Two clusters that are mirrored to each other.
pub fn topology_cycle() -> Topology {
    let clusters = vec![
        cluster("east", "ashburn", 3, (21_400_000.0, 48_000_000.0)),
        cluster("west", "portland", 3, (19_800_000.0, 44_100_000.0)),
    ];
    let flows = vec![behind("west", "east"), flow("east", "west", 10_700_000.0)];
    let applications = vec![
        producers("east", Some(11_400_000.0)),
        producers("west", Some(9_100_000.0)),
        consumers("east", "checkout", 4, LagVerdict::Ok),
        consumers("west", "checkout-west", 4, LagVerdict::Ok),
    ];
    built(vec![tier(TierRole::Local, clusters)], flows, applications, false)
}

/// Clusters that no mirror connects.
pub fn topology_no_mirror() -> Topology {
    let clusters = vec![
        cluster("orders", "ashburn", 3, (21_400_000.0, 48_000_000.0)),
        cluster("tracking", "ashburn", 5, (98_200_000.0, 301_000_000.0)),
    ];
    let applications =
        vec![producers("orders", Some(21_400_000.0)), producers("tracking", Some(98_200_000.0))];
    built(vec![tier(TierRole::Local, clusters)], vec![], applications, false)
}

/// West does not answer: what waits there is not known.
pub fn topology_silent() -> Topology {
    let mut page = topology_well();
    for one in page.tiers.iter_mut().flat_map(|tier| &mut tier.clusters).filter(|one| one.name == "west") {
        (one.health, one.brokers_up) = (None, None);
        (one.produce_bytes_per_second, one.consume_bytes_per_second) = (None, None);
    }
    let found = finding(
        FindingKind::ClusterSilent,
        Severity::Warning,
        130,
        "west does not answer: what waits there is not known.",
        "",
    );
    for flow in page.flows.iter_mut().filter(|flow| flow.source == "west") {
        (flow.lag_records, flow.age_seconds, flow.source_records_per_second) = (None, None, None);
        *flow =
            troubled(flow.clone(), FlowVerdict::Unknown, found.clone(), ("cluster_silent", 130.0, "seconds"));
    }
    let mut applications = page.applications;
    applications.iter_mut().filter(|one| one.cluster == "west").for_each(|one| one.bytes_per_second = None);
    built(page.tiers, page.flows, applications, false)
}

/// A fleet of 100 clusters in four data centres and two categories; collapsed, those that are well are drawn as one.
pub fn topology_of_100(is_collapsed: bool) -> Topology {
    const DATACENTERS: [&str; 4] = ["ashburn", "dallas", "frankfurt", "portland"];
    const CATEGORIES: [&str; 2] = ["queuing", "tracking"];
    let (mut local, mut aggregate, mut flows, mut applications) = (vec![], vec![], vec![], vec![]);
    for (at, datacenter) in DATACENTERS.iter().enumerate() {
        let target = format!("{datacenter}-aggregate");
        for number in 0..24_u32 {
            let category = CATEGORIES[number as usize % 2];
            let name = format!("{datacenter}-{category}-{:02}", number / 2 + 1);
            let bytes = 4_000_000.0 + f64::from((number * 37 + at as u32 * 11) % 40) * 2_500_000.0;
            let mut one = cluster(&name, datacenter, 6 + number % 4 * 3, (bytes, bytes * 2.4));
            one.category = Some(category.into());
            let to = match (at, number) {
                (0, 7) => stopped(&name, &target),
                (2, 3) => losing(&name, &target),
                (3, 12) => behind(&name, &target),
                _ => flow(&name, &target, bytes),
            };
            if (at, number) == (1, 5) {
                (one.health, one.brokers_up) = (Some(Severity::Warning), Some(5));
            }
            flows.push(to);
            local.push(one);
        }
        applications.push(producers(&format!("{datacenter}-tracking-01"), Some(240_000_000.0)));
        aggregate.push(cluster(&target, datacenter, 24, (1_204_000_000.0, 3_120_000_000.0)));
        applications.push(consumers(
            &target,
            &format!("readers of {datacenter}"),
            40 + at as u32,
            LagVerdict::Ok,
        ));
    }
    let tiers = vec![tier(TierRole::Local, local), tier(TierRole::Aggregate, aggregate)];
    built(tiers, flows, applications, is_collapsed)
}

// ---- one flow ---------------------------------------------------------------------------------------------------

/// One flow: west's, which has stopped.
pub fn flow_detail() -> FlowDetail {
    detail(stopped("west", "aggregate"))
}

/// One flow of a fleet with its topics; `None` where there is none of that id.
pub fn flow_detail_of(topology: &Topology, id: &str) -> Option<FlowDetail> {
    topology.flows.iter().find(|flow| flow.id == id).cloned().map(detail)
}

fn detail(flow: Flow) -> FlowDetail {
    const NAMES: [&str; 14] = [
        "orders",
        "session-events",
        "page-views",
        "payments",
        "clicks",
        "refunds",
        "shipments",
        "inventory-changes",
        "carts",
        "search-queries",
        "product-reviews",
        "emails",
        "coupons",
        "store-visits",
    ];
    let count = NAMES.len() as u64;
    let share = flow.lag_records.map(|lag| lag / count);
    let topics: Vec<FlowTopic> = NAMES
        .iter()
        .enumerate()
        .take(flow.topic_count as usize)
        .map(|(at, name)| {
            let lost = flow.lost_records().filter(|_| *name == "session-events");
            let verdict = match flow.verdict {
                FlowVerdict::Losing if lost.is_none() => FlowVerdict::Ok,
                FlowVerdict::Stopped if at > 9 => FlowVerdict::Ok,
                FlowVerdict::Behind if at > 1 => FlowVerdict::Ok,
                verdict => verdict,
            };
            let is_ok = verdict == FlowVerdict::Ok;
            let rate = flow.source_records_per_second.map(|rate| rate / count as f64);
            FlowTopic {
                source_topic: (*name).into(),
                target_topic: Some(format!("{}.{name}", flow.source)),
                partition_count: flow.source_records_per_second.map(|_| 6),
                source_records_per_second: rate
                    .map(|rate| if is_ok && flow.verdict == FlowVerdict::Stopped { 0.0 } else { rate }),
                target_records_per_second: flow.records_per_second.map(|rate| rate / count as f64),
                lag_records: share
                    .map(|share| if is_ok { share.min(30) } else { share * (count - at as u64) / 7 }),
                lag_is_at_least: flow.lag_is_at_least && at == 0,
                age_seconds: flow.age_seconds.map(|age| if is_ok { age.min(1.4) } else { age - at as f64 }),
                lost_records: lost,
                verdict,
                reason: flow.reason.clone().filter(|_| !is_ok),
            }
        })
        .collect();
    let mut topics = topics;
    topics.sort_by_key(|topic| (std::cmp::Reverse(topic.verdict), std::cmp::Reverse(topic.lag_records)));
    let settings = FlowSettings {
        topics: Some("orders, session-.*, page-views, payments, …".replace(", …", "")),
        topics_exclude: Some(r".*[\-\.]internal, .*\.replica, __.*".into()),
        isolation_level: Some("read_uncommitted".into()),
        policy_class: Some("DefaultReplicationPolicy".into()),
        refresh_seconds: Some(600.0),
        task_count: Some(2),
        flush_seconds: Some(60.0),
        workers: vec!["mirror-1.ashburn:8083".into()],
    };
    let meta = meta(topics.len());
    FlowDetail { flow, settings, checkpointed_group_count: Some(3), topics, meta }
}

/// The last hour of [`flow_detail`]: well, behind for a while, stopped for six minutes.
pub fn flow_history() -> FlowHistory {
    let step = |at: i64| ago(3_600 - at * 30);
    let waits = |at: i64| match at {
        0..=89 => 280.0 + ((at * 7) % 11) as f64 * 12.0,
        90..=107 => 300.0 + (at - 90) as f64 * 420.0,
        _ => 7_860.0 + (at - 107) as f64 * 14_680.0,
    };
    let age = |at: i64| match at {
        0..=89 => 1.2 + ((at * 5) % 7) as f64 * 0.2,
        90..=107 => 1.2 + (at - 90) as f64 * 2.0,
        _ => 35.0 + (at - 107) as f64 * 28.0,
    };
    let point = |at: i64| match at {
        40..44 => FlowPoint(step(at), None, None, None),
        _ => FlowPoint(
            step(at),
            Some(waits(at)),
            Some(age(at)),
            (at < 108).then(|| 0.9 + ((at * 3) % 5) as f64 * 0.1),
        ),
    };
    FlowHistory {
        flow: "west~aggregate~mirror-maker2".into(),
        points: (0..120).map(point).collect(),
        from: ago(3_600),
        to: now(),
        step_seconds: 30,
        kept_since: Some(ago(3_600)),
        meta: meta(120),
    }
}

/// What happened to [`flow_detail`] in the last hour, newest first.
pub fn flow_events() -> Events {
    let event = |seconds: i64, kind: &str, severity, sentence: &str, detail: &str| Event {
        time: ago(seconds),
        cluster: Some("aggregate".into()),
        noun: super::NOUN.into(),
        kind: kind.into(),
        subject: Subject::Flow { flow: "west~aggregate~mirror-maker2".into(), source: "west".into() },
        severity,
        sentence: sentence.into(),
        detail: (!detail.is_empty()).then(|| detail.into()),
        topics: vec![],
    };
    let events = vec![
        event(
            372,
            "no_progress",
            Severity::Critical,
            "west → aggregate: The copying of 14 topics stands while 2,904 records wait",
            "",
        ),
        event(
            912,
            "behind",
            Severity::Warning,
            "west → aggregate: 38,400 records of 3 topics wait longer than they should",
            "",
        ),
    ];
    Events { events, meta: Meta { readings: vec![], ..meta(2) } }
}

/// The way of one topic: from east and west to aggregate.
pub fn topic_path() -> TopicPath {
    let origin = |cluster: &str, rate: f64, end: u64| Hop {
        cluster: cluster.into(),
        is_watched: true,
        topic: "orders".into(),
        flow: None,
        from_cluster: None,
        depth: 0,
        partition_count: Some(12),
        records_per_second: Some(rate),
        log_end_records: Some(end),
        lag_records: None,
        lag_is_at_least: false,
        verdict: FlowVerdict::Ok,
        reason: None,
    };
    let copy = |from: &str, lag: u64, verdict: FlowVerdict| Hop {
        cluster: "aggregate".into(),
        topic: format!("{from}.orders"),
        flow: Some(format!("{from}~aggregate~mirror-maker2")),
        from_cluster: Some(from.into()),
        depth: 1,
        lag_records: Some(lag),
        verdict,
        reason: stopped("west", "aggregate").reason.filter(|_| verdict == FlowVerdict::Stopped),
        ..origin("aggregate", if verdict == FlowVerdict::Ok { 42.1 } else { 0.0 }, 1_204_239)
    };
    let hops = vec![
        origin("east", 42.0, 14_204_551),
        copy("east", 31, FlowVerdict::Ok),
        origin("west", 36.5, 8_117_020),
        copy("west", 26_288, FlowVerdict::Stopped),
    ];
    let meta = meta(hops.len());
    TopicPath { topic: "orders".into(), hops, meta }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::NodeKind;

    fn all() -> Vec<Topology> {
        vec![
            topology(),
            topology_well(),
            topology_paused(),
            topology_losing(),
            topology_unknown_alias(),
            topology_cycle(),
            topology_no_mirror(),
            topology_silent(),
            topology_of_100(false),
            topology_of_100(true),
        ]
    }

    #[test]
    fn every_flow_and_every_cluster_is_drawn_once() {
        for page in all() {
            let mut drawn: Vec<&String> = page.drawing.flows.iter().flat_map(|band| &band.flows).collect();
            let mut known: Vec<&String> = page.flows.iter().map(|flow| &flow.id).collect();
            drawn.sort_unstable();
            known.sort_unstable();
            assert_eq!(drawn, known);
            let is_drawn = |name: &str| {
                page.drawing.nodes.iter().any(|node| match &node.kind {
                    NodeKind::Cluster { cluster } => cluster == name,
                    NodeKind::Clusters { clusters, .. } => clusters.iter().any(|one| one == name),
                    NodeKind::Application { .. } => false,
                })
            };
            let mut clusters = page.tiers.iter().flat_map(|tier| &tier.clusters);
            assert!(clusters.all(|one| is_drawn(&one.name)));
        }
    }

    #[test]
    fn a_hundred_clusters_are_few_boxes_where_they_are_collapsed() {
        assert!(topology_of_100(true).drawing.nodes.len() < 24);
        assert_eq!(topology_of_100(false).tiers.iter().map(|tier| tier.clusters.len()).sum::<usize>(), 100);
    }

    #[test]
    fn every_view_survives_the_wire() {
        for page in all() {
            let text = serde_json::to_string(&page).unwrap();
            assert_eq!(serde_json::from_str::<Topology>(&text).unwrap(), page);
        }
        let text = serde_json::to_string(&flow_detail()).unwrap();
        assert_eq!(serde_json::from_str::<FlowDetail>(&text).unwrap(), flow_detail());
        let text = serde_json::to_string(&topic_path()).unwrap();
        assert_eq!(serde_json::from_str::<TopicPath>(&text).unwrap(), topic_path());
    }
}
