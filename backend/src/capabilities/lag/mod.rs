//! Which consumer groups fall behind, since when, and will they catch up?
//!
//! It keeps the last commits of each group for each partition ([`book`]) and judges them by the rules of Burrow
//! ([`evaluate`]), for what was built on its answers. [`replay`] runs the same over recorded lines.

pub mod book;
pub mod evaluate;
pub mod model;
pub mod replay;
