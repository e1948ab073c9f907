//! Views with invented numbers, of the story that inventory's samples tell: broker 2 of east is down since 13:56, and
//! broker 3 answers produce requests nine times slower than its peer.

use chrono::Duration;

use super::*;
use crate::{
    DateTime,
    inventory::samples::{broken_since, now, reading},
    meta::{Meta, Reading},
    verdict::{Reason, Severity},
};

fn meta(total: Option<u64>) -> Meta {
    Meta { total, next_cursor: None, revision: 812, now: now(), readings: readings() }
}

fn readings() -> Vec<Reading> {
    vec![
        reading(Some("east"), part::BROKERS, Some(6), None),
        Reading { period_seconds: 600.0, ..reading(Some("east"), part::USUAL, Some(310), None) },
    ]
}

fn values(of: &[(Metric, f64)]) -> std::collections::BTreeMap<Metric, f64> {
    of.iter().copied().collect()
}

fn broker(broker_id: i32, age: i64, scale: f64, produce_p99: f64) -> BrokerLoad {
    use Metric::*;
    BrokerLoad {
        broker_id,
        as_of: Some(now() - Duration::seconds(age)),
        failure: None,
        values: values(&[
            (BytesIn, 10_800_000.0 * scale),
            (BytesOut, 24_100_000.0 * scale),
            (MessagesIn, 9_400.0 * scale),
            (ReplicationBytesIn, 10_300_000.0 * scale),
            (ReplicationBytesOut, 10_700_000.0 * scale),
            (ProduceRequests, 412.0 * scale),
            (FetchRequests, 630.0 * scale),
            (ProduceP99, produce_p99),
            (FetchP99, 2.0 + scale),
            (FetchFollowerP99, 501.0),
            (HandlersBusy, 0.31 * scale),
            (NetworkBusy, 0.28 * scale),
            (RequestQueue, 0.0),
            (ResponseQueue, 0.0),
            (UnderReplicated, 18.0),
            (IsrShrinks, 0.0),
            (UncleanElections, 0.0),
            (LogFlushP99, 3.1),
            (Cpu, 1.4 * scale),
            (HeapUsed, 0.44 * scale.min(1.2)),
            (Gc, 0.011),
            (FilesOpen, 0.12),
            (Connections, 61.0),
            (DiskUsed, 0.71),
            (Size, 1_950_000_000_000.0),
            (AnswerP90, 3.4 + scale),
        ]),
        abnormal: vec![],
    }
}

/// The brokers of east: broker 3 is abnormal, broker 2 is down.
pub fn broker_loads() -> BrokerLoads {
    let mut slow = broker(3, 6, 0.98, 38.0);
    slow.abnormal.push(Abnormal {
        metric: Metric::ProduceP99,
        reason: Reason {
            rule: "peers".into(),
            value: Some(38.0),
            limit: Some(12.3),
            unit: Some("milliseconds".into()),
            severity: Severity::Warning,
            since: Some(broken_since()),
            sentence: "Produce p99 of broker 3 is 38 ms; its peers have 4.1 ms.".into(),
        },
        peers: Some(4.1),
        usual: None,
    });
    let mut down = broker(2, 246, 0.4, 4.4);
    down.failure = Some(crate::meta::Failure {
        since: broken_since(),
        what: "Could not connect to 127.0.0.1:19292: connection refused.".into(),
    });
    BrokerLoads { broker_loads: vec![slow, broker(1, 6, 1.0, 4.1), down], meta: meta(Some(3)) }
}

/// A metric of the brokers of east over the last hour, a point each 30 s; broker 2 ends when it went down, and broker
/// 3 was down for a while.
pub fn load(metric: Metric) -> Load {
    let from = now() - Duration::hours(1);
    let usual = broker_loads().broker_loads.into_iter().find(|row| row.broker_id == 1);
    let usual = usual.and_then(|row| row.values.get(&metric).copied()).unwrap_or_default();
    let wave = |step: i64, shift: i64| wobble(from + Duration::seconds(30 * step), shift);
    let series = |broker_id: i32| {
        let point = |step: i64| {
            let time = from + Duration::seconds(30 * step);
            let is_slow = broker_id == 3 && time > broken_since() - Duration::seconds(120);
            let factor = if is_slow && metric == Metric::ProduceP99 { 9.0 } else { 1.0 };
            let was_down = (1_680..2_760).contains(&(now() - time).num_seconds());
            let is_there = (broker_id != 2 || time < broken_since()) && !(broker_id == 3 && was_down);
            LoadPoint(time, is_there.then(|| usual * factor * wave(step, broker_id.into())))
        };
        LoadSeries {
            cluster: "east".into(),
            broker_id: Some(broker_id),
            metric,
            unit: metric.unit(),
            points: (0..120).map(point).collect(),
        }
    };
    Load {
        load: (1..=3).map(series).collect(),
        from,
        to: now(),
        step_seconds: 30,
        kept_since: Some(now() - Duration::days(12)),
        meta: meta(None),
    }
}

/// The same of every cluster of the fleet; west ends where it fell silent.
pub fn fleet_load(metric: Metric) -> Load {
    let mut page = load(metric);
    for (series, (cluster, factor)) in
        page.load.iter_mut().zip([("east", 2.0), ("west", 0.9), ("aggregate", 2.8)])
    {
        (series.cluster, series.broker_id) = (cluster.into(), None);
        for LoadPoint(time, value) in &mut series.points {
            let is_there = cluster != "west" || *time < now() - Duration::seconds(110);
            let shift = cluster.len() as i64;
            *value = Some(10_800_000.0 * factor * wobble(*time, shift)).filter(|_| is_there);
        }
    }
    page.meta.readings = ["east", "west", "aggregate"]
        .map(|cluster| reading(Some(cluster), part::BROKERS, Some(6), None))
        .to_vec();
    page
}

/// A load that goes up and down slowly, with some restlessness on top; the four operations give the same everywhere.
fn wobble(time: DateTime, shift: i64) -> f64 {
    let step = time.timestamp() / 30 + shift * 37;
    let triangle = |period: i64| ((step % period) as f64 / period as f64 * 2.0 - 1.0).abs() * 2.0 - 1.0;
    let restless = (step * 7_919 % 101) as f64 / 50.5 - 1.0;
    1.0 + 0.07 * triangle(67) + 0.04 * triangle(19) + 0.02 * restless
}

/// How evenly the load of east lies.
pub fn spread() -> Spreads {
    let row = |resource: &str, worst_broker_id, worst: f64, mean: f64, unit| Spread {
        resource: resource.into(),
        worst_broker_id: Some(worst_broker_id),
        worst: Some(worst),
        mean: Some(mean),
        ratio: Some(worst / mean),
        unit,
        unknown_broker_count: 0,
    };
    let spread = vec![
        row("leaders", 1, 306.0, 204.0, Unit::Count),
        row("disk", 1, 0.71, 0.66, Unit::Ratio),
        row("bytes_in", 1, 10_800_000.0, 10_700_000.0, Unit::BytesPerSecond),
        row("bytes_out", 1, 24_100_000.0, 23_900_000.0, Unit::BytesPerSecond),
        row("replicas", 1, 612.0, 612.0, Unit::Count),
    ];
    Spreads { spread, meta: meta(Some(5)) }
}
