//! The decoder against records as Kafka's Java writes them, byte by byte, and against hostile bytes.

mod hostile;
mod secrets;

use super::*;

/// A text of the protocol's older encoding.
fn text(text: &str) -> Vec<u8> {
    [&(text.len() as i16).to_be_bytes(), text.as_bytes()].concat()
}

fn read<'a>(kind: Kind, key: &'a [u8], value: &'a [u8]) -> MirrorRecord<'a> {
    decode(kind, key, Some(value)).unwrap_or_else(|fault| panic!("{kind:?}: {fault}"))
}

fn json<'a>(kind: Kind, key: &'a str, value: &'a str) -> MirrorRecord<'a> {
    read(kind, key.as_bytes(), value.as_bytes())
}

const HEARTBEAT_KEY: &[u8] = b"\0\x04east\0\x09aggregate";
const HEARTBEAT: &[u8] = b"\0\0\0\0\x01\x8b\xcf\xe5\x68\0";
const SYNC_KEY: &[u8] = b"\0\x06orders\0\0\0\x07";
const SYNC: &[u8] = b"\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\x2a";
const CHECKPOINT_KEY: &[u8] = b"\0\x04paid\0\x0beast.orders\0\0\0\x07";
const CHECKPOINT: &[u8] = b"\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\x2a\0\x05\xc3\xbcber";
const OFFSET_KEY: &str = r#"["MirrorSourceConnector",{"cluster":"east","partition":0,"topic":"orders"}]"#;

#[test]
fn a_heartbeat_tells_its_flow_and_when() {
    let heartbeat = |timestamp_ms| {
        MirrorRecord::Heartbeat(Heartbeat { source: "east", target: "aggregate", timestamp_ms })
    };
    assert_eq!(read(Kind::Heartbeats, HEARTBEAT_KEY, HEARTBEAT), heartbeat(Some(1_700_000_000_000)));
    assert_eq!(decode(Kind::Heartbeats, HEARTBEAT_KEY, None), Ok(heartbeat(None)));
}

#[test]
fn an_offset_sync_has_no_version() {
    let sync = |offsets| MirrorRecord::OffsetSync(OffsetSync { topic: "orders", partition: 7, offsets });
    let pair = OffsetPair { upstream: 256, downstream: 42 };
    assert_eq!(read(Kind::OffsetSyncs, SYNC_KEY, SYNC), sync(Some(pair)));
    assert_eq!(decode(Kind::OffsetSyncs, SYNC_KEY, None), Ok(sync(None)));
}

#[test]
fn a_checkpoint_is_of_a_group_and_a_partition() {
    let checkpoint = |offsets, metadata| {
        let (group, topic) = ("paid", "east.orders");
        MirrorRecord::Checkpoint(Checkpoint { group, topic, partition: 7, offsets, metadata })
    };
    let pair = OffsetPair { upstream: 256, downstream: 42 };
    assert_eq!(read(Kind::Checkpoints, CHECKPOINT_KEY, CHECKPOINT), checkpoint(Some(pair), "über"));
    assert_eq!(decode(Kind::Checkpoints, CHECKPOINT_KEY, None), Ok(checkpoint(None, "")));
}

#[test]
fn how_far_a_partition_is_mirrored_is_known_by_its_shape() {
    let told = |connector: &'static str, topic: &'static str, offset| {
        MirrorRecord::SourceOffset(SourceOffset {
            connector: connector.into(),
            cluster: "east".into(),
            topic: topic.into(),
            partition: 0,
            offset,
        })
    };
    let ours = told("MirrorSourceConnector", "orders", Some(99));
    assert_eq!(json(Kind::Offsets, OFFSET_KEY, r#"{"offset":99}"#), ours);
    let gone = told("MirrorSourceConnector", "orders", None);
    assert_eq!(decode(Kind::Offsets, OFFSET_KEY.as_bytes(), None), Ok(gone.clone()));
    assert_eq!(json(Kind::Offsets, OFFSET_KEY, "null"), gone);
    // In a Connect cluster of many: another name, with escapes, and a topic with one.
    let key = r#"["copy \"it\"",{"topic":"orders\u002d2","partition":0,"cluster":"east","more":[1]}]"#;
    assert_eq!(json(Kind::Offsets, key, r#"{"offset":0}"#), told("copy \"it\"", "orders-2", Some(0)));
}

#[test]
fn offsets_of_other_connectors_are_other() {
    for key in [
        r#"["MirrorHeartbeatConnector",{"sourceClusterAlias":"east","targetClusterAlias":"aggregate"}]"#,
        r#"["MirrorCheckpointConnector",{"group":"paid","partition":0,"topic":"orders"}]"#,
        r#"["files",{"filename":"/tmp/a"}]"#,
        r#"["files",null]"#,
        r#"["files"]"#,
        r#"{"a":1}"#,
        r#"["copy",{"cluster":"east","partition":"0","topic":"orders"}]"#,
    ] {
        assert_eq!(json(Kind::Offsets, key, r#"{"position":3}"#), MirrorRecord::Other, "{key}");
    }
}

#[test]
fn what_a_connector_and_its_tasks_do() {
    let value =
        r#"{"state":"RUNNING","trace":null,"worker_id":"127.0.0.1:21440/east->aggregate","generation":3}"#;
    let status = Status {
        state: ConnectState::Running,
        trace: None,
        worker_id: Some("127.0.0.1:21440/east->aggregate".into()),
    };
    let connector = "MirrorSourceConnector";
    assert_eq!(
        json(Kind::Status, "status-connector-MirrorSourceConnector", value),
        MirrorRecord::ConnectorStatus { connector, status: Some(status.clone()) }
    );
    assert_eq!(
        json(Kind::Status, "status-task-copy-2-of-3-12", value),
        MirrorRecord::TaskStatus { connector: "copy-2-of-3", task: 12, status: Some(status) }
    );
    assert_eq!(
        decode(Kind::Status, b"status-task-MirrorSourceConnector-0", None),
        Ok(MirrorRecord::TaskStatus { connector, task: 0, status: None })
    );
    for key in ["status-topic-orders:connector-MirrorSourceConnector", "anything"] {
        assert_eq!(json(Kind::Status, key, r#"{"topic":{"name":"orders"}}"#), MirrorRecord::Other);
    }
}

#[test]
fn a_trace_is_kept_as_far_as_its_first_line_goes() {
    let failed = |trace: &str| {
        let value = format!(r#"{{"state":"FAILED","trace":{},"worker_id":"a"}}"#, serde_json::json!(trace));
        match json(Kind::Status, "status-connector-copy", &value) {
            MirrorRecord::ConnectorStatus { status: Some(status), .. } => {
                assert_eq!(status.state, ConnectState::Failed);
                status.trace
            }
            other => panic!("{other:?}"),
        }
    };
    let trace = "org.apache.kafka.common.KafkaException: no broker\n\tat org.apache.kafka\n";
    assert_eq!(failed(trace).as_deref(), Some("org.apache.kafka.common.KafkaException: no broker"));
    assert_eq!(failed(&"ü".repeat(1_000)), Some("ü".repeat(300)));
    assert_eq!(failed("").as_deref(), Some(""));
}

#[test]
fn every_state_of_connect_is_known_and_a_newer_one_is_unknown() {
    use ConnectState::*;
    for (name, expected) in [
        ("RUNNING", Running),
        ("PAUSED", Paused),
        ("STOPPED", Stopped),
        ("FAILED", Failed),
        ("UNASSIGNED", Unassigned),
        ("RESTARTING", Restarting),
        ("DESTROYED", Destroyed),
        ("DREAMING", Unknown),
    ] {
        let status = Status { state: expected, trace: None, worker_id: None };
        assert_eq!(
            json(Kind::Status, "status-connector-copy", &format!(r#"{{"state":"{name}"}}"#)),
            MirrorRecord::ConnectorStatus { connector: "copy", status: Some(status) }
        );
    }
}

#[test]
fn what_a_connector_is_to_do_is_told_in_two_words() {
    for (value, expected) in [
        (r#"{"state":"STARTED"}"#, TargetState::Started),
        (r#"{"state":"PAUSED","state.v2":"PAUSED"}"#, TargetState::Paused),
        (r#"{"state":"PAUSED","state.v2":"STOPPED"}"#, TargetState::Stopped),
        (r#"{"state":"PAUSED","state.v2":null}"#, TargetState::Paused),
        (r#"{"state":"DREAMING"}"#, TargetState::Unknown),
    ] {
        let expected = MirrorRecord::TargetState { connector: "copy", state: Some(expected) };
        assert_eq!(json(Kind::Configs, "target-state-copy", value), expected, "{value}");
    }
    let gone = MirrorRecord::TargetState { connector: "copy", state: None };
    assert_eq!(decode(Kind::Configs, b"target-state-copy", None), Ok(gone));
}

#[test]
fn a_connectors_tasks_are_counted() {
    let tasks = |count| MirrorRecord::TaskCount { connector: "copy", count };
    assert_eq!(json(Kind::Configs, "commit-copy", r#"{"tasks":1}"#), tasks(Some(1)));
    assert_eq!(decode(Kind::Configs, b"commit-copy", None), Ok(tasks(None)));
}
