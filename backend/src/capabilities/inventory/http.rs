//! Routes of inventory: extract, query, answer.

use axum::{extract::State, response::Response};
use shared::{
    catalog::Owners,
    inventory::{
        BrokerDetail, Brokers, ClusterDetail, Clusters, Partitions, Replication, RestartVerdicts,
        TopicDetail, Topics,
    },
    problem::Problem,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Inventory,
    query::{
        self, BrokerSort, ClusterSort, Known, OwnerSort, PartitionSort, RestartSort, TopicQuery, TopicSort,
    },
};
use crate::{
    access::Scope,
    http::{answer::Asked, gate::WholeScope, params::Params, path::Path, problem::Fault},
};

/// Most points of a history in one answer.
const MOST_POINTS: usize = 2_000;

/// The routes.
pub fn routes(inventory: Inventory) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(clusters))
        .routes(routes!(cluster))
        .routes(routes!(brokers))
        .routes(routes!(broker))
        .routes(routes!(restart_verdicts))
        .routes(routes!(topics))
        .routes(routes!(topic))
        .routes(routes!(partitions))
        .routes(routes!(replication))
        .routes(routes!(owners))
        .with_state(inventory)
}

fn known(inventory: &Inventory, scope: &Scope, cluster: &str) -> Result<Known, Fault> {
    let known = inventory.known(scope, cluster);
    known.ok_or_else(|| Fault::no_cluster(cluster))
}

/// Something of a cluster that was read is not there; of one that never was, nobody knows.
fn absent(known: &Known, what: &str) -> Fault {
    match &known.metadata {
        Some(_) => Fault::NotFound(format!("There is no {what} on {}.", known.name)),
        None => Fault::NotReadYet(format!(
            "{} was never read, so nobody knows whether it has {what}.",
            known.name
        )),
    }
}

/// All clusters, worst first. Each is listed from the first second, with null for what is not known yet.
#[utoipa::path(get, path = "/api/v1/clusters", tag = "inventory",
    params(("sort" = Option<String>, Query, description = "severity, name, partition_count, under_replicated_count, size_bytes, bytes_in_per_second, bytes_out_per_second; - descends; -severity unless told"),
        ("q" = Option<String>, Query, description = "Part of the name"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000; 100 unless told"),
        ("offset" = Option<u32>, Query, description = "Rows before the page"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = Clusters), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json")))]
async fn clusters(
    State(inventory): State<Inventory>,
    scope: Scope,
    asked: Asked,
    mut params: Params,
) -> Result<Response, Fault> {
    let query = params.list(&ClusterSort::WORDS, (ClusterSort::Severity, true))?;
    params.finish()?;
    let now = inventory.now();
    let all = inventory.all(&scope);
    let mut revisions: Vec<u64> = all.iter().flat_map(Known::revisions).collect();
    revisions.extend(all.iter().map(Known::rates_revision));
    // Stale is told by the clock alone: an answer from before it does not hold after it.
    revisions.extend(all.iter().map(|known| u64::from(known.is_stale(now))));
    let readings: Vec<_> = all.iter().flat_map(|known| known.readings.clone()).collect();
    Ok(asked.answer(&scope, &revisions, &readings, || query::clusters(&all, &query, now)))
}

/// One cluster.
#[utoipa::path(get, path = "/api/v1/clusters/{cluster}", tag = "inventory",
    params(("cluster" = String, Path, description = "The cluster's name")),
    responses((status = 200, body = ClusterDetail), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn cluster(
    State(inventory): State<Inventory>,
    Path(cluster): Path<String>,
    scope: Scope,
    asked: Asked,
    params: Params,
) -> Result<Response, Fault> {
    params.finish()?;
    let known = known(&inventory, &scope, &cluster)?;
    let now = inventory.now();
    Ok(asked.answer(&scope, &tag_with_rates(&known, now), &known.readings, || query::cluster(&known, now)))
}

/// The brokers of a cluster, those that do not serve first.
#[utoipa::path(get, path = "/api/v1/clusters/{cluster}/brokers", tag = "inventory",
    params(("cluster" = String, Path, description = "The cluster's name"),
        ("sort" = Option<String>, Query, description = "state, broker_id, leader_count, replica_count, size_bytes; - descends; -state unless told"),
        ("q" = Option<String>, Query, description = "Part of id, host or rack"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000; 100 unless told"),
        ("offset" = Option<u32>, Query, description = "Rows before the page"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = Brokers), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn brokers(
    State(inventory): State<Inventory>,
    Path(cluster): Path<String>,
    WholeScope(scope): WholeScope,
    asked: Asked,
    mut params: Params,
) -> Result<Response, Fault> {
    let query = params.list(&BrokerSort::WORDS, (BrokerSort::State, true))?;
    params.finish()?;
    let known = known(&inventory, &scope, &cluster)?;
    let now = inventory.now();
    Ok(asked.answer(&scope, &tag(&known, now), &known.readings, || query::brokers(&known, &query, now)))
}

/// One broker with its log directories.
#[utoipa::path(get, path = "/api/v1/clusters/{cluster}/brokers/{broker_id}", tag = "inventory",
    params(("cluster" = String, Path, description = "The cluster's name"),
        ("broker_id" = i32, Path, description = "The broker's node.id")),
    responses((status = 200, body = BrokerDetail), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The cluster was never read yet", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn broker(
    State(inventory): State<Inventory>,
    Path((cluster, broker_id)): Path<(String, String)>,
    WholeScope(scope): WholeScope,
    asked: Asked,
    params: Params,
) -> Result<Response, Fault> {
    params.finish()?;
    let known = known(&inventory, &scope, &cluster)?;
    let now = inventory.now();
    let found = broker_id.parse().ok().and_then(|id| query::broker(&known, id, now));
    let found = found.ok_or_else(|| absent(&known, &format!("broker {broker_id}")))?;
    Ok(asked.answer(&scope, &tag(&known, now), &known.readings, || found))
}

/// Whether each broker of a cluster may be restarted now, and what speaks against it.
#[utoipa::path(get, path = "/api/v1/clusters/{cluster}/restart-verdicts", tag = "inventory",
    params(("cluster" = String, Path, description = "The cluster's name"),
        ("sort" = Option<String>, Query, description = "broker_id, verdict; - descends; broker_id unless told"),
        ("q" = Option<String>, Query, description = "Part of the id"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000; 100 unless told"),
        ("offset" = Option<u32>, Query, description = "Rows before the page"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = RestartVerdicts), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn restart_verdicts(
    State(inventory): State<Inventory>,
    Path(cluster): Path<String>,
    WholeScope(scope): WholeScope,
    asked: Asked,
    mut params: Params,
) -> Result<Response, Fault> {
    let query = params.list(&RestartSort::WORDS, (RestartSort::Id, false))?;
    params.finish()?;
    let known = known(&inventory, &scope, &cluster)?;
    let now = inventory.now();
    Ok(asked
        .answer(&scope, &tag(&known, now), &known.readings, || query::restart_verdicts(&known, &query, now)))
}

/// The topics of a cluster, worst first.
#[utoipa::path(get, path = "/api/v1/clusters/{cluster}/topics", tag = "inventory",
    params(("cluster" = String, Path, description = "The cluster's name"),
        ("sort" = Option<String>, Query, description = "trouble, name, partition_count, replication_factor, under_replicated_count, offline_count, size_bytes, bytes_in_per_second, bytes_out_per_second; - descends; -trouble unless told"),
        ("q" = Option<String>, Query, description = "Part of the name"),
        ("internal" = Option<bool>, Query, description = "Only Kafka's own topics, or only the others"),
        ("owner" = Option<String>, Query, description = "Only the topics of this owner; none where nobody is called so"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000; 100 unless told"),
        ("offset" = Option<u32>, Query, description = "Rows before the page"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = Topics), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn topics(
    State(inventory): State<Inventory>,
    Path(cluster): Path<String>,
    scope: Scope,
    asked: Asked,
    mut params: Params,
) -> Result<Response, Fault> {
    let list = params.list(&TopicSort::WORDS, (TopicSort::Trouble, true))?;
    let internal = params.word("internal", &[("true", true), ("false", false)])?;
    let owner = params.text("owner");
    params.finish()?;
    let known = known(&inventory, &scope, &cluster)?;
    let now = inventory.now();
    let query = TopicQuery { list, internal, owner };
    let tag = tag_with_rates(&known, now);
    Ok(asked.answer(&scope, &tag, &known.readings, || query::topics(&known, &query, now)))
}

/// One topic with its settings.
#[utoipa::path(get, path = "/api/v1/clusters/{cluster}/topics/{topic}", tag = "inventory",
    params(("cluster" = String, Path, description = "The cluster's name"),
        ("topic" = String, Path, description = "The topic's name, percent-encoded")),
    responses((status = 200, body = TopicDetail), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The cluster was never read yet", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn topic(
    State(inventory): State<Inventory>,
    Path((cluster, topic)): Path<(String, String)>,
    scope: Scope,
    asked: Asked,
    params: Params,
) -> Result<Response, Fault> {
    params.finish()?;
    let known = known(&inventory, &scope, &cluster)?;
    let now = inventory.now();
    let found = query::topic(&known, &topic, now).ok_or_else(|| absent(&known, &format!("topic {topic}")))?;
    Ok(asked.answer(&scope, &tag_with_rates(&known, now), &known.readings, || found))
}

/// The partitions of a topic, by number.
#[utoipa::path(get, path = "/api/v1/clusters/{cluster}/topics/{topic}/partitions", tag = "inventory",
    params(("cluster" = String, Path, description = "The cluster's name"),
        ("topic" = String, Path, description = "The topic's name, percent-encoded"),
        ("sort" = Option<String>, Query, description = "partition, trouble, size_bytes; - descends; partition unless told"),
        ("q" = Option<String>, Query, description = "Part of the number"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000; 100 unless told"),
        ("offset" = Option<u32>, Query, description = "Rows before the page"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = Partitions), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The cluster was never read yet", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn partitions(
    State(inventory): State<Inventory>,
    Path((cluster, topic)): Path<(String, String)>,
    scope: Scope,
    asked: Asked,
    mut params: Params,
) -> Result<Response, Fault> {
    let list = params.list(&PartitionSort::WORDS, (PartitionSort::Partition, false))?;
    params.finish()?;
    let known = known(&inventory, &scope, &cluster)?;
    let now = inventory.now();
    let found = query::partitions(&known, &topic, &list, now)
        .ok_or_else(|| absent(&known, &format!("topic {topic}")))?;
    Ok(asked.answer(&scope, &tag(&known, now), &known.readings, || found))
}

/// Partitions in trouble over time, as far back as memory holds them.
#[utoipa::path(get, path = "/api/v1/clusters/{cluster}/replication", tag = "inventory",
    params(("cluster" = String, Path, description = "The cluster's name"),
        ("from" = Option<String>, Query, description = "Not before, RFC 3339"),
        ("to" = Option<String>, Query, description = "Before, RFC 3339")),
    responses((status = 200, body = Replication), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn replication(
    State(inventory): State<Inventory>,
    Path(cluster): Path<String>,
    WholeScope(scope): WholeScope,
    asked: Asked,
    mut params: Params,
) -> Result<Response, Fault> {
    let range = params.range()?;
    params.finish()?;
    let known = known(&inventory, &scope, &cluster)?;
    let now = inventory.now();
    // A point is added with every turn, whether the content moved or not.
    let newest = known.metadata.as_ref().map_or(0, |stamped| stamped.as_of.timestamp_millis().unsigned_abs());
    Ok(asked
        .answer(&scope, &[newest], &known.readings, || query::replication(&known, range, MOST_POINTS, now)))
}

/// The owners of the catalog, with how many topics each has.
#[utoipa::path(get, path = "/api/v1/owners", tag = "catalog",
    params(("sort" = Option<String>, Query, description = "name, topic_count; - descends; name unless told"),
        ("q" = Option<String>, Query, description = "Part of name or title"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000; 100 unless told"),
        ("offset" = Option<u32>, Query, description = "Rows before the page"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")),
    responses((status = 200, body = Owners), (status = 304, description = "As the browser has it"),
        (status = 400, body = Problem, content_type = "application/problem+json")))]
async fn owners(
    State(inventory): State<Inventory>,
    scope: Scope,
    asked: Asked,
    mut params: Params,
) -> Result<Response, Fault> {
    let query = params.list(&OwnerSort::WORDS, (OwnerSort::Name, false))?;
    params.finish()?;
    let now = inventory.now();
    let all = inventory.all(&scope);
    let revisions: Vec<u64> = all.iter().flat_map(Known::revisions).collect();
    let readings: Vec<_> = all.iter().flat_map(|known| known.readings.clone()).collect();
    Ok(asked.answer(&scope, &revisions, &readings, || query::owners(&scope, &all, &query, now)))
}

fn tag(known: &Known, now: shared::DateTime) -> [u64; 4] {
    let [metadata, log_dirs, configs] = known.revisions();
    [metadata, log_dirs, configs, u64::from(known.is_stale(now))]
}

/// Of answers with rates in them, which differ with every reading of them.
fn tag_with_rates(known: &Known, now: shared::DateTime) -> [u64; 5] {
    let [metadata, log_dirs, configs, is_stale] = tag(known, now);
    [metadata, log_dirs, configs, is_stale, known.rates_revision()]
}
