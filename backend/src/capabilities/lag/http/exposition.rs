//! What scrapers are told: `/metrics/kafka`.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::stream;
use shared::problem::Problem;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::known;
use crate::{
    access::Scope,
    capabilities::lag::{
        Lag,
        exposition::{Dialect, Key, Seen, text},
        query::Known,
    },
    http::{params::Params, problem::Fault},
};

/// Prometheus' text format.
const KIND: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// The routes.
pub fn routes() -> OpenApiRouter<Lag> {
    OpenApiRouter::new().routes(routes!(metrics))
}

/// Groups, topics and brokers for Prometheus, in the names of a tool that told them before. What is not known or stale is
/// not there; from 50,000 partitions on there are no series by partition, which a comment says.
#[utoipa::path(get, path = "/metrics/kafka", tag = "lag",
    params(("dialect" = Option<String>, Query, description = "kafka-exporter, lag-exporter, burrow or kminion; kafka-exporter unless told"),
        ("cluster" = Option<String>, Query, description = "Only this cluster")),
    responses((status = 200, body = String, content_type = "text/plain; version=0.0.4; charset=utf-8"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn metrics(State(lag): State<Lag>, scope: Scope, mut params: Params) -> Result<Response, Fault> {
    let dialect = params.word("dialect", &Dialect::WORDS)?.unwrap_or(Dialect::KafkaExporter);
    let cluster = params.text("cluster");
    params.finish()?;
    let all = match cluster {
        None => lag.all(&scope),
        Some(cluster) => vec![known(&lag, &scope, &cluster)?],
    };
    let now = lag.now();
    let seen = |known: Known| {
        let layout = lag.fleet.layout(&known.name);
        Seen::new(known, layout, now)
    };
    let all: Vec<Seen> = all.into_iter().map(seen).collect();
    let key = Key { dialect, scope: scope.tag(), clusters: all.iter().map(Seen::state).collect() };
    let how = (lag.settings.keeping, lag.settings.tolerated);
    let text = lag.kept.text(key, move || text(&all, dialect, how)).await.ok_or(Fault::Internal)?;
    let pieces: Vec<_> = text.iter().cloned().map(Ok::<_, std::convert::Infallible>).collect();
    let headers = [
        (header::CONTENT_TYPE, KIND),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
    ];
    Ok((headers, Body::from_stream(stream::iter(pieces))).into_response())
}
