//! What a person can do about a flow that is not well.

use leptos::prelude::*;
use shared::topology::{Addresses, FlowAdvice, FlowDetail, flow_advice};

use crate::{
    components::{Command, Panel},
    live::Query,
};

/// The panel.
#[component]
pub(crate) fn WhatToDo(detail: Query<FlowDetail>, addresses: Memo<Addresses>) -> impl IntoView {
    let advice = Memo::new(move |_| {
        let addresses = addresses.get();
        detail
            .view
            .with(|detail| detail.as_ref().map(|detail| flow_advice(detail, &addresses)).unwrap_or_default())
    });
    let told = move || {
        advice.with(|advice| {
            let is_several = advice.len() > 1;
            advice.iter().map(|one| told(one, is_several)).collect_view()
        })
    };
    view! {
        <Panel title="What to do">
            <div class="advice">{told}</div>
        </Panel>
    }
    .into_any()
}

fn told(advice: &FlowAdvice, is_several: bool) -> AnyView {
    let about = is_several.then(|| view! { <h3>{advice.kind.word()}</h3> });
    let said = advice.said.iter().map(|sentence| view! { <p>{sentence.clone()}</p> }).collect_view();
    let command = |(label, text): &(&'static str, String)| {
        let text = text.clone();
        view! { <Command label=*label text=Signal::stored(text) /> }
    };
    let commands = advice.commands.iter().map(command).collect_view();
    view! { {about}{said}{commands} }.into_any()
}
