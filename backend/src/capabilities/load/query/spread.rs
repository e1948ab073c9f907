//! How evenly a cluster's load lies: for each resource the worst broker against the mean of all that are up.

use shared::{
    DateTime,
    load::{Metric, Spread, Spreads, Unit},
};

use super::{Known, meta};
use crate::capabilities::load::model::Broker;

/// The resources of a cluster, the least even first.
pub fn spread(known: &Known, now: DateTime) -> Spreads {
    let brokers = known.known_brokers().map(|brokers| brokers.brokers.as_slice()).unwrap_or_default();
    let up: Vec<&Broker> = brokers.iter().filter(|broker| broker.is_up).collect();
    let carried = |broker: &Broker, metric: Metric| {
        let row = known.snapshot()?.broker(broker.broker_id)?;
        // What it carried before it fell silent is not what it carries.
        row.newest.get(metric.index()).copied().flatten().filter(|_| row.failure.is_none())
    };
    let mut spread = vec![
        resource("bytes_in", Unit::BytesPerSecond, &up, |broker| carried(broker, Metric::BytesIn)),
        resource("bytes_out", Unit::BytesPerSecond, &up, |broker| carried(broker, Metric::BytesOut)),
        resource("leaders", Unit::Count, &up, |broker| Some(broker.leaders.into())),
        resource("replicas", Unit::Count, &up, |broker| Some(broker.replicas.into())),
        resource("disk", Unit::Ratio, &up, |broker| broker.disk_used),
    ];
    spread.sort_by(|one, other| {
        let ratio = |row: &Spread| row.ratio.unwrap_or(0.0);
        ratio(other).total_cmp(&ratio(one))
    });
    let total = Some(spread.len() as u64);
    Spreads { spread, meta: meta(std::slice::from_ref(known), total, None, now) }
}

fn resource(name: &str, unit: Unit, up: &[&Broker], of: impl Fn(&Broker) -> Option<f64>) -> Spread {
    let known: Vec<(i32, f64)> =
        up.iter().filter_map(|broker| Some((broker.broker_id, of(broker)?))).collect();
    // Of two that carry the same the lower id is named, so that the answer does not change by itself.
    let worst = known.iter().rev().max_by(|one, other| one.1.total_cmp(&other.1)).copied();
    let mean =
        (!known.is_empty()).then(|| known.iter().map(|(_, value)| value).sum::<f64>() / known.len() as f64);
    Spread {
        resource: name.into(),
        worst_broker_id: worst.map(|(id, _)| id),
        worst: worst.map(|(_, value)| value),
        mean,
        ratio: worst.zip(mean).filter(|(_, mean)| *mean > 0.0).map(|((_, worst), mean)| worst / mean),
        unit,
        unknown_broker_count: (up.len() - known.len()) as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brokers(leaders: &[u32]) -> Vec<Broker> {
        let broker =
            |(id, leaders): (i32, &u32)| Broker { broker_id: id, leaders: *leaders, ..Broker::default() };
        (1..).zip(leaders).map(broker).collect()
    }

    fn row(leaders: &[u32], known: impl Fn(&Broker) -> bool) -> Spread {
        let brokers = brokers(leaders);
        let up: Vec<&Broker> = brokers.iter().collect();
        resource("leaders", Unit::Count, &up, |broker| known(broker).then_some(broker.leaders.into()))
    }

    #[test]
    fn the_worst_broker_stands_against_the_mean_of_all() {
        let row = row(&[100, 300, 200], |_| true);
        assert_eq!(
            (row.worst_broker_id, row.worst, row.mean, row.ratio),
            (Some(2), Some(300.0), Some(200.0), Some(1.5))
        );
    }

    #[test]
    fn what_is_not_known_is_in_no_mean_and_is_counted() {
        let row = row(&[100, 300, 200], |broker| broker.broker_id != 2);
        assert_eq!((row.worst_broker_id, row.mean, row.unknown_broker_count), (Some(3), Some(150.0), 1));
    }

    #[test]
    fn nothing_carried_has_no_ratio_and_nothing_known_no_worst() {
        assert_eq!(row(&[0, 0], |_| true).ratio, None);
        assert_eq!(row(&[0, 0], |_| true).worst_broker_id, Some(1));
        assert_eq!(row(&[5, 6], |_| false).worst_broker_id, None);
    }
}
