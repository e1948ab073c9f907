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

    /// Whether it may yet be undone.
    pub fn may_be_undone(&self, now_seconds: i64) -> bool {
        !self.is_passed && now_seconds - self.since_seconds < UNDONE_WITHIN
    }
}

/// What was seen at a committed offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
