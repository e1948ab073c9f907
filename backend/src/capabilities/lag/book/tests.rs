//! What becomes of commits, fetched offsets and owners.

use super::*;
use crate::capabilities::lag::{
    evaluate::Placed,
    model::{Commit, Peeked},
};

const KEEPING: Keeping = Keeping::OF_TESTS;
const NOW: i64 = 1_795_600_000;

fn book(parts: usize) -> Book {
    let book = Book::new(KEEPING, parts);
    see(&book, "orders", 100);
    book
}

/// A look at both partitions of a topic.
fn see(book: &Book, topic: &str, offset: i64) {
    for partition in 0..2 {
        let end = LogEnd { offset, stable: Some(offset), time_ms: NOW * 1_000 };
        book.see_log_end(topic, (partition, 2), end);
    }
}

fn commit(book: &Book, group: &str, topic: &str, offset: i64, order: i64) -> Kept {
    let it = Committed { group, topic, partition: 0, offset, order, time_ms: NOW * 1_000, is_old: false };
    book.commit(&it, NOW)
}

/// What the coordinator told when it was asked so many seconds after `NOW`.
fn fetched(book: &Book, offset: i64, use_as: FetchedAs, after: i64) {
    let asked_at_seconds = NOW + after;
    let it = Fetched { group: "pay", topic: "orders", partition: 0, offset, asked_at_seconds };
    book.fetched(&it, use_as, asked_at_seconds);
}

fn window(book: &Book, group: &str, topic: &str) -> Vec<Commit> {
    let found = book.even_silent(group, |topics, group| {
        Some(group.partition(topics.id(topic)?, 0)?.window.commits().collect())
    });
    found.flatten().unwrap_or_default()
}

fn offsets(book: &Book) -> Vec<i64> {
    window(book, "pay", "orders").iter().map(|commit| commit.offset).collect()
}

fn owner() -> Arc<Owner> {
    Arc::new(Owner { host: "/10.0.0.7".into(), client_id: "pay-1".into() })
}

#[test]
fn what_is_fetched_first_holds_until_a_commit_is_seen() {
    let book = book(1);
    fetched(&book, 40, FetchedAs::First, 0);
    fetched(&book, 50, FetchedAs::First, 1);
    assert_eq!(offsets(&book), [50], "what was fetched later");
    assert_eq!(commit(&book, "pay", "orders", 20, 7), Kept::Placed(Placed::Newest));
    assert_eq!(offsets(&book), [20], "it makes no rewind");
}

#[test]
fn what_is_fetched_first_is_older_than_a_commit_that_was_seen_since_it_was_asked_for() {
    let book = book(1);
    commit(&book, "pay", "orders", 60, 7);
    fetched(&book, 40, FetchedAs::First, 0);
    assert_eq!(offsets(&book), [60]);
    fetched(&book, 80, FetchedAs::First, 1);
    assert_eq!(offsets(&book), [60, 80], "commits between were not seen");
    commit(&book, "pay", "orders", 90, 9);
    assert_eq!(offsets(&book), [60, 90]);
}

#[test]
fn what_is_fetched_as_a_commit_counts_where_it_has_moved() {
    let book = book(1);
    for (after, offset) in [(0, 40), (1, 40), (2, 50), (3, 50), (4, 30)] {
        fetched(&book, offset, FetchedAs::Commit, after);
    }
    assert_eq!(offsets(&book), [50, 30], "nobody knows when the first was committed");
    let lags: Vec<_> = window(&book, "pay", "orders").iter().map(|commit| commit.lag).collect();
    assert_eq!(lags, [Some(50), Some(70)]);
}

#[test]
fn what_is_fetched_meanwhile_stands_last_until_commits_are_seen_again() {
    let book = book(1);
    commit(&book, "pay", "orders", 60, 7);
    for offset in [70, 65] {
        fetched(&book, offset, FetchedAs::Meanwhile, 0);
        assert_eq!(offsets(&book), [60, offset]);
    }
    commit(&book, "pay", "orders", 70, 8);
    assert_eq!(offsets(&book), [60, 70]);
}

#[test]
fn what_the_coordinator_does_not_tell_any_more_is_forgotten() {
    let book = book(1);
    fetched(&book, 40, FetchedAs::Commit, 0);
    book.forget_untold("pay", &HashSet::from([("orders", 0)]), NOW + 1);
    assert_eq!(offsets(&book), [40]);
    book.forget_untold("pay", &HashSet::from([("orders", 1)]), NOW + 1);
    assert!(offsets(&book).is_empty());
    commit(&book, "pay", "orders", 60, 7);
    book.forget_untold("pay", &HashSet::new(), NOW);
    assert_eq!(offsets(&book), [60], "it may have been committed since");
}

#[test]
fn a_commit_of_a_partition_that_was_never_looked_at_has_no_lag_until_it_was() {
    let book = book(1);
    commit(&book, "pay", "clicks", 5, 7);
    assert_eq!(window(&book, "pay", "clicks")[0].lag, None);
    assert!(book.topics().names().any(|topic| topic == "clicks"), "its log end is asked for");
    see(&book, "clicks", 8);
    book.widen();
    commit(&book, "pay", "clicks", 6, 8);
    assert_eq!(window(&book, "pay", "clicks")[1].lag, Some(2));
    let counts = book.even_silent("pay", |_, group| group.topics().map(|(_, all)| all.len()).collect());
    assert_eq!(counts, Some(vec![2]), "all partitions of the topic");
    let burrows = Book::new(Keeping { drops_early: true, ..KEEPING }, 1);
    assert_eq!(commit(&burrows, "pay", "clicks", 5, 7), Kept::LogEndUnknown);
}

#[test]
fn a_partition_that_is_assigned_is_read_before_anything_is_committed() {
    let book = book(1);
    book.assign("pay", [("clicks", 0, owner())].into_iter());
    let is_read = |book: &Book| {
        let found = book.even_silent("pay", |topics, group| {
            group.partition(topics.id("clicks")?, 0).map(Partition::is_read)
        });
        found.flatten().unwrap_or_default()
    };
    assert!(is_read(&book), "though nobody has looked at the topic");
    book.assign("pay", [("orders", 1, owner())].into_iter());
    assert!(!is_read(&book), "a new assignment replaces the whole");
    let burrows = Book::new(Keeping { drops_early: true, ..KEEPING }, 1);
    burrows.assign("pay", [("clicks", 0, owner())].into_iter());
    assert!(!is_read(&burrows));
}

#[test]
fn a_topic_that_is_forgotten_tells_who_read_it_and_leaves_the_others() {
    let book = book(2);
    see(&book, "clicks", 10);
    commit(&book, "pay", "orders", 60, 7);
    commit(&book, "pay", "clicks", 5, 8);
    commit(&book, "ship", "clicks", 5, 9);
    assert_eq!(book.forget_topic("orders"), ["pay".into()]);
    assert_eq!(book.forget_topic("orders"), [], "there is none any more");
    assert_eq!((offsets(&book), window(&book, "pay", "clicks").len()), (vec![], 1));
    // Whatever number it gets, a new topic begins with nothing.
    see(&book, "carts", 1_000);
    assert_eq!(window(&book, "pay", "carts"), []);
    see(&book, "orders", 3);
    assert!(offsets(&book).is_empty());
    commit(&book, "pay", "orders", 1, 10);
    assert_eq!(window(&book, "pay", "orders")[0].lag, Some(2), "of the new one");
}

#[test]
fn a_partition_that_is_forgotten_takes_its_topic_with_it_when_it_was_the_last() {
    let book = book(1);
    commit(&book, "pay", "orders", 60, 7);
    let topics = |book: &Book| book.even_silent("pay", |_, group| group.topics().count());
    book.forget_partition("pay", "orders", 1);
    assert_eq!(topics(&book), Some(1));
    book.forget_partition("pay", "orders", 0);
    assert_eq!(topics(&book), Some(0));
    assert_eq!(book.even_silent("pay", |_, group| group.has_commits()), Some(false));
}

#[test]
fn groups_are_all_found_in_however_many_parts() {
    let book = book(2);
    let names: Vec<String> = (0..20).map(|number| format!("group-{number:02}")).collect();
    for (order, name) in (0..).zip(&names) {
        commit(&book, name, "orders", order, order);
    }
    assert!(book.parts.iter().all(|part| lock(part).iter().count() > 0), "both parts have some");
    let mut seen = Vec::new();
    book.each(|_, name, _| seen.push(name.to_owned()));
    seen.sort();
    assert_eq!(seen, names);
    book.keep(|name, _| name == "group-07");
    book.each(|_, name, _| assert_eq!(name, "group-07"));
    assert_eq!(window(&book, "group-07", "orders")[0].offset, 7);
    assert_eq!(book.forget_topic("orders"), ["group-07".into()]);
}

#[test]
fn a_group_that_is_silent_for_too_long_is_hidden_as_burrow_does_and_not_forgotten() {
    let book = book(1);
    commit(&book, "pay", "orders", 60, 7);
    assert_eq!(book.group("pay", NOW + 60, |_, _| ()), Some(()));
    assert_eq!(book.group("pay", NOW + 61, |_, _| ()), None);
    assert_eq!(offsets(&book), [60], "Kafka may know it still");
    let burrows = Book::new(Keeping { drops_early: true, ..KEEPING }, 1);
    see(&burrows, "orders", 100);
    commit(&burrows, "pay", "orders", 60, 7);
    assert_eq!(burrows.group("pay", NOW + 61, |_, _| ()), None);
    assert_eq!(burrows.even_silent("pay", |_, _| ()), None);
}

#[test]
fn where_the_offsets_topic_went_back_what_was_behind_is_forgotten_and_goes_on() {
    let book = book(1);
    for (offset, order) in [(10, 1), (20, 2), (30, 3)] {
        commit(&book, "pay", "orders", offset, order);
    }
    commit(&book, "other", "orders", 40, 9);
    book.forget_from(|group| group == "pay", 2);
    assert_eq!(offsets(&book), [10]);
    assert_eq!(window(&book, "other", "orders").len(), 1);
    assert_eq!(commit(&book, "pay", "orders", 50, 2), Kept::Placed(Placed::Newest));
    assert_eq!(offsets(&book), [10, 50]);
}

#[test]
fn what_was_seen_at_an_offset_is_written_down() {
    let book = book(1);
    commit(&book, "pay", "orders", 10, 1);
    let id = book.topics().id("orders").unwrap();
    let peeked = Peeked { offset: 10, end: 11, is_empty: true, time_ms: None };
    book.part("pay").peek("pay", id, 0, peeked);
    let saved = book.saved(|_| true, |_| None);
    assert_eq!(saved[0].topics[0].1[0].peeked, Some(peeked));
}
