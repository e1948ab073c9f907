//! What Riverkeeper shows of a cluster whose rights are taken from it one by one, and given back.
//!
//! The cluster is one broker of its own, so that nobody else's rights change.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::time::Duration;

use shared::{
    inventory::{Brokers, ClusterDetail, TopicDetail, Topics, part},
    rights::Resource,
    status::Status,
    verdict::Severity,
};
use support::{Served, cluster, config, guarded::Guarded, kinds, so, wait_until};

const DESCRIBE_CLUSTER: &str = "--operation Describe --cluster";
const DESCRIBE_TOPICS: &str = "--operation Describe --topic *";
const DESCRIBE_CONFIGS: &str = "--operation DescribeConfigs --topic *";

/// Log directories are read each 2 s here, and all settings each 15 s.
const SOON: Duration = Duration::from_secs(60);

async fn seen(served: &Served, what: &str, is_so: impl Fn(&ClusterDetail) -> bool) -> ClusterDetail {
    wait_until(what, SOON, async || {
        let detail: ClusterDetail = served.view("/api/v1/clusters/guarded").await;
        so(detail, &is_so)
    })
    .await
}

/// Everything is seen again: nothing is missing, no count is a guess, and all is well.
async fn seen_wholly(served: &Served) -> ClusterDetail {
    seen(served, "everything is seen", |detail| {
        let row = &detail.cluster;
        let counts = (row.topic_count, row.hidden_topic_count, row.min_isr_unknown_count);
        !row.at_least
            && counts == (Some(3), Some(0), Some(0))
            && detail.missing_rights.is_empty()
            && row.size_bytes.is_some()
            && detail.meta.readings.iter().all(|reading| reading.failure.is_none())
            && row.health.severity == Severity::Ok
    })
    .await
}

fn rules(detail: &ClusterDetail) -> Vec<&str> {
    detail.cluster.health.reasons.iter().map(|reason| reason.rule.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_that_is_taken_is_named_counts_say_at_least_and_what_is_given_back_is_seen_again() {
    let guarded = Guarded::start();
    for (topic, assignment) in [("audit", "1"), ("orders", "1,1"), ("payments", "1,1,1")] {
        guarded.admin.create_topic(topic, assignment);
    }
    for right in [DESCRIBE_CLUSTER, DESCRIBE_TOPICS, DESCRIBE_CONFIGS] {
        guarded.grant(right);
    }
    let served = Served::start(&config([cluster("guarded", &guarded.bootstrap)])).await;
    let whole = seen_wholly(&served).await;
    assert_eq!((whole.cluster.partition_count, whole.cluster.controller_id), (Some(6), Some(1)));

    topics_may_not_be_described(&guarded, &served).await;
    configs_may_not_be_described(&guarded, &served).await;
    the_cluster_may_not_be_described(&guarded, &served).await;
    nothing_may_be_described(&guarded, &served).await;
}

async fn topics_may_not_be_described(guarded: &Guarded, served: &Served) {
    guarded.grant("--operation Describe --topic orders");
    guarded.take(DESCRIBE_TOPICS);
    let detail = seen(served, "two topics are hidden", |detail| {
        detail.cluster.hidden_topic_count == Some(2)
            && detail.cluster.at_least
            && rules(detail) == ["hidden_topics"]
            && detail.cluster.failure.is_none()
    })
    .await;
    let row = &detail.cluster;
    assert_eq!((row.topic_count, row.partition_count), (Some(1), Some(2)));
    let truth = guarded.admin.describe(&[]);
    let topics: std::collections::BTreeSet<&str> = truth.iter().map(|row| row.topic.as_str()).collect();
    assert_eq!(topics.len(), 1 + 2, "what is seen and what is hidden is all that there is");
    let [right] = detail.missing_rights.as_slice() else { panic!("{:?}", detail.missing_rights) };
    assert_eq!(
        (right.operation.as_str(), right.resource, right.count),
        ("Describe", Resource::Topic, Some(2))
    );
    assert_eq!(right.examples, ["audit", "payments"]);
    assert_eq!(row.health.severity, Severity::Unknown);
    assert!(row.size_bytes.is_some(), "{row:?}");

    let page: Topics = served.view("/api/v1/clusters/guarded/topics").await;
    assert_eq!((page.meta.total, page.at_least, page.hidden_topic_count), (Some(1), true, Some(2)));
    let page: Brokers = served.view("/api/v1/clusters/guarded/brokers").await;
    assert!(page.at_least && page.brokers[0].leader_count == 2, "{page:?}");
    served.get("/api/v1/clusters/guarded/topics/payments").await.problem(404);
    let status: Status = served.view("/api/v1/status").await;
    assert_eq!(status.gateways[0].missing_rights, detail.missing_rights);
    let told = served.event("guarded", "kind=right_missing").await;
    assert_eq!(told.sentence, "Riverkeeper lacks Describe on topics");

    guarded.grant(DESCRIBE_TOPICS);
    guarded.take("--operation Describe --topic orders");
    seen_wholly(served).await;
    served.event("guarded", "kind=right_granted").await;
    let created = served.events("guarded", "kind=topic_created").await;
    assert!(created.is_empty(), "what was hidden was not created: {:?}", kinds(&created));
}

async fn configs_may_not_be_described(guarded: &Guarded, served: &Served) {
    guarded.take(DESCRIBE_CONFIGS);
    let detail = seen(served, "no settings are known", |detail| {
        detail.cluster.min_isr_unknown_count == Some(3) && rules(detail) == ["configs_not_described"]
    })
    .await;
    let row = &detail.cluster;
    assert_eq!((row.under_min_isr_count, row.at_least, row.hidden_topic_count), (None, false, Some(0)));
    assert_eq!(row.health.severity, Severity::Unknown);
    let topic: TopicDetail = served.view("/api/v1/clusters/guarded/topics/audit").await;
    assert_eq!((topic.configs_refused, topic.configs, topic.topic.retention_ms), (true, None, None));
    assert_eq!(topic.health.severity, Severity::Unknown);

    guarded.grant("--operation DescribeConfigs --topic orders");
    let detail = seen(served, "the settings of one topic are known", |detail| {
        detail.cluster.min_isr_unknown_count == Some(2)
            && detail.cluster.under_min_isr_count == Some(0)
            && detail.meta.readings.iter().all(|reading| reading.failure.is_none())
    })
    .await;
    let [right] = detail.missing_rights.as_slice() else { panic!("{:?}", detail.missing_rights) };
    assert_eq!((right.operation.as_str(), right.count), ("DescribeConfigs", Some(2)));

    guarded.grant(DESCRIBE_CONFIGS);
    seen_wholly(served).await;
}

async fn the_cluster_may_not_be_described(guarded: &Guarded, served: &Served) {
    guarded.take(DESCRIBE_CLUSTER);
    let detail = seen(served, "sizes are unknown", |detail| {
        let reading = detail.meta.reading(Some("guarded"), part::LOG_DIRS);
        let failure = reading.and_then(|reading| reading.failure.as_ref());
        detail.cluster.size_bytes.is_none()
            && detail.cluster.at_least
            && rules(detail) == ["cluster_not_described"]
            && detail.missing_rights.len() == 1
            && failure.is_some_and(|failure| failure.what.starts_with("May not describe the cluster"))
            && detail.cluster.failure.is_none()
    })
    .await;
    let row = &detail.cluster;
    assert_eq!((row.topic_count, row.hidden_topic_count, row.controller_id), (Some(3), None, None));
    assert!(detail.quorum.is_none() && detail.reassignments.is_none());
    let [right] = detail.missing_rights.as_slice() else { panic!("{:?}", detail.missing_rights) };
    assert_eq!(
        (right.operation.as_str(), right.resource, right.count),
        ("Describe", Resource::Cluster, None)
    );
    assert_eq!(row.health.severity, Severity::Unknown);

    guarded.grant(DESCRIBE_CLUSTER);
    seen_wholly(served).await;
}

async fn nothing_may_be_described(guarded: &Guarded, served: &Served) {
    for right in [DESCRIBE_CLUSTER, DESCRIBE_TOPICS, DESCRIBE_CONFIGS] {
        guarded.take(right);
    }
    let detail = seen(served, "nothing is seen", |detail| {
        detail.cluster.topic_count == Some(0)
            && detail.cluster.size_bytes.is_none()
            && detail.cluster.failure.is_none()
            && detail.cluster.at_least
    })
    .await;
    let row = &detail.cluster;
    assert!(row.hidden_topic_count.is_none(), "{row:?}");
    assert_eq!((row.broker_count, row.health.severity), (Some(1), Severity::Unknown));
    for right in [DESCRIBE_CONFIGS, DESCRIBE_TOPICS, DESCRIBE_CLUSTER] {
        guarded.grant(right);
    }
    seen_wholly(served).await;
}
