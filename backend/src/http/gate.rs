//! The gate before every route: who is asking is found out once, here. What is not on the list of the open ones is
//! closed, so a new route is closed without a word.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{Method, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{problem::Fault, state::Process};
use crate::access::{Asker, Scope};

/// What a stranger may ask: whether we live, and to be let in or out.
const OPEN: [(Method, &str); 5] = [
    (Method::GET, "/livez"),
    (Method::GET, "/healthz"),
    (Method::GET, "/readyz"),
    (Method::POST, "/api/v1/session"),
    (Method::DELETE, "/api/v1/session"),
];

/// Whether a stranger may ask it.
pub fn is_open(method: &Method, path: &str) -> bool {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    OPEN.iter().any(|(open, at)| open == method && *at == path)
}

/// Lets through who is known, and tells the route who it is.
pub async fn gate(State(process): State<Process>, mut request: Request, next: Next) -> Response {
    if is_open(request.method(), request.uri().path()) {
        return next.run(request).await;
    }
    match process.door.who(request.headers(), process.runtime.clock().now()) {
        Ok(asker) => {
            request.extensions_mut().insert(asker);
            next.run(request).await
        }
        Err(stranger) => Fault::Unauthorized(stranger.0).into_response(),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        // Who comes past the gate is known; a route that is not behind it gives nothing.
        parts.extensions.get::<Self>().cloned().ok_or(Fault::Internal)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Scope {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        Asker::from_request_parts(parts, state).await.map(|asker| asker.scope)
    }
}

/// A scope that sees whole clusters. To any other the route is not there.
#[derive(Clone, Debug)]
pub struct WholeScope(pub Scope);

impl<S: Send + Sync> FromRequestParts<S> for WholeScope {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let scope = Scope::from_request_parts(parts, state).await?;
        if scope.sees_whole_clusters() { Ok(Self(scope)) } else { Err(Fault::no_route(parts.uri.path())) }
    }
}
