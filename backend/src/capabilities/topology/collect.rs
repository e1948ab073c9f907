//! A turn of the fleet: what taps have taken in and others know, and where logs begin and end of the topics that flow.
//!
//! Each cluster is asked beside the others and for so long at most, so that one that hangs spoils nothing but itself.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use shared::DateTime;
use tokio::time::timeout;

use super::{
    Watched, evaluate,
    model::{
        ClusterSample, ClusterTopics, DeclaredFlow, End, Fleet, FlowsSample, FlowsSnapshot, Log, Logs, Name,
        PartitionRow, Peeked, Plan, Policy,
    },
    store::Memory,
};
use crate::{
    db::subject,
    kafka::{
        ErrorCode, Gateway,
        answers::{OffsetQuery, OffsetSpec, Offsets, Partial, Peek, PeekQuery, Waiting},
        read,
    },
    runtime::{Cell, Clock, Collected, Cycle, Evaluated, Stamped},
    series::Window,
};

/// Looks at records of one cluster in one turn.
const MOST_PEEKS: usize = 32;
/// Looks for the latency of one flow in one turn.
const FOR_LATENCY: usize = 3;
/// They may take so long.
const PEEK_PATIENCE: Duration = Duration::from_secs(2);
/// A lag that may be marks of transactions alone is no larger.
const SMALL_LAG: u64 = 16;
/// A topic that may not be read is looked at again after so long, in ms.
const REFUSED_FOR_MS: i64 = 600_000;
/// A pair of offsets is of now for so long, in ms.
const OF_NOW_MS: i64 = 30_000;

/// The cycle of the fleet.
pub struct FlowsCycle {
    /// The clusters, in the configuration's order.
    pub watched: Arc<[Watched]>,
    /// Knows their topics.
    pub fleet: Arc<dyn Fleet>,
    /// The flows that are declared.
    pub declared: Vec<DeclaredFlow>,
    /// What is tolerated.
    pub policy: Policy,
    /// How long the past is held in memory.
    pub held: Duration,
    /// Time between two turns.
    pub period: Duration,
    /// What was known after the last turn.
    pub newest: Cell<FlowsSnapshot>,
    /// What is remembered of before the start.
    pub memory: Memory,
    /// Tells the time.
    pub clock: Clock,
    /// Topics that may not be read, by cluster, and since when that is known.
    pub refused: Mutex<HashMap<(usize, Name), i64>>,
    /// Counts the turns.
    pub turns: AtomicUsize,
}

impl Cycle for FlowsCycle {
    type Sample = (FlowsSample, Option<FlowsSnapshot>);
    type Snapshot = FlowsSnapshot;

    async fn collect(&self) -> Result<Collected<Self::Sample>, String> {
        let remembered = self.memory.recall(self.held).await;
        let clusters = join_all(self.watched.iter().map(|watched| self.cluster(watched))).await;
        let declared = self.declared.clone();
        // Of a hundred thousand topics this takes a while.
        let planning = tokio::task::spawn_blocking(move || {
            let plans = evaluate::plans(&clusters, &declared);
            FlowsSample { clusters, plans }
        });
        let mut sample =
            planning.await.map_err(|_| "Riverkeeper has a bug here: flows could not be found.")?;
        let asks = self.watched.iter().enumerate().zip(&sample.clusters).map(|((at, watched), cluster)| {
            self.logs(at, &watched.gateway, cluster.topics.as_deref(), &sample.plans)
        });
        let logs = join_all(asks).await;
        let mut missing = Vec::new();
        for (cluster, (logs, why)) in sample.clusters.iter_mut().zip(logs) {
            cluster.logs = logs;
            missing.extend(why.clone().map(|why| format!("{}: {why}", cluster.declared.name)));
            cluster.missing = why;
        }
        for cluster in sample.clusters.iter().filter(|cluster| cluster.traces.turned_away > 0) {
            let name = &cluster.declared.name;
            missing.push(format!(
                "{name}: there are more partitions of mirrored topics than topology.max_partitions allows."
            ));
        }
        let missing = (!missing.is_empty()).then(|| missing.join(" "));
        Ok(Collected { sample: (sample, remembered), missing })
    }

    fn evaluate(
        &self,
        previous: Option<&FlowsSnapshot>,
        (sample, remembered): Self::Sample,
        now: DateTime,
    ) -> Evaluated<FlowsSnapshot> {
        let previous = previous.or(remembered.as_ref());
        evaluate::flows(previous, sample, &self.policy, self.held, now)
    }

    async fn store(&self, newest: Arc<Stamped<FlowsSnapshot>>) -> Result<(), String> {
        let clusters: Vec<(String, Option<String>)> = self
            .watched
            .iter()
            .map(|watched| watched.gateway.cluster())
            .map(|name| (name.to_owned(), self.fleet.cluster(name).and_then(|it| it.cluster_id())))
            .collect();
        let keeps = self.watched.iter().zip(&clusters).map(|(watched, (target, cluster_id))| {
            let (newest, target) = (newest.clone(), target.clone());
            watched.minutes.keep(cluster_id.as_deref(), move || held(&newest.snapshot, &target))
        });
        let (remembered, kept) =
            tokio::join!(self.memory.keep(newest.clone(), &clusters, self.clock.now()), join_all(keeps));
        kept.into_iter().fold(remembered, Result::and)
    }
}

/// The past of the flows that end at a cluster, as memory holds it, by what they are called in the database.
fn held(snapshot: &FlowsSnapshot, target: &str) -> Vec<(i64, Window)> {
    let flows = snapshot.flows.iter().filter(|flow| *flow.target == *target);
    flows.map(|flow| (subject(&flow.id), flow.past.clone())).collect()
}

impl FlowsCycle {
    async fn cluster(&self, watched: &Watched) -> ClusterSample {
        let name = watched.gateway.cluster();
        // At a start the first reading is worth to be waited for.
        let topics = match self.fleet.cluster(name) {
            Some(topics) => Some(topics),
            None => timeout(self.patience() / 2, self.fleet.first(name)).await.ok().flatten(),
        };
        let taken = watched.tap.taken(self.clock.now());
        ClusterSample {
            declared: watched.declared.clone(),
            topics,
            traces: taken.traces,
            is_whole: taken.is_whole,
            trouble: taken.trouble,
            refused: taken.refused,
            logs: Logs::default(),
            missing: None,
        }
    }

    /// A cluster may take so long.
    fn patience(&self) -> Duration {
        self.period.mul_f64(0.35)
    }

    async fn logs(
        &self,
        at: usize,
        gateway: &Gateway,
        topics: Option<&dyn ClusterTopics>,
        plans: &[Plan],
    ) -> (Logs, Option<String>) {
        let Some(topics) = topics else { return (Logs::default(), None) };
        let names = flowing(at, plans);
        let places: Vec<_> = names.iter().filter_map(|name| Some((name, topics.topic(name)?))).collect();
        let queries: Vec<OffsetQuery<'_>> = places
            .iter()
            .flat_map(|(name, places)| {
                places.leaders.iter().filter_map(move |(partition, leader)| {
                    Some(OffsetQuery { topic: name, partition: *partition, leader_id: (*leader)? })
                })
            })
            .collect();
        if queries.is_empty() {
            return (Logs::default(), None);
        }
        let asking = async {
            tokio::join!(
                read::list_offsets(gateway, OffsetSpec::Latest, false, &queries),
                read::list_offsets(gateway, OffsetSpec::Earliest, false, &queries),
            )
        };
        let Ok((ends, starts)) = timeout(self.patience(), asking).await else {
            return (Logs::default(), Some("its log ends were not told in time.".into()));
        };
        let mut logs = Logs::default();
        take(&mut logs, &ends, |log, offset| log.end = Some(offset));
        take(&mut logs, &starts, |log, offset| log.start = Some(offset));
        let missing = ends.missing.first().or(starts.missing.first());
        let missing = missing.map(|missing| {
            format!("broker {} did not tell its log ends: {}.", missing.broker_id, missing.error)
        });
        let wanted = self.worth_a_look(at, topics);
        let looking = timeout(PEEK_PATIENCE.min(self.patience()), self.peek(at, gateway, &wanted, &logs));
        logs.peeks = looking.await.unwrap_or_default();
        (logs, missing)
    }

    /// Looks at the records at these places of a cluster.
    async fn peek(
        &self,
        at: usize,
        gateway: &Gateway,
        wanted: &[(Name, i32, i64, i32)],
        logs: &Logs,
    ) -> HashMap<(Name, i32), Peeked> {
        let queries: Vec<PeekQuery<'_>> = wanted
            .iter()
            .map(|(topic, partition, offset, leader_id)| PeekQuery {
                topic,
                partition: *partition,
                offset: *offset,
                leader_id: *leader_id,
            })
            .collect();
        let peeks = read::peek(gateway, &queries).await;
        let all = peeks.answers.iter().flat_map(|(_, peeks)| peeks);
        all.filter_map(|peek| self.peeked(at, peek, logs)).collect()
    }

    fn peeked(&self, at: usize, peek: &Peek<'_>, logs: &Logs) -> Option<((Name, i32), Peeked)> {
        let PeekQuery { topic, partition, offset, .. } = peek.query;
        if ErrorCode(peek.error_code).is_of_rights() {
            let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
            refused.insert((at, topic.into()), self.clock.now().timestamp_millis());
            return None;
        }
        let end = logs.of(topic, partition)?.end?;
        // What came since the end was looked at is not told by this look.
        let is_same_end = peek.high_watermark == Some(end);
        let is_empty = match peek.waiting {
            Waiting::Nothing if is_same_end => Some(true),
            Waiting::Something { .. } => Some(false),
            _ => None,
        };
        let told = Peeked { offset, end, is_empty, first_ms: peek.waiting.first_time_ms() };
        (peek.error_code == 0).then(|| ((topic.into(), partition), told))
    }

    /// Where it is worth a look: where little waits on a log that rests, which may be marks of transactions alone, and at a
    /// few records that have just arrived, for how long that took.
    fn worth_a_look(&self, at: usize, topics: &dyn ClusterTopics) -> Vec<(Name, i32, i64, i32)> {
        let Some(newest) = self.newest.newest() else { return vec![] };
        let now_ms = self.clock.now().timestamp_millis();
        let refused = self.refused(at, now_ms);
        let Some(watched) = self.watched.get(at) else { return vec![] };
        let traces = watched.tap.taken(self.clock.now()).traces;
        let mut wanted: Vec<(Name, i32, i64)> = Vec::new();
        for flow in newest.snapshot.flows.iter().filter(|flow| flow.source == watched.declared.name) {
            let rows = flow.topics.iter().filter(|row| !refused.contains(&row.source_topic));
            let is_committed = flow.settings.isolation_level.as_deref() == Some("read_committed");
            for row in rows {
                wanted.extend(row.partitions.iter().filter_map(|it| {
                    may_be_marks(it, is_committed).then_some((
                        row.source_topic.clone(),
                        it.partition,
                        it.position?,
                    ))
                }));
            }
            let syncs = flow.target_aliases.iter().find_map(|alias| traces.syncs.get(alias));
            let syncs = syncs.into_iter().flat_map(|syncs| &syncs.topics);
            let fresh =
                syncs.filter(|(topic, _)| !refused.contains(*topic)).flat_map(|(topic, partitions)| {
                    let of_now = partitions.iter().filter(move |(_, sync)| now_ms - sync.time_ms < OF_NOW_MS);
                    of_now.map(move |(partition, sync)| (topic.clone(), *partition, sync.upstream))
                });
            wanted.extend(fresh.take(FOR_LATENCY));
        }
        // Others come first the next time.
        let skipped =
            self.turns.fetch_add(1, Ordering::Relaxed).wrapping_mul(MOST_PEEKS) % wanted.len().max(1);
        wanted.rotate_left(skipped);
        let mut taken: HashSet<(Name, i32)> = HashSet::new();
        wanted.retain(|(topic, partition, _)| taken.insert((topic.clone(), *partition)));
        wanted.truncate(MOST_PEEKS);
        let placed = |(topic, partition, offset): (Name, i32, i64)| {
            let leader = topics.topic(&topic)?.leaders.into_iter().find(|(it, _)| *it == partition)?.1?;
            Some((topic, partition, offset, leader))
        };
        wanted.into_iter().filter_map(placed).collect()
    }

    fn refused(&self, at: usize, now_ms: i64) -> HashSet<Name> {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.retain(|_, since| now_ms - *since < REFUSED_FOR_MS);
        refused.keys().filter(|(cluster, _)| *cluster == at).map(|(_, topic)| topic.clone()).collect()
    }
}

/// Whether nothing may wait but marks of transactions, and records of those that were aborted where a mirror leaves them out.
fn may_be_marks(row: &PartitionRow, is_committed: bool) -> bool {
    let rests = {
        let mut newest = row.ends.points().rev().map(|(_, end)| end);
        newest.next().is_some_and(|end| newest.next() == Some(end))
    };
    let is_small = row.lag().is_some_and(|lag| lag > 0 && (is_committed || lag <= SMALL_LAG));
    is_small && rests && row.peeked != row.position.zip(row.end())
}

/// Topics of a cluster that flow from it or arrive there.
fn flowing(at: usize, plans: &[Plan]) -> BTreeSet<Name> {
    let leaves = plans.iter().filter(|plan| plan.source == End::Watched(at));
    let arrives = plans.iter().filter(|plan| plan.target == End::Watched(at));
    let leaving = leaves.flat_map(|plan| plan.topics.iter().map(|(topic, _)| topic.clone()));
    leaving.chain(arrives.flat_map(|plan| plan.topics.iter().map(|(_, topic)| topic.clone()))).collect()
}

fn take(logs: &mut Logs, told: &Partial<Offsets>, set: impl Fn(&mut Log, i64)) {
    for (offsets, row) in
        told.answers.iter().flat_map(|(_, offsets)| offsets.rows.iter().map(move |row| (offsets, row)))
    {
        let Some(offset) = row.offset else { continue };
        let topic = offsets.topic(row);
        if !logs.topics.contains_key(topic) {
            logs.topics.insert(topic.into(), HashMap::new());
        }
        if let Some(partitions) = logs.topics.get_mut(topic) {
            set(partitions.entry(row.partition).or_default(), offset);
        }
    }
}
