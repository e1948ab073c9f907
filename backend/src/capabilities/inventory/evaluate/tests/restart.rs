//! What restarting a broker would do, on tiny clusters; and the laws: a cluster that is worse off is never safer.

use proptest::{collection::vec, sample::subsequence};
use shared::inventory::{MOST_PARTITIONS, Restart, RestartVerdict};

use super::*;

/// Three voters that have all caught up.
fn in_step() -> Quorum {
    let mut quorum = quorum(Some(1));
    quorum.voters.iter_mut().for_each(|voter| voter.last_caught_up_ms = Some(100_000));
    quorum
}

fn snapshot(
    metadata: Metadata,
    settings: &[(&str, u16)],
    quorum: Option<Option<Quorum>>,
) -> MetadataSnapshot {
    let sample = MetadataSample { configs: configs_with(settings), quorum, ..sample(metadata) };
    super::super::metadata(None, sample, POLICY, at(0)).snapshot
}

/// Topics as (name, min ISR, partitions as their ISR); each partition has the replicas 1, 2 and 3.
fn of_topics(topics: &[(&str, u16, &[&[i32]])]) -> MetadataSnapshot {
    let metadata = topics.iter().zip(1..).fold(three_brokers(), |metadata, ((name, _, partitions), id)| {
        let partitions: Vec<(i32, &[i32], &[i32])> =
            partitions.iter().map(|isr| (isr.first().copied().unwrap_or(-1), &[1, 2, 3][..], *isr)).collect();
        metadata.with_topic(name, id, &partitions)
    });
    let settings: Vec<(&str, u16)> = topics.iter().map(|(name, min_isr, _)| (*name, *min_isr)).collect();
    snapshot(metadata, &settings, Some(Some(in_step())))
}

fn verdict(snapshot: &MetadataSnapshot, broker_id: i32) -> RestartVerdict {
    restart(snapshot, false).into_iter().find(|verdict| verdict.broker_id == broker_id).unwrap()
}

fn told(verdict: &RestartVerdict) -> (Restart, Vec<(&str, &str)>) {
    let blockers = verdict.blockers.iter().map(|blocker| (blocker.rule.as_str(), blocker.sentence.as_str()));
    (verdict.verdict, blockers.collect())
}

#[test]
fn every_broker_of_a_whole_cluster_is_safe() {
    let whole = of_topics(&[("orders", 2, &[&[1, 2, 3], &[2, 3, 1]])]);
    let verdicts = restart(&whole, false);
    assert_eq!(verdicts.iter().map(|verdict| verdict.broker_id).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(verdicts.iter().all(|it| it.verdict == Restart::Safe && it.blockers.is_empty()), "{verdicts:?}");
}

#[test]
fn a_replica_out_of_sync_forbids_those_that_are_left_and_not_itself() {
    let behind = of_topics(&[("orders", 2, &[&[1, 2, 3], &[1, 3]])]);
    let sentence =
        "1 partition has just min.insync.replicas in sync with it: writes with acks=all would be refused.";
    for broker_id in [1, 3] {
        let verdict = verdict(&behind, broker_id);
        assert_eq!(told(&verdict), (Restart::Unsafe, vec![("min_isr", sentence)]));
        let [blocker] = verdict.blockers.as_slice() else { panic!("{verdict:?}") };
        let [partition] = blocker.partitions.as_slice() else { panic!("{blocker:?}") };
        assert_eq!((partition.topic.as_str(), partition.partition), ("orders", 1));
        assert_eq!(blocker.partition_count, Some(1));
    }
    assert_eq!(told(&verdict(&behind, 2)), (Restart::Safe, vec![]));
}

#[test]
fn where_writes_are_refused_already_it_says_at_most() {
    let under = of_topics(&[("orders", 3, &[&[1, 3]])]);
    let sentence =
        "1 partition has no more replicas than min.insync.replicas: writes with acks=all would be refused.";
    assert_eq!(told(&verdict(&under, 1)), (Restart::Unsafe, vec![("min_isr", sentence)]));
    let under = of_topics(&[("orders", 2, &[&[1, 3], &[1]]), ("audit", 3, &[&[1, 2, 3]])]);
    let verdict = verdict(&under, 1);
    let (_, blockers) = told(&verdict);
    assert_eq!(
        blockers,
        [
            ("offline", "1 partition has no other replica in sync: it would go offline."),
            (
                "min_isr",
                "2 partitions have at most min.insync.replicas in sync with it (1 has no more replicas): writes with \
                 acks=all would be refused."
            ),
        ]
    );
}

#[test]
fn a_topic_of_one_replica_forbids_its_broker_and_no_other() {
    let metadata = three_brokers().with_topic("single", 1, &[(1, &[1], &[1]), (1, &[1], &[1])]);
    let single = snapshot(metadata, &[("single", 1)], Some(Some(in_step())));
    let sentence = "2 partitions have no other replica: they would go offline.";
    assert_eq!(told(&verdict(&single, 1)), (Restart::Unsafe, vec![("offline", sentence)]));
    assert_eq!(verdict(&single, 2).verdict, Restart::Safe);
}

#[test]
fn nobody_may_go_while_another_is_down_and_of_that_one_nothing_is_said() {
    let first = turn(None, whole(), at(0));
    let after = turn(Some(&first), without_broker_2(), at(10)).snapshot;
    assert_eq!(told(&verdict(&after, 2)), (Restart::Unknown, vec![("down", "It is down.")]));
    let other = ("other_broker_down", "Broker 2 is down.");
    assert!(told(&verdict(&after, 1)).1.contains(&other) && told(&verdict(&after, 3)).1.contains(&other));
    assert_eq!(verdict(&after, 3).verdict, Restart::Unsafe);
}

#[test]
fn a_fenced_broker_is_named_so() {
    let mut fenced = sample(three_brokers());
    fenced.metadata = Metadata::of_cluster("id").with_broker(1).with_broker(3);
    let registered = |id| RegisteredBroker { endpoint: endpoint(id), is_fenced: id == 2 };
    fenced.description =
        Some(ClusterDescription { brokers: (1..=3).map(registered).collect(), ..Default::default() });
    let snapshot = super::super::metadata(None, fenced, POLICY, at(0)).snapshot;
    assert_eq!(told(&verdict(&snapshot, 2)), (Restart::Unknown, vec![("down", "It is fenced.")]));
}

#[test]
fn the_only_broker_of_a_cluster_is_never_safe() {
    let metadata = Metadata::of_cluster("id").with_broker(1);
    let mut alone = in_step();
    alone.voters.truncate(1);
    let only = snapshot(metadata, &[], Some(Some(alone)));
    let quorum = ("quorum", "Without it 0 of 1 controller are caught up, which is no majority.");
    let verdict = verdict(&only, 1);
    let (word, blockers) = told(&verdict);
    assert_eq!(
        (word, blockers[0], blockers[1]),
        (Restart::Unsafe, ("only_broker", "It is the only broker."), quorum)
    );
}

#[test]
fn the_controllers_need_a_majority_that_has_caught_up() {
    let of = |quorum| snapshot(three_brokers(), &[], quorum);
    // Voter 2 lags: without 1 or 3 only one is left.
    let lagging = of(Some(Some(quorum(Some(1)))));
    let sentence = "Without it 1 of 3 controllers is caught up, which is no majority.";
    assert_eq!(told(&verdict(&lagging, 1)), (Restart::Unsafe, vec![("quorum", sentence)]));
    assert_eq!(verdict(&lagging, 2).verdict, Restart::Safe);
    let leaderless = of(Some(Some(quorum(None))));
    assert_eq!(
        told(&verdict(&leaderless, 2)),
        (Restart::Unsafe, vec![("quorum", "There is no active controller.")])
    );
    assert_eq!(verdict(&of(Some(None)), 1).verdict, Restart::Safe, "before KRaft there are no voters");
    let sentence = "The quorum of controllers is not known.";
    assert_eq!(told(&verdict(&of(None), 1)), (Restart::Unknown, vec![("quorum_unknown", sentence)]));
}

#[test]
fn a_broker_that_does_not_vote_takes_no_vote_away() {
    let mut apart = in_step();
    apart.voters.iter_mut().for_each(|voter| voter.replica_id += 100);
    apart.leader_id = Some(101);
    apart.voters.iter_mut().skip(1).for_each(|voter| voter.last_caught_up_ms = Some(0));
    assert_eq!(verdict(&snapshot(three_brokers(), &[], Some(Some(apart))), 1).verdict, Restart::Safe);
}

#[test]
fn what_is_not_known_is_not_safe() {
    let metadata = || three_brokers().with_topic("orders", 1, &[(1, &[1, 2, 3], &[1, 2, 3])]);
    let unset = snapshot(metadata(), &[], Some(Some(in_step())));
    let sentence = "min.insync.replicas of 1 partition is not known.";
    assert_eq!(told(&verdict(&unset, 3)), (Restart::Unknown, vec![("min_isr_unknown", sentence)]));

    let mut hidden = of_topics(&[("orders", 2, &[&[1, 2, 3]])]);
    hidden.rights.at_least = true;
    let sentence = "Topics may be hidden from Riverkeeper: what becomes of them is unknown.";
    assert_eq!(told(&verdict(&hidden, 1)), (Restart::Unknown, vec![("hidden_topics", sentence)]));
    hidden.rights.hidden_topics = Some(2);
    let sentence = "2 topics are hidden from Riverkeeper: what becomes of them is unknown.";
    assert_eq!(told(&verdict(&hidden, 1)), (Restart::Unknown, vec![("hidden_topics", sentence)]));
}

#[test]
fn a_stale_view_decides_nothing_and_still_says_what_it_knew() {
    let behind = of_topics(&[("orders", 2, &[&[1, 3]])]);
    let [first, second, _] = restart(&behind, true).try_into().unwrap();
    let rules = |verdict: &RestartVerdict| {
        let rules = verdict.blockers.iter().map(|blocker| blocker.rule.clone());
        (verdict.verdict, rules.collect::<Vec<_>>())
    };
    assert_eq!(rules(&first), (Restart::Unknown, vec!["stale".into(), "min_isr".into()]));
    assert_eq!(rules(&second), (Restart::Unknown, vec!["stale".into()]));
}

#[test]
fn a_blocker_names_ten_partitions_of_many() {
    let isr: Vec<&[i32]> = vec![&[1, 2]; 30];
    let many = of_topics(&[("audit", 2, &isr), ("orders", 2, &isr)]);
    let verdict = verdict(&many, 1);
    let [blocker] = verdict.blockers.as_slice() else { panic!("{verdict:?}") };
    assert_eq!((blocker.partition_count, blocker.partitions.len()), (Some(60), MOST_PARTITIONS));
    assert!(blocker.partitions.is_sorted());
}

/// A topic: its min ISR, where known, and the ISR of each partition.
type Topic = (Option<u16>, Vec<Vec<i32>>);

fn topics() -> impl Strategy<Value = Vec<Topic>> {
    let isr = subsequence(vec![1, 2, 3], 0..=3);
    vec((proptest::option::weighted(0.9, 0..=4_u16), vec(isr, 0..4)), 0..5)
}

fn of(topics: &[Topic], brokers: &[i32], voters: &[i64]) -> MetadataSnapshot {
    let name = |number: usize| format!("topic-{number}");
    let live = brokers.iter().fold(Metadata::of_cluster("id"), |metadata, id| metadata.with_broker(*id));
    let metadata = topics.iter().enumerate().fold(live, |metadata, (number, (_, partitions))| {
        let partitions: Vec<(i32, &[i32], &[i32])> = partitions
            .iter()
            .map(|isr| (isr.first().copied().unwrap_or(-1), &[1, 2, 3][..], &isr[..]))
            .collect();
        metadata.with_topic(&name(number), number as u8 + 1, &partitions)
    });
    let names: Vec<(String, u16)> =
        topics.iter().enumerate().filter_map(|(number, (min, _))| Some((name(number), (*min)?))).collect();
    let settings: Vec<(&str, u16)> = names.iter().map(|(name, min)| (name.as_str(), *min)).collect();
    let mut quorum = in_step();
    quorum.voters.iter_mut().zip(voters).for_each(|(voter, lag)| {
        voter.last_caught_up_ms = Some(100_000 - lag);
    });
    let registered = |id| RegisteredBroker { endpoint: endpoint(id), is_fenced: !brokers.contains(&id) };
    let description = ClusterDescription { brokers: (1..=3).map(registered).collect(), ..Default::default() };
    let sample = MetadataSample {
        configs: configs_with(&settings),
        quorum: Some(Some(quorum)),
        description: Some(description),
        ..sample(metadata)
    };
    super::super::metadata(None, sample, POLICY, at(0)).snapshot
}

/// How far from safe.
fn danger(verdict: &RestartVerdict) -> u8 {
    match verdict.verdict {
        Restart::Safe => 0,
        Restart::Unknown => 1,
        Restart::Unsafe => 2,
    }
}

const ALL: [i32; 3] = [1, 2, 3];
const IN_STEP: [i64; 3] = [0, 0, 0];

proptest! {
    #[test]
    fn a_broker_is_safe_when_no_partition_misses_it(topics in topics(), broker_id in 1..=3) {
        let verdict = verdict(&of(&topics, &ALL, &IN_STEP), broker_id);
        let partitions = || topics.iter().flat_map(|(min, all)| all.iter().map(move |isr| (*min, isr)));
        let missed = |(min, isr): (Option<u16>, &Vec<i32>)| {
            let left = isr.iter().filter(|id| **id != broker_id).count();
            isr.contains(&broker_id).then_some(match min {
                _ if left == 0 => 2,
                Some(min) if left < usize::from(min) => 2,
                Some(_) => 0,
                None => 1,
            })
        };
        prop_assert_eq!(danger(&verdict), partitions().filter_map(missed).max().unwrap_or_default());
        for blocker in &verdict.blockers {
            let count = blocker.partition_count.unwrap() as usize;
            prop_assert_eq!(blocker.partitions.len(), count.min(MOST_PARTITIONS));
            for partition in &blocker.partitions {
                let number: usize = partition.topic.strip_prefix("topic-").unwrap().parse().unwrap();
                let isr = &topics[number].1[partition.partition as usize];
                prop_assert!(missed((topics[number].0, isr)).is_some_and(|missed| missed > 0));
            }
        }
    }

    #[test]
    fn taking_more_replicas_out_of_sync_makes_nobody_else_safer(topics in topics(), gone in 1..=3, every in 1..4_usize) {
        let mut worse = topics.clone();
        let partitions = worse.iter_mut().flat_map(|(_, partitions)| partitions);
        partitions.step_by(every).for_each(|isr| isr.retain(|id| *id != gone));
        let (before, after) = (of(&topics, &ALL, &IN_STEP), of(&worse, &ALL, &IN_STEP));
        for broker_id in ALL.into_iter().filter(|id| *id != gone) {
            prop_assert!(danger(&verdict(&after, broker_id)) >= danger(&verdict(&before, broker_id)));
        }
    }

    #[test]
    fn a_broker_down_and_a_voter_behind_make_nobody_else_safer(topics in topics(), gone in 1..=3, lag in 0..30_000_i64) {
        let left: Vec<i32> = ALL.into_iter().filter(|id| *id != gone).collect();
        let mut voters = IN_STEP;
        voters[gone as usize - 1] = lag;
        let whole = of(&topics, &ALL, &IN_STEP);
        let (down, behind) = (of(&topics, &left, &IN_STEP), of(&topics, &ALL, &voters));
        for broker_id in left {
            prop_assert_eq!(danger(&verdict(&down, broker_id)), 2);
            prop_assert!(danger(&verdict(&behind, broker_id)) >= danger(&verdict(&whole, broker_id)));
        }
    }
}
