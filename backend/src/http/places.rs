//! Places for live streams, of which there are only so many: in all, and for one asker.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::access::Asker;

/// Streams that are open at a time.
const MOST: u32 = 2_000;
/// Streams of one session, or of the programs that share one token. A page has one while it is looked at.
const MOST_PER_ASKER: u32 = 50;

/// All places, and who has taken how many.
#[derive(Clone, Debug, Default)]
pub struct Places(Arc<Mutex<HashMap<Holder, u32>>>);

/// Who holds places: the token, and what tells its sessions apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Holder {
    token: Option<String>,
    place: String,
}

impl Places {
    /// Takes a place, which is given back when dropped; the error is why there is none.
    pub fn take(&self, asker: &Asker) -> Result<Place, String> {
        let holder = Holder { token: asker.name().map(String::from), place: asker.place() };
        let mut taken = self.taken();
        if taken.values().sum::<u32>() >= MOST {
            return Err(format!("{MOST} live streams are open, and no more are let in."));
        }
        let own = taken.entry(holder.clone()).or_default();
        // Where no token is configured nobody is told from another.
        if holder.token.is_some() && *own >= MOST_PER_ASKER {
            return Err(format!("You have {MOST_PER_ASKER} live streams open, and get no more: close some."));
        }
        *own += 1;
        drop(taken);
        Ok(Place { places: self.clone(), holder })
    }

    /// Open streams that the asker may know of: all, or those of the same token where it is bounded.
    pub fn seen_by(&self, asker: &Asker) -> u32 {
        let scope = &asker.scope;
        let all = scope.sees_fleet() && scope.sees_whole_clusters();
        let taken = self.taken();
        taken
            .iter()
            .filter(|(it, _)| all || it.token.as_deref() == asker.name())
            .map(|(_, count)| count)
            .sum()
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<Holder, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among the open streams, given back when dropped.
#[derive(Debug)]
pub struct Place {
    places: Places,
    holder: Holder,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        if let Some(own) = taken.get_mut(&self.holder) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.holder);
            }
        }
    }
}
