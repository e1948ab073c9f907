//! HTTP, written once: the outer layers, problems, strict parameters, lists, tags, the live stream, the page,
//! health and metrics. It knows no capability.

pub mod answer;
mod assets;
mod body;
pub mod connections;
mod document;
mod event_page;
mod events;
pub mod gate;
pub mod list;
mod live;
mod metrics;
pub mod params;
pub mod path;
mod places;
pub mod problem;
pub mod range;
mod search;
mod security;
pub mod server;
mod session;
mod state;
mod status;

pub use assets::build;
pub use places::Places;
pub use state::{Amount, Family, Measured, Process, Search, Sought, holds};
