//! What one broker carries now: every metric, and what its peers have where it leaves them.

use leptos::prelude::*;
use shared::load::{BrokerLoad, Metric, part};

use super::{
    heat::{abnormal, against},
    loads_of,
    over_time::UNMETERED,
};
use crate::{
    components::{Age, Mark, mark, measure},
    live::Standing,
};

/// The panel of a broker.
#[component]
pub(crate) fn BrokerNow(cluster: String, broker_id: i32) -> impl IntoView {
    let loads = loads_of(&cluster);
    let of_broker = Memo::new(move |_| {
        loads.view.with(|page| {
            let rows = page.as_ref().map(|page| page.broker_loads.as_slice()).unwrap_or_default();
            rows.iter().find(|row| row.broker_id == broker_id).cloned()
        })
    });
    let body =
        move || view! { {move || of_broker.get().map_or_else(nothing, |load| tiles(&load))} }.into_any();
    let standing = Standing {
        part: part::BROKERS,
        title: "Load".into(),
        note: (|| "rates are means of the last minute").into(),
        more: ViewFn::default(),
        source: "the broker's metrics endpoint",
        empty: UNMETERED.into(),
    };
    standing.shown(loads, body.into())
}

fn nothing() -> AnyView {
    view! { <p class="said">"Nothing is known of what it carries."</p> }.into_any()
}

fn tiles(load: &BrokerLoad) -> AnyView {
    let failing = load.failure.as_ref().map(|failure| {
        let age =
            load.as_of.map(|as_of| view! { " Below are values that are " <Age at=as_of suffix="old." /> });
        view! { <p class="bar-note"><b>{failure.what.clone()}</b>{age}</p> }
    });
    let tiles = Metric::ALL.iter().map(|metric| tile(load, *metric)).collect_view();
    let class = if load.failure.is_some() { "tiles is-old" } else { "tiles" };
    view! { {failing}<dl class=class>{tiles}</dl> }.into_any()
}

fn tile(load: &BrokerLoad, metric: Metric) -> AnyView {
    let value = measure(metric.unit(), load.values.get(&metric).copied());
    let one = abnormal(load, metric);
    let title = one.map(|one| one.reason.sentence.clone());
    let class = one.map(|_| "is-abnormal");
    let warns = one.map(|_| view! { <span class="warn" title="Abnormal">{mark(Mark::Warning)}<span class="hidden">"abnormal: "</span></span> });
    let said = one.map(|one| view! { <span class="sub">{against(one)}</span> });
    view! { <div class=class title=title><dt>{metric.label()}</dt><dd>{warns}{value}{said}</dd></div> }
        .into_any()
}
