//! The few numbers of the fleet, of a cluster and of a topic.

use leptos::prelude::*;
use shared::{
    inventory::{Cluster, ClusterDetail, TopicDetail},
    units,
};

use super::{owner::owner_line, state::used_percent};
use crate::components::{
    Age, Fact, Facts, Tone, at_least, count, disk_tone, maybe_count, rate, size, unknown,
};

/// A sum over clusters, of those that know the number.
fn sum(clusters: &[Cluster], field: fn(&Cluster) -> Option<u64>) -> Option<u64> {
    let known: Vec<u64> = clusters.iter().filter_map(field).collect();
    (!known.is_empty()).then(|| known.iter().sum())
}

fn alarm(value: Option<u64>, tone: Tone) -> Tone {
    if value.is_some_and(|value| value > 0) { tone } else { Tone::Plain }
}

/// The facts of the fleet.
pub(crate) fn fleet_facts(clusters: &[Cluster]) -> AnyView {
    let brokers = sum(clusters, |cluster| cluster.broker_count.map(u64::from));
    let up = sum(clusters, |cluster| cluster.brokers_up().map(u64::from));
    let under = sum(clusters, |cluster| cluster.under_replicated_count.map(u64::from));
    let offline = sum(clusters, |cluster| cluster.offline_count.map(u64::from));
    let silent = clusters.iter().filter(|cluster| cluster.partition_count.is_none()).count();
    let of = brokers.map(|all| format!("of {} up", units::count(all)));
    let without = (silent > 0 && silent < clusters.len()).then(|| format!("without {silent} unread"));
    if clusters.is_empty() {
        return ().into_any();
    }
    let why = why_at_least_of(clusters);
    let least = |value: Option<u64>| at_least(value, why.clone());
    let facts = vec![
        Fact::new("Brokers", maybe_count(up)).note(of).tone(if up < brokers {
            Tone::Bad
        } else {
            Tone::Plain
        }),
        Fact::new("Topics", least(sum(clusters, |cluster| cluster.topic_count.map(u64::from)))).note(without),
        Fact::new("Partitions", least(sum(clusters, |cluster| cluster.partition_count.map(u64::from)))),
        Fact::new("Under-replicated", least(under))
            .tone(alarm(under, Tone::Warn))
            .note(under.map(|_| "partitions")),
        Fact::new("Offline", least(offline))
            .tone(alarm(offline, Tone::Bad))
            .note(offline.map(|_| "partitions")),
        rate_fact(
            "Written",
            sum_of_rates(clusters, |cluster| cluster.bytes_in_per_second),
            why_rates(clusters),
        ),
        rate_fact(
            "Read",
            sum_of_rates(clusters, |cluster| cluster.bytes_out_per_second),
            why_rates(clusters),
        ),
        Fact::new("Kept", size(sum(clusters, |cluster| cluster.size_bytes))),
    ];
    view! { <Facts facts=facts /> }.into_any()
}

/// A rate, of which there may be more, and why.
fn rate_fact(label: &'static str, value: Option<f64>, why: Option<String>) -> Fact {
    Fact::new(label, rate(value, why))
}

fn sum_of_rates(clusters: &[Cluster], field: fn(&Cluster) -> Option<f64>) -> Option<f64> {
    let known: Vec<f64> = clusters.iter().filter_map(field).collect();
    (!known.is_empty()).then(|| known.iter().sum())
}

/// Why more may be written and read than is summed.
fn why_rates(clusters: &[Cluster]) -> Option<String> {
    let is_partly_known =
        |cluster: &&Cluster| cluster.rates_at_least || cluster.bytes_in_per_second.is_none();
    let names: Vec<&str> =
        clusters.iter().filter(is_partly_known).map(|cluster| cluster.name.as_str()).collect();
    (!names.is_empty()).then(|| format!("not every broker of {} tells its metrics", names.join(", ")))
}

/// Why there may be more in the fleet than is counted.
fn why_at_least_of(clusters: &[Cluster]) -> Option<String> {
    let names: Vec<&str> =
        clusters.iter().filter(|cluster| cluster.at_least).map(|cluster| cluster.name.as_str()).collect();
    (!names.is_empty()).then(|| format!("topics may be hidden from Riverkeeper on {}", names.join(", ")))
}

/// Why there may be more under min ISR than is counted.
fn why_min_isr_at_least(cluster: &Cluster) -> Option<String> {
    let unknown = || {
        let count = cluster.min_isr_unknown_count.filter(|count| *count > 0)?;
        let topics = units::counted(count.into(), "topic", "topics");
        Some(format!("min.insync.replicas of {topics} is not known"))
    };
    cluster.why_at_least().or_else(unknown)
}

/// The facts of a cluster.
pub(crate) fn cluster_facts(detail: &ClusterDetail) -> AnyView {
    let cluster = &detail.cluster;
    let quorum = detail
        .quorum
        .as_ref()
        .map(|quorum| format!("quorum {} of {}", quorum.voters_caught_up, quorum.voter_count));
    let quorum_tone = detail.quorum.as_ref().map_or(Tone::Plain, |quorum| {
        let short = quorum.voters_caught_up * 2 <= quorum.voter_count;
        if short { Tone::Bad } else { Tone::Plain }
    });
    let under = cluster.under_replicated_count.map(u64::from);
    let since = cluster.under_replicated_since.map(|since| view! { "for " <Age at=since /> });
    let under_min = cluster.under_min_isr_count.map(u64::from);
    let offline = cluster.offline_count.map(u64::from);
    let percent = used_percent(cluster.disk_total_bytes, cluster.disk_usable_bytes);
    let why_rate = cluster.rates_at_least.then(|| "not every broker that is up tells its metrics".to_owned());
    let moving = detail.reassignments.as_ref().map(|moving| u64::from(moving.partition_count));
    let is_still = moving == Some(0);
    let facts = vec![
        Fact::new("Controller", cluster.controller_id.map_or_else(unknown, |id| id.to_string().into_any()))
            .note(quorum)
            .tone(quorum_tone),
        Fact::new("Under-replicated", at_least(under, cluster.why_at_least()))
            .tone(alarm(under, Tone::Warn))
            .note(since),
        Fact::new("Under min ISR", at_least(under_min, why_min_isr_at_least(cluster)))
            .tone(alarm(under_min, Tone::Bad)),
        Fact::new("Offline", at_least(offline, cluster.why_at_least())).tone(alarm(offline, Tone::Bad)),
        rate_fact("Written", cluster.bytes_in_per_second, why_rate.clone()),
        rate_fact("Read", cluster.bytes_out_per_second, why_rate),
        Fact::new("Kept", size(cluster.size_bytes)).note(
            percent.map(|percent| view! { <span class=disk_tone(percent).class()>{percent}" % full"</span> }),
        ),
        Fact::new("Version", version(cluster)),
    ];
    // Nothing is moved mostly, and then nothing is said of it.
    let moving = Fact::new("Being moved", maybe_count(moving)).note(moving.map(|_| "partitions"));
    let facts = facts.into_iter().chain((!is_still).then_some(moving)).collect();
    view! { <Facts facts=facts /> }.into_any()
}

/// The version, with how it is known behind it.
pub(crate) fn version(cluster: &Cluster) -> AnyView {
    match &cluster.version {
        Some(version) => {
            view! { <span title=cluster.version_method.clone()>{version.clone()}</span> }.into_any()
        }
        None => unknown(),
    }
}

/// The facts of a topic.
pub(crate) fn topic_facts(detail: &TopicDetail) -> AnyView {
    let topic = &detail.topic;
    let under = Some(u64::from(topic.under_replicated_count));
    let offline = Some(u64::from(topic.offline_count));
    let since = topic.under_replicated_since.map(|since| view! { "for " <Age at=since /> });
    let facts = vec![
        Fact::new("Partitions", count(topic.partition_count)),
        Fact::new("Replicas", count(topic.replication_factor)).note("each"),
        Fact::new("Under-replicated", maybe_count(under)).tone(alarm(under, Tone::Warn)).note(since),
        Fact::new("Offline", maybe_count(offline)).tone(alarm(offline, Tone::Bad)),
        Fact::new("Min ISR", maybe_count(topic.min_insync_replicas)),
        rate_fact("Written", topic.bytes_in_per_second, None),
        rate_fact("Read", topic.bytes_out_per_second, None),
        Fact::new("Kept in all replicas", size(topic.size_bytes)),
        Fact::new("Retention", retention(topic.retention_ms)).note(topic.cleanup_policy.clone()),
    ];
    view! { {owner_line(detail)}<Facts facts=facts /> }.into_any()
}

/// How long a topic keeps its records.
pub(crate) fn retention(milliseconds: Option<i64>) -> AnyView {
    milliseconds.map_or_else(unknown, |milliseconds| units::milliseconds(milliseconds).into_any())
}
