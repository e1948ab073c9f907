//! Numbers as a person reads them: counts, bytes, durations, ages and times of day.
//!
//! One place, so that a number looks the same in a sentence of the server, in a table and in a chart.

use chrono::{Duration, FixedOffset};

use crate::DateTime;

/// What stands where a number is not known.
pub const UNKNOWN: &str = "–";

/// A count with its thousands separated: `1,204,551`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with its noun: `1 partition`, `36 partitions`.
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(value), if value == 1 { one } else { many })
}

/// A size in decimal units, three figures at most, with the unit apart: `("3.9", "TB")`.
pub fn bytes(value: u64) -> (String, &'static str) {
    const UNITS: [&str; 6] = ["B", "kB", "MB", "GB", "TB", "PB"];
    let mut scaled = value as f64;
    let mut unit = 0;
    while scaled >= 999.5 && unit + 1 < UNITS.len() {
        scaled /= 1000.0;
        unit += 1;
    }
    let text = if unit == 0 || scaled >= 99.5 { format!("{scaled:.0}") } else { format!("{scaled:.1}") };
    (text, UNITS.get(unit).copied().unwrap_or_default())
}

/// A length of time in its two largest units at most: `4 s`, `12 min`, `2 h 5 min`, `3 d 4 h`.
pub fn duration(length: Duration) -> String {
    let seconds = length.num_seconds().max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, 0) => format!("{hours} h"),
        (0, _, _) => format!("{hours} h {minutes} min"),
        (_, 0, _) => format!("{days} d"),
        _ => format!("{days} d {hours} h"),
    }
}

/// A length of time in seconds, as [`duration`] tells it: `< 1 s` where it is shorter and more than none. What is no
/// number or negative is none, and no length is longer than a thousand years.
pub fn seconds(length: f64) -> String {
    const LONGEST: f64 = 1_000.0 * 365.0 * 86_400.0;
    let length = if length.is_nan() { 0.0 } else { length.clamp(0.0, LONGEST) };
    if length > 0.0 && length < 1.0 {
        return "< 1 s".into();
    }
    duration(Duration::seconds(length as i64))
}

/// A setting in milliseconds, exactly: `7 d`, `36 h`, `90 s`, `250 ms`; `for ever` when negative.
pub fn milliseconds(value: i64) -> String {
    const STEPS: [(i64, &str); 4] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s")];
    if value < 0 {
        return "for ever".into();
    }
    STEPS.iter().find(|(step, _)| value >= *step && value % step == 0).map_or_else(
        || format!("{} ms", count(value.unsigned_abs())),
        |(step, unit)| format!("{} {unit}", count((value / step).unsigned_abs())),
    )
}

/// The reader's zone, by which times of day are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(pub FixedOffset);

impl Zone {
    /// A zone by its minutes east of UTC; UTC when out of bounds.
    pub fn east_of_utc(minutes: i32) -> Self {
        FixedOffset::east_opt(minutes.saturating_mul(60)).map_or(Self::utc(), Self)
    }

    /// UTC.
    pub fn utc() -> Self {
        Self(chrono::Offset::fix(&chrono::Utc))
    }

    /// `13:56`.
    pub fn clock(self, time: DateTime) -> String {
        time.with_timezone(&self.0).format("%H:%M").to_string()
    }

    /// `13:56:12`.
    pub fn clock_with_seconds(self, time: DateTime) -> String {
        time.with_timezone(&self.0).format("%H:%M:%S").to_string()
    }

    /// `2026-11-22 13:56:12 +01:00`: the absolute time behind a relative one.
    pub fn full(self, time: DateTime) -> String {
        time.with_timezone(&self.0).format("%Y-%m-%d %H:%M:%S %:z").to_string()
    }

    /// `13:56` today, `21 Nov 13:56` on another day.
    pub fn since(self, time: DateTime, now: DateTime) -> String {
        let (then, today) = (time.with_timezone(&self.0), now.with_timezone(&self.0));
        let format = if then.date_naive() == today.date_naive() { "%H:%M" } else { "%-d %b %H:%M" };
        then.format(format).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!([0, 999, 1_000, 1_204_551].map(count), ["0", "999", "1,000", "1,204,551"]);
    }

    #[test]
    fn sizes_keep_three_figures() {
        let read = |value| {
            let (text, unit) = bytes(value);
            format!("{text} {unit}")
        };
        assert_eq!(read(0), "0 B");
        assert_eq!(read(999), "999 B");
        assert_eq!(read(999_500), "1.0 MB");
        assert_eq!(read(3_900_000_000_000), "3.9 TB");
        assert_eq!(read(u64::MAX), "18447 PB");
    }

    #[test]
    fn lengths_of_time_read_well() {
        let read = |seconds| duration(Duration::seconds(seconds));
        assert_eq!(read(-5), "0 s");
        assert_eq!(read(59), "59 s");
        assert_eq!(read(240), "4 min");
        assert_eq!(read(7_500), "2 h 5 min");
        assert_eq!(read(7_200), "2 h");
        assert_eq!(read(270_000), "3 d 3 h");
    }

    #[test]
    fn seconds_are_told_as_lengths_whatever_they_are() {
        let read = [0.0, 0.4, 1.9, 252_000.0, -3.0, f64::NAN].map(seconds);
        assert_eq!(read, ["0 s", "< 1 s", "1 s", "2 d 22 h", "0 s", "0 s"]);
        assert_eq!(seconds(f64::INFINITY), "365000 d");
    }

    #[test]
    fn settings_are_told_exactly() {
        assert_eq!(milliseconds(604_800_000), "7 d");
        assert_eq!(milliseconds(129_600_000), "36 h");
        assert_eq!(milliseconds(90_000), "90 s");
        assert_eq!(milliseconds(1_500), "1,500 ms");
        assert_eq!(milliseconds(-1), "for ever");
    }

    #[test]
    fn another_day_is_named() {
        let zone = Zone::east_of_utc(60);
        let now = DateTime::from_timestamp(1_795_358_400, 0).unwrap();
        assert_eq!(zone.since(now - Duration::hours(1), now).len(), 5);
        assert!(zone.since(now - Duration::days(2), now).contains("Nov"));
    }
}
