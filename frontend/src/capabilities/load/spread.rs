//! How evenly a cluster's load lies on its brokers.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    load::{Spread, Spreads, part},
    route::page,
    units::counted,
};

use super::asks;
use crate::{
    components::{Column, Table, Tone, bar, measure, unknown},
    live::{Empty, Shown, query},
    place::use_place,
};

const COLUMNS: [Column; 5] = [
    Column::text("Resource", ""),
    Column::text("Most on", ""),
    Column::number("It has", ""),
    Column::number("Mean", ""),
    Column::text("Most ÷ mean", ""),
];

/// The panel of a cluster.
#[component]
pub(crate) fn SpreadPanel(cluster: String) -> impl IntoView {
    let cluster = StoredValue::new(cluster);
    let spread = query::<Spreads>(move || cluster.with_value(|cluster| Some(asks::spread(cluster))));
    let body = move |page: Arc<Spreads>| {
        let rows = cluster.with_value(|cluster| page.spread.iter().map(|one| row(cluster, one)).collect());
        view! { <Table caption="Spread" columns=&COLUMNS rows=rows /> }.into_any()
    };
    let empty = Empty {
        title: "Nothing is known of the spread",
        text: "It comes with the first answer of the cluster; bytes with metrics.url of the cluster.",
    };
    view! { <Shown query=spread part=part::BROKERS title="Spread" note=|| "the broker that has most against the mean of all that are up" source="Metadata, DescribeLogDirs and the brokers' metrics" empty=empty body=body /> }
        .into_any()
}

/// A resource in words.
fn resource(word: &str) -> String {
    match word {
        "bytes_in" => "Bytes in".into(),
        "bytes_out" => "Bytes out".into(),
        "leaders" => "Leaders".into(),
        "replicas" => "Replicas".into(),
        "disk" => "Disk".into(),
        other => other.replace('_', " "),
    }
}

/// How uneven it is, in a word.
fn word(ratio: f64) -> &'static str {
    match ratio {
        even if even < 1.1 => "even",
        some if some < 1.5 => "a little uneven",
        much if much < 2.0 => "uneven",
        _ => "very uneven",
    }
}

fn row(cluster: &str, spread: &Spread) -> Vec<AnyView> {
    let place = use_place();
    let worst = match spread.worst_broker_id {
        Some(id) => {
            let to = page::broker(cluster, id);
            view! { <a href=move || place.to(&to)>{format!("Broker {id}")}</a> }.into_any()
        }
        None => unknown(),
    };
    let without = (spread.unknown_broker_count > 0).then(|| {
        let brokers = counted(spread.unknown_broker_count.into(), "broker", "brokers");
        view! { <span class="sub">{format!("without {brokers} not known")}</span> }
    });
    let ratio = spread.ratio.map_or_else(unknown, |ratio| {
        // From the mean on: twice the mean is a full bar.
        let percent = ((ratio - 1.0).clamp(0.0, 1.0) * 100.0).round() as u64;
        view! { <span class="used">{bar(percent, Tone::Plain)}<span>{format!("{ratio:.2} × ")}<span class="dim">{word(ratio)}</span></span></span> }.into_any()
    });
    vec![
        view! { {resource(&spread.resource)}{without} }.into_any(),
        worst,
        measure(spread.unit, spread.worst),
        measure(spread.unit, spread.mean),
        ratio,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_uneven_it_is_has_a_word() {
        assert_eq!([1.0, 1.2, 1.5, 3.0].map(word), ["even", "a little uneven", "uneven", "very uneven"]);
    }
}
