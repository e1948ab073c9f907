//! The gateway to one cluster: one broker is asked, or any of them.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use futures::stream::{FuturesUnordered, StreamExt};
use tokio::time::{Instant, sleep_until};

use super::answers::{Metadata, Missing, Partial};
use super::error::KafkaError;
use super::link::Link;
use super::pool::Pool;
use super::settings::Settings;
use super::traffic::{Ledger, Traffic};
use super::wire::{Refusal, Request};

/// So many brokers are asked at the same time.
const BROKERS_AT_ONCE: usize = 32;
/// So many brokers are asked the same thing, when the first ones are slow.
const RACERS: usize = 3;

/// The way to one cluster. Clones share everything; connections end with the last clone or with [`Gateway::close`].
#[derive(Clone)]
pub struct Gateway {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Arc<Settings>,
    pool: Pool,
    ledger: Ledger,
}

type Attempt<'a, T> = BoxFuture<'a, (Arc<Link>, Result<T, KafkaError>)>;

impl fmt::Debug for Gateway {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Gateway").field("cluster", &self.cluster()).finish_non_exhaustive()
    }
}

impl Gateway {
    /// A gateway that connects when it is first asked something.
    pub fn new(settings: Settings) -> Self {
        let settings = Arc::new(settings.in_range());
        let pool = Pool::new(Arc::clone(&settings));
        Self { inner: Arc::new(Inner { settings, pool, ledger: Ledger::default() }) }
    }

    /// Our name of the cluster.
    pub fn cluster(&self) -> &str {
        &self.inner.settings.cluster
    }

    /// What it was told.
    pub(super) fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// What was asked so far, and of whom.
    pub fn traffic(&self) -> Traffic {
        let mut traffic = self.inner.ledger.traffic();
        let links = self.inner.pool.links();
        traffic.brokers =
            links.iter().map(|link| link.traffic()).filter(|broker| broker.requests > 0).collect();
        traffic.brokers.sort_by(|a, b| (a.broker_id, &a.address).cmp(&(b.broker_id, &b.address)));
        traffic.open_connections = traffic.brokers.iter().map(|broker| u32::from(broker.connected)).sum();
        traffic
    }

    /// Ends every connection; requests on their way and all later ones fail.
    pub fn close(&self) {
        self.inner.pool.close();
    }

    pub(super) fn request_timeout_ms(&self) -> i32 {
        i32::try_from(self.inner.settings.request_timeout.as_millis()).unwrap_or(i32::MAX)
    }

    /// The brokers of the last good metadata; empty when there was none yet.
    pub fn broker_ids(&self) -> Vec<i32> {
        self.inner.pool.broker_ids()
    }

    pub(super) fn controller_id(&self) -> Option<i32> {
        self.inner.pool.controller_id()
    }

    pub(super) fn learn(&self, metadata: &Metadata) {
        self.inner.pool.learn(metadata);
    }

    /// Asks one broker.
    pub(super) async fn broker<R: Request>(
        &self,
        broker_id: i32,
        request: &R,
    ) -> Result<R::Answer, KafkaError> {
        let link = self.inner.pool.broker(broker_id).ok_or(KafkaError::UnknownBroker { broker_id })?;
        link.ask(&self.inner.ledger, request, self.deadline()).await
    }

    /// The error that a broker's refusal of a part of a request is.
    pub(super) fn refused(&self, broker_id: i32, request: &'static str, refusal: Refusal) -> KafkaError {
        match self.inner.pool.broker(broker_id) {
            Some(link) => {
                let (peer, Refusal { code, message }) = (link.peer(), refusal);
                KafkaError::Refused { peer, request, code, message }
            }
            None => KafkaError::UnknownBroker { broker_id },
        }
    }

    /// Asks brokers in parallel, each as `ask` says, and collects what comes.
    pub(super) async fn brokers<'a, T>(
        &'a self,
        broker_ids: Vec<i32>,
        ask: impl Fn(i32) -> BoxFuture<'a, Result<T, KafkaError>>,
    ) -> Partial<T> {
        let mut partial = Partial { answers: Vec::new(), missing: Vec::new() };
        let asked: Vec<_> =
            broker_ids.into_iter().map(|id| ask(id).map(move |outcome| (id, outcome))).collect();
        let mut outcomes = futures::stream::iter(asked).buffer_unordered(BROKERS_AT_ONCE);
        while let Some((broker_id, outcome)) = outcomes.next().await {
            match outcome {
                Ok(answer) => partial.answers.push((broker_id, answer)),
                Err(error) => partial.missing.push(Missing { broker_id, error }),
            }
        }
        partial
    }

    /// Asks whichever broker answers. The most promising is asked first; while it is silent for a quarter of the
    /// time (at most two seconds) the next is asked too, and one that fails is followed by the next at once.
    pub(super) async fn any<R: Request>(&self, request: &R) -> Result<R::Answer, KafkaError> {
        let deadline = self.deadline();
        let patience = (self.inner.settings.request_timeout / 4).min(Duration::from_secs(2));
        let mut waiting: VecDeque<Arc<Link>> = self.inner.pool.candidates().into();
        let mut running = FuturesUnordered::new();
        let mut asked: Vec<Arc<Link>> = Vec::new();
        let mut failed = Vec::new();
        loop {
            if let Some(link) = waiting.pop_front() {
                running.push(self.attempt(Arc::clone(&link), request, deadline));
                asked.push(link);
            }
            let next_at = Instant::now() + patience;
            let may_race = !waiting.is_empty() && running.len() < RACERS;
            let outcome = tokio::select! {
                outcome = running.next() => outcome,
                () = sleep_until(next_at), if may_race => continue,
            };
            let Some((link, outcome)) = outcome else {
                return Err(KafkaError::of_attempts(R::API.name(), failed));
            };
            match outcome {
                Err(error) if error.is_of_this_broker() => failed.push(error),
                decided => {
                    asked
                        .iter()
                        .take_while(|asked| !Arc::ptr_eq(asked, &link))
                        .for_each(|slow| slow.overtaken());
                    return decided;
                }
            }
            // When this many do not speak it, or do not let us in, the others will not either: they are not asked in
            // vain.
            let is_everywhere = |error: &&KafkaError| error.is_unsupported() || error.is_of_our_identity();
            if failed.iter().filter(is_everywhere).count() >= RACERS {
                return Err(KafkaError::of_attempts(R::API.name(), failed));
            }
        }
    }

    fn attempt<'a, R: Request>(
        &'a self,
        link: Arc<Link>,
        request: &'a R,
        deadline: Instant,
    ) -> Attempt<'a, R::Answer> {
        async move {
            let outcome = link.ask(&self.inner.ledger, request, deadline).await;
            (link, outcome)
        }
        .boxed()
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.inner.settings.request_timeout
    }
}
