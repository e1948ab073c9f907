//! Metrics from what an endpoint told: rates as they are, shares from what they are shares of, idle made busy.

use shared::load::{Metric, Unit};

use super::rates::Rates;
use crate::capabilities::load::model::{Broker, Counter, Gauge, METRICS, Newest, Told};

const NANOS: f64 = 1e9;

/// Every metric, from rates and gauges and from how long it takes to answer us; sizes and disks are what the cluster tells of its log directories.
pub fn values(told: &Told, rates: &Rates, broker: &Broker, answer_p90: Option<f64>) -> Newest {
    let mut values = [None; METRICS];
    for metric in Metric::ALL {
        if let Some(place) = values.get_mut(metric.index()) {
            *place = match metric {
                Metric::AnswerP90 => answer_p90,
                _ => value(metric, told, rates, broker),
            };
        }
    }
    values
}

/// Only what is made of rates.
pub fn rates_alone(rates: &Rates) -> Newest {
    let mut values = values(&Told::default(), rates, &Broker::default(), None);
    for metric in Metric::ALL.into_iter().filter(|metric| !is_rate(*metric)) {
        if let Some(place) = values.get_mut(metric.index()) {
            *place = None;
        }
    }
    values
}

/// Whether a metric is a rate, and nothing else.
pub fn is_rate(metric: Metric) -> bool {
    matches!(metric.unit(), Unit::BytesPerSecond | Unit::PerSecond | Unit::Cores) || metric == Metric::Gc
}

fn value(metric: Metric, told: &Told, rates: &Rates, broker: &Broker) -> Option<f64> {
    let rate = |counter: Counter| rates.get(counter as usize).copied().flatten();
    let gauge = |gauge: Gauge| told.gauge(gauge);
    let share = |part: Gauge, whole: Gauge| {
        let (part, whole) = (told.gauge(part)?, told.gauge(whole)?);
        (whole > 0.0).then(|| (part / whole).min(1.0))
    };
    match metric {
        Metric::BytesIn => rate(Counter::BytesIn),
        Metric::BytesOut => rate(Counter::BytesOut),
        Metric::MessagesIn => rate(Counter::MessagesIn),
        Metric::ReplicationBytesIn => rate(Counter::ReplicationBytesIn),
        Metric::ReplicationBytesOut => rate(Counter::ReplicationBytesOut),
        Metric::ProduceRequests => rate(Counter::ProduceRequests),
        Metric::FetchRequests => rate(Counter::FetchRequests),
        Metric::ProduceP99 => gauge(Gauge::ProduceP99),
        Metric::FetchP99 => gauge(Gauge::FetchP99),
        Metric::FetchFollowerP99 => gauge(Gauge::FetchFollowerP99),
        Metric::HandlersBusy => {
            let counted = rate(Counter::HandlersIdleNanos).map(|nanos| nanos / NANOS);
            let told = gauge(Gauge::BrokerHandlersIdle).or(gauge(Gauge::HandlersIdle));
            told.or(counted).or(gauge(Gauge::HandlersIdleEver)).map(busy)
        }
        Metric::NetworkBusy => gauge(Gauge::NetworkIdle).map(busy),
        Metric::RequestQueue => gauge(Gauge::RequestQueue),
        Metric::ResponseQueue => gauge(Gauge::ResponseQueue),
        Metric::UnderReplicated => gauge(Gauge::UnderReplicated),
        Metric::IsrShrinks => rate(Counter::IsrShrinks),
        Metric::UncleanElections => rate(Counter::UncleanElections),
        Metric::LogFlushP99 => gauge(Gauge::LogFlushP99),
        Metric::Cpu => rate(Counter::CpuSeconds),
        Metric::HeapUsed => share(Gauge::HeapUsed, Gauge::HeapMost),
        Metric::Gc => rate(Counter::GcSeconds).map(|share| share.min(1.0)),
        Metric::FilesOpen => share(Gauge::FilesOpen, Gauge::FilesMost),
        Metric::Connections => gauge(Gauge::Connections),
        Metric::DiskUsed => broker.disk_used,
        Metric::Size => broker.size_bytes.map(|bytes| bytes as f64),
        Metric::AnswerP90 => None,
    }
}

/// Some brokers tell a little more idleness than there is time.
fn busy(idle: f64) -> f64 {
    (1.0 - idle).clamp(0.0, 1.0)
}
