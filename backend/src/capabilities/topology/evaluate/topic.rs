//! How one topic of a flow is: one function a rule, the worst decides.

use std::{collections::BTreeMap, sync::Arc};

use shared::topology::{FindingKind, FlowSettings, FlowVerdict};

use super::partition::{Seen, partition};
use crate::{
    capabilities::topology::model::{
        ClusterSample, Name, PartitionRow, Plan, Policy, Recreated, Stored, Sync, TopicRow, TopicTrouble,
    },
    series::{Looks, Written},
};

/// Rates are means of so many ms.
const RATE_MS: i64 = 60_000;
/// A rate over less is none.
const LEAST_MS: i64 = 5_000;
/// Two looks of a mirror at its topics take so long at least, in ms.
const LOOKS_LEAST_MS: i64 = 20_000;
/// A lag up to this may be marks of transactions alone.
const MAY_BE_MARKS: u64 = 2;

/// What the topics of a flow are held against.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// The flow.
    pub plan: &'a Plan,
    /// Its source, where that is watched.
    pub source: Option<&'a ClusterSample>,
    /// Its target, where that is watched.
    pub target: Option<&'a ClusterSample>,
    /// What is tolerated.
    pub policy: &'a Policy,
    /// The time between two writings of the position, in ms.
    pub flush_ms: i64,
    /// When the flow was first seen, in ms since 1970.
    pub first_ms: i64,
    /// Now, in ms since 1970.
    pub now_ms: i64,
}

/// A topic after a turn.
pub fn topic(held: &Held<'_>, names: &(Name, Name), before: Option<&TopicRow>) -> TopicRow {
    let (source_topic, target_topic) = names;
    let places = |cluster: Option<&ClusterSample>, topic: &str| {
        cluster.and_then(|cluster| cluster.topics.as_ref()).and_then(|topics| topics.topic(topic))
    };
    let (at_source, at_target) = (places(held.source, source_topic), places(held.target, target_topic));
    let source_id = at_source.as_ref().and_then(|places| places.topic_id);
    let target_id = at_target.as_ref().and_then(|places| places.topic_id);
    let recreated = recreated(held, before, source_id);
    let is_another = recreated != before.and_then(|before| before.recreated.clone());
    let numbers: Vec<i32> =
        at_source.iter().flat_map(|places| places.leaders.iter().map(|(number, _)| *number)).collect();
    let traced = Traced::of(held, source_topic);
    let row = |number: &i32| {
        let before = before.filter(|_| !is_another);
        let before = before.and_then(|before| {
            let at = before.partitions.binary_search_by_key(number, |row| row.partition).ok()?;
            before.partitions.get(at)
        });
        partition(before, &seen(held, names, *number, &traced, recreated.as_ref()), held.now_ms)
    };
    let mut topic = TopicRow {
        target_topic: (at_target.is_some() || held.target.is_none()).then(|| target_topic.clone()),
        source_id,
        target_id,
        partitions: numbers.iter().map(row).collect(),
        recreated,
        lost_records: before.map_or(0, |before| before.lost_records),
        target_partitions: at_target.map(|places| u32::try_from(places.leaders.len()).unwrap_or(u32::MAX)),
        ..TopicRow::named(source_topic.clone())
    };
    sum_up(&mut topic, held.now_ms);
    topic.target_end = target_end(held, target_topic);
    topic.troubles = troubles(held, &topic, before);
    count_lost(&mut topic, before);
    topic.verdict = verdict(&topic);
    topic
}

/// Whether a mirror keeps its pairs of offsets at its target (`offset-syncs.topic.location`).
pub fn syncs_lie_at(target: &ClusterSample, alias: &str) -> bool {
    let settings = target.traces.connectors.get(alias).and_then(|it| it.settings.as_ref());
    settings.is_some_and(|settings| settings.are_syncs_at_target)
}

/// What a mirror wrote of one topic.
struct Traced {
    stored: Option<Arc<BTreeMap<i32, Stored>>>,
    syncs: Option<Arc<BTreeMap<i32, Sync>>>,
}

impl Traced {
    fn of(held: &Held<'_>, topic: &Name) -> Self {
        let plan = held.plan;
        let positions = held.target.and_then(|target| target.traces.positions.get(&plan.alias));
        let at_source = held.source.and_then(|source| {
            plan.target_aliases.iter().find_map(|alias| source.traces.syncs.get(alias)?.topics.get(topic))
        });
        // At the target, too, lie pairs under that name, of the way back.
        let target = held.target.filter(|target| syncs_lie_at(target, &plan.alias));
        let at_target = target.and_then(|target| target.traces.syncs.get(&plan.alias)?.topics.get(topic));
        Self {
            stored: positions.and_then(|positions| positions.topics.get(topic)).cloned(),
            syncs: at_source.or(at_target).cloned(),
        }
    }
}

fn seen(
    held: &Held<'_>,
    (source_topic, target_topic): &(Name, Name),
    number: i32,
    traced: &Traced,
    recreated: Option<&Recreated>,
) -> Seen {
    let logs =
        |cluster: Option<&ClusterSample>, topic: &Name| cluster.and_then(|it| it.logs.of(topic, number));
    let is_renamed = source_topic != target_topic;
    let stored = traced.stored.as_ref().and_then(|stored| stored.get(&number)).copied();
    let sync = traced.syncs.as_ref().and_then(|syncs| syncs.get(&number)).copied();
    // A mirror sees that a topic is another before it is seen here.
    let rewinds = [stored.and_then(|stored| stored.rewind), sync.and_then(|sync| sync.rewind)];
    let newest = rewinds.into_iter().flatten().map(|rewind| rewind.time_ms).max();
    let not_before_ms = recreated.map_or(i64::MIN, |recreated| {
        newest
            .filter(|ms| is_by_it(*ms, recreated, held))
            .map_or(recreated.at_ms, |ms| ms.min(recreated.at_ms))
    });
    let settings =
        held.target.and_then(|target| target.traces.connectors.get(&held.plan.alias)?.settings.as_ref());
    let begins_at_end = settings.is_some_and(|settings| settings.begins_at_end);
    Seen {
        partition: number,
        source: logs(held.source, source_topic),
        target: logs(held.target, target_topic),
        stored,
        sync,
        peeked: held
            .source
            .and_then(|source| source.logs.peeks.get(&(source_topic.clone(), number)))
            .copied(),
        is_alone: is_renamed,
        is_absent: held
            .target
            .and_then(|target| target.topics.as_ref()?.topic(target_topic))
            .is_some_and(|places| places.leaders.iter().all(|(at, _)| *at != number)),
        are_positions_known: !begins_at_end
            && held.target.is_some_and(|it| it.traces.positions.contains_key(&held.plan.alias)),
        not_before_ms,
        assumed: recreated.and_then(|recreated| recreated.positions.get(&number)).copied(),
    }
}

/// Whether a mirror that began again at a time did so because the topic is another.
fn is_by_it(rewind_ms: i64, recreated: &Recreated, held: &Held<'_>) -> bool {
    rewind_ms >= recreated.since_ms.min(recreated.at_ms - held.policy.heartbeat_critical_ms)
}

/// Whether it is another topic than before under the same name: by its id, or, where there is none, because a log ends
/// before where it ended.
fn recreated(
    held: &Held<'_>,
    before: Option<&TopicRow>,
    id: Option<crate::kafka::answers::TopicId>,
) -> Option<Recreated> {
    let before = before?;
    let is_another = match before.source_id.zip(id) {
        Some((before, now)) => before != now,
        None => has_shrunk(held, before),
    };
    if !is_another {
        let told = before.recreated.clone();
        return told.filter(|told| held.now_ms - told.at_ms < 96 * held.policy.told_for_ms);
    }
    let positions = before.partitions.iter().filter_map(|row| Some((row.partition, row.position?))).collect();
    let seen = before.partitions.iter().filter_map(|row| row.ends.newest()).map(|(ms, _)| ms);
    let since_ms = seen.max().unwrap_or(held.now_ms);
    let ended = |row: &PartitionRow| Some((row.partition, row.target_ends.newest()?.1));
    let target_ends = before.partitions.iter().filter_map(ended).collect();
    Some(Recreated { at_ms: held.now_ms, since_ms, positions, target_ends, counted: 0 })
}

fn has_shrunk(held: &Held<'_>, before: &TopicRow) -> bool {
    let Some(source) = held.source else { return false };
    let end =
        |row: &PartitionRow| source.logs.of(&before.source_topic, row.partition).and_then(|log| log.end);
    before.partitions.iter().any(|row| end(row).zip(row.end()).is_some_and(|(now, before)| now < before))
}

fn sum_up(topic: &mut TopicRow, now_ms: i64) {
    let lags: Vec<Option<u64>> = topic.partitions.iter().map(PartitionRow::lag).collect();
    topic.lag_is_at_least = lags.iter().any(Option::is_none);
    topic.lag_records = lags.iter().any(Option::is_some).then(|| lags.into_iter().flatten().sum());
    topic.age_ms =
        topic.partitions.iter().filter(|row| is_told(row)).filter_map(|row| waits_ms(row, now_ms)).max();
    let rate = |looks: fn(&PartitionRow) -> &Looks| {
        let rates = topic.partitions.iter().map(|row| looks(row).rate(now_ms - RATE_MS, LEAST_MS));
        let rates: Vec<f64> = rates.flatten().collect();
        (!rates.is_empty()).then(|| rates.into_iter().sum())
    };
    topic.source_rate = rate(|row| &row.ends);
    topic.target_rate = rate(|row| &row.target_ends);
    let ends: Vec<i64> = topic.partitions.iter().filter_map(PartitionRow::end).collect();
    topic.source_end = (!ends.is_empty()).then(|| ends.iter().map(|end| end.unsigned_abs()).sum());
}

fn target_end(held: &Held<'_>, topic: &Name) -> Option<u64> {
    let ends = held.target?.logs.topics.get(topic)?.values().filter_map(|log| log.end);
    Some(ends.map(i64::unsigned_abs).sum())
}

/// Whether it are records that wait, and no marks of transactions alone.
fn is_told(row: &PartitionRow) -> bool {
    row.lag().is_some_and(|lag| lag > MAY_BE_MARKS) || row.peeked == row.position.zip(row.end())
}

/// How long the first record that is not copied has waited, in ms; none where nothing waits.
pub fn waits_ms(row: &PartitionRow, now_ms: i64) -> Option<i64> {
    if row.lag()? == 0 {
        return None;
    }
    match row.ends.written(row.position?) {
        Written::At(ms) | Written::Before(ms) => Some((now_ms - ms).max(0)),
        Written::NotYet => None,
    }
}

fn verdict(topic: &TopicRow) -> FlowVerdict {
    let worst = topic.troubles.iter().map(verdict_of).max();
    let is_unknown = topic.lag_records.is_none();
    worst.unwrap_or(if is_unknown { FlowVerdict::Unknown } else { FlowVerdict::Ok })
}

/// How a topic is that has such a trouble.
pub fn verdict_of(trouble: &TopicTrouble) -> FlowVerdict {
    match trouble.kind {
        FindingKind::SilentLoss => FlowVerdict::Losing,
        FindingKind::TopicRecreated if trouble.loses => FlowVerdict::Losing,
        FindingKind::NoProgress => FlowVerdict::Stopped,
        _ => FlowVerdict::Behind,
    }
}

/// What is wrong with a topic, worst first.
fn troubles(held: &Held<'_>, topic: &TopicRow, before: Option<&TopicRow>) -> Vec<TopicTrouble> {
    let rules = [
        FindingKind::SilentLoss,
        FindingKind::TopicRecreated,
        FindingKind::NoProgress,
        FindingKind::CopiedAgain,
        FindingKind::Behind,
    ];
    let mut found: Vec<TopicTrouble> = Vec::new();
    for kind in rules {
        let each = topic.partitions.iter().filter_map(|row| Some((row, rule(kind, held, topic, row)?)));
        let mut trouble: Option<TopicTrouble> = None;
        for (row, Hit { records, offset, loses, since_ms }) in each {
            let it = trouble.get_or_insert(TopicTrouble {
                kind,
                since_ms,
                records: 0,
                partitions: 0,
                partition: row.partition,
                offset,
                loses: false,
            });
            if records > it.records / u64::from(it.partitions.max(1)) {
                (it.partition, it.offset) = (row.partition, offset);
            }
            it.records += records;
            it.partitions += 1;
            it.loses |= loses;
            it.since_ms = it.since_ms.min(since_ms);
        }
        found.extend(trouble);
    }
    // What stands explains what waits.
    if found.iter().any(|it| it.kind != FindingKind::Behind && it.kind != FindingKind::CopiedAgain) {
        found.retain(|it| it.kind != FindingKind::Behind);
    }
    let same =
        |it: &TopicTrouble| before.and_then(|before| before.troubles.iter().find(|old| old.kind == it.kind));
    for trouble in &mut found {
        trouble.since_ms = same(trouble).map_or(trouble.since_ms, |old| old.since_ms.min(trouble.since_ms));
    }
    found.sort_by_key(|trouble| std::cmp::Reverse(verdict_of(trouble)));
    found
}

/// What a rule sees in a partition.
struct Hit {
    records: u64,
    offset: i64,
    loses: bool,
    since_ms: i64,
}

fn rule(kind: FindingKind, held: &Held<'_>, topic: &TopicRow, row: &PartitionRow) -> Option<Hit> {
    match kind {
        FindingKind::SilentLoss => is_below_log_start(held, row),
        FindingKind::TopicRecreated => was_created_again(held, topic, row),
        FindingKind::NoProgress => stands_while_records_wait(held, row),
        FindingKind::CopiedAgain => is_copied_again(held, topic, row),
        _ => waits_too_long(held, row),
    }
}

/// Time for which a position stands before that means anything: three writings (MirrorMaker 2 writes it down seldom).
fn patience_ms(held: &Held<'_>) -> i64 {
    3 * held.flush_ms
}

/// A mirror has looked twice at which topics and partitions there are, at least.
pub fn refresh_patience_ms(settings: &FlowSettings) -> i64 {
    let looks_ms = settings.refresh_seconds.unwrap_or(600.0) * 1_000.0 * 2.0;
    (looks_ms as i64).max(LOOKS_LEAST_MS)
}

fn stands_ms(held: &Held<'_>, row: &PartitionRow) -> i64 {
    held.now_ms - row.moved_ms
}

/// The position stands, and retention has taken the records behind it: they are never copied.
fn is_below_log_start(held: &Held<'_>, row: &PartitionRow) -> Option<Hit> {
    let (position, start) = (row.position?, row.start?);
    // Marks of transactions are never copied, and no loss.
    let behind_marks = row.empty.filter(|(from, _)| *from == position).map_or(position, |(_, to)| to);
    let gone = start.checked_sub(behind_marks).filter(|gone| *gone > 0)?;
    let may_be_marks = gone.unsigned_abs() <= MAY_BE_MARKS && row.end() == Some(start);
    if may_be_marks {
        return None;
    }
    let stands = stands_ms(held, row) > patience_ms(held);
    let hit = Hit { records: gone.unsigned_abs(), offset: position, loses: true, since_ms: held.now_ms };
    stands.then_some(hit)
}

/// The topic is another. Where it has more records than the position of the one before, the mirror goes on there, and the
/// first ones are lost; where it has fewer, it begins anew.
fn was_created_again(held: &Held<'_>, topic: &TopicRow, row: &PartitionRow) -> Option<Hit> {
    let recreated = topic.recreated.as_ref()?;
    let was = *recreated.positions.get(&row.partition)?;
    let (start, end) = (row.start.unwrap_or(0), row.end()?);
    let went_back = row.rewind.is_some_and(|rewind| is_by_it(rewind.time_ms, recreated, held));
    let is_alone = topic.target_topic.as_ref().is_some_and(|target| *target != topic.source_topic);
    let began_anew = went_back || is_alone && has_come_whole(row, recreated) == Some(true);
    let is_read = row.position.is_some_and(|position| position >= was);
    let loses = !began_anew && was > start && end >= was && is_read;
    let age_ms = held.now_ms - recreated.at_ms;
    let is_over = !loses && row.lag() == Some(0) && began_anew;
    if was == 0
        || (is_over && age_ms > held.policy.told_for_ms.min(2 * patience_ms(held)))
        || (!loses && age_ms > held.policy.told_for_ms)
    {
        return None;
    }
    let records = if loses { (was - start).unsigned_abs() } else { 0 };
    Some(Hit { records, offset: was, loses, since_ms: recreated.at_ms })
}

/// Whether more records came to the target since than there are behind the position of the topic before: the first ones are
/// among them. That the mirror went back is not always written down.
fn has_come_whole(row: &PartitionRow, recreated: &Recreated) -> Option<bool> {
    let (at, (_, target_end), end) = (row.partition, row.target_ends.newest()?, row.end()?);
    let came = target_end.saturating_sub(*recreated.target_ends.get(&at)?);
    let behind = end.saturating_sub(*recreated.positions.get(&at)?);
    Some(came > behind.max(0) && came >= end.saturating_sub(row.start.unwrap_or(0)))
}

/// Records wait, and the position has not moved for three times as long as it usually does.
fn stands_while_records_wait(held: &Held<'_>, row: &PartitionRow) -> Option<Hit> {
    let lag = row.lag().filter(|lag| *lag > 0 && is_told(row))?;
    let waits = waits_ms(row, held.now_ms)?;
    let stands = stands_ms(held, row);
    // A partition that is new comes to the target when the mirror looks at its topics the next time.
    let patience = if row.is_absent { refresh_patience_ms(&held.plan.settings) } else { patience_ms(held) };
    let is_long = stands > patience && waits > patience;
    is_long.then(|| Hit {
        records: lag,
        offset: row.position.unwrap_or_default(),
        loses: false,
        since_ms: row.moved_ms.max(held.now_ms - waits),
    })
}

/// Records that were copied are read again: they arrive a second time.
fn is_copied_again(held: &Held<'_>, topic: &TopicRow, row: &PartitionRow) -> Option<Hit> {
    let rewind = row.rewind?;
    let is_of_another = topic
        .recreated
        .as_ref()
        .is_some_and(|it| (rewind.time_ms - it.at_ms).abs() < held.policy.told_for_ms);
    let is_new = rewind.time_ms >= held.first_ms && held.now_ms - rewind.time_ms < held.policy.told_for_ms;
    let is_under_way = row.position.is_some_and(|position| position < rewind.from);
    let records = (rewind.from - rewind.to.max(row.start.unwrap_or(0))).max(0).unsigned_abs();
    // After an end that nobody planned it copies again what was not written down: about one writing's worth.
    let rate = row.ends.rate(held.now_ms - RATE_MS, LEAST_MS).unwrap_or_default();
    let is_usual = (records as f64) <= rate * 2.0 * held.flush_ms as f64 / 1_000.0;
    (!is_of_another && !is_usual && records > 0 && (is_new || is_under_way)).then_some(Hit {
        records,
        offset: rewind.to,
        loses: false,
        since_ms: rewind.time_ms,
    })
}

/// It is copied, and what waits has waited for longer than is tolerated, and the position is written down.
fn waits_too_long(held: &Held<'_>, row: &PartitionRow) -> Option<Hit> {
    let waits = waits_ms(row, held.now_ms)?;
    let lag = row.lag()?;
    let limit = held.policy.behind_after_ms + held.flush_ms;
    (is_told(row) && waits > limit).then(|| Hit {
        records: lag,
        offset: row.position.unwrap_or_default(),
        loses: false,
        since_ms: held.now_ms - waits + limit,
    })
}

/// Records that a turn has seen to be skipped: the position stood below the log start, and now it does not; and those of a
/// topic that was created again, once and for as long as they are not known to have come after all.
fn count_lost(topic: &mut TopicRow, before: Option<&TopicRow>) {
    let of = |kind: FindingKind, row: &TopicRow| {
        row.troubles.iter().find(|it| it.kind == kind && it.loses).map_or(0, |it| it.records)
    };
    let was = before.map_or(0, |before| of(FindingKind::SilentLoss, before));
    let is = of(FindingKind::SilentLoss, topic);
    let passed_over = of(FindingKind::TopicRecreated, topic);
    let counted = topic.recreated.as_mut().map_or(0, |it| std::mem::replace(&mut it.counted, passed_over));
    let new = if topic.recreated.is_some() { passed_over } else { 0 };
    topic.lost_records = (topic.lost_records + was.saturating_sub(is) + new).saturating_sub(counted);
}
