//! Scenes: what a mirror leaves behind, and what is made of it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use shared::{
    DateTime,
    event::Event,
    topology::{Confidence, EvidenceKind, FindingKind, FlowKind, FlowVerdict, RenamePolicy},
    verdict::Severity,
};

use super::{flows, plans};
use crate::{
    capabilities::topology::model::{
        ClusterRate, ClusterSample, ClusterTopics, Declared, DeclaredFlow, End, FlowRow, FlowsSample,
        FlowsSnapshot, Log, Logs, Name, Policy, Seen, Settings, State, Told, TopicPlaces, Traces,
    },
    kafka::answers::TopicId,
};

/// Topics with their partitions and the first byte of their id.
#[derive(Clone, Debug, Default)]
struct Topics {
    topics: BTreeMap<String, (usize, u8)>,
    is_silent: bool,
}

impl ClusterTopics for Topics {
    fn revision(&self) -> u64 {
        0
    }
    fn cluster_id(&self) -> Option<String> {
        None
    }
    fn is_fresh(&self, _: DateTime) -> bool {
        !self.is_silent
    }
    fn health(&self) -> Severity {
        Severity::Ok
    }
    fn brokers(&self) -> (u32, u32) {
        (1, 1)
    }
    fn each_topic(&self, see: &mut dyn FnMut(&str)) {
        self.topics.keys().for_each(|topic| see(topic));
    }
    fn topic(&self, topic: &str) -> Option<TopicPlaces> {
        let (partitions, id) = *self.topics.get(topic)?;
        Some(TopicPlaces {
            topic_id: Some(TopicId([id; 16])),
            first_seen: None,
            leaders: (0..i32::try_from(partitions).unwrap()).map(|partition| (partition, Some(1))).collect(),
        })
    }
    fn rate(&self) -> ClusterRate {
        ClusterRate::default()
    }
    fn topic_bytes_in(&self, _: &str) -> Option<f64> {
        None
    }
}

/// One cluster of a scene.
#[derive(Clone, Debug, Default)]
struct Cluster {
    name: &'static str,
    aliases: Vec<&'static str>,
    topics: Topics,
    traces: Traces,
    logs: Logs,
    is_whole: bool,
}

impl Cluster {
    fn named(name: &'static str, topics: &[(&str, usize)]) -> Self {
        let topics =
            topics.iter().map(|(topic, partitions)| ((*topic).to_owned(), (*partitions, 1))).collect();
        Self {
            name,
            topics: Topics { topics, is_silent: false },
            traces: Traces::new(1_000),
            is_whole: true,
            ..Self::default()
        }
    }

    fn log(&mut self, topic: &str, start: i64, end: i64) {
        let log = Log { start: Some(start), end: Some(end) };
        self.logs.topics.insert(topic.into(), HashMap::from([(0, log)]));
    }

    fn sample(&self) -> ClusterSample {
        ClusterSample {
            declared: Declared {
                name: self.name.into(),
                aliases: self.aliases.iter().map(|it| (*it).to_owned()).collect(),
                ..Declared::default()
            },
            topics: Some(Arc::new(self.topics.clone())),
            traces: Arc::new(self.traces.clone()),
            is_whole: self.is_whole,
            trouble: None,
            refused: BTreeMap::new(),
            logs: self.logs.clone(),
            missing: None,
        }
    }
}

/// East is mirrored to aggregate, one topic of one partition; a turn comes every ten seconds.
struct Scene {
    east: Cluster,
    aggregate: Cluster,
    known: Option<FlowsSnapshot>,
    now_s: i64,
    events: Vec<Event>,
}

const POLICY: Policy = Policy { flush_ms: 5_000, told_for_ms: 120_000, ..Policy::OF_TESTS };

impl Scene {
    fn new() -> Self {
        let mut east = Cluster::named("east", &[("orders", 1), ("heartbeats", 1)]);
        let mut aggregate =
            Cluster::named("aggregate", &[("east.orders", 1), ("heartbeats", 1), ("east.heartbeats", 1)]);
        east.log("orders", 0, 100);
        aggregate.log("east.orders", 0, 100);
        let settings = Settings {
            is_enabled: Some(true),
            shown: shared::topology::FlowSettings {
                topics: Some("orders,invoices".into()),
                refresh_seconds: Some(10.0),
                ..Default::default()
            },
            ..Settings::default()
        };
        aggregate.traces.connectors_to_change("east").settings = Some(settings);
        let mut scene = Self { east, aggregate, known: None, now_s: 1_000, events: vec![] };
        scene.copied(99, 99);
        scene
    }

    /// The record at an offset of the source was copied to that of the target.
    fn copied(&mut self, upstream: i64, downstream: i64) {
        let now_ms = self.now_s * 1_000;
        self.aggregate.traces.stored(("east", "orders", 0), Some(upstream), now_ms);
        self.east.traces.synced(("aggregate", "orders", 0), (upstream, downstream), now_ms);
        self.aggregate.log("east.orders", 0, downstream + 1);
    }

    /// Its process lives.
    fn beats(&mut self) {
        let now_ms = self.now_s * 1_000;
        self.aggregate.traces.beat(("east", "aggregate"), now_ms, Seen::Now(now_ms));
        self.aggregate.traces.copied_beat("east", now_ms, Seen::Now(now_ms + 40));
    }

    fn turn(&mut self) {
        self.now_s += 10;
        let clusters = vec![self.east.sample(), self.aggregate.sample()];
        let plans = plans(&clusters, &[]);
        let now = DateTime::from_timestamp(self.now_s, 0).unwrap();
        let sample = FlowsSample { clusters, plans };
        let evaluated = flows(self.known.as_ref(), sample, &POLICY, Duration::from_secs(3_600), now);
        self.events.extend(evaluated.events);
        self.known = Some(evaluated.snapshot);
    }

    fn turns(&mut self, count: usize) {
        (0..count).for_each(|_| {
            self.beats();
            self.turn();
        });
    }

    fn flow(&self) -> &FlowRow {
        self.known.as_ref().unwrap().flow("east~aggregate~mirror-maker2").unwrap()
    }

    fn findings(&self) -> Vec<(FindingKind, String)> {
        let told = super::gather::gather(self.flow(), |_| true, self.now_s * 1_000).findings;
        told.into_iter().map(|it| (it.kind, it.sentence)).collect()
    }

    fn told(&self, kind: &str) -> usize {
        self.events.iter().filter(|event| event.kind == kind).count()
    }
}

#[test]
fn a_mirror_that_copies_is_well_and_known_from_what_it_writes() {
    let mut scene = Scene::new();
    scene.turns(3);
    let flow = scene.flow();
    assert_eq!(
        (flow.verdict, flow.kind, flow.confidence),
        (FlowVerdict::Ok, FlowKind::MirrorMaker2, Confidence::Proved)
    );
    assert_eq!(flow.policy, RenamePolicy::Prefix { alias: "east".into(), separator: ".".into() });
    let topic = &flow.topics[0];
    assert_eq!(
        (&*topic.source_topic, topic.target_topic.as_deref(), topic.lag_records),
        ("orders", Some("east.orders"), Some(0))
    );
    let kinds: Vec<EvidenceKind> = flow.evidence.iter().map(|it| it.kind).collect();
    let expected = [
        EvidenceKind::Positions,
        EvidenceKind::Heartbeats,
        EvidenceKind::OffsetSyncs,
        EvidenceKind::ConnectorSettings,
    ];
    assert_eq!(kinds, expected);
    assert_eq!(scene.findings(), []);
    assert!(scene.events.is_empty(), "{:?}", scene.events);
    assert!((flow.latency[0].seconds - 0.04).abs() < 1e-9);
}

#[test]
fn records_that_wait_while_the_position_stands_are_a_stop_and_it_heals() {
    let mut scene = Scene::new();
    scene.turns(2);
    scene.east.log("orders", 0, 184);
    scene.turns(1);
    assert_eq!(scene.findings(), [], "not yet");
    scene.turns(3);
    let expected = "The copying of orders-0 stands at offset 100 while 84 records wait.".to_owned();
    assert_eq!(scene.findings(), [(FindingKind::NoProgress, expected)]);
    assert_eq!((scene.flow().verdict, scene.told("no_progress")), (FlowVerdict::Stopped, 1));
    scene.copied(183, 183);
    scene.turns(1);
    assert_eq!((scene.findings(), scene.told("no_progress_over")), (vec![], 1));
}

#[test]
fn what_retention_took_before_it_was_copied_is_lost_with_its_number() {
    let mut scene = Scene::new();
    scene.turns(2);
    scene.east.log("orders", 150, 200);
    scene.turns(4);
    let said = scene.findings();
    assert_eq!(
        said[0],
        (
            FindingKind::SilentLoss,
            "50 records of orders-0 are gone by retention and were never copied.".into()
        )
    );
    assert_eq!(scene.flow().verdict, FlowVerdict::Losing);
    // It goes on behind them without a word.
    scene.copied(199, 149);
    scene.turns(1);
    assert_eq!((scene.findings(), scene.flow().topics[0].lost_records), (vec![], 50));
    assert_eq!((scene.told("silent_loss"), scene.told("silent_loss_over")), (1, 1));
}

#[test]
fn a_topic_that_was_created_again_with_more_records_than_were_copied_loses_its_first_ones() {
    let mut scene = Scene::new();
    scene.turns(2);
    scene.east.topics.topics.insert("orders".into(), (1, 2));
    scene.east.log("orders", 0, 150);
    scene.turns(1);
    let expected = "orders was deleted and created again: its first 100 records are not copied.";
    assert_eq!(scene.findings(), [(FindingKind::TopicRecreated, expected.to_owned())]);
    assert_eq!(scene.flow().verdict, FlowVerdict::Losing);
    scene.turns(1);
    scene.copied(149, 149);
    scene.turns(30);
    assert_eq!(scene.findings().len(), 1, "still so: nobody copied them");
    assert_eq!((scene.flow().topics[0].lost_records, scene.told("topic_recreated")), (100, 1));
}

#[test]
fn a_topic_that_was_created_again_with_fewer_records_is_copied_from_its_beginning() {
    let mut scene = Scene::new();
    scene.turns(2);
    scene.east.topics.topics.insert("orders".into(), (1, 2));
    scene.east.log("orders", 0, 30);
    scene.now_s += 1;
    scene.copied(0, 100);
    scene.copied(29, 129);
    scene.turns(1);
    let said = scene.findings();
    assert_eq!(said.first().map(|it| it.0), Some(FindingKind::TopicRecreated), "{said:?}");
    assert_eq!((scene.flow().verdict, scene.flow().topics[0].lost_records), (FlowVerdict::Behind, 0));
    scene.east.log("orders", 0, 210);
    scene.now_s += 1;
    scene.copied(209, 309);
    scene.turns(14);
    assert_eq!((scene.findings(), scene.flow().verdict), (vec![], FlowVerdict::Ok));
}

#[test]
fn a_mirror_that_begins_again_copies_a_second_time() {
    let mut scene = Scene::new();
    scene.turns(2);
    scene.now_s += 1;
    scene.copied(0, 100);
    scene.copied(99, 199);
    scene.turns(1);
    assert_eq!(
        scene.findings(),
        [(FindingKind::CopiedAgain, "orders-0 is copied again: 100 records arrive a second time.".into())]
    );
    assert_eq!(scene.told("copied_again"), 1);
    scene.turns(14);
    assert_eq!((scene.findings(), scene.told("copied_again_over")), (vec![], 1));
}

#[test]
fn a_paused_connector_is_told_at_once_while_heartbeats_come() {
    let mut scene = Scene::new();
    scene.turns(2);
    scene.aggregate.traces.connectors_to_change("east").wanted = Some(State::Paused);
    scene.turns(1);
    assert_eq!(scene.findings()[0].1, "Its connector is paused: nothing is copied.");
    assert_eq!(scene.flow().verdict, FlowVerdict::Stopped);
    scene.aggregate.traces.connectors_to_change("east").wanted = Some(State::Running);
    scene.turns(1);
    assert_eq!((scene.findings(), scene.told("paused_over")), (vec![], 1));
}

#[test]
fn a_process_that_ended_is_told_by_its_last_word_and_by_its_silence() {
    let mut scene = Scene::new();
    scene.turns(2);
    let told = Told { state: State::Unassigned, trace: None, worker: None, time_ms: scene.now_s * 1_000 };
    scene.aggregate.traces.connectors_to_change("east").states.insert("MirrorSourceConnector".into(), told);
    scene.turns(2);
    assert_eq!(scene.findings(), [], "between two workers there is nobody for a while");
    scene.turns(2);
    assert_eq!((scene.findings()[0].0, scene.flow().verdict), (FindingKind::NotRunning, FlowVerdict::Behind));
    scene.turns(9);
    assert_eq!(scene.flow().verdict, FlowVerdict::Stopped);
    let mut killed = Scene::new();
    killed.turns(2);
    (0..4).for_each(|_| killed.turn());
    assert_eq!(
        killed.findings(),
        [(FindingKind::HeartbeatsSilent, "No heartbeat of it has come to aggregate.".into())]
    );
    assert_eq!(killed.flow().verdict, FlowVerdict::Behind);
    (0..9).for_each(|_| killed.turn());
    assert_eq!(killed.flow().verdict, FlowVerdict::Stopped);
}

#[test]
fn a_topic_that_fits_the_filter_and_is_not_there_is_told_after_the_mirror_had_time_to_see_it() {
    let mut scene = Scene::new();
    scene.turns(2);
    scene.east.topics.topics.insert("invoices".into(), (1, 1));
    scene.turns(2);
    assert_eq!(scene.findings(), []);
    scene.turns(2);
    let expected = "invoices of east fits the filter, and is not on aggregate.".to_owned();
    assert_eq!(
        (scene.findings(), scene.told("missing_topic")),
        (vec![(FindingKind::MissingTopic, expected)], 1)
    );
    scene.aggregate.topics.topics.insert("east.invoices".into(), (1, 1));
    scene.turns(1);
    assert_eq!(scene.told("missing_topic_over"), 1);
}

#[test]
fn an_end_that_does_not_answer_makes_the_flow_unknown_and_never_green() {
    let mut scene = Scene::new();
    scene.turns(2);
    scene.east.topics.is_silent = true;
    scene.turns(1);
    assert_eq!(scene.findings()[0].0, FindingKind::ClusterSilent);
    assert_eq!(scene.flow().verdict, FlowVerdict::Unknown);
}

#[test]
fn while_an_end_is_silent_nothing_is_over_and_nothing_new_is_told() {
    let mut scene = Scene::new();
    scene.turns(2);
    scene.aggregate.traces.connectors_to_change("east").wanted = Some(State::Paused);
    scene.turns(1);
    scene.aggregate.topics.is_silent = true;
    scene.east.log("orders", 0, 900);
    scene.turns(60);
    assert_eq!(
        (scene.told("paused_over"), scene.told("no_progress"), scene.told("cluster_silent")),
        (0, 0, 1)
    );
    scene.aggregate.topics.is_silent = false;
    scene.turns(1);
    assert_eq!((scene.told("cluster_silent_over"), scene.told("no_progress")), (1, 0), "it is watched anew");
    scene.turns(3);
    assert_eq!(scene.told("no_progress"), 1);
}

#[test]
fn while_it_is_read_anew_a_flow_is_neither_gone_nor_green() {
    let mut scene = Scene::new();
    scene.turns(2);
    let traces = std::mem::take(&mut scene.aggregate.traces);
    scene.aggregate.is_whole = false;
    scene.turn();
    assert_eq!((scene.flow().verdict, scene.events.len()), (FlowVerdict::Unknown, 0));
    (scene.aggregate.traces, scene.aggregate.is_whole) = (traces, true);
    scene.turns(1);
    assert_eq!((scene.flow().verdict, scene.events.len()), (FlowVerdict::Ok, 0));
}

#[test]
fn a_local_topic_with_a_dot_is_no_mirrored_one() {
    let mut scene = Scene::new();
    scene.aggregate.topics.topics.insert("east.notes".into(), (1, 1));
    scene.aggregate.topics.topics.insert("team.orders".into(), (1, 1));
    scene.turns(1);
    let names: Vec<&str> = scene.flow().topics.iter().map(|row| &*row.source_topic).collect();
    assert_eq!(names, ["orders"]);
    assert_eq!(scene.known.unwrap().clusters.len(), 2, "a prefix makes no cluster");
}

fn found(clusters: &[Cluster], declared: &[DeclaredFlow]) -> Vec<super::Plan> {
    let clusters: Vec<ClusterSample> = clusters.iter().map(Cluster::sample).collect();
    plans(&clusters, declared)
}

#[test]
fn a_mirror_that_keeps_names_is_directed_by_what_it_leaves() {
    let east = Cluster::named("east", &[("orders", 3)]);
    let mut west = Cluster::named("west", &[("orders", 3)]);
    west.traces.stored(("east", "orders", 0), Some(5), 1_000);
    let plans = found(&[east, west], &[]);
    let ends: Vec<_> = plans.iter().map(|plan| (plan.source.clone(), plan.target.clone())).collect();
    assert_eq!(ends, [(End::Watched(0), End::Watched(1))]);
    assert_eq!(plans[0].policy, RenamePolicy::Identity);
    assert_eq!(plans[0].topics, [(Name::from("orders"), Name::from("orders"))]);
}

#[test]
fn an_alias_is_the_only_cluster_that_fits_or_one_that_nobody_knows() {
    let other = Cluster::named("dc-east-1", &[("orders", 3), ("clicks", 6)]);
    let small = Cluster::named("dc-west-1", &[("orders", 3)]);
    let mut target = Cluster::named("all", &[("east.orders", 3), ("east.clicks", 6)]);
    target.traces.stored(("east", "orders", 2), Some(5), 1_000);
    let at = |clusters: &[Cluster]| found(clusters, &[])[0].source.clone();
    let unsure = [other.clone(), small.clone(), target.clone()];
    assert_eq!(at(&unsure), End::Unnamed("east".into()), "two fit");
    target.traces.stored(("east", "clicks", 5), Some(5), 1_000);
    assert_eq!(at(&[other.clone(), small.clone(), target.clone()]), End::Watched(0));
    let called = Cluster { aliases: vec!["east"], ..small };
    assert_eq!(at(&[other, called, target]), End::Watched(1), "its alias counts first");
}

#[test]
fn while_a_cluster_is_not_read_an_alias_may_be_that_one_too() {
    let one = Cluster::named("dc-east-1", &[("orders", 3)]);
    let other = Cluster::named("dc-west-1", &[]);
    let mut target = Cluster::named("all", &[("east.orders", 3)]);
    target.traces.stored(("east", "orders", 2), Some(5), 1_000);
    let mut clusters: Vec<ClusterSample> = [&one, &other, &target].map(Cluster::sample).into();
    assert_eq!(plans(&clusters, &[])[0].source, End::Watched(0));
    clusters[1].topics = None;
    assert_eq!(plans(&clusters, &[])[0].source, End::Unnamed("east".into()));
}

#[test]
fn heartbeats_that_are_copied_on_make_no_flow_of_their_own() {
    let east = Cluster::named("east", &[("orders", 1)]);
    let mut west = Cluster::named("west", &[("east.orders", 1), ("clicks", 1)]);
    west.traces.stored(("east", "orders", 0), Some(5), 1_000);
    west.traces.copied_beat("east", 1_000, Seen::Now(1_000));
    let mut all = Cluster::named("all", &[("west.clicks", 1), ("west.east.orders", 1)]);
    all.traces.stored(("west", "east.orders", 0), Some(5), 1_000);
    for prefix in ["west", "west.east"] {
        all.traces.copied_beat(prefix, 1_000, Seen::Now(1_000));
    }
    let plans = found(&[east, west, all], &[]);
    let ends: Vec<_> = plans.iter().map(|plan| (plan.source.clone(), plan.target.clone())).collect();
    assert_eq!(ends, [(End::Watched(0), End::Watched(1)), (End::Watched(1), End::Watched(2))]);
}

#[test]
fn what_came_from_a_cluster_by_any_way_is_not_missing_there() {
    let mut clusters = [
        Cluster::named("a", &[("orders", 1)]),
        Cluster::named("b", &[("orders", 1), ("a.orders", 1)]),
        Cluster::named("c", &[("orders", 1), ("b.orders", 1), ("b.a.orders", 1), ("a.orders", 1)]),
    ];
    clusters[0].traces.connectors_to_change("c").settings = Some(Settings {
        is_enabled: Some(true),
        shown: shared::topology::FlowSettings { topics: Some(".*".into()), ..Default::default() },
        ..Settings::default()
    });
    let plans = found(&clusters, &[]);
    let into_a = plans.iter().find(|plan| plan.target == End::Watched(0)).unwrap();
    assert_eq!(into_a.missing, [Name::from("b.orders"), Name::from("orders")]);
}

#[test]
fn a_partition_that_is_new_at_the_source_is_waited_for_and_then_told() {
    let mut scene = Scene::new();
    scene.turns(2);
    scene.east.topics.topics.insert("orders".into(), (2, 1));
    let log = |end| Log { start: Some(0), end: Some(end) };
    scene.east.logs.topics.insert("orders".into(), HashMap::from([(0, log(100)), (1, log(7))]));
    scene.turns(2);
    let topic = &scene.flow().topics[0];
    assert_eq!((topic.lag_records, topic.lag_is_at_least), (Some(7), false));
    assert_eq!(scene.findings(), [], "the mirror looks again each 10 s");
    scene.turns(2);
    let said = scene.findings();
    assert!(said[0].0 == FindingKind::NoProgress && said[0].1.contains("7 records wait"), "{said:?}");
}

#[test]
fn what_a_mirror_had_not_written_down_is_copied_twice_and_no_news() {
    let mut scene = Scene::new();
    let mut end = 100;
    for _ in 0..6 {
        end += 1_000;
        scene.east.log("orders", 0, end);
        scene.copied(end - 1, end - 1);
        scene.turns(1);
    }
    scene.copied(end - 201, end - 1);
    scene.turns(1);
    assert_eq!(scene.findings(), [], "200 records at 100 a second");
    scene.copied(0, end);
    scene.turns(1);
    assert_eq!(scene.findings().first().map(|it| it.0), Some(FindingKind::CopiedAgain));
}

#[test]
fn records_that_a_topic_lost_by_being_another_are_counted_once_also_over_a_restart_of_ours() {
    let mut scene = Scene::new();
    scene.turns(2);
    scene.east.topics.topics.insert("orders".into(), (1, 9));
    scene.east.log("orders", 0, 400);
    scene.turns(1);
    assert_eq!(scene.flow().topics[0].lost_records, 100);
    let known = scene.known.as_mut().unwrap();
    let mut flow = FlowRow::clone(&known.flows[0]);
    let mut topic = (*flow.topics[0]).clone();
    topic.troubles = vec![];
    (flow.troubles, flow.topics) = (vec![], vec![Arc::new(topic)]);
    *known = FlowsSnapshot { flows: vec![Arc::new(flow)], ..FlowsSnapshot::default() };
    scene.turns(1);
    assert_eq!(scene.flow().topics[0].lost_records, 100);
}

#[test]
fn a_topic_that_came_whole_is_not_lost_though_nobody_wrote_that_the_mirror_went_back() {
    let mut scene = Scene::new();
    scene.turns(2);
    scene.east.topics.topics.insert("orders".into(), (1, 9));
    scene.east.log("orders", 0, 150);
    scene.turns(1);
    assert_eq!(scene.flow().verdict, FlowVerdict::Losing, "100 of 150 are passed over, as far as is known");
    // Its positions were forgotten, and the pair of offsets of its first record was never noted.
    scene.now_s += 1;
    scene.copied(149, 249);
    scene.turns(1);
    let loses = scene.flow().topics[0].troubles.iter().any(|it| it.loses);
    assert!(!loses, "{:?}", scene.findings());
    assert_eq!(scene.flow().topics[0].lost_records, 0);
    scene.turns(14);
    assert_eq!((scene.findings(), scene.flow().verdict), (vec![], FlowVerdict::Ok));
}

#[test]
fn a_cluster_that_only_a_mirror_names_is_drawn_and_said() {
    let mut scene = Scene::new();
    scene.east.traces.synced(("archive", "orders", 0), (5, 5), 1_000);
    scene.turns(1);
    let known = scene.known.as_ref().unwrap();
    let ids: Vec<&str> = known.flows.iter().map(|flow| flow.id.as_str()).collect();
    assert_eq!(ids, ["east~aggregate~mirror-maker2", "east~archive~mirror-maker2"]);
    assert!(known.cluster("archive").unwrap().watched.is_none());
    assert_eq!(known.findings[0].sentence, "A mirror names the cluster archive, which is not watched.");
}

#[test]
fn names_alone_are_a_suspicion_and_a_flow_of_settings_alone_that_is_off_is_none() {
    let east = Cluster::named("east", &[("orders", 3), ("clicks", 2)]);
    let mut all = Cluster::named("all", &[("east.orders", 3), ("east.clicks", 1)]);
    let plans = found(&[east.clone(), all.clone()], &[]);
    assert_eq!(
        (plans.len(), plans[0].kind, plans[0].confidence),
        (1, FlowKind::Mirror, Confidence::Suspected)
    );
    assert_eq!(plans[0].topics.len(), 1, "of clicks the partitions differ");
    all.topics.topics.clear();
    all.traces.connectors_to_change("east").settings =
        Some(Settings { is_enabled: Some(false), ..Settings::default() });
    assert!(found(&[east, all], &[]).is_empty());
}

#[test]
fn what_is_declared_is_the_flow_that_is_found_or_one_that_is_not() {
    let mut scene = Scene::new();
    scene.turns(1);
    let flow = DeclaredFlow { source: "east".into(), target: "aggregate".into(), ..DeclaredFlow::default() };
    let plans = found(&[scene.east.clone(), scene.aggregate.clone()], std::slice::from_ref(&flow));
    assert_eq!((plans.len(), plans[0].confidence), (1, Confidence::Declared));
    let bare = [Cluster::named("east", &[("orders", 1)]), Cluster::named("aggregate", &[])];
    let plans = found(&bare, &[flow]);
    assert_eq!((plans.len(), plans[0].kind), (1, FlowKind::Mirror));
}

#[test]
fn what_was_known_before_a_restart_of_ours_tells_that_a_topic_is_another() {
    let mut scene = Scene::new();
    scene.turns(2);
    let known = scene.known.clone();
    let mut later = Scene {
        east: scene.east.clone(),
        aggregate: scene.aggregate.clone(),
        known,
        now_s: 5_000,
        events: vec![],
    };
    later.east.topics.topics.insert("orders".into(), (1, 9));
    later.east.log("orders", 0, 400);
    later.turns(1);
    assert_eq!(later.findings()[0].0, FindingKind::TopicRecreated);
}

#[test]
fn after_a_restart_of_ours_what_stands_is_not_told_again_and_its_end_is() {
    let mut scene = Scene::new();
    scene.turns(2);
    scene.aggregate.traces.connectors_to_change("east").wanted = Some(State::Paused);
    scene.turns(1);
    // What is remembered of a flow: its topics, and since when what is wrong.
    let known = scene.known.as_mut().unwrap();
    let mut flow = FlowRow::clone(&known.flows[0]);
    (flow.troubles, flow.judged_ms) = (vec![], 0);
    *known = FlowsSnapshot { flows: vec![Arc::new(flow)], ..FlowsSnapshot::default() };
    scene.events.clear();
    let traces = std::mem::replace(&mut scene.aggregate.traces, Traces::new(1_000));
    scene.aggregate.is_whole = false;
    scene.turn();
    (scene.aggregate.traces, scene.aggregate.is_whole) = (traces, true);
    scene.turns(2);
    assert!(scene.events.is_empty(), "{:?}", scene.events);
    scene.aggregate.traces.connectors_to_change("east").wanted = Some(State::Running);
    scene.turns(1);
    assert_eq!((scene.told("paused_over"), scene.told("paused")), (1, 0));
}
