//! What has changed of flows, for the timeline: a finding that came, one that went.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use shared::{
    DateTime,
    event::{Event, Subject},
    topology::{Finding, FindingKind, NOUN},
    units::duration,
    verdict::Severity,
};

use super::gather::{gather, word};
use crate::capabilities::topology::model::{FlowRow, FlowsSnapshot};

/// Kinds that are told as they are, and are no news.
const STANDING: [FindingKind; 3] =
    [FindingKind::CopiesAborted, FindingKind::NotReadable, FindingKind::NotSeen];

/// What happened between two turns.
pub fn events(
    previous: Option<&FlowsSnapshot>,
    flows: &[Arc<FlowRow>],
    is_watched: impl Fn(&str) -> bool,
    now: DateTime,
) -> Vec<Event> {
    let mut events = changed(previous, flows, now);
    // The timeline is one of each cluster that is watched.
    for event in &mut events {
        let Subject::Flow { source, .. } = &event.subject else { continue };
        if !event.cluster.as_deref().is_some_and(&is_watched) {
            event.cluster = Some(source.clone());
        }
    }
    events
}

fn changed(previous: Option<&FlowsSnapshot>, flows: &[Arc<FlowRow>], now: DateTime) -> Vec<Event> {
    let Some(previous) = previous else { return first(flows, now) };
    let mut events = Vec::new();
    for flow in flows {
        match previous.flow(&flow.id) {
            Some(before) => events.extend(changes(before, flow, now)),
            None => {
                // What was not read before may have been there all the time.
                let was_read = [&flow.source, &flow.target].into_iter().all(|end| previous.was_read(end));
                if was_read {
                    let sentence = format!("{} is mirrored to {}", flow.source, flow.target);
                    events.push(event(
                        flow,
                        "flow_found".into(),
                        Severity::Unknown,
                        sentence,
                        None,
                        vec![],
                        now,
                    ));
                }
                events.extend(troubles(flow, now));
            }
        }
    }
    let is_gone = |before: &&Arc<FlowRow>| flows.iter().all(|flow| flow.id != before.id);
    for before in previous.flows.iter().filter(is_gone) {
        let sentence =
            format!("Nothing shows any more that {} is mirrored to {}", before.source, before.target);
        events.push(event(before, "flow_gone".into(), Severity::Unknown, sentence, None, vec![], now));
    }
    events
}

/// At the start of Riverkeeper what is wrong already is told once.
fn first(flows: &[Arc<FlowRow>], now: DateTime) -> Vec<Event> {
    flows.iter().flat_map(|flow| troubles(flow, now)).collect()
}

fn troubles(flow: &FlowRow, now: DateTime) -> Vec<Event> {
    let found = news(flow);
    found.into_values().map(|finding| came(flow, finding, now)).collect()
}

/// What was told of a flow when it was judged.
fn news(flow: &FlowRow) -> BTreeMap<FindingKind, Finding> {
    let findings = gather(flow, |_| true, flow.judged_ms).findings.into_iter();
    let told = findings.filter(|finding| !STANDING.contains(&finding.kind));
    let mut by_kind = BTreeMap::new();
    for finding in told {
        by_kind.entry(finding.kind).or_insert(finding);
    }
    by_kind
}

fn changes(before: &FlowRow, flow: &FlowRow, now: DateTime) -> Vec<Event> {
    let (old, new) = (news(before), news(flow));
    // What was remembered over a restart of ours is known by its kind alone.
    let was_told = |kind: &FindingKind| old.contains_key(kind) || before.since.contains_key(kind);
    let mut events: Vec<Event> = Vec::new();
    for (kind, finding) in &new {
        let is_worse = |old: &Finding| old.severity < finding.severity || more(old, finding);
        if !was_told(kind) || old.get(kind).is_some_and(is_worse) {
            events.push(came(flow, finding.clone(), now));
        }
    }
    let is_blind = flow
        .troubles
        .iter()
        .any(|it| matches!(it.kind, FindingKind::ClusterSilent | FindingKind::NotReadable));
    let kinds: BTreeSet<FindingKind> = old.keys().chain(before.since.keys()).copied().collect();
    let is_over = |kind: &FindingKind| {
        let may_be_told = !is_blind || *kind == FindingKind::ClusterSilent;
        !STANDING.contains(kind) && !new.contains_key(kind) && may_be_told
    };
    for kind in kinds.into_iter().filter(is_over) {
        events.push(over(flow, kind, (old.get(&kind), before.since.get(&kind).copied()), now));
    }
    events
}

/// A finding is over; what it said is known unless it was told before a restart of ours.
fn over(
    flow: &FlowRow,
    kind: FindingKind,
    (finding, since_ms): (Option<&Finding>, Option<i64>),
    now: DateTime,
) -> Event {
    let since = since_ms.and_then(DateTime::from_timestamp_millis);
    let lasted = since.map(|since| format!("It lasted {}.", duration(now - since)));
    let lost = finding.filter(|_| kind == FindingKind::SilentLoss).map(|finding| finding.sentence.clone());
    let topics = finding.map(|finding| finding.topics.clone()).unwrap_or_default();
    let sentence = format!("{}: {}", way(flow), healed(kind));
    event(flow, format!("{}_over", word(kind)), Severity::Ok, sentence, lost.or(lasted), topics, now)
}

/// Whether a finding is of more topics, where each of them is news.
fn more(old: &Finding, new: &Finding) -> bool {
    let each_is_news = matches!(
        new.kind,
        FindingKind::SilentLoss
            | FindingKind::TopicRecreated
            | FindingKind::MissingTopic
            | FindingKind::CopiedAgain
    );
    each_is_news && new.topics.iter().any(|topic| !old.topics.contains(topic))
}

fn came(flow: &FlowRow, finding: Finding, now: DateTime) -> Event {
    let sentence = finding.sentence.strip_suffix('.').unwrap_or(&finding.sentence);
    let sentence = format!("{}: {}", way(flow), continued(sentence));
    event(flow, word(finding.kind), finding.severity, sentence, finding.detail, finding.topics, now)
}

/// A sentence behind a colon: it begins small, unless it begins with a name.
fn continued(sentence: &str) -> String {
    const WORDS: [&str; 8] = ["Heartbeats", "It", "Its", "No", "Nothing", "Task", "The", "What"];
    let first = sentence.split(' ').next().filter(|first| WORDS.contains(first));
    let mut rest = sentence.chars();
    match first.and_then(|_| rest.next()) {
        Some(large) => large.to_lowercase().collect::<String>() + rest.as_str(),
        None => sentence.to_owned(),
    }
}

fn way(flow: &FlowRow) -> String {
    format!("{} → {}", flow.source, flow.target)
}

fn healed(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::SilentLoss => "it copies again, behind the records that are lost",
        FindingKind::TopicRecreated => "the topic that was created again is no news any more",
        FindingKind::NoProgress => "it copies again",
        FindingKind::Paused => "its connector is to run again",
        FindingKind::ConnectorFailed => "its connector works again",
        FindingKind::NotRunning => "a process runs it again",
        FindingKind::HeartbeatsSilent => "its heartbeats come again",
        FindingKind::Behind => "it has caught up",
        FindingKind::CopiedAgain => "nothing is copied a second time any more",
        FindingKind::MissingTopic => "what was missing is there",
        FindingKind::LatencyDisagrees => "its latencies agree again",
        FindingKind::ClusterSilent => "the clusters at both ends answer",
        _ => "it is over",
    }
}

fn event(
    flow: &FlowRow,
    kind: String,
    severity: Severity,
    sentence: String,
    detail: Option<String>,
    topics: Vec<String>,
    time: DateTime,
) -> Event {
    Event {
        time,
        cluster: Some(flow.target.to_string()),
        noun: NOUN.into(),
        kind,
        subject: Subject::Flow { flow: flow.id.clone(), source: flow.source.to_string() },
        severity,
        sentence,
        detail,
        topics,
    }
}
