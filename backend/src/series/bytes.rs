//! Whole numbers in as few bytes as they need, and reading that never goes behind the end.

use super::Damaged;

/// Writes a number, seven bits a byte.
pub fn put(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Bytes that are read from the front.
#[derive(Clone, Copy, Debug)]
pub struct Rest<'a>(pub &'a [u8]);

impl<'a> Rest<'a> {
    /// The next so many.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Damaged> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Damaged("they end too early"))?;
        self.0 = rest;
        Ok(taken)
    }

    /// The next number.
    pub fn number(&mut self) -> Result<u32, Damaged> {
        let mut number = 0_u64;
        for place in 0..5 {
            let byte = self.take(1)?.first().copied().unwrap_or_default();
            number |= u64::from(byte & 0x7f) << (7 * place);
            if byte < 0x80 {
                return u32::try_from(number).map_err(|_| Damaged("a number is too large"));
            }
        }
        Err(Damaged("a number is too large"))
    }

    /// The next number, as a length that is at most `most`.
    pub fn length(&mut self, most: usize) -> Result<usize, Damaged> {
        usize::try_from(self.number()?)
            .ok()
            .filter(|length| *length <= most)
            .ok_or(Damaged("it is longer than any"))
    }
}
