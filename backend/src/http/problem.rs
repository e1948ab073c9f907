//! Every error answer is a problem (RFC 9457), made here and nowhere else.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use shared::problem::Problem;

/// What can go wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing of that name, or nothing that the asker may see.
    NotFound(String),
    /// A parameter that is unknown or cannot be read.
    BadParameter(String),
    /// A method that the route does not have.
    MethodNotAllowed,
    /// A bound of ours is reached.
    Busy(String),
    /// The `Host` is none of ours.
    Misdirected(String),
    /// A body that is longer than any of ours may be.
    TooLarge(usize),
    /// What it would be found in was never read yet.
    NotReadYet(String),
    /// A bug of ours.
    Internal,
}

impl Fault {
    /// The problem as it is sent.
    pub fn problem(&self) -> Problem {
        let too_large;
        let (status, kind, title, detail) = match self {
            Self::TooLarge(limit) => {
                too_large = format!("Send at most {limit} bytes.");
                (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Body too large", too_large.as_str())
            }
            Self::NotReadYet(detail) => {
                (StatusCode::SERVICE_UNAVAILABLE, "not-read-yet", "Not read yet", detail.as_str())
            }
            Self::NotFound(detail) => (StatusCode::NOT_FOUND, "not-found", "Not found", detail.as_str()),
            Self::BadParameter(detail) => {
                (StatusCode::BAD_REQUEST, "bad-parameter", "Bad parameter", detail.as_str())
            }
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "Method not allowed",
                "This route does not take that method; the API document lists what it takes.",
            ),
            Self::Busy(detail) => (StatusCode::SERVICE_UNAVAILABLE, "busy", "Busy", detail.as_str()),
            Self::Misdirected(detail) => {
                (StatusCode::MISDIRECTED_REQUEST, "misdirected", "Misdirected request", detail.as_str())
            }
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "Internal error",
                "Riverkeeper has a bug here; its log has the details.",
            ),
        };
        Problem { kind: kind.into(), title: title.into(), status: status.as_u16(), detail: detail.into() }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
