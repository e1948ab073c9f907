//! The answer that the page of a flow begins with: how it is, since when, and what comes of it.

use super::{Flow, FlowVerdict, words};
use crate::{DateTime, headline::Headline};

/// The headline of one flow.
pub fn flow_headline(flow: &Flow, now: DateTime) -> Headline {
    let title = match flow.verdict {
        FlowVerdict::Unknown => format!("How {} is cannot be told", flow.unbroken_name()),
        _ => format!("{} {}", flow.unbroken_name(), flow.trouble(now)),
    };
    Headline { title, lede: lede(flow) }
}

fn lede(flow: &Flow) -> String {
    let reason = flow.reason.as_ref().map(|reason| reason.sentence.clone());
    let detail = flow.worst().and_then(|finding| finding.detail.clone());
    let parts = [reason, waits(flow), detail];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What waits, and how it moves.
fn waits(flow: &Flow) -> Option<String> {
    let waiting = flow.waiting()?;
    let age = flow.age_seconds.map(words::short);
    let records = if flow.lag_records == Some(1) { "record waits" } else { "records wait" };
    let told = match (flow.lag_records, age) {
        (Some(0), _) if !flow.lag_is_at_least => "Nothing waits".into(),
        (_, Some(age)) if flow.reason_counts_what_waits() => format!("The oldest has waited for {age}"),
        (_, Some(age)) => format!("{} {records}, the oldest for {age}", capital(&waiting)),
        (_, None) => format!("{} {records}", capital(&waiting)),
    };
    let rates = flow.source_records_per_second.zip(flow.records_per_second).map(|(written, copied)| {
        let [written, copied] = [written, copied].map(|rate| crate::load::Unit::PerSecond.spoken(rate).0);
        format!("; {written} are written each second, and {copied} are copied")
    });
    Some(format!("{told}{}.", rates.unwrap_or_default()))
}

fn capital(text: &str) -> String {
    if text.starts_with('a') { text.replacen('a', "A", 1) } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::samples::*;

    fn said(flow: &Flow) -> Headline {
        let said = flow_headline(flow, now());
        Headline { title: said.title.replace('\u{a0}', " "), ..said }
    }

    #[test]
    fn a_flow_says_how_it_is_and_how_records_move() {
        let page = topology();
        let told = said(&page.flows[0]);
        assert_eq!(told.title, "west → aggregate has stood still for 6 min");
        assert!(told.lede.starts_with(
            "Its position has not moved while records wait. 184,020 records wait, the oldest for 6 min; 511 are written each second, and 0 are copied."
        ));
        let told = said(&page.flows[1]);
        assert_eq!(told.title, "east → aggregate keeps up");
        assert_eq!(
            told.lede,
            "312 records wait, the oldest for 1.8 s; 413 are written each second, and 412 are copied."
        );
    }

    #[test]
    fn what_waits_is_counted_once() {
        let mut flow = topology().flows.remove(0);
        if let Some(reason) = &mut flow.reason {
            reason.sentence = "Its connector is paused: nothing is copied, and 184,020 records wait.".into();
        }
        assert!(said(&flow).lede.starts_with(
            "Its connector is paused: nothing is copied, and 184,020 records wait. The oldest has waited for 6 min; 511 are"
        ));
    }

    #[test]
    fn what_is_not_known_is_left_out_and_never_called_well() {
        let mut flow = topology().flows.remove(1);
        (flow.verdict, flow.lag_records) = (FlowVerdict::Unknown, None);
        assert_eq!(
            said(&flow),
            Headline { title: "How east → aggregate is cannot be told".into(), lede: String::new() }
        );
        (flow.lag_records, flow.records_per_second) = (Some(0), None);
        assert_eq!(said(&flow).lede, "Nothing waits.");
        flow.lag_is_at_least = true;
        assert_eq!(said(&flow).lede, "At least 0 records wait, the oldest for 1.8 s.");
    }
}
