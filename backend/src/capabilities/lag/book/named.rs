//! Things that have a name, under a small number each.

use std::{collections::HashMap, sync::Arc};

use slab::Slab;

/// Things by their names. A number stays the same while its thing is there, and is given away again afterwards.
#[derive(Clone, Debug)]
pub struct Named<T> {
    ids: HashMap<Arc<str>, usize>,
    things: Slab<(Arc<str>, T)>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { ids: HashMap::new(), things: Slab::new() }
    }
}

impl<T> Named<T> {
    /// The number of that name.
    pub fn id(&self, name: &str) -> Option<usize> {
        self.ids.get(name).copied()
    }

    /// The number of that name, whose thing is made if there is none.
    pub fn id_or_insert(&mut self, name: &str, make: impl FnOnce() -> T) -> usize {
        if let Some(id) = self.id(name) {
            return id;
        }
        let name: Arc<str> = name.into();
        let id = self.things.insert((name.clone(), make()));
        self.ids.insert(name, id);
        id
    }

    /// What has that number.
    pub fn get(&self, id: usize) -> Option<&T> {
        self.things.get(id).map(|(_, thing)| thing)
    }

    /// What has that number.
    pub fn get_mut(&mut self, id: usize) -> Option<&mut T> {
        self.things.get_mut(id).map(|(_, thing)| thing)
    }

    /// The name of that number.
    pub fn name(&self, id: usize) -> Option<&Arc<str>> {
        self.things.get(id).map(|(name, _)| name)
    }

    /// What has that name.
    pub fn named(&self, name: &str) -> Option<&T> {
        self.get(self.id(name)?)
    }

    /// Removes a thing; gives its number, which may be given away again.
    pub fn remove(&mut self, name: &str) -> Option<usize> {
        let id = self.unname(name)?;
        self.free(id);
        Some(id)
    }

    /// Takes a thing's name away; gives its number, which is not given away again before it is free.
    pub fn unname(&mut self, name: &str) -> Option<usize> {
        self.ids.remove(name)
    }

    /// Removes what has that number.
    pub fn free(&mut self, id: usize) {
        self.things.try_remove(id);
    }

    /// All of them, by number.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Arc<str>, &T)> {
        self.things.iter().map(|(id, (name, thing))| (id, name, thing))
    }

    /// All of them, by number.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (usize, &Arc<str>, &mut T)> {
        self.things.iter_mut().map(|(id, (name, thing))| (id, &*name, thing))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.things.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.things.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_number_until_it_is_removed() {
        let mut named = Named::default();
        let orders = named.id_or_insert("orders", || 1);
        let clicks = named.id_or_insert("clicks", || 2);
        assert_eq!(named.id_or_insert("orders", || 9), orders);
        assert_eq!((named.named("orders"), named.get(clicks)), (Some(&1), Some(&2)));
        assert_eq!(named.remove("orders"), Some(orders));
        assert_eq!((named.id("orders"), named.remove("orders"), named.len()), (None, None, 1));
        assert_eq!(named.id_or_insert("payments", || 3), orders, "it is given away again");
        assert_eq!(named.name(orders).map(AsRef::as_ref), Some("payments"));
        assert_eq!(named.unname("clicks"), Some(clicks));
        assert_ne!(named.id_or_insert("clicks", || 4), clicks, "it is not free yet");
    }
}
