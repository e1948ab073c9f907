//! How Burrow wraps its answers.

use axum::{
    Json,
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Map, Value};

#[derive(Serialize)]
struct Envelope {
    error: bool,
    message: &'static str,
    #[serde(flatten)]
    payload: Map<String, Value>,
    request: Request,
}

#[derive(Serialize)]
struct Request {
    url: String,
    host: String,
}

/// An answer, with what it carries under `key`.
pub fn answer<T: Serialize>(
    status: StatusCode,
    uri: &Uri,
    message: &'static str,
    key: &str,
    payload: &T,
) -> Response {
    let payload = serde_json::to_value(payload).unwrap_or_default();
    wrapped(status, uri, (false, message), Map::from_iter([(key.to_owned(), payload)]))
}

/// An error.
pub fn error(uri: &Uri, message: &'static str) -> Response {
    wrapped(StatusCode::NOT_FOUND, uri, (true, message), Map::new())
}

fn wrapped(
    status: StatusCode,
    uri: &Uri,
    (error, message): (bool, &'static str),
    payload: Map<String, Value>,
) -> Response {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    // Burrow tells the path decoded.
    let url = percent_decoded(uri.path());
    (status, Json(Envelope { error, message, payload, request: Request { url, host } })).into_response()
}

fn percent_decoded(path: &str) -> String {
    percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned()
}
