//! Tests of how much a book takes in, and of what is written down of it.

use super::*;
use crate::capabilities::lag::{evaluate::Placed, model::Keeping};

const KEEPING: Keeping = Keeping { intervals: 3, most_windows: 2, ..Keeping::OF_TESTS };

fn commit(group: &str, order: i64) -> Committed<'_> {
    Committed {
        group,
        topic: "orders",
        partition: 1,
        offset: order * 10,
        order,
        time_ms: 100_000,
        is_old: false,
    }
}

#[test]
fn where_there_is_no_room_for_a_window_those_that_there_are_go_on() {
    let book = Book::new(KEEPING, 4);
    for group in ["one", "two"] {
        assert_eq!(book.commit(&commit(group, 1), 100), Kept::Placed(Placed::Newest));
    }
    assert_eq!((book.windows(), book.count(book.windows())), (2, 0));
    assert_eq!(book.commit(&commit("three", 1), 100), Kept::NoRoom);
    let fetched = Fetched { group: "four", topic: "orders", partition: 0, offset: 7, asked_at_seconds: 100 };
    assert_eq!(book.fetched(&fetched, FetchedAs::First, 100), Kept::NoRoom);
    assert_eq!(book.commit(&commit("two", 2), 100), Kept::Placed(Placed::Newest));
    assert_eq!(book.count(book.windows()), 2, "two were turned away");
    book.forget_group("one");
    book.count(book.windows());
    assert_eq!(book.commit(&commit("three", 2), 100), Kept::Placed(Placed::Newest));
}

#[test]
fn what_is_written_down_is_what_is_taken_over() {
    let keeping = Keeping { most_windows: 100, ..KEEPING };
    let (before, after) = (Book::new(keeping, 4), Book::new(keeping, 2));
    let end = LogEnd { offset: 500, stable: Some(499), time_ms: 99_000 };
    before.see_log_end("orders", (1, 3), end);
    for (group, order) in [("one", 1), ("one", 4), ("two", 2), ("one", 3), ("one", 9)] {
        before.commit(&commit(group, order), 100);
    }
    let fetched = Fetched { group: "three", topic: "orders", partition: 0, offset: 7, asked_at_seconds: 100 };
    before.fetched(&fetched, FetchedAs::First, 100);
    // This one pauses for long, and goes back.
    for (order, second, offset) in [(1, 100, 50), (2, 101, 60), (3, 200, 70), (4, 201, 20)] {
        before.commit(&Committed { offset, time_ms: second * 1_000, ..commit("four", order) }, second);
    }
    let told = |_: &str| Some(shared::lag::LagVerdict::Stuck);
    // A topic may be noted, and even looked at, before what was known of its ends is taken over.
    before.saved(|_| true, told).into_iter().for_each(|group| after.restore(group));
    let written = |book: &Book, told: fn(&str) -> Option<shared::lag::LagVerdict>| {
        let mut groups = book.saved(|_| true, told);
        groups.sort_by(|one, other| one.group.cmp(&other.group));
        groups
    };
    let groups = written(&after, |_| None);
    assert_eq!(groups, written(&before, told));
    let four = &groups.iter().find(|group| group.group == "four").unwrap().topics[0].1[0];
    assert!(
        four.fell.is_some() && four.pauses != Default::default() && four.moved_seconds == 201,
        "{four:?}"
    );
    after.see_log_end("orders", (1, 3), LogEnd { offset: 510, stable: Some(510), time_ms: 109_000 });
    before.see_log_end("orders", (1, 3), LogEnd { offset: 510, stable: Some(510), time_ms: 109_000 });
    after.restore_ends(before.topics().saved(|_| true));
    let past = |book: &Book| {
        let topics = book.topics();
        let ends = topics.id("orders").and_then(|id| topics.ends(id)).unwrap();
        ends.past(1).map(|past| past.points().collect::<Vec<_>>())
    };
    assert_eq!(past(&after), past(&before));
    assert_eq!(past(&after).map(|points| points.len()), Some(2));
    let windows = |book: &Book, group: &str| {
        book.group(group, 100, |topics, it| {
            let id = topics.id("orders").unwrap();
            (it.partition(id, 1).unwrap().window.commits().collect::<Vec<_>>(), topics.log_end(id, 1))
        })
    };
    for group in ["one", "two"] {
        assert_eq!(windows(&after, group), windows(&before, group), "{group}");
        assert!(windows(&after, group).is_some_and(|(commits, _)| !commits.is_empty()));
    }
    // Read again from a position before them, they are the same.
    for (group, order) in [("two", 2), ("one", 3), ("one", 9)] {
        assert_eq!(after.commit(&commit(group, order), 101), Kept::Placed(Placed::Duplicate));
    }
    assert_eq!(windows(&after, "one"), windows(&before, "one"));
}
