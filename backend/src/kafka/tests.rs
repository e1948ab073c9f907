//! The gateway as a whole against fake peers: what no real broker does on demand.

mod groups;
mod hostile;
mod peek;
mod sasl;
mod tls;
mod token;

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::answers::{OffsetQuery, OffsetSpec};
use super::fake::{Asked, Deed, Fake, framed, gateway, good, until};
use super::wire::{Api, samples};
use super::{Gateway, KafkaError, read};

const MILLIS: fn(u64) -> Duration = Duration::from_millis;

/// What a hostile peer does, and what its error says.
type Case = (fn(Asked) -> Deed, &'static str);

/// A cluster of one broker that knows its own port.
async fn one(script: impl Fn(Asked, u16) -> Deed + Send + Sync + 'static) -> Fake {
    let port = Arc::new(AtomicU16::new(0));
    let known = Arc::clone(&port);
    let fake = Fake::start(move |asked| script(asked, known.load(Ordering::SeqCst))).await;
    port.store(fake.port, Ordering::SeqCst);
    fake
}

async fn metadata_error(deed: fn(Asked) -> Deed) -> String {
    let fake = one(move |asked, port| if asked.key == 3 { deed(asked) } else { good(asked, &[port]) }).await;
    read::metadata(&gateway(&[&fake], |_| {})).await.unwrap_err().to_string()
}

async fn handshake_error(deed: fn(Asked) -> Deed) -> String {
    let fake = Fake::start(deed).await;
    read::metadata(&gateway(&[&fake], |_| {})).await.unwrap_err().to_string()
}

#[tokio::test]
async fn metadata_teaches_the_brokers_and_is_counted() {
    let fake = one(|asked, port| good(asked, &[port])).await;
    let gateway = gateway(&[&fake], |_| {});
    let metadata = read::metadata(&gateway).await.unwrap();
    assert_eq!(metadata.brokers[0].broker_id, 1);
    let traffic = gateway.traffic();
    assert_eq!((traffic.requests, traffic.failures, traffic.open_connections), (1, 0, 1));
    assert_eq!(traffic.brokers[0].broker_id, Some(1));
    assert_eq!((traffic.by_api[0].api, traffic.by_api[0].requests), ("Metadata", 1));
    assert!(traffic.bytes_sent > 20 && traffic.bytes_received > 60 && traffic.busy > Duration::ZERO);
}

#[tokio::test]
async fn hostile_answers_are_named_for_what_they_are() {
    let cases: [Case; 9] = [
        (|_| Deed::Raw(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()), "answered with HTTP; is this the port"),
        (|_| Deed::Raw(vec![0x15, 3, 3, 0, 2, 2, 40]), "answered with TLS; is this listener SSL?"),
        (|_| Deed::Raw(vec![0x7f, 0xff, 0xff, 0xff]), "2147483647 bytes, more than the limit of 67108864"),
        (|_| Deed::Raw(vec![0xff, 0xff, 0xff, 0xfe]), "malformed: its length is -2"),
        (
            |a| Deed::Raw(framed(a.correlation_id + 1, &[0; 9])),
            "malformed: it has correlation id 11 where 10 was",
        ),
        (|_| Deed::Raw(vec![0, 0, 0, 1, 9]), "malformed: it is too short for a correlation id"),
        (|a| Deed::Raw(framed(a.correlation_id, &[0xff; 40])), "malformed: a variable-length number of"),
        (|_| Deed::Close(vec![0, 0, 1, 0, 9, 9]), "it broke off after 2 of an answer's 256 bytes"),
        (|_| Deed::Close(vec![]), "ended before Metadata was answered: the broker closed it"),
    ];
    for (deed, said) in cases {
        let error = metadata_error(deed).await;
        assert!(error.contains(said) && error.contains("127.0.0.1:"), "{error}");
    }
}

#[tokio::test]
async fn hostile_first_words_are_named_for_what_they_are() {
    let cases: [Case; 6] = [
        (|_| Deed::Raw(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()), "answered with HTTP"),
        (|_| Deed::Raw(vec![0x15, 3, 3, 0, 2, 2, 40]), "answered with TLS; is this listener SSL?"),
        (
            |_| Deed::Raw(vec![0, 0x20, 0, 0]),
            "to ApiVersions has 2097152 bytes, more than the limit of 1048576",
        ),
        (|_| Deed::Raw(framed(77, &[0; 20])), "answered with something other than Kafka"),
        (|_| Deed::Close(vec![]), "ended before ApiVersions was answered: the broker closed it"),
        (|_| Deed::Silence, "did not answer ApiVersions within 4"),
    ];
    for (deed, said) in cases {
        let error = handshake_error(deed).await;
        assert!(error.contains(said) && error.contains("127.0.0.1:"), "{error}");
    }
}

#[tokio::test]
async fn silence_and_drops_of_bytes_end_at_the_deadline() {
    let drip: fn(Asked) -> Deed = |a| Deed::Drip(framed(a.correlation_id, &[0; 900]), MILLIS(50));
    for deed in [drip, |_| Deed::Silence] {
        let started = Instant::now();
        let error = metadata_error(deed).await;
        assert!(error.contains("did not answer"), "{error}");
        assert!(started.elapsed() >= MILLIS(400));
    }
}

#[tokio::test]
async fn how_long_a_broker_took_to_answer_is_told_for_each_that_did() {
    let fake = one(|asked, port| good(asked, &[port])).await;
    let gateway = gateway(&[&fake], |_| {});
    let started = Instant::now();
    let times = read::answer_times(&gateway).await;
    let [(_, took)] = times.answers.as_slice() else { panic!("{:?}", times.missing) };
    assert!(*took > MILLIS(0) && *took <= started.elapsed(), "{took:?}");
    drop(fake);
    until("the connection is gone", || gateway.traffic().open_connections == 0).await;
    assert_eq!(read::answer_times(&gateway).await.missing.len(), 1);
}

#[tokio::test]
async fn addresses_where_nobody_listens_are_listed_in_one_sentence() {
    let (a, b) = (Fake::start(|_| Deed::Silence).await, Fake::start(|_| Deed::Silence).await);
    let gateway = gateway(&[&a, &b], |_| {});
    let (a_port, b_port) = (a.port, b.port);
    drop((a, b));
    tokio::task::yield_now().await;
    until("both ports are closed", || {
        [a_port, b_port].iter().all(|port| std::net::TcpStream::connect(("127.0.0.1", *port)).is_err())
    })
    .await;
    let error = read::metadata(&gateway).await.unwrap_err().to_string();
    let refused = |port| format!("could not connect to 127.0.0.1:{port}: connection refused");
    let listed = format!("no broker answered Metadata: {}; {}", refused(a_port), refused(b_port));
    assert_eq!(error, listed);
    let again = read::metadata(&gateway).await.unwrap_err().to_string();
    assert!(again.contains("connection refused; next try in "), "{again}");
}

#[tokio::test]
async fn a_broker_that_comes_back_is_seen_after_the_back_off() {
    let fake = one(|asked, port| good(asked, &[port])).await;
    let gateway = gateway(&[&fake], |_| {});
    read::metadata(&gateway).await.unwrap();
    let port = fake.port;
    drop(fake);
    until("the connection is gone", || gateway.traffic().open_connections == 0).await;
    read::metadata(&gateway).await.unwrap_err();
    let _again = Fake::start_at(port, move |asked| good(asked, &[port])).await;
    let started = Instant::now();
    while read::metadata(&gateway).await.is_err() {
        assert!(started.elapsed() < Duration::from_secs(5));
        tokio::time::sleep(MILLIS(20)).await;
    }
    assert_eq!(gateway.traffic().brokers[0].last_error, None);
}

/// Three brokers; those whose number is in `silent` accept and never answer.
async fn three(silent: &'static [usize]) -> Vec<Fake> {
    let ports = Arc::new([const { AtomicU16::new(0) }; 3]);
    let mut fakes = Vec::new();
    for i in 0..3 {
        let known = Arc::clone(&ports);
        let script = move |asked| match silent.contains(&i) {
            true => Deed::Silence,
            false => good(asked, &known.each_ref().map(|port| port.load(Ordering::SeqCst))),
        };
        let fake = Fake::start(script).await;
        ports[i].store(fake.port, Ordering::SeqCst);
        fakes.push(fake);
    }
    fakes
}

#[tokio::test]
async fn a_stopped_broker_out_of_three_does_not_fail_metadata() {
    let fakes = three(&[0]).await;
    let gateway = gateway(&fakes.iter().collect::<Vec<_>>(), |settings| {
        settings.request_timeout = MILLIS(2000);
        settings.connect_timeout = MILLIS(1500);
    });
    let started = Instant::now();
    read::metadata(&gateway).await.unwrap();
    assert!(started.elapsed() < MILLIS(1500), "the next was asked after a quarter of the time");
    for _ in 0..9 {
        read::metadata(&gateway).await.unwrap();
    }
    assert_eq!(fakes[0].connections.load(Ordering::SeqCst), 1, "the slow one is not asked first again");
}

#[tokio::test]
async fn a_slow_broker_delays_only_its_own_part() {
    let fakes = three(&[]).await;
    let gateway = gateway(&fakes.iter().collect::<Vec<_>>(), |_| {});
    read::metadata(&gateway).await.unwrap();
    let query = |leader_id| OffsetQuery { topic: "orders", partition: 0, leader_id };
    let queries = [query(1), query(2), query(99)];
    let started = Instant::now();
    let partial = read::list_offsets(&gateway, OffsetSpec::Latest, false, &queries).await;
    assert!(started.elapsed() < MILLIS(700), "both were asked at once");
    assert!(partial.answers.is_empty());
    let mut missing: Vec<_> = partial.missing.iter().map(|m| (m.broker_id, m.error.to_string())).collect();
    missing.sort();
    assert!(
        missing[0].1.contains("broker 1 (127.0.0.1:") && missing[0].1.contains("ListOffsets"),
        "{missing:?}"
    );
    assert_eq!(missing[2], (99, "broker 99 is not among the live brokers of the cluster".to_owned()));
}

#[tokio::test]
async fn offsets_come_in_batches_from_each_leader() {
    let fake = one(|asked, port| match asked.key {
        2 => Deed::Answer(samples::answer(&samples::list_offsets(&[("orders", 4, 0, 17)]), asked.version)),
        _ => good(asked, &[port]),
    })
    .await;
    let gateway = gateway(&[&fake], |settings| settings.request_timeout = Duration::from_secs(5));
    read::metadata(&gateway).await.unwrap();
    let queries: Vec<_> =
        (0..20_001).map(|partition| OffsetQuery { topic: "orders", partition, leader_id: 1 }).collect();
    let partial = read::list_offsets(&gateway, OffsetSpec::Earliest, true, &queries).await;
    let (broker_id, offsets) = &partial.answers[0];
    assert_eq!((*broker_id, offsets.rows.len(), partial.missing.len()), (1, 2, 0));
    assert!(offsets.rows.iter().all(|row| offsets.topic(row) == "orders" && row.offset == Some(17)));
}

#[tokio::test]
async fn a_late_answer_ends_the_connection_and_tells_those_behind_it() {
    let fake = one(|asked, port| if asked.key == 35 { Deed::Silence } else { good(asked, &[port]) }).await;
    let gateway = gateway(&[&fake], |_| {});
    read::metadata(&gateway).await.unwrap();
    let first = tokio::spawn({
        let gateway = gateway.clone();
        async move { read::describe_log_dirs(&gateway).await }
    });
    until("the first is on its way", || gateway.traffic().brokers[0].in_flight == 1).await;
    tokio::time::sleep(MILLIS(100)).await;
    let behind = read::broker_features(&gateway).await.missing.remove(0).error;
    let first = first.await.unwrap().missing.remove(0).error;
    assert!(matches!(&first, KafkaError::Timeout { request: "DescribeLogDirs", .. }), "{first}");
    let said = behind.to_string();
    let told = "ended before ApiVersions was answered: broker 1 (";
    assert!(said.contains(told) && said.contains("did not answer DescribeLogDirs"), "{said}");
    assert_eq!(gateway.traffic().brokers[0].in_flight, 0);
}

#[tokio::test]
async fn cancelled_callers_give_their_slots_back() {
    let fake = one(|asked, port| match (asked.key, asked.connection) {
        (35, _) => Deed::Silence,
        _ => good(asked, &[port]),
    })
    .await;
    let gateway = gateway(&[&fake], |settings| settings.in_flight_per_broker = 2);
    read::metadata(&gateway).await.unwrap();
    for _ in 0..6 {
        let asked = read::describe_log_dirs(&gateway);
        assert!(tokio::time::timeout(MILLIS(30), asked).await.is_err());
    }
    until("all slots are free", || gateway.traffic().brokers[0].in_flight == 0).await;
    read::metadata(&gateway).await.unwrap();
}

#[tokio::test]
async fn connections_end_with_the_gateway() {
    let fake = one(|asked, port| good(asked, &[port])).await;
    let gateway = gateway(&[&fake], |_| {});
    read::metadata(&gateway).await.unwrap();
    assert_eq!(fake.open.load(Ordering::SeqCst), 1);
    drop(gateway);
    until("the connection is closed", || fake.open.load(Ordering::SeqCst) == 0).await;
}

#[tokio::test]
async fn closing_fails_what_waits_and_all_that_follows() {
    let fake = one(|asked, port| if asked.key == 35 { Deed::Silence } else { good(asked, &[port]) }).await;
    let gateway = gateway(&[&fake], |settings| settings.request_timeout = Duration::from_secs(60));
    read::metadata(&gateway).await.unwrap();
    let waiting = tokio::spawn({
        let gateway = gateway.clone();
        async move { read::describe_log_dirs(&gateway).await }
    });
    until("it waits", || gateway.traffic().brokers[0].in_flight == 1).await;
    gateway.close();
    let waited = waiting.await.unwrap().missing.remove(0).error;
    assert!(matches!(waited, KafkaError::GatewayClosed), "{waited}");
    assert!(matches!(read::metadata(&gateway).await, Err(KafkaError::GatewayClosed)));
    until("the connection is closed", || fake.open.load(Ordering::SeqCst) == 0).await;
}

#[tokio::test]
async fn a_connection_that_the_broker_closes_is_made_again() {
    let fake = one(|asked, port| match (asked.key, asked.connection) {
        (3, 0) => {
            let answer = samples::answer(&samples::metadata(asked.version, &[port]), asked.version);
            Deed::Close(framed(asked.correlation_id, &answer))
        }
        _ => good(asked, &[port]),
    })
    .await;
    let gateway = gateway(&[&fake], |_| {});
    read::metadata(&gateway).await.unwrap();
    until("the connection is gone", || gateway.traffic().open_connections == 0).await;
    read::metadata(&gateway).await.unwrap();
    assert_eq!(fake.connections.load(Ordering::SeqCst), 2);
}

/// A broker that speaks only these versions of ApiVersions, and Metadata 9 alone.
async fn old_broker(api_versions: i16, names_them: bool) -> Fake {
    one(move |asked, port| match asked.key {
        18 if asked.version > api_versions => {
            let own = [(Api::ApiVersions, api_versions)];
            Deed::Answer(samples::api_versions(0, if names_them { &own } else { &[] }, 35))
        }
        18 => Deed::Answer(samples::api_versions(asked.version, &[(Api::Metadata, 9)], 0)),
        _ => good(asked, &[port]),
    })
    .await
}

#[tokio::test]
async fn an_old_broker_is_spoken_to_in_its_versions() {
    for (api_versions, names_them) in [(3, true), (2, true), (0, false)] {
        let fake = old_broker(api_versions, names_them).await;
        let gateway = gateway(&[&fake], |_| {});
        assert_eq!(read::metadata(&gateway).await.unwrap().brokers.len(), 1);
        assert!(read::describe_quorum(&gateway).await.unwrap().is_none());
        let cluster = read::describe_cluster(&gateway).await.unwrap();
        assert_eq!((cluster.brokers.len(), cluster.lists_fenced), (1, false));
        assert_eq!(gateway.traffic().brokers[0].last_error, None);
    }
}

#[tokio::test]
async fn before_kraft_the_controller_is_asked_for_reassignments() {
    let ports = Arc::new([const { AtomicU16::new(0) }; 2]);
    let mut fakes = Vec::new();
    for i in 0..2 {
        let known = Arc::clone(&ports);
        let script = move |asked: Asked| match (asked.key, i) {
            (46, 1) => Deed::Answer(samples::answer(&samples::reassignments(), 0)),
            (46, _) => {
                let mut response = samples::reassignments();
                (response.error_code, response.topics) = (41, vec![]);
                Deed::Answer(samples::answer(&response, 0))
            }
            _ => good(asked, &known.each_ref().map(|port| port.load(Ordering::SeqCst))),
        };
        let fake = Fake::start(script).await;
        ports[i].store(fake.port, Ordering::SeqCst);
        fakes.push(fake);
    }
    let gateway: Gateway = gateway(&[&fakes[0]], |_| {});
    for _ in 0..3 {
        assert_eq!(read::list_partition_reassignments(&gateway).await.unwrap()[0].adding, [3]);
    }
}

#[test]
fn every_read_can_be_spawned() {
    fn spawnable<T: Send>(_: T) {}
    let gateway = Gateway::new(super::Settings::new("east", vec![]));
    spawnable(read::metadata(&gateway));
    spawnable(read::describe_cluster(&gateway));
    spawnable(read::describe_quorum(&gateway));
    spawnable(read::broker_features(&gateway));
    spawnable(read::answer_times(&gateway));
    spawnable(read::describe_log_dirs(&gateway));
    spawnable(read::list_offsets(&gateway, OffsetSpec::Latest, false, &[]));
    spawnable(read::describe_configs(&gateway, &[], &[]));
    spawnable(read::list_partition_reassignments(&gateway));
    spawnable(read::list_groups(&gateway));
    spawnable(read::find_coordinators(&gateway, &["billing"]));
    spawnable(read::offset_fetch(&gateway, &[]));
    spawnable(read::describe_groups(&gateway, &[]));
    spawnable(read::describe_share_group_offsets(&gateway, &[]));
}
