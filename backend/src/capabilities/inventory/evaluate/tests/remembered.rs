//! What Riverkeeper knows of a cluster after it was started again.

use shared::inventory::BrokerState;

use super::*;

/// What a Riverkeeper that ended after this turn remembers, read back as it was written.
fn remembered(last: &Evaluated<MetadataSnapshot>) -> Option<Arc<Remembered>> {
    let kept = Remembered::of(&last.snapshot, last.as_of).unwrap();
    Some(Arc::new(serde_json::from_slice(&serde_json::to_vec(&kept).unwrap()).unwrap()))
}

fn first_look(
    metadata: Metadata,
    remembered: Option<Arc<Remembered>>,
    now: DateTime,
) -> Evaluated<MetadataSnapshot> {
    super::super::metadata(None, MetadataSample { remembered, ..sample(metadata) }, POLICY, now)
}

/// Broker 2 was lost at 10 s, and Riverkeeper ends at 70 s.
fn broken() -> Evaluated<MetadataSnapshot> {
    let first = turn(None, whole(), at(0));
    let broken = turn(Some(&first), without_broker_2(), at(10));
    turn(Some(&broken), without_broker_2(), at(70))
}

#[test]
fn a_broker_that_was_down_is_still_down_since_then_and_so_is_what_it_did() {
    let before = broken();
    let after = first_look(without_broker_2(), remembered(&before), at(130));
    assert_eq!(kinds(&after.events), Vec::<&str>::new());
    let broker = &after.snapshot.brokers[1];
    assert_eq!(
        (broker.endpoint.broker_id, broker.state, broker.since, broker.last_seen),
        (2, BrokerState::Down, Some(at(10)), Some(at(0)))
    );
    assert_eq!(after.snapshot.since, before.snapshot.since);
    assert_eq!(after.snapshot.since.under_replicated, Some(at(10)));
    assert_eq!(after.snapshot.health, before.snapshot.health);
}

#[test]
fn what_settings_decide_keeps_its_beginning_until_they_are_read() {
    let before = broken();
    let unread =
        MetadataSample { remembered: remembered(&before), configs: None, ..sample(without_broker_2()) };
    let first = super::super::metadata(None, unread, POLICY, at(130));
    assert_eq!((first.snapshot.totals.at_min_isr, first.snapshot.since.at_min_isr), (0, Some(at(10))));
    let read = turn(Some(&first), without_broker_2(), at(140));
    assert_eq!(read.snapshot.since.at_min_isr, Some(at(10)));
    let healed = turn(Some(&first), whole(), at(140));
    assert_eq!(healed.snapshot.since, TroubleSince::default());
}

#[test]
fn what_happened_meanwhile_is_told_without_an_invented_time() {
    let before = turn(None, whole(), at(0));
    let left = first_look(without_broker_2(), remembered(&before), at(60));
    let [event] = left.events.as_slice() else { panic!("{:?}", left.events) };
    let detail = event.detail.as_deref();
    assert_eq!((event.kind.as_str(), detail), ("broker_left", Some("while Riverkeeper did not look")));
    let broker = &left.snapshot.brokers[1];
    assert_eq!(
        (broker.state, broker.since, broker.last_seen),
        (BrokerState::Down, None, Some(at(0))),
        "it was last seen when it was last remembered"
    );

    let back = first_look(whole(), remembered(&broken()), at(130));
    let [event] = back.events.as_slice() else { panic!("{:?}", back.events) };
    let detail = event.detail.as_deref();
    assert_eq!((event.kind.as_str(), detail), ("broker_returned", Some("while Riverkeeper did not look")));
    assert_eq!(back.snapshot.brokers[1].since, None);
    assert_eq!(back.snapshot.since, TroubleSince::default());
}

#[test]
fn after_a_long_absence_no_trouble_is_said_to_have_lasted_and_gone_brokers_are_forgotten() {
    let later = at(70 + 3_601);
    let after = first_look(without_broker_2(), remembered(&broken()), later);
    assert_eq!(after.snapshot.since.under_replicated, Some(later));
    let ids: Vec<i32> = after.snapshot.brokers.iter().map(|broker| broker.endpoint.broker_id).collect();
    assert_eq!((ids, after.events.len()), (vec![1, 3], 0));
}

#[test]
fn of_another_cluster_nothing_is_remembered_nor_after_the_first_look() {
    let other = Metadata::of_cluster("other").with_broker(1).with_broker(3);
    let after = first_look(other, remembered(&broken()), at(130));
    assert_eq!((after.snapshot.brokers.len(), after.events.len()), (2, 0));
    assert_eq!(after.snapshot.since, TroubleSince::default());

    let first = turn(None, whole(), at(100));
    let sample = MetadataSample { remembered: remembered(&broken()), ..sample(whole()) };
    let again = super::super::metadata(Some(&first.snapshot), sample, POLICY, at(130));
    assert!(again.events.is_empty() && !again.changed);
}

#[test]
fn a_remembered_list_of_brokers_without_end_is_cut() {
    let mut kept = Arc::unwrap_or_clone(remembered(&broken()).unwrap());
    let one = kept.brokers[1].clone();
    kept.brokers = (0..20_000).map(|broker_id| RememberedBroker { broker_id, ..one.clone() }).collect();
    assert_eq!(kept.rows().len(), 10_000);
}
