//! The look at partitions: what is asked in which requests, and what a broker that answers too much or less spoils.

use std::sync::Mutex;

use super::*;
use crate::kafka::answers::{Partial, Peek, PeekQuery, Waiting};
use crate::kafka::wire::samples::batches::{self, SampleFetch, plain};

const FETCH: i16 = 1;

/// Partition and offset.
type Row = (i32, i64);

/// Looks into partitions of one topic and of one leader; gives what came and what each request asked.
async fn looked(
    rows: &[Row],
    deed: impl Fn(&Asked, &[Row]) -> Option<Deed> + Send + Sync + 'static,
) -> (Partial<Vec<Peek<'static>>>, Vec<Vec<Row>>) {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&requests);
    let fake = one(move |asked, port| {
        if asked.key != FETCH {
            return good(asked, &[port]);
        }
        let rows: Vec<Row> =
            batches::fetched(&asked.frame).into_iter().map(|(_, id, offset)| (id, offset)).collect();
        noted.lock().unwrap().push(rows.clone());
        deed(&asked, &rows).unwrap_or_else(|| answer(&asked, &rows, |_| true))
    })
    .await;
    let gateway = gateway(&[&fake], |settings| settings.request_timeout = MILLIS(3000));
    read::metadata(&gateway).await.unwrap();
    let query = |(partition, offset): &Row| PeekQuery {
        topic: "orders",
        partition: *partition,
        offset: *offset,
        leader_id: 1,
    };
    let queries: Vec<_> = rows.iter().map(query).collect();
    let told = read::peek(&gateway, &queries).await;
    let requests = requests.lock().unwrap().clone();
    (told, requests)
}

/// One record waits at each offset; it comes where `comes` says so.
fn answer(asked: &Asked, rows: &[Row], comes: impl Fn(usize) -> bool) -> Deed {
    let batches: Vec<_> = rows.iter().map(|(_, offset)| [plain(*offset, 1)]).collect();
    let row = |(at, (partition, offset)): (usize, &Row)| -> SampleFetch<'_> {
        ("orders", *partition, 0, offset + 1, if comes(at) { &batches[at] } else { &[] })
    };
    let rows: Vec<_> = rows.iter().enumerate().map(row).collect();
    Deed::Answer(samples::answer(&batches::fetch(&rows, &[]), asked.version))
}

/// What is known of each row, in order.
fn told(told: &Partial<Vec<Peek<'static>>>) -> Vec<(i32, i64, Waiting)> {
    let peeks = told.answers.iter().flat_map(|(_, peeks)| peeks);
    let mut rows: Vec<_> =
        peeks.map(|peek| (peek.query.partition, peek.query.offset, peek.waiting)).collect();
    rows.sort_by_key(|row| (row.0, row.1));
    rows
}

fn since(offset: i64) -> Waiting {
    Waiting::Something { first_time_ms: Some(offset * 1000) }
}

fn partitions(count: i32) -> Vec<Row> {
    (0..count).map(|partition| (partition, 7)).collect()
}

#[tokio::test]
async fn some_partitions_are_looked_at_in_one_request() {
    let (answers, requests) = looked(&partitions(70), |_, _| None).await;
    assert_eq!(requests.iter().map(Vec::len).collect::<Vec<_>>(), [32, 32, 6]);
    let expected: Vec<_> = (0..70).map(|partition| (partition, 7, since(7))).collect();
    assert_eq!((told(&answers), answers.missing.len()), (expected, 0));
}

#[tokio::test]
async fn of_a_partition_one_offset_is_asked_a_request_and_each_once() {
    let (answers, requests) = looked(&[(1, 9), (0, 7), (1, 4), (1, 9)], |_, _| None).await;
    assert_eq!(requests, [vec![(0, 7), (1, 4)], vec![(1, 9)]]);
    assert_eq!(told(&answers), [(0, 7, since(7)), (1, 4, since(4)), (1, 9, since(9))]);
}

#[tokio::test]
async fn what_does_not_come_beside_others_is_asked_for_by_itself() {
    let first_only = |asked: &Asked, rows: &[Row]| Some(answer(asked, rows, |at| at == 0));
    let (answers, requests) = looked(&partitions(3), first_only).await;
    assert_eq!(requests, [partitions(3), vec![(1, 7)], vec![(2, 7)]]);
    assert_eq!(told(&answers), [(0, 7, since(7)), (1, 7, since(7)), (2, 7, since(7))]);
    let (answers, requests) = looked(&partitions(32), first_only).await;
    assert_eq!(requests.len(), 17, "not more than so many");
    let unknown = told(&answers).iter().filter(|row| row.2 == Waiting::NotKnown).count();
    assert_eq!((unknown, told(&answers).len()), (15, 32));
}

#[tokio::test]
async fn what_never_comes_is_not_known_and_not_asked_for_for_ever() {
    let nothing = |asked: &Asked, rows: &[Row]| Some(answer(asked, rows, |_| false));
    let (answers, requests) = looked(&partitions(1), nothing).await;
    assert_eq!((requests.len(), told(&answers)), (2, vec![(0, 7, Waiting::NotKnown)]));
}

/// More than the frame that is accepted for Fetch.
fn too_much(asked: &Asked) -> Deed {
    let length = (64u32 << 20) / 4 + 1;
    Deed::Raw([&length.to_be_bytes()[..], &asked.correlation_id.to_be_bytes()].concat())
}

#[tokio::test]
async fn an_answer_that_is_too_large_spoils_one_partition() {
    let third = |asked: &Asked, rows: &[Row]| rows.contains(&(2, 7)).then(|| too_much(asked));
    let (answers, requests) = looked(&partitions(4), third).await;
    assert_eq!(
        requests,
        [partitions(4), vec![(0, 7), (1, 7)], vec![(2, 7), (3, 7)], vec![(2, 7)], vec![(3, 7)]]
    );
    assert_eq!(told(&answers), [(0, 7, since(7)), (1, 7, since(7)), (3, 7, since(7))]);
    let said: Vec<_> =
        answers.missing.iter().map(|missing| (missing.broker_id, missing.error.to_string())).collect();
    assert!(matches!(&said[..], [(1, said)] if said.contains("to Fetch has 16777217 bytes")), "{said:?}");
}

#[tokio::test]
async fn an_answer_that_is_malformed_is_an_error_and_what_came_before_it_stays() {
    let broken = |asked: &Asked, rows: &[Row]| {
        let answer = || {
            Deed::Answer(samples::answer(&batches::fetch(&[("orders", 99, 0, 1, &[])], &[]), asked.version))
        };
        rows.contains(&(40, 7)).then(answer)
    };
    let (answers, requests) = looked(&partitions(70), broken).await;
    assert_eq!((requests.len(), told(&answers).len()), (2, 32));
    let said = answers.missing[0].error.to_string();
    assert!(said.contains("to Fetch is malformed: a partition that was not asked for"), "{said}");
}

#[tokio::test]
async fn a_leader_that_is_not_there_is_missing() {
    let fake = one(|asked, port| good(asked, &[port])).await;
    let gateway = gateway(&[&fake], |_| {});
    read::metadata(&gateway).await.unwrap();
    let query = PeekQuery { topic: "orders", partition: 0, offset: 0, leader_id: 5 };
    let told = read::peek(&gateway, &[query]).await;
    assert!(told.answers.is_empty());
    assert!(matches!(&told.missing[..], [missing] if missing.broker_id == 5), "{:?}", told.missing);
}
