//! Who is signed in, what they may see, and the way out.

use leptos::{html, prelude::*};
use shared::{
    DateTime,
    access::{Role, Session, Via},
    units::duration,
};

use super::{Dialog, help::show_when};
use crate::{
    access::use_who,
    components::{Clocked, unknown},
    live::use_store,
};

/// The dialog about who is signed in.
#[component]
pub(crate) fn SignedIn(dialog: RwSignal<Dialog>) -> impl IntoView {
    let who = use_who();
    let frame = NodeRef::<html::Dialog>::new();
    show_when(frame, dialog, Dialog::Who);
    let session = Memo::new(move |_| who.session());
    let out = move |_| {
        dialog.set(Dialog::None);
        who.sign_out();
    };
    view! {
        <dialog class="sheet help" node_ref=frame aria-labelledby="who-title" on:close=move |_| dialog.set(Dialog::None)>
            <header>
                <h2 id="who-title">"Who is signed in"</h2>
                <button type="button" class="btn small" on:click=move |_| dialog.set(Dialog::None)>"Close"</button>
            </header>
            {move || session.get().map(|session| facts(&session))}
            {move || session.get().filter(|session| session.via == Via::Session).map(|_| view! {
                <p><button type="button" class="btn" on:click=out>"Sign out"</button></p>
            })}
        </dialog>
    }
    .into_any()
}

fn facts(session: &Session) -> AnyView {
    let role = match session.role {
        Role::Viewer => "viewer: sees, and changes nothing",
    };
    let all = |names: &Option<Vec<String>>, all: &'static str| {
        names.as_ref().map_or(all.into(), |names| names.join(", "))
    };
    let row = |label: &'static str, value: AnyView| view! { <div><dt>{label}</dt><dd>{value}</dd></div> };
    view! {
        <dl class="keys">
            {row("Token", session.name.clone().map_or_else(unknown, IntoAny::into_any))}
            {row("Role", role.into_any())}
            {row("Clusters", all(&session.clusters, "all").into_any())}
            {row("Owners", all(&session.owners, "everyone's things").into_any())}
            {row("Ends", session.expires.map_or_else(|| "not by itself".into_any(), ends))}
        </dl>
    }
    .into_any()
}

fn ends(at: DateTime) -> AnyView {
    let store = use_store();
    let left = move || duration((at - store.clock.now()).max(chrono::Duration::zero()));
    view! { <Clocked at=at />", in "{left} }.into_any()
}
