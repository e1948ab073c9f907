//! HTTP, written once: the outer layers, problems, strict parameters, lists, tags, the live stream, the page,
//! health and metrics. It knows no capability.

pub mod answer;
mod assets;
mod events;
pub mod list;
mod live;
mod metrics;
pub mod params;
pub mod path;
pub mod problem;
mod search;
mod security;
pub mod server;
mod state;
mod status;

pub use assets::build;
pub use state::{Process, Search, Sought};
