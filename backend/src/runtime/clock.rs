//! The clock: the one place where the time of day comes from (I7).
//!
//! Tests under paused time use a clock that moves with tokio's, so that ages, periods and deadlines agree.

use chrono::Duration;
use shared::DateTime;
use tokio::time::Instant;

/// Tells the time of day.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Tokio { origin: DateTime, started: Instant },
}

impl Clock {
    /// The clock of the machine.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that starts at `origin` and moves with tokio's, which a test may pause.
    pub fn starting_at(origin: DateTime) -> Self {
        Self(Source::Tokio { origin, started: Instant::now() })
    }

    /// Now.
    pub fn now(&self) -> DateTime {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "the clock is where time comes from")]
            Source::System => from_system(std::time::SystemTime::now()),
            Source::Tokio { origin, started } => {
                *origin + Duration::from_std(started.elapsed()).unwrap_or_default()
            }
        }
    }
}

fn from_system(time: std::time::SystemTime) -> DateTime {
    let since_1970 = time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let nanos = i64::try_from(since_1970.as_nanos()).unwrap_or(i64::MAX);
    DateTime::from_timestamp_nanos(nanos)
}
