//! Takes in what a tail reads of mirrors' topics.

use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
};

use shared::topology::FlowSettings;
use tokio::sync::Notify;

use super::{Refusal, Tap};
use crate::{
    capabilities::topology::model::{Name, Seen, Settings, State, Told, Traces},
    kafka::{
        mirror_topics::{
            self, ConnectState, Kind, MirrorProperties, MirrorRecord, Status, SyncsLocation, TargetState,
        },
        read::{Receive, TailEvent, TailRecord, Trouble},
    },
    runtime::Clock,
};

/// The connector that copies, as MirrorMaker 2 names it.
const CONNECTOR: &str = "MirrorSourceConnector";

/// The receiving end of a tail.
pub struct Receiver {
    tap: Arc<Tap>,
    kinds: HashMap<Name, (Kind, Option<Name>)>,
    clock: Clock,
    stopped: Arc<Notify>,
}

impl Receiver {
    /// Of topics of these kinds.
    pub fn new(
        tap: Arc<Tap>,
        kinds: HashMap<Name, (Kind, Option<Name>)>,
        clock: Clock,
        stopped: Arc<Notify>,
    ) -> Self {
        Self { tap, kinds, clock, stopped }
    }
}

impl Receive for Receiver {
    fn record(&mut self, record: &TailRecord<'_>) {
        self.tap.records.fetch_add(1, Ordering::Relaxed);
        let Some((topic, (kind, alias))) = self.kinds.get_key_value(record.topic) else { return };
        // What is called like one of a mirror's topics and holds something else tells nothing.
        let Ok(told) = mirror_topics::decode(*kind, record.key.unwrap_or_default(), record.value) else {
            return;
        };
        let time_ms = record.timestamp_ms.unwrap_or_default();
        let mut state = self.tap.state();
        // Something comes: what was in the way is over.
        state.trouble = None;
        // Records of heartbeats are of now once their end was reached.
        let is_of_now = !state.open.contains(&(topic.clone(), record.partition));
        let now_ms = self.clock.now().timestamp_millis();
        let seen = if is_of_now { Seen::Now(now_ms) } else { Seen::Before(now_ms) };
        take(Arc::make_mut(&mut state.traces), alias.as_deref(), told, time_ms, seen);
    }

    fn event(&mut self, event: TailEvent) {
        match event {
            TailEvent::End { topic, partition, .. } => {
                let mut state = self.tap.state();
                state.open.remove(&(topic, partition));
                if state.open.is_empty() {
                    state.before = None;
                }
            }
            TailEvent::Backwards { .. } => {}
            TailEvent::Trouble(trouble) => self.trouble(trouble),
        }
    }
}

impl Receiver {
    /// A topic that may not be read is left out, so that the others are; anything else may pass.
    fn trouble(&self, trouble: Trouble) {
        let now = self.clock.now();
        let is_of_rights = trouble.code.is_some_and(|code| code.is_of_rights());
        let topic = trouble.topic.as_ref().filter(|_| is_of_rights);
        let Some((topic, (kind, alias))) = topic.and_then(|topic| self.kinds.get_key_value(topic)) else {
            return self.tap.in_the_way(trouble.sentence, now);
        };
        let refusal = Refusal { kind: *kind, alias: alias.clone(), since: now, sentence: trouble.sentence };
        self.tap.state().refused.insert(topic.clone(), refusal);
        self.stopped.notify_one();
    }
}

fn take(traces: &mut Traces, alias: Option<&str>, told: MirrorRecord<'_>, time_ms: i64, seen: Seen) {
    match told {
        MirrorRecord::Heartbeat(beat) => {
            let Some(written_ms) = beat.timestamp_ms else { return };
            match alias {
                None => traces.beat((beat.source, beat.target), written_ms, seen),
                Some(way) => traces.copied_beat(way, written_ms, seen),
            }
        }
        MirrorRecord::OffsetSync(sync) => {
            let (Some(alias), Some(pair)) = (alias, sync.offsets) else { return };
            traces.synced((alias, sync.topic, sync.partition), (pair.upstream, pair.downstream), time_ms);
        }
        MirrorRecord::Checkpoint(checkpoint) => {
            if let (Some(alias), Some(_)) = (alias, checkpoint.offsets) {
                traces.checkpointed(alias, checkpoint.group, time_ms);
            }
        }
        MirrorRecord::SourceOffset(offset) => {
            traces.stored((&offset.cluster, &offset.topic, offset.partition), offset.offset, time_ms);
        }
        other => {
            if let Some(alias) = alias {
                connect(traces, alias, other, time_ms);
            }
        }
    }
}

fn connect(traces: &mut Traces, alias: &str, told: MirrorRecord<'_>, time_ms: i64) {
    let connectors = traces.connectors_to_change(alias);
    match told {
        MirrorRecord::ConnectorStatus { connector, status } => match status {
            Some(status) => drop(connectors.states.insert(connector.into(), state(status, time_ms))),
            None => drop(connectors.states.remove(connector)),
        },
        MirrorRecord::TaskStatus { connector, task, status } => {
            let name = Name::from(format!("{connector}-{task}"));
            match status {
                Some(status) => drop(connectors.states.insert(name, state(status, time_ms))),
                None => drop(connectors.states.remove(&name)),
            }
        }
        MirrorRecord::Connector { connector, properties } if connector == CONNECTOR => {
            connectors.settings = properties.map(|properties| settings(*properties));
        }
        MirrorRecord::TargetState { connector, state } if connector == CONNECTOR => {
            connectors.wanted = state.map(|state| match state {
                TargetState::Started => State::Running,
                TargetState::Paused => State::Paused,
                TargetState::Stopped => State::Stopped,
                TargetState::Unknown => State::Other,
            });
        }
        MirrorRecord::TaskCount { connector, count } if connector == CONNECTOR => {
            connectors.task_count = count
        }
        _ => {}
    }
}

fn state(status: Status<'_>, time_ms: i64) -> Told {
    let state = match status.state {
        ConnectState::Running => State::Running,
        ConnectState::Paused => State::Paused,
        ConnectState::Stopped => State::Stopped,
        ConnectState::Failed => State::Failed,
        ConnectState::Unassigned => State::Unassigned,
        ConnectState::Restarting | ConnectState::Destroyed | ConnectState::Unknown => State::Other,
    };
    Told { state, trace: status.trace, worker: status.worker_id.map(std::borrow::Cow::into_owned), time_ms }
}

fn settings(properties: MirrorProperties) -> Settings {
    let level = |is_committed| if is_committed { "read_committed" } else { "read_uncommitted" };
    Settings {
        is_enabled: properties.is_enabled,
        target_alias: properties.target_alias,
        separator: properties.separator,
        separates_internal: properties.separates_internal.unwrap_or(true),
        are_syncs_at_target: properties.syncs_location == Some(SyncsLocation::Target),
        begins_at_end: properties.begins_at_end == Some(true),
        beats: properties.emits_heartbeats,
        shown: FlowSettings {
            topics: properties.topics,
            topics_exclude: properties.topics_exclude,
            isolation_level: properties.reads_committed.map(|it| level(it).to_owned()),
            policy_class: properties.policy_class,
            refresh_seconds: properties.refresh_topics_seconds.map(|seconds| seconds as f64),
            ..FlowSettings::default()
        },
    }
}
