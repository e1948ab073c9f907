//! Verdicts in words. Ages are not among them: they are told against the reader's clock.

use chrono::TimeDelta;
use shared::{
    DateTime,
    units::{count, counted, duration},
    verdict::Reason,
};

use crate::capabilities::lag::model::{Judged, Why};

/// Value, limit and what they are counted in.
type Held = (Option<f64>, Option<f64>, Option<&'static str>);

const NOTHING: Held = (None, None, None);

/// Why a partition, given as `orders-4` and its topic, is as it is; none where all is well.
pub fn reason(judged: &Judged, (topic, place): (&str, &str)) -> Option<Reason> {
    let (rule, (value, limit, unit)) = rule(&judged.why)?;
    Some(Reason {
        rule: rule.into(),
        value,
        limit,
        unit: unit.map(str::to_owned),
        severity: judged.verdict.severity(),
        since: judged.since_ms.and_then(DateTime::from_timestamp_millis),
        sentence: sentence(judged, topic, place),
    })
}

/// The name of the rule that spoke, and what it held against what.
fn rule(why: &Why) -> Option<(&'static str, Held)> {
    let seconds = |value: f64, limit: f64| (Some(value), Some(limit), Some("seconds"));
    let records = |value: f64| (Some(value), None, Some("records"));
    Some(match *why {
        Why::InTime => return None,
        Why::CatchingUp { seconds } => ("catching_up", (Some(seconds), None, Some("seconds"))),
        Why::Stale => ("stale", NOTHING),
        Why::NoLogEnd => ("no_log_end", NOTHING),
        Why::NoTopic => ("no_topic", NOTHING),
        Why::OldLogEnd { seconds } => ("old_log_end", (Some(seconds), None, Some("seconds"))),
        Why::BeyondEnd { committed, end } => {
            ("beyond_end", (Some(committed as f64), Some(end as f64), Some("offset")))
        }
        Why::NoCommit => ("no_commit", NOTHING),
        Why::CommitsLate => ("commits_late", NOTHING),
        Why::Skewed { ahead_seconds } => ("clock", (Some(ahead_seconds), None, Some("seconds"))),
        Why::NoState => ("no_state", NOTHING),
        Why::TooLittle { commits, least } => {
            ("too_little_seen", (Some(commits as f64), Some(least as f64), Some("commits")))
        }
        Why::AgeUnknown => ("age_unknown", NOTHING),
        Why::RhythmUnknown { still } => ("rhythm_unknown", (Some(still), None, Some("seconds"))),
        Why::Rewound { records: back } => ("rewound", records(back as f64)),
        Why::Behind { waits, limit, .. } => ("behind_after", seconds(waits, limit)),
        Why::OpenTransaction { open, limit, .. } => ("open_transaction", seconds(open, limit)),
        Why::Stuck { still, limit, .. } => ("stuck_after", seconds(still, limit)),
        Why::Stopped { still, limit, has_members: false } => ("stopped_after", seconds(still, limit)),
        Why::Stopped { still, limit, .. } => ("read_by_nobody", seconds(still, limit)),
        Why::Lost { records: lost } => ("below_log_start", records(lost as f64)),
        Why::WillLose { seconds: left, limit } => ("losing_within", seconds(left, limit)),
    })
}

fn sentence(judged: &Judged, topic: &str, place: &str) -> String {
    let waiting = counted(judged.lag_records.unwrap_or_default(), "record waits", "records wait");
    match judged.why {
        Why::InTime => String::new(),
        Why::CatchingUp { .. } => format!("{place} is read faster than it is written: it catches up."),
        Why::Stale => "Groups and log ends were not read lately: how it is now is not known.".into(),
        Why::NoLogEnd => format!("Where {place} ends is not known."),
        Why::NoTopic => format!("{topic} is not there: what was committed for it was left behind."),
        Why::OldLogEnd { .. } => {
            format!("Where {place} ends was last seen too long ago: its leader does not answer.")
        }
        Why::BeyondEnd { committed, end } => format!(
            "Offset {} of {place} is committed, and it ends at {}: the log was cut, or the topic created anew.",
            offset(committed),
            offset(end)
        ),
        Why::NoCommit => format!("{place} is assigned, and nothing was ever committed for it."),
        Why::CommitsLate => "Commits are read later than they are made: what is known of them is old.".into(),
        Why::Skewed { ahead_seconds } => {
            let by = length(ahead_seconds.abs());
            let way = if ahead_seconds > 0.0 { "ahead of" } else { "behind" };
            format!(
                "Its commits carry a time that is {by} {way} Riverkeeper's clock: how long records wait cannot be told."
            )
        }
        Why::NoState => format!("{waiting} on {place}, and whether it has members is not known."),
        Why::TooLittle { commits, least } if commits < least => {
            format!("Too little was seen yet: {commits} of at least {least} commits.")
        }
        Why::TooLittle { .. } => "Too little was seen yet: it was not watched for long enough.".into(),
        Why::AgeUnknown => {
            format!("{waiting} on {place} since before it was watched: for how long is not known yet.")
        }
        Why::RhythmUnknown { .. } => {
            format!("{waiting} on {place}, and how often it commits is not known yet.")
        }
        Why::Rewound { records } => format!(
            "It went back by {} on {place}, and reads them again.",
            counted(records.unsigned_abs(), "record", "records")
        ),
        Why::Behind { limit, produced, consumed, .. } => format!(
            "{waiting} on {place}, the oldest for more than {}: {} come in each second, and {} are read.",
            length(limit),
            rate(produced),
            rate(consumed)
        ),
        Why::OpenTransaction { offset: at, behind_it, .. } => format!(
            "It has read all that is committed on {place}. {} from offset {} on, behind a transaction that is still open: who reads only committed records is given none of them.",
            counted(behind_it, "offset waits", "offsets wait"),
            offset(at)
        ),
        Why::Stuck { offset: at, .. } => {
            format!("{place} stays at offset {} while {waiting}, and it has members.", offset(at))
        }
        Why::Stopped { has_members: false, .. } => {
            format!("Nothing is committed for {place} while {waiting}, and it has no members.")
        }
        Why::Stopped { .. } => {
            format!("Nothing is committed for {place} while {waiting}, and none of its members has it.")
        }
        Why::Lost { records } => format!(
            "{} of {place} {} taken by retention before {} read.",
            counted(records, "record", "records"),
            if records == 1 { "was" } else { "were" },
            if records == 1 { "it was" } else { "they were" },
        ),
        Why::WillLose { .. } => {
            format!("At these rates retention takes records of {place} before they are read.")
        }
    }
}

fn length(seconds: f64) -> String {
    duration(TimeDelta::seconds(seconds.clamp(0.0, 1e9) as i64))
}

fn offset(offset: i64) -> String {
    u64::try_from(offset).map_or_else(|_| offset.to_string(), count)
}

/// A rate with a digit behind the point where it is small.
fn rate(rate: f64) -> String {
    if rate < 9.95 { format!("{rate:.1}") } else { count(rate.round() as u64) }
}
