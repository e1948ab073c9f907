//! What a person can do about a group that is not well: in a sentence or two, with the command that helps to look.
//!
//! Riverkeeper changes nothing itself, and no command here does.

use super::{GroupLag, LagVerdict, PartitionLag, commands, words};
use crate::{
    units::{count, counted, seconds},
    verdict::Reason,
};

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
        LagVerdict::Behind if group.is_by("open_transaction") => open_transaction(group, address),
        LagVerdict::Behind => (behind(group), vec![members(group, address)]),
        LagVerdict::Stuck => stuck(group, worst, address),
        LagVerdict::Stopped => (stopped(group), vec![describe(group, address)]),
        LagVerdict::Losing => losing(group, worst.first().copied(), address),
    };
    let rule = group.reason.as_ref().map(rule);
    Some(Advice { said, commands, rule })
}

fn describe(group: &GroupLag, address: &str) -> (&'static str, String) {
    ("Describe the group", commands::describe_group(address, &group.group, group.group_type))
}

fn members(group: &GroupLag, address: &str) -> (&'static str, String) {
    ("See who reads what", commands::describe_members(address, &group.group, group.group_type))
}

fn unknown(group: &GroupLag) -> Vec<String> {
    let wait = "Nothing needs to be done for that; unknown is not well, and not ill either.";
    let (known, then) = match group.reason.as_ref().map(|reason| reason.rule.as_str()) {
        Some("too_little_seen") => {
            ("It is known once the group was watched for longer and has committed more often.", wait)
        }
        Some("no_commit") => ("It is known with the first commit.", wait),
        Some("age_unknown" | "rhythm_unknown") => {
            ("It is known once the group has committed more often.", wait)
        }
        Some("stale") => {
            ("It is known again once the cluster answers.", "Riverkeeper's status says what is in the way.")
        }
        Some("beyond_end") => (
            "The log was cut, or the topic was deleted and created again.",
            "The group will be set back by auto.offset.reset, or read on where other records stand: reset its offsets on purpose.",
        ),
        Some("no_log_end" | "old_log_end") => (
            "The leader of a partition does not tell where its log ends.",
            "Look at that broker: consumers cannot read from it either.",
        ),
        Some("clock") => (
            "Commits carry the time of their broker.",
            "Set the clock of the brokers, or that of Riverkeeper's machine, right.",
        ),
        Some("no_topic") => (
            "It has committed for a topic that is not there.",
            "If that topic is gone for good, delete the group's offsets for it (kafka-consumer-groups.sh --delete-offsets).",
        ),
        Some("commits_late") => {
            ("Commits are read later than they are made.", "Riverkeeper's status says what is in the way.")
        }
        _ => ("It is not known why.", "Riverkeeper's status says what could not be read."),
    };
    vec![known.into(), then.into()]
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

/// Nothing that is done to the group helps there: somebody must end the transaction.
fn open_transaction(group: &GroupLag, address: &str) -> (Vec<String>, Vec<(&'static str, String)>) {
    let said = [
        "It has read everything that is committed: more members, or a restart, change nothing.",
        "See which producer holds the transaction open. One that still runs must end it. Where its partition, or __transaction_state, has too few replicas in sync, the end cannot be written: mend that.",
        "If the producer is gone, the transaction hangs: kafka-transactions.sh abort ends it (KIP-664), and throws its records away.",
    ];
    let producers = group.worst.first().map(|worst| {
        let command = commands::describe_producers(address, &worst.topic, worst.partition);
        ("See who has a transaction open there", command)
    });
    (said.map(str::to_owned).to_vec(), producers.into_iter().collect())
}

fn behind(group: &GroupLag) -> Vec<String> {
    let partitions = u64::from(group.partition_count);
    let more = match group.member_count.map(u64::from) {
        Some(0) => "It has no members: start them.".into(),
        Some(members) if members >= partitions => format!(
            "It has {} for {}: more of them would have nothing to read. Make each faster. More partitions help too, but records of one key then change their partition, and a topic cannot have fewer again.",
            counted(members, "member", "members"),
            counted(partitions, "partition", "partitions")
        ),
        Some(members) => format!(
            "It has {} for {}: at most {} more can share the work.",
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
    if group.is_by("read_by_nobody") {
        let place = group.place().unwrap_or_else(|| "some of its partitions".into());
        return vec![
            format!("It has members, and none of them has {place}: look at what they subscribe to or are assigned."),
            "If it is not meant to read that any more, delete its offsets for that topic (kafka-consumer-groups.sh --delete-offsets).".into(),
        ];
    }
    let start = "Start it, or find out why it was stopped: it has no members, and records wait.";
    let left = match group.data_loss_seconds {
        Some(left) => {
            format!("Nothing is lost yet. Retention takes the first unread record in {}.", seconds(left))
        }
        None => "Nobody knows when retention takes the first unread record, if it does at all.".into(),
    };
    let gone = "If it is not needed any more, delete the group; where it was is forgotten with it.";
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
    let keep = topic.map(|topic| ("See how long it keeps records", commands::describe_topic(address, topic)));
    let longer = keep.as_ref().map(|_| {
        "To lose no more, raise retention.ms or retention.bytes of the topic, whichever takes the records; that takes disk. A value that is smaller than now deletes records at once."
            .to_owned()
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
        ("read_by_nobody", Some(limit)) => {
            format!("no commit for {limit} while records wait, and no member has it")
        }
        ("behind_after", Some(limit)) => {
            format!("the oldest record waits for more than {limit}, and lag does not shrink")
        }
        ("open_transaction", Some(limit)) => {
            format!("everything is read up to a transaction that is open for more than {limit}")
        }
        ("too_little_seen", Some(limit)) => format!("at least {limit} must have been seen, over some time"),
        ("no_commit", _) => "nothing was committed for an assigned partition with records".into(),
        ("age_unknown", _) => "since when records wait must be known".into(),
        ("rhythm_unknown", _) => "how often it commits must be known".into(),
        ("stale", _) => "groups and log ends must have been read within two periods".into(),
        ("beyond_end", _) => "no more can be committed than there is".into(),
        ("no_log_end" | "old_log_end", _) => "the end of each log must have been seen lately".into(),
        ("clock", _) => "the clock of commits may differ from ours by a minute".into(),
        ("no_topic", _) => "the topic must be there".into(),
        ("commits_late", _) => "what could be read at the last look must have been read".into(),
        ("no_state", _) => "whether it has members must be known".into(),
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
        assert_eq!(said(Some(1)), "It has 1 member for 3 partitions: at most 2 more can share the work.");
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
        assert!(advice.said.iter().any(|said| said.contains("smaller than now deletes records")));
        assert!(
            advice.commands[0].1.ends_with("--entity-name session-events --describe --all"),
            "it only looks"
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
            Some("Rule: at least 3 commits must have been seen, over some time (too_little_seen).")
        );
    }

    #[test]
    fn what_a_person_must_do_about_is_not_waited_for() {
        let said = |rule: &str| {
            let advice = told("store-dashboard", |group| {
                let reason = group.reason.as_mut().unwrap();
                (reason.rule, reason.limit) = (rule.into(), None);
            });
            advice.unwrap().said.join(" ")
        };
        for rule in ["too_little_seen", "no_commit", "age_unknown", "rhythm_unknown"] {
            assert!(said(rule).contains("Nothing needs to be done"), "{rule}");
        }
        for rule in ["beyond_end", "no_log_end", "old_log_end", "clock", "no_topic", "stale", "commits_late"]
        {
            assert!(!said(rule).contains("Nothing needs to be done"), "{rule}");
        }
    }

    #[test]
    fn who_waits_behind_a_transaction_is_shown_who_holds_it_open() {
        let advice = told("search-indexer", |group| {
            group.reason.as_mut().unwrap().rule = "open_transaction".into();
        });
        let advice = advice.unwrap();
        assert!(advice.said[2].contains("kafka-transactions.sh abort"));
        assert!(advice.commands[0].1.ends_with("describe-producers --topic inventory-changes --partition 1"));
    }

    #[test]
    fn who_has_members_is_not_told_to_be_started() {
        let advice = told("billing", |group| {
            group.reason.as_mut().unwrap().rule = "read_by_nobody".into();
            group.worst.truncate(1);
        });
        let advice = advice.unwrap();
        assert!(advice.said[0].starts_with("It has members, and none of them has partition 0 of orders"));
        assert!(!advice.said.join(" ").contains("Start it"));
    }
}
