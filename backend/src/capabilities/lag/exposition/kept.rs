//! Texts that were written lately: scrapers that ask at the same time get the same one, and it is written once.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use shared::DateTime;
use tokio::sync::{OnceCell, Semaphore};

use super::Dialect;

/// Texts that are kept at most.
const MOST_TEXTS: usize = 8;
/// Bytes of all that are kept.
const MOST_BYTES: usize = 64 << 20;
/// Texts that are written at the same time.
const AT_ONCE: usize = 2;

/// A cluster, and when each part was read that its text is made of.
pub type State = (String, [Option<DateTime>; 4]);

/// A text, in pieces.
pub type Text = Arc<[Bytes]>;

/// Which text.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// In whose names.
    pub dialect: Dialect,
    /// For which scope, by its tag.
    pub scope: u64,
    /// Of which clusters, as of when.
    pub clusters: Vec<State>,
}

impl Key {
    /// Whether the other is the same at another time.
    fn replaces(&self, other: &Self) -> bool {
        let names = |key: &Self| key.clusters.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        (self.dialect, self.scope) == (other.dialect, other.scope) && names(self) == names(other)
    }
}

/// The newest texts.
#[derive(Debug)]
pub struct Kept {
    texts: Mutex<VecDeque<(Key, Arc<OnceCell<Text>>)>>,
    places: Semaphore,
}

impl Default for Kept {
    fn default() -> Self {
        Self { texts: Mutex::default(), places: Semaphore::new(AT_ONCE) }
    }
}

impl Kept {
    /// The text of that key: the one that is kept or being written, else it is written on a thread where that may take
    /// its time. None where writing panicked.
    pub async fn text(&self, key: Key, write: impl FnOnce() -> Vec<Bytes> + Send + 'static) -> Option<Text> {
        let cell = self.cell(key);
        let writing = async {
            let _place = self.places.acquire().await.map_err(drop)?;
            tokio::task::spawn_blocking(write).await.map(Text::from).map_err(drop)
        };
        let text = cell.get_or_try_init(|| writing).await.ok().cloned();
        self.trim();
        text
    }

    fn cell(&self, key: Key) -> Arc<OnceCell<Text>> {
        let mut texts = self.texts();
        if let Some((_, cell)) = texts.iter().find(|(kept, _)| *kept == key) {
            return cell.clone();
        }
        texts.retain(|(kept, _)| !key.replaces(kept));
        let cell = Arc::<OnceCell<Text>>::default();
        texts.push_back((key, cell.clone()));
        cell
    }

    /// Forgets the oldest ones that there is no room for. Whoever is being sent one has it still.
    fn trim(&self) {
        let mut texts = self.texts();
        let held = |texts: &VecDeque<(Key, Arc<OnceCell<Text>>)>| -> usize {
            texts.iter().filter_map(|(_, cell)| cell.get()).flat_map(|text| text.iter()).map(Bytes::len).sum()
        };
        while texts.len() > MOST_TEXTS || held(&texts) > MOST_BYTES {
            texts.pop_front();
        }
    }

    fn texts(&self) -> MutexGuard<'_, VecDeque<(Key, Arc<OnceCell<Text>>)>> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
