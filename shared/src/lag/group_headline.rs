//! The answer that the page of a consumer group begins with: how it is, where, since when, and what comes of it.

use super::{AgeMethod, CatchUp, GroupLag, LagVerdict, words};
use crate::{
    DateTime,
    headline::Headline,
    units::{Zone, seconds},
    verdict::Severity,
};

/// The headline of one group.
pub fn group_headline(group: &GroupLag, now: DateTime, zone: Zone) -> Headline {
    let since = group.reason.as_ref().and_then(|reason| reason.since).map(|since| zone.since(since, now));
    Headline { title: group_title(group, since.as_deref()), lede: group_lede(group) }
}

fn group_title(group: &GroupLag, since: Option<&str>) -> String {
    let name = &group.group;
    let on = group.place().map(|place| format!(" on {place}")).unwrap_or_default();
    let since_then = since.map(|since| format!(" since {since}")).unwrap_or_default();
    match group.verdict {
        None if !group.group_type.is_judged() => {
            format!("{name} is a {}, which has no verdict", group.group_type.word())
        }
        None => format!("{name} reads nothing that Kafka knows of"),
        Some(LagVerdict::Unknown) if group.is_by("stale") => format!("How {name} is now is not known"),
        Some(LagVerdict::Unknown) => format!("How {name} is cannot be told yet"),
        Some(LagVerdict::Ok) if group.lag_records == Some(0) => format!("{name} has read everything"),
        Some(LagVerdict::Ok) => format!("{name} is well"),
        Some(LagVerdict::Rewound) => {
            let at = since.map(|since| format!(" at {since}")).unwrap_or_default();
            format!("{name} went back{on}{at}")
        }
        Some(LagVerdict::Behind) if group.is_by("open_transaction") => {
            format!("{name} waits behind an open transaction{on}{since_then}")
        }
        Some(LagVerdict::Behind) => format!("{name} is behind{on}{since_then}"),
        Some(LagVerdict::Stuck) => format!("{name} is stuck{on}{since_then}"),
        Some(LagVerdict::Stopped) if group.is_by("read_by_nobody") => {
            format!("{name} has members, and none reads{}{since_then}", on.replacen(" on", "", 1))
        }
        Some(LagVerdict::Stopped) if since.is_some() => format!("{name} has been stopped{since_then}"),
        Some(LagVerdict::Stopped) => format!("{name} has stopped"),
        Some(LagVerdict::Losing) => losing(group),
    }
}

fn losing(group: &GroupLag) -> String {
    let name = &group.group;
    let of = group.place().map(|place| format!(" of {place}")).unwrap_or_default();
    match (group.lost_records.filter(|lost| *lost > 0), group.data_loss_seconds) {
        (Some(lost), _) => format!("{name} has lost {}{of}", words::records(lost)),
        (None, Some(left)) => format!("{name} will lose records{of} in {}", seconds(left)),
        (None, None) => format!("{name} loses records{of}"),
    }
}

fn group_lede(group: &GroupLag) -> String {
    let reason = group.reason.as_ref().map(|reason| reason.sentence.clone());
    let told = reason.unwrap_or_else(|| waiting(group));
    [told, outlook(group)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What waits and how it moves, of a group without a reason.
fn waiting(group: &GroupLag) -> String {
    let Some(lag) = group.lag_records else { return "How much it has to read is not known.".into() };
    let age = group.age_seconds.filter(|age| lag > 0 && *age >= 1.0).map(|age| {
        let least = if group.age_method == Some(AgeMethod::OlderThan) { "more than " } else { "" };
        format!(", the oldest for {least}{}", seconds(age))
    });
    let waits = match lag {
        0 => "Nothing waits".into(),
        1 => "1 record waits".into(),
        _ => format!("{} wait", words::records(lag)),
    };
    let rates =
        group.produce_rate_per_second.zip(group.consume_rate_per_second).map(|(produced, consumed)| {
            let [produced, consumed] = [produced, consumed].map(words::per_second);
            format!("; {produced} come in each second, and {consumed} are read")
        });
    format!("{waits}{}{}.", age.unwrap_or_default(), rates.unwrap_or_default())
}

/// What comes of it at these rates.
fn outlook(group: &GroupLag) -> String {
    let is_bad = group.severity() >= Severity::Warning;
    let catch_up = match group.catch_up() {
        CatchUp::In(left) => format!("At these rates it has read everything in {}.", unbroken(left)),
        CatchUp::Never if group.verdict == Some(LagVerdict::Behind) => {
            "At these rates it never catches up.".into()
        }
        _ => String::new(),
    };
    let has_lost = group.lost_records.is_some_and(|lost| lost > 0);
    let loss = match group.data_loss_seconds {
        Some(left) if is_bad && !has_lost && group.verdict != Some(LagVerdict::Losing) => {
            format!("Retention takes the first unread record in {}.", unbroken(left))
        }
        _ => String::new(),
    };
    [catch_up, loss].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A length of time that stays on one line.
fn unbroken(length: f64) -> String {
    seconds(length).replace(' ', "\u{a0}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lag::samples::{group_lags, now};

    fn said(name: &str, change: impl Fn(&mut GroupLag)) -> Headline {
        let mut group = group_lags().groups.into_iter().find(|group| group.group == name).unwrap();
        change(&mut group);
        group_headline(&group, now(), Zone::utc())
    }

    fn title(name: &str) -> String {
        said(name, |_| ()).title
    }

    #[test]
    fn every_verdict_has_a_title_that_says_where_and_since_when() {
        assert_eq!(title("fraud-scorer"), "fraud-scorer is stuck on partition 4 of orders since 09:37");
        assert_eq!(title("billing"), "billing has been stopped since 08:44");
        assert_eq!(
            title("search-indexer"),
            "search-indexer is behind on partition 1 of inventory-changes since 09:43"
        );
        assert_eq!(
            title("delivery-report"),
            "delivery-report went back on partition 0 of shipments at 09:42"
        );
        assert_eq!(
            title("session-replay"),
            "session-replay has lost 5,120 records of partition 0 of session-events"
        );
        assert_eq!(title("store-dashboard"), "How store-dashboard is cannot be told yet");
        assert_eq!(title("order-processing"), "order-processing is well");
        assert_eq!(title("ledger"), "ledger has read everything");
        assert_eq!(title("mail-sender"), "mail-sender is a share group, which has no verdict");
    }

    #[test]
    fn who_waits_behind_a_transaction_is_not_behind_itself() {
        let said = said("search-indexer", |group| {
            let reason = group.reason.as_mut().unwrap();
            (reason.rule, reason.sentence) = ("open_transaction".into(), "It waits.".into());
            (group.lag_records, group.catch_up_seconds, group.data_loss_seconds) = (Some(40), None, None);
        });
        assert!(said.title.starts_with("search-indexer waits behind an open transaction on partition 1"));
        assert_eq!(said.lede, "It waits.", "nothing can be caught up");
    }

    #[test]
    fn what_will_be_lost_is_told_before_it_is() {
        let said = said("session-replay", |group| {
            (group.lost_records, group.data_loss_seconds) = (None, Some(2_700.0));
        });
        assert_eq!(said.title, "session-replay will lose records of partition 0 of session-events in 45 min");
    }

    #[test]
    fn a_reason_without_a_time_says_none() {
        let without = |group: &mut GroupLag| group.reason.iter_mut().for_each(|reason| reason.since = None);
        assert_eq!(said("billing", without).title, "billing has stopped");
        assert_eq!(said("fraud-scorer", without).title, "fraud-scorer is stuck on partition 4 of orders");
        assert_eq!(
            said("delivery-report", without).title,
            "delivery-report went back on partition 0 of shipments"
        );
    }

    #[test]
    fn the_lede_says_what_comes_of_it() {
        let lede = |name| said(name, |_| ()).lede.replace('\u{a0}', " ");
        assert!(lede("fraud-scorer").ends_with("Retention takes the first unread record in 2 d 22 h."));
        assert!(lede("delivery-report").ends_with("At these rates it has read everything in 3 min."));
        assert!(lede("search-indexer").contains("At these rates it never catches up."));
        assert_eq!(
            lede("click-warehouse"),
            "9,000 records wait, the oldest for 1 min; 60 come in each second, and 200 are read. \
             At these rates it has read everything in 1 min."
        );
        assert_eq!(lede("mail-sender"), "41 records wait.");
        let unknown = |group: &mut GroupLag| group.lag_records = None;
        assert_eq!(said("mail-sender", unknown).lede, "How much it has to read is not known.");
    }
}
