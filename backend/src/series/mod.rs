//! Samples in time, packed: what is measured again and again, in little room.
//!
//! A fleet gives millions of numbers a minute, and a row each would kill any database. So numbers lie in blocks: all
//! columns (metrics) of one subject over a fixed stretch of time, each column compressed by itself. It is pure: it
//! knows no clock, no database and no metric.
//!
//! | part | is |
//! | --- | --- |
//! | `code` | a value as a whole number of 19 bits, so that close values have close numbers |
//! | `packed` | a column of such numbers as bytes |
//! | `columns` | columns side by side, of which one can be read alone |
//! | `Window` | all samples of the last hours, in memory |
//! | `Block` | a fixed number of slots, as a database keeps them |
//! | `Resolution` | how long slots and blocks are |
//! | `Looks` | an offset that grows, at several times: the older, the farther apart |
//! | `Steps` | what a chart asks for: the mean of each step |

mod block;
mod bytes;
mod code;
mod columns;
mod looks;
mod packed;
mod resolution;
mod steps;
#[cfg(test)]
mod tests;
mod window;

pub use block::Block;
pub use looks::{Looks, Written};
pub use resolution::Resolution;
pub use steps::Steps;
pub use window::Window;

/// Bytes that are not what was packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the samples are damaged: {0}")]
pub struct Damaged(&'static str);
