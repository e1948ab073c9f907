//! What scrapers are told of two small clusters, as a parser of Prometheus' format reads it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
};

use nom_openmetrics::{MetricDescriptor, parser};
use shared::lag::GroupType;

use super::*;
use crate::{
    access::{Bounds, Scope, Token},
    capabilities::lag::{
        book::{Book, Committed, LogEnd},
        model::{
            BrokerPlace, BrokerPlaces, GroupRow, GroupsSnapshot, Late, Member, MembersSnapshot,
            PartitionPlace, Policy, Summed,
        },
    },
    catalog::Owners,
    runtime::Stamped,
};

const HOW: (Keeping, Tolerated) = (Keeping::OF_TESTS, Tolerated { allowed_lag: 0, minimum_complete: 0.0 });
const OWNERS: &str = "[[owner]]\nname = \"checkout\"\ngroups = [\"pay*\"]\ntopics = [\"orders\"]\n";
/// Whatever a group may be called.
const ODD: &str = "a \"b\"\\c\n{d}, é";

fn now() -> DateTime {
    DateTime::from_timestamp_nanos(1_795_600_000_000_000_000)
}

fn before(seconds: i64) -> DateTime {
    now() - chrono::TimeDelta::seconds(seconds)
}

fn scope(owners: Option<&[&str]>) -> Scope {
    let token = owners.map(|owners| {
        let owners = Some(owners.iter().map(|owner| (*owner).to_owned()).collect());
        let bounds = Bounds { clusters: None, owners };
        Arc::new(Token::new("app".into(), [1; 32], shared::access::Role::Viewer, bounds, now()))
    });
    let owners = Owners::parse(Path::new("owners.toml"), OWNERS).unwrap();
    Scope::new(token, Arc::new(owners), Arc::new(["east".into(), "west".into()]))
}

fn reading(part: &str, age_seconds: i64) -> Reading {
    let as_of = Some(before(age_seconds));
    Reading { cluster: None, part: part.into(), as_of, period_seconds: 10.0, failure: None }
}

/// `orders` has three partitions, of which one is offline, and the log start of another is not known.
struct Three {
    age_seconds: i64,
    log_starts_age_seconds: i64,
}

impl Layout for Three {
    fn reading(&self) -> Reading {
        reading("metadata", self.age_seconds)
    }

    fn log_starts_reading(&self) -> Reading {
        reading("log_dirs", self.log_starts_age_seconds)
    }

    fn brokers(&self) -> BrokerPlaces {
        let rack = Some("r1".into());
        let broker = BrokerPlace { broker_id: 4, host: "kafka-4".into(), port: 9092, rack };
        BrokerPlaces { cluster_id: Some("id".into()), controller_id: Some(4), brokers: vec![broker] }
    }

    fn topics(&self) -> Vec<(String, usize)> {
        vec![("secret".into(), 1), ("orders".into(), 3)]
    }

    fn partitions(&self, topic: &str) -> Vec<PartitionPlace> {
        let count = if topic == "orders" { 3 } else { 1 };
        let place = |partition: i32| PartitionPlace {
            partition,
            leader: (partition != 1).then_some(4),
            preferred_leader: Some(4),
            replicas: 2,
            in_sync: 1,
            is_under_replicated: true,
            log_start: (partition != 2).then_some(7),
        };
        (0..count).map(place).collect()
    }
}

const FRESH: Three = Three { age_seconds: 5, log_starts_age_seconds: 5 };

fn row(group: &str, lag: Option<i64>, partitions: u32) -> Arc<GroupRow> {
    let lag_records = lag.map(i64::unsigned_abs);
    let whole = Summed { lag_records, lag_raw: lag, topics: 1, partitions, ..Summed::default() };
    Arc::new(GroupRow {
        group_type: GroupType::Classic,
        state: Some("Stable".into()),
        whole,
        ..GroupRow::unknown(group)
    })
}

/// `pay` read two partitions of `orders`, and is assigned the third, which it never committed for; the one with the odd
/// name committed for a topic that was never looked at.
fn known(name: &str, scope: &Scope) -> Known {
    let book = Book::new(Keeping::OF_TESTS, 2);
    for partition in 0..3 {
        let end = LogEnd { offset: 100, stable: Some(98), time_ms: now().timestamp_millis() };
        book.see_log_end("orders", (partition, 3), end);
    }
    for (group, topic, partition, offset) in
        [("pay", "orders", 0, 90), ("pay", "orders", 1, 101), (ODD, "clicks", 0, 5)]
    {
        let time_ms = before(40).timestamp_millis();
        let it = Committed { group, topic, partition, offset, order: 1, time_ms, is_old: false };
        book.commit(&it, now().timestamp());
    }
    let member = |member: &str, partitions| Member {
        member_id: member.into(),
        client_id: "pay-client".into(),
        host: "/10.0.0.7".into(),
        partitions: Some(partitions),
    };
    let members = [member("pay-1", vec![("orders".into(), vec![0, 2])]), member("pay-2", vec![])];
    let members = MembersSnapshot { groups: HashMap::from([("pay".into(), members.into())]) };
    let rows = vec![row(ODD, None, 1), row("pay", Some(9), 3)];
    Known {
        scope: scope.clone(),
        name: name.into(),
        bootstrap: vec![],
        groups: Some(Arc::new(Stamped {
            snapshot: GroupsSnapshot { rows, late: Late::default() },
            revision: 3,
            as_of: before(4),
        })),
        members: Some(Arc::new(Stamped { snapshot: members, revision: 4, as_of: before(4) })),
        book: Arc::new(book),
        readings: vec![reading(part::GROUPS, 4), reading(part::MEMBERS, 4)],
        policy: Policy::default(),
        old_after_ms: 30_000,
    }
}

fn written(all: Vec<(Known, Three)>, dialect: Dialect) -> String {
    let seen = |(known, layout): (Known, Three)| Seen::new(known, Some(Arc::new(layout)), now());
    let all: Vec<Seen> = all.into_iter().map(seen).collect();
    let pieces = text(&all, dialect, HOW);
    pieces.iter().map(|piece| std::str::from_utf8(piece).unwrap()).collect()
}

/// Values by series, which is read strictly: each family once, with its help and type, and each series once.
fn read(text: &str) -> BTreeMap<String, f64> {
    let told: String = text
        .lines()
        .filter(|line| !line.starts_with("# There are "))
        .map(|line| format!("{line}\n"))
        .collect();
    let (_, families) = parser::prometheus(&told).unwrap_or_else(|error| panic!("{error}: {told}"));
    let (mut seen, mut names) = (BTreeMap::new(), BTreeSet::new());
    for family in families {
        let [MetricDescriptor::Help { metric, .. }, MetricDescriptor::Type { .. }] = &family.descriptors[..]
        else {
            panic!("{:?}", family.descriptors)
        };
        assert!(names.insert((*metric).to_owned()), "{metric} is told twice");
        for sample in &family.samples {
            assert_eq!(sample.name(), *metric);
            let label = |label: &nom_openmetrics::Label<'_>| format!("{}={}", label.name, label.value);
            let labels: Vec<String> = sample.labels().iter().map(label).collect();
            let key = format!("{} {}", sample.name(), labels.join(" "));
            assert!(seen.insert(key.clone(), sample.number()).is_none(), "{key} is there twice");
        }
    }
    seen
}

fn told(dialect: Dialect) -> BTreeMap<String, f64> {
    read(&written(vec![(known("east", &scope(None)), FRESH)], dialect))
}

fn named<'a>(told: &'a BTreeMap<String, f64>, name: &str) -> Vec<(&'a str, f64)> {
    let of_it = told.iter().filter_map(|(key, value)| Some((key.split_once(' ')?, *value)));
    of_it.filter(|((series, _), _)| *series == name).map(|((_, labels), value)| (labels, value)).collect()
}

#[test]
fn kafka_exporter_s_series_are_told_where_they_are_known() {
    let told = told(Dialect::KafkaExporter);
    let of = |name: &str| named(&told, name);
    assert_eq!(of("kafka_brokers"), [("cluster=east", 1.0)]);
    assert_eq!(of("kafka_broker_info"), [("cluster=east id=4 address=kafka-4:9092", 1.0)]);
    let partitions = [("cluster=east topic=orders", 3.0), ("cluster=east topic=secret", 1.0)];
    assert_eq!(of("kafka_topic_partitions"), partitions);
    let at = |partition: i32| format!("cluster=east topic=orders partition={partition}");
    assert_eq!(told[&format!("kafka_topic_partition_current_offset {}", at(2))], 100.0);
    assert_eq!(told[&format!("kafka_topic_partition_oldest_offset {}", at(0))], 7.0);
    assert_eq!(told[&format!("kafka_topic_partition_leader {}", at(0))], 4.0);
    assert_eq!(told[&format!("kafka_topic_partition_leader_is_preferred {}", at(1))], 0.0);
    assert_eq!(told[&format!("kafka_topic_partition_replicas {}", at(0))], 2.0);
    assert_eq!(told[&format!("kafka_topic_partition_in_sync_replica {}", at(0))], 1.0);
    assert_eq!(told[&format!("kafka_topic_partition_under_replicated_partition {}", at(0))], 1.0);
    assert_eq!(of("kafka_consumergroup_members"), [("cluster=east consumergroup=pay", 2.0)]);
    let pay = |partition: i32| format!("cluster=east consumergroup=pay topic=orders partition={partition}");
    assert_eq!(told[&format!("kafka_consumergroup_current_offset {}", pay(0))], 90.0);
    let lags = [(pay(0), 10.0), (pay(1), 0.0)];
    let lags: Vec<_> = lags.iter().map(|(labels, lag)| (labels.as_str(), *lag)).collect();
    assert_eq!(of("kafka_consumergroup_lag"), lags, "one that is ahead of our look has none to read");
    let of_orders = "cluster=east consumergroup=pay topic=orders";
    assert_eq!(of("kafka_consumergroup_lag_sum"), [(of_orders, 10.0)]);
    let odd = format!("cluster=east consumergroup={ODD} topic=clicks");
    assert_eq!(of("kafka_consumergroup_current_offset_sum"), [(odd.as_str(), 5.0), (of_orders, 191.0)]);
}

#[test]
fn what_is_not_known_is_not_there() {
    let told = told(Dialect::KafkaExporter);
    let is_there = |series: &str| told.keys().any(|key| key.starts_with(series));
    let at = "cluster=east topic=orders partition=";
    assert!(!is_there(&format!("kafka_topic_partition_leader {at}1")), "it has no leader");
    assert!(!is_there(&format!("kafka_topic_partition_oldest_offset {at}2")));
    assert!(!is_there("kafka_topic_partition_current_offset cluster=east topic=clicks"), "never looked at");
    assert!(!is_there(&format!("kafka_consumergroup_lag cluster=east consumergroup={ODD}")));
    assert!(!is_there(&format!("kafka_consumergroup_lag_sum cluster=east consumergroup={ODD}")));
    assert!(!is_there(&format!("kafka_consumergroup_members cluster=east consumergroup={ODD}")));
    let never = "kafka_consumergroup_current_offset cluster=east consumergroup=pay topic=orders partition=2";
    assert!(!is_there(never), "assigned, and never committed for");
}

#[test]
fn kafka_lag_exporter_s_series_carry_the_member() {
    let told = told(Dialect::LagExporter);
    let of = |name: &str| named(&told, name);
    let pay = "cluster_name=east group=pay";
    assert_eq!(of("kafka_consumergroup_group_sum_lag"), [(pay, 10.0)]);
    assert_eq!(of("kafka_consumergroup_group_max_lag"), [(pay, 10.0)]);
    let topic = format!("{pay} topic=orders");
    assert_eq!(of("kafka_consumergroup_group_topic_sum_lag"), [(topic.as_str(), 10.0)]);
    let of_member = format!(
        "{pay} topic=orders partition=0 member_host=/10.0.0.7 consumer_id=pay-1 client_id=pay-client"
    );
    let of_none = format!("{pay} topic=orders partition=1 member_host= consumer_id= client_id=");
    assert_eq!(of("kafka_consumergroup_group_lag"), [(of_member.as_str(), 10.0), (of_none.as_str(), 0.0)]);
    assert_eq!(told[&format!("kafka_consumergroup_group_offset {of_member}")], 90.0);
    let ends = of("kafka_partition_latest_offset");
    assert_eq!(ends[0], ("cluster_name=east topic=orders partition=0", 100.0));
    assert_eq!(of("kafka_partition_earliest_offset").len(), 3, "two of orders, one of secret");
    assert_eq!(of("kafka_consumergroup_group_max_lag_seconds"), [], "no age is known");
}

#[test]
fn a_share_group_has_the_lag_that_the_broker_tells() {
    let mut east = known("east", &scope(None));
    let rows = vec![row("shared", Some(7), 2)];
    east.groups = Some(Arc::new(Stamped {
        snapshot: GroupsSnapshot { rows, late: Late::default() },
        revision: 3,
        as_of: before(4),
    }));
    let told = read(&written(vec![(east, FRESH)], Dialect::LagExporter));
    let lags = named(&told, "kafka_consumergroup_group_sum_lag");
    assert_eq!(lags, [("cluster_name=east group=shared", 7.0)]);
    assert_eq!(named(&told, "kafka_consumergroup_group_lag"), []);
}

#[test]
fn burrow_s_series_carry_its_codes_and_a_window_that_is_not_full_has_no_status() {
    let mut east = known("east", &scope(None));
    for order in 2..=10 {
        let time_ms = before(20 - order).timestamp_millis();
        let it = Committed {
            group: "pay",
            topic: "orders",
            partition: 0,
            offset: 90,
            order,
            time_ms,
            is_old: false,
        };
        Arc::get_mut(&mut east.book).unwrap().commit(&it, now().timestamp());
    }
    let told = read(&written(vec![(east, FRESH)], Dialect::Burrow));
    let of = |name: &str| named(&told, name);
    let pay = "cluster=east consumer_group=pay";
    assert_eq!(of("burrow_kafka_consumer_lag_total"), [(pay, 10.0)]);
    let odd = format!("cluster=east consumer_group={ODD}");
    assert_eq!(of("burrow_kafka_consumer_status"), [(odd.as_str(), 1.0), (pay, 3.0)]);
    let at = |partition: i32| format!("{pay} topic=orders partition={partition}");
    let statuses = of("burrow_kafka_topic_partition_status");
    assert_eq!(statuses, [(at(0).as_str(), 5.0)], "it stalls");
    let lags = [(at(0), 10.0), (at(1), 0.0)];
    let lags: Vec<_> = lags.iter().map(|(labels, lag)| (labels.as_str(), *lag)).collect();
    assert_eq!(of("burrow_kafka_consumer_partition_lag"), lags);
    assert_eq!(told[&format!("burrow_kafka_consumer_current_offset {}", at(1))], 101.0);
    assert_eq!(of("burrow_kafka_topic_partition_offset").len(), 3);
}

#[test]
fn kminion_s_series_tell_of_cluster_topics_and_members() {
    let told = told(Dialect::KMinion);
    let of = |name: &str| named(&told, name);
    let cluster = "cluster=east broker_count=1 cluster_id=id cluster_version= controller_id=4";
    assert_eq!(of("kminion_kafka_cluster_info"), [(cluster, 1.0)]);
    let broker = "cluster=east broker_id=4 address=kafka-4 port=9092 rack_id=r1 is_controller=true";
    assert_eq!(of("kminion_kafka_broker_info"), [(broker, 1.0)]);
    let topic = "cluster=east topic_name=orders partition_count=3 replication_factor=2 cleanup_policy=";
    assert_eq!(of("kminion_kafka_topic_info")[0], (topic, 1.0));
    let orders = "cluster=east topic_name=orders";
    assert_eq!(of("kminion_kafka_topic_high_water_mark_sum"), [(orders, 300.0)]);
    let secret = "cluster=east topic_name=secret";
    assert_eq!(of("kminion_kafka_topic_low_water_mark_sum"), [(secret, 7.0)], "of orders one is not known");
    let pay = "cluster=east group_id=pay";
    let info = format!("{pay} protocol= protocol_type= state=Stable coordinator_id=");
    assert!(of("kminion_kafka_consumer_group_info").contains(&(info.as_str(), 1.0)));
    assert_eq!(of("kminion_kafka_consumer_group_members"), [(pay, 2.0)]);
    assert_eq!(of("kminion_kafka_consumer_group_empty_members"), [(pay, 1.0)]);
    let of_topic = format!("{pay} topic_name=orders");
    assert_eq!(of("kminion_kafka_consumer_group_topic_members"), [(of_topic.as_str(), 1.0)]);
    assert_eq!(of("kminion_kafka_consumer_group_topic_assigned_partitions"), [(of_topic.as_str(), 2.0)]);
    assert_eq!(of("kminion_kafka_consumer_group_topic_lag"), [(of_topic.as_str(), 10.0)]);
    let lags = of("kminion_kafka_consumer_group_topic_partition_lag");
    assert_eq!(lags[0], (format!("{of_topic} partition_id=0").as_str(), 10.0));
}

#[test]
fn what_is_stale_is_not_there() {
    let stale = |part: &str| {
        let mut east = known("east", &scope(None));
        east.readings.iter_mut().filter(|reading| reading.part == part).for_each(|it| {
            it.as_of = Some(before(21));
        });
        read(&written(vec![(east, FRESH)], Dialect::KafkaExporter))
    };
    let has = |told: &BTreeMap<String, f64>, name: &str| !named(told, name).is_empty();
    let of_groups = stale(part::GROUPS);
    assert!(!of_groups.keys().any(|key| key.starts_with("kafka_consumergroup_")), "{of_groups:?}");
    assert!(!has(&of_groups, "kafka_topic_partition_current_offset"), "log ends are read with the groups");
    assert!(has(&of_groups, "kafka_brokers"));
    let of_members = stale(part::MEMBERS);
    assert!(has(&of_members, "kafka_consumergroup_lag") && !has(&of_members, "kafka_consumergroup_members"));
    let with =
        |layout: Three| read(&written(vec![(known("east", &scope(None)), layout)], Dialect::KafkaExporter));
    let of_brokers = with(Three { age_seconds: 21, ..FRESH });
    assert!(!has(&of_brokers, "kafka_brokers") && !has(&of_brokers, "kafka_topic_partitions"));
    assert!(has(&of_brokers, "kafka_topic_partition_current_offset"));
    let of_starts = with(Three { log_starts_age_seconds: 21, ..FRESH });
    assert!(!has(&of_starts, "kafka_topic_partition_oldest_offset") && has(&of_starts, "kafka_brokers"));
}

#[test]
fn a_token_with_owners_is_told_of_their_groups_and_topics_and_of_no_broker() {
    let checkout = scope(Some(&["checkout"]));
    for (_, dialect) in Dialect::WORDS {
        let text = written(vec![(known("east", &checkout), FRESH)], dialect);
        assert!(!read(&text).is_empty());
        for word in ["secret", "clicks", "kafka-4", "{d}", "_brokers", "cluster_info", "broker_info"] {
            assert!(!text.contains(word), "{dialect:?} tells of {word}: {text}");
        }
    }
    let nobody = scope(Some(&["nobody"]));
    assert_eq!(written(vec![(known("east", &nobody), FRESH)], Dialect::KafkaExporter), "");
}

#[test]
fn from_50_000_partitions_of_groups_on_there_are_only_totals_and_it_is_said() {
    for (partitions, is_told) in [(49_998, true), (49_999, false)] {
        let mut west = known("west", &scope(None));
        let rows = vec![row("pay", Some(9), partitions - 3)];
        let snapshot = GroupsSnapshot { rows, late: Late::default() };
        west.groups = Some(Arc::new(Stamped { snapshot, revision: 3, as_of: before(4) }));
        let text = written(vec![(known("east", &scope(None)), FRESH), (west, FRESH)], Dialect::KafkaExporter);
        let told = read(&text);
        assert_eq!(told.keys().any(|key| key.contains("partition=")), is_told, "{partitions}");
        assert_eq!(text.starts_with("# There are 50000 partitions of groups: "), !is_told, "{text}");
        assert_eq!(named(&told, "kafka_consumergroup_lag_sum").len(), 2);
        assert_eq!(named(&told, "kafka_topic_partitions").len(), 4);
    }
}

#[test]
fn series_of_two_clusters_stand_together() {
    let everyone = scope(None);
    for (_, dialect) in Dialect::WORDS {
        let both = vec![(known("east", &everyone), FRESH), (known("west", &everyone), FRESH)];
        let both = read(&written(both, dialect));
        let one = read(&written(vec![(known("east", &everyone), FRESH)], dialect));
        assert_eq!(both.len(), one.len() * 2, "{dialect:?}");
    }
}

#[test]
fn a_label_s_value_is_escaped_as_the_format_says() {
    let text = written(vec![(known("east", &scope(None)), FRESH)], Dialect::KafkaExporter);
    assert!(text.contains(r#"consumergroup="a \"b\"\\c\n{d}, é""#), "{text}");
}

#[tokio::test]
async fn ten_scrapers_at_once_are_told_one_text_and_another_turn_gives_another() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let (kept, written) = (Kept::default(), Arc::new(AtomicUsize::new(0)));
    let ask = async |as_of: i64| {
        let key = Key {
            dialect: Dialect::Burrow,
            scope: 1,
            clusters: vec![("east".into(), [Some(before(as_of)), None, None, None])],
        };
        let counted = written.clone();
        kept.text(key, move || vec![format!("{}", counted.fetch_add(1, Ordering::Relaxed)).into()]).await
    };
    let texts = futures::future::join_all((0..10).map(|_| ask(10))).await;
    assert!(texts.iter().all(|text| text.as_deref() == Some(&[Bytes::from("0")][..])), "{texts:?}");
    assert_eq!(ask(0).await.as_deref(), Some(&[Bytes::from("1")][..]));
    assert_eq!(written.load(Ordering::Relaxed), 2);
}
