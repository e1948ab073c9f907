//! Sentences about what brokers carry, for verdicts and events.

use shared::{
    load::{Metric, Unit},
    units,
};

use super::model::{Against, Verdict};

/// What is abnormal, with both numbers: "Produce p99 of broker 3 is 38 ms; its peers have 4.1 ms."
pub fn sentence(broker_id: i32, verdict: &Verdict) -> String {
    let (metric, value) = (verdict.metric, number(verdict.metric, verdict.value));
    let median = number(metric, verdict.median);
    let other = match verdict.against {
        Against::Peers => format!("its peers have {median}"),
        Against::Usual => format!("usual at this hour is {median}"),
    };
    format!("{} of broker {broker_id} is {value}; {other}.", metric.label())
}

/// The word of a unit, as reasons say it.
pub fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Bytes => "bytes",
        Unit::BytesPerSecond => "bytes_per_second",
        Unit::PerSecond => "per_second",
        Unit::Milliseconds => "milliseconds",
        Unit::Ratio => "ratio",
        Unit::Cores => "cores",
        Unit::Count => "count",
    }
}

/// A value with its unit.
pub fn number(metric: Metric, value: f64) -> String {
    let bytes = || {
        let (text, unit) = units::bytes(value.max(0.0) as u64);
        format!("{text} {unit}")
    };
    match metric.unit() {
        Unit::Bytes => bytes(),
        Unit::BytesPerSecond => format!("{}/s", bytes()),
        Unit::PerSecond => format!("{}/s", figures(value)),
        Unit::Milliseconds => format!("{} ms", figures(value)),
        Unit::Ratio => format!("{} %", figures(value * 100.0)),
        Unit::Cores => format!("{value:.2} cores"),
        Unit::Count => figures(value),
    }
}

/// Two figures of small numbers, all of large ones.
fn figures(value: f64) -> String {
    if value.abs() >= 9.95 { units::count(value.round().max(0.0) as u64) } else { format!("{value:.1}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_say_them() {
        assert_eq!(number(Metric::ProduceP99, 38.2), "38 ms");
        assert_eq!(number(Metric::ProduceP99, 4.12), "4.1 ms");
        assert_eq!(number(Metric::BytesIn, 10_800_000.0), "10.8 MB/s");
        assert_eq!(number(Metric::HandlersBusy, 0.83), "83 %");
        assert_eq!(number(Metric::Cpu, 1.4), "1.40 cores");
        assert_eq!(number(Metric::ProduceRequests, 1_412.4), "1,412/s");
    }
}
