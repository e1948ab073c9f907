//! The times in which a group was not well, from what the timeline says of it, as bands of a chart.

use super::{GroupLag, LagVerdict};
use crate::{
    DateTime,
    chart::{Band, Told, spells},
    event::Event,
};

/// The bands between two times. `events` are those of one group, newest first: each that tells a verdict ends the one
/// before. What ends a trouble that no event began, began before `from`; what nothing ends lasts until `to`. `group` is
/// how it is now: where no event tells of that, its reason does.
pub fn bands(events: &[Event], group: Option<&GroupLag>, from: DateTime, to: DateTime) -> Vec<Band> {
    let told: Vec<Told> =
        events.iter().rev().filter_map(|event| Some(told(event.time, verdict_of(&event.kind)?))).collect();
    let now = group.and_then(|group| Some(self::told(group.reason.as_ref()?.since?, group.verdict?)));
    spells(&told, now, from, to)
}

fn told(time: DateTime, verdict: LagVerdict) -> Told {
    Told { time, severity: verdict.severity(), word: verdict.word() }
}

/// The verdict that a kind of event tells.
fn verdict_of(kind: &str) -> Option<LagVerdict> {
    match kind.strip_prefix("group_")? {
        "well" => Some(LagVerdict::Ok),
        name => LagVerdict::ALL.into_iter().find(|verdict| verdict.name() == name),
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::{
        event::Subject,
        lag::samples::{group_detail, now},
        verdict::Severity,
    };

    fn ago(minutes: i64) -> DateTime {
        now() - Duration::minutes(minutes)
    }

    fn event(minutes: i64, kind: &str) -> Event {
        Event {
            time: ago(minutes),
            cluster: Some("east".into()),
            noun: "lag".into(),
            kind: kind.into(),
            subject: Subject::Group { group: "fraud-scorer".into() },
            severity: Severity::Critical,
            sentence: String::new(),
            detail: None,
            topics: vec![],
        }
    }

    fn told(events: &[Event], group: Option<&GroupLag>) -> Vec<(String, DateTime, DateTime)> {
        let bands = bands(events, group, ago(60), now());
        bands.into_iter().map(|band| (band.label, band.from, band.to)).collect()
    }

    #[test]
    fn a_trouble_lasts_until_the_next_verdict_and_the_last_until_now() {
        let events = [
            event(9, "group_stuck"),
            event(30, "group_well"),
            event(40, "group_stopped"),
            event(50, "group_behind"),
        ];
        assert_eq!(
            told(&events, None),
            [
                ("behind".into(), ago(50), ago(40)),
                ("stopped".into(), ago(40), ago(30)),
                ("stuck".into(), ago(9), now())
            ]
        );
    }

    #[test]
    fn what_ends_within_the_range_without_a_beginning_began_before_it() {
        assert_eq!(told(&[event(20, "group_well")], None), [("not well".into(), ago(60), ago(20))]);
    }

    #[test]
    fn what_is_no_verdict_ends_nothing() {
        let events = [event(5, "group_rebalanced"), event(9, "group_stuck")];
        assert_eq!(told(&events, None), [("stuck".into(), ago(9), now())]);
        assert!(told(&[event(5, "broker_left"), event(9, "group_unknown")], None).is_empty());
    }

    #[test]
    fn a_trouble_that_began_long_ago_is_told_by_the_group_itself() {
        let mut group = group_detail().group;
        group.reason.iter_mut().for_each(|reason| reason.since = Some(ago(600)));
        assert_eq!(told(&[], Some(&group)), [("stuck".into(), ago(60), now())]);
        assert_eq!(told(&[event(9, "group_stuck")], Some(&group)).len(), 1);
        group.verdict = Some(LagVerdict::Ok);
        assert!(told(&[], Some(&group)).is_empty());
    }
}
