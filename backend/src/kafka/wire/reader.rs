//! A bounds-checked cursor over the bytes of one answer or one record.
//!
//! It is the only thing that the readers by hand stand on, so the promise lives here: no count and no length that
//! a peer claims allocates anything before the bytes that would fill it are known to be there.

/// What is wrong with an answer or a record, with the byte where it was noticed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The bytes end inside a field.
    #[error("it ends at byte {at}, inside a field")]
    Truncated {
        /// How many there are.
        at: usize,
    },
    /// An array claims more elements than the rest of the bytes can hold.
    #[error("it claims {count} elements at byte {at}, where {remaining} bytes remain")]
    Count {
        /// The claim.
        count: u64,
        /// Where.
        at: usize,
        /// What is left.
        remaining: usize,
    },
    /// A field has a value that Kafka's protocol does not allow.
    #[error("{what} at byte {at}")]
    Value {
        /// What is wrong.
        what: &'static str,
        /// Where.
        at: usize,
    },
    /// Bytes are left after the last field.
    #[error("{0} bytes are left after its last field")]
    Trailing(usize),
    /// The codec crate's words.
    #[error("{0}")]
    Codec(String),
}

/// The cursor. `flexible` says which of Kafka's two encodings of strings, arrays and tags the version uses.
pub(in crate::kafka) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    flexible: bool,
}

impl<'a> Reader<'a> {
    pub(in crate::kafka) fn new(bytes: &'a [u8], flexible: bool) -> Self {
        Self { bytes, at: 0, flexible }
    }

    /// The rest in the other encoding, or in the same: a record tells its version first.
    pub(in crate::kafka) fn in_encoding(self, flexible: bool) -> Self {
        Self { flexible, ..self }
    }

    pub(in crate::kafka) fn is_flexible(&self) -> bool {
        self.flexible
    }

    pub(in crate::kafka) fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub(in crate::kafka) fn fault(&self, what: &'static str) -> Fault {
        Fault::Value { what, at: self.at }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let end = self.at.checked_add(length);
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or(Fault::Truncated { at: self.bytes.len() })?;
        self.at += length;
        Ok(taken)
    }

    /// So many bytes, or what there is of them.
    pub(super) fn at_most(&mut self, length: usize) -> &'a [u8] {
        self.take(length.min(self.remaining())).unwrap_or_default()
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let at = self.bytes.len();
        self.take(N)?.try_into().map_err(|_| Fault::Truncated { at })
    }

    pub(in crate::kafka) fn i8(&mut self) -> Result<i8, Fault> {
        self.array().map(i8::from_be_bytes)
    }

    pub(in crate::kafka) fn i16(&mut self) -> Result<i16, Fault> {
        self.array().map(i16::from_be_bytes)
    }

    pub(in crate::kafka) fn i32(&mut self) -> Result<i32, Fault> {
        self.array().map(i32::from_be_bytes)
    }

    pub(in crate::kafka) fn i64(&mut self) -> Result<i64, Fault> {
        self.array().map(i64::from_be_bytes)
    }

    pub(in crate::kafka) fn uuid(&mut self) -> Result<[u8; 16], Fault> {
        self.array()
    }

    pub(super) fn bool(&mut self) -> Result<bool, Fault> {
        match self.array()? {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(self.fault("a boolean that is neither 0 nor 1")),
        }
    }

    fn varint(&mut self) -> Result<u32, Fault> {
        let mut value = 0u32;
        for shift in [0, 7, 14, 21, 28] {
            let [byte] = self.array()?;
            let bits = u32::from(byte & 0x7f);
            if shift == 28 && bits > 0x0f {
                break;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.fault("a variable-length number of more than 32 bits"))
    }

    /// A number of records, whose sign is in its lowest bit.
    pub(super) fn signed(&mut self) -> Result<i32, Fault> {
        let value = self.varint()?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// Skips such a number of at most 64 bits.
    pub(super) fn skip_long(&mut self) -> Result<(), Fault> {
        for _ in 0..10 {
            if self.i8()? >= 0 {
                return Ok(());
            }
        }
        Err(self.fault("a variable-length number of more than 64 bits"))
    }

    /// A length or count in either encoding; `None` is Kafka's null.
    fn length(&mut self, legacy: impl Fn(&mut Self) -> Result<i32, Fault>) -> Result<Option<usize>, Fault> {
        if self.flexible {
            return Ok(self.varint()?.checked_sub(1).map(|length| length as usize));
        }
        match legacy(self)? {
            -1 => Ok(None),
            length => usize::try_from(length).map(Some).map_err(|_| self.fault("a negative length")),
        }
    }

    /// The count of an array whose elements have at least `least_size` bytes each: after this, room for that
    /// many elements may be reserved, because their bytes are there.
    pub(in crate::kafka) fn count(&mut self, least_size: usize) -> Result<usize, Fault> {
        self.nullable_count(least_size)?.ok_or_else(|| self.fault("a null where an array must be"))
    }

    /// The same where Kafka's null may stand for an array.
    pub(super) fn nullable_count(&mut self, least_size: usize) -> Result<Option<usize>, Fault> {
        let Some(count) = self.length(Self::i32)? else { return Ok(None) };
        if count > self.remaining() / least_size.max(1) {
            return Err(Fault::Count { count: count as u64, at: self.at, remaining: self.remaining() });
        }
        Ok(Some(count))
    }

    pub(in crate::kafka) fn nullable_str(&mut self) -> Result<Option<&'a str>, Fault> {
        let Some(length) = self.length(|r| r.i16().map(i32::from))? else { return Ok(None) };
        let text = std::str::from_utf8(self.take(length)?);
        text.map(Some).map_err(|_| self.fault("a text that is not UTF-8"))
    }

    pub(in crate::kafka) fn str(&mut self) -> Result<&'a str, Fault> {
        self.nullable_str()?.ok_or_else(|| self.fault("a null where a text must be"))
    }

    /// Bytes as they are; `None` is Kafka's null.
    pub(in crate::kafka) fn nullable_bytes(&mut self) -> Result<Option<&'a [u8]>, Fault> {
        let Some(length) = self.length(Self::i32)? else { return Ok(None) };
        self.take(length).map(Some)
    }

    pub(in crate::kafka) fn bytes(&mut self) -> Result<&'a [u8], Fault> {
        self.nullable_bytes()?.ok_or_else(|| self.fault("a null where bytes must be"))
    }

    /// An array of 32-bit numbers, as it lies there.
    pub(in crate::kafka) fn i32s(&mut self) -> Result<&'a [[u8; 4]], Fault> {
        let count = self.count(4)?;
        Ok(self.take(count * 4)?.as_chunks::<4>().0)
    }

    /// Reads an array of broker ids to the end of `ids` and tells where it lies.
    pub(super) fn ids(&mut self, ids: &mut Vec<i32>) -> Result<std::ops::Range<u32>, Fault> {
        let start = self.index(ids.len())?;
        ids.extend(self.i32s()?.iter().map(|bytes| i32::from_be_bytes(*bytes)));
        Ok(start..self.index(ids.len())?)
    }

    /// Copies a text to the end of `names` and tells where it lies.
    pub(super) fn name(&mut self, names: &mut String) -> Result<std::ops::Range<u32>, Fault> {
        let start = self.index(names.len())?;
        names.push_str(self.nullable_str()?.unwrap_or_default());
        Ok(start..self.index(names.len())?)
    }

    /// An index of a flat vector; the frame limit keeps it far below 2³².
    pub(super) fn index(&self, index: usize) -> Result<u32, Fault> {
        u32::try_from(index).map_err(|_| self.fault("more elements than can be indexed"))
    }

    /// Skips the tagged fields that end each structure of a flexible version: none of them is known to us.
    pub(in crate::kafka) fn tags(&mut self) -> Result<(), Fault> {
        self.each_tag(|_, _| ())
    }

    /// The same where one of them is known: its bytes, if it is there.
    pub(in crate::kafka) fn tag(&mut self, wanted: u32) -> Result<Option<&'a [u8]>, Fault> {
        let mut found = None;
        self.each_tag(|tag, bytes| {
            if tag == wanted {
                found = Some(bytes);
            }
        })?;
        Ok(found)
    }

    fn each_tag(&mut self, mut tell: impl FnMut(u32, &'a [u8])) -> Result<(), Fault> {
        if !self.flexible {
            return Ok(());
        }
        for _ in 0..self.varint()? {
            let tag = self.varint()?;
            let size = self.varint()? as usize;
            tell(tag, self.take(size)?);
        }
        Ok(())
    }

    /// The end: nothing may be left.
    pub(in crate::kafka) fn end(&self) -> Result<(), Fault> {
        match self.remaining() {
            0 => Ok(()),
            left => Err(Fault::Trailing(left)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn variable_length_numbers_end_at_32_bits() {
        let read = |bytes: &[u8]| Reader::new(bytes, true).varint();
        assert_eq!(read(&[0x00]), Ok(0));
        assert_eq!(read(&[0x80, 0x01]), Ok(128));
        assert_eq!(read(&[0xff, 0xff, 0xff, 0xff, 0x0f]), Ok(u32::MAX));
        assert!(read(&[0xff, 0xff, 0xff, 0xff, 0x1f]).is_err());
        assert!(read(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x01]).is_err());
        assert_eq!(read(&[0x80]), Err(Fault::Truncated { at: 1 }));
    }

    #[test]
    fn numbers_of_records_have_their_sign_in_the_lowest_bit() {
        let read = |bytes: &[u8]| Reader::new(bytes, false).signed();
        assert_eq!([read(&[0]), read(&[1]), read(&[2]), read(&[8])], [Ok(0), Ok(-1), Ok(1), Ok(4)]);
        assert_eq!(read(&[0xff, 0xff, 0xff, 0xff, 0x0f]), Ok(i32::MIN));
        assert_eq!(read(&[0xfe, 0xff, 0xff, 0xff, 0x0f]), Ok(i32::MAX));
    }

    #[test]
    fn long_numbers_are_skipped_to_their_end() {
        let left = |bytes: &[u8]| {
            let mut reader = Reader::new(bytes, false);
            reader.skip_long().map(|()| reader.remaining())
        };
        assert_eq!(left(&[0x7f, 9]), Ok(1));
        assert_eq!(left(&[0x80, 0x80, 0x01, 9, 9]), Ok(2));
        assert_eq!(left(&[&[0xff; 9][..], &[1]].concat()), Ok(0));
        assert!(left(&[0xff; 11]).is_err());
        assert_eq!(left(&[0x80]), Err(Fault::Truncated { at: 1 }));
    }

    #[test]
    fn what_is_not_all_there_is_given_as_far_as_it_goes() {
        let mut reader = Reader::new(&[1, 2, 3], false);
        assert_eq!(
            (reader.at_most(2), reader.at_most(usize::MAX), reader.at_most(1)),
            (&[1, 2][..], &[3][..], &[][..])
        );
    }

    #[test]
    fn a_count_must_fit_into_the_rest() {
        let mut legacy = Reader::new(&[0x7f, 0xff, 0xff, 0xff, 0, 0], false);
        assert_eq!(legacy.count(1), Err(Fault::Count { count: i32::MAX as u64, at: 4, remaining: 2 }));
        let mut flexible = Reader::new(&[0xff, 0xff, 0xff, 0xff, 0x0f, 0], true);
        assert!(matches!(flexible.count(1), Err(Fault::Count { count: 4_294_967_294, .. })));
        assert_eq!(Reader::new(&[4, 1, 2, 3], true).count(1), Ok(3));
        assert!(Reader::new(&[4, 1, 2, 3], true).count(2).is_err());
        assert!(Reader::new(&[0xff, 0xff, 0xff, 0xfe], false).count(1).is_err());
    }

    #[test]
    fn tags_are_skipped_and_may_not_run_over_the_end() {
        let mut reader = Reader::new(&[2, 0, 1, 9, 5, 2, 9, 9, 7], true);
        assert_eq!(reader.tags(), Ok(()));
        assert_eq!(reader.end(), Err(Fault::Trailing(1)));
        assert!(Reader::new(&[0xff, 0xff, 0xff, 0xff, 0x0f], true).tags().is_err());
        assert!(Reader::new(&[1, 0, 0xff, 0xff, 0xff, 0xff, 0x0f], true).tags().is_err());
    }

    #[test]
    fn a_tag_that_is_known_is_found_among_others() {
        let bytes = [2, 0, 1, 9, 5, 2, 8, 7];
        assert_eq!(Reader::new(&bytes, true).tag(5), Ok(Some(&[8, 7][..])));
        assert_eq!(Reader::new(&bytes, true).tag(4), Ok(None));
        assert_eq!(Reader::new(&bytes, false).tag(5), Ok(None));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..64), flexible: bool) {
            let mut reader = Reader::new(&bytes, flexible);
            let _ = reader.count(3);
            let _ = reader.nullable_str();
            let _ = reader.ids(&mut Vec::new());
            let _ = reader.nullable_bytes();
            let _ = reader.tag(3);
            let _ = reader.uuid();
            let _ = reader.nullable_count(16);
            let _ = reader.signed();
            let _ = reader.skip_long();
            reader.at_most(5);
            let _ = reader.bool();
        }
    }
}
