//! How a partition is, as its group reads it: our own verdict, of which each has a reason.
//!
//! Burrow judges by the window alone. It calls a group stopped that commits once an hour, one well of which nobody could
//! see anything, and one behind for ever that has read all but a control record. Here silence counts from when there was
//! something to read, a group may keep its rhythm, and what is not known is said.

use std::cell::OnceCell;

use shared::lag::{AgeMethod, LagVerdict};

use super::rates::{Rates, longest_gap, rates};
use crate::capabilities::lag::{
    book::{LogEnd, Partition, TopicEnds, lag},
    model::{Age, Commit, Judged, Policy, Why, Written},
};

/// A look at a log end that came so much later than a commit must show what was committed.
const SURELY_LATER_MS: i64 = 2_000;
/// Who is behind stays so until the age is below this share of the limit …
const WELL_BELOW: f64 = 0.8;
/// … or until it reads so much faster than is written.
const CLEARLY: f64 = 1.05;
/// A member that works off other partitions has so many times as long for this one.
const BUSY_FOR: i64 = 10;
/// A lag that is gone within less has no time worth telling.
const SOON_SECONDS: f64 = 1.0;

/// What is known of a partition beside what its group committed.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The ends of its log; none where its topic was never looked at.
    pub ends: Option<&'a TopicEnds>,
    /// Its number.
    pub partition: usize,
    /// Whether the topic is there; a topic that is not has no ends.
    pub is_there: bool,
    /// Whether the group has members; none where that is not known.
    pub has_members: Option<bool>,
    /// Whether a member has this partition; none where that is not known.
    pub is_assigned: Option<bool>,
    /// Whether the member that has it works off another partition just now.
    pub is_busy: bool,
    /// When that member was put back, on any of its partitions, not long ago; in ms since 1970.
    pub put_back_ms: Option<i64>,
    /// Whether commits of this group are read late.
    pub is_late: bool,
    /// The least time, in s, that commits took lately to be seen.
    pub least_delay_seconds: Option<i64>,
    /// What it was at the last turn, if it was not well, and since when.
    pub was: Option<(LagVerdict, i64)>,
    /// Now, in ms since 1970.
    pub now_ms: i64,
    /// A look at a log end is too old after so long, in ms.
    pub old_after_ms: i64,
}

/// Judges a partition, whose window is laid open in `open`.
pub fn verdict(it: &Partition, around: &Around<'_>, policy: &Policy, open: &mut Vec<Commit>) -> Judged {
    let mut judged = judge(it, around, policy, open);
    let since = around.was.filter(|(was, _)| *was == judged.verdict).map(|(_, since)| since);
    if judged.verdict > LagVerdict::Unknown && judged.since_ms.is_none() {
        judged.since_ms = since.or(Some(around.now_ms));
    }
    judged
}

fn judge(it: &Partition, around: &Around<'_>, policy: &Policy, open: &mut Vec<Commit>) -> Judged {
    let unknown = |why: Why| Judged::bare(LagVerdict::Unknown, why);
    if !around.is_there {
        return unknown(Why::NoTopic);
    }
    let Some(end) = around.ends.and_then(|ends| ends.newest(around.partition)) else {
        return unknown(Why::NoLogEnd);
    };
    let seen_before_ms = around.now_ms - end.time_ms;
    if seen_before_ms > around.old_after_ms {
        return unknown(Why::OldLogEnd { seconds: seconds(seen_before_ms) });
    }
    let start = around.ends.and_then(|ends| ends.start(around.partition));
    let Some(newest) = it.window.newest() else {
        return match start {
            start if end.offset == start.unwrap_or_default() => {
                Judged { lag_records: Some(0), lag_raw: Some(0), ..Judged::bare(LagVerdict::Ok, Why::InTime) }
            }
            _ => unknown(Why::NoCommit),
        };
    };
    let looked_later = end.time_ms - newest.observed_at_seconds * 1_000 > SURELY_LATER_MS;
    if newest.offset > end.offset && looked_later {
        return unknown(Why::BeyondEnd { committed: newest.offset, end: end.offset });
    }
    let Some(stable) = end.stable else { return unknown(Why::NoLogEnd) };
    it.window.lay_open(open);
    let longest_gap = OnceCell::new();
    let it = Read { it, commits: open, newest, end, stable, start, around, policy, longest_gap };
    it.judged()
}

/// A partition that is committed for, and whose ends are known.
struct Read<'a> {
    it: &'a Partition,
    /// Its window, oldest first.
    commits: &'a [Commit],
    newest: Commit,
    end: LogEnd,
    stable: i64,
    start: Option<i64>,
    around: &'a Around<'a>,
    policy: &'a Policy,
    longest_gap: OnceCell<Option<i64>>,
}

impl Read<'_> {
    fn judged(&self) -> Judged {
        let lost = self.lost();
        let waiting = self.waiting();
        let mut judged = Judged {
            lag_records: Some(waiting),
            lag_raw: Some(self.end.offset.saturating_sub(self.newest.offset)),
            lost_records: lost,
            ..Judged::bare(LagVerdict::Ok, Why::InTime)
        };
        if self.around.is_late && (waiting > 0 || lost.is_some()) {
            return Judged { verdict: LagVerdict::Unknown, why: Why::CommitsLate, ..judged };
        }
        let rates = self.rates();
        (judged.produced, judged.consumed) = (rates.produced, rates.consumed);
        if waiting == 0 {
            judged.age = Some(Age { seconds: 0.0, method: AgeMethod::History });
            judged = self.waits_for_an_end(judged);
        } else {
            judged = self.waits(judged, &rates);
        }
        if let Some(lost) = lost {
            return Judged {
                verdict: LagVerdict::Losing,
                why: Why::Lost { records: lost },
                since_ms: None,
                ..judged
            };
        }
        match self.rewound() {
            Some((records, since_ms)) if judged.verdict < LagVerdict::Rewound => Judged {
                verdict: LagVerdict::Rewound,
                why: Why::Rewound { records },
                since_ms: Some(since_ms),
                ..judged
            },
            _ => judged,
        }
    }

    /// Records that retention took before they were read. Marks of transactions are none.
    fn lost(&self) -> Option<u64> {
        let start = self.start?;
        let were_marks = self.it.peeked().is_some_and(|peeked| {
            peeked.is_empty && peeked.offset == self.newest.offset && start <= peeked.end
        });
        Some(lag(start, self.newest.offset)).filter(|lost| *lost > 0 && !were_marks)
    }

    /// The first record that it can still read: behind marks of transactions, where only those are left.
    fn first_unread(&self) -> i64 {
        let marks = self.it.peeked().filter(|peeked| peeked.is_empty && peeked.offset == self.newest.offset);
        let next = marks.map_or(self.newest.offset, |marks| marks.end);
        self.start.map_or(next, |start| start.max(next))
    }

    /// Records that it could read.
    fn waiting(&self) -> u64 {
        lag(self.stable, self.first_unread())
    }

    fn rates(&self) -> Rates {
        let past = self.around.ends.and_then(|ends| ends.past(self.around.partition));
        rates(self.commits, past, (self.it.moved_seconds(), self.it.pace()), self.around.now_ms)
    }

    /// How far the clock that commits carry is ahead of ours, in seconds, where it is another. A commit that was read late
    /// makes none: others were not.
    fn skew(&self) -> Option<f64> {
        let ahead_ms = self.newest.time_ms - self.newest.observed_at_seconds * 1_000;
        let all_are_behind =
            || self.around.least_delay_seconds.is_some_and(|least| least * 1_000 > self.policy.clock_ms);
        let is_another =
            ahead_ms > self.policy.clock_ms || (-ahead_ms > self.policy.clock_ms && all_are_behind());
        is_another.then_some(ahead_ms as f64 / 1_000.0)
    }

    /// The age of the oldest unread record by its own time, where that is read.
    fn written(&self) -> Option<Age> {
        let read = self.it.peeked().filter(|peeked| peeked.offset == self.newest.offset);
        let time_ms = read.and_then(|peeked| peeked.time_ms).filter(|_| self.policy.reads_records)?;
        Some(Age { seconds: seconds((self.around.now_ms - time_ms).max(0)), method: AgeMethod::Record })
    }

    /// How long the oldest unread record has been there.
    fn age(&self) -> Option<Age> {
        let age_from = |ms: i64| seconds((self.around.now_ms - ms).max(0));
        let past = self.around.ends?.past(self.around.partition)?;
        match past.written(self.first_unread()) {
            Written::At(ms) => Some(Age { seconds: age_from(ms), method: AgeMethod::History }),
            Written::Before(ms) => Some(Age { seconds: age_from(ms), method: AgeMethod::OlderThan }),
            // The stable end moved between two looks at it and the log end.
            Written::NotYet => Some(Age { seconds: 0.0, method: AgeMethod::History }),
        }
    }

    /// Everything up to the last stable offset is read: has a transaction been open there for longer than brokers let any
    /// be? Then it likely hangs (KIP-664), and nobody who reads committed records gets on.
    fn waits_for_an_end(&self, judged: Judged) -> Judged {
        let transaction = self.around.ends.and_then(|ends| ends.open_transaction(self.around.partition));
        // Who reads what is not committed is beyond it.
        let Some(transaction) = transaction.filter(|it| self.newest.offset <= it.offset) else {
            return judged;
        };
        let open = seconds(self.around.now_ms - transaction.since_ms);
        let limit = seconds(self.policy.transaction_after_ms);
        if open < limit {
            return judged;
        }
        let behind_it = lag(self.end.offset, transaction.offset);
        let method = if transaction.was_there { AgeMethod::OlderThan } else { AgeMethod::History };
        Judged {
            verdict: LagVerdict::Behind,
            why: Why::OpenTransaction { offset: transaction.offset, behind_it, open, limit },
            since_ms: Some(transaction.since_ms),
            age: Some(Age { seconds: open, method }),
            ..judged
        }
    }

    /// Records wait: do they for too long?
    fn waits(&self, judged: Judged, rates: &Rates) -> Judged {
        let age = self.age();
        // What a producer wrote long before it came has not waited here for as long.
        let judged = Judged { age: self.written().or(age), ..judged };
        let unknown = |why: Why| Judged { verdict: LagVerdict::Unknown, why, ..judged };
        if let Some(ahead_seconds) = self.skew() {
            return Judged { consumed: None, age: None, ..unknown(Why::Skewed { ahead_seconds }) };
        }
        let Some(age) = age else { return unknown(Why::AgeUnknown) };
        if self.is_put_back(age) {
            return judged;
        }
        let judged = self.stands(judged, age).unwrap_or_else(|| self.moves(judged, age, rates));
        self.forecast(judged, age, rates)
    }

    /// Nothing moves: is that more than its rhythm?
    fn stands(&self, judged: Judged, age: Age) -> Option<Judged> {
        let unknown = |why: Why| Some(Judged { verdict: LagVerdict::Unknown, why, ..judged });
        let is_read_by_nobody = self.is_read_by_nobody();
        let (least_ms, last_ms) = if is_read_by_nobody {
            (self.policy.stopped_after_ms, self.newest.observed_at_seconds * 1_000)
        } else {
            (self.policy.stuck_after_ms, self.it.moved_seconds() * 1_000)
        };
        let still = seconds(self.around.now_ms - last_ms).min(age.seconds);
        // Who works off much reads a partition after the other, and this one may be the last; but not for ever.
        let is_patient = !is_read_by_nobody && self.around.is_busy;
        let least_ms = if is_patient { least_ms.saturating_mul(BUSY_FOR) } else { least_ms };
        if still < seconds(least_ms) {
            return None;
        }
        let limit = match self.longest_gap() {
            Some(gap_ms) => seconds(least_ms.max(gap_ms.saturating_mul(3))),
            None if age.seconds < seconds(self.policy.rhythm_patience_ms) => {
                return unknown(Why::RhythmUnknown { still });
            }
            None => seconds(least_ms),
        };
        if still < limit {
            return None;
        }
        let since_ms = Some(self.around.now_ms - (still * 1_000.0) as i64);
        let (verdict, why) = match self.around.has_members {
            None => return unknown(Why::NoState),
            Some(has_members) if is_read_by_nobody => {
                (LagVerdict::Stopped, Why::Stopped { still, limit, has_members })
            }
            Some(_) => (LagVerdict::Stuck, Why::Stuck { offset: self.newest.offset, still, limit }),
        };
        Some(Judged { verdict, why, since_ms, ..judged })
    }

    /// It moves: does it get on?
    fn moves(&self, judged: Judged, age: Age, rates: &Rates) -> Judged {
        let unknown = |why: Why| Judged { verdict: LagVerdict::Unknown, why, ..judged };
        let rhythm_ms = self.longest_gap().unwrap_or_default().saturating_mul(3);
        let limit = seconds(self.policy.behind_after_ms.max(rhythm_ms));
        let was_behind = self.around.was.is_some_and(|(was, _)| was == LagVerdict::Behind);
        if age.seconds <= if was_behind { limit * WELL_BELOW } else { limit } {
            return match age.method {
                AgeMethod::OlderThan => unknown(Why::AgeUnknown),
                AgeMethod::History | AgeMethod::Record => judged,
            };
        }
        let commits = self.commits.iter().filter(|commit| !commit.is_fetched()).count();
        let seen_ms = self.around.now_ms - self.it.seen_seconds() * 1_000;
        if commits < self.policy.minimum_commits || seen_ms < self.policy.minimum_span_ms {
            return unknown(Why::TooLittle { commits, least: self.policy.minimum_commits });
        }
        let Some((produced, consumed)) = rates.produced.zip(rates.consumed) else {
            return unknown(Why::TooLittle { commits, least: self.policy.minimum_commits });
        };
        if consumed > produced * if was_behind { CLEARLY } else { 1.0 } {
            let seconds = judged.lag_records.unwrap_or_default() as f64 / (consumed - produced);
            return Judged { why: Why::CatchingUp { seconds }, ..judged };
        }
        let why = Why::Behind { waits: age.seconds, limit, produced, consumed };
        Judged { verdict: LagVerdict::Behind, why, ..judged }
    }

    fn longest_gap(&self) -> Option<i64> {
        let past = || self.around.ends.and_then(|ends| ends.past(self.around.partition));
        let now = u32::try_from(self.around.now_ms.div_euclid(1_000)).unwrap_or_default();
        let remembered = || self.it.pauses().rhythm(now).map(|seconds| i64::from(seconds) * 1_000);
        *self.longest_gap.get_or_init(|| longest_gap(self.commits, past()).max(remembered()))
    }

    /// Where it leads to at these rates.
    fn forecast(&self, mut judged: Judged, age: Age, rates: &Rates) -> Judged {
        let waiting = judged.lag_records.unwrap_or_default() as f64;
        let is_worth_telling = judged.verdict != LagVerdict::Ok || judged.why != Why::InTime;
        if let Some((produced, consumed)) = rates.produced.zip(rates.consumed).filter(|_| is_worth_telling) {
            let seconds = waiting / (consumed - produced);
            judged.catch_up_seconds = (consumed > produced && seconds >= SOON_SECONDS).then_some(seconds);
        }
        if judged.verdict < LagVerdict::Behind {
            return judged;
        }
        judged.data_loss_seconds = self.data_loss_seconds(age, rates);
        let limit = seconds(self.policy.losing_within_ms);
        match judged.data_loss_seconds {
            Some(left) if left <= limit => {
                let why = Why::WillLose { seconds: left, limit };
                Judged { verdict: LagVerdict::Losing, why, since_ms: None, ..judged }
            }
            _ => judged,
        }
    }

    /// When retention takes the first unread record: by its age, and by how the start of the log moves.
    fn data_loss_seconds(&self, age: Age, rates: &Rates) -> Option<f64> {
        let ends = self.around.ends?;
        let consumed = rates.consumed.unwrap_or_default();
        let kept = self.written().unwrap_or(age);
        let by_age =
            ends.retention_ms().filter(|_| kept.method != AgeMethod::OlderThan).and_then(|retention| {
                let left = (seconds(retention) - kept.seconds).max(0.0);
                // The age of what it reads grows by so much each second.
                let grows = rates
                    .produced
                    .map_or(1.0, |produced| if consumed <= 0.0 { 1.0 } else { 1.0 - consumed / produced });
                (grows > 0.0).then(|| left / grows)
            });
        // A group that deletes what it has read (Kafka Streams) moves the start itself, as long as it moves.
        let stands = self.it.moved_seconds() * 1_000;
        let since_ms = if ends.retention_ms().is_some() { i64::MIN } else { stands };
        let start_rate = ends.start_rate(self.around.partition, since_ms);
        let by_start = start_rate.filter(|rate| *rate > consumed).map(|rate| {
            let distance = self.start.map_or(0, |start| self.newest.offset.saturating_sub(start)).max(0);
            distance as f64 / (rate - consumed)
        });
        [by_age, by_start].into_iter().flatten().reduce(f64::min)
    }

    fn is_read_by_nobody(&self) -> bool {
        self.around.has_members == Some(false) || self.around.is_assigned == Some(false)
    }

    /// Whether it waits for its turn because its member was put back not long ago: nothing but that is wrong with it.
    fn is_put_back(&self, age: Age) -> bool {
        let (now_ms, for_ms, is_busy) = (self.around.now_ms, self.policy.rewound_for_ms, self.around.is_busy);
        let own = self.it.fell().filter(|fell| fell.is_recent(now_ms, for_ms));
        let waits = match own.filter(|fell| !fell.is_passed) {
            Some(fell) => is_busy || fell.to == self.newest.offset,
            // What waited before is not explained by that.
            None => {
                let since_ms = own.map(|fell| fell.since_seconds * 1_000).or(self.around.put_back_ms);
                let explained = since_ms.map(|since| seconds(now_ms - since + self.policy.behind_after_ms));
                is_busy && explained.is_some_and(|most| age.seconds <= most)
            }
        };
        waits && !self.is_read_by_nobody()
    }

    /// By how many records it went back and since when, unless a rebalance undid that.
    fn rewound(&self) -> Option<(i64, i64)> {
        let mark = self.it.fell()?;
        let now_seconds = self.around.now_ms.div_euclid(1_000);
        let age_ms = (now_seconds - mark.since_seconds) * 1_000;
        let is_there_again = mark.is_passed || self.waiting() == 0;
        let is_over = is_there_again && age_ms >= self.policy.rewound_for_ms;
        let is_told = !is_over && !mark.may_be_undone(now_seconds);
        is_told.then(|| (mark.from.saturating_sub(mark.to), mark.since_seconds * 1_000))
    }
}

fn seconds(ms: i64) -> f64 {
    ms as f64 / 1_000.0
}
