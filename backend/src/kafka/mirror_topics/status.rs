//! `mm2-status.<alias>.internal`: what connectors and tasks do (Kafka Connect's KafkaStatusBackingStore).

use serde::Deserialize;

use super::Fault;
use super::json::{self, Text};
use super::record::{ConnectState, MirrorRecord, Status};

/// So much of a trace is kept, in characters.
const TRACE: usize = 300;

#[derive(Deserialize)]
struct Value<'a> {
    #[serde(borrow)]
    state: Text<'a>,
    #[serde(borrow, default)]
    trace: Option<Text<'a>>,
    #[serde(borrow, default)]
    worker_id: Option<Text<'a>>,
}

pub(super) fn read<'a>(key: &'a [u8], value: Option<&'a [u8]>) -> Result<MirrorRecord<'a>, Fault> {
    let key = json::key(key)?;
    if let Some(connector) = key.strip_prefix("status-connector-") {
        return Ok(MirrorRecord::ConnectorStatus { connector, status: status(value)? });
    }
    if let Some(task) = key.strip_prefix("status-task-") {
        // Names have dashes too.
        let parts = task.rsplit_once('-').and_then(|(name, task)| Some((name, task.parse().ok()?)));
        let Some((connector, task)) = parts else {
            return Err(Fault::Value { what: "a task without a number", at: key.len() });
        };
        return Ok(MirrorRecord::TaskStatus { connector, task, status: status(value)? });
    }
    Ok(MirrorRecord::Other)
}

fn status(value: Option<&[u8]>) -> Result<Option<Status<'_>>, Fault> {
    let told: Option<Value<'_>> = value.map(json::read).transpose()?.flatten();
    Ok(told.map(|told| Status {
        state: state(&told.state.0),
        trace: told.trace.map(|trace| first_line(&trace.0)),
        worker_id: told.worker_id.map(|worker| worker.0),
    }))
}

fn first_line(trace: &str) -> String {
    trace.lines().next().unwrap_or_default().chars().take(TRACE).collect()
}

fn state(name: &str) -> ConnectState {
    match name {
        "RUNNING" => ConnectState::Running,
        "PAUSED" => ConnectState::Paused,
        "STOPPED" => ConnectState::Stopped,
        "FAILED" => ConnectState::Failed,
        "UNASSIGNED" => ConnectState::Unassigned,
        "RESTARTING" => ConnectState::Restarting,
        "DESTROYED" => ConnectState::Destroyed,
        _ => ConnectState::Unknown,
    }
}
