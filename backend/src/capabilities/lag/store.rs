//! What is known of groups, in the database: a checkpoint for each partition of the offsets topic, with the place from
//! which it is to be read on. Windows go on after a restart, and nothing that was committed meanwhile is missed.
//!
//! Positions are taken before the windows are, so that a record may be in both; taken in again it is a duplicate.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::TimeDelta;
use serde::{Serialize, de::DeserializeOwned};
use shared::{DateTime, lag::NOUN};

use super::{
    book::Book,
    collect::partition_of,
    model::{SavedEnds, SavedPartition},
    tap::Positions,
};
use crate::{
    db::{Database, HistoryError, Of, Which},
    kafka::read::Start,
    runtime::Clock,
};

/// The version of the bytes: postcard of [`SavedPartition`] and [`SavedEnds`].
const VERSION: i64 = 1;
/// Log ends are under this name, partitions under their numbers.
const ENDS: &str = "ends";
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
    pub async fn recall(&self, book: &Book, starts: &mut [(i32, Start)]) {
        let reading = async {
            if !self.database.opened(PATIENCE).await {
                return;
            }
            let ends: Option<SavedEnds> = self.load(ENDS).await;
            book.restore_ends(ends.unwrap_or_default());
            for (partition, start) in starts {
                let saved: Option<SavedPartition> = self.load(&partition.to_string()).await;
                let Some(saved) = saved else { continue };
                // A topic that ends before it is another one.
                let is_there = matches!(start, Start::At(end) if saved.position <= *end);
                if is_there {
                    *start = Start::At(saved.position);
                    saved.groups.into_iter().for_each(|group| book.restore(group));
                }
            }
        };
        if tokio::time::timeout(PATIENCE * 4, reading).await.is_err() {
            tracing::warn!(
                "the windows of groups on {} begin anew: reading them took too long",
                self.cluster
            );
        }
    }

    async fn load<T: DeserializeOwned>(&self, part: &str) -> Option<T> {
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

    /// Writes what is known, if it is due. Nothing is, where the offsets topic is not read.
    pub async fn keep(
        &self,
        book: &Book,
        positions: Option<Positions>,
        cluster_id: Option<&str>,
    ) -> Result<(), String> {
        let (Some(positions), now) = (positions, self.clock.now()) else { return Ok(()) };
        let is_ours = self.database.is_kept() && self.database.writes(&self.cluster);
        if !is_ours || self.saved().is_some_and(|saved| now - saved < PERIOD) {
            return Ok(());
        }
        let of = Of { name: &self.cluster, cluster_id };
        let mut groups: HashMap<i32, Vec<_>> = HashMap::new();
        for group in book.saved() {
            groups.entry(partition_of(&group.group, positions.count)).or_default().push(group);
        }
        let ends = book.topics().saved();
        self.save(of, ENDS, &ends).await?;
        for (partition, position) in positions.next {
            let groups = groups.remove(&partition).unwrap_or_default();
            self.save(of, &partition.to_string(), &SavedPartition { position, groups }).await?;
        }
        *self.saved.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        Ok(())
    }

    async fn save(&self, of: Of<'_>, part: &str, saved: &impl Serialize) -> Result<(), String> {
        let bytes = postcard::to_stdvec(saved)
            .map_err(|error| format!("What is known of groups cannot be written: {error}."))?;
        match self.database.save_checkpoint(of, Which { noun: NOUN, part, version: VERSION }, bytes).await {
            // Whether history is kept at all, and by whom, Status says.
            Ok(()) | Err(HistoryError::NotKept | HistoryError::NotOpen | HistoryError::NotOurs) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn saved(&self) -> Option<DateTime> {
        *self.saved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
