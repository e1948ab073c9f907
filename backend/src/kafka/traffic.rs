//! What Riverkeeper itself asks of a cluster, counted for its Status page.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::time::Instant;

use super::wire::Api;

/// Everything that one gateway has done since its start. A request that was tried with two brokers counts twice.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// Requests that were tried.
    pub requests: u64,
    /// Those that brought no usable answer, for whatever reason.
    pub failures: u64,
    /// Bytes of requests, without first exchanges of connections.
    pub bytes_sent: u64,
    /// Bytes of answers, without first exchanges of connections.
    pub bytes_received: u64,
    /// Connections that are open now.
    pub open_connections: u32,
    /// Sum of the times that requests took; more than has passed when many ran at once.
    pub busy: Duration,
    /// The same by request, for those that were tried at all.
    pub by_api: Vec<ApiTraffic>,
    /// The same by address, for those in use.
    pub brokers: Vec<BrokerTraffic>,
}

/// The part of one of Kafka's requests in [`Traffic`].
#[derive(Clone, Debug)]
pub struct ApiTraffic {
    /// Kafka's name of the request.
    pub api: &'static str,
    /// Requests that were tried.
    pub requests: u64,
    /// Those without a usable answer.
    pub failures: u64,
    /// Sum of their times.
    pub seconds: f64,
}

/// The part of one address in [`Traffic`].
#[derive(Clone, Debug)]
pub struct BrokerTraffic {
    /// `host:port`.
    pub address: String,
    /// The broker that advertises it, once known.
    pub broker_id: Option<i32>,
    /// Whether a connection is open.
    pub connected: bool,
    /// Why the last request failed; `None` after one that was answered.
    pub last_error: Option<String>,
    /// Requests that were tried.
    pub requests: u64,
    /// Those without a usable answer.
    pub failures: u64,
    /// Bytes of requests.
    pub bytes_sent: u64,
    /// Bytes of answers.
    pub bytes_received: u64,
    /// Requests that are on their way now.
    pub in_flight: u32,
}

/// Counters of one thing: a request, or an address.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub requests: AtomicU64,
    pub failures: AtomicU64,
    pub bytes_sent: AtomicU64,
    pub bytes_received: AtomicU64,
    micros: AtomicU64,
}

impl Counters {
    pub fn seconds(&self) -> f64 {
        Duration::from_micros(self.micros.load(Relaxed)).as_secs_f64()
    }
}

/// The counters of every request.
#[derive(Debug, Default)]
pub(super) struct Ledger([Counters; Api::ALL.len()]);

impl Ledger {
    pub fn of(&self, api: Api) -> Option<&Counters> {
        self.0.get(api as usize)
    }

    /// The totals and the rows by request.
    pub fn traffic(&self) -> Traffic {
        let mut traffic = Traffic::default();
        for (api, counters) in Api::ALL.into_iter().zip(&self.0) {
            let (requests, failures) = (counters.requests.load(Relaxed), counters.failures.load(Relaxed));
            if requests == 0 {
                continue;
            }
            traffic.requests += requests;
            traffic.failures += failures;
            traffic.bytes_sent += counters.bytes_sent.load(Relaxed);
            traffic.bytes_received += counters.bytes_received.load(Relaxed);
            traffic.busy += Duration::from_micros(counters.micros.load(Relaxed));
            traffic.by_api.push(ApiTraffic {
                api: api.name(),
                requests,
                failures,
                seconds: counters.seconds(),
            });
        }
        traffic
    }
}

/// One request that is being counted, for its kind and for its address. A cancelled one counts with its time.
pub(super) struct Counting<'a> {
    counters: [Option<&'a Counters>; 2],
    started: Instant,
}

impl<'a> Counting<'a> {
    pub fn start(counters: [Option<&'a Counters>; 2]) -> Self {
        let counting = Self { counters, started: Instant::now() };
        counting.each(|counters| counters.requests.fetch_add(1, Relaxed));
        counting
    }

    pub fn sent(&self, bytes: usize) {
        self.each(|counters| counters.bytes_sent.fetch_add(bytes as u64, Relaxed));
    }

    pub fn received(&self, bytes: usize) {
        self.each(|counters| counters.bytes_received.fetch_add(bytes as u64, Relaxed));
    }

    pub fn failed(&self) {
        self.each(|counters| counters.failures.fetch_add(1, Relaxed));
    }

    fn each(&self, add: impl Fn(&Counters) -> u64) {
        for counters in self.counters.iter().flatten() {
            add(counters);
        }
    }
}

impl Drop for Counting<'_> {
    fn drop(&mut self) {
        let micros = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.each(|counters| counters.micros.fetch_add(micros, Relaxed));
    }
}
