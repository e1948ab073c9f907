//! Restart verdicts as rows.

use std::borrow::Cow;

use shared::{DateTime, inventory::RestartVerdicts};

use super::{Known, clusters::meta};
use crate::{
    capabilities::inventory::evaluate,
    http::list::{ListQuery, SortKey},
};

/// By what restart verdicts are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestartSort {
    /// By broker id.
    Id,
    /// Unsafe ones first when descending.
    Verdict,
}

impl RestartSort {
    /// The words of `sort`.
    pub const WORDS: [(&'static str, Self); 2] = [("broker_id", Self::Id), ("verdict", Self::Verdict)];
}

/// A page of verdicts, by broker id unless told otherwise.
pub fn restart_verdicts(known: &Known, query: &ListQuery<RestartSort>, now: DateTime) -> RestartVerdicts {
    let mut rows =
        known.whole().map(|snapshot| evaluate::restart(snapshot, known.is_stale(now))).unwrap_or_default();
    rows.retain(|row| query.q.as_ref().is_none_or(|q| row.broker_id.to_string().contains(q)));
    let page = query.page(
        rows,
        |row| match query.sort {
            RestartSort::Id => SortKey::Number(row.broker_id.into()),
            RestartSort::Verdict => SortKey::Number(row.verdict as i64),
        },
        |row| Cow::Owned(format!("{:011}", row.broker_id)),
    );
    let meta = meta(known, Some(page.total), page.next_cursor, now);
    RestartVerdicts { restart_verdicts: page.rows, meta }
}
