//! The answer that the topology begins with: where the flow is stuck, since when, and how much waits.

use std::collections::BTreeMap;

use super::{FindingKind, Flow, FlowVerdict, Topology, part, words};
use crate::{
    DateTime,
    headline::Headline,
    meta::{Freshness, Reading},
    units::{count, counted, duration},
    verdict::Severity,
};

/// The headline of the fleet's flows. `is_narrowed` tells that some are left out by choice.
pub fn topology_headline(
    topology: &Topology,
    readings: &[Reading],
    is_narrowed: bool,
    now: DateTime,
) -> Headline {
    if let Some(said) = never_read(readings, now) {
        return said;
    }
    let flows = &topology.flows;
    let needing: Vec<&Flow> = flows.iter().filter(|flow| flow.needs_a_person()).collect();
    let unknown = flows.iter().filter(|flow| flow.verdict == FlowVerdict::Unknown).count();
    let (title, lede) = match needing.first() {
        Some(worst) => (trouble(worst, needing.len(), flows.len(), now), explained(worst)),
        None if flows.is_empty() => nothing(topology, is_narrowed),
        None if unknown > 0 => (undecided(flows, unknown), doubt(flows)),
        None => (all_well(flows), slowest(flows)),
    };
    Headline { title, lede: with_age(lede, readings, now) }
}

/// What is said while the flows were never looked at.
fn never_read(readings: &[Reading], now: DateTime) -> Option<Headline> {
    let reading = readings.iter().find(|one| one.part == part::FLOWS && one.cluster.is_none())?;
    let title = match reading.freshness(now) {
        Freshness::Loading => "Looking for mirrors for the first time",
        Freshness::Failed => "The flows of the fleet could not be read yet",
        Freshness::Fresh | Freshness::Stale => return None,
    };
    let lede = reading.failure.as_ref().map(|failure| failure.what.clone()).unwrap_or_default();
    Some(Headline { title: title.into(), lede })
}

/// `The mirror from west to aggregate has stood still for 6 min`; with others it is said how many there are.
fn trouble(worst: &Flow, needing: usize, all: usize, now: DateTime) -> String {
    let what = worst.trouble(now);
    if needing == 1 {
        return format!("The mirror from {} to {} {what}", worst.source, worst.target);
    }
    let mirrors = counted(all as u64, "mirror", "mirrors");
    format!("{} of {mirrors} need a person: {} {what}", count(needing as u64), worst.unbroken_name())
}

/// What waits or is gone, and what the worst finding says of it.
fn explained(worst: &Flow) -> String {
    let topics = counted(worst.topic_count.into(), "topic", "topics");
    let is_told = worst.lag_records == Some(0) || worst.reason_counts_what_waits();
    let waits = worst.waiting().filter(|_| !is_told).map(|waiting| {
        let records = if worst.lag_records == Some(1) { "record" } else { "records" };
        let verb = if worst.lag_records == Some(1) { "waits" } else { "wait" };
        let waiting = sentence_case(&waiting);
        format!("{waiting} {records} of {topics} {verb} on {}.", worst.source)
    });
    let reason = worst.reason.as_ref().map(|reason| reason.sentence.clone());
    let detail = worst.worst().and_then(|finding| finding.detail.clone());
    [waits, reason, detail].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn sentence_case(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn nothing(topology: &Topology, is_narrowed: bool) -> (String, String) {
    if is_narrowed {
        return ("No mirror among what is chosen".into(), String::new());
    }
    let silent = topology.findings.iter().any(|finding| finding.kind == FindingKind::ClusterSilent);
    let lede = if silent {
        "Some clusters do not answer: what lies there is not known."
    } else {
        "Nothing on the clusters shows that topics are copied from one to another, and no mirror is declared."
    };
    ("No mirror is known in this fleet".into(), lede.into())
}

fn undecided(flows: &[Flow], unknown: usize) -> String {
    let all = flows.len();
    if all == 1 {
        return flows
            .first()
            .map(|flow| format!("How the mirror from {} to {} is cannot be told", flow.source, flow.target))
            .unwrap_or_default();
    }
    let mirrors = counted(all as u64, "mirror", "mirrors");
    if unknown == all {
        return format!("How the {mirrors} are cannot be told");
    }
    let well = counted((all - unknown) as u64, "mirror keeps up", "mirrors keep up");
    format!("{well}, of {} it cannot be told", count(unknown as u64))
}

/// Why it cannot be told of the first.
fn doubt(flows: &[Flow]) -> String {
    let unknown = flows.iter().find(|flow| flow.verdict == FlowVerdict::Unknown);
    let said = unknown.and_then(|flow| Some(format!("{}: {}", flow.name(), flow.reason.as_ref()?.sentence)));
    said.unwrap_or_default()
}

fn all_well(flows: &[Flow]) -> String {
    match flows {
        [only] => format!("The mirror from {} to {} keeps up", only.source, only.target),
        _ => format!("All {} mirrors keep up", count(flows.len() as u64)),
    }
}

/// Where the oldest record waits, of flows that are well.
fn slowest(flows: &[Flow]) -> String {
    let ages = flows.iter().filter_map(|flow| Some((flow, flow.age_seconds?)));
    let oldest = ages.max_by(|(_, one), (_, other)| one.total_cmp(other)).filter(|(_, age)| *age > 0.0);
    let where_from = |flow: &Flow| {
        if flows.len() > 1 { format!(", from {} to {}", flow.source, flow.target) } else { String::new() }
    };
    oldest.map_or_else(String::new, |(flow, age)| {
        format!("The oldest record waits for {}{}.", words::short(age), where_from(flow))
    })
}

/// What is old is said to be.
fn with_age(lede: String, readings: &[Reading], now: DateTime) -> String {
    let flows = readings.iter().find(|one| one.part == part::FLOWS && one.cluster.is_none());
    let old = flows.filter(|one| one.freshness(now) == Freshness::Stale).and_then(|one| one.as_of);
    let told = old.map(|as_of| format!("What you see is {} old.", duration(now - as_of)));
    told.into_iter().chain(Some(lede)).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

impl Flow {
    /// Whether its reason says how many records wait.
    pub(super) fn reason_counts_what_waits(&self) -> bool {
        let said = self.reason.as_ref().zip(self.lag_records);
        said.is_some_and(|(reason, lag)| reason.sentence.contains(&format!(" {} record", count(lag))))
    }

    /// Whether a person should look at it.
    pub fn needs_a_person(&self) -> bool {
        self.verdict.severity() >= Severity::Warning
    }

    /// What is wrong, after its name: `has stood still for 6 min`.
    pub fn trouble(&self, now: DateTime) -> String {
        let lasting = self.since().map(|since| format!(" for {}", duration(now - since))).unwrap_or_default();
        let paused = self.findings.iter().find(|finding| finding.kind == FindingKind::Paused);
        let oldest =
            self.age_seconds.map(|age| format!(": the oldest record waits for {}", words::short(age)));
        match self.verdict {
            FlowVerdict::Ok => "keeps up".into(),
            FlowVerdict::Unknown => "cannot be judged".into(),
            FlowVerdict::Behind => format!("is behind{}", oldest.unwrap_or_default()),
            FlowVerdict::Stopped if paused.is_some() => format!("has been paused{lasting}"),
            FlowVerdict::Stopped => format!("has stood still{lasting}"),
            FlowVerdict::Losing => match self.lost_records() {
                Some(lost) => format!("has lost {}", words::records(lost)),
                None => "loses records".into(),
            },
        }
    }
}

/// How many of these verdicts need a person, and how bad the worst is; `None` where all are well or nobody knows.
pub fn needing_a_person(by_verdict: &BTreeMap<FlowVerdict, u64>) -> Option<(u64, Severity)> {
    let bad = || by_verdict.iter().filter(|(verdict, _)| verdict.severity() >= Severity::Warning);
    let worst = bad().map(|(verdict, _)| verdict.severity()).max()?;
    Some((bad().map(|(_, count)| count).sum(), worst))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::samples::*;

    fn said(topology: &Topology) -> Headline {
        let said = topology_headline(topology, &topology.meta.readings, false, now());
        Headline { title: said.title.replace('\u{a0}', " "), ..said }
    }

    #[test]
    fn the_worst_flow_is_the_answer_with_what_waits() {
        let told = said(&topology());
        assert_eq!(told.title, "The mirror from west to aggregate has stood still for 6 min");
        assert_eq!(
            told.lede,
            "184,020 records of 14 topics wait on west. Its position has not moved while records wait. \
             Its process still sends heartbeats, so it runs but does not copy."
        );
    }

    #[test]
    fn every_trouble_is_said_as_what_it_is() {
        assert_eq!(
            said(&topology_losing()).title,
            "2 of 2 mirrors need a person: west → aggregate has lost 2,310 records"
        );
        let mut page = topology();
        page.flows[0].verdict = FlowVerdict::Behind;
        assert_eq!(
            said(&page).title,
            "The mirror from west to aggregate is behind: the oldest record waits for 6 min"
        );
        page.flows[1].verdict = FlowVerdict::Stopped;
        assert_eq!(
            said(&page).title,
            "2 of 2 mirrors need a person: west → aggregate is behind: the oldest record waits for 6 min"
        );
        page.flows[0].verdict = FlowVerdict::Stopped;
        page.flows[0].findings[0].kind = FindingKind::Paused;
        page.flows.truncate(1);
        assert_eq!(said(&page).title, "The mirror from west to aggregate has been paused for 6 min");
    }

    #[test]
    fn a_good_day_is_said_in_few_words() {
        let told = said(&topology_well());
        assert_eq!(told.title, "All 2 mirrors keep up");
        assert_eq!(told.lede, "The oldest record waits for 1.8 s, from east to aggregate.");
    }

    #[test]
    fn what_cannot_be_told_is_not_called_well() {
        let mut page = topology_well();
        page.flows[0].verdict = FlowVerdict::Unknown;
        assert_eq!(said(&page).title, "1 mirror keeps up, of 1 it cannot be told");
        page.flows.truncate(1);
        assert_eq!(said(&page).title, "How the mirror from east to aggregate is cannot be told");
        assert_eq!(said(&topology_no_mirror()).title, "No mirror is known in this fleet");
        let narrowed = topology_headline(&topology_no_mirror(), &[], true, now());
        assert_eq!(narrowed.title, "No mirror among what is chosen");
    }

    #[test]
    fn what_was_never_read_or_long_ago_says_so() {
        let mut page = topology();
        page.meta.readings[0].as_of = Some(now() - chrono::Duration::seconds(240));
        assert!(said(&page).lede.starts_with("What you see is 4 min old. 184,020 records"));
        page.meta.readings[0].as_of = None;
        assert_eq!(said(&page).title, "Looking for mirrors for the first time");
        page.meta.readings[0].failure = Some(crate::inventory::samples::silence());
        assert_eq!(said(&page).title, "The flows of the fleet could not be read yet");
    }

    #[test]
    fn only_flows_that_need_a_person_are_counted() {
        use FlowVerdict::*;
        let needing = |told: &[(FlowVerdict, u64)]| needing_a_person(&told.iter().copied().collect());
        assert_eq!(needing(&[(Ok, 3), (Unknown, 1)]), None);
        assert_eq!(needing(&[(Behind, 1), (Ok, 2)]), Some((1, Severity::Warning)));
        assert_eq!(needing(&[(Behind, 1), (Losing, 1)]), Some((2, Severity::Critical)));
    }
}
