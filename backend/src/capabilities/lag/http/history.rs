//! The past of a group.

use axum::{extract::State, response::Response};
use shared::{lag::LagHistory, problem::Problem};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{known, no_group};
use crate::{
    access::Scope,
    capabilities::lag::{
        Lag,
        query::{self, Known},
    },
    db::subject,
    http::{
        answer::Asked,
        params::Params,
        path::Path,
        problem::Fault,
        range::{AskedRange, Range},
    },
    series::Window,
};

/// The routes.
pub fn routes() -> OpenApiRouter<Lag> {
    OpenApiRouter::new().routes(routes!(history))
}

/// Lag and age of a group over time, also of one that is gone, as long as anything is kept of it.
#[utoipa::path(get, path = "/api/v1/lag/{cluster}/{group}/history", tag = "lag",
    params(("cluster" = String, Path, description = "The cluster's name"),
        ("group" = String, Path, description = "The group's id"),
        ("from" = Option<String>, Query, description = "Not before, RFC 3339; an hour before `to` unless told"),
        ("to" = Option<String>, Query, description = "Before, RFC 3339; now unless told"),
        ("step" = Option<u32>, Query, description = "Seconds a point, from 30 on; chosen for at most 240 points unless told")),
    responses((status = 200, body = LagHistory), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The past cannot be read at present, or the groups were never read yet", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn history(
    State(lag): State<Lag>,
    Path((cluster, group)): Path<(String, String)>,
    scope: Scope,
    asked: Asked,
    mut params: Params,
) -> Result<Response, Fault> {
    let range = AskedRange::take(&mut params, lag.shortest_step())?;
    params.finish()?;
    let known = known(&lag, &scope, &cluster)?;
    let range = range.bounded(lag.now(), 1)?;
    if !known.sees(&group) {
        return Err(no_group(&known, &group));
    }
    let window = lag.past(&cluster).and_then(|(past, _)| past.window(&group));
    // A turn that changed nothing may have told one more point.
    let newest = window.as_ref().and_then(Window::newest);
    let newest = newest.map_or(0, |time| time.timestamp_millis().unsigned_abs());
    let revisions: Vec<u64> = known.revisions().into_iter().chain([newest]).collect();
    let readings = known.readings.clone();
    asked.answer_later(&scope, &revisions, &readings, || made(&lag, known, group, window, range)).await
}

async fn made(
    lag: &Lag,
    known: Known,
    group: String,
    window: Option<Window>,
    range: Range,
) -> Result<LagHistory, Fault> {
    let mut history = query::history(&known, &group, window.as_ref(), range, lag.now());
    if let Some((_, minutes)) = lag.past(&known.name) {
        let (since, between) = (history.kept_since, (range.from, range.to));
        let kept = minutes.before(since, subject(&group), between, range.step).await;
        if let Some(kept) = kept.map_err(|error| Fault::no_history(&error))? {
            query::add_past(&mut history, &kept, range);
        }
    }
    let is_there = known.group(&group).is_some() || history.kept_since.is_some();
    if is_there { Ok(history) } else { Err(no_group(&known, &group)) }
}
