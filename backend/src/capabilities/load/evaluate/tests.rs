//! Turns on tiny clusters, second by second, without any clock.

use std::sync::Arc;

use chrono::Duration;
use shared::{event::Event, load::Metric};

use super::*;
use crate::capabilities::load::model::{
    Answer, Broker, Brokers, Counter, Gauge, Told, TopicCounts, UsualSample, UsualSnapshot,
};

const POLICY: Policy = Policy {
    period: std::time::Duration::from_secs(10),
    held: std::time::Duration::from_secs(6 * 3_600),
    young: std::time::Duration::from_secs(180),
    abnormal_z: 3.5,
};

/// A cluster that is turned.
struct Turned {
    now: DateTime,
    known: Brokers,
    usual: Option<UsualSnapshot>,
    snapshot: Option<BrokersSnapshot>,
    events: Vec<Event>,
}

/// What a broker answers in a turn.
#[derive(Clone)]
enum Says {
    Told(Box<Told>),
    Nothing,
}

/// A counter of bytes in, and when the process started.
fn counted(bytes_in: f64, started: f64) -> Says {
    let mut told = Box::<Told>::default();
    told.counters[Counter::BytesIn as usize] = Some(bytes_in);
    told.gauges[Gauge::Started as usize] = Some(started);
    Says::Told(told)
}

fn produce_p99(milliseconds: f64) -> Says {
    let Says::Told(mut told) = counted(0.0, 1.0) else { unreachable!() };
    told.gauges[Gauge::ProduceP99 as usize] = Some(milliseconds);
    Says::Told(told)
}

/// With a hundred produce requests in a second, unless they are told.
fn busy(told: &Told, now: DateTime) -> Told {
    let mut told = told.clone();
    told.counters[Counter::ProduceRequests as usize].get_or_insert(now.timestamp() as f64 * 100.0);
    told
}

impl Turned {
    fn of(brokers: i32) -> Self {
        let broker = |broker_id| Broker { broker_id, is_up: true, ..Broker::default() };
        let known = Brokers { brokers: (1..=brokers).map(broker).collect(), ..Brokers::default() };
        Self {
            now: DateTime::from_timestamp(1_795_358_400, 0).unwrap(),
            known,
            usual: None,
            snapshot: None,
            events: vec![],
        }
    }

    fn turn(&mut self, says: &[Says]) {
        self.turn_answering(says, &[]);
    }

    /// A turn in which it is known how long brokers take to answer us.
    fn turn_answering(&mut self, says: &[Says], times: &[Option<f64>]) {
        self.now += Duration::seconds(10);
        let answer = |(broker_id, says): (i32, &Says)| Answer {
            broker_id,
            at: self.now,
            answer_p90: usize::try_from(broker_id - 1).ok().and_then(|place| *times.get(place)?),
            told: match says {
                Says::Told(told) => Ok(busy(told, self.now)),
                Says::Nothing => Err("It said nothing.".into()),
            },
        };
        let sample = BrokersSample {
            cluster: "east".into(),
            known: Arc::new(self.known.clone()),
            answers: (1..).zip(says).map(answer).collect(),
            usual: self
                .usual
                .clone()
                .map(|snapshot| Arc::new(crate::runtime::Stamped { snapshot, revision: 1, as_of: self.now })),
        };
        let evaluated = brokers(self.snapshot.as_ref(), sample, POLICY, self.now);
        self.snapshot = Some(evaluated.snapshot);
        self.events.extend(evaluated.events);
    }

    fn row(&self, broker_id: i32) -> &BrokerRow {
        self.snapshot.as_ref().unwrap().broker(broker_id).unwrap()
    }

    fn newest(&self, broker_id: i32, metric: Metric) -> Option<f64> {
        self.row(broker_id).newest[metric.index()]
    }

    /// Every point of a metric since the beginning: of a broker, or of the whole.
    fn points(&self, broker_id: Option<i32>, metric: Metric) -> Vec<Option<f64>> {
        let window = match broker_id {
            Some(id) => &self.row(id).window,
            None => &self.snapshot.as_ref().unwrap().whole.window,
        };
        let from = DateTime::from_timestamp(1_795_358_400, 0).unwrap();
        let step = std::time::Duration::from_secs(10);
        let steps = window.steps(metric.index(), from, self.now, step);
        steps.into_iter().map(|(_, value)| value.map(f64::round)).collect()
    }

    fn kinds(&self) -> Vec<&str> {
        self.events.iter().map(|event| event.kind.as_str()).collect()
    }

    fn abnormal(&self, broker_id: i32) -> Vec<Metric> {
        self.row(broker_id).abnormal.iter().map(|verdict| verdict.metric).collect()
    }
}

#[test]
fn a_rate_is_what_was_counted_between_two_turns() {
    let mut east = Turned::of(1);
    for bytes in [1_000_000.0, 1_001_000.0, 1_003_000.0] {
        east.turn(&[counted(bytes, 1.0)]);
    }
    assert_eq!(east.points(Some(1), Metric::BytesIn), [None, Some(100.0), Some(200.0)]);
    assert_eq!(east.newest(1, Metric::BytesIn), Some(150.0), "the mean so far");
}

#[test]
fn a_row_has_the_mean_of_the_last_minute() {
    let mut east = Turned::of(1);
    let mut bytes = 0.0;
    for rate in [900.0, 900.0, 900.0, 100.0, 100.0, 100.0, 100.0, 100.0, 100.0, 100.0] {
        bytes += rate * 10.0;
        east.turn(&[counted(bytes, 1.0)]);
    }
    let mean = east.newest(1, Metric::BytesIn).unwrap();
    assert!((mean - 100.0).abs() < 1.0, "{mean}");
}

#[test]
fn a_reset_is_neither_a_spike_nor_negative_whether_the_start_is_told_or_not() {
    for starts in [[1.0, 1.0, 999.0, 999.0], [1.0; 4]] {
        let mut east = Turned::of(1);
        for (bytes, started) in [1_000_000.0, 1_001_000.0, 700.0, 1_700.0].into_iter().zip(starts) {
            east.turn(&[counted(bytes, started)]);
        }
        let points = east.points(Some(1), Metric::BytesIn);
        assert_eq!(points, [None, Some(100.0), None, Some(100.0)], "{starts:?}");
        assert_eq!(east.points(None, Metric::BytesIn), points);
        assert_eq!(east.newest(1, Metric::BytesIn), Some(100.0));
    }
    // Counted far beyond what was before within one turn: only the start tells.
    let mut east = Turned::of(1);
    for (bytes, started) in [(1_000.0, 1.0), (2_000.0, 1.0), (9_000_000.0, 999.0), (9_001_000.0, 999.0)] {
        east.turn(&[counted(bytes, started)]);
    }
    assert_eq!(east.points(Some(1), Metric::BytesIn), [None, Some(100.0), None, Some(100.0)]);
}

#[test]
fn a_broker_that_answers_again_tells_what_it_did_in_the_meantime() {
    let mut east = Turned::of(2);
    let steady = |turn: f64| counted(1_000.0 * turn, 1.0);
    east.turn(&[steady(1.0), steady(1.0)]);
    east.turn(&[steady(2.0), steady(2.0)]);
    east.turn(&[steady(3.0), Says::Nothing]);
    assert_eq!(east.row(2).failure.as_ref().unwrap().what, "It said nothing.");
    assert_eq!(east.newest(2, Metric::BytesIn), Some(100.0), "what was known stays");
    assert_eq!(east.points(None, Metric::BytesIn), [None, Some(200.0), None]);
    east.turn(&[steady(4.0), Says::Nothing]);
    east.turn(&[steady(5.0), counted(8_000.0, 1.0)]);
    let two = Some(200.0);
    assert_eq!(east.points(Some(2), Metric::BytesIn), [None, Some(100.0), two, two, two]);
    let whole = Some(300.0);
    assert_eq!(east.points(None, Metric::BytesIn), [None, Some(200.0), whole, whole, whole]);
    assert_eq!(east.row(2).failure, None);
}

#[test]
fn a_sum_that_lacks_a_broker_is_not_known_and_one_that_is_down_is_not_lacking() {
    let mut east = Turned::of(2);
    let steady = |turn: i32| counted(1_000.0 * f64::from(turn), 1.0);
    for turn in 1..=3 {
        east.turn(&[steady(turn), steady(turn)]);
    }
    for turn in 4..=12 {
        east.turn(&[steady(turn), Says::Nothing]);
    }
    let points = east.points(None, Metric::BytesIn);
    assert_eq!(&points[..4], [None, Some(200.0), Some(200.0), None], "{points:?}");
    assert!(points[4..].iter().all(Option::is_none), "{points:?}");
    let throughput = east.snapshot.as_ref().unwrap().throughput;
    assert_eq!((throughput.bytes_in, throughput.at_least), (Some(100.0), true));
    east.known.brokers[1].is_up = false;
    east.turn(&[steady(13), Says::Nothing]);
    assert_eq!(east.points(None, Metric::BytesIn).last(), Some(&Some(100.0)));
    assert!(!east.snapshot.as_ref().unwrap().throughput.at_least);
    assert!(
        east.newest(2, Metric::BytesIn).is_some() && east.row(2).failure.is_some(),
        "its last values stay"
    );
}

#[test]
fn a_broker_that_is_found_down_was_so_since_it_fell_silent() {
    let mut east = Turned::of(2);
    let steady = |turn: i32| counted(1_000.0 * f64::from(turn), 1.0);
    for turn in 1..=2 {
        east.turn(&[steady(turn), steady(turn)]);
    }
    for turn in 3..=5 {
        east.turn(&[steady(turn), Says::Nothing]);
    }
    assert_eq!(east.points(None, Metric::BytesIn)[2..], [None; 3]);
    east.known.brokers[1].is_up = false;
    east.turn(&[steady(6), Says::Nothing]);
    let alone = Some(100.0);
    assert_eq!(east.points(None, Metric::BytesIn), [None, Some(200.0), None, alone, alone, alone]);
}

#[test]
fn a_silence_that_is_too_long_is_not_made_up() {
    let mut east = Turned::of(1);
    east.turn(&[counted(0.0, 1.0)]);
    for _ in 0..8 {
        east.turn(&[Says::Nothing]);
    }
    east.turn(&[counted(90_000.0, 1.0)]);
    east.turn(&[counted(91_000.0, 1.0)]);
    let mut expected = vec![None; 10];
    expected.push(Some(100.0));
    assert_eq!(east.points(Some(1), Metric::BytesIn), expected);
}

#[test]
fn an_endpoint_is_lost_after_three_turns_and_told_of_once() {
    let mut east = Turned::of(1);
    east.turn(&[counted(0.0, 1.0)]);
    for _ in 0..2 {
        east.turn(&[Says::Nothing]);
    }
    assert!(east.events.is_empty());
    for _ in 0..9 {
        east.turn(&[Says::Nothing]);
    }
    assert_eq!(east.kinds(), ["metrics_lost"]);
    east.turn(&[counted(0.0, 1.0)]);
    east.turn(&[counted(0.0, 1.0)]);
    assert_eq!(east.kinds(), ["metrics_lost", "metrics_returned"]);
}

#[test]
fn a_broker_that_is_much_slower_than_its_peers_is_abnormal_within_a_minute_and_once() {
    let mut east = Turned::of(3);
    for _ in 0..6 {
        east.turn(&[produce_p99(4.0), produce_p99(5.0), produce_p99(4.5)]);
    }
    assert!((1..=3).all(|id| east.abnormal(id).is_empty()));
    let mut turns = 0;
    while east.abnormal(3).is_empty() {
        turns += 1;
        assert!(turns <= 5, "not within a minute");
        east.turn(&[produce_p99(4.0), produce_p99(5.0), produce_p99(400.0)]);
    }
    assert!(turns > 1, "one sample is no verdict");
    for _ in 0..10 {
        east.turn(&[produce_p99(4.0), produce_p99(5.0), produce_p99(400.0)]);
    }
    assert_eq!((east.abnormal(1), east.abnormal(2)), (vec![], vec![]));
    let verdict = east.row(3).abnormal[0];
    assert_eq!((verdict.value, verdict.median), (400.0, 4.5));
    assert_eq!(east.events[0].sentence, "Produce p99 of broker 3 is 400 ms; its peers have 4.5 ms");
    for _ in 0..8 {
        east.turn(&[produce_p99(4.0), produce_p99(5.0), produce_p99(4.5)]);
    }
    assert_eq!(east.kinds(), ["broker_abnormal", "broker_normal"]);
}

#[test]
fn a_broker_that_stands_still_again_and_again_is_told_by_how_long_it_takes_to_answer_us() {
    let mut east = Turned::of(3);
    let times = |last: f64| [Some(9.0), Some(11.0), Some(last)];
    for (turn, last, is_abnormal) in [
        (1, 10.0, false),
        (2, 38.0, false),
        (3, 48.0, false),
        (4, 10.0, false),
        (5, 62.0, false),
        (6, 83.0, true),
    ] {
        east.turn_answering(&[produce_p99(4.0), produce_p99(4.0), produce_p99(4.0)], &times(last));
        assert_eq!(!east.abnormal(3).is_empty(), is_abnormal, "turn {turn}");
    }
    assert_eq!(east.events[0].sentence, "Answer time p90 of broker 3 is 62 ms; its peers have 10 ms");
}

#[test]
fn one_bad_sample_trifles_and_too_few_peers_are_no_verdict() {
    let mut east = Turned::of(3);
    for turn in 0..12 {
        let odd = if turn == 7 { 9_000.0 } else { 4.5 };
        east.turn(&[produce_p99(4.0), produce_p99(5.0), produce_p99(odd)]);
        assert!(east.abnormal(3).is_empty(), "turn {turn}");
    }
    let mut trifle = Turned::of(3);
    let mut two = Turned::of(2);
    for _ in 0..12 {
        trifle.turn(&[produce_p99(1.0), produce_p99(1.0), produce_p99(12.0)]);
        two.turn(&[produce_p99(1.0), produce_p99(900.0)]);
    }
    assert!(trifle.events.is_empty() && two.events.is_empty());
}

#[test]
fn what_was_abnormal_is_held_against_what_its_peers_had_while_too_few_are_left() {
    let mut east = Turned::of(3);
    for _ in 0..12 {
        east.turn(&[produce_p99(4.0), produce_p99(5.0), produce_p99(400.0)]);
    }
    for _ in 0..12 {
        east.turn(&[produce_p99(4.0), Says::Nothing, produce_p99(300.0)]);
    }
    let verdict = east.row(3).abnormal[0];
    assert_eq!((verdict.value, verdict.median), (300.0, 4.5), "its value is that of now");
    for _ in 0..12 {
        east.turn(&[produce_p99(4.0), Says::Nothing, produce_p99(4.5)]);
    }
    assert!(east.abnormal(3).is_empty(), "it is as its peers were");
    assert!(east.kinds().contains(&"broker_normal"), "{:?}", east.kinds());
}

#[test]
fn what_is_just_below_the_limit_does_not_flicker() {
    let mut east = Turned::of(3);
    let mut flips = 0;
    let mut was = false;
    for turn in 0..120 {
        let wave = if (turn / 6) % 2 == 0 { 103.0 } else { 99.0 };
        let high = if turn < 12 { 200.0 } else { 4.0 + wave };
        east.turn(&[produce_p99(4.0), produce_p99(4.0), produce_p99(high)]);
        let is = !east.abnormal(3).is_empty();
        flips += i32::from(is != was);
        was = is;
    }
    assert_eq!(flips, 1, "{:?}", east.kinds());
}

#[test]
fn a_young_broker_is_neither_judged_nor_a_peer() {
    let mut east = Turned::of(3);
    let started = east.now.timestamp() as f64;
    let young = |milliseconds: f64| {
        let Says::Told(mut told) = produce_p99(milliseconds) else { unreachable!() };
        told.gauges[Gauge::Started as usize] = Some(started);
        Says::Told(told)
    };
    for _ in 0..12 {
        east.turn(&[produce_p99(4.0), produce_p99(5.0), young(900.0)]);
    }
    assert!(east.events.is_empty());
    for _ in 0..8 {
        east.turn(&[produce_p99(4.0), produce_p99(5.0), young(900.0)]);
    }
    assert_eq!(east.kinds(), ["broker_abnormal"], "it is not young for ever");
}

#[test]
fn a_broker_is_held_against_its_own_last_week_where_that_is_known() {
    let days = |days: usize| UsualSample { values: vec![(1, Metric::ProduceP99, vec![10.0; days])] };
    assert!(usual(days(2)).baselines.is_empty());
    let mut east = Turned::of(1);
    east.usual = Some(usual(days(3)));
    for _ in 0..6 {
        east.turn(&[produce_p99(200.0)]);
    }
    assert_eq!(east.events[0].sentence, "Produce p99 of broker 1 is 200 ms; usual at this hour is 10 ms");
}

#[test]
fn topics_have_the_rates_of_all_their_leaders() {
    let mut east = Turned::of(2);
    let orders = |bytes: f64| {
        let Says::Told(mut told) = counted(0.0, 1.0) else { unreachable!() };
        let row = TopicCounts { name: "orders".into(), bytes_in: Some(bytes), bytes_out: None };
        told.topics = vec![TopicCounts { name: "zzz".into(), ..row.clone() }, row];
        Says::Told(told)
    };
    for turn in 1..=12 {
        east.turn(&[orders(1_000.0 * f64::from(turn)), orders(500.0 * f64::from(turn))]);
    }
    let topics = &east.snapshot.as_ref().unwrap().topics;
    assert_eq!(topics["orders"].bytes_in, Some(150.0));
    assert_eq!((topics["orders"].bytes_out, topics["orders"].at_least), (None, false));
    assert!(east.row(1).topics.len() <= 6, "{}", east.row(1).topics.len());
    for turn in 13..=15 {
        let topics = &east.snapshot.as_ref().unwrap().topics;
        assert_eq!((topics["orders"].bytes_in, topics["orders"].at_least), (Some(150.0), false));
        east.turn(&[orders(1_000.0 * f64::from(turn)), Says::Nothing]);
    }
    let topics = &east.snapshot.as_ref().unwrap().topics;
    assert_eq!((topics["orders"].bytes_in, topics["orders"].at_least), (Some(100.0), true));
}

#[test]
fn another_cluster_of_the_same_name_begins_anew() {
    let mut east = Turned::of(1);
    east.known.cluster_id = Some("one".into());
    east.turn(&[counted(1_000.0, 1.0)]);
    east.turn(&[counted(2_000.0, 1.0)]);
    east.known.cluster_id = Some("other".into());
    east.turn(&[counted(3_000.0, 1.0)]);
    assert_eq!(east.newest(1, Metric::BytesIn), None);
    assert_eq!(east.points(Some(1), Metric::BytesIn), [None, None, None]);
}

#[test]
fn the_percentile_of_a_few_requests_is_not_judged() {
    let mut east = Turned::of(3);
    for _ in 0..30 {
        let says = [produce_p99(4.0), produce_p99(5.0), produce_p99(4_600.0)].map(|says| {
            let Says::Told(mut told) = says else { unreachable!() };
            told.counters[Counter::ProduceRequests as usize] = Some(7.0);
            Says::Told(told)
        });
        east.turn(&says);
    }
    assert_eq!(east.events, []);
}

#[test]
fn the_percentile_of_a_few_log_flushes_is_not_judged() {
    let with = |flushes: &dyn Fn(i32) -> Option<f64>| {
        let mut east = Turned::of(3);
        for turn in 0..30 {
            let says = [4.0, 5.0, 4_600.0].map(|milliseconds| {
                let Says::Told(mut told) = counted(0.0, 1.0) else { unreachable!() };
                told.gauges[Gauge::LogFlushP99 as usize] = Some(milliseconds);
                told.counters[Counter::LogFlushes as usize] = flushes(turn);
                Says::Told(told)
            });
            east.turn(&says);
        }
        east.kinds().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let nothing: Vec<String> = vec![];
    assert_eq!(with(&|turn| Some(f64::from(turn))), nothing, "six a minute: the slow one may be hours old");
    assert_eq!(
        with(&|turn| Some(if turn < 15 { 0.0 } else { 40.0 })),
        nothing,
        "forty at once are no better"
    );
    assert_eq!(with(&|_| None), nothing, "nobody knows how many there are");
    assert_eq!(with(&|turn| Some(f64::from(turn) * 2.0)), ["broker_abnormal"]);
}
