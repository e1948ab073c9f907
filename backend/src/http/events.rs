//! The timeline: of the fleet and of one cluster.

use axum::{extract::State, response::Response};
use shared::{
    event::{Event, Events, Subject},
    problem::Problem,
    verdict::Severity,
};

use super::{
    answer::{Asked, meta},
    params::Params,
    path::Path,
    problem::Fault,
    state::Process,
};
use crate::{
    access::Scope,
    runtime::{EventFilter, Tally, Timeline},
};

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
        ("owner" = Option<String>, Query, description = "That touch a topic of this owner; none where nobody is called so"),
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
    answer(&process, &scope, &asked, params, None)
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
        ("owner" = Option<String>, Query, description = "That touch a topic of this owner; none where nobody is called so"),
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
        return Err(Fault::no_cluster(&cluster));
    }
    answer(&process, &scope, &asked, params, Some(cluster))
}

fn answer(
    process: &Process,
    scope: &Scope,
    asked: &Asked,
    mut params: Params,
    cluster: Option<String>,
) -> Result<Response, Fault> {
    let (from, to) = params.range()?;
    let filter = EventFilter {
        cluster,
        from,
        to,
        noun: params.text("noun"),
        kind: params.text("kind"),
        severity: params.word("severity", &SEVERITIES)?,
        topic: params.text("topic"),
        broker_id: params.typed("broker", "a broker id")?,
    };
    let owner = params.text("owner");
    let limit = params.limit()?;
    params.finish()?;
    let timeline = process.runtime.timeline();
    let revision = tally(timeline, scope).revision;
    Ok(asked.answer(scope, &[revision], &[], || {
        let found = timeline.newest(&filter, |event| {
            scope.sees_event(event) && owner.as_deref().is_none_or(|owner| touches(event, scope, owner))
        });
        let meta = meta(Some(found.len() as u64), None, revision, process.runtime.clock().now(), Vec::new());
        Events { events: found.iter().take(limit).map(|event| told(event, scope)).collect(), meta }
    }))
}

/// Whether it happened to a topic of an owner, or to something that touches one.
fn touches(event: &Event, scope: &Scope, owner: &str) -> bool {
    let Some(cluster) = event.cluster.as_deref() else { return false };
    let owns = |topic: &str| scope.owners().of_topic(cluster, topic) == Some(owner);
    matches!(&event.subject, Subject::Topic { name } if owns(name))
        || event.topics.iter().any(|topic| owns(topic))
}

/// An event as it may be told: without a detail that names a cluster which may not be seen.
fn told(event: &Event, scope: &Scope) -> Event {
    let detail = event.detail.clone().filter(|detail| !scope.is_beyond(detail));
    Event { detail, ..event.clone() }
}

/// How much of the timeline the asker may see. Whoever sees only what some owners have is told by those events alone,
/// so that nothing counts those of others.
pub fn tally(timeline: &Timeline, scope: &Scope) -> Tally {
    if scope.sees_whole_clusters() {
        return timeline
            .tally(|cluster| cluster.map_or(scope.sees_fleet(), |cluster| scope.sees_cluster(cluster)));
    }
    let seen = timeline.newest(&EventFilter::default(), |event| scope.sees_event(event));
    let newest = seen.first().map(|event| event.time);
    let newest_ms = newest.map_or(0, |time| time.timestamp_millis().unsigned_abs());
    let held = seen.len() as u64;
    Tally { revision: newest_ms + held, newest, held, dropped: 0 }
}
