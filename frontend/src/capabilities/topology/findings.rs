//! What is wrong: with the fleet as it is drawn, or with one flow. Nothing where nothing is.

use leptos::prelude::*;
use shared::topology::{Finding, FlowDetail, Topology};

use crate::{
    components::{Clocked, Mark, Panel, mark},
    live::Query,
};

/// Topics that are named of a finding.
const NAMED: usize = 6;

/// What is of no flow alone.
#[component]
pub(crate) fn FleetFindings(topology: Query<Topology>) -> impl IntoView {
    let findings = Memo::new(move |_| {
        topology.view.with(|page| page.as_ref().map(|page| page.findings.clone()).unwrap_or_default())
    });
    panel("Findings", "where what is declared and what is seen differ", findings)
}

/// What is wrong with a flow.
#[component]
pub(crate) fn FlowFindings(detail: Query<FlowDetail>) -> impl IntoView {
    let findings = Memo::new(move |_| {
        detail
            .view
            .with(|detail| detail.as_ref().map(|detail| detail.flow.findings.clone()).unwrap_or_default())
    });
    panel("What is wrong", "worst first", findings)
}

fn panel(title: &'static str, note: &'static str, findings: Memo<Vec<Finding>>) -> AnyView {
    let any = Memo::new(move |_| findings.with(|findings| !findings.is_empty()));
    (move || {
        any.get().then(|| {
            view! {
                <Panel title=title note=move || note>
                    <ul class="restarts findings">{move || findings.with(|all| all.iter().map(row).collect_view())}</ul>
                </Panel>
            }
        })
    })
    .into_any()
}

fn row(finding: &Finding) -> AnyView {
    let kind = Mark::of_severity(finding.severity);
    let since = finding.since.map(|since| view! { <span class="dim">"since "<Clocked at=since /></span> });
    let detail = finding.detail.clone().map(|detail| format!(" {detail}"));
    let more = finding.topics.len().saturating_sub(NAMED);
    let topics = (!finding.topics.is_empty()).then(|| {
        let named = finding
            .topics
            .iter()
            .take(NAMED)
            .map(|topic| view! { <code>{topic.clone()}</code>" " })
            .collect_view();
        let more = (more > 0).then(|| format!("and {more} more"));
        view! { <span class="why topics">{named}{more}</span> }
    });
    view! {
        <li>
            <span class=kind.class()>{mark(kind)}</span>
            <b>{finding.kind.word()}<span class="hidden">{format!(" ({})", kind.word())}</span></b>
            {since}
            <span class="why">{finding.sentence.clone()}{detail}</span>
            {topics}
        </li>
    }
    .into_any()
}
