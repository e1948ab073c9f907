//! The routes of LinkedIn's Burrow 1.9 (`httpserver/kafka.go`), so that everything that speaks to Burrow can speak to us.
//! They answer as Burrow would, rules and all; what the asker may not see is not there.

use std::collections::BTreeMap;

use axum::{
    extract::State,
    http::{StatusCode, Uri},
    response::Response,
    routing::any,
};
use serde::Serialize;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::envelope::{answer, error};
use crate::{
    access::Scope,
    capabilities::lag::{
        Lag,
        book::{Group, Partition, Topics},
        evaluate::{GroupStatus, Offset, Status, current_lag, not_found, status},
        query::Known,
    },
    http::{path::Path, problem::Fault},
};

const NO_CLUSTER: &str = "cluster not found";

/// The routes.
pub fn routes() -> OpenApiRouter<Lag> {
    OpenApiRouter::new()
        .routes(routes!(admin))
        .routes(routes!(ready))
        .routes(routes!(clusters))
        .routes(routes!(cluster))
        .routes(routes!(topics))
        .routes(routes!(topic))
        .routes(routes!(topic_consumers))
        .routes(routes!(consumers))
        .routes(routes!(consumer))
        .routes(routes!(consumer_status))
        .routes(routes!(consumer_lag))
        // Burrow's own log is not ours to tell or set.
        .route("/v3/admin/loglevel", any(async || Fault::MethodNotAllowed))
}

/// Burrow's sign of life.
#[utoipa::path(get, path = "/burrow/admin", tag = "burrow", responses((status = 200, body = String)))]
async fn admin() -> &'static str {
    "GOOD"
}

/// Whether every cluster that may be seen was read.
#[utoipa::path(get, path = "/burrow/admin/ready", tag = "burrow",
    responses((status = 200, description = "READY"), (status = 503, description = "STARTING")))]
async fn ready(State(lag): State<Lag>, scope: Scope) -> (StatusCode, &'static str) {
    let is_ready = lag.all(&scope).iter().all(|known| known.groups.is_some());
    if is_ready { (StatusCode::OK, "READY") } else { (StatusCode::SERVICE_UNAVAILABLE, "STARTING") }
}

/// The names of the clusters.
#[utoipa::path(get, path = "/v3/kafka", tag = "burrow", responses((status = 200, description = "As Burrow answers")))]
async fn clusters(State(lag): State<Lag>, scope: Scope, uri: Uri) -> Response {
    let names: Vec<String> = lag.all(&scope).into_iter().map(|known| known.name).collect();
    answer(StatusCode::OK, &uri, "cluster list returned", "clusters", &names)
}

/// How a cluster is configured.
#[utoipa::path(get, path = "/v3/kafka/{cluster}", tag = "burrow",
    params(("cluster" = String, Path, description = "The cluster's name")),
    responses((status = 200, description = "As Burrow answers"), (status = 404, description = "As Burrow answers")))]
async fn cluster(State(lag): State<Lag>, Path(cluster): Path<String>, scope: Scope, uri: Uri) -> Response {
    let Some(known) = lag.known(&scope, &cluster) else { return error(&uri, "cluster module not found") };
    let seconds = lag.settings.period.as_secs();
    let profile = json!({
        "name": "", "client-id": "riverkeeper", "kafka-version": "", "tls": null, "sasl": null,
    });
    // Addresses are for who sees the whole cluster.
    let servers = if scope.sees_wholly(&cluster) { known.bootstrap } else { vec![] };
    let module = json!({
        "class-name": "kafka", "servers": servers, "client-profile": profile,
        "topic-refresh": seconds, "offset-refresh": seconds,
    });
    answer(StatusCode::OK, &uri, "cluster module detail returned", "module", &module)
}

/// The topics of a cluster that groups have committed for.
#[utoipa::path(get, path = "/v3/kafka/{cluster}/topic", tag = "burrow",
    params(("cluster" = String, Path, description = "The cluster's name")),
    responses((status = 200, description = "As Burrow answers"), (status = 404, description = "As Burrow answers")))]
async fn topics(State(lag): State<Lag>, Path(cluster): Path<String>, scope: Scope, uri: Uri) -> Response {
    let Some(known) = lag.known(&scope, &cluster) else { return error(&uri, NO_CLUSTER) };
    let topics = known.book.topics();
    let mut names: Vec<&str> = topics.names().filter(|topic| scope.sees_topic(&cluster, topic)).collect();
    names.sort_unstable();
    answer(StatusCode::OK, &uri, "topic list returned", "topics", &names)
}

/// The log end of each partition of a topic.
#[utoipa::path(get, path = "/v3/kafka/{cluster}/topic/{topic}", tag = "burrow",
    params(("cluster" = String, Path, description = "The cluster's name"), ("topic" = String, Path, description = "The topic's name")),
    responses((status = 200, description = "As Burrow answers"), (status = 404, description = "As Burrow answers")))]
async fn topic(
    State(lag): State<Lag>,
    Path((cluster, topic)): Path<(String, String)>,
    scope: Scope,
    uri: Uri,
) -> Response {
    let known = lag.known(&scope, &cluster).filter(|_| scope.sees_topic(&cluster, &topic));
    let ends = known.and_then(|known| known.book.topics().newest(&topic));
    let Some(ends) = ends else { return error(&uri, "cluster or topic not found") };
    let offsets: Vec<i64> = ends.into_iter().flatten().collect();
    answer(StatusCode::OK, &uri, "topic offsets returned", "offsets", &offsets)
}

/// The groups that have committed for a topic.
#[utoipa::path(get, path = "/v3/kafka/{cluster}/topic/{topic}/consumers", tag = "burrow",
    params(("cluster" = String, Path, description = "The cluster's name"), ("topic" = String, Path, description = "The topic's name")),
    responses((status = 200, description = "As Burrow answers"), (status = 404, description = "As Burrow answers")))]
async fn topic_consumers(
    State(lag): State<Lag>,
    Path((cluster, topic)): Path<(String, String)>,
    scope: Scope,
    uri: Uri,
) -> Response {
    let Some(known) = lag.known(&scope, &cluster) else { return error(&uri, NO_CLUSTER) };
    let groups = if scope.sees_topic(&cluster, &topic) {
        groups_where(&known, |topics, group| {
            let id = topics.id(&topic);
            id.is_some_and(|id| group.topics().any(|(topic, _)| topic == id))
        })
    } else {
        vec![]
    };
    answer(StatusCode::OK, &uri, "consumers of topic returned", "consumers", &groups)
}

/// The groups of a cluster that have committed.
#[utoipa::path(get, path = "/v3/kafka/{cluster}/consumer", tag = "burrow",
    params(("cluster" = String, Path, description = "The cluster's name")),
    responses((status = 200, description = "As Burrow answers"), (status = 404, description = "As Burrow answers")))]
async fn consumers(State(lag): State<Lag>, Path(cluster): Path<String>, scope: Scope, uri: Uri) -> Response {
    let Some(known) = lag.known(&scope, &cluster) else { return error(&uri, NO_CLUSTER) };
    let groups = groups_where(&known, |_, _| true);
    answer(StatusCode::OK, &uri, "consumer list returned", "consumers", &groups)
}

fn groups_where(known: &Known, is_asked: impl Fn(&Topics, &Group) -> bool) -> Vec<String> {
    let mut groups = Vec::new();
    known.book.each(|topics, name, group| {
        if known.sees(name) && is_asked(topics, group) {
            groups.push(name.to_owned());
        }
    });
    groups.sort_unstable();
    groups
}

/// What is kept of a group.
#[utoipa::path(get, path = "/v3/kafka/{cluster}/consumer/{consumer}", tag = "burrow",
    params(("cluster" = String, Path, description = "The cluster's name"), ("consumer" = String, Path, description = "The group's id")),
    responses((status = 200, description = "As Burrow answers"), (status = 404, description = "As Burrow answers")))]
async fn consumer(
    State(lag): State<Lag>,
    Path((cluster, consumer)): Path<(String, String)>,
    scope: Scope,
    uri: Uri,
) -> Response {
    let known = lag.known(&scope, &cluster).filter(|known| known.sees(&consumer));
    let now_seconds = lag.now().timestamp();
    let found = known.and_then(|known| {
        let intervals = lag.settings.keeping.intervals;
        known.book.group(&consumer, now_seconds, |topics, group| kept(topics, group, intervals))
    });
    let Some(found) = found else { return error(&uri, "cluster or consumer not found") };
    answer(StatusCode::OK, &uri, "consumer detail returned", "topics", &found)
}

#[derive(Serialize)]
struct Kept {
    offsets: Vec<Option<Offset>>,
    owner: String,
    client_id: String,
    #[serde(rename = "current-lag")]
    current_lag: u64,
}

fn kept(topics: &Topics, group: &Group, intervals: usize) -> BTreeMap<String, Vec<Kept>> {
    let of_topic = |(topic, partitions): (usize, &[_])| {
        let of_partition = |(at, it): (usize, &Partition)| {
            // Room that is not filled yet stands in front.
            let commits: Vec<_> = it.window.commits().filter(|_| !it.window.is_fetched()).collect();
            let free = if it.is_used { intervals.saturating_sub(commits.len()) } else { 0 };
            let offsets = std::iter::repeat_n(None, free);
            Kept {
                offsets: offsets.chain(commits.into_iter().map(|commit| Some(commit.into()))).collect(),
                owner: it.owner.as_deref().map(|owner| owner.host.clone()).unwrap_or_default(),
                client_id: it.owner.as_deref().map(|owner| owner.client_id.clone()).unwrap_or_default(),
                current_lag: current_lag(topics, topic, at, it),
            }
        };
        let name = topics.name(topic).unwrap_or_default().to_owned();
        (name, partitions.iter().enumerate().map(of_partition).collect())
    };
    group.topics().map(of_topic).collect()
}

/// How a group is, with the partitions that are not well.
#[utoipa::path(get, path = "/v3/kafka/{cluster}/consumer/{consumer}/status", tag = "burrow",
    params(("cluster" = String, Path, description = "The cluster's name"), ("consumer" = String, Path, description = "The group's id")),
    responses((status = 200, description = "As Burrow answers"), (status = 404, description = "As Burrow answers")))]
async fn consumer_status(
    State(lag): State<Lag>,
    Path((cluster, consumer)): Path<(String, String)>,
    scope: Scope,
    uri: Uri,
) -> Response {
    let mut found = judged(&lag, &scope, &cluster, &consumer);
    found.partitions.retain(|partition| partition.status > Status::Ok);
    told(&uri, &found)
}

/// How a group is, with all partitions.
#[utoipa::path(get, path = "/v3/kafka/{cluster}/consumer/{consumer}/lag", tag = "burrow",
    params(("cluster" = String, Path, description = "The cluster's name"), ("consumer" = String, Path, description = "The group's id")),
    responses((status = 200, description = "As Burrow answers"), (status = 404, description = "As Burrow answers")))]
async fn consumer_lag(
    State(lag): State<Lag>,
    Path((cluster, consumer)): Path<(String, String)>,
    scope: Scope,
    uri: Uri,
) -> Response {
    told(&uri, &judged(&lag, &scope, &cluster, &consumer))
}

fn judged(lag: &Lag, scope: &Scope, cluster: &str, group: &str) -> GroupStatus {
    let now_seconds = lag.now().timestamp();
    let how = (lag.settings.keeping, lag.settings.tolerated);
    let known = lag.known(scope, cluster).filter(|known| known.sees(group));
    let found = known.and_then(|known| {
        known
            .book
            .group(group, now_seconds, |topics, it| status((cluster, group), (topics, it), how, now_seconds))
    });
    found.unwrap_or_else(|| not_found(cluster, group))
}

/// What is not found is no error, and 404 all the same.
fn told(uri: &Uri, found: &GroupStatus) -> Response {
    let is_found = found.status != Status::NotFound;
    let status = if is_found { StatusCode::OK } else { StatusCode::NOT_FOUND };
    answer(status, uri, "consumer status returned", "status", found)
}
