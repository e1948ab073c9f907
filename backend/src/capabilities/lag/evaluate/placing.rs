//! Where a commit belongs in its window, as Burrow's storage has it (`inmemory.go` of 1.9): by its order, never by a clock.

use crate::capabilities::lag::model::{Commit, Keeping};

/// What became of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// It is the newest.
    Newest,
    /// It came late and stands among the others, its lag unknown.
    Late,
    /// It was there.
    Duplicate,
    /// It is older than all of a full window.
    BeforeAll,
}

/// Places a commit into a window, oldest first. `new` has the lag that it would have as the newest.
///
/// One that follows its predecessor sooner than the least distance takes its place and keeps its time; else a group that
/// commits all the time would have a window of seconds. A clock that runs backwards is always too soon.
pub fn place(window: &mut Vec<Commit>, mut new: Commit, keeping: Keeping) -> Placed {
    // What was fetched has no order, so it stands only until there is something newer that has.
    window.retain(|kept| !kept.is_fetched());
    let at = window.partition_point(|kept| kept.order < new.order);
    if window.get(at).is_some_and(|kept| kept.order == new.order) {
        return Placed::Duplicate;
    }
    let (is_newest, is_full) = (at == window.len(), window.len() >= keeping.intervals);
    if is_full && at == 0 && !is_newest {
        return Placed::BeforeAll;
    }
    if !is_newest {
        new.lag = None;
    }
    let replaces_oldest = is_full && at == 1 && !is_newest;
    let before = at.checked_sub(1).and_then(|before| window.get_mut(before));
    match before {
        Some(oldest) if replaces_oldest => *oldest = new,
        Some(before) if new.time_ms.saturating_sub(before.time_ms) < keeping.min_distance_ms => {
            *before = Commit { time_ms: before.time_ms, ..new };
        }
        _ => {
            let at = if is_full { at.saturating_sub(1) } else { at };
            if is_full {
                window.remove(0);
            }
            window.insert(at, new);
        }
    }
    if is_newest { Placed::Newest } else { Placed::Late }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEEPING: Keeping = Keeping { intervals: 3, ..Keeping::OF_TESTS };

    /// A commit of this order, a second after the one before it.
    fn commit(order: i64) -> Commit {
        Commit { offset: order * 10, order, time_ms: order * 1_000, observed_at_seconds: order, lag: Some(7) }
    }

    fn placed(orders: &[i64], new: Commit, keeping: Keeping) -> (Placed, Vec<Commit>) {
        let mut window: Vec<Commit> = orders.iter().map(|order| commit(*order)).collect();
        let placed = place(&mut window, new, keeping);
        (placed, window)
    }

    fn orders((placed, window): (Placed, Vec<Commit>)) -> (Placed, Vec<i64>) {
        (placed, window.iter().map(|commit| commit.order).collect())
    }

    #[test]
    fn the_newest_goes_last_and_a_full_window_loses_its_oldest() {
        assert_eq!(orders(placed(&[], commit(1), KEEPING)), (Placed::Newest, vec![1]));
        assert_eq!(orders(placed(&[1, 2], commit(5), KEEPING)), (Placed::Newest, vec![1, 2, 5]));
        assert_eq!(orders(placed(&[1, 2, 5], commit(6), KEEPING)), (Placed::Newest, vec![2, 5, 6]));
    }

    #[test]
    fn the_same_order_is_a_duplicate_wherever_it_stands() {
        for order in [1, 3, 5] {
            assert_eq!(
                orders(placed(&[1, 3, 5], commit(order), KEEPING)),
                (Placed::Duplicate, vec![1, 3, 5])
            );
        }
        assert_eq!(orders(placed(&[1, 3], commit(1), KEEPING)), (Placed::Duplicate, vec![1, 3]));
    }

    #[test]
    fn one_that_is_older_than_all_goes_in_front_where_there_is_room() {
        assert_eq!(orders(placed(&[3, 4], commit(1), KEEPING)), (Placed::Late, vec![1, 3, 4]));
        assert_eq!(orders(placed(&[3, 4, 5], commit(1), KEEPING)), (Placed::BeforeAll, vec![3, 4, 5]));
    }

    #[test]
    fn one_between_two_is_inserted_and_of_a_full_window_the_oldest_falls_off() {
        assert_eq!(orders(placed(&[1, 3], commit(2), KEEPING)), (Placed::Late, vec![1, 2, 3]));
        assert_eq!(orders(placed(&[1, 3, 6], commit(5), KEEPING)), (Placed::Late, vec![3, 5, 6]));
    }

    #[test]
    fn right_after_the_oldest_of_a_full_window_it_replaces_the_oldest() {
        assert_eq!(orders(placed(&[1, 3, 6], commit(2), KEEPING)), (Placed::Late, vec![2, 3, 6]));
        let two = Keeping { intervals: 2, ..KEEPING };
        assert_eq!(orders(placed(&[1, 3], commit(2), two)), (Placed::Late, vec![2, 3]));
    }

    #[test]
    fn only_the_newest_has_a_lag() {
        let (_, window) = placed(&[1, 3], commit(2), KEEPING);
        assert_eq!(window.iter().map(|commit| commit.lag).collect::<Vec<_>>(), [Some(7), None, Some(7)]);
        let (_, window) = placed(&[2, 3], commit(1), KEEPING);
        assert_eq!(window[0].lag, None);
        let (_, window) = placed(&[1], commit(2), KEEPING);
        assert_eq!(window[1].lag, Some(7));
    }

    #[test]
    fn one_that_follows_too_soon_takes_its_predecessors_place_and_keeps_its_time() {
        let far = Keeping { min_distance_ms: 1_500, ..KEEPING };
        let (was, window) = placed(&[1, 2], commit(3), far);
        let merged = Commit { time_ms: 2_000, ..commit(3) };
        assert_eq!((was, window), (Placed::Newest, vec![commit(1), merged]));
        // Into the middle of a full window: nothing falls off.
        let (was, window) = placed(&[1, 3, 9], commit(4), far);
        let merged = Commit { time_ms: 3_000, lag: None, ..commit(4) };
        assert_eq!((was, window), (Placed::Late, vec![commit(1), merged, commit(9)]));
        // Exactly the distance is far enough.
        let just = Keeping { min_distance_ms: 1_000, ..KEEPING };
        assert_eq!(orders(placed(&[1, 2], commit(3), just)).1, [1, 2, 3]);
    }

    #[test]
    fn a_clock_that_runs_backwards_always_merges() {
        let back = Commit { time_ms: 1_999, ..commit(3) };
        let (was, window) = placed(&[1, 2], back, KEEPING);
        assert_eq!((was, window), (Placed::Newest, vec![commit(1), Commit { time_ms: 2_000, ..back }]));
        let hostile = Commit { time_ms: i64::MIN, ..commit(3) };
        assert_eq!(orders(placed(&[1, 2], hostile, KEEPING)).1, [1, 3]);
    }

    #[test]
    fn in_front_and_in_the_oldests_place_nothing_merges() {
        let far = Keeping { min_distance_ms: i64::MAX, ..KEEPING };
        assert_eq!(orders(placed(&[3, 4], commit(1), far)).1, [1, 3, 4]);
        assert_eq!(orders(placed(&[1, 3, 6], commit(2), far)).1, [2, 3, 6]);
    }

    #[test]
    fn what_was_fetched_gives_way_to_the_first_commit() {
        let mut window = vec![Commit::fetched(900, 5, None)];
        assert_eq!(place(&mut window, commit(1), KEEPING), Placed::Newest);
        assert_eq!(window, [commit(1)], "an offset below it makes no rewind");
    }

    #[test]
    fn a_window_of_one_holds_the_newest() {
        let one = Keeping { intervals: 1, ..KEEPING };
        assert_eq!(orders(placed(&[3], commit(4), one)), (Placed::Newest, vec![4]));
        assert_eq!(orders(placed(&[3], commit(2), one)), (Placed::BeforeAll, vec![3]));
    }

    proptest! {
        /// Without merging, and with room for all, the order of arrival tells only in the lags.
        #[test]
        fn distinct_commits_end_in_their_order_however_they_arrive(
            orders in proptest::collection::hash_set(0..1_000_i64, 0..12),
            seed in any::<u64>(),
        ) {
            let keeping = Keeping { intervals: 12, ..KEEPING };
            let mut sorted: Vec<i64> = orders.into_iter().collect();
            sorted.sort_unstable();
            let mut shuffled = sorted.clone();
            let mut seed = seed;
            for at in (1..shuffled.len()).rev() {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                shuffled.swap(at, (seed >> 33) as usize % (at + 1));
            }
            let mut window = Vec::new();
            for order in shuffled {
                place(&mut window, commit(order), keeping);
            }
            prop_assert_eq!(window.iter().map(|kept| kept.order).collect::<Vec<_>>(), sorted);
            prop_assert!(window.iter().all(|kept| kept.offset == kept.order * 10));
        }

        /// Whatever comes, a window stays in order, without duplicates, and no longer than it may be.
        #[test]
        fn a_window_stays_in_order(
            commits in proptest::collection::vec((any::<i64>(), any::<i64>()), 0..40),
            intervals in 1..6_usize,
            min_distance_ms in 0..10_000_i64,
        ) {
            let keeping = Keeping { intervals, min_distance_ms, ..KEEPING };
            let mut window = Vec::new();
            for (order, time_ms) in commits {
                place(&mut window, Commit { time_ms, ..commit(order % 50) }, keeping);
                prop_assert!(window.len() <= intervals);
                prop_assert!(window.is_sorted_by(|one: &Commit, other| one.order < other.order));
            }
        }
    }
}
