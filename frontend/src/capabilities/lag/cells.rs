//! What stands in the cells of tables of groups and partitions.

use leptos::prelude::*;
use shared::{
    lag::{AgeMethod, CatchUp, GroupLag, GroupType, LagVerdict, per_second},
    meta::Reading,
    route::{page, segment},
    units,
    verdict::Severity,
};

use super::state::{freshness_of, verdict_mark};
use crate::{
    components::{Tone, maybe_count, nobody, state, unknown},
    live::use_store,
    place::use_place,
};

/// The groups of an owner, as a page.
pub(crate) fn page_of_owner(owner: &str) -> String {
    format!("{}?owner={}", page::LAG, segment(owner))
}

/// How a group is, as time passes.
pub(crate) fn verdict_cell(group: &GroupLag, readings: Signal<Vec<Reading>>) -> AnyView {
    let Some(verdict) = group.verdict else { return no_verdict(group.group_type) };
    let store = use_store();
    let cluster = group.cluster.clone();
    let shown = Memo::new(move |_| {
        let now = store.clock.now();
        readings.with(|readings| verdict_mark(verdict, freshness_of(&cluster, readings, now)))
    });
    let why = group.reason.as_ref().map(|reason| reason.sentence.clone());
    (move || {
        let (mark, word) = shown.get();
        view! { <span title=why.clone()>{state(mark, word)}</span> }
    })
    .into_any()
}

/// What stands where a group of this type is not judged.
pub(crate) fn no_verdict(group_type: GroupType) -> AnyView {
    let said = if group_type.is_judged() {
        "It has committed nothing, and no partition is assigned to it".into()
    } else {
        format!("A {} has no verdict", group_type.word())
    };
    let title = said.clone();
    view! { <span class="dim" title=title><span aria-hidden="true">{units::UNKNOWN}</span><span class="hidden">{said}</span></span> }
        .into_any()
}

/// A group's id, which leads to its page; below it where it is, and what is wrong.
pub(crate) fn name_cell(group: &GroupLag, names_cluster: bool) -> AnyView {
    let place = use_place();
    let to = page::group(&group.cluster, &group.group);
    let name = group.group.clone();
    let kind = matches!(group.group_type, GroupType::Share | GroupType::Streams)
        .then(|| group.group_type.word().to_owned());
    let why = group.reason.as_ref().map(|reason| reason.sentence.clone());
    let cluster = names_cluster.then(|| group.cluster.clone());
    let below = [cluster, kind, why.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let below = (!below.is_empty()).then(|| view! { <span class="sub" title=why>{below}</span> });
    view! { <a class="mono" href=move || place.to(&to) title=name.clone()>{name.clone()}</a>{below} }
        .into_any()
}

/// Records that wait, loud where that is why the verdict is bad.
pub(crate) fn waiting_cell(lag_records: Option<u64>, verdict: Option<LagVerdict>) -> AnyView {
    let severity = verdict.map_or(Severity::Ok, LagVerdict::severity);
    if severity < Severity::Warning || lag_records.is_none() {
        return maybe_count(lag_records);
    }
    view! { <b class=Tone::of(severity).class()>{maybe_count(lag_records)}</b> }.into_any()
}

/// How long the oldest unread record has waited, and in the title how that is known.
pub(crate) fn age_cell(age_seconds: Option<f64>, method: Option<AgeMethod>) -> AnyView {
    let Some(age) = age_seconds else { return unknown() };
    let said = units::seconds(age);
    match method {
        Some(AgeMethod::OlderThan) => {
            let title = format!("It has waited for at least {said}: further back nothing is known");
            view! { <span title=title><span aria-hidden="true">"≥\u{202f}"</span><span class="hidden">"more than "</span>{said}</span> }.into_any()
        }
        Some(AgeMethod::Record) => {
            view! { <span title="By the timestamp of the oldest unread record">{said}</span> }.into_any()
        }
        Some(AgeMethod::History) => {
            view! { <span title="Since the log end passed the committed offset">{said}</span> }.into_any()
        }
        None => said.into_any(),
    }
}

/// A rate; its unit stands in the heading.
pub(crate) fn rate_cell(rate: Option<f64>) -> AnyView {
    rate.map_or_else(unknown, |rate| per_second(rate).into_any())
}

/// When it has read everything.
pub(crate) fn catch_up_cell(group: &GroupLag) -> AnyView {
    let quiet = |said: &'static str| view! { <span class="dim">{said}</span> }.into_any();
    match group.catch_up() {
        CatchUp::Unknown => unknown(),
        CatchUp::Done => quiet("all read"),
        CatchUp::KeepsPace => quiet("keeps pace"),
        CatchUp::In(left) => units::seconds(left).into_any(),
        CatchUp::Never => {
            view! { <span class="warn" title="It reads no more than comes in">"never "<span class="sub">"at this rate"</span></span> }
                .into_any()
        }
    }
}

/// When retention takes unread records, or how many it took.
pub(crate) fn loss_cell(group: &GroupLag) -> AnyView {
    let tone = Tone::of(group.loss_severity()).class();
    match (group.lost_records.filter(|lost| *lost > 0), group.data_loss_seconds) {
        (Some(lost), _) => {
            let said =
                format!("Retention took {} before they were read", units::counted(lost, "record", "records"));
            view! { <b class=tone title=said>{units::count(lost)}" lost"</b> }.into_any()
        }
        (None, Some(left)) => {
            let said = "Until retention takes the first unread record, at these rates";
            view! { <span class=tone title=said>{units::seconds(left)}</span> }.into_any()
        }
        (None, None) => {
            let said = "Not at these rates, or not known";
            view! { <span class="dim" title=said><span aria-hidden="true">{units::UNKNOWN}</span><span class="hidden">{said}</span></span> }.into_any()
        }
    }
}

/// How many members it has, and what they do where that is not the usual.
pub(crate) fn members_cell(group: &GroupLag) -> AnyView {
    let word = group.state_word().filter(|word| word != "no members");
    let word = word.map(|word| view! { " "<span class="sub">{word}</span> });
    view! { {maybe_count(group.member_count)}{word} }.into_any()
}

/// Whose it is, which leads to all that they have.
pub(crate) fn owner_cell(owner: Option<&str>) -> AnyView {
    let Some(owner) = owner else { return nobody() };
    let place = use_place();
    let to = page_of_owner(owner);
    view! { <a href=move || place.to(&to)>{owner.to_owned()}</a> }.into_any()
}
