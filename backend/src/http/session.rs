//! Signing in and out: a token is exchanged once for a cookie that scripts cannot read.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use shared::{
    access::{Session, SignIn},
    problem::Problem,
};

use super::{body::Body, params::Params, problem::Fault, state::Process};
use crate::access::{Asker, Refused};

/// Who is asking, and until when they may.
#[utoipa::path(get, path = "/api/v1/session", tag = "access", responses(
    (status = 200, body = Session),
    (status = 400, body = Problem, content_type = "application/problem+json")))]
pub async fn read(asker: Asker, params: Params) -> Result<Response, Fault> {
    params.finish()?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(asker.session())).into_response())
}

/// Sign in: exchanges a token for a session cookie. Programs need none: they send the token with each request.
#[utoipa::path(post, path = "/api/v1/session", tag = "access", request_body = SignIn, responses(
    (status = 204, description = "Signed in; the cookie is in Set-Cookie"),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "The token is not known, or it has ended", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "Asked by a page of another site", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No token is configured: everything is open", body = Problem, content_type = "application/problem+json"),
    (status = 413, body = Problem, content_type = "application/problem+json"),
    (status = 415, body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "Too many wrong tokens; Retry-After says when", body = Problem, content_type = "application/problem+json")))]
pub async fn sign_in(
    State(process): State<Process>,
    params: Params,
    headers: HeaderMap,
    Body(SignIn { token }): Body<SignIn>,
) -> Result<Response, Fault> {
    params.finish()?;
    match process.door.sign_in(token.trim(), &headers, process.runtime.clock().now()) {
        Ok(signed_in) => {
            tracing::info!("signed in with the token {}", signed_in.name);
            Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, signed_in.set_cookie)]).into_response())
        }
        Err(Refused::Wrong) => {
            tracing::warn!("somebody tried to sign in with a token that is not known or has ended");
            Err(Fault::Unauthorized("This token is not known, or it has ended."))
        }
        Err(Refused::TooMany(seconds)) => Err(Fault::TooMany(seconds)),
        Err(Refused::Needless) => {
            Err(Fault::NotFound("No token is configured, so there is nothing to sign in to.".into()))
        }
    }
}

/// Sign out: ends the session, if there is one, and takes the cookie back.
#[utoipa::path(delete, path = "/api/v1/session", tag = "access", responses(
    (status = 204, description = "Signed out"),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "Asked by a page of another site", body = Problem, content_type = "application/problem+json")))]
pub async fn sign_out(
    State(process): State<Process>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    params.finish()?;
    let cleared = process.door.sign_out(&headers);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cleared)]).into_response())
}
