//! How long a failed broker is left alone.
//!
//! The delay doubles so that a dead broker costs little, is jittered so that many clusters do not knock together,
//! and stays at most five seconds so that an end of an outage is seen within one turn of ten.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(5);

/// The delay after `failures` in a row (1 is the first). `jitter` is 0 to 1 and takes off up to half.
pub(super) fn delay(failures: u32, jitter: f64) -> Duration {
    let doublings = failures.saturating_sub(1).min(10);
    let full = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    full.mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_delay_doubles_up_to_five_seconds() {
        let millis = |failures| delay(failures, 0.0).as_millis();
        assert_eq!([1, 2, 3, 5, 6, 99].map(millis), [250, 500, 1000, 4000, 5000, 5000]);
    }

    proptest! {
        #[test]
        fn the_delay_is_never_long_and_never_nothing(failures: u32, jitter in 0.0..1.0f64) {
            let delay = delay(failures, jitter);
            prop_assert!(delay <= LONGEST && delay >= FIRST / 2);
        }
    }
}
