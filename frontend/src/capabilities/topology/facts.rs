//! The few numbers of a flow.

use leptos::prelude::*;
use shared::{
    load::Unit,
    topology::{Confidence, FindingKind, Flow, FlowDetail, Latency, LatencyMethod, words},
    units,
};

use super::{cells::rate_cell, state::verdict_mark};
use crate::components::{Fact, Facts, Tone, at_least, rate, unknown};

/// Without a heartbeat for so long somebody should look, and for so long somebody must act.
const QUIET_SECONDS: f64 = 30.0;
const SILENT_SECONDS: f64 = 120.0;

/// The facts of a flow.
pub(crate) fn flow_facts(detail: &FlowDetail) -> AnyView {
    let flow = &detail.flow;
    let (_, word) = verdict_mark(flow.verdict, None);
    let mut facts = vec![
        Fact::new("Verdict", word.into_any()).tone(Tone::of(flow.verdict.severity())),
        waiting(flow),
        age(flow),
        copied(flow),
    ];
    facts.extend(latencies(flow));
    facts.push(heartbeat(flow));
    facts.push(confidence(flow));
    view! { <Facts facts=facts /> }.into_any()
}

fn waiting(flow: &Flow) -> Fact {
    if let Some(lost) = flow.lost_records() {
        return Fact::new("Records lost", units::count(lost).into_any()).tone(Tone::Bad);
    }
    let why = flow.lag_is_at_least.then(|| "of some partitions it is not known".to_owned());
    Fact::new("Records waiting", at_least(flow.lag_records, why))
}

/// How much it copies of what is written; in bytes where records are not counted.
fn copied(flow: &Flow) -> Fact {
    let bytes = flow.bytes_per_second.map(words::rate);
    if flow.records_per_second.is_none() {
        return Fact::new("Is copied", rate(flow.bytes_per_second, None));
    }
    let told = view! { <span title=bytes>{rate_cell(flow.records_per_second)}</span> }.into_any();
    let of = flow.source_records_per_second.map(|rate| format!("of {}", Unit::PerSecond.spoken(rate).0));
    Fact::new("Is copied", told).note(format!("{} /s", of.unwrap_or_default()))
}

fn age(flow: &Flow) -> Fact {
    let told = flow.age_seconds.map_or_else(unknown, |age| words::short(age).into_any());
    Fact::new("Oldest waits for", told)
}

/// Each way of measuring for itself: where they do not agree, both are to be seen.
fn latencies(flow: &Flow) -> Vec<Fact> {
    let disagrees = flow.finding(FindingKind::LatencyDisagrees).is_some();
    let one = |latency: &Latency| {
        let most = if latency.method == LatencyMethod::Heartbeats { "≤\u{202f}" } else { "" };
        let told = format!("{most}{}", words::short(latency.seconds));
        let told = view! { <span title=latency.method.meaning()>{told}</span> }.into_any();
        let tone = if disagrees { Tone::Warn } else { Tone::Plain };
        let label = match latency.method {
            LatencyMethod::Heartbeats => "Latency, heartbeats",
            LatencyMethod::OffsetSyncs => "Latency, syncs",
        };
        Fact::new(label, told).tone(tone)
    };
    if flow.latency.is_empty() {
        return vec![Fact::new("Latency", unknown())];
    }
    flow.latency.iter().map(one).collect()
}

fn heartbeat(flow: &Flow) -> Fact {
    let Some(age) = flow.heartbeat_age_seconds else { return Fact::new("Heartbeat", unknown()) };
    let tone = match age {
        silent if silent > SILENT_SECONDS => Tone::Bad,
        quiet if quiet > QUIET_SECONDS => Tone::Warn,
        _ => Tone::Plain,
    };
    Fact::new("Heartbeat", words::short(age).into_any()).note("ago").tone(tone)
}

fn confidence(flow: &Flow) -> Fact {
    let meaning = match flow.confidence {
        Confidence::Suspected => "Names of topics look like it",
        Confidence::Likely => "What a mirror leaves behind is there, and nothing of it has moved",
        Confidence::Proved => "What a mirror writes has moved",
        Confidence::Declared => "The configuration says so",
    };
    Fact::new("Evidence", view! { <span title=meaning>{flow.confidence.word()}</span> }.into_any())
}
