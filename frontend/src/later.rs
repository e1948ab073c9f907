//! Code that comes when it is needed for the first time: pages, and what draws charts.
//!
//! It exists so that a first visit waits for the first page alone, however many pages there are. What only functions
//! under `#[wasm_split]` use lies in pieces of WebAssembly of their own, which `scripts/split.sh` cuts from the rest.

use leptos::{prelude::*, task::spawn_local, wasm_split::SplitLoaderError};

use crate::{app::set_way, components::Head};

/// A function whose code came later, or that it did not come.
pub(crate) type Later<F> = Result<F, SplitLoaderError>;

/// Makes a page.
pub(crate) type Page = fn() -> AnyView;

/// What `load` brings; nothing until it is here.
pub(crate) fn fetched<F, Loading>(load: fn() -> Loading) -> ReadSignal<Option<Later<F>>, LocalStorage>
where
    F: Copy + 'static,
    Loading: Future<Output = Later<F>> + 'static,
{
    let (came, set_came) = signal_local(None);
    spawn_local(async move {
        let function = load().await;
        // Whoever waited for it may have left the page.
        set_came.try_set(Some(function));
    });
    came
}

/// The page that `load` brings.
pub(crate) fn later<Loading>(load: fn() -> Loading) -> AnyView
where
    Loading: Future<Output = Later<Page>> + 'static,
{
    let page = fetched(load);
    (move || match page.get() {
        None => view! { <div aria-busy="true"></div> }.into_any(),
        Some(Ok(page)) => page(),
        Some(Err(_)) => absent(),
    })
    .into_any()
}

/// A part of a page, made by the function that `load` brings.
pub(crate) fn later_part<F, Loading>(
    load: fn() -> Loading,
    draw: impl Fn(F) -> AnyView + Send + 'static,
) -> AnyView
where
    F: Copy + 'static,
    Loading: Future<Output = Later<F>> + 'static,
{
    let part = fetched(load);
    (move || match part.get() {
        None => view! { <div class="part-to-come" aria-busy="true"></div> }.into_any(),
        Some(Ok(part)) => draw(part),
        Some(Err(_)) => {
            view! { <p class="panel said">"A part of this page could not be loaded. Reload the page to try again."</p> }.into_any()
        }
    })
    .into_any()
}

/// Said in place of a page that did not come; it is asked for again when it is opened again.
fn absent() -> AnyView {
    set_way(vec![("Not loaded".into(), None)]);
    let said = shared::headline::Headline {
        title: "This page could not be loaded".into(),
        lede: "Riverkeeper does not answer, or was updated after this dashboard was opened.".into(),
    };
    let headline = Signal::derive(move || Some(said.clone()));
    view! {
        <Head headline=headline meanwhile="" />
        <p><button type="button" class="link" on:click=|_| reload()>"Reload"</button></p>
    }
    .into_any()
}

/// Loads the dashboard again, of the build that the server has now.
pub(crate) fn reload() {
    // The browser refuses only when it is leaving the page already.
    let _ = window().location().reload();
}
