//! A turn of the fleet: which clusters fell silent and which answer again. A cluster that does not answer cannot
//! tell it itself.

use std::collections::BTreeMap;

use shared::{
    DateTime,
    event::{Event, Subject},
    inventory::NOUN,
    meta::{Freshness, Reading},
    units::duration,
    verdict::Severity,
};

use crate::{
    capabilities::inventory::model::{FleetSample, FleetSnapshot},
    runtime::Evaluated,
};

/// What is known of the fleet after a turn.
pub fn fleet(
    previous: Option<&FleetSnapshot>,
    sample: FleetSample,
    now: DateTime,
) -> Evaluated<FleetSnapshot> {
    let before = previous.map(|previous| &previous.silent);
    let silent: BTreeMap<String, DateTime> = sample
        .readings
        .iter()
        .filter_map(|reading| Some((reading.cluster.clone()?, silent_since(reading, now)?)))
        .collect();
    let was_silent = |name: &str| before.and_then(|before| before.get(name).copied());
    let fell_silent = sample.readings.iter().filter_map(|reading| {
        let name = reading.cluster.as_deref()?;
        (silent.contains_key(name) && was_silent(name).is_none()).then(|| fell_silent(name, reading, now))
    });
    let answers_again = sample.readings.iter().filter_map(|reading| {
        let name = reading.cluster.as_deref()?;
        let since = was_silent(name).filter(|_| !silent.contains_key(name))?;
        Some(answers_again(name, since, now))
    });
    let events: Vec<Event> = fell_silent.chain(answers_again).collect();
    let changed = before.is_none_or(|before| *before != silent);
    Evaluated { snapshot: FleetSnapshot { silent }, as_of: now, changed, events }
}

fn silent_since(reading: &Reading, now: DateTime) -> Option<DateTime> {
    match reading.freshness(now) {
        Freshness::Loading | Freshness::Fresh => None,
        Freshness::Stale | Freshness::Failed => {
            reading.failure.as_ref().map(|failure| failure.since).or(reading.as_of)
        }
    }
}

fn fell_silent(cluster: &str, reading: &Reading, now: DateTime) -> Event {
    let detail = reading.failure.as_ref().map(|failure| failure.what.clone());
    event(cluster, "cluster_silent", Severity::Warning, format!("{cluster} does not answer"), detail, now)
}

fn answers_again(cluster: &str, since: DateTime, now: DateTime) -> Event {
    let detail = Some(format!("was silent for {}", duration(now - since)));
    event(cluster, "cluster_answers", Severity::Ok, format!("{cluster} answers again"), detail, now)
}

fn event(
    cluster: &str,
    kind: &str,
    severity: Severity,
    sentence: String,
    detail: Option<String>,
    time: DateTime,
) -> Event {
    Event {
        time,
        cluster: Some(cluster.into()),
        noun: NOUN.into(),
        kind: kind.into(),
        subject: Subject::Cluster,
        severity,
        sentence,
        detail,
        topics: vec![],
    }
}
