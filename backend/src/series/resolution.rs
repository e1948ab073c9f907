//! How finely history is kept: how long a slot is, and how many lie in a block.

use std::time::Duration;

use shared::DateTime;

/// A rollup of samples. Slots and blocks begin at whole multiples of their length since 1970, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resolution {
    /// A minute a slot, an hour a block.
    Minute,
    /// Ten minutes a slot, a day a block.
    TenMinutes,
    /// An hour a slot, seven days a block.
    Hour,
}

impl Resolution {
    /// All of them, the finest first.
    pub const ALL: [Self; 3] = [Self::Minute, Self::TenMinutes, Self::Hour];

    /// How long a slot is.
    pub fn slot(self) -> Duration {
        Duration::from_secs(match self {
            Self::Minute => 60,
            Self::TenMinutes => 600,
            Self::Hour => 3_600,
        })
    }

    /// How many slots a block has.
    pub fn slots(self) -> usize {
        match self {
            Self::Minute => 60,
            Self::TenMinutes => 144,
            Self::Hour => 168,
        }
    }

    /// How long a block is.
    pub fn block(self) -> Duration {
        self.slot() * self.slots() as u32
    }

    /// The block that a time lies in, by the time at which it begins, and the slot in it.
    pub fn place(self, time: DateTime) -> (DateTime, usize) {
        let (block, slot) = (milliseconds(self.block()), milliseconds(self.slot()));
        let ms = time.timestamp_millis();
        let start = ms.div_euclid(block) * block;
        let slot = usize::try_from((ms - start) / slot).unwrap_or_default();
        (DateTime::from_timestamp_millis(start).unwrap_or(time), slot)
    }

    /// When the slot begins that a time lies in.
    pub fn floor(self, time: DateTime) -> DateTime {
        let (block, slot) = self.place(time);
        self.begins(block, slot)
    }

    /// When a slot of a block begins.
    pub fn begins(self, block: DateTime, slot: usize) -> DateTime {
        block + self.slot() * slot as u32
    }
}

/// A length of time in milliseconds, at least one.
pub fn milliseconds(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX).max(1)
}
