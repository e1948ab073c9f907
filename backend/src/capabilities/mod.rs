//! The product: a folder a capability. This is the register.

pub mod inventory;

use std::{fmt, sync::Arc};

use utoipa_axum::router::OpenApiRouter;

use crate::http::Search;

/// What a capability gives to the process when it registers.
pub struct Capability {
    /// Its routes, documented.
    pub routes: OpenApiRouter,
    /// Where search looks for its things.
    pub search: Arc<dyn Search>,
}

impl fmt::Debug for Capability {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Capability").finish_non_exhaustive()
    }
}
