//! How fast a partition is written and read.

use crate::capabilities::lag::model::{Commit, Looks, Written};

/// What is written is counted over this at least, in ms.
const LEAST_MS: i64 = 60_000;
/// A commit may be so late, in ms, beside twice the usual time between two.
const LATE_MS: i64 = 10_000;
/// A rate needs so long, in ms.
const SHORTEST_MS: i64 = 1_000;

/// Records a second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rates {
    /// Written.
    pub produced: Option<f64>,
    /// Committed.
    pub consumed: Option<f64>,
}

/// Commits one after the other: time in ms, and offset.
trait Seen: DoubleEndedIterator<Item = (i64, i64)> + Clone {}

impl<T: DoubleEndedIterator<Item = (i64, i64)> + Clone> Seen for T {}

/// The rates of a partition, over the time of its commits: what a few of them jump by does not count.
pub fn rates(commits: &[Commit], past: Option<&Looks>, moved_seconds: i64, now_ms: i64) -> Rates {
    let seen = since_the_last_drop(commits)
        .iter()
        .filter(|commit| !commit.is_fetched())
        .map(|commit| (commit.time_ms, commit.offset));
    let first = seen.clone().next();
    let from_ms = first.map_or(now_ms - LEAST_MS, |(first, _)| first.min(now_ms - LEAST_MS));
    let produced = past.and_then(|past| past.rate(from_ms, SHORTEST_MS));
    Rates { produced, consumed: consumed(seen, moved_seconds, now_ms) }
}

fn consumed(seen: impl Seen, moved_seconds: i64, now_ms: i64) -> Option<f64> {
    let Some((last_ms, _)) = seen.clone().next_back() else {
        // It was only fetched: that it stands still is all that can be seen.
        return (now_ms - moved_seconds * 1_000 >= LEAST_MS).then_some(0.0);
    };
    let longest = seen.clone().zip(seen.clone().skip(1)).map(|(one, next)| next.0 - one.0).max();
    let patience_ms = longest.map_or(LEAST_MS, |longest| longest.saturating_mul(2).saturating_add(LATE_MS));
    if now_ms - last_ms > patience_ms {
        return Some(0.0);
    }
    slope(seen)
}

/// The commits behind the last one that went back.
fn since_the_last_drop(commits: &[Commit]) -> &[Commit] {
    let drop = commits.windows(2).rposition(|pair| matches!(pair, [one, next] if next.offset < one.offset));
    commits.get(drop.map_or(0, |at| at + 1)..).unwrap_or_default()
}

/// Offsets a second: the straight line that fits best.
fn slope(seen: impl Seen) -> Option<f64> {
    let (first, last) = (seen.clone().next()?, seen.clone().next_back()?);
    if last.0 - first.0 < SHORTEST_MS {
        return None;
    }
    let points = seen.map(|(ms, offset)| ((ms - first.0) as f64 / 1_000.0, (offset - first.1) as f64));
    let (count, sum_x, sum_y) =
        points.clone().fold((0.0, 0.0, 0.0), |sum, (x, y)| (sum.0 + 1.0, sum.1 + x, sum.2 + y));
    let (mean_x, mean_y) = (sum_x / count, sum_y / count);
    let (both, own) = points.fold((0.0, 0.0), |sum, (x, y)| {
        (sum.0 + (x - mean_x) * (y - mean_y), sum.1 + (x - mean_x) * (x - mean_x))
    });
    (own > 0.0).then(|| (both / own).max(0.0))
}

/// The longest time between two commits, in ms, without the time in which there was nothing to read; none where there
/// were fewer than two such times. What was fetched is no commit.
pub fn longest_gap(commits: &[Commit], past: Option<&Looks>) -> Option<i64> {
    let seen = commits.iter().filter(|commit| !commit.is_fetched());
    if seen.clone().nth(2).is_none() {
        return None;
    }
    let mut longest = 0;
    for (before, after) in seen.clone().zip(seen.skip(1)) {
        // Without the time of rest it only gets shorter, and that is dear to find.
        if after.time_ms - before.time_ms <= longest {
            continue;
        }
        let from_ms = match past.map(|past| past.written(before.offset)) {
            Some(Written::At(ms)) => before.time_ms.max(ms),
            _ => before.time_ms,
        };
        longest = longest.max(after.time_ms - from_ms);
    }
    Some(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commits(seen: &[(i64, i64)]) -> Vec<Commit> {
        let commit = |(order, (seconds, offset)): (i64, &(i64, i64))| Commit {
            offset: *offset,
            order,
            time_ms: seconds * 1_000,
            observed_at_seconds: *seconds,
            lag: None,
        };
        (0..).zip(seen).map(commit).collect()
    }

    fn past(looks: &[(i64, i64)]) -> Looks {
        let mut past = Looks::default();
        looks.iter().for_each(|(seconds, end)| past.see(seconds * 1_000, *end, 48));
        past
    }

    fn of(seen: &[(i64, i64)], now: i64) -> Rates {
        let moved = seen.last().map_or(0, |(seconds, _)| *seconds);
        rates(&commits(seen), Some(&past(&[(0, 0), (60, 600), (120, 1_200)])), moved, now * 1_000)
    }

    #[test]
    fn rates_are_of_the_same_time() {
        assert_eq!(
            of(&[(100, 0), (110, 80), (120, 160)], 121),
            Rates { produced: Some(10.0), consumed: Some(8.0) }
        );
    }

    #[test]
    fn what_went_back_is_read_from_there_on() {
        let back = of(&[(80, 5_000), (90, 0), (100, 100), (110, 200)], 111);
        assert_eq!(back.consumed, Some(10.0));
    }

    #[test]
    fn who_is_silent_reads_nothing_and_one_commit_tells_nothing() {
        assert_eq!(of(&[(100, 500)], 110).consumed, None);
        assert_eq!(of(&[(100, 500)], 161).consumed, Some(0.0));
        assert_eq!(of(&[(0, 0), (10, 100), (20, 200)], 51).consumed, Some(0.0));
        assert_eq!(of(&[(0, 0), (10, 100), (20, 200)], 49).consumed, Some(10.0), "it may come yet");
    }

    #[test]
    fn what_was_only_fetched_stands_still() {
        let fetched = [Commit::fetched(7, 10, None)];
        let at = |now: i64| rates(&fetched, None, 10, now * 1_000).consumed;
        assert_eq!((at(30), at(80)), (None, Some(0.0)));
    }

    #[test]
    fn a_gap_counts_from_when_there_was_something_to_read() {
        // The topic rests for an hour, at 100; then something comes, and is read within five seconds.
        let past = past(&[(0, 90), (10, 100), (3_600, 100), (3_610, 110), (3_620, 120)]);
        let read = commits(&[(5, 95), (12, 100), (3_615, 110), (3_625, 120)]);
        let gap = longest_gap(&read, Some(&past)).unwrap();
        assert!((5_000..20_000).contains(&gap), "{gap}");
        assert_eq!(longest_gap(&read[..2], Some(&past)), None, "one gap is no rhythm");
    }
}
