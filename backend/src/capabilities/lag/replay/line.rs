//! The lines of a recording.

use serde::Deserialize;

use crate::capabilities::lag::model::Policy;

/// A line of a recording. Times are in ms since 1970, unless a name says seconds.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Line {
    /// Begins anew.
    Config(Config),
    /// A look at the end of a partition.
    LogEnd { cluster: String, topic: String, partition: i32, partition_count: i32, offset: i64, ts_ms: i64 },
    /// A group committed.
    Commit {
        cluster: String,
        group: String,
        topic: String,
        partition: i32,
        offset: i64,
        order: i64,
        ts_ms: i64,
    },
    /// A partition was assigned.
    Owner { cluster: String, group: String, topic: String, partition: i32, host: String, client_id: String },
    /// Nothing is assigned in a group any more.
    ClearOwners { cluster: String, group: String },
    /// A topic is gone.
    DeleteTopic { cluster: String, topic: String },
    /// A group is gone.
    DeleteGroup { cluster: String, group: String },
    /// A look at where a partition begins. Only our own rules look at it.
    LogStart { cluster: String, topic: String, partition: i32, offset: i64, ts_ms: i64 },
    /// A look at its last stable offset. Only our own rules look at it.
    StableEnd { cluster: String, topic: String, partition: i32, offset: i64, ts_ms: i64 },
    /// Who is in a group. Only our own rules look at it.
    Members {
        cluster: String,
        group: String,
        #[serde(default)]
        state: Option<String>,
        #[serde(default)]
        count: Option<u32>,
        ts_ms: i64,
    },
    /// It is later.
    Now { now_ms: i64 },
    /// How is a group?
    Status {
        cluster: String,
        group: String,
        #[serde(default)]
        show_all: bool,
    },
    /// What is kept of a partition?
    Window { cluster: String, group: String, topic: String, partition: i32 },
    /// What does a record of the offsets topic say?
    Record {
        key_hex: Option<String>,
        value_hex: Option<String>,
        offset: i64,
        #[expect(dead_code, reason = "a record has a time, of which commits have their own")]
        ts_ms: Option<i64>,
    },
    /// How is a partition with this window?
    Judge {
        window: Vec<(i64, Option<u64>, i64)>,
        log_ends: Vec<i64>,
        current_lag: u64,
        now_s: i64,
        #[serde(default)]
        allowed_lag: u64,
    },
}

/// How commits are kept and judged; what is not given is as Burrow has it. Keys of other rules may stand beside.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Commits of a window.
    pub intervals: usize,
    /// A commit that follows sooner takes its predecessor's place.
    pub min_distance_s: u32,
    /// A group that is silent for longer is forgotten.
    pub expire_group_s: u32,
    /// A lag up to this is none.
    pub allowed_lag: u64,
    /// The share of a window that must be there before it is judged.
    pub minimum_complete: f32,
    /// What time it is.
    pub now_ms: i64,
    /// What our own rules tolerate.
    #[serde(flatten)]
    pub policy: Tolerances,
}

/// The policy of `[lag]`, in seconds; the unit may stand in a name or not.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default)]
pub struct Tolerances {
    #[serde(alias = "behind_after_s", alias = "behind_after_seconds")]
    behind_after: f64,
    #[serde(alias = "stuck_after_s", alias = "stuck_after_seconds")]
    stuck_after: f64,
    #[serde(alias = "stopped_after_s", alias = "stopped_after_seconds")]
    stopped_after: f64,
    #[serde(alias = "transaction_after_s", alias = "transaction_after_seconds")]
    transaction_after: f64,
    #[serde(alias = "losing_within_s", alias = "losing_within_seconds")]
    losing_within: f64,
    #[serde(alias = "rewound_for_s", alias = "rewound_for_seconds")]
    rewound_for: f64,
    #[serde(alias = "rhythm_patience_s", alias = "rhythm_patience_seconds")]
    rhythm_patience: f64,
    minimum_commits: usize,
    #[serde(alias = "minimum_span_s", alias = "minimum_span_seconds")]
    minimum_span: f64,
}

impl Default for Tolerances {
    fn default() -> Self {
        let usual = Policy::default();
        let seconds = |ms: i64| ms as f64 / 1_000.0;
        Self {
            behind_after: seconds(usual.behind_after_ms),
            stuck_after: seconds(usual.stuck_after_ms),
            stopped_after: seconds(usual.stopped_after_ms),
            transaction_after: seconds(usual.transaction_after_ms),
            losing_within: seconds(usual.losing_within_ms),
            rewound_for: seconds(usual.rewound_for_ms),
            rhythm_patience: seconds(usual.rhythm_patience_ms),
            minimum_commits: usual.minimum_commits,
            minimum_span: seconds(usual.minimum_span_ms),
        }
    }
}

impl From<Tolerances> for Policy {
    fn from(told: Tolerances) -> Self {
        let ms = |seconds: f64| (seconds * 1_000.0) as i64;
        Self {
            behind_after_ms: ms(told.behind_after),
            stuck_after_ms: ms(told.stuck_after),
            stopped_after_ms: ms(told.stopped_after),
            transaction_after_ms: ms(told.transaction_after),
            losing_within_ms: ms(told.losing_within),
            rewound_for_ms: ms(told.rewound_for),
            rhythm_patience_ms: ms(told.rhythm_patience),
            minimum_commits: told.minimum_commits,
            minimum_span_ms: ms(told.minimum_span),
            clock_ms: Self::default().clock_ms,
            reads_records: false,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            intervals: 10,
            min_distance_s: 0,
            expire_group_s: 604_800,
            allowed_lag: 0,
            minimum_complete: 0.0,
            now_ms: 0,
            policy: Tolerances::default(),
        }
    }
}
