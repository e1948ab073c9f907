//! What few partitions have.

use serde::{Deserialize, Serialize};

/// A drop that is undone within so long was a rebalance, in s.
const UNDONE_WITHIN: i64 = 30;

/// That a group went back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fell {
    /// The highest offset that it had.
    pub from: i64,
    /// The lowest since.
    pub to: i64,
    /// When, in s since 1970.
    pub since_seconds: i64,
    /// Whether it has reached the highest again.
    pub is_passed: bool,
}

impl Fell {
    /// It went back, perhaps not for the first time.
    pub fn again(before: Option<Self>, from: i64, to: i64, now_seconds: i64) -> Self {
        match before.filter(|before| !before.is_passed) {
            Some(before) => Self { from: before.from.max(from), to: before.to.min(to), ..before },
            None => Self { from, to, since_seconds: now_seconds, is_passed: false },
        }
    }

    /// It has reached the highest again; soon enough, it never went back.
    pub fn passed(self, now_seconds: i64) -> Option<Self> {
        let is_undone = now_seconds - self.since_seconds < UNDONE_WITHIN;
        (!is_undone).then_some(Self { is_passed: true, ..self })
    }

    /// Whether it was put back within so many ms. What was written since waits too, once it is there again.
    pub fn is_recent(&self, now_ms: i64, for_ms: i64) -> bool {
        now_ms - self.since_seconds * 1_000 < for_ms
    }

    /// Whether it may yet be undone.
    pub fn may_be_undone(&self, now_seconds: i64) -> bool {
        !self.is_passed && now_seconds - self.since_seconds < UNDONE_WITHIN
    }
}

/// The two longest times between two commits while there was something to read, as far as they count.
///
/// One alone is an outage; two are a rhythm. They are forgotten after ten times as long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pauses {
    longest: (u32, u32),
    next: (u32, u32),
}

/// A pause counts for so many times as long as it was.
const COUNTS_FOR: u32 = 10;

/// Whether a pause that ended then counts no more.
fn is_old((pause, ended): (u32, u32), now: u32) -> bool {
    now.saturating_sub(ended) > pause.saturating_mul(COUNTS_FOR)
}

impl Pauses {
    /// Takes over one that ended at a time, both in s.
    pub fn see(&mut self, pause: u32, at: u32) {
        if is_old(self.longest, at) {
            self.longest = std::mem::take(&mut self.next);
        }
        if is_old(self.next, at) {
            self.next = (0, 0);
        }
        if pause >= self.longest.0 {
            self.next = std::mem::replace(&mut self.longest, (pause, at));
        } else if pause >= self.next.0 {
            self.next = (pause, at);
        }
    }

    /// The rhythm that they make now, in s; none where there was only one.
    pub fn rhythm(&self, now: u32) -> Option<u32> {
        let counts = |it: (u32, u32)| it.0 > 0 && !is_old(it, now);
        (counts(self.longest) && counts(self.next)).then_some(self.next.0)
    }
}

/// Where a partition that is committed for very often stood some time ago: offset, and s since 1970. Its window is too
/// short to tell how fast it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    before: (i64, i64),
    since: (i64, i64),
}

/// Two places are so far apart, in s.
const PACE: i64 = 30;

impl Pace {
    /// Begins, or goes on to another place.
    pub fn on(before: Option<Self>, offset: i64, now_seconds: i64) -> Self {
        let here = (offset, now_seconds);
        match before {
            // It went back, or was silent for long: what was before is another story.
            Some(pace) if offset < pace.since.0 || now_seconds - pace.since.1 > 4 * PACE => {
                Self { before: here, since: here }
            }
            Some(pace) if now_seconds - pace.since.1 >= PACE => Self { before: pace.since, since: here },
            Some(pace) => pace,
            None => Self { before: here, since: here },
        }
    }

    /// Offsets a second up to another place; none where too little time has passed.
    pub fn rate(&self, offset: i64, seconds: i64) -> Option<f64> {
        let span = seconds - self.before.1;
        (PACE / 3..=6 * PACE).contains(&span).then(|| (offset - self.before.0).max(0) as f64 / span as f64)
    }
}

/// What was seen at a committed offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peeked {
    /// The offset.
    pub offset: i64,
    /// The last stable offset then.
    pub end: i64,
    /// Whether nothing lies in between that a reader of what is committed would get.
    pub is_empty: bool,
    /// When the first record was written, in ms since 1970, where that was told.
    pub time_ms: Option<i64>,
}

/// A transaction that is open: who reads only what is committed is given nothing from its first record on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenTransaction {
    /// Its first record, the last stable offset.
    pub offset: i64,
    /// When it was first seen, in ms since 1970.
    pub since_ms: i64,
    /// Whether it was there at the first look already: it may be older.
    pub was_there: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pause_is_an_outage_and_two_are_a_rhythm_for_a_while() {
        let mut pauses = Pauses::default();
        pauses.see(7_200, 10_000);
        assert_eq!(pauses.rhythm(10_000), None);
        pauses.see(3_600, 20_000);
        assert_eq!(pauses.rhythm(20_000), Some(3_600));
        pauses.see(3_500, 30_000);
        assert_eq!(pauses.rhythm(30_000), Some(3_600), "the shorter of the two longest");
        assert_eq!(pauses.rhythm(60_000), None, "nobody paused since");
        pauses.see(3_500, 100_000);
        assert_eq!(pauses.rhythm(100_000), None, "the others are long ago");
    }

    #[test]
    fn a_pace_is_of_half_a_minute_at_least() {
        let mut pace = Pace::on(None, 0, 100);
        assert_eq!(pace.rate(50, 105), None);
        for second in 101..190 {
            pace = Pace::on(Some(pace), (second - 100) * 20, second);
        }
        assert_eq!(pace.rate(1_800, 190), Some(20.0));
        assert_eq!(Pace::on(Some(pace), 5, 191).rate(5, 200), None, "it went back");
        assert_eq!(Pace::on(Some(pace), 9_000, 900).rate(9_000, 905), None, "it was silent");
        assert_eq!(pace.rate(9_000, 900), None, "too long ago to tell of now");
    }
}
