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
