//! What the store of the gallery answers about tiers and flows: topology's samples, of the fleet that the address names.

use std::collections::BTreeMap;

use serde::Serialize;
use shared::{
    event::Events,
    meta::Meta,
    topology::{
        Drawn, FlowDetail, Flows, FlowsMeta, Topology, draw,
        samples::{self, flow_detail_of, flow_events, flow_history, topic_path},
    },
};

use super::samples::{Answer, grow_old, never_read, not_found, not_read_yet, param};

/// The flow whose page is shown.
pub(super) fn named() -> String {
    param("flow").unwrap_or_else(|| "west~aggregate~mirror-maker2".into())
}

/// Whether an address is about tiers and flows.
pub(super) fn concerns(url: &str) -> bool {
    url.starts_with(shared::route::api::TOPOLOGY) || url.contains("noun=topology") || url.contains("&flow=")
}

/// The answer to such an address.
pub(super) fn answer(url: &str, state: &str) -> Answer {
    let path = url.split('?').next().unwrap_or(url);
    let steps: Vec<&str> = path.split('/').skip(2).collect();
    match steps.as_slice() {
        ["topology"] => json(&page(url, state)),
        ["topology", "flows"] => json(&flows(url, state)),
        ["topology", ..] if state == "failed" => Some(Err(not_read_yet())),
        ["topology", "flows", _, "history"] => {
            let mut page = flow_history();
            if state == "empty" {
                page.points.clear();
            }
            if state == "well" {
                page.points.iter_mut().for_each(|point| {
                    (point.1, point.2) = (point.1.map(|lag| lag.min(390.0)), point.2.map(|age| age.min(2.0)));
                });
            }
            if state == "stale" {
                grow_old(&mut page.meta);
            }
            json(&page)
        }
        ["topology", "flows", _] => json_of_flow(url, state),
        ["topology", "topics", _] => {
            let mut page = topic_path();
            if state == "stale" {
                grow_old(&mut page.meta);
            }
            if matches!(state, "empty" | "well" | "restricted") {
                page.hops.truncate(1);
            }
            json(&page)
        }
        _ => json(&events(url, state)),
    }
}

/// The list, as the picture of the same fleet shows its flows.
fn flows(url: &str, state: &str) -> Flows {
    let Topology { mut flows, meta, .. } = page(url, state);
    if let Some((_, cluster)) = url.split_once("cluster=") {
        flows.retain(|flow| flow.source == cluster || flow.target == cluster);
    }
    let meta = Meta { total: Some(flows.len() as u64), ..meta };
    let mut by_verdict = BTreeMap::new();
    flows.iter().for_each(|flow| *by_verdict.entry(flow.verdict).or_default() += 1);
    Flows { flows, meta: FlowsMeta { meta, by_verdict } }
}

fn json_of_flow(url: &str, state: &str) -> Answer {
    let Some(mut page) = flow_detail_of(&fleet(url, state), &named()) else { return Some(Err(not_found())) };
    match state {
        "stale" => grow_old(&mut page.meta),
        "empty" => {
            page.topics.clear();
            (page.flow.topic_count, page.meta.total) = (0, Some(0));
            page.flow.evidence.clear();
        }
        "hidden" => hide(&mut page),
        _ => {}
    }
    if let Some((_, q)) = url.split_once("&q=") {
        page.topics.retain(|topic| topic.source_topic.contains(q));
        page.meta.total = Some(page.topics.len() as u64);
    }
    json(&page)
}

/// Names as long as they come, and numbers that nobody knows.
fn hide(page: &mut FlowDetail) {
    for topic in &mut page.topics {
        topic.source_topic =
            format!("{}.{}", "a-very-long-name-that-somebody-gave-to-it".repeat(3), topic.source_topic);
        topic.target_topic = Some(format!("west.{}", topic.source_topic));
        (topic.lag_records, topic.age_seconds, topic.partition_count) = (None, None, None);
    }
    (page.flow.latency, page.flow.heartbeat_age_seconds) = (vec![], None);
    (page.flow.bytes_per_second, page.flow.records_per_second) = (None, None);
    page.settings = shared::topology::FlowSettings::default();
}

/// The fleet that the address of the gallery names.
fn fleet(url: &str, state: &str) -> Topology {
    let is_collapsed = !url.contains("collapse=false");
    match (param("fleet").as_deref(), state) {
        (Some("paused"), _) => samples::topology_paused(),
        (Some("losing"), _) => samples::topology_losing(),
        (Some("alias"), _) => samples::topology_unknown_alias(),
        (Some("cycle"), _) => samples::topology_cycle(),
        (Some("none"), _) => samples::topology_no_mirror(),
        (Some("silent"), _) => samples::topology_silent(),
        (Some("100"), _) => samples::topology_of_100(is_collapsed),
        (_, "well" | "slow" | "unmetered") => samples::topology_well(),
        _ => samples::topology(),
    }
}

fn page(url: &str, state: &str) -> Topology {
    let mut page = fleet(url, state);
    match state {
        "stale" => grow_old(&mut page.meta),
        "failed" => {
            never_read(&mut page.meta);
            clear(&mut page);
        }
        "empty" => clear(&mut page),
        "restricted" => {
            page.applications.retain(|one| one.owner.as_deref() == Some("search"));
            page.flows.clear();
            page.tiers.iter_mut().for_each(|tier| tier.clusters.retain(|one| one.name != "west"));
        }
        _ => {}
    }
    if url.contains("applications=false") {
        page.applications.clear();
    }
    let value = |name: &str| {
        let pairs = url.split_once('?')?.1.split('&');
        pairs
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
    };
    if let Some(chosen) = value("datacenter") {
        let far: Vec<String> = page
            .tiers
            .iter()
            .flat_map(|tier| &tier.clusters)
            .filter(|one| one.datacenter.as_deref() != Some(&chosen))
            .map(|one| one.name.clone())
            .collect();
        page.flows.retain(|flow| !far.contains(&flow.source));
        page.applications.retain(|one| !far.contains(&one.cluster));
        page.tiers.iter_mut().for_each(|tier| tier.clusters.retain(|one| !far.contains(&one.name)));
    }
    if value("topic").is_some_and(|topic| topic == "nothing") {
        page.flows.clear();
    }
    let collapse = page.drawing.is_collapsed;
    let drawn = Drawn { tiers: &page.tiers, flows: &page.flows, applications: &page.applications, collapse };
    page.drawing = draw(&drawn);
    page.meta.total = Some(page.flows.len() as u64);
    page
}

fn clear(page: &mut Topology) {
    page.tiers.clear();
    page.flows.clear();
    page.applications.clear();
    page.findings.clear();
    page.datacenters.clear();
}

fn events(url: &str, state: &str) -> Events {
    let mut page = flow_events();
    let is_of_another = url.contains("&flow=") && !url.contains(&named());
    if matches!(state, "empty" | "well" | "failed" | "restricted")
        || is_of_another
        || param("fleet").is_some()
    {
        page.events.clear();
    }
    page
}

fn json<T: Serialize>(view: &T) -> Answer {
    serde_json::to_string(view).ok().map(Ok)
}
