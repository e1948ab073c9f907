//! The heat table: brokers by metrics, each column against its own limit, what is abnormal outlined.

use leptos::prelude::*;
use shared::{
    inventory::Brokers,
    load::{BrokerLoads, Metric, part},
    route::page,
    units::{UNKNOWN, count, duration},
};

use super::{
    asks,
    heat::{Face, ROWS, Row, abnormal, against, columns, is_unmetered, limit, rows, shade},
    loads_of,
};
use crate::{
    components::{Age, Clocked, Mark, mark, twin, unknown},
    live::{Query, Standing, query, use_store},
    place::use_place,
};

/// Rows of the twin at most.
const TWIN_ROWS: usize = 200;

/// The panel of a cluster.
#[component]
pub(crate) fn HeatPanel(cluster: String) -> impl IntoView {
    let loads = loads_of(&cluster);
    let cluster = StoredValue::new(cluster);
    let brokers = query::<Brokers>(move || cluster.with_value(|cluster| Some(asks::brokers(cluster))));
    let (is_table, more) = twin("load", "As heat table");
    let total = Memo::new(move |_| {
        let total = loads.view.with(|page| page.as_ref().and_then(|page| page.meta.total));
        total.unwrap_or_default() as usize
    });
    let note = move || {
        let shown = if is_table.get() { TWIN_ROWS } else { ROWS };
        let total = total.get();
        let of = if total > shown {
            format!("; {shown} of {} brokers, those that need a look first", count(total as u64))
        } else {
            String::new()
        };
        format!(
            "shares against all there is, the rest against the highest broker; outlined where a broker leaves its peers or its own week{of}"
        )
    };
    let body = move || cluster.with_value(|cluster| table(cluster, loads, brokers, is_table.get()));
    let standing = Standing {
        part: part::BROKERS,
        title: "Load".into(),
        note: note.into(),
        more,
        source: "the brokers' metrics endpoints",
        empty: super::over_time::UNMETERED.into(),
    };
    standing.shown(loads, body.into())
}

fn table(cluster: &str, loads: Query<BrokerLoads>, brokers: Query<Brokers>, is_table: bool) -> AnyView {
    let store = use_store();
    let Some(view) = loads.view.get() else { return ().into_any() };
    let known = brokers.view.get();
    let known = known.as_ref().map(|page| page.brokers.as_slice()).unwrap_or_default();
    // Rows are drawn again with each reading; between two readings ages tick by themselves.
    let readings = loads.readings();
    let reading = readings.iter().find(|reading| reading.part == part::BROKERS);
    let mut rows = rows(&view.broker_loads, known, reading, store.clock.now_once());
    rows.truncate(if is_table { TWIN_ROWS } else { ROWS });
    let hint = is_unmetered(&view.broker_loads).then(|| {
        view! { <p class="bar-note is-quiet">"No broker of this cluster tells its metrics: set "<code>"metrics.url"</code>" of the cluster. Sizes and disks are known without."</p> }
    });
    let metrics = if is_table { Metric::ALL.to_vec() } else { columns(&view.broker_loads) };
    let limits: Vec<f64> = metrics.iter().map(|metric| limit(*metric, &rows)).collect();
    let headings = metrics.iter().map(|metric| heading(*metric)).collect_view();
    let body = rows
        .iter()
        .map(|row| {
            let cells = match row.face {
                Face::Down(_) if !is_table => vec![gone(row, metrics.len())],
                Face::Unread if !is_table && row.load.values.is_empty() => vec![gone(row, metrics.len())],
                _ => metrics
                    .iter()
                    .zip(&limits)
                    .map(|(metric, limit)| cell(row, *metric, (!is_table).then_some(*limit)))
                    .collect(),
            };
            view! { <tr class:is-old=matches!(row.face, Face::Old | Face::Down(_))>{name(cluster, row)}{cells}</tr> }
        })
        .collect_view();
    view! {
        {hint}
        <div class="scroll" tabindex="0" role="group" aria-label="Load of each broker, as a table">
            <table class=if is_table { "wide" } else { "heat" }>
                <caption class="hidden">"Load of each broker"</caption>
                <thead><tr><th scope="col"><span class="hidden">"Broker"</span></th>{headings}</tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The heading of a column, which chooses what is drawn over time.
fn heading(metric: Metric) -> AnyView {
    let place = use_place();
    let word = (metric != Metric::BytesIn).then(|| metric.word());
    let href = move || place.here(&[("metric", word)]);
    view! { <th scope="col" class="num"><a href=href data-noscroll title=format!("{} over time", metric.label())>{metric.label()}</a></th> }.into_any()
}

fn name(cluster: &str, row: &Row) -> AnyView {
    let place = use_place();
    let id = row.load.broker_id;
    let to = page::broker(cluster, id);
    let (kind, word) = match row.face {
        Face::Down(_) => (Mark::Critical, "down"),
        Face::Unread => (Mark::Unknown, "not read"),
        Face::Old => (Mark::Stale, "old"),
        Face::Fresh if !row.load.abnormal.is_empty() => (Mark::Warning, "abnormal"),
        Face::Fresh => (Mark::Well, "as usual"),
    };
    let age = row.load.as_of.filter(|_| row.face == Face::Old).map(|as_of| {
        let why = row.load.failure.as_ref().map(|failure| failure.what.clone());
        view! { <span class="sub warn" title=why><Age at=as_of suffix="old" /></span> }
    });
    let class = if kind == Mark::Critical { "bad" } else { "" };
    view! {
        <th scope="row">
            <span class="state">
                <span class=kind.class() title=word>{mark(kind)}<span class="hidden">{word}": "</span></span>
                <a class=class href=move || place.to(&to)>{format!("Broker {id}")}</a>
                <span class="dim">{row.rack.clone()}</span>
            </span>
            {age}
        </th>
    }
    .into_any()
}

/// The row of a broker of which nothing is known now.
fn gone(row: &Row, span: usize) -> AnyView {
    let said = match (&row.face, &row.load.failure) {
        (Face::Down(since), _) => {
            let since = since.map(|since| view! { " since " <Clocked at=since /> });
            let age = row.load.as_of.map(|as_of| view! { ", last values " <Age at=as_of suffix="old" /> });
            view! { "down"{since}{age} }.into_any()
        }
        (_, Some(failure)) => {
            view! { "not read: "{failure.what.clone()}" For "<Age at=failure.since /> }.into_any()
        }
        (_, None) => "not read yet".into_any(),
    };
    view! { <td class="hatch" colspan=span><span>{said}</span></td> }.into_any()
}

/// A value; shaded against its limit in the heat table.
fn cell(row: &Row, metric: Metric, limit: Option<f64>) -> AnyView {
    let Some(value) = row.load.values.get(&metric).copied() else {
        return if limit.is_some() {
            view! { <td class="num" title="Not known"><span aria-hidden="true">{UNKNOWN}</span><span class="hidden">"not known"</span></td> }.into_any()
        } else {
            view! { <td class="num">{unknown()}</td> }.into_any()
        };
    };
    let shade = limit.map(|limit| format!(" h{}", shade(value, limit))).unwrap_or_default();
    let (number, unit) = metric.unit().spoken(value);
    let Some(one) = abnormal(&row.load, metric) else {
        return view! { <td class=format!("num{shade}")>{number}" "<small>{unit}</small></td> }.into_any();
    };
    let said = one.reason.sentence.clone();
    let since = one.reason.since.map(|since| duration(use_store().clock.now_once() - since));
    let title = since.map_or_else(|| said.clone(), |since| format!("{said} For {since}."));
    view! {
        <td class=format!("num is-abnormal{shade}") title=title>
            <span class="warn">{mark(Mark::Warning)}</span>" "{number}" "<small>{unit}</small>
            <span class="hidden">{format!(", abnormal: {}", against(one))}</span>
        </td>
    }
    .into_any()
}
