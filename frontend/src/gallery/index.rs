//! The table of contents of the gallery, and the small components side by side.

use leptos::prelude::*;

use crate::{
    app::set_way,
    components::{
        Command, Fact, Facts, Head, Mark, Panel, Tone, bar, count, disk_tone, size, state, unknown,
    },
};

const PAGES: [&str; 12] = [
    "fleet",
    "cluster",
    "broker",
    "topics",
    "topic",
    "groups",
    "group",
    "topology",
    "flow",
    "status",
    "sign-in",
    "components",
];
const STATES: [&str; 15] = [
    "full",
    "well",
    "slow",
    "unmetered",
    "past",
    "hidden",
    "empty",
    "loading",
    "stale",
    "failed",
    "unreachable",
    "silent",
    "missing",
    "restricted",
    "ending",
];
const MARKS: [Mark; 5] = [Mark::Critical, Mark::Warning, Mark::Unknown, Mark::Stale, Mark::Well];

fn head(title: &str) -> AnyView {
    let said = shared::headline::Headline { title: title.into(), lede: String::new() };
    view! { <Head headline=Signal::derive(move || Some(said.clone())) meanwhile="" /> }.into_any()
}

/// Links to every page in every state.
#[component]
pub(crate) fn Index() -> impl IntoView {
    set_way(vec![("Gallery".into(), None)]);
    let state_of = |page: &'static str, state: &'static str| {
        view! { <a class="link" rel="external" href=format!("gallery/{page}?state={state}")>{state}</a>" " }
    };
    let row = move |page: &'static str| {
        view! { <div><dt>{page}</dt><dd>{STATES.map(|state| state_of(page, state)).into_iter().collect_view()}</dd></div> }
    };
    view! {
        {head("Every page in every state")}
        <dl class="keys">{PAGES.map(row).into_iter().collect_view()}</dl>
    }
    .into_any()
}

/// The small components.
#[component]
pub(crate) fn Components() -> impl IntoView {
    set_way(vec![("Gallery".into(), Some("gallery".into())), ("Components".into(), None)]);
    let facts = vec![
        Fact::new("Plain", count(1_204_551_u64)),
        Fact::new("With a unit", size(Some(3_900_000_000_000))),
        Fact::new("Warning", count(36_u32)).note("of 612").tone(Tone::Warn),
        Fact::new("Critical", count(2_u32)).note("of 3 up").tone(Tone::Bad),
        Fact::new("Not known", unknown()),
    ];
    let marks = MARKS.map(|mark| view! { <p class="said">{state(mark, mark.word())}</p> });
    let bars =
        [12, 71, 82, 97].map(|used| view! { <p class="said">{bar(used, disk_tone(used))}{used}" %"</p> });
    view! {
        {head("Components")}
        <Facts facts=facts />
        <div class="cols even">
            <Panel title="States" note=|| "shape, word and colour">{marks.into_iter().collect_view()}</Panel>
            <Panel title="Bars">{bars.into_iter().collect_view()}</Panel>
        </div>
        <Panel title="Command"><div class="commands"><Command label="Describe the topic" text="kafka-topics.sh --describe --topic orders".to_owned() /></div></Panel>
    }
    .into_any()
}
