//! The lines of a recording.

use serde::{Deserialize, de::IgnoredAny};

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
    /// Told for the other rules.
    LogStart(IgnoredAny),
    /// Told for the other rules.
    StableEnd(IgnoredAny),
    /// Told for the other rules.
    Members(IgnoredAny),
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
        }
    }
}
