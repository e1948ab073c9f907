//! What a flow's numbers mean in words: on its band, beside its name, and for those who hear the page.

use super::{
    Application, Confidence, Finding, FindingKind, Flow, FlowTopic, FlowVerdict, LatencyMethod, TierCluster,
};
use crate::{
    DateTime,
    load::Unit,
    meta::{Freshness, Reading},
    units::{self, count, counted},
    verdict::Severity,
};

/// Below this many seconds tenths are told.
const TENTHS_BELOW: f64 = 10.0;

/// A short length of time with its tenths, a longer one in its largest units: `1.8 s`, `12 min`.
pub fn short(seconds: f64) -> String {
    match seconds {
        none if none.is_nan() || none <= 0.0 => "0 s".into(),
        least if least < 0.05 => "< 0.1 s".into(),
        short if short < TENTHS_BELOW => format!("{short:.1} s"),
        long => units::seconds(long),
    }
}

/// Bytes in a second in one piece: `21.4 MB/s`.
pub fn rate(bytes_per_second: f64) -> String {
    Unit::BytesPerSecond.said(bytes_per_second)
}

/// Records with their noun: `1 record`, `184,020 records`.
pub fn records(records: u64) -> String {
    counted(records, "record", "records")
}

impl FindingKind {
    /// The words on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::SilentLoss => "Records lost",
            Self::TopicRecreated => "Topic created again",
            Self::NoProgress => "No progress",
            Self::Paused => "Paused",
            Self::ConnectorFailed => "Connector failed",
            Self::NotRunning => "Not running",
            Self::HeartbeatsSilent => "No heartbeats",
            Self::Behind => "Behind",
            Self::CopiedAgain => "Copied again",
            Self::MissingTopic => "Topic missing",
            Self::CopiesAborted => "Copies what was aborted",
            Self::LatencyDisagrees => "Latency disagrees",
            Self::NotSeen => "Declared, not seen",
            Self::NotDeclared => "Seen, not declared",
            Self::OtherTier => "In another tier",
            Self::UnknownCluster => "Unknown cluster",
            Self::ClusterSilent => "Cluster silent",
            Self::NotReadable => "May not be read",
        }
    }
}

impl LatencyMethod {
    /// The words on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Heartbeats => "by heartbeats",
            Self::OffsetSyncs => "by offset syncs",
        }
    }

    /// What it says more exactly.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Heartbeats => {
                "The age of a heartbeat of the source when its copy was seen at the target: at most so long"
            }
            Self::OffsetSyncs => {
                "From the time of a record at the source to the time at which the mirror noted its arrival"
            }
        }
    }
}

impl Flow {
    /// `west → aggregate`.
    pub fn name(&self) -> String {
        format!("{} → {}", self.source, self.target)
    }

    /// The same in a title: where it breaks, the arrow does not begin a line.
    pub fn unbroken_name(&self) -> String {
        self.name().replace(" →", "\u{a0}→")
    }

    /// Its worst finding.
    pub fn worst(&self) -> Option<&Finding> {
        self.findings.first()
    }

    /// The first finding of a kind.
    pub fn finding(&self, kind: FindingKind) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.kind == kind)
    }

    /// Since when it is as it is; `None` where that is not known.
    pub fn since(&self) -> Option<DateTime> {
        let reason = self.reason.as_ref().and_then(|reason| reason.since);
        reason.or_else(|| self.worst().and_then(|worst| worst.since))
    }

    /// Records that were gone before they were copied, where its verdict tells how many.
    pub fn lost_records(&self) -> Option<u64> {
        let reason = self.reason.as_ref().filter(|_| self.verdict == FlowVerdict::Losing)?;
        let is_of_records = reason.unit.as_deref() == Some("records");
        reason.value.filter(|lost| is_of_records && *lost >= 1.0).map(|lost| lost as u64)
    }

    /// `184,020`, `at least 184,020`; `None` where it is not known of any partition.
    pub fn waiting(&self) -> Option<String> {
        waiting(self.lag_records, self.lag_is_at_least)
    }

    /// What it is known from: `heartbeats, offset syncs, position`.
    pub fn evidence_words(&self) -> String {
        let mut words: Vec<&str> = self.evidence.iter().map(|one| one.kind.word()).collect();
        words.dedup();
        words.join(", ")
    }

    /// How sure it is, where that needs to be said: a flow that was seen to move, or that is declared, needs no word.
    pub fn doubt(&self) -> Option<&'static str> {
        match self.confidence {
            Confidence::Proved | Confidence::Declared => None,
            Confidence::Likely => Some("likely"),
            Confidence::Suspected => Some("suspected"),
        }
    }

    /// What stands on its band: `21.4 MB/s · 1.8 s behind`, `stopped 6 min · 184,020 waiting`.
    pub fn label(&self, now: DateTime) -> String {
        let parts: [Option<String>; 2] = match self.verdict {
            FlowVerdict::Losing => match self.lost_records() {
                Some(lost) => [Some(format!("{} lost", records(lost))), None],
                None => [Some("loses records".into()), None],
            },
            FlowVerdict::Stopped => {
                let since = self.since().map(|since| format!(" {}", units::duration(now - since)));
                let waits = self.waiting().map(|waiting| format!("{waiting} waiting"));
                [Some(format!("stopped{}", since.unwrap_or_default())), waits]
            }
            FlowVerdict::Unknown => [Some("unknown".into()), self.copied()],
            FlowVerdict::Behind | FlowVerdict::Ok => {
                let behind = self.age_seconds.filter(|_| self.lag_records != Some(0));
                [self.copied(), behind.map(|age| format!("{} behind", short(age)))]
            }
        };
        let said: Vec<String> = parts.into_iter().flatten().collect();
        if said.is_empty() { self.verdict.word().to_lowercase() } else { said.join(" · ") }
    }

    /// How much it copies: bytes, or records where bytes are not known.
    fn copied(&self) -> Option<String> {
        let about = if self.bytes_are_estimated { "≈\u{202f}" } else { "" };
        let bytes = self.bytes_per_second.map(|bytes| format!("{about}{}", rate(bytes)));
        bytes.or_else(|| {
            self.records_per_second.map(|rate| format!("{} records/s", Unit::PerSecond.spoken(rate).0))
        })
    }

    /// All of it in words, for those who hear the page and for whoever points at it.
    pub fn spoken(&self, now: DateTime) -> String {
        let how = match (self.verdict, self.since()) {
            (FlowVerdict::Ok, _) | (_, None) => self.verdict.word().to_lowercase(),
            (verdict, Some(since)) => {
                format!("{} for {}", verdict.word().to_lowercase(), units::duration(now - since))
            }
        };
        let waits = match (self.lag_records, self.waiting()) {
            (Some(0), Some(_)) => "nothing waits".into(),
            (_, Some(waiting)) => format!("{waiting} records wait"),
            (_, None) => "how many records wait is not known".into(),
        };
        let age = self.age_seconds.filter(|_| self.lag_records != Some(0));
        let parts = [
            Some(how),
            self.lost_records().map(|lost| format!("{} lost", records(lost))),
            Some(waits),
            age.map(|age| format!("the oldest for {}", short(age))),
            self.copied().map(|copied| format!("{copied} copied")),
            Some(counted(self.topic_count.into(), "topic", "topics")),
            self.doubt().map(|doubt| format!("only {doubt}")),
        ];
        let said: Vec<String> = parts.into_iter().flatten().collect();
        format!("{} to {}, {}: {}", self.source, self.target, self.kind.word(), said.join(", "))
    }
}

/// A count of records that wait, of which there may be more.
fn waiting(records: Option<u64>, is_at_least: bool) -> Option<String> {
    let least = if is_at_least { "at least " } else { "" };
    records.map(|records| format!("{least}{}", count(records)))
}

impl FlowTopic {
    /// Its name at the target where it differs.
    pub fn renamed(&self) -> Option<&str> {
        self.target_topic.as_deref().filter(|target| *target != self.source_topic)
    }
}

impl TierCluster {
    /// How it is; unknown where nobody knows.
    pub fn severity(&self) -> Severity {
        self.health.unwrap_or(Severity::Unknown)
    }

    /// `ashburn · 2 of 3 brokers`; what is not known is left out.
    pub fn whereabouts(&self) -> String {
        if !self.is_watched {
            return "not watched".into();
        }
        let brokers = match (self.brokers_up, self.broker_count) {
            (Some(up), Some(all)) if up < all => {
                Some(format!("{up} of {}", counted(all.into(), "broker", "brokers")))
            }
            (_, Some(all)) => Some(counted(all.into(), "broker", "brokers")),
            _ => None,
        };
        let category = self.category.clone();
        [self.datacenter.clone(), category, brokers].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    /// `21.4 MB/s in · 48.0 MB/s out`; empty where neither is known. Of one that nobody watches, how it is known.
    pub fn carried(&self) -> String {
        if !self.is_watched {
            return "known from a mirror only".into();
        }
        let told = |bytes: Option<f64>, way: &str| bytes.map(|bytes| format!("{} {way}", rate(bytes)));
        let (written, read) = (self.produce_bytes_per_second, self.consume_bytes_per_second);
        [told(written, "in"), told(read, "out")].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    /// All of it in words.
    pub fn spoken(&self, tier: &str) -> String {
        let how = if self.is_watched { self.severity().word().to_lowercase() } else { String::new() };
        let parts = [tier.to_owned(), how, self.whereabouts(), self.carried()];
        let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        format!("{}: {}", self.name, said.join(", ").replace(" · ", ", "))
    }
}

impl Application {
    /// What stands below its name: how much it writes, or how many groups it is.
    pub fn note(&self) -> String {
        let bytes = self.bytes_per_second.map(rate);
        let groups = self.group_count.filter(|groups| *groups > 1);
        let groups = groups.map(|groups| counted(groups.into(), "group", "groups"));
        [bytes, groups].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

/// How the flows of the fleet were read; `None` when nothing tells.
pub fn freshness_of(readings: &[Reading], now: DateTime) -> Option<Freshness> {
    let of = |reading: &&Reading| reading.part == super::part::FLOWS && reading.cluster.is_none();
    readings.iter().find(of).map(|reading| reading.freshness(now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::samples::{self, now};

    fn flow(source: &str) -> Flow {
        samples::topology().flows.into_iter().find(|flow| flow.source == source).unwrap()
    }

    #[test]
    fn lengths_are_told_with_tenths_while_they_are_short() {
        assert_eq!(
            [0.0, 0.01, 0.4, 1.84, 9.99, 12.0, 720.0].map(short),
            ["0 s", "< 0.1 s", "0.4 s", "1.8 s", "10.0 s", "12 s", "12 min"]
        );
    }

    #[test]
    fn a_band_says_what_is_copied_or_why_nothing_is() {
        assert_eq!(flow("east").label(now()), "21.4 MB/s · 1.8 s behind");
        assert_eq!(flow("west").label(now()), "stopped 6 min · 184,020 waiting");
        let losing = samples::topology_losing();
        assert_eq!(losing.flows[0].label(now()), "2,310 records lost");
        let mut one = flow("east");
        one.bytes_per_second = None;
        assert_eq!(one.label(now()), "412 records/s · 1.8 s behind");
        one.lag_records = Some(0);
        assert_eq!(one.label(now()), "412 records/s");
        one.records_per_second = None;
        assert_eq!(one.label(now()), "flows");
        one.verdict = FlowVerdict::Unknown;
        assert_eq!(one.label(now()), "unknown");
    }

    #[test]
    fn what_is_known_of_some_partitions_only_is_at_least_so_much() {
        let mut one = flow("west");
        one.lag_is_at_least = true;
        assert_eq!(one.waiting().as_deref(), Some("at least 184,020"));
        one.lag_records = None;
        assert_eq!(one.waiting(), None);
        assert!(one.spoken(now()).contains("how many records wait is not known"));
    }

    #[test]
    fn who_hears_the_page_is_told_all_of_it() {
        assert_eq!(
            flow("west").spoken(now()),
            "west to aggregate, MirrorMaker 2: stopped for 6 min, 184,020 records wait, the oldest for 6 min, 0 B/s copied, 14 topics"
        );
        let tiers = samples::topology().tiers;
        assert_eq!(
            tiers[0].clusters[0].spoken("Local tier"),
            "east: Local tier, critical, ashburn, 2 of 3 brokers, 21.4 MB/s in, 48.0 MB/s out"
        );
    }

    #[test]
    fn a_cluster_that_nobody_watches_is_not_called_anything_else() {
        let topology = samples::topology_unknown_alias();
        let unknown =
            topology.tiers.iter().flat_map(|tier| &tier.clusters).find(|one| !one.is_watched).unwrap();
        assert_eq!(unknown.spoken("Local tier"), "legacy: Local tier, not watched, known from a mirror only");
    }

    #[test]
    fn doubt_is_told_and_certainty_is_not() {
        let mut one = flow("east");
        assert_eq!(one.doubt(), None);
        one.confidence = Confidence::Suspected;
        assert_eq!(one.doubt(), Some("suspected"));
        assert!(one.spoken(now()).ends_with("only suspected"));
    }
}
