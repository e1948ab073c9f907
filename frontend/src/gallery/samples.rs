//! What the store of the gallery answers: the samples of the vocabulary, as JSON, in the state that is asked for.

use leptos::prelude::*;
use serde::Serialize;
use shared::{
    inventory::{samples, *},
    meta::{Meta, Reading},
    problem::Problem,
};

use crate::api::Fault;

type Answer = Option<Result<String, Fault>>;

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
        Some("restricted") => restricted(url),
        Some("silent") => Some(Err(Fault::Unreachable("Failed to fetch".into()))),
        state => view(url, state.unwrap_or("full")),
    }
}

fn not_found() -> Fault {
    Fault::Problem(Problem {
        kind: "not-found".into(),
        title: "Not found".into(),
        status: 404,
        detail: "Nothing of this name is known on any cluster.".into(),
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
        Kind::Brokers | Kind::Replication | Kind::Status => Some(Err(not_found())),
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
        Kind::Search | Kind::Owners | Kind::Unknown => view(url, "full"),
        Kind::Events => view(url, "empty"),
        _ => Some(Err(Fault::Problem(Problem {
            kind: "not-read-yet".into(),
            title: "East was never read".into(),
            status: 503,
            detail: samples::silence().what,
        }))),
    }
}

enum Kind {
    Clusters,
    Cluster,
    Brokers,
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
    let stale = |meta: &mut Meta| {
        if state == "stale" {
            grow_old(meta);
        }
    };
    match kind(url) {
        Kind::Clusters if is_empty => json(&samples::clusters_empty()),
        Kind::Clusters if state == "well" => json(&samples::clusters_well()),
        Kind::Clusters if is_hidden => json(&samples::clusters_hidden()),
        Kind::Cluster if is_hidden => json(&samples::cluster_hidden()),
        Kind::Clusters => json(&with(samples::clusters(), |page| &mut page.meta, stale)),
        Kind::Cluster => json(&with(samples::cluster(), |page| &mut page.meta, stale)),
        Kind::Brokers => {
            let mut page = with(samples::brokers(), |page| &mut page.meta, stale);
            page.at_least = is_hidden;
            json(&page)
        }
        Kind::Topics => {
            let mut page = with(samples::topics(), |page| &mut page.meta, stale);
            if is_hidden {
                (page.at_least, page.hidden_topic_count) = (true, Some(3));
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
            json(&page)
        }
        Kind::Events => {
            let mut page = samples::events();
            if is_empty {
                page.events.clear();
            }
            json(&page)
        }
        Kind::Owners => json(&samples::owners()),
        Kind::Search => json(&shared::search::sample()),
        Kind::Status => json(&shared::status::sample()),
        Kind::Unknown => Some(Err(not_found())),
    }
}

fn json<T: Serialize>(view: &T) -> Answer {
    serde_json::to_string(view).ok().map(Ok)
}

fn with<T>(mut view: T, meta: fn(&mut T) -> &mut Meta, change: impl Fn(&mut Meta)) -> T {
    change(meta(&mut view));
    view
}

fn grow_old(meta: &mut Meta) {
    for reading in &mut meta.readings {
        let age = (reading.period_seconds * 12.0) as i64;
        let failure = Some(samples::silence());
        *reading = Reading {
            period_seconds: reading.period_seconds,
            ..samples::reading(reading.cluster.as_deref(), &reading.part, Some(age), failure)
        };
    }
}

fn never_read(meta: &mut Meta) {
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
