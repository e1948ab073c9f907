//! How a partition is, as its group reads it.

use shared::lag::{AgeMethod, LagVerdict};

/// How long the oldest unread record has waited.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Age {
    /// In seconds.
    pub seconds: f64,
    /// How that was found.
    pub method: AgeMethod,
}

/// Why a partition is as it is. Times in seconds, limits as they were held against it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Why {
    /// Everything is read, or it waits no longer than it may.
    InTime,
    /// What waits gets less.
    CatchingUp {
        /// All is read after so long.
        seconds: f64,
    },
    /// What is known is too old.
    Stale,
    /// The end of its log is not known.
    NoLogEnd,
    /// The topic is not there.
    NoTopic,
    /// The end of its log was seen too long ago.
    OldLogEnd {
        /// So long ago.
        seconds: f64,
    },
    /// The group has committed more than there is.
    BeyondEnd {
        /// What it committed.
        committed: i64,
        /// Where the log ends.
        end: i64,
    },
    /// It is assigned, and nothing was committed for it.
    NoCommit,
    /// Commits are read late.
    CommitsLate,
    /// The clock that commits carry is not ours.
    Skewed {
        /// It is so far ahead.
        ahead_seconds: f64,
    },
    /// Whether the group has members is not known.
    NoState,
    /// It was not seen for long enough.
    TooLittle {
        /// Commits that were seen.
        commits: usize,
        /// Commits that must be.
        least: usize,
    },
    /// How long records wait is not known: they were there before we looked.
    AgeUnknown,
    /// How often it commits is not known.
    RhythmUnknown {
        /// Nothing moved for so long.
        still: f64,
    },
    /// It went back.
    Rewound {
        /// By so many records.
        records: i64,
    },
    /// Records wait too long.
    Behind {
        /// So long.
        waits: f64,
        /// Longer than this.
        limit: f64,
        /// Written each second.
        produced: f64,
        /// Read each second.
        consumed: f64,
    },
    /// Everything is read up to a transaction that is open for too long.
    OpenTransaction {
        /// Its first record.
        offset: i64,
        /// Offsets from there to the end of the log.
        behind_it: u64,
        /// It is open at least so long.
        open: f64,
        /// Longer than this.
        limit: f64,
    },
    /// The offset does not move.
    Stuck {
        /// It stays here.
        offset: i64,
        /// For so long.
        still: f64,
        /// Longer than this.
        limit: f64,
    },
    /// Nobody reads it.
    Stopped {
        /// Nothing was committed for so long.
        still: f64,
        /// Longer than this.
        limit: f64,
        /// Whether the group has members, of which none has this partition.
        has_members: bool,
    },
    /// Records are gone.
    Lost {
        /// So many.
        records: u64,
    },
    /// Records will be gone.
    WillLose {
        /// The first of them after so long.
        seconds: f64,
        /// Within this it counts.
        limit: f64,
    },
}

/// How a partition is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// The verdict.
    pub verdict: LagVerdict,
    /// Why.
    pub why: Why,
    /// Since when it is so, in ms since 1970, where that is known.
    pub since_ms: Option<i64>,
    /// Records that could be read and are not.
    pub lag_records: Option<u64>,
    /// Log end minus committed offset.
    pub lag_raw: Option<i64>,
    /// How long the oldest of them has waited.
    pub age: Option<Age>,
    /// Records that are written each second.
    pub produced: Option<f64>,
    /// Records that are committed each second.
    pub consumed: Option<f64>,
    /// Everything is read after so many seconds.
    pub catch_up_seconds: Option<f64>,
    /// Retention takes the oldest after so many seconds.
    pub data_loss_seconds: Option<f64>,
    /// Records that retention has taken.
    pub lost_records: Option<u64>,
}

impl Judged {
    /// A verdict of which nothing else is known.
    pub fn bare(verdict: LagVerdict, why: Why) -> Self {
        Self {
            verdict,
            why,
            since_ms: None,
            lag_records: None,
            lag_raw: None,
            age: None,
            produced: None,
            consumed: None,
            catch_up_seconds: None,
            data_loss_seconds: None,
            lost_records: None,
        }
    }
}
