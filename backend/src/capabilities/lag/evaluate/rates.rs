//! How fast a partition is written and read.

use crate::capabilities::lag::model::{Commit, Looks, Pace, busy_ms};

/// What is written is counted over this at least, in ms.
const LEAST_MS: i64 = 60_000;
/// A commit may be so late, in ms, beside twice the usual time between two.
const LATE_MS: i64 = 10_000;
/// A pause that is so many times as long as all others is none of them.
const FAR: i64 = 10;
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

/// The rates of a partition, over the time of its commits: what a few of them jump by does not count. `moved_seconds` is
/// when its offset moved last, in s since 1970; `pace` where it stood, where it is committed for very often.
pub fn rates(
    commits: &[Commit],
    past: Option<&Looks>,
    (moved_seconds, pace): (i64, Option<Pace>),
    now_ms: i64,
) -> Rates {
    let are_unseen = commits.len() > 1 && commits.last().is_some_and(Commit::is_fetched);
    let commits = since_the_last_break(since_the_last_drop(commits));
    let first_ms = commits.iter().find(|commit| !commit.is_fetched()).map(|commit| commit.time_ms);
    let from_ms = first_ms.unwrap_or(now_ms).min(now_ms - LEAST_MS);
    let produced = past.and_then(|past| past.rate(from_ms, SHORTEST_MS));
    // Where commits were seen before, and cannot be at present, nobody knows.
    let consumed = if are_unseen { None } else { consumed(commits, (moved_seconds, pace), now_ms) };
    Rates { produced, consumed }
}

fn consumed(commits: &[Commit], (moved_seconds, pace): (i64, Option<Pace>), now_ms: i64) -> Option<f64> {
    let newest = commits.last()?;
    if newest.is_fetched() {
        // That it stands still is all that can be seen.
        return (now_ms - moved_seconds * 1_000 >= LEAST_MS).then_some(0.0);
    }
    let longest = gaps(commits).max();
    let patience_ms = longest.map_or(LEAST_MS, |longest| longest.saturating_mul(2).saturating_add(LATE_MS));
    if now_ms - newest.observed_at_seconds * 1_000 > patience_ms {
        return Some(0.0);
    }
    let paced = pace.and_then(|pace| pace.rate(newest.offset, newest.observed_at_seconds));
    paced.or_else(|| slope(commits))
}

/// Times between two commits, in ms.
fn gaps(commits: &[Commit]) -> impl DoubleEndedIterator<Item = i64> + ExactSizeIterator + '_ {
    commits.windows(2).map(|pair| match pair {
        [one, next] => next.time_ms - one.time_ms,
        _ => 0,
    })
}

/// The commits behind the last one that went back.
fn since_the_last_drop(commits: &[Commit]) -> &[Commit] {
    let drop = commits.windows(2).rposition(|pair| matches!(pair, [one, next] if next.offset < one.offset));
    commits.get(drop.map_or(0, |at| at + 1)..).unwrap_or_default()
}

/// The commits behind a pause that is far longer than all others: what was read before it is another story.
fn since_the_last_break(commits: &[Commit]) -> &[Commit] {
    let usual = usual_longest(gaps(commits));
    let pause = gaps(commits).rposition(|gap| usual.is_some_and(|usual| gap > usual));
    commits.get(pause.map_or(0, |at| at + 1)..).unwrap_or_default()
}

/// The longest of several times, unless it is far longer than all others: an outage is no rhythm.
fn usual_longest(times: impl Iterator<Item = i64>) -> Option<i64> {
    let (longest, next) = times.fold((None, None), |(longest, next), time| {
        if longest.is_none_or(|longest| time > longest) {
            (Some(time), longest)
        } else {
            (longest, next.max(Some(time)))
        }
    });
    let is_far = |next: &i64| longest.is_some_and(|longest| longest > next.saturating_mul(FAR));
    next.filter(is_far).or(longest)
}

/// Offsets a second: the straight line that fits best.
fn slope(commits: &[Commit]) -> Option<f64> {
    let (first, last) = (commits.first()?, commits.last()?);
    if last.time_ms - first.time_ms < SHORTEST_MS {
        return None;
    }
    let count = commits.len() as f64;
    let point = |commit: &Commit| {
        ((commit.time_ms - first.time_ms) as f64 / 1_000.0, (commit.offset - first.offset) as f64)
    };
    let (sum_x, sum_y) = commits.iter().map(point).fold((0.0, 0.0), |sum, (x, y)| (sum.0 + x, sum.1 + y));
    let (mean_x, mean_y) = (sum_x / count, sum_y / count);
    let (both, own) = commits.iter().map(point).fold((0.0, 0.0), |sum, (x, y)| {
        (sum.0 + (x - mean_x) * (y - mean_y), sum.1 + (x - mean_x) * (x - mean_x))
    });
    (own > 0.0).then(|| (both / own).max(0.0))
}

/// The longest usual time between two commits, in ms, without the time in which there was nothing to read; none where there
/// were fewer than two such times. What was fetched is no commit.
pub fn longest_gap(commits: &[Commit], past: Option<&Looks>) -> Option<i64> {
    let first = commits.iter().position(|commit| !commit.is_fetched())?;
    let commits = commits.get(first..).unwrap_or_default();
    let newest_is_fetched = commits.last().is_some_and(Commit::is_fetched);
    let commits = commits.get(..commits.len() - usize::from(newest_is_fetched)).unwrap_or_default();
    if commits.len() < 3 {
        return None;
    }
    let gap = |pair: &[Commit]| Some(busy_ms(pair.first()?, pair.last()?, past));
    usual_longest(commits.windows(2).filter_map(gap))
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
        rates(&commits(seen), Some(&past(&[(0, 0), (60, 600), (120, 1_200)])), (moved, None), now * 1_000)
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
    fn an_outage_is_no_rhythm_and_what_was_read_before_it_no_rate() {
        let read = commits(&[(0, 0), (5, 50), (9_000, 60), (9_005, 110), (9_010, 160)]);
        assert_eq!(longest_gap(&read, None), Some(5_000));
        assert_eq!(rates(&read, None, (9_010, None), 9_012_000).consumed, Some(10.0));
        let hourly = commits(&[(0, 0), (1, 50), (3_600, 60), (3_601, 110), (7_200, 160)]);
        assert_eq!(longest_gap(&hourly, None), Some(3_599_000));
    }

    #[test]
    fn what_was_only_fetched_stands_still() {
        let fetched = [Commit::fetched(7, 10, None)];
        let at = |now: i64| rates(&fetched, None, (10, None), now * 1_000).consumed;
        assert_eq!((at(30), at(80)), (None, Some(0.0)));
        let held: Vec<Commit> = commits(&[(0, 0), (5, 50)]).into_iter().chain(fetched).collect();
        assert_eq!(rates(&held, None, (10, None), 200_000).consumed, None, "commits are not seen at present");
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
