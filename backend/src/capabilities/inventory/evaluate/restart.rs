//! May a broker be restarted now? One function a rule; what speaks against it comes before what is not known.
//!
//! It is about the moment: what becomes of writers, readers and the controller when the broker goes, as Kafka stands now.
//! Nobody can promise that it comes back. The margin is zero: a partition that would have just `min.insync.replicas` left
//! is well. A replica that is out of sync already is missed by nobody, so it forbids nothing.

use std::collections::{BTreeMap, HashMap};

use shared::{
    inventory::{Blocker, BrokerState, MOST_PARTITIONS, Restart, RestartVerdict, TopicPartition},
    units::{count, counted},
};

use super::health::{are_down, have, partitions};
use crate::capabilities::inventory::model::{
    BrokerCounts, BrokerRow, Chunk, MetadataSnapshot, Needed, Without,
};

/// The verdict on every broker, by id. A view that `is_stale` decides nothing, whatever it says.
pub fn restart(snapshot: &MetadataSnapshot, is_stale: bool) -> Vec<RestartVerdict> {
    let cluster = Cluster::new(snapshot, is_stale);
    snapshot.brokers.iter().map(|broker| cluster.verdict(broker)).collect()
}

/// What the verdicts on all brokers are made from.
struct Cluster<'a> {
    snapshot: &'a MetadataSnapshot,
    is_stale: bool,
    /// Brokers that do not serve.
    down: Vec<i32>,
    counts: BTreeMap<i32, BrokerCounts>,
    examples: Examples,
}

impl<'a> Cluster<'a> {
    fn new(snapshot: &'a MetadataSnapshot, is_stale: bool) -> Self {
        let down = snapshot.brokers.iter().filter(|broker| broker.state != BrokerState::Up);
        Self {
            snapshot,
            is_stale,
            down: down.map(|broker| broker.endpoint.broker_id).collect(),
            counts: snapshot.broker_counts(),
            examples: Examples::of(&snapshot.chunks),
        }
    }

    fn verdict(&self, broker: &BrokerRow) -> RestartVerdict {
        let broker_id = broker.endpoint.broker_id;
        if let Some(down) = is_down(broker) {
            return RestartVerdict { broker_id, verdict: Restart::Unknown, blockers: vec![down] };
        }
        let needed = self.counts.get(&broker_id).map(|counts| counts.needed).unwrap_or_default();
        let forbids = [
            self.is_the_only_broker(),
            self.would_go_offline(broker_id, &needed),
            self.would_lose_the_quorum(broker_id),
            self.would_be_under_min_isr(broker_id, &needed),
            self.another_broker_is_down(broker_id),
        ];
        let unknown = [
            self.topics_may_be_hidden(),
            self.min_isr_is_unknown(broker_id, &needed),
            self.quorum_is_unknown(),
        ];
        let stale = self.is_stale.then(|| told("stale", "The newest view is older than two periods.".into()));
        let verdict = if stale.is_some() {
            Restart::Unknown
        } else if forbids.iter().any(Option::is_some) {
            Restart::Unsafe
        } else if unknown.iter().any(Option::is_some) {
            Restart::Unknown
        } else {
            Restart::Safe
        };
        let blockers = stale.into_iter().chain(forbids.into_iter().chain(unknown).flatten()).collect();
        RestartVerdict { broker_id, verdict, blockers }
    }

    fn is_the_only_broker(&self) -> Option<Blocker> {
        let is_only = self.snapshot.brokers.len() == 1;
        is_only.then(|| told("only_broker", "It is the only broker.".into()))
    }

    fn would_go_offline(&self, broker_id: i32, needed: &Needed) -> Option<Blocker> {
        let affected = needed.offline;
        let which = match needed.single {
            0 => "no other replica in sync".into(),
            single if single == affected => "no other replica".into(),
            single => format!("no other replica in sync ({} no other at all)", have_of(single)),
        };
        let they = if affected == 1 { "it" } else { "they" };
        let sentence =
            format!("{} {} {which}: {they} would go offline.", partitions(affected), have(affected));
        self.about("offline", broker_id, Without::Offline, affected, sentence)
    }

    fn would_be_under_min_isr(&self, broker_id: i32, needed: &Needed) -> Option<Blocker> {
        let affected = needed.under_min_isr;
        let just = if self.snapshot.totals.under_min_isr == 0 { "just" } else { "at most" };
        let which = match needed.no_spare {
            0 => format!("{just} min.insync.replicas in sync with it"),
            bare if bare == affected => "no more replicas than min.insync.replicas".into(),
            bare => {
                format!("{just} min.insync.replicas in sync with it ({} no more replicas)", have_of(bare))
            }
        };
        let sentence = format!(
            "{} {} {which}: writes with acks=all would be refused.",
            partitions(affected),
            have(affected)
        );
        self.about("min_isr", broker_id, Without::UnderMinIsr, affected, sentence)
    }

    /// A majority of all voters must be there and caught up. Where there is no active controller now, nobody could make
    /// another replica the leader.
    fn would_lose_the_quorum(&self, broker_id: i32) -> Option<Blocker> {
        let quorum = self.snapshot.quorum.as_ref()?;
        let voters = self.snapshot.voters.as_ref()?;
        if quorum.leader_id.is_none() {
            return Some(told("quorum", "There is no active controller.".into()));
        }
        let votes = voters.iter().any(|voter| voter.node_id == broker_id);
        let left = voters.iter().filter(|voter| voter.is_caught_up && voter.node_id != broker_id).count();
        let is_lost = votes && left < voters.len() / 2 + 1;
        is_lost.then(|| {
            let are = if left == 1 { "is" } else { "are" };
            let of = counted(voters.len() as u64, "controller", "controllers");
            told("quorum", format!("Without it {left} of {of} {are} caught up, which is no majority."))
        })
    }

    fn another_broker_is_down(&self, broker_id: i32) -> Option<Blocker> {
        let others: Vec<i32> = self.down.iter().filter(|id| **id != broker_id).copied().collect();
        are_down(&others).map(|sentence| told("other_broker_down", sentence))
    }

    fn topics_may_be_hidden(&self) -> Option<Blocker> {
        let rights = &self.snapshot.rights;
        let topics = match rights.hidden_topics {
            Some(hidden) if hidden > 0 => counted(hidden.into(), "topic is", "topics are"),
            _ => "Topics may be".into(),
        };
        let sentence = format!("{topics} hidden from Riverkeeper: what becomes of them is unknown.");
        rights.at_least.then(|| told("hidden_topics", sentence))
    }

    fn min_isr_is_unknown(&self, broker_id: i32, needed: &Needed) -> Option<Blocker> {
        let sentence = format!("min.insync.replicas of {} is not known.", partitions(needed.unknown));
        self.about("min_isr_unknown", broker_id, Without::Unknown, needed.unknown, sentence)
    }

    fn quorum_is_unknown(&self) -> Option<Blocker> {
        let is_unknown = self.snapshot.voters.is_none();
        is_unknown.then(|| told("quorum_unknown", "The quorum of controllers is not known.".into()))
    }

    fn about(
        &self,
        rule: &str,
        broker_id: i32,
        without: Without,
        affected: u32,
        sentence: String,
    ) -> Option<Blocker> {
        (affected > 0).then(|| Blocker {
            rule: rule.into(),
            partition_count: Some(affected),
            partitions: self.examples.of_broker(broker_id, without),
            sentence,
        })
    }
}

fn is_down(broker: &BrokerRow) -> Option<Blocker> {
    let sentence = match broker.state {
        BrokerState::Up => return None,
        BrokerState::Fenced => "It is fenced.",
        BrokerState::Down => "It is down.",
    };
    Some(told("down", sentence.into()))
}

/// A blocker that is about no partition.
fn told(rule: &str, sentence: String) -> Blocker {
    Blocker { rule: rule.into(), partition_count: None, partitions: vec![], sentence }
}

fn have_of(some: u32) -> String {
    format!("{} {}", count(some.into()), have(some))
}

/// Some partitions for each broker that they would miss. How many there are is counted with the chunks; here only those
/// chunks are walked that hold what some broker still lacks.
#[derive(Default)]
struct Examples(HashMap<(i32, Without), Vec<TopicPartition>>);

impl Examples {
    const KINDS: [Without; 3] = [Without::Offline, Without::UnderMinIsr, Without::Unknown];

    fn of(chunks: &[std::sync::Arc<Chunk>]) -> Self {
        let mut examples = Self::default();
        for chunk in chunks {
            if examples.could_use(chunk) {
                examples.add(chunk);
            }
        }
        examples
    }

    fn could_use(&self, chunk: &Chunk) -> bool {
        chunk.broker_counts.iter().any(|(broker_id, counts)| {
            let lacks =
                |kind| self.0.get(&(*broker_id, kind)).is_none_or(|some| some.len() < MOST_PARTITIONS);
            Self::KINDS.into_iter().any(|kind| counts.needed.count(kind) > 0 && lacks(kind))
        })
    }

    fn add(&mut self, chunk: &Chunk) {
        for topic in &chunk.topics {
            for partition in chunk.partitions_of(topic) {
                let without = partition.without_one(topic.min_isr);
                if without == Without::Well {
                    continue;
                }
                for broker_id in chunk.isr(partition) {
                    let some = self.0.entry((*broker_id, without)).or_default();
                    if some.len() < MOST_PARTITIONS {
                        let topic = chunk.name(topic).into();
                        some.push(TopicPartition { topic, partition: partition.partition });
                    }
                }
            }
        }
    }

    /// By name and number.
    fn of_broker(&self, broker_id: i32, without: Without) -> Vec<TopicPartition> {
        let mut some = self.0.get(&(broker_id, without)).cloned().unwrap_or_default();
        some.sort_unstable();
        some
    }
}
