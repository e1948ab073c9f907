//! `/api/v1/status`, and the health probes.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use shared::{problem::Problem, status::Status};

use super::{events::tally, gate::WholeScope, params::Params, problem::Fault, state::Process};
use crate::access::Asker;

/// Riverkeeper itself: every cycle, our own requests, our memory. Of the clusters that the asker may see.
#[utoipa::path(get, path = "/api/v1/status", tag = "status", responses(
    (status = 200, body = Status), (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "The token sees only what some owners have", body = Problem, content_type = "application/problem+json")))]
pub async fn status(
    State(process): State<Process>,
    WholeScope(scope): WholeScope,
    asker: Asker,
    params: Params,
) -> Result<Json<Status>, Fault> {
    params.finish()?;
    let runtime = &process.runtime;
    let events = tally(runtime.timeline(), &scope);
    Ok(Json(Status {
        version: env!("CARGO_PKG_VERSION").into(),
        build: process.build.to_string(),
        started_at: process.started_at,
        memory_bytes: memory_stats::memory_stats().map(|memory| memory.physical_mem as u64),
        stream_count: process.streams.seen_by(&asker),
        event_count: events.held,
        event_dropped_count: events.dropped,
        database: process.history(&scope),
        cycles: process.cycles(&scope),
        gateways: process.traffic(&scope),
        meta: super::answer::meta(None, None, 0, runtime.clock().now(), Vec::new()),
    }))
}

/// Whether the process runs; depends on nothing.
#[utoipa::path(get, path = "/livez", tag = "health", responses((status = 200, body = String)))]
pub async fn livez() -> &'static str {
    "ok\n"
}

/// The same, under the name that some supervisors ask for.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, body = String)))]
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Whether the first turn of every cycle is done, well or not. A dead cluster does not make us unready.
#[utoipa::path(get, path = "/readyz", tag = "health", responses(
    (status = 200, body = String), (status = 503, description = "Some cycle has not turned yet", body = String)))]
pub async fn readyz(State(process): State<Process>) -> impl IntoResponse {
    if process.runtime.is_ready() {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the first turns are under way\n")
    }
}
