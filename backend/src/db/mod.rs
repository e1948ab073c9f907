//! The database: what is kept beyond the process. The only room that knows which database it is.
//!
//! It is never on the way to the present: it opens in the background, every statement has a deadline, and what reads
//! the past has connections of its own. Where it is down, full or read-only, the present goes on, Status says what is
//! not kept and since when, and writing goes on by itself.
//!
//! | part | is |
//! | --- | --- |
//! | `place`, `open`, `migrations` | which database, its connections, its tables |
//! | `keeper` | the task that opens it, holds leases, keeps events and forgets what is too old |
//! | `clusters` | clusters under an id of ours |
//! | `series`, `rollup` | blocks of samples, and points of ten minutes and an hour made of them |
//! | `minutes` | what a capability holds in memory, kept by the minute |
//! | `events`, `checkpoints`, `leases`, `retention` | one table each |
//! | `books` | what Status tells |

mod books;
mod checkpoints;
mod clusters;
mod events;
mod fault;
mod keeper;
mod leases;
mod migrations;
mod minutes;
mod open;
mod place;
mod retention;
mod rollup;
mod series;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

pub use books::Counts;
pub use checkpoints::{Checkpoint, MOST_BYTES as MOST_CHECKPOINT_BYTES, Which};
pub use clusters::Of;
pub use events::{AskedEvents, PastEvents};
pub use fault::HistoryError;
pub use leases::Holder;
pub use minutes::{Kept, Minutes, subject};
pub use place::{Place, TAKES};
pub use retention::Retention;
pub use series::{Asked, KeptBlock, Minute, Points, Subjects};
use shared::{
    DateTime,
    event::Event,
    status::{DatabaseStatus, Engine},
};
use sqlx::{Any, AnyConnection, Transaction, pool::PoolConnection};
use tokio::sync::watch;

use self::{
    books::Books,
    leases::Lease,
    open::{Open, READ_LIMIT, WRITE_LIMIT},
    rollup::Made,
};
use crate::runtime::{Clock, Runtime};

/// How the database is used.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it is; nothing is kept without.
    pub place: Option<Place>,
    /// How long what is kept.
    pub retention: Retention,
    /// The clusters of the configuration.
    pub clusters: Arc<[String]>,
    /// Who we are among those that use it.
    pub holder: Holder,
    /// How often the keeper looks whether there is something to do.
    pub beat: Duration,
}

/// A database that may keep nothing, may be down, and heals by itself.
#[derive(Clone, Debug)]
pub struct Database(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: Settings,
    clock: Clock,
    open: watch::Sender<Option<Open>>,
    books: Mutex<Books>,
    leases: Mutex<BTreeMap<String, Lease>>,
    /// Until when points of ten minutes and hours were made, by cluster and noun.
    made: Mutex<HashMap<(i64, String), i64>>,
}

impl Database {
    /// Opens it in the background, and keeps what the runtime tells of.
    pub fn start(runtime: &Runtime, settings: Settings) -> Self {
        let database = Self(Arc::new(Inner {
            settings,
            clock: runtime.clock().clone(),
            open: watch::Sender::new(None),
            books: Mutex::default(),
            leases: Mutex::default(),
            made: Mutex::default(),
        }));
        if database.is_kept() {
            runtime.spawn(keeper::run(database.clone(), runtime.clone()));
        }
        database
    }

    /// Whether history is meant to be kept.
    pub fn is_kept(&self) -> bool {
        self.0.settings.place.is_some()
    }

    /// Waits until it is open, at most so long; whether it is.
    pub async fn opened(&self, at_most: Duration) -> bool {
        let mut open = self.0.open.subscribe();
        self.is_kept()
            && matches!(tokio::time::timeout(at_most, open.wait_for(Option::is_some)).await, Ok(Ok(_)))
    }

    /// How it fares.
    pub fn status(&self) -> DatabaseStatus {
        let books = self.books();
        let place = self.0.settings.place.as_ref();
        DatabaseStatus {
            engine: place.map_or(Engine::None, Place::engine),
            location: place.map(|place| place.shown().to_owned()),
            failure: books.failure(),
            written_at: books.written_at,
            size_bytes: books.size_bytes,
            events_since: books.events_since,
            waiting_event_count: books.events_waiting,
            lost_event_count: books.events_lost,
            written_by_others: books.by_others.iter().cloned().collect(),
        }
    }

    /// Counts since the start.
    pub fn counts(&self) -> Counts {
        self.books().counts
    }

    /// How long what is kept.
    pub fn retention(&self) -> Retention {
        self.0.settings.retention
    }

    /// Whether we write the history of a cluster; false while another does, and before the database is open.
    pub fn writes(&self, cluster: &str) -> bool {
        self.lease(cluster).is_some_and(|lease| {
            lease.is_ours && self.now().timestamp_millis() - lease.renewed < leases::LENGTH.as_millis() as i64
        })
    }

    /// Writes what was measured in some minutes, merged with what is there: writing it again changes nothing. Minutes
    /// may come late and in any order. All of them are written, or none.
    pub async fn write_minutes(
        &self,
        of: Of<'_>,
        noun: &str,
        minutes: &[Minute],
    ) -> Result<(), HistoryError> {
        self.is_kept().then_some(()).ok_or(HistoryError::NotKept)?;
        let writing = async {
            let mut transaction = self.begin(of.name).await?;
            let series = series::Series { cluster: self.id(&mut transaction, of).await?, noun };
            let damaged = series::write_minutes(&mut transaction, series, minutes).await?;
            let starts: BTreeSet<i64> =
                minutes.iter().map(|minute| minute.start.timestamp_millis()).collect();
            let made = self.made().get(&(series.cluster, noun.to_owned())).copied();
            let made = match made {
                Some(until) => Made::Until(until),
                None => series::made(&mut transaction, series, &starts).await?,
            };
            let (due, until) = rollup::due(&starts, made);
            series::make_points(&mut transaction, series, &due).await?;
            transaction.commit().await?;
            self.made().insert((series.cluster, noun.to_owned()), until);
            Ok(damaged)
        };
        let damaged = self.written(&format!("{noun} of {}", of.name), writing).await?;
        let samples = minutes.iter().flat_map(|minute| &minute.values).flatten().count();
        let mut books = self.books();
        books.counts.damaged_blocks += damaged;
        books.counts.samples += samples as u64;
        Ok(())
    }

    /// One column over a time, by subject.
    pub async fn read_column(&self, asked: Asked<'_>, column: usize) -> Result<Vec<Points>, HistoryError> {
        self.read(async {
            let mut connection = self.reader().await?;
            match clusters::by_name(&mut connection, asked.cluster).await? {
                Some(cluster) => series::read_column(&mut connection, cluster, asked, column).await,
                None => Ok(Vec::new()),
            }
        })
        .await
    }

    /// All columns over a time, in blocks.
    pub async fn read_blocks(&self, asked: Asked<'_>) -> Result<Vec<KeptBlock>, HistoryError> {
        self.read(async {
            let mut connection = self.reader().await?;
            match clusters::by_name(&mut connection, asked.cluster).await? {
                Some(cluster) => series::read_blocks(&mut connection, cluster, asked).await,
                None => Ok(Vec::new()),
            }
        })
        .await
    }

    /// Events of the past, newest first, of those that `sees` lets through.
    pub async fn read_events(
        &self,
        asked: &AskedEvents<'_>,
        sees: impl Fn(&Event) -> bool,
    ) -> Result<PastEvents, HistoryError> {
        self.read(async {
            let mut connection = self.reader().await?;
            events::find(&mut connection, asked, sees).await
        })
        .await
    }

    /// Saves what a capability knows of a cluster, in place of what it saved before.
    pub async fn save_checkpoint(
        &self,
        of: Of<'_>,
        which: Which<'_>,
        bytes: Vec<u8>,
    ) -> Result<(), HistoryError> {
        self.is_kept().then_some(()).ok_or(HistoryError::NotKept)?;
        let what = format!("checkpoint {} {} of {}", which.noun, which.part, of.name);
        self.written(&what, async {
            let mut transaction = self.begin(of.name).await?;
            let cluster = self.id(&mut transaction, of).await?;
            checkpoints::save(&mut transaction, cluster, which, bytes, self.now()).await?;
            Ok(transaction.commit().await?)
        })
        .await
    }

    /// What a capability saved of the cluster that has this name; none where there is nothing of this version.
    pub async fn load_checkpoint(
        &self,
        cluster: &str,
        which: Which<'_>,
    ) -> Result<Option<Checkpoint>, HistoryError> {
        self.read(async {
            let mut connection = self.reader().await?;
            match clusters::by_name(&mut connection, cluster).await? {
                Some(cluster) => checkpoints::load(&mut connection, cluster, which).await,
                None => Ok(None),
            }
        })
        .await
    }

    /// A transaction that writes the history of a cluster, if that is ours to do.
    async fn begin(&self, cluster: &str) -> Result<Transaction<'static, Any>, HistoryError> {
        let open = self.open()?;
        if !self.writes(cluster) {
            return Err(HistoryError::NotOurs);
        }
        Ok(open.write.begin_with(open::begin(self.engine())).await?)
    }

    async fn reader(&self) -> Result<PoolConnection<Any>, HistoryError> {
        Ok(self.open()?.read.acquire().await?)
    }

    /// Reads the past, within its deadline.
    async fn read<T>(
        &self,
        reading: impl Future<Output = Result<T, HistoryError>>,
    ) -> Result<T, HistoryError> {
        self.is_kept().then_some(()).ok_or(HistoryError::NotKept)?;
        let read = within(READ_LIMIT, reading).await;
        self.books().counts.failed_reads += u64::from(read.is_err());
        read
    }

    /// Writes, within a deadline, and keeps the books of what it is.
    async fn written<T>(
        &self,
        what: &str,
        writing: impl Future<Output = Result<T, HistoryError>>,
    ) -> Result<T, HistoryError> {
        let written = within(WRITE_LIMIT, writing).await;
        match &written {
            Ok(_) => self.books().wrote(what, self.now()),
            Err(HistoryError::NotOurs) => self.books().left(what),
            // Why it is not open the keeper says.
            Err(HistoryError::NotOpen | HistoryError::NotTaken(_)) => {}
            Err(error) => self.failed(what, error),
        }
        written
    }

    fn failed(&self, what: &str, error: &HistoryError) {
        let mut books = self.books();
        if books.failure().is_none() {
            tracing::warn!("history is not kept: {error}");
        }
        books.failed(what, error.to_string(), self.now());
    }

    /// Our id of a cluster, for writing.
    async fn id(&self, connection: &mut AnyConnection, of: Of<'_>) -> Result<i64, HistoryError> {
        clusters::for_writing(connection, of, &self.0.settings.clusters, self.now()).await
    }

    fn lease(&self, cluster: &str) -> Option<Lease> {
        self.leases().get(cluster).cloned()
    }

    fn open(&self) -> Result<Open, HistoryError> {
        self.0.open.borrow().clone().ok_or(HistoryError::NotOpen)
    }

    fn engine(&self) -> Engine {
        self.0.settings.place.as_ref().map_or(Engine::None, Place::engine)
    }

    fn path(&self) -> Option<&Path> {
        self.0.settings.place.as_ref().and_then(Place::path)
    }

    fn now(&self) -> DateTime {
        self.0.clock.now()
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leases(&self) -> MutexGuard<'_, BTreeMap<String, Lease>> {
        self.0.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn made(&self) -> MutexGuard<'_, HashMap<(i64, String), i64>> {
        self.0.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, HistoryError>>,
) -> Result<T, HistoryError> {
    tokio::time::timeout(limit, work).await.unwrap_or(Err(HistoryError::Slow(limit)))
}
