//! Who is asking and what they may see.
//!
//! Every read takes a [`Scope`] (I8). There is one value yet, everything, until tokens name less.

use axum::{extract::FromRequestParts, http::request::Parts};

/// What the asker may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope(());

impl Scope {
    /// Sees everything.
    pub fn everything() -> Self {
        Self(())
    }

    /// Whether the cluster may be seen.
    pub fn sees_cluster(&self, _cluster: &str) -> bool {
        true
    }

    /// Whether it may be told that there is an owner of that name.
    pub fn sees_owner(&self, _owner: &str) -> bool {
        true
    }

    /// Tells this scope's answers from another's, in an `ETag`.
    pub fn tag(&self) -> u64 {
        0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Scope {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::everything())
    }
}
