//! What a book is told: commits as they are made, and offsets as coordinators tell them.

use crate::capabilities::lag::evaluate::Placed;

/// A commit as it comes.
#[derive(Clone, Copy, Debug)]
pub struct Committed<'a> {
    /// Who committed.
    pub group: &'a str,
    /// For which topic.
    pub topic: &'a str,
    /// For which partition of it.
    pub partition: i32,
    /// The next offset that the group will read.
    pub offset: i64,
    /// The offset of the commit's own record.
    pub order: i64,
    /// When, by the broker's clock, in ms since 1970.
    pub time_ms: i64,
    /// Whether it was made long before: nobody knows where the log ended then.
    pub is_old: bool,
}

/// A committed offset as the coordinator tells it.
#[derive(Clone, Copy, Debug)]
pub struct Fetched<'a> {
    /// Whose.
    pub group: &'a str,
    /// Of which topic.
    pub topic: &'a str,
    /// Of which partition of it.
    pub partition: i32,
    /// The next offset that the group will read.
    pub offset: i64,
    /// When the coordinator was asked, in s since 1970.
    pub asked_at_seconds: i64,
}

/// As what an offset that was fetched is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchedAs {
    /// As what holds where no commit was seen since it was asked for: commits are seen, or will be.
    First,
    /// As a commit of now where it has moved: commits are never seen.
    Commit,
    /// As what holds until commits are seen again.
    Meanwhile,
}

/// What became of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It has its place in the window.
    Placed(Placed),
    /// It is older than a group may be silent.
    Expired,
    /// The partition's log end is not known yet.
    LogEndUnknown,
    /// There is no room for one more window.
    NoRoom,
}

/// Records between a committed offset and a log end. Log ends are looked at now and then, so that a commit may be ahead.
pub fn lag(log_end: i64, offset: i64) -> u64 {
    if log_end > offset { log_end.abs_diff(offset) } else { 0 }
}
