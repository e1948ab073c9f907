//! The rules of inventory on tiny clusters: what a broker that leaves does to them, and what is told of it.

mod remembered;
mod restart;
mod rights;

use std::{sync::Arc, time::Duration};

use proptest::prelude::*;
use shared::{
    DateTime,
    event::Event,
    inventory::{BrokerState, part},
    meta::{Failure, Reading},
    verdict::Severity,
};

use super::*;
use crate::{
    capabilities::inventory::model::*,
    kafka::{
        KafkaError,
        answers::{
            BrokerFeatures, ClusterDescription, ConfigEntry, ConfigSource, LogDirs, Metadata, Missing,
            Offsets, Partial, Quorum, QuorumReplica, RegisteredBroker, TopicConfigs, build::endpoint,
        },
    },
    runtime::{Evaluated, Stamped},
};

const POLICY: Policy =
    Policy { forget_brokers_after: Duration::from_secs(3_600), history: Duration::from_secs(600) };

fn at(seconds: i64) -> DateTime {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn three_brokers() -> Metadata {
    Metadata::of_cluster("id").with_broker(1).with_broker(2).with_broker(3)
}

fn whole() -> Metadata {
    three_brokers()
        .with_topic("orders", 1, &[(1, &[1, 2, 3], &[1, 2, 3]), (2, &[2, 3, 1], &[2, 3, 1])])
        .with_topic("single", 2, &[(1, &[1], &[1])])
}

/// Broker 2 is gone: its partitions moved to 3 and miss a replica.
fn without_broker_2() -> Metadata {
    Metadata::of_cluster("id")
        .with_broker(1)
        .with_broker(3)
        .with_topic("orders", 1, &[(1, &[1, 2, 3], &[1, 3]), (3, &[2, 3, 1], &[3, 1])])
        .with_topic("single", 2, &[(1, &[1], &[1])])
}

fn configs_with(settings: &[(&str, u16)]) -> Option<Arc<Stamped<ConfigsSnapshot>>> {
    let topics = settings.iter().map(|(topic, min_isr)| {
        let settings = Settings { min_isr: Some(*min_isr), ..Settings::default() };
        ((*topic).into(), TopicConfig { settings: Arc::new(settings), read_at: at(0) })
    });
    let snapshot = ConfigsSnapshot { topics: topics.collect(), ..ConfigsSnapshot::default() };
    Some(Arc::new(Stamped { snapshot, revision: 1, as_of: at(0) }))
}

fn sample(metadata: Metadata) -> MetadataSample {
    MetadataSample {
        cluster: "east".into(),
        metadata,
        description: None,
        quorum: Some(Some(quorum(Some(1)))),
        features: vec![],
        is_refused: false,
        reassignments: Some(vec![]),
        configs: configs_with(&[("orders", 2), ("single", 1)]),
        log_dirs: None,
        remembered: None,
    }
}

fn quorum(leader_id: Option<i32>) -> Quorum {
    let voter = |replica_id, last_caught_up_ms| QuorumReplica {
        replica_id,
        log_end_offset: 10,
        last_fetch_ms: None,
        last_caught_up_ms: Some(last_caught_up_ms),
    };
    let voters = vec![voter(1, 100_000), voter(2, 80_000), voter(3, 99_900)];
    Quorum { leader_id, leader_epoch: 1, high_watermark: 10, voters, observers: vec![] }
}

fn turn(
    previous: Option<&Evaluated<MetadataSnapshot>>,
    metadata: Metadata,
    now: DateTime,
) -> Evaluated<MetadataSnapshot> {
    super::metadata(previous.map(|evaluated| &evaluated.snapshot), sample(metadata), POLICY, now)
}

fn kinds(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.kind.as_str()).collect()
}

#[test]
fn a_whole_cluster_is_well_and_its_first_look_tells_no_event() {
    let first = turn(None, whole(), at(0));
    assert_eq!(first.snapshot.health.severity, Severity::Ok);
    assert_eq!(kinds(&first.events), Vec::<&str>::new());
    let totals = first.snapshot.totals;
    assert_eq!((totals.topics, totals.partitions, totals.replicas), (2, 3, 7));
    assert_eq!(first.snapshot.controller_id, Some(1));
    assert_eq!(first.snapshot.quorum.as_ref().map(|quorum| quorum.voters_caught_up), Some(2));
}

#[test]
fn a_broker_that_leaves_is_told_once_with_what_it_did() {
    let first = turn(None, whole(), at(0));
    let after = turn(Some(&first), without_broker_2(), at(10));
    let [event] = after.events.as_slice() else { panic!("{:?}", after.events) };
    assert_eq!((event.kind.as_str(), event.severity), ("broker_left", Severity::Critical));
    assert_eq!(event.detail.as_deref(), Some("2 partitions lost a replica, 1 moved leader"));
    assert_eq!(event.topics, ["orders"]);

    let broker = &after.snapshot.brokers[1];
    assert_eq!(
        (broker.state, broker.since, broker.last_seen),
        (BrokerState::Down, Some(at(10)), Some(at(0)))
    );
    let rules: Vec<_> = after.snapshot.health.reasons.iter().map(|reason| reason.rule.as_str()).collect();
    assert_eq!(rules, ["brokers_down", "under_replicated", "at_min_isr"]);
    assert_eq!(after.snapshot.health.severity, Severity::Critical);
}

#[test]
fn trouble_keeps_its_beginning_and_heals_when_the_broker_returns() {
    let first = turn(None, whole(), at(0));
    let broken = turn(Some(&first), without_broker_2(), at(10));
    let still = turn(Some(&broken), without_broker_2(), at(70));
    assert_eq!(still.snapshot.since.under_replicated, Some(at(10)));
    assert_eq!(still.snapshot.health.reasons[0].since, Some(at(10)));
    assert!(!still.changed, "nothing moved but the clock");

    let healed = turn(Some(&still), whole(), at(130));
    assert_eq!(kinds(&healed.events), ["broker_returned"]);
    let detail = healed.events[0].detail.as_deref();
    assert_eq!(detail, Some("was down for 2 min, 2 partitions whole again, 1 moved leader"));
    assert_eq!(healed.snapshot.health.severity, Severity::Ok);
    assert_eq!(healed.snapshot.since, TroubleSince::default());
    let (chunk, topic) = healed.snapshot.topic("orders").unwrap();
    assert!(chunk.partitions_of(topic).iter().all(|row| row.under_replicated_since().is_none()));
}

#[test]
fn what_was_broken_at_the_first_look_has_no_invented_beginning() {
    let first = turn(None, without_broker_2(), at(0));
    let (chunk, topic) = first.snapshot.topic("orders").unwrap();
    assert_eq!(topic.under_replicated, 2);
    assert!(chunk.partitions_of(topic).iter().all(|row| row.under_replicated_since().is_none()));
    let later = turn(Some(&first), without_broker_2(), at(10));
    assert_eq!(under_replicated_since(later.snapshot.topic("orders").unwrap().0, topic), None);
}

#[test]
fn a_fenced_broker_counts_as_down_even_at_the_first_look() {
    let mut told = sample(without_broker_2());
    let broker = RegisteredBroker { endpoint: endpoint(2), is_fenced: true };
    told.description =
        Some(ClusterDescription { brokers: vec![broker], lists_fenced: true, operations: None });
    let first = super::metadata(None, told, POLICY, at(0));
    assert_eq!(first.snapshot.brokers[1].state, BrokerState::Fenced);
    let reason = first.snapshot.health.reason("brokers_down").unwrap();
    assert_eq!((reason.sentence.as_str(), reason.since), ("Broker 2 is down.", None));
}

#[test]
fn a_broker_that_is_gone_for_long_is_no_longer_listed() {
    let first = turn(None, whole(), at(0));
    let broken = turn(Some(&first), without_broker_2(), at(10));
    let later = turn(Some(&broken), without_broker_2(), at(3_610));
    assert_eq!(later.snapshot.brokers.len(), 2);
    assert_eq!(kinds(&later.events), ["broker_forgotten"]);
}

#[test]
fn a_single_replica_is_not_at_min_isr_and_unknown_settings_give_no_number() {
    let first = turn(None, whole(), at(0));
    assert_eq!(first.snapshot.totals.at_min_isr, 0);
    let mut told = sample(whole());
    told.configs = configs_with(&[("orders", 2)]);
    let unknown = super::metadata(None, told, POLICY, at(0));
    assert_eq!(unknown.snapshot.totals.known(unknown.snapshot.totals.under_min_isr, 0), None);
}

#[test]
fn fewer_in_sync_than_min_isr_is_critical() {
    let metadata = three_brokers().with_topic("orders", 1, &[(1, &[1, 2, 3], &[1])]);
    let first = turn(None, metadata, at(0));
    let reason = first.snapshot.health.reason("under_min_isr").unwrap();
    assert_eq!((reason.value, reason.severity), (Some(1.0), Severity::Critical));
}

#[test]
fn a_partition_whose_few_replicas_are_all_in_sync_takes_writes() {
    let metadata = three_brokers().with_topic("orders", 1, &[(1, &[1], &[1])]);
    assert_eq!(turn(None, metadata, at(0)).snapshot.health.reason("under_min_isr"), None);
    let mut old = sample(three_brokers().with_topic("orders", 1, &[(1, &[1], &[1])]));
    let speaks = BrokerFeatures { max_versions: vec![(1, 15)], ..Default::default() };
    old.features = vec![(1, speaks)];
    let old = super::metadata(None, old, POLICY, at(0));
    assert!(old.snapshot.health.reason("under_min_isr").is_some(), "brokers before 3.7 refuse");
    let one_is_gone = three_brokers().with_topic("orders", 1, &[(1, &[1, 2], &[1])]);
    assert!(turn(None, one_is_gone, at(0)).snapshot.health.reason("under_min_isr").is_some());
}

#[test]
fn a_partition_without_a_leader_is_offline_and_told() {
    let first = turn(None, whole(), at(0));
    let metadata = three_brokers()
        .with_topic("orders", 1, &[(1, &[1, 2, 3], &[1, 2, 3]), (2, &[2, 3, 1], &[2, 3, 1])])
        .with_topic("single", 2, &[(-1, &[1], &[1])]);
    let after = turn(Some(&first), metadata, at(10));
    assert_eq!(kinds(&after.events), ["partitions_offline"]);
    assert_eq!(after.snapshot.health.reasons[0].sentence, "1 of 3 partitions has no leader.");
}

#[test]
fn no_leader_of_the_quorum_is_critical() {
    let mut told = sample(whole());
    told.quorum = Some(Some(quorum(None)));
    let first = super::metadata(None, told, POLICY, at(0));
    assert_eq!(first.snapshot.controller_id, None);
    assert_eq!(
        first.snapshot.health.reason("no_quorum").map(|reason| reason.severity),
        Some(Severity::Critical)
    );
}

#[test]
fn topics_that_come_go_and_come_again_are_told() {
    let first = turn(None, whole(), at(0));
    let other_id = three_brokers().with_topic("orders", 9, &[(1, &[1, 2, 3], &[1, 2, 3])]);
    let after = turn(Some(&first), other_id, at(10));
    assert_eq!(kinds(&after.events), ["topic_deleted", "topic_recreated"]);
    assert_eq!(after.events[0].sentence, "Topic single was deleted");
    assert_eq!(after.snapshot.topic("orders").unwrap().1.first_seen, Some(at(10)));
}

#[test]
fn a_thousand_new_topics_are_one_event() {
    let first = turn(None, three_brokers(), at(0));
    let many = (0..1_000).fold(three_brokers(), |metadata, number| {
        metadata.with_topic(&format!("t-{number:04}"), 1, &[(1, &[1], &[1])])
    });
    let after = turn(Some(&first), many, at(10));
    let [event] = after.events.as_slice() else { panic!("{:?}", kinds(&after.events)) };
    assert_eq!(event.sentence, "1,000 topics were created");
    assert_eq!(event.detail.as_deref(), Some("t-0000, t-0001, t-0002 and 997 more"));
    assert_eq!(event.topics.len(), 100);
}

#[test]
fn another_cluster_under_the_same_name_begins_anew() {
    let first = turn(None, without_broker_2(), at(0));
    let mut other = whole();
    other.cluster_id = Some("other".into());
    let after = turn(Some(&first), other, at(10));
    assert_eq!(kinds(&after.events), ["cluster_replaced"]);
    assert_eq!(after.snapshot.history.len(), 1);
}

#[test]
fn only_chunks_that_changed_are_rebuilt() {
    let first = turn(None, whole(), at(0));
    let after = turn(Some(&first), without_broker_2(), at(10));
    let rebuilt = |topic: &str| {
        let place = shard(topic);
        !Arc::ptr_eq(&first.snapshot.chunks[place], &after.snapshot.chunks[place])
    };
    assert!(rebuilt("orders") && !rebuilt("single"));
}

#[test]
fn history_reaches_back_as_far_as_the_policy_says() {
    let mut latest = turn(None, whole(), at(0));
    for step in 1..=100 {
        latest = turn(Some(&latest), whole(), at(step * 10));
    }
    let history = &latest.snapshot.history;
    assert_eq!((history.front().unwrap().time, history.back().unwrap().time), (at(400), at(1_000)));
}

proptest! {
    #[test]
    fn the_order_of_an_answer_does_not_matter(order in Just((0..12u8).collect::<Vec<_>>()).prop_shuffle()) {
        let answer = |order: &[u8]| order.iter().fold(three_brokers(), |metadata, number| {
            metadata.with_topic(&format!("topic-{number}"), *number, &[(1, &[1, 2], &[1, 2]), (2, &[2, 3], &[2])])
        });
        let sorted: Vec<u8> = (0..12).collect();
        let first = turn(None, answer(&sorted), at(0));
        let after = turn(Some(&first), answer(&order), at(10));
        prop_assert!(!after.changed && after.events.is_empty());
        prop_assert_eq!(after.snapshot.totals, first.snapshot.totals);
    }

    #[test]
    fn sums_over_brokers_equal_sums_over_partitions(isr in proptest::collection::vec(1usize..=3, 1..30)) {
        let partitions: Vec<(i32, &[i32], &[i32])> =
            isr.iter().map(|size| (1, &[1, 2, 3][..], &[1, 2, 3][..*size])).collect();
        let first = turn(None, three_brokers().with_topic("orders", 1, &partitions), at(0)).snapshot;
        let counts = first.broker_counts();
        let sum = |field: fn(&BrokerCounts) -> u32| counts.values().map(field).sum::<u32>();
        prop_assert_eq!(u64::from(sum(|counts| counts.replicas)), first.totals.replicas);
        prop_assert_eq!(sum(|counts| counts.leaders), first.totals.partitions);
        prop_assert_eq!(sum(|counts| counts.preferred), first.totals.partitions);
        let missing: usize = isr.iter().map(|size| 3 - size).sum();
        prop_assert_eq!(sum(|counts| counts.out_of_sync) as usize, missing);
        let short = isr.iter().filter(|size| **size < 3).count();
        prop_assert_eq!(first.totals.under_replicated as usize, short);
    }
}

fn stamped(evaluated: Evaluated<MetadataSnapshot>) -> Arc<Stamped<MetadataSnapshot>> {
    Arc::new(Stamped { snapshot: evaluated.snapshot, revision: 1, as_of: evaluated.as_of })
}

fn read(topic: &str, retention: &str) -> TopicConfigs {
    let entry = |name: &str, value: &str, source| ConfigEntry {
        name: name.into(),
        value: Some(value.into()),
        source,
    };
    let entries = vec![
        entry("retention.ms", retention, ConfigSource::Topic),
        entry("cleanup.policy", "delete", ConfigSource::Default),
        entry("min.insync.replicas", "2", ConfigSource::StaticBroker),
    ];
    TopicConfigs { topic: topic.into(), error_code: 0, entries }
}

#[test]
fn a_changed_setting_is_told_with_what_it_was() {
    let existing = stamped(turn(None, whole(), at(0)));
    let sample = |read| ConfigsSample { cluster: "east".into(), read, existing: existing.clone() };
    let first = configs(None, sample(vec![read("orders", "604800000"), read("single", "604800000")]), at(0));
    assert!(first.events.is_empty());
    let orders = &first.snapshot.topics["orders"].settings;
    assert!(Arc::ptr_eq(orders, &first.snapshot.topics["single"].settings), "equal settings are kept once");
    let names: Vec<_> =
        orders.differing.iter().map(|config| (config.name.as_str(), config.source.as_str())).collect();
    assert_eq!(names, [("min.insync.replicas", "broker"), ("retention.ms", "topic")]);

    let after = configs(Some(&first.snapshot), sample(vec![read("orders", "259200000")]), at(30));
    assert_eq!(after.events[0].detail.as_deref(), Some("retention.ms 7 d → 3 d"));
    assert_eq!(after.as_of, at(0), "as old as its oldest entry");
}

#[test]
fn settings_of_deleted_topics_are_forgotten_and_refused_ones_are_not_invented() {
    let existing = stamped(turn(None, whole(), at(0)));
    let gone = stamped(turn(None, three_brokers(), at(0)));
    let refused = TopicConfigs { error_code: 29, ..read("single", "1") };
    let first = configs(
        None,
        ConfigsSample { cluster: "east".into(), read: vec![read("orders", "1"), refused], existing },
        at(0),
    );
    assert_eq!(first.snapshot.topics.len(), 1);
    let after = configs(
        Some(&first.snapshot),
        ConfigsSample { cluster: "east".into(), read: vec![], existing: gone },
        at(30),
    );
    assert!(after.snapshot.topics.is_empty());
}

#[test]
fn a_broker_that_does_not_answer_keeps_what_was_known_of_its_sizes() {
    let partial = |answers: Vec<(i32, LogDirs)>| Partial {
        missing: [1, 2]
            .into_iter()
            .filter(|id| answers.iter().all(|(answered, _)| answered != id))
            .map(|broker_id| Missing { broker_id, error: KafkaError::UnknownBroker { broker_id } })
            .collect(),
        answers,
    };
    let two = || Metadata::of_cluster("id").with_broker(1).with_broker(2);
    let existing = stamped(turn(None, two().with_topic("orders", 1, &[(1, &[1, 2], &[1, 2])]), at(0)));
    let sample = |answers| LogDirsSample {
        log_dirs: partial(answers),
        log_starts: Partial { answers: vec![(1, Offsets::with_rows(&[("orders", 0, 7)]))], missing: vec![] },
        existing: existing.clone(),
        is_refused: false,
    };
    let replicas = |bytes| LogDirs::with_replicas("/data", &[("orders", 0, bytes), ("orders", 1, 5)]);
    let first = log_dirs(None, sample(vec![(1, replicas(100)), (2, replicas(90))]), at(0));
    assert_eq!(first.snapshot.sums(), Some((200, Some(2_000), Some(800))));
    assert_eq!(first.snapshot.topics["orders"].size_bytes, 200);
    assert_eq!(first.snapshot.log_start("orders", 0), Some(7));
    assert_eq!(first.snapshot.log_start("orders", 1), None);

    let after = log_dirs(Some(&first.snapshot), sample(vec![(1, replicas(110))]), at(60));
    assert_eq!(after.snapshot.sums().map(|sums| sums.0), Some(210));
    assert_eq!(after.snapshot.replica_size("orders", 0, 2), Some(90));
    assert_eq!((after.snapshot.brokers[&1].as_of, after.snapshot.brokers[&2].as_of), (at(60), at(0)));

    let again = log_dirs(Some(&after.snapshot), sample(vec![(1, replicas(110))]), at(120));
    assert!(!again.changed);
}

#[test]
fn a_cluster_that_falls_silent_and_answers_again_is_told_by_the_fleet() {
    let reading = |age: i64, failing: bool| Reading {
        cluster: Some("west".into()),
        part: part::METADATA.into(),
        as_of: Some(at(100 - age)),
        period_seconds: 10.0,
        failure: failing.then(|| Failure { since: at(60), what: "No answer.".into() }),
    };
    let turn = |previous: Option<&FleetSnapshot>, reading| {
        fleet(previous, FleetSample { readings: vec![reading] }, at(100))
    };
    let fresh = turn(None, reading(5, true));
    assert!(fresh.events.is_empty());
    let silent = turn(Some(&fresh.snapshot), reading(40, true));
    assert_eq!(kinds(&silent.events), ["cluster_silent"]);
    let still = turn(Some(&silent.snapshot), reading(50, true));
    assert!(still.events.is_empty() && !still.changed);
    let back = turn(Some(&still.snapshot), reading(0, false));
    assert_eq!(kinds(&back.events), ["cluster_answers"]);
    assert_eq!(back.events[0].detail.as_deref(), Some("was silent for 40 s"));
}
