//! What a group's numbers mean in words: where it fails, when it has caught up, what its members do.

use super::{GroupLag, GroupType, LagVerdict, WorstPartition};
use crate::{units, verdict::Severity};

/// Retention that takes unread records within this time concerns a person today.
const SOON_SECONDS: f64 = 6.0 * 3_600.0;

/// Within this time it concerns them this week.
const LATER_SECONDS: f64 = 3.0 * 86_400.0;

/// When a group has read everything.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CatchUp {
    /// Nobody knows.
    Unknown,
    /// Nothing waits.
    Done,
    /// It reads what comes in, and is well with what waits.
    KeepsPace,
    /// After so many seconds at these rates.
    In(f64),
    /// Not while it reads no more than comes in.
    Never,
}

impl GroupType {
    /// Whether its partitions have one reader each, so that a verdict can be told.
    pub fn is_judged(self) -> bool {
        !matches!(self, Self::Share | Self::Streams)
    }

    /// What a group of it is called.
    pub fn word(self) -> &'static str {
        match self {
            Self::Classic | Self::Consumer => "consumer group",
            Self::Share => "share group",
            Self::Streams => "streams group",
            Self::Unknown => "group",
        }
    }
}

impl GroupLag {
    /// How bad it is; nobody knows of a group that is not judged.
    pub fn severity(&self) -> Severity {
        self.verdict.map_or(Severity::Unknown, LagVerdict::severity)
    }

    /// Whether this rule made its verdict.
    pub(super) fn is_by(&self, rule: &str) -> bool {
        self.reason.as_ref().is_some_and(|reason| reason.rule == rule)
    }

    /// When it has read everything.
    pub fn catch_up(&self) -> CatchUp {
        let rates = self.produce_rate_per_second.zip(self.consume_rate_per_second);
        match (self.lag_records, self.catch_up_seconds, rates) {
            // That depends on a producer.
            _ if self.is_by("open_transaction") => CatchUp::Unknown,
            (Some(0), ..) => CatchUp::Done,
            (_, Some(seconds), _) => CatchUp::In(seconds),
            (Some(_), None, Some((produced, consumed))) if consumed <= produced => match self.verdict {
                // Who commits rarely has read nothing for a while.
                Some(LagVerdict::Ok) if consumed > 0.0 => CatchUp::KeepsPace,
                None | Some(LagVerdict::Ok) | Some(LagVerdict::Unknown) => CatchUp::Unknown,
                Some(_) => CatchUp::Never,
            },
            _ => CatchUp::Unknown,
        }
    }

    /// How much the time until retention takes unread records asks for a person; ok where that is far or not known.
    pub fn loss_severity(&self) -> Severity {
        let lost = self.lost_records.is_some_and(|lost| lost > 0);
        match self.data_loss_seconds {
            _ if lost => Severity::Critical,
            Some(seconds) if seconds < SOON_SECONDS => Severity::Critical,
            Some(seconds) if seconds < LATER_SECONDS => Severity::Warning,
            _ => Severity::Ok,
        }
    }

    /// What its members do, of Kafka's states: `stable`, `rebalancing`, `no members`; as Kafka says it where it is none
    /// of them.
    pub fn state_word(&self) -> Option<String> {
        let state = self.state.as_deref()?;
        Some(match state {
            "Stable" => "stable".into(),
            "Empty" => "no members".into(),
            "PreparingRebalance" | "CompletingRebalance" | "Assigning" | "Reconciling" => {
                "rebalancing".into()
            }
            "NotReady" => "not ready".into(),
            "Dead" => "dead".into(),
            other => other.to_lowercase(),
        })
    }

    /// Where its trouble is: `partition 4 of orders`; `None` where no partition explains it.
    pub fn place(&self) -> Option<String> {
        let one_topic = |first: &WorstPartition| self.worst.iter().all(|other| other.topic == first.topic);
        Some(match self.worst.as_slice() {
            [] => return None,
            [only] => format!("partition {} of {}", only.partition, only.topic),
            [first, second] if first.topic == second.topic => {
                let (low, high) =
                    (first.partition.min(second.partition), first.partition.max(second.partition));
                format!("partitions {low} and {high} of {}", first.topic)
            }
            [first, ..] if one_topic(first) => format!("several partitions of {}", first.topic),
            _ => "partitions of several topics".into(),
        })
    }
}

/// A rate without its unit, in two or three figures: `42`, `0.4`.
pub fn per_second(rate: f64) -> String {
    crate::load::Unit::PerSecond.spoken(rate).0
}

/// Records with their noun: `1 record`, `23,118 records`.
pub fn records(count: u64) -> String {
    units::counted(count, "record", "records")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lag::samples::group_lags;

    fn group(name: &str) -> GroupLag {
        group_lags().groups.into_iter().find(|group| group.group == name).unwrap()
    }

    #[test]
    fn a_group_that_reads_less_than_comes_in_never_catches_up_unless_it_is_well() {
        assert_eq!(group("search-indexer").catch_up(), CatchUp::Never);
        assert_eq!(group("order-processing").catch_up(), CatchUp::KeepsPace);
        assert_eq!(group("click-warehouse").catch_up(), CatchUp::In(64.0));
        assert_eq!(group("ledger").catch_up(), CatchUp::Done);
        assert_eq!(group("store-dashboard").catch_up(), CatchUp::Unknown);
    }

    #[test]
    fn what_is_lost_soon_is_worse_than_what_is_lost_later() {
        let mut one = group("fraud-scorer");
        let mut told = |seconds, lost| {
            (one.data_loss_seconds, one.lost_records) = (seconds, lost);
            one.loss_severity()
        };
        assert_eq!(told(Some(252_000.0), None), Severity::Warning);
        assert_eq!(told(Some(3_600.0), Some(0)), Severity::Critical);
        assert_eq!(told(Some(776_000.0), Some(1)), Severity::Critical);
        assert_eq!(told(Some(776_000.0), None), Severity::Ok);
        assert_eq!(told(None, None), Severity::Ok);
    }

    #[test]
    fn the_place_of_trouble_is_named_as_exactly_as_it_is_known() {
        let mut one = group("billing");
        assert_eq!(one.place().as_deref(), Some("several partitions of orders"));
        one.worst.truncate(2);
        assert_eq!(one.place().as_deref(), Some("partitions 0 and 3 of orders"));
        one.worst[1].topic = "payments".into();
        assert_eq!(one.place().as_deref(), Some("partitions of several topics"));
        one.worst.truncate(1);
        assert_eq!(one.place().as_deref(), Some("partition 0 of orders"));
        one.worst.clear();
        assert_eq!(one.place(), None);
    }

    #[test]
    fn states_are_told_as_people_say_them() {
        let mut one = group("billing");
        assert_eq!(one.state_word().as_deref(), Some("no members"));
        one.state = Some("PreparingRebalance".into());
        assert_eq!(one.state_word().as_deref(), Some("rebalancing"));
        one.state = None;
        assert_eq!(one.state_word(), None);
    }
}
