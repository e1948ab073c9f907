//! What connectors are told: the properties that are of mirrors, and no others.

use super::*;

const SOURCE: &str = r#"{"properties":{
    "connector.class":"org.apache.kafka.connect.mirror.MirrorSourceConnector",
    "name":"MirrorSourceConnector",
    "source.cluster.alias":"east","target.cluster.alias":"aggregate","enabled":"true",
    "source.cluster.bootstrap.servers":"127.0.0.1:9092",
    "source.cluster.sasl.jaas.config":"ScramLoginModule required username=\"river\" password=\"hunter2\";",
    "target.cluster.ssl.key.password":"hunter2","producer.sasl.jaas.config":"hunter2",
    "topics":"orders,pay.*","topics.exclude":".*[\\-\\.]internal","topics.blacklist":"old",
    "replication.policy.class":"org.apache.kafka.connect.mirror.DefaultReplicationPolicy",
    "replication.policy.separator":"_","replication.policy.internal.topic.separator.enabled":" False",
    "offset-syncs.topic.location":"TARGET","refresh.topics.enabled":"true",
    "refresh.topics.interval.seconds":"10","emit.heartbeats.enabled":"false",
    "emit.heartbeats.interval.seconds":"1","offset.flush.interval.ms":"10000",
    "consumer.isolation.level":"read_uncommitted","source.consumer.isolation.level":"read_committed",
    "offset.lag.max":"${file:/etc/mm2:hunter2}"}}"#;

fn properties(value: &str) -> MirrorProperties {
    match json(Kind::Configs, "connector-copy", value) {
        MirrorRecord::Connector { connector: "copy", properties: Some(properties) } => *properties,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_properties_of_a_mirror_are_taken() {
    let expected = MirrorProperties {
        connector_class: Some("org.apache.kafka.connect.mirror.MirrorSourceConnector".into()),
        source_alias: Some("east".into()),
        target_alias: Some("aggregate".into()),
        is_enabled: Some(true),
        topics: Some("orders,pay.*".into()),
        topics_exclude: Some(r".*[\-\.]internal".into()),
        policy_class: Some("org.apache.kafka.connect.mirror.DefaultReplicationPolicy".into()),
        separator: Some("_".into()),
        separates_internal: Some(false),
        syncs_location: Some(SyncsLocation::Target),
        refreshes_topics: Some(true),
        refresh_topics_seconds: Some(10),
        emits_heartbeats: Some(false),
        emit_heartbeats_seconds: Some(1),
        offset_flush_ms: Some(10_000),
        reads_committed: Some(true),
        begins_at_end: None,
        offset_lag_max: None,
    };
    let read = properties(SOURCE);
    assert_eq!(read, expected);
    assert_eq!(read.role(), Some(MirrorRole::Source));
    assert_eq!(read.separators(), Separators { mirrored: "_", internal: "." });
}

#[test]
fn no_other_property_is_kept_or_shown() {
    assert!(SOURCE.contains("hunter2"));
    let shown = format!("{:?}", json(Kind::Configs, "connector-copy", SOURCE));
    assert!(!shown.contains("hunter2") && !shown.contains("jaas") && !shown.contains("9092"), "{shown}");
}

#[test]
fn a_fault_repeats_nothing_of_the_record() {
    for value in [
        r#"{"properties":{"topics":"orders","sasl.password":"hunter2"#,
        r#"{"properties":"hunter2"}"#,
        r#"{"properties":{"topics":["hunter2"]}}"#,
        r#"{"properties":{"topics":"hunter2","topics":"hunter2"}}"#,
        r#""hunter2""#,
        "hunter2",
    ] {
        let fault = decode(Kind::Configs, b"connector-copy", Some(value.as_bytes())).unwrap_err();
        assert!(!format!("{fault} {fault:?}").contains("hunter2"), "{fault:?}");
    }
}

#[test]
fn what_is_not_set_is_none_and_the_old_name_of_an_exclusion_is_read() {
    let few = properties(
        r#"{"properties":{"topics.blacklist":"old","consumer.isolation.level":"read_committed","consumer.auto.offset.reset":"latest"}}"#,
    );
    let expected = MirrorProperties {
        topics_exclude: Some("old".into()),
        reads_committed: Some(true),
        begins_at_end: Some(true),
        ..MirrorProperties::default()
    };
    assert_eq!(few, expected);
    assert_eq!(few.separators(), Separators::default());
    assert_eq!(properties(r#"{"properties":{"topics":null}}"#), MirrorProperties::default());
}

#[test]
fn a_connectors_role_is_its_class_by_any_of_its_names() {
    for (class, role) in [
        ("MirrorSourceConnector", Some(MirrorRole::Source)),
        ("MirrorCheckpoint", Some(MirrorRole::Checkpoint)),
        ("org.apache.kafka.connect.mirror.MirrorHeartbeatConnector", Some(MirrorRole::Heartbeat)),
        ("io.confluent.connect.jdbc.JdbcSinkConnector", None),
    ] {
        let told = properties(&format!(r#"{{"properties":{{"connector.class":"{class}"}}}}"#));
        assert_eq!(told.role(), role, "{class}");
    }
    assert_eq!(MirrorProperties::default().role(), None);
}

#[test]
fn records_that_repeat_secrets_are_not_looked_into() {
    for key in
        ["task-copy-0", "session-key", "tasks-fencing-copy", "restart-connector-copy", "logger-cluster-a"]
    {
        assert_eq!(json(Kind::Configs, key, "this is not even JSON"), MirrorRecord::Other, "{key}");
    }
    let gone = MirrorRecord::Connector { connector: "copy", properties: None };
    assert_eq!(decode(Kind::Configs, b"connector-copy", None), Ok(gone));
}
