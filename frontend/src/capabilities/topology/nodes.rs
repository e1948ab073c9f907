//! A box: a cluster, clusters that are well as one, or an application.

use leptos::prelude::*;
use shared::{
    lag::LagVerdict,
    meta::Freshness,
    route::{page, segment},
    topology::{Application, ApplicationRole, DrawnNode, NodeKind, TierCluster, Topology, words},
    units::counted,
    verdict::Severity,
};

use super::state::outline;
use crate::{
    components::{Mark, mark},
    place::use_place,
};

/// Draws it at its place.
pub(crate) fn node(page: &Topology, node: &DrawnNode, freshness: Memo<Option<Freshness>>) -> AnyView {
    let inside = match &node.kind {
        NodeKind::Cluster { cluster: name } => {
            let mut known =
                page.tiers.iter().flat_map(|tier| tier.clusters.iter().map(move |one| (tier, one)));
            let found = known.find(|(_, one)| one.name == *name);
            found.map(|(tier, one)| cluster(one, &tier.name, freshness))
        }
        NodeKind::Clusters { clusters, name } => Some(collapsed(page, clusters, name, freshness)),
        NodeKind::Application { application: id } => {
            page.applications.iter().find(|one| one.id == *id).map(application)
        }
    };
    let [x, y, width, height] = [node.x, node.y, node.width, node.height].map(|pixels| pixels.to_string());
    view! { <foreignObject x=x y=y width=width height=height>{inside}</foreignObject> }.into_any()
}

fn cluster(one: &TierCluster, tier: &str, freshness: Memo<Option<Freshness>>) -> AnyView {
    let place = use_place();
    let severity = one.severity();
    let said = one.spoken(tier);
    let (name, whereabouts, carried) = (one.name.clone(), one.whereabouts(), one.carried());
    let carried = if carried.is_empty() { "rates not known".into() } else { carried };
    let kind = Memo::new(move |_| Mark::of(severity, freshness.get()));
    let inside = view! {
        <b><span class=move || kind.get().class()>{move || mark(kind.get())}</span><span class="name">{name}</span></b>
        <span>{whereabouts}</span>
        <span>{carried}</span>
    };
    if !one.is_watched {
        return view! { <div class="node is-unwatched" title=said>{inside}</div> }.into_any();
    }
    let to = page::cluster(&one.name);
    view! { <a class=format!("node {}", outline(severity)) href=move || place.to(&to) aria-label=said.clone() title=said.clone()>{inside}</a> }
        .into_any()
}

/// Clusters that are well, as one: it leads to the picture in which each is drawn.
fn collapsed(page: &Topology, names: &[String], common: &str, freshness: Memo<Option<Freshness>>) -> AnyView {
    let place = use_place();
    let clusters =
        || page.tiers.iter().flat_map(|tier| &tier.clusters).filter(|one| names.contains(&one.name));
    let sum = |of: fn(&TierCluster) -> Option<f64>| clusters().map(of).sum::<Option<f64>>();
    let told = |bytes: Option<f64>, way: &str| bytes.map(|bytes| format!("{} {way}", words::rate(bytes)));
    let carried = [
        told(sum(|one| one.produce_bytes_per_second), "in"),
        told(sum(|one| one.consume_bytes_per_second), "out"),
    ];
    let carried = carried.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let count = counted(names.len() as u64, "cluster", "clusters");
    let kind = Memo::new(move |_| Mark::of(Severity::Ok, freshness.get()));
    let common = common.to_owned();
    let how = move || if kind.get() == Mark::Well { "all well" } else { "all were well" };
    let said = format!("{count}: {common}. Draw each of them");
    let href = move || place.here(&[("collapse", Some("false"))]);
    view! {
        <a class="node is-many" href=href aria-label=said title=names.join(", ") data-noscroll>
            <b><span class=move || kind.get().class()>{move || mark(kind.get())}</span><span class="name">{count}</span></b>
            <span>{common}", "{how}</span>
            <span>{carried}</span>
        </a>
    }
    .into_any()
}

fn application(one: &Application) -> AnyView {
    let place = use_place();
    let severity = one.verdict.map_or(Severity::Ok, LagVerdict::severity);
    let is_ill = severity >= Severity::Warning;
    let word = one.verdict.filter(|_| is_ill).map(|verdict| verdict.word().to_lowercase());
    let name = match &word {
        Some(word) => format!("{} · {word}", one.name),
        None => one.name.clone(),
    };
    let (what, on) = match one.role {
        ApplicationRole::Producers => ("writes to", &one.cluster),
        ApplicationRole::Consumers => ("reads from", &one.cluster),
    };
    let note = one.note();
    let told = if note.is_empty() { String::new() } else { format!(", {}", note.replace(" · ", ", ")) };
    let said = format!("{name}: {what} {on}{told}");
    let note = (!note.is_empty()).then(|| view! { <span>{note}</span> });
    let inside = view! { <b><span class="name">{name}</span></b>{note} };
    let class = format!("node is-application {}", outline(severity));
    let Some(to) = page_of(one) else {
        return view! { <div class=class title=said>{inside}</div> }.into_any();
    };
    view! { <a class=class href=move || place.to(&to) aria-label=said.clone() title=said.clone()>{inside}</a> }
        .into_any()
}

/// Where its groups are shown; who writes has no page.
fn page_of(one: &Application) -> Option<String> {
    if one.role == ApplicationRole::Producers {
        return None;
    }
    let cluster = format!("cluster={}", segment(&one.cluster));
    Some(match &one.owner {
        Some(owner) => format!("{}?{cluster}&owner={}", page::LAG, segment(owner)),
        None if one.group_count == Some(1) => page::group(&one.cluster, &one.name),
        None => format!("{}?{cluster}", page::LAG),
    })
}
