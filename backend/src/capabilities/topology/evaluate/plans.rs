//! Which flows there are, by what mirrors have left behind, by what is declared, and by names of topics.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use shared::topology::{Confidence, Evidence, EvidenceKind, FlowKind, FlowSettings, RenamePolicy};

use super::{
    aliases::{named, names_of, source_of},
    filter::{Filter, is_own},
    topic::syncs_lie_at,
};
use crate::capabilities::topology::model::{
    ClusterSample, ClusterTopics, Connectors, DeclaredFlow, End, Name, Plan, Settings,
};

/// Names of topics at the target that look like one from the source, at least, before a flow is suspected.
const SUSPICIOUS: usize = 1;

/// The flows that there are.
pub fn plans(clusters: &[ClusterSample], declared: &[DeclaredFlow]) -> Vec<Plan> {
    let mut plans: Vec<Plan> = Vec::new();
    for target in 0..clusters.len() {
        plans.extend(into(clusters, target));
    }
    plans.extend(to_unnamed(clusters));
    plans.extend(suspected(clusters, &plans));
    for flow in declared {
        declare(clusters, &mut plans, flow);
    }
    plans
}

/// The flows of MirrorMaker 2 into a cluster.
fn into(clusters: &[ClusterSample], target: usize) -> Vec<Plan> {
    let Some(cluster) = clusters.get(target) else { return vec![] };
    let traces = &cluster.traces;
    let own: BTreeSet<&Name> =
        traces.positions.keys().chain(traces.checkpoints.keys()).chain(traces.connectors.keys()).collect();
    let aliases: BTreeSet<&Name> = own.iter().copied().chain(traces.copied_beats.keys()).collect();
    // Heartbeats are copied on: `west.east` is no cluster, but what `west` had from `east`.
    let is_of_another = |alias: &Name| {
        let had_by = |other: &Name| {
            let rest = alias.strip_prefix(&**other);
            rest.and_then(|rest| rest.strip_prefix(separator(cluster, other)))
                .is_some_and(|rest| !rest.is_empty())
        };
        !own.contains(alias) && aliases.iter().any(|other| *other != alias && had_by(other))
    };
    let aliases: BTreeSet<&Name> = aliases.iter().copied().filter(|alias| !is_of_another(alias)).collect();
    let by_prefix = prefixed(cluster, &aliases);
    let plan =
        |alias: &Name| mirror(clusters, target, alias, by_prefix.get(alias).map_or(&[][..], Vec::as_slice));
    aliases.into_iter().filter_map(plan).collect()
}

/// Names of topics by the alias that they begin with, without it and the separator.
fn prefixed<'a>(cluster: &ClusterSample, aliases: &BTreeSet<&'a Name>) -> BTreeMap<&'a Name, Vec<Name>> {
    let mut by_prefix: BTreeMap<&Name, Vec<Name>> = BTreeMap::new();
    let Some(topics) = &cluster.topics else { return by_prefix };
    let prefixes: Vec<(&'a Name, String)> =
        aliases.iter().map(|alias| (*alias, format!("{alias}{}", separator(cluster, alias)))).collect();
    topics.each_topic(&mut |topic| {
        for (alias, prefix) in &prefixes {
            if let Some(rest) =
                topic.strip_prefix(prefix.as_str()).filter(|rest| !rest.is_empty() && !is_own(rest))
            {
                by_prefix.entry(alias).or_default().push(rest.into());
            }
        }
    });
    by_prefix
}

fn separator<'a>(cluster: &'a ClusterSample, alias: &str) -> &'a str {
    let settings = cluster.traces.connectors.get(alias).and_then(|it| it.settings.as_ref());
    settings.and_then(|settings| settings.separator.as_deref()).unwrap_or(".")
}

fn mirror(clusters: &[ClusterSample], target: usize, alias: &Name, by_prefix: &[Name]) -> Option<Plan> {
    let cluster = clusters.get(target)?;
    let source = source_of(clusters, target, alias);
    let target_aliases = names_of(clusters, target);
    let evidence = evidence(clusters, target, &source, (alias, &target_aliases));
    let connectors = cluster.traces.connectors.get(alias);
    let settings = connectors.and_then(|it| it.settings.as_ref());
    let is_wanted = settings.is_some_and(|settings| settings.is_enabled == Some(true));
    // A mirror that does not copy that way has a place for its positions all the same.
    let is_there = |kind| evidence.iter().any(|it: &Evidence| it.kind == kind);
    let is_proved = is_there(EvidenceKind::Positions) || is_there(EvidenceKind::Heartbeats);
    if !is_proved && !is_wanted && !is_there(EvidenceKind::Checkpoints) {
        return None;
    }
    let source_topics = source.watched().and_then(|at| clusters.get(at)).and_then(|it| it.topics.as_deref());
    let policy = policy(cluster, alias, settings, by_prefix);
    let filter =
        settings.and_then(|it| Filter::new(it.shown.topics.as_deref()?, it.shown.topics_exclude.as_deref()));
    let topics = topics(cluster, alias, &policy, (by_prefix, source_topics), filter.as_ref());
    let missing = match (&filter, settings.is_none_or(|settings| settings.is_enabled == Some(false))) {
        (Some(filter), false) => missing(cluster, source_topics, &policy, filter, &target_aliases),
        _ => vec![],
    };
    Some(Plan {
        source,
        target: End::Watched(target),
        alias: alias.clone(),
        target_aliases,
        kind: FlowKind::MirrorMaker2,
        evidence,
        confidence: if is_proved { Confidence::Proved } else { Confidence::Likely },
        policy,
        settings: shown(connectors, settings, cluster, alias),
        topics,
        missing,
        owner: None,
        is_declared: false,
        is_off: settings.is_some_and(|settings| settings.is_enabled == Some(false)),
    })
}

/// What is set, with what Kafka takes where nothing is.
fn shown(
    connectors: Option<&Connectors>,
    settings: Option<&Settings>,
    cluster: &ClusterSample,
    alias: &Name,
) -> FlowSettings {
    let mut shown = settings.map(|settings| settings.shown.clone()).unwrap_or_default();
    if settings.is_some() {
        shown.isolation_level.get_or_insert_with(|| "read_uncommitted".into());
        shown.refresh_seconds.get_or_insert(600.0);
        shown.policy_class.get_or_insert_with(|| "DefaultReplicationPolicy".into());
    }
    shown.task_count = connectors.and_then(|connectors| connectors.task_count);
    let flushes = cluster.traces.positions.get(alias).and_then(|positions| positions.flushes.usual_ms());
    shown.flush_seconds = flushes.map(|ms| ms as f64 / 1_000.0);
    let told = connectors.into_iter().flat_map(|connectors| connectors.states.values());
    let workers: BTreeSet<String> = told.filter_map(|told| told.worker.clone()).collect();
    shown.workers = workers.into_iter().take(20).collect();
    shown
}

fn policy(
    cluster: &ClusterSample,
    alias: &Name,
    settings: Option<&Settings>,
    by_prefix: &[Name],
) -> RenamePolicy {
    let prefix =
        RenamePolicy::Prefix { alias: alias.to_string(), separator: separator(cluster, alias).into() };
    let class = settings.and_then(|settings| settings.shown.policy_class.as_deref());
    if let Some(class) = class {
        return if class.contains("Identity") { RenamePolicy::Identity } else { prefix };
    }
    if settings.is_some() {
        return prefix;
    }
    let Some(positions) = cluster.traces.positions.get(alias) else { return prefix };
    let copied = || positions.topics.keys().filter(|topic| !is_own(topic));
    let has_same =
        |topic: &&Name| cluster.topics.as_ref().is_some_and(|topics| topics.topic(topic).is_some());
    match (by_prefix.is_empty(), copied().any(|topic| has_same(&topic))) {
        (false, _) => prefix,
        (true, true) => RenamePolicy::Identity,
        (true, false) => RenamePolicy::Unknown,
    }
}

/// What a topic is called at the target.
pub fn renamed(policy: &RenamePolicy, topic: &str) -> Name {
    match policy {
        RenamePolicy::Prefix { alias, separator } => format!("{alias}{separator}{topic}").into(),
        RenamePolicy::Identity | RenamePolicy::Unknown => topic.into(),
    }
}

fn topics(
    cluster: &ClusterSample,
    alias: &Name,
    policy: &RenamePolicy,
    (by_prefix, source): (&[Name], Option<&dyn ClusterTopics>),
    filter: Option<&Filter>,
) -> Vec<(Name, Name)> {
    let mut names: BTreeSet<Name> = BTreeSet::new();
    if let Some(positions) = cluster.traces.positions.get(alias) {
        names.extend(positions.topics.keys().filter(|topic| !is_own(topic)).cloned());
    }
    if matches!(policy, RenamePolicy::Prefix { .. }) {
        names.extend(by_prefix.iter().cloned());
    }
    // What is no more at the source, or is not to be copied any more, is no part of the flow.
    names.retain(|name| {
        source.is_none_or(|source| source.topic(name).is_some())
            && filter.is_none_or(|filter| filter.wants(name))
    });
    names.into_iter().map(|name| (name.clone(), renamed(policy, &name))).collect()
}

/// Topics of the source that are wanted and not at the target. What came from the target is not sent back.
fn missing(
    cluster: &ClusterSample,
    source: Option<&dyn ClusterTopics>,
    policy: &RenamePolicy,
    filter: &Filter,
    target_aliases: &[Name],
) -> Vec<Name> {
    let (Some(source), Some(target)) = (source, &cluster.topics) else { return vec![] };
    let RenamePolicy::Prefix { separator, .. } = policy else {
        return absent(source, |name| filter.wants(name) && target.topic(name).is_none());
    };
    absent(source, |name| {
        filter.wants(name)
            && !has_been(name, separator, target_aliases)
            && target.topic(&renamed(policy, name)).is_none()
    })
}

/// Whether a topic has come from a cluster of these names, by any way (`isCycle` of MirrorMaker 2).
fn has_been(mut topic: &str, separator: &str, aliases: &[Name]) -> bool {
    while let Some((alias, rest)) = topic.split_once(separator).filter(|(alias, _)| !alias.is_empty()) {
        if aliases.iter().any(|name| **name == *alias) {
            return true;
        }
        topic = rest;
    }
    false
}

fn absent(source: &dyn ClusterTopics, is_absent: impl Fn(&str) -> bool) -> Vec<Name> {
    let mut names = Vec::new();
    source.each_topic(&mut |name| {
        if is_absent(name) {
            names.push(name.into());
        }
    });
    names.sort();
    names
}

fn evidence(
    clusters: &[ClusterSample],
    target: usize,
    source: &End,
    (alias, target_aliases): (&Name, &[Name]),
) -> Vec<Evidence> {
    let Some(cluster) = clusters.get(target) else { return vec![] };
    let (traces, on) = (&cluster.traces, &cluster.declared.name);
    let mut found = Vec::new();
    if let Some(positions) = traces.positions.get(alias).filter(|it| !it.topics.is_empty()) {
        let place = format!("mm2-offsets.{alias}.internal on {on}");
        found.push(of(EvidenceKind::Positions, place, positions.moved_ms));
    }
    if let Some(beat) = traces.copied_beats.get(alias) {
        found.push(of(EvidenceKind::Heartbeats, format!("{alias}.heartbeats on {on}"), Some(beat.seen_ms)));
    }
    let at_source = source.watched().and_then(|at| clusters.get(at));
    let at_target = Some(cluster).filter(|cluster| syncs_lie_at(cluster, alias));
    for (cluster, names) in [(at_source, target_aliases), (at_target, std::slice::from_ref(alias))] {
        let Some(cluster) = cluster else { continue };
        let lies = names.iter().find_map(|name| Some((name, cluster.traces.syncs.get(name)?)));
        if let Some((name, syncs)) = lies.filter(|(_, syncs)| !syncs.topics.is_empty()) {
            let place = format!("mm2-offset-syncs.{name}.internal on {}", cluster.declared.name);
            found.push(of(EvidenceKind::OffsetSyncs, place, syncs.moved_ms));
            break;
        }
    }
    if let Some(checkpoints) = traces.checkpoints.get(alias) {
        let place = format!("{alias}.checkpoints.internal on {on}");
        found.push(of(EvidenceKind::Checkpoints, place, checkpoints.moved_ms));
    }
    if traces.connectors.get(alias).is_some_and(|it| it.settings.is_some()) {
        found.push(of(
            EvidenceKind::ConnectorSettings,
            format!("mm2-configs.{alias}.internal on {on}"),
            None,
        ));
    }
    found
}

fn of(kind: EvidenceKind, place: String, moved_ms: Option<i64>) -> Evidence {
    Evidence { kind, place, last_seen: moved_ms.and_then(DateTime::from_timestamp_millis) }
}

/// Flows to clusters that nobody knows: what was copied from a cluster is noted there under the name of the other.
fn to_unnamed(clusters: &[ClusterSample]) -> Vec<Plan> {
    // What is still being read may tell which cluster is meant.
    let is_being_read = |it: &ClusterSample| !it.is_whole && it.topics.is_some() && it.trouble.is_none();
    if clusters.iter().any(is_being_read) {
        return vec![];
    }
    let mut plans = Vec::new();
    for (at, cluster) in clusters.iter().enumerate() {
        for (alias, syncs) in &cluster.traces.syncs {
            let is_source = cluster.traces.positions.contains_key(alias);
            if is_source || syncs.topics.is_empty() || is_known(clusters, alias) {
                continue;
            }
            let place = format!("mm2-offset-syncs.{alias}.internal on {}", cluster.declared.name);
            let mut topics: Vec<Name> = syncs.topics.keys().filter(|topic| !is_own(topic)).cloned().collect();
            topics.sort();
            plans.push(Plan {
                evidence: vec![of(EvidenceKind::OffsetSyncs, place, syncs.moved_ms)],
                topics: topics.into_iter().map(|topic| (topic.clone(), topic)).collect(),
                ..bare(
                    End::Watched(at),
                    End::Unnamed(alias.clone()),
                    FlowKind::MirrorMaker2,
                    Confidence::Likely,
                )
            });
        }
    }
    plans
}

fn is_known(clusters: &[ClusterSample], alias: &str) -> bool {
    named(clusters, alias, None).is_some()
        || (0..clusters.len()).any(|at| names_of(clusters, at).iter().any(|name| **name == *alias))
}

fn bare(source: End, target: End, kind: FlowKind, confidence: Confidence) -> Plan {
    Plan {
        source,
        target,
        alias: Name::from(""),
        target_aliases: vec![],
        kind,
        evidence: vec![],
        confidence,
        policy: RenamePolicy::Unknown,
        settings: FlowSettings::default(),
        topics: vec![],
        missing: vec![],
        owner: None,
        is_declared: false,
        is_off: false,
    }
}

/// Flows that only names of topics look like: a cluster has `east.orders`, and `east` is a cluster that has `orders` with
/// as many partitions.
fn suspected(clusters: &[ClusterSample], known: &[Plan]) -> Vec<Plan> {
    let mut plans = Vec::new();
    // Before all that mirrors left there is read, it is too early for a suspicion.
    for (target, cluster) in clusters.iter().enumerate().filter(|(_, cluster)| cluster.is_whole) {
        for (source, other) in clusters.iter().enumerate().filter(|(source, _)| *source != target) {
            let is_known =
                |plan: &Plan| plan.source == End::Watched(source) && plan.target == End::Watched(target);
            if known.iter().any(is_known) {
                continue;
            }
            let names = std::iter::once(&*other.declared.name)
                .chain(other.declared.aliases.iter().map(String::as_str));
            let found = names
                .map(|name| (name, lookalikes(cluster, other, name)))
                .find(|(_, it)| it.len() >= SUSPICIOUS);
            let Some((name, topics)) = found else { continue };
            let place = format!(
                "{} on {}, and likewise",
                topics.first().map_or("", |(_, it)| it),
                cluster.declared.name
            );
            let place = if topics.len() == 1 { place.replace(", and likewise", "") } else { place };
            plans.push(Plan {
                alias: name.into(),
                evidence: vec![of(EvidenceKind::TopicNames, place, None)],
                policy: RenamePolicy::Prefix { alias: name.into(), separator: ".".into() },
                topics,
                ..bare(End::Watched(source), End::Watched(target), FlowKind::Mirror, Confidence::Suspected)
            });
        }
    }
    plans
}

fn lookalikes(target: &ClusterSample, source: &ClusterSample, name: &str) -> Vec<(Name, Name)> {
    let (Some(target), Some(source)) = (&target.topics, &source.topics) else { return vec![] };
    let mut found: Vec<(Name, Name)> = Vec::new();
    target.each_topic(&mut |topic| {
        let rest =
            topic.strip_prefix(name).and_then(|rest| rest.strip_prefix('.')).filter(|rest| !is_own(rest));
        let Some(rest) = rest else { return };
        let sizes = source
            .topic(rest)
            .zip(target.topic(topic))
            .map(|(one, other)| (one.leaders.len(), other.leaders.len()));
        if sizes.is_some_and(|(one, other)| one == other) {
            found.push((rest.into(), topic.into()));
        }
    });
    found.sort();
    found
}

/// Adds what is declared: to the flow that is found, or as one that is not.
fn declare(clusters: &[ClusterSample], plans: &mut Vec<Plan>, flow: &DeclaredFlow) {
    let ends = named(clusters, &flow.source, None).zip(named(clusters, &flow.target, None));
    let Some((source, target)) = ends else { return };
    let is_it = |plan: &&mut Plan| plan.source == End::Watched(source) && plan.target == End::Watched(target);
    let place = "[[mirror]]".to_owned();
    let evidence = of(EvidenceKind::Configuration, place, None);
    if let Some(plan) = plans.iter_mut().find(is_it) {
        plan.evidence.insert(0, evidence);
        plan.confidence = Confidence::Declared;
        plan.is_declared = true;
        plan.owner = flow.owner.clone();
        return;
    }
    let policy = match flow.is_identity {
        Some(true) => RenamePolicy::Identity,
        Some(false) | None => RenamePolicy::Prefix {
            alias: flow.source.clone(),
            separator: flow.separator.clone().unwrap_or_else(|| ".".into()),
        },
    };
    let topics = declared_topics(clusters, (source, target), &policy, flow.topics.as_deref());
    plans.push(Plan {
        alias: flow.source.as_str().into(),
        evidence: vec![evidence],
        policy,
        settings: FlowSettings { topics: flow.topics.clone(), ..FlowSettings::default() },
        topics,
        owner: flow.owner.clone(),
        is_declared: true,
        ..bare(End::Watched(source), End::Watched(target), FlowKind::Mirror, Confidence::Declared)
    });
}

/// Topics of the source that are wanted and at the target.
fn declared_topics(
    clusters: &[ClusterSample],
    (source, target): (usize, usize),
    policy: &RenamePolicy,
    topics: Option<&str>,
) -> Vec<(Name, Name)> {
    let known = |at: usize| clusters.get(at).and_then(|cluster| cluster.topics.as_deref());
    let (Some(source), Some(target)) = (known(source), known(target)) else { return vec![] };
    let Some(filter) = Filter::new(topics.unwrap_or(".*"), None) else { return vec![] };
    let there = absent(source, |name| filter.wants(name) && target.topic(&renamed(policy, name)).is_some());
    there.into_iter().map(|name| (name.clone(), renamed(policy, &name))).collect()
}
