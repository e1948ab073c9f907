//! What is remembered of a cluster, in the database: read once before the first turn, written when it changed.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use shared::{
    DateTime,
    inventory::{NOUN, part},
};
use tokio::sync::OnceCell;

use super::model::{MetadataSnapshot, Remembered};
use crate::db::{Checkpoint, Database, HistoryError, Of, Which};

/// The checkpoint and the version of its bytes: JSON of [`Remembered`].
const WHICH: Which<'static> = Which { noun: NOUN, part: part::METADATA, version: 1 };
/// The first turn waits so long for what is remembered; without it Riverkeeper begins anew.
const PATIENCE: Duration = Duration::from_secs(1);
/// What changed is written at most so often.
const SOONEST: chrono::Duration = chrono::Duration::minutes(1);
/// What did not change is written so often, for the time at which it still was so.
const LATEST: chrono::Duration = chrono::Duration::minutes(10);

/// The memory of one cluster.
#[derive(Debug)]
pub struct Memory {
    cluster: String,
    database: Database,
    recalled: OnceCell<Option<Arc<Remembered>>>,
    saved: Mutex<Option<Remembered>>,
}

impl Memory {
    /// The memory of the cluster of this name.
    pub fn new(cluster: String, database: Database) -> Self {
        Self { cluster, database, recalled: OnceCell::new(), saved: Mutex::default() }
    }

    /// What was remembered before Riverkeeper started; read once.
    pub async fn recall(&self) -> Option<Arc<Remembered>> {
        self.recalled.get_or_init(|| self.read()).await.clone()
    }

    async fn read(&self) -> Option<Arc<Remembered>> {
        let reading = async {
            if !self.database.opened(PATIENCE).await {
                return None;
            }
            match self.database.load_checkpoint(&self.cluster, WHICH).await {
                Ok(checkpoint) => remembered(&checkpoint?),
                Err(error) => {
                    tracing::warn!("nothing is remembered of {}: {error}", self.cluster);
                    None
                }
            }
        };
        tokio::time::timeout(PATIENCE, reading).await.ok().flatten().map(Arc::new)
    }

    /// Writes what is worth remembering, if it is due.
    pub async fn keep(&self, snapshot: &MetadataSnapshot, as_of: DateTime) -> Result<(), String> {
        let Some(now) = Remembered::of(snapshot, as_of).filter(|now| self.is_due(now)) else { return Ok(()) };
        let bytes = serde_json::to_vec(&now)
            .map_err(|error| format!("What is known of {} cannot be written: {error}.", self.cluster))?;
        let of = Of { name: &self.cluster, cluster_id: Some(&now.cluster_id) };
        match self.database.save_checkpoint(of, WHICH, bytes).await {
            Ok(()) => {
                *self.saved() = Some(now);
                Ok(())
            }
            // Whether history is kept at all, and by whom, Status says.
            Err(HistoryError::NotKept | HistoryError::NotOpen | HistoryError::NotOurs) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn is_due(&self, now: &Remembered) -> bool {
        self.database.is_kept()
            && self.saved().as_ref().is_none_or(|saved| {
                let age = now.as_of - saved.as_of;
                age >= LATEST || (age >= SOONEST && now.differs(saved))
            })
    }

    fn saved(&self) -> MutexGuard<'_, Option<Remembered>> {
        self.saved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a checkpoint holds; nothing where it cannot be read.
fn remembered(checkpoint: &Checkpoint) -> Option<Remembered> {
    let read = serde_json::from_slice(&checkpoint.bytes);
    read.inspect_err(|error| tracing::warn!("what was remembered cannot be read: {error}")).ok()
}

#[cfg(test)]
mod tests {
    use shared::inventory::BrokerState;

    use super::*;
    use crate::{
        capabilities::inventory::model::BrokerRow,
        db::{Holder, Place, Retention, Settings},
        kafka::answers::build::endpoint,
        runtime::{Clock, Runtime},
    };

    fn at(seconds: i64) -> DateTime {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    /// A cluster whose broker 2 is in a state since 40 s.
    fn with_broker_2(state: BrokerState) -> MetadataSnapshot {
        let broker = |broker_id, state| BrokerRow {
            endpoint: endpoint(broker_id),
            state,
            since: (broker_id == 2).then_some(at(40)),
            last_seen: Some(at(39)),
            role: None,
            version: None,
        };
        MetadataSnapshot {
            cluster_id: Some("id".into()),
            brokers: vec![broker(1, BrokerState::Up), broker(2, state)],
            ..MetadataSnapshot::default()
        }
    }

    fn database(runtime: &Runtime, place: Option<Place>) -> Database {
        let day = Duration::from_secs(86_400);
        let settings = Settings {
            place,
            retention: Retention { minutes: day, ten_minutes: day, hours: day, events: day },
            clusters: Arc::new(["east".to_owned()]),
            holder: Holder::this_process(),
            beat: Duration::from_millis(10),
        };
        Database::start(runtime, settings)
    }

    async fn state_of_broker_2(database: &Database) -> Option<(BrokerState, Option<DateTime>)> {
        let remembered = Memory::new("east".into(), database.clone()).recall().await?;
        let rows = remembered.rows();
        let broker = rows.iter().find(|row| row.endpoint.broker_id == 2)?;
        Some((broker.state, broker.last_seen))
    }

    #[tokio::test]
    async fn what_changed_is_written_at_most_once_a_minute_and_read_back_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Runtime::new(Clock::system());
        let database = database(&runtime, Some(Place::file(&folder.path().join("history.db"))));
        let ours = async {
            while !database.writes("east") {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), ours).await.expect("the lease is ours within 20 s");
        assert_eq!(state_of_broker_2(&database).await, None);
        let memory = Memory::new("east".into(), database.clone());
        memory.keep(&with_broker_2(BrokerState::Up), at(30)).await.unwrap();
        memory.keep(&with_broker_2(BrokerState::Down), at(60)).await.unwrap();
        let up = Some((BrokerState::Up, Some(at(30))));
        assert_eq!(state_of_broker_2(&database).await, up, "it is as old as what was written");
        memory.keep(&with_broker_2(BrokerState::Down), at(90)).await.unwrap();
        let down = Some((BrokerState::Down, Some(at(39))));
        assert_eq!(state_of_broker_2(&database).await, down);

        let as_of = async || Memory::new("east".into(), database.clone()).recall().await.unwrap().as_of;
        memory.keep(&with_broker_2(BrokerState::Down), at(600)).await.unwrap();
        assert_eq!(as_of().await, at(90), "nothing changed");
        memory.keep(&with_broker_2(BrokerState::Down), at(690)).await.unwrap();
        assert_eq!(as_of().await, at(690), "but for the time");

        let of = Of { name: "east", cluster_id: Some("id") };
        database.save_checkpoint(of, WHICH, b"{\"cluster_id\": 7}".to_vec()).await.unwrap();
        assert_eq!(state_of_broker_2(&database).await, None, "what cannot be read is nothing");
        let newer = Which { version: 2, ..WHICH };
        database.save_checkpoint(of, newer, b"{}".to_vec()).await.unwrap();
        assert_eq!(state_of_broker_2(&database).await, None, "nor is what a later version wrote");
        runtime.stop(Duration::from_secs(5)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_database_it_begins_anew_and_at_once() {
        let runtime = Runtime::new(Clock::system());
        let none = database(&runtime, None);
        let memory = Memory::new("east".into(), none);
        let started = tokio::time::Instant::now();
        assert_eq!(memory.recall().await, None);
        assert_eq!(started.elapsed(), Duration::ZERO);
        assert_eq!(memory.keep(&with_broker_2(BrokerState::Down), at(0)).await, Ok(()));
    }
}
