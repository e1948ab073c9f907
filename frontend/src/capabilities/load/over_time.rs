//! What was carried over time: by the fleet, by the brokers of a cluster, by one broker.

use leptos::prelude::*;
use shared::{
    chart::{Band, Ink, Tint},
    event::Events,
    load::{BrokerLoads, Load, LoadSeries, Metric},
};

use super::{
    asks,
    chart::{Charted, Label, outages},
    loads_of,
};
use crate::{
    components::{Choice, OnceSeen},
    live::{Empty, Query, query, use_store},
    place::use_place,
};

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
    ("Request times, p99", &[Metric::ProduceP99, Metric::FetchP99]),
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
    let events = query::<Events>(move || Some(asks::outages(None, span.get())));
    let charted = Charted {
        title: "Written to each cluster".into(),
        note: Signal::stored("from every broker's bytes in".into()),
        param: "written",
        more: ViewFn::default(),
        label: |series| series.cluster.clone(),
        bands: outages(events, span, true),
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
    let load = query::<Load>(move || {
        cluster.with_value(|cluster| Some(asks::brokers_over_time(cluster, None, metric.get(), span.get())))
    });
    let events =
        query::<Events>(move || cluster.with_value(|cluster| Some(asks::outages(Some(cluster), span.get()))));
    let outages = outages(events, span, false);
    let bands = Signal::derive(move || {
        let mut bands = outages.get();
        bands.extend(abnormal_bands(loads, metric.get(), None));
        bands
    });
    let more = move || {
        let options = Metric::ALL.iter().map(|metric| (metric.word(), metric.label())).collect();
        view! { <Choice label="Metric" param="metric" options=options /> }.into_any()
    };
    let charted = Charted {
        title: Signal::derive(move || metric.get().label()),
        note: Signal::stored("a line for each broker".into()),
        param: "over",
        more: more.into(),
        label: of_broker,
        bands,
        empty: NOTHING,
    };
    charted.panel(vec![load])
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
    let bands = Signal::derive(move || {
        metrics.iter().flat_map(|metric| abnormal_bands(loads, *metric, Some(broker_id))).collect()
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
        let of_row = |row: &shared::load::BrokerLoad| {
            let one = row.abnormal.iter().find(|one| one.metric == metric)?;
            Some(band(row.broker_id, one.reason.since?))
        };
        rows.filter_map(of_row).collect()
    })
}
