//! What is told of a cluster's brokers, topics and partitions.

use shared::meta::Freshness;

use super::{
    Seen,
    names::{Fact, Label},
    page::Page,
};
use crate::capabilities::lag::{
    book::LogEnd,
    model::{BrokerPlace, BrokerPlaces, Layout, PartitionPlace},
};

/// Tells of brokers and topics, and of partitions where `each` says so.
pub fn tell(seen: &Seen, each: bool, page: &mut Page) {
    if let Some(layout) = &seen.layout {
        if seen.known.scope.sees_wholly(&seen.known.name) {
            brokers(&seen.known.name, &layout.brokers(), page);
        }
        for (topic, count) in seen.topics() {
            of_topic(seen, layout.as_ref(), (&topic, count), each, page);
        }
    }
    log_ends(seen, each, page);
}

fn brokers(cluster: &str, places: &BrokerPlaces, page: &mut Page) {
    let count = places.brokers.len();
    let of_cluster = (Label::Cluster, cluster);
    page.tell(Fact::Brokers, &[of_cluster], Some(count as f64));
    let (count, id) = (count.to_string(), places.cluster_id.as_deref().unwrap_or_default());
    let controller = places.controller_id.map(|id| id.to_string()).unwrap_or_default();
    let labels = [
        of_cluster,
        (Label::BrokerCount, count.as_str()),
        (Label::ClusterId, id),
        (Label::ControllerId, controller.as_str()),
    ];
    page.tell(Fact::Cluster, &labels, Some(1.0));
    for broker in &places.brokers {
        let is_controller = places.controller_id.map(|id| id == broker.broker_id);
        of_broker(cluster, broker, is_controller, page);
    }
}

fn of_broker(cluster: &str, broker: &BrokerPlace, is_controller: Option<bool>, page: &mut Page) {
    let (id, port) = (broker.broker_id.to_string(), broker.port.to_string());
    let address = format!("{}:{port}", broker.host);
    let labels = [
        (Label::Cluster, cluster),
        (Label::Broker, id.as_str()),
        (Label::Host, broker.host.as_str()),
        (Label::Port, port.as_str()),
        (Label::Address, address.as_str()),
        (Label::Rack, broker.rack.as_deref().unwrap_or_default()),
        (Label::IsController, is_controller.map_or("", |is| if is { "true" } else { "false" })),
    ];
    page.tell(Fact::Broker, &labels, Some(1.0));
}

fn of_topic(seen: &Seen, layout: &dyn Layout, (topic, count): (&str, usize), each: bool, page: &mut Page) {
    let of_topic = [(Label::Cluster, seen.known.name.as_str()), (Label::Topic, topic)];
    page.tell(Fact::Partitions, &of_topic, Some(count as f64));
    if !each && !page.wants(Fact::Topic) && !page.wants(Fact::LogStartSum) {
        return;
    }
    let mut partitions = layout.partitions(topic);
    if layout.log_starts_reading().freshness(seen.now) != Freshness::Fresh {
        partitions.iter_mut().for_each(|partition| partition.log_start = None);
    }
    let replicas = partitions.iter().map(|partition| partition.replicas).max();
    let (count, replicas) = (count.to_string(), replicas.map(|count| count.to_string()).unwrap_or_default());
    let [cluster, topic] = of_topic;
    let labels = [
        cluster,
        topic,
        (Label::PartitionCount, count.as_str()),
        (Label::ReplicationFactor, replicas.as_str()),
    ];
    page.tell(Fact::Topic, &labels, Some(1.0));
    page.tell(Fact::LogStartSum, &of_topic, sum(partitions.iter().map(|partition| partition.log_start)));
    for partition in partitions.iter().filter(|_| each) {
        of_partition(cluster, topic, partition, page);
    }
}

fn of_partition(cluster: (Label, &str), topic: (Label, &str), it: &PartitionPlace, page: &mut Page) {
    let number = it.partition.to_string();
    let labels = [cluster, topic, (Label::Partition, number.as_str())];
    let is_preferred = it.preferred_leader.map(|preferred| it.leader == Some(preferred));
    let switch = |is: bool| f64::from(u8::from(is));
    page.tell(Fact::LogStart, &labels, it.log_start.map(|offset| offset as f64));
    page.tell(Fact::Leader, &labels, it.leader.map(f64::from));
    page.tell(Fact::LeaderIsPreferred, &labels, is_preferred.map(switch));
    page.tell(Fact::Replicas, &labels, Some(it.replicas as f64));
    page.tell(Fact::InSync, &labels, Some(it.in_sync as f64));
    page.tell(Fact::UnderReplicated, &labels, Some(switch(it.is_under_replicated)));
}

/// Log ends are looked at where groups read.
fn log_ends(seen: &Seen, each: bool, page: &mut Page) {
    let (cluster, scope, book) = (seen.known.name.as_str(), &seen.known.scope, &seen.known.book);
    let topics = book.topics();
    let seen_topics = topics.names().filter(|topic| scope.sees_topic(cluster, topic));
    let mut names: Vec<String> = seen_topics.map(str::to_owned).collect();
    drop(topics);
    names.sort_unstable();
    for topic in &names {
        let ends = log_ends_of(seen, topic);
        let of_topic = [(Label::Cluster, cluster), (Label::Topic, topic.as_str())];
        page.tell(Fact::LogEndSum, &of_topic, sum(ends.iter().copied()));
        for (at, end) in ends.into_iter().enumerate().filter(|_| each) {
            let [cluster, topic] = of_topic;
            let labels = [cluster, topic, (Label::Partition, &at.to_string())];
            page.tell(Fact::LogEnd, &labels, end.map(|offset| offset as f64));
        }
    }
}

/// The log end of each partition, where it was looked at lately.
fn log_ends_of(seen: &Seen, topic: &str) -> Vec<Option<i64>> {
    let topics = seen.known.book.topics();
    let end = |end: LogEnd| (end.time_ms >= seen.looked_since_ms()?).then_some(end.offset);
    let ends = |id| (0..topics.count(id)).map(|at| topics.log_end(id, at).and_then(end)).collect();
    topics.id(topic).map(ends).unwrap_or_default()
}

/// The sum where all is known.
fn sum(offsets: impl Iterator<Item = Option<i64>>) -> Option<f64> {
    let known: Option<Vec<i64>> = offsets.collect();
    known.filter(|known| !known.is_empty()).map(|known| known.iter().map(|offset| *offset as f64).sum())
}
