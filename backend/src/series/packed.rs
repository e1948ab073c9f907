//! A column of numbers as bytes: where something is known, in runs, then what is known.
//!
//! `pco` finds the bins and differences that noisy numbers compress by. For 60 to 168 numbers it takes as much room as
//! the best of what can be written by hand, and less where values jump; only a column that never changes is shorter by
//! itself. Gaps are kept apart, because they would break the differences.

use pco::{
    ChunkConfig,
    wrapped::{FileCompressor, FileDecompressor},
};

use super::{
    Damaged,
    bytes::{Rest, put},
    code::UNKNOWN,
};

/// Above it `pco` takes twice the time for a hundredth of the room.
const LEVEL: usize = 4;

/// The header of `pco`'s format that was current when blocks became version 1: each block is read by it.
const PCO_HEADER: [u8; 2] = [4, 1];

const SAME: u8 = 0;
const PCO: u8 = 1;
const PLAIN: u8 = 2;

/// Packs a column. Nothing at all is known of a column without bytes.
pub fn pack(codes: &[u32]) -> Vec<u8> {
    let known: Vec<u32> = codes.iter().copied().filter(|code| *code != UNKNOWN).collect();
    let Some(first) = known.first() else { return Vec::new() };
    let mut bytes = Vec::new();
    put_runs(&mut bytes, codes);
    if known.iter().all(|code| code == first) {
        bytes.push(SAME);
        put(&mut bytes, *first);
        return bytes;
    }
    let before = bytes.len();
    bytes.push(PCO);
    if put_by_pco(&mut bytes, &known).is_err() {
        bytes.truncate(before);
        bytes.push(PLAIN);
        known.iter().for_each(|code| bytes.extend(code.to_le_bytes()));
    }
    bytes
}

/// Unpacks a column of `count` numbers.
pub fn unpack(bytes: &[u8], count: usize) -> Result<Vec<u32>, Damaged> {
    let mut codes = vec![UNKNOWN; count];
    if bytes.is_empty() {
        return Ok(codes);
    }
    let mut rest = Rest(bytes);
    let runs = runs(&mut rest, count)?;
    let known = unpack_known(rest, runs.iter().map(ExactSizeIterator::len).sum())?;
    let places = runs.into_iter().flatten();
    places.zip(known).for_each(|(place, code)| {
        if let Some(it) = codes.get_mut(place) {
            *it = code;
        }
    });
    Ok(codes)
}

/// How many are known, how many are not, how many are, …: together all.
fn put_runs(bytes: &mut Vec<u8>, codes: &[u32]) {
    let (mut known, mut length) = (true, 0);
    for code in codes {
        if (*code != UNKNOWN) != known {
            put(bytes, length);
            (known, length) = (!known, 0);
        }
        length += 1;
    }
    put(bytes, length);
}

/// The places that are known.
fn runs(rest: &mut Rest<'_>, count: usize) -> Result<Vec<std::ops::Range<usize>>, Damaged> {
    let (mut runs, mut known, mut place) = (Vec::new(), true, 0);
    while place < count {
        let end = place + rest.length(count - place)?;
        if known {
            runs.push(place..end);
        } else if end == place {
            return Err(Damaged("a gap has no length"));
        }
        (known, place) = (!known, end);
    }
    Ok(runs)
}

fn unpack_known(mut rest: Rest<'_>, count: usize) -> Result<Vec<u32>, Damaged> {
    match rest.take(1)? {
        [SAME] => Ok(vec![rest.number()?; count]),
        [PCO] => by_pco(rest.0, count).map_err(|_| Damaged("they cannot be decompressed")),
        [PLAIN] => {
            let (codes, _) = rest.take(count * 4)?.as_chunks::<4>();
            Ok(codes.iter().map(|code| u32::from_le_bytes(*code)).collect())
        }
        _ => Err(Damaged("they are packed in a way that is not known")),
    }
}

fn put_by_pco(bytes: &mut Vec<u8>, codes: &[u32]) -> Result<(), pco::errors::PcoError> {
    let config = ChunkConfig::default().with_compression_level(LEVEL);
    let mut chunk = FileCompressor::default().chunk_compressor(codes, &config)?;
    chunk.write_meta(&mut *bytes)?;
    chunk.write_page(0, bytes)?;
    Ok(())
}

fn by_pco(bytes: &[u8], count: usize) -> Result<Vec<u32>, pco::errors::PcoError> {
    let (file, _) = FileDecompressor::new(&PCO_HEADER[..])?;
    let (mut chunk, rest) = file.chunk_decompressor::<u32, _>(bytes)?;
    let mut codes = vec![UNKNOWN; count];
    chunk.page_decompressor(rest, count)?.read(&mut codes)?;
    Ok(codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_pco_still_writes_the_format_that_blocks_are_read_by() {
        let mut header = Vec::new();
        FileCompressor::default().write_header(&mut header).unwrap();
        assert_eq!(header, PCO_HEADER, "blocks that are written now need a version of their own");
    }
}
