//! `mm2-configs.<alias>.internal`: what connectors are told (Kafka Connect's KafkaConfigBackingStore).
//!
//! Passwords stand here in clear. What is taken is named in [`Taken`], and serde drops everything else as it passes by.
//! Records of tasks, which repeat their connector's properties, and of session keys are not looked into.

use std::str::FromStr;

use serde::Deserialize;

use super::Fault;
use super::json::{self, Text};
use super::record::{MirrorProperties, MirrorRecord, SyncsLocation, TargetState};

#[derive(Deserialize)]
struct Connector {
    properties: Taken,
}

/// The properties that are taken. It cannot be shown, so that it is not by mistake.
#[derive(Deserialize)]
struct Taken {
    #[serde(rename = "connector.class")]
    connector_class: Option<String>,
    #[serde(rename = "source.cluster.alias")]
    source_alias: Option<String>,
    #[serde(rename = "target.cluster.alias")]
    target_alias: Option<String>,
    enabled: Option<String>,
    topics: Option<String>,
    #[serde(rename = "topics.exclude")]
    topics_exclude: Option<String>,
    #[serde(rename = "topics.blacklist")]
    topics_blacklist: Option<String>,
    #[serde(rename = "replication.policy.class")]
    policy_class: Option<String>,
    #[serde(rename = "replication.policy.separator")]
    separator: Option<String>,
    #[serde(rename = "replication.policy.internal.topic.separator.enabled")]
    separates_internal: Option<String>,
    #[serde(rename = "offset-syncs.topic.location")]
    syncs_location: Option<String>,
    #[serde(rename = "refresh.topics.enabled")]
    refreshes_topics: Option<String>,
    #[serde(rename = "refresh.topics.interval.seconds")]
    refresh_topics_seconds: Option<String>,
    #[serde(rename = "emit.heartbeats.enabled")]
    emits_heartbeats: Option<String>,
    #[serde(rename = "emit.heartbeats.interval.seconds")]
    emit_heartbeats_seconds: Option<String>,
    #[serde(rename = "offset.flush.interval.ms")]
    offset_flush_ms: Option<String>,
    #[serde(rename = "source.consumer.isolation.level")]
    source_isolation: Option<String>,
    #[serde(rename = "consumer.isolation.level")]
    isolation: Option<String>,
    #[serde(rename = "source.consumer.auto.offset.reset")]
    source_reset: Option<String>,
    #[serde(rename = "consumer.auto.offset.reset")]
    reset: Option<String>,
    #[serde(rename = "offset.lag.max")]
    offset_lag_max: Option<String>,
}

/// Old readers know no STOPPED, so they are told PAUSED in `state` then.
#[derive(Deserialize)]
struct Target<'a> {
    #[serde(borrow)]
    state: Option<Text<'a>>,
    #[serde(borrow, rename = "state.v2")]
    state_v2: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Commit {
    tasks: u32,
}

pub(super) fn read<'a>(key: &'a [u8], value: Option<&'a [u8]>) -> Result<MirrorRecord<'a>, Fault> {
    let key = json::key(key)?;
    if let Some(connector) = key.strip_prefix("connector-") {
        let told: Option<Connector> = told(value)?;
        let properties = told.map(|told| Box::new(told.properties.into()));
        return Ok(MirrorRecord::Connector { connector, properties });
    }
    if let Some(connector) = key.strip_prefix("target-state-") {
        let told: Option<Target<'_>> = told(value)?;
        return Ok(MirrorRecord::TargetState { connector, state: told.map(|told| target_state(&told)) });
    }
    if let Some(connector) = key.strip_prefix("commit-") {
        let told: Option<Commit> = told(value)?;
        return Ok(MirrorRecord::TaskCount { connector, count: told.map(|told| told.tasks) });
    }
    Ok(MirrorRecord::Other)
}

fn told<'a, T: Deserialize<'a>>(value: Option<&'a [u8]>) -> Result<Option<T>, Fault> {
    Ok(value.map(json::read).transpose()?.flatten())
}

fn target_state(told: &Target<'_>) -> TargetState {
    match told.state_v2.as_ref().or(told.state.as_ref()).map(|text| &*text.0) {
        Some("STARTED") => TargetState::Started,
        Some("PAUSED") => TargetState::Paused,
        Some("STOPPED") => TargetState::Stopped,
        _ => TargetState::Unknown,
    }
}

impl From<Taken> for MirrorProperties {
    fn from(taken: Taken) -> Self {
        Self {
            connector_class: taken.connector_class,
            source_alias: taken.source_alias,
            target_alias: taken.target_alias,
            is_enabled: flag(taken.enabled),
            topics: taken.topics,
            topics_exclude: taken.topics_exclude.or(taken.topics_blacklist),
            policy_class: taken.policy_class,
            separator: taken.separator,
            separates_internal: flag(taken.separates_internal),
            syncs_location: taken.syncs_location.and_then(|text| location(&text)),
            refreshes_topics: flag(taken.refreshes_topics),
            refresh_topics_seconds: number(taken.refresh_topics_seconds),
            emits_heartbeats: flag(taken.emits_heartbeats),
            emit_heartbeats_seconds: number(taken.emit_heartbeats_seconds),
            offset_flush_ms: number(taken.offset_flush_ms),
            // The one that is more of the source wins in MirrorMaker too.
            reads_committed: taken.source_isolation.or(taken.isolation).and_then(|text| committed(&text)),
            begins_at_end: taken.source_reset.or(taken.reset).map(|text| text.trim() == "latest"),
            offset_lag_max: number(taken.offset_lag_max),
        }
    }
}

/// As Kafka reads booleans: in any case, with blanks around.
fn flag(text: Option<String>) -> Option<bool> {
    bool::from_str(&text?.trim().to_ascii_lowercase()).ok()
}

fn number(text: Option<String>) -> Option<i64> {
    text?.trim().parse().ok()
}

fn location(text: &str) -> Option<SyncsLocation> {
    match text.trim().to_ascii_lowercase().as_str() {
        "source" => Some(SyncsLocation::Source),
        "target" => Some(SyncsLocation::Target),
        _ => None,
    }
}

fn committed(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "read_committed" => Some(true),
        "read_uncommitted" => Some(false),
        _ => None,
    }
}
