//! Series: blocks of samples, written by the minute and read by the column.

use std::collections::{BTreeMap, BTreeSet};

use futures::TryStreamExt;
use shared::DateTime;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{
    fault::HistoryError,
    rollup::{Due, Made},
};
use crate::series::{Block, Resolution};

/// Rows of a statement.
const ROWS: usize = 200;

/// Blocks that one reading takes at most; one that would be larger ends there.
const MOST_BLOCKS: i64 = 60_000;

/// What was measured of one subject in one minute.
#[derive(Clone, Debug, PartialEq)]
pub struct Minute {
    /// Of what: a number that its capability gives it.
    pub subject: i64,
    /// When the minute begins.
    pub start: DateTime,
    /// The mean of each column, by its place.
    pub values: Vec<Option<f32>>,
}

/// Whose series are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subjects {
    /// All that there are.
    All,
    /// One.
    One(i64),
}

/// What is asked of the past.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The name of the cluster.
    pub cluster: &'a str,
    /// The capability.
    pub noun: &'a str,
    /// Whose.
    pub subjects: Subjects,
    /// How finely.
    pub resolution: Resolution,
    /// Not before.
    pub from: DateTime,
    /// Before.
    pub to: DateTime,
}

/// The points of one subject that are known, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Points {
    /// Whose.
    pub subject: i64,
    /// When a slot begins, and its mean.
    pub points: Vec<(DateTime, f32)>,
}

/// A block of one subject, and when it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptBlock {
    /// Whose.
    pub subject: i64,
    /// When its first slot begins.
    pub start: DateTime,
    /// Its slots.
    pub block: Block,
}

/// What is said of the slots of a block, by subject.
type Said = BTreeMap<i64, Vec<(usize, Vec<Option<f32>>)>>;

/// Which series.
#[derive(Clone, Copy, Debug)]
pub struct Series<'a> {
    pub cluster: i64,
    pub noun: &'a str,
}

/// Writes minutes, merged with what is there. Gives how many blocks were damaged and begun anew.
pub async fn write_minutes(
    connection: &mut AnyConnection,
    series: Series<'_>,
    minutes: &[Minute],
) -> Result<u64, HistoryError> {
    let mut blocks: BTreeMap<DateTime, Said> = BTreeMap::new();
    for minute in minutes {
        let (start, slot) = Resolution::Minute.place(minute.start);
        let said = blocks.entry(start).or_default().entry(minute.subject).or_default();
        said.push((slot, minute.values.clone()));
    }
    let mut damaged = 0;
    for (start, said) in blocks {
        damaged += merge(connection, series, Resolution::Minute, start, said).await?;
    }
    Ok(damaged)
}

/// Makes the points that are due from the minutes.
pub async fn make_points(
    connection: &mut AnyConnection,
    series: Series<'_>,
    due: &BTreeMap<i64, Due>,
) -> Result<(), HistoryError> {
    for (hour, due) in due {
        let Some(start) = DateTime::from_timestamp_millis(*hour) else { continue };
        let rows = rows(connection, series, Resolution::Minute, start, None).await?;
        let due = due.clone();
        let points = tokio::task::spawn_blocking(move || points(rows, start, &due)).await?;
        for ((resolution, block), said) in points {
            merge(connection, series, resolution, block, said).await?;
        }
    }
    Ok(())
}

fn points(rows: Vec<(i64, Vec<u8>)>, hour: DateTime, due: &Due) -> BTreeMap<(Resolution, DateTime), Said> {
    let (day, first) = Resolution::TenMinutes.place(hour);
    let (week, slot) = Resolution::Hour.place(hour);
    let mut points: BTreeMap<(Resolution, DateTime), Said> = BTreeMap::new();
    for (subject, bytes) in rows {
        let Ok(block) = Block::decode(&bytes) else { continue };
        let tens =
            due.tens.iter().filter_map(|ten| Some((first + ten, block.means(ten * 10..ten * 10 + 10)?)));
        let tens: Vec<_> = tens.collect();
        if !tens.is_empty() {
            points.entry((Resolution::TenMinutes, day)).or_default().insert(subject, tens);
        }
        if let Some(means) = block.means(0..60).filter(|_| due.hour) {
            points.entry((Resolution::Hour, week)).or_default().insert(subject, vec![(slot, means)]);
        }
    }
    points
}

/// Until when points were made, as far as the tables tell after a start.
pub async fn made(
    connection: &mut AnyConnection,
    series: Series<'_>,
    written: &BTreeSet<i64>,
) -> Result<Made, HistoryError> {
    let newest = written.last().copied().and_then(DateTime::from_timestamp_millis).unwrap_or_default();
    let (block, _) = Resolution::Minute.place(newest);
    let sql =
        "SELECT MAX(start) FROM series WHERE cluster = $1 AND noun = $2 AND resolution = $3 AND start < $4";
    let row = sqlx::query(sql)
        .bind(series.cluster)
        .bind(series.noun.to_owned())
        .bind(number(Resolution::Minute))
        .bind(block.timestamp_millis())
        .fetch_one(connection)
        .await?;
    Ok(Made::Unknown(row.try_get(0)?))
}

/// Merges what is said into the blocks that begin at `start`.
async fn merge(
    connection: &mut AnyConnection,
    series: Series<'_>,
    resolution: Resolution,
    start: DateTime,
    said: Said,
) -> Result<u64, HistoryError> {
    let mut said: Vec<_> = said.into_iter().collect();
    let mut damaged = 0;
    while !said.is_empty() {
        let part: Said = said.drain(..said.len().min(ROWS)).collect();
        let between =
            part.first_key_value().zip(part.last_key_value()).map(|((first, _), (last, _))| (*first, *last));
        let stored = rows(connection, series, resolution, start, between).await?;
        let merging = tokio::task::spawn_blocking(move || merged(resolution, stored, part));
        let (changed, broken) = merging.await?;
        damaged += broken;
        upsert(connection, series, resolution, start, changed).await?;
    }
    Ok(damaged)
}

/// The blocks that differ from what is stored once what is said is merged in; and how many were damaged.
fn merged(resolution: Resolution, stored: Vec<(i64, Vec<u8>)>, said: Said) -> (Vec<(i64, Vec<u8>)>, u64) {
    let stored: BTreeMap<i64, Vec<u8>> = stored.into_iter().collect();
    let (mut changed, mut damaged) = (Vec::new(), 0);
    for (subject, slots) in said {
        let before = stored.get(&subject);
        let mut block = match before.map(|bytes| Block::decode(bytes)) {
            Some(Ok(block)) if block.slots() == resolution.slots() => block,
            None => Block::new(resolution.slots()),
            Some(_) => {
                damaged += 1;
                Block::new(resolution.slots())
            }
        };
        for (slot, values) in slots {
            block.set(slot, &values);
        }
        let bytes = block.encode();
        if before != Some(&bytes) {
            changed.push((subject, bytes));
        }
    }
    (changed, damaged)
}

async fn rows(
    connection: &mut AnyConnection,
    series: Series<'_>,
    resolution: Resolution,
    start: DateTime,
    between: Option<(i64, i64)>,
) -> Result<Vec<(i64, Vec<u8>)>, HistoryError> {
    let (first, last) = between.unwrap_or((i64::MIN, i64::MAX));
    let sql = "SELECT subject, block FROM series WHERE cluster = $1 AND noun = $2 AND resolution = $3 AND start = $4 \
               AND subject BETWEEN $5 AND $6";
    let rows = sqlx::query(sql)
        .bind(series.cluster)
        .bind(series.noun.to_owned())
        .bind(number(resolution))
        .bind(start.timestamp_millis())
        .bind(first)
        .bind(last)
        .fetch_all(connection)
        .await?;
    let row = |row: &sqlx::any::AnyRow| Ok((row.try_get(0)?, row.try_get(1)?));
    Ok(rows.iter().map(row).collect::<Result<_, sqlx::Error>>()?)
}

async fn upsert(
    connection: &mut AnyConnection,
    series: Series<'_>,
    resolution: Resolution,
    start: DateTime,
    blocks: Vec<(i64, Vec<u8>)>,
) -> Result<(), HistoryError> {
    if blocks.is_empty() {
        return Ok(());
    }
    let rows: Vec<String> = (0..blocks.len())
        .map(|row| format!("($1, $2, $3, $4, ${}, ${})", 5 + 2 * row, 6 + 2 * row))
        .collect();
    let sql = format!(
        "INSERT INTO series (cluster, noun, resolution, start, subject, block) VALUES {} \
         ON CONFLICT (cluster, noun, resolution, start, subject) DO UPDATE SET block = excluded.block",
        rows.join(", ")
    );
    let query = sqlx::query(AssertSqlSafe(sql))
        .bind(series.cluster)
        .bind(series.noun.to_owned())
        .bind(number(resolution))
        .bind(start.timestamp_millis());
    let query = blocks.into_iter().fold(query, |query, (subject, block)| query.bind(subject).bind(block));
    query.execute(connection).await?;
    Ok(())
}

/// Reads one column; a block that is damaged tells nothing.
pub async fn read_column(
    connection: &mut AnyConnection,
    cluster: i64,
    asked: Asked<'_>,
    column: usize,
) -> Result<Vec<Points>, HistoryError> {
    let mut found: BTreeMap<i64, Vec<(DateTime, f32)>> = BTreeMap::new();
    let resolution = asked.resolution;
    each(connection, cluster, asked, |subject, start, bytes| {
        let Ok(values) = Block::column(bytes, column) else { return };
        let slots =
            values.into_iter().enumerate().map(|(slot, value)| (resolution.begins(start, slot), value));
        let points = slots.filter_map(|(time, value)| Some((time, value?)));
        let points = points.filter(|(time, _)| (asked.from..asked.to).contains(time));
        found.entry(subject).or_default().extend(points);
    })
    .await?;
    Ok(found.into_iter().map(|(subject, points)| Points { subject, points }).collect())
}

/// Reads whole blocks, oldest first; one that is damaged is left out.
pub async fn read_blocks(
    connection: &mut AnyConnection,
    cluster: i64,
    asked: Asked<'_>,
) -> Result<Vec<KeptBlock>, HistoryError> {
    let mut found = Vec::new();
    each(connection, cluster, asked, |subject, start, bytes| {
        found.extend(Block::decode(bytes).map(|block| KeptBlock { subject, start, block }));
    })
    .await?;
    Ok(found)
}

async fn each(
    connection: &mut AnyConnection,
    cluster: i64,
    asked: Asked<'_>,
    mut see: impl FnMut(i64, DateTime, &[u8]),
) -> Result<(), HistoryError> {
    let (first, last) = match asked.subjects {
        Subjects::All => (i64::MIN, i64::MAX),
        Subjects::One(subject) => (subject, subject),
    };
    let (begin, _) = asked.resolution.place(asked.from);
    let sql = "SELECT start, subject, block FROM series WHERE cluster = $1 AND noun = $2 AND resolution = $3 \
               AND start >= $4 AND start < $5 AND subject BETWEEN $6 AND $7 ORDER BY start, subject LIMIT $8";
    let mut rows = sqlx::query(sql)
        .bind(cluster)
        .bind(asked.noun.to_owned())
        .bind(number(asked.resolution))
        .bind(begin.timestamp_millis())
        .bind(asked.to.timestamp_millis())
        .bind(first)
        .bind(last)
        .bind(MOST_BLOCKS)
        .fetch(connection);
    while let Some(row) = rows.try_next().await? {
        let block: &[u8] = row.try_get(2)?;
        if let Some(start) = DateTime::from_timestamp_millis(row.try_get(0)?) {
            see(row.try_get(1)?, start, block);
        }
    }
    Ok(())
}

/// A resolution as the tables know it: seconds of a slot.
pub fn number(resolution: Resolution) -> i64 {
    resolution.slot().as_secs() as i64
}
