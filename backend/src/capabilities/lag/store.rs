//! What is known of groups, in the database: a checkpoint for each partition of the offsets topic, with the place from
//! which it is to be read on. Windows go on after a restart, and nothing that was committed meanwhile is missed.
//!
//! Positions are taken before the windows are, so that a record may be in both; taken in again it is a duplicate.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::TimeDelta;
use shared::{DateTime, lag::NOUN};

use super::{
    book::Book,
    collect::partition_of,
    model::{GroupsSnapshot, SavedPartition},
    tap::Positions,
};
use crate::{
    db::{Database, HistoryError, Of, Which},
    kafka::read::Start,
    runtime::{Clock, Stamped},
};

/// The version of the bytes: postcard of [`SavedPartition`], under the partition's number.
const VERSION: i64 = 4;
/// Time between two checkpoints.
const PERIOD: TimeDelta = TimeDelta::seconds(60);
/// What is older is not read on from: windows that end so long ago tell nothing of now.
const OLDEST: TimeDelta = TimeDelta::hours(1);
/// A start waits so long for the database, and begins anew without it.
const PATIENCE: Duration = Duration::from_secs(3);

/// The memory of one cluster.
#[derive(Debug)]
pub struct Memory {
    cluster: String,
    database: Database,
    clock: Clock,
    saved: Mutex<Option<DateTime>>,
}

impl Memory {
    /// The memory of the cluster of this name.
    pub fn new(cluster: String, database: Database, clock: Clock) -> Self {
        Self { cluster, database, clock, saved: Mutex::default() }
    }

    /// Takes over what was written down, and reads on from there.
    pub async fn recall(&self, book: &Arc<Book>, starts: &mut [(i32, Start)]) {
        let reading = async {
            if !self.database.opened(PATIENCE).await {
                return;
            }
            for (partition, start) in starts {
                // A topic that ends before it is another one.
                let Some(saved) = self.load(&partition.to_string()).await else { continue };
                let is_there = matches!(start, Start::At(end) if saved.position <= *end);
                if !is_there {
                    continue;
                }
                let (position, book) = (saved.position, book.clone());
                let restoring = tokio::task::spawn_blocking(move || {
                    book.restore_ends(saved.ends);
                    saved.groups.into_iter().for_each(|group| book.restore(group));
                });
                if restoring.await.is_ok() {
                    *start = Start::At(position);
                }
            }
        };
        if tokio::time::timeout(PATIENCE * 4, reading).await.is_err() {
            tracing::warn!(
                "some windows of groups on {} begin anew: reading them took too long",
                self.cluster
            );
        }
    }

    async fn load(&self, part: &str) -> Option<SavedPartition> {
        let which = Which { noun: NOUN, part, version: VERSION };
        let checkpoint = match self.database.load_checkpoint(&self.cluster, which).await {
            Ok(checkpoint) => checkpoint.filter(|checkpoint| self.clock.now() - checkpoint.time <= OLDEST)?,
            Err(error) => {
                tracing::warn!("nothing is remembered of groups on {}: {error}", self.cluster);
                return None;
            }
        };
        let read = postcard::from_bytes(&checkpoint.bytes);
        read.inspect_err(|error| tracing::warn!("what was remembered cannot be read: {error}")).ok()
    }

    /// Writes what is known, if it is due, a partition of the offsets topic at a time. Nothing is, where that is not read.
    pub async fn keep(
        &self,
        book: &Arc<Book>,
        newest: Arc<Stamped<GroupsSnapshot>>,
        positions: Option<Positions>,
        cluster_id: Option<&str>,
    ) -> Result<(), String> {
        let (Some(Positions { count, next }), now) = (positions, self.clock.now()) else { return Ok(()) };
        let is_ours = self.database.is_kept() && self.database.writes(&self.cluster);
        if !is_ours || self.saved().is_some_and(|saved| now - saved < PERIOD) {
            return Ok(());
        }
        for (partition, position) in next {
            let (book, newest) = (book.clone(), newest.clone());
            let packing = tokio::task::spawn_blocking(move || {
                let is_of_it = |name: &str| partition_of(name, count) == partition;
                let told = |name: &str| newest.snapshot.named(name).and_then(|row| row.told);
                let (groups, ends) = (book.saved(is_of_it, told), book.topics().saved(is_of_it));
                postcard::to_stdvec(&SavedPartition { position, groups, ends })
            });
            let bytes = packing.await.map_err(|error| error.to_string())?;
            let bytes =
                bytes.map_err(|error| format!("What is known of groups cannot be written: {error}."))?;
            let of = Of { name: &self.cluster, cluster_id };
            let which = Which { noun: NOUN, part: &partition.to_string(), version: VERSION };
            match self.database.save_checkpoint(of, which, bytes).await {
                Ok(()) => {}
                // Whether history is kept at all, and by whom, Status says.
                Err(HistoryError::NotKept | HistoryError::NotOpen | HistoryError::NotOurs) => return Ok(()),
                Err(error) => return Err(error.to_string()),
            }
        }
        *self.saved.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        Ok(())
    }

    fn saved(&self) -> Option<DateTime> {
        *self.saved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
