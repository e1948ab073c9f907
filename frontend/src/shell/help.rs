//! The list of keys.

use leptos::{html, prelude::*};

use super::{Dialog, keys};

const KEYS: [(&str, &str); 6] = [
    ("Ctrl K", "Search clusters, brokers, topics"),
    ("/", "The same"),
    ("↑ ↓", "Choose among what was found"),
    ("Enter", "Go there"),
    ("Esc", "Close"),
    ("?", "This list"),
];

/// The dialog with the list of keys.
#[component]
pub(crate) fn Help(dialog: RwSignal<Dialog>) -> impl IntoView {
    let frame = NodeRef::<html::Dialog>::new();
    show_when(frame, dialog, Dialog::Help);
    let on = RwSignal::new(keys::single_keys_are_on());
    let change = move |event| {
        on.set(event_target_checked(&event));
        keys::set_single_keys(on.get_untracked());
    };
    let row = |(key, does): (&'static str, &'static str)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{does}</dd></div> };
    view! {
        <dialog class="sheet help" node_ref=frame aria-labelledby="help-title" on:close=move |_| dialog.set(Dialog::None)>
            <header>
                <h2 id="help-title">"Keys"</h2>
                <button type="button" class="btn small" on:click=move |_| dialog.set(Dialog::None)>"Close"</button>
            </header>
            <dl class="keys">{KEYS.map(row).collect_view()}</dl>
            <label class="check">
                <input type="checkbox" prop:checked=on on:change=change />
                "Single keys (/ and ?) open things"
            </label>
            <p class="dim">"Tables scroll with the arrow keys once they have the focus. Headings that can be followed order the rows."</p>
        </dialog>
    }
    .into_any()
}

/// Opens and closes a dialog as the shell's state says.
pub(crate) fn show_when(frame: NodeRef<html::Dialog>, dialog: RwSignal<Dialog>, which: Dialog) {
    Effect::new(move || {
        let wanted = dialog.get() == which;
        if let Some(frame) = frame.get() {
            match (wanted, frame.open()) {
                // It fails only for a dialog that is open already.
                (true, false) => drop(frame.show_modal()),
                (false, true) => frame.close(),
                _ => {}
            }
        }
    });
}
