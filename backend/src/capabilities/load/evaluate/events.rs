//! What happened to brokers between two turns, for the timeline: one event a broker, not one a metric.

use shared::{
    DateTime,
    event::{Event, Subject},
    load::NOUN,
    verdict::Severity,
};

use super::Events;
use crate::capabilities::load::{
    model::{BrokerRow, BrokersSnapshot},
    words,
};

/// The events of a turn, by broker.
pub fn events(
    cluster: &str,
    previous: Option<&BrokersSnapshot>,
    rows: &[BrokerRow],
    now: DateTime,
) -> Events {
    let Some(previous) = previous else { return vec![] };
    let happened = |row: &BrokerRow| {
        let before = previous.broker(row.broker_id)?;
        let event = |(kind, severity, sentence, detail): Told| Event {
            time: now,
            cluster: Some(cluster.to_owned()),
            noun: NOUN.into(),
            kind: kind.into(),
            subject: Subject::Broker { broker_id: row.broker_id },
            severity,
            sentence,
            detail,
            topics: vec![],
        };
        let told = [endpoint(before, row), judged(before, row)];
        Some(told.into_iter().flatten().map(event).collect::<Vec<_>>())
    };
    rows.iter().filter_map(happened).flatten().collect()
}

/// Kind, severity, sentence, detail.
type Told = (&'static str, Severity, String, Option<String>);

/// Its endpoint fell silent, or answers again.
fn endpoint(before: &BrokerRow, row: &BrokerRow) -> Option<Told> {
    let id = row.broker_id;
    match (before.is_lost, row.is_lost) {
        (false, true) => {
            let why = row.failure.as_ref().map(|failure| failure.what.clone());
            let sentence = format!("Broker {id} is up and does not tell its metrics");
            Some(("metrics_lost", Severity::Warning, sentence, why))
        }
        (true, false) => {
            let sentence = format!("Broker {id} tells its metrics again");
            Some(("metrics_returned", Severity::Ok, sentence, None))
        }
        _ => None,
    }
}

/// It became abnormal, or is so no longer.
fn judged(before: &BrokerRow, row: &BrokerRow) -> Option<Told> {
    let id = row.broker_id;
    match (before.abnormal.is_empty(), row.abnormal.first()) {
        (true, Some(worst)) => {
            let more: Vec<String> =
                row.abnormal.iter().skip(1).map(|verdict| words::sentence(id, verdict)).collect();
            let detail = (!more.is_empty()).then(|| more.join(" "));
            // The timeline's sentences go on: "… on east".
            let sentence = words::sentence(id, worst).trim_end_matches('.').to_owned();
            Some(("broker_abnormal", Severity::Warning, sentence, detail))
        }
        // That it is down is told already.
        (false, None) if row.is_up => {
            let sentence = match before.started == row.started {
                true => format!("Broker {id} is as its peers again"),
                false => format!("Broker {id} was restarted and is judged anew"),
            };
            Some(("broker_normal", Severity::Ok, sentence, None))
        }
        _ => None,
    }
}
