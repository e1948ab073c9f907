//! What tests of the whole product stand on: Riverkeeper served in this process, and waiting with an end.
//!
//! Each test binary uses a part of it.
#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends where something is amiss"
)]

pub mod broker;
pub mod clients;
pub mod fleet;
pub mod groups;
pub mod guarded;
pub mod mirror;
pub mod process;
pub mod stream;
pub mod tools;
pub mod user;

use std::{net::SocketAddr, time::Duration};

use backend::{
    app::App,
    config::{Cluster, Config},
    http::server,
};
use reqwest::{StatusCode, header::HeaderMap};
use serde::de::DeserializeOwned;
use shared::{
    event::{Event, Events},
    inventory::{self, Clusters},
    verdict::Severity,
};
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;

/// What the present of a fleet may take to answer. It is milliseconds; this only tells it from waiting, which takes
/// longer where it is looked for, and leaves time to a machine that is busy.
pub const AT_ONCE: Duration = Duration::from_secs(5);

/// Looks again and again until there is something, and gives it; after `at_most` the test ends with what was still
/// missing.
pub async fn wait_until<T>(
    what: &str,
    at_most: Duration,
    mut look: impl AsyncFnMut() -> Result<T, String>,
) -> T {
    let deadline = Instant::now() + at_most;
    loop {
        match look().await {
            Ok(found) => return found,
            Err(missing) if Instant::now() >= deadline => {
                panic!("waited {} s in vain until {what}: {missing}", at_most.as_secs())
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// `found` when it `is_so`, else what it is instead.
pub fn so<T: std::fmt::Debug>(found: T, is_so: impl FnOnce(&T) -> bool) -> Result<T, String> {
    if is_so(&found) { Ok(found) } else { Err(format!("{found:?}")) }
}

/// A configuration that reads these clusters in a quick rhythm. A turn may take 0.8 of the time between two, which it
/// does not need on a machine that is busy with Kafka's own tools.
pub fn config(clusters: impl IntoIterator<Item = Cluster>) -> Config {
    let mut config = Config { clusters: clusters.into_iter().collect(), ..Config::default() };
    config.inventory.metadata_period_seconds = 1.5;
    config.inventory.log_dirs_period_seconds = 2.0;
    // A tenth of the settings is read a turn.
    config.inventory.configs_period_seconds = 15.0;
    config.kafka.connect_timeout_seconds = 0.8;
    config.kafka.request_timeout_seconds = 1.0;
    config
}

/// A cluster of the configuration.
pub fn cluster(name: &str, bootstrap: &str) -> Cluster {
    let config = Config::for_one_cluster(name.into(), bootstrap).unwrap();
    config.clusters.into_iter().next().unwrap()
}

/// An address of this machine where nothing listens.
pub async fn dead_address() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// A Riverkeeper that is served, and ends with the test.
pub struct Served {
    /// Where it listens.
    pub address: SocketAddr,
    client: reqwest::Client,
    shutdown: CancellationToken,
    serving: JoinHandle<anyhow::Result<()>>,
}

impl Served {
    /// Starts it on a port of its own.
    pub async fn start(config: &Config) -> Self {
        // reqwest wants a default since TLS came in, even for plain HTTP; whoever installs it first is right.
        drop(rustls::crypto::ring::default_provider().install_default());
        let listener = server::listen(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = App::start(config).unwrap();
        let shutdown = app.shutdown();
        // What comes is looked at as it travels.
        let client = reqwest::Client::builder().no_gzip().build().unwrap();
        Self { address, client, shutdown, serving: tokio::spawn(app.serve(listener)) }
    }

    /// Asks for a path with some headers.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask(reqwest::Method::GET, path, headers).await
    }

    /// Asks with a method.
    pub async fn ask(&self, method: reqwest::Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(method, path, headers, String::new()).await
    }

    /// Asks with a method and a body.
    pub async fn send(
        &self,
        method: reqwest::Method,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Answer {
        let started = Instant::now();
        let request = self.request(method, path, headers).body(body);
        let response = request.send().await.unwrap_or_else(|error| panic!("{path}: {error}"));
        let (url, status, headers) =
            (response.url().to_string(), response.status(), response.headers().clone());
        let body = response.bytes().await.unwrap_or_else(|error| panic!("{path}: {error}"));
        Answer { url, status, headers, body: body.to_vec(), took: started.elapsed() }
    }

    /// Asks for a path whose body is read as it comes.
    pub async fn open_with(&self, path: &str, headers: &[(&str, &str)]) -> reqwest::Response {
        let request = self.request(reqwest::Method::GET, path, headers);
        let response = request.send().await.unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(response.status(), 200, "{path}");
        response
    }

    fn request(
        &self,
        method: reqwest::Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> reqwest::RequestBuilder {
        let url = format!("http://{}/{}", self.address, path.trim_start_matches('/'));
        headers
            .iter()
            .fold(self.client.request(method, &url), |request, (name, value)| request.header(*name, *value))
    }

    /// Asks for a path.
    pub async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    /// What a path answers, which must be well.
    pub async fn view<T: DeserializeOwned>(&self, path: &str) -> T {
        self.get(path).await.well().json()
    }

    /// The list of clusters.
    pub async fn clusters(&self) -> Clusters {
        self.view("/api/v1/clusters").await
    }

    /// One row of the list of clusters.
    pub async fn cluster(&self, name: &str) -> inventory::Cluster {
        let row = self.clusters().await.clusters.into_iter().find(|cluster| cluster.name == name);
        row.unwrap_or_else(|| panic!("{name} is not listed"))
    }

    /// The events of a cluster that fit, newest first.
    pub async fn events(&self, cluster: &str, filter: &str) -> Vec<Event> {
        let page: Events = self.view(&format!("/api/v1/clusters/{cluster}/events?{filter}")).await;
        page.events
    }

    /// Waits until there is an event that fits.
    pub async fn event(&self, cluster: &str, filter: &str) -> Event {
        wait_until(&format!("{cluster} tells of {filter}"), Duration::from_secs(60), async || {
            let found = self.events(cluster, filter).await.into_iter().next();
            match found {
                Some(event) => Ok(event),
                None => Err(format!("{:?}", kinds(&self.events(cluster, "").await))),
            }
        })
        .await
    }

    /// Waits until every cluster's metadata, sizes and configurations were read once.
    pub async fn read_once(&self) {
        wait_until("everything is read once", Duration::from_secs(60), async || {
            let page = self.clusters().await;
            let unread: Vec<_> =
                page.meta.readings.iter().filter(|reading| reading.as_of.is_none()).collect();
            if unread.is_empty() { Ok(()) } else { Err(format!("{unread:?}")) }
        })
        .await;
    }

    /// Waits until a cluster is well, and was read without a failure.
    pub async fn until_well(&self, cluster: &str) {
        wait_until(&format!("{cluster} is well"), Duration::from_secs(60), async || {
            let is_well =
                |row: &inventory::Cluster| row.health.severity == Severity::Ok && row.failure.is_none();
            so(self.cluster(cluster).await, is_well).map(drop)
        })
        .await;
    }

    /// Ends it, which must not take long.
    pub async fn end(mut self) {
        self.shutdown.cancel();
        let ended = tokio::time::timeout(Duration::from_secs(10), &mut self.serving).await;
        ended.expect("it ends within 10 s").unwrap().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// Kind and sentence of events.
pub fn kinds(events: &[Event]) -> Vec<(&str, &str)> {
    events.iter().map(|event| (event.kind.as_str(), event.sentence.as_str())).collect()
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// What was asked.
    pub url: String,
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as it travelled.
    pub body: Vec<u8>,
    /// How long it took, body and all.
    pub took: Duration,
}

impl Answer {
    /// Itself, when it is 200.
    pub fn well(self) -> Self {
        assert_eq!(self.status, StatusCode::OK, "{}: {}", self.url, self.text());
        self
    }

    /// Its body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Its body as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.url, self.text()))
    }

    /// Its body as JSON when it is 200, else what it says: for waiting until something is there.
    pub fn json_or_missing<T: DeserializeOwned>(&self) -> Result<T, String> {
        if self.status == StatusCode::OK { Ok(self.json()) } else { Err(self.text()) }
    }

    /// A header; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Itself, when it is a whole problem of that status.
    pub fn problem(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.url, self.text());
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.url);
        let problem: serde_json::Value = self.json();
        assert_eq!(problem["status"], status, "{}", self.url);
        for key in ["type", "title", "detail"] {
            assert!(
                problem[key].as_str().is_some_and(|text| !text.is_empty()),
                "{}: {key} in {problem}",
                self.url
            );
        }
        self
    }
}
