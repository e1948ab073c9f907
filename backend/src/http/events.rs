//! The timeline: of the fleet and of one cluster. What memory holds it answers; what is older is asked of the database.

use axum::{extract::State, response::Response};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use shared::{
    event::{Event, Events, Subject},
    problem::Problem,
    verdict::Severity,
};

use super::{
    answer::{Asked, meta},
    event_page::EventQuery,
    params::Params,
    path::Path,
    problem::Fault,
    state::Process,
};
use crate::{
    access::Scope,
    runtime::{EventFilter, EventPlace, Tally, Timeline},
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
        ("group" = Option<String>, Query, description = "That happened to a consumer group of that id"),
        ("flow" = Option<String>, Query, description = "That happened to a flow of that id"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000"),
        ("cursor" = Option<String>, Query, description = "Where the page before ended, for older ones")),
    responses((status = 200, body = Events), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database that keeps the past does not answer", body = Problem, content_type = "application/problem+json")))]
pub async fn fleet(
    State(process): State<Process>,
    scope: Scope,
    asked: Asked,
    params: Params,
) -> Result<Response, Fault> {
    answer(&process, &scope, &asked, params, None).await
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
        ("group" = Option<String>, Query, description = "That happened to a consumer group of that id"),
        ("flow" = Option<String>, Query, description = "That happened to a flow of that id"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000"),
        ("cursor" = Option<String>, Query, description = "Where the page before ended, for older ones")),
    responses((status = 200, body = Events), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database that keeps the past does not answer", body = Problem, content_type = "application/problem+json")))]
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
    answer(&process, &scope, &asked, params, Some(cluster)).await
}

async fn answer(
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
        group: params.text("group"),
        flow: params.text("flow"),
    };
    let owner = params.text("owner");
    let limit = params.limit()?;
    let behind = params.text("cursor").map(|text| read_cursor(&text)).transpose()?;
    params.finish()?;
    let revision = tally(process.runtime.timeline(), scope).revision;
    let sees = |event: &Event| {
        scope.sees_event(event) && owner.as_deref().is_none_or(|owner| touches(event, scope, owner))
    };
    let page = EventQuery { filter, behind, limit }.page(process, scope, sees).await?;
    let now = process.runtime.clock().now();
    Ok(asked.answer(scope, &[revision, page.tag()], &[], || {
        let meta = meta(page.total, page.next.as_ref().map(cursor), revision, now, Vec::new());
        Events { events: page.events.iter().map(|event| told(event, scope)).collect(), meta }
    }))
}

fn cursor(place: &EventPlace) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
}

fn read_cursor(text: &str) -> Result<EventPlace, Fault> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
    let place = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    place.ok_or_else(|| Fault::BadParameter("cursor is not one that a page of this list gave.".into()))
}

/// Whether it happened to a topic or a group of an owner, or to something that touches a topic of theirs.
fn touches(event: &Event, scope: &Scope, owner: &str) -> bool {
    let Some(cluster) = event.cluster.as_deref() else { return false };
    let owns = |topic: &str| scope.owners().of_topic(cluster, topic) == Some(owner);
    match &event.subject {
        Subject::Topic { name } if owns(name) => true,
        Subject::Group { group } if scope.owners().of_group(cluster, group) == Some(owner) => true,
        _ => event.topics.iter().any(|topic| owns(topic)),
    }
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
    let newest = seen.first().map(|held| held.event.time);
    let newest_ms = newest.map_or(0, |time| time.timestamp_millis().unsigned_abs());
    let held = seen.len() as u64;
    Tally { revision: newest_ms + held, newest, held, dropped: 0 }
}
