//! What mirrors have left behind on one cluster, as its tap has read it.
//!
//! Times are those of the records, in ms since 1970, unless said otherwise. What many partitions have is shared, so that a
//! turn takes over everything at once without copying it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use shared::topology::FlowSettings;

use super::flushes::Flushes;

/// Beats whose latency is remembered.
const BEATS: usize = 30;
/// Groups whose checkpoints are told apart; beyond there are at least so many.
const MOST_GROUPS: usize = 10_000;

/// A name that many share.
pub type Name = Arc<str>;

/// All that mirrors have left behind on one cluster.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    /// How far a source was read, by its alias.
    pub positions: HashMap<Name, Positions>,
    /// What Connect keeps of the connectors that read a source, by its alias.
    pub connectors: HashMap<Name, Connectors>,
    /// Heartbeats that were written here, by source and target.
    pub beats: BTreeMap<(Name, Name), Beat>,
    /// Heartbeats that were copied here, by the prefix of their topic.
    pub copied_beats: BTreeMap<Name, Beat>,
    /// Pairs of offsets, by the alias in the topic's name: of the target, or of the source where they are kept at the
    /// target.
    pub syncs: HashMap<Name, Syncs>,
    /// Groups whose offsets are translated, by the source's alias.
    pub checkpoints: HashMap<Name, Checkpoints>,
    /// Partitions that were not taken in because there are too many.
    pub turned_away: u64,
    partitions: usize,
    most: usize,
}

/// How far a source was read.
#[derive(Clone, Debug, Default)]
pub struct Positions {
    /// By topic of the source, and partition.
    pub topics: HashMap<Name, Arc<BTreeMap<i32, Stored>>>,
    /// How often it is written down.
    pub flushes: Flushes,
    /// When any of it moved last.
    pub moved_ms: Option<i64>,
}

/// A position as it was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The offset of the last record that was copied.
    pub offset: i64,
    /// When that was written down.
    pub time_ms: i64,
    /// The last time that it went back.
    pub rewind: Option<Rewind>,
}

/// A position that went back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewind {
    /// The offset that was to come.
    pub from: i64,
    /// The offset that came.
    pub to: i64,
    /// When.
    pub time_ms: i64,
}

/// Pairs of offsets.
#[derive(Clone, Debug, Default)]
pub struct Syncs {
    /// By topic of the source, and partition.
    pub topics: HashMap<Name, Arc<BTreeMap<i32, Sync>>>,
    /// When any of it moved last.
    pub moved_ms: Option<i64>,
}

/// The same record at both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sync {
    /// Its offset at the source.
    pub upstream: i64,
    /// Its offset at the target.
    pub downstream: i64,
    /// When the mirror noted it.
    pub time_ms: i64,
    /// The last time that it went back at the source.
    pub rewind: Option<Rewind>,
}

/// Heartbeats.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Beat {
    /// When the newest was written, by the mirror's clock.
    pub time_ms: i64,
    /// When it was seen here; that of the record where it came before the tap had caught up.
    pub seen_ms: i64,
    /// Time between the last two.
    pub interval_ms: Option<i64>,
    /// How old the last ones were when they were seen as they came, in ms.
    pub ages_ms: Vec<i64>,
}

/// When a record was seen, by our clock, in ms since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// As it came.
    Now(i64),
    /// Later: it had been there before.
    Before(i64),
}

/// What Connect keeps of the connectors that read one source.
#[derive(Clone, Debug, Default)]
pub struct Connectors {
    /// The settings of the one that copies.
    pub settings: Option<Settings>,
    /// What is wanted of it; none where nothing was ever said.
    pub wanted: Option<State>,
    /// Its tasks.
    pub task_count: Option<u32>,
    /// The state of each connector and task, by its name.
    pub states: BTreeMap<Name, Told>,
}

/// The state of a connector or a task by its worker's word. A worker that was killed says nothing any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Which.
    pub state: State,
    /// The first line of what went wrong.
    pub trace: Option<String>,
    /// Who said it.
    pub worker: Option<String>,
    /// When.
    pub time_ms: i64,
}

/// A state of Connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It works.
    Running,
    /// Somebody paused it.
    Paused,
    /// Somebody stopped it.
    Stopped,
    /// It failed.
    Failed,
    /// No worker has it.
    Unassigned,
    /// Another, or one that is not known here.
    Other,
}

/// The settings of a connector that copies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Whether it is to copy at all.
    pub is_enabled: Option<bool>,
    /// The alias of its target.
    pub target_alias: Option<String>,
    /// What separates alias and topic.
    pub separator: Option<String>,
    /// Whether that stands in the names of a mirror's own topics, too.
    pub separates_internal: bool,
    /// Whether pairs of offsets are kept at the target.
    pub are_syncs_at_target: bool,
    /// Whether it begins a topic that is new to it at its end (`auto.offset.reset=latest`).
    pub begins_at_end: bool,
    /// Whether heartbeats are to be written.
    pub beats: Option<bool>,
    /// What is shown of them.
    pub shown: FlowSettings,
}

/// Groups whose offsets are translated.
#[derive(Clone, Debug, Default)]
pub struct Checkpoints {
    /// Their names, at most 10,000.
    pub groups: Arc<BTreeSet<Name>>,
    /// When any of it moved last.
    pub moved_ms: Option<i64>,
}

impl Traces {
    /// None yet, with room for so many partitions; what is beyond is counted, and not taken in.
    pub fn new(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.positions.is_empty()
            && self.connectors.is_empty()
            && self.beats.is_empty()
            && self.copied_beats.is_empty()
            && self.syncs.is_empty()
            && self.checkpoints.is_empty()
    }

    /// A position was written down, or taken back.
    pub fn stored(
        &mut self,
        (alias, topic, partition): (&str, &str, i32),
        offset: Option<i64>,
        time_ms: i64,
    ) {
        let has_room = self.has_room();
        let of_source = of(&mut self.positions, alias);
        let Some(offset) = offset else {
            let gone =
                of_source.topics.get_mut(topic).and_then(|topic| Arc::make_mut(topic).remove(&partition));
            self.partitions -= usize::from(gone.is_some());
            return;
        };
        let partitions = Arc::make_mut(of(&mut of_source.topics, topic));
        let before = partitions.get(&partition).copied();
        if before.is_none() && !has_room {
            self.turned_away += 1;
            return;
        }
        self.partitions += usize::from(before.is_none());
        let went_back = before.filter(|before| offset < before.offset);
        let rewind = went_back.map(|before| Rewind { from: before.offset + 1, to: offset + 1, time_ms });
        let rewind = rewind.or(before.and_then(|before| before.rewind));
        partitions.insert(partition, Stored { offset, time_ms, rewind });
        if before.is_none_or(|before| before.offset != offset) {
            if let Some(before) = before {
                of_source.flushes.see(time_ms - before.time_ms);
            }
            of_source.moved_ms = of_source.moved_ms.max(Some(time_ms));
        }
    }

    /// A pair of offsets was noted.
    pub fn synced(&mut self, (alias, topic, partition): (&str, &str, i32), pair: (i64, i64), time_ms: i64) {
        let has_room = self.has_room();
        let syncs = of(&mut self.syncs, alias);
        let partitions = Arc::make_mut(of(&mut syncs.topics, topic));
        let before = partitions.get(&partition).copied();
        if before.is_none() && !has_room {
            self.turned_away += 1;
            return;
        }
        self.partitions += usize::from(before.is_none());
        let (upstream, downstream) = pair;
        let went_back = before.filter(|before| upstream < before.upstream);
        let rewind = went_back.map(|before| Rewind { from: before.upstream + 1, to: upstream, time_ms });
        let rewind = rewind.or(before.and_then(|before| before.rewind));
        partitions.insert(partition, Sync { upstream, downstream, time_ms, rewind });
        syncs.moved_ms = syncs.moved_ms.max(Some(time_ms));
    }

    /// A heartbeat was written here.
    pub fn beat(&mut self, (source, target): (&str, &str), time_ms: i64, seen: Seen) {
        self.beats.entry((source.into(), target.into())).or_default().see(time_ms, seen);
    }

    /// A heartbeat was copied here.
    pub fn copied_beat(&mut self, prefix: &str, time_ms: i64, seen: Seen) {
        match self.copied_beats.get_mut(prefix) {
            Some(beat) => beat.see(time_ms, seen),
            None => self.copied_beats.entry(prefix.into()).or_default().see(time_ms, seen),
        }
    }

    /// A group's offset was translated.
    pub fn checkpointed(&mut self, alias: &str, group: &str, time_ms: i64) {
        let checkpoints = of(&mut self.checkpoints, alias);
        checkpoints.moved_ms = checkpoints.moved_ms.max(Some(time_ms));
        if !checkpoints.groups.contains(group) && checkpoints.groups.len() < MOST_GROUPS {
            Arc::make_mut(&mut checkpoints.groups).insert(group.into());
        }
    }

    /// What Connect keeps of the connectors that read a source.
    pub fn connectors_to_change(&mut self, alias: &str) -> &mut Connectors {
        of(&mut self.connectors, alias)
    }

    fn has_room(&self) -> bool {
        self.partitions < self.most
    }
}

/// What stands under a name; made where it does not.
fn of<'a, T: Default>(map: &'a mut HashMap<Name, T>, name: &str) -> &'a mut T {
    if !map.contains_key(name) {
        map.insert(name.into(), T::default());
    }
    map.entry(name.into()).or_default()
}

impl Beat {
    fn see(&mut self, time_ms: i64, seen: Seen) {
        let is_first = self.seen_ms == 0;
        if !is_first && time_ms > self.time_ms {
            self.interval_ms = Some(time_ms - self.time_ms);
        }
        self.time_ms = time_ms;
        match seen {
            // The mirror's clock may be ahead.
            Seen::Before(now_ms) => self.seen_ms = self.seen_ms.max(time_ms.min(now_ms)),
            Seen::Now(now_ms) => {
                self.seen_ms = now_ms;
                if self.ages_ms.len() >= BEATS {
                    self.ages_ms.remove(0);
                }
                self.ages_ms.push((now_ms - time_ms).max(0));
            }
        }
    }

    /// The median age of the last ones when they were seen, in ms; none where too few came before our eyes.
    pub fn latency_ms(&self) -> Option<i64> {
        let mut ages = self.ages_ms.clone();
        ages.sort_unstable();
        (ages.len() >= 3).then(|| ages.get(ages.len() / 2).copied()).flatten()
    }
}

impl Connectors {
    /// The connector that copies, by name: MirrorMaker's own, or in a cluster of Connect any that is told of.
    pub fn state(&self, connector: &str) -> Option<&Told> {
        self.states.get(connector)
    }

    /// Tasks of a connector.
    pub fn tasks<'a>(&'a self, connector: &'a str) -> impl Iterator<Item = (&'a str, &'a Told)> {
        let of_it = self.states.iter().filter(move |(name, _)| {
            name.strip_prefix(connector).and_then(|rest| rest.strip_prefix('-')).is_some_and(is_number)
        });
        of_it.map(|(name, told)| (name.as_ref(), told))
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
