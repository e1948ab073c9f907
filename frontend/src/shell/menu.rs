//! The menu: only what exists, built from the register.

use leptos::prelude::*;

use super::Dialog;
use crate::{
    access::use_who,
    capabilities::{Capability, register},
    components::{Icon, icon},
    place::{base_path, use_place},
};

/// The menu. On a phone it is the bar at the bottom.
#[component]
pub(crate) fn Menu(dialog: RwSignal<Dialog>) -> impl IntoView {
    let who = use_who();
    let (own, fleet): (Vec<_>, Vec<_>) = register().into_iter().partition(|capability| capability.is_own);
    view! {
        <nav class="menu" aria-label="Menu">
            {fleet.into_iter().map(item).collect_view()}
            <span class="rest"></span>
            <button type="button" class="item keys" aria-haspopup="dialog" on:click=move |_| dialog.set(Dialog::Help)>
                {icon(Icon::Keyboard)}<span>"Keys"</span>
            </button>
            {move || (!who.is_of_owners()).then(|| own.clone().into_iter().map(item).collect_view())}
        </nav>
    }
    .into_any()
}

fn item(capability: Capability) -> AnyView {
    let place = use_place();
    let base = base_path();
    let current = Memo::new(move |_| {
        let path = place.path();
        let inside = path.strip_prefix(base.as_str()).unwrap_or(&path).trim_matches('/').to_owned();
        (capability.owns)(&inside)
    });
    view! {
        <a class="item" href=move || place.to(capability.page) aria-current=move || current.get().then_some("page")>
            {icon(capability.icon)}<span>{capability.label}</span>{capability.count.map(|count| count())}
        </a>
    }
    .into_any()
}
