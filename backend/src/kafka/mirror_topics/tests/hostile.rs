//! Bytes that nobody writes.

use proptest::prelude::*;

use super::*;

const KINDS: [Kind; 6] =
    [Kind::Heartbeats, Kind::OffsetSyncs, Kind::Checkpoints, Kind::Offsets, Kind::Status, Kind::Configs];

const STRUCTS: [(Kind, &[u8], &[u8]); 3] = [
    (Kind::Heartbeats, HEARTBEAT_KEY, HEARTBEAT),
    (Kind::OffsetSyncs, SYNC_KEY, SYNC),
    (Kind::Checkpoints, CHECKPOINT_KEY, CHECKPOINT),
];

#[test]
fn a_struct_that_is_cut_or_goes_on_is_a_fault() {
    for (kind, key, value) in STRUCTS {
        for end in 0..key.len() {
            assert!(decode(kind, &key[..end], Some(value)).is_err(), "{kind:?} key {end}");
        }
        for end in 0..value.len() {
            assert!(decode(kind, key, Some(&value[..end])).is_err(), "{kind:?} value {end}");
        }
        let longer = |bytes: &[u8]| [bytes, &[0]].concat();
        assert_eq!(decode(kind, &longer(key), Some(value)), Err(Fault::Trailing(1)));
        assert_eq!(decode(kind, key, Some(&longer(value))), Err(Fault::Trailing(1)));
    }
}

#[test]
fn a_value_of_another_version_is_a_fault() {
    for (kind, key, value) in [STRUCTS[0], STRUCTS[2]] {
        let mut value = value.to_vec();
        for version in [1i16, -1, i16::MAX] {
            value[..2].copy_from_slice(&version.to_be_bytes());
            let said = decode(kind, key, Some(&value)).unwrap_err().to_string();
            assert_eq!(said, "a value of a version that is not known at byte 2");
        }
    }
}

#[test]
fn partitions_are_not_negative() {
    let minus = (-1i32).to_be_bytes();
    let key = [text("orders"), minus.to_vec()].concat();
    assert!(decode(Kind::OffsetSyncs, &key, Some(SYNC)).is_err());
    let key = [text("paid"), text("orders"), minus.to_vec()].concat();
    assert!(decode(Kind::Checkpoints, &key, None).is_err());
    assert!(decode(Kind::Offsets, OFFSET_KEY.replace(":0", ":-1").as_bytes(), None).is_err());
}

#[test]
fn json_that_is_broken_or_of_another_shape_is_a_fault() {
    for (kind, key, value) in [
        (Kind::Offsets, OFFSET_KEY, "{}"),
        (Kind::Offsets, OFFSET_KEY, r#"{"offset":"99"}"#),
        (Kind::Offsets, OFFSET_KEY, r#"{"offset":99}{"#),
        (Kind::Offsets, OFFSET_KEY, ""),
        (Kind::Offsets, &OFFSET_KEY[..40], r#"{"offset":99}"#),
        (Kind::Offsets, "", r#"{"offset":99}"#),
        (Kind::Status, "status-connector-copy", "{}"),
        (Kind::Status, "status-connector-copy", "[]"),
        (Kind::Status, "status-task-copy", r#"{"state":"RUNNING"}"#),
        (Kind::Status, "status-task-copy-x", r#"{"state":"RUNNING"}"#),
        (Kind::Configs, "connector-copy", "{}"),
        (Kind::Configs, "commit-copy", r#"{"tasks":-1}"#),
        (Kind::Configs, "target-state-copy", "1"),
    ] {
        assert!(decode(kind, key.as_bytes(), Some(value.as_bytes())).is_err(), "{key} {value}");
    }
    assert!(decode(Kind::Status, b"status-connector-\xff", None).is_err());
}

#[test]
fn a_record_of_more_than_a_mebibyte_is_a_fault() {
    let value = |size: usize| format!(r#"{{"properties":{{"sasl.password":"{}"}}}}"#, "x".repeat(size));
    let read = |value: &str| decode(Kind::Configs, b"connector-copy", Some(value.as_bytes())).map(drop);
    assert_eq!(read(&value((1 << 20) - 100)), Ok(()));
    let said = read(&value(1 << 20)).unwrap_err().to_string();
    assert_eq!(said, "a record of more than 1 MiB at byte 1048576");
    for kind in KINDS {
        assert!(decode(kind, &vec![b'x'; (1 << 20) + 1], None).is_err());
    }
}

#[test]
fn deep_json_does_not_exhaust_the_stack() {
    for deep in ["[".repeat(500_000), r#"{"a":"#.repeat(100_000)] {
        let key = format!(r#"["copy",{{"cluster":"east","more":{deep}"#);
        assert!(decode(Kind::Offsets, key.as_bytes(), None).is_err());
        let value = format!(r#"{{"properties":{{"a":{deep}"#);
        assert!(decode(Kind::Configs, b"connector-copy", Some(value.as_bytes())).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_bytes_make_it_panic(
        key in prop::collection::vec(any::<u8>(), 0..40),
        value in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        for kind in KINDS {
            let _ = decode(kind, &key, Some(&value));
            let _ = decode(kind, &key, None);
        }
    }

    #[test]
    fn no_damage_to_a_record_makes_it_panic(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let status = r#"{"state":"FAILED","trace":"a\n\tat b","worker_id":"c","generation":3}"#;
        let json = [
            (Kind::Offsets, OFFSET_KEY, r#"{"offset":99}"#),
            (Kind::Status, "status-task-copy-0", status),
            (Kind::Configs, "connector-copy", r#"{"properties":{"topics":"orders","enabled":"true"}}"#),
            (Kind::Configs, "target-state-copy", r#"{"state":"PAUSED","state.v2":"STOPPED"}"#),
        ];
        let json = json.map(|(kind, key, value)| (kind, key.as_bytes(), value.as_bytes()));
        for (kind, key, value) in STRUCTS.into_iter().chain(json) {
            let (mut worse_key, mut worse) = (key.to_vec(), value.to_vec());
            for (at, byte) in &damage {
                worse_key[at.index(key.len())] = *byte;
                worse[at.index(value.len())] = *byte;
            }
            let _ = decode(kind, key, Some(&worse));
            let _ = decode(kind, &worse_key, Some(value));
        }
    }

    #[test]
    fn what_is_written_is_read(
        (group, topic, metadata) in (".{0,9}", ".{0,9}", ".{0,200}"),
        (partition, upstream, downstream) in (0..i32::MAX, any::<i64>(), any::<i64>()),
    ) {
        let key = [text(&group), text(&topic), partition.to_be_bytes().to_vec()].concat();
        let both = [upstream.to_be_bytes(), downstream.to_be_bytes()].concat();
        let value = [vec![0, 0], both, text(&metadata)].concat();
        let offsets = Some(OffsetPair { upstream, downstream });
        let expected = Checkpoint { group: &group, topic: &topic, partition, offsets, metadata: &metadata };
        prop_assert_eq!(decode(Kind::Checkpoints, &key, Some(&value)), Ok(MirrorRecord::Checkpoint(expected)));

        let key = serde_json::json!([group, {"cluster": metadata, "partition": partition, "topic": topic}]);
        let (key, value) = (key.to_string(), serde_json::json!({"offset": upstream}).to_string());
        let expected = SourceOffset {
            connector: (&*group).into(),
            cluster: (&*metadata).into(),
            topic: (&*topic).into(),
            partition,
            offset: Some(upstream),
        };
        let read = decode(Kind::Offsets, key.as_bytes(), Some(value.as_bytes()));
        prop_assert_eq!(read, Ok(MirrorRecord::SourceOffset(expected)));
    }
}
