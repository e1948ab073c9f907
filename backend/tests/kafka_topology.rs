//! Flows against real brokers and a real MirrorMaker 2: found by what it leaves behind, and every fault named with its
//! numbers, put on the timeline, and over when it is undone.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::time::Duration;

use backend::{config::Config, db::Place, runtime::Clock};
use chrono::{SecondsFormat, TimeDelta};
use shared::{
    DateTime,
    event::Events,
    topology::{
        Confidence, FindingKind, FlowDetail, FlowHistory, FlowVerdict, RenamePolicy, TierRole, TopicPath,
        Topology,
    },
};
use support::{
    Served,
    clients::{create_topic, delete_records, delete_topic, produce, transact},
    config,
    fleet::named,
    mirror::Mirror,
    so, wait_until,
};
use tokio::time::Instant;

/// A JVM starts, connects and copies.
const A_START: Duration = Duration::from_secs(90);
/// Two periods, what makes a fault known, and a busy machine.
const SOON: Duration = Duration::from_secs(45);
const PERIOD: f64 = 2.0;

fn quick(mut config: Config) -> Config {
    config.kafka.request_timeout_seconds = 2.0;
    config.topology.period_seconds = PERIOD;
    config.topology.flush_seconds = 2.0;
    config.topology.heartbeat_warning_seconds = 5.0;
    config.topology.heartbeat_critical_seconds = 15.0;
    config.topology.told_for_seconds = 20.0;
    config
}

/// A flow as it is watched by a test.
struct Watched<'a> {
    served: &'a Served,
    id: &'a str,
}

impl Watched<'_> {
    async fn detail(&self) -> Result<FlowDetail, String> {
        self.served.get(&format!("/api/v1/topology/flows/{}", self.id)).await.json_or_missing()
    }

    /// Waits until the flow has a finding of a kind whose sentence holds all of these, and tells how long that took.
    async fn finds(&self, kind: FindingKind, words: &[&str]) {
        self.finds_within(SOON, kind, words).await;
    }

    async fn finds_within(&self, limit: Duration, kind: FindingKind, words: &[&str]) {
        let began = Instant::now();
        wait_until(&format!("{kind:?} with {words:?}"), limit, async || {
            let flow = self.detail().await?.flow;
            let is_it = |sentence: &str| words.iter().all(|word| sentence.contains(word));
            let found = flow.findings.iter().any(|it| it.kind == kind && is_it(&it.sentence));
            if found { Ok(()) } else { Err(format!("{:?}", flow.findings)) }
        })
        .await;
        println!("{kind:?} {words:?}: {:.1} s", began.elapsed().as_secs_f64());
    }

    /// Waits until there is no such finding any more.
    async fn heals(&self, kind: FindingKind) {
        wait_until(&format!("no {kind:?}"), A_START, async || {
            let flow = self.detail().await?.flow;
            if flow.findings.iter().all(|it| it.kind != kind) {
                Ok(())
            } else {
                Err(format!("{:?}", flow.findings))
            }
        })
        .await;
    }

    async fn is(&self, verdict: FlowVerdict) {
        wait_until(&format!("it is {verdict:?}"), A_START, async || {
            let flow = self.detail().await?.flow;
            if flow.verdict == verdict {
                Ok(())
            } else {
                Err(format!("{:?}: {:?}", flow.verdict, flow.findings))
            }
        })
        .await;
    }

    /// Waits until so many records of a topic are at the target, and nothing waits.
    async fn copied(&self, topic: &str, least: u64) {
        wait_until(&format!("{topic} is copied"), A_START, async || {
            let flow = self.detail().await?;
            let row = flow.topics.into_iter().find(|row| row.source_topic == topic);
            let row = row.ok_or_else(|| "there is no such row".to_owned())?;
            let path: TopicPath = self
                .served
                .get(&format!("/api/v1/topology/topics/{topic}?cluster=aggregate"))
                .await
                .json_or_missing()?;
            let at_target =
                path.hops.iter().find(|hop| hop.cluster == "old").and_then(|hop| hop.log_end_records);
            so((row.lag_records, at_target), |(lag, end)| {
                *lag == Some(0) && end.is_some_and(|end| end >= least)
            })
        })
        .await;
    }

    /// Whether the timeline has an event of this kind.
    async fn happened(&self, kind: &str) {
        let path = format!("/api/v1/events?flow={}&kind={kind}", self.id);
        wait_until(&format!("{kind} is on the timeline"), SOON, async || {
            let page: Events = self.served.get(&path).await.json_or_missing()?;
            if page.events.is_empty() { Err("nothing".into()) } else { Ok(()) }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_a_mirror_is_named_with_its_numbers_and_is_over_when_it_is_undone() {
    let (source, target) = (named("aggregate"), named("old"));
    let _held = (source.shared(), target.alone());
    let name = |what: &str| format!("topo-{what}-{}", std::process::id());
    let [kept, again, more, paid] = ["kept", "again", "more", "paid"].map(name);
    for topic in [&kept, &again, &more, &paid] {
        create_topic(&source, topic, 1).await;
        produce(&source, topic, 0, 100);
    }
    transact(&source, &paid, 0, 5, true);
    let mut mirror = Mirror::new(&source, &target, &name(".*"));
    mirror.start();
    let folder = tempfile::tempdir().unwrap();
    let mut told = quick(config([source.config(), target.config()]));
    told.database.url = Some(Place::file(&folder.path().join("history.db")));
    let served = Served::start(&told).await;
    let flow = Watched { served: &served, id: "aggregate~old~mirror-maker2" };
    for topic in [&kept, &again, &more, &paid] {
        flow.copied(topic, 100).await;
    }
    flow.is(FlowVerdict::Ok).await;
    wait_until("heartbeats tell how quick it is", A_START, async || {
        so(flow.detail().await?.flow, |flow| {
            flow.latency.iter().any(|it| it.seconds < 10.0)
                && flow.heartbeat_age_seconds.is_some_and(|age| age < 10.0)
        })
    })
    .await;
    let seen = flow.detail().await.unwrap();
    assert_eq!((seen.flow.topic_count, seen.flow.confidence), (4, Confidence::Proved));

    // Paused, while its process and heartbeats go on.
    mirror.set_target("PAUSED");
    flow.finds(FindingKind::Paused, &["paused"]).await;
    mirror.wait_until_its_task_is("PAUSED");
    produce(&source, &kept, 0, 50);
    flow.finds(FindingKind::NoProgress, &[&kept, "50 records wait"]).await;
    flow.is(FlowVerdict::Stopped).await;
    mirror.set_target("STARTED");
    flow.heals(FindingKind::Paused).await;
    flow.copied(&kept, 150).await;
    flow.heals(FindingKind::NoProgress).await;

    // Created again with fewer records, while it runs.
    delete_topic(&source, &again);
    create_topic(&source, &again, 1).await;
    produce(&source, &again, 0, 30);
    flow.finds(FindingKind::TopicRecreated, &[&again, "copied from its beginning"]).await;
    flow.copied(&again, 130).await;
    flow.heals(FindingKind::TopicRecreated).await;
    assert_eq!(flow.detail().await.unwrap().topics.iter().filter_map(|row| row.lost_records).sum::<u64>(), 0);

    // Its process ends; what happens meanwhile is known before it comes back.
    mirror.kill();
    flow.finds(FindingKind::HeartbeatsSilent, &["No heartbeat"]).await;
    produce(&source, &kept, 0, 100);
    delete_records(&source, &kept, 0, 200);
    flow.finds(FindingKind::SilentLoss, &[&kept, "50 records"]).await;
    delete_topic(&source, &more);
    create_topic(&source, &more, 1).await;
    produce(&source, &more, 0, 150);
    flow.finds(FindingKind::TopicRecreated, &[&more, "first 100 records"]).await;
    flow.is(FlowVerdict::Losing).await;
    let new = name("new");
    create_topic(&source, &new, 1).await;
    produce(&source, &new, 0, 10);
    flow.finds(FindingKind::MissingTopic, &[&new, "old"]).await;

    // It comes back, and begins everything from the earliest record.
    mirror.forget_positions();
    mirror.start();
    flow.finds_within(A_START, FindingKind::CopiedAgain, &["a second time"]).await;
    for kind in [
        FindingKind::HeartbeatsSilent,
        FindingKind::SilentLoss,
        FindingKind::MissingTopic,
        FindingKind::TopicRecreated,
        FindingKind::CopiedAgain,
    ] {
        flow.heals(kind).await;
    }
    flow.is(FlowVerdict::Ok).await;
    for kind in [
        "paused",
        "no_progress",
        "topic_recreated",
        "heartbeats_silent",
        "silent_loss",
        "missing_topic",
        "copied_again",
    ] {
        flow.happened(kind).await;
        flow.happened(&format!("{kind}_over")).await;
    }

    // What waited meanwhile is known over a restart.
    served.end().await;
    let now = Clock::system().now();
    let (from, to) = [6, 1].map(|minutes| now - TimeDelta::minutes(minutes)).into();
    let written = |time: DateTime| time.to_rfc3339_opts(SecondsFormat::Secs, true);
    let path = format!(
        "/api/v1/topology/flows/aggregate~old~mirror-maker2/history?step=60&from={}&to={}",
        written(from),
        written(to)
    );
    let served = Served::start(&told).await;
    wait_until("the records that waited are told", A_START, async || {
        let history: FlowHistory = served.get(&path).await.json_or_missing()?;
        so(history, |history| history.points.iter().any(|point| point.1.is_some_and(|lag| lag > 0.0)))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_that_keeps_names_is_found_and_directed_rightly() {
    let (source, target) = (named("aggregate"), named("old"));
    let _held = (source.shared(), target.alone());
    let topic = format!("same-{}", std::process::id());
    create_topic(&source, &topic, 1).await;
    produce(&source, &topic, 0, 100);
    let mut mirror = Mirror::that_keeps_names(&source, &target, &topic);
    mirror.start();
    // The target is told of first: nothing but what the mirror leaves says which way it goes.
    let served = Served::start(&quick(config([target.config(), source.config()]))).await;
    let flow = Watched { served: &served, id: "aggregate~old~mirror-maker2" };
    flow.copied(&topic, 100).await;
    flow.is(FlowVerdict::Ok).await;
    let seen = flow.detail().await.unwrap();
    assert_eq!((&seen.flow.policy, seen.flow.confidence), (&RenamePolicy::Identity, Confidence::Proved));
    let rows: Vec<_> =
        seen.topics.iter().map(|row| (row.source_topic.as_str(), row.target_topic.as_deref())).collect();
    assert_eq!(rows, [(topic.as_str(), Some(topic.as_str()))]);
    produce(&source, &topic, 0, 20);
    flow.copied(&topic, 120).await;
    let fleet: Topology = served.view("/api/v1/topology").await;
    let between: Vec<&str> = fleet
        .flows
        .iter()
        .filter(|it| [&it.source, &it.target].iter().all(|end| ["aggregate", "old"].contains(&end.as_str())))
        .map(|it| it.id.as_str())
        .collect();
    assert_eq!(between, [flow.id], "none goes back");
    let path: TopicPath = served.view(&format!("/api/v1/topology/topics/{topic}?cluster=old")).await;
    let hops: Vec<(&str, &str)> =
        path.hops.iter().map(|hop| (hop.cluster.as_str(), hop.topic.as_str())).collect();
    assert_eq!(hops, [("aggregate", topic.as_str()), ("old", topic.as_str())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nothing_declared_the_fleet_is_drawn_and_what_is_declared_changes_names() {
    let all = ["east", "west", "aggregate"].map(named);
    // Mirrors of other tests, which write to old, leave its name on aggregate.
    let _held = (named("old").shared(), all.iter().map(|target| target.shared()).collect::<Vec<_>>());
    for (cluster, topic) in [("east", "orders"), ("west", "store-visits")] {
        produce(&named(cluster), topic, 0, 5);
    }
    let mut told = quick(config(all.iter().map(|target| target.config())));
    told.clusters[0].tier = Some("regional".into());
    told.clusters[1].tier = Some("aggregate".into());
    let served = Served::start(&told).await;
    let fleet: Topology = wait_until("both flows are proved", A_START, async || {
        let fleet: Topology = served.get("/api/v1/topology").await.json_or_missing()?;
        let proved = fleet.flows.iter().filter(|flow| flow.confidence == Confidence::Proved).count();
        if proved == 2 && fleet.flows.len() == 2 { Ok(fleet) } else { Err(format!("{:?}", fleet.flows)) }
    })
    .await;
    let tiers: Vec<(TierRole, Vec<&str>)> = fleet
        .tiers
        .iter()
        .map(|tier| (tier.role, tier.clusters.iter().map(|cluster| cluster.name.as_str()).collect()))
        .collect();
    assert_eq!(tiers, [(TierRole::Local, vec!["east", "west"]), (TierRole::Aggregate, vec!["aggregate"])]);
    let said: Vec<&str> = fleet.findings.iter().map(|it| it.sentence.as_str()).collect();
    assert!(said.contains(&"west is declared as aggregate, and no mirror writes to it."), "{said:?}");
    let drawn: Vec<&str> = fleet.drawing.columns.iter().map(|column| column.name.as_str()).collect();
    assert!(drawn.contains(&"Aggregate tier"), "{drawn:?}");
    let path: TopicPath = served.view("/api/v1/topology/topics/west.orders?cluster=aggregate").await;
    let hops: Vec<(&str, &str)> =
        path.hops.iter().map(|hop| (hop.cluster.as_str(), hop.topic.as_str())).collect();
    assert_eq!(
        (path.topic.as_str(), hops),
        ("orders", vec![("west", "orders"), ("aggregate", "west.orders")])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn clusters_that_only_a_mirror_names_are_drawn_and_said() {
    let target = named("aggregate");
    // Mirrors of other tests, which write to old, leave its name here.
    let _held = (target.shared(), named("old").shared());
    let served = Served::start(&quick(config([target.config()]))).await;
    let fleet: Topology = wait_until("its sources are known by their aliases", A_START, async || {
        let fleet: Topology = served.get("/api/v1/topology").await.json_or_missing()?;
        let named = fleet.flows.iter().filter(|flow| flow.target == "aggregate").count();
        if named >= 2 { Ok(fleet) } else { Err(format!("{:?}", fleet.flows)) }
    })
    .await;
    let unwatched: Vec<&str> = fleet
        .tiers
        .iter()
        .flat_map(|tier| &tier.clusters)
        .filter(|cluster| !cluster.is_watched)
        .map(|cluster| cluster.name.as_str())
        .collect();
    assert_eq!(unwatched, ["east", "west"]);
    assert!(fleet.flows.iter().all(|flow| flow.verdict == FlowVerdict::Unknown), "{:?}", fleet.flows);
    let kinds: Vec<FindingKind> = fleet.findings.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [FindingKind::UnknownCluster, FindingKind::UnknownCluster]);
}
