//! Metrics endpoints → samples: every broker is asked at the same time, each with a deadline of its own.

mod gather;
mod names;
mod scrape;
#[cfg(test)]
mod tests;
mod text;
mod usual;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use futures::{StreamExt, stream};
pub use scrape::{Scraper, Traffic};
use shared::{DateTime, units::counted};
use tokio::time::Instant;
pub use usual::UsualCycle;

use super::{
    evaluate,
    model::{Answer, Broker, Brokers, BrokersSample, BrokersSnapshot, Fleet, Places, Policy, UsualSnapshot},
    store::Keeping,
    tap::AnswerTimes,
};
use crate::runtime::{Cell, Clock, Collected, Cycle, Evaluated, Stamped};

/// Brokers of a cluster that are asked at the same time.
const AT_ONCE: usize = 128;
/// Share of the period after which no broker is waited for: what came is judged and shown.
const SHARE: f64 = 0.7;
/// Brokers that a sentence of missing parts names.
const NAMED: usize = 3;

/// The cycle of what the brokers of a cluster carry.
pub struct BrokersCycle {
    /// Name of the cluster.
    pub cluster: String,
    /// Knows its brokers.
    pub fleet: Arc<dyn Fleet>,
    /// Where they tell their metrics.
    pub places: Places,
    /// Asks them.
    pub scraper: Scraper,
    /// The longest that one may take.
    pub timeout: Duration,
    /// Time between two turns.
    pub period: Duration,
    /// What is known so far.
    pub newest: Cell<BrokersSnapshot>,
    /// What is usual for them.
    pub usual: Cell<UsualSnapshot>,
    /// How long they take to answer us.
    pub answer_times: AnswerTimes,
    /// What is tolerated.
    pub policy: Policy,
    /// Tells when they answered.
    pub clock: Clock,
    /// Keeps the history.
    pub keeping: Arc<Keeping>,
}

impl Cycle for BrokersCycle {
    type Sample = BrokersSample;
    type Snapshot = BrokersSnapshot;

    async fn collect(&self) -> Result<Collected<BrokersSample>, String> {
        let until = Instant::now() + self.period.mul_f64(SHARE);
        let known = self.fleet.first(&self.cluster).await;
        let known = known.ok_or("The brokers are not known yet: see why metadata could not be read.")?;
        let asked: Vec<_> = self.in_order(&known).into_iter().map(|broker| self.ask(broker, until)).collect();
        let answers: Vec<Answer> = stream::iter(asked).buffer_unordered(AT_ONCE).collect().await;
        let missing = missing(&known, &answers);
        if let Some(missing) = &missing
            && answers.iter().all(|answer| answer.told.is_err())
            && self.newest.newest().is_none()
        {
            return Err(missing.clone());
        }
        let usual = self.usual.newest();
        Ok(Collected {
            sample: BrokersSample { cluster: self.cluster.clone(), known, answers, usual },
            missing,
        })
    }

    fn evaluate(
        &self,
        previous: Option<&BrokersSnapshot>,
        sample: BrokersSample,
        now: DateTime,
    ) -> Evaluated<BrokersSnapshot> {
        evaluate::brokers(previous, sample, self.policy, now)
    }

    async fn store(&self, newest: Arc<Stamped<BrokersSnapshot>>) -> Result<(), String> {
        self.keeping.keep(newest).await
    }
}

impl BrokersCycle {
    /// Brokers that answered last time come first, so that those which let wait do so at the end.
    fn in_order<'a>(&self, known: &'a Brokers) -> Vec<&'a Broker> {
        let newest = self.newest.newest();
        let fails = |broker: &&Broker| {
            let row = newest.as_ref().and_then(|newest| newest.snapshot.broker(broker.broker_id));
            (!broker.is_up, row.is_some_and(|row| row.failure.is_some()))
        };
        let mut brokers: Vec<&Broker> = known.brokers.iter().collect();
        brokers.sort_by_key(fails);
        brokers
    }

    async fn ask(&self, broker: &Broker, until: Instant) -> Answer {
        let broker_id = broker.broker_id;
        let (at, told) = match self.places.of(broker) {
            None => (self.clock.now(), Err("metrics.url names no address for it.".to_owned())),
            Some(_) if Instant::now() >= until => {
                (self.clock.now(), Err("The other brokers took all the time of the turn.".to_owned()))
            }
            Some(url) => {
                let deadline = until.min(Instant::now() + self.timeout);
                self.scraper.ask(&url, &self.clock, deadline).await
            }
        };
        Answer { broker_id, at, answer_p90: self.answer_times.p90(broker_id), told }
    }
}

/// What is missing of the brokers that are up, and what is odd, as a sentence.
fn missing(known: &Brokers, answers: &[Answer]) -> Option<String> {
    let up: BTreeSet<i32> =
        known.brokers.iter().filter(|broker| broker.is_up).map(|broker| broker.broker_id).collect();
    let mut sentences: Vec<(i32, String)> = answers
        .iter()
        .filter_map(|answer| {
            let id = answer.broker_id;
            match &answer.told {
                Ok(told) => Some((id, format!("Broker {id} {}.", told.remark.as_ref()?))),
                Err(what) => up.contains(&id).then(|| (id, format!("Broker {id}: {what}"))),
            }
        })
        .collect();
    sentences.sort();
    let more = sentences.len().saturating_sub(NAMED);
    let mut named: Vec<String> = sentences.into_iter().take(NAMED).map(|(_, sentence)| sentence).collect();
    if more > 0 {
        named.push(format!(
            "{} of which something is missing.",
            counted(more as u64, "more broker", "more brokers")
        ));
    }
    (!named.is_empty()).then(|| named.join(" "))
}
