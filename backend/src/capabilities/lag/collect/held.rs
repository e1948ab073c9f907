//! Partitions of the offsets topic that a transaction holds: while one is open, nothing behind it can be read, so that its
//! groups would stand still.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use shared::DateTime;

use crate::{
    capabilities::lag::model::{Late, Places},
    kafka::{
        Gateway,
        answers::{OffsetQuery, OffsetSpec, Offsets, Partial},
        read,
    },
};

/// The topic that commits are in.
pub const OFFSETS_TOPIC: &str = "__consumer_offsets";
/// A partition is held when its last stable offset stands still for so long, before the log end.
const HELD_AFTER: Duration = Duration::from_secs(20);

/// The partitions that are held, with when that began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Partitions of the offsets topic.
    pub count: i32,
    /// Those that are held.
    pub since: BTreeMap<i32, DateTime>,
}

impl Held {
    /// Whether the commits of a group are in a partition that is held.
    pub fn holds(&self, group: &str) -> bool {
        !self.since.is_empty() && self.since.contains_key(&partition_of(group, self.count))
    }

    /// What is said of them.
    pub fn sentence(&self) -> Option<String> {
        let (first, since) = self.since.first_key_value()?;
        let more = self.since.len() - 1;
        let which = match more {
            0 => format!("{OFFSETS_TOPIC}-{first} is"),
            _ => format!("{OFFSETS_TOPIC}-{first} and {more} more are"),
        };
        Some(format!(
            "{which} held by an open transaction since {}: its groups are read by OffsetFetch until it ends. \
             kafka-transactions.sh find-hanging finds it.",
            since.format("%H:%M:%S UTC")
        ))
    }
}

/// The partition of the offsets topic that a group's commits are in (Kafka's `GroupMetadataManager.partitionFor`).
pub fn partition_of(group: &str, count: i32) -> i32 {
    let hash = group.encode_utf16().fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()));
    // The smallest number has no counterpart above zero; Kafka takes 0 for it.
    hash.checked_abs().unwrap_or(0).checked_rem(count).unwrap_or(0)
}

/// Watches the offsets topic.
#[derive(Debug, Default)]
pub struct Holding {
    /// Since when stable offsets stand still.
    standing: Mutex<HashMap<i32, (i64, DateTime)>>,
    /// The stable offsets of the last look.
    before: Mutex<HashMap<i32, i64>>,
}

impl Holding {
    /// Looks at its partitions now; `next` is what the tap will read next of each.
    pub async fn look(
        &self,
        gateway: &Gateway,
        places: &Places,
        next: &BTreeMap<i32, i64>,
        now: DateTime,
    ) -> (Held, Late) {
        let led = places.leaders.iter();
        let queries: Vec<OffsetQuery<'_>> = led
            .filter_map(|(partition, leader)| {
                Some(OffsetQuery { topic: OFFSETS_TOPIC, partition: *partition, leader_id: (*leader)? })
            })
            .collect();
        let (stable, ends) = tokio::join!(
            read::list_offsets(gateway, OffsetSpec::Latest, true, &queries),
            read::list_offsets(gateway, OffsetSpec::Latest, false, &queries),
        );
        let count = i32::try_from(places.leaders.len()).unwrap_or(i32::MAX);
        let (stable, ends) = (by_partition(&stable), by_partition(&ends));
        let held = Held { count, since: self.judge(&stable, &ends, now) };
        (held, Late { count, partitions: self.late(stable, next) })
    }

    /// Partitions of which not even that is read which could be at the last look.
    fn late(&self, stable: HashMap<i32, i64>, next: &BTreeMap<i32, i64>) -> HashSet<i32> {
        let mut before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *before, stable);
        let is_late =
            |(partition, stable): (&i32, &i64)| next.get(partition).is_some_and(|next| next < stable);
        before.iter().filter(|(partition, stable)| is_late((partition, stable))).map(|(it, _)| *it).collect()
    }

    fn judge(
        &self,
        stable: &HashMap<i32, i64>,
        ends: &HashMap<i32, i64>,
        now: DateTime,
    ) -> BTreeMap<i32, DateTime> {
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        let is_before = |partition: &i32, stable: i64| ends.get(partition).is_some_and(|end| *end > stable);
        standing.retain(|partition, (at, _)| {
            // What could not be asked stands as it stood.
            stable.get(partition).is_none_or(|stable| stable == at && is_before(partition, *stable))
        });
        for (partition, stable) in stable {
            if is_before(partition, *stable) {
                standing.entry(*partition).or_insert((*stable, now));
            }
        }
        let is_held = |since: DateTime| (now - since).to_std().is_ok_and(|age| age >= HELD_AFTER);
        standing
            .iter()
            .filter(|(_, (_, since))| is_held(*since))
            .map(|(it, (_, since))| (*it, *since))
            .collect()
    }
}

fn by_partition(partial: &Partial<Offsets>) -> HashMap<i32, i64> {
    let rows = partial.answers.iter().flat_map(|(_, offsets)| &offsets.rows);
    rows.filter_map(|row| Some((row.partition, row.offset?))).collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(second: i64) -> DateTime {
        DateTime::from_timestamp_nanos(1_795_600_000_000_000_000) + TimeDelta::seconds(second)
    }

    #[test]
    fn a_group_has_the_partition_that_kafka_gives_it() {
        // Java: "payments".hashCode() = 1382682413, "orders-consumer".hashCode() = 1411268254.
        assert_eq!(partition_of("payments", 50), 13);
        assert_eq!(partition_of("", 50), 0);
        // "polygenelubricants".hashCode() is the smallest number.
        assert_eq!(partition_of("polygenelubricants", 50), 0);
        assert_eq!(partition_of("payments", 0), 0);
    }

    #[test]
    fn a_partition_is_held_when_its_stable_offset_stands_still_before_the_end() {
        let holding = Holding::default();
        let look = |stable: i64, end: i64, second: i64| {
            holding.judge(&HashMap::from([(3, stable)]), &HashMap::from([(3, end)]), at(second))
        };
        assert!(look(10, 12, 0).is_empty());
        assert!(look(10, 15, 19).is_empty(), "not for long enough");
        assert_eq!(look(10, 15, 20), BTreeMap::from([(3, at(0))]));
        assert!(look(11, 15, 30).is_empty(), "it has moved");
        assert_eq!(look(11, 15, 50), BTreeMap::from([(3, at(30))]));
        assert!(look(15, 15, 60).is_empty(), "nothing is open any more");
        assert!(look(15, 16, 70).is_empty(), "another begins anew");
    }

    #[test]
    fn what_was_there_at_the_last_look_and_is_not_read_is_late() {
        let holding = Holding::default();
        let late =
            |stable: i64, next: i64| holding.late(HashMap::from([(3, stable)]), &BTreeMap::from([(3, next)]));
        assert!(late(10, 5).is_empty(), "it may be read yet");
        assert_eq!(late(12, 9), HashSet::from([3]));
        assert!(late(20, 12).is_empty());
        assert!(holding.late(HashMap::new(), &BTreeMap::new()).is_empty(), "nobody knows");
    }

    #[test]
    fn what_cannot_be_asked_stands_as_it_stood() {
        let holding = Holding::default();
        let one = |offset: i64| HashMap::from([(3, offset)]);
        holding.judge(&one(10), &one(12), at(0));
        assert_eq!(holding.judge(&HashMap::new(), &HashMap::new(), at(25)), BTreeMap::from([(3, at(0))]));
    }

    #[test]
    fn held_partitions_are_named() {
        let held = Held { count: 50, since: BTreeMap::from([(13, at(0)), (20, at(5))]) };
        assert!(held.holds("payments") && !held.holds("a"));
        let said = held.sentence().unwrap();
        assert!(
            said.starts_with("__consumer_offsets-13 and 1 more are held by an open transaction since"),
            "{said}"
        );
        assert_eq!(Held::default().sentence(), None);
    }
}
