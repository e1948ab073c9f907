//! The owners of the catalog as rows, with what they own of what the asker may see.

use std::{borrow::Cow, collections::HashMap};

use shared::{
    DateTime,
    catalog::{Owner, Owners},
    meta::Meta,
};

use super::Known;
use crate::{
    access::Scope,
    http::list::{ListQuery, SortKey},
};

/// By what owners are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnerSort {
    /// By name.
    Name,
    /// By topics.
    Topics,
}

impl OwnerSort {
    /// The words of `sort`.
    pub const WORDS: [(&'static str, Self); 2] = [("name", Self::Name), ("topic_count", Self::Topics)];
}

/// A page of owners, by name unless told otherwise. One who owns nothing on the clusters of `known` is not told of.
pub fn owners(scope: &Scope, known: &[Known], query: &ListQuery<OwnerSort>, now: DateTime) -> Owners {
    let (counts, owners) = (topic_counts(known), scope.owners());
    let seen = owners.all().iter().filter(|owner| {
        let is_here = known.iter().any(|known| owners.is_on(&owner.name, &known.name));
        let fits = query.q.as_ref().is_none_or(|q| owner.is_called(q));
        scope.sees_owner(&owner.name) && is_here && fits
    });
    let rows = seen.map(|owner| (owner, counts.get(owner.name.as_str()).copied().unwrap_or(0))).collect();
    let page = query.page(
        rows,
        |(owner, topics)| match query.sort {
            OwnerSort::Name => SortKey::Text(Cow::Borrowed(&owner.name)),
            OwnerSort::Topics => SortKey::number(Some(*topics)),
        },
        |(owner, _)| Cow::Borrowed(&owner.name),
    );
    let row = |(owner, topic_count): (&shared::catalog::OwnerDetail, u64)| Owner {
        owner: owner.clone(),
        topic_count,
    };
    let meta = Meta {
        total: Some(page.total),
        next_cursor: page.next_cursor,
        revision: known.iter().map(Known::revision).sum(),
        now,
        readings: known.iter().flat_map(|known| known.readings.clone()).collect(),
    };
    Owners { owners: page.rows.into_iter().map(row).collect(), meta }
}

/// How many topics each owner has. Only those of owners that may be seen are told.
fn topic_counts(known: &[Known]) -> HashMap<&str, u64> {
    let mut counts = HashMap::new();
    for known in known {
        let owners = known.scope.owners();
        for chunk in known.snapshot().into_iter().flat_map(|snapshot| &snapshot.chunks) {
            for place in chunk.owners(owners, &known.name).iter().flatten() {
                if let Some(owner) = owners.all().get(*place as usize) {
                    *counts.entry(owner.name.as_str()).or_default() += 1;
                }
            }
        }
    }
    counts
}
