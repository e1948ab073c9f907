//! One endpoint, asked over HTTP: bounded in time and bytes, and whatever it answers is a value or a sentence.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use reqwest::{
    StatusCode,
    header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue},
};
use shared::DateTime;
use tokio::time::Instant;

use super::gather::Gathering;
use crate::{
    capabilities::load::model::Told,
    kafka::{http_client, http_words},
    runtime::Clock,
};

/// What is read. Newer agents would speak protobuf to who knows it.
const KIND: &str = "text/plain;version=0.0.4,*/*;q=0.1";
/// Connections that wait for the next turn are closed after this by us, before the other side does.
const IDLE: Duration = Duration::from_secs(25);

/// What asking the endpoints of a cluster came to so far.
#[derive(Debug, Default)]
pub struct Traffic {
    asked: AtomicU64,
    failed: AtomicU64,
    bytes: AtomicU64,
    busy_micros: AtomicU64,
}

impl Traffic {
    /// Times that an endpoint was asked.
    pub fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    /// Times that one did not answer well.
    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// Bytes read, after decompression.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Seconds waited.
    pub fn busy_seconds(&self) -> f64 {
        self.busy_micros.load(Ordering::Relaxed) as f64 / 1e6
    }
}

/// Asks the endpoints of one cluster.
#[derive(Debug)]
pub struct Scraper {
    client: reqwest::Client,
    most_bytes: usize,
    traffic: std::sync::Arc<Traffic>,
}

impl Scraper {
    /// One that sends `authorization`, if there is any, and reads answers of at most so many bytes.
    pub fn new(
        authorization: Option<HeaderValue>,
        timeout: Duration,
        most_bytes: usize,
        traffic: std::sync::Arc<Traffic>,
    ) -> Result<Self, String> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(KIND));
        if let Some(mut secret) = authorization {
            secret.set_sensitive(true);
            headers.insert(AUTHORIZATION, secret);
        }
        let client = http_client()?
            .default_headers(headers)
            .connect_timeout(timeout)
            .pool_max_idle_per_host(1)
            .pool_idle_timeout(IDLE)
            .user_agent("riverkeeper");
        let client = client.build().map_err(|error| format!("no HTTP client can be made: {error}"))?;
        Ok(Self { client, most_bytes, traffic })
    }

    /// Asks one endpoint, until `deadline` at most. Beside what it told or why not, when it took stock: between our
    /// asking and its first byte.
    pub async fn ask(&self, url: &str, clock: &Clock, deadline: Instant) -> (DateTime, Result<Told, String>) {
        let (started, asked_at) = (Instant::now(), clock.now());
        let mut answered_at = None;
        let asking = self.read(url, clock, &mut answered_at);
        let told = match tokio::time::timeout_at(deadline, asking).await {
            Ok(told) => told,
            Err(_) => Err(match answered_at {
                Some(_) => format!("did not end its answer within {:.1?}", deadline - started),
                None => format!("did not answer within {:.1?}", deadline - started),
            }),
        };
        let told = told.map_err(|what| format!("{} {what}.", place(url)));
        self.traffic.asked.fetch_add(1, Ordering::Relaxed);
        self.traffic.failed.fetch_add(u64::from(told.is_err()), Ordering::Relaxed);
        let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.traffic.busy_micros.fetch_add(micros, Ordering::Relaxed);
        let answered_at = answered_at.unwrap_or_else(|| clock.now());
        (asked_at + (answered_at - asked_at) / 2, told)
    }

    async fn read(
        &self,
        url: &str,
        clock: &Clock,
        answered_at: &mut Option<DateTime>,
    ) -> Result<Told, String> {
        let failed = |error: reqwest::Error| format!("could not be read: {}", http_words(&error));
        let mut response = self.client.get(url).send().await.map_err(failed)?;
        *answered_at = Some(clock.now());
        if let Some(refusal) = refusal(response.status()) {
            return Err(refusal);
        }
        let mut gathering = Gathering::begin(self.most_bytes);
        while let Some(piece) = response.chunk().await.map_err(failed)? {
            self.traffic.bytes.fetch_add(piece.len() as u64, Ordering::Relaxed);
            gathering.take(&piece)?;
        }
        gathering.end().map(Told::sound)
    }
}

fn refusal(status: StatusCode) -> Option<String> {
    let hint = match status.as_u16() {
        200 => return None,
        300..=399 => ": it sends elsewhere; write that address into metrics.url",
        401 | 403 => ": check metrics.authorization",
        404 => ": check metrics.url",
        _ => "",
    };
    Some(format!("answered with HTTP {}{hint}", status.as_u16()))
}

/// An address as it is shown: without its query.
fn place(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}
