//! Routes of lag: ours, those that LinkedIn's Burrow has, and what scrapers are told.

mod burrow;
mod envelope;
mod exposition;
mod history;

use axum::{extract::State, response::Response};
use shared::{
    lag::{GroupDetail, GroupLags, LagVerdict},
    problem::Problem,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Lag,
    query::{self, GroupQuery, GroupSort, Known, PartitionSort},
};
use crate::{
    access::Scope,
    http::{answer::Asked, params::Params, path::Path, problem::Fault},
};

/// The words of `verdict`.
const VERDICTS: [(&str, LagVerdict); 7] = [
    ("ok", LagVerdict::Ok),
    ("unknown", LagVerdict::Unknown),
    ("rewound", LagVerdict::Rewound),
    ("behind", LagVerdict::Behind),
    ("stuck", LagVerdict::Stuck),
    ("stopped", LagVerdict::Stopped),
    ("losing", LagVerdict::Losing),
];

/// The routes.
pub fn routes(lag: Lag) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(groups))
        .routes(routes!(group))
        .merge(burrow::routes())
        .merge(exposition::routes())
        .merge(history::routes())
        .with_state(lag)
}

/// The consumer groups of all clusters, the worst first. Lags are what was known at `as_of`.
#[utoipa::path(get, path = "/api/v1/lag", tag = "lag",
    params(("cluster" = Option<String>, Query, description = "Only this cluster"),
        ("verdict" = Option<String>, Query, description = "Only groups that are judged so: ok, unknown, rewound, behind, stuck, stopped, losing"),
        ("owner" = Option<String>, Query, description = "Only the groups of this owner; none where nobody is called so"),
        ("topic" = Option<String>, Query, description = "Only groups that read a topic of this name; verdict and figures are those of that topic alone"),
        ("sort" = Option<String>, Query, description = "verdict, age_seconds, lag_records, lag_raw, group, partition_count; - descends; -verdict unless told: the worst first"),
        ("q" = Option<String>, Query, description = "Part of the group's id"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000; 100 unless told"),
        ("offset" = Option<u32>, Query, description = "Rows before the page"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = GroupLags), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn groups(
    State(lag): State<Lag>,
    scope: Scope,
    asked: Asked,
    mut params: Params,
) -> Result<Response, Fault> {
    let list = params.list(&GroupSort::WORDS, (GroupSort::Verdict, true))?;
    let (cluster, owner, topic) = (params.text("cluster"), params.text("owner"), params.text("topic"));
    let verdict = params.word("verdict", &VERDICTS)?;
    params.finish()?;
    let all = match cluster {
        None => lag.all(&scope),
        Some(cluster) => vec![known(&lag, &scope, &cluster)?],
    };
    let revisions: Vec<u64> = all.iter().flat_map(Known::revisions).collect();
    let readings: Vec<_> = all.iter().flat_map(|known| known.readings.clone()).collect();
    let (query, now) = (GroupQuery { list, owner, verdict, topic }, lag.now());
    Ok(asked.answer(&scope, &revisions, &readings, || query::groups(&all, &query, now)))
}

/// One consumer group with a page of its partitions, and its members.
#[utoipa::path(get, path = "/api/v1/lag/{cluster}/{group}", tag = "lag",
    params(("cluster" = String, Path, description = "The cluster's name"),
        ("group" = String, Path, description = "The group's id"),
        ("sort" = Option<String>, Query, description = "verdict, partition, lag_records; - descends; -verdict unless told: the worst first"),
        ("limit" = Option<u32>, Query, description = "Partitions, 1 to 1,000; 100 unless told"),
        ("offset" = Option<u32>, Query, description = "Partitions before the page"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = GroupDetail), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The groups were never read yet", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn group(
    State(lag): State<Lag>,
    Path((cluster, group)): Path<(String, String)>,
    scope: Scope,
    mut params: Params,
) -> Result<Response, Fault> {
    let page = params.list(&PartitionSort::WORDS, (PartitionSort::Verdict, true))?;
    params.finish()?;
    let known = known(&lag, &scope, &cluster)?;
    let found = query::detail(&known, &group, &page, lag.now());
    let found = found.ok_or_else(|| no_group(&known, &group))?;
    // Commits come all the time: what is kept of them has no revision.
    Ok(axum::response::IntoResponse::into_response(axum::Json(found)))
}

fn known(lag: &Lag, scope: &Scope, cluster: &str) -> Result<Known, Fault> {
    lag.known(scope, cluster).ok_or_else(|| Fault::no_cluster(cluster))
}

/// A group that is not there or may not be seen, or of which nobody knows.
fn no_group(known: &Known, group: &str) -> Fault {
    let cluster = &known.name;
    match &known.groups {
        Some(_) => Fault::NotFound(format!("There is no group {group} on {cluster}.")),
        None => Fault::NotReadYet(format!(
            "The groups of {cluster} were never read, so nobody knows whether it has {group}."
        )),
    }
}
