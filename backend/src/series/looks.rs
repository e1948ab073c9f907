//! Where a log ended over time, in little memory: the older, the farther apart.

/// A clock that went back by more is another clock, in ms.
const CLOCK_BACK_MS: i64 = 60_000;
/// How long it is looked back, in ms.
const HORIZON_MS: i64 = 40 * 86_400_000;

/// An offset of a log that only grows, at several times, oldest first.
///
/// The newest looks are kept as they were; of older ones every so manieth, so that what is asked of a time long ago is
/// answered as roughly as that is long ago. While the offset rests only the first and the last look are kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Looks {
    /// Time in ms and offset of the oldest look; the others are told by their distance from it.
    oldest: (i64, i64),
    looks: Vec<(u32, u32)>,
}

/// When a record was written, by the looks at where its log ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// About then, in ms since 1970.
    At(i64),
    /// Before the oldest look, which was then.
    Before(i64),
    /// It is not.
    NotYet,
}

impl Looks {
    /// Takes over a look; `most` looks are kept. After one that is below the last everything begins anew: the log was cut,
    /// or is another one. One that is a little older than the last tells nothing.
    pub fn see(&mut self, time_ms: i64, offset: i64, most: usize) {
        let grows = self.newest().is_none_or(|(_, end)| offset >= end);
        let back_ms = self.newest().map_or(0, |(time, _)| time - time_ms);
        if grows && (1..=CLOCK_BACK_MS).contains(&back_ms) {
            return;
        }
        if !grows || back_ms > CLOCK_BACK_MS || !self.reach(time_ms, offset) {
            self.looks.clear();
            self.oldest = (time_ms, offset);
        }
        let Some(look) = self.by_distance(time_ms, offset) else { return };
        if self.looks.last().is_some_and(|last| last.0 == look.0) {
            self.looks.pop();
        }
        if let [.., before, last] = self.looks.as_mut_slice()
            && before.1 == last.1
            && last.1 == look.1
        {
            last.0 = look.0;
            return;
        }
        self.looks.push(look);
        if self.looks.len() > most.max(2) {
            self.thin();
        }
    }

    /// Forgets what is too far away to be told by its distance. False where nothing is left.
    fn reach(&mut self, time_ms: i64, offset: i64) -> bool {
        let is_near =
            |(time, end): &(i64, i64)| time_ms - time <= HORIZON_MS && offset - end <= i64::from(u32::MAX);
        if self.points().next().is_some_and(|oldest| is_near(&oldest)) {
            return true;
        }
        let near: Vec<(i64, i64)> = self.points().filter(is_near).collect();
        self.looks.clear();
        let Some(oldest) = near.first() else { return false };
        self.oldest = *oldest;
        let looks: Vec<_> = near.iter().filter_map(|(time, end)| self.by_distance(*time, *end)).collect();
        self.looks = looks;
        true
    }

    fn by_distance(&self, time_ms: i64, offset: i64) -> Option<(u32, u32)> {
        let near = |one: i64, oldest: i64| u32::try_from(one.checked_sub(oldest)?).ok();
        Some((near(time_ms, self.oldest.0)?, near(offset, self.oldest.1)?))
    }

    /// Leaves out the look that is missed least: that whose neighbours are closest, for its age.
    fn thin(&mut self) {
        let Some((newest, _)) = self.looks.last().copied() else { return };
        let missed = |triple: &[(u32, u32)]| match triple {
            [before, it, after] => f64::from(after.0 - before.0) / f64::from((newest - it.0).max(1)),
            _ => f64::MAX,
        };
        let costs = self.looks.windows(3).map(missed).enumerate();
        if let Some((at, _)) = costs.min_by(|(_, one), (_, other)| one.total_cmp(other)) {
            self.looks.remove(at + 1);
        }
    }

    /// As it would be if only so many looks had been kept.
    pub fn thinned(&self, most: usize) -> Self {
        let mut thinned = Self::default();
        self.points().for_each(|(time_ms, offset)| thinned.see(time_ms, offset, most));
        thinned
    }

    /// The looks, oldest first: time in ms, and offset.
    pub fn points(&self) -> impl DoubleEndedIterator<Item = (i64, i64)> + ExactSizeIterator + '_ {
        self.looks.iter().map(|look| self.point(*look))
    }

    fn point(&self, (time, offset): (u32, u32)) -> (i64, i64) {
        (self.oldest.0 + i64::from(time), self.oldest.1 + i64::from(offset))
    }

    /// The newest look.
    pub fn newest(&self) -> Option<(i64, i64)> {
        self.looks.last().map(|look| self.point(*look))
    }

    /// When the record at an offset was written.
    pub fn written(&self, offset: i64) -> Written {
        let after = self.looks.partition_point(|look| self.point(*look).1 <= offset);
        let Some(behind) = self.looks.get(after).map(|look| self.point(*look)) else {
            return Written::NotYet;
        };
        let before = after.checked_sub(1).and_then(|before| self.looks.get(before));
        let Some(before) = before.map(|look| self.point(*look)) else { return Written::Before(behind.0) };
        // It lies between the two looks, at its place among the records that came in between.
        let share = ((offset - before.1) as f64 + 0.5) / (behind.1 - before.1) as f64;
        Written::At(before.0 + ((behind.0 - before.0) as f64 * share) as i64)
    }

    /// Where the log ended at a time between the oldest look and the newest; a little after the newest, where it ended
    /// then.
    pub fn at(&self, time_ms: i64) -> Option<f64> {
        let after = self.looks.partition_point(|look| self.point(*look).0 <= time_ms);
        let before = self.looks.get(after.checked_sub(1)?).map(|look| self.point(*look))?;
        let Some(behind) = self.looks.get(after).map(|look| self.point(*look)) else {
            return Some(before.1 as f64);
        };
        let share = (time_ms - before.0) as f64 / (behind.0 - before.0) as f64;
        Some(before.1 as f64 + (behind.1 - before.1) as f64 * share)
    }

    /// Offsets a second from a time, or from the oldest look, to the newest one; none over less than `least_ms`.
    pub fn rate(&self, from_ms: i64, least_ms: i64) -> Option<f64> {
        let (oldest, (to_ms, end)) = (self.points().next()?, self.newest()?);
        let from_ms = from_ms.max(oldest.0);
        let span_ms = to_ms.checked_sub(from_ms).filter(|span| *span >= least_ms.max(1))?;
        Some((end as f64 - self.at(from_ms)?) * 1_000.0 / span_ms as f64)
    }

    /// How often the offset was seen to move.
    pub fn moves(&self) -> usize {
        self.looks.windows(2).filter(|pair| matches!(pair, [one, next] if next.1 > one.1)).count()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MOST: usize = 48;

    fn of(looks: &[(i64, i64)]) -> Looks {
        let mut seen = Looks::default();
        looks.iter().for_each(|(time, offset)| seen.see(*time, *offset, MOST));
        seen
    }

    #[test]
    fn a_record_was_written_between_two_looks_at_its_place_among_those_that_came() {
        let seen = of(&[(0, 100), (10_000, 200), (20_000, 200), (30_000, 210)]);
        assert_eq!(seen.written(99), Written::Before(0));
        assert_eq!(seen.written(100), Written::At(50));
        assert_eq!(seen.written(150), Written::At(5_050));
        assert_eq!(seen.written(205), Written::At(25_500));
        assert_eq!(seen.written(210), Written::NotYet);
        assert_eq!(Looks::default().written(3), Written::NotYet);
    }

    #[test]
    fn what_is_written_down_of_a_rest_is_when_it_began_and_ended() {
        let mut seen = Looks::default();
        (0..100).for_each(|look| seen.see(look * 10_000, look * 5, MOST));
        (100..2_000).for_each(|look| seen.see(look * 10_000, 495, MOST));
        let thinned = seen.thinned(12);
        assert!(thinned.points().len() <= 12);
        let mut later = thinned;
        later.see(20_000_000, 498, 12);
        assert_eq!(later.written(495), Written::At(19_990_000 + 1_666), "not since the rest began");
    }

    #[test]
    fn while_nothing_comes_two_looks_are_kept() {
        let mut seen = of(&[(0, 7)]);
        (1..1_000).for_each(|look| seen.see(look * 10_000, 7, MOST));
        assert_eq!(seen.points().collect::<Vec<_>>(), [(0, 7), (9_990_000, 7)]);
        seen.see(10_000_000, 8, MOST);
        assert_eq!(seen.written(7), Written::At(9_995_000), "since the last look, not since hours");
    }

    #[test]
    fn a_log_that_was_cut_begins_anew() {
        let seen = of(&[(0, 100), (10_000, 200), (20_000, 50)]);
        assert_eq!(seen.points().collect::<Vec<_>>(), [(20_000, 50)]);
        assert_eq!(seen.written(30), Written::Before(20_000));
    }

    #[test]
    fn of_two_looks_at_one_time_the_last_counts_and_an_older_one_tells_nothing() {
        let seen = of(&[(0, 100), (10_000, 200), (10_000, 220), (9_000, 230), (20_000, 300)]);
        assert_eq!(seen.points().collect::<Vec<_>>(), [(0, 100), (10_000, 220), (20_000, 300)]);
    }

    #[test]
    fn what_is_too_far_away_is_forgotten() {
        let far = i64::from(u32::MAX) - 10;
        let held = of(&[(0, 0), (10_000, 100), (20_000, far), (30_000, far + 50)]);
        assert_eq!(held.points().collect::<Vec<_>>(), [(10_000, 100), (20_000, far), (30_000, far + 50)]);
        let later = HORIZON_MS + 5_000;
        let held = of(&[(0, 0), (10_000, 100), (later, 200)]);
        assert_eq!(held.points().next(), Some((10_000, 100)));
        let held = of(&[(0, 0), (3 * HORIZON_MS, 100)]);
        assert_eq!(held.points().collect::<Vec<_>>(), [(3 * HORIZON_MS, 100)]);
    }

    #[test]
    fn a_rate_is_of_the_time_that_was_seen() {
        let seen = of(&[(0, 0), (10_000, 100), (20_000, 400)]);
        assert_eq!(seen.rate(10_000, 1), Some(30.0));
        assert_eq!(seen.rate(5_000, 1), Some((400.0 - 50.0) / 15.0));
        assert_eq!(seen.rate(-90_000, 1), Some(20.0));
        assert_eq!(seen.rate(15_000, 10_000), None, "too short");
        assert_eq!((seen.moves(), Looks::default().rate(0, 1)), (2, None));
    }

    proptest! {
        /// A day of looks every ten seconds at a log that grows now and then: an age is told within a fifth.
        #[test]
        fn a_day_is_told_within_a_fifth_of_each_age(rates in proptest::collection::vec(0_i64..300, 24), asked in 0_usize..8_640) {
            let mut seen = Looks::default();
            let (mut end, mut ends) = (0, Vec::new());
            for look in 0..8_640_i64 {
                end += rates[(look / 360) as usize];
                ends.push(end);
                seen.see(look * 10_000, end, MOST);
            }
            prop_assert!(seen.points().len() <= MOST);
            let (offset, now) = (ends[asked] - 1, 8_639 * 10_000);
            let first_seen = ends.iter().position(|end| *end > offset).unwrap() as i64 * 10_000;
            let age = (now - first_seen) as f64;
            if let Written::At(time) = seen.written(offset) {
                let told = (now - time) as f64;
                prop_assert!((told - age).abs() <= age * 0.2 + 20_000.0, "{told} {age}");
            }
        }
    }
}
