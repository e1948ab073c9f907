//! The vocabulary: names, views, verdicts, units and charts that the observer and the glass share.
//!
//! It exists so that a word means the same in the backend, on the wire and on the screen. Nothing here does I/O,
//! reads a clock or waits; all of it compiles to wasm32.

pub mod access;
pub mod catalog;
pub mod chart;
pub mod event;
pub mod headline;
pub mod inventory;
pub mod lag;
pub mod live;
pub mod load;
pub mod meta;
pub mod problem;
pub mod rights;
pub mod route;
pub mod search;
pub mod status;
pub mod topology;
pub mod units;
pub mod verdict;

/// A point in time as it travels: UTC, RFC 3339 on the wire. (Named so that the OpenAPI generator knows it.)
pub type DateTime = chrono::DateTime<chrono::Utc>;
