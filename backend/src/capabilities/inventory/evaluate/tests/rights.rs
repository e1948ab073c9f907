//! What a missing right does to a cluster: it is named, counts say "at least", and nothing is called well.

use proptest::prelude::*;
use shared::rights::MissingRight;

use super::*;
use crate::kafka::rights::Operations;

/// What brokers tell who may do everything, and who may but describe.
const EVERYTHING: i32 = 8_096;
const DESCRIBE: i32 = 256;

fn described(operations: i32) -> Option<ClusterDescription> {
    Some(ClusterDescription { operations: Operations::told(operations), ..ClusterDescription::default() })
}

/// A cluster of one broker with these topics in metadata.
fn seen(topics: &[&str]) -> Metadata {
    topics.iter().fold(Metadata::of_cluster("id").with_broker(1), |metadata, name| {
        metadata.with_topic(name, 1, &[(1, &[1], &[1])])
    })
}

/// A cluster and its log directories, turned in the order that a test says.
struct Watch {
    metadata: Option<Arc<Stamped<MetadataSnapshot>>>,
    log_dirs: Option<Arc<Stamped<LogDirsSnapshot>>>,
    configs: Option<Arc<Stamped<ConfigsSnapshot>>>,
    operations: i32,
    events: Vec<Event>,
    wants_log_dirs: bool,
}

impl Watch {
    fn of(operations: i32) -> Self {
        Self {
            metadata: None,
            log_dirs: None,
            configs: None,
            operations,
            events: vec![],
            wants_log_dirs: false,
        }
    }

    fn metadata(&mut self, topics: &[&str], now: i64) -> &Rights {
        let mut told = sample(seen(topics));
        told.description = described(self.operations);
        told.is_refused = self.operations & DESCRIBE == 0;
        told.log_dirs = self.log_dirs.clone();
        told.configs = self.configs.clone();
        let previous = self.metadata.as_deref().map(|stamped| &stamped.snapshot);
        let evaluated = super::super::metadata(previous, told, POLICY, at(now));
        self.wants_log_dirs = log_dirs_tell_more(previous, &evaluated);
        self.events = evaluated.events.clone();
        &self.metadata.insert(stamped(evaluated)).snapshot.rights
    }

    /// The log directories; `None` when they are refused.
    fn log_dirs(&mut self, topics: Option<&[&str]>, now: i64) {
        let rows: Vec<(&str, i32, i64)> =
            topics.unwrap_or_default().iter().map(|name| (*name, 0, 9)).collect();
        let answers = topics.iter().map(|_| (1, LogDirs::with_replicas("/data", &rows))).collect();
        let told = LogDirsSample {
            log_dirs: Partial { answers, missing: vec![] },
            log_starts: Partial { answers: vec![], missing: vec![] },
            existing: self.metadata.clone().unwrap(),
            is_refused: topics.is_none(),
        };
        let previous = self.log_dirs.as_deref().map(|stamped| &stamped.snapshot);
        let evaluated = super::super::log_dirs(previous, told, at(now));
        let stamped = Stamped { snapshot: evaluated.snapshot, revision: 1, as_of: evaluated.as_of };
        self.log_dirs = Some(Arc::new(stamped));
    }

    fn health(&self) -> (Severity, Vec<String>) {
        let health = &self.metadata.as_ref().unwrap().snapshot.health;
        (health.severity, health.reasons.iter().map(|reason| reason.rule.clone()).collect())
    }
}

fn rules(missing: &[MissingRight]) -> Vec<&str> {
    missing.iter().map(MissingRight::rule).collect()
}

#[test]
fn without_restrictions_every_count_is_whole_from_the_first_look() {
    let mut watch = Watch::of(EVERYTHING);
    let rights = watch.metadata(&["orders"], 0);
    assert_eq!((rights.at_least, rights.hidden_topics, rights.missing.len()), (false, None, 0));
    assert_eq!(watch.health(), (Severity::Ok, vec![]));
    watch.log_dirs(Some(&["orders"]), 5);
    assert_eq!(watch.metadata(&["orders"], 10).hidden_topics, Some(0));
}

#[test]
fn what_is_on_disk_and_twice_not_in_metadata_is_hidden_and_counted() {
    let mut watch = Watch::of(DESCRIBE);
    assert!(watch.metadata(&["orders"], 0).at_least, "nobody knows yet");
    assert_eq!(watch.health(), (Severity::Unknown, vec!["hidden_topics_unknown".into()]));
    watch.log_dirs(Some(&["audit", "orders", "payments"]), 5);
    let rights = watch.metadata(&["orders"], 10);
    assert_eq!((rights.at_least, rights.hidden_topics), (true, None));
    assert!(watch.wants_log_dirs, "a second look decides");
    watch.log_dirs(Some(&["audit", "orders", "payments"]), 11);
    let rights = watch.metadata(&["orders"], 20);
    assert_eq!((rights.at_least, rights.hidden_topics), (true, Some(2)));
    assert_eq!(
        rights.missing[0].sentence,
        "May not describe 2 topics (audit, payments): they are neither shown nor counted."
    );
    assert!(!watch.wants_log_dirs);
    assert_eq!(watch.health(), (Severity::Unknown, vec!["hidden_topics".into()]));
    let reason = watch.metadata.as_ref().unwrap().snapshot.health.reasons[0].clone();
    assert_eq!(reason.sentence, "2 topics (audit, payments) may not be described: how they are is unknown.");
    assert_eq!(reason.since, None, "it was so at the first look");
    assert!(watch.events.is_empty(), "the first look tells no event");
}

#[test]
fn a_topic_that_was_just_created_or_deleted_is_not_hidden() {
    let mut watch = Watch::of(DESCRIBE);
    watch.metadata(&["orders"], 0);
    watch.log_dirs(Some(&["new", "orders"]), 5);
    watch.metadata(&["new", "orders"], 10);
    watch.log_dirs(Some(&["new", "orders"]), 65);
    let rights = watch.metadata(&["new", "orders"], 70);
    assert_eq!((rights.at_least, rights.hidden_topics), (false, Some(0)));
    // Deleted: metadata forgets it first, a broker a moment later.
    watch.metadata(&["orders"], 120);
    assert!(watch.wants_log_dirs, "deleted, or no longer described: only the log directories tell");
    watch.log_dirs(Some(&["new", "orders"]), 121);
    assert_eq!(watch.metadata(&["orders"], 130).hidden_topics, Some(0));
    watch.log_dirs(Some(&["orders"]), 131);
    let rights = watch.metadata(&["orders"], 140);
    assert_eq!((rights.at_least, rights.hidden_topics), (false, Some(0)));
    assert_eq!(watch.health(), (Severity::Ok, vec![]));
}

#[test]
fn two_looks_at_the_disks_without_metadata_between_them_decide_nothing() {
    let mut watch = Watch::of(DESCRIBE);
    watch.metadata(&["orders"], 0);
    watch.log_dirs(Some(&["new", "orders"]), 5);
    watch.log_dirs(Some(&["new", "orders"]), 65);
    assert_eq!(watch.metadata(&["new", "orders"], 70).hidden_topics, Some(0));
    assert!(watch.log_dirs.as_ref().unwrap().snapshot.hidden.is_empty());
}

#[test]
fn a_hidden_topic_that_is_granted_is_seen_at_once_and_was_not_created() {
    let mut watch = Watch::of(DESCRIBE);
    watch.metadata(&["orders"], 0);
    watch.log_dirs(Some(&["audit", "orders"]), 5);
    watch.metadata(&["orders"], 10);
    watch.log_dirs(Some(&["audit", "orders"]), 11);
    assert_eq!(watch.metadata(&["orders"], 20).hidden_topics, Some(1));
    let rights = watch.metadata(&["audit", "orders"], 30);
    assert_eq!((rights.at_least, rights.hidden_topics, rights.missing.len()), (false, Some(0), 0));
    assert_eq!(kinds(&watch.events), ["right_granted"]);
    assert_eq!(watch.health(), (Severity::Ok, vec![]));
}

#[test]
fn who_may_not_describe_the_cluster_never_knows_whether_all_is_seen() {
    let mut watch = Watch::of(0);
    watch.metadata(&["orders"], 0);
    watch.log_dirs(None, 5);
    let rights = watch.metadata(&["orders"], 10);
    assert_eq!((rights.at_least, rights.hidden_topics), (true, None));
    assert_eq!(rules(&rights.missing), ["cluster_not_described"]);
    assert_eq!(watch.health(), (Severity::Unknown, vec!["cluster_not_described".into()]));
    assert_eq!(watch.log_dirs.as_ref().unwrap().snapshot.sums(), None, "sizes are unknown, not zero");

    watch.operations = DESCRIBE;
    watch.metadata(&["orders"], 20);
    assert!(watch.wants_log_dirs);
    watch.log_dirs(Some(&["orders"]), 21);
    let rights = watch.metadata(&["orders"], 30);
    assert_eq!((rights.at_least, rights.hidden_topics, rights.missing.len()), (false, Some(0), 0));
}

#[test]
fn old_brokers_that_tell_no_operations_are_believed_by_their_refusal() {
    let mut watch = Watch::of(i32::MIN);
    watch.metadata(&["orders"], 0);
    watch.log_dirs(None, 5);
    assert_eq!(rules(&watch.metadata(&["orders"], 10).missing), ["cluster_not_described"]);
}

#[test]
fn settings_that_may_not_be_described_are_unknown_and_the_others_count_at_least() {
    let mut watch = Watch::of(DESCRIBE);
    watch.metadata(&["audit", "orders"], 0);
    watch.log_dirs(Some(&["audit", "orders"]), 1);
    let existing = watch.metadata.clone().unwrap();
    let answers = vec![TopicConfigs { error_code: 29, ..read("audit", "1") }, read("orders", "1")];
    let told = ConfigsSample { cluster: "east".into(), read: answers, existing: existing.clone() };
    let first = configs(None, told, at(2));
    assert!(is_refused(Some(&first.snapshot), "audit") && !is_refused(Some(&first.snapshot), "orders"));
    watch.configs = Some(Arc::new(Stamped { snapshot: first.snapshot, revision: 1, as_of: at(2) }));
    let rights = watch.metadata(&["audit", "orders"], 10);
    assert_eq!(rules(&rights.missing), ["configs_not_described"]);
    assert_eq!(
        rights.missing[0].sentence,
        "May not describe configs of the topic audit: retention and min ISR are unknown there."
    );
    assert!(!rights.at_least, "every topic is seen");
    let newest = &watch.metadata.as_ref().unwrap().snapshot;
    assert_eq!(newest.totals.known(newest.totals.under_min_isr, 1), Some(0), "that of orders is known");
    assert_eq!(newest.totals.unknown_min_isr, 1);
    assert_eq!(newest.history.back().unwrap().under_min_isr_count, Some(0));

    let before = &watch.configs.as_ref().unwrap().snapshot;
    let told = ConfigsSample { cluster: "east".into(), read: vec![read("audit", "1")], existing };
    let granted = configs(Some(before), told, at(32));
    assert!(granted.changed && granted.snapshot.was_granted && granted.snapshot.refused.is_empty());
    assert!(granted.events.is_empty(), "nobody changed a setting");
}

#[test]
fn a_right_that_is_taken_is_told_once() {
    let mut watch = Watch::of(DESCRIBE);
    watch.metadata(&["orders"], 0);
    watch.operations = 0;
    watch.metadata(&["orders"], 10);
    assert_eq!(kinds(&watch.events), ["right_missing"]);
    assert_eq!(watch.events[0].sentence, "Riverkeeper lacks Describe on the cluster");
    assert_eq!(watch.metadata.as_ref().unwrap().snapshot.health.reasons[0].since, Some(at(10)));
    watch.metadata(&["orders"], 20);
    assert!(watch.events.is_empty());
}

#[test]
fn trouble_of_what_is_seen_is_at_least_that_much() {
    let mut told = sample(without_broker_2());
    told.description = described(0);
    let evaluated = super::super::metadata(None, told, POLICY, at(0));
    let reason = evaluated.snapshot.health.reason("under_replicated").unwrap().sentence.clone();
    assert_eq!(reason, "At least 2 partitions have fewer in-sync replicas than assigned.");
}

#[test]
fn free_bytes_move_the_revision_by_thousandths_of_the_volume() {
    let existing = stamped(turn(None, seen(&["orders"]), at(0)));
    let turn = |previous: Option<&LogDirsSnapshot>, usable_bytes| {
        let mut dirs = LogDirs::with_replicas("/data", &[("orders", 0, 9)]);
        dirs.dirs[0].total_bytes = Some(1_000_000);
        dirs.dirs[0].usable_bytes = Some(usable_bytes);
        let told = LogDirsSample {
            log_dirs: Partial { answers: vec![(1, dirs)], missing: vec![] },
            log_starts: Partial { answers: vec![], missing: vec![] },
            existing: existing.clone(),
            is_refused: false,
        };
        log_dirs(previous, told, at(60))
    };
    let first = turn(None, 500_100);
    let same = turn(Some(&first.snapshot), 500_900);
    assert!(!same.changed);
    assert_eq!(
        same.snapshot.sums().and_then(|sums| sums.2),
        Some(500_900),
        "the newest is kept all the same"
    );
    assert!(turn(Some(&same.snapshot), 501_000).changed);
}

proptest! {
    /// Whatever comes and goes: a topic counts as hidden only if it was twice on disk and, in between, in no metadata.
    #[test]
    fn hidden_are_only_topics_that_were_unseen_twice(
        looks in proptest::collection::vec((any::<bool>(), any::<u8>()), 1..40),
    ) {
        let names = ["a", "b", "c", "d"];
        let of = |bits: u8| -> Vec<&str> {
            names.iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0).map(|(_, name)| *name).collect()
        };
        let mut watch = Watch::of(DESCRIBE);
        watch.metadata(&[], 0);
        // What each topic was last seen as: the latest looks at the disks without it in the metadata since.
        let mut unseen_looks = [0_u32; 4];
        let mut is_seen = [false; 4];
        let mut metadata_since = false;
        for (step, (is_metadata, bits)) in looks.iter().enumerate() {
            let now = step as i64 + 1;
            let present = |at: usize| bits & (1 << at) != 0;
            if *is_metadata {
                watch.metadata(&of(*bits), now);
                for at in 0..4 {
                    is_seen[at] = present(at);
                    if present(at) { unseen_looks[at] = 0 }
                }
                metadata_since = true;
            } else {
                watch.log_dirs(Some(&of(*bits)), now);
                for at in 0..4 {
                    let counts = present(at) && !is_seen[at];
                    unseen_looks[at] = match counts {
                        true if unseen_looks[at] == 0 || metadata_since => unseen_looks[at] + 1,
                        true => unseen_looks[at],
                        false => 0,
                    };
                }
                metadata_since = false;
                let hidden = &watch.log_dirs.as_ref().unwrap().snapshot.hidden;
                for (at, name) in names.iter().enumerate() {
                    let is_hidden = hidden.iter().any(|hidden| &**hidden == *name);
                    prop_assert_eq!(is_hidden, unseen_looks[at] >= 2, "{} at {}", name, step);
                }
            }
        }
    }
}
