//! Who is asking, and what they may see.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::DateTime;

/// What a bearer may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees, and changes nothing.
    #[default]
    Viewer,
}

/// How the asker is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// By a token in the `Authorization` header.
    Token,
    /// By the cookie that a token was exchanged for.
    Session,
    /// Not at all: no token is configured, and whoever reaches the page sees everything.
    Open,
}

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// The token's name; null when no token is configured.
    pub name: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Clusters that they may see, by name or glob; null for all.
    pub clusters: Option<Vec<String>>,
    /// Owners whose things they may see; null for all.
    pub owners: Option<Vec<String>>,
    /// When it ends, whatever is done until then; null when it does not.
    pub expires: Option<DateTime>,
    /// How they are known.
    pub via: Via,
}

/// What is sent to sign in.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The token.
    pub token: String,
}

impl fmt::Debug for SignIn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SignIn { token: *** }")
    }
}
