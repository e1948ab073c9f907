//! The clusters of the fleet, worst first.

use leptos::prelude::*;
use shared::{
    inventory::Cluster,
    load::Metric,
    meta::{Freshness, Reading},
    route::page,
};

use super::state::{as_read, cluster_mark, freshness_of, used_percent};
use crate::{
    capabilities::lately,
    components::{
        Age, Column, Key, Sort, Table, Tone, at_least, bar, disk_tone, rate, size, sorted, state, unknown,
    },
    live::use_store,
    place::use_place,
};

const COLUMNS: [Column; 9] = [
    Column::text("State", "state"),
    Column::text("Cluster", "name"),
    Column::number("Brokers", "broker_count"),
    Column::number("Partitions", "partition_count"),
    Column::number("Under-replicated", "under_replicated_count"),
    Column::number("Written", "bytes_in"),
    Column::number("Read", "bytes_out"),
    Column::text("Disk", "disk"),
    Column::number("As of", ""),
];

/// The table of clusters.
pub(crate) fn cluster_table(clusters: &[Cluster], readings: Signal<Vec<Reading>>, has_load: bool) -> AnyView {
    let place = use_place();
    let sort = place.param("sort").as_deref().and_then(Sort::parse);
    let rows =
        sorted(clusters, sort.as_ref(), key).iter().map(|cluster| row(cluster, readings, has_load)).collect();
    view! { <Table caption="Clusters" columns=&COLUMNS names=1 rows=rows /> }.into_any()
}

fn key(cluster: &Cluster, by: &str) -> Option<Key> {
    Some(match by {
        "state" => Key::Number(cluster.health.severity as u8 as f64),
        "name" => Key::Text(cluster.name.clone()),
        "broker_count" => Key::number(cluster.broker_count),
        "partition_count" => Key::number(cluster.partition_count),
        "under_replicated_count" => Key::number(cluster.under_replicated_count),
        "disk" => Key::number(
            used_percent(cluster.disk_total_bytes, cluster.disk_usable_bytes).map(|used| used as f64),
        ),
        "bytes_in" => Key::number(cluster.bytes_in_per_second),
        "bytes_out" => Key::number(cluster.bytes_out_per_second),
        _ => return None,
    })
}

fn row(cluster: &Cluster, readings: Signal<Vec<Reading>>, has_load: bool) -> Vec<AnyView> {
    vec![
        state_cell(cluster, readings),
        name_cell(cluster),
        brokers_cell(cluster),
        at_least(cluster.partition_count, cluster.why_at_least()),
        under_replicated(
            cluster.under_replicated_count,
            cluster.under_replicated_since,
            cluster.why_at_least(),
        ),
        rate_cell(cluster, cluster.bytes_in_per_second, has_load.then_some(Metric::BytesIn)),
        rate_cell(cluster, cluster.bytes_out_per_second, has_load.then_some(Metric::BytesOut)),
        disk_cell(cluster.size_bytes, cluster.disk_total_bytes, cluster.disk_usable_bytes),
        age_cell(cluster.name.clone(), readings),
    ]
}

/// What is told of one cluster as time passes.
fn live<T: PartialEq + Send + Sync + 'static>(
    cluster: &Cluster,
    readings: Signal<Vec<Reading>>,
    read: fn(&Cluster, Option<Freshness>) -> T,
) -> Memo<T> {
    let store = use_store();
    let cluster = cluster.clone();
    Memo::new(move |_| {
        let now = store.clock.now();
        readings.with(|readings| {
            read(&as_read(&cluster, readings, now), freshness_of(&cluster.name, readings, now))
        })
    })
}

fn state_cell(cluster: &Cluster, readings: Signal<Vec<Reading>>) -> AnyView {
    let shown = live(cluster, readings, cluster_mark);
    let why = live(cluster, readings, |cluster, _| {
        let said: Vec<&str> = cluster.health.reasons.iter().map(|reason| reason.sentence.as_str()).collect();
        said.join(" ")
    });
    (move || {
        let (mark, word) = shown.get();
        view! { <span title=why>{state(mark, word)}</span> }
    })
    .into_any()
}

fn name_cell(cluster: &Cluster) -> AnyView {
    let place = use_place();
    let page = page::cluster(&cluster.name);
    let version = cluster.version.as_ref().map(|version| format!("Kafka {version}"));
    let sub: Vec<&str> = [&cluster.tier, &cluster.datacenter, &version]
        .into_iter()
        .filter_map(|part| part.as_deref())
        .collect();
    let sub = (!sub.is_empty()).then(|| view! { <span class="sub">{sub.join(" · ")}</span> });
    view! { <a href=move || place.to(&page)>{cluster.name.clone()}</a>{sub} }.into_any()
}

/// A rate, with the way it went where something draws that.
fn rate_cell(cluster: &Cluster, value: Option<f64>, way: Option<Metric>) -> AnyView {
    let why = cluster.rates_at_least.then(|| "not every broker that is up tells its metrics".to_owned());
    view! { <span class="rate">{way.map(|metric| lately(&cluster.name, metric))}{rate(value, why)}</span> }
        .into_any()
}

fn brokers_cell(cluster: &Cluster) -> AnyView {
    let (Some(up), Some(all)) = (cluster.brokers_up(), cluster.broker_count) else { return unknown() };
    if up == all {
        return format!("{up} of {all}").into_any();
    }
    view! { <b class=Tone::Bad.class()>{up}</b>{format!(" of {all}")} }.into_any()
}

/// A count of under-replicated partitions with how long it has lasted, and why there may be more.
pub(crate) fn under_replicated(
    value: Option<u32>,
    since: Option<shared::DateTime>,
    why_at_least: Option<String>,
) -> AnyView {
    match (value, since) {
        (None | Some(0), _) => at_least(value, why_at_least),
        (Some(_), since) => {
            let since = since.map(|since| view! { <span class="dim">" for " <Age at=since /></span> });
            view! { <b class="warn">{at_least(value, why_at_least)}</b>{since} }.into_any()
        }
    }
}

/// How full the disks are, and what is kept on them.
pub(crate) fn disk_cell(kept: Option<u64>, total: Option<u64>, usable: Option<u64>) -> AnyView {
    let kept = kept.map(|kept| view! { <span class="sub">{size(Some(kept))}" kept"</span> });
    let Some(used) = used_percent(total, usable) else {
        return view! { {unknown()}{kept} }.into_any();
    };
    let tone = disk_tone(used);
    view! { <span class="used">{bar(used, tone)}<span class=tone.class()>{used}" %"</span></span>{kept} }
        .into_any()
}

fn age_cell(cluster: String, readings: Signal<Vec<Reading>>) -> AnyView {
    let store = use_store();
    let read = Memo::new(move |_| {
        let now = store.clock.now();
        readings.with(|readings| {
            let of = |reading: &&Reading| {
                reading.part == shared::inventory::part::METADATA
                    && reading.cluster.as_deref() == Some(&cluster)
            };
            readings.iter().find(of).map(|reading| {
                (
                    reading.as_of,
                    reading.freshness(now) == Freshness::Stale,
                    reading.failure.clone().map(|failure| failure.what),
                )
            })
        })
    });
    (move || match read.get() {
        Some((Some(as_of), is_stale, what)) => {
            let class = if is_stale || what.is_some() { "warn" } else { "dim" };
            view! { <span class=class><Age at=as_of suffix="ago" /></span>{what.map(|what| view! { <span class="sub reason is-short" title=what.clone()>{what.clone()}</span> })} }.into_any()
        }
        Some((None, _, Some(what))) => {
            view! { <span class="warn">"never"</span><span class="sub reason is-short" title=what.clone()>{what.clone()}</span> }.into_any()
        }
        _ => unknown(),
    })
    .into_any()
}
