//! The glass: Riverkeeper's dashboard, a Leptos application drawn in the browser.
//!
//! It exists so that a person sees in a sentence what is wrong with a fleet. It holds no truth of its own: every
//! view is asked of the observer, and shown with its source and its age.

mod access;
mod api;
mod app;
mod capabilities;
mod components;
#[cfg(debug_assertions)]
mod gallery;
mod live;
mod place;
mod shell;
mod time_range;

fn main() {
    // A release says a bug with its place in the WebAssembly; the words would cost every reader some kilobytes.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    if let Some(before) = leptos::prelude::document().get_element_by_id("before") {
        before.remove();
    }
    leptos::mount::mount_to_body(app::App);
}
