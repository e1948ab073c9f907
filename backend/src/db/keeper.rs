//! The keeper: one task that opens the database and opens it again, holds leases, keeps events, gives back to the
//! timeline what was kept before, and forgets what is too old.

use std::{collections::HashMap, sync::Arc, time::Duration};

use shared::{DateTime, event::Event, status::Engine};
use sqlx::Row;
use tokio::time::Instant;

use super::{
    AskedEvents, Database, HistoryError, Of,
    events::{self, FLEET},
    leases, open, retention, within,
};
use crate::runtime::{EventFilter, KEPT_PER_CLUSTER, Runtime, Timeline};

/// How often leases are renewed. It is also how soon a database that nobody writes to is found to be down.
const RENEWAL: Duration = Duration::from_secs(20);

/// How often what is too old is looked for, and sizes.
const FORGETTING: Duration = Duration::from_secs(600);

/// The longest wait before what failed is tried again.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// After so many failures in a row everything is opened anew: a connection may stand still for ever, and a file that
/// was read-only stays so for who opened it then.
const FAILURES_TO_OPEN_ANEW: u32 = 3;

/// What opening is called in the books.
const OPENING: &str = "opening";

/// Events of one transaction.
const BATCH: usize = 1_000;

/// What ending may take.
const LAST_WORDS: Duration = Duration::from_secs(2);

pub async fn run(database: Database, runtime: Runtime) {
    let mut keeper = Keeper {
        database,
        timeline: runtime.timeline().clone(),
        taken: HashMap::new(),
        wait: Duration::ZERO,
        next: Instant::now(),
        renewal: Instant::now(),
        forgetting: Instant::now(),
        given_back: false,
    };
    let beat = keeper.database.0.settings.beat;
    loop {
        let turn = async {
            tokio::time::sleep_until(keeper.next).await;
            keeper.turn().await;
            tokio::time::sleep(beat).await;
        };
        tokio::select! {
            () = runtime.shutdown().cancelled() => break,
            () = turn => {}
        }
    }
    drop(within(LAST_WORDS, keeper.end()).await);
}

struct Keeper {
    database: Database,
    timeline: Arc<Timeline>,
    /// How many events of each cluster were taken over, or are not ours to keep.
    taken: HashMap<Option<String>, u64>,
    wait: Duration,
    next: Instant,
    renewal: Instant,
    forgetting: Instant,
    given_back: bool,
}

impl Keeper {
    async fn turn(&mut self) {
        match self.work().await {
            Ok(()) => self.wait = Duration::ZERO,
            Err(error) => {
                tracing::debug!("the database: {error}");
                self.wait = (self.wait * 2).clamp(self.database.0.settings.beat, LONGEST_WAIT);
                self.next = Instant::now() + self.wait;
                self.renewal = Instant::now();
            }
        }
        self.count_waiting();
    }

    async fn work(&mut self) -> Result<(), HistoryError> {
        self.open().await?;
        if Instant::now() >= self.renewal {
            self.renew().await?;
            self.renewal = Instant::now() + RENEWAL;
        }
        if !self.given_back {
            self.give_back().await?;
            self.given_back = true;
        }
        for cluster in self.clusters() {
            self.keep_events(cluster.as_deref()).await?;
        }
        if Instant::now() >= self.forgetting {
            self.look_at_size().await?;
            // More goes with the next beat, so that events need not wait.
            if !self.forget().await? {
                self.forgetting = Instant::now() + FORGETTING;
            }
        }
        Ok(())
    }

    async fn open(&self) -> Result<(), HistoryError> {
        let database = &self.database;
        let is_stuck = database.books().failures_in_a_row >= FAILURES_TO_OPEN_ANEW;
        if database.open().is_ok() && !is_stuck {
            return Ok(());
        }
        let Some(place) = &database.0.settings.place else { return Err(HistoryError::NotKept) };
        // Whoever is in the middle of something has its deadline.
        database.0.open.send_replace(None);
        database.made().clear();
        match open::open(place).await {
            Ok(open) => {
                tracing::info!("history is kept in {}", place.shown());
                database.books().wrote(OPENING, database.now());
                database.0.open.send_replace(Some(open));
                Ok(())
            }
            Err(error) => {
                database.failed(OPENING, &error);
                Err(error)
            }
        }
    }

    /// The clusters, and the fleet.
    fn clusters(&self) -> Vec<Option<String>> {
        self.database.0.settings.clusters.iter().cloned().map(Some).chain([None]).collect()
    }

    async fn renew(&self) -> Result<(), HistoryError> {
        let database = &self.database;
        let names: Vec<String> = self.clusters().into_iter().map(Option::unwrap_or_default).collect();
        let holder = &database.0.settings.holder;
        let renewed = database.written("leases", async {
            let open = database.open()?;
            let mut transaction = open.write.begin_with(open::begin(database.engine())).await?;
            let leases = leases::renew(&mut transaction, holder, &names, database.now()).await?;
            transaction.commit().await?;
            Ok(leases)
        });
        let leases = renewed.await?;
        let others = leases.iter().filter(|(name, lease)| !lease.is_ours && names.contains(name));
        database.books().by_others =
            others.map(|(name, _)| name.clone()).filter(|name| name != leases::FLEET).collect();
        *database.leases() = leases;
        Ok(())
    }

    async fn give_back(&self) -> Result<(), HistoryError> {
        for cluster in self.clusters() {
            let filter = EventFilter { cluster: cluster.clone(), ..EventFilter::default() };
            let asked = AskedEvents {
                clusters: cluster.as_slice(),
                of_fleet: cluster.is_none(),
                filter: &filter,
                behind: None,
                most: KEPT_PER_CLUSTER,
            };
            let past = self.database.read_events(&asked, |_| true).await?;
            let since = match (&past.next, past.events.last()) {
                (Some(_), Some((place, _))) => place.time() + Duration::from_millis(1),
                _ => DateTime::MIN_UTC,
            };
            self.timeline.give_back(cluster.as_deref(), past.events, since);
        }
        Ok(())
    }

    /// Keeps what was recorded of a cluster since the last time. What its other writer has seen too is left to it.
    async fn keep_events(&mut self, cluster: Option<&str>) -> Result<(), HistoryError> {
        let database = &self.database;
        let name = cluster.unwrap_or(leases::FLEET);
        let key = cluster.map(String::from);
        let recorded =
            self.timeline.recorded_after(cluster, self.taken.get(&key).copied().unwrap_or_default());
        let mut taken = recorded.until - recorded.events.len() as u64;
        database.books().events_lost += recorded.lost;
        if !database.writes(name) {
            let renewed = database.lease(name).map_or(i64::MIN, |lease| lease.renewed);
            let theirs = |event: &&Arc<Event>| event.time.timestamp_millis() < renewed;
            taken += recorded.events.iter().take_while(theirs).count() as u64;
            self.taken.insert(key, taken);
            return Ok(());
        }
        self.taken.insert(key.clone(), taken);
        for events in recorded.events.chunks(BATCH) {
            let what = format!("events of {name}");
            let written = database.written(&what, async {
                let mut transaction = database.begin(name).await?;
                let cluster = match cluster {
                    Some(name) => database.id(&mut transaction, Of { name, cluster_id: None }).await?,
                    None => FLEET,
                };
                let written = events::keep(&mut transaction, cluster, events).await?;
                transaction.commit().await?;
                Ok(written)
            });
            let written = written.await?;
            taken += events.len() as u64;
            self.taken.insert(key.clone(), taken);
            database.books().counts.events += written;
        }
        Ok(())
    }

    fn count_waiting(&self) {
        let waiting = self.clusters().into_iter().map(|cluster| {
            let taken = self.taken.get(&cluster).copied().unwrap_or_default();
            self.timeline.recorded_after(cluster.as_deref(), taken).events.len() as u64
        });
        let waiting = waiting.sum();
        self.database.books().events_waiting = waiting;
    }

    async fn forget(&self) -> Result<bool, HistoryError> {
        let database = &self.database;
        if !database.writes(leases::FLEET) {
            return Ok(false);
        }
        database
            .written("what is too old", async {
                let mut transaction = database.begin(leases::FLEET).await?;
                let retention = database.retention();
                let more = retention::forget(&mut transaction, retention, database.now()).await?;
                transaction.commit().await?;
                Ok(more)
            })
            .await
    }

    async fn look_at_size(&self) -> Result<(), HistoryError> {
        let database = &self.database;
        let (size, oldest) = database
            .read(async {
                let mut connection = database.reader().await?;
                let size = match database.engine() {
                    Engine::Postgresql => {
                        let sql = "SELECT pg_database_size(current_database())";
                        let row = sqlx::query(sql).fetch_one(&mut *connection).await?;
                        u64::try_from(row.try_get::<i64, _>(0)?).ok()
                    }
                    Engine::Sqlite | Engine::None => database.path().map(size_of_files),
                };
                Ok((size, events::oldest(&mut connection).await?))
            })
            .await?;
        let mut books = database.books();
        (books.size_bytes, books.events_since) = (size, oldest);
        Ok(())
    }

    /// Keeps what was recorded last, and gives up the leases.
    async fn end(&mut self) -> Result<(), HistoryError> {
        for cluster in self.clusters() {
            self.keep_events(cluster.as_deref()).await?;
        }
        let open = self.database.open()?;
        let mut connection = open.write.acquire().await?;
        leases::give_up(&mut connection, &self.database.0.settings.holder).await
    }
}

/// A database of SQLite's is up to three files.
fn size_of_files(path: &std::path::Path) -> u64 {
    let with = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        std::fs::metadata(name).map_or(0, |file| file.len())
    };
    ["", "-wal", "-shm"].into_iter().map(with).sum()
}
