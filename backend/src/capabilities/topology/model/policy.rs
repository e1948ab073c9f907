//! What is tolerated of a flow: the section `[topology]`.

/// What is tolerated of a flow, in ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// No heartbeat for longer is a warning.
    pub heartbeat_warning_ms: i64,
    /// No heartbeat for longer is critical.
    pub heartbeat_critical_ms: i64,
    /// The oldest record that is not copied may wait for so long.
    pub behind_after_ms: i64,
    /// Time between two writings of a mirror's position, until it was observed.
    pub flush_ms: i64,
    /// What happened once and is over is told for so long.
    pub told_for_ms: i64,
}

#[cfg(test)]
impl Policy {
    /// As shipped.
    pub const OF_TESTS: Self = Self {
        heartbeat_warning_ms: 30_000,
        heartbeat_critical_ms: 120_000,
        behind_after_ms: 60_000,
        flush_ms: 60_000,
        told_for_ms: 900_000,
    };
}
