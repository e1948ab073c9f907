//! Brokers with what they carry, as rows.

use std::borrow::Cow;

use shared::{
    DateTime,
    load::{Abnormal, BrokerLoad, BrokerLoads, Metric},
    verdict::{Reason, Severity},
};

use super::{Known, meta};
use crate::{
    capabilities::load::{
        model::{Against, BrokerRow, Verdict},
        words,
    },
    http::list::{ListQuery, SortKey},
};

/// By what brokers are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadSort {
    /// The most abnormal first when descending.
    Abnormal,
    /// By id.
    Id,
    /// By a metric.
    By(Metric),
}

impl LoadSort {
    /// The words of `sort`: `abnormal`, `broker_id`, and every metric.
    pub fn words() -> Vec<(&'static str, Self)> {
        let metrics = Metric::ALL.into_iter().map(|metric| (metric.word(), Self::By(metric)));
        [("abnormal", Self::Abnormal), ("broker_id", Self::Id)].into_iter().chain(metrics).collect()
    }
}

/// A page of brokers; abnormal ones first unless told otherwise.
pub fn broker_loads(known: &Known, query: &ListQuery<LoadSort>, now: DateTime) -> BrokerLoads {
    let rows: Vec<&BrokerRow> = known
        .snapshot()
        .map(|snapshot| snapshot.brokers.iter())
        .unwrap_or_default()
        .filter(|row| query.q.as_ref().is_none_or(|q| row.broker_id.to_string().contains(q)))
        .collect();
    let page = query.page(
        rows,
        |row| match query.sort {
            LoadSort::Abnormal => SortKey::rate(Some(row.abnormal.first().map_or(0.0, |worst| worst.excess))),
            LoadSort::Id => SortKey::Number(row.broker_id.into()),
            LoadSort::By(metric) => SortKey::rate(value(row, metric)),
        },
        |row| Cow::Owned(format!("{:011}", row.broker_id)),
    );
    let meta = meta(std::slice::from_ref(known), Some(page.total), page.next_cursor, now);
    BrokerLoads { broker_loads: page.rows.into_iter().map(view).collect(), meta }
}

fn view(row: &BrokerRow) -> BrokerLoad {
    BrokerLoad {
        broker_id: row.broker_id,
        as_of: row.as_of,
        failure: row.failure.clone(),
        values: Metric::ALL.into_iter().filter_map(|metric| Some((metric, value(row, metric)?))).collect(),
        abnormal: row.abnormal.iter().map(|verdict| abnormal(row.broker_id, verdict)).collect(),
    }
}

fn value(row: &BrokerRow, metric: Metric) -> Option<f64> {
    row.newest.get(metric.index()).copied().flatten()
}

fn abnormal(broker_id: i32, verdict: &Verdict) -> Abnormal {
    let median = |against: Against| (verdict.against == against).then_some(verdict.median);
    Abnormal {
        metric: verdict.metric,
        reason: Reason {
            rule: match verdict.against {
                Against::Peers => "peers".into(),
                Against::Usual => "usual".into(),
            },
            value: Some(verdict.value),
            limit: Some(verdict.limit),
            unit: Some(words::unit(verdict.metric.unit()).into()),
            severity: Severity::Warning,
            since: Some(verdict.since),
            sentence: words::sentence(broker_id, verdict),
        },
        peers: median(Against::Peers),
        usual: median(Against::Usual),
    }
}
