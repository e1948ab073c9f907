//! Places for live streams, of which there are only so many: in all, and for one asker.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::access::Asker;

/// Streams of one session, or of the programs that share one token. A page has one while it is looked at.
const MOST_PER_ASKER: u32 = 50;

/// All places, and who has taken how many.
#[derive(Clone, Debug)]
pub struct Places {
    most: u32,
    taken: Arc<Mutex<HashMap<Holder, u32>>>,
}

/// Who holds places: the token, and what tells its sessions apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Holder {
    token: Option<String>,
    place: String,
}

impl Places {
    /// So many places.
    pub fn new(most: usize) -> Self {
        Self { most: u32::try_from(most).unwrap_or(u32::MAX), taken: Arc::default() }
    }

    /// Takes a place, which is given back when dropped; the error is why there is none.
    pub fn take(&self, asker: &Asker) -> Result<Place, String> {
        let holder = Holder { token: asker.name().map(String::from), place: asker.place() };
        let mut taken = self.taken();
        let most = self.most;
        if taken.values().sum::<u32>() >= most {
            return Err(format!("{most} live streams are open, and no more are let in."));
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
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
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

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;
    use shared::{DateTime, access::Role};

    use super::*;
    use crate::{
        access::{Bounds, Door, Token},
        catalog::Catalog,
    };

    const NOW: DateTime = DateTime::from_timestamp_nanos(1_800_000_000_000_000_000);

    fn bearer(secret: &str, door: &Door) -> Asker {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", format!("Bearer {secret}").parse().unwrap());
        door.who(&headers, NOW).unwrap()
    }

    fn door(secrets: &[&str]) -> Door {
        use sha2::{Digest, Sha256};
        let expires = NOW + chrono::Duration::days(1);
        let token = |secret: &&str| {
            let bounds = Bounds { clusters: None, owners: Some(vec!["checkout".into()]) };
            Token::new((*secret).into(), Sha256::digest(secret).into(), Role::Viewer, bounds, expires)
        };
        Door::new(secrets.iter().map(token).collect(), Catalog::default(), Arc::default(), "/")
    }

    #[test]
    fn one_asker_takes_only_so_many_places_and_all_together_only_so_many() {
        let (door, places) = (door(&["a", "b", "c"]), Places::new(120));
        let (a, b, c) = (bearer("a", &door), bearer("b", &door), bearer("c", &door));
        let taken: Vec<Place> = (0..50).map(|_| places.take(&a).unwrap()).collect();
        assert!(places.take(&a).unwrap_err().contains("close some"));
        let others: Vec<Place> = (0..50).map(|_| places.take(&b).unwrap()).collect();
        let rest: Vec<Place> = (0..20).map(|_| places.take(&c).unwrap()).collect();
        assert!(places.take(&c).unwrap_err().contains("120 live streams"));
        assert_eq!((places.seen_by(&a), places.seen_by(&c)), (50, 20), "each knows of its own");
        drop((taken, others));
        assert!(places.take(&a).is_ok());
        drop(rest);
        assert!(places.taken().is_empty());
    }
}
