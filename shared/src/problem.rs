//! The one shape of every error answer: problem details (RFC 9457).

use serde::{Deserialize, Serialize};

/// A problem, sent as `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// What kind of problem, stable for machines: `not-found`, `bad-parameter`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong here and what to do.
    pub detail: String,
}
