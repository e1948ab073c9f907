//! Log start and log end offsets, asked of each partition's leader.

use std::collections::BTreeMap;

use futures::FutureExt;

use crate::kafka::answers::{Missing, OffsetQuery, OffsetSpec, Offsets, Partial};
use crate::kafka::wire::ListOffsets;
use crate::kafka::{Gateway, KafkaError};

/// So many partitions a request.
const PARTITIONS_A_REQUEST: usize = 20_000;

/// The offsets of partitions, asked of the leaders that the queries name. A leader with more than 20,000 of them is
/// asked in several requests; when one of these fails, the leader has both an answer (of those before) and a reason
/// why the rest is missing. Rows whose leader has moved have Kafka's error code.
pub async fn list_offsets(
    gateway: &Gateway,
    spec: OffsetSpec,
    read_committed: bool,
    queries: &[OffsetQuery<'_>],
) -> Partial<Offsets> {
    let mut by_leader: BTreeMap<i32, Vec<OffsetQuery<'_>>> = BTreeMap::new();
    for query in queries {
        by_leader.entry(query.leader_id).or_default().push(*query);
    }
    for queries in by_leader.values_mut() {
        queries.sort_unstable_by_key(|query| (query.topic, query.partition));
    }
    let leaders = by_leader.keys().copied().collect();
    let ask = |leader| {
        let queries = by_leader.get(&leader).map(Vec::as_slice).unwrap_or_default();
        of_leader(gateway, leader, spec, read_committed, queries).map(Ok).boxed()
    };
    let of_leaders = gateway.brokers(leaders, ask).await;
    let mut partial = Partial { answers: Vec::new(), missing: of_leaders.missing };
    for (broker_id, (offsets, failure)) in of_leaders.answers {
        if failure.is_none() || !offsets.rows.is_empty() {
            partial.answers.push((broker_id, offsets));
        }
        partial.missing.extend(failure.map(|error| Missing { broker_id, error }));
    }
    partial
}

async fn of_leader(
    gateway: &Gateway,
    leader: i32,
    spec: OffsetSpec,
    read_committed: bool,
    queries: &[OffsetQuery<'_>],
) -> (Offsets, Option<KafkaError>) {
    let mut offsets = Offsets::default();
    let timeout_ms = gateway.request_timeout_ms();
    for queries in queries.chunks(PARTITIONS_A_REQUEST) {
        match gateway.broker(leader, &ListOffsets { spec, read_committed, timeout_ms, queries }).await {
            Ok(batch) => offsets.append(batch),
            Err(error) => return (offsets, Some(error)),
        }
    }
    (offsets, None)
}
