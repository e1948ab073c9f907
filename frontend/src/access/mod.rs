//! Who is signed in, and the page on which one signs in.
//!
//! What a token may see is decided by the server alone. Here it only decides what is worth asking for.

mod returning;
mod sign_in;
mod who;

use leptos::prelude::*;
use leptos_router::{
    NestedRoute,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    path,
};
pub(crate) use sign_in::SignInPage;
pub(crate) use who::{SignedIn, Who, use_who};

/// The page on which one signs in, relative to the base.
pub(crate) const PAGE: &str = "sign-in";

/// Its route.
pub(crate) fn routes() -> Vec<AnyNestedRoute> {
    vec![NestedRoute::new(path!("/sign-in"), || view! { <SignInPage /> }.into_any()).into_any_nested_route()]
}
