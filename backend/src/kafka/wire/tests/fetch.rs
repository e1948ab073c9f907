//! Requests and answers of Fetch.

use super::*;
use crate::kafka::answers::{Peek, PeekQuery, Waiting};
use crate::kafka::wire::samples::batches::{
    SampleFetch, end, fetch, fetch_request, fetched, of_transaction, plain,
};

const ASKED: &[PeekQuery<'static>] =
    &[asked("orders", 0, 5), asked("orders", 1, 9), asked("paid", 9, 4), asked("späte", 0, 0)];

const fn asked(topic: &'static str, partition: i32, offset: i64) -> PeekQuery<'static> {
    PeekQuery { topic, partition, offset, leader_id: 1 }
}

/// A valid answer, with its reader.
pub(super) fn valid(v: i16) -> (Bytes, Decode) {
    let rows: [SampleFetch<'_>; 4] = [
        ("orders", 0, 0, 6, &[end(5, 7, 1)]),
        ("orders", 1, 6, -1, &[]),
        ("paid", 9, 0, 8, &[of_transaction(4, 7, 2), end(6, 7, 0), plain(7, 1)]),
        ("späte", 0, 0, 0, &[]),
    ];
    (samples::answer(&fetch(&rows, &[(7, 4)]), v), |v, b| decode_as(Fetch { queries: ASKED }, v, b))
}

fn read(rows: &[SampleFetch<'_>], aborted: &[(i64, i64)]) -> Result<Vec<Peek<'static>>, Fault> {
    Fetch { queries: ASKED }.decode(10, samples::answer(&fetch(rows, aborted), 10)).map(Result::unwrap)
}

#[test]
fn an_answer_tells_of_each_partition_what_lies_there() {
    let bytes = valid(10).0;
    let peeks = Fetch { queries: ASKED }.decode(10, bytes).unwrap().unwrap();
    let queries: Vec<_> = peeks.iter().map(|peek| peek.query).collect();
    assert_eq!(queries, ASKED);
    let waiting: Vec<_> = peeks.iter().map(|peek| peek.waiting).collect();
    let since_7 = Waiting::Something { first_time_ms: Some(7000) };
    assert_eq!(waiting, [Waiting::Nothing, Waiting::NotKnown, since_7, Waiting::Nothing]);
    assert_eq!(waiting[2].first_time_ms(), Some(7000));
    let offsets = |peek: &Peek<'_>| (peek.high_watermark, peek.last_stable_offset, peek.log_start_offset);
    assert_eq!(offsets(&peeks[0]), (Some(7), Some(6), Some(2)));
    assert_eq!((peeks[1].error_code, offsets(&peeks[1])), (6, (None, None, None)));
    assert!(peeks.iter().all(|peek| !peek.came_empty));
}

#[test]
fn a_partition_of_which_nothing_came_says_so() {
    let peeks = read(&[("orders", 0, 0, 6, &[]), ("orders", 1, 0, 9, &[])], &[]).unwrap();
    let told: Vec<_> = peeks.iter().map(|peek| (peek.waiting, peek.came_empty)).collect();
    assert_eq!(told, [(Waiting::NotKnown, true), (Waiting::Nothing, false)]);
    let part = &[end(5, 7, 1)];
    assert!(
        !read(&[("orders", 0, 0, 9, part)], &[]).unwrap()[0].came_empty,
        "asking again would bring the same"
    );
}

#[test]
fn what_was_not_asked_for_is_a_fault() {
    for (rows, said) in [
        (vec![("mails", 0)], "a partition that was not asked for"),
        (vec![("orders", 2)], "a partition that was not asked for"),
        (vec![("orders", 0); 5], "more partitions than were asked for"),
    ] {
        let rows: Vec<SampleFetch<'_>> =
            rows.into_iter().map(|(topic, id)| (topic, id, 0, 1, &[][..])).collect();
        let fault = read(&rows, &[]).unwrap_err().to_string();
        assert!(fault.starts_with(said), "{fault}");
    }
}

#[test]
fn an_answer_that_fails_as_a_whole_is_refused() {
    let mut response = fetch(&[], &[]);
    response.error_code = 70;
    let refused = Fetch { queries: ASKED }.decode(10, samples::answer(&response, 10)).unwrap();
    assert_eq!(refused.unwrap_err().code.to_string(), "FETCH_SESSION_ID_NOT_FOUND (70)");
}

#[test]
fn a_request_asks_for_little_and_for_committed_records_only() {
    let frame = Fetch { queries: ASKED }.encode(10, 1, "rk").unwrap().slice(4..);
    let request = fetch_request(&frame);
    assert_eq!((request.replica_id, request.max_wait_ms, request.min_bytes), (-1, 0, 0));
    assert_eq!((request.max_bytes, request.isolation_level), (4 * 16384, 1));
    assert_eq!((request.session_id, request.session_epoch), (0, -1), "without a session");
    let rows = request.topics.iter().flat_map(|topic| &topic.partitions);
    assert!(rows.into_iter().all(|row| (row.partition_max_bytes, row.current_leader_epoch) == (16384, -1)));
    let wanted: Vec<_> = ASKED.iter().map(|row| (row.topic.to_owned(), row.partition, row.offset)).collect();
    assert_eq!((fetched(&frame), request.topics.len()), (wanted, 3));
}
