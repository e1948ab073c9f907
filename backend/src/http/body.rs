//! Bodies are JSON, and say so: a form of another site cannot send that without asking first.

use axum::{
    Json,
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::StatusCode,
};
use serde::de::DeserializeOwned;

use super::problem::Fault;
use super::server::LARGEST_BODY;

/// A body, read strictly.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        Json::from_request(request, state).await.map(|Json(body)| Self(body)).map_err(|rejection| {
            match rejection {
                JsonRejection::MissingJsonContentType(_) => Fault::NotJson,
                // The library's words quote the body; ours must not, for it may be a secret.
                JsonRejection::JsonSyntaxError(_) => Fault::BadBody("The body is not JSON.".into()),
                JsonRejection::JsonDataError(_) => Fault::BadBody(
                    "The body is JSON, but not what this route takes; the API document has its shape.".into(),
                ),
                other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => Fault::TooLarge(LARGEST_BODY),
                _ => Fault::BadBody("The body could not be read.".into()),
            }
        })
    }
}
