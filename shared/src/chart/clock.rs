//! Ticks of time: round times of day in the reader's zone, as many as have room.

use chrono::{Duration, Timelike};

use crate::{DateTime, units::Zone};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Distances that people think in, in seconds; beyond the last one it doubles.
const STEPS: [i64; 20] = [
    1,
    5,
    10,
    15,
    30,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
];

/// From this range on a date needs its year.
const YEAR_NEEDED: i64 = 300 * DAY;

/// Round times in `[from, to]` with their labels, at most one for each `least_px` of `width_px`.
pub fn ticks(
    from: DateTime,
    to: DateTime,
    zone: Zone,
    width_px: f64,
    least_px: f64,
) -> Vec<(DateTime, String)> {
    let span = (to - from).num_seconds();
    if span <= 0 || width_px < least_px {
        return Vec::new();
    }
    let step = step(span as f64 * least_px / width_px);
    // Round times are round on the reader's clock, not on that of UTC.
    let offset = i64::from(zone.0.local_minus_utc());
    let first = (from.timestamp() + offset).div_euclid(step) * step - offset;
    let seconds = (0..).map(|index| first + index * step).take_while(|second| *second <= to.timestamp());
    seconds
        .filter_map(|second| DateTime::from_timestamp(second, 0))
        .filter(|time| *time >= from)
        .map(|time| (time, label(time, zone, step, span)))
        .collect()
}

fn step(least: f64) -> i64 {
    let doubled = std::iter::successors(Some(28 * DAY), |days| days.checked_mul(2));
    STEPS.into_iter().chain(doubled).find(|step| *step as f64 >= least).unwrap_or(i64::MAX / 4)
}

fn label(time: DateTime, zone: Zone, step: i64, span: i64) -> String {
    let local = time.with_timezone(&zone.0);
    let midnight = local.num_seconds_from_midnight() == 0;
    let format = match step {
        _ if span >= YEAR_NEEDED => "%-d %b %Y",
        DAY.. => "%-d %b",
        // A day's first label says which day it is, but not when the whole range is around it.
        _ if midnight && span >= 12 * HOUR => "%-d %b",
        MINUTE.. => "%H:%M",
        _ => "%H:%M:%S",
    };
    local.format(format).to_string()
}

/// The span of a range in milliseconds, at least one.
pub fn span_ms(from: DateTime, to: DateTime) -> f64 {
    (to - from).max(Duration::milliseconds(1)).num_milliseconds() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::samples::now;

    fn labels(length: Duration, zone: Zone, width: f64) -> Vec<String> {
        ticks(now() - length, now(), zone, width, 80.0).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn an_hour_has_quarters_where_there_is_room() {
        let hour = Duration::hours(1);
        assert_eq!(
            labels(hour, Zone::utc(), 600.0),
            ["13:00", "13:10", "13:20", "13:30", "13:40", "13:50", "14:00"]
        );
        assert_eq!(labels(hour, Zone::utc(), 400.0), ["13:00", "13:15", "13:30", "13:45", "14:00"]);
        assert_eq!(labels(hour, Zone::utc(), 230.0), ["13:00", "13:30", "14:00"]);
    }

    #[test]
    fn times_are_round_on_the_readers_clock() {
        let india = Zone::east_of_utc(330);
        assert_eq!(
            labels(Duration::hours(6), india, 600.0),
            ["14:00", "15:00", "16:00", "17:00", "18:00", "19:00"]
        );
        assert_eq!(labels(Duration::hours(24), india, 400.0), ["22 Nov", "06:00", "12:00", "18:00"]);
    }

    #[test]
    fn long_ranges_speak_of_days() {
        assert_eq!(labels(Duration::days(3), Zone::utc(), 400.0), ["20 Nov", "21 Nov", "22 Nov"]);
        assert!(labels(Duration::days(900), Zone::utc(), 400.0).iter().all(|label| label.contains(" 202")));
    }

    #[test]
    fn seconds_and_nothing() {
        assert_eq!(labels(Duration::seconds(20), Zone::utc(), 200.0), ["13:59:40", "13:59:50", "14:00:00"]);
        assert!(labels(Duration::zero(), Zone::utc(), 200.0).is_empty());
        assert!(labels(Duration::hours(-1), Zone::utc(), 200.0).is_empty());
    }
}
