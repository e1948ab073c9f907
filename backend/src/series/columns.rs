//! Columns side by side: their lengths first, so that one is read without the others.

use super::{
    Damaged,
    bytes::{Rest, put},
    packed::{pack, unpack},
};

/// Columns that there may be.
pub const MOST: usize = 1_024;

/// Writes them, at most [`MOST`].
pub fn write(bytes: &mut Vec<u8>, columns: impl ExactSizeIterator<Item = impl AsRef<[u32]>>) {
    let packed: Vec<Vec<u8>> = columns.take(MOST).map(|column| pack(column.as_ref())).collect();
    put(bytes, packed.len() as u32);
    packed.iter().for_each(|column| put(bytes, column.len() as u32));
    packed.iter().for_each(|column| bytes.extend(column));
}

/// Columns as they were written, not yet unpacked.
#[derive(Debug)]
pub struct Written<'a> {
    columns: Vec<&'a [u8]>,
    count: usize,
}

impl<'a> Written<'a> {
    /// Finds where each of them is; each has `count` numbers.
    pub fn find(bytes: &'a [u8], count: usize) -> Result<Self, Damaged> {
        let mut rest = Rest(bytes);
        let lengths = (0..rest.length(MOST)?).map(|_| rest.length(bytes.len()));
        let lengths: Vec<usize> = lengths.collect::<Result<_, _>>()?;
        let columns = lengths.into_iter().map(|length| rest.take(length)).collect::<Result<_, _>>()?;
        Ok(Self { columns, count })
    }

    /// One of them; of one that is not there nothing is known.
    pub fn column(&self, place: usize) -> Result<Vec<u32>, Damaged> {
        unpack(self.columns.get(place).copied().unwrap_or_default(), self.count)
    }

    /// All of them.
    pub fn all(&self) -> Result<Vec<Vec<u32>>, Damaged> {
        self.columns.iter().map(|column| unpack(column, self.count)).collect()
    }
}
