//! What a person can do about a group that is not well: in a sentence or two, with the command that helps to look.
//!
//! Riverkeeper changes nothing itself. What would change a cluster is a text to copy, and says so.

use super::{GroupLag, LagVerdict, PartitionLag, commands, words};
use crate::{
    units::{count, counted, seconds},
    verdict::Reason,
};

/// Days of retention that are proposed to somebody who loses records: enough to come back from a long weekend.
const KEPT_DAYS: u32 = 14;

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Sentences, the most important first.
    pub said: Vec<String>,
    /// Commands, each with what it does.
    pub commands: Vec<(&'static str, String)>,
    /// The rule that spoke, with its limit.
    pub rule: Option<String>,
}

/// What to do about a group; `None` where nothing is to be done, or where nobody judges it. `worst` are the partitions
/// that explain it, worst first, `address` is where the commands ask.
pub fn advice(group: &GroupLag, worst: &[&PartitionLag], address: &str) -> Option<Advice> {
    let (said, commands) = match group.verdict? {
        LagVerdict::Ok => return None,
        LagVerdict::Unknown => (unknown(group), vec![describe(group, address)]),
        LagVerdict::Rewound => (rewound(group), vec![]),
        LagVerdict::Behind => (behind(group), vec![members(group, address)]),
        LagVerdict::Stuck => stuck(group, worst, address),
        LagVerdict::Stopped => (stopped(group), vec![describe(group, address)]),
        LagVerdict::Losing => losing(group, worst.first().copied(), address),
    };
    let rule = group.reason.as_ref().map(rule);
    Some(Advice { said, commands, rule })
}

fn describe(group: &GroupLag, address: &str) -> (&'static str, String) {
    ("Describe the group", commands::describe_group(address, &group.group))
}

fn members(group: &GroupLag, address: &str) -> (&'static str, String) {
    ("See who reads what", commands::describe_members(address, &group.group))
}

fn unknown(group: &GroupLag) -> Vec<String> {
    let known = match group.reason.as_ref().map(|reason| reason.rule.as_str()) {
        Some("too_little_seen") => "It is known once the group has committed a few times more.",
        Some("no_commit") => "It is known with the first commit.",
        Some("stale") => "It is known again once the cluster answers.",
        _ => "It is known once enough commits and log ends were seen.",
    };
    vec![known.into(), "Nothing needs to be done for that; unknown is not well, and not ill either.".into()]
}

fn rewound(group: &GroupLag) -> Vec<String> {
    let by = group.reason.as_ref().and_then(|reason| reason.value).filter(|by| *by >= 1.0);
    let by = by.map_or_else(|| "records".into(), |by| words::records(by as u64));
    vec![
        format!("It reads {by} again that it had read before. Whatever it does with a record, it does twice."),
        "If nobody reset its offsets, look at what it does after a restart: auto.offset.reset, or a commit of an old position."
            .into(),
    ]
}

fn behind(group: &GroupLag) -> Vec<String> {
    let partitions = u64::from(group.partition_count);
    let more = match group.member_count.map(u64::from) {
        Some(0) => "It has no members: start them.".into(),
        Some(members) if members >= partitions => format!(
            "It has {} for {}: more of them would have nothing to read. Make each faster, or give the topic more partitions.",
            counted(members, "member", "members"),
            counted(partitions, "partition", "partitions")
        ),
        Some(members) => format!(
            "It has {} for {}: up to {} more can share the work.",
            counted(members, "member", "members"),
            counted(partitions, "partition", "partitions"),
            count(partitions - members)
        ),
        None => {
            format!("Add members, up to one for each of {}.", counted(partitions, "partition", "partitions"))
        }
    };
    let hot = hot_partition(group).map(|place| {
        format!("Most of it waits on {place}, which one member reads alone: more members do not help there. Look at how records are keyed.")
    });
    [Some(more), hot].into_iter().flatten().collect()
}

/// The one partition of several that holds most of what waits.
fn hot_partition(group: &GroupLag) -> Option<String> {
    let (worst, lag) = (group.worst.first()?, group.lag_records?);
    let is_hot = group.partition_count > 1 && worst.lag_records? > lag / 2;
    is_hot.then(|| format!("partition {} of {}", worst.partition, worst.topic))
}

/// A member that cannot handle one record may stop reading all of its partitions, and nobody sees from outside which of
/// them it was: each is named.
fn stuck(
    group: &GroupLag,
    worst: &[&PartitionLag],
    address: &str,
) -> (Vec<String>, Vec<(&'static str, String)>) {
    let stuck = worst.iter().filter(|one| one.verdict == LagVerdict::Stuck);
    let places: Vec<(&PartitionLag, i64)> =
        stuck.filter_map(|one| Some((*one, one.committed_offset?))).collect();
    let Some((first, _)) = places.first() else {
        let said =
            "One record likely cannot be handled, or a thread is dead. Look at the log of its members.";
        return (vec![said.into()], vec![members(group, address)]);
    };
    let whose = match &first.client_id {
        Some(client_id) => format!("the log of {client_id}"),
        None => "the log of the member that reads it".into(),
    };
    let place = |(one, offset): &(&PartitionLag, i64)| {
        format!("offset {} of {}-{}", count(offset.unsigned_abs()), one.topic, one.partition)
    };
    let named = places.iter().map(place).collect::<Vec<_>>().join(", at ");
    let said = format!("One record likely cannot be handled. Look at {named}, and at {whose}.");
    let look = |(one, offset): &(&PartitionLag, i64)| {
        ("Look at the record", commands::read_record(address, &one.topic, one.partition, *offset))
    };
    let else_dead = "If the record is fine, the thread that reads it may be dead: restart that member.";
    (vec![said, else_dead.into()], places.iter().map(look).collect())
}

fn stopped(group: &GroupLag) -> Vec<String> {
    let start = "Start it, or find out why it was stopped: it has no members, and records wait.";
    let left = match group.data_loss_seconds {
        Some(left) => {
            format!("Nothing is lost yet. Retention takes the first unread record in {}.", seconds(left))
        }
        None => "When retention takes the first unread record is not known.".into(),
    };
    let gone = "If it is not needed any more, delete the group: it is forgotten here then.";
    vec![start.into(), left, gone.into()]
}

fn losing(
    group: &GroupLag,
    worst: Option<&PartitionLag>,
    address: &str,
) -> (Vec<String>, Vec<(&'static str, String)>) {
    let lost = group.lost_records.filter(|lost| *lost > 0);
    let what = match lost {
        Some(lost) => format!(
            "{} are gone for this group, and nothing brings them back from this cluster.",
            words::records(lost)
        ),
        None => "Nothing is lost yet: the group must read faster, or the topic must keep longer.".into(),
    };
    let members = match group.member_count {
        Some(0) => Some("It has no members: start it first.".to_owned()),
        _ => None,
    };
    let topic = worst.map(|worst| worst.topic.as_str());
    let topic = topic.or_else(|| group.worst.first().map(|worst| worst.topic.as_str()));
    let keep =
        topic.map(|topic| ("Keep its records longer", commands::keep_longer(address, topic, KEPT_DAYS)));
    let longer = keep.as_ref().map(|_| {
        format!("To lose no more, let the topic keep its records longer, here {KEPT_DAYS} days; that takes disk. Riverkeeper changes nothing itself.")
    });
    let said = [Some(what), members, longer].into_iter().flatten().collect();
    (said, keep.into_iter().collect())
}

/// The rule in words, with its limit and its name.
fn rule(reason: &Reason) -> String {
    let limit = reason.limit.map(|limit| match reason.unit.as_deref() {
        Some("seconds") => seconds(limit),
        Some(unit) => format!("{} {unit}", count(limit.max(0.0) as u64)),
        None => count(limit.max(0.0) as u64),
    });
    let name = reason.rule.as_str();
    let said = match (name, limit) {
        ("stuck_after", Some(limit)) => {
            format!("no progress for {limit} with records waiting and members present")
        }
        ("stopped_after", Some(limit)) => format!("no commit for {limit} while records wait, and no members"),
        ("behind_after", Some(limit)) => {
            format!("the oldest record waits for more than {limit}, and lag does not shrink")
        }
        ("too_little_seen", Some(limit)) => format!("at least {limit} must have been seen"),
        ("losing_within", Some(limit)) => format!("at these rates retention overtakes it within {limit}"),
        ("below_log_start", _) => {
            "the committed offset is before the first record that there still is".into()
        }
        ("rewound", _) => "the committed offset fell below the highest one before".into(),
        (_, Some(limit)) => format!("limit {limit}"),
        (name, None) => return format!("Rule: {name}."),
    };
    format!("Rule: {said} ({name}).")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lag::samples::{group_detail, group_lags};

    fn told(name: &str, change: impl Fn(&mut GroupLag)) -> Option<Advice> {
        let mut group = group_lags().groups.into_iter().find(|group| group.group == name).unwrap();
        change(&mut group);
        advice(&group, &[], "east:9092")
    }

    #[test]
    fn a_stuck_group_is_shown_the_record_that_it_does_not_pass() {
        let detail = group_detail();
        let advice = advice(&detail.group, &[&detail.partitions[0]], "east:9092").unwrap();
        assert_eq!(
            advice.said[0],
            "One record likely cannot be handled. Look at offset 1,204,551 of orders-4, and at the log of fraud-scorer-2."
        );
        assert!(advice.commands[0].1.contains("--partition 4 --offset 1204551 --max-messages 1"));
        assert_eq!(
            advice.rule.as_deref(),
            Some("Rule: no progress for 5 min with records waiting and members present (stuck_after).")
        );
    }

    #[test]
    fn of_several_partitions_that_stand_still_each_is_named() {
        let detail = group_detail();
        let mut other = detail.partitions[0].clone();
        (other.partition, other.committed_offset) = (5, Some(40));
        let advice = advice(&detail.group, &[&detail.partitions[0], &other], "east:9092").unwrap();
        assert!(
            advice.said[0].contains("offset 1,204,551 of orders-4, at offset 40 of orders-5, and at the log")
        );
        assert!(advice.commands[1].1.contains("--partition 5 --offset 40 --max-messages 1"));
    }

    #[test]
    fn more_members_help_only_while_there_are_partitions_for_them() {
        let said =
            |members| told("search-indexer", |group| group.member_count = members).unwrap().said.remove(0);
        assert_eq!(said(Some(1)), "It has 1 member for 3 partitions: up to 2 more can share the work.");
        assert!(
            said(Some(3)).starts_with("It has 3 members for 3 partitions: more of them would have nothing")
        );
        assert_eq!(said(Some(0)), "It has no members: start them.");
        assert_eq!(said(None), "Add members, up to one for each of 3 partitions.");
    }

    #[test]
    fn a_hot_partition_is_named() {
        let hot = |lag| {
            let change = |group: &mut GroupLag| group.worst[0].lag_records = Some(lag);
            told("search-indexer", change).unwrap().said.len()
        };
        assert_eq!((hot(1_260), hot(3_000)), (1, 2));
    }

    #[test]
    fn what_is_lost_and_how_to_keep_more_is_said() {
        let advice = told("session-replay", |_| ()).unwrap();
        assert!(advice.said[0].starts_with("5,120 records are gone"));
        assert!(
            advice.commands[0].1.contains("--entity-name session-events --alter --add-config retention.ms=")
        );
        let not_yet = told("session-replay", |group| group.lost_records = None).unwrap();
        assert!(not_yet.said[0].starts_with("Nothing is lost yet"));
    }

    #[test]
    fn every_verdict_but_ok_has_advice_and_a_rule() {
        for group in group_lags().groups {
            let advice = advice(&group, &[], commands::NO_ADDRESS);
            let is_expected = !matches!(group.verdict, None | Some(LagVerdict::Ok));
            assert_eq!(advice.is_some(), is_expected, "{}", group.group);
            if let Some(advice) = advice {
                assert!(!advice.said.is_empty() && advice.rule.is_some(), "{}", group.group);
            }
        }
        let unknown = told("store-dashboard", |_| ()).unwrap();
        assert_eq!(
            unknown.rule.as_deref(),
            Some("Rule: at least 3 commits must have been seen (too_little_seen).")
        );
    }
}
