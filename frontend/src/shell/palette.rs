//! The search: everything that has a name, found by the keyboard.

use leptos::{html, prelude::*};
use shared::{
    inventory::NOUN,
    route::{api, segment},
    search::Hit,
};
use web_sys::KeyboardEvent;

use super::{Dialog, help::show_when};
use crate::{
    capabilities::page_of_hit,
    components::{Icon, Mark, icon, mark},
    live::{Ask, query},
    place::{Place, use_place},
};

/// Nobody reads further down.
const SHOWN: usize = 20;

/// The state of an open search.
#[derive(Clone, Copy)]
struct Search {
    chosen: RwSignal<usize>,
    hits: Memo<Vec<Hit>>,
    dialog: RwSignal<Dialog>,
    place: Place,
}

/// The search dialog: a combobox over a list of what was found.
#[component]
pub(crate) fn Palette(dialog: RwSignal<Dialog>) -> impl IntoView {
    let frame = NodeRef::<html::Dialog>::new();
    let input = NodeRef::<html::Input>::new();
    let text = RwSignal::new(String::new());
    let asked = settled(text);
    let found = query::<shared::search::Hits>(move || {
        let asked = asked.get();
        let wanted = !asked.is_empty() && dialog.get() == Dialog::Search;
        let url = || format!("{}?q={}&limit={SHOWN}", api::SEARCH, segment(&asked));
        wanted.then(|| Ask::new(NOUN, None, url()))
    });
    let hits = Memo::new(move |_| {
        let nothing = text.with(|text| text.trim().is_empty());
        found
            .view
            .with(|view| view.as_ref().filter(|_| !nothing).map(|view| view.hits.clone()).unwrap_or_default())
    });
    let search = Search { chosen: RwSignal::new(0), hits, dialog, place: use_place() };
    show_when(frame, dialog, Dialog::Search);
    Effect::new(move || {
        if dialog.get() == Dialog::Search
            && let Some(input) = input.get()
        {
            input.select();
        }
    });
    let say = move || match (text.with(|text| text.trim().is_empty()), found.fault(), hits.with(Vec::len)) {
        (true, _, _) => "Type a part of a name".into(),
        (_, Some(fault), _) => fault.title(),
        (_, _, 0) if found.is_behind() || found.is_waiting() => "Searching…".into(),
        (_, _, 0) => format!("Nothing is called {}", text.get().trim()),
        (_, _, found) => shared::units::counted(found as u64, "thing found", "things found"),
    };
    view! {
        <dialog class="sheet palette" node_ref=frame aria-label="Search" on:close=move |_| dialog.set(Dialog::None)>
            <div class="ask">
                {icon(Icon::Search)}
                <input
                    node_ref=input type="text" autocomplete="off" spellcheck="false" placeholder="Clusters, topics, groups, owners…"
                    role="combobox" aria-label="Search clusters, brokers, topics, groups, owners" aria-autocomplete="list" aria-controls="hits"
                    aria-expanded=move || (!hits.with(Vec::is_empty)).to_string()
                    aria-activedescendant=move || hits.with(|hits| search.chosen.get() < hits.len()).then(|| format!("hit-{}", search.chosen.get()))
                    prop:value=text
                    on:input=move |event| { text.set(event_target_value(&event)); search.chosen.set(0); }
                    on:keydown=move |event| search.press(&event)
                />
                <kbd>"Esc"</kbd>
            </div>
            <ul id="hits" role="listbox" aria-label="Found">{move || hits.get().into_iter().enumerate().map(|(at, hit)| search.row(at, hit)).collect_view()}</ul>
            <p class="foot" role="status">{say}</p>
        </dialog>
    }
    .into_any()
}

/// The text once nobody has typed for a moment.
fn settled(text: RwSignal<String>) -> Memo<String> {
    let settled = RwSignal::new(String::new());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move || {
        let typed = text.with(|text| text.trim().to_owned());
        if let Some(waiting) = timer.get_value() {
            waiting.clear();
        }
        let wait = std::time::Duration::from_millis(120);
        timer.set_value(set_timeout_with_handle(move || settled.set(typed), wait).ok());
    });
    Memo::new(move |_| settled.get())
}

impl Search {
    fn press(self, event: &KeyboardEvent) {
        let last = self.hits.with_untracked(Vec::len).saturating_sub(1);
        let chosen = self.chosen.get_untracked();
        match event.key().as_str() {
            "ArrowDown" => self.choose(if chosen >= last { 0 } else { chosen + 1 }),
            "ArrowUp" => self.choose(if chosen == 0 { last } else { chosen - 1 }),
            "Enter" => self.go(chosen),
            _ => return,
        }
        event.prevent_default();
    }

    fn choose(self, at: usize) {
        self.chosen.set(at);
        if let Some(row) = document().get_element_by_id(&format!("hit-{at}")) {
            let nearest = web_sys::ScrollIntoViewOptions::new();
            nearest.set_block(web_sys::ScrollLogicalPosition::Nearest);
            row.scroll_into_view_with_scroll_into_view_options(&nearest);
        }
    }

    fn go(self, at: usize) {
        let page = self.hits.with_untracked(|hits| hits.get(at).map(page_of_hit));
        if let Some(page) = page {
            self.dialog.set(Dialog::None);
            self.place.go(&page);
        }
    }

    fn row(self, at: usize, hit: Hit) -> AnyView {
        let kind = Mark::of_severity(hit.severity);
        let name = match hit.kind {
            shared::search::HitKind::Broker => format!("Broker {}", hit.name),
            _ => hit.name.clone(),
        };
        let place_of = match hit.kind {
            shared::search::HitKind::Cluster => "cluster".to_owned(),
            shared::search::HitKind::Broker => format!("broker of {}", hit.cluster),
            shared::search::HitKind::Topic => format!("topic of {}", hit.cluster),
            shared::search::HitKind::Group => format!("consumer group of {}", hit.cluster),
        };
        let said =
            [Some(place_of), hit.owner, hit.detail].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        view! {
            <li id=format!("hit-{at}") role="option" aria-selected=move || (self.chosen.get() == at).to_string() on:click=move |_| self.go(at) on:pointermove=move |_| self.chosen.set(at)>
                <span class=kind.class() title=kind.word()>{mark(kind)}<span class="hidden">{kind.word()}": "</span></span>
                <b>{name}</b>
                <span class="dim">{said}</span>
            </li>
        }
        .into_any()
    }
}
