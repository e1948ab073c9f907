//! What a person can do about a group that is not well, and the rule that says so.

use leptos::prelude::*;
use shared::lag::{Advice, GroupDetail, PartitionLag, WorstPartition, advice};

use crate::{
    components::{Command, Panel},
    live::Query,
};

/// The panel. Empty where nothing is to be done.
#[component]
pub(crate) fn WhatToDo(detail: Query<GroupDetail>, address: Memo<String>) -> impl IntoView {
    let advice = Memo::new(move |_| {
        let address = address.get();
        detail.view.with(|detail| {
            let detail = detail.as_ref()?;
            let place = |worst: &WorstPartition| {
                let is_it =
                    |one: &&PartitionLag| one.topic == worst.topic && one.partition == worst.partition;
                detail.partitions.iter().find(is_it)
            };
            let worst: Vec<&PartitionLag> = detail.group.worst.iter().filter_map(place).collect();
            advice(&detail.group, &worst, &address)
        })
    });
    view! {
        <Panel title="What to do">
            <div class="advice">{move || advice.with(|advice| advice.as_ref().map(told))}</div>
        </Panel>
    }
    .into_any()
}

fn told(advice: &Advice) -> AnyView {
    let said = advice.said.iter().map(|sentence| view! { <p>{sentence.clone()}</p> }).collect_view();
    let command = |(label, text): &(&'static str, String)| {
        let text = text.clone();
        view! { <Command label=*label text=Signal::stored(text) /> }
    };
    let commands = advice.commands.iter().map(command).collect_view();
    let rule = advice.rule.clone().map(|rule| view! { <p class="dim">{rule}</p> });
    view! { {said}{commands}{rule} }.into_any()
}
