//! Waiting for something outside, with an end.

use anyhow::{Result, bail};
use std::time::Duration;
use tokio::time::Instant;

const PAUSE: Duration = Duration::from_millis(100);

/// Asks again and again until `is_so`, at most for `at_most`; true if it came so.
pub fn came_true(at_most: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + at_most;
    loop {
        if is_so() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        std::thread::sleep(PAUSE);
    }
}

/// Asks again and again until there is nothing `missing`; after `at_most` that is the error.
pub fn until_nothing(at_most: Duration, mut missing: impl FnMut() -> Result<Option<String>>) -> Result<()> {
    let mut last = None;
    let mut fault = None;
    let done = came_true(at_most, || match missing() {
        Ok(found) => {
            last = found;
            last.is_none()
        }
        Err(error) => {
            fault = Some(error);
            true
        }
    });
    match (fault, done) {
        (Some(error), _) => Err(error),
        (None, true) => Ok(()),
        (None, false) => bail!("gave up after {} s: {}", at_most.as_secs(), last.unwrap_or_default()),
    }
}
