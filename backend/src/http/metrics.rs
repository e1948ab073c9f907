//! `/metrics`: Riverkeeper's own, as Prometheus reads it. Written from the same books as Status, at each scrape.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, text::encode},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
    registry::{Registry, Unit},
};
use shared::problem::Problem;

use super::{
    events::tally,
    params::Params,
    problem::Fault,
    state::{Amount, Family, Process},
};
use crate::access::Asker;

/// Our own metrics: turns, ages, failures, drops, requests, memory. Of the clusters that the asker may see.
#[utoipa::path(get, path = "/metrics", tag = "health", responses(
    (status = 200, body = String, content_type = "application/openmetrics-text"),
    (status = 400, body = Problem, content_type = "application/problem+json")))]
pub async fn metrics(
    State(process): State<Process>,
    asker: Asker,
    params: Params,
) -> Result<Response, Fault> {
    params.finish()?;
    let mut registry = Registry::with_prefix("riverkeeper");
    registry.register_collector(Box::new(Books { process, asker }));
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|_| Fault::Internal)?;
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

#[derive(Debug)]
struct Books {
    process: Process,
    asker: Asker,
}

type Labels = Vec<(&'static str, String)>;
type Written = Result<(), std::fmt::Error>;

/// Writes one family: its name, help and unit, then a row for each set of labels.
fn family<M: EncodeMetric>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    unit: Option<&Unit>,
    rows: impl IntoIterator<Item = (Labels, M)>,
) -> Written {
    let mut rows = rows.into_iter().peekable();
    let Some((_, first)) = rows.peek() else { return Ok(()) };
    let mut family = encoder.encode_descriptor(name, help, unit, first.metric_type())?;
    for (labels, value) in rows {
        value.encode(family.encode_family(&labels)?)?;
    }
    Ok(())
}

impl Collector for Books {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Written {
        // What is told of whole clusters is not for those who see only a part of them.
        if self.asker.scope.sees_whole_clusters() {
            self.cycles(&mut encoder)?;
            self.gateways(&mut encoder)?;
            self.measured(&mut encoder)?;
            self.history(&mut encoder)?;
        }
        self.process(&mut encoder)
    }
}

impl Books {
    fn cycles(&self, encoder: &mut DescriptorEncoder<'_>) -> Written {
        let cycles = self.process.cycles(&self.asker.scope);
        let labels = |cycle: &shared::status::CycleStatus| -> Labels {
            vec![
                ("noun", cycle.noun.clone()),
                ("cluster", cycle.cluster.clone().unwrap_or_default()),
                ("part", cycle.part.clone()),
            ]
        };
        let turns = cycles.iter().map(|cycle| (labels(cycle), ConstCounter::new(cycle.turn_count)));
        family(encoder, "turns", "Turns of a cycle", None, turns)?;
        let failures = cycles.iter().map(|cycle| (labels(cycle), ConstCounter::new(cycle.failure_count)));
        family(encoder, "turn_failures", "Turns that read nothing", None, failures)?;
        let failing =
            cycles.iter().map(|cycle| (labels(cycle), ConstGauge::new(i64::from(cycle.failure.is_some()))));
        family(encoder, "failing", "1 while a cycle fails, wholly or in part", None, failing)?;
        let ages =
            cycles.iter().filter_map(|cycle| Some((labels(cycle), ConstGauge::new(cycle.age_seconds?))));
        family(encoder, "view_age", "Age of the newest view", Some(&Unit::Seconds), ages)?;
        let walls = cycles
            .iter()
            .filter_map(|cycle| Some((labels(cycle), ConstGauge::new(cycle.last_turn_seconds?))));
        family(encoder, "last_turn", "Wall-clock time of the last turn", Some(&Unit::Seconds), walls)?;
        let cpus =
            cycles.iter().filter_map(|cycle| Some((labels(cycle), ConstGauge::new(cycle.last_cpu_seconds?))));
        family(encoder, "last_turn_cpu", "CPU time of the last turn", Some(&Unit::Seconds), cpus)
    }

    fn gateways(&self, encoder: &mut DescriptorEncoder<'_>) -> Written {
        let gateways = self.process.traffic(&self.asker.scope);
        let labels = |cluster: &str| -> Labels { vec![("cluster", cluster.into())] };
        let by_api =
            |cluster: &str, api: &str| -> Labels { vec![("cluster", cluster.into()), ("api", api.into())] };
        let apis = || gateways.iter().flat_map(|gateway| gateway.apis.iter().map(move |api| (gateway, api)));
        let requests = apis()
            .map(|(gateway, api)| (by_api(&gateway.cluster, &api.api), ConstCounter::new(api.request_count)));
        family(encoder, "kafka_requests", "Requests sent to Kafka", None, requests)?;
        let failures = apis()
            .map(|(gateway, api)| (by_api(&gateway.cluster, &api.api), ConstCounter::new(api.failure_count)));
        family(encoder, "kafka_request_failures", "Requests to Kafka that failed", None, failures)?;
        let waited = apis()
            .map(|(gateway, api)| (by_api(&gateway.cluster, &api.api), ConstCounter::new(api.busy_seconds)));
        family(encoder, "kafka_request", "Time waited for Kafka", Some(&Unit::Seconds), waited)?;
        let sent = gateways.iter().map(|it| (labels(&it.cluster), ConstCounter::new(it.sent_bytes)));
        family(encoder, "kafka_sent", "Bytes sent to Kafka", Some(&Unit::Bytes), sent)?;
        let received = gateways.iter().map(|it| (labels(&it.cluster), ConstCounter::new(it.received_bytes)));
        family(encoder, "kafka_received", "Bytes received from Kafka", Some(&Unit::Bytes), received)?;
        let open =
            gateways.iter().map(|it| (labels(&it.cluster), ConstGauge::new(i64::from(it.connection_count))));
        family(encoder, "kafka_connections", "Open connections to Kafka", None, open)
    }

    fn measured(&self, encoder: &mut DescriptorEncoder<'_>) -> Written {
        let families = self.process.measured.iter().flat_map(|measured| measured.families(&self.asker.scope));
        for Family { name, help, rows } in families {
            let count = |row: &(Labels, Amount)| match row.1 {
                Amount::Count(count) => Some((row.0.clone(), ConstCounter::new(count))),
                Amount::Total(_) | Amount::Level(_) => None,
            };
            let total = |row: &(Labels, Amount)| match row.1 {
                Amount::Total(total) => Some((row.0.clone(), ConstCounter::new(total))),
                Amount::Count(_) | Amount::Level(_) => None,
            };
            let level = |row: &(Labels, Amount)| match row.1 {
                Amount::Level(level) => Some((row.0.clone(), ConstGauge::new(level))),
                Amount::Count(_) | Amount::Total(_) => None,
            };
            family(encoder, name, help, None, rows.iter().filter_map(count))?;
            family(encoder, name, help, None, rows.iter().filter_map(total))?;
            family(encoder, name, help, None, rows.iter().filter_map(level))?;
        }
        Ok(())
    }

    fn history(&self, encoder: &mut DescriptorEncoder<'_>) -> Written {
        let status = self.process.history(&self.asker.scope);
        let counts = self.process.database.counts();
        let gauge = |value: i64| [(Labels::new(), ConstGauge::new(value))];
        let count = |value: u64| [(Labels::new(), ConstCounter::new(value))];
        let is_kept = i64::from(self.process.database.is_kept() && status.failure.is_none());
        family(encoder, "history_kept", "1 while history is kept", None, gauge(is_kept))?;
        if !self.process.database.is_kept() {
            return Ok(());
        }
        let seconds = |time: shared::DateTime| time.timestamp_millis() as f64 / 1e3;
        let written = status.written_at.map(|time| (Labels::new(), ConstGauge::new(seconds(time))));
        let help = "When something was last written, since 1970";
        family(encoder, "history_last_write", help, Some(&Unit::Seconds), written)?;
        let size = status.size_bytes.map(|bytes| (Labels::new(), ConstGauge::new(bytes as i64)));
        family(encoder, "history_size", "What the database takes", Some(&Unit::Bytes), size)?;
        family(encoder, "history_samples", "Samples written", None, count(counts.samples))?;
        family(encoder, "history_events", "Events written", None, count(counts.events))?;
        let waiting = gauge(status.waiting_event_count as i64);
        family(encoder, "history_events_waiting", "Events that wait to be written", None, waiting)?;
        let lost = count(status.lost_event_count);
        family(encoder, "history_events_lost", "Events that were never written", None, lost)?;
        let damaged = count(counts.damaged_blocks);
        family(encoder, "history_damaged_blocks", "Blocks that could not be read", None, damaged)?;
        let writes = count(counts.failed_writes);
        family(encoder, "history_write_failures", "Writings that failed", None, writes)?;
        let reads = count(counts.failed_reads);
        family(encoder, "history_read_failures", "Readings of the past that failed", None, reads)
    }

    fn process(&self, encoder: &mut DescriptorEncoder<'_>) -> Written {
        let events = tally(self.process.runtime.timeline(), &self.asker.scope);
        let alone = |value| [(Labels::new(), value)];
        let held = ConstGauge::new(events.held as i64);
        family(encoder, "events", "Events held for the timeline", None, alone(held))?;
        let dropped = [(Labels::new(), ConstCounter::new(events.dropped))];
        family(encoder, "events_dropped", "Events dropped because the table is bounded", None, dropped)?;
        let streams = ConstGauge::new(i64::from(self.process.streams.seen_by(&self.asker)));
        family(encoder, "live_streams", "Open live streams", None, alone(streams))?;
        let resident = memory_stats::memory_stats().map(|memory| memory.physical_mem as i64);
        let resident = resident.map(|bytes| (Labels::new(), ConstGauge::new(bytes)));
        family(encoder, "resident_memory", "Resident memory", Some(&Unit::Bytes), resident)
    }
}
