//! What is tolerated of a consumer group.

/// What native verdicts hold groups against. Times in ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The oldest unread record may wait so long, whatever becomes of the lag.
    pub behind_after_ms: i64,
    /// The offset of a group with members may stand so long while records wait.
    pub stuck_after_ms: i64,
    /// A group without members may be silent so long while records wait.
    pub stopped_after_ms: i64,
    /// A transaction may be open so long while readers of committed records wait behind it.
    pub transaction_after_ms: i64,
    /// Records that will be gone within so long are as good as lost.
    pub losing_within_ms: i64,
    /// A rewind is told at least so long.
    pub rewound_for_ms: i64,
    /// A group whose rhythm is not known is waited for so long.
    pub rhythm_patience_ms: i64,
    /// Commits that must have been seen before a group is called behind.
    pub minimum_commits: usize,
    /// A group must have been seen so long before it is called behind.
    pub minimum_span_ms: i64,
    /// A clock that differs by more is another clock.
    pub clock_ms: i64,
    /// Whether records may be read to tell when the oldest unread one was written.
    pub reads_records: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            behind_after_ms: 120_000,
            stuck_after_ms: 300_000,
            stopped_after_ms: 300_000,
            transaction_after_ms: 960_000,
            losing_within_ms: 6 * 3_600_000,
            rewound_for_ms: 900_000,
            rhythm_patience_ms: 24 * 3_600_000,
            minimum_commits: 3,
            minimum_span_ms: 60_000,
            clock_ms: 60_000,
            reads_records: false,
        }
    }
}
