//! The observer, as a library: the rooms that the binary `riverkeeper` is wired from.

pub mod access;
pub mod app;
pub mod capabilities;
pub mod catalog;
pub mod config;
pub mod db;
pub mod http;
pub mod kafka;
pub mod runtime;
pub mod series;
