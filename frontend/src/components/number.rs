//! Numbers with their units. What is not known is a dash, never zero.

use leptos::prelude::*;
use shared::units;

/// What else than not being known may leave a number out.
#[derive(Clone, Copy)]
pub(crate) struct WhyUnknown(pub Signal<&'static str>);

/// What stands for a number that is not known.
pub(crate) fn unknown() -> AnyView {
    let title = use_context::<WhyUnknown>().map_or("Not known", |WhyUnknown(why)| why.get_untracked());
    view! { <span class="dim" title=title><span aria-hidden="true">{units::UNKNOWN}</span><span class="hidden">"not known"</span></span> }.into_any()
}

/// A count.
pub(crate) fn count(value: impl Into<u64>) -> AnyView {
    units::count(value.into()).into_any()
}

/// A count that may not be known.
pub(crate) fn maybe_count(value: Option<impl Into<u64>>) -> AnyView {
    value.map_or_else(unknown, count)
}

/// A size, with every byte behind it.
pub(crate) fn size(value: Option<u64>) -> AnyView {
    let Some(value) = value else { return unknown() };
    let (number, unit) = units::bytes(value);
    view! { <span title=format!("{} bytes", units::count(value))>{number}" "<small class="unit">{unit}</small></span> }.into_any()
}
