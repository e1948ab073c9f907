//! A block: all columns of one subject over a fixed number of slots, as a database keeps it.

use super::{
    Damaged,
    bytes::{Rest, put},
    code::{self, UNKNOWN},
    columns::{self, Written},
};

/// The format, in the first byte. One that is not known is not read.
const VERSION: u8 = 1;

/// Slots that there may be.
const MOST_SLOTS: usize = 1_024;

/// Slots × columns. Columns are told apart by their place, and more can be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    slots: usize,
    columns: Vec<Vec<u32>>,
}

impl Block {
    /// A block in which nothing is known, of at most 1,024 slots.
    pub fn new(slots: usize) -> Self {
        Self { slots: slots.min(MOST_SLOTS), columns: Vec::new() }
    }

    /// How many slots it has.
    pub fn slots(&self) -> usize {
        self.slots
    }

    /// Says what is known of a slot, a value a column. What was known before and is not said now stays; saying it
    /// again changes nothing.
    pub fn set(&mut self, slot: usize, values: &[Option<f32>]) {
        let values = values.get(..values.len().min(columns::MOST)).unwrap_or_default();
        if values.len() > self.columns.len() {
            self.columns.resize(values.len(), vec![UNKNOWN; self.slots]);
        }
        for (column, value) in self.columns.iter_mut().zip(values) {
            let code = code::encode(*value);
            if let Some(it) = column.get_mut(slot).filter(|_| code != UNKNOWN) {
                *it = code;
            }
        }
    }

    /// The value of a column in a slot.
    pub fn get(&self, slot: usize, column: usize) -> Option<f32> {
        self.columns.get(column).and_then(|column| column.get(slot)).copied().and_then(code::decode)
    }

    /// The mean of each column over some slots; none when nothing is known of any.
    pub fn means(&self, slots: std::ops::Range<usize>) -> Option<Vec<Option<f32>>> {
        let mean = |column: &Vec<u32>| {
            let known =
                column.get(slots.clone()).unwrap_or_default().iter().copied().filter_map(code::decode);
            let (sum, count) =
                known.fold((0.0, 0_u32), |(sum, count), value| (sum + f64::from(value), count + 1));
            (count > 0).then(|| (sum / f64::from(count)) as f32)
        };
        let means: Vec<Option<f32>> = self.columns.iter().map(mean).collect();
        means.iter().any(Option::is_some).then_some(means)
    }

    /// As bytes: the version, a sum over the rest, the rest.
    pub fn encode(&self) -> Vec<u8> {
        let mut body = Vec::new();
        put(&mut body, self.slots as u32);
        columns::write(&mut body, self.columns.iter());
        let mut bytes = vec![VERSION];
        bytes.extend(sum(&body).to_le_bytes());
        bytes.extend(body);
        bytes
    }

    /// From bytes, whosever they are: at most 1,024 × 1,024 numbers.
    pub fn decode(bytes: &[u8]) -> Result<Self, Damaged> {
        let (slots, written) = written(bytes)?;
        Ok(Self { slots, columns: written.all()? })
    }

    /// One column from bytes, a value a slot, without unpacking the others.
    pub fn column(bytes: &[u8], column: usize) -> Result<Vec<Option<f32>>, Damaged> {
        let (_, written) = written(bytes)?;
        Ok(written.column(column)?.into_iter().map(code::decode).collect())
    }
}

fn written(bytes: &[u8]) -> Result<(usize, Written<'_>), Damaged> {
    let mut rest = Rest(bytes);
    if rest.take(1)? != [VERSION] {
        return Err(Damaged("they are of a version that is not known"));
    }
    if rest.take(4)? != sum(rest.0).to_le_bytes() {
        return Err(Damaged("their sum is another"));
    }
    let slots = rest.length(MOST_SLOTS)?;
    Ok((slots, Written::find(rest.0, slots)?))
}

/// FNV-1a over the bytes: it tells a damaged block from a sound one, and is no protection.
fn sum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Bytes with a sum that fits, so that what is behind it is read.
    fn summed(body: &[u8]) -> Vec<u8> {
        [&[VERSION][..], &sum(body).to_le_bytes(), body].concat()
    }

    proptest! {
        #[test]
        fn bytes_of_a_stranger_are_an_error_and_never_more(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let bytes = summed(&body);
            if let Ok(block) = Block::decode(&bytes) {
                prop_assert!(block.slots <= MOST_SLOTS && block.columns.len() <= columns::MOST);
            }
            drop(Block::column(&bytes, 1));
            drop(Block::decode(&body));
        }

        #[test]
        fn a_block_that_is_bent_anywhere_is_an_error_and_never_more(
            values in proptest::collection::vec(proptest::option::of(0.0_f32..1e6), 60),
            at: proptest::sample::Index, bit in 0_u8..8,
        ) {
            let mut block = Block::new(60);
            values.iter().enumerate().for_each(|(slot, value)| block.set(slot, &[*value, Some(1.0)]));
            let mut bytes = block.encode();
            let at = at.index(bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << bit;
            }
            prop_assert!(Block::decode(&bytes).is_err(), "the sum tells");
            drop(Block::decode(&summed(&bytes[5..])));
        }
    }

    #[test]
    fn the_largest_lengths_reserve_no_memory() {
        let largest = [0xff, 0xff, 0xff, 0xff, 0x0f];
        for body in [&largest[..], &[60, 0xff, 0x07][..], &[&[60, 2], &largest[..]].concat()] {
            assert!(Block::decode(&summed(body)).is_err(), "{body:?}");
        }
        let mut other_version = Block::new(60).encode();
        other_version[0] = 2;
        assert_eq!(Block::decode(&other_version), Err(Damaged("they are of a version that is not known")));
    }
}
