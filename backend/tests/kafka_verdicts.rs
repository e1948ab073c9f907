//! What Riverkeeper says of groups on real brokers, and that lies are not believed.
//!
//! Groups and topics are the tests' own, and gone when they end. What takes minutes is played in recordings, and seen in
//! the browser on the demo's applications.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::time::Duration;

use backend::config::Config;
use shared::{
    event::Subject,
    lag::{GroupDetail, GroupLags, LagVerdict},
};
use support::{
    Served,
    clients::{self, Member, OpenTransaction, commit, create_topic, delete_records, produce, transact},
    config,
    fleet::{Target, named},
    so, wait_until,
};

const SOON: Duration = Duration::from_secs(60);

/// Groups that read a topic of the test's own. `Drop` removes both.
struct Trial {
    target: Target,
    topic: String,
    groups: Vec<String>,
}

impl Trial {
    async fn new(target: &Target, name: &str) -> Self {
        let topic = format!("kafka-verdicts-{name}-{}", std::process::id());
        create_topic(target, &topic, 1).await;
        Self { target: target.clone(), topic, groups: Vec::new() }
    }

    fn group(&mut self, kind: &str) -> String {
        let group = format!("{}-{kind}", self.topic);
        self.groups.push(group.clone());
        group
    }

    async fn commit(&self, group: &str, offset: i64) {
        commit(&self.target, group, &[(&self.topic, 0, offset)]).await;
    }

    fn produce(&self, records: usize) {
        produce(&self.target, &self.topic, 0, records);
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        clients::delete_groups(&self.target, &self.groups.iter().map(String::as_str).collect::<Vec<_>>());
        clients::delete_topic(&self.target, &self.topic);
    }
}

/// Looks often, and judges soon.
fn impatient(target: &Target) -> Config {
    let mut config = config([target.config()]);
    config.kafka.request_timeout_seconds = 5.0;
    config.inventory.log_dirs_period_seconds = 1.0;
    let lag = &mut config.lag;
    lag.period_seconds = 1.0;
    lag.members_period_seconds = 1.0;
    lag.stuck_after_seconds = 5.0;
    lag.stopped_after_seconds = 5.0;
    lag.rhythm_patience_seconds = 5.0;
    lag.losing_within_seconds = 0.0;
    config
}

async fn told(served: &Served, cluster: &str, group: &str) -> Result<GroupDetail, String> {
    served.get(&format!("/api/v1/lag/{cluster}/{group}")).await.json_or_missing()
}

/// Waits until a group is judged so, by this rule.
async fn until_judged(
    served: &Served,
    cluster: &str,
    group: &str,
    verdict: LagVerdict,
    rule: &str,
) -> GroupDetail {
    wait_until(&format!("{group} is {verdict:?} by {rule}"), SOON, async || {
        let detail = told(served, cluster, group).await?;
        let is_rule = detail.group.reason.as_ref().map_or("", |reason| &reason.rule) == rule;
        if detail.group.verdict == Some(verdict) && is_rule {
            Ok(detail)
        } else {
            Err(format!("{:?}", detail.group))
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_group_is_judged_as_it_deserves() {
    let east = named("east");
    let _held = east.shared();
    let mut trial = Trial::new(&east, "deserved").await;
    let [well, stuck, stopped, rewound] =
        ["well", "stuck", "stopped", "rewound"].map(|kind| trial.group(kind));
    trial.produce(100);
    let served = Served::start(&impatient(&east)).await;
    // A member that reads and commits nothing: what was committed before it stays.
    trial.commit(&stuck, 40).await;
    let _member = Member::start(&east, &stuck, &trial.topic, "classic");
    trial.commit(&well, 100).await;
    trial.commit(&stopped, 70).await;
    trial.commit(&rewound, 90).await;
    wait_until("it is at 90", SOON, async || {
        let detail = told(&served, "east", &rewound).await?;
        so(detail, |detail| detail.partitions.iter().any(|row| row.committed_offset == Some(90))).map(drop)
    })
    .await;
    trial.commit(&rewound, 20).await;

    until_judged(&served, "east", &well, LagVerdict::Ok, "").await;
    let of_stuck = until_judged(&served, "east", &stuck, LagVerdict::Stuck, "stuck_after").await;
    let said = of_stuck.group.reason.unwrap();
    assert!(said.sentence.contains("stays at offset 40 while 60 records wait"), "{}", said.sentence);
    assert!(said.since.is_some() && said.limit == Some(5.0));
    assert_eq!(of_stuck.group.worst.len(), 1);
    let of_stopped = until_judged(&served, "east", &stopped, LagVerdict::Stopped, "stopped_after").await;
    assert_eq!(of_stopped.group.lag_records, Some(30));
    wait_until("their members are known", SOON, async || {
        let of_stuck = told(&served, "east", &stuck).await?.group.unassigned_count;
        let of_stopped = told(&served, "east", &stopped).await?.group.member_count;
        so((of_stuck, of_stopped), |known| *known == (Some(0), Some(0))).map(drop)
    })
    .await;

    let event = served.event("east", &format!("noun=lag&group={stuck}")).await;
    assert_eq!(
        (event.kind.as_str(), &event.subject),
        ("group_stuck", &Subject::Group { group: stuck.clone() })
    );
    assert_eq!(event.sentence, format!("{stuck} is stuck on {}-0", trial.topic));

    wait_until("it is found by its verdict", SOON, async || {
        let page: GroupLags =
            served.view(&format!("/api/v1/lag?cluster=east&topic={}&verdict=stuck", trial.topic)).await;
        let names: Vec<_> = page.groups.iter().map(|row| row.group.as_str()).collect();
        let is_so = names == [&stuck] && page.meta.by_verdict.get(&LagVerdict::Ok) == Some(&1);
        if is_so { Ok(()) } else { Err(format!("{names:?} {:?}", page.meta.by_verdict)) }
    })
    .await;
    let page: GroupLags = served.view(&format!("/api/v1/lag?cluster=east&q={}", trial.topic)).await;
    assert!(page.groups.is_sorted_by_key(|row| std::cmp::Reverse(row.verdict)), "the worst first");

    // It has no members, so that nobody reads on; that it went back is what is wrong with it, once it stopped too.
    wait_until("it went back by 70", SOON, async || {
        let detail = told(&served, "east", &rewound).await?;
        let row = detail.partitions.first().ok_or("no partition")?;
        let back = row.reason.as_ref().filter(|reason| reason.rule == "stopped_after");
        back.map(|_| ()).ok_or_else(|| format!("{row:?}"))
    })
    .await;

    // It reads on, and everything.
    trial.commit(&stopped, 100).await;
    until_judged(&served, "east", &stopped, LagVerdict::Ok, "").await;
    served.event("east", &format!("kind=group_well&group={stopped}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_read_all_but_the_mark_of_a_transaction_has_nothing_to_read() {
    let east = named("east");
    let _held = east.shared();
    let mut trial = Trial::new(&east, "marks").await;
    let group = trial.group("reader");
    transact(&east, &trial.topic, 0, 10, true);
    // Ten records and a mark; it commits behind the last record.
    trial.commit(&group, 10).await;
    // It may read the topic.
    let mut config = impatient(&east);
    config.clusters[0].security = east.as_admin();
    let served = Served::start(&config).await;
    let none_waits = async |raw: i64| {
        wait_until(&format!("nothing waits of {raw}"), SOON, async || {
            let row = told(&served, "east", &group).await?.group;
            let is_so =
                (row.lag_records, row.lag_raw, row.verdict) == (Some(0), Some(raw), Some(LagVerdict::Ok));
            if is_so { Ok(()) } else { Err(format!("{row:?}")) }
        })
        .await;
    };
    none_waits(1).await;
    // What was aborted is nothing, too.
    transact(&east, &trial.topic, 0, 5, false);
    none_waits(7).await;
    transact(&east, &trial.topic, 0, 5, true);
    wait_until("five wait among them", SOON, async || {
        let row = told(&served, "east", &group).await?.group;
        if row.lag_records == Some(13) { Ok(()) } else { Err(format!("{row:?}")) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_behind_a_transaction_that_stays_open_is_told_of_it() {
    let east = named("east");
    let _held = east.shared();
    let mut trial = Trial::new(&east, "open").await;
    let [waits, reads_all] = ["waits", "reads-all"].map(|kind| trial.group(kind));
    trial.produce(10);
    let mut config = impatient(&east);
    config.lag.transaction_after_seconds = 5.0;
    let served = Served::start(&config).await;
    let transaction = OpenTransaction::write(&east, &trial.topic, 0, 5);
    trial.produce(3);
    trial.commit(&waits, 10).await;
    trial.commit(&reads_all, 18).await;
    let row = until_judged(&served, "east", &waits, LagVerdict::Behind, "open_transaction").await.group;
    assert_eq!((row.lag_records, row.lag_raw), (Some(0), Some(8)));
    let said = row.reason.unwrap().sentence;
    assert!(said.contains("8 offsets wait from offset 10 on, behind a transaction"), "{said}");
    until_judged(&served, "east", &reads_all, LagVerdict::Ok, "").await;
    let event = served.event("east", &format!("kind=group_behind&group={waits}")).await;
    assert_eq!(event.sentence, format!("{waits} waits behind an open transaction on {}-0", trial.topic));

    // What was aborted and its mark are nothing, and three records wait now.
    transaction.abort();
    wait_until("the records behind it can be read", SOON, async || {
        let row = told(&served, "east", &waits).await?.group;
        let is_open = row.reason.as_ref().is_some_and(|reason| reason.rule == "open_transaction");
        if row.lag_records == Some(9) && !is_open { Ok(()) } else { Err(format!("{row:?}")) }
    })
    .await;
    trial.commit(&waits, 19).await;
    until_judged(&served, "east", &waits, LagVerdict::Ok, "").await;
    served.event("east", &format!("kind=group_well&group={waits}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_retention_took_is_counted() {
    let east = named("east");
    let _held = east.shared();
    let mut trial = Trial::new(&east, "lost").await;
    let group = trial.group("late");
    trial.produce(100);
    trial.commit(&group, 10).await;
    let served = Served::start(&impatient(&east)).await;
    delete_records(&east, &trial.topic, 0, 60);
    let detail = until_judged(&served, "east", &group, LagVerdict::Losing, "below_log_start").await;
    let row = detail.group;
    assert_eq!((row.lost_records, row.lag_records, row.lag_raw), (Some(50), Some(40), Some(90)));
    assert!(row.reason.unwrap().sentence.starts_with("50 records of "));
    assert_eq!(detail.partitions[0].log_start_offset, Some(60));
}

#[tokio::test(flavor = "multi_thread")]
async fn lies_are_not_believed() {
    let west = named("west");
    let _held = west.shared();
    let mut trial = Trial::new(&west, "lies").await;
    let [beyond, deleted] = ["beyond", "deleted"].map(|kind| trial.group(kind));
    trial.produce(10);
    let served = Served::start(&impatient(&west)).await;
    trial.commit(&beyond, 1_000).await;
    let detail = until_judged(&served, "west", &beyond, LagVerdict::Unknown, "beyond_end").await;
    assert_eq!((detail.group.lag_records, detail.group.age_seconds), (None, None));
    let sentence = &detail.group.reason.unwrap().sentence;
    assert!(sentence.contains("Offset 1,000 of") && sentence.contains("ends at 10"), "{sentence}");

    trial.commit(&deleted, 4).await;
    wait_until("it is known", SOON, async || told(&served, "west", &deleted).await.map(|_| ())).await;
    clients::delete_topic(&west, &trial.topic);
    wait_until("nothing is said of a topic that is gone", SOON, async || {
        match told(&served, "west", &deleted).await {
            Ok(detail) if detail.group.verdict == Some(LagVerdict::Ok) => Err(format!("{:?}", detail.group)),
            Ok(detail) if detail.group.lag_records.is_some() => Err(format!("{:?}", detail.group)),
            _ => Ok(()),
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_groups_whose_brokers_hang_nothing_is_claimed() {
    let aggregate = named("aggregate");
    let mut broken = aggregate.alone();
    let mut trial = Trial::new(&aggregate, "hang").await;
    let group = trial.group("well");
    trial.produce(10);
    trial.commit(&group, 10).await;
    let mut config = impatient(&aggregate);
    config.kafka.request_timeout_seconds = 1.0;
    let served = Served::start(&config).await;
    until_judged(&served, "aggregate", &group, LagVerdict::Ok, "").await;
    broken.pause(1);
    let detail = until_judged(&served, "aggregate", &group, LagVerdict::Unknown, "stale").await;
    assert_eq!((detail.group.age_seconds, detail.group.produce_rate_per_second), (None, None));
    assert!(detail.partitions.iter().all(|row| row.verdict == LagVerdict::Unknown));
    let page: GroupLags = served.view("/api/v1/lag?cluster=aggregate").await;
    assert_eq!(page.meta.by_verdict.keys().collect::<Vec<_>>(), [&LagVerdict::Unknown]);
    broken.resume();
    until_judged(&served, "aggregate", &group, LagVerdict::Ok, "").await;
}
