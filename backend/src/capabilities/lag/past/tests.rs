//! What is held of groups over time, on a clock of its own.

use super::*;
use crate::capabilities::lag::model::{Late, Summed};

const HELD: Duration = Duration::from_secs(3_600);

/// So many seconds after a whole hour.
fn at(seconds: i64) -> DateTime {
    DateTime::from_timestamp_nanos((1_795_600_800 + seconds) * 1_000_000_000)
}

fn groups<'a>(lags: impl IntoIterator<Item = (&'a str, Option<u64>)>) -> GroupsSnapshot {
    let row = |(group, lag_records): (&str, Option<u64>)| {
        let whole = Summed { lag_records, ..Summed::default() };
        Arc::new(GroupRow { whole, ..GroupRow::unknown(group) })
    };
    GroupsSnapshot { rows: lags.into_iter().map(row).collect(), late: Late::default() }
}

/// The values of steps of so many seconds over the first two minutes.
fn steps(past: &Past, group: &str, step: u64) -> Vec<Option<f64>> {
    let window = past.window(group).unwrap();
    let steps = window.steps(LAG, at(0), at(120), Duration::from_secs(step));
    steps.into_iter().map(|(_, lag)| lag).collect()
}

#[test]
fn a_group_that_changes_has_a_sample_a_turn_and_one_that_does_not_one_in_half_a_minute() {
    let past = Past::new(HELD);
    for turn in 0..12 {
        past.push(&groups([("still", Some(7)), ("moves", Some(turn))]), at(turn as i64 * 10));
    }
    assert_eq!(steps(&past, "moves", 10), (0..12).map(|lag| Some(f64::from(lag))).collect::<Vec<_>>());
    let still = [Some(7.0), None, None].repeat(4);
    assert_eq!(steps(&past, "still", 10), still);
    assert_eq!(steps(&past, "still", 30), [Some(7.0); 4], "no half minute is without one");
}

#[test]
fn turns_that_come_a_little_late_leave_no_half_minute_empty() {
    let past = Past::new(HELD);
    for turn in 0..11 {
        let late = chrono::TimeDelta::milliseconds(turn * 70);
        past.push(&groups([("still", Some(7))]), at(turn * 10 + 9) + late);
    }
    assert_eq!(steps(&past, "still", 30), [Some(7.0); 4]);
}

#[test]
fn what_is_not_known_is_no_sample_and_no_zero() {
    let past = Past::new(HELD);
    past.push(&groups([("pay", Some(0)), ("never", None)]), at(0));
    past.push(&groups([("pay", None)]), at(30));
    past.push(&groups([("pay", Some(0))]), at(60));
    assert_eq!(steps(&past, "pay", 30), [Some(0.0), None, Some(0.0), None]);
    assert!(past.window("never").is_none());
    let window = past.window("pay").unwrap();
    assert_eq!((window.since(), window.newest()), (Some(at(0)), Some(at(60))));
    assert_eq!(window.last(AGE, HELD), None, "its age is not known");
}

#[test]
fn a_group_that_is_gone_is_forgotten_once_its_last_sample_is_too_old() {
    let past = Past::new(HELD);
    past.push(&groups([("gone", Some(1)), ("there", Some(1))]), at(0));
    past.push(&groups([("there", Some(2))]), at(3_600));
    assert!(past.window("gone").is_some());
    past.push(&groups([("there", Some(2))]), at(3_601));
    assert!(past.window("gone").is_none() && past.window("there").is_some());
    assert_eq!(past.windows().len(), 1);
}

#[test]
fn of_more_groups_than_there_is_room_for_nothing_is_held() {
    let mut lines = Lines::new();
    let names: Vec<String> = (0..=MOST_OF_PART).map(|group| group.to_string()).collect();
    for row in groups(names.iter().map(|name| (name.as_str(), Some(1)))).rows {
        super::push(&mut lines, &row, HELD, at(0));
    }
    assert_eq!(lines.len(), MOST_OF_PART);
}

#[test]
fn six_hours_of_a_group_take_little() {
    let past = Past::new(HELD * 6);
    for turn in 0..6 * 360 {
        let lag = turn * 7_919 % 101;
        past.push(&groups([("still", Some(0)), ("moves", Some(lag))]), at(turn as i64 * 10));
    }
    let bytes = |group: &str| past.window(group).unwrap().held_bytes();
    assert!(bytes("still") < 4_000, "{}", bytes("still"));
    assert!(bytes("moves") < 16_000, "{}", bytes("moves"));
}
