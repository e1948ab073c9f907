//! Every error answer is a problem (RFC 9457), made here and nowhere else.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use shared::problem::Problem;

use crate::db::HistoryError;

/// What can go wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing of that name, or nothing that the asker may see.
    NotFound(String),
    /// A parameter that is unknown or cannot be read.
    BadParameter(String),
    /// A body that cannot be read.
    BadBody(String),
    /// A body that is not JSON by its own word.
    NotJson,
    /// A method that the route does not have.
    MethodNotAllowed,
    /// Nobody knows who is asking.
    Unauthorized(&'static str),
    /// Another site's page asks in the name of whoever looks at it.
    CrossSite,
    /// Too often; again after so many seconds.
    TooMany(u64),
    /// A bound of ours is reached.
    Busy(String),
    /// The answer took longer than any may.
    TooSlow(u64),
    /// The `Host` is none of ours.
    Misdirected(String),
    /// A body that is longer than any of ours may be.
    TooLarge(usize),
    /// What it would be found in was never read yet.
    NotReadYet(String),
    /// The past is kept in a database, which does not answer.
    HistoryUnavailable(String),
    /// A bug of ours.
    Internal,
}

impl Fault {
    /// A path that no route answers, or none that the asker may see.
    pub fn no_route(path: &str) -> Self {
        Self::NotFound(format!("There is no route {path}."))
    }

    /// A cluster that is not configured, or that the asker may not see.
    pub fn no_cluster(name: &str) -> Self {
        Self::NotFound(format!("There is no cluster {name}."))
    }

    /// The past cannot be told: why.
    pub fn no_history(error: &HistoryError) -> Self {
        Self::HistoryUnavailable(error.to_string())
    }

    /// The problem as it is sent.
    pub fn problem(&self) -> Problem {
        let (status, kind, title) = self.kind();
        Problem { kind: kind.into(), title: title.into(), status: status.as_u16(), detail: self.detail() }
    }

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "not-found", "Not found"),
            Self::BadParameter(_) => (StatusCode::BAD_REQUEST, "bad-parameter", "Bad parameter"),
            Self::BadBody(_) => (StatusCode::BAD_REQUEST, "bad-body", "Bad body"),
            Self::NotJson => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", "Not JSON"),
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed")
            }
            Self::Unauthorized(_) => (StatusCode::UNAUTHORIZED, "unauthorized", "Who is asking?"),
            Self::CrossSite => (StatusCode::FORBIDDEN, "cross-site", "Cross-site request"),
            Self::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many attempts"),
            Self::Busy(_) => (StatusCode::SERVICE_UNAVAILABLE, "busy", "Busy"),
            Self::TooSlow(_) => (StatusCode::SERVICE_UNAVAILABLE, "too-slow", "Too slow"),
            Self::Misdirected(_) => (StatusCode::MISDIRECTED_REQUEST, "misdirected", "Misdirected request"),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Body too large"),
            Self::NotReadYet(_) => (StatusCode::SERVICE_UNAVAILABLE, "not-read-yet", "Not read yet"),
            Self::HistoryUnavailable(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "history-unavailable", "History unavailable")
            }
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error"),
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::NotFound(detail)
            | Self::BadParameter(detail)
            | Self::BadBody(detail)
            | Self::Busy(detail)
            | Self::Misdirected(detail)
            | Self::HistoryUnavailable(detail)
            | Self::NotReadYet(detail) => detail.clone(),
            Self::Unauthorized(detail) => (*detail).into(),
            Self::NotJson => "Send the body as JSON, with Content-Type: application/json.".into(),
            Self::MethodNotAllowed => {
                "This route does not take that method; the API document lists what it takes.".into()
            }
            Self::CrossSite => "A page of another site may not ask for this. Open Riverkeeper itself.".into(),
            Self::TooMany(seconds) => format!("Try again after {seconds} s."),
            Self::TooSlow(seconds) => format!("The answer took longer than {seconds} s. Try again."),
            Self::TooLarge(limit) => format!("Send at most {limit} bytes."),
            Self::Internal => "Riverkeeper has a bug here; its log has the details.".into(),
        }
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
        match self {
            Self::Unauthorized(_) => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::TooMany(seconds) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            _ => {}
        }
        response
    }
}
