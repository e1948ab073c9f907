//! The answer that a page begins with: what is wrong, where, since when, is it safe.
//!
//! Written from the verdict's rules and numbers, never canned; pure, so that the browser and the server say the
//! same. Ages are told against `now`, times of day in the reader's zone.

use super::{Cluster, ClusterDetail, TopicDetail};
use crate::{
    DateTime,
    headline::Headline,
    units::{Zone, count, counted, duration},
    verdict::{Reason, Severity},
};

/// How many troubled clusters are named before "and N more".
const NAMED: usize = 3;

/// The headline of the fleet. `clusters` come worst first.
pub fn fleet_headline(clusters: &[Cluster], now: DateTime) -> Headline {
    let read = clusters.iter().filter(|cluster| cluster.as_of.is_some() || cluster.failure.is_some()).count();
    if clusters.is_empty() {
        return Headline {
            title: "No cluster is configured".into(),
            lede:
                "Add a [[cluster]] with bootstrap.servers to the configuration and start Riverkeeper again."
                    .into(),
        };
    }
    if read == 0 {
        return Headline {
            title: format!(
                "Reading {} for the first time",
                counted(clusters.len() as u64, "cluster", "clusters")
            ),
            lede: String::new(),
        };
    }
    let troubled: Vec<&Cluster> = clusters.iter().filter(|cluster| needs_a_person(cluster)).collect();
    if troubled.is_empty() {
        return Headline { title: all_well(clusters), lede: totals(clusters) };
    }
    Headline { title: fleet_title(&troubled, clusters.len()), lede: fleet_lede(&troubled, now) }
}

fn needs_a_person(cluster: &Cluster) -> bool {
    cluster.health.severity >= Severity::Warning
        || (cluster.health.severity == Severity::Unknown
            && (cluster.failure.is_some() || cluster.as_of.is_some()))
}

fn all_well(clusters: &[Cluster]) -> String {
    let waiting = clusters.iter().filter(|cluster| cluster.as_of.is_none()).count() as u64;
    match (clusters, waiting) {
        ([only], _) => format!("{} is well", only.name),
        (_, 0) => format!("All {} clusters are well", clusters.len()),
        _ => format!(
            "{} are well, {} for the first time",
            counted(clusters.len() as u64 - waiting, "cluster", "clusters"),
            if waiting == 1 { "one is being read".into() } else { format!("{waiting} are being read") }
        ),
    }
}

/// How a cluster is whose reasons are not for the asker to see.
fn untold(severity: Severity) -> &'static str {
    match severity {
        Severity::Ok => "is well",
        Severity::Unknown => "is not known",
        Severity::Warning => "needs a look",
        Severity::Critical => "is in trouble",
    }
}

fn totals(clusters: &[Cluster]) -> String {
    if clusters.iter().all(|cluster| cluster.partition_count.is_none()) {
        return String::new();
    }
    let sum =
        |field: fn(&Cluster) -> Option<u32>| clusters.iter().filter_map(field).map(u64::from).sum::<u64>();
    format!(
        "{}, {}, {}; every replica is in sync.",
        counted(sum(|cluster| cluster.broker_count), "broker", "brokers"),
        counted(sum(|cluster| cluster.topic_count), "topic", "topics"),
        counted(sum(|cluster| cluster.partition_count), "partition", "partitions")
    )
}

fn fleet_title(troubled: &[&Cluster], clusters: usize) -> String {
    let mut phrases: Vec<String> = troubled.iter().take(NAMED).map(|cluster| trouble(cluster)).collect();
    if troubled.len() > NAMED {
        phrases.push(format!("and {} more", troubled.len() - NAMED));
    }
    if clusters == 1 {
        return phrases.concat();
    }
    let verb = if troubled.len() == 1 { "needs" } else { "need" };
    format!("{} of {clusters} clusters {verb} you: {}", troubled.len(), phrases.join(", "))
}

/// The worst of a cluster in a few words, its name first.
fn trouble(cluster: &Cluster) -> String {
    let name = &cluster.name;
    let Some(worst) = cluster.health.reasons.first() else {
        return format!("{name} {}", untold(cluster.health.severity));
    };
    let value = worst.value.unwrap_or_default().max(0.0) as u64;
    match worst.rule.as_str() {
        "brokers_down" if value == 1 => format!("{name} has lost a broker"),
        "brokers_down" => format!("{name} has lost {} brokers", count(value)),
        "offline_partitions" => format!("{name} has {} offline", counted(value, "partition", "partitions")),
        "under_min_isr" => format!("{name} cannot write to {}", counted(value, "partition", "partitions")),
        "under_replicated" => {
            format!("{name} misses replicas of {}", counted(value, "partition", "partitions"))
        }
        "at_min_isr" => format!("{name} has {} at min ISR", counted(value, "partition", "partitions")),
        "no_quorum" => format!("{name} has no controller"),
        "log_dirs_offline" => {
            format!("{name} has lost {}", counted(value, "log directory", "log directories"))
        }
        "hidden_topics" => format!("{name} hides {}", counted(value, "topic", "topics")),
        "hidden_topics_unknown" => format!("{name} may hide topics"),
        "configs_not_described" => {
            format!("{name} hides the settings of {}", counted(value, "topic", "topics"))
        }
        "cluster_not_described" => format!("{name} may not be described"),
        "never_read" => format!("{name} cannot be read"),
        "stale" => format!("{name} does not answer"),
        "same_cluster_twice" => format!("{name} is another name of a cluster"),
        _ => format!("{name}: {}", worst.sentence),
    }
}

fn fleet_lede(troubled: &[&Cluster], now: DateTime) -> String {
    let sentences: Vec<String> =
        troubled.iter().take(NAMED).map(|cluster| explained(cluster, Some(&cluster.name), now)).collect();
    sentences.join(" ")
}

/// What is wrong with one cluster, explained; with its name where several are told of.
fn explained(cluster: &Cluster, named: Option<&str>, now: DateTime) -> String {
    let of = named.map(|name| format!(" of {name}")).unwrap_or_default();
    if let Some(reason) = cluster.health.reason("never_read") {
        return format!("{} {}", named.unwrap_or("This cluster"), lower_first(&reason.sentence));
    }
    let mut sentences = Vec::new();
    if let Some(down) = cluster.health.reason("brokers_down") {
        let age = down.since.map(|since| format!(" for {}", duration(now - since))).unwrap_or_default();
        sentences.push(format!(
            "{}{of} {} been down{age}: {}.",
            down.sentence.trim_end_matches(" is down.").trim_end_matches(" are down."),
            if down.value == Some(1.0) { "has" } else { "have" },
            replica_state(cluster)
        ));
    }
    sentences.extend(other_reasons(&cluster.health.reasons, named));
    if let (Some(_), Some(as_of)) = (cluster.health.reason("stale"), cluster.as_of) {
        let which = named.unwrap_or("this cluster");
        sentences.push(format!("What you see of {which} is {} old.", duration(now - as_of)));
    }
    sentences.join(" ")
}

fn other_reasons<'a>(reasons: &'a [Reason], named: Option<&'a str>) -> impl Iterator<Item = String> + 'a {
    let lost_broker = reasons.iter().any(|reason| reason.rule == "brokers_down");
    // What a lost broker causes is told beside it.
    let told = move |rule: &str| {
        matches!(rule, "brokers_down" | "stale")
            || (lost_broker
                && matches!(rule, "offline_partitions" | "under_replicated" | "under_min_isr" | "at_min_isr"))
    };
    reasons.iter().filter(move |reason| !told(&reason.rule)).map(move |reason| match named {
        Some(name) => format!("{name}: {}", lower_first(&reason.sentence)),
        None => reason.sentence.clone(),
    })
}

/// "36 partitions miss a replica, none is offline, all can still be written": only of what is known.
fn replica_state(cluster: &Cluster) -> String {
    let mut parts = Vec::new();
    // Of what is hidden nobody knows: then there is no "none" and no "all".
    let least = if cluster.at_least { "at least " } else { "" };
    if let Some(missing) = cluster.under_replicated_count {
        parts.push(match missing {
            0 if cluster.at_least => "no partition that is seen misses a replica".into(),
            0 => "no partition misses a replica".into(),
            1 => format!("{least}1 partition misses a replica"),
            _ => format!("{least}{} partitions miss a replica", count(missing.into())),
        });
    }
    if let Some(offline) = cluster.offline_count {
        parts.push(match offline {
            0 if cluster.at_least => "none that is seen is offline".into(),
            0 => "none is offline".into(),
            1 => format!("{least}1 is offline"),
            _ => format!("{least}{} are offline", count(offline.into())),
        });
    }
    match (cluster.under_min_isr_count, cluster.offline_count) {
        (Some(0), Some(0)) if cluster.min_isr_at_least() => {}
        (Some(0), Some(0)) => parts.push("all can still be written".into()),
        (Some(blocked), _) if blocked > 0 => {
            let least = if cluster.min_isr_at_least() { "at least " } else { "" };
            parts.push(format!("{least}{} cannot be written with acks=all", count(blocked.into())));
        }
        _ => {}
    }
    parts.join(", ")
}

/// The headline of a cluster's page.
pub fn cluster_headline(detail: &ClusterDetail, now: DateTime, zone: Zone) -> Headline {
    let cluster = &detail.cluster;
    let Some(as_of) = cluster.as_of else {
        return match &cluster.failure {
            Some(failure) => {
                Headline { title: format!("{} cannot be read", cluster.name), lede: failure.what.clone() }
            }
            None => Headline {
                title: format!("Reading {} for the first time", cluster.name),
                lede: String::new(),
            },
        };
    };
    let Some(worst) = cluster.health.reasons.first() else {
        return Headline {
            title: format!("{} {}", cluster.name, untold(cluster.health.severity)),
            lede: totals(std::slice::from_ref(cluster)),
        };
    };
    let since = worst.since.map(|since| format!(" since {}", zone.since(since, now))).unwrap_or_default();
    let title = match (worst.rule.as_str(), cluster.brokers_up(), cluster.broker_count) {
        ("brokers_down", Some(up), Some(all)) => {
            format!("{} runs on {up} of {all} brokers{since}", cluster.name)
        }
        ("stale", _, _) => {
            let last = cluster.failure.as_ref().map_or(as_of, |failure| failure.since);
            format!("{} has not answered since {}", cluster.name, zone.since(last, now))
        }
        _ => format!("{}{since}", trouble(cluster)),
    };
    let mut lede = explained(cluster, None, now);
    if let Some(risk) = next_failure(cluster) {
        lede.push_str(&risk);
    }
    Headline { title, lede }
}

fn next_failure(cluster: &Cluster) -> Option<String> {
    let at_limit = cluster.at_min_isr_count.filter(|at_limit| *at_limit > 0)?;
    Some(format!(
        " One more failure would stop writes to {}.",
        counted(at_limit.into(), "partition", "partitions")
    ))
}

/// The headline of a topic's page.
pub fn topic_headline(detail: &TopicDetail, now: DateTime, zone: Zone) -> Headline {
    let topic = &detail.topic;
    let replicas = format!(
        "{} with {} each",
        counted(topic.partition_count.into(), "partition", "partitions"),
        counted(topic.replication_factor.into(), "replica", "replicas")
    );
    let Some(worst) = detail.health.reasons.first() else {
        return Headline {
            title: format!("{} is whole", topic.name),
            lede: format!("{replicas}; every replica is in sync."),
        };
    };
    let since = worst.since.map(|since| format!(" since {}", zone.since(since, now))).unwrap_or_default();
    let value = worst.value.unwrap_or_default().max(0.0) as u64;
    let of =
        format!("{} of {}", count(value), counted(topic.partition_count.into(), "partition", "partitions"));
    let title = match worst.rule.as_str() {
        "offline_partitions" => format!("{}: {of} offline{since}", topic.name),
        "under_min_isr" => format!("{}: {of} cannot be written with acks=all{since}", topic.name),
        "under_replicated" => format!("{}: {of} without all replicas{since}", topic.name),
        "at_min_isr" => format!("{}: {of} at min ISR{since}", topic.name),
        _ => format!("{}: {}", topic.name, lower_first(worst.sentence.trim_end_matches('.'))),
    };
    let reasons: Vec<&str> = detail.health.reasons.iter().map(|reason| reason.sentence.as_str()).collect();
    Headline { title, lede: format!("{} {replicas}.", reasons.join(" ")) }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::samples;

    #[test]
    fn a_lost_broker_and_a_silent_cluster_are_said_in_one_line() {
        let page = samples::clusters();
        let said = fleet_headline(&page.clusters, page.meta.now);
        assert_eq!(said.title, "2 of 3 clusters need you: east has lost a broker, west does not answer");
        assert_eq!(
            said.lede,
            "Broker 2 of east has been down for 4 min: 36 partitions miss a replica, none is offline, all can \
             still be written. What you see of west is 2 min old."
        );
    }

    #[test]
    fn a_well_fleet_says_so_in_few_words() {
        let page = samples::clusters_well();
        let said = fleet_headline(&page.clusters, page.meta.now);
        assert_eq!(said.title, "All 3 clusters are well");
        assert!(said.lede.ends_with("every replica is in sync."), "{}", said.lede);
    }

    #[test]
    fn what_is_hidden_is_said_and_never_called_well() {
        let page = samples::clusters_hidden();
        let said = fleet_headline(&page.clusters, page.meta.now);
        assert_eq!(said.title, "1 of 3 clusters needs you: east hides 3 topics");
        let mut cluster = samples::cluster_hidden().cluster;
        assert_eq!(
            replica_state(&cluster),
            "no partition that is seen misses a replica, none that is seen is offline"
        );
        cluster.under_replicated_count = Some(36);
        cluster.offline_count = Some(1);
        assert_eq!(replica_state(&cluster), "at least 36 partitions miss a replica, at least 1 is offline");
    }

    #[test]
    fn an_unread_fleet_claims_nothing() {
        let page = samples::clusters_loading();
        assert_eq!(
            fleet_headline(&page.clusters, page.meta.now).title,
            "Reading 3 clusters for the first time"
        );
    }

    #[test]
    fn a_cluster_says_what_one_more_failure_would_do() {
        let detail = samples::cluster();
        let said = cluster_headline(&detail, detail.meta.now, Zone::utc());
        assert_eq!(said.title, "east runs on 2 of 3 brokers since 13:56");
        assert!(said.lede.ends_with("One more failure would stop writes to 36 partitions."), "{}", said.lede);
    }

    #[test]
    fn a_topic_names_how_many_partitions_suffer() {
        let detail = samples::topic();
        let said = topic_headline(&detail, detail.meta.now, Zone::utc());
        assert_eq!(said.title, "orders: 12 of 12 partitions without all replicas since 13:56");
    }
}
