//! Every reader against the codec crate's encoder, in every version that we speak, and against hostile bytes.

mod batches;
mod fetch;
mod groups;

use proptest::prelude::*;

use super::samples::{self, SampleDir};
use super::*;
use crate::kafka::answers::{ConfigEntry, ConfigSource, LogDirs, OffsetSpec, Offsets, Reassignment};
use crate::kafka::rights::Operations;

fn versions(api: Api) -> std::ops::RangeInclusive<i16> {
    let (lowest, highest) = api.versions();
    lowest..=highest
}

/// Reads an answer, whatever it brings.
type Decode = fn(i16, Bytes) -> Result<(), Fault>;

fn decode_as<R: Request>(request: R, version: i16, bytes: Bytes) -> Result<(), Fault> {
    request.decode(version, bytes).map(drop)
}

fn list() -> ListOffsets<'static> {
    ListOffsets { spec: OffsetSpec::Latest, read_committed: false, timeout_ms: 1000, queries: &[] }
}

const DIRS: [SampleDir<'static>; 2] = [
    ("/var/kafka-1", 0, &[("orders", 0, 77, false), ("orders", 1, 78, true), ("paid", 0, 0, false)]),
    ("/var/kafka-2", 56, &[]),
];
const ROWS: [(&str, i32, i16, i64); 4] =
    [("orders", 0, 0, 17), ("orders", 1, 6, -1), ("paid", 9, 0, 0), ("späte", 1, 0, i64::MAX)];

/// One valid answer of every request in every version, with its reader.
fn all() -> Vec<(Api, i16, Bytes, Decode)> {
    let mut all: Vec<(Api, i16, Bytes, Decode)> = Vec::new();
    for api in Api::ALL {
        for v in versions(api) {
            let (bytes, decode): (Bytes, Decode) = match api {
                Api::ApiVersions => {
                    (samples::api_versions(v, &[(Api::Metadata, 13)], 0), |v, b| decode_as(ApiVersions, v, b))
                }
                Api::Metadata => (samples::answer(&samples::metadata(v, &[1, 2]), v), |v, b| {
                    decode_as(MetadataOf::AllTopics, v, b)
                }),
                Api::ListOffsets => {
                    (samples::answer(&samples::list_offsets(&ROWS), v), |v, b| decode_as(list(), v, b))
                }
                Api::DescribeLogDirs => (samples::answer(&samples::log_dirs(v, &DIRS), v), |v, b| {
                    decode_as(DescribeLogDirs, v, b)
                }),
                Api::DescribeConfigs => (samples::answer(&samples::describe_configs(), v), |v, b| {
                    decode_as(DescribeConfigs { topics: &[], keys: &[] }, v, b)
                }),
                Api::ListPartitionReassignments => (samples::answer(&samples::reassignments(), v), |v, b| {
                    decode_as(ListPartitionReassignments { timeout_ms: 1 }, v, b)
                }),
                Api::DescribeQuorum => {
                    (samples::answer(&samples::describe_quorum(v), v), |v, b| decode_as(DescribeQuorum, v, b))
                }
                Api::DescribeCluster => (samples::answer(&samples::describe_cluster(v), v), |v, b| {
                    decode_as(DescribeCluster, v, b)
                }),
                Api::SaslHandshake => (samples::answer(&samples::sasl_handshake(0), v), |v, b| {
                    decode_as(SaslHandshake { mechanism: "PLAIN" }, v, b)
                }),
                Api::SaslAuthenticate => {
                    (samples::answer(&samples::sasl_authenticate(v, b"r=x", 0), v), |v, b| {
                        decode_as(SaslAuthenticate { message: vec![] }, v, b)
                    })
                }
                Api::Fetch => fetch::valid(v),
                of_groups => groups::valid(of_groups, v).unwrap(),
            };
            all.push((api, v, bytes, decode));
        }
    }
    all
}

#[test]
fn every_answer_in_every_version_is_read() {
    for (api, version, bytes, decode) in all() {
        assert_eq!(decode(version, bytes), Ok(()), "{} {version}", api.name());
    }
}

#[test]
fn an_answer_cut_at_any_byte_is_an_error() {
    for (api, version, bytes, decode) in all() {
        for end in 0..bytes.len() {
            assert!(decode(version, bytes.slice(..end)).is_err(), "{} {version} cut at {end}", api.name());
        }
        let longer = [&bytes[..], &[0]].concat();
        assert!(decode(version, longer.into()).is_err(), "{} {version} with one byte more", api.name());
    }
}

/// Counts stand somewhere in the answer, so the largest ones are written over every byte of it: a reader that
/// reserved what is claimed would ask for many gigabytes and end the process.
#[test]
fn the_largest_count_anywhere_reserves_nothing() {
    for (_, version, bytes, decode) in all() {
        for at in 0..bytes.len() {
            for (claim, over) in [
                (&[0x7f, 0xff, 0xff, 0xff][..], 4),
                (&[0xff, 0xff, 0xff, 0xff, 0x0f], 1),
                (&[0x80, 0, 0, 0], 4),
            ] {
                let rest = &bytes[(at + over).min(bytes.len())..];
                let _ = decode(version, [&bytes[..at], claim, rest].concat().into());
            }
        }
    }
}

#[test]
fn a_first_array_of_the_largest_count_is_an_error() {
    for (api, version, bytes, decode) in all() {
        // Where the first array's count stands, behind the header's tags, the throttle time and the error code.
        let at = match (api, version) {
            (Api::Metadata, _) => 5,
            (Api::ListOffsets, 5) | (Api::DescribeLogDirs, 1) => 4,
            (Api::ListOffsets, _) | (Api::DescribeLogDirs, 2) | (Api::DescribeConfigs, 4) => 5,
            (Api::DescribeLogDirs, _) => 7,
            (Api::DescribeConfigs, _) => 4,
            (Api::ListGroups, _) => 7,
            (Api::FindCoordinator, 4..) => 5,
            (Api::OffsetFetch | Api::DescribeGroups | Api::ConsumerGroupDescribe, _) => 5,
            (Api::ShareGroupDescribe | Api::StreamsGroupDescribe | Api::DescribeShareGroupOffsets, _) => 5,
            (Api::ApiVersions | Api::SaslHandshake, _) => 2,
            _ => continue,
        };
        let is_flexible = match api {
            Api::ApiVersions => version >= 3,
            Api::SaslHandshake => false,
            _ => at != 4,
        };
        let largest: &[u8] =
            if is_flexible { &[0xff, 0xff, 0xff, 0xff, 0x0f] } else { &[0x7f, 0xff, 0xff, 0xff] };
        let rest = &bytes[at + if is_flexible { 1 } else { 4 }..];
        let outcome = decode(version, [&bytes[..at], largest, rest].concat().into());
        let message = outcome.unwrap_err().to_string();
        let said = ["4294967294 elements", "2147483647 elements", "length 4294967294", "length 2147483647"];
        assert!(said.iter().any(|said| message.contains(said)), "{} {version}: {message}", api.name());
    }
}

#[test]
fn other_protocols_are_errors() {
    for (api, version, _, decode) in all() {
        for foreign in
            [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], &[0x15, 3, 3, 0, 2, 2, 40], &[0; 3], &[0xff; 90]]
        {
            let outcome = decode(version, Bytes::copy_from_slice(foreign));
            assert!(outcome.is_err(), "{} {version} took {foreign:?}", api.name());
        }
    }
}

fn said_by(metadata: &Metadata) -> Vec<String> {
    let partition = |topic, p| {
        let p: &crate::kafka::answers::PartitionMetadata = p;
        let leader = p.leader_id.unwrap_or(-1);
        let (replicas, isr, offline) = (metadata.replicas(p), metadata.isr(p), metadata.offline_replicas(p));
        format!(
            "{topic} {} {} {leader} {} {replicas:?} {isr:?} {offline:?}",
            p.partition, p.error_code, p.leader_epoch
        )
    };
    let mut lines = vec![format!("{:?} {:?}", metadata.cluster_id, metadata.controller_id)];
    lines.extend(
        metadata.brokers.iter().map(|b| format!("{} {} {} {:?}", b.broker_id, b.host, b.port, b.rack)),
    );
    for topic in &metadata.topics {
        let name = metadata.name(topic);
        lines.push(format!("{name} {} {:?} {}", topic.error_code, topic.topic_id.0, topic.is_internal));
        lines.extend(metadata.partitions_of(topic).iter().map(|p| partition(name, p)));
    }
    lines
}

fn said_by_crate(response: &kafka_wire::MetadataResponse) -> Vec<String> {
    let controller_id = Some(response.controller_id).filter(|id| *id >= 0);
    let cluster_id = response.cluster_id.as_ref().map(StrBytes::as_str);
    let mut lines = vec![format!("{cluster_id:?} {controller_id:?}")];
    for b in &response.brokers {
        let rack = b.rack.as_ref().map(StrBytes::as_str);
        lines.push(format!("{} {} {} {rack:?}", b.node_id, b.host, b.port));
    }
    for topic in &response.topics {
        let name = topic.name.as_deref().unwrap_or_default();
        lines.push(format!(
            "{name} {} {:?} {}",
            topic.error_code,
            topic.topic_id.to_bytes(),
            topic.is_internal
        ));
        for p in &topic.partitions {
            lines.push(format!(
                "{name} {} {} {} {} {:?} {:?} {:?}",
                p.partition_index,
                p.error_code,
                p.leader_id.max(-1),
                p.leader_epoch,
                p.replica_nodes,
                p.isr_nodes,
                p.offline_replicas
            ));
        }
    }
    lines
}

fn read_as_crate(version: i16, response: &kafka_wire::MetadataResponse) {
    let read = MetadataOf::AllTopics.decode(version, samples::answer(response, version)).unwrap().unwrap();
    assert_eq!(said_by(&read), said_by_crate(response), "Metadata {version}");
}

fn rows_of(offsets: &Offsets) -> Vec<(&str, i32, i16, i64)> {
    let row = |row| {
        let row: &crate::kafka::answers::OffsetRow = row;
        (offsets.topic(row), row.partition, row.error_code, row.offset.unwrap_or(-1))
    };
    offsets.rows.iter().map(row).collect()
}

fn replicas_of(log_dirs: &LogDirs, dir: u32) -> Vec<(&str, i32, i64, bool)> {
    let of_dir = log_dirs.replicas.iter().filter(|replica| replica.dir == dir);
    of_dir.map(|r| (log_dirs.topic(r), r.partition, r.size_bytes, r.is_future)).collect()
}

#[test]
fn metadata_says_what_the_crate_encoded() {
    for version in versions(Api::Metadata) {
        read_as_crate(version, &samples::metadata(version, &[19092, 65535]));
        read_as_crate(version, &kafka_wire::MetadataResponse::default());
    }
}

#[test]
fn offsets_are_those_the_crate_encoded() {
    for version in versions(Api::ListOffsets) {
        let bytes = samples::answer(&samples::list_offsets(&ROWS), version);
        assert_eq!(rows_of(&list().decode(version, bytes).unwrap().unwrap()), ROWS);
    }
}

#[test]
fn batches_of_offsets_keep_their_topics_when_put_together() {
    let read = || list().decode(11, samples::answer(&samples::list_offsets(&ROWS), 11)).unwrap().unwrap();
    let mut offsets = read();
    offsets.append(read());
    assert_eq!(rows_of(&offsets), [ROWS, ROWS].concat());
}

#[test]
fn log_dirs_are_those_the_crate_encoded() {
    for version in versions(Api::DescribeLogDirs) {
        let bytes = samples::answer(&samples::log_dirs(version, &DIRS), version);
        let log_dirs = DescribeLogDirs.decode(version, bytes).unwrap().unwrap();
        for (i, (path, error_code, replicas)) in (0..).zip(DIRS) {
            let dir = &log_dirs.dirs[i as usize];
            assert_eq!((dir.path.as_str(), dir.error_code), (path, error_code));
            assert_eq!(dir.total_bytes, (version >= 4).then_some(1 << 40));
            assert_eq!(dir.usable_bytes, (version >= 4).then_some(1 << 39));
            assert_eq!(dir.is_cordoned, version >= 5);
            assert_eq!(replicas_of(&log_dirs, i), replicas);
        }
    }
}

#[test]
fn small_answers_become_our_types() {
    for version in versions(Api::DescribeCluster) {
        let bytes = samples::answer(&samples::describe_cluster(version), version);
        let cluster = DescribeCluster.decode(version, bytes).unwrap().unwrap();
        let fenced: Vec<bool> = cluster.brokers.iter().map(|broker| broker.is_fenced).collect();
        assert_eq!((fenced, cluster.lists_fenced), (vec![false, version >= 2], version >= 2));
        assert_eq!(cluster.operations, Operations::told(256));
        DescribeCluster.encode(version, 1, "rk").unwrap();
    }
    for version in versions(Api::DescribeQuorum) {
        let bytes = samples::answer(&samples::describe_quorum(version), version);
        let quorum = DescribeQuorum.decode(version, bytes).unwrap().unwrap();
        assert_eq!((quorum.leader_id, quorum.voters.len(), quorum.observers.len()), (Some(2), 2, 1));
        assert_eq!(quorum.voters[0].last_fetch_ms, (version >= 1).then_some(1_700_000_000_000));
        assert_eq!(quorum.voters[0].last_caught_up_ms, None);
    }
    for version in versions(Api::DescribeConfigs) {
        let bytes = samples::answer(&samples::describe_configs(), version);
        let configs = DescribeConfigs { topics: &[], keys: &[] }.decode(version, bytes).unwrap().unwrap();
        let entry = |name: &str, value: Option<&str>, source| ConfigEntry {
            name: name.to_owned(),
            value: value.map(str::to_owned),
            source,
        };
        assert_eq!(configs[0].entries[0], entry("retention.ms", Some("5"), ConfigSource::Topic));
        assert_eq!(configs[0].entries[1], entry("a.password", None, ConfigSource::StaticBroker));
    }
    let moving = ListPartitionReassignments { timeout_ms: 1 };
    let moving = moving.decode(0, samples::answer(&samples::reassignments(), 0)).unwrap().unwrap();
    let (replicas, adding, removing) = (vec![1, 2, 3], vec![3], vec![1]);
    assert_eq!(
        moving,
        [Reassignment { topic: "orders".to_owned(), partition: 3, replicas, adding, removing }]
    );
}

#[test]
fn features_are_told_from_version_3_on() {
    for version in versions(Api::ApiVersions) {
        let bytes = samples::api_versions(version, &[(Api::Metadata, 12)], 0);
        let features = ApiVersions.decode(version, bytes).unwrap().unwrap();
        assert_eq!(features.supported_metadata_version, (version >= 3).then_some(29));
        assert_eq!(features.finalized_metadata_version, (version >= 3).then_some(27));
        assert_eq!(features.max_versions, [(3, 12)]);
    }
}

#[test]
fn a_refused_handshake_names_the_version_to_ask_in() {
    let refusal = |spoken| handshake_answer(4, samples::api_versions(0, spoken, 35)).unwrap();
    assert!(matches!(refusal(&[(Api::ApiVersions, 3)]), Handshake::AskAgain(3)));
    assert!(matches!(refusal(&[]), Handshake::AskAgain(0)));
    let closed = handshake_answer(4, samples::api_versions(4, &[], 58)).unwrap();
    assert!(matches!(closed, Handshake::Refused(ErrorCode(58))));
}

#[test]
fn an_answer_that_is_a_refusal_as_a_whole_keeps_its_code_and_words() {
    let mut response = samples::describe_cluster(2);
    (response.error_code, response.error_message) = (31, Some("no".into()));
    let refusal = DescribeCluster.decode(2, samples::answer(&response, 2)).unwrap().unwrap_err();
    assert_eq!(refusal, Refusal { code: ErrorCode(31), message: Some("no".to_owned()) });
}

#[test]
fn who_may_not_describe_the_cluster_is_refused_in_every_version() {
    for version in versions(Api::DescribeLogDirs) {
        let mut response = samples::log_dirs(version, &[]);
        response.error_code = if version >= 3 { 31 } else { 0 };
        let refusal = DescribeLogDirs.decode(version, samples::answer(&response, version)).unwrap();
        assert_eq!(refusal.unwrap_err().code, ErrorCode::CLUSTER_AUTHORIZATION_FAILED, "version {version}");
    }
}

#[test]
fn what_we_may_do_is_asked_of_old_brokers_with_metadata() {
    let asks = |version: i16| MetadataOf::Brokers.encode(version, 1, "rk").unwrap();
    for version in versions(Api::Metadata) {
        let frame = asks(version);
        // Topics, auto creation; then cluster operations up to version 10, topic operations, tags.
        let at = frame.len() - if version <= 10 { 3 } else { 2 };
        assert_eq!(frame[at] != 0, version <= 10, "version {version}");
        let mut response = samples::metadata(version, &[9092]);
        if version <= 10 {
            response.cluster_authorized_operations = 256;
        }
        let told = read_metadata(version, &samples::answer(&response, version)[1..]).unwrap();
        assert_eq!(told.operations, Operations::told(256).filter(|_| version <= 10));
    }
}

#[test]
fn requests_are_frames_with_their_length_key_version_and_id() {
    for version in versions(Api::Metadata) {
        let frame = MetadataOf::AllTopics.encode(version, 77, "rk").unwrap();
        assert_eq!(frame[..4], u32::try_from(frame.len() - 4).unwrap().to_be_bytes());
        assert_eq!(frame[4..12], [[0, 3], [0, version as u8], [0, 0], [0, 77]].concat());
    }
    for version in versions(Api::ListOffsets) {
        assert!(list().encode(version, 1, "rk").is_ok());
    }
}

prop_compose! {
    fn partitions()(
        head in any::<(i32, i16, i32, i32)>(),
        replicas in prop::collection::vec(any::<i32>(), 0..6),
        isr in prop::collection::vec(any::<i32>(), 0..6),
        offline in prop::collection::vec(any::<i32>(), 0..3),
    ) -> kafka_wire::metadata_response::MetadataResponsePartition {
        samples::metadata_partition(head, &replicas, &isr, &offline)
    }
}

prop_compose! {
    fn responses()(version in 9..=13i16)(
        version in Just(version),
        ports in prop::collection::vec(any::<u16>(), 0..4),
        topics in prop::collection::vec(
            (any::<i16>(), ".{0,200}", any::<u8>(), any::<bool>(), prop::collection::vec(partitions(), 0..9)),
            0..9,
        ),
    ) -> (i16, kafka_wire::MetadataResponse) {
        let mut response = samples::metadata(version, &ports);
        response.topics = topics.into_iter().map(|(code, name, id, is_internal, partitions)| {
            samples::metadata_topic(version, (code, &name, id, is_internal), partitions)
        }).collect();
        (version, response)
    }
}

proptest! {
    #[test]
    fn any_metadata_says_what_the_crate_encoded((version, response) in responses()) {
        read_as_crate(version, &response);
    }

    #[test]
    fn a_damaged_answer_never_ends_the_process(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        for (_, version, bytes, decode) in all() {
            let mut bytes = bytes.to_vec();
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            let _ = decode(version, bytes.into());
        }
    }
}
