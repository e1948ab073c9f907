//! What is written is read, whatever it is, in every version.

use proptest::prelude::*;

use super::writer::{Writer, key};
use super::*;

/// A commit as it is before it is written: partition, offset, epoch, metadata, times, topic id.
type Commit = (i32, i64, i32, String, i64, i64, [u8; 16]);
/// A member: its id, static name, client id, host, and partitions by topic.
type Member = (String, Option<String>, String, String, Vec<(String, Vec<i32>)>);

fn partitions() -> impl Strategy<Value = Vec<i32>> {
    prop::collection::vec(0..i32::MAX, 0..5)
}

fn member() -> impl Strategy<Value = Member> {
    let topics = prop::collection::vec((".{0,9}", partitions()), 0..4);
    (".{0,9}", prop::option::of(".{0,9}"), ".{0,9}", ".{0,9}", topics)
}

fn commit_value(version: i16, commit: &Commit, foreign: &[u8]) -> Vec<u8> {
    let (_, offset, epoch, metadata, committed, expires, topic_id) = commit;
    let mut w = Writer::versioned(version, version >= 4);
    w.put(offset.to_be_bytes());
    if version >= 3 {
        w.put(epoch.to_be_bytes());
    }
    w.text(metadata).put(committed.to_be_bytes());
    if version == 1 {
        w.put(expires.to_be_bytes());
    }
    w.tags(&[(0, topic_id), (77, foreign)]);
    w.bytes
}

fn assignment(version: i16, topics: &[(String, Vec<i32>)]) -> Vec<u8> {
    let mut w = Writer::versioned(version, false);
    w.count(topics.len());
    for (topic, partitions) in topics {
        w.text(topic).i32s(partitions);
    }
    w.blob(b"user data").put([9; 3]).bytes.clone()
}

fn classic_value(version: i16, protocol_type: &str, members: &[Member], foreign: &[u8]) -> Vec<u8> {
    let mut w = Writer::versioned(version, version >= 4);
    w.text(protocol_type).put(9i32.to_be_bytes()).nullable(None).text("leader");
    if version >= 2 {
        w.put(5i64.to_be_bytes());
    }
    w.count(members.len());
    for (member_id, instance_id, client_id, host, topics) in members {
        w.text(member_id);
        if version >= 3 {
            w.nullable(instance_id.as_deref());
        }
        w.text(client_id).text(host);
        if version >= 1 {
            w.put([0; 4]);
        }
        w.put([0; 4]).blob(b"subscription").blob(&assignment(version, topics)).tags(&[(3, foreign)]);
    }
    w.tags(&[(9, foreign)]).bytes.clone()
}

fn owned(topics: &[TopicPartitions<'_>]) -> Vec<(String, Vec<i32>)> {
    topics.iter().map(|at| (at.topic.to_owned(), ids(at.partitions))).collect()
}

proptest! {
    #[test]
    fn commits(
        key_version in 0i16..=1,
        version in 0i16..=4,
        (group, topic) in (".{0,9}", ".{0,9}"),
        commit in (0..i32::MAX, any::<i64>(), 0..i32::MAX, ".{0,200}", any::<i64>(), 0..i64::MAX, any::<[u8; 16]>()),
        foreign in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let mut key = key(key_version, &[&group, &topic]);
        key.put(commit.0.to_be_bytes());
        let value = commit_value(version, &commit, &foreign);
        let expected = OffsetCommit {
            group: &group,
            topic: &topic,
            partition: commit.0,
            offset: commit.1,
            leader_epoch: (version >= 3).then_some(commit.2),
            metadata: &commit.3,
            commit_timestamp_ms: commit.4,
            expire_timestamp_ms: (version == 1).then_some(commit.5),
            topic_id: Some(TopicId(commit.6)).filter(|id| version == 4 && id.0 != [0; 16]),
        };
        prop_assert_eq!(decode(&key.bytes, Some(&value)), Ok(OffsetsRecord::OffsetCommit(expected)));
    }

    #[test]
    fn classic_groups(
        version in 0i16..=4,
        is_consumer: bool,
        group in ".{0,9}",
        members in prop::collection::vec(member(), 0..4),
        foreign in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let protocol_type = if is_consumer { "consumer" } else { "sr" };
        let (key, value) = (key(2, &[&group]), classic_value(version, protocol_type, &members, &foreign));
        let Ok(OffsetsRecord::ClassicGroup(read)) = decode(&key.bytes, Some(&value)) else { panic!() };
        prop_assert_eq!((read.group, read.generation, read.protocol), (&*group, 9, None));
        let as_written = |member: &ClassicMember<'_>| {
            let instance_id = member.group_instance_id.map(str::to_owned);
            (member.member_id.to_owned(), instance_id, member.client_id.to_owned(), member.client_host.to_owned(), owned(&member.partitions))
        };
        let as_far_as_told = members.into_iter().map(|mut member| {
            member.1 = member.1.filter(|_| version >= 3);
            if !is_consumer {
                member.4.clear();
            }
            member
        });
        prop_assert_eq!(
            read.members.iter().map(as_written).collect::<Vec<_>>(),
            as_far_as_told.collect::<Vec<_>>()
        );
    }

    #[test]
    fn assignments_of_consumer_groups(
        (group, member_id, epoch) in (".{0,9}", ".{0,9}", any::<i32>()),
        topics in prop::collection::vec((any::<[u8; 16]>(), partitions()), 0..5),
        foreign in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let mut w = Writer::versioned(0, true);
        w.put(epoch.to_be_bytes()).put([0; 5]).count(topics.len());
        for (id, partitions) in &topics {
            w.put(*id).i32s(partitions).tags(&[(0, &foreign)]);
        }
        w.count(0).tags(&[(1, &foreign)]);
        let key = key(8, &[&group, &member_id]);
        let Ok(OffsetsRecord::CurrentAssignment(read)) = decode(&key.bytes, Some(&w.bytes)) else { panic!() };
        prop_assert_eq!((read.group, read.member_id, read.member_epoch), (&*group, &*member_id, epoch));
        let has: Vec<_> = read.partitions.iter().map(|at| (at.topic_id.0, ids(at.partitions))).collect();
        prop_assert_eq!(has, topics);
    }
}
