//! Answers that a browser may keep: a weak tag over what the answer was made from, checked before it is made.
//!
//! The tag moves with the revisions and failures of the parts, not with their age: ages travel in notices.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::{
    Json,
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use shared::{
    DateTime,
    meta::{Meta, Reading},
};

use super::problem::Fault;
use crate::access::Scope;

/// What a request says of itself, for the tag: its path, its parameters, what the browser has.
#[derive(Debug)]
pub struct Asked {
    seed: u64,
    has: Option<HeaderValue>,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let mut hasher = DefaultHasher::new();
        (env!("CARGO_PKG_VERSION"), parts.uri.path(), parts.uri.query()).hash(&mut hasher);
        Ok(Self { seed: hasher.finish(), has: parts.headers.get(header::IF_NONE_MATCH).cloned() })
    }
}

impl Asked {
    /// The answer, or 304 when the browser has it: made from parts at `revisions` for one scope.
    pub fn answer<T: Serialize>(
        &self,
        scope: &Scope,
        revisions: &[u64],
        readings: &[Reading],
        make: impl FnOnce() -> T,
    ) -> Response {
        match self.told(scope, revisions, readings) {
            (headers, true) => (StatusCode::NOT_MODIFIED, headers).into_response(),
            (headers, false) => (headers, Json(make())).into_response(),
        }
    }

    /// The same of an answer that takes a while to make, and may fail.
    pub async fn answer_later<T: Serialize, F>(
        &self,
        scope: &Scope,
        revisions: &[u64],
        readings: &[Reading],
        make: impl FnOnce() -> F,
    ) -> Result<Response, Fault>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        match self.told(scope, revisions, readings) {
            (headers, true) => Ok((StatusCode::NOT_MODIFIED, headers).into_response()),
            (headers, false) => Ok((headers, Json(make().await?)).into_response()),
        }
    }

    /// The headers of an answer, and whether the browser has it.
    fn told(&self, scope: &Scope, revisions: &[u64], readings: &[Reading]) -> (HeaderMap, bool) {
        let mut hasher = DefaultHasher::new();
        (self.seed, scope.tag(), revisions).hash(&mut hasher);
        for reading in readings {
            (&reading.failure, reading.as_of.is_some()).hash(&mut hasher);
        }
        let tag = format!("W/\"{:016x}\"", hasher.finish());
        let same = self.has.as_ref().is_some_and(|has| has.as_bytes() == tag.as_bytes());
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        (headers, same)
    }
}

/// What stands beside a page of rows.
pub fn meta(
    total: Option<u64>,
    next_cursor: Option<String>,
    revision: u64,
    now: DateTime,
    readings: Vec<Reading>,
) -> Meta {
    Meta { total, next_cursor, revision, now, readings }
}
