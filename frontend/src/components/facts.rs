//! The few numbers that a page is about.

use leptos::prelude::*;

use super::Tone;

/// One number with its name.
pub(crate) struct Fact {
    /// Its name.
    pub label: &'static str,
    /// The number.
    pub value: AnyView,
    /// Unit, or what it is out of.
    pub note: AnyView,
    /// How much it asks for attention.
    pub tone: Tone,
}

impl Fact {
    /// A quiet number without a note.
    pub(crate) fn new(label: &'static str, value: AnyView) -> Self {
        Self { label, value, note: ().into_any(), tone: Tone::Plain }
    }

    /// With its unit, or what it is out of.
    pub(crate) fn note(self, note: impl IntoView + 'static) -> Self {
        Self { note: note.into_any(), ..self }
    }

    /// With a tone.
    pub(crate) fn tone(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }
}

/// A strip of numbers.
#[component]
pub(crate) fn Facts(
    /// The numbers.
    facts: Vec<Fact>,
) -> impl IntoView {
    let fact = |fact: Fact| {
        view! {
            <div>
                <dt>{fact.label}</dt>
                <dd><span class=fact.tone.class()>{fact.value}</span>" "<small>{fact.note}</small></dd>
            </div>
        }
    };
    view! { <dl class="facts">{facts.into_iter().map(fact).collect_view()}</dl> }.into_any()
}
