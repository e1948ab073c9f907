//! A window: all samples of the last hours, in memory.
//!
//! It is never changed: pushing gives a new one, which shares everything but the newest rows with the old. So a
//! snapshot may hold it, and readers of the snapshot before are not disturbed. Sixty samples are sealed into a chunk;
//! the newest lie open.

use std::{sync::Arc, time::Duration};

use shared::DateTime;

use super::{
    Steps, code,
    columns::{self, Written},
    resolution::milliseconds,
};

/// Samples of a chunk.
const CHUNK: usize = 60;

/// The longest stretch of time that one chunk may hold, in milliseconds.
const LONGEST: i64 = 1 << 31;

/// Samples of several columns, newest last.
#[derive(Clone, Debug)]
pub struct Window {
    columns: usize,
    held: i64,
    sealed: Arc<[Arc<Chunk>]>,
    open: Vec<Arc<Row>>,
}

/// One sample.
#[derive(Debug)]
struct Row {
    ms: i64,
    codes: Box<[u32]>,
}

/// Sixty samples, packed: first the milliseconds since the first of them, each plus one, then the columns.
#[derive(Debug)]
struct Chunk {
    first: i64,
    last: i64,
    count: usize,
    bytes: Box<[u8]>,
}

impl Window {
    /// An empty one of so many columns, which holds its samples for so long.
    pub fn new(columns: usize, held: Duration) -> Self {
        let columns = columns.min(columns::MOST - 1);
        Self { columns, held: milliseconds(held), sealed: Arc::default(), open: Vec::new() }
    }

    /// With one more sample, a value a column; what is older than it holds goes. A sample that is not newer than the
    /// newest is left out.
    pub fn push(&self, time: DateTime, values: &[Option<f32>]) -> Self {
        let ms = time.timestamp_millis();
        if self.newest_ms().is_some_and(|newest| ms <= newest) {
            return self.clone();
        }
        let values = values.iter().copied().chain(std::iter::repeat(None));
        let codes = values.take(self.columns).map(code::encode).collect();
        let mut pushed = self.clone();
        pushed.open.push(Arc::new(Row { ms, codes }));
        pushed.forget(ms.saturating_sub(self.held));
        if pushed.is_full() {
            pushed.seal();
        }
        pushed
    }

    /// The mean of each step of a column, from `from` until before `to`; none where nothing is known. Steps begin at
    /// whole multiples of their length since 1970, and are at most 10,000.
    pub fn steps(
        &self,
        column: usize,
        from: DateTime,
        to: DateTime,
        step: Duration,
    ) -> Vec<(DateTime, Option<f64>)> {
        let mut steps = Steps::new(from, to, step);
        self.each(column, from.timestamp_millis(), to.timestamp_millis(), |ms, value| {
            steps.add_at(ms, value)
        });
        steps.means()
    }

    /// The mean of a column from `from` until before `to`.
    pub fn mean(&self, column: usize, from: DateTime, to: DateTime) -> Option<f64> {
        let (mut sum, mut count) = (0.0, 0_u32);
        self.each(column, from.timestamp_millis(), to.timestamp_millis(), |_, value| {
            sum += f64::from(value);
            count += 1;
        });
        (count > 0).then(|| sum / f64::from(count))
    }

    /// The mean of each column in the minute that begins at `start`; none when it has no sample.
    pub fn minute(&self, start: DateTime) -> Option<Vec<Option<f32>>> {
        let end = start + Duration::from_secs(60);
        let (from, to) = (start.timestamp_millis(), end.timestamp_millis());
        let mut sums = vec![(0.0, 0_u32); self.columns];
        let mut add = |column: usize, code: u32| {
            if let (Some(value), Some((sum, count))) = (code::decode(code), sums.get_mut(column)) {
                *sum += f64::from(value);
                *count += 1;
            }
        };
        let mut samples = 0;
        for chunk in self.touched(from, to) {
            let times = chunk.times();
            let within: Vec<usize> = (0..times.len()).filter(|at| (from..to).contains(&times[*at])).collect();
            samples += within.len();
            for column in 0..self.columns {
                let codes = chunk.column(column);
                within.iter().filter_map(|at| codes.get(*at)).for_each(|code| add(column, *code));
            }
        }
        for row in self.open.iter().filter(|row| (from..to).contains(&row.ms)) {
            samples += 1;
            row.codes.iter().enumerate().for_each(|(column, code)| add(column, *code));
        }
        let mean = |(sum, count): (f64, u32)| (count > 0).then(|| (sum / f64::from(count)) as f32);
        (samples > 0).then(|| sums.into_iter().map(mean).collect())
    }

    /// The newest value of a column that is known, if it is at most `within` older than the newest sample.
    pub fn last(&self, column: usize, within: Duration) -> Option<f32> {
        let newest = self.newest_ms()?;
        let mut last = None;
        self.each(column, newest.saturating_sub(milliseconds(within)), newest + 1, |_, value| {
            last = Some(value)
        });
        last
    }

    /// When the oldest sample was taken.
    pub fn since(&self) -> Option<DateTime> {
        let sealed = self.sealed.first().map(|chunk| chunk.first);
        sealed.or_else(|| self.open.first().map(|row| row.ms)).and_then(DateTime::from_timestamp_millis)
    }

    /// When the newest sample was taken.
    pub fn newest(&self) -> Option<DateTime> {
        self.newest_ms().and_then(DateTime::from_timestamp_millis)
    }

    /// Memory that it takes, shared with the windows before it or not.
    pub fn held_bytes(&self) -> usize {
        let sealed = self.sealed.iter().map(|chunk| size_of::<Chunk>() + 24 + chunk.bytes.len());
        let open = self.open.iter().map(|row| size_of::<Row>() + 24 + size_of_val(&*row.codes));
        size_of::<Self>() + sealed.chain(open).sum::<usize>()
    }

    fn newest_ms(&self) -> Option<i64> {
        let sealed = || self.sealed.last().map(|chunk| chunk.last);
        self.open.last().map(|row| row.ms).or_else(sealed)
    }

    fn forget(&mut self, before: i64) {
        let gone = self.sealed.iter().take_while(|chunk| chunk.last < before).count();
        if gone > 0 {
            self.sealed = self.sealed.iter().skip(gone).cloned().collect();
        }
        if self.sealed.is_empty() {
            self.open.retain(|row| row.ms >= before);
        }
    }

    fn is_full(&self) -> bool {
        let spans = || Some(self.open.last()?.ms - self.open.first()?.ms >= LONGEST);
        self.open.len() >= CHUNK || spans().unwrap_or(false)
    }

    /// Seals the open rows; one that lies too far behind the others stays open.
    fn seal(&mut self) {
        let Some(first) = self.open.first().map(|row| row.ms) else { return };
        let near = self.open.iter().take_while(|row| row.ms - first < LONGEST).count();
        let rows: Vec<Arc<Row>> = self.open.drain(..near).collect();
        let chunk = Arc::new(Chunk::of(&rows, self.columns, first));
        self.sealed = self.sealed.iter().cloned().chain([chunk]).collect();
    }

    /// Goes through the known values of a column from `from` until before `to`, oldest first.
    fn each(&self, column: usize, from: i64, to: i64, mut see: impl FnMut(i64, f32)) {
        let mut see = |ms: i64, code: u32| {
            if let Some(value) = code::decode(code).filter(|_| (from..to).contains(&ms)) {
                see(ms, value);
            }
        };
        for chunk in self.touched(from, to) {
            chunk.times().into_iter().zip(chunk.column(column)).for_each(|(ms, code)| see(ms, code));
        }
        for row in &self.open {
            see(row.ms, row.codes.get(column).copied().unwrap_or(code::UNKNOWN));
        }
    }

    fn touched(&self, from: i64, to: i64) -> impl Iterator<Item = &Arc<Chunk>> {
        self.sealed.iter().filter(move |chunk| chunk.last >= from && chunk.first < to)
    }
}

impl Chunk {
    fn of(rows: &[Arc<Row>], columns: usize, first: i64) -> Self {
        let times = rows.iter().map(|row| u32::try_from(row.ms - first).unwrap_or(u32::MAX - 1) + 1);
        let mut written: Vec<Vec<u32>> = vec![times.collect()];
        written.extend((0..columns).map(|column| {
            rows.iter().map(|row| row.codes.get(column).copied().unwrap_or(code::UNKNOWN)).collect()
        }));
        let mut bytes = Vec::new();
        columns::write(&mut bytes, written.iter());
        let last = rows.last().map_or(first, |row| row.ms);
        Self { first, last, count: rows.len(), bytes: bytes.into() }
    }

    fn times(&self) -> Vec<i64> {
        self.read(0).into_iter().map(|offset| self.first + i64::from(offset) - 1).collect()
    }

    fn column(&self, column: usize) -> Vec<u32> {
        self.read(column.saturating_add(1))
    }

    /// What was written a moment ago in this process can be read.
    fn read(&self, place: usize) -> Vec<u32> {
        let column = Written::find(&self.bytes, self.count).and_then(|written| written.column(place));
        column.unwrap_or_default()
    }
}
