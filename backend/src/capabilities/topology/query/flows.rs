//! The flows, a page at a time, without the drawing.

use std::{borrow::Cow, collections::BTreeMap};

use shared::{
    DateTime,
    topology::{Flow, FlowVerdict, Flows, FlowsMeta},
};

use super::Known;
use crate::http::list::{ListQuery, SortKey};

/// By what flows are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowSort {
    /// By verdict, and by how long the oldest record has waited within one.
    Verdict,
    /// By records that wait.
    Lag,
    /// By how long the oldest of them has.
    Age,
    /// By bytes that are written at the target.
    Bytes,
    /// By source, then target.
    Id,
}

impl FlowSort {
    /// The words of `sort`.
    pub const WORDS: [(&'static str, Self); 5] = [
        ("verdict", Self::Verdict),
        ("lag_records", Self::Lag),
        ("age_seconds", Self::Age),
        ("bytes_per_second", Self::Bytes),
        ("id", Self::Id),
    ];
}

/// What the list of flows is asked, beside what every list is.
#[derive(Clone, Debug)]
pub struct FlowQuery {
    /// Page, sort, part of the id.
    pub list: ListQuery<FlowSort>,
    /// Only those into and out of this cluster.
    pub cluster: Option<String>,
    /// Only those that are judged so.
    pub verdict: Option<FlowVerdict>,
}

/// A page of flows; the worst first, unless told otherwise.
pub fn flows(known: &Known, query: &FlowQuery, now: DateTime) -> Flows {
    let list = &query.list;
    let touches = |source: &str, target: &str| {
        query.cluster.as_deref().is_none_or(|cluster| [source, target].contains(&cluster))
    };
    let asked = known.rows().filter(|row| {
        touches(&row.source, &row.target)
            && list.q.as_ref().is_none_or(|q| row.id.to_lowercase().contains(q.as_str()))
    });
    let mut by_verdict: BTreeMap<FlowVerdict, u64> = BTreeMap::new();
    let mut told: Vec<Flow> = asked.map(|row| known.view(row, now)).collect();
    told.iter().for_each(|flow| *by_verdict.entry(flow.verdict).or_default() += 1);
    told.retain(|flow| query.verdict.is_none_or(|verdict| flow.verdict == verdict));
    let page = list.page(told, |flow| key(flow, list.sort), |flow| Cow::Owned(flow.id.clone()));
    Flows {
        flows: page.rows,
        meta: FlowsMeta { meta: known.meta(Some(page.total), page.next_cursor, now), by_verdict },
    }
}

fn key(flow: &Flow, sort: FlowSort) -> SortKey<'static> {
    match sort {
        FlowSort::Verdict => {
            // No age reaches it, in ms.
            const STEP: i64 = 1 << 50;
            let age_ms = flow.age_seconds.map_or(0, |age| (age * 1_000.0) as i64);
            SortKey::Number(flow.verdict as i64 * STEP + age_ms.clamp(0, STEP - 1))
        }
        FlowSort::Lag => SortKey::number(flow.lag_records),
        FlowSort::Age => SortKey::rate(flow.age_seconds),
        FlowSort::Bytes => SortKey::rate(flow.bytes_per_second),
        FlowSort::Id => SortKey::Text(Cow::Owned(flow.id.clone())),
    }
}
