//! Requests about many groups: each coordinator is asked about its own, some hundred groups at a time.
//!
//! Coordinators are asked in parallel and each one's batches follow each other. An answer that is too large is asked
//! for again in halves. Brokers that are too old for many groups a request are asked about one at a time, some
//! requests beside each other. Nothing fails but in parts.

use std::collections::BTreeMap;

use futures::future::{BoxFuture, FutureExt};
use futures::stream::{self, StreamExt};

use crate::kafka::answers::{ByGroup, GroupQuery};
use crate::kafka::wire::{OfGroups, Refusal, RefusedGroup};
use crate::kafka::{Gateway, KafkaError};

/// So many requests for one group each are on their way to one broker.
const ONES_AT_ONCE: usize = 4;

/// How a request about groups is asked.
#[derive(Clone, Copy)]
pub(super) struct Batches {
    /// Kafka's name of the request.
    pub request: &'static str,
    /// So many groups a request.
    pub size: usize,
    /// Old versions take one group a request.
    pub ones_when_old: bool,
}

pub(super) type Told<T> = Result<OfGroups<T>, KafkaError>;

/// Asks the coordinators that the queries name, each as `ask` says.
pub(super) async fn of_coordinators<'a, T: Send>(
    gateway: &'a Gateway,
    batches: Batches,
    queries: &'a [GroupQuery<'a>],
    ask: impl for<'q> Fn(i32, &'q [&'q str]) -> BoxFuture<'q, Told<T>> + Sync,
) -> ByGroup<T> {
    let mut by_coordinator: BTreeMap<i32, Vec<&str>> = BTreeMap::new();
    for query in queries {
        by_coordinator.entry(query.coordinator_id).or_default().push(query.group_id);
    }
    let coordinators = by_coordinator.keys().copied().collect();
    let (by_coordinator, ask) = (&by_coordinator, &ask);
    let of_one = |broker_id| {
        async move {
            let group_ids = by_coordinator.get(&broker_id).map(Vec::as_slice).unwrap_or_default();
            let refused = |refusal| gateway.refused(broker_id, batches.request, refusal);
            Ok(in_batches(broker_id, batches, group_ids, |ids| ask(broker_id, ids), refused).await)
        }
        .boxed()
    };
    let mut all = ByGroup::default();
    // None of them fails as a whole.
    for (_, of_one) in gateway.brokers(coordinators, of_one).await.answers {
        all.append(of_one);
    }
    all
}

/// Asks about groups as `ask` says, in batches one after the other.
pub(super) async fn in_batches<'q, T: Send>(
    broker_id: i32,
    batches: Batches,
    group_ids: &'q [&'q str],
    ask: impl Fn(&'q [&'q str]) -> BoxFuture<'q, Told<T>> + Sync,
    refused: impl Fn(Refusal) -> KafkaError + Sync,
) -> ByGroup<T> {
    let mut asking = Asking { broker_id, all: ByGroup::default(), refused };
    let mut waiting: Vec<&'q [&'q str]> = group_ids.chunks(batches.size).rev().collect();
    while let Some(batch) = waiting.pop() {
        match ask(batch).await {
            Err(KafkaError::TooLarge { .. }) if batch.len() > 1 => {
                let (first, second) = batch.split_at(batch.len() / 2);
                waiting.extend([second, first]);
            }
            Err(error) if batches.ones_when_old && batch.len() > 1 && error.is_unsupported() => {
                waiting.push(batch);
                let ones = waiting.drain(..).rev().flat_map(|batch| batch.chunks(1)).collect();
                waiting = asking.ones(ones, &ask).await;
            }
            told => asking.take(batch, told),
        }
    }
    asking.all
}

/// What is known so far of one broker's groups.
struct Asking<T, F> {
    broker_id: i32,
    all: ByGroup<T>,
    refused: F,
}

impl<T: Send, F: Fn(Refusal) -> KafkaError + Sync> Asking<T, F> {
    /// Asks about one group a request. Those that another one's answer has spoiled, because it ended their connection,
    /// are given back.
    async fn ones<'q>(
        &mut self,
        ones: Vec<&'q [&'q str]>,
        ask: &(impl Fn(&'q [&'q str]) -> BoxFuture<'q, Told<T>> + Sync),
    ) -> Vec<&'q [&'q str]> {
        let mut spoiled = Vec::new();
        let asked: Vec<_> =
            ones.into_iter().map(|one| ask(one).map(move |told| (one, told)).boxed()).collect();
        let mut told = stream::iter(asked).buffer_unordered(ONES_AT_ONCE);
        while let Some((one, told)) = told.next().await {
            match told {
                Err(KafkaError::TooLarge { .. } | KafkaError::Closed { .. }) => spoiled.push(one),
                told => self.take(one, told),
            }
        }
        spoiled
    }

    fn take(&mut self, batch: &[&str], told: Told<T>) {
        match told {
            Ok(groups) => groups.into_iter().for_each(|group| self.take_one(group)),
            Err(error) => self.all.miss(self.broker_id, batch.iter().map(|id| (*id).to_owned()), error),
        }
    }

    fn take_one(&mut self, group: Result<T, RefusedGroup>) {
        match group {
            Ok(answer) => self.all.answers.push(answer),
            Err(RefusedGroup { group_id, refusal }) => {
                self.all.miss(self.broker_id, [group_id], (self.refused)(refusal));
            }
        }
    }
}
