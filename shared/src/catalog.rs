//! The catalog: who owns what, by the operator's file.

use serde::{Deserialize, Serialize};

use crate::meta::Meta;

/// The catalog's name on the wire.
pub const NOUN: &str = "catalog";

/// What is read of it.
pub mod part {
    /// The file of owners.
    pub const OWNERS: &str = "owners";
}

/// Where to read more of an owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Link {
    /// What is there.
    pub title: String,
    /// Where it is; http or https.
    pub url: String,
}

/// Who owns something, with where to ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnerDetail {
    /// Its id.
    pub name: String,
    /// What people call it.
    pub title: Option<String>,
    /// Where to read more and whom to call.
    pub links: Vec<Link>,
}

impl OwnerDetail {
    /// Whether its name or title holds `q`, which is in lower case.
    pub fn is_called(&self, q: &str) -> bool {
        let holds = |text: &str| text.to_lowercase().contains(q);
        holds(&self.name) || self.title.as_deref().is_some_and(holds)
    }
}

/// One owner of the catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Owner {
    /// Who it is.
    #[serde(flatten)]
    pub owner: OwnerDetail,
    /// Topics that it owns, of those that the asker may see.
    pub topic_count: u64,
}

/// The owners of the catalog.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Owners {
    /// The rows, by name.
    pub owners: Vec<Owner>,
    /// What stands beside them.
    pub meta: Meta,
}
