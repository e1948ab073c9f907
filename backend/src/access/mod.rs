//! Who is asking and what they may see.
//!
//! Every read takes a [`Scope`] (I8). A scope comes from a token of the configuration, shown in a header or exchanged
//! for a session; where no token is configured it is everything. Time comes in as a parameter.

mod attempts;
mod credentials;
mod door;
mod scope;
mod session;
mod token;

pub use door::{Asker, Door, Refused, SignedIn, Stranger};
pub use scope::Scope;
pub use token::{Bounds, Hash, Names, Token};
