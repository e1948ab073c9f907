//! What a person can do about a flow that is not well: for each finding a sentence or two, with commands.
//!
//! Riverkeeper changes nothing itself. No command here deletes anything or takes a record away; those that let a mirror
//! go on say what they do.

use super::{EvidenceKind, Finding, FindingKind, Flow, FlowDetail, FlowKind, FlowTopic, words};
use crate::{
    lag::commands::{describe_topic, word},
    units::{counted, seconds},
};

/// What stands for the address of a Connect worker.
const CONNECT: &str = "http://CONNECT:8083";

/// What MirrorMaker 2 calls its connector where it runs by itself.
const CONNECTOR: &str = "MirrorSourceConnector";

/// Topics that are named at most.
const NAMED: usize = 3;

/// What to do about one kind of finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowAdvice {
    /// About what.
    pub kind: FindingKind,
    /// Sentences, the most important first.
    pub said: Vec<String>,
    /// Commands, each with what it does.
    pub commands: Vec<(&'static str, String)>,
}

/// Where commands ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// A broker of the source.
    pub source: String,
    /// A broker of the target.
    pub target: String,
}

/// What to do, by kind of finding and in their order: worst first. Empty where nothing is to be done.
pub fn flow_advice(detail: &FlowDetail, addresses: &Addresses) -> Vec<FlowAdvice> {
    let mut advice: Vec<FlowAdvice> = vec![];
    for finding in &detail.flow.findings {
        if advice.iter().all(|given| given.kind != finding.kind) {
            advice.push(about(finding, detail, addresses));
        }
    }
    advice
}

fn about(finding: &Finding, detail: &FlowDetail, addresses: &Addresses) -> FlowAdvice {
    let flow = &detail.flow;
    let said = |sentences: Vec<String>| (sentences, vec![]);
    let (said, commands) = match finding.kind {
        FindingKind::SilentLoss => silent_loss(finding, detail, addresses),
        FindingKind::TopicRecreated => recreated(finding, flow),
        FindingKind::NoProgress => no_progress(flow),
        FindingKind::Paused => paused(flow, addresses),
        FindingKind::ConnectorFailed => failed(flow),
        FindingKind::NotRunning => said(not_running(detail)),
        FindingKind::HeartbeatsSilent => said(heartbeats(flow)),
        FindingKind::Behind => said(behind(detail)),
        FindingKind::CopiedAgain => said(copied_again(finding, flow)),
        FindingKind::MissingTopic => missing(finding, detail),
        FindingKind::CopiesAborted => said(aborted(flow)),
        FindingKind::LatencyDisagrees => said(vec![
            "Compare the clocks of the brokers with that of the machine on which the mirror runs. Until they agree, the larger latency is the safer one to believe.".into(),
        ]),
        FindingKind::NotSeen => said(vec![format!(
            "If {} copies from {}, see that it runs, and that Riverkeeper may read its internal topics on both clusters. If it was taken down for good, remove its [[mirror]] from Riverkeeper's configuration.",
            flow.kind.word(), flow.source
        )]),
        FindingKind::NotDeclared => said(vec![format!(
            "If it is meant to be there, add a [[mirror]] from {} to {} to Riverkeeper's configuration; else find out who started it.",
            flow.source, flow.target
        )]),
        FindingKind::OtherTier => said(vec![
            "Set the tier of the [[cluster]] in Riverkeeper's configuration to where records flow, or find out which mirror should not be there.".into(),
        ]),
        FindingKind::UnknownCluster => said(vec![format!(
            "If Riverkeeper watches that cluster under another name, add the alias to the aliases of its [[cluster]]. Until then, what waits at {} is not known.",
            flow.source
        )]),
        FindingKind::ClusterSilent => said(vec![
            "Nothing is known of the mirror until that cluster answers again. Its page and Riverkeeper's status say what is in the way.".into(),
        ]),
        FindingKind::NotReadable => said(vec![format!(
            "Give Riverkeeper's principal Read and Describe on the topics of the mirror: mm2-offset-syncs.* on {}, and mm2-*, heartbeats and *.checkpoints.internal on {}.",
            flow.source, flow.target
        )]),
    };
    FlowAdvice { kind: finding.kind, said, commands }
}

type Told = (Vec<String>, Vec<(&'static str, String)>);

/// `orders, refunds and 12 more`.
fn named(topics: &[String]) -> String {
    let first = topics.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match topics.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

fn silent_loss(finding: &Finding, detail: &FlowDetail, addresses: &Addresses) -> Told {
    let flow = &detail.flow;
    let lost = |topic: &&FlowTopic| topic.lost_records.is_some_and(|lost| lost > 0);
    let each: Vec<String> = detail
        .topics
        .iter()
        .filter(lost)
        .take(NAMED)
        .map(|topic| {
            format!("{} of {}", words::records(topic.lost_records.unwrap_or_default()), topic.source_topic)
        })
        .collect();
    let what = match (each.is_empty(), flow.lost_records()) {
        (false, _) => each.join(", "),
        (true, Some(lost)) => words::records(lost),
        (true, None) => "Records".into(),
    };
    let topic = finding
        .topics
        .first()
        .cloned()
        .or_else(|| Some(detail.topics.iter().find(lost)?.source_topic.clone()));
    let said = vec![
        format!("{what} were gone from {} before they were copied. Nothing brings them to {} from there; see whether whoever wrote them can write them again.", flow.source, flow.target),
        "To lose no more, raise retention.ms or retention.bytes of the topic at the source, whichever takes the records (kafka-configs.sh --alter --add-config), until the mirror has caught up; that takes disk. A value that is smaller than now deletes records at once.".into(),
    ];
    let look =
        topic.map(|topic| ("See how long it keeps records", describe_topic(&addresses.source, &topic)));
    (said, look.into_iter().collect())
}

fn recreated(finding: &Finding, flow: &Flow) -> Told {
    let topics = named(&finding.topics);
    let topic = finding.topics.first().cloned().unwrap_or_else(|| "TOPIC".into());
    let offsets = format!(
        r#"{{"offsets":[{{"partition":{{"cluster":"{}","partition":0,"topic":"{topic}"}},"offset":null}}]}}"#,
        flow.source
    );
    let stop = format!("curl -X PUT {CONNECT}/connectors/{CONNECTOR}/stop");
    let reset = format!(
        "curl -X PATCH -H 'Content-Type: application/json' -d {} {CONNECT}/connectors/{CONNECTOR}/offsets",
        word(&offsets)
    );
    let said = vec![
        format!("The mirror goes on at the position that it had in the old {topics}: what the new one holds before that is not copied, without a word."),
        "To copy it from the beginning, stop the connector, take away its position for each partition of the topic, and resume it. What was copied of the new topic already is then copied a second time.".into(),
        format!("Where MirrorMaker runs without Connect's REST, stop its process and write, for each partition, a record without a value under the key of that partition to mm2-offsets.{}.internal on {}.", flow.source, flow.target),
    ];
    (
        said,
        vec![
            ("Stop the connector (Connect 3.5 or later)", stop),
            ("Forget its position for one partition (Connect 3.6 or later)", reset),
            resume(),
        ],
    )
}

fn resume() -> (&'static str, String) {
    ("Resume it, in a Connect cluster", format!("curl -X PUT {CONNECT}/connectors/{CONNECTOR}/resume"))
}

fn status() -> (&'static str, String) {
    ("Ask Connect how it is", format!("curl {CONNECT}/connectors/{CONNECTOR}/status"))
}

fn no_progress(flow: &Flow) -> Told {
    let is_alive = flow.heartbeat_age_seconds.is_some_and(|age| age < 30.0);
    let alive = if is_alive {
        format!(
            "Its process still sends heartbeats to {}, so it runs and does not copy: look at its log for the source connector, and whether it may still read {}.",
            flow.target, flow.source
        )
    } else {
        "See whether its process runs at all, and look at the end of its log.".into()
    };
    let said = vec![
        alive,
        format!(
            "What most often stops a mirror that runs: a rebalance of its workers that does not end, a record larger than max.request.size of its producer, a principal that may not write to {}, or a source that it cannot reach.",
            flow.target
        ),
    ];
    (said, vec![status()])
}

/// Somebody paused it: it is resumed by Connect's REST, or by the record that Connect keeps of it.
fn paused(flow: &Flow, addresses: &Addresses) -> Told {
    let by = format!(
        "Somebody paused or stopped the connector. If that was not on purpose, or its purpose is past, resume it: it goes on where it stood, and copies what waits on {}.",
        flow.source
    );
    let configs = format!("mm2-configs.{}.internal", flow.source);
    let is_dedicated =
        |one: &super::Evidence| one.kind == EvidenceKind::ConnectorSettings && one.place.contains(&configs);
    let record = r#"target-state-MirrorSourceConnector|{"state":"STARTED","state.v2":"STARTED"}"#;
    let dedicated = format!(
        "echo {} | kafka-console-producer.sh --bootstrap-server {} --topic {} --property parse.key=true --property key.separator='|'",
        word(record),
        word(&addresses.target),
        word(&configs)
    );
    let dedicated = ("Resume it, where MirrorMaker runs by itself", dedicated);
    let why = "The dedicated mode of MirrorMaker has no REST to resume it: there Connect's own record of what is wanted is written.";
    let commands = if flow.evidence.iter().any(is_dedicated) {
        vec![dedicated, resume()]
    } else {
        vec![resume(), dedicated]
    };
    (vec![by, why.into()], commands)
}

fn failed(flow: &Flow) -> Told {
    let said = vec![
        format!(
            "A connector or task that has failed does not come back by itself. Look at the trace in its status and at the log of its worker; when its cause is gone, restart it: it goes on where it stood, and copies what waits on {}.",
            flow.source
        ),
        "The dedicated mode of MirrorMaker has no REST: there restart its process.".into(),
    ];
    let restart = format!(
        "curl -X POST {}",
        word(&format!("{CONNECT}/connectors/{CONNECTOR}/restart?includeTasks=true&onlyFailed=true"))
    );
    (said, vec![status(), ("Restart what has failed, in a Connect cluster", restart)])
}

fn not_running(detail: &FlowDetail) -> Vec<String> {
    let flow = &detail.flow;
    let at = match detail.settings.workers.as_slice() {
        [] => String::new(),
        workers => format!(" It ran on {} last.", named(workers)),
    };
    vec![format!(
        "Start {}: no worker runs its connector.{at} It goes on where it stood; what waits on {} is kept until retention takes it.",
        flow.kind.word(),
        flow.source
    )]
}

fn heartbeats(flow: &Flow) -> Vec<String> {
    vec![format!(
        "See whether the process that writes to {} runs and can reach it. Where heartbeats are switched off (emit.heartbeats.enabled), nothing tells that an idle mirror is alive: switch them on.",
        flow.target
    )]
}

fn behind(detail: &FlowDetail) -> Vec<String> {
    let partitions: u64 = detail.topics.iter().filter_map(|topic| topic.partition_count).map(u64::from).sum();
    let tasks = match detail.settings.task_count.map(u64::from) {
        Some(tasks) if tasks < partitions => format!(
            "It has {} for {}: raise tasks.max, and see that there are workers for more.",
            counted(tasks, "task", "tasks"),
            counted(partitions, "partition", "partitions")
        ),
        Some(tasks) => format!("It has {}, and more would have no partition: look at its network and at quotas of both clusters.", counted(tasks, "task", "tasks")),
        None => "Raise tasks.max if it has fewer tasks than partitions, and look at its network and at quotas of both clusters.".into(),
    };
    let far = format!(
        "A mirror is quickest near {}: it reads from afar and writes nearby. Larger batches (producer batch.size and linger.ms) and compression help over long ways.",
        detail.flow.target
    );
    vec![tasks, far]
}

fn copied_again(finding: &Finding, flow: &Flow) -> Vec<String> {
    let of =
        if finding.topics.is_empty() { String::new() } else { format!(" of {}", named(&finding.topics)) };
    vec![
        format!(
            "Records{of} are on {} twice. Whoever reads them there must be able to bear that, or be told.",
            flow.target
        ),
        format!(
            "It began anew because its position was gone: see that mm2-offsets.{}.internal on {} is compacted, and that nobody deleted it or changed the name of the connector.",
            flow.source, flow.target
        ),
    ]
}

fn missing(finding: &Finding, detail: &FlowDetail) -> Told {
    let flow = &detail.flow;
    let look = detail.settings.refresh_seconds.map_or_else(
        || {
            "MirrorMaker looks for new topics every 10 min as it is shipped (refresh.topics.interval.seconds)"
                .into()
        },
        |every| format!("It looks for new topics every {}", seconds(every)),
    );
    let said = vec![format!(
        "{look}. If {} stays missing for longer, its principal may not create topics on {}, or may not describe that topic on {}.",
        named(&finding.topics),
        flow.target,
        flow.source
    )];
    (said, if flow.kind == FlowKind::MirrorMaker2 { vec![status()] } else { vec![] })
}

fn aborted(flow: &Flow) -> Vec<String> {
    vec![format!(
        "Set {}.consumer.isolation.level = read_committed (in Connect: source.consumer.isolation.level) and restart it, so that what was aborted on {} is not copied from then on. What was copied stays.",
        flow.source, flow.source
    )]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::samples::*;

    fn addresses() -> Addresses {
        Addresses { source: "west:9092".into(), target: "aggregate:9092".into() }
    }

    fn told(kind: FindingKind) -> FlowAdvice {
        let mut detail = flow_detail();
        detail.flow.findings.truncate(1);
        detail.flow.findings[0].kind = kind;
        detail.flow.findings[0].topics = vec!["orders".into()];
        flow_advice(&detail, &addresses()).remove(0)
    }

    const ALL: [FindingKind; 18] = [
        FindingKind::SilentLoss,
        FindingKind::TopicRecreated,
        FindingKind::NoProgress,
        FindingKind::Paused,
        FindingKind::ConnectorFailed,
        FindingKind::NotRunning,
        FindingKind::HeartbeatsSilent,
        FindingKind::Behind,
        FindingKind::CopiedAgain,
        FindingKind::MissingTopic,
        FindingKind::CopiesAborted,
        FindingKind::LatencyDisagrees,
        FindingKind::NotSeen,
        FindingKind::NotDeclared,
        FindingKind::OtherTier,
        FindingKind::UnknownCluster,
        FindingKind::ClusterSilent,
        FindingKind::NotReadable,
    ];

    #[test]
    fn every_finding_has_advice_and_no_command_deletes_anything() {
        for kind in ALL {
            let advice = told(kind);
            assert!(!advice.said.is_empty(), "{kind:?}");
            for (label, command) in &advice.commands {
                let is_destructive = ["DELETE", "--delete", "delete-records", "--alter"]
                    .iter()
                    .any(|word| command.contains(word));
                assert!(!is_destructive && !label.is_empty(), "{command}");
            }
        }
    }

    #[test]
    fn a_paused_connector_is_resumed_by_rest_or_by_its_record() {
        let commands = told(FindingKind::Paused).commands;
        assert_eq!(
            commands[0].1,
            r#"echo 'target-state-MirrorSourceConnector|{"state":"STARTED","state.v2":"STARTED"}' | kafka-console-producer.sh --bootstrap-server aggregate:9092 --topic mm2-configs.west.internal --property parse.key=true --property key.separator='|'"#,
            "it runs by itself, as its settings show"
        );
        assert_eq!(commands[1].1, "curl -X PUT http://CONNECT:8083/connectors/MirrorSourceConnector/resume");
        let mut detail = flow_detail();
        detail.flow.evidence.clear();
        detail.flow.findings[0].kind = FindingKind::Paused;
        assert!(flow_advice(&detail, &addresses())[0].commands[0].0.contains("in a Connect cluster"));
    }

    #[test]
    fn what_is_lost_is_named_by_topic_with_how_to_keep_more() {
        let detail = flow_detail_of(&topology_losing(), "west~aggregate~mirror-maker2").unwrap();
        let advice = flow_advice(&detail, &addresses()).remove(0);
        assert!(
            advice.said[0].starts_with("2,310 records of session-events were gone from west"),
            "{}",
            advice.said[0]
        );
        assert!(advice.said[1].contains("smaller than now deletes records at once"));
        assert!(advice.commands[0].1.ends_with("--entity-name session-events --describe --all"));
    }

    #[test]
    fn more_tasks_help_only_while_there_are_partitions_for_them() {
        let mut detail = flow_detail();
        detail.settings.task_count = Some(1);
        assert!(behind(&detail)[0].starts_with("It has 1 task for"));
        detail.settings.task_count = Some(10_000);
        assert!(behind(&detail)[0].contains("more would have no partition"));
    }

    #[test]
    fn a_topic_that_was_created_again_is_copied_from_the_beginning_by_its_position() {
        let advice = told(FindingKind::TopicRecreated);
        assert!(
            advice.commands[1]
                .1
                .contains(r#"{"cluster":"west","partition":0,"topic":"orders"},"offset":null"#)
        );
        assert!(advice.said[1].contains("copied a second time"));
    }
}
