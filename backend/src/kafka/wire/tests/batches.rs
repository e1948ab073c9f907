//! Record batches: what they tell is what a reader of committed records would be given.

mod laws;

use super::*;
use crate::kafka::answers::Waiting;
use crate::kafka::wire::samples::batches::{
    CONTROL, DELETE_HORIZON, LOG_APPEND_TIME, SampleBatch, bytes_of, end, of_transaction, plain,
};

const ABORT: u8 = 0;
const COMMIT: u8 = 1;

/// What waits from an offset on and before another; aborted transactions are (producer, first offset).
fn look(batches: &[SampleBatch], aborted: &[(i64, i64)], from: i64, until: i64) -> Waiting {
    look_at(&bytes_of(batches), aborted, from, until)
}

fn look_at(bytes: &[u8], aborted: &[(i64, i64)], from: i64, until: i64) -> Waiting {
    let transaction = |(producer_id, first_offset): &(i64, i64)| AbortedTransaction {
        producer_id: *producer_id,
        first_offset: *first_offset,
    };
    waiting(bytes, aborted.iter().map(transaction).collect(), from, until)
}

fn since(seconds: i64) -> Waiting {
    Waiting::Something { first_time_ms: Some(seconds * 1000) }
}

#[test]
fn a_record_waits_since_its_batch_was_begun() {
    assert_eq!(look(&[plain(5, 3)], &[], 5, 8), since(5));
    assert_eq!(look(&[plain(5, 3)], &[], 7, 8), since(5), "in the middle of it");
    assert_eq!(look(&[plain(5, 3), plain(8, 1)], &[], 8, 9), since(8), "the one before is read");
}

#[test]
fn the_last_time_is_told_where_the_first_is_not() {
    for attribute in [LOG_APPEND_TIME, DELETE_HORIZON] {
        let batch = SampleBatch { attributes: attribute, ..plain(5, 3) };
        assert_eq!(look(&[batch], &[], 5, 8), Waiting::Something { first_time_ms: Some(5007) });
    }
    let batch = SampleBatch { times_ms: (-1, -1), ..plain(5, 3) };
    assert_eq!(look(&[batch], &[], 5, 8), Waiting::Something { first_time_ms: None });
}

#[test]
fn the_end_of_a_transaction_is_nothing() {
    for kind in [ABORT, COMMIT] {
        assert_eq!(look(&[end(5, 1, kind)], &[], 5, 6), Waiting::Nothing);
    }
    assert_eq!(look(&[of_transaction(3, 1, 2), end(5, 1, COMMIT)], &[], 5, 6), Waiting::Nothing);
    assert_eq!(look(&[of_transaction(3, 1, 2), end(5, 1, COMMIT)], &[], 4, 6), since(3));
}

#[test]
fn an_aborted_transaction_is_nothing_also_from_its_middle_on() {
    let log = [of_transaction(3, 1, 2), of_transaction(5, 1, 2), end(7, 1, ABORT)];
    for from in 3..8 {
        assert_eq!(look(&log, &[(1, 3)], from, 8), Waiting::Nothing, "from {from}");
    }
}

#[test]
fn a_producer_may_commit_before_and_behind_what_it_aborts() {
    let log = [
        of_transaction(0, 1, 1),
        end(1, 1, COMMIT),
        of_transaction(2, 1, 1),
        end(3, 1, ABORT),
        of_transaction(4, 1, 1),
        end(5, 1, ABORT),
        of_transaction(6, 1, 1),
        end(7, 1, COMMIT),
    ];
    let aborted = [(1, 4), (1, 2)];
    assert_eq!(look(&log, &aborted, 0, 8), since(0));
    for from in 1..7 {
        assert_eq!(look(&log, &aborted, from, 8), since(6), "from {from}");
    }
    assert_eq!(look(&log, &aborted, 1, 6), Waiting::Nothing);
}

#[test]
fn an_abort_says_nothing_of_other_producers() {
    let log =
        [of_transaction(0, 1, 1), of_transaction(1, 2, 1), plain(2, 1), end(3, 1, ABORT), end(4, 2, COMMIT)];
    assert_eq!(look(&log, &[(1, 0)], 0, 5), since(1));
    assert_eq!(look(&log, &[(1, 0), (2, 1)], 0, 5), since(2));
    // A producer that is idempotent and in no transaction.
    let idempotent = SampleBatch { producer_id: 1, ..plain(1, 1) };
    assert_eq!(look(&[of_transaction(0, 1, 1), idempotent], &[(1, 0)], 0, 2), since(1));
}

#[test]
fn gaps_and_batches_without_records_are_nothing() {
    let emptied = SampleBatch { record_count: 0, ..plain(4, 3) };
    let marker = SampleBatch { record_count: 0, records: vec![], ..end(9, 1, ABORT) };
    assert_eq!(look(&[emptied, marker], &[], 1, 10), Waiting::Nothing);
    assert_eq!(look(&[end(9, 1, COMMIT)], &[], 1, 10), Waiting::Nothing);
    // A reader does not stop to leave out what a marker without a record ended.
    let marker = SampleBatch { record_count: 0, records: vec![], ..end(1, 1, ABORT) };
    assert_eq!(
        look(&[of_transaction(0, 1, 1), marker, of_transaction(2, 1, 1)], &[(1, 0)], 0, 3),
        Waiting::Nothing
    );
}

#[test]
fn what_is_left_of_a_batch_after_compaction_may_be_what_was_read_already() {
    let left = |record_count| SampleBatch { record_count, ..plain(0, 10) };
    assert_eq!(look(&[left(3)], &[], 7, 10), Waiting::NotKnown);
    assert_eq!(look(&[left(8)], &[], 7, 10), since(0), "no more than seven are before it");
    assert_eq!(look(&[left(1)], &[], 0, 10), since(0));
    assert_eq!(look(&[left(3), end(10, 1, COMMIT)], &[], 7, 11), Waiting::NotKnown);
    assert_eq!(look(&[left(3), plain(10, 1)], &[], 7, 11), since(10));
}

#[test]
fn what_ends_before_the_last_stable_offset_is_not_known() {
    assert_eq!(look(&[], &[], 5, 6), Waiting::NotKnown);
    assert_eq!(look(&[end(5, 1, COMMIT)], &[], 5, 7), Waiting::NotKnown);
    assert_eq!(look(&[end(5, 1, COMMIT)], &[], 5, i64::MAX), Waiting::NotKnown);
    assert_eq!(look(&[plain(5, 1)], &[], 5, i64::MAX), since(5), "something is something");
    for from in [6, 7, i64::MAX] {
        assert_eq!(look(&[], &[], from, 6), Waiting::Nothing, "nothing lies between {from} and 6");
    }
    assert_eq!(
        look(&[end(5, 1, COMMIT), plain(8, 1)], &[], 5, 8),
        Waiting::Nothing,
        "that is not stable yet"
    );
}

#[test]
fn a_batch_that_is_cut_tells_what_its_header_tells() {
    let marker = bytes_of(&[end(5, 1, COMMIT)]);
    for length in 0..70 {
        assert_eq!(look_at(&marker[..length], &[], 5, 6), Waiting::NotKnown, "cut at {length}");
    }
    let data = bytes_of(&[plain(5, 3)]);
    for length in 0..data.len() {
        let expected = if length < 61 { Waiting::NotKnown } else { since(5) };
        assert_eq!(look_at(&data[..length], &[], 5, 8), expected, "cut at {length}");
    }
    let aborted = bytes_of(&[of_transaction(5, 1, 3)]);
    assert_eq!(look_at(&aborted[..61], &[(1, 5)], 5, 8), Waiting::Nothing);
    assert_eq!(look_at(&aborted[..61], &[(1, 5)], 5, 9), Waiting::NotKnown);
}

#[test]
fn what_no_batch_can_be_is_not_known() {
    let changed = |change: fn(&mut SampleBatch)| {
        let mut batch = plain(5, 3);
        change(&mut batch);
        batch.bytes()
    };
    let of_length =
        |length: i32| [&5i64.to_be_bytes()[..], &length.to_be_bytes(), &plain(5, 3).bytes()[12..]].concat();
    for bytes in [
        changed(|batch| batch.magic = 0),
        changed(|batch| batch.magic = 1),
        changed(|batch| batch.magic = 3),
        changed(|batch| batch.base_offset = -1),
        changed(|batch| (batch.base_offset, batch.last_offset_delta) = (i64::MAX, 2)),
        changed(|batch| batch.last_offset_delta = -1),
        changed(|batch| batch.last_offset_delta = i32::MIN),
        changed(|batch| batch.record_count = -1),
        changed(|batch| batch.record_count = 4),
        of_length(-1),
        of_length(i32::MIN),
        of_length(0),
        of_length(48),
    ] {
        assert_eq!(look_at(&bytes, &[], 0, 9), Waiting::NotKnown, "{bytes:?}");
        let behind = [plain(2, 1).bytes(), bytes].concat();
        assert_eq!(look_at(&behind, &[], 0, 9), since(2), "what was seen before it counts");
    }
    assert_eq!(look_at(&of_length(i32::MAX), &[], 5, 8), since(5), "no more is taken than there is");
}

#[test]
fn an_end_of_a_transaction_that_cannot_be_read_leaves_open_what_follows() {
    for records in
        [&[][..], &[32, 0, 0, 0, 1], &[32, 0, 0, 0, 6, 0, 0, 0], &[0xff; 30], &[32, 0, 0, 0, 8, 0, 0, 0]]
    {
        let broken = SampleBatch { records: records.to_vec(), ..end(2, 1, ABORT) };
        let log = [of_transaction(0, 1, 2), broken, of_transaction(3, 1, 1)];
        assert_eq!(look(&log, &[(1, 0)], 0, 4), Waiting::NotKnown, "{records:?}");
    }
    // Its time may lie years before that of its deletion.
    let late = [&[32, 0, 0xff, 0xff, 0xff, 0xff, 0x3f, 0, 8, 0, 0, 0, ABORT, 12][..], &[0; 7]].concat();
    let marker = SampleBatch { attributes: CONTROL | DELETE_HORIZON, records: late, ..end(2, 1, ABORT) };
    assert_eq!(look(&[of_transaction(0, 1, 2), marker, of_transaction(3, 1, 1)], &[(1, 0)], 0, 4), since(3));
}
