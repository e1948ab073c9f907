//! Whether a partition is read as it should be, by the rules of LinkedIn's Burrow 1.9 (`caching.go`), for what was built
//! on its answers. The first rule that fits decides.

use serde::Serialize;

use crate::capabilities::lag::model::Commit;

/// A status as Burrow names it, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// Nothing is known of such a group.
    NotFound,
    /// It is read.
    Ok,
    /// It is read, and falls behind all the time.
    Warn,
    /// Of a group: a partition is worse than `Warn`.
    Err,
    /// Nothing was committed for longer than the window is.
    Stop,
    /// What is committed does not move.
    Stall,
    /// What is committed went back.
    Rewind,
}

impl Status {
    /// What a group is called that has such a partition.
    pub fn of_group(self) -> Self {
        self.min(Self::Err)
    }
}

/// What a partition is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// Its commits, oldest first.
    pub window: &'a [Commit],
    /// The log ends of the last looks.
    pub log_ends: &'a [i64],
    /// The newest log end minus the newest commit, in records.
    pub current_lag: u64,
    /// Now, in s since 1970.
    pub now_seconds: i64,
    /// A lag up to this is none.
    pub allowed_lag: u64,
}

/// Judges a partition by its window; how full it has to be is the caller's to know.
pub fn judge(it: &Judged<'_>) -> Status {
    let (Some(first), Some(last)) = (it.window.first(), it.window.last()) else { return Status::Ok };
    if it.current_lag <= it.allowed_lag {
        Status::Ok
    } else if has_stopped_committing(first, last, it.now_seconds) && !was_at_the_end(last, it.log_ends) {
        Status::Stop
    } else if went_back_for_good(it.window) {
        Status::Rewind
    } else if known_lags(it.window).any(|lag| lag <= it.allowed_lag) {
        Status::Ok
    } else if it.window.iter().all(|commit| commit.offset == first.offset) {
        Status::Stall
    } else if known_lags(it.window).is_sorted() {
        Status::Warn
    } else {
        Status::Ok
    }
}

/// The silence is longer than all of the window.
fn has_stopped_committing(first: &Commit, last: &Commit, now_seconds: i64) -> bool {
    let silence = now_seconds.saturating_mul(1_000).saturating_sub(last.time_ms);
    silence > last.time_ms.saturating_sub(first.time_ms)
}

/// At one of the last looks there was nothing to read.
fn was_at_the_end(last: &Commit, log_ends: &[i64]) -> bool {
    log_ends.iter().any(|end| *end <= last.offset)
}

/// A commit is below the one before it, and none since has reached that one again.
fn went_back_for_good(window: &[Commit]) -> bool {
    let back = window.windows(2).position(|pair| matches!(pair, [one, next] if next.offset < one.offset));
    let Some((before, since)) = back.and_then(|at| window.get(at..)).and_then(<[_]>::split_first) else {
        return false;
    };
    !since.iter().any(|commit| commit.offset >= before.offset)
}

fn known_lags(window: &[Commit]) -> impl Iterator<Item = u64> {
    window.iter().filter_map(|commit| commit.lag)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A commit a second, of these offsets and lags.
    fn window(commits: &[(i64, Option<u64>)]) -> Vec<Commit> {
        let commit = |(at, (offset, lag)): (i64, &(i64, Option<u64>))| Commit {
            offset: *offset,
            order: at,
            time_ms: 100_000 + at * 1_000,
            observed_at_seconds: 100 + at,
            lag: *lag,
        };
        (0..).zip(commits).map(commit).collect()
    }

    /// Judged right after the last commit, with something to read.
    fn judged(commits: &[(i64, Option<u64>)]) -> Status {
        let window = window(commits);
        let now_seconds = 99 + window.len() as i64;
        judge(&Judged { window: &window, log_ends: &[9_999], current_lag: 10, now_seconds, allowed_lag: 0 })
    }

    #[test]
    fn without_a_lag_all_is_well() {
        let window = window(&[(10, Some(9)), (10, Some(9))]);
        let it =
            Judged { window: &window, log_ends: &[], current_lag: 0, now_seconds: 999_999, allowed_lag: 0 };
        assert_eq!(judge(&it), Status::Ok);
        assert_eq!(judge(&Judged { current_lag: 5, allowed_lag: 5, ..it }), Status::Ok);
        assert_eq!(judge(&Judged { current_lag: 6, allowed_lag: 5, ..it }), Status::Stop);
    }

    #[test]
    fn silence_longer_than_the_window_is_a_stop() {
        let window = window(&[(10, Some(1)), (20, Some(1)), (30, Some(1))]);
        let at = |now_seconds, log_ends| {
            judge(&Judged { window: &window, log_ends, current_lag: 10, now_seconds, allowed_lag: 0 })
        };
        // The last commit is of second 102, the window two seconds long.
        assert_eq!(at(104, &[40]), Status::Warn);
        assert_eq!(at(105, &[40]), Status::Stop);
        assert_eq!(at(105, &[30, 40]), Status::Warn, "it had read everything a moment ago");
        assert_eq!(at(105, &[]), Status::Stop);
    }

    #[test]
    fn a_window_of_one_commit_stops_after_the_second_it_was_made_in() {
        let window = window(&[(10, Some(1))]);
        let at = |now_seconds| {
            judge(&Judged { window: &window, log_ends: &[40], current_lag: 10, now_seconds, allowed_lag: 0 })
        };
        assert_eq!(at(100), Status::Stall, "one offset is always the same");
        assert_eq!(at(101), Status::Stop);
    }

    #[test]
    fn a_commit_that_goes_back_is_a_rewind_until_it_is_made_good() {
        assert_eq!(judged(&[(10, Some(1)), (30, Some(1)), (20, Some(1))]), Status::Rewind);
        assert_eq!(judged(&[(10, Some(0)), (30, Some(0)), (20, Some(1))]), Status::Rewind, "before rule 4");
        assert_eq!(judged(&[(10, Some(1)), (30, Some(1)), (20, Some(1)), (30, Some(1))]), Status::Warn);
        // Only the first step back counts.
        assert_eq!(judged(&[(20, Some(1)), (10, Some(1)), (20, Some(1)), (5, Some(1))]), Status::Warn);
    }

    #[test]
    fn a_lag_that_was_none_once_is_well() {
        assert_eq!(judged(&[(10, Some(5)), (10, Some(0)), (10, Some(9))]), Status::Ok);
        assert_eq!(judged(&[(10, Some(5)), (10, None), (10, Some(9))]), Status::Stall, "unknown is not none");
    }

    #[test]
    fn offsets_that_do_not_move_are_a_stall() {
        assert_eq!(judged(&[(10, Some(5)), (10, Some(4)), (10, Some(3))]), Status::Stall);
    }

    #[test]
    fn a_lag_that_never_shrinks_is_a_warning() {
        assert_eq!(judged(&[(10, Some(5)), (11, Some(5)), (12, Some(6))]), Status::Warn);
        assert_eq!(judged(&[(10, Some(5)), (11, None), (12, Some(4))]), Status::Ok);
        assert_eq!(judged(&[(10, None), (11, None)]), Status::Warn);
    }

    #[test]
    fn nothing_committed_is_nothing_to_judge() {
        assert_eq!(judged(&[]), Status::Ok);
    }

    #[test]
    fn of_a_group_everything_worse_than_a_warning_is_an_error() {
        let all = [Status::Ok, Status::Warn, Status::Err, Status::Stop, Status::Stall, Status::Rewind];
        let of_groups: Vec<Status> = all.into_iter().map(Status::of_group).collect();
        assert_eq!(of_groups, [Status::Ok, Status::Warn, Status::Err, Status::Err, Status::Err, Status::Err]);
        assert_eq!(serde_json::to_string(&Status::NotFound).unwrap(), "\"NOTFOUND\"");
    }

    proptest! {
        #[test]
        fn any_window_is_judged(
            commits in proptest::collection::vec((any::<i64>(), any::<i64>(), proptest::option::of(any::<u64>())), 0..12),
            log_ends in proptest::collection::vec(any::<i64>(), 0..12),
            (current_lag, now_seconds, allowed_lag) in any::<(u64, i64, u64)>(),
        ) {
            let commit = |(offset, time_ms, lag)| Commit { offset, order: 0, time_ms, observed_at_seconds: 0, lag };
            let window: Vec<Commit> = commits.into_iter().map(commit).collect();
            let it = Judged { window: &window, log_ends: &log_ends, current_lag, now_seconds, allowed_lag };
            let status = judge(&it);
            prop_assert!(![Status::NotFound, Status::Err].contains(&status));
            prop_assert!(current_lag > allowed_lag || status == Status::Ok);
        }
    }
}
