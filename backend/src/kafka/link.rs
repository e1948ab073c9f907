//! The way to one address: at most one connection, its slots, its back-off, its counters.
//!
//! Connections are made when a request needs one. While one request connects, the others wait for it; after a
//! failure all are told the reason at once until the back-off is over.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::address::HostPort;
use super::backoff;
use super::error::{KafkaError, Peer};
use super::settings::Settings;
use super::traffic::{BrokerTraffic, Counters, Counting, Ledger};
use super::transport::{Call, Connection, Ending, open};
use super::wire::Request;

/// An answer of more bytes may take so long to read that others would notice.
const LONG: usize = 256 << 10;

/// One address of a cluster.
pub(super) struct Link {
    settings: Arc<Settings>,
    address: HostPort,
    slots: Arc<Semaphore>,
    connecting: tokio::sync::Mutex<()>,
    state: Mutex<State>,
    counters: Counters,
}

#[derive(Default)]
struct State {
    broker_id: Option<i32>,
    connection: Option<Arc<Connection>>,
    failures: u32,
    retry_at: Option<Instant>,
    /// Why connecting failed, or the request whose lateness ended the connection.
    backing_off_for: Option<Arc<KafkaError>>,
    last_error: Option<String>,
    suspect: bool,
    closed: bool,
}

/// How promising an address is, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Promise {
    /// Connected, and the last request was answered.
    Connected,
    /// Nothing speaks against it.
    Untried,
    /// The last request failed or was overtaken by another broker's answer.
    Suspect,
    /// It will refuse at once.
    BackingOff,
}

impl Link {
    pub fn new(settings: Arc<Settings>, address: HostPort) -> Self {
        let slots = Arc::new(Semaphore::new(settings.in_flight_per_broker));
        Self {
            settings,
            address,
            slots,
            connecting: tokio::sync::Mutex::default(),
            state: Mutex::default(),
            counters: Counters::default(),
        }
    }

    /// Asks and waits until `deadline`.
    pub async fn ask<R: Request>(
        &self,
        ledger: &Ledger,
        request: &R,
        deadline: Instant,
    ) -> Result<R::Answer, KafkaError> {
        self.usable()?; // what is refused at once is no request
        let counting = Counting::start([ledger.of(R::API), Some(&self.counters)]);
        let outcome = self.ask_counted(&counting, request, deadline).await;
        match &outcome {
            // Not to speak a request is no failure: the caller asks another way.
            Ok(_) | Err(KafkaError::UnsupportedVersion { .. }) => self.answered(None),
            Err(error @ KafkaError::Refused { .. }) => {
                counting.failed();
                self.answered(Some(error));
            }
            Err(error) => {
                counting.failed();
                self.failed(error);
            }
        }
        outcome
    }

    async fn ask_counted<R: Request>(
        &self,
        counting: &Counting<'_>,
        request: &R,
        deadline: Instant,
    ) -> Result<R::Answer, KafkaError> {
        let name = R::API.name();
        let slot = self.slot(name, deadline).await?;
        let connection = self.connection(name, deadline).await?;
        let peer = self.peer();
        let version = connection.spoken.common_from(R::API, request.least_version());
        let version = version.map_err(|spoken| KafkaError::UnsupportedVersion {
            peer: peer.clone(),
            request: name,
            spoken,
        })?;
        let correlation_id = connection.next_correlation_id();
        let frame = request.encode(version, correlation_id, &self.settings.client_id);
        let frame = frame.map_err(|f| KafkaError::Unencodable { request: name, fault: f.to_string() })?;
        counting.sent(frame.len());
        let limit = R::API.frame_limit(self.settings.max_frame_bytes);
        let call = Call { peer: peer.clone(), request: name, correlation_id, frame, limit, deadline, slot };
        let answer = connection.call(call).await?;
        counting.received(answer.len() + 8); // with its length and correlation id
        let is_long = answer.len() > LONG;
        match aside(is_long, || request.decode(version, answer)) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(refusal)) => {
                let (code, message) = (refusal.code, refusal.message);
                Err(KafkaError::Refused { peer, request: name, code, message })
            }
            Err(fault) => Err(KafkaError::Malformed { peer, request: name, fault: fault.to_string() }),
        }
    }

    async fn slot(
        &self,
        request: &'static str,
        deadline: Instant,
    ) -> Result<OwnedSemaphorePermit, KafkaError> {
        let started = Instant::now();
        match timeout_at(deadline, Arc::clone(&self.slots).acquire_owned()).await {
            Ok(Ok(slot)) => Ok(slot),
            Ok(Err(_)) => Err(KafkaError::GatewayClosed),
            Err(_) => Err(KafkaError::Busy { peer: self.peer(), request, after: started.elapsed() }),
        }
    }

    async fn connection(
        &self,
        request: &'static str,
        deadline: Instant,
    ) -> Result<Arc<Connection>, KafkaError> {
        if let Some(connection) = self.usable()? {
            return Ok(connection);
        }
        let started = Instant::now();
        let late = || KafkaError::Timeout { peer: self.peer(), request, after: started.elapsed() };
        let _turn = timeout_at(deadline, self.connecting.lock()).await.map_err(|_| late())?;
        if let Some(connection) = self.usable()? {
            return Ok(connection);
        }
        let settings = &self.settings;
        let until = deadline.min(Instant::now() + settings.connect_timeout);
        match open(&self.peer(), settings, until).await {
            Ok(opened) => self.adopt(Connection::start(opened)),
            Err(error) => {
                // Noted before the turn ends, so that those who wait for it do not all try in vain.
                self.back_off(&error);
                Err(error)
            }
        }
    }

    fn adopt(&self, connection: Connection) -> Result<Arc<Connection>, KafkaError> {
        let mut state = self.state();
        if state.closed {
            return Err(KafkaError::GatewayClosed);
        }
        let connection = Arc::new(connection);
        state.connection = Some(Arc::clone(&connection));
        Ok(connection)
    }

    /// The open connection, nothing if one may be made, or why none may be.
    fn usable(&self) -> Result<Option<Arc<Connection>>, KafkaError> {
        let mut state = self.state();
        if state.closed {
            return Err(KafkaError::GatewayClosed);
        }
        state.connection.take_if(|connection| !connection.is_open());
        if let Some(connection) = &state.connection {
            return Ok(Some(Arc::clone(connection)));
        }
        match (&state.backing_off_for, state.retry_at) {
            (Some(last), Some(at)) if at > Instant::now() => {
                Err(KafkaError::BackingOff { last: Arc::clone(last), retry_in: at - Instant::now() })
            }
            _ => Ok(None),
        }
    }

    fn answered(&self, refusal: Option<&KafkaError>) {
        let mut state = self.state();
        state.failures = 0;
        state.retry_at = None;
        state.backing_off_for = None;
        state.last_error = refusal.map(KafkaError::to_string);
        state.suspect = false;
    }

    fn failed(&self, error: &KafkaError) {
        if matches!(error, KafkaError::Timeout { .. }) {
            self.back_off(error);
        }
        let mut state = self.state();
        state.suspect |= error.is_of_this_broker();
        state.last_error = Some(error.to_string());
    }

    /// Leaves the address alone for a while. Requests that fail together are one failure.
    fn back_off(&self, error: &KafkaError) {
        let mut state = self.state();
        let now = Instant::now();
        if state.retry_at.is_some_and(|at| at > now) || matches!(error, KafkaError::BackingOff { .. }) {
            return;
        }
        state.failures = state.failures.saturating_add(1);
        state.retry_at = Some(now + backoff::delay(state.failures, rand::random()));
        state.backing_off_for = Some(Arc::new(error.clone()));
    }

    /// Another broker answered first, asked later.
    pub fn overtaken(&self) {
        self.state().suspect = true;
    }

    pub fn set_broker_id(&self, broker_id: Option<i32>) {
        self.state().broker_id = broker_id;
    }

    pub fn peer(&self) -> Peer {
        Peer { broker_id: self.state().broker_id, address: self.address.clone() }
    }

    pub fn promise(&self) -> Promise {
        let state = self.state();
        let connected = state.connection.as_ref().is_some_and(|connection| connection.is_open());
        match (state.suspect, connected) {
            _ if !connected && state.retry_at.is_some_and(|at| at > Instant::now()) => Promise::BackingOff,
            (true, _) => Promise::Suspect,
            (false, true) => Promise::Connected,
            (false, false) => Promise::Untried,
        }
    }

    /// Ends the connection and refuses every further request.
    pub fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        self.slots.close();
        if let Some(connection) = state.connection.take() {
            connection.end(Ending::Dropped);
        }
    }

    pub fn traffic(&self) -> BrokerTraffic {
        let state = self.state();
        let free = self.slots.available_permits().min(self.settings.in_flight_per_broker);
        BrokerTraffic {
            address: self.address.to_string(),
            broker_id: state.broker_id,
            connected: state.connection.as_ref().is_some_and(|connection| connection.is_open()),
            last_error: state.last_error.clone(),
            requests: self.counters.requests.load(Relaxed),
            failures: self.counters.failures.load(Relaxed),
            bytes_sent: self.counters.bytes_sent.load(Relaxed),
            bytes_received: self.counters.bytes_received.load(Relaxed),
            in_flight: (self.settings.in_flight_per_broker - free) as u32,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
/// Does what may take long beside what this thread serves, where there are other threads that can go on with it.
fn aside<T>(is_long: bool, work: impl FnOnce() -> T) -> T {
    let has_others =
        || Handle::try_current().is_ok_and(|it| it.runtime_flavor() == RuntimeFlavor::MultiThread);
    if is_long && has_others() { tokio::task::block_in_place(work) } else { work() }
}
