//! Groups of every type on real brokers: what the gateway reads of them is what Kafka's own tools tell.
//!
//! The tests make groups of their own beside whatever groups there are. Riverkeeper reads as itself, with the rights
//! that it asks for.

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

use backend::kafka::answers::{
    ByGroup, GroupDescription, GroupMember, GroupOffsets, GroupQuery, GroupType, ListedGroup,
    ShareGroupOffset,
};
use backend::kafka::{Gateway, Settings, read, rights};
use rdkafka::{
    ClientConfig, Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
};
use secrecy::ExposeSecret;
use support::{
    fleet::{self, Target, named},
    groups::{GroupRow, Protocol, ShareRow},
    so, wait_until,
};

const SOON: Duration = Duration::from_secs(60);

/// A committed offset: group, topic, partition.
type Place = (String, String, i32);

fn gateway(target: &Target) -> Gateway {
    let cluster = target.config();
    Gateway::new(Settings { security: cluster.security, ..Settings::new(cluster.name, cluster.bootstrap) })
}

async fn listed(gateway: &Gateway) -> Vec<ListedGroup> {
    let listed = read::list_groups(gateway).await;
    assert!(listed.missing.is_empty(), "{:?}", listed.missing);
    let groups: Vec<ListedGroup> = listed.answers.into_iter().flat_map(|(_, groups)| groups).collect();
    let ids: BTreeSet<&str> = groups.iter().map(|group| group.group_id.as_str()).collect();
    assert_eq!(ids.len(), groups.len(), "each group is listed once");
    groups
}

/// What groups of consumers have committed; the tool knows of no other groups.
async fn committed(gateway: &Gateway) -> BTreeMap<Place, i64> {
    let groups = listed(gateway).await;
    let are_of_consumers = |group: &&ListedGroup| match group.group_type {
        GroupType::Classic => ["consumer", ""].contains(&group.protocol_type.as_str()),
        ref other => *other == GroupType::Consumer,
    };
    let queries: Vec<GroupQuery<'_>> =
        groups.iter().filter(are_of_consumers).map(ListedGroup::query).collect();
    let told = read::offset_fetch(gateway, &queries).await;
    assert!(told.missing.is_empty(), "{:?}", told.missing);
    assert_eq!(told.answers.len(), queries.len(), "every group is told of");
    places(&told)
}

fn places(told: &ByGroup<GroupOffsets>) -> BTreeMap<Place, i64> {
    let mut places = BTreeMap::new();
    for group in &told.answers {
        for row in &group.rows {
            assert_eq!(row.error_code, 0, "{} {}", group.group_id, group.topic(row));
            let place = (group.group_id.clone(), group.topic(row).to_owned(), row.partition);
            places.extend(row.offset().map(|offset| (place, offset)));
        }
    }
    places
}

/// The same by Kafka's own tool.
fn committed_by_tool(rows: &[GroupRow]) -> BTreeMap<Place, i64> {
    let place = |row: &GroupRow| (row.group.clone(), row.topic.clone(), row.partition);
    rows.iter().filter_map(|row| Some((place(row), row.committed_offset?))).collect()
}

/// Groups that read meanwhile are left out, as long as something stands still.
async fn assert_committed_is_what_the_tool_says(target: &Target, gateway: &Gateway, must_have: &[&str]) {
    // A group that comes and goes while the tool runs is in its answer alone.
    wait_until(&format!("the tool says the same of {}", target.name), 3 * SOON, async || {
        let before = committed(gateway).await;
        let told = committed_by_tool(&target.consumer_groups());
        let after = committed(gateway).await;
        let rests = |place: &Place| before.get(place) == after.get(place);
        let ours: BTreeMap<_, _> = after.iter().filter(|(place, _)| rests(place)).collect();
        let theirs: BTreeMap<_, _> = told.iter().filter(|(place, _)| rests(place)).collect();
        let has = |group: &&str| ours.keys().any(|(known, ..)| known == group);
        let is_so = ours == theirs && must_have.iter().all(has);
        if is_so { Ok(()) } else { Err(format!("{ours:?}, true {theirs:?}, with {must_have:?}")) }
    })
    .await;
}

/// A topic with records and groups of a test's own.
struct Trial {
    target: Target,
    topic: String,
}

impl Trial {
    /// Of two partitions, whose replicas lie as given.
    fn new(target: Target, name: &str, assignment: &str, records: usize) -> Self {
        let topic = format!("kafka-groups-{name}-{}", std::process::id());
        target.create_topic(&topic, assignment);
        target.produce(&topic, records);
        Self { target, topic }
    }

    fn group(&self, kind: &str) -> String {
        format!("{}-{kind}", self.topic)
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        self.target.delete_topic(&self.topic);
    }
}

/// The groups of a trial once each has that many members, which have something to do.
async fn described(gateway: &Gateway, groups: &[&str], members: usize) -> BTreeMap<String, GroupDescription> {
    wait_until(&format!("every group has {members} members"), SOON, async || {
        let listed = listed(gateway).await;
        let ours: Vec<&ListedGroup> =
            listed.iter().filter(|group| groups.contains(&group.group_id.as_str())).collect();
        let told = read::describe_groups(gateway, &ours).await;
        assert!(told.missing.is_empty(), "{:?}", told.missing);
        let told: BTreeMap<String, GroupDescription> =
            told.answers.into_iter().map(|group| (group.group_id.clone(), group)).collect();
        let state = if members == 0 { "Empty" } else { "Stable" };
        so(told, |told| {
            let is_ready = |group: &GroupDescription| {
                // A share group is stable before anything is assigned.
                let is_assigned = |member: &GroupMember| !member.partitions.is_empty();
                let is_whole =
                    |told: &Vec<GroupMember>| told.len() == members && told.iter().all(is_assigned);
                group.members.as_ref().is_some_and(is_whole) && group.state.as_deref() == Some(state)
            };
            told.len() == groups.len() && told.values().all(is_ready)
        })
    })
    .await
}

/// Waits until a group has committed that many records.
async fn until_committed(gateway: &Gateway, groups: &[&str], records: i64) {
    wait_until(&format!("{groups:?} have committed {records}"), SOON, async || {
        let committed = committed(gateway).await;
        let sum = |group: &&str| {
            committed.iter().filter(|((of, ..), _)| of == group).map(|(_, offset)| *offset).sum::<i64>()
        };
        let sums: Vec<i64> = groups.iter().map(sum).collect();
        so(sums, |sums| sums.iter().all(|sum| *sum == records))
    })
    .await;
}

fn assigned(group: &GroupDescription, row: &GroupRow) -> bool {
    group.members.as_ref().unwrap().iter().any(|member| {
        let has = |(topic, ids): &(String, Vec<i32>)| *topic == row.topic && ids.contains(&row.partition);
        row.member_id.as_ref() == Some(&member.member_id)
            && row.host.as_ref() == Some(&member.host)
            && row.client_id.as_ref() == Some(&member.client_id)
            && member.partitions.iter().any(has)
    })
}

/// The rows of a share group, as the tool would print them.
async fn share_rows(gateway: &Gateway, group: &str) -> Vec<ShareRow> {
    let listed = listed(gateway).await;
    let query: Vec<_> = listed.iter().filter(|of| of.group_id == group).map(ListedGroup::query).collect();
    let mut told = read::describe_share_group_offsets(gateway, &query).await;
    assert!(told.missing.is_empty(), "{:?}", told.missing);
    let row = |row: ShareGroupOffset| ShareRow {
        topic: row.topic.to_string(),
        partition: row.partition,
        start_offset: row.start_offset,
        lag: row.lag,
    };
    let mut rows: Vec<_> = told.answers.remove(0).rows.unwrap().into_iter().map(row).collect();
    rows.sort();
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_of_every_type_are_what_kafkas_own_tools_tell_of_them() {
    let east = named("east");
    let _held = east.shared();
    let gateway = gateway(&east);
    // Of one partition: a share group tells no lag of a partition before it has read a record there.
    let trial = Trial::new(east.clone(), "all", "1:2:3", 300);
    let (classic, consumer, share) = (trial.group("classic"), trial.group("consumer"), trial.group("share"));
    let all = [classic.as_str(), &consumer, &share];
    let readers = [(&classic, Protocol::Classic), (&consumer, Protocol::Consumer), (&share, Protocol::Share)]
        .map(|(group, protocol)| east.read(&trial.topic, group, protocol));

    let told = described(&gateway, &all, 1).await;
    let kinds: Vec<_> = all.iter().map(|group| &told[*group].group_type).collect();
    assert_eq!(kinds, [&GroupType::Classic, &GroupType::Consumer, &GroupType::Share]);
    assert_eq!(all.map(|group| told[group].epoch.is_some()), [false, true, true]);
    until_committed(&gateway, &all[..2], 300).await;
    let rows: Vec<GroupRow> =
        east.consumer_groups().into_iter().filter(|row| all.contains(&row.group.as_str())).collect();
    assert_eq!(rows.len(), 2, "a partition of two groups: {rows:?}");
    for row in &rows {
        assert!(assigned(&told[&row.group], row), "{row:?} in {:?}", told[&row.group]);
    }
    let sharing = &told[&share].members.as_ref().unwrap()[0];
    assert_eq!(sharing.partitions.len(), 1, "{sharing:?}");

    drop(readers);
    described(&gateway, &all, 0).await;
    east.produce(&trial.topic, 50);
    assert_committed_is_what_the_tool_says(&east, &gateway, &all[..2]).await;
    let rows = wait_until("the lag of the share group is counted", SOON, async || {
        let rows = share_rows(&gateway, &share).await;
        so(rows, |rows| rows.iter().filter_map(|row| row.lag).sum::<i64>() == 50)
    })
    .await;
    assert_eq!(rows, {
        let mut rows = east.share_group(&share);
        rows.sort();
        rows
    });

    let found = read::find_coordinators(&gateway, &all).await;
    assert!(found.missing.is_empty(), "{:?}", found.missing);
    let of_list: BTreeMap<_, _> =
        listed(&gateway).await.into_iter().map(|group| (group.group_id, group.coordinator_id)).collect();
    for group in &found.answers {
        assert_eq!(group.broker_id, of_list[&group.group_id], "{}", group.group_id);
    }
    east.delete_consumer_groups(&all[..2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn committed_offsets_are_those_of_kafkas_own_tool_also_on_an_older_kafka() {
    let old = named("old");
    let _held = old.shared();
    let trial = Trial::new(old.clone(), "old", "1,1", 40);
    let group = trial.group("classic");
    old.consume(&trial.topic, &group, 30);
    let gateway = gateway(&old);
    until_committed(&gateway, &[&group], 30).await;
    assert_committed_is_what_the_tool_says(&old, &gateway, &[&group]).await;
    let told = described(&gateway, &[&group], 0).await;
    assert_eq!(told[&group].group_type, GroupType::Classic);
    old.delete_consumer_groups(&[&group]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_group_of_the_fleet_is_told_of() {
    for target in fleet::fleet() {
        let _held = target.shared();
        let gateway = gateway(&target);
        assert_committed_is_what_the_tool_says(&target, &gateway, &[]).await;
        let groups = listed(&gateway).await;
        let told = read::describe_groups(&gateway, &groups.iter().collect::<Vec<_>>()).await;
        let names = |missing: &backend::kafka::answers::MissingGroups| missing.group_ids.clone();
        let gone: BTreeSet<String> = told.missing.iter().flat_map(names).collect();
        let still: BTreeSet<String> =
            listed(&gateway).await.into_iter().map(|group| group.group_id).collect();
        assert!(gone.is_disjoint(&still), "{}: {:?}", target.name, told.missing);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_is_not_there_has_no_offsets_and_no_members() {
    let east = named("east");
    let _held = east.shared();
    let gateway = gateway(&east);
    read::metadata(&gateway).await.unwrap();
    let id = "kafka-groups-that-never-was";
    let found = read::find_coordinators(&gateway, &[id]).await;
    let told = read::offset_fetch(&gateway, &[found.answers[0].query()]).await;
    assert!(told.missing.is_empty() && places(&told).is_empty(), "{told:?}");
    let nobody = ListedGroup {
        group_id: id.into(),
        group_type: GroupType::Consumer,
        state: None,
        protocol_type: "consumer".into(),
        coordinator_id: found.answers[0].broker_id,
    };
    let told = read::describe_groups(&gateway, &[&nobody]).await;
    assert_eq!((told.answers.len(), told.missing.len()), (0, 1));
    assert!(told.missing[0].error.to_string().contains("GROUP_ID_NOT_FOUND (69)"), "{:?}", told.missing);
    let wrong = GroupQuery { group_id: id, coordinator_id: found.answers[0].broker_id % 3 + 1 };
    let told = read::offset_fetch(&gateway, &[wrong]).await;
    assert!(told.answers.is_empty() && told.missing[0].error.to_string().contains("NOT_COORDINATOR (16)"));
}

/// Reads a record of the topic of committed offsets as Riverkeeper.
fn first_commit(target: &Target, partitions: i32) -> Result<Vec<u8>, String> {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", &target.bootstrap).set("group.id", "riverkeeper-tap");
    config.set("enable.auto.commit", "false").set("enable.auto.offset.store", "false");
    let security = target.config().security;
    for (name, value) in security.librdkafka() {
        config.set(name, value.expose_secret());
    }
    let consumer: BaseConsumer = config.create().map_err(|error| error.to_string())?;
    let mut all = TopicPartitionList::new();
    for partition in 0..partitions {
        all.add_partition_offset(rights::OFFSETS_TOPIC, partition, Offset::Beginning).unwrap();
    }
    consumer.assign(&all).unwrap();
    for _ in 0..300 {
        match consumer.poll(Duration::from_millis(100)) {
            Some(Ok(record)) => return Ok(record.key().unwrap_or_default().to_vec()),
            Some(Err(error)) => return Err(error.to_string()),
            None => {}
        }
    }
    Err("no record came".into())
}

#[tokio::test(flavor = "multi_thread")]
async fn riverkeeper_may_read_the_commits_of_groups_as_they_are_made() {
    let east = named("east");
    let _held = east.shared();
    let trial = Trial::new(east.clone(), "tap", "1:2:3,2:3:1", 20);
    let group = trial.group("classic");
    east.consume(&trial.topic, &group, 20);
    let metadata = read::metadata(&gateway(&east)).await.unwrap();
    let topic = metadata.topics.iter().find(|topic| metadata.name(topic) == rights::OFFSETS_TOPIC).unwrap();
    let partitions = i32::try_from(metadata.partitions_of(topic).len()).unwrap();
    let key = tokio::task::spawn_blocking(move || first_commit(&east, partitions)).await.unwrap().unwrap();
    assert!(key.len() > 2, "{key:?} has a version");
    trial.target.delete_consumer_groups(&[&group]);
}
