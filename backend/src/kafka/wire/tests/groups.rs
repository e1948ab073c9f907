//! The answers about groups.

use super::*;
use crate::kafka::answers::{GroupCoordinator, GroupDescription, GroupMember, GroupOffsets, GroupType};
use crate::kafka::wire::samples::groups::{self, Committed, CommittedGroup, Shared};

/// The groups that are asked about.
pub(super) const ASKED: &[&str] = &["billing", "mailing"];
/// The first of them, for the versions that take one.
const ONE: &[&str] = &["billing"];

const BILLING: [Committed<'static>; 4] =
    [("orders", 0, 0, 17), ("orders", 1, 0, -1), ("paid", 9, 88, -1), ("späte", 1, 0, i64::MAX)];
const MAILING: [Committed<'static>; 2] = [("orders", 0, 0, 0), ("mails", 0, 0, 5)];
const GROUPS: [CommittedGroup<'static>; 2] = [("billing", 0, &BILLING), ("mailing", 0, &MAILING)];
const SHARED: [Shared<'static>; 3] = [("orders", 0, 0, 500), ("orders", 1, -1, -1), ("paid", 0, 3, 0)];

/// A valid answer to a request about groups, with its reader.
pub(super) fn valid(api: Api, v: i16) -> Option<(Bytes, Decode)> {
    Some(match api {
        Api::ListGroups => {
            let listed = [("billing", "Consumer", "Stable", "consumer"), ("copy", "Classic", "Empty", "")];
            (samples::answer(&groups::list_groups(v, &listed), v), |v, b| {
                decode_as(ListGroups { broker_id: 1 }, v, b)
            })
        }
        Api::FindCoordinator => {
            let found = [("billing", 2, 0), ("mailing", -1, 15)];
            (samples::answer(&groups::find_coordinator(v, &found), v), |v, b| {
                decode_as(FindCoordinator { group_ids: ASKED }, v, b)
            })
        }
        Api::OffsetFetch => (samples::answer(&groups::offset_fetch(v, &GROUPS), v), |v, b| {
            decode_as(OffsetFetch { group_ids: ASKED }, v, b)
        }),
        Api::DescribeGroups => {
            let member = groups::classic_member(groups::assignment(3, &[("orders", &[0, 2])]));
            let described = [("billing", "Stable", "consumer", 0), ("mailing", "", "", 30)];
            (samples::answer(&groups::describe_groups(&described, &[member]), v), |v, b| {
                decode_as(DescribeGroups { group_ids: ASKED }, v, b)
            })
        }
        Api::ConsumerGroupDescribe => {
            let response = groups::consumer_group_describe(v, &[("billing", 0), ("mailing", 69)]);
            (samples::answer(&response, v), |v, b| {
                decode_as(ConsumerGroupDescribe { group_ids: ASKED }, v, b)
            })
        }
        Api::ShareGroupDescribe => {
            let response = groups::share_group_describe(&[("billing", 69), ("mailing", 0)]);
            (samples::answer(&response, v), |v, b| decode_as(ShareGroupDescribe { group_ids: ASKED }, v, b))
        }
        Api::StreamsGroupDescribe => {
            let response = groups::streams_group_describe(&[("billing", 0)]);
            (samples::answer(&response, v), |v, b| decode_as(StreamsGroupDescribe { group_ids: ASKED }, v, b))
        }
        Api::DescribeShareGroupOffsets => {
            let response = groups::share_offsets(v, &[("billing", 0, &SHARED), ("mailing", 30, &[])]);
            (samples::answer(&response, v), |v, b| {
                decode_as(DescribeShareGroupOffsets { group_ids: ASKED }, v, b)
            })
        }
        _ => return None,
    })
}

fn rows_of(group: &GroupOffsets) -> Vec<Committed<'_>> {
    let row = |row: &crate::kafka::answers::CommittedOffset| {
        (group.topic(row), row.partition, row.error_code, row.offset().unwrap_or(-1))
    };
    group.rows.iter().map(row).collect()
}

fn read_offsets(version: i16, told: &[CommittedGroup<'_>]) -> OfGroups<GroupOffsets> {
    let asked: Vec<&str> = told.iter().map(|group| group.0).collect();
    let bytes = samples::answer(&groups::offset_fetch(version, told), version);
    OffsetFetch { group_ids: &asked }.decode(version, bytes).unwrap().unwrap()
}

#[test]
fn committed_offsets_are_those_the_crate_encoded() {
    for version in versions(Api::OffsetFetch) {
        let told = if version >= 8 { &GROUPS[..] } else { &GROUPS[..1] };
        let read = read_offsets(version, told);
        assert_eq!(read.len(), told.len());
        for (group, (group_id, _, rows)) in read.iter().zip(told) {
            let group = group.as_ref().unwrap();
            assert_eq!((group.group_id.as_str(), rows_of(group)), (*group_id, rows.to_vec()));
        }
    }
}

#[test]
fn offsets_that_tests_build_are_like_those_that_are_read() {
    let built = GroupOffsets::with_rows("billing", &[("orders", 0, 17), ("paid", 9, -1)]);
    assert_eq!(rows_of(&built), [("orders", 0, 0, 17), ("paid", 9, 0, -1)]);
}

#[test]
fn a_group_that_is_refused_says_its_code_and_spoils_no_other() {
    for version in versions(Api::OffsetFetch) {
        let refused: CommittedGroup<'_> = ("billing", 16, &[]);
        let told = if version >= 8 { vec![refused, GROUPS[1]] } else { vec![refused] };
        let read = read_offsets(version, &told);
        let refusal = read[0].as_ref().unwrap_err();
        assert_eq!(
            (refusal.group_id.as_str(), refusal.refusal.code),
            ("billing", ErrorCode::NOT_COORDINATOR)
        );
        assert!(read.get(1).is_none_or(|other| rows_of(other.as_ref().unwrap()) == MAILING));
    }
}

#[test]
fn topics_that_many_groups_read_are_kept_once() {
    let rows: Vec<Committed<'_>> = (0..500).map(|partition| ("orders", partition, 0, 7)).collect();
    let ids: Vec<String> = (0..200).map(|number| format!("group-{number}")).collect();
    let told: Vec<CommittedGroup<'_>> = ids.iter().map(|id| (id.as_str(), 0, &rows[..])).collect();
    let read = read_offsets(9, &told);
    let names = &read[0].as_ref().unwrap().topics;
    assert_eq!((names.names.as_str(), names.topics.len()), ("orders", 1));
    assert!(read.iter().all(|group| group.as_ref().unwrap().rows.len() == 500));
}

#[test]
fn topics_without_partitions_take_nothing() {
    let mut response = groups::offset_fetch(9, &GROUPS);
    let mut empty = response.groups[0].topics[0].clone();
    empty.partitions.clear();
    response.groups[0].topics = (0..100_000)
        .map(|number: u32| {
            empty.name = format!("t{number}").as_str().into();
            empty.clone()
        })
        .collect();
    let read = OffsetFetch { group_ids: ASKED }.decode(9, samples::answer(&response, 9)).unwrap().unwrap();
    let names = &read[0].as_ref().unwrap().topics;
    assert_eq!((names.names.as_str(), names.topics.len()), ("ordersmails", 2));
}

#[test]
fn an_answer_about_groups_that_nobody_asked_for_is_an_error() {
    for api in Api::ALL.into_iter().filter(|api| ![Api::ListGroups, Api::StreamsGroupDescribe].contains(api))
    {
        let version = api.versions().1;
        let Some((bytes, _)) = valid(api, version) else { continue };
        let outcome = match api {
            Api::FindCoordinator => decode_as(FindCoordinator { group_ids: ONE }, version, bytes),
            Api::OffsetFetch => decode_as(OffsetFetch { group_ids: ONE }, version, bytes),
            Api::DescribeGroups => decode_as(DescribeGroups { group_ids: ONE }, version, bytes),
            Api::ConsumerGroupDescribe => decode_as(ConsumerGroupDescribe { group_ids: ONE }, version, bytes),
            Api::ShareGroupDescribe => decode_as(ShareGroupDescribe { group_ids: ONE }, version, bytes),
            _ => decode_as(DescribeShareGroupOffsets { group_ids: ONE }, version, bytes),
        };
        let said = outcome.unwrap_err().to_string();
        assert_eq!(said, "it tells of 2 groups where 1 were asked for", "{}", api.name());
    }
}

#[test]
fn many_groups_in_one_request_need_the_version_that_has_them() {
    assert_eq!(OffsetFetch { group_ids: ASKED }.least_version(), 8);
    assert_eq!(OffsetFetch { group_ids: ONE }.least_version(), 6);
    assert_eq!(FindCoordinator { group_ids: ASKED }.least_version(), 4);
    assert_eq!(FindCoordinator { group_ids: ONE }.least_version(), 3);
}

#[test]
fn requests_about_groups_are_encoded_in_every_version() {
    fn encoded<R: Request>(request: R) {
        for version in versions(R::API).filter(|version| *version >= request.least_version()) {
            let frame = request.encode(version, 77, "rk").unwrap();
            assert_eq!(frame[..4], u32::try_from(frame.len() - 4).unwrap().to_be_bytes());
        }
    }
    encoded(ListGroups { broker_id: 1 });
    for group_ids in [ASKED, ONE] {
        encoded(FindCoordinator { group_ids });
        encoded(OffsetFetch { group_ids });
        encoded(DescribeGroups { group_ids });
        encoded(ConsumerGroupDescribe { group_ids });
        encoded(ShareGroupDescribe { group_ids });
        encoded(StreamsGroupDescribe { group_ids });
        encoded(DescribeShareGroupOffsets { group_ids });
    }
}

#[test]
fn groups_are_listed_with_what_each_version_tells() {
    let listed = [
        ("billing", "Consumer", "Stable", "consumer"),
        ("copy", "Classic", "Empty", ""),
        ("mailing", "Share", "Empty", "share"),
        ("new", "Quantum", "Spinning", "quantum"),
    ];
    for version in versions(Api::ListGroups) {
        let bytes = samples::answer(&groups::list_groups(version, &listed), version);
        let read = ListGroups { broker_id: 4 }.decode(version, bytes).unwrap().unwrap();
        for (group, (group_id, group_type, state, protocol_type)) in read.iter().zip(listed) {
            let group_type = if version >= 5 { GroupType::from(group_type) } else { GroupType::Classic };
            let state = (version >= 4).then(|| state.to_owned());
            assert_eq!((group.group_id.as_str(), group.protocol_type.as_str()), (group_id, protocol_type));
            assert_eq!((&group.group_type, &group.state, group.coordinator_id), (&group_type, &state, 4));
        }
        assert!(version < 5 || read[3].group_type == GroupType::Other("Quantum".into()));
    }
    let mut loading = groups::list_groups(5, &listed);
    loading.error_code = 14;
    let refusal = ListGroups { broker_id: 4 }.decode(5, samples::answer(&loading, 5)).unwrap().unwrap_err();
    assert_eq!(refusal.code, ErrorCode::COORDINATOR_LOAD_IN_PROGRESS);
}

#[test]
fn coordinators_are_named_group_by_group() {
    let found = [("billing", 2, 0), ("mailing", -1, 15)];
    for version in versions(Api::FindCoordinator) {
        let bytes = samples::answer(&groups::find_coordinator(version, &found), version);
        let group_ids = if version >= 4 { ASKED } else { ONE };
        let read = FindCoordinator { group_ids }.decode(version, bytes).unwrap().unwrap();
        assert_eq!(read[0], Ok(GroupCoordinator { group_id: "billing".into(), broker_id: 2 }));
        let other = read.get(1).map(|other| other.as_ref().unwrap_err().refusal.code);
        assert_eq!(other, (version >= 4).then_some(ErrorCode::COORDINATOR_NOT_AVAILABLE));
    }
}

fn member(epoch: Option<i32>, partitions: &[(&str, &[i32])]) -> GroupMember {
    let partitions = partitions.iter().map(|(topic, ids)| ((*topic).to_owned(), ids.to_vec())).collect();
    GroupMember {
        member_id: "billing-1-uuid".into(),
        instance_id: Some("one".into()),
        client_id: "billing-1".into(),
        host: "/10.0.0.7".into(),
        epoch,
        partitions,
    }
}

#[test]
fn members_of_classic_groups_have_what_their_leader_assigned() {
    let assigned: [(&str, &[i32]); 2] = [("orders", &[0, 2]), ("paid", &[])];
    for version in versions(Api::DescribeGroups) {
        for of_assignment in 0..=3 {
            let members = [groups::classic_member(groups::assignment(of_assignment, &assigned))];
            let described = [("billing", "Stable", "consumer", 0), ("mailing", "Stable", "connect", 0)];
            let bytes = samples::answer(&groups::describe_groups(&described, &members), version);
            let read = DescribeGroups { group_ids: ASKED }.decode(version, bytes).unwrap().unwrap();
            let expected = |group_id: &str, partitions: &[(&str, &[i32])]| GroupDescription {
                group_id: group_id.into(),
                group_type: GroupType::Classic,
                state: Some("Stable".into()),
                epoch: None,
                members: Some(vec![member(None, partitions)]),
            };
            assert_eq!(read, [Ok(expected("billing", &assigned)), Ok(expected("mailing", &[]))]);
        }
    }
}

#[test]
fn an_assignment_that_is_not_readable_spoils_only_itself() {
    let whole = groups::assignment(1, &[("orders", &[0, 2])]);
    let mut unreadable: Vec<Bytes> = (1..whole.len() - 10).map(|end| whole.slice(..end)).collect();
    unreadable.extend(
        [&[0, 1, 0x7f, 0xff, 0xff, 0xff][..], &[0xff, 0xff, 0, 0, 0, 0], &[0, 1, 0xff, 0xff, 0xff, 0xfe]]
            .map(Bytes::from_static),
    );
    for bytes in unreadable {
        assert!(describe_groups::partitions(&bytes).is_err(), "{bytes:?}");
        let members = [groups::classic_member(bytes), groups::classic_member(whole.clone())];
        let response = groups::describe_groups(&[("billing", "Stable", "consumer", 0)], &members);
        let read =
            DescribeGroups { group_ids: ASKED }.decode(6, samples::answer(&response, 6)).unwrap().unwrap();
        let members = read[0].as_ref().unwrap().members.as_ref().unwrap();
        assert_eq!((members[0].partitions.len(), members[1].partitions.len()), (0, 1));
    }
    assert_eq!(describe_groups::partitions(&[]), Ok(vec![]));
}

#[test]
fn what_is_no_classic_group_is_not_found_in_every_version() {
    for version in versions(Api::DescribeGroups) {
        let (state, code) = if version >= 6 { ("", 69) } else { ("Dead", 0) };
        let response = groups::describe_groups(&[("billing", state, "", code)], &[]);
        let read = DescribeGroups { group_ids: ASKED }.decode(version, samples::answer(&response, version));
        let refused = read.unwrap().unwrap().remove(0).unwrap_err();
        assert_eq!(refused.refusal.code, ErrorCode::GROUP_ID_NOT_FOUND);
    }
}

#[test]
fn members_of_the_newer_kinds_have_epochs() {
    for version in versions(Api::ConsumerGroupDescribe) {
        let response = groups::consumer_group_describe(version, &[("billing", 0), ("mailing", 69)]);
        let bytes = samples::answer(&response, version);
        let read = ConsumerGroupDescribe { group_ids: ASKED }.decode(version, bytes).unwrap().unwrap();
        let billing = read[0].as_ref().unwrap();
        assert_eq!((&billing.group_type, billing.epoch), (&GroupType::Consumer, Some(7)));
        assert_eq!(billing.state.as_deref(), Some("Reconciling"));
        let told = &billing.members.as_ref().unwrap()[0];
        assert_eq!((told.epoch, told.host.as_str(), &told.instance_id), (Some(6), "/10.0.0.7", &None));
        assert_eq!(told.partitions, [("orders".to_owned(), vec![0, 2])]);
        assert_eq!(read[1].as_ref().unwrap_err().refusal.code, ErrorCode::GROUP_ID_NOT_FOUND);
    }
    let bytes = samples::answer(&groups::share_group_describe(&[("billing", 0)]), 1);
    let read = ShareGroupDescribe { group_ids: ASKED }.decode(1, bytes).unwrap().unwrap();
    let told = read[0].as_ref().unwrap();
    assert_eq!((&told.group_type, told.epoch), (&GroupType::Share, Some(3)));
    assert_eq!(told.members.as_ref().unwrap()[0].partitions, [("orders".to_owned(), vec![1])]);
    let bytes = samples::answer(&groups::streams_group_describe(&[("billing", 0)]), 0);
    let read = StreamsGroupDescribe { group_ids: ASKED }.decode(0, bytes).unwrap().unwrap();
    let told = read[0].as_ref().unwrap();
    assert_eq!((&told.group_type, told.epoch), (&GroupType::Streams, Some(2)));
    assert_eq!(told.members.as_ref().unwrap()[0].client_id, "totals-1");
}

#[test]
fn the_lag_of_a_share_group_is_what_the_broker_tells_or_unknown() {
    for version in versions(Api::DescribeShareGroupOffsets) {
        let response = groups::share_offsets(version, &[("billing", 0, &SHARED), ("mailing", 30, &[])]);
        let bytes = samples::answer(&response, version);
        let read = DescribeShareGroupOffsets { group_ids: ASKED }.decode(version, bytes).unwrap().unwrap();
        let rows = read[0].as_ref().unwrap().rows.as_ref().unwrap();
        let told: Vec<_> =
            rows.iter().map(|row| (&*row.topic, row.partition, row.start_offset, row.lag)).collect();
        let lag = |lag| (version >= 1).then_some(lag);
        assert_eq!(
            told,
            [("orders", 0, Some(0), lag(500)), ("orders", 1, None, None), ("paid", 0, Some(3), lag(0))]
        );
        let code = read[1].as_ref().unwrap_err().refusal.code;
        assert_eq!(code, ErrorCode::GROUP_AUTHORIZATION_FAILED);
    }
}

prop_compose! {
    fn committed_groups()(version in 6..=9i16)(
        version in Just(version),
        groups in prop::collection::vec(
            (".{0,40}", prop::collection::vec((".{0,60}", any::<i32>(), any::<i16>(), -1..i64::MAX), 0..9)),
            1..if version >= 8 { 9 } else { 2 },
        ),
    ) -> (i16, Vec<(String, Vec<(String, i32, i16, i64)>)>) {
        (version, groups)
    }
}

proptest! {
    #[test]
    fn any_committed_offsets_are_those_the_crate_encoded((version, told) in committed_groups()) {
        let rows: Vec<Vec<Committed<'_>>> = told
            .iter()
            .map(|(_, rows)| rows.iter().map(|(topic, p, code, at)| (topic.as_str(), *p, *code, *at)).collect())
            .collect();
        let told: Vec<CommittedGroup<'_>> =
            told.iter().zip(&rows).map(|((id, _), rows)| (id.as_str(), 0, &rows[..])).collect();
        let read = read_offsets(version, &told);
        prop_assert_eq!(read.len(), told.len());
        for (group, (group_id, _, rows)) in read.iter().zip(&told) {
            let group = group.as_ref().unwrap();
            prop_assert_eq!((group.group_id.as_str(), rows_of(group)), (*group_id, rows.to_vec()));
        }
    }

    #[test]
    fn no_bytes_of_an_assignment_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = describe_groups::partitions(&bytes);
    }
}
