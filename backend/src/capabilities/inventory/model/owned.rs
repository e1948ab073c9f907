//! Who owns each topic of a chunk, remembered for one reading of the owners: matching a hundred thousand names against
//! globs takes too long to do for each page, and a chunk stays as it is.

use std::sync::{Arc, Mutex, PoisonError};

use super::Chunk;
use crate::catalog::Owners;

/// The place of each topic's owner; `None` where nobody owns it.
pub type Places = Arc<[Option<u32>]>;

/// The owners of the topics of a chunk, as of the revision that was last asked for.
#[derive(Debug, Default)]
pub(super) struct Remembered(Mutex<Option<(u64, Places)>>);

impl Chunk {
    /// The place of each topic's owner among [`Owners::all`], in the order of the topics. The chunk is one of `cluster`.
    pub fn owners(&self, owners: &Owners, cluster: &str) -> Places {
        let mut remembered = self.owned.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, places)) = remembered.as_ref().filter(|(revision, _)| *revision == owners.revision())
        {
            return places.clone();
        }
        let place = |topic| owners.place_of_topic(cluster, self.name(topic));
        let places: Places = self.topics.iter().map(place).collect();
        *remembered = Some((owners.revision(), places.clone()));
        places
    }
}
