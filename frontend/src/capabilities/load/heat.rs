//! What a cell of the heat table says: how dark, against what, and how a row is drawn: pure.

use std::collections::BTreeMap;

use shared::{
    DateTime,
    inventory::{Broker, BrokerState},
    load::{Abnormal, BrokerLoad, Metric, Unit},
    meta::Reading,
};

/// The metrics of the table; all of them stand in its twin.
pub(crate) const SHOWN: [Metric; 9] = [
    Metric::BytesIn,
    Metric::BytesOut,
    Metric::ProduceP99,
    Metric::FetchP99,
    Metric::AnswerP90,
    Metric::HandlersBusy,
    Metric::NetworkBusy,
    Metric::DiskUsed,
    Metric::HeapUsed,
];

/// Columns at most, with those of other metrics that are abnormal.
const COLUMNS: usize = 12;

/// The columns of the table: the usual ones, and whatever else is abnormal on some broker.
pub(crate) fn columns(loads: &[BrokerLoad]) -> Vec<Metric> {
    let is_abnormal = |metric: &Metric| loads.iter().any(|load| abnormal(load, *metric).is_some());
    let others = Metric::ALL.into_iter().filter(|metric| !SHOWN.contains(metric)).filter(is_abnormal);
    SHOWN.into_iter().chain(others).take(COLUMNS).collect()
}

/// Steps of shade.
pub(crate) const SHADES: usize = 8;

/// Rows that are read. Of a larger cluster the abnormal ones and those that are down come first.
pub(crate) const ROWS: usize = 40;

/// What the darkest cell of a column stands for: all of it for a share, the highest broker for the rest.
pub(crate) fn limit(metric: Metric, rows: &[Row]) -> f64 {
    if metric.unit() == Unit::Ratio {
        return 1.0;
    }
    let lit = rows.iter().filter(|row| !matches!(row.face, Face::Down(_)));
    lit.filter_map(|row| row.load.values.get(&metric).copied()).fold(0.0, f64::max)
}

/// How dark a cell is, from 0 to the number of shades.
pub(crate) fn shade(value: f64, limit: f64) -> usize {
    if limit <= 0.0 || !value.is_finite() {
        return 0;
    }
    ((value / limit).clamp(0.0, 1.0) * SHADES as f64).round() as usize
}

/// How a row is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// Read lately.
    Fresh,
    /// Its endpoint has not answered for two periods.
    Old,
    /// Its endpoint never answered.
    Unread,
    /// The broker does not serve, since then where that is known.
    Down(Option<DateTime>),
}

/// A broker as the table knows it.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// What it carries.
    pub load: BrokerLoad,
    /// How it is drawn.
    pub face: Face,
    /// Where it stands.
    pub rack: Option<String>,
}

/// The rows: of a small cluster by id, of a large one those that need a look first.
pub(crate) fn rows(
    loads: &[BrokerLoad],
    brokers: &[Broker],
    reading: Option<&Reading>,
    now: DateTime,
) -> Vec<Row> {
    let known: BTreeMap<i32, &Broker> = brokers.iter().map(|broker| (broker.broker_id, broker)).collect();
    let mut rows: Vec<Row> = loads
        .iter()
        .map(|load| {
            let broker = known.get(&load.broker_id).copied();
            Row {
                face: face(load, broker, reading, now),
                rack: broker.and_then(|b| b.rack.clone()),
                load: load.clone(),
            }
        })
        .collect();
    if rows.len() > ROWS {
        rows.sort_by_key(|row| (row.load.abnormal.is_empty(), row.face == Face::Fresh, row.load.broker_id));
    } else {
        rows.sort_by_key(|row| row.load.broker_id);
    }
    rows
}

fn face(load: &BrokerLoad, broker: Option<&Broker>, reading: Option<&Reading>, now: DateTime) -> Face {
    if let Some(gone) = broker.filter(|broker| broker.state != BrokerState::Up) {
        return Face::Down(gone.since);
    }
    let Some(as_of) = load.as_of else { return Face::Unread };
    let period = reading.map_or(10.0, |reading| reading.period_seconds);
    if (now - as_of).num_milliseconds() as f64 > period * 2_000.0 { Face::Old } else { Face::Fresh }
}

/// What is abnormal about a value, where something is.
pub(crate) fn abnormal(load: &BrokerLoad, metric: Metric) -> Option<&Abnormal> {
    load.abnormal.iter().find(|one| one.metric == metric)
}

/// What an abnormal value is held against: `its peers have 4.1 ms`.
pub(crate) fn against(one: &Abnormal) -> String {
    let unit = one.metric.unit();
    match (one.peers, one.usual) {
        (Some(peers), _) => format!("its peers have {}", unit.said(peers)),
        (None, Some(usual)) => format!("usual at this hour is {}", unit.said(usual)),
        (None, None) => one.reason.sentence.clone(),
    }
}

/// Whether the endpoints tell nothing at all: then they are not configured, or none has answered yet.
pub(crate) fn is_unmetered(loads: &[BrokerLoad]) -> bool {
    loads.iter().all(|load| load.as_of.is_none() && load.failure.is_none())
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use shared::{
        inventory::samples::{brokers, now},
        load::samples::broker_loads,
    };

    use super::*;

    fn table(at: DateTime) -> Vec<Row> {
        let page = broker_loads();
        rows(&page.broker_loads, &brokers().brokers, page.meta.readings.first(), at)
    }

    #[test]
    fn a_share_is_held_against_all_and_the_rest_against_the_highest_broker_that_serves() {
        let rows = table(now());
        assert!((limit(Metric::HandlersBusy, &rows) - 1.0).abs() < 1e-9);
        assert!((limit(Metric::ProduceP99, &rows) - 38.0).abs() < 1e-9);
        assert_eq!([0.0, 19.0, 38.0, 99.0].map(|value| shade(value, 38.0)), [0, 4, 8, 8]);
        assert_eq!(shade(1.0, 0.0), 0);
    }

    #[test]
    fn a_broker_that_is_down_says_so_whatever_its_endpoint_says() {
        let faces: Vec<(i32, bool)> = table(now())
            .iter()
            .map(|row| (row.load.broker_id, matches!(row.face, Face::Down(Some(_)))))
            .collect();
        assert_eq!(faces, [(1, false), (2, true), (3, false)]);
    }

    #[test]
    fn what_is_abnormal_has_a_column_whatever_it_is() {
        let mut page = broker_loads();
        assert_eq!(columns(&page.broker_loads), SHOWN);
        page.broker_loads[0].abnormal[0].metric = Metric::LogFlushP99;
        assert_eq!(columns(&page.broker_loads)[SHOWN.len()..], [Metric::LogFlushP99]);
    }

    #[test]
    fn values_grow_old_after_two_periods() {
        assert_eq!(table(now())[0].face, Face::Fresh);
        assert_eq!(table(now() + Duration::seconds(15))[0].face, Face::Old);
    }

    #[test]
    fn of_a_large_cluster_the_abnormal_come_first() {
        let page = broker_loads();
        let mut many = Vec::new();
        for broker_id in 0..500 {
            let from = if broker_id == 321 { &page.broker_loads[0] } else { &page.broker_loads[1] };
            many.push(BrokerLoad { broker_id, ..from.clone() });
        }
        assert_eq!(rows(&many, &[], page.meta.readings.first(), now())[0].load.broker_id, 321);
    }

    #[test]
    fn what_is_abnormal_says_against_what() {
        let page = broker_loads();
        let one = abnormal(&page.broker_loads[0], Metric::ProduceP99);
        assert_eq!(one.map(against).as_deref(), Some("its peers have 4.1 ms"));
        assert!(abnormal(&page.broker_loads[0], Metric::BytesIn).is_none());
    }
}
