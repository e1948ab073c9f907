//! How long brokers take to answer us, asked all the time at random moments.
//!
//! While a broker stands still its own clocks stand still too: requests wait in its sockets, and it counts from when it
//! reads them. So its metrics do not tell, and those of its peers, which wait for it, do. Seen from outside it is plain.
//! Moments are random, because a fixed rhythm may always miss a pause that has a rhythm too.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::{StreamExt, stream};
use rand::Rng;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::kafka::{Gateway, read};

/// A broker that answers later than this is counted as having taken so long.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two questions to a broker, at random.
const BETWEEN: std::ops::Range<f64> = 0.2..1.8;
/// Brokers of one cluster that are asked in a second at most; of more, each is asked less often.
const A_SECOND: usize = 1_000;
/// Brokers that are asked at the same time.
const AT_ONCE: usize = 256;
/// Answers that are held of a broker, and for how long.
const HELD: usize = 60;
const HELD_FOR: Duration = Duration::from_secs(60);
/// Answers from which a percentile can be told.
const FEWEST: usize = 20;

/// How long the brokers of a cluster took to answer in the last minute.
#[derive(Clone, Debug, Default)]
pub struct AnswerTimes(Arc<Mutex<HashMap<i32, Answers>>>);

/// When a broker answered, and how long it took, oldest first.
type Answers = VecDeque<(Instant, Duration)>;

impl AnswerTimes {
    /// The 90th percentile of the last minute in milliseconds; none before there are enough answers.
    pub fn p90(&self, broker_id: i32) -> Option<f64> {
        let times = self.times();
        let mut times: Vec<Duration> = times.get(&broker_id)?.iter().map(|(_, took)| *took).collect();
        times.sort();
        let place = (times.len() * 9).div_ceil(10).checked_sub(1)?;
        let p90 = times.get(place).filter(|_| times.len() >= FEWEST)?;
        Some(p90.as_secs_f64() * 1000.0)
    }

    /// Asks all brokers again and again, until it is told to end.
    pub async fn watch(self, gateway: Gateway, shutdown: CancellationToken) {
        loop {
            let scale = (gateway.broker_ids().len() as f64 / A_SECOND as f64).max(1.0);
            let pause = Duration::from_secs_f64(rand::rng().random_range(BETWEEN) * scale);
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = sleep(pause) => {}
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = self.ask_all(&gateway, HELD_FOR.mul_f64(scale)) => {}
            }
        }
    }

    async fn ask_all(&self, gateway: &Gateway, held_for: Duration) {
        let ids = gateway.broker_ids();
        self.times().retain(|id, _| ids.contains(id));
        let asked: Vec<_> = ids.into_iter().map(|id| self.ask(gateway, id, held_for)).collect();
        stream::iter(asked).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
    }

    /// Of a broker that cannot be reached nothing is known.
    async fn ask(&self, gateway: &Gateway, broker_id: i32, held_for: Duration) {
        let took = match timeout(PATIENCE, read::answer_time(gateway, broker_id)).await {
            Ok(Ok(took)) => took.min(PATIENCE),
            Ok(Err(_)) => return,
            Err(_) => PATIENCE,
        };
        let now = Instant::now();
        let mut times = self.times();
        let held = times.entry(broker_id).or_default();
        held.push_back((now, took));
        while held.len() > HELD || held.front().is_some_and(|(at, _)| now - *at > held_for) {
            held.pop_front();
        }
    }

    fn times(&self) -> MutexGuard<'_, HashMap<i32, Answers>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_90th_percentile_needs_some_answers_and_is_not_moved_by_a_few() {
        let times = AnswerTimes::default();
        let mut held = VecDeque::new();
        for number in 0..60_u64 {
            assert_eq!(times.p90(1).is_some(), held.len() >= FEWEST);
            held.push_back((Instant::now(), Duration::from_millis(if number % 12 == 11 { 200 } else { 2 })));
            times.times().insert(1, held.clone());
        }
        assert_eq!(times.p90(1), Some(2.0));
        for (_, took) in held.iter_mut().take(4) {
            *took = Duration::from_millis(150);
        }
        times.times().insert(1, held);
        assert_eq!(times.p90(1), Some(150.0));
        assert_eq!(times.p90(2), None);
    }
}
