//! The few numbers of a group.

use leptos::prelude::*;
use shared::{
    lag::{AgeMethod, GroupDetail, GroupLag, per_second},
    units,
};

use super::{cells::page_of_owner, state::verdict_mark};
use crate::{
    components::{Fact, Facts, Tone, maybe_count, nobody, unknown},
    place::use_place,
};

/// The facts of a group.
pub(crate) fn group_facts(detail: &GroupDetail) -> AnyView {
    let group = &detail.group;
    let rate = |rate: Option<f64>| rate.map_or_else(unknown, |rate| per_second(rate).into_any());
    let facts = vec![
        verdict(group),
        Fact::new("Waiting", maybe_count(group.lag_records)).note(group.lag_records.map(|_| "records")),
        oldest(group),
        Fact::new("Comes in", rate(group.produce_rate_per_second))
            .note(group.produce_rate_per_second.map(|_| "/s")),
        Fact::new("Is read", rate(group.consume_rate_per_second))
            .note(group.consume_rate_per_second.map(|_| "/s")),
        loss(group),
        Fact::new("Members", maybe_count(group.member_count))
            .note(group.state_word().filter(|word| word != "no members")),
        Fact::new("Owner", owner(group)),
    ];
    view! { <Facts facts=facts /> }.into_any()
}

fn verdict(group: &GroupLag) -> Fact {
    let Some(verdict) = group.verdict else {
        return Fact::new("Verdict", unknown()).note(group.group_type.word());
    };
    let (_, word) = verdict_mark(verdict, None);
    Fact::new("Verdict", word.into_any()).tone(Tone::of(verdict.severity()))
}

/// Whose it is, which leads to all groups that they have.
fn owner(group: &GroupLag) -> AnyView {
    let Some(owner) = group.owner.clone() else { return nobody() };
    let place = use_place();
    let to = page_of_owner(&owner);
    view! { <a class="link owner" href=move || place.to(&to) title=owner.clone()>{owner.clone()}</a> }
        .into_any()
}

fn oldest(group: &GroupLag) -> Fact {
    let Some(age) = group.age_seconds else { return Fact::new("Oldest waits for", unknown()) };
    let (before, how, why) = match group.age_method {
        Some(AgeMethod::History) => ("", "measured", "Since the log end passed the committed offset"),
        Some(AgeMethod::OlderThan) => ("≥\u{202f}", "", "At least so long: further back nothing is known"),
        Some(AgeMethod::Record) => ("", "by the record", "By the timestamp of the oldest unread record"),
        None => ("", "", ""),
    };
    Fact::new(
        "Oldest waits for",
        view! { <span title=why>{format!("{before}{}", units::seconds(age))}</span> }.into_any(),
    )
    .note(how)
}

fn loss(group: &GroupLag) -> Fact {
    let tone = Tone::of(group.loss_severity());
    match (group.lost_records.filter(|lost| *lost > 0), group.data_loss_seconds) {
        (Some(lost), _) => Fact::new("Lost", units::count(lost).into_any()).note("records").tone(tone),
        (None, Some(left)) => Fact::new("Lost to retention in", units::seconds(left).into_any()).tone(tone),
        (None, None) => {
            let said = "Not at these rates, or not known";
            let dash = view! { <span class="dim" title=said><span aria-hidden="true">{units::UNKNOWN}</span><span class="hidden">{said}</span></span> };
            Fact::new("Lost to retention in", dash.into_any()).tone(Tone::Plain)
        }
    }
}
