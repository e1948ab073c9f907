//! The server: routes of the process and of the capabilities, inside the layers that every answer passes.

use std::{net::SocketAddr, time::Duration};

use anyhow::Context;
use axum::{
    Router,
    http::{HeaderMap, StatusCode, Uri},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::net::TcpListener;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, limit::RequestBodyLimitLayer,
    set_header::SetResponseHeaderLayer,
};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    assets, events, live, metrics,
    problem::Fault,
    search,
    security::{self, Hosts},
    state::Process,
    status,
};

/// No route of ours takes a body yet; what is sent all the same is cut here.
const LARGEST_BODY: usize = 64 << 10;

#[derive(OpenApi)]
#[openapi(info(
    title = "Riverkeeper",
    description = "Watches, explains and steers a fleet of Apache Kafka clusters. Errors are problem details \
                   (RFC 9457); lists are paged; unknown parameters are refused."
))]
struct Document;

/// The routes of the process itself, with those of the capabilities; beside them the document of all.
pub fn routes(process: Process, capabilities: Vec<OpenApiRouter>) -> (Router, utoipa::openapi::OpenApi) {
    let own = OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(status::status))
        .routes(routes!(status::livez))
        .routes(routes!(status::healthz))
        .routes(routes!(status::readyz))
        .routes(routes!(metrics::metrics))
        .routes(routes!(events::fleet))
        .routes(routes!(events::cluster))
        .routes(routes!(search::search))
        .routes(routes!(live::live))
        .with_state(process);
    let (router, document) =
        capabilities.into_iter().fold(own, |all, capability| all.merge(capability)).split_for_parts();
    let told = document.clone();
    (router.route("/api/v1/openapi.json", get(async move || axum::Json(told.clone()))), document)
}

/// Everything that is served, under `public_url`'s path where it has one.
pub fn app(router: Router, public_url: Option<&Uri>) -> Router {
    let base = public_url.map_or("/", Uri::path).trim_end_matches('/').to_string();
    let href = format!("{base}/");
    let pages = async move |uri: Uri, headers: HeaderMap| -> Response {
        if uri.path().starts_with("/api/") {
            return Fault::NotFound(format!("There is no route {}.", uri.path())).into_response();
        }
        assets::serve(&uri, &headers, &href)
    };
    let inner = router
        .fallback(pages)
        .method_not_allowed_fallback(async || Fault::MethodNotAllowed)
        .layer(CompressionLayer::new());
    let placed = if base.is_empty() {
        inner
    } else {
        // A nested router answers /base and /base/…; the page is at home at /base/ too.
        let home = async move |uri: Uri, headers: HeaderMap| {
            assets::serve(&Uri::from_static("/"), &headers, uri.path())
        };
        Router::new().route(&format!("{base}/"), get(home)).nest(&base, inner)
    };
    let guarded = placed
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        .layer(middleware::map_response(too_large_is_a_problem))
        .layer(CatchPanicLayer::custom(|_| Fault::Internal.into_response()))
        .layer(middleware::from_fn_with_state(Hosts::new(public_url), security::check_host));
    security::headers(&assets::inline_script_hashes())
        .into_iter()
        .fold(guarded, |app, (name, value)| app.layer(SetResponseHeaderLayer::overriding(name, value)))
}

/// The body limit answers in plain text; every error of ours is a problem.
async fn too_large_is_a_problem(response: Response) -> Response {
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Fault::TooLarge(LARGEST_BODY).into_response();
    }
    response
}

/// Serves until shutdown; what is under way may end within `patience`.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    shutdown: tokio_util::sync::CancellationToken,
    patience: Duration,
) -> anyhow::Result<()> {
    let ended = shutdown.clone();
    let serving = axum::serve(listener, app).with_graceful_shutdown(async move { ended.cancelled().await });
    let mut serving = tokio::spawn(serving.into_future());
    tokio::select! {
        served = &mut serving => served?.context("the server ended"),
        () = shutdown.cancelled() => match tokio::time::timeout(patience, serving).await {
            Ok(served) => served?.context("the server ended"),
            Err(_) => Ok(()),
        },
    }
}

/// Opens the port.
pub async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("could not listen on {address}"))
}
