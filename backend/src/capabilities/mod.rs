//! The product: a folder a capability. This is the register.

pub mod inventory;
pub mod lag;
pub mod load;
pub mod topology;

use std::{fmt, sync::Arc};

use utoipa_axum::router::OpenApiRouter;

use crate::http::{Measured, Search};

/// What a capability gives to the process when it registers.
pub struct Capability {
    /// Its routes, documented.
    pub routes: OpenApiRouter,
    /// Where search looks for its things, if it has any that are sought.
    pub search: Option<Arc<dyn Search>>,
    /// What `/metrics` tells of it, beside its cycles.
    pub measured: Option<Arc<dyn Measured>>,
}

impl fmt::Debug for Capability {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Capability").finish_non_exhaustive()
    }
}
