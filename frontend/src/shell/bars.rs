//! What concerns the whole page: Riverkeeper is silent, paused, or of another build.

use chrono::Duration;
use leptos::prelude::*;

use crate::{
    access::use_who,
    components::{Age, Clocked},
    later::reload,
    live::{Link, use_store},
};

/// How long before its end a session says so.
const SOON_MINUTES: i64 = 30;

/// The bars above a page.
#[component]
pub(crate) fn Bars() -> impl IntoView {
    let store = use_store();
    let who = use_who();
    let ends_soon = Memo::new(move |_| {
        let at = who.session()?.expires?;
        (at - store.clock.now() < Duration::minutes(SOON_MINUTES)).then_some(at)
    });
    let paused = Memo::new(move |_| store.link.get() == Link::Paused);
    view! {
        <div class="bars">
            {move || store.silent_since.get().filter(|_| !paused.get()).map(|since| view! {
                <p class="notice" role="alert">
                    <b>"Riverkeeper does not answer since "<Clocked at=since />"."</b>
                    <span>"What you see is what was last heard, and it gets older. It is asked again by itself."</span>
                </p>
            })}
            {move || paused.get().then(|| view! {
                <p class="notice warn">
                    <b>"Paused."</b>
                    <span>"Nothing below moves"{move || store.heard_at.get().map(|at| view! { "; it is as of " <Age at=at suffix="ago" /> })}"."</span>
                    <button type="button" class="link" on:click=move |_| store.link.set(Link::Connecting)>"Resume"</button>
                </p>
            })}
            {move || ends_soon.get().map(|at| view! {
                <p class="notice warn">
                    <b>"You are signed out at "<Clocked at=at />"."</b>
                    <span>"Sign in again before, with a token that has not ended."</span>
                    <button type="button" class="link" on:click=move |_| who.sign_out()>"Sign in again"</button>
                </p>
            })}
            {move || store.is_outdated.get().then(|| view! {
                <p class="notice warn">
                    <b>"Riverkeeper was updated."</b>
                    <span>"This page is of the build before."</span>
                    <button type="button" class="link" on:click=|_| reload()>"Reload"</button>
                </p>
            })}
        </div>
    }
    .into_any()
}
