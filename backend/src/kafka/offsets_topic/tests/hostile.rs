//! Records that are not whole, or claim what they do not hold, are faults.

use proptest::prelude::*;

use super::writer::{Writer, key};
use super::*;

/// Whether the table reads the value of a record with this key.
fn is_read(name: &str) -> bool {
    ["key-0", "key-1-", "key-2", "key-3", "key-5", "key-8"].iter().any(|kind| name.starts_with(kind))
}

#[test]
fn every_truncation_of_every_sample_is_a_fault() {
    for sample in SAMPLES.iter().filter(|sample| is_read(sample.name)) {
        let (key, value) = (sample.key(), sample.value());
        for length in 0..key.len() {
            assert!(decode(&key[..length], value.as_deref()).is_err(), "{} key {length}", sample.name);
        }
        for length in 0..value.as_ref().map_or(0, Vec::len) {
            let cut = value.as_ref().map(|value| &value[..length]);
            assert!(decode(&key, cut).is_err(), "{} value {length}", sample.name);
        }
    }
}

#[test]
fn a_record_that_goes_on_is_a_fault() {
    for sample in SAMPLES.iter().filter(|sample| is_read(sample.name)) {
        let longer = |bytes: &[u8]| [bytes, &[0]].concat();
        let (key, value) = (sample.key(), sample.value());
        let longer_key = decode(&longer(&key), value.as_deref()).err();
        assert_eq!(longer_key, Some(Fault::Trailing(1)), "{}", sample.name);
        if let Some(value) = value {
            assert_eq!(
                decode(&key, Some(&longer(&value))).err(),
                Some(Fault::Trailing(1)),
                "{}",
                sample.name
            );
        }
    }
}

#[test]
fn a_value_of_another_version_is_a_fault() {
    for (name, versions) in [
        ("key-1-value-4", vec![5, 6, -1, i16::MIN, i16::MAX]),
        ("key-2-value-4", vec![5, -1, i16::MAX]),
        ("key-3-value-0", vec![1, -1]),
        ("key-5-value-0", vec![1, -1]),
        ("key-8-value-0", vec![1, -1]),
    ] {
        let mut value = named(name).value().unwrap();
        for version in versions {
            value[..2].copy_from_slice(&version.to_be_bytes());
            let said = decode(&named(name).key(), Some(&value)).unwrap_err().to_string();
            assert_eq!(said, "a value of a version that is not known at byte 2", "{name} {version}");
        }
    }
}

#[test]
fn a_value_of_no_bytes_is_no_tombstone() {
    assert!(decode(&named("key-1-value-3").key(), Some(&[])).is_err());
}

/// A classic group's value up to the count of its members.
fn group_with_members(version: i16, count: &[u8]) -> Vec<u8> {
    let mut w = Writer::versioned(version, version >= 4);
    w.text("consumer").put([0; 4]).nullable(None).nullable(None).put([0; 8]);
    w.bytes.extend(count);
    w.bytes
}

#[test]
fn a_count_larger_than_the_bytes_left_is_a_fault() {
    let key = key(2, &[GROUP]).bytes;
    let huge = group_with_members(2, &i32::MAX.to_be_bytes());
    assert!(matches!(decode(&key, Some(&huge)), Err(Fault::Count { count: 0x7fff_ffff, remaining: 0, .. })));
    let compact = group_with_members(4, &[0xff, 0xff, 0xff, 0xff, 0x0f]);
    assert!(matches!(decode(&key, Some(&compact)), Err(Fault::Count { count: 0xffff_fffe, .. })));
    // As many bytes as it claims members: each member needs more than one.
    let padded = [group_with_members(2, &100i32.to_be_bytes()), vec![0; 100]].concat();
    assert!(matches!(decode(&key, Some(&padded)), Err(Fault::Count { count: 100, remaining: 100, .. })));
    let negative = group_with_members(2, &(-2i32).to_be_bytes());
    assert!(decode(&key, Some(&negative)).unwrap_err().to_string().starts_with("a negative length"));
}

fn group_with_assignment(assignment: &[u8]) -> Vec<u8> {
    let mut value = group_with_members(2, &1i32.to_be_bytes());
    let mut w = Writer::versioned(0, false);
    w.text("app").text("host").put([0; 8]).blob(b"").blob(assignment);
    value.extend(w.bytes); // its version is the empty member id
    value
}

#[test]
fn an_assignment_is_bounded_by_its_own_bytes() {
    let key = key(2, &[GROUP]).bytes;
    let read = |assignment: &[u8]| decode(&key, Some(&group_with_assignment(assignment))).map(drop);
    assert_eq!(read(&[]), Ok(()));
    assert_eq!(read(&[0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]), Ok(()));
    assert_eq!(read(&[0, 9, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1, 2]), Ok(()), "a later version goes on");
    assert!(read(&[0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]).is_err(), "a negative version");
    assert!(read(&[0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0]).is_err(), "topics");
    assert!(read(&[0, 0, 0, 0, 0, 1, 0, 1, b'o', 0x40, 0, 0, 0, 0, 0, 0, 0]).is_err(), "partitions");
    assert!(read(&[0, 0, 0, 0, 0, 1, 0, 1, b'o', 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]).is_err());
    assert!(read(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 9]).is_err(), "user data");
}

#[test]
fn texts_must_be_utf_8_and_may_not_be_null() {
    let value = named("key-1-value-0").value();
    let broken = [0, 1, 0, 2, 0xc3, 0x28, 0, 1, b'o', 0, 0, 0, 0];
    assert!(
        decode(&broken, value.as_deref()).unwrap_err().to_string().starts_with("a text that is not UTF-8")
    );
    let null = [0, 1, 0xff, 0xff, 0, 1, b'o', 0, 0, 0, 0];
    assert!(decode(&null, value.as_deref()).is_err());
    let negative = [0, 1, 0xff, 0xfe, 0, 1, b'o', 0, 0, 0, 0];
    assert!(decode(&negative, value.as_deref()).is_err());
}

#[test]
fn partitions_are_not_negative() {
    let mut key = key(1, &[GROUP, "orders"]);
    key.put((-1i32).to_be_bytes());
    assert!(decode(&key.bytes, named("key-1-value-3").value().as_deref()).is_err());
    assert!(decode(&key.bytes, None).is_err());
}

#[test]
fn a_topic_id_has_sixteen_bytes_and_all_zero_is_none() {
    let key = named("key-1-value-4").key();
    let value = |id: &[u8]| {
        let mut w = Writer::versioned(4, true);
        w.put([0; 12]).text("").put([0; 8]).tags(&[(0, id)]).bytes.clone()
    };
    assert!(decode(&key, Some(&value(&[1; 15]))).is_err());
    let zero = value(&[0; 16]);
    let Ok(OffsetsRecord::OffsetCommit(commit)) = decode(&key, Some(&zero)) else { panic!() };
    assert_eq!(commit.topic_id, None);
}

/// What it would cost to keep a decoded record, by what its vectors hold.
fn kept_bytes(record: &OffsetsRecord<'_>) -> usize {
    let topics = |count: usize| count * size_of::<TopicPartitions<'_>>();
    match record {
        OffsetsRecord::ClassicGroup(group) => {
            let of_member = |member: &ClassicMember<'_>| topics(member.partitions.capacity());
            group.members.capacity() * size_of::<ClassicMember<'_>>()
                + group.members.iter().map(of_member).sum::<usize>()
        }
        OffsetsRecord::CurrentAssignment(has) => {
            topics(has.partitions.capacity() + has.pending_revocation.capacity())
        }
        _ => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_bytes_make_it_panic(key_version in -1i16..26, key in prop::collection::vec(any::<u8>(), 0..30), value in prop::collection::vec(any::<u8>(), 0..90)) {
        let key = [&key_version.to_be_bytes()[..], &key].concat();
        let _ = decode(&key, Some(&value));
        let _ = decode(&key, None);
    }

    #[test]
    fn no_damage_to_a_sample_makes_it_panic_or_take_much(
        index in any::<prop::sample::Index>(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let sample = index.get(SAMPLES);
        let key = sample.key();
        let mut value = sample.value().unwrap_or_else(|| vec![0; 2]);
        for (at, byte) in damage {
            let at = at.index(value.len());
            value[at] = byte;
        }
        if let Ok(record) = decode(&key, Some(&value)) {
            prop_assert!(kept_bytes(&record) <= 8 * value.len(), "{record:?}");
        }
    }
}
