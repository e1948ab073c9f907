//! What is on the screen: one event stream, one store, and the five states drawn once.
//!
//! A page asks for an address through `query`; the store fetches it, holds it, and asks again when a notice says
//! that it has moved. Nothing known is erased: a view stays until a newer one replaces it.

mod clock;
mod entry;
mod heard;
mod look;
mod query;
mod rules;
mod shown;
mod store;
pub(crate) mod stream;

pub(crate) use query::{Ask, Query, View, query};
pub(crate) use shown::{Empty, Shown, ShownFacts, Standing};
pub(crate) use store::{Link, Store, use_store};
