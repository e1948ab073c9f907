//! What happened between two turns, told for the timeline.
//!
//! A cause is told once with what it did: a broker that left says how many partitions lost a replica, and no
//! second event repeats it. Things that happen to many topics in one turn are one event.

use std::collections::BTreeMap;

use shared::{
    DateTime,
    event::{Event, MOST_TOPICS, Subject},
    inventory::NOUN,
    rights::MissingRight,
    units::{count, counted, duration},
    verdict::Severity,
};

use super::{brokers::BrokerMove, changes::Changes};
use crate::capabilities::inventory::model::Rights;

/// Topics that an event names in words.
const NAMED: usize = 3;

/// The events of one turn of one cluster.
pub fn events(
    cluster: &str,
    moves: &[(i32, BrokerMove)],
    changes: &Changes,
    controller: (Option<i32>, Option<i32>),
    now: DateTime,
) -> Vec<Event> {
    let teller = Teller { cluster, now };
    let mut events: Vec<Event> = moves.iter().map(|(id, moved)| teller.broker(*id, moved, changes)).collect();
    if let (Some(before), Some(after)) = controller
        && before != after
    {
        let sentence = format!("The controller moved to broker {after}");
        let detail = Some(format!("was broker {before}"));
        events.push(teller.event(
            "controller_moved",
            Subject::Cluster,
            Severity::Unknown,
            sentence,
            detail,
            &[],
        ));
    }
    // What a broker did by leaving or returning stands in its own event.
    if moves.is_empty() {
        events.extend(teller.replication(changes));
    }
    events.extend(teller.offline(changes));
    events.extend(teller.topics(changes));
    events
}

/// What is told when a right is lost or granted. Before it was known, nothing is.
pub fn rights_events(cluster: &str, before: &Rights, after: &Rights, now: DateTime) -> Vec<Event> {
    let teller = Teller { cluster, now };
    let of = |right: &MissingRight| format!("{} on {}", right.operation, right.resource.words());
    let tell = |kind, severity, sentence, detail| {
        teller.event(kind, Subject::Cluster, severity, sentence, detail, &[])
    };
    let lost = after
        .missing
        .iter()
        .filter(|right| before.is_judged(right.rule()) && before.lacks(right.rule()).is_none());
    let granted = before
        .missing
        .iter()
        .filter(|right| after.is_judged(right.rule()) && after.lacks(right.rule()).is_none());
    let lost = lost.map(|right| {
        let sentence = format!("Riverkeeper lacks {}", of(right));
        tell("right_missing", Severity::Warning, sentence, Some(right.sentence.clone()))
    });
    let granted = granted
        .map(|right| tell("right_granted", Severity::Ok, format!("Riverkeeper has {}", of(right)), None));
    lost.chain(granted).collect()
}

struct Teller<'a> {
    cluster: &'a str,
    now: DateTime,
}

impl Teller<'_> {
    fn event(
        &self,
        kind: &str,
        subject: Subject,
        severity: Severity,
        sentence: String,
        detail: Option<String>,
        topics: &[&str],
    ) -> Event {
        Event {
            time: self.now,
            cluster: Some(self.cluster.into()),
            noun: NOUN.into(),
            kind: kind.into(),
            subject,
            severity,
            sentence,
            detail: detail.filter(|detail| !detail.is_empty()),
            topics: topics.iter().take(MOST_TOPICS).map(|name| (*name).into()).collect(),
        }
    }

    fn broker(&self, broker_id: i32, moved: &BrokerMove, changes: &Changes) -> Event {
        let subject = Subject::Broker { broker_id };
        let (shrank, topics) = changes.count(|moved| moved.shrank);
        let (healed, healed_topics) = changes.count(|moved| moved.healed);
        let (leaders, _) = changes.count(|moved| moved.leaders);
        let moved_leaders = (leaders > 0).then(|| format!("{} moved leader", count(leaders.into())));
        let detail = |first: Option<String>| {
            Some(first.into_iter().chain(moved_leaders.clone()).collect::<Vec<_>>().join(", "))
        };
        match moved {
            BrokerMove::Left => {
                let lost = (shrank > 0).then(|| format!("{} lost a replica", partitions(shrank)));
                let sentence = format!("Broker {broker_id} left");
                self.event("broker_left", subject, Severity::Critical, sentence, detail(lost), &topics)
            }
            BrokerMove::Returned(since) => {
                let gone = since.map(|since| format!("was down for {}", duration(self.now - since)));
                let whole = (healed > 0).then(|| format!("{} whole again", partitions(healed)));
                let first = [gone, whole].into_iter().flatten().collect::<Vec<_>>().join(", ");
                let sentence = format!("Broker {broker_id} came back");
                let detail = detail(Some(first).filter(|first| !first.is_empty()));
                self.event("broker_returned", subject, Severity::Ok, sentence, detail, &healed_topics)
            }
            BrokerMove::Joined => {
                let sentence = format!("Broker {broker_id} joined");
                self.event("broker_joined", subject, Severity::Unknown, sentence, None, &[])
            }
            BrokerMove::Forgotten => {
                let sentence = format!("Broker {broker_id} is no longer listed");
                let detail = Some("it was gone for longer than brokers are remembered".into());
                self.event("broker_forgotten", subject, Severity::Unknown, sentence, detail, &[])
            }
        }
    }

    fn replication(&self, changes: &Changes) -> Vec<Event> {
        let tell = |kind, severity, way: fn(&super::changes::Moved) -> u32, what: &str| {
            let (affected, topics) = changes.count(way);
            (affected > 0).then(|| {
                let sentence = format!("{} {what}", partitions(affected));
                self.event(kind, subject(&topics), severity, sentence, Some(of(&topics)), &topics)
            })
        };
        [
            tell("isr_shrank", Severity::Warning, |moved| moved.shrank, "lost a replica"),
            tell("isr_healed", Severity::Ok, |moved| moved.healed, "whole again"),
            tell("leader_moved", Severity::Unknown, |moved| moved.leaders, "moved leader"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn offline(&self, changes: &Changes) -> Vec<Event> {
        let (lost, topics) = changes.count(|moved| moved.went_offline);
        let (back, back_topics) = changes.count(|moved| moved.came_online);
        let lost = (lost > 0).then(|| {
            let sentence = format!("{} went offline", partitions(lost));
            let detail = Some(of(&topics));
            self.event("partitions_offline", subject(&topics), Severity::Critical, sentence, detail, &topics)
        });
        let back = (back > 0).then(|| {
            let sentence = format!("{} online again", partitions(back));
            let detail = Some(of(&back_topics));
            self.event(
                "partitions_online",
                subject(&back_topics),
                Severity::Ok,
                sentence,
                detail,
                &back_topics,
            )
        });
        lost.into_iter().chain(back).collect()
    }

    fn topics(&self, changes: &Changes) -> Vec<Event> {
        let shape = |(partitions, replicas): &(u32, u16)| {
            format!(
                "{}, {}",
                self::partitions(*partitions),
                counted((*replicas).into(), "replica each", "replicas each")
            )
        };
        let grown =
            |(before, after): &(u32, u32)| format!("{} → {} partitions", count((*before).into()), after);
        [
            self.about("topic_created", "created", &changes.created, shape),
            self.about("topic_deleted", "deleted", &changes.deleted, |()| String::new()),
            self.about("topic_recreated", "deleted and created again", &changes.recreated, shape),
            self.about("partitions_added", "given more partitions", &changes.grown, grown),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn about<T>(
        &self,
        kind: &str,
        what: &str,
        topics: &BTreeMap<String, T>,
        shape: impl Fn(&T) -> String,
    ) -> Option<Event> {
        let names: Vec<&str> = topics.keys().map(String::as_str).collect();
        let (sentence, detail) = match topics.iter().next() {
            None => return None,
            Some((name, value)) if topics.len() == 1 => (format!("Topic {name} was {what}"), shape(value)),
            Some(_) => (format!("{} topics were {what}", count(topics.len() as u64)), named(&names)),
        };
        Some(self.event(kind, subject(&names), Severity::Unknown, sentence, Some(detail), &names))
    }
}

fn partitions(affected: u32) -> String {
    counted(affected.into(), "partition", "partitions")
}

fn subject(topics: &[&str]) -> Subject {
    match topics {
        [only] => Subject::Topic { name: (*only).into() },
        _ => Subject::Cluster,
    }
}

fn of(topics: &[&str]) -> String {
    format!("of {}", named(topics))
}

fn named(topics: &[&str]) -> String {
    let first = topics.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match topics.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {} more", count(more as u64)),
    }
}
