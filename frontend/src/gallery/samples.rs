//! What the store of the gallery answers: the samples of the vocabulary, as JSON, in the state that is asked for.

use leptos::prelude::*;
use serde::Serialize;
use shared::{
    event::{Event, Events, Subject},
    inventory::{samples, *},
    load::{self, BrokerLoads, Load, Metric},
    meta::{Meta, Reading},
    problem::Problem,
    status::{DatabaseStatus, Engine, Status},
};

use crate::api::Fault;

pub(super) type Answer = Option<Result<String, Fault>>;

/// A parameter of the gallery's address.
pub(crate) fn param(name: &str) -> Option<String> {
    let search = window().location().search().ok()?;
    let pairs = search.trim_start_matches('?').split('&');
    pairs
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// The answer to an address; `None` never answers.
pub(crate) fn answer(url: &str) -> Answer {
    match param("state").as_deref() {
        Some("loading") => None,
        Some("failed") => failed(url),
        Some("missing") => Some(Err(not_found())),
        Some("restricted") if super::topology::concerns(url) => super::topology::answer(url, "restricted"),
        Some("restricted") if super::lag::concerns(url) => super::lag::answer(url, "restricted"),
        Some("restricted") => restricted(url),
        Some("past")
            if matches!(kind(url), Kind::Events | Kind::Load | Kind::FleetLoad)
                || url.contains("/history") =>
        {
            Some(Err(history_unavailable()))
        }
        Some("silent") => Some(Err(Fault::Unreachable("Failed to fetch".into()))),
        state if super::topology::concerns(url) => super::topology::answer(url, state.unwrap_or("full")),
        state if super::lag::concerns(url) => super::lag::answer(url, state.unwrap_or("full")),
        state => view(url, state.unwrap_or("full")),
    }
}

pub(super) fn not_found() -> Fault {
    Fault::Problem(Problem {
        kind: "not-found".into(),
        title: "Not found".into(),
        status: 404,
        detail: "Nothing of this name is known on any cluster.".into(),
    })
}

/// The past while the database is down.
fn history_unavailable() -> Fault {
    Fault::Problem(Problem {
        kind: "history-unavailable".into(),
        title: "The past cannot be read".into(),
        status: 503,
        detail: "The database did not answer within 2 s. The present is shown all the same; see Riverkeeper's status.".into(),
    })
}

/// What a token of the owner `checkout` sees.
fn restricted(url: &str) -> Answer {
    let is_own = |topic: &Topic| topic.owner.as_deref() == Some("checkout");
    match kind(url) {
        Kind::Clusters => json(&samples::clusters_restricted()),
        Kind::Cluster => {
            let mut page = samples::cluster();
            page.cluster = samples::clusters_restricted().clusters.swap_remove(0);
            (page.quorum, page.reassignments) = (None, None);
            json(&page)
        }
        Kind::Topics => {
            let mut page = samples::topics();
            page.topics.retain(is_own);
            json(&paged(page, url))
        }
        Kind::Owners => {
            let mut page = samples::owners();
            page.owners.truncate(1);
            json(&page)
        }
        Kind::Events => view(url, "empty"),
        Kind::Brokers
        | Kind::Broker(_)
        | Kind::BrokerLoads
        | Kind::Load
        | Kind::FleetLoad
        | Kind::Spread
        | Kind::Restart
        | Kind::Replication
        | Kind::Status => Some(Err(not_found())),
        _ => view(url, "full"),
    }
}

/// A fleet that was never read.
fn failed(url: &str) -> Answer {
    let mut cluster = samples::cluster();
    if let Some(unread) =
        samples::clusters_failed().clusters.into_iter().find(|cluster| cluster.name == "east")
    {
        cluster.cluster = unread;
    }
    match kind(url) {
        Kind::Clusters => json(&samples::clusters_failed()),
        Kind::Status => view(url, "full"),
        Kind::Cluster => {
            cluster.quorum = None;
            cluster.reassignments = None;
            json(&with(cluster, |cluster| &mut cluster.meta, never_read))
        }
        _ if super::topology::concerns(url) => super::topology::answer(url, "failed"),
        _ if super::lag::concerns(url) => super::lag::answer(url, "failed"),
        Kind::Search | Kind::Owners | Kind::Unknown => view(url, "full"),
        Kind::Events => view(url, "empty"),
        _ => Some(Err(not_read_yet())),
    }
}

/// One thing of a cluster that was never read.
pub(super) fn not_read_yet() -> Fault {
    Fault::Problem(Problem {
        kind: "not-read-yet".into(),
        title: "East was never read".into(),
        status: 503,
        detail: samples::silence().what,
    })
}

enum Kind {
    Clusters,
    Cluster,
    Brokers,
    Broker(i32),
    BrokerLoads,
    Load,
    FleetLoad,
    Spread,
    Restart,
    Topics,
    Topic,
    Partitions,
    Replication,
    Events,
    Search,
    Owners,
    Status,
    Unknown,
}

fn kind(url: &str) -> Kind {
    let path = url.split('?').next().unwrap_or(url);
    let steps: Vec<&str> = path.split('/').skip(2).collect();
    match steps.as_slice() {
        ["clusters"] => Kind::Clusters,
        ["clusters", _] => Kind::Cluster,
        ["clusters", _, "brokers"] => Kind::Brokers,
        ["clusters", _, "brokers", id] => id.parse().map_or(Kind::Unknown, Kind::Broker),
        ["clusters", _, "broker-loads"] => Kind::BrokerLoads,
        ["clusters", _, "load"] => Kind::Load,
        ["clusters", _, "spread"] => Kind::Spread,
        ["clusters", _, "restart-verdicts"] => Kind::Restart,
        ["load"] => Kind::FleetLoad,
        ["clusters", _, "topics"] => Kind::Topics,
        ["clusters", _, "topics", _] => Kind::Topic,
        ["clusters", _, "topics", _, "partitions"] => Kind::Partitions,
        ["clusters", _, "replication"] => Kind::Replication,
        ["clusters", _, "events"] | ["events"] => Kind::Events,
        ["search"] => Kind::Search,
        ["owners"] => Kind::Owners,
        ["status"] => Kind::Status,
        _ => Kind::Unknown,
    }
}

fn view(url: &str, state: &str) -> Answer {
    let is_empty = state == "empty";
    let is_hidden = state == "hidden";
    let is_well = matches!(state, "well" | "slow" | "unmetered");
    let stale = |meta: &mut Meta| {
        if state == "stale" {
            grow_old(meta);
        }
    };
    match kind(url) {
        Kind::Clusters if is_empty => json(&samples::clusters_empty()),
        Kind::Clusters if state == "unmetered" => {
            let mut page = samples::clusters_well();
            page.clusters.iter_mut().for_each(without_rates);
            json(&page)
        }
        Kind::Clusters if is_well => json(&samples::clusters_well()),
        Kind::Cluster if is_well => {
            let mut page = samples::cluster();
            page.cluster = samples::clusters_well().clusters.swap_remove(1);
            page.quorum = page.quorum.map(|quorum| Quorum { voters_caught_up: 3, ..quorum });
            if state == "unmetered" {
                without_rates(&mut page.cluster);
            }
            json(&page)
        }
        Kind::Clusters if is_hidden => json(&samples::clusters_hidden()),
        Kind::Cluster if is_hidden => json(&samples::cluster_hidden()),
        Kind::Clusters => json(&with(samples::clusters(), |page| &mut page.meta, stale)),
        Kind::Cluster => json(&with(samples::cluster(), |page| &mut page.meta, stale)),
        Kind::Brokers => {
            let mut page = with(samples::brokers(), |page| &mut page.meta, stale);
            page.at_least = is_hidden;
            if is_well {
                page.brokers.iter_mut().for_each(be_up);
            }
            json(&page)
        }
        Kind::Broker(id) => {
            let mut page = with(samples::broker(id), |page| &mut page.meta, stale);
            page.at_least = is_hidden;
            if is_well {
                be_up(&mut page.broker);
            }
            json(&page)
        }
        Kind::BrokerLoads => json(&with(broker_loads(state), |page| &mut page.meta, stale)),
        Kind::Load => json(&with(load(url, state, load::samples::load), |page| &mut page.meta, stale)),
        Kind::FleetLoad => {
            json(&with(load(url, state, load::samples::fleet_load), |page| &mut page.meta, stale))
        }
        Kind::Spread => {
            let mut page = with(load::samples::spread(), |page| &mut page.meta, stale);
            if is_empty {
                page.spread.clear();
            }
            if state == "unmetered" {
                page.spread.retain(|row| !row.resource.starts_with("bytes"));
            }
            json(&page)
        }
        Kind::Restart if is_well => json(&samples::restart_verdicts_well()),
        Kind::Restart => {
            let mut page = with(samples::restart_verdicts(), |page| &mut page.meta, stale);
            if is_empty {
                page.restart_verdicts.clear();
            }
            json(&page)
        }
        Kind::Topics => {
            let mut page = with(samples::topics(), |page| &mut page.meta, stale);
            if is_hidden {
                (page.at_least, page.hidden_topic_count) = (true, Some(3));
            }
            if is_well {
                for topic in &mut page.topics {
                    (topic.under_replicated_count, topic.at_min_isr_count) = (0, Some(0));
                    topic.under_replicated_since = None;
                    if state == "unmetered" {
                        (topic.bytes_in_per_second, topic.bytes_out_per_second) = (None, None);
                    }
                }
            }
            if is_empty {
                page.topics.clear();
                page.meta.total = Some(0);
            }
            json(&paged(page, url))
        }
        Kind::Topic if is_hidden => {
            let mut page = samples::topic();
            (page.configs, page.configs_refused) = (None, true);
            (page.topic.min_insync_replicas, page.topic.retention_ms) = (None, None);
            json(&page)
        }
        Kind::Topic => json(&with(samples::topic(), |page| &mut page.meta, stale)),
        Kind::Partitions => json(&with(samples::partitions(), |page| &mut page.meta, stale)),
        Kind::Replication => {
            let mut page = with(samples::replication(), |page| &mut page.meta, stale);
            if is_empty {
                page.replication.clear();
            }
            page.at_least = is_hidden;
            if is_well {
                page.replication.iter_mut().for_each(|point| point.under_replicated_count = 0);
            }
            json(&page)
        }
        Kind::Events => {
            let mut page = samples::events();
            if is_well {
                page.events.retain(|event| !event.kind.starts_with("broker_"));
            }
            if is_empty {
                page.events.clear();
            }
            json(&filtered(page, url))
        }
        Kind::Owners => json(&samples::owners()),
        Kind::Search => json(&shared::search::sample()),
        Kind::Status => json(&status(state)),
        Kind::Unknown => Some(Err(not_found())),
    }
}

fn without_rates(cluster: &mut Cluster) {
    (cluster.bytes_in_per_second, cluster.bytes_out_per_second) = (None, None);
}

fn be_up(broker: &mut Broker) {
    (broker.state, broker.since, broker.out_of_sync_count) = (BrokerState::Up, None, 0);
    (broker.size_bytes, broker.leader_count) = (Some(1_950_000_000_000), 204);
    broker.last_seen = Some(samples::now() - chrono::Duration::seconds(6));
}

/// What the brokers carry. Without metrics endpoints their disks are known all the same.
fn broker_loads(state: &str) -> BrokerLoads {
    let mut page = load::samples::broker_loads();
    let up = page.broker_loads[1].clone();
    match state {
        "empty" => page.broker_loads.clear(),
        "well" | "slow" => {
            for row in page.broker_loads.iter_mut().filter(|row| row.broker_id == 2) {
                (row.as_of, row.failure, row.values) = (up.as_of, None, up.values.clone());
            }
            if state == "well" {
                page.broker_loads.iter_mut().for_each(|row| row.abnormal.clear());
            }
        }
        "stale" => {
            for row in &mut page.broker_loads {
                row.as_of = row.as_of.map(|as_of| as_of - chrono::Duration::seconds(120));
            }
        }
        "unmetered" => {
            for row in &mut page.broker_loads {
                (row.as_of, row.failure) = (None, None);
                row.abnormal.clear();
                row.values.retain(|metric, _| matches!(metric, Metric::DiskUsed | Metric::Size));
            }
            page.meta.readings.clear();
        }
        _ => {}
    }
    // As many brokers as the address asks for, the first of them as above.
    let wanted = param("brokers").and_then(|wanted| wanted.parse::<i32>().ok()).unwrap_or_default();
    for broker_id in page.broker_loads.len() as i32 + 1..=wanted {
        page.broker_loads.push(load::BrokerLoad { broker_id, ..up.clone() });
    }
    page.meta.total = Some(page.broker_loads.len() as u64);
    page
}

/// A metric over time, as many lines as the address asks for.
fn load(url: &str, state: &str, sample: fn(Metric) -> Load) -> Load {
    let value = |name: &str| {
        let (_, rest) = url.split_once(&format!("{name}="))?;
        rest.split('&').next().map(String::from)
    };
    let time = |name: &str| value(name)?.replace("%3A", ":").parse::<shared::DateTime>().ok();
    let metric = value("metric").and_then(|word| Metric::parse(&word)).unwrap_or(Metric::BytesIn);
    let mut page = sample(metric);
    if let Some(id) = value("broker").and_then(|id| id.parse::<i32>().ok()) {
        page.load.retain(|series| series.broker_id == Some(id));
    }
    if matches!(state, "empty" | "unmetered") {
        page.load.clear();
    }
    if matches!(state, "well" | "slow") {
        for point in page.load.iter_mut().flat_map(|one| &mut one.points) {
            point.1 = point.1.or(sample(metric).load.first().and_then(|one| one.points.first()?.1));
        }
    }
    if let Some(broker_id) = value("broker").and_then(|id| id.parse::<i32>().ok()).filter(|id| *id > 3) {
        page.load.extend(sample(metric).load.into_iter().take(1));
        page.load.iter_mut().for_each(|one| one.broker_id = Some(broker_id));
    }
    let wanted = param("brokers").and_then(|wanted| wanted.parse::<i32>().ok()).unwrap_or_default();
    let wanted = if value("broker").is_none() { wanted } else { 0 };
    for broker_id in page.load.len() as i32 + 1..=wanted {
        let Some(mut one) = page.load.first().cloned() else { break };
        one.broker_id = Some(broker_id);
        let factor = 0.5 + f64::from(broker_id % 17) / 20.0;
        one.points.iter_mut().for_each(|point| point.1 = point.1.map(|value| value * factor));
        page.load.push(one);
    }
    stretch(&mut page, time("from"), time("to"));
    page
}

/// Draws the hour of the story over the time that was asked for.
fn stretch(page: &mut Load, from: Option<shared::DateTime>, to: Option<shared::DateTime>) {
    let (from, to) = (from.unwrap_or(page.from), to.unwrap_or(page.to));
    let (told, asked) = ((page.to - page.from).num_seconds().max(1), (to - from).num_seconds());
    for point in page.load.iter_mut().flat_map(|one| &mut one.points) {
        let seconds = (point.0 - page.from).num_seconds() * asked / told;
        point.0 = from + chrono::Duration::seconds(seconds);
    }
    (page.from, page.to) = (from, to);
}

fn filtered(mut page: Events, url: &str) -> Events {
    let of_broker = |event: &Event, broker_id: i32| event.subject == Subject::Broker { broker_id };
    for broker_id in 1..=3 {
        if url.contains(&format!("broker={broker_id}")) {
            page.events.retain(|event| of_broker(event, broker_id));
        }
    }
    let kind = url.split("kind=").nth(1).and_then(|rest| rest.split('&').next());
    if let Some(kind) = kind {
        page.events.retain(|event| event.kind == kind);
    } else if url.contains("limit=12&") || url.ends_with("limit=12") {
        page.meta.next_cursor = Some("older".into());
    }
    page
}

/// Riverkeeper itself; in the state `past` its database is down, while `well` it keeps nothing.
fn status(state: &str) -> Status {
    let mut status = shared::status::sample();
    if state == "past" {
        status.database.failure = Some(samples::silence());
        status.database.failure.iter_mut().for_each(|failure| {
            failure.what =
                "Could not write to /var/lib/riverkeeper/riverkeeper.db: no space left on device.".into();
        });
        (status.database.waiting_event_count, status.database.lost_event_count) = (412, 7);
        status.cycles[1].store_failure = status.database.failure.clone();
    }
    if state == "well" {
        status.database = DatabaseStatus {
            engine: Engine::None,
            location: None,
            failure: None,
            written_at: None,
            size_bytes: None,
            events_since: None,
            waiting_event_count: 0,
            lost_event_count: 0,
            written_by_others: vec![],
        };
    }
    if state == "full" {
        status.database.written_by_others = vec!["aggregate".into()];
    }
    status
}

fn json<T: Serialize>(view: &T) -> Answer {
    serde_json::to_string(view).ok().map(Ok)
}

fn with<T>(mut view: T, meta: fn(&mut T) -> &mut Meta, change: impl Fn(&mut Meta)) -> T {
    change(meta(&mut view));
    view
}

pub(super) fn grow_old(meta: &mut Meta) {
    for reading in &mut meta.readings {
        let age = (reading.period_seconds * 12.0) as i64;
        let failure = Some(samples::silence());
        *reading = Reading {
            period_seconds: reading.period_seconds,
            ..samples::reading(reading.cluster.as_deref(), &reading.part, Some(age), failure)
        };
    }
}

pub(super) fn never_read(meta: &mut Meta) {
    for reading in &mut meta.readings {
        *reading =
            samples::reading(reading.cluster.as_deref(), &reading.part, None, Some(samples::silence()));
    }
}

/// As many topics as the address asks for, page by page.
fn paged(mut page: Topics, url: &str) -> Topics {
    let number = |name: &str| {
        let (_, rest) = url.split_once(&format!("{name}="))?;
        rest.split('&').next()?.parse::<usize>().ok()
    };
    let Some(total) = param("rows").and_then(|rows| rows.parse::<usize>().ok()) else {
        page.meta.total = Some(page.topics.len() as u64);
        return page;
    };
    let (offset, limit) = (number("offset").unwrap_or(0), number("limit").unwrap_or(100));
    let known = page.topics;
    page.topics = (offset..(offset + limit).min(total))
        .filter_map(|at| match known.get(at) {
            Some(topic) => Some(topic.clone()),
            None => Some(Topic {
                name: format!("telemetry.device-{at:06}.events.v{}", at % 4),
                under_replicated_count: 0,
                under_replicated_since: None,
                at_min_isr_count: Some(0),
                size_bytes: Some((total - at) as u64 * 1_700_000),
                ..known.get(2)?.clone()
            }),
        })
        .collect();
    page.meta.total = Some(total as u64);
    page
}
