//! Names in a path. One that is not text is answered with a problem, like every other fault.

use axum::{
    extract::{FromRequestParts, rejection::PathRejection},
    http::request::Parts,
};

use super::problem::Fault;

/// The names of a path, decoded.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<S, T> FromRequestParts<S> for Path<T>
where
    S: Send + Sync,
    axum::extract::Path<T>: FromRequestParts<S, Rejection = PathRejection>,
{
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let axum::extract::Path(names) = axum::extract::Path::from_request_parts(parts, state)
            .await
            .map_err(|_| Fault::BadParameter("A name in the path is not UTF-8 text.".into()))?;
        Ok(Self(names))
    }
}
