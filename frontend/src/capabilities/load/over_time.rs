//! What was carried over time: by the fleet, by the brokers of a cluster, by one broker.

use leptos::prelude::*;
use shared::{
    chart::{Band, Ink, Tint},
    load::{BrokerLoad, BrokerLoads, LOUD, Load, LoadSeries, Metric},
    units::count,
};

use super::{
    asks,
    chart::{Charted, Label, troubles},
    loads_of,
};
use crate::{
    components::{Choice, OnceSeen},
    live::{Empty, Query, query, use_store},
    place::use_place,
};

/// Brokers of which each has a line. Of a larger cluster only the highest are asked for.
const EACH: u64 = 60;

/// What a panel says where no endpoint is asked.
pub(crate) const UNMETERED: Empty = Empty {
    title: "No broker of this cluster tells its metrics",
    text: "Set metrics.url of the cluster, for instance \"http://{host}:7071/metrics\", and start Riverkeeper again. Values come with the first answer.",
};

/// What a chart says of a time in which nothing was read.
const NOTHING: Empty = Empty {
    title: "Nothing is known of this time",
    text: "Lines begin with the first answer of a metrics endpoint (metrics.url of the cluster), and go back as far as they were kept.",
};

/// The charts of a broker: the heading, and what is drawn together.
const OF_BROKER: [(&str, &[Metric]); 6] = [
    ("Bytes", &[Metric::BytesIn, Metric::BytesOut, Metric::ReplicationBytesIn]),
    ("Request times", &[Metric::ProduceP99, Metric::FetchP99, Metric::AnswerP90]),
    ("Busy", &[Metric::HandlersBusy, Metric::NetworkBusy, Metric::Gc]),
    ("Heap and disk", &[Metric::HeapUsed, Metric::DiskUsed]),
    ("Requests", &[Metric::ProduceRequests, Metric::FetchRequests]),
    ("CPU", &[Metric::Cpu]),
];

/// What is written to each cluster.
#[component]
pub(crate) fn FleetOverTime() -> impl IntoView {
    let span = use_place().span();
    let load = query::<Load>(move || Some(asks::fleet(Metric::BytesIn, span.get())));
    let charted = Charted {
        title: "Written to each cluster".into(),
        note: Signal::stored("from every broker's bytes in".into()),
        param: "written",
        more: ViewFn::default(),
        label: |series| series.cluster.clone(),
        bands: troubles(None, None, span, Signal::stored(vec![])),
        empty: NOTHING,
    };
    charted.panel(vec![load])
}

/// One metric of each broker of a cluster; which one stands in the address.
#[component]
pub(crate) fn ClusterOverTime(cluster: String) -> impl IntoView {
    let place = use_place();
    let span = place.span();
    let loads = loads_of(&cluster);
    let cluster = StoredValue::new(cluster);
    let metric = Memo::new(move |_| {
        place.param("metric").as_deref().and_then(Metric::parse).unwrap_or(Metric::BytesIn)
    });
    let highest = Memo::new(move |_| {
        loads.view.with(|page| page.as_ref().map(|page| highest(page, metric.get())).unwrap_or_default())
    });
    let ask = move |broker_id: Option<i32>| {
        cluster.with_value(|cluster| asks::brokers_over_time(cluster, broker_id, metric.get(), span.get()))
    };
    // One question where each broker has a line; else one for each of the highest.
    let lines = (0..LOUD).map(|at| {
        query::<Load>(move || {
            highest.with(|highest| match (highest.is_empty(), at, highest.get(at)) {
                (true, 0, _) => Some(ask(None)),
                (_, _, broker_id) => Some(ask(Some(*broker_id?))),
            })
        })
    });
    let lines: Vec<Query<Load>> = lines.collect();
    let metrics = Signal::derive(move || vec![metric.get()]);
    let troubles = cluster.with_value(|cluster| troubles(Some(cluster), None, span, metrics));
    let bands = Signal::derive(move || {
        let mut bands = troubles.get();
        bands.extend(abnormal_bands(loads, metric.get(), None));
        bands
    });
    let note = Signal::derive(move || {
        let all = loads.view.with(|page| page.as_ref().and_then(|page| page.meta.total)).unwrap_or_default();
        match highest.with(Vec::len) {
            0 => "a line for each broker".into(),
            some => format!("the {some} highest of {} brokers now", count(all)),
        }
    });
    let more = move || {
        let options = Metric::ALL.iter().map(|metric| (metric.word(), metric.label())).collect();
        view! { <Choice label="Metric" param="metric" options=options /> }.into_any()
    };
    let charted = Charted {
        title: Signal::derive(move || metric.get().label()),
        note,
        param: "over",
        more: more.into(),
        label: of_broker,
        bands,
        empty: NOTHING,
    };
    charted.panel(lines)
}

/// The brokers of a large cluster that are highest now; none where each has a line.
fn highest(page: &BrokerLoads, metric: Metric) -> Vec<i32> {
    if page.meta.total.unwrap_or_default() <= EACH {
        return vec![];
    }
    let value = |row: &BrokerLoad| row.values.get(&metric).copied().unwrap_or(f64::MIN);
    let mut rows: Vec<&BrokerLoad> = page.broker_loads.iter().collect();
    rows.sort_by(|one, other| value(other).total_cmp(&value(one)));
    let mut ids: Vec<i32> = rows.into_iter().take(LOUD).map(|row| row.broker_id).collect();
    // In an order that stays while they overtake each other.
    ids.sort_unstable();
    ids
}

fn of_broker(series: &LoadSeries) -> String {
    series.broker_id.map_or_else(|| series.cluster.clone(), |id| format!("broker {id}"))
}

/// The charts of one broker, each made once it comes near the screen.
pub(crate) fn broker_over_time(cluster: &str, broker_id: i32) -> AnyView {
    let cluster = StoredValue::new(cluster.to_owned());
    let chart = |(title, metrics): (&'static str, &'static [Metric])| {
        view! { <OnceSeen>{cluster.with_value(|cluster| broker_chart(cluster, broker_id, title, metrics))}</OnceSeen> }
    };
    OF_BROKER.map(chart).into_iter().collect_view().into_any()
}

fn broker_chart(cluster: &str, broker_id: i32, title: &'static str, metrics: &'static [Metric]) -> AnyView {
    let span = use_place().span();
    let loads = loads_of(cluster);
    let ask = |metric: &Metric| {
        let (cluster, metric) = (cluster.to_owned(), *metric);
        query::<Load>(move || Some(asks::brokers_over_time(&cluster, Some(broker_id), metric, span.get())))
    };
    let troubles = troubles(Some(cluster), Some(broker_id), span, Signal::stored(metrics.to_vec()));
    let bands = Signal::derive(move || {
        let abnormal = metrics.iter().flat_map(|metric| abnormal_bands(loads, *metric, Some(broker_id)));
        troubles.get().into_iter().chain(abnormal).collect()
    });
    let label: Label = |series| series.metric.label().to_lowercase();
    let charted = Charted {
        title: title.into(),
        note: Signal::stored(String::new()),
        param: metrics.first().map_or("", |metric| metric.word()),
        more: ViewFn::default(),
        label,
        bands,
        empty: NOTHING,
    };
    charted.panel(metrics.iter().map(ask).collect())
}

/// Since when a metric is abnormal, of all brokers or of one.
fn abnormal_bands(loads: Query<BrokerLoads>, metric: Metric, broker_id: Option<i32>) -> Vec<Band> {
    let now = use_store().clock.now_once();
    loads.view.with(|page| {
        let rows = page.iter().flat_map(|page| &page.broker_loads);
        let rows = rows.filter(|row| broker_id.is_none_or(|id| row.broker_id == id));
        let band = |broker: i32, since| Band {
            from: since,
            to: now,
            label: format!("broker {broker} abnormal"),
            ink: Ink::Band(Tint::Warning),
        };
        let of_row = |row: &BrokerLoad| {
            let one = row.abnormal.iter().find(|one| one.metric == metric)?;
            Some(band(row.broker_id, one.reason.since?))
        };
        rows.filter_map(of_row).collect()
    })
}

#[cfg(test)]
mod tests {
    use shared::load::samples::broker_loads;

    use super::*;

    #[test]
    fn of_a_large_cluster_only_the_highest_are_asked_for() {
        let mut page = broker_loads();
        assert!(highest(&page, Metric::ProduceP99).is_empty());
        let usual = page.broker_loads[1].clone();
        page.broker_loads.extend((4..=200).map(|broker_id| BrokerLoad { broker_id, ..usual.clone() }));
        page.meta.total = Some(200);
        let highest = highest(&page, Metric::ProduceP99);
        assert_eq!((highest.len(), highest.contains(&3)), (LOUD, true));
    }
}
