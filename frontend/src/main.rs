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
mod later;
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
    // The gallery is a piece that comes later, and its pages are among the routes from the start.
    #[cfg(debug_assertions)]
    wasm_bindgen_futures::spawn_local(async {
        let gallery = if gallery::is_open() { gallery::pages().await.ok() } else { None };
        mount(gallery.unwrap_or(Vec::new));
    });
    #[cfg(not(debug_assertions))]
    mount(Vec::new);
}

fn mount(beside: app::Routes) {
    leptos::mount::mount_to_body(move || leptos::view! { <app::App beside=beside /> });
}
