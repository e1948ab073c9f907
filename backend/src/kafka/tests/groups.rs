//! Groups: what coordinators that move, that are old, or that have too much to tell do to the reading.

use std::sync::Mutex;

use super::*;
use crate::kafka::answers::{
    ByGroup, GroupDescription, GroupQuery, GroupType, ListedGroup, ShareGroupOffsets,
};
use crate::kafka::wire::samples::groups::{self, CommittedGroup};
use crate::kafka::{ErrorCode, Traffic};

const LIST_GROUPS: i16 = 16;
const FIND_COORDINATOR: i16 = 10;
const OFFSET_FETCH: i16 = 9;
const DESCRIBE_GROUPS: i16 = 15;
const CONSUMER_GROUP_DESCRIBE: i16 = 69;
const SHARE_OFFSETS: i16 = 90;

/// Brokers of one cluster, each with what it does about requests that are not good ones' business.
async fn brokers(scripts: Vec<fn(&Asked) -> Option<Deed>>) -> Vec<Fake> {
    let ports: Arc<Vec<AtomicU16>> = Arc::new(scripts.iter().map(|_| AtomicU16::new(0)).collect());
    let mut fakes = Vec::new();
    for (i, script) in scripts.into_iter().enumerate() {
        let known = Arc::clone(&ports);
        let fake = Fake::start(move |asked| {
            let ports: Vec<u16> = known.iter().map(|port| port.load(Ordering::SeqCst)).collect();
            script(&asked).unwrap_or_else(|| good(asked, &ports))
        })
        .await;
        ports[i].store(fake.port, Ordering::SeqCst);
        fakes.push(fake);
    }
    fakes
}

async fn gateway_to(fakes: &[Fake]) -> Gateway {
    let gateway =
        gateway(&fakes.iter().collect::<Vec<_>>(), |settings| settings.request_timeout = MILLIS(3000));
    read::metadata(&gateway).await.unwrap();
    gateway
}

fn listing(asked: &Asked, groups: &[(&str, &str)]) -> Option<Deed> {
    let groups: Vec<_> =
        groups.iter().map(|(group_id, kind)| (*group_id, *kind, "Stable", "consumer")).collect();
    let response = groups::list_groups(asked.version, &groups);
    (asked.key == LIST_GROUPS).then(|| Deed::Answer(samples::answer(&response, asked.version)))
}

/// The numbers of the groups `g0000`, `g0001`, … that a request asks about.
fn asked_about(asked: &Asked) -> Vec<usize> {
    let text = String::from_utf8_lossy(&asked.frame);
    text.match_indices("g0").map(|(at, _)| text[at + 1..at + 5].parse().unwrap()).collect()
}

fn offsets_of(numbers: &[usize], version: i16) -> Deed {
    let ids: Vec<String> = numbers.iter().map(|number| format!("g{number:04}")).collect();
    let rows: Vec<_> = numbers.iter().map(|number| [("orders", 0, 0, *number as i64)]).collect();
    let told: Vec<CommittedGroup<'_>> =
        ids.iter().zip(&rows).map(|(id, rows)| (id.as_str(), 0, &rows[..])).collect();
    Deed::Answer(samples::answer(&groups::offset_fetch(version, &told), version))
}

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("g{number:04}")).collect()
}

fn of_broker(ids: &[String], coordinator_id: i32) -> Vec<GroupQuery<'_>> {
    ids.iter().map(|group_id| GroupQuery { group_id, coordinator_id }).collect()
}

/// Asks one broker for the offsets of 500 groups; gives their answers and how many groups each request named.
async fn fetch_500(
    deed: impl Fn(&Asked, &[usize]) -> Option<Deed> + Send + Sync + 'static,
) -> (ByGroup<crate::kafka::answers::GroupOffsets>, Vec<usize>, Traffic) {
    let sizes = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&sizes);
    let fake = one(move |asked, port| {
        if asked.key != OFFSET_FETCH {
            return deed(&asked, &[]).unwrap_or_else(|| good(asked, &[port]));
        }
        let numbers = asked_about(&asked);
        noted.lock().unwrap().push(numbers.len());
        deed(&asked, &numbers).unwrap_or_else(|| offsets_of(&numbers, asked.version))
    })
    .await;
    let gateway = gateway_to(std::slice::from_ref(&fake)).await;
    let ids = ids(500);
    let told = read::offset_fetch(&gateway, &of_broker(&ids, 1)).await;
    let sizes = sizes.lock().unwrap().clone();
    (told, sizes, gateway.traffic())
}

fn assert_all_but(told: &ByGroup<crate::kafka::answers::GroupOffsets>, lost: &[&str]) {
    let mut known: Vec<&str> = told.answers.iter().map(|group| group.group_id.as_str()).collect();
    known.sort_unstable();
    let all = ids(500);
    let expected: Vec<&str> = all.iter().map(String::as_str).filter(|id| !lost.contains(id)).collect();
    assert_eq!(known, expected);
    for group in &told.answers {
        assert_eq!(group.rows[0].offset(), group.group_id[1..].parse().ok(), "{}", group.group_id);
        assert_eq!(group.topic(&group.rows[0]), "orders");
    }
}

#[tokio::test]
async fn offsets_of_many_groups_come_in_few_requests() {
    let (told, sizes, traffic) = fetch_500(|_, _| None).await;
    assert_all_but(&told, &[]);
    assert_eq!((sizes, told.missing.len()), (vec![200, 200, 100], 0));
    let counted = traffic.by_api.iter().find(|api| api.api == "OffsetFetch").unwrap();
    assert_eq!((counted.requests, counted.failures), (3, 0));
}

/// More than the frame that is accepted for OffsetFetch.
fn too_much(asked: &Asked) -> Deed {
    let length = (64u32 << 20) / 4 + 1;
    Deed::Raw([&length.to_be_bytes()[..], &asked.correlation_id.to_be_bytes()].concat())
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_asked_for_in_halves() {
    let (told, sizes, _) = fetch_500(|asked, numbers| (numbers.len() > 60).then(|| too_much(asked))).await;
    assert_all_but(&told, &[]);
    assert_eq!(sizes, [200, 100, 50, 50, 100, 50, 50, 200, 100, 50, 50, 100, 50, 50, 100, 50, 50]);
}

#[tokio::test]
async fn a_group_that_is_too_large_by_itself_is_missing_and_no_other() {
    let (told, ..) = fetch_500(|asked, numbers| numbers.contains(&7).then(|| too_much(asked))).await;
    assert_all_but(&told, &["g0007"]);
    assert_eq!(told.missing.len(), 1);
    let missing = &told.missing[0];
    assert_eq!((missing.broker_id, &missing.group_ids[..]), (1, &["g0007".to_owned()][..]));
    assert!(missing.error.to_string().contains("more than the limit of 16777216"), "{}", missing.error);
}

/// What a broker of 2.8 speaks.
fn speaks_2_8(asked: &Asked) -> Option<Deed> {
    let spoken = [
        (Api::Metadata, 11),
        (Api::OffsetFetch, 7),
        (Api::FindCoordinator, 3),
        (Api::ListGroups, 4),
        (Api::DescribeGroups, 5),
    ];
    (asked.key == 18).then(|| Deed::Answer(samples::api_versions(asked.version.min(3), &spoken, 0)))
}

#[tokio::test]
async fn an_old_broker_is_asked_about_one_group_at_a_time() {
    let (told, sizes, traffic) = fetch_500(|asked, _| speaks_2_8(asked)).await;
    assert_all_but(&told, &[]);
    assert_eq!((sizes, told.missing.len()), (vec![1; 500], 0));
    assert_eq!((traffic.failures, traffic.open_connections), (0, 1));
}

#[tokio::test]
async fn an_old_broker_whose_answer_about_one_group_is_too_large_tells_of_the_others() {
    let (told, ..) = fetch_500(|asked, numbers| {
        speaks_2_8(asked).or_else(|| numbers.contains(&7).then(|| too_much(asked)))
    })
    .await;
    assert_all_but(&told, &["g0007"]);
    assert_eq!((told.missing.len(), told.missing[0].group_ids.len()), (1, 1));
}

#[tokio::test]
async fn groups_whose_coordinator_has_moved_are_missing_with_the_reason() {
    let fake = one(|asked, port| match asked.key {
        OFFSET_FETCH => {
            let told: [CommittedGroup<'_>; 5] = [
                ("moved", 16, &[]),
                ("well", 0, &[("orders", 0, 0, 5)]),
                ("loading", 14, &[]),
                ("moved-too", 16, &[]),
                ("nowhere", 15, &[]),
            ];
            Deed::Answer(samples::answer(&groups::offset_fetch(asked.version, &told), asked.version))
        }
        _ => good(asked, &[port]),
    })
    .await;
    let gateway = gateway_to(std::slice::from_ref(&fake)).await;
    let ids = ["moved", "well", "loading", "moved-too", "nowhere"].map(str::to_owned);
    let told = read::offset_fetch(&gateway, &of_broker(&ids, 1)).await;
    assert_eq!((told.answers.len(), told.answers[0].group_id.as_str()), (1, "well"));
    let missing: Vec<_> = told.missing.iter().map(|m| (m.group_ids.join(" "), m.error.to_string())).collect();
    assert_eq!(missing.len(), 3, "{missing:?}");
    for ((group_ids, sentence), (expected, code)) in missing.iter().zip([
        ("moved moved-too", "refused OffsetFetch: NOT_COORDINATOR (16)"),
        ("loading", "refused OffsetFetch: COORDINATOR_LOAD_IN_PROGRESS (14)"),
        ("nowhere", "refused OffsetFetch: COORDINATOR_NOT_AVAILABLE (15)"),
    ]) {
        assert_eq!(group_ids, expected);
        assert!(sentence.starts_with("broker 1 (127.0.0.1:") && sentence.ends_with(code), "{sentence}");
    }
    assert!(told.missing.iter().all(|missing| missing.error.code().is_some_and(ErrorCode::is_of_a_move)));
    assert_eq!(gateway.traffic().failures, 0, "the request itself was answered");
}

#[tokio::test]
async fn a_coordinator_that_is_gone_spoils_only_its_own_groups() {
    let scripts: Vec<fn(&Asked) -> Option<Deed>> = vec![
        |asked| (asked.key == OFFSET_FETCH).then(|| offsets_of(&asked_about(asked), asked.version)),
        |asked| (asked.key == OFFSET_FETCH).then(|| Deed::Close(vec![])),
    ];
    let fakes = brokers(scripts).await;
    let gateway = gateway_to(&fakes).await;
    let ids = ids(900);
    let queries: Vec<_> = of_broker(&ids[..300], 1)
        .into_iter()
        .chain(of_broker(&ids[300..600], 2))
        .chain(of_broker(&ids[600..], 99))
        .collect();
    let told = read::offset_fetch(&gateway, &queries).await;
    assert_eq!(told.answers.len(), 300);
    let mut lost: Vec<_> = told.missing.iter().map(|m| (m.broker_id, m.group_ids.len())).collect();
    lost.sort_unstable();
    assert_eq!(lost.iter().map(|(_, groups)| groups).sum::<usize>(), 600, "{lost:?}");
    assert_eq!(lost.last(), Some(&(99, 300)), "batches with the same reason are one");
}

#[tokio::test]
async fn a_group_that_two_brokers_list_is_that_of_the_coordinator_that_is_named() {
    let scripts: Vec<fn(&Asked) -> Option<Deed>> = vec![
        |asked| match asked.key {
            FIND_COORDINATOR => {
                let found = groups::find_coordinator(asked.version, &[("moving", 2, 0), ("lost", -1, 15)]);
                Some(Deed::Answer(samples::answer(&found, asked.version)))
            }
            _ => listing(asked, &[("moving", "Classic"), ("lost", "Share"), ("one", "Consumer")]),
        },
        |asked| listing(asked, &[("two", "Streams"), ("lost", "Share"), ("moving", "Classic")]),
        |asked| {
            let mut response = groups::list_groups(asked.version, &[]);
            response.error_code = 14;
            (asked.key == LIST_GROUPS).then(|| Deed::Answer(samples::answer(&response, asked.version)))
        },
    ];
    let fakes = brokers(scripts).await;
    let gateway = gateway_to(&fakes).await;
    let listed = read::list_groups(&gateway).await;
    let mut rows: Vec<_> = listed
        .answers
        .iter()
        .flat_map(|(broker_id, groups)| groups.iter().map(move |group| (*broker_id, group)))
        .map(|(broker_id, group)| (group.group_id.as_str(), broker_id, group.coordinator_id))
        .collect();
    rows.sort_unstable();
    assert_eq!(rows, [("lost", 1, 1), ("moving", 2, 2), ("one", 1, 1), ("two", 2, 2)]);
    let missing: Vec<_> = listed.missing.iter().map(|m| (m.broker_id, m.error.to_string())).collect();
    assert_eq!((missing.len(), missing[0].0), (1, 3));
    assert!(missing[0].1.contains("COORDINATOR_LOAD_IN_PROGRESS (14)"), "{missing:?}");
}

#[tokio::test]
async fn coordinators_are_found_in_one_request_or_by_old_brokers_one_by_one() {
    let found = |asked: &Asked| match (asked.key, asked.version) {
        (FIND_COORDINATOR, 4..) => Some(groups::find_coordinator(
            asked.version,
            &[("g0000", 2, 0), ("g0001", -1, 15), ("g0002", 1, 0)],
        )),
        (FIND_COORDINATOR, _) => {
            let row = match asked_about(asked)[0] {
                1 => ("g0001", -1, 15),
                number => ("g", i32::try_from(2 - number / 2).unwrap(), 0),
            };
            Some(groups::find_coordinator(asked.version, &[row]))
        }
        _ => None,
    };
    for is_old in [false, true] {
        let requests = Arc::new(AtomicU16::new(0));
        let counted = Arc::clone(&requests);
        let fake = one(move |asked, port| {
            if let Some(deed) = speaks_2_8(&asked).filter(|_| is_old) {
                return deed;
            }
            match found(&asked) {
                Some(response) => {
                    counted.fetch_add(1, Ordering::SeqCst);
                    Deed::Answer(samples::answer(&response, asked.version))
                }
                None => good(asked, &[port]),
            }
        })
        .await;
        let gateway = gateway_to(std::slice::from_ref(&fake)).await;
        let told = read::find_coordinators(&gateway, &["g0000", "g0001", "g0002"]).await;
        let mut named: Vec<_> =
            told.answers.iter().map(|group| (group.group_id.as_str(), group.broker_id)).collect();
        named.sort_unstable();
        assert_eq!(named, [("g0000", 2), ("g0002", 1)]);
        assert_eq!(told.missing[0].group_ids, ["g0001"]);
        let sentence = "no broker could be named as the coordinator: COORDINATOR_NOT_AVAILABLE (15)";
        assert_eq!(told.missing[0].error.to_string(), sentence);
        assert_eq!(requests.load(Ordering::SeqCst), if is_old { 3 } else { 1 });
    }
}

fn listed(group_id: &str, group_type: GroupType) -> ListedGroup {
    ListedGroup {
        group_id: group_id.into(),
        group_type,
        state: Some("Stable".into()),
        protocol_type: "consumer".into(),
        coordinator_id: 1,
    }
}

/// Asks about the members of these groups; gives them by group id, and what is missing.
async fn describe(
    groups: &[ListedGroup],
    deed: impl Fn(&Asked) -> Option<Deed> + Send + Sync + 'static,
) -> (Vec<GroupDescription>, Vec<(String, String)>) {
    let fake = one(move |asked, port| deed(&asked).unwrap_or_else(|| good(asked, &[port]))).await;
    let gateway = gateway_to(std::slice::from_ref(&fake)).await;
    let groups: Vec<&ListedGroup> = groups.iter().collect();
    let mut told = read::describe_groups(&gateway, &groups).await;
    told.answers.sort_unstable_by(|a, b| a.group_id.cmp(&b.group_id));
    let missing = told.missing.iter().map(|m| (m.group_ids.join(" "), m.error.to_string())).collect();
    (told.answers, missing)
}

#[tokio::test]
async fn a_group_that_changed_its_protocol_is_described_as_what_it_is_now() {
    let groups = [
        listed("was-classic", GroupType::Classic),
        listed("was-consumer", GroupType::Consumer),
        listed("gone", GroupType::Classic),
    ];
    let (told, missing) = describe(&groups, |asked| {
        let text = String::from_utf8_lossy(&asked.frame).into_owned();
        let found = |group_id: &str| text.contains(group_id);
        let answer = match asked.key {
            DESCRIBE_GROUPS if found("was-consumer") => {
                let members = [groups::classic_member(groups::assignment(0, &[("orders", &[1])]))];
                let described = [("was-consumer", "Stable", "consumer", 0)];
                samples::answer(&groups::describe_groups(&described, &members), asked.version)
            }
            DESCRIBE_GROUPS => {
                let described = [("was-classic", "Dead", "", 69), ("gone", "Dead", "", 69)];
                samples::answer(&groups::describe_groups(&described, &[]), asked.version)
            }
            CONSUMER_GROUP_DESCRIBE if found("was-classic") => {
                let described = [("was-classic", 0), ("gone", 69)];
                samples::answer(&groups::consumer_group_describe(asked.version, &described), asked.version)
            }
            CONSUMER_GROUP_DESCRIBE => {
                let described = [("was-consumer", 69)];
                samples::answer(&groups::consumer_group_describe(asked.version, &described), asked.version)
            }
            _ => return None,
        };
        Some(Deed::Answer(answer))
    })
    .await;
    let kinds: Vec<_> = told.iter().map(|group| (group.group_id.as_str(), &group.group_type)).collect();
    assert_eq!(kinds, [("was-classic", &GroupType::Consumer), ("was-consumer", &GroupType::Classic)]);
    assert!(told.iter().all(|group| group.members.as_ref().is_some_and(|members| members.len() == 1)));
    assert_eq!((missing.len(), missing[0].0.as_str()), (1, "gone"));
    assert!(missing[0].1.ends_with("refused DescribeGroups: GROUP_ID_NOT_FOUND (69)"), "{missing:?}");
}

#[tokio::test]
async fn groups_that_a_broker_has_no_request_for_are_known_without_members() {
    let groups = [listed("mailing", GroupType::Share), listed("totals", GroupType::Streams)];
    let (told, missing) = describe(&groups, speaks_2_8).await;
    let known: Vec<_> =
        told.iter().map(|group| (group.group_id.as_str(), group.state.as_deref(), &group.members)).collect();
    assert_eq!(known, [("mailing", Some("Stable"), &None), ("totals", Some("Stable"), &None)]);
    assert_eq!(missing, []);
}

#[tokio::test]
async fn a_share_group_has_no_rows_where_the_broker_has_no_request_for_them() {
    let fake = one(|asked, port| match asked.key {
        SHARE_OFFSETS => {
            let told =
                groups::share_offsets(asked.version, &[("old", 35, &[]), ("new", 0, &[("orders", 0, 3, 9)])]);
            Deed::Answer(samples::answer(&told, asked.version))
        }
        _ => good(asked, &[port]),
    })
    .await;
    let gateway = gateway_to(std::slice::from_ref(&fake)).await;
    let ids = ["old", "new"].map(str::to_owned);
    let told = read::describe_share_group_offsets(&gateway, &of_broker(&ids, 1)).await;
    let rows = told.answers[0].rows.as_ref().unwrap();
    assert_eq!(
        (told.answers[0].group_id.as_str(), rows[0].start_offset, rows[0].lag),
        ("new", Some(3), Some(9))
    );
    assert_eq!(told.answers[1], ShareGroupOffsets { group_id: "old".into(), rows: None });
    assert!(told.missing.is_empty(), "{:?}", told.missing);
}
