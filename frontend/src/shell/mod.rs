//! The shell: what stands around every page.

mod bars;
mod help;
mod keys;
mod menu;
mod palette;
mod signed_in;
mod top;

use leptos::prelude::*;

use crate::{
    access,
    app::{Way, set_way},
    components::{Head, Icon, icon},
    place::{base_path, use_place},
};

/// Which of the dialogs is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Dialog {
    /// None.
    #[default]
    None,
    /// The search.
    Search,
    /// The list of keys.
    Help,
    /// Who is signed in.
    Who,
}

/// Menu, top bar, notices and the page.
#[component]
pub(crate) fn Shell(children: Children) -> impl IntoView {
    let dialog = RwSignal::new(Dialog::None);
    keys::listen(dialog);
    name_the_document();
    follow_with_focus();
    let is_bare = stands_alone();
    view! {
        {move || (!is_bare.get()).then(|| view! {
            <button type="button" class="skip" on:click=|_| focus_main()>"Skip to the page"</button>
            <header class="bar-above">
                <div class="brand">{icon(Icon::River)}<span>"Riverkeeper"</span></div>
                <top::Top dialog=dialog />
            </header>
            <menu::Menu dialog=dialog />
        })}
        <main id="main" tabindex="-1">
            <bars::Bars />
            {children()}
        </main>
        <palette::Palette dialog=dialog />
        <help::Help dialog=dialog />
        <signed_in::SignedIn dialog=dialog />
    }
    .into_any()
}

/// Whether the page stands alone: before signing in there is nothing to lead to.
fn stands_alone() -> Memo<bool> {
    let place = use_place();
    let base = base_path();
    Memo::new(move |_| {
        let path = place.path();
        let inside = path.strip_prefix(base.as_str()).unwrap_or(&path).trim_matches('/');
        inside.trim_start_matches("gallery/") == access::PAGE
    })
}

/// A page that is not there, with a way back.
pub(crate) fn not_found() -> AnyView {
    set_way(vec![("Not found".into(), None)]);
    missing("There is no page at this address", "It may have been moved, or the address is misspelt.")
}

/// Something that does not exist, with a way back.
pub(crate) fn missing(title: &'static str, text: impl Into<String>) -> AnyView {
    missing_of(title, text, ("", "Back to the fleet"))
}

/// The same with the page that is led back to, and what the link to it says.
pub(crate) fn missing_of(
    title: &'static str,
    text: impl Into<String>,
    (page, back): (&'static str, &'static str),
) -> AnyView {
    let place = use_place();
    let said = shared::headline::Headline { title: title.into(), lede: text.into() };
    let headline = Signal::derive(move || Some(said.clone()));
    view! {
        <Head headline=headline meanwhile="" />
        <p><a class="link" href=move || place.to(page)>{back}</a></p>
    }
    .into_any()
}

fn focus_main() {
    if let Some(main) = document().get_element_by_id("main") {
        focus(&main);
    }
}

/// Gives an element the focus.
pub(crate) fn focus(element: &web_sys::Element) {
    use wasm_bindgen::JsCast;
    if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
        // An element that cannot take the focus is none of ours.
        let _ = element.focus();
    }
}

fn name_the_document() {
    let Way(way) = expect_context();
    Effect::new(move || {
        let names: Vec<String> = way.get().into_iter().rev().map(|crumb| crumb.name).collect();
        let title = if names.is_empty() { String::new() } else { format!("{} · ", names.join(" · ")) };
        document().set_title(&format!("{title}Riverkeeper"));
    });
}

/// After a step to another page the focus is at its beginning, as it is after a load.
fn follow_with_focus() {
    let place = use_place();
    Effect::new(move |before: Option<String>| {
        let path = place.path();
        if before.is_some_and(|before| before != path) {
            focus_main();
        }
        path
    });
}
