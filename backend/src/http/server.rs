//! The server: routes of the process and of the capabilities, inside the layers that every answer passes.

use std::{net::SocketAddr, time::Duration};

use anyhow::Context;
use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, StatusCode, Uri},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use tokio::net::TcpListener;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, limit::RequestBodyLimitLayer,
    set_header::SetResponseHeaderLayer,
};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    assets, document, events, gate, live, metrics,
    problem::Fault,
    search,
    security::{self, Hosts},
    session,
    state::Process,
    status,
};

/// The largest body that any route takes.
pub const LARGEST_BODY: usize = 64 << 10;
/// The longest that any answer may take to begin.
const LONGEST: Duration = Duration::from_secs(30);

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
        .routes(routes!(session::read, session::sign_in, session::sign_out))
        .with_state(process.clone());
    let (router, document) =
        capabilities.into_iter().fold(own, |all, capability| all.merge(capability)).split_for_parts();
    let document = document::secured(document);
    let told = document.clone();
    let nothing = async |uri: Uri| Fault::no_route(uri.path());
    let router = router
        .route("/api/v1/openapi.json", get(async move || axum::Json(told.clone())))
        .route("/api/", any(nothing))
        .route("/api/{*rest}", any(nothing))
        .method_not_allowed_fallback(async || Fault::MethodNotAllowed)
        .route_layer(middleware::from_fn_with_state(process, gate::gate));
    (router, document)
}

/// Everything that is served, under `public_url`'s path where it has one.
pub fn app(router: Router, public_url: Option<&Uri>, hosts: &[String]) -> Router {
    let base = public_url.map_or("/", Uri::path).trim_end_matches('/').to_string();
    let href = format!("{base}/");
    let pages = async move |uri: Uri, headers: HeaderMap| assets::serve(&uri, &headers, &href);
    let inner = router.fallback(pages).layer(CompressionLayer::new());
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
        .layer(middleware::from_fn(in_time))
        .layer(middleware::map_response(too_large_is_a_problem))
        .layer(security::cross_site(public_url))
        .layer(CatchPanicLayer::custom(|_| Fault::Internal.into_response()))
        .layer(middleware::from_fn_with_state(Hosts::new(public_url, hosts), security::check_host));
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

/// Ends a request that takes too long. A stream is begun at once and goes on: only its beginning is waited for.
async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(LONGEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Fault::TooSlow(LONGEST.as_secs()).into_response(),
    }
}

/// Opens the port.
pub async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("could not listen on {address}"))
}
