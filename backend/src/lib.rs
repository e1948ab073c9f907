//! The observer, as a library: the rooms that the binary `riverkeeper` is wired from.

pub mod kafka;
