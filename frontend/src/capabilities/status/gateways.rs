//! Our own traffic to each cluster: requests, bytes, connections.

use leptos::prelude::*;
use shared::{
    rights::MissingRight,
    route::page,
    status::{ApiTraffic, BrokerTraffic, GatewayStatus},
};

use super::cycles::seconds;
use crate::{
    components::{Column, Mark, Table, count, size, state, unknown},
    place::use_place,
};

const CLUSTERS: [Column; 7] = [
    Column::text("Cluster", ""),
    Column::number("Requests", ""),
    Column::number("Failed", ""),
    Column::number("Mean wait", ""),
    Column::number("Sent", ""),
    Column::number("Received", ""),
    Column::number("Connections", ""),
];

const BROKERS: [Column; 4] = [
    Column::text("Cluster", ""),
    Column::text("Broker", ""),
    Column::text("Address", ""),
    Column::text("Connection", ""),
];

const RIGHTS: [Column; 3] = [
    Column::text("Cluster", ""),
    Column::text("Right", ""),
    Column { label: "What is unknown", key: "", class: "grow" },
];

const REQUESTS: [Column; 4] = [
    Column::text("Request", ""),
    Column::number("Sent", ""),
    Column::number("Failed", ""),
    Column::number("Mean wait", ""),
];

/// Our traffic by cluster.
pub(crate) fn gateway_table(gateways: &[GatewayStatus]) -> AnyView {
    let row = |gateway: &GatewayStatus| {
        vec![
            gateway.cluster.clone().into_any(),
            count(gateway.request_count),
            failures(gateway.failure_count),
            mean(gateway.busy_seconds, gateway.request_count),
            size(Some(gateway.sent_bytes)),
            size(Some(gateway.received_bytes)),
            count(gateway.connection_count),
        ]
    };
    view! { <Table caption="Traffic to each cluster" columns=&CLUSTERS rows=gateways.iter().map(row).collect() /> }.into_any()
}

/// What may not be read, by cluster; nothing where everything may be.
pub(crate) fn rights_table(gateways: &[GatewayStatus]) -> AnyView {
    let place = use_place();
    let missing = gateways
        .iter()
        .flat_map(|gateway| gateway.missing_rights.iter().map(move |right| (gateway.cluster.clone(), right)));
    let row = |(cluster, right): (String, &MissingRight)| {
        let page = page::cluster(&cluster);
        vec![
            view! { <a href=move || place.to(&page)>{cluster}</a> }.into_any(),
            format!("{} on {}", right.operation, right.resource.words()).into_any(),
            right.sentence.clone().into_any(),
        ]
    };
    view! { <Table caption="Rights that Riverkeeper lacks" columns=&RIGHTS rows=missing.map(row).collect() /> }.into_any()
}

/// Our connections, broken ones first.
pub(crate) fn connection_table(gateways: &[GatewayStatus]) -> AnyView {
    let mut connections: Vec<(&str, &BrokerTraffic)> = gateways
        .iter()
        .flat_map(|gateway| gateway.brokers.iter().map(|broker| (gateway.cluster.as_str(), broker)))
        .collect();
    connections.sort_by_key(|(_, broker)| (broker.last_error.is_none(), broker.connected));
    let row = |(cluster, broker): &(&str, &BrokerTraffic)| {
        let (mark, word) = match (broker.connected, &broker.last_error) {
            (true, _) => (Mark::Well, "Open"),
            (false, Some(_)) => (Mark::Critical, "Broken"),
            (false, None) => (Mark::Unknown, "Closed"),
        };
        let why = broker.last_error.clone().filter(|_| !broker.connected);
        let why = why.map(|why| view! { <span class="sub reason" title=why.clone()>{why.clone()}</span> });
        vec![
            (*cluster).to_owned().into_any(),
            broker.broker_id.map_or_else(
                || view! { <span class="dim">"bootstrap"</span> }.into_any(),
                |id| id.to_string().into_any(),
            ),
            view! { <code>{broker.address.clone()}</code> }.into_any(),
            view! { {state(mark, word)}{why} }.into_any(),
        ]
    };
    view! { <Table caption="Connections" columns=&BROKERS names=2 rows=connections.iter().map(row).collect() /> }.into_any()
}

/// Our requests by Kafka's name, the most time first.
pub(crate) fn request_table(gateways: &[GatewayStatus]) -> AnyView {
    let requests = by_request(gateways);
    let row = |api: &ApiTraffic| {
        vec![
            api.api.clone().into_any(),
            count(api.request_count),
            failures(api.failure_count),
            mean(api.busy_seconds, api.request_count),
        ]
    };
    view! { <Table caption="Requests" columns=&REQUESTS rows=requests.iter().map(row).collect() /> }
        .into_any()
}

/// The traffic of all clusters, summed by request.
fn by_request(gateways: &[GatewayStatus]) -> Vec<ApiTraffic> {
    let mut sums: Vec<ApiTraffic> = Vec::new();
    for api in gateways.iter().flat_map(|gateway| &gateway.apis) {
        match sums.iter_mut().find(|sum| sum.api == api.api) {
            Some(sum) => {
                sum.request_count += api.request_count;
                sum.failure_count += api.failure_count;
                sum.busy_seconds += api.busy_seconds;
            }
            None => sums.push(api.clone()),
        }
    }
    sums.sort_by(|one, other| other.busy_seconds.total_cmp(&one.busy_seconds));
    sums
}

fn failures(value: u64) -> AnyView {
    if value == 0 {
        return count(0_u32);
    }
    view! { <b class="warn">{count(value)}</b> }.into_any()
}

fn mean(busy_seconds: f64, requests: u64) -> AnyView {
    if requests == 0 { unknown() } else { seconds(busy_seconds / requests as f64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_summed_over_clusters_and_the_slow_ones_come_first() {
        let sums = by_request(&shared::status::sample().gateways);
        let told: Vec<(&str, u64, u64)> =
            sums.iter().map(|sum| (sum.api.as_str(), sum.request_count, sum.failure_count)).collect();
        assert_eq!(told, [("DescribeLogDirs", 1_836, 0), ("Metadata", 3_612, 11)]);
    }
}
