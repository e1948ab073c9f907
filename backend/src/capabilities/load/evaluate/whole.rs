//! The cluster as a whole: sums of its brokers, the highest of them for times and shares.
//!
//! A sum is not known in a turn in which a broker that is up did not answer. When it answers later, its counters tell
//! what it did in the meantime, so such a turn waits for that before it is held.

use std::collections::VecDeque;

use shared::{
    DateTime,
    load::{Metric, Together},
};

use super::{
    LONGEST_GAP,
    rates::is_within,
    row::{Read, narrowed},
    values::is_rate,
};
use crate::{
    capabilities::load::model::{Broker, METRICS, Newest, Policy, Turn, Whole},
    series::Window,
};

impl Turn {
    /// A turn of which nothing is known yet.
    pub(super) fn begin(time: DateTime) -> Self {
        Self { time, values: [None; METRICS], missing: vec![], untold: [false; METRICS] }
    }

    /// Adds what became of a broker. One that is down carries nothing.
    pub(super) fn add(&mut self, broker: &Broker, read: &Read) {
        if !broker.is_up {
            return;
        }
        match &read.point {
            Some(point) => self.add_values(point, |_| true),
            None if read.may_tell => {
                self.missing.push(broker.broker_id);
                // What is no rate it does not tell later.
                self.lack(|metric| !is_rate(metric));
            }
            None => self.lack(|_| true),
        }
    }

    fn add_values(&mut self, values: &Newest, of: impl Fn(Metric) -> bool) {
        for metric in Metric::ALL.into_iter().filter(|metric| of(*metric)) {
            let place = metric.index();
            let Some(sum) = self.values.get_mut(place) else { continue };
            match (values.get(place).copied().flatten(), metric.together()) {
                (Some(value), Together::Sum) => *sum = Some(sum.unwrap_or(0.0) + value),
                (Some(value), Together::Max) => *sum = Some(sum.map_or(value, |highest| highest.max(value))),
                (None, _) => self.untold = lacking(self.untold, metric),
            }
        }
    }

    fn lack(&mut self, of: impl Fn(Metric) -> bool) {
        for metric in Metric::ALL.into_iter().filter(|metric| of(*metric)) {
            self.untold = lacking(self.untold, metric);
        }
    }

    /// A broker tells now what it did then; or never will.
    fn learn(&mut self, broker_id: i32, values: Option<&Newest>) {
        if !self.missing.contains(&broker_id) {
            return;
        }
        self.missing.retain(|missing| *missing != broker_id);
        match values {
            Some(values) => self.add_values(values, is_rate),
            None => self.lack(is_rate),
        }
    }

    /// A broker was down then.
    fn carried_nothing(&mut self, broker_id: i32) {
        self.missing.retain(|missing| *missing != broker_id);
    }

    /// What is known of the cluster: no sum that lacks a broker.
    pub fn known(&self) -> Newest {
        let mut known = self.values;
        for metric in Metric::ALL.into_iter().filter(|metric| metric.together() == Together::Sum) {
            let place = metric.index();
            let is_whole = self.missing.is_empty() && !self.untold.get(place).copied().unwrap_or(true);
            if let Some(value) = known.get_mut(place).filter(|_| !is_whole) {
                *value = None;
            }
        }
        known
    }
}

fn lacking(mut untold: [bool; METRICS], metric: Metric) -> [bool; METRICS] {
    if let Some(place) = untold.get_mut(metric.index()) {
        *place = true;
    }
    untold
}

impl Whole {
    /// A cluster of which nothing is known yet.
    pub(super) fn new(policy: Policy) -> Self {
        Self { window: Window::new(METRICS, policy.held), waiting: VecDeque::new() }
    }

    /// A broker answered and tells what it did in turns before; or it is down. Then it was so since it fell silent: the
    /// cluster takes a while to miss it. Only what it still did in the turn in which that happened nobody will tell.
    pub(super) fn learn(&mut self, broker_id: i32, is_up: bool, made_up: &[(DateTime, Newest)]) {
        let mut fell_silent = false;
        for turn in self.waiting.iter_mut().filter(|turn| turn.missing.contains(&broker_id)) {
            let told = made_up.iter().find(|(time, _)| *time == turn.time).map(|(_, values)| values);
            match (told, is_up) {
                (Some(values), _) => turn.learn(broker_id, Some(values)),
                (None, true) => {}
                (None, false) if !fell_silent => turn.learn(broker_id, None),
                (None, false) => turn.carried_nothing(broker_id),
            }
            fell_silent = true;
        }
    }

    /// Adds a turn. What nobody will tell more of goes into the window, in order.
    pub(super) fn push(&mut self, turn: Turn, now: DateTime) {
        self.waiting.push_back(turn);
        let is_done = |turn: &Turn| turn.missing.is_empty() || !is_within(turn.time, now, LONGEST_GAP);
        while self.waiting.front().is_some_and(is_done) {
            if let Some(turn) = self.waiting.pop_front() {
                self.window = self.window.push(turn.time, &narrowed(&turn.known()));
            }
        }
    }
}
