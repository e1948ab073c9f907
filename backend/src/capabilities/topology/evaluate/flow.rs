//! How one flow is as a whole: what its connector, its heartbeats and its clusters tell beside its topics.

use std::{collections::BTreeMap, sync::Arc};

use chrono::DateTime;
use shared::{
    topology::{Confidence, EvidenceKind, FindingKind, FlowKind, FlowVerdict, Latency, LatencyMethod},
    units::{count, counted},
    verdict::Severity,
};

use super::{
    gather::{Gathered, gather},
    topic::{Held, topic},
};
use crate::{
    capabilities::topology::{
        PAST_COLUMNS,
        model::{Beat, ClusterSample, End, FlowRow, FlowTrouble, Name, Plan, Policy, State, TopicRow},
    },
    series::Window,
};

/// The connector that copies, as MirrorMaker 2 names it.
const CONNECTOR: &str = "MirrorSourceConnector";
/// Deleted topics are remembered for so long, in ms: one that comes again under the same name is another.
const GONE_MS: i64 = 86_400_000;
/// Two latencies that are so many times apart, and by so many seconds, do not agree.
const APART: (f64, f64) = (3.0, 10.0);

/// A flow after a turn.
pub fn flow(
    clusters: &[ClusterSample],
    plan: &Plan,
    before: Option<&FlowRow>,
    (policy, held_ms, now_ms): (&Policy, std::time::Duration, i64),
) -> FlowRow {
    let at = |end: &End| end.watched().and_then(|at| clusters.get(at));
    let (source, target) = (at(&plan.source), at(&plan.target));
    let flush_ms = plan.settings.flush_seconds.map_or(policy.flush_ms, |seconds| (seconds * 1_000.0) as i64);
    let first_ms = before.map_or(now_ms, |before| before.first_ms);
    let held = Held { plan, source, target, policy, flush_ms, first_ms, now_ms };
    let known = |name: &Name| before.and_then(|before| before.known(name));
    let topics: Vec<Arc<TopicRow>> = match before.filter(|_| is_blind(&held)) {
        Some(before) => before.topics.iter().map(|row| Arc::new(unseen(row, now_ms))).collect(),
        None => plan
            .topics
            .iter()
            .map(|names| Arc::new(judged(&held, topic(&held, names, known(&names.0)))))
            .collect(),
    };
    let (source_name, target_name) = (name(clusters, &plan.source), name(clusters, &plan.target));
    let (bytes, bytes_are_estimated) = bytes(&held, &topics);
    let mut row = FlowRow {
        id: format!("{source_name}~{target_name}~{}", plan.kind.name()),
        source: source_name,
        target: target_name,
        target_aliases: plan.target_aliases.clone(),
        kind: plan.kind,
        evidence: plan.evidence.clone(),
        confidence: plan.confidence,
        policy: plan.policy.clone(),
        owner: plan.owner.clone(),
        gone: gone(before, &topics, now_ms),
        missing: missing(plan, before, now_ms),
        topics,
        troubles: vec![],
        beat_ms: beat(&held).map(|beat| beat.seen_ms),
        latency: latency(&held),
        settings: plan.settings.clone(),
        groups: target
            .and_then(|it| it.traces.checkpoints.get(&plan.alias))
            .map(|it| u32::try_from(it.groups.len()).unwrap_or(u32::MAX)),
        bytes,
        bytes_are_estimated,
        first_ms,
        judged_ms: now_ms,
        since: BTreeMap::new(),
        past: before.map_or_else(|| Window::new(PAST_COLUMNS, held_ms), |before| before.past.clone()),
        verdict: FlowVerdict::Unknown,
    };
    row.troubles = troubles(&held, &row);
    if let Some(before) = before.filter(|_| is_blind(&held)) {
        let is_new = |it: &FlowTrouble| row.troubles.iter().all(|known| known.kind != it.kind);
        let more: Vec<FlowTrouble> = lasting(before).filter(is_new).collect();
        row.troubles.extend(more);
        // Nobody knows what is over.
        row.since.clone_from(&before.since);
    }
    let gathered = gather(&row, |_| true, now_ms);
    row.since.extend(since(&gathered, before, now_ms));
    row.verdict = gathered.verdict;
    let latency = row.latency.first().map(|latency| latency.seconds as f32);
    let values =
        [gathered.lag_records.map(|lag| lag as f32), gathered.age_ms.map(|ms| ms as f32 / 1_000.0), latency];
    if let Some(now) = DateTime::from_timestamp_millis(now_ms) {
        row.past = row.past.push(now, &values);
    }
    row
}

/// Whether an end of the flow cannot be seen at present: then nothing new is told of its topics.
fn is_blind(held: &Held<'_>) -> bool {
    let is_unseen = |it: &ClusterSample| {
        let is_unread = it.missing.is_some() && it.logs.topics.is_empty();
        cluster_is_silent(it, held.now_ms).is_some() || !it.is_whole || it.trouble.is_some() || is_unread
    };
    [held.source, held.target].into_iter().flatten().any(is_unseen)
}

/// A topic, of which nothing is told before all is read for the first time.
fn judged(held: &Held<'_>, topic: TopicRow) -> TopicRow {
    if is_blind(held) {
        return TopicRow { troubles: vec![], verdict: FlowVerdict::Unknown, ..topic };
    }
    topic
}

/// A topic that is not seen at present. How long its positions stand is counted anew when it is.
fn unseen(row: &TopicRow, now_ms: i64) -> TopicRow {
    let mut row = row.clone();
    row.partitions.iter_mut().for_each(|partition| partition.moved_ms = now_ms);
    row
}

impl FlowRow {
    /// What was known of a topic, also of one that was deleted.
    fn known(&self, topic: &str) -> Option<&TopicRow> {
        let at = self.topics.binary_search_by(|row| (*row.source_topic).cmp(topic)).ok();
        at.and_then(|at| self.topics.get(at)).or_else(|| self.gone.get(topic)).map(AsRef::as_ref)
    }
}

/// The name of a cluster.
pub fn name(clusters: &[ClusterSample], end: &End) -> Name {
    match end {
        End::Watched(at) => {
            clusters.get(*at).map_or_else(|| "".into(), |cluster| cluster.declared.name.clone())
        }
        End::Unnamed(alias) => alias.clone(),
    }
}

fn since(gathered: &Gathered, before: Option<&FlowRow>, now_ms: i64) -> BTreeMap<FindingKind, i64> {
    let old = |kind: &FindingKind| before.and_then(|before| before.since.get(kind)).copied();
    let since = |kind: FindingKind, ms: Option<i64>| (kind, old(&kind).or(ms).unwrap_or(now_ms));
    gathered.findings.iter().map(|it| since(it.kind, it.since.map(|time| time.timestamp_millis()))).collect()
}

/// Topics that were there and are not, for a while.
fn gone(before: Option<&FlowRow>, topics: &[Arc<TopicRow>], now_ms: i64) -> BTreeMap<Name, Arc<TopicRow>> {
    let Some(before) = before else { return BTreeMap::new() };
    let is_there = |name: &Name| topics.binary_search_by(|row| row.source_topic.cmp(name)).is_ok();
    let was = before.topics.iter().map(|row| (row.source_topic.clone(), row.clone()));
    let all = before.gone.iter().map(|(name, row)| (name.clone(), row.clone())).chain(was);
    let is_young = |row: &TopicRow| {
        row.partitions.iter().filter_map(|row| row.ends.newest()).any(|(ms, _)| now_ms - ms < GONE_MS)
    };
    all.filter(|(name, row)| !is_there(name) && is_young(row)).collect()
}

fn missing(plan: &Plan, before: Option<&FlowRow>, now_ms: i64) -> BTreeMap<Name, i64> {
    let old = |name: &Name| before.and_then(|before| before.missing.get(name)).copied();
    plan.missing.iter().map(|name| (name.clone(), old(name).unwrap_or(now_ms))).collect()
}

/// Bytes that are written to the flow's topics at the target; about so many where others write there too, or some broker
/// does not tell.
fn bytes(held: &Held<'_>, topics: &[Arc<TopicRow>]) -> (Option<f64>, bool) {
    let Some(target) = held.target.and_then(|target| target.topics.as_ref()) else { return (None, false) };
    let rates: Vec<f64> =
        topics.iter().filter_map(|row| target.topic_bytes_in(row.target_topic.as_ref()?)).collect();
    let rate = target.rate();
    // A topic that nobody has written to since the broker began has no rate.
    let is_measured = rate.bytes_in.is_some();
    let is_shared = topics.iter().any(|row| row.target_topic.as_ref() == Some(&row.source_topic));
    (is_measured.then(|| rates.iter().fold(0.0, |sum, rate| sum + rate)), rate.at_least || is_shared)
}

/// The heartbeats that a mirror writes at its target.
fn beat<'a>(held: &'a Held<'_>) -> Option<&'a Beat> {
    let beats = &held.target?.traces.beats;
    let names = held.plan.target_aliases.iter();
    let found = names.filter_map(|target| beats.get(&(held.plan.alias.clone(), target.clone())));
    found.max_by_key(|beat| beat.seen_ms)
}

fn latency(held: &Held<'_>) -> Vec<Latency> {
    let copied = held.target.and_then(|target| target.traces.copied_beats.get(&held.plan.alias));
    let by_beats = copied.and_then(|beat| {
        let as_of = DateTime::from_timestamp_millis(beat.seen_ms)?;
        let is_of_now = held.now_ms - beat.seen_ms < held.policy.heartbeat_critical_ms;
        let seconds = beat.latency_ms().filter(|_| is_of_now)? as f64 / 1_000.0;
        Some(Latency { method: LatencyMethod::Heartbeats, seconds, as_of })
    });
    by_beats.into_iter().chain(by_syncs(held)).collect()
}

/// From the time of a record at the source, where that was looked at, to the time at which the mirror noted it.
fn by_syncs(held: &Held<'_>) -> Option<Latency> {
    let peeks = &held.source?.logs.peeks;
    let syncs = held.plan.target_aliases.iter().find_map(|alias| held.source?.traces.syncs.get(alias))?;
    let mut seen: Vec<(i64, i64)> = Vec::new();
    for ((topic, partition), peeked) in peeks {
        let sync = syncs.topics.get(topic).and_then(|partitions| partitions.get(partition));
        let Some(sync) = sync.filter(|sync| sync.upstream == peeked.offset) else { continue };
        let age_ms = peeked.first_ms.map(|written| (sync.time_ms - written).max(0));
        let is_of_now = held.now_ms - sync.time_ms < held.policy.heartbeat_critical_ms;
        seen.extend(age_ms.filter(|_| is_of_now).map(|age_ms| (age_ms, sync.time_ms)));
    }
    seen.sort_unstable();
    let (age_ms, time_ms) = *seen.get(seen.len() / 2)?;
    let as_of = DateTime::from_timestamp_millis(time_ms)?;
    Some(Latency { method: LatencyMethod::OffsetSyncs, seconds: age_ms as f64 / 1_000.0, as_of })
}

fn troubles(held: &Held<'_>, row: &FlowRow) -> Vec<FlowTrouble> {
    let ends =
        [held.source, held.target].into_iter().flatten().filter_map(|it| cluster_is_silent(it, held.now_ms));
    let mut found: Vec<FlowTrouble> = ends.collect();
    found.extend(cannot_be_read(held));
    if !is_blind(held) {
        found.extend(is_paused(held));
        found.extend(has_failed(held));
        found.extend(does_not_run(held));
        found.extend(heartbeats_are_silent(held));
    }
    found.extend(is_not_seen(held, row));
    found.extend(copies_what_was_aborted(held, row));
    found.extend(latencies_differ(row));
    found
}

/// A flow of before, while what tells of it is read anew.
pub fn being_read(before: &FlowRow) -> FlowRow {
    let sentence = format!("What the mirror left behind on {} is being read.", before.target);
    let reading = trouble(FindingKind::NotReadable, Severity::Unknown, sentence, None);
    let troubles = std::iter::once(reading).chain(lasting(before)).collect();
    FlowRow { troubles, verdict: FlowVerdict::Unknown, ..before.clone() }
}

/// What was wrong before and is not over, as far as anybody knows, while it cannot be seen.
fn lasting(before: &FlowRow) -> impl Iterator<Item = FlowTrouble> {
    let is_of_then = |kind| !matches!(kind, FindingKind::ClusterSilent | FindingKind::NotReadable);
    before.troubles.iter().filter(move |it| is_of_then(it.kind)).cloned()
}

fn trouble(kind: FindingKind, severity: Severity, sentence: String, detail: Option<&str>) -> FlowTrouble {
    FlowTrouble { kind, severity, sentence, detail: detail.map(str::to_owned), since_ms: None }
}

fn cluster_is_silent(cluster: &ClusterSample, now_ms: i64) -> Option<FlowTrouble> {
    let now = DateTime::from_timestamp_millis(now_ms)?;
    let is_silent = cluster.topics.as_ref().is_none_or(|topics| !topics.is_fresh(now));
    let name = &cluster.declared.name;
    is_silent.then(|| {
        let sentence = format!("{name} does not answer, so nobody knows whether records are copied.");
        trouble(FindingKind::ClusterSilent, Severity::Unknown, sentence, None)
    })
}

fn cannot_be_read(held: &Held<'_>) -> Option<FlowTrouble> {
    let unwatched = [(&held.plan.source, held.source), (&held.plan.target, held.target)];
    let unwatched = unwatched.into_iter().find_map(|(end, watched)| match end {
        End::Unnamed(alias) if watched.is_none() => Some(alias),
        _ => None,
    });
    if let Some(alias) = unwatched {
        let sentence = format!("{alias} is not watched, so nobody knows how far it has copied.");
        return Some(trouble(FindingKind::NotReadable, Severity::Unknown, sentence, None));
    }
    let target = held.target?;
    let passing = [held.source, held.target].into_iter().flatten().find_map(|it| it.trouble.as_deref());
    let unread = target.refused.get(&held.plan.alias).map(String::as_str).or(passing);
    let ends = [held.source, held.target].into_iter().flatten();
    let mut unread_logs = ends.filter(|it| it.missing.is_some() && it.logs.topics.is_empty());
    if let Some(cluster) = unread_logs.next() {
        let sentence = format!("The log ends of {} cannot be read at present.", cluster.declared.name);
        return Some(trouble(FindingKind::NotReadable, Severity::Unknown, sentence, None));
    }
    if let Some(why) = unread {
        let sentence = format!("What the mirror leaves behind cannot be read: {why}");
        return Some(trouble(FindingKind::NotReadable, Severity::Unknown, sentence, None));
    }
    if !target.is_whole {
        let sentence = format!("What the mirror left behind on {} is being read.", target.declared.name);
        return Some(trouble(FindingKind::NotReadable, Severity::Unknown, sentence, None));
    }
    let has_positions = target.traces.positions.contains_key(&held.plan.alias);
    let has_syncs = held.plan.evidence.iter().any(|it| it.kind == EvidenceKind::OffsetSyncs);
    let is_unseen = match held.plan.kind {
        FlowKind::MirrorMaker2 => !has_positions && !has_syncs && !held.plan.topics.is_empty(),
        _ => !has_positions,
    };
    is_unseen.then(|| {
        let sentence = match held.plan.kind {
            FlowKind::MirrorMaker2 => {
                "Nothing tells how far it has copied: in a cluster of Kafka Connect MirrorMaker keeps that in Connect's own \
                 offsets topic, which is not read."
            }
            _ => "Nothing tells how far it has copied.",
        };
        let sentence = sentence.to_owned();
        trouble(FindingKind::NotReadable, Severity::Unknown, sentence, None)
    })
}

/// What is wanted of the connector: a paused one copies nothing, while its process and heartbeats go on.
fn is_paused(held: &Held<'_>) -> Option<FlowTrouble> {
    let connectors = held.target?.traces.connectors.get(&held.plan.alias);
    let told = connectors.and_then(|connectors| connectors.state(CONNECTOR));
    let state = connectors.and_then(|connectors| connectors.wanted).or(told.map(|told| told.state));
    let word = match state {
        _ if held.plan.is_off => "switched off in its settings",
        Some(State::Paused) => "paused",
        Some(State::Stopped) => "stopped",
        _ => return None,
    };
    let sentence = format!("Its connector is {word}: nothing is copied.");
    let since_ms = told.map(|told| told.time_ms).filter(|_| !held.plan.is_off);
    Some(FlowTrouble { since_ms, ..trouble(FindingKind::Paused, Severity::Critical, sentence, None) })
}

fn has_failed(held: &Held<'_>) -> Option<FlowTrouble> {
    let connectors = held.target?.traces.connectors.get(&held.plan.alias)?;
    let of_connector = connectors.state(CONNECTOR).into_iter().map(|told| ("Its connector".to_owned(), told));
    let tasks = connectors
        .tasks(CONNECTOR)
        .map(|(name, told)| (format!("Task {}", name.rsplit('-').next().unwrap_or_default()), told));
    let mut failed = of_connector.chain(tasks).filter(|(_, told)| told.state == State::Failed);
    let (who, told) = failed.next()?;
    let more = failed.count();
    let and = if more > 0 {
        format!(", and {}", counted(more as u64, "more task", "more tasks"))
    } else {
        String::new()
    };
    let sentence = format!("{who} has failed{and}.");
    let detail = told.trace.as_deref();
    let since_ms = Some(told.time_ms);
    Some(FlowTrouble {
        since_ms,
        ..trouble(FindingKind::ConnectorFailed, Severity::Critical, sentence, detail)
    })
}

/// A worker that ends in order says so. One that is killed does not: heartbeats tell.
fn does_not_run(held: &Held<'_>) -> Option<FlowTrouble> {
    let told = held.target?.traces.connectors.get(&held.plan.alias)?.state(CONNECTOR)?;
    // A restart, or a connector that goes from one worker to another, takes a while.
    let lasts_ms = held.now_ms - told.time_ms;
    let severity = match lasts_ms {
        _ if told.state != State::Unassigned || lasts_ms <= held.policy.heartbeat_warning_ms => return None,
        lasts_ms if lasts_ms > held.policy.heartbeat_critical_ms => Severity::Critical,
        _ => Severity::Warning,
    };
    let sentence = "Its process was ended, and no other has taken over.".to_owned();
    let since_ms = Some(told.time_ms);
    Some(FlowTrouble { since_ms, ..trouble(FindingKind::NotRunning, severity, sentence, None) })
}

fn heartbeats_are_silent(held: &Held<'_>) -> Option<FlowTrouble> {
    let (beat, target) = (beat(held)?, held.target?);
    let settings = target.traces.connectors.get(&held.plan.alias).and_then(|it| it.settings.as_ref());
    if settings.is_some_and(|settings| settings.beats == Some(false)) {
        return None;
    }
    let age_ms = held.now_ms - beat.seen_ms;
    let at_least = |limit_ms: i64| limit_ms.max(3 * beat.interval_ms.unwrap_or_default());
    let severity = if age_ms > at_least(held.policy.heartbeat_critical_ms) {
        Severity::Critical
    } else if age_ms > at_least(held.policy.heartbeat_warning_ms) {
        Severity::Warning
    } else {
        return None;
    };
    let sentence = format!("No heartbeat of it has come to {}.", target.declared.name);
    let since_ms = Some(beat.seen_ms);
    Some(FlowTrouble { since_ms, ..trouble(FindingKind::HeartbeatsSilent, severity, sentence, None) })
}

fn is_not_seen(held: &Held<'_>, row: &FlowRow) -> Option<FlowTrouble> {
    let is_only_declared = held.plan.is_declared && row.evidence.len() == 1 && row.topics.is_empty();
    is_only_declared.then(|| {
        let sentence = format!("It is declared, and nothing on {} shows that it is there.", row.target);
        trouble(FindingKind::NotSeen, Severity::Unknown, sentence, None)
    })
}

fn copies_what_was_aborted(held: &Held<'_>, row: &FlowRow) -> Option<FlowTrouble> {
    let is_uncommitted = held.plan.settings.isolation_level.as_deref() == Some("read_uncommitted");
    let has_marks = |row: &&Arc<TopicRow>| row.partitions.iter().any(|partition| partition.has_marks);
    let topics = row.topics.iter().filter(has_marks).count();
    (is_uncommitted && topics > 0).then(|| {
        let copied = counted(topics as u64, "topic has", "topics have");
        let sentence = format!("{copied} transactions, and it copies records that were aborted as if they were not.");
        let detail = "Set source.consumer.isolation.level=read_committed for it; the first start after that still copies by the old setting.";
        trouble(FindingKind::CopiesAborted, Severity::Unknown, sentence, Some(detail))
    })
}

fn latencies_differ(row: &FlowRow) -> Option<FlowTrouble> {
    let [one, other] = row.latency.as_slice() else { return None };
    let (low, high) = (one.seconds.min(other.seconds), one.seconds.max(other.seconds));
    let differ = high - low > APART.1 && high > APART.0 * low;
    differ.then(|| {
        let sentence = format!(
            "Heartbeats and offset syncs tell latencies of {} and {} s: a clock may be wrong.",
            count(one.seconds as u64),
            count(other.seconds as u64)
        );
        trouble(FindingKind::LatencyDisagrees, Severity::Unknown, sentence, None)
    })
}

/// How a flow is that has such a trouble; none where it only informs.
pub fn verdict_of(kind: FindingKind, severity: Severity) -> Option<FlowVerdict> {
    match kind {
        FindingKind::Paused | FindingKind::ConnectorFailed => Some(FlowVerdict::Stopped),
        FindingKind::HeartbeatsSilent | FindingKind::NotRunning if severity == Severity::Critical => {
            Some(FlowVerdict::Stopped)
        }
        FindingKind::HeartbeatsSilent | FindingKind::NotRunning | FindingKind::MissingTopic => {
            Some(FlowVerdict::Behind)
        }
        FindingKind::NotReadable | FindingKind::ClusterSilent | FindingKind::NotSeen => {
            Some(FlowVerdict::Unknown)
        }
        _ => None,
    }
}

/// Whether it is sure enough that there is a flow to say that it was not declared.
pub fn is_sure(row: &FlowRow) -> bool {
    row.confidence >= Confidence::Proved
}
