//! A flow as one sees it who may see some of its topics: sums, findings and verdict.

use std::sync::Arc;

use chrono::DateTime;
use shared::{
    topology::{Finding, FindingKind, FlowVerdict},
    units::{count, counted},
    verdict::{Reason, Severity},
};

use super::{
    flow::verdict_of,
    topic::{refresh_patience_ms, verdict_of as verdict_of_topic},
};
use crate::capabilities::topology::model::{FlowRow, FlowTrouble, Name, TopicRow, TopicTrouble};

/// Topics that a finding lists at most.
const MOST_TOPICS: usize = 100;
/// Topics that a sentence names.
const NAMED: usize = 3;

/// A flow, summed up.
#[derive(Clone, Debug, PartialEq)]
pub struct Gathered {
    /// Topics.
    pub topics: u32,
    /// Records that are not copied.
    pub lag_records: Option<u64>,
    /// Whether it is not known of some partitions.
    pub lag_is_at_least: bool,
    /// How long the oldest of them has waited, in ms.
    pub age_ms: Option<i64>,
    /// Records that are written at the source each second.
    pub source_rate: Option<f64>,
    /// Records that are written at the target each second.
    pub target_rate: Option<f64>,
    /// What is wrong, worst first.
    pub findings: Vec<Finding>,
    /// How it is.
    pub verdict: FlowVerdict,
    /// Why.
    pub reason: Option<Reason>,
}

impl Default for Gathered {
    fn default() -> Self {
        Self {
            topics: 0,
            lag_records: None,
            lag_is_at_least: false,
            age_ms: None,
            source_rate: None,
            target_rate: None,
            findings: vec![],
            verdict: FlowVerdict::Unknown,
            reason: None,
        }
    }
}

/// A flow with these of its topics, by their names at the source.
pub fn gather(flow: &FlowRow, sees: impl Fn(&TopicRow) -> bool, now_ms: i64) -> Gathered {
    gather_named(flow, sees, |_| true, now_ms)
}

/// The same, where not every topic that is missing may be named either.
pub fn gather_named(
    flow: &FlowRow,
    sees: impl Fn(&TopicRow) -> bool,
    sees_name: impl Fn(&str) -> bool,
    now_ms: i64,
) -> Gathered {
    let topics: Vec<&Arc<TopicRow>> = flow.topics.iter().filter(|row| sees(row)).collect();
    let sum = |of: fn(&TopicRow) -> Option<f64>| {
        let known: Vec<f64> = topics.iter().filter_map(|row| of(row)).collect();
        (!known.is_empty()).then(|| known.into_iter().sum())
    };
    let lags: Vec<u64> = topics.iter().filter_map(|row| row.lag_records).collect();
    let mut gathered = Gathered {
        topics: u32::try_from(topics.len()).unwrap_or(u32::MAX),
        lag_is_at_least: !lags.is_empty() && topics.iter().any(|row| row.lag_is_at_least),
        lag_records: (!lags.is_empty()).then(|| lags.iter().sum()),
        age_ms: topics.iter().filter_map(|row| row.age_ms).max(),
        source_rate: sum(|row| row.source_rate),
        target_rate: sum(|row| row.target_rate),
        ..Gathered::default()
    };
    let mut told: Vec<Said> = of_flow(flow, gathered.lag_records);
    told.extend(of_topics(&topics));
    told.extend(missing(flow, sees_name, now_ms));
    for Said { finding, .. } in &mut told {
        let since = flow.since.get(&finding.kind).and_then(|ms| DateTime::from_timestamp_millis(*ms));
        finding.since = since.or(finding.since);
    }
    told.sort_by_key(|said| std::cmp::Reverse((said.verdict, said.finding.severity)));
    // A few that are known do not make the others well.
    let is_known = lags.len() * 2 > topics.len();
    let quiet = if is_known { FlowVerdict::Ok } else { FlowVerdict::Unknown };
    gathered.verdict = told.iter().filter_map(|said| said.verdict).max().unwrap_or(quiet).max(quiet);
    // What is known is of before.
    let is_blind =
        |said: &Said| matches!(said.finding.kind, FindingKind::ClusterSilent | FindingKind::NotReadable);
    if told.iter().any(is_blind) {
        gathered.verdict = FlowVerdict::Unknown;
    }
    let decisive = told.iter().find(|said| said.verdict == Some(gathered.verdict));
    gathered.reason = decisive.map(reason);
    gathered.findings = told.into_iter().map(|said| said.finding).collect();
    gathered
}

/// A finding, how a flow is that has it, and the records that it is about.
struct Said {
    verdict: Option<FlowVerdict>,
    finding: Finding,
    records: Option<u64>,
}

fn reason(Said { finding, records, .. }: &Said) -> Reason {
    Reason {
        rule: word(finding.kind),
        value: records.map(|records| records as f64),
        limit: None,
        unit: records.map(|_| "records".into()),
        severity: finding.severity,
        since: finding.since,
        sentence: finding.sentence.clone(),
    }
}

/// A kind as it is written.
pub fn word(kind: FindingKind) -> String {
    let written = serde_json::to_value(kind).ok();
    written.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What is wrong with the flow as a whole; of one that stands, with what waits for it.
fn of_flow(flow: &FlowRow, lag: Option<u64>) -> Vec<Said> {
    let said = |trouble: &FlowTrouble| {
        let verdict = verdict_of(trouble.kind, trouble.severity);
        let waiting = lag.filter(|lag| *lag > 0 && verdict == Some(FlowVerdict::Stopped));
        let sentence = match waiting {
            Some(lag) => {
                let wait = if lag == 1 { "record waits" } else { "records wait" };
                let sentence = trouble.sentence.strip_suffix('.').unwrap_or(&trouble.sentence);
                format!("{sentence}, and {} {wait}.", count(lag))
            }
            None => trouble.sentence.clone(),
        };
        let finding = Finding {
            kind: trouble.kind,
            severity: trouble.severity,
            since: trouble.since_ms.and_then(DateTime::from_timestamp_millis),
            sentence,
            detail: trouble.detail.clone(),
            topics: vec![],
        };
        Said { verdict, finding, records: lag }
    };
    flow.troubles.iter().map(said).collect()
}

/// The same trouble of several topics is one finding.
fn of_topics(topics: &[&Arc<TopicRow>]) -> Vec<Said> {
    let kinds = [
        (FindingKind::SilentLoss, true),
        (FindingKind::TopicRecreated, true),
        (FindingKind::NoProgress, false),
        (FindingKind::TopicRecreated, false),
        (FindingKind::CopiedAgain, false),
        (FindingKind::Behind, false),
    ];
    let mut found = Vec::new();
    for (kind, loses) in kinds {
        let of_kind = |it: &&TopicTrouble| it.kind == kind && it.loses == loses;
        let each: Vec<(&Name, &TopicTrouble)> = topics
            .iter()
            .flat_map(|row| row.troubles.iter().filter(of_kind).map(|it| (&row.source_topic, it)))
            .collect();
        let Some((_, first)) = each.first() else { continue };
        let verdict = verdict_of_topic(first);
        let since_ms = each.iter().map(|(_, it)| it.since_ms).min();
        found.push(Said {
            verdict: Some(verdict),
            records: Some(each.iter().map(|(_, it)| it.records).sum()),
            finding: Finding {
                kind,
                severity: verdict.severity(),
                since: since_ms.and_then(DateTime::from_timestamp_millis),
                sentence: sentence(kind, loses, &each),
                detail: None,
                topics: each.iter().take(MOST_TOPICS).map(|(name, _)| name.to_string()).collect(),
            },
        });
    }
    found
}

/// What is wrong with a topic, in a sentence.
pub fn of_topic(row: &TopicRow) -> Option<Reason> {
    let trouble = row.troubles.first()?;
    let verdict = verdict_of_topic(trouble);
    Some(Reason {
        rule: word(trouble.kind),
        value: Some(trouble.records as f64),
        limit: None,
        unit: Some("records".into()),
        severity: verdict.severity(),
        since: DateTime::from_timestamp_millis(trouble.since_ms),
        sentence: sentence(trouble.kind, trouble.loses, &[(&row.source_topic, trouble)]),
    })
}

fn sentence(kind: FindingKind, loses: bool, each: &[(&Name, &TopicTrouble)]) -> String {
    let records: u64 = each.iter().map(|(_, it)| it.records).sum();
    let (records, are) = (counted(records, "record", "records"), if records == 1 { "is" } else { "are" });
    let wait = if are == "is" { "waits" } else { "wait" };
    let of = place(each);
    match (kind, each) {
        (FindingKind::SilentLoss, _) => {
            format!("{records} of {of} {are} gone by retention and were never copied.")
        }
        (FindingKind::TopicRecreated, [(topic, _)]) if loses => {
            format!("{topic} was deleted and created again: its first {records} {are} not copied.")
        }
        (FindingKind::TopicRecreated, _) if loses => {
            format!("{of} were deleted and created again: their first {records} {are} not copied.")
        }
        (FindingKind::TopicRecreated, [(topic, _)]) => {
            format!("{topic} was deleted and created again; the new one is copied from its beginning.")
        }
        (FindingKind::TopicRecreated, _) => {
            format!("{of} were deleted and created again; the new ones are copied from their beginning.")
        }
        (FindingKind::NoProgress, [(topic, it)]) if it.partitions == 1 => {
            let offset = count(it.offset.max(0).unsigned_abs());
            format!(
                "The copying of {topic}-{} stands at offset {offset} while {records} {wait}.",
                it.partition
            )
        }
        (FindingKind::NoProgress, _) => format!("The copying of {of} stands while {records} {wait}."),
        (FindingKind::CopiedAgain, _) => {
            format!(
                "{of} {} copied again: {records} {} a second time.",
                is_or_are(each),
                if are == "is" { "arrives" } else { "arrive" }
            )
        }
        _ => format!("{records} of {of} {wait} longer than they should."),
    }
}

fn is_or_are(each: &[(&Name, &TopicTrouble)]) -> &'static str {
    if each.len() == 1 { "is" } else { "are" }
}

/// `orders-2`, `orders`, `orders, clicks and payments`, `14 topics`.
fn place(each: &[(&Name, &TopicTrouble)]) -> String {
    match each {
        [(topic, it)] if it.partitions == 1 => format!("{topic}-{}", it.partition),
        [(topic, _)] => topic.to_string(),
        [.., (last, _)] if each.len() <= NAMED => {
            let before: Vec<&str> =
                each.iter().take(each.len() - 1).map(|(topic, _)| topic.as_ref()).collect();
            format!("{} and {last}", before.join(", "))
        }
        _ => counted(each.len() as u64, "topic", "topics"),
    }
}

/// Topics that are wanted, that the mirror has had the time to see, and that are not at the target.
fn missing(flow: &FlowRow, sees_name: impl Fn(&str) -> bool, now_ms: i64) -> Option<Said> {
    let patience_ms = refresh_patience_ms(&flow.settings);
    let late = |(name, since): &(&Name, &i64)| now_ms - **since > patience_ms && sees_name(name);
    let names: Vec<(&Name, &i64)> = flow.missing.iter().filter(late).collect();
    let (first, _) = names.first()?;
    let since_ms = names.iter().map(|(_, since)| **since).min();
    let (target, source) = (&flow.target, &flow.source);
    let sentence = match names.len() {
        1 => format!("{first} of {source} fits the filter, and is not on {target}."),
        many => format!(
            "{} of {source} fit the filter, and are not on {target}.",
            counted(many as u64, "topic", "topics")
        ),
    };
    let finding = Finding {
        kind: FindingKind::MissingTopic,
        severity: Severity::Warning,
        since: since_ms.and_then(DateTime::from_timestamp_millis),
        sentence,
        detail: None,
        topics: names.iter().take(MOST_TOPICS).map(|(name, _)| name.to_string()).collect(),
    };
    let verdict = verdict_of(FindingKind::MissingTopic, Severity::Warning);
    Some(Said { verdict, finding, records: None })
}
