//! The answer that a list of consumer groups begins with: which of them need a person, and why.

use std::collections::BTreeMap;

use super::{LagMeta, LagVerdict, part};
use crate::{
    DateTime,
    headline::Headline,
    meta::{Freshness, Reading},
    units::{count, counted, duration},
    verdict::Severity,
};

/// Which groups a list is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Among {
    /// Of one cluster; of all when empty.
    pub cluster: String,
    /// Of one owner; of all when empty.
    pub owner: String,
    /// With this in the name; all when empty.
    pub q: String,
}

impl Among {
    /// ` of payments on east with “score” in the name`.
    fn said(&self) -> String {
        let part = |before: &str, name: &str, after: &str| match name {
            "" => String::new(),
            name => format!("{before}{name}{after}"),
        };
        let (owner, cluster) = (part(" of ", &self.owner, ""), part(" on ", &self.cluster, ""));
        format!("{owner}{cluster}{}", part(" with “", &self.q, "” in the name"))
    }
}

/// The headline of a list of groups: how many of those that are judged need a person, and why.
pub fn groups_headline(meta: &LagMeta, readings: &[Reading], among: &Among, now: DateTime) -> Headline {
    let judged: u64 = meta.by_verdict.values().sum();
    let unjudged = meta.meta.total.unwrap_or_default().saturating_sub(judged);
    let of = |verdict: LagVerdict| meta.by_verdict.get(&verdict).copied().unwrap_or_default();
    let unknown = of(LagVerdict::Unknown);
    let needing: u64 = needing(&meta.by_verdict).map(|(_, count)| count).sum();
    if let Some(said) = never_read(readings, now) {
        return said;
    }
    let (groups, among) = (counted(judged, "group", "groups"), among.said());
    let title = if judged == 0 && unjudged > 0 {
        format!("{}{among}, without a verdict", counted(unjudged, "group", "groups"))
    } else if judged == 0 {
        format!("No consumer group{among}")
    } else if needing > 0 {
        let verb = if needing == 1 { "needs" } else { "need" };
        format!("{} of {groups}{among} {verb} a person: {}", count(needing), troubles(&meta.by_verdict))
    } else if unknown == judged {
        format!("How {groups}{among} {} cannot be told yet", if judged == 1 { "is" } else { "are" })
    } else if unknown > 0 {
        let well = counted(judged - unknown, "group", "groups");
        let verb = if judged - unknown == 1 { "is" } else { "are" };
        format!("{well}{among} {verb} well, of {} it cannot be told yet", count(unknown))
    } else if judged == 1 {
        format!("The one group{among} is well")
    } else {
        format!("All {groups}{among} are well")
    };
    Headline { title, lede: unread(readings, now) }
}

/// What is said while no cluster's groups were ever read.
fn never_read(readings: &[Reading], now: DateTime) -> Option<Headline> {
    if is_any_read(readings) {
        return None;
    }
    let is_failing = readings.iter().any(|reading| reading.failure.is_some());
    let title = if is_failing {
        "No consumer group could be read yet"
    } else {
        "Reading the consumer groups for the first time"
    };
    Some(Headline { title: title.into(), lede: unread(readings, now) })
}

/// Whether the groups of any cluster were read; where nothing tells, what is shown was.
pub fn is_any_read(readings: &[Reading]) -> bool {
    let mut groups = readings.iter().filter(|reading| reading.part == part::GROUPS).peekable();
    groups.peek().is_none() || groups.any(|reading| reading.as_of.is_some())
}

/// Verdicts that need a person with how many groups have each, worst first.
fn needing(by_verdict: &BTreeMap<LagVerdict, u64>) -> impl Iterator<Item = (LagVerdict, u64)> + '_ {
    let bad = |verdict: LagVerdict| verdict.severity() >= Severity::Warning;
    let all = by_verdict.iter().rev().map(|(verdict, count)| (*verdict, *count));
    all.filter(move |(verdict, count)| bad(*verdict) && *count > 0)
}

/// `1 loses records, 2 are stuck`.
fn troubles(by_verdict: &BTreeMap<LagVerdict, u64>) -> String {
    let said = |(verdict, groups): (LagVerdict, u64)| {
        let (one, many) = match verdict {
            LagVerdict::Losing => ("loses records", "lose records"),
            LagVerdict::Stopped => ("has stopped", "have stopped"),
            LagVerdict::Stuck => ("is stuck", "are stuck"),
            LagVerdict::Behind => ("is behind", "are behind"),
            LagVerdict::Rewound => ("went back", "went back"),
            LagVerdict::Unknown => ("is unknown", "are unknown"),
            LagVerdict::Ok => ("is well", "are well"),
        };
        format!("{} {}", count(groups), if groups == 1 { one } else { many })
    };
    needing(by_verdict).map(said).collect::<Vec<_>>().join(", ")
}

/// Of which clusters the groups are not known, or not any more.
fn unread(readings: &[Reading], now: DateTime) -> String {
    let said = readings.iter().filter(|reading| reading.part == part::GROUPS).filter_map(|reading| {
        let cluster = reading.cluster.as_deref()?;
        match (reading.freshness(now), reading.as_of) {
            (Freshness::Stale, Some(as_of)) => {
                Some(format!("What you see of {cluster} is {} old.", duration(now - as_of)))
            }
            (Freshness::Failed, _) => Some(format!("The groups of {cluster} could not be read yet.")),
            (Freshness::Loading, _) => Some(format!("The groups of {cluster} are being read.")),
            _ => None,
        }
    });
    said.collect::<Vec<_>>().join(" ")
}

impl LagMeta {
    /// How many groups need a person, and how bad the worst of them is; `None` where all are well or nobody knows.
    pub fn needing_a_person(&self) -> Option<(u64, Severity)> {
        let (worst, _) = needing(&self.by_verdict).next()?;
        Some((needing(&self.by_verdict).map(|(_, count)| count).sum(), worst.severity()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lag::samples::{group_lags, now};

    fn meta(counts: &[(LagVerdict, u64)]) -> LagMeta {
        let mut meta = group_lags().meta;
        meta.by_verdict = counts.iter().copied().collect();
        meta.meta.total = Some(meta.by_verdict.values().sum());
        meta
    }

    fn title(counts: &[(LagVerdict, u64)], among: &Among) -> String {
        groups_headline(&meta(counts), &[], among, now()).title
    }

    #[test]
    fn groups_that_need_a_person_are_counted_by_what_is_wrong_worst_first() {
        use LagVerdict::*;
        let all = Among::default();
        assert_eq!(
            title(&[(Ok, 211), (Stuck, 1), (Losing, 1), (Stopped, 1)], &all),
            "3 of 214 groups need a person: 1 loses records, 1 has stopped, 1 is stuck"
        );
        assert_eq!(title(&[(Ok, 1), (Behind, 1)], &all), "1 of 2 groups needs a person: 1 is behind");
        assert_eq!(
            title(&[(Ok, 1), (Rewound, 2)], &Among { owner: "payments".into(), ..all }),
            "2 of 3 groups of payments need a person: 2 went back"
        );
    }

    #[test]
    fn a_good_day_is_said_in_few_words_and_what_is_unknown_is_never_called_well() {
        use LagVerdict::*;
        let all = Among::default();
        assert_eq!(title(&[(Ok, 214)], &all), "All 214 groups are well");
        assert_eq!(title(&[(Ok, 1)], &all), "The one group is well");
        assert_eq!(
            title(&[(Ok, 210), (Unknown, 4)], &all),
            "210 groups are well, of 4 it cannot be told yet"
        );
        assert_eq!(title(&[(Unknown, 9)], &all), "How 9 groups are cannot be told yet");
        let among = Among { cluster: "east".into(), q: "score".into(), ..all };
        assert_eq!(title(&[], &among), "No consumer group on east with “score” in the name");
    }

    #[test]
    fn a_cluster_that_is_not_read_is_named() {
        let mut readings = group_lags().meta.meta.readings;
        readings[0].as_of = Some(now() - chrono::Duration::seconds(120));
        let said =
            |readings: &[Reading]| groups_headline(&meta(&[]), readings, &Among::default(), now()).lede;
        assert_eq!(said(&readings), "What you see of east is 2 min old.");
        readings[0].as_of = None;
        assert_eq!(said(&readings), "The groups of east are being read.");
    }

    #[test]
    fn what_was_never_read_is_not_called_empty() {
        let mut readings = group_lags().meta.meta.readings;
        readings[0].as_of = None;
        let title =
            |readings: &[Reading]| groups_headline(&meta(&[]), readings, &Among::default(), now()).title;
        assert_eq!(title(&readings), "Reading the consumer groups for the first time");
        readings[0].failure = Some(crate::meta::Failure { since: now(), what: "no answer".into() });
        assert_eq!(title(&readings), "No consumer group could be read yet");
        assert_eq!(title(&group_lags().meta.meta.readings), "No consumer group");
    }

    #[test]
    fn only_groups_that_need_a_person_are_counted_in_the_menu() {
        use LagVerdict::*;
        assert_eq!(meta(&[(Ok, 7), (Unknown, 2)]).needing_a_person(), None);
        assert_eq!(meta(&[(Ok, 7), (Behind, 2)]).needing_a_person(), Some((2, Severity::Warning)));
        assert_eq!(meta(&[(Losing, 1), (Behind, 2)]).needing_a_person(), Some((3, Severity::Critical)));
    }
}
