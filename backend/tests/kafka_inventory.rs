//! Inventory against real clusters: what Riverkeeper says is what Kafka's own tools say.
//!
//! These tests read, and change topics of their own; faults are kept away while they do.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::{collections::BTreeMap, time::Duration};

use shared::{
    event::Subject,
    inventory::{Brokers, Cluster, ClusterDetail, Partitions, TopicDetail, Topics, part},
    meta::Freshness,
    search::{HitKind, Hits},
    verdict::Severity,
};
use support::{
    Served, clients, cluster, config, dead_address,
    fleet::{Target, fleet, named},
    kinds, so,
    stream::{Message, Stream},
    tools::Truth,
    wait_until,
};

const SOON: Duration = Duration::from_secs(60);

/// What Riverkeeper says of a cluster, in the words of the tools.
async fn told(served: &Served, name: &str) -> Result<Truth, String> {
    let detail: ClusterDetail = served.view(&format!("/api/v1/clusters/{name}")).await;
    let brokers: Brokers = served.view(&format!("/api/v1/clusters/{name}/brokers")).await;
    let row: Cluster = served.cluster(name).await;
    let count = |count: Option<u32>| count.map(|count| count as usize).ok_or("a count is not known");
    if detail.cluster.broker_count != Some(brokers.brokers.len() as u32) {
        return Err("the list of brokers and their count differ".into());
    }
    let up = brokers.brokers.iter().filter(|broker| broker.state == shared::inventory::BrokerState::Up);
    Ok(Truth {
        brokers: up.map(|broker| broker.broker_id).collect(),
        controller_id: row.controller_id,
        voters: detail.quorum.map_or(0, |quorum| quorum.voter_count as usize),
        topics: count(row.topic_count)?,
        partitions: count(row.partition_count)?,
        replicas: row.replica_count.ok_or("the replicas are not known")? as usize,
        under_replicated: count(row.under_replicated_count)?,
        offline: count(row.offline_count)?,
    })
}

/// Waits until both say the same: what changes meanwhile is looked at again.
async fn agree(served: &Served, target: &Target) -> Truth {
    wait_until(&format!("Riverkeeper and Kafka's tools agree on {}", target.name), SOON, async || {
        let truth = target.truth();
        let told = told(served, &target.name).await?;
        if told == truth { Ok(truth) } else { Err(format!("told {told:?}, true {truth:?}")) }
    })
    .await
}

/// A topic of this test run alone.
fn own(what: &str) -> String {
    format!("kafka-inventory-{what}-{}", std::process::id())
}

/// A topic that is deleted when dropped, also by a test that breaks off.
struct OwnTopic {
    name: String,
    target: Target,
}

impl OwnTopic {
    fn create(target: &Target, what: &str, assignment: &str) -> Self {
        let topic = Self { name: own(what), target: target.clone() };
        target.create_topic(&topic.name, assignment);
        topic
    }

    fn path(&self) -> String {
        format!("/api/v1/clusters/{}/topics/{}", self.target.name, self.name)
    }
}

impl Drop for OwnTopic {
    fn drop(&mut self) {
        self.target.delete_topic(&self.name);
    }
}

async fn watching(targets: &[&Target]) -> Served {
    let served = Served::start(&config(targets.iter().map(|target| target.config()))).await;
    served.read_once().await;
    served
}

#[tokio::test(flavor = "multi_thread")]
async fn every_count_of_every_cluster_is_what_kafkas_own_tools_say() {
    let targets = fleet();
    let _held: Vec<_> = targets.iter().map(Target::shared).collect();
    let served = watching(&targets.iter().collect::<Vec<_>>()).await;
    let page = served.clusters().await;
    for name in ["east", "west", "aggregate"] {
        assert!(page.clusters.iter().any(|cluster| cluster.name == name), "{name} is not listed");
    }
    for target in &targets {
        let truth = agree(&served, target).await;
        assert_eq!((truth.under_replicated, truth.offline), (0, 0), "{}", target.name);
        served.until_well(&target.name).await;
        let row = served.cluster(&target.name).await;
        assert_eq!(row.brokers_down, Some(0));
        assert!(row.cluster_id.is_some_and(|id| id.starts_with("RiverkeeperDemo")));
    }
    assert_eq!(served.cluster("east").await.broker_count, Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_partition_is_as_topic_command_describes_it() {
    let east = named("east");
    let _held = east.shared();
    let served = watching(&[&east]).await;
    for topic in ["orders", "payments", "audit-log"] {
        wait_until(&format!("{topic} is as TopicCommand describes it"), SOON, async || {
            let page: Partitions =
                served.view(&format!("/api/v1/clusters/east/topics/{topic}/partitions")).await;
            let told: Vec<_> =
                page.partitions.iter().map(|row| (row.partition, row.leader_id, &row.replicas)).collect();
            let described = east.describe(&["--topic", topic]);
            let truth: Vec<_> =
                described.iter().map(|row| (row.partition, row.leader_id, &row.replicas)).collect();
            if told == truth { Ok(()) } else { Err(format!("told {told:?}, true {truth:?}")) }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_of_kafka_3_9_is_read_and_its_version_inferred() {
    let old = named("old");
    let _held = old.shared();
    let served = without_metrics(&old).await;
    let truth = agree(&served, &old).await;
    assert!(truth.topics >= 1 && truth.partitions >= 3, "{truth:?}");
    let row = served.cluster("old").await;
    assert_eq!(row.version.as_deref(), Some("3.9"));
    assert!(row.version_method.is_some_and(|how| how.contains("inferred")));
    let topic: TopicDetail = served.view("/api/v1/clusters/old/topics/legacy-orders").await;
    assert_eq!(topic.topic.retention_ms, Some(21_600_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_version_of_a_new_cluster_is_inferred_too_until_its_brokers_tell() {
    let west = named("west");
    let _held = west.shared();
    let served = without_metrics(&west).await;
    assert_eq!(served.cluster("west").await.version.as_deref(), Some("4.3"));
    let served = watching(&[&west]).await;
    wait_until("its brokers told", Duration::from_secs(60), async || {
        so(served.cluster("west").await, |row| row.version.as_deref() == Some("4.3.1")).map(drop)
    })
    .await;
}

/// A cluster whose brokers do not tell what they carry.
async fn without_metrics(target: &Target) -> Served {
    let served =
        Served::start(&config([backend::config::Cluster { metrics_url: None, ..target.config() }])).await;
    served.read_once().await;
    served
}

#[tokio::test(flavor = "multi_thread")]
async fn sizes_are_what_log_dirs_command_says_and_log_starts_move_with_delete_records() {
    let east = named("east");
    let _held = east.shared();
    let served = watching(&[&east]).await;
    let topic = OwnTopic::create(&east, "sizes", "1:2:3,2:3:1");
    east.produce(&topic.name, 500);
    wait_until("the sizes are those of LogDirsCommand", SOON, async || {
        let truth = east.log_dirs();
        let partitions: Partitions =
            served.get(&format!("{}/partitions", topic.path())).await.json_or_missing()?;
        let detail: TopicDetail = served.view(&topic.path()).await;
        let size = |broker: i32, partition: i32| {
            truth.get(&(broker, format!("{}-{partition}", topic.name))).copied()
        };
        let of_leaders: Vec<_> = partitions.partitions.iter().map(|row| row.size_bytes).collect();
        let leaders: Vec<_> = partitions
            .partitions
            .iter()
            .map(|row| size(row.leader_id.unwrap_or_default(), row.partition))
            .collect();
        let all: u64 = (1..=3).flat_map(|broker| (0..2).filter_map(move |at| size(broker, at))).sum();
        let seen = (of_leaders, detail.topic.size_bytes);
        if all > 0 && seen == (leaders.clone(), Some(all)) {
            Ok(())
        } else {
            Err(format!("{seen:?}, true {leaders:?} {all}"))
        }
    })
    .await;
    // Heartbeats of the mirrors make a broker grow all the time: it is held between two looks of the tool.
    let sums = || {
        let mut sums: BTreeMap<i32, u64> = BTreeMap::new();
        east.log_dirs().into_iter().for_each(|((broker, _), size)| *sums.entry(broker).or_default() += size);
        sums
    };
    wait_until("each broker's size is the sum of LogDirsCommand", 3 * SOON, async || {
        let least = sums();
        let then = served.clusters().await.meta.now;
        let brokers: Brokers = wait_until("sizes are read again", SOON, async || {
            let page: Brokers = served.view("/api/v1/clusters/east/brokers").await;
            let as_of = page.meta.reading(Some("east"), part::LOG_DIRS).and_then(|reading| reading.as_of);
            if as_of > Some(then) { Ok(page) } else { Err(format!("{as_of:?}")) }
        })
        .await;
        let most = sums();
        let told: Vec<_> =
            brokers.brokers.iter().map(|broker| (broker.broker_id, broker.size_bytes.unwrap_or(0))).collect();
        let is_between = |(id, size): &(i32, u64)| {
            least.get(id).is_some_and(|least| least <= size) && most.get(id).is_some_and(|most| size <= most)
        };
        if told.len() == 3 && told.iter().all(is_between) {
            Ok(())
        } else {
            Err(format!("{least:?} {told:?} {most:?}"))
        }
    })
    .await;
    // The producer fills one batch after another: all records may lie on one partition.
    let (fullest, end) = fullest_partition(&east, &topic.name);
    let log_start = async || {
        let page: Partitions = served.view(&format!("{}/partitions", topic.path())).await;
        page.partitions[fullest].log_start_offset
    };
    wait_until("the log starts are known", SOON, async || so(log_start().await, |start| *start == Some(0)))
        .await;
    east.delete_records(&topic.name, fullest, end - 1);
    wait_until("the log start moved", SOON, async || so(log_start().await, |start| *start == Some(end - 1)))
        .await;
}

/// The partition with the most records and its end offset, by Kafka's own tool.
fn fullest_partition(target: &Target, topic: &str) -> (usize, i64) {
    let text = target.tool("org.apache.kafka.tools.GetOffsetShell", &["--topic", topic]);
    let ends = text.lines().filter_map(|line| {
        let (partition, end) = line.strip_prefix(&format!("{topic}:"))?.split_once(':')?;
        Some((partition.parse().ok()?, end.parse().ok()?))
    });
    ends.max_by_key(|(_, end)| *end).unwrap_or_else(|| panic!("no offset of {topic} in {text}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_configuration_is_shown_and_told() {
    let east = named("east");
    let _held = east.shared();
    let served = watching(&[&east]).await;
    let topic = OwnTopic::create(&east, "configs", "1:2:3");
    let retention = async || {
        let detail: TopicDetail = served.get(&topic.path()).await.json_or_missing()?;
        detail.topic.retention_ms.ok_or_else(|| "not known".to_owned())
    };
    wait_until("the default is known", SOON, async || so(retention().await?, |is| *is == 604_800_000)).await;
    east.set_config(&topic.name, "retention.ms=7200000");
    wait_until("the new retention is shown", SOON, async || so(retention().await?, |is| *is == 7_200_000))
        .await;
    let detail: TopicDetail = served.view(&topic.path()).await;
    let differing = detail.configs.unwrap();
    let shown = differing.iter().find(|config| config.name == "retention.ms").unwrap();
    assert_eq!((shown.value.as_deref(), shown.source.as_str()), (Some("7200000"), "topic"));
    let event = served.event("east", &format!("kind=config_changed&topic={}", topic.name)).await;
    assert_eq!(event.subject, Subject::Topic { name: topic.name.clone() });
    assert!(event.detail.as_ref().is_some_and(|detail| detail.contains("retention.ms")), "{event:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_of_fewer_replicas_than_min_insync_replicas_takes_writes_and_is_well() {
    let east = named("east");
    let _held = east.shared();
    let served = watching(&[&east]).await;
    let topic = OwnTopic::create(&east, "few", "1");
    clients::produce(&east, &topic.name, 0, 3);
    assert_eq!(clients::log_end(&east, &topic.name, 0), 3, "acks=all, as librdkafka writes by default");
    let told = wait_until("its setting is known", SOON, async || {
        let detail: TopicDetail = served.get(&topic.path()).await.json_or_missing()?;
        so(detail, |detail| detail.topic.min_insync_replicas == Some(2))
    })
    .await;
    assert_eq!((told.topic.under_min_isr_count, told.health.severity), (Some(0), Severity::Ok));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_comes_and_goes_is_told() {
    let east = named("east");
    let _held = east.shared();
    let served = watching(&[&east]).await;
    let topic = OwnTopic::create(&east, "comes-and-goes", "1:2:3,2:3:1");
    let created = served.event("east", &format!("kind=topic_created&topic={}", topic.name)).await;
    assert!(created.topics.contains(&topic.name), "{created:?}");
    // Topics that other tests create in the same turn are in the same event.
    if created.topics.len() == 1 {
        assert_eq!(created.detail.as_deref(), Some("2 partitions, 3 replicas each"));
    }
    let detail: TopicDetail = served.view(&topic.path()).await;
    assert_eq!((detail.topic.partition_count, detail.topic.replication_factor), (2, 3));
    let (path, name) = (topic.path(), topic.name.clone());
    drop(topic);
    served.event("east", &format!("kind=topic_deleted&topic={name}")).await;
    served.get(&path).await.problem(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_deleted_and_created_between_two_turns_is_told_as_another_one() {
    let east = named("east");
    let _held = east.shared();
    let topic = OwnTopic::create(&east, "recreated", "1:2:3");
    // Both must fit between two turns, also beside other tests on a busy machine.
    let mut slow = config([east.config()]);
    slow.inventory.metadata_period_seconds = 20.0;
    // Whatever they find new makes the metadata turn at once.
    slow.inventory.log_dirs_period_seconds = 3_600.0;
    slow.inventory.configs_period_seconds = 36_000.0;
    let served = Served::start(&slow).await;
    let topic_id = async || {
        let detail: TopicDetail = served.get(&topic.path()).await.json_or_missing()?;
        detail.topic.topic_id.ok_or_else(|| "no topic id".to_owned())
    };
    let before = wait_until("the topic is known", SOON, async || topic_id().await).await;
    let as_of = async || served.cluster("east").await.as_of;
    let first = as_of().await;
    wait_until("a turn has just been", SOON, async || so(as_of().await, |now| *now != first)).await;
    clients::delete_topic(&east, &topic.name);
    clients::create_topic(&east, &topic.name, 1).await;
    let event = served.event("east", &format!("topic={}", topic.name)).await;
    assert_eq!(event.kind, "topic_recreated", "{event:?}");
    assert_ne!(topic_id().await.unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_moves_by_election_is_told() {
    let east = named("east");
    let _held = east.shared();
    let served = watching(&[&east]).await;
    let topic = OwnTopic::create(&east, "leaders", "2:1:3");
    let leaders = async || {
        let page: Partitions = served.get(&format!("{}/partitions", topic.path())).await.json_or_missing()?;
        Ok::<_, String>((page.partitions[0].leader_id, page.partitions[0].preferred_leader_id))
    };
    wait_until("it is led by broker 2", SOON, async || {
        so(leaders().await?, |seen| *seen == (Some(2), Some(2)))
    })
    .await;
    east.reorder_replicas(&topic.name, &[1, 2, 3]);
    let preferred = (Some(2), Some(1));
    wait_until("broker 1 is preferred", SOON, async || so(leaders().await?, |seen| *seen == preferred)).await;
    east.elect_preferred_leader(&topic.name);
    wait_until("it is led by broker 1", SOON, async || {
        so(leaders().await?, |seen| *seen == (Some(1), Some(1)))
    })
    .await;
    let event = served.event("east", &format!("kind=leader_moved&topic={}", topic.name)).await;
    assert_eq!(event.sentence, "1 partition moved leader", "{event:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_found_from_everywhere() {
    let targets = [named("east"), named("west"), named("aggregate")];
    let _held: Vec<_> = targets.iter().map(Target::shared).collect();
    let served = watching(&targets.iter().collect::<Vec<_>>()).await;
    let hits: Hits = served.view("/api/v1/search?q=ORDERS").await;
    let exact = hits.hits.iter().filter(|hit| hit.kind == HitKind::Topic && hit.name == "orders");
    let clusters: Vec<&str> = exact.map(|hit| hit.cluster.as_str()).collect();
    assert_eq!(clusters, ["east", "west"], "{:?}", hits.hits);
    let hits: Hits = served.view("/api/v1/search?q=west&limit=1").await;
    assert_eq!((hits.hits[0].kind, hits.hits[0].name.as_str()), (HitKind::Cluster, "west"));
    let hits: Hits = served.view("/api/v1/search?q=nothing-has-this-name").await;
    assert!(hits.hits.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_are_sorted_searched_and_paged() {
    let east = named("east");
    let _held = east.shared();
    let served = watching(&[&east]).await;
    let page: Topics =
        served.view("/api/v1/clusters/east/topics?internal=false&sort=name&q=s&limit=1000").await;
    let names: Vec<&str> = page.topics.iter().map(|topic| topic.name.as_str()).collect();
    assert!(names.is_sorted() && names.contains(&"orders"), "{names:?}");
    assert!(page.topics.iter().all(|topic| !topic.is_internal && topic.name.contains('s')));
    assert_eq!(page.meta.total, Some(names.len() as u64));
    let page: Topics = served.view("/api/v1/clusters/east/topics?sort=-partition_count&limit=3").await;
    assert_eq!(page.topics.len(), 3);
    assert!(page.topics.is_sorted_by_key(|topic| std::cmp::Reverse(topic.partition_count)));
    assert!(page.meta.next_cursor.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_is_not_kafka_or_not_there_fails_alone_and_says_why() {
    let west = named("west");
    let _held = west.shared();
    // Riverkeeper itself is the HTTP server that answers on a port where Kafka was expected.
    let other = Served::start(&config([])).await;
    let (dead, http) = (dead_address().await.to_string(), other.address.to_string());
    let served =
        Served::start(&config([cluster("dead", &dead), cluster("http", &http), west.config()])).await;
    for (name, address) in [("dead", &dead), ("http", &http)] {
        let row = wait_until(&format!("{name} has failed and says where"), SOON, async || {
            let says_where = |row: &Cluster| {
                row.failure.as_ref().is_some_and(|failure| failure.what.contains(address.as_str()))
            };
            so(served.cluster(name).await, says_where)
        })
        .await;
        let what = row.failure.unwrap().what;
        assert!(what.ends_with(['.', '?']) && what.contains(' '), "{name}: {what}");
        assert!(!what.contains("Error {") && !what.contains("Os {"), "{name} speaks to programmers: {what}");
        assert_eq!((row.as_of, row.broker_count, row.health.severity), (None, None, Severity::Unknown));
        assert_eq!(row.health.reasons[0].rule, "never_read");
    }
    let refused = served.cluster("dead").await.failure.unwrap().what;
    assert!(refused.to_lowercase().contains("refused"), "{refused}");
    agree(&served, &west).await;
    served.until_well("west").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_cluster_under_two_names_is_read_under_the_first() {
    let west = named("west");
    let _held = west.shared();
    let served = Served::start(&config([west.config(), west.named("west-again")])).await;
    wait_until("the later name has failed and says why", SOON, async || {
        let says_why = |row: &Cluster| {
            let what = row.failure.as_ref().map_or("", |failure| &failure.what);
            what.contains("the same cluster as west") && what.contains("RiverkeeperDemoWest-0A")
        };
        so(served.cluster("west-again").await, says_why).map(drop)
    })
    .await;
    agree(&served, &west).await;
    served.until_well("west").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nothing_changes_the_revision_stands_still_and_the_age_is_renewed() {
    let old = named("old");
    let _held = old.shared();
    // What a broker carries changes all the time, and stands in the cluster's row: it is not read here.
    let mut calm = old.config();
    calm.metrics_url = None;
    let mut config = config([calm]);
    // A turn that is cut changes what is told too.
    config.inventory.metadata_period_seconds = 3.0;
    config.inventory.configs_period_seconds = 60.0;
    config.kafka.request_timeout_seconds = 2.4;
    // The free space of this machine's disk is part of the sizes, and does change: they are read once.
    config.inventory.log_dirs_period_seconds = 3_600.0;
    let served = Served::start(&config).await;
    served.read_once().await;
    // The first configurations are news to the metadata: until they are judged, something does change.
    wait_until("the settings are known to the metadata", SOON, async || {
        so(served.cluster("old").await.under_min_isr_count, Option::is_some).map(drop)
    })
    .await;
    let mut stream = Stream::open(&served).await;
    let Message::Hello(hello) = stream.next().await else { panic!("the first message is hello") };
    assert!(!hello.build.is_empty());
    let mut seen: Vec<(u64, shared::DateTime)> = Vec::new();
    while seen.len() < 4 {
        let notices = stream.notices().await;
        let of_metadata = notices
            .notices
            .into_iter()
            .find(|it| it.part == part::METADATA && it.cluster.as_deref() == Some("old"));
        seen.extend(of_metadata.and_then(|notice| Some((notice.revision, notice.as_of?))));
    }
    assert!(seen.iter().all(|(revision, _)| *revision == seen[0].0), "{seen:?}");
    assert!(seen.is_sorted_by(|one, other| one.1 < other.1), "{seen:?}");
    wait_until("a renewed view that is unchanged is not sent again", SOON, async || {
        let known = served.get("/api/v1/clusters/old").await.well();
        let before = served.cluster("old").await.as_of;
        wait_until("the view is renewed", SOON, async || {
            so(served.cluster("old").await.as_of, |as_of| *as_of > before).map(drop)
        })
        .await;
        let again = served.get_with("/api/v1/clusters/old", &[("if-none-match", known.header("etag"))]).await;
        so(again.status, |status| *status == 304).map(drop)
    })
    .await;
    let reading = &served.clusters().await.meta.readings[0];
    assert_eq!(reading.freshness(hello.now), Freshness::Fresh);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_pages_may_follow_at_once_and_leave_nothing_behind() {
    let old = named("old");
    let _held = old.shared();
    let served = watching(&[&old]).await;
    let mut streams = Vec::new();
    for _ in 0..100 {
        streams.push(Stream::open(&served).await);
    }
    for stream in &mut streams {
        assert!(matches!(stream.next().await, Message::Hello(_)));
        assert!(stream.notices().await.notices.iter().any(|notice| notice.part == part::METADATA));
    }
    let open = async || {
        let status: shared::status::Status = served.view("/api/v1/status").await;
        status.stream_count
    };
    assert_eq!(open().await, 100);
    drop(streams);
    wait_until("every stream is given back", SOON, async || so(open().await, |open| *open == 0)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_look_tells_no_events() {
    let west = named("west");
    let _held = west.shared();
    let mut config = config([west.config()]);
    // A first turn that is cut is an event.
    config.inventory.metadata_period_seconds = 8.0;
    config.kafka.request_timeout_seconds = 6.0;
    let served = Served::start(&config).await;
    served.read_once().await;
    let events = served.events("west", "").await;
    assert!(events.is_empty(), "{:?}", kinds(&events));
}
