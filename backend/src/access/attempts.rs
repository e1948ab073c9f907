//! How often wrong tokens may be tried at the sign-in page: a bucket that fills slowly.
//!
//! It bounds what a stranger can write into our log. What keeps tokens from being guessed is their 256 bits.

use std::sync::{Mutex, PoisonError};

use shared::DateTime;

/// Attempts that may fail at once.
const MOST: f64 = 10.0;
/// Attempts that come back each second.
const PER_SECOND: f64 = 0.5;

/// The bucket.
#[derive(Debug)]
pub(super) struct Attempts(Mutex<Bucket>);

#[derive(Debug)]
struct Bucket {
    left: f64,
    at: DateTime,
}

impl Default for Attempts {
    fn default() -> Self {
        Self(Mutex::new(Bucket { left: MOST, at: DateTime::UNIX_EPOCH }))
    }
}

impl Attempts {
    /// Takes one; the error is after how many seconds there is one again.
    pub(super) fn take(&self, now: DateTime) -> Result<(), u64> {
        let mut bucket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = (now - bucket.at).as_seconds_f64().max(0.0);
        bucket.left = (bucket.left + passed * PER_SECOND).min(MOST);
        bucket.at = now;
        if bucket.left < 1.0 {
            return Err(((1.0 - bucket.left) / PER_SECOND).ceil() as u64);
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    #[test]
    fn after_ten_at_once_one_comes_back_every_two_seconds() {
        let (attempts, start) =
            (Attempts::default(), DateTime::from_timestamp_nanos(1_800_000_000_000_000_000));
        for _ in 0..10 {
            assert_eq!(attempts.take(start), Ok(()));
        }
        assert_eq!(attempts.take(start), Err(2));
        assert_eq!(attempts.take(start + Duration::seconds(1)), Err(1));
        assert_eq!(attempts.take(start + Duration::seconds(2)), Ok(()));
        assert_eq!(attempts.take(start + Duration::seconds(2)), Err(2));
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing_away() {
        let (attempts, start) =
            (Attempts::default(), DateTime::from_timestamp_nanos(1_800_000_000_000_000_000));
        for _ in 0..10 {
            attempts.take(start).unwrap();
        }
        assert!(attempts.take(start - Duration::hours(1)).is_err());
        assert!(attempts.take(start - Duration::hours(1)).is_err());
    }
}
