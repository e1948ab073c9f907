//! Routes of load: extract, query, answer.

use axum::{extract::State, response::Response};
use futures::{StreamExt, stream};
use shared::{
    load::{BrokerLoads, Load as LoadView, Metric, Spreads},
    problem::Problem,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Load,
    query::{self, HistoryQuery, Known, LoadSort, Who},
};
use crate::{
    access::Scope,
    http::{answer::Asked, gate::WholeScope, params::Params, path::Path, problem::Fault, range::AskedRange},
};

/// Clusters whose past is read at the same time.
const PASTS_AT_ONCE: usize = 4;

/// The routes.
pub fn routes(load: Load) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(broker_loads))
        .routes(routes!(cluster_load))
        .routes(routes!(fleet_load))
        .routes(routes!(spread))
        .with_state(load)
}

fn known(load: &Load, scope: &Scope, cluster: &str) -> Result<Known, Fault> {
    load.known(scope, cluster).ok_or_else(|| Fault::no_cluster(cluster))
}

/// What each broker of a cluster carries now, abnormal ones first. Without readings beside it no metrics are configured.
#[utoipa::path(get, path = "/api/v1/clusters/{cluster}/broker-loads", tag = "load",
    params(("cluster" = String, Path, description = "The cluster's name"),
        ("sort" = Option<String>, Query, description = "abnormal, broker_id, or a metric; - descends; -abnormal unless told"),
        ("q" = Option<String>, Query, description = "Part of the id"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000; 100 unless told"),
        ("offset" = Option<u32>, Query, description = "Rows before the page"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = BrokerLoads), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn broker_loads(
    State(load): State<Load>,
    Path(cluster): Path<String>,
    WholeScope(scope): WholeScope,
    asked: Asked,
    mut params: Params,
) -> Result<Response, Fault> {
    let query = params.list(&LoadSort::words(), (LoadSort::Abnormal, true))?;
    params.finish()?;
    let known = known(&load, &scope, &cluster)?;
    let now = load.now();
    Ok(asked.answer(&scope, &known.revisions(), &known.readings, || query::broker_loads(&known, &query, now)))
}

/// A metric of a cluster's brokers over time.
#[utoipa::path(get, path = "/api/v1/clusters/{cluster}/load", tag = "load",
    params(("cluster" = String, Path, description = "The cluster's name"),
        ("metric" = String, Query, description = "The word of a metric: bytes_in, produce_p99, cpu, …"),
        ("broker" = Option<String>, Query, description = "A broker id; cluster for the cluster as a whole; every broker unless told"),
        ("from" = Option<String>, Query, description = "Not before, RFC 3339; an hour before `to` unless told"),
        ("to" = Option<String>, Query, description = "Before, RFC 3339; now unless told"),
        ("step" = Option<u32>, Query, description = "Seconds a point; chosen for at most 240 points unless told")),
    responses((status = 200, body = LoadView), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The past cannot be read at present, or the cluster was never read yet", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn cluster_load(
    State(load): State<Load>,
    Path(cluster): Path<String>,
    WholeScope(scope): WholeScope,
    asked: Asked,
    mut params: Params,
) -> Result<Response, Fault> {
    let who = who(&mut params)?;
    let past = Past::take(&mut params, &load)?;
    params.finish()?;
    let known = known(&load, &scope, &cluster)?;
    let query = past.bounded(&load, who, series_count(&known, who))?;
    if let Who::Broker(id) = who {
        there_is(&known, id)?;
    }
    answer(&load, &scope, &asked, vec![known], query).await
}

/// A metric of every cluster of the fleet over time.
#[utoipa::path(get, path = "/api/v1/load", tag = "load",
    params(("metric" = String, Query, description = "The word of a metric: bytes_in, produce_p99, cpu, …"),
        ("from" = Option<String>, Query, description = "Not before, RFC 3339; an hour before `to` unless told"),
        ("to" = Option<String>, Query, description = "Before, RFC 3339; now unless told"),
        ("step" = Option<u32>, Query, description = "Seconds a point; chosen for at most 240 points unless told")),
    responses((status = 200, body = LoadView), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The past cannot be read at present", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The token sees only what some owners have", body = Problem, content_type = "application/problem+json")))]
async fn fleet_load(
    State(load): State<Load>,
    WholeScope(scope): WholeScope,
    asked: Asked,
    mut params: Params,
) -> Result<Response, Fault> {
    let past = Past::take(&mut params, &load)?;
    params.finish()?;
    let all = load.all(&scope);
    let query = past.bounded(&load, Who::Whole, all.len() as u64)?;
    answer(&load, &scope, &asked, all, query).await
}

/// How evenly a cluster's load lies: of each resource the worst broker against the mean.
#[utoipa::path(get, path = "/api/v1/clusters/{cluster}/spread", tag = "load",
    params(("cluster" = String, Path, description = "The cluster's name")),
    responses((status = 200, body = Spreads), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn spread(
    State(load): State<Load>,
    Path(cluster): Path<String>,
    WholeScope(scope): WholeScope,
    asked: Asked,
    params: Params,
) -> Result<Response, Fault> {
    params.finish()?;
    let known = known(&load, &scope, &cluster)?;
    let now = load.now();
    Ok(asked.answer(&scope, &known.revisions(), &known.readings, || query::spread(&known, now)))
}

async fn answer(
    load: &Load,
    scope: &Scope,
    asked: &Asked,
    known: Vec<Known>,
    query: HistoryQuery,
) -> Result<Response, Fault> {
    let revisions: Vec<u64> = known.iter().map(Known::revision).collect();
    let readings: Vec<_> = known.iter().flat_map(|known| known.readings.clone()).collect();
    let now = load.now();
    let made = async || {
        let reaches = query::held_since(&known, query.who).is_some_and(|since| since <= query.range.from);
        let names: Vec<String> = known.iter().map(|known| known.name.clone()).collect();
        let made = tokio::task::spawn_blocking(move || query::load(&known, &query, now)).await;
        let mut made = made.map_err(|_| Fault::Internal)?;
        if !reaches {
            add_past(load, names, &query, &mut made).await?;
        }
        Ok(made)
    };
    asked.answer_later(scope, &revisions, &readings, made).await
}

/// Adds what the database keeps, where memory does not reach back so far.
async fn add_past(
    load: &Load,
    names: Vec<String>,
    query: &HistoryQuery,
    made: &mut LoadView,
) -> Result<(), Fault> {
    let read = |name: String| async move {
        let past = match load.keeping(&name) {
            Some(keeping) => keeping.past(query).await,
            None => return Ok(None),
        };
        match past {
            Ok(past) => Ok(Some((name, past))),
            // Of what memory is there for, it tells what it has: `kept_since` says how far back that is.
            Err(_) if load.now() - query.range.from <= load.held => Ok(None),
            Err(error) => Err(Fault::no_history(&error)),
        }
    };
    let asked: Vec<_> = names.into_iter().map(read).collect();
    let past: Vec<_> = stream::iter(asked).buffered(PASTS_AT_ONCE).collect().await;
    for past in past {
        if let Some((name, (resolution, points))) = past? {
            query::add_past(made, &name, resolution.slot(), points, query);
        }
    }
    Ok(())
}

fn who(params: &mut Params) -> Result<Who, Fault> {
    match params.text("broker").as_deref() {
        None => Ok(Who::Brokers),
        Some("cluster") => Ok(Who::Whole),
        Some(text) => match text.parse() {
            Ok(id) => Ok(Who::Broker(id)),
            Err(_) => Err(Fault::BadParameter(format!("broker={text}: takes a broker id, or cluster."))),
        },
    }
}

fn there_is(known: &Known, broker_id: i32) -> Result<(), Fault> {
    match known.has_broker(broker_id) {
        Some(true) => Ok(()),
        Some(false) => Err(Fault::NotFound(format!("There is no broker {broker_id} on {}.", known.name))),
        None => Err(Fault::NotReadYet(format!(
            "{} was never read, so nobody knows whether it has broker {broker_id}.",
            known.name
        ))),
    }
}

fn series_count(known: &Known, who: Who) -> u64 {
    match who {
        Who::Brokers => known.brokers.as_ref().map_or(0, |brokers| brokers.brokers.len() as u64),
        Who::Broker(_) | Who::Whole => 1,
    }
}

/// What is asked of the past, as it was given.
struct Past {
    metric: Option<Metric>,
    range: AskedRange,
}

impl Past {
    fn take(params: &mut Params, load: &Load) -> Result<Self, Fault> {
        let metric = params.word("metric", &metrics())?;
        Ok(Self { metric, range: AskedRange::take(params, load.shortest_step())? })
    }

    /// The same for so many series, within bounds.
    fn bounded(self, load: &Load, who: Who, series: u64) -> Result<HistoryQuery, Fault> {
        let missing = || {
            let words: Vec<&str> = metrics().iter().map(|(word, _)| *word).collect();
            Fault::BadParameter(format!("metric is missing: takes {}.", words.join(", ")))
        };
        let metric = self.metric.ok_or_else(missing)?;
        Ok(HistoryQuery { metric, who, range: self.range.bounded(load.now(), series)? })
    }
}

fn metrics() -> Vec<(&'static str, Metric)> {
    Metric::ALL.map(|metric| (metric.word(), metric)).into()
}
