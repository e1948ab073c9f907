//! The verdict over a cluster and over a topic: one function a rule, the worst decides.
//!
//! Critical: offline, under min ISR, no quorum, a broker down. Warning: under-replicated, at min ISR, a log
//! directory offline. (Never read and stale are told at the time of asking, by `query`.)

use shared::{
    DateTime,
    inventory::BrokerState,
    rights::{MissingRight, topics_named},
    units::{count, counted},
    verdict::{Health, Reason, Severity},
};

use crate::capabilities::inventory::model::{Chunk, MetadataSnapshot, TopicRow};

/// How a cluster is.
pub fn cluster(snapshot: &MetadataSnapshot) -> Health {
    let (totals, since) = (&snapshot.totals, &snapshot.since);
    // Where topics are hidden, nobody knows of how many.
    let of = |affected: u32| match snapshot.rights.at_least {
        true => format!("At least {}", partitions(affected)),
        false => format!("{} of {}", count(affected.into()), partitions(totals.partitions)),
    };
    let rules = [
        brokers_down(snapshot),
        troubled("offline_partitions", totals.offline, Severity::Critical, since.offline, || {
            format!("{} {} no leader.", of(totals.offline), have(totals.offline))
        }),
        no_quorum(snapshot),
        troubled("under_min_isr", totals.under_min_isr, Severity::Critical, since.under_min_isr, || {
            format!(
                "{} {} fewer in-sync replicas than min.insync.replicas: writes with acks=all are refused.",
                of(totals.under_min_isr),
                have(totals.under_min_isr)
            )
        }),
        troubled(
            "under_replicated",
            totals.under_replicated,
            Severity::Warning,
            since.under_replicated,
            || {
                format!(
                    "{} {} fewer in-sync replicas than assigned.",
                    of(totals.under_replicated),
                    have(totals.under_replicated)
                )
            },
        ),
        troubled("at_min_isr", totals.at_min_isr, Severity::Warning, since.at_min_isr, || {
            format!(
                "{} {} just min.insync.replicas in sync: one more failure stops their writes.",
                of(totals.at_min_isr),
                have(totals.at_min_isr)
            )
        }),
    ];
    Health::worst_of(rules.into_iter().flatten().collect())
}

/// What log directories add to a cluster's verdict.
pub fn log_dirs_offline(offline: u32, since: Option<DateTime>) -> Option<Reason> {
    let what = || format!("{} offline.", counted(offline.into(), "log directory is", "log directories are"));
    let mut reason = troubled("log_dirs_offline", offline, Severity::Warning, since, what)?;
    reason.unit = Some("log directories".into());
    Some(reason)
}

/// What is unknown because Riverkeeper may not read it: unknown is never well.
pub fn rights(snapshot: &MetadataSnapshot) -> Vec<Reason> {
    let since = &snapshot.since;
    let reason = |right: &MissingRight| {
        let topics = topics_named(right.count.unwrap_or_default(), &right.examples);
        let (since, sentence) = match right.rule() {
            "hidden_topics" => {
                let sentence =
                    format!("{} may not be described: how they are is unknown.", upper_first(&topics));
                (since.hidden_topics, sentence)
            }
            "configs_not_described" => {
                let sentence = format!(
                    "Configs of {topics} may not be described: what is under min ISR there is unknown."
                );
                (since.configs_not_described, sentence)
            }
            _ => (since.cluster_not_described, CLUSTER_NOT_DESCRIBED.into()),
        };
        Reason {
            rule: right.rule().into(),
            value: right.count.map(f64::from),
            limit: right.count.map(|_| 0.0),
            unit: right.count.map(|_| "topics".into()),
            severity: Severity::Unknown,
            since,
            sentence,
        }
    };
    let mut reasons: Vec<Reason> = snapshot.rights.missing.iter().map(reason).collect();
    if reasons.is_empty() && snapshot.rights.at_least {
        reasons.push(Reason {
            rule: "hidden_topics_unknown".into(),
            value: None,
            limit: None,
            unit: None,
            severity: Severity::Unknown,
            since: None,
            sentence: "Rights are restricted, and whether topics are hidden from Riverkeeper is not known until the \
                       log directories of every broker were read."
                .into(),
        });
    }
    reasons
}

const CLUSTER_NOT_DESCRIBED: &str = "The cluster may not be described: its controller, log directories and reassignments are unknown, and whether topics are hidden.";

/// How a topic is; `is_refused` when its settings may not be described.
pub fn topic(chunk: &Chunk, topic: &TopicRow, is_refused: bool) -> Health {
    let all = topic.partitions.len() as u32;
    let since = under_replicated_since(chunk, topic);
    let of = |affected: u32| format!("{} of {}", count(affected.into()), partitions(all));
    let rules = [
        troubled("offline_partitions", topic.offline, Severity::Critical, None, || {
            format!(
                "{} {} no leader: nothing can be read or written there.",
                of(topic.offline),
                have(topic.offline)
            )
        }),
        troubled("under_min_isr", topic.under_min_isr, Severity::Critical, None, || {
            format!(
                "{} {} fewer in-sync replicas than min.insync.replicas ({}): writes with acks=all are refused.",
                of(topic.under_min_isr),
                have(topic.under_min_isr),
                topic.min_isr.unwrap_or_default()
            )
        }),
        troubled("under_replicated", topic.under_replicated, Severity::Warning, since, || {
            format!(
                "{} {} fewer in-sync replicas than assigned.",
                of(topic.under_replicated),
                have(topic.under_replicated)
            )
        }),
        troubled("at_min_isr", topic.at_min_isr, Severity::Warning, since, || {
            format!(
                "{} {} just min.insync.replicas ({}) in sync: one more failure stops their writes.",
                of(topic.at_min_isr),
                have(topic.at_min_isr),
                topic.min_isr.unwrap_or_default()
            )
        }),
        troubled("configs_not_described", u32::from(is_refused), Severity::Unknown, None, || {
            "Its configs may not be described: whether it is under min ISR is unknown.".into()
        }),
    ];
    Health::worst_of(rules.into_iter().flatten().collect())
}

/// Since when some partition of the topic is under-replicated: the earliest that is known.
pub fn under_replicated_since(chunk: &Chunk, topic: &TopicRow) -> Option<DateTime> {
    chunk.partitions_of(topic).iter().filter_map(|partition| partition.under_replicated_since()).min()
}

fn brokers_down(snapshot: &MetadataSnapshot) -> Option<Reason> {
    let down = snapshot.brokers.iter().filter(|broker| broker.state != BrokerState::Up);
    let ids: Vec<i32> = down.map(|broker| broker.endpoint.broker_id).collect();
    let sentence = are_down(&ids)?;
    Some(Reason {
        rule: "brokers_down".into(),
        value: Some(ids.len() as f64),
        limit: Some(0.0),
        unit: Some("brokers".into()),
        severity: Severity::Critical,
        since: snapshot.since.brokers_down,
        sentence,
    })
}

/// That these brokers are down, in words; `None` when there are none.
pub(super) fn are_down(ids: &[i32]) -> Option<String> {
    match ids {
        [] => None,
        [one] => Some(format!("Broker {one} is down.")),
        [most @ .., last] if most.len() < 10 => {
            let most: Vec<String> = most.iter().map(i32::to_string).collect();
            Some(format!("Brokers {} and {last} are down.", most.join(", ")))
        }
        many => Some(format!("{} brokers are down.", many.len())),
    }
}

fn no_quorum(snapshot: &MetadataSnapshot) -> Option<Reason> {
    let quorum = snapshot.quorum.as_ref().filter(|quorum| quorum.leader_id.is_none())?;
    Some(Reason {
        rule: "no_quorum".into(),
        value: Some(quorum.voters_caught_up.into()),
        limit: Some((quorum.voter_count / 2 + 1).into()),
        unit: Some("controllers".into()),
        severity: Severity::Critical,
        since: snapshot.since.no_quorum,
        sentence:
            "There is no active controller: nothing about the cluster can be changed, and no leader elected."
                .into(),
    })
}

fn troubled(
    rule: &str,
    affected: u32,
    severity: Severity,
    since: Option<DateTime>,
    sentence: impl FnOnce() -> String,
) -> Option<Reason> {
    (affected > 0).then(|| Reason {
        rule: rule.into(),
        value: Some(affected.into()),
        limit: Some(0.0),
        unit: Some("partitions".into()),
        severity,
        since,
        sentence: sentence(),
    })
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

pub(super) fn partitions(all: u32) -> String {
    counted(all.into(), "partition", "partitions")
}

pub(super) fn have(affected: u32) -> &'static str {
    if affected == 1 { "has" } else { "have" }
}
