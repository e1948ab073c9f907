//! Numbers with their units. What is not known is a dash, never zero.

use leptos::prelude::*;
use shared::{load::Unit, units};

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

/// A count of which there may be more, and why; without a reason it is a count like others.
pub(crate) fn at_least(value: Option<impl Into<u64>>, why: Option<String>) -> AnyView {
    match (value.map(Into::into), why) {
        (Some(value), Some(why)) => {
            let title = format!("At least {}: {why}", units::count(value));
            view! { <span title=title><span aria-hidden="true">"≥\u{202f}"</span><span class="hidden">"at least "</span>{units::count(value)}</span> }.into_any()
        }
        (value, _) => maybe_count(value),
    }
}

/// A size, with every byte behind it.
pub(crate) fn size(value: Option<u64>) -> AnyView {
    let Some(value) = value else { return unknown() };
    let (number, unit) = units::bytes(value);
    view! { <span title=format!("{} bytes", units::count(value))>{number}" "<small class="unit">{unit}</small></span> }.into_any()
}

/// A value of a metric in its unit.
pub(crate) fn measure(unit: Unit, value: Option<f64>) -> AnyView {
    let Some(value) = value else { return unknown() };
    let (number, unit) = unit.spoken(value);
    view! { <span>{number}" "<small class="unit">{unit}</small></span> }.into_any()
}

/// Bytes in a second, of which there may be more, and why.
pub(crate) fn rate(value: Option<f64>, why: Option<String>) -> AnyView {
    let shown = measure(Unit::BytesPerSecond, value);
    match why.filter(|_| value.is_some()) {
        Some(why) => view! { <span title=format!("At least so much: {why}")><span aria-hidden="true">"≥\u{202f}"</span><span class="hidden">"at least "</span>{shown}</span> }.into_any(),
        None => shown,
    }
}
