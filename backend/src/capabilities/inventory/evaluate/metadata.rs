//! A turn of metadata: brokers, topics and partitions, controller, and the verdict over them.

use std::collections::VecDeque;

use shared::{
    DateTime,
    event::{Event, Subject},
    inventory::{NOUN, Quorum, ReplicationPoint},
    verdict::{Health, Severity},
};

use super::{
    brokers::{Before, brokers, is_forgotten},
    chunks::chunks,
    events::{events, rights_events},
    health, lasting,
    rights::rights,
};
use crate::{
    capabilities::inventory::model::{
        BrokerRow, LogDirsSnapshot, MetadataSample, MetadataSnapshot, Policy, Remembered, Totals,
        TroubleSince, Voter,
    },
    kafka::answers::{Quorum as ToldQuorum, QuorumReplica},
    runtime::Evaluated,
};

/// A voter is caught up when it had caught up this long before the leader's last word (Raft's fetch timeout is 2 s).
const CAUGHT_UP_WITHIN_MS: i64 = 10_000;

/// After a longer absence nobody can say that a trouble of before went on all the time.
const LONGEST_ABSENCE: chrono::Duration = chrono::Duration::hours(1);

/// Brokers of that release on take writes with acks=all to a partition of fewer replicas than `min.insync.replicas`.
const COUNTS_FEW_REPLICAS: (u8, u8) = (3, 7);

/// Above so many replicas the log directories are not read out of their turn.
const MOST_REPLICAS_TO_LOOK_AT_ONCE: u64 = 50_000;

/// What is known of a cluster after a turn.
pub fn metadata(
    previous: Option<&MetadataSnapshot>,
    sample: MetadataSample,
    policy: Policy,
    now: DateTime,
) -> Evaluated<MetadataSnapshot> {
    let replaced = previous.filter(|previous| is_another_cluster(previous, &sample));
    let remembered = remembered(previous, &sample, policy, now);
    let previous = if replaced.is_some() { None } else { previous };
    let (rows, moves) = brokers(&sample, Before::new(previous, remembered, policy, now), policy, now);
    let configs = sample.configs.as_deref().map(|configs| &configs.snapshot);
    let reassignments = sample.reassignments.as_deref().unwrap_or_default();
    let is_old = |row: &BrokerRow| row.version.is_some_and(|version| version.release < COUNTS_FEW_REPLICAS);
    let refuses_few = rows.iter().any(is_old);
    let (chunks, mut changes) =
        chunks(&sample.metadata, reassignments, (configs, refuses_few), previous, now);
    let mut totals = Totals::default();
    for chunk in &chunks {
        totals += chunk.totals;
    }
    let controller_id = controller(&sample);
    let log_dirs = sample.log_dirs.as_deref().map(|log_dirs| &log_dirs.snapshot);
    let mut snapshot = MetadataSnapshot {
        cluster_id: sample.metadata.cluster_id.clone(),
        controller_id,
        quorum: sample.quorum.as_ref().and_then(|told| told.as_ref().map(quorum)),
        voters: sample.quorum.as_ref().map(|told| told.as_ref().map(voters).unwrap_or_default()),
        brokers: rows,
        chunks,
        totals,
        reassignments: sample.reassignments.clone(),
        ..MetadataSnapshot::default()
    };
    snapshot.rights = rights(&sample, &snapshot, previous);
    snapshot.history = history(previous, &snapshot, policy, now);
    let lately = remembered.filter(|remembered| now - remembered.as_of <= LONGEST_ABSENCE);
    let before = previous.map(|previous| previous.since).or(lately.map(|remembered| remembered.since));
    let judged = (sample.configs.is_some(), log_dirs);
    snapshot.since = since(&snapshot, previous, before.unwrap_or_default(), judged, now);
    snapshot.health = verdict(&snapshot, log_dirs);
    let controllers = (previous.and_then(|previous| previous.controller_id), controller_id);
    // A topic that was hidden and is seen now was there before.
    let was_hidden = |name: &str| {
        log_dirs.is_some_and(|dirs| dirs.hidden.binary_search_by(|hidden| (**hidden).cmp(name)).is_ok())
    };
    changes.created.retain(|name, _| !was_hidden(name));
    let mut told = events(&sample.cluster, &moves, &changes, controllers, now);
    told.extend(
        previous
            .iter()
            .flat_map(|previous| rights_events(&sample.cluster, &previous.rights, &snapshot.rights, now)),
    );
    told.extend(replaced.map(|replaced| replaced_event(&sample, replaced, now)));
    if remembered.is_some() {
        for event in &mut told {
            event.detail.get_or_insert_with(|| "while Riverkeeper did not look".into());
        }
    }
    let changed =
        changes.any || !told.is_empty() || previous.is_none_or(|previous| differs(&snapshot, previous));
    Evaluated { snapshot, as_of: now, changed, events: told }
}

/// What was remembered of this very cluster, at the first look, and not longer ago than brokers are listed.
fn remembered<'a>(
    previous: Option<&MetadataSnapshot>,
    sample: &'a MetadataSample,
    policy: Policy,
    now: DateTime,
) -> Option<&'a Remembered> {
    let is_of_it = |remembered: &&Remembered| {
        previous.is_none()
            && Some(&remembered.cluster_id) == sample.metadata.cluster_id.as_ref()
            && !is_forgotten(remembered.as_of, policy, now)
    };
    sample.remembered.as_deref().filter(is_of_it)
}

/// Another cluster answers under the old address: its history is not this one's.
fn is_another_cluster(previous: &MetadataSnapshot, sample: &MetadataSample) -> bool {
    let ids = previous.cluster_id.as_ref().zip(sample.metadata.cluster_id.as_ref());
    ids.is_some_and(|(before, now)| before != now)
}

fn replaced_event(sample: &MetadataSample, before: &MetadataSnapshot, now: DateTime) -> Event {
    let id = |id: &Option<String>| id.clone().unwrap_or_default();
    Event {
        time: now,
        cluster: Some(sample.cluster.clone()),
        noun: NOUN.into(),
        kind: "cluster_replaced".into(),
        subject: Subject::Cluster,
        severity: Severity::Warning,
        sentence: format!("Another cluster answers as {}", sample.cluster),
        detail: Some(format!("cluster id {} → {}", id(&before.cluster_id), id(&sample.metadata.cluster_id))),
        topics: vec![],
    }
}

/// In KRaft Metadata names a random live broker as controller; only the quorum knows.
fn controller(sample: &MetadataSample) -> Option<i32> {
    match &sample.quorum {
        Some(Some(quorum)) => quorum.leader_id,
        Some(None) => sample.metadata.controller_id,
        None => None,
    }
}

fn quorum(told: &ToldQuorum) -> Quorum {
    Quorum {
        leader_id: told.leader_id,
        voter_count: told.voters.len() as u32,
        voters_caught_up: voters(told).iter().filter(|voter| voter.is_caught_up).count() as u32,
    }
}

fn voters(told: &ToldQuorum) -> Vec<Voter> {
    let leader = told.voters.iter().find(|voter| Some(voter.replica_id) == told.leader_id);
    let is_caught_up = |voter: &QuorumReplica| {
        Some(voter.replica_id) == told.leader_id
            || match (voter.last_caught_up_ms, leader.and_then(|leader| leader.last_caught_up_ms)) {
                (Some(voter), Some(leader)) => leader - voter <= CAUGHT_UP_WITHIN_MS,
                // Brokers that do not tell times tell offsets.
                _ => voter.log_end_offset >= told.high_watermark,
            }
    };
    let voter =
        |voter: &QuorumReplica| Voter { node_id: voter.replica_id, is_caught_up: is_caught_up(voter) };
    told.voters.iter().map(voter).collect()
}

fn history(
    previous: Option<&MetadataSnapshot>,
    snapshot: &MetadataSnapshot,
    policy: Policy,
    now: DateTime,
) -> VecDeque<ReplicationPoint> {
    let oldest = now - chrono::Duration::from_std(policy.history).unwrap_or_default();
    let mut history = previous.map(|previous| previous.history.clone()).unwrap_or_default();
    while history.front().is_some_and(|point| point.time < oldest) {
        history.pop_front();
    }
    let totals = &snapshot.totals;
    let refused = snapshot.rights.configs_refused.unwrap_or_default();
    history.push_back(ReplicationPoint {
        time: now,
        under_replicated_count: totals.under_replicated,
        under_min_isr_count: totals.known(totals.under_min_isr, refused),
        offline_count: totals.offline,
    });
    history
}

fn since(
    snapshot: &MetadataSnapshot,
    previous: Option<&MetadataSnapshot>,
    before: TroubleSince,
    (are_configs_read, log_dirs): (bool, Option<&LogDirsSnapshot>),
    now: DateTime,
) -> TroubleSince {
    // What was remembered stands until it can be judged whether it is still so.
    let lasting = |holds: bool, is_judged: bool, before| {
        if is_judged { lasting(holds, before, now) } else { before }
    };
    let totals = &snapshot.totals;
    let down = snapshot.brokers.iter().filter(|broker| broker.state != shared::inventory::BrokerState::Up);
    // What was so when it was first judged has no invented beginning.
    let lacking = |rule: &str, since: Option<DateTime>| {
        if snapshot.rights.lacks(rule).is_none() {
            return if snapshot.rights.is_judged(rule) { None } else { since };
        }
        let was_well = |previous: &MetadataSnapshot| {
            previous.rights.lacks(rule).is_none() && previous.rights.is_judged(rule)
        };
        if previous.is_some_and(was_well) { Some(now) } else { since }
    };
    let no_quorum = snapshot.quorum.as_ref().is_some_and(|quorum| quorum.leader_id.is_none());
    TroubleSince {
        brokers_down: down.filter_map(|broker| broker.since).min(),
        offline: lasting(totals.offline > 0, true, before.offline),
        under_min_isr: lasting(totals.under_min_isr > 0, are_configs_read, before.under_min_isr),
        under_replicated: lasting(totals.under_replicated > 0, true, before.under_replicated),
        at_min_isr: lasting(totals.at_min_isr > 0, are_configs_read, before.at_min_isr),
        no_quorum: lasting(no_quorum, true, before.no_quorum),
        log_dirs_offline: lasting(
            log_dirs.is_some_and(|log_dirs| log_dirs.offline_count() > 0),
            log_dirs.is_some(),
            before.log_dirs_offline,
        ),
        cluster_not_described: lacking("cluster_not_described", before.cluster_not_described),
        hidden_topics: lacking("hidden_topics", before.hidden_topics),
        configs_not_described: lacking("configs_not_described", before.configs_not_described),
    }
}

fn verdict(snapshot: &MetadataSnapshot, log_dirs: Option<&LogDirsSnapshot>) -> Health {
    let mut reasons = health::cluster(snapshot).reasons;
    let offline = log_dirs.map_or(0, LogDirsSnapshot::offline_count);
    reasons.extend(health::log_dirs_offline(offline, snapshot.since.log_dirs_offline));
    reasons.extend(health::rights(snapshot));
    Health::worst_of(reasons)
}

/// Whether the log directories ought to be read at once: something may be hidden or be seen again, and only they
/// tell. Not on the largest clusters, where they are a large answer: there it is told within their own period.
pub fn log_dirs_tell_more(
    previous: Option<&MetadataSnapshot>,
    evaluated: &Evaluated<MetadataSnapshot>,
) -> bool {
    let rights = &evaluated.snapshot.rights;
    let may_be_hidden =
        rights.is_pending || evaluated.events.iter().any(|event| event.kind == "topic_deleted");
    let lacked = previous.is_some_and(|previous| previous.rights.lacks("cluster_not_described").is_some());
    let is_granted = lacked && rights.lacks("cluster_not_described").is_none();
    is_granted
        || (rights.is_restricted
            && may_be_hidden
            && evaluated.snapshot.totals.replicas < MOST_REPLICAS_TO_LOOK_AT_ONCE)
}

/// Whether anything beside topics differs that a reader can see.
fn differs(now: &MetadataSnapshot, before: &MetadataSnapshot) -> bool {
    let seen = |snapshot: &MetadataSnapshot| {
        let broker = |row: &crate::capabilities::inventory::model::BrokerRow| {
            (row.endpoint.clone(), row.state, row.role, row.version)
        };
        snapshot.brokers.iter().map(broker).collect::<Vec<_>>()
    };
    now.quorum != before.quorum
        || now.voters != before.voters
        || now.controller_id != before.controller_id
        || now.reassignments != before.reassignments
        || now.health != before.health
        || now.rights.missing != before.rights.missing
        || now.rights.hidden_topics != before.rights.hidden_topics
        || now.rights.at_least != before.rights.at_least
        || seen(now) != seen(before)
}
