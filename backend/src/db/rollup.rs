//! Which points of ten minutes and of an hour are due, once minutes were written.
//!
//! A point is due when its time is over: when minutes of it were written late, and when it ended since the last time
//! that points were made. After a start nobody knows when that was; then the newest hours that have minutes are made
//! again, which changes nothing where they were made before.

use std::collections::{BTreeMap, BTreeSet};

const MINUTE: i64 = 60_000;
const TEN: i64 = 10 * MINUTE;
const HOUR: i64 = 60 * MINUTE;

/// Hours that are looked at after a long silence.
const MOST_HOURS: i64 = 200;

/// What is due of one hour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Its ten minutes that are due, 0 to 5.
    pub tens: BTreeSet<usize>,
    /// Whether the hour itself is.
    pub hour: bool,
}

/// Until when points were made, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// Until then.
    Until(i64),
    /// Nobody knows; the newest earlier hour that has minutes is this one.
    Unknown(Option<i64>),
}

/// What is due after minutes that begin at `written` were written, by the beginning of the hour; and until when points
/// are then made. All in milliseconds.
pub fn due(written: &BTreeSet<i64>, made: Made) -> (BTreeMap<i64, Due>, i64) {
    let Some(newest) = written.last().map(|start| start + MINUTE) else {
        return (BTreeMap::new(), if let Made::Until(until) = made { until } else { 0 });
    };
    let (ended, from) = match made {
        Made::Until(until) => (newest.max(until), until),
        Made::Unknown(_) => (newest, (newest - 1).div_euclid(HOUR) * HOUR),
    };
    let mut hours: BTreeSet<i64> = written.iter().map(|start| start.div_euclid(HOUR) * HOUR).collect();
    let first = from.div_euclid(HOUR).max(ended.div_euclid(HOUR) - MOST_HOURS);
    hours.extend((first..=(ended - 1).div_euclid(HOUR)).map(|hour| hour * HOUR));
    let mut due: BTreeMap<i64, Due> = BTreeMap::new();
    for hour in hours {
        let tens = (0..6).filter(|ten| {
            let start = hour + ten * TEN;
            is_due(written, from, ended, start, TEN)
        });
        let found = Due {
            tens: tens.filter_map(|ten| usize::try_from(ten).ok()).collect(),
            hour: is_due(written, from, ended, hour, HOUR),
        };
        due.insert(hour, found);
    }
    if let Made::Unknown(Some(hour)) = made {
        due.insert(hour, Due { tens: (0..6).collect(), hour: true });
    }
    due.retain(|_, due| due.hour || !due.tens.is_empty());
    (due, ended)
}

fn is_due(written: &BTreeSet<i64>, from: i64, ended: i64, start: i64, length: i64) -> bool {
    let end = start + length;
    end <= ended && (end > from || written.range(start..end).next().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(minutes: impl IntoIterator<Item = i64>) -> BTreeSet<i64> {
        minutes.into_iter().map(|minute| minute * MINUTE).collect()
    }

    fn tens(due: &BTreeMap<i64, Due>, hour: i64) -> Vec<usize> {
        due.get(&(hour * HOUR)).map(|due| due.tens.iter().copied().collect()).unwrap_or_default()
    }

    #[test]
    fn nothing_is_due_before_ten_minutes_are_over() {
        let (due, until) = due(&minutes([3]), Made::Until(2 * MINUTE));
        assert_eq!((due.len(), until), (0, 4 * MINUTE));
    }

    #[test]
    fn the_last_minute_makes_its_ten_minutes_and_its_hour_due() {
        let (found, _) = due(&minutes([9]), Made::Until(9 * MINUTE));
        assert_eq!(tens(&found, 0), [0]);
        let (found, _) = due(&minutes([59]), Made::Until(59 * MINUTE));
        assert_eq!((tens(&found, 0), found[&0].hour), (vec![5], true));
    }

    #[test]
    fn what_ended_while_nothing_was_written_is_due_with_the_next_minute() {
        let (found, until) = due(&minutes([125]), Made::Until(57 * MINUTE));
        assert_eq!((tens(&found, 0), found[&0].hour), (vec![5], true));
        assert_eq!((tens(&found, 1), found[&HOUR].hour), ((0..6).collect(), true));
        assert_eq!((tens(&found, 2), until), (vec![], 126 * MINUTE));
    }

    #[test]
    fn minutes_that_come_late_are_made_again() {
        let (found, until) = due(&minutes([5, 200]), Made::Until(200 * MINUTE));
        assert_eq!((tens(&found, 0), found[&0].hour, until), (vec![0], true, 201 * MINUTE));
        assert_eq!(tens(&found, 3), Vec::<usize>::new());
    }

    #[test]
    fn after_a_start_the_newest_hours_that_have_minutes_are_made_again() {
        let (found, _) = due(&minutes([624]), Made::Unknown(Some(2 * HOUR)));
        assert_eq!((tens(&found, 2), found[&(2 * HOUR)].hour), ((0..6).collect(), true));
        assert_eq!((tens(&found, 10), found[&(10 * HOUR)].hour), (vec![0, 1], false));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_silence_of_years_does_not_make_thousands_of_hours() {
        let (found, _) = due(&minutes([60 * 24 * 365 * 5]), Made::Until(0));
        assert!(found.len() <= 202, "{}", found.len());
    }
}
