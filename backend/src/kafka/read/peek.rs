//! What lies in partitions at given offsets, with few bytes: whether a reader of committed records would be given
//! something there, and since when it waits.

use std::collections::BTreeMap;

use futures::FutureExt;

use crate::kafka::answers::{Missing, Partial, Peek, PeekQuery};
use crate::kafka::wire::Fetch;
use crate::kafka::{Gateway, KafkaError};

/// So many partitions a request, which bring half a MiB at most, or one batch where that is larger.
const PARTITIONS_A_REQUEST: usize = 32;
/// So many partitions of a leader are looked at by themselves, because their first batch is too large to come beside
/// others. What is beyond is not known.
const ALONE: usize = 16;

/// What lies in partitions from given offsets on, asked of the leaders that the queries name; each needs the right to
/// read its topic. Queries that are the same are answered once. Every further offset of the same partition costs a
/// request more, so the caller bounds how many there are.
///
/// Of a leader's partitions whose next batch has more than 16 KiB, some sixteen are seen and the others `NotKnown`; the
/// order is that of names and numbers, so the caller asks for others the next time.
///
/// Rows whose leader has moved, whose topic we may not read, or whose offset is not there have Kafka's error code. An
/// answer that is too large is asked for again in halves; what is too large by itself has no row, and its leader both
/// an answer and a reason why the rest is missing. After another failure the rest of that leader's rows is missing.
pub async fn peek<'a>(gateway: &Gateway, queries: &[PeekQuery<'a>]) -> Partial<Vec<Peek<'a>>> {
    let mut by_leader: BTreeMap<i32, Vec<PeekQuery<'a>>> = BTreeMap::new();
    for query in queries {
        by_leader.entry(query.leader_id).or_default().push(*query);
    }
    for queries in by_leader.values_mut() {
        queries.sort_unstable();
        queries.dedup();
    }
    let leaders = by_leader.keys().copied().collect();
    let ask = |leader_id| {
        let queries = by_leader.get(&leader_id).map(Vec::as_slice).unwrap_or_default();
        of_leader(gateway, leader_id, queries).map(Ok).boxed()
    };
    let of_leaders = gateway.brokers(leaders, ask).await;
    let mut partial = Partial { answers: Vec::new(), missing: of_leaders.missing };
    for (broker_id, (peeks, failure)) in of_leaders.answers {
        if failure.is_none() || !peeks.is_empty() {
            partial.answers.push((broker_id, peeks));
        }
        partial.missing.extend(failure.map(|error| Missing { broker_id, error }));
    }
    partial
}

async fn of_leader<'a>(
    gateway: &Gateway,
    leader_id: i32,
    queries: &[PeekQuery<'a>],
) -> (Vec<Peek<'a>>, Option<KafkaError>) {
    let mut looking = Looking { gateway, leader_id, peeks: Vec::new(), too_large: None };
    let outcome = looking.look(queries).await;
    (looking.peeks, outcome.err().or(looking.too_large))
}

/// What is known so far of one leader's partitions.
struct Looking<'g, 'a> {
    gateway: &'g Gateway,
    leader_id: i32,
    peeks: Vec<Peek<'a>>,
    too_large: Option<KafkaError>,
}

impl<'a> Looking<'_, 'a> {
    async fn look(&mut self, queries: &[PeekQuery<'a>]) -> Result<(), KafkaError> {
        for round in rounds(queries) {
            for queries in round.chunks(PARTITIONS_A_REQUEST) {
                self.ask(queries).await?;
            }
        }
        let empty = self.peeks.extract_if(.., |peek| peek.came_empty);
        let alone: Vec<_> = empty.take(ALONE).map(|peek| peek.query).collect();
        for query in alone {
            self.ask(&[query]).await?;
        }
        Ok(())
    }

    /// Asks about partitions that are named once each.
    async fn ask(&mut self, queries: &[PeekQuery<'a>]) -> Result<(), KafkaError> {
        let mut waiting = vec![queries];
        while let Some(queries) = waiting.pop() {
            match self.gateway.broker(self.leader_id, &Fetch { queries }).await {
                Ok(peeks) => self.peeks.extend(peeks),
                Err(KafkaError::TooLarge { .. }) if queries.len() > 1 => {
                    let (first, second) = queries.split_at(queries.len() / 2);
                    waiting.extend([second, first]);
                }
                Err(error @ KafkaError::TooLarge { .. }) => self.too_large = Some(error),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Sorted queries, so divided that no partition comes twice in a round: of a partition that a request names twice, a
/// broker looks at one offset only.
fn rounds<'a>(queries: &[PeekQuery<'a>]) -> Vec<Vec<PeekQuery<'a>>> {
    let mut rounds: Vec<Vec<PeekQuery<'a>>> = Vec::new();
    for of_partition in queries.chunk_by(|a, b| (a.topic, a.partition) == (b.topic, b.partition)) {
        rounds.resize_with(rounds.len().max(of_partition.len()), Vec::new);
        rounds.iter_mut().zip(of_partition).for_each(|(round, query)| round.push(*query));
    }
    rounds
}
