//! The decoder against records of Kafka's own making, against our writer in every version, and against hostile bytes.

mod hostile;
mod laws;
mod writer;

use super::samples::{SAMPLES, named};
use super::*;
use crate::kafka::answers::TopicId;

const TOPIC_ID: TopicId = TopicId([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
const GROUP: &str = "paid";

/// What a sample says, told to `see`.
fn read(name: &str, see: impl FnOnce(OffsetsRecord<'_>)) {
    let sample = named(name);
    let (key, value) = (sample.key(), sample.value());
    see(decode(&key, value.as_deref()).unwrap_or_else(|fault| panic!("{name}: {fault}")));
}

fn ids(partitions: PartitionIds<'_>) -> Vec<i32> {
    partitions.iter().collect()
}

#[test]
fn a_commit_is_the_same_in_every_version_as_far_as_the_version_goes() {
    let commit = |leader_epoch, expire_timestamp_ms| OffsetCommit {
        group: GROUP,
        topic: "orders",
        partition: 7,
        offset: 42,
        leader_epoch,
        metadata: "über",
        commit_timestamp_ms: 1_700_000_000_000,
        expire_timestamp_ms,
        topic_id: None,
    };
    for (name, expected) in [
        ("key-0-value-0", commit(None, None)),
        ("key-1-value-0", commit(None, None)),
        ("key-1-value-1", commit(None, Some(1_700_000_060_000))),
        ("key-1-value-2", commit(None, None)),
        ("key-1-value-3", commit(Some(5), None)),
        ("key-1-value-4", commit(Some(5), None)),
        (
            "key-1-value-4-topic-id",
            OffsetCommit { metadata: "", topic_id: Some(TOPIC_ID), ..commit(Some(5), None) },
        ),
    ] {
        read(name, |record| assert_eq!(record, OffsetsRecord::OffsetCommit(expected), "{name}"));
    }
}

#[test]
fn a_tombstone_of_a_commit_forgets_the_partition() {
    let expected = OffsetsRecord::OffsetTombstone { group: GROUP, topic: "orders", partition: 7 };
    read("key-1-tombstone", |record| assert_eq!(record, expected));
}

#[test]
fn a_classic_group_tells_its_members_and_what_each_has() {
    for version in 0..=4 {
        let instance = (version >= 3).then_some("i-1");
        read(&format!("key-2-value-{version}"), |record| {
            let OffsetsRecord::ClassicGroup(group) = record else { panic!("{record:?}") };
            assert_eq!((group.group, group.protocol_type, group.generation), (GROUP, "consumer", 9));
            assert_eq!((group.protocol, group.leader), (Some("range"), Some("m-1")));
            assert_eq!(group.state_timestamp_ms, (version >= 2).then_some(1_700_000_000_000));
            let [first, second] = group.members.as_slice() else { panic!("{group:?}") };
            assert_eq!((first.member_id, first.client_id), ("m-1", "app"));
            assert_eq!((first.client_host, first.group_instance_id), ("/10.0.0.1", instance));
            let has: Vec<_> = first.partitions.iter().map(|at| (at.topic, ids(at.partitions))).collect();
            assert_eq!(has, [("orders", vec![0, 7]), ("späte", vec![1])]);
            assert_eq!((second.member_id, second.group_instance_id), ("m-2", None));
            assert!(second.partitions.is_empty());
        });
    }
}

#[test]
fn a_group_that_only_commits_has_no_members() {
    read("key-2-empty", |record| {
        let OffsetsRecord::ClassicGroup(group) = record else { panic!("{record:?}") };
        assert_eq!((group.protocol_type, group.protocol, group.leader), ("", None, None));
        assert_eq!((group.members, group.state_timestamp_ms), (vec![], None));
    });
}

#[test]
fn members_of_a_foreign_protocol_have_no_partitions() {
    read("key-2-connect", |record| {
        let OffsetsRecord::ClassicGroup(group) = record else { panic!("{record:?}") };
        assert_eq!((group.protocol_type, group.protocol), ("connect", Some("sessioned")));
        let [worker] = group.members.as_slice() else { panic!("{group:?}") };
        assert_eq!((worker.client_id, worker.client_host), ("connect-1", "/10.0.0.3"));
        assert!(worker.partitions.is_empty());
    });
}

#[test]
fn tombstones_of_both_types_forget_the_group() {
    for (name, group_type) in
        [("key-2-tombstone", GroupType::Classic), ("key-3-tombstone", GroupType::Consumer)]
    {
        let expected = OffsetsRecord::GroupTombstone { group: GROUP, group_type };
        read(name, |record| assert_eq!(record, expected));
    }
}

#[test]
fn a_consumer_group_tells_its_epoch_and_its_members() {
    let epoch = OffsetsRecord::ConsumerGroup { group: GROUP, epoch: 12 };
    read("key-3-value-0", |record| assert_eq!(record, epoch));
    let member = |group_instance_id| {
        let (client_id, client_host) = ("app", "/10.0.0.1");
        let member =
            ConsumerMember { group: GROUP, member_id: "m-1", group_instance_id, client_id, client_host };
        OffsetsRecord::ConsumerMember(member)
    };
    read("key-5-value-0", |record| assert_eq!(record, member(Some("i-1"))));
    read("key-5-classic-member", |record| assert_eq!(record, member(None)));
    let left = OffsetsRecord::ConsumerMemberTombstone { group: GROUP, member_id: "m-1" };
    read("key-5-tombstone", |record| assert_eq!(record, left));
}

#[test]
fn an_assignment_tells_partitions_by_topic_id() {
    read("key-8-value-0", |record| {
        let OffsetsRecord::CurrentAssignment(assignment) = record else { panic!("{record:?}") };
        assert_eq!((assignment.group, assignment.member_id, assignment.member_epoch), (GROUP, "m-1", 12));
        let of = |topics: &[TopicIdPartitions<'_>]| -> Vec<(TopicId, Vec<i32>)> {
            topics.iter().map(|at| (at.topic_id, ids(at.partitions))).collect()
        };
        assert_eq!(of(&assignment.partitions), [(TOPIC_ID, vec![0, 7])]);
        assert_eq!(of(&assignment.pending_revocation), [(TOPIC_ID, vec![2])]);
    });
    let nothing = OffsetsRecord::CurrentAssignmentTombstone { group: GROUP, member_id: "m-1" };
    read("key-8-tombstone", |record| assert_eq!(record, nothing));
}

#[test]
fn what_tells_nothing_of_offsets_or_members_is_told_by_its_kind() {
    let key = |version: i16| [&version.to_be_bytes()[..], &[0, 4], GROUP.as_bytes()].concat();
    for key_version in [4, 6, 7, 9, 10, 15, 16, 17, 20, 24] {
        let group_type = match key_version {
            9..=15 => GroupType::Share,
            17.. => GroupType::Streams,
            _ => GroupType::Consumer,
        };
        for (value, is_tombstone) in [(Some(&[][..]), false), (None, true)] {
            let expected = OffsetsRecord::Other { key_version, group_type, group: GROUP, is_tombstone };
            assert_eq!(decode(&key(key_version), value), Ok(expected));
        }
    }
}

#[test]
fn a_kind_that_is_not_known_is_no_fault() {
    for key_version in [-1, i16::MIN, 25, 99, i16::MAX] {
        let unknown = Ok(OffsetsRecord::Unknown { key_version });
        assert_eq!(decode(&key_version.to_be_bytes(), None), unknown);
        assert_eq!(decode(&[&key_version.to_be_bytes()[..], &[7; 9]].concat(), Some(&[1])), unknown);
    }
}

/// Writes the seeds anew: `RIVERKEEPER_WRITE_SEEDS=1 cargo test -p backend --lib seeds`.
#[test]
fn the_committed_seeds_of_the_fuzz_target_are_these_samples() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds/offsets_record");
    let writes = std::env::var_os("RIVERKEEPER_WRITE_SEEDS").is_some();
    for sample in SAMPLES {
        let file = folder.join(sample.name);
        if writes {
            std::fs::write(&file, sample.seed()).unwrap();
        }
        assert_eq!(std::fs::read(&file).ok(), Some(sample.seed()), "fuzz/seeds: {}", sample.name);
    }
}
