//! How far groups have read, on real brokers: what Riverkeeper tells is what Kafka's own tools tell, whatever happens to
//! groups, offsets and topics, and whichever way committed offsets are read.
//!
//! Groups and topics are the tests' own, and gone when they end.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends where something is amiss"
)]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use backend::{
    config::{Cluster, Config, OffsetsSource},
    kafka::rights::{DESCRIBE_GROUPS, READ_OFFSETS_TOPIC},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use shared::lag::{GroupDetail, GroupLag, GroupLags, GroupType, part};
use support::{
    Served,
    clients::{self, Member, OpenTransaction, commit, create_topic, produce},
    config, fleet,
    fleet::{Target, named},
    groups::{GroupRow, Protocol},
    so,
    user::User,
    wait_until,
};

const SOON: Duration = Duration::from_secs(60);
/// What a commit may take to be told, when every cycle turns far more seldom.
const AT_ONCE: Duration = Duration::from_secs(10);

/// A topic of a test's own, and groups whose names begin with its name.
struct Trial {
    target: Target,
    topic: String,
    groups: Vec<String>,
}

impl Trial {
    async fn new(target: &Target, name: &str, partitions: i32) -> Self {
        let topic = format!("kafka-lag-{name}-{}", std::process::id());
        create_topic(target, &topic, partitions).await;
        Self { target: target.clone(), topic, groups: Vec::new() }
    }

    fn group(&mut self, kind: &str) -> String {
        let group = format!("{}-{kind}", self.topic);
        self.groups.push(group.clone());
        group
    }

    async fn commit(&self, group: &str, partition: i32, offset: i64) {
        commit(&self.target, group, &[(&self.topic, partition, offset)]).await;
    }

    fn produce(&self, partition: i32, records: usize) {
        produce(&self.target, &self.topic, partition, records);
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        clients::delete_groups(&self.target, &self.groups.iter().map(String::as_str).collect::<Vec<_>>());
        clients::delete_topic(&self.target, &self.topic);
    }
}

fn reading_from(source: OffsetsSource, clusters: impl IntoIterator<Item = Cluster>) -> Config {
    let mut config = config(clusters);
    config.kafka.request_timeout_seconds = 5.0;
    config.lag.source = source;
    config.lag.period_seconds = 1.0;
    config.lag.members_period_seconds = 1.0;
    config
}

/// A Riverkeeper that tails the offsets topic, and one that asks the coordinators.
async fn of_both_sources(clusters: &[Cluster]) -> [Served; 2] {
    [
        Served::start(&reading_from(OffsetsSource::OffsetsTopic, clusters.to_vec())).await,
        Served::start(&reading_from(OffsetsSource::Admin, clusters.to_vec())).await,
    ]
}

fn encoded(name: &str) -> String {
    utf8_percent_encode(name, NON_ALPHANUMERIC).to_string()
}

async fn detail(served: &Served, cluster: &str, group: &str) -> Result<GroupDetail, String> {
    let path = format!("/api/v1/lag/{}/{}?limit=1000", encoded(cluster), encoded(group));
    served.get(&path).await.json_or_missing()
}

/// Committed offset, log end and lag of a group's partitions, by topic and number.
type Offsets = BTreeMap<(String, i32), (Option<i64>, Option<i64>, Option<i64>)>;

async fn offsets(served: &Served, cluster: &str, group: &str) -> Result<Offsets, String> {
    let rows = detail(served, cluster, group).await?.partitions.into_iter();
    Ok(rows
        .map(|row| ((row.topic, row.partition), (row.committed_offset, row.log_end_offset, row.lag_raw)))
        .collect())
}

/// Waits until a group is told of with these offsets, and no others: partition, committed offset, log end, lag.
async fn until_told(served: &Served, trial: &Trial, group: &str, expected: &[(i32, i64, i64, i64)]) {
    let expected: Offsets = expected
        .iter()
        .map(|(partition, committed, end, lag)| {
            ((trial.topic.clone(), *partition), (Some(*committed), Some(*end), Some(*lag)))
        })
        .collect();
    wait_until(&format!("{group} is told as {expected:?}"), SOON, async || {
        so(offsets(served, &trial.target.name, group).await?, |told| *told == expected)
    })
    .await;
}

/// Waits until nobody knows of a group any more.
async fn until_gone(served: &Served, cluster: &str, group: &str) {
    wait_until(&format!("{group} is gone"), SOON, async || {
        let told = served.get(&format!("/api/v1/lag/{cluster}/{}", encoded(group))).await;
        so(told.status.as_u16(), |status| *status == 404)
    })
    .await;
    let page: GroupLags = served.view(&format!("/api/v1/lag?cluster={cluster}&q={group}")).await;
    assert_eq!(page.groups, []);
    let of_burrow = format!("/v3/kafka/{cluster}/consumer");
    assert_eq!(served.get(&format!("{of_burrow}/{group}")).await.status.as_u16(), 404);
    let list: Value = served.view(&of_burrow).await;
    assert!(!list["consumers"].as_array().unwrap().contains(&json!(group)), "{list}");
}

/// Commits further and further until one is told, so that the offsets topic is known to be read.
async fn until_tailed(served: &Served, trial: &Trial, group: &str) {
    let mut offset = 0;
    wait_until("commits are read as they are made", SOON, async || {
        offset += 1;
        trial.commit(group, 0, offset).await;
        let path = format!("/v3/kafka/{}/consumer/{}", trial.target.name, encoded(group));
        let told: Value = served.get(&path).await.json_or_missing()?;
        // What was fetched is no commit.
        so(told, |told| told["topics"][&trial.topic][0]["offsets"][9].is_object())
    })
    .await;
}

// --- What Kafka's own tools tell ---

async fn rows(served: &Served, cluster: &str, groups: &BTreeSet<String>) -> Result<Vec<GroupRow>, String> {
    let mut rows = Vec::new();
    for group in groups {
        rows.extend(detail(served, cluster, group).await?.partitions.into_iter().map(|row| GroupRow {
            group: group.clone(),
            topic: row.topic,
            partition: row.partition,
            committed_offset: row.committed_offset,
            log_end_offset: row.log_end_offset,
            lag: row.lag_raw,
            member_id: row.member_id,
            host: row.host,
            client_id: row.client_id,
        }));
    }
    rows.sort();
    Ok(rows)
}

async fn listed(served: &Served, cluster: &str) -> Vec<GroupLag> {
    let page: GroupLags = served.view(&format!("/api/v1/lag?cluster={cluster}&limit=1000")).await;
    page.groups
}

/// Groups that read meanwhile are left out; those of the test stand still, and are not.
async fn until_told_as_by_the_tool(served: &Served, target: &Target, own: &[String]) {
    wait_until(&format!("{} is told as by Kafka's tool", target.name), SOON, async || {
        let of_consumers =
            |row: &GroupLag| [GroupType::Classic, GroupType::Consumer].contains(&row.group_type);
        let listed = listed(served, &target.name).await;
        // A name with a space is not told from the columns beside it.
        let groups = listed.into_iter().filter(of_consumers).map(|row| row.group);
        let groups = groups.filter(|group| !group.contains(' ')).collect();
        let before = rows(served, &target.name, &groups).await?;
        let mut theirs = tokio::task::block_in_place(|| target.consumer_groups());
        theirs.sort();
        let after = rows(served, &target.name, &groups).await?;
        let place = |row: &GroupRow| (row.group.clone(), row.topic.clone(), row.partition);
        let moving: BTreeSet<_> = before
            .iter()
            .filter(|row| !after.contains(row))
            .chain(after.iter().filter(|row| !before.contains(row)))
            .map(place)
            .collect();
        let rests = |row: &&GroupRow| !moving.contains(&place(row));
        let ours: Vec<_> = after.iter().filter(rests).collect();
        let theirs: Vec<_> = theirs.iter().filter(rests).collect();
        for group in own {
            so(&ours, |ours| ours.iter().any(|row| row.group == *group))
                .map_err(|ours| format!("no {group} in {ours}"))?;
        }
        if ours == theirs { Ok(()) } else { Err(format!("ours {ours:#?}\ntheirs {theirs:#?}")) }
    })
    .await;
}

/// Groups that stand still on a cluster: one that stopped with lag, one with a member for whom one partition has no
/// committed offset, and where brokers know it, one of KIP-848.
struct Still {
    trial: Trial,
    #[expect(dead_code, reason = "members stay as long as this")]
    members: Vec<Member>,
    expected: Vec<(String, GroupType, &'static str, u32)>,
}

impl Still {
    async fn new(target: &Target, has_consumer_protocol: bool) -> Self {
        let mut trial = Trial::new(target, "still", 2).await;
        trial.produce(0, 30);
        trial.produce(1, 12);
        let (stopped, classic) = (trial.group("stopped"), trial.group("classic"));
        trial.commit(&stopped, 0, 25).await;
        trial.commit(&classic, 1, 12).await;
        let mut members = vec![Member::start(target, &classic, &trial.topic, "classic")];
        let mut expected =
            vec![(stopped, GroupType::Classic, "Empty", 0), (classic, GroupType::Classic, "Stable", 1)];
        if has_consumer_protocol {
            let consumer = trial.group("consumer");
            members.push(Member::start(target, &consumer, &trial.topic, "consumer"));
            expected.push((consumer, GroupType::Consumer, "Stable", 1));
        }
        Self { trial, members, expected }
    }

    /// Waits until the list tells them with type, state and members.
    async fn until_listed(&self, served: &Served) {
        wait_until("the list tells type, state and members", SOON, async || {
            let listed = listed(served, &self.trial.target.name).await;
            let own = listed.into_iter().filter(|row| self.trial.groups.contains(&row.group));
            let told: Vec<_> = own
                .map(|row| {
                    (row.group, row.group_type, row.state.unwrap_or_default(), row.member_count.unwrap_or(99))
                })
                .collect();
            let mut expected: Vec<_> = self
                .expected
                .iter()
                .map(|(group, kind, state, members)| (group.clone(), *kind, (*state).to_owned(), *members))
                .collect();
            expected.sort();
            so(told, |told| {
                let mut told = told.clone();
                told.sort();
                told == expected
            })
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_group_of_the_fleet_is_told_as_kafkas_own_tool_tells_it_from_both_sources() {
    let targets = fleet::fleet();
    let _held: Vec<_> = targets.iter().map(Target::shared).collect();
    let clusters: Vec<Cluster> = targets.iter().map(Target::config).collect();
    let served = of_both_sources(&clusters).await;
    let mut all = Vec::new();
    for target in &targets {
        all.push(Still::new(target, target.name != "old").await);
    }
    for served in &served {
        for still in &all {
            still.until_listed(served).await;
            until_told_as_by_the_tool(served, &still.trial.target, &still.trial.groups).await;
        }
    }
    for still in &all {
        let (trial, stopped) = (&still.trial, &still.expected[0].0);
        trial.commit(stopped, 0, 28).await;
        trial.commit(stopped, 1, 2).await;
        for served in &served {
            until_told(served, trial, stopped, &[(0, 28, 30, 2), (1, 2, 12, 10)]).await;
        }
    }
    for served in served {
        served.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_group_is_told_with_the_lag_that_the_broker_tells() {
    let aggregate = named("aggregate");
    let _held = aggregate.shared();
    let mut trial = Trial::new(&aggregate, "share", 1).await;
    let group = trial.group("share");
    trial.produce(0, 40);
    let served = Served::start(&reading_from(OffsetsSource::Auto, [aggregate.config()])).await;
    let row = async || {
        let rows = listed(&served, "aggregate").await;
        rows.into_iter().find(|row| row.group == group).ok_or_else(|| "it is not listed".to_owned())
    };
    let reader = aggregate.read(&trial.topic, &group, Protocol::Share);
    let told = wait_until("the share group has a member", SOON, async || {
        let is_so = |row: &GroupLag| {
            (row.member_count, row.lag_records, row.state.as_deref()) == (Some(1), Some(0), Some("Stable"))
        };
        so(row().await?, is_so)
    })
    .await;
    assert_eq!(told.group_type, GroupType::Share);
    drop(reader);
    trial.produce(0, 7);
    let told = wait_until("the share group falls behind", SOON, async || {
        let is_so = |row: &GroupLag| {
            (row.member_count, row.lag_records, row.state.as_deref()) == (Some(0), Some(7), Some("Empty"))
        };
        so(row().await?, is_so)
    })
    .await;
    let by_tool = tokio::task::block_in_place(|| aggregate.share_group(&group));
    assert_eq!(by_tool.iter().filter_map(|row| row.lag).sum::<i64>(), 7, "{by_tool:?}");
    assert_eq!((told.partition_count, told.lag_raw), (1, None));
    // Burrow has never heard of share groups.
    let list: Value = served.view("/v3/kafka/aggregate/consumer").await;
    assert!(!list["consumers"].as_array().unwrap().contains(&json!(group)), "{list}");
    served.end().await;
}

// --- What happens to groups, offsets and topics ---

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_told_at_once_when_nothing_else_is_looked_at() {
    let east = named("east");
    let _held = east.shared();
    let mut trial = Trial::new(&east, "at-once", 1).await;
    let group = trial.group("group");
    trial.produce(0, 90);
    trial.commit(&group, 0, 0).await;
    let mut config = reading_from(OffsetsSource::Auto, [east.config()]);
    config.lag.period_seconds = 30.0;
    config.lag.members_period_seconds = 30.0;
    let served = Served::start(&config).await;
    until_tailed(&served, &trial, &group).await;
    for offset in [60, 70, 65] {
        trial.commit(&group, 0, offset).await;
        wait_until("the commit is told", AT_ONCE, async || {
            let told = offsets(&served, "east", &group).await?;
            so(told, |told| told.values().eq([&(Some(offset), Some(90), Some(90 - offset))]))
        })
        .await;
    }
    served.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_committed_before_the_offsets_topic_is_read_is_told() {
    let west = named("west");
    let _held = west.shared();
    let mut trial = Trial::new(&west, "before", 1).await;
    let group = trial.group("group");
    trial.produce(0, 5_000);
    // Whatever is committed while Riverkeeper starts, the last of it is told.
    let served = Served::start(&reading_from(OffsetsSource::OffsetsTopic, [west.config()])).await;
    let mut offset = 0;
    wait_until("the group is told of", SOON, async || {
        offset += 1;
        trial.commit(&group, 0, offset).await;
        detail(&served, "west", &group).await
    })
    .await;
    until_told(&served, &trial, &group, &[(0, offset, 5_000, 5_000 - offset)]).await;
    served.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn offsets_and_groups_that_are_deleted_are_told_no_more() {
    let east = named("east");
    let _held = east.shared();
    let mut trial = Trial::new(&east, "deleted", 2).await;
    let (group, other) = (trial.group("group"), trial.group("other"));
    trial.produce(0, 30);
    trial.produce(1, 30);
    let served = of_both_sources(&[east.config()]).await;
    until_tailed(&served[0], &trial, &group).await;
    trial.commit(&group, 0, 20).await;
    trial.commit(&group, 1, 10).await;
    trial.commit(&other, 0, 29).await;
    for served in &served {
        until_told(served, &trial, &group, &[(0, 20, 30, 10), (1, 10, 30, 20)]).await;
        until_told(served, &trial, &other, &[(0, 29, 30, 1)]).await;
    }
    let tool = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
    let of_one = format!("{}:1", trial.topic);
    tokio::task::block_in_place(|| {
        east.tool(tool, &["--delete-offsets", "--group", &group, "--topic", &of_one])
    });
    for served in &served {
        until_told(served, &trial, &group, &[(0, 20, 30, 10)]).await;
        wait_until("the list counts one partition", SOON, async || {
            let row = listed(served, "east").await.into_iter().find(|row| row.group == group);
            so(row.map(|row| (row.partition_count, row.topic_count, row.lag_raw)), |row| {
                *row == Some((1, 1, Some(10)))
            })
        })
        .await;
    }
    tokio::task::block_in_place(|| east.delete_consumer_groups(&[&group]));
    for served in &served {
        until_gone(served, "east", &group).await;
        until_told(served, &trial, &other, &[(0, 29, 30, 1)]).await;
    }
    // One of the same name is another.
    trial.commit(&group, 1, 3).await;
    for served in &served {
        until_told(served, &trial, &group, &[(1, 3, 30, 27)]).await;
    }
    for served in served {
        served.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_is_created_again_is_another() {
    let east = named("east");
    let _held = east.shared();
    let mut trial = Trial::new(&east, "again", 1).await;
    let group = trial.group("group");
    trial.produce(0, 30);
    let served = of_both_sources(&[east.config()]).await;
    until_tailed(&served[0], &trial, &group).await;
    trial.commit(&group, 0, 20).await;
    for served in &served {
        until_told(served, &trial, &group, &[(0, 20, 30, 10)]).await;
    }
    clients::delete_topic(&east, &trial.topic);
    for served in &served {
        until_told(served, &trial, &group, &[]).await;
        wait_until("the topic is gone", SOON, async || {
            let list: Value = served.view("/v3/kafka/east/topic").await;
            so(list, |list| !list["topics"].as_array().unwrap().contains(&json!(trial.topic)))
        })
        .await;
    }
    // Committed for before anybody can have looked whether it is there, and never again.
    for (offset, end) in [(1, 3), (2, 5)] {
        clients::delete_topic(&east, &trial.topic);
        create_topic(&east, &trial.topic, 1).await;
        trial.produce(0, usize::try_from(end).unwrap());
        trial.commit(&group, 0, offset).await;
        for served in &served {
            until_told(served, &trial, &group, &[(0, offset, end, end - offset)]).await;
        }
    }
    for served in served {
        served.end().await;
    }
}

// --- Burrow ---

/// What something that was built on Burrow gets.
struct Burrow {
    served: Served,
}

impl Burrow {
    /// An answer whose envelope is whole, without what every answer has: status, whether it is an error, message, rest.
    async fn get(&self, path: &str) -> (u16, bool, String, Value) {
        let answer = self.served.get(path).await;
        assert!(answer.header("content-type").starts_with("application/json"), "{path}: {}", answer.text());
        let mut body: Value = answer.json();
        let all = body.as_object_mut().unwrap();
        let request = all.remove("request").unwrap();
        let decoded = percent_encoding::percent_decode_str(path).decode_utf8().unwrap();
        assert_eq!(request["url"], json!(decoded));
        assert!(request["host"].as_str().is_some_and(|host| !host.is_empty()), "{request}");
        assert_eq!(request.as_object().unwrap().len(), 2, "{request}");
        let (error, message) = (all.remove("error").unwrap(), all.remove("message").unwrap());
        (answer.status.as_u16(), error.as_bool().unwrap(), message.as_str().unwrap().to_owned(), body)
    }

    /// What is answered well, without its envelope.
    async fn well(&self, path: &str, message: &str) -> Value {
        let (status, error, told, rest) = self.get(path).await;
        assert_eq!((status, error, told.as_str()), (200, false, message), "{path}: {rest}");
        rest
    }

    /// Waits until a group has that status.
    async fn until_status(&self, path: &str, expected: &str) -> Value {
        wait_until(&format!("{path} is {expected}"), SOON, async || {
            let (_, _, _, rest) = self.get(path).await;
            so(rest["status"].clone(), |status| status["status"] == expected)
        })
        .await
    }
}

fn keys(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap_or_else(|| panic!("{object}")).keys().map(String::as_str).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_built_for_burrow_is_answered_as_burrow_answers() {
    let east = named("east");
    let _held = east.shared();
    let mut trial = Trial::new(&east, "burrow", 2).await;
    let (behind, ahead) = (trial.group("of /a b"), trial.group("ahead"));
    trial.produce(0, 50);
    let config = reading_from(OffsetsSource::Auto, [east.named("EAST-Prod")]);
    let burrow = Burrow { served: Served::start(&config).await };
    let (topic, group) = (trial.topic.as_str(), encoded(&behind));
    let of_group = format!("/v3/kafka/EAST-Prod/consumer/{group}");
    wait_until("commits are read as they are made", SOON, async || {
        trial.commit(&behind, 0, 10).await;
        let (_, _, _, rest) = burrow.get(&of_group).await;
        // What is committed before the first look at the log end has no lag.
        let slots = |rest: &Value| rest["topics"][topic][0]["offsets"].clone();
        so(rest, |rest| slots(rest)[8].is_object() && slots(rest)[9]["lag"].is_number())
    })
    .await;
    trial.commit(&behind, 0, 40).await;
    trial.commit(&ahead, 0, 50).await;

    assert_eq!(burrow.served.get("/burrow/admin").await.well().text(), "GOOD");
    assert_eq!(burrow.served.get("/burrow/admin/ready").await.well().text(), "READY");
    assert_eq!(burrow.well("/v3/kafka", "cluster list returned").await, json!({"clusters": ["EAST-Prod"]}));
    let module = burrow.well("/v3/kafka/EAST-Prod", "cluster module detail returned").await;
    assert_eq!(module["module"]["class-name"], "kafka");
    assert_eq!(module["module"]["servers"].as_array().unwrap().len(), 3, "{module}");
    let list = burrow.well("/v3/kafka/EAST-Prod/topic", "topic list returned").await;
    assert!(list["topics"].as_array().unwrap().contains(&json!(topic)), "{list}");
    let of_topic = format!("/v3/kafka/EAST-Prod/topic/{topic}");
    assert_eq!(burrow.well(&of_topic, "topic offsets returned").await, json!({"offsets": [50, 0]}));
    let of_consumers = format!("{of_topic}/consumers");
    wait_until("both groups are consumers of the topic", SOON, async || {
        let list = burrow.well(&of_consumers, "consumers of topic returned").await;
        so(list, |list| *list == json!({"consumers": [&ahead, &behind]}))
    })
    .await;
    let list = burrow.well("/v3/kafka/EAST-Prod/consumer", "consumer list returned").await;
    let list = list["consumers"].as_array().unwrap();
    assert!(list.contains(&json!(behind)) && list.contains(&json!(ahead)), "{list:?}");

    let told = burrow.well(&of_group, "consumer detail returned").await;
    let partitions = told["topics"][topic].as_array().unwrap();
    assert_eq!(partitions.len(), 2, "a partition without a commit has its place");
    let (first, second) = (&partitions[0], &partitions[1]);
    assert_eq!(keys(first), BTreeSet::from(["offsets", "owner", "client_id", "current-lag"]));
    assert_eq!(
        (&first["current-lag"], &first["owner"], &first["client_id"]),
        (&json!(10), &json!(""), &json!(""))
    );
    let slots = first["offsets"].as_array().unwrap();
    assert_eq!(slots.len(), 10);
    assert_eq!((&slots[9]["offset"], &slots[9]["lag"]), (&json!(40), &json!(10)), "{slots:?}");
    assert_eq!(keys(&slots[9]), BTreeSet::from(["offset", "timestamp", "observedAt", "lag"]));
    let observed = slots[9]["observedAt"].as_i64().unwrap();
    assert_eq!(observed % 1_000, 0, "ms, of whole seconds");
    assert!((observed - slots[9]["timestamp"].as_i64().unwrap()).abs() < 5_000, "{slots:?}");
    assert_eq!(
        (&second["current-lag"], &second["offsets"].as_array().unwrap().len()),
        (&json!(0), &0),
        "{second}"
    );

    // It stops with lag; the other has none, and is well for ever.
    let status = burrow.until_status(&format!("{of_group}/status"), "ERR").await;
    let whole =
        ["cluster", "group", "status", "complete", "partitions", "partition_count", "maxlag", "totallag"];
    assert_eq!(keys(&status), BTreeSet::from(whole));
    assert_eq!((&status["cluster"], &status["group"]), (&json!("EAST-Prod"), &json!(behind)));
    assert_eq!((&status["partition_count"], &status["totallag"]), (&json!(2), &json!(10)));
    let bad = status["partitions"].as_array().unwrap();
    assert_eq!(bad.len(), 1, "only what is bad: {status}");
    let whole =
        ["topic", "partition", "owner", "client_id", "status", "start", "end", "current_lag", "complete"];
    assert_eq!(keys(&bad[0]), BTreeSet::from(whole));
    assert_eq!((&bad[0]["status"], &bad[0]["current_lag"]), (&json!("STOP"), &json!(10)));
    assert_eq!((&bad[0]["end"]["offset"], &status["maxlag"]), (&json!(40), &bad[0]));
    let lag = burrow.well(&format!("{of_group}/lag"), "consumer status returned").await;
    assert_eq!(lag["status"]["partitions"].as_array().unwrap().len(), 2, "all of them: {lag}");
    let of_ahead = format!("/v3/kafka/EAST-Prod/consumer/{}/status", encoded(&ahead));
    let well = burrow.well(&of_ahead, "consumer status returned").await;
    assert_eq!(
        (&well["status"]["status"], &well["status"]["partitions"]),
        (&json!("OK"), &json!([])),
        "{well}"
    );

    what_is_not_there_is_answered_as_burrow_answers(&burrow, topic).await;
    burrow.served.end().await;
}

async fn what_is_not_there_is_answered_as_burrow_answers(burrow: &Burrow, topic: &str) {
    let error = |message: &str| (404, true, message.to_owned(), json!({}));
    for (path, message) in [
        ("nope", "cluster module not found"),
        ("east-prod", "cluster module not found"),
        ("nope/topic", "cluster not found"),
        ("nope/consumer", "cluster not found"),
        ("nope/topic/nope/consumers", "cluster not found"),
        ("nope/topic/nope", "cluster or topic not found"),
        ("EAST-Prod/topic/nope", "cluster or topic not found"),
        ("nope/consumer/nope", "cluster or consumer not found"),
        ("EAST-Prod/consumer/nope", "cluster or consumer not found"),
    ] {
        assert_eq!(burrow.get(&format!("/v3/kafka/{path}")).await, error(message), "{path}");
    }
    let none = burrow.well("/v3/kafka/EAST-Prod/topic/nope/consumers", "consumers of topic returned").await;
    assert_eq!(none, json!({"consumers": []}));
    for (cluster, group) in [("nope", "nope"), ("EAST-Prod", "nope")] {
        for view in ["status", "lag"] {
            let told = burrow.get(&format!("/v3/kafka/{cluster}/consumer/{group}/{view}")).await;
            let status = json!({
                "cluster": cluster, "group": group, "status": "NOTFOUND", "complete": 1.0, "partitions": [],
                "partition_count": 0, "maxlag": null, "totallag": 0,
            });
            assert_eq!(told, (404, false, "consumer status returned".to_owned(), json!({"status": status})));
        }
    }
    for (method, path) in [
        (reqwest::Method::DELETE, "/v3/kafka/EAST-Prod/consumer/nope".to_owned()),
        (reqwest::Method::DELETE, format!("/v3/kafka/EAST-Prod/topic/{topic}")),
        (reqwest::Method::GET, "/v3/admin/loglevel".to_owned()),
        (reqwest::Method::POST, "/v3/admin/loglevel".to_owned()),
    ] {
        let answer = burrow.served.ask(method.clone(), &path, &[]).await;
        assert_eq!(answer.status.as_u16(), 405, "{method} {path}: {}", answer.text());
    }
}

// --- Transactions ---

/// Kafka's `GroupMetadataManager.partitionFor`.
fn offsets_partition(group: &str, count: i32) -> i32 {
    let hash = group.encode_utf16().fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()));
    hash.checked_abs().unwrap_or(0) % count
}

/// What is said of the groups' last reading.
async fn failure(served: &Served, cluster: &str) -> Option<String> {
    let page: GroupLags = served.view(&format!("/api/v1/lag?cluster={cluster}&limit=1")).await;
    let reading = page.meta.meta.readings.into_iter().find(|reading| reading.part == part::GROUPS).unwrap();
    reading.failure.map(|failure| failure.what)
}

async fn until_failure(served: &Served, cluster: &str, what: &str) {
    wait_until(&format!("the reading of groups says {what}"), SOON, async || {
        so(failure(served, cluster).await, |said| said.as_ref().is_some_and(|said| said.contains(what)))
    })
    .await;
}

async fn until_no_failure(served: &Served, cluster: &str) {
    wait_until("groups are read without a failure", SOON, async || {
        so(failure(served, cluster).await, Option::is_none).map(drop)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_whose_partition_of_the_offsets_topic_is_held_by_a_transaction_is_told_all_the_same() {
    let aggregate = named("aggregate");
    let _held = aggregate.shared();
    let mut trial = Trial::new(&aggregate, "held", 1).await;
    trial.produce(0, 1_000);
    let victim = trial.group("victim");
    let count = i32::try_from(aggregate.describe(&["--topic", "__consumer_offsets"]).len()).unwrap();
    let partition = offsets_partition(&victim, count);
    let name = (0..).map(|number| format!("holder-{number}"));
    let holder = name
        .map(|name| format!("{}-{name}", trial.topic))
        .find(|it| offsets_partition(it, count) == partition);
    let holder = holder.unwrap();
    trial.groups.push(holder.clone());
    let served = Served::start(&reading_from(OffsetsSource::OffsetsTopic, [aggregate.config()])).await;
    until_tailed(&served, &trial, &victim).await;

    let transaction = OpenTransaction::begin(&aggregate, &holder, &[(&trial.topic, 0, 700)]);
    let began = tokio::time::Instant::now();
    // It goes on, also backwards.
    for offset in [500, 600, 550] {
        trial.commit(&victim, 0, offset).await;
        until_told(&served, &trial, &victim, &[(0, offset, 1_000, 1_000 - offset)]).await;
    }
    assert!(began.elapsed() < Duration::from_secs(150), "it took {:?}", began.elapsed());
    let named = format!("__consumer_offsets-{partition} is held by an open transaction");
    wait_until("it is said that the partition is held", SOON, async || {
        so(failure(&served, "aggregate").await, |said| {
            said.as_ref().is_some_and(|said| said.contains(&named))
        })
    })
    .await;
    let told = detail(&served, "aggregate", &holder).await;
    assert!(told.as_ref().map_or(true, |told| told.partitions.is_empty()), "nothing is committed: {told:?}");

    transaction.abort();
    until_no_failure(&served, "aggregate").await;
    until_told(&served, &trial, &victim, &[(0, 550, 1_000, 450)]).await;
    trial.commit(&victim, 0, 560).await;
    until_told(&served, &trial, &victim, &[(0, 560, 1_000, 440)]).await;
    let told = detail(&served, "aggregate", &holder).await;
    assert!(told.as_ref().map_or(true, |told| told.partitions.is_empty()), "it was aborted: {told:?}");
    OpenTransaction::begin(&aggregate, &holder, &[(&trial.topic, 0, 800)]).commit();
    until_told(&served, &trial, &holder, &[(0, 800, 1_000, 200)]).await;
    served.end().await;
}

// --- Rights ---

#[tokio::test(flavor = "multi_thread")]
async fn without_the_right_to_read_the_offsets_topic_the_coordinators_are_asked() {
    let west = named("west");
    let _held = west.shared();
    let mut trial = Trial::new(&west, "rights", 1).await;
    let group = trial.group("group");
    trial.produce(0, 90);
    trial.commit(&group, 0, 10).await;
    let user = User::new("lag");
    user.run_what_is_printed();
    // The tap has a group's name and no right on that group: nothing is committed in it.
    let strict = Served::start(&reading_from(OffsetsSource::OffsetsTopic, [user.cluster()])).await;
    until_tailed(&strict, &trial, &group).await;
    until_no_failure(&strict, "west").await;
    strict.end().await;

    user.alter("--remove", &READ_OFFSETS_TOPIC);
    let [strict, auto] = [OffsetsSource::OffsetsTopic, OffsetsSource::Auto]
        .map(|source| reading_from(source, [user.cluster()]));
    let (strict, auto) = (Served::start(&strict).await, Served::start(&auto).await);
    until_failure(&strict, "west", "Could not read __consumer_offsets: ").await;
    for offset in [20, 30] {
        trial.commit(&group, 0, offset).await;
        for served in [&strict, &auto] {
            until_told(served, &trial, &group, &[(0, offset, 90, 90 - offset)]).await;
        }
    }
    // Nothing is amiss where the coordinators may be asked.
    until_no_failure(&auto, "west").await;
    auto.end().await;
    strict.end().await;

    user.alter("--remove", &DESCRIBE_GROUPS);
    let served = Served::start(&reading_from(OffsetsSource::Auto, [user.cluster()])).await;
    until_failure(&served, "west", "GROUP_AUTHORIZATION_FAILED").await;
    served.end().await;
}
