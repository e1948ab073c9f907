//! The timeline: of the fleet and of one cluster.

use axum::{extract::State, response::Response};
use shared::{event::Events, problem::Problem, verdict::Severity};

use super::{
    answer::{Asked, meta},
    params::Params,
    path::Path,
    problem::Fault,
    state::Process,
};
use crate::{access::Scope, runtime::EventFilter};

const SEVERITIES: [(&str, Severity); 4] = [
    ("ok", Severity::Ok),
    ("unknown", Severity::Unknown),
    ("warning", Severity::Warning),
    ("critical", Severity::Critical),
];

/// What happened in the fleet, newest first.
#[utoipa::path(get, path = "/api/v1/events", tag = "events",
    params(
        ("from" = Option<String>, Query, description = "Not before, RFC 3339"),
        ("to" = Option<String>, Query, description = "Before, RFC 3339"),
        ("noun" = Option<String>, Query, description = "Of one capability"),
        ("kind" = Option<String>, Query, description = "Of one kind"),
        ("severity" = Option<Severity>, Query, description = "At least this bad"),
        ("topic" = Option<String>, Query, description = "That touch a topic of that name"),
        ("broker" = Option<i32>, Query, description = "That happened to a broker of that id"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000")),
    responses((status = 200, body = Events), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json")))]
pub async fn fleet(
    State(process): State<Process>,
    scope: Scope,
    asked: Asked,
    params: Params,
) -> Result<Response, Fault> {
    let seen = scope.clone();
    answer(&process, &scope, &asked, params, move |cluster| {
        cluster.is_none_or(|name| seen.sees_cluster(name))
    })
}

/// What happened on one cluster, newest first.
#[utoipa::path(get, path = "/api/v1/clusters/{cluster}/events", tag = "events",
    params(
        ("cluster" = String, Path, description = "The cluster's name"),
        ("from" = Option<String>, Query, description = "Not before, RFC 3339"),
        ("to" = Option<String>, Query, description = "Before, RFC 3339"),
        ("noun" = Option<String>, Query, description = "Of one capability"),
        ("kind" = Option<String>, Query, description = "Of one kind"),
        ("severity" = Option<Severity>, Query, description = "At least this bad"),
        ("topic" = Option<String>, Query, description = "That touch a topic of that name"),
        ("broker" = Option<i32>, Query, description = "That happened to a broker of that id"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000")),
    responses((status = 200, body = Events), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn cluster(
    State(process): State<Process>,
    Path(cluster): Path<String>,
    scope: Scope,
    asked: Asked,
    params: Params,
) -> Result<Response, Fault> {
    if !process.sees(&scope, &cluster) {
        return Err(Fault::NotFound(format!("There is no cluster {cluster}.")));
    }
    answer(&process, &scope, &asked, params, move |name| name == Some(cluster.as_str()))
}

fn answer(
    process: &Process,
    scope: &Scope,
    asked: &Asked,
    mut params: Params,
    sees: impl Fn(Option<&str>) -> bool,
) -> Result<Response, Fault> {
    let (from, to) = params.range()?;
    let filter = EventFilter {
        from,
        to,
        noun: params.text("noun"),
        kind: params.text("kind"),
        severity: params.word("severity", &SEVERITIES)?,
        topic: params.text("topic"),
        broker_id: params.typed("broker", "a broker id")?,
    };
    let limit = params.limit()?;
    params.finish()?;
    let timeline = process.runtime.timeline();
    let revision = timeline.revision();
    Ok(asked.answer(scope, &[revision], &[], || {
        let found = timeline.newest(&filter, sees);
        let meta = meta(Some(found.len() as u64), None, revision, process.runtime.clock().now(), Vec::new());
        Events { events: found.iter().take(limit).map(|event| (**event).clone()).collect(), meta }
    }))
}
