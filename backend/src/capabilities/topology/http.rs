//! Routes of topology.

use axum::{extract::State, response::Response};
use shared::{
    problem::Problem,
    topology::{FlowDetail, FlowHistory, FlowVerdict, Flows, TopicPath, Topology as Fleet},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Topology,
    query::{self, FlowQuery, FlowSort, Known, TopicSort},
};
use crate::{
    access::Scope,
    db::subject,
    http::{
        answer::Asked,
        params::Params,
        path::Path,
        problem::Fault,
        range::{AskedRange, Range},
    },
};

/// Yes and no.
const SWITCH: [(&str, bool); 2] = [("true", true), ("false", false)];

/// The routes.
pub fn routes(topology: Topology) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(fleet))
        .routes(routes!(flows))
        .routes(routes!(flow))
        .routes(routes!(flow_history))
        .routes(routes!(topic))
        .with_state(topology)
}

/// The fleet as tiers, flows and applications, and where they are drawn.
#[utoipa::path(get, path = "/api/v1/topology", tag = "topology",
    params(("datacenter" = Option<String>, Query, description = "Only clusters of this data centre"),
        ("category" = Option<String>, Query, description = "Only clusters of this category"),
        ("topic" = Option<String>, Query, description = "Only where a topic flows with this in its name"),
        ("collapse" = Option<bool>, Query, description = "Whether clusters that are well are drawn as one, by tier and data centre; from 25 clusters on unless told"),
        ("applications" = Option<bool>, Query, description = "Whether producers and consumers are told; they are unless told")),
    responses((status = 200, body = Fleet), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json")))]
async fn fleet(
    State(topology): State<Topology>,
    scope: Scope,
    asked: Asked,
    mut params: Params,
) -> Result<Response, Fault> {
    let wanted = query::Asked {
        datacenter: params.text("datacenter"),
        category: params.text("category"),
        topic: params.text("topic"),
        collapse: params.word("collapse", &SWITCH)?,
        applications: params.word("applications", &SWITCH)?,
    };
    params.finish()?;
    let known = topology.known(&scope);
    let revisions = [known.revision(), topology.groups_revision()];
    let readings = [known.reading.clone()];
    let now = topology.now();
    Ok(asked.answer(&scope, &revisions, &readings, || query::topology(&known, &wanted, now)))
}

/// A page of flows, the worst first: what `/api/v1/topology` tells of them, without where they are drawn.
#[utoipa::path(get, path = "/api/v1/topology/flows", tag = "topology",
    params(("cluster" = Option<String>, Query, description = "Only flows into and out of this cluster"),
        ("verdict" = Option<String>, Query, description = "Only flows that are judged so: ok, unknown, behind, stopped, losing"),
        ("sort" = Option<String>, Query, description = "verdict, lag_records, age_seconds, bytes_per_second, id; - descends; -verdict unless told: the worst first"),
        ("q" = Option<String>, Query, description = "Part of the flow's id"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000; 100 unless told"),
        ("offset" = Option<u32>, Query, description = "Rows before the page"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = Flows), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json")))]
async fn flows(
    State(topology): State<Topology>,
    scope: Scope,
    asked: Asked,
    mut params: Params,
) -> Result<Response, Fault> {
    let list = params.list(&FlowSort::WORDS, (FlowSort::Verdict, true))?;
    let verdicts = FlowVerdict::ALL.map(|verdict| (verdict.name(), verdict));
    let (cluster, verdict) = (params.text("cluster"), params.word("verdict", &verdicts)?);
    params.finish()?;
    let known = topology.known(&scope);
    let (query, now) = (FlowQuery { list, cluster, verdict }, topology.now());
    let readings = std::slice::from_ref(&known.reading);
    Ok(asked.answer(&scope, &[known.revision()], readings, || query::flows(&known, &query, now)))
}

/// One flow with a page of its topics, the worst first.
#[utoipa::path(get, path = "/api/v1/topology/flows/{id}", tag = "topology",
    params(("id" = String, Path, description = "`source~target~kind`"),
        ("sort" = Option<String>, Query, description = "verdict, lag_records, age_seconds, topic; - descends; -verdict unless told: the worst first"),
        ("q" = Option<String>, Query, description = "Part of the topic's name"),
        ("limit" = Option<u32>, Query, description = "Topics, 1 to 1,000; 100 unless told"),
        ("offset" = Option<u32>, Query, description = "Topics before the page"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = FlowDetail), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The flows were never read yet", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn flow(
    State(topology): State<Topology>,
    Path(id): Path<String>,
    scope: Scope,
    asked: Asked,
    mut params: Params,
) -> Result<Response, Fault> {
    let list = params.list(&TopicSort::WORDS, (TopicSort::Verdict, true))?;
    params.finish()?;
    let known = topology.known(&scope);
    let found = query::detail(&known, &id, &list, topology.now()).ok_or_else(|| no_flow(&known, &id))?;
    Ok(asked.answer(&scope, &[known.revision()], std::slice::from_ref(&known.reading), || found))
}

/// What waits on a flow over time, for how long, and how long records take.
#[utoipa::path(get, path = "/api/v1/topology/flows/{id}/history", tag = "topology",
    params(("id" = String, Path, description = "`source~target~kind`"),
        ("from" = Option<String>, Query, description = "Not before, RFC 3339; an hour before `to` unless told"),
        ("to" = Option<String>, Query, description = "Before, RFC 3339; now unless told"),
        ("step" = Option<u32>, Query, description = "Seconds a point; chosen for at most 240 points unless told")),
    responses((status = 200, body = FlowHistory), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The past cannot be read at present, or the flows were never read yet", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn flow_history(
    State(topology): State<Topology>,
    Path(id): Path<String>,
    scope: Scope,
    asked: Asked,
    mut params: Params,
) -> Result<Response, Fault> {
    let range = AskedRange::take(&mut params, topology.shortest_step())?;
    params.finish()?;
    let known = topology.known(&scope);
    let now = topology.now();
    let range = range.bounded(now, 3)?;
    let found = query::history(&known, &id, range, now).ok_or_else(|| no_flow(&known, &id))?;
    let readings = [known.reading.clone()];
    asked
        .answer_later(&scope, &[known.revision()], &readings, || with_past(&topology, &known, found, range))
        .await
}

/// The same with what the database keeps, where memory does not reach back so far.
async fn with_past(
    topology: &Topology,
    known: &Known,
    mut history: FlowHistory,
    range: Range,
) -> Result<FlowHistory, Fault> {
    let target = known.flow(&history.flow).filter(|_| known.scope.sees_whole_clusters());
    let minutes = target.and_then(|flow| topology.minutes(&flow.target));
    if let Some(minutes) = minutes {
        let (since, between) = (history.kept_since, (range.from, range.to));
        let kept = minutes.before(since, subject(&history.flow), between, range.step).await;
        if let Some(kept) = kept.map_err(|error| Fault::no_history(&error))? {
            query::add_past(&mut history, &kept, range);
        }
    }
    Ok(history)
}

/// The way of one topic through all tiers, by its name at its origin or at any cluster where it arrives; without hops where
/// no flow carries it.
#[utoipa::path(get, path = "/api/v1/topology/topics/{topic}", tag = "topology",
    params(("topic" = String, Path, description = "The topic's name"),
        ("cluster" = Option<String>, Query, description = "The cluster where it is called so; all unless told")),
    responses((status = 200, body = TopicPath), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The flows were never read yet", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn topic(
    State(topology): State<Topology>,
    Path(name): Path<String>,
    scope: Scope,
    asked: Asked,
    mut params: Params,
) -> Result<Response, Fault> {
    let cluster = params.text("cluster");
    params.finish()?;
    let known = topology.known(&scope);
    let found = query::path(&known, &name, cluster.as_deref(), topology.now());
    let found = found.ok_or_else(never_read)?;
    Ok(asked.answer(&scope, &[known.revision()], std::slice::from_ref(&known.reading), || found))
}

fn no_flow(known: &Known, id: &str) -> Fault {
    if known.is_read() { Fault::NotFound(format!("There is no flow {id}.")) } else { never_read() }
}

fn never_read() -> Fault {
    Fault::NotReadYet("The flows between clusters were never read yet.".into())
}
