//! Each dialect is understood, whatever pieces it comes in; and what no agent writes is bounded and named.

use proptest::prelude::*;

use super::gather::Gathering;
use crate::capabilities::load::model::{Counter, Gauge, Told};

const MOST: usize = 1 << 20;

/// As the agent of the demo writes it, by `demo/jmx-rules.yaml`.
const DEMO: &str = r#"# HELP kafka_broker_bytesin_total Attribute exposed for management
# TYPE kafka_broker_bytesin_total counter
kafka_broker_bytesin_total 120400.0
kafka_broker_bytesout_total 240800.0
kafka_broker_messagesin_total 1204.0
kafka_broker_replicationbytesin_total 50.0
kafka_broker_replicationbytesout_total 60.0
kafka_broker_isrshrinks_total 3.0
kafka_broker_underreplicatedpartitions 7.0
kafka_broker_brokerrequesthandleravgidlepercent 0.75
kafka_broker_requesthandleravgidlepercent 1.5
kafka_network_idle_ratio 0.9
kafka_network_requestqueuesize 2.0
kafka_network_responsequeuesize 1.0
kafka_topic_bytesin_total{topic="demo.orders"} 1000.0
kafka_topic_bytesout_total{topic="demo.orders"} 2000.0
kafka_topic_bytesin_total{topic="clicks_2-x"} 5.0
kafka_request_total{request="Produce",version="9"} 10.0
kafka_request_total{request="Produce",version="13"} 32.0
kafka_request_total{request="FetchConsumer",version="17"} 8.0
kafka_request_total{request="FetchFollower",version="17"} 999.0
kafka_request_errors_total{error="NONE",request="Produce"} 41.0
kafka_request_totaltimems_99thpercentile{request="Produce"} 4.5
kafka_request_totaltimems_99thpercentile{request="FetchConsumer"} 500.0
kafka_request_totaltimems_99thpercentile{request="FetchFollower"} 501.0
kafka_controller_uncleanleaderelectionspersec_total 1.0
kafka_log_flush_count 33.0
kafka_log_flush_99thpercentile 12.0
kafka_connections{listener="A",processor="0"} 4.0
kafka_connections{listener="A",processor="1"} 5.0
kafka_release{version="4.3.1"} 1.0
process_cpu_seconds_total 61.5
process_open_fds 300.0
process_max_fds 1200.0
process_start_time_seconds 1.795E9
jvm_gc_collection_seconds_sum{gc="Copy"} 1.5
jvm_gc_collection_seconds_sum{gc="MarkSweepCompact"} 0.5
jvm_memory_used_bytes{area="heap"} 100.0
jvm_memory_used_bytes{area="nonheap"} 900.0
jvm_memory_max_bytes{area="heap"} 400.0
jvm_memory_max_bytes{area="nonheap"} -1.0
"#;

/// The same broker by the exporter's example rules, with an older agent.
const EXPORTER: &str = r#"
kafka_server_brokertopicmetrics_bytesin_total 120400.0
kafka_server_brokertopicmetrics_bytesin_total{topic="demo.orders",} 1000.0
kafka_server_brokertopicmetrics_bytesin_total{topic="clicks_2-x",} 5.0
kafka_server_brokertopicmetrics_bytesout_total{topic="demo.orders",} 2000.0
kafka_server_brokertopicmetrics_bytesout_total 240800.0
kafka_server_brokertopicmetrics_messagesin_total 1204.0
kafka_server_brokertopicmetrics_replicationbytesin_total 50.0
kafka_server_brokertopicmetrics_replicationbytesout_total 60.0
kafka_server_replicamanager_isrshrinks_total 3.0
kafka_server_replicamanager_underreplicatedpartitions 7.0
kafka_server_kafkarequesthandlerpool_requesthandleravgidlepercent_count 7.5E10
kafka_network_socketserver_networkprocessoravgidlepercent 0.9
kafka_network_requestchannel_requestqueuesize 2.0
kafka_network_requestchannel_responsequeuesize{processor="0",} 1.0
kafka_network_requestchannel_responsequeuesize 1.0
kafka_network_requestmetrics_requests_total{request="Produce",version="9",} 10.0
kafka_network_requestmetrics_requests_total{request="Produce",version="13",} 32.0
kafka_network_requestmetrics_requests_total{request="FetchConsumer",version="17",} 8.0
kafka_network_requestmetrics_totaltimems{request="Produce",quantile="0.50",} 1.0
kafka_network_requestmetrics_totaltimems{request="Produce",quantile="0.99",} 4.5
kafka_network_requestmetrics_totaltimems{request="FetchConsumer",quantile="0.99",} 500.0
kafka_network_requestmetrics_totaltimems{request="FetchFollower",quantile="0.99",} 501.0
kafka_controller_controllerstats_uncleanleaderelections_total 1.0
kafka_log_logflushstats_logflushrateandtimems_count 33.0
kafka_log_logflushstats_logflushrateandtimems{quantile="0.99",} 12.0
process_cpu_seconds_total 61.5
process_open_fds 300.0
process_max_fds 1200.0
process_start_time_seconds 1.795E9
jvm_gc_collection_seconds_sum{gc="Copy",} 2.0
jvm_memory_bytes_used{area="heap",} 100.0
jvm_memory_bytes_used{area="nonheap",} 900.0
jvm_memory_bytes_max{area="heap",} 400.0
"#;

fn read(text: &[u8], pieces: usize) -> Result<Told, String> {
    let mut gathering = Gathering::begin(MOST);
    for piece in text.chunks(pieces.max(1)) {
        gathering.take(piece)?;
    }
    gathering.end().map(Told::sound)
}

fn refused(text: &str) -> String {
    read(text.as_bytes(), 4096).unwrap_err()
}

/// Strimzi's rules give the exporter's names, but for shares and for connections.
fn strimzi() -> String {
    let shares = EXPORTER.replace("networkprocessoravgidlepercent", "networkprocessoravgidle_percent");
    shares
        .replace("requesthandleravgidlepercent_count", "requesthandleravgidlepercent_count_total")
        .replace("logflushrateandtimems_count", "logflushrateandtimems_count_total")
        + "kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent 0.8\n"
        + "kafka_server_socket_server_metrics_connection_count{listener=\"PLAIN-9092\",networkProcessor=\"0\"} 4\n"
        + "kafka_server_socket_server_metrics_connection_count{listener=\"PLAIN-9092\",networkProcessor=\"1\"} 5\n"
}

#[test]
fn every_dialect_tells_the_same_of_the_same_broker() {
    let demo = read(DEMO.as_bytes(), 999).unwrap();
    for (counter, value) in [
        (Counter::BytesIn, 120_400.0),
        (Counter::BytesOut, 240_800.0),
        (Counter::MessagesIn, 1_204.0),
        (Counter::ReplicationBytesIn, 50.0),
        (Counter::ReplicationBytesOut, 60.0),
        (Counter::ProduceRequests, 42.0),
        (Counter::FetchRequests, 8.0),
        (Counter::IsrShrinks, 3.0),
        (Counter::UncleanElections, 1.0),
        (Counter::CpuSeconds, 61.5),
        (Counter::GcSeconds, 2.0),
        (Counter::LogFlushes, 33.0),
    ] {
        for text in [DEMO, EXPORTER, &strimzi()] {
            let told = read(text.as_bytes(), 999).unwrap();
            assert_eq!(told.counter(counter), Some(value), "{counter:?}");
            assert_eq!(told.remark, None);
        }
    }
    for (gauge, value) in [
        (Gauge::ProduceP99, 4.5),
        (Gauge::FetchP99, 500.0),
        (Gauge::FetchFollowerP99, 501.0),
        (Gauge::NetworkIdle, 0.9),
        (Gauge::RequestQueue, 2.0),
        (Gauge::ResponseQueue, 1.0),
        (Gauge::UnderReplicated, 7.0),
        (Gauge::LogFlushP99, 12.0),
        (Gauge::HeapUsed, 100.0),
        (Gauge::HeapMost, 400.0),
        (Gauge::FilesOpen, 300.0),
        (Gauge::FilesMost, 1_200.0),
        (Gauge::Started, 1.795e9),
    ] {
        for text in [DEMO, EXPORTER, &strimzi()] {
            assert_eq!(read(text.as_bytes(), 999).unwrap().gauge(gauge), Some(value), "{gauge:?}");
        }
    }
    assert_eq!(demo.gauge(Gauge::BrokerHandlersIdle), Some(0.75));
    assert_eq!(demo.version.as_deref(), Some("4.3.1"));
    let exporter = read(EXPORTER.as_bytes(), 999).unwrap();
    assert_eq!(exporter.counter(Counter::HandlersIdleNanos), Some(7.5e10));
    assert_eq!(exporter.gauge(Gauge::Connections), None, "those rules have none");
    let strimzi = read(strimzi().as_bytes(), 999).unwrap();
    assert_eq!(strimzi.counter(Counter::HandlersIdleNanos), Some(7.5e10));
    assert_eq!(strimzi.gauge(Gauge::HandlersIdleEver), Some(0.8));
    for told in [&demo, &strimzi] {
        assert_eq!(told.gauge(Gauge::Connections), Some(9.0));
    }
    for told in [demo, exporter, strimzi] {
        let topics: Vec<_> =
            told.topics.iter().map(|it| (it.name.as_str(), it.bytes_in, it.bytes_out)).collect();
        assert_eq!(topics, [("demo.orders", Some(1000.0), Some(2000.0)), ("clicks_2-x", Some(5.0), None)]);
    }
}

#[test]
fn what_comes_in_pieces_is_what_comes_at_once() {
    let whole = read(DEMO.as_bytes(), usize::MAX).unwrap();
    for pieces in [1, 2, 7, 64] {
        assert_eq!(read(DEMO.as_bytes(), pieces).unwrap(), whole);
    }
    let without_end = DEMO.trim_end();
    assert_eq!(read(without_end.as_bytes(), 64).unwrap(), whole);
    assert_eq!(read(DEMO.replace('\n', "\r\n").as_bytes(), 64).unwrap(), whole);
}

#[test]
fn what_cannot_be_is_not_known_and_named() {
    let text = "kafka_broker_bytesin_total -5\nkafka_broker_bytesout_total NaN\nkafka_broker_messagesin_total +Inf\n\
                kafka_network_requestqueuesize NaN\nkafka_network_idle_ratio -0.5\nprocess_open_fds soon\n\
                kafka_request_total{request=\"Produce\",version=\"1\"} 5\nkafka_request_total{request=\"Produce\",version=\"2\"} NaN\n";
    let told = read(text.as_bytes(), 100).unwrap();
    assert_eq!(told.counters, Told::default().counters);
    assert_eq!(told.gauges, Told::default().gauges);
    assert_eq!(
        told.remark.as_deref(),
        Some("tells -5 of kafka_broker_bytesin_total, which no counter can be")
    );
}

#[test]
fn what_is_no_metrics_is_named() {
    assert!(refused("<!doctype html><html><body>It works!</body></html>").contains("no metrics"));
    assert!(refused("").contains("answered with nothing"));
    assert!(refused("# only\n# comments\n").contains("answered with nothing"));
    assert!(refused("node_cpu_seconds_total 1\nup 1\n").contains("nothing that is known"));
    assert!(refused(&"x".repeat(70_000)).contains("a line of more than 65,536 bytes"));
    assert!(refused(&format!("{}\n", "x".repeat(70_000))).contains("a line of more than 65,536 bytes"));
    assert!(refused(&"up 1\n".repeat(MOST)).contains("more than 16,384 series"));
    assert!(refused(&"# a comment that says nothing\n".repeat(MOST)).contains("more than 1,048,576 bytes"));
}

#[test]
fn topics_are_bounded_and_only_those_that_kafka_may_have() {
    let mut gathering = Gathering::begin(64 << 20);
    for number in 0..60_000 {
        gathering.take(format!("kafka_topic_bytesin_total{{topic=\"t{number}\"}} 1\n").as_bytes()).unwrap();
    }
    let told = gathering.end().unwrap();
    assert_eq!(told.topics.len(), 50_000);
    assert!(told.remark.unwrap().contains("more than 50,000 topics"));
    let odd = "kafka_broker_bytesin_total 1\nkafka_topic_bytesin_total{topic=\"a b\"} 1\nkafka_topic_bytesin_total{topic=\"\"} 1\n\
               kafka_topic_bytesin_total 1\nkafka_release{version=\"<script>\"} 1\n";
    let told = read(odd.as_bytes(), 9).unwrap();
    assert!(told.topics.is_empty() && told.version.is_none());
}

proptest! {
    #[test]
    fn any_bytes_are_gathered_to_an_end(bytes in proptest::collection::vec(any::<u8>(), 0..2000), pieces in 1_usize..50) {
        drop(read(&bytes, pieces));
    }

    #[test]
    fn an_answer_that_is_cut_or_bent_anywhere_is_read_to_an_end(end in 0..DEMO.len(), at in 0..DEMO.len(), byte: u8) {
        drop(read(&DEMO.as_bytes()[..end], 64));
        let mut bent = DEMO.as_bytes().to_vec();
        bent[at] = byte;
        drop(read(&bent, 64));
    }
}
