//! Views with invented numbers, for tests, documents and the gallery.
//!
//! They tell one story: it is 14:00, broker 2 of east went down at 13:56, west has not answered for two minutes,
//! aggregate is well.

use chrono::Duration;

use super::*;
use crate::{
    DateTime,
    access::{Role, Session, Via},
    catalog::{Link, Owner, OwnerDetail, Owners},
    event::{Event, Events, Subject},
    meta::{Failure, Meta, Reading},
    rights::{MissingRight, Resource, topics_named},
    verdict::{Health, Reason, Severity},
};

/// The moment of the story: 2026-11-22 14:00 UTC.
pub fn now() -> DateTime {
    DateTime::from_timestamp_nanos(1_795_356_000_000_000_000)
}

fn ago(seconds: i64) -> DateTime {
    now() - Duration::seconds(seconds)
}

/// When broker 2 of east went down.
pub fn broken_since() -> DateTime {
    ago(240)
}

/// A reading of `age` seconds, or none yet.
pub fn reading(cluster: Option<&str>, part: &str, age: Option<i64>, failure: Option<Failure>) -> Reading {
    Reading {
        cluster: cluster.map(String::from),
        part: part.into(),
        as_of: age.map(ago),
        period_seconds: 10.0,
        failure,
    }
}

fn meta(total: Option<u64>, readings: Vec<Reading>) -> Meta {
    Meta { total, next_cursor: None, revision: 812, now: now(), readings }
}

/// The failure of west.
pub fn silence() -> Failure {
    Failure {
        since: ago(110),
        what: "west did not answer Metadata within 8 s. Is 127.0.0.1:19101 alive?".into(),
    }
}

fn reason(rule: &str, value: f64, limit: f64, unit: &str, severity: Severity, sentence: &str) -> Reason {
    Reason {
        rule: rule.into(),
        value: Some(value),
        limit: Some(limit),
        unit: Some(unit.into()),
        severity,
        since: Some(broken_since()),
        sentence: sentence.into(),
    }
}

fn cluster_row(name: &str, brokers: u32, topics: u32, partitions: u32, replicas: u64) -> Cluster {
    Cluster {
        name: name.into(),
        cluster_id: Some(format!("{name:-<20}AA")),
        tier: Some(if name == "aggregate" { "aggregate" } else { "local" }.into()),
        datacenter: Some(if name == "west" { "portland" } else { "ashburn" }.into()),
        health: Health { severity: Severity::Ok, reasons: vec![] },
        broker_count: Some(brokers),
        brokers_down: Some(0),
        controller_id: Some(1),
        at_least: false,
        hidden_topic_count: Some(0),
        topic_count: Some(topics),
        partition_count: Some(partitions),
        replica_count: Some(replicas),
        under_replicated_count: Some(0),
        under_replicated_since: None,
        under_min_isr_count: Some(0),
        at_min_isr_count: Some(0),
        min_isr_unknown_count: Some(0),
        offline_count: Some(0),
        size_bytes: Some(5_200_000_000_000),
        disk_total_bytes: Some(6_341_000_000_000),
        disk_usable_bytes: Some(1_141_000_000_000),
        bytes_in_per_second: Some(30_100_000.0),
        bytes_out_per_second: Some(33_700_000.0),
        rates_at_least: false,
        version: Some("4.3".into()),
        version_method: Some("inferred from metadata.version".into()),
        as_of: Some(ago(4)),
        failure: None,
    }
}

fn east() -> Cluster {
    Cluster {
        health: Health::worst_of(vec![
            reason("brokers_down", 1.0, 0.0, "brokers", Severity::Critical, "Broker 2 is down."),
            reason(
                "under_replicated",
                36.0,
                0.0,
                "partitions",
                Severity::Warning,
                "36 of 612 partitions have fewer in-sync replicas than assigned.",
            ),
        ]),
        brokers_down: Some(1),
        under_replicated_count: Some(36),
        under_replicated_since: Some(broken_since()),
        at_min_isr_count: Some(36),
        size_bytes: Some(3_900_000_000_000),
        disk_usable_bytes: Some(1_600_000_000_000),
        disk_total_bytes: Some(5_500_000_000_000),
        bytes_in_per_second: Some(21_400_000.0),
        bytes_out_per_second: Some(48_000_000.0),
        as_of: Some(ago(6)),
        ..cluster_row("east", 3, 41, 612, 1836)
    }
}

fn west() -> Cluster {
    let stale = Reason {
        rule: "stale".into(),
        value: Some(120.0),
        limit: Some(20.0),
        unit: Some("seconds".into()),
        severity: Severity::Unknown,
        since: Some(silence().since),
        sentence: "The newest view is older than two periods.".into(),
    };
    Cluster {
        health: Health::worst_of(vec![stale]),
        size_bytes: Some(1_100_000_000_000),
        disk_total_bytes: Some(2_500_000_000_000),
        disk_usable_bytes: Some(1_400_000_000_000),
        bytes_in_per_second: Some(9_200_000.0),
        bytes_out_per_second: Some(14_400_000.0),
        as_of: Some(ago(120)),
        failure: Some(silence()),
        ..cluster_row("west", 1, 30, 310, 310)
    }
}

/// The fleet of the story, worst first.
pub fn clusters() -> Clusters {
    let readings = vec![
        reading(Some("east"), part::METADATA, Some(6), None),
        reading(Some("west"), part::METADATA, Some(120), Some(silence())),
        reading(Some("aggregate"), part::METADATA, Some(4), None),
    ];
    Clusters {
        clusters: vec![east(), west(), cluster_row("aggregate", 1, 41, 508, 508)],
        meta: meta(Some(3), readings),
    }
}

/// The fleet as a token sees it that shows what one owner has: of a cluster its name, how it is and how old that is.
pub fn clusters_restricted() -> Clusters {
    let mut page = clusters();
    for cluster in &mut page.clusters {
        let bare = unread(&cluster.name, None);
        *cluster = Cluster {
            tier: cluster.tier.clone(),
            datacenter: cluster.datacenter.clone(),
            health: Health { severity: cluster.health.severity, reasons: vec![] },
            as_of: cluster.as_of,
            ..bare
        };
    }
    page.meta.readings.iter_mut().for_each(|reading| reading.failure = None);
    page
}

/// Who looks at it.
pub fn session() -> Session {
    Session {
        name: Some("checkout-on-call".into()),
        role: Role::Viewer,
        clusters: None,
        owners: None,
        expires: Some(now() + Duration::hours(9)),
        via: Via::Session,
    }
}

/// The same fleet on a good day.
pub fn clusters_well() -> Clusters {
    let readings =
        ["aggregate", "east", "west"].map(|name| reading(Some(name), part::METADATA, Some(4), None)).to_vec();
    let clusters = vec![
        cluster_row("aggregate", 1, 41, 508, 508),
        cluster_row("east", 3, 41, 612, 1836),
        cluster_row("west", 1, 30, 310, 310),
    ];
    Clusters { clusters, meta: meta(Some(3), readings) }
}

/// The same fleet in the first second.
pub fn clusters_loading() -> Clusters {
    let mut page = clusters_well();
    page.clusters = page.clusters.iter().map(|cluster| unread(&cluster.name, None)).collect();
    page.meta.readings =
        page.clusters.iter().map(|c| reading(Some(&c.name), part::METADATA, None, None)).collect();
    page
}

/// A fleet that cannot be reached at all.
pub fn clusters_failed() -> Clusters {
    let mut page = clusters_loading();
    page.clusters = page.clusters.iter().map(|cluster| unread(&cluster.name, Some(silence()))).collect();
    page.meta.readings =
        page.clusters.iter().map(|c| reading(Some(&c.name), part::METADATA, None, Some(silence()))).collect();
    page
}

/// A Riverkeeper without a cluster.
pub fn clusters_empty() -> Clusters {
    Clusters { clusters: vec![], meta: meta(Some(0), vec![reading(None, part::FLEET, Some(2), None)]) }
}

fn unread(name: &str, failure: Option<Failure>) -> Cluster {
    let reasons = failure.iter().map(|failure| Reason {
        rule: "never_read".into(),
        value: None,
        limit: None,
        unit: None,
        severity: Severity::Unknown,
        since: Some(failure.since),
        sentence: format!("Was never read: {}", failure.what),
    });
    Cluster {
        name: name.into(),
        cluster_id: None,
        tier: None,
        datacenter: None,
        health: Health { severity: Severity::Unknown, reasons: reasons.collect() },
        broker_count: None,
        brokers_down: None,
        controller_id: None,
        at_least: false,
        hidden_topic_count: None,
        topic_count: None,
        partition_count: None,
        replica_count: None,
        under_replicated_count: None,
        under_replicated_since: None,
        under_min_isr_count: None,
        at_min_isr_count: None,
        min_isr_unknown_count: None,
        offline_count: None,
        size_bytes: None,
        disk_total_bytes: None,
        disk_usable_bytes: None,
        bytes_in_per_second: None,
        bytes_out_per_second: None,
        rates_at_least: false,
        version: None,
        version_method: None,
        as_of: None,
        failure,
    }
}

/// East, with a broker down.
pub fn cluster() -> ClusterDetail {
    ClusterDetail {
        cluster: east(),
        quorum: Some(Quorum { leader_id: Some(1), voter_count: 3, voters_caught_up: 2 }),
        reassignments: Some(Reassignments::default()),
        missing_rights: vec![],
        meta: meta(None, east_readings()),
    }
}

fn east_readings() -> Vec<Reading> {
    vec![
        reading(Some("east"), part::METADATA, Some(6), None),
        Reading { period_seconds: 60.0, ..reading(Some("east"), part::LOG_DIRS, Some(31), None) },
        Reading { period_seconds: 300.0, ..reading(Some("east"), part::CONFIGS, Some(140), None) },
    ]
}

/// The brokers of east.
pub fn brokers() -> Brokers {
    let broker = |broker_id: i32, rack: &str, state: BrokerState| Broker {
        broker_id,
        host: "127.0.0.1".into(),
        port: 19_090 + broker_id.unsigned_abs() as u16,
        rack: Some(rack.into()),
        state,
        since: (state != BrokerState::Up).then(broken_since),
        last_seen: Some(if state == BrokerState::Up { ago(6) } else { ago(246) }),
        quorum_role: Some(if broker_id == 1 { QuorumRole::Leader } else { QuorumRole::Voter }),
        version: Some("4.3".into()),
        leader_count: if state == BrokerState::Up { 306 } else { 0 },
        preferred_leader_count: 204,
        replica_count: 612,
        out_of_sync_count: if state == BrokerState::Up { 0 } else { 36 },
        size_bytes: (state == BrokerState::Up).then_some(1_950_000_000_000),
        disk_total_bytes: Some(2_750_000_000_000),
        disk_usable_bytes: Some(800_000_000_000),
        log_dirs_offline: Some(0),
    };
    Brokers {
        brokers: vec![
            broker(2, "b", BrokerState::Fenced),
            broker(1, "a", BrokerState::Up),
            broker(3, "c", BrokerState::Up),
        ],
        at_least: false,
        meta: meta(Some(3), east_readings()),
    }
}

/// One broker of east with its log directories.
pub fn broker(broker_id: i32) -> BrokerDetail {
    let mut known = brokers().brokers;
    let at = known.iter().position(|broker| broker.broker_id == broker_id).unwrap_or_default();
    let broker = known.swap_remove(at);
    let log_dir = |path: &str, share: u64| LogDir {
        path: path.into(),
        error: None,
        size_bytes: 1_950_000_000_000 / 100 * share,
        replica_count: 612 * share as u32 / 100,
        total_bytes: Some(1_375_000_000_000),
        usable_bytes: Some(1_375_000_000_000 - 19_500_000_000 * share / 2),
        is_cordoned: false,
    };
    BrokerDetail {
        log_dirs: (broker.state == BrokerState::Up)
            .then(|| vec![log_dir("/var/lib/kafka/data-1", 54), log_dir("/var/lib/kafka/data-2", 46)]),
        broker,
        at_least: false,
        meta: meta(None, east_readings()),
    }
}

/// The rights that are missing on east, where Riverkeeper may not see everything.
pub fn missing_rights() -> Vec<MissingRight> {
    let right = |operation: &str, names: &[&str], needed_for: &str, sentence: &str| MissingRight {
        operation: operation.into(),
        resource: Resource::Topic,
        count: Some(names.len() as u32),
        examples: names.iter().map(|name| (*name).into()).collect(),
        needed_for: needed_for.into(),
        sentence: sentence.into(),
    };
    vec![
        right(
            "Describe",
            &["audit", "billing", "ledger"],
            "topics, their partitions and replicas, and log start offsets",
            "May not describe 3 topics (audit, billing, ledger): they are neither shown nor counted.",
        ),
        right(
            "DescribeConfigs",
            &["clicks"],
            "retention, min.insync.replicas and the other settings of topics",
            "May not describe configs of the topic clicks: retention and min ISR are unknown there.",
        ),
    ]
}

fn hidden() -> Cluster {
    let reasons = missing_rights().into_iter().map(|right| {
        let topics = topics_named(right.count.unwrap_or_default(), &right.examples);
        let sentence = match right.rule() {
            "hidden_topics" => format!("{topics} may not be described: how they are is unknown."),
            _ => format!("Configs of {topics} may not be described: what is under min ISR there is unknown."),
        };
        Reason {
            since: None,
            limit: Some(0.0),
            ..reason(
                right.rule(),
                right.count.unwrap_or_default().into(),
                0.0,
                "topics",
                Severity::Unknown,
                &sentence,
            )
        }
    });
    Cluster {
        health: Health::worst_of(reasons.collect()),
        at_least: true,
        hidden_topic_count: Some(3),
        min_isr_unknown_count: Some(1),
        ..cluster_row("east", 3, 38, 572, 1_716)
    }
}

/// The fleet on a good day, but for east: some of it is hidden from Riverkeeper. Worst first.
pub fn clusters_hidden() -> Clusters {
    let mut page = clusters_well();
    page.clusters.retain(|cluster| cluster.name != "east");
    page.clusters.insert(0, hidden());
    page
}

/// East, of which some is hidden from Riverkeeper.
pub fn cluster_hidden() -> ClusterDetail {
    ClusterDetail {
        cluster: hidden(),
        quorum: Some(Quorum { leader_id: Some(1), voter_count: 3, voters_caught_up: 3 }),
        reassignments: Some(Reassignments::default()),
        missing_rights: missing_rights(),
        meta: meta(None, east_readings()),
    }
}

fn owner_of(topic: &str) -> Option<&'static str> {
    match topic {
        "clicks" => Some("web"),
        "orders" | "payments.v2" => Some("checkout"),
        "inventory-changes" => Some("warehouse"),
        _ => None,
    }
}

/// The owners of the story.
pub fn owners() -> Owners {
    let link = |title: &str, url: &str| Link { title: title.into(), url: url.into() };
    let owner = |name: &str, title: &str, links: Vec<Link>, topic_count: u64| Owner {
        owner: OwnerDetail { name: name.into(), title: Some(title.into()), links },
        topic_count,
    };
    let checkout = vec![
        link("Runbook", "https://wiki.example.com/checkout/runbook"),
        link("On call", "https://oncall.example.com/checkout"),
    ];
    let owners = vec![
        owner("checkout", "Checkout team", checkout, 4),
        owner("warehouse", "Warehouse", vec![], 3),
        owner("web", "Web and apps", vec![], 2),
    ];
    Owners { owners, meta: meta(Some(3), east_readings()) }
}

fn topic_row(name: &str, partitions: u32, under_replicated: u32, size_bytes: u64) -> Topic {
    Topic {
        name: name.into(),
        topic_id: Some("mzcAYY7lQX6WtnTdhBM3Ow".into()),
        is_internal: name.starts_with("__"),
        owner: owner_of(name).map(String::from),
        partition_count: partitions,
        replication_factor: 3,
        replica_count: partitions * 3,
        under_replicated_count: under_replicated,
        under_replicated_since: (under_replicated > 0).then(broken_since),
        under_min_isr_count: Some(0),
        at_min_isr_count: Some(under_replicated),
        offline_count: 0,
        size_bytes: Some(size_bytes),
        bytes_in_per_second: Some(size_bytes as f64 / 260_000.0),
        bytes_out_per_second: Some(size_bytes as f64 / 110_000.0),
        retention_ms: Some(604_800_000),
        cleanup_policy: Some("delete".into()),
        min_insync_replicas: Some(2),
    }
}

/// Topics of east, worst first.
pub fn topics() -> Topics {
    let topics = vec![
        topic_row("clicks", 24, 24, 2_600_000_000_000),
        topic_row("orders", 12, 12, 812_000_000_000),
        topic_row("payments.v2", 12, 0, 204_000_000_000),
        topic_row("inventory-changes", 6, 0, 77_000_000_000),
        topic_row("__consumer_offsets", 8, 0, 1_200_000_000),
    ];
    Topics { topics, at_least: false, hidden_topic_count: Some(0), meta: meta(Some(41), east_readings()) }
}

/// One topic of east.
pub fn topic() -> TopicDetail {
    let config = |name: &str, value: &str, source: &str| Config {
        name: name.into(),
        value: Some(value.into()),
        source: source.into(),
    };
    TopicDetail {
        topic: topic_row("orders", 12, 12, 812_000_000_000),
        health: Health::worst_of(vec![reason(
            "under_replicated",
            12.0,
            0.0,
            "partitions",
            Severity::Warning,
            "12 of 12 partitions have fewer in-sync replicas than assigned.",
        )]),
        configs: Some(vec![
            config("min.insync.replicas", "2", "broker"),
            config("retention.ms", "604800000", "topic"),
        ]),
        configs_refused: false,
        owner_detail: owners().owners.into_iter().next().map(|owner| owner.owner),
        seen_since: None,
        meta: meta(None, east_readings()),
    }
}

/// The partitions of that topic.
pub fn partitions() -> Partitions {
    let partition = |partition: i32| {
        let replicas: Vec<i32> = (0..3).map(|offset| (partition + offset) % 3 + 1).collect();
        let isr: Vec<i32> = replicas.iter().copied().filter(|broker| *broker != 2).collect();
        Partition {
            topic: "orders".into(),
            partition,
            leader_id: isr.first().copied(),
            preferred_leader_id: replicas.first().copied(),
            leader_epoch: Some(7),
            offline_replicas: vec![2],
            replicas,
            isr,
            under_replicated: true,
            under_replicated_since: Some(broken_since()),
            under_min_isr: Some(false),
            at_min_isr: Some(true),
            offline: false,
            log_start_offset: Some(1_180_334 + i64::from(partition)),
            size_bytes: Some(22_600_000_000),
            reassigning: None,
        }
    };
    Partitions { partitions: (0..12).map(partition).collect(), meta: meta(Some(12), east_readings()) }
}

/// What changed lately, newest first.
pub fn events() -> Events {
    let event =
        |age: i64, cluster: &str, kind: &str, subject, severity, sentence: &str, detail: &str| Event {
            time: ago(age),
            cluster: Some(cluster.into()),
            noun: NOUN.into(),
            kind: kind.into(),
            subject,
            severity,
            sentence: sentence.into(),
            detail: (!detail.is_empty()).then(|| detail.into()),
            topics: vec![],
        };
    let topic = |name: &str| Subject::Topic { name: name.into() };
    let events = vec![
        event(
            240,
            "east",
            "broker_left",
            Subject::Broker { broker_id: 2 },
            Severity::Critical,
            "Broker 2 left",
            "36 partitions lost a replica, 12 moved leader",
        ),
        event(
            1200,
            "west",
            "topic_created",
            topic("payments.v3"),
            Severity::Unknown,
            "Topic payments.v3 was created",
            "12 partitions, 1 replica",
        ),
        event(
            1680,
            "east",
            "broker_returned",
            Subject::Broker { broker_id: 3 },
            Severity::Ok,
            "Broker 3 came back",
            "was down for 18 min",
        ),
        event(
            2760,
            "east",
            "broker_left",
            Subject::Broker { broker_id: 3 },
            Severity::Critical,
            "Broker 3 left",
            "36 partitions lost a replica, 12 moved leader",
        ),
        event(
            3000,
            "east",
            "config_changed",
            topic("clicks"),
            Severity::Unknown,
            "retention.ms of clicks changed",
            "7 d → 3 d",
        ),
    ];
    Events { events, meta: meta(Some(5), vec![]) }
}

/// Partitions in trouble on east over the last hour.
pub fn replication() -> Replication {
    let point = |step: i64| {
        let age = 3600 - step * 30;
        let broken = age <= 240;
        ReplicationPoint {
            time: ago(age),
            under_replicated_count: if broken { 36 } else { 0 },
            under_min_isr_count: Some(0),
            offline_count: 0,
        }
    };
    Replication {
        replication: (0..=120).map(point).collect(),
        at_least: false,
        meta: meta(Some(121), east_readings()),
    }
}

/// Whether the brokers of east may be restarted, while broker 2 is down.
pub fn restart_verdicts() -> RestartVerdicts {
    let partitions = (0..10).map(|partition| TopicPartition { topic: "orders".into(), partition }).collect();
    let min_isr = Blocker {
        rule: "min_isr".into(),
        partition_count: Some(36),
        partitions,
        sentence: "36 partitions have just min.insync.replicas in sync with it: writes with acks=all would be refused."
            .into(),
    };
    let other = Blocker {
        rule: "other_broker_down".into(),
        partition_count: None,
        partitions: vec![],
        sentence: "Broker 2 is down.".into(),
    };
    let down = Blocker {
        rule: "down".into(),
        partition_count: None,
        partitions: vec![],
        sentence: "It is down.".into(),
    };
    let up = |broker_id| RestartVerdict {
        broker_id,
        verdict: Restart::Unsafe,
        blockers: vec![min_isr.clone(), other.clone()],
    };
    let restart_verdicts =
        vec![up(1), RestartVerdict { broker_id: 2, verdict: Restart::Unknown, blockers: vec![down] }, up(3)];
    RestartVerdicts { restart_verdicts, meta: meta(Some(3), east_readings()) }
}

/// The same on a good day.
pub fn restart_verdicts_well() -> RestartVerdicts {
    let verdict = |broker_id| RestartVerdict { broker_id, verdict: Restart::Safe, blockers: vec![] };
    RestartVerdicts { restart_verdicts: (1..=3).map(verdict).collect(), meta: meta(Some(3), east_readings()) }
}
