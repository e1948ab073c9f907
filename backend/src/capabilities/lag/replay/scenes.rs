//! Groups that behave and misbehave, second by second, and what our own rules say of them: by recordings, as a user makes
//! them.

use std::fmt::Write;

use super::{Rules, replay};

/// As the demo is judged.
const CONFIG: &str = r#"{"op":"config","now_ms":1000000000,"behind_after":30,"stuck_after":60,"stopped_after":60,"losing_within":60,"rewound_for":900,"rhythm_patience":90,"minimum_span":60}"#;
const START_MS: i64 = 1_000_000_000;
/// Seconds between two looks at log ends, and between two questions.
const PERIOD: i64 = 10;

/// One group that reads one partition.
struct Scene {
    lines: String,
    second: i64,
    end: f64,
    committed: i64,
    order: i64,
    /// What the clock of the broker is ahead, in ms.
    ahead_ms: i64,
    /// Whether log ends are looked at.
    is_watched: bool,
}

/// What was said: when, the verdict, its rule, and all of it.
struct Said {
    second: i64,
    verdict: String,
    rule: String,
    whole: serde_json::Value,
}

impl Scene {
    fn new() -> Self {
        let lines = format!("{CONFIG}\n");
        Self { lines, second: 0, end: 0.0, committed: 0, order: 0, ahead_ms: 0, is_watched: true }
    }

    fn line(&mut self, line: &str) {
        writeln!(self.lines, "{line}").unwrap();
    }

    fn now_ms(&self) -> i64 {
        START_MS + self.second * 1_000
    }

    fn members(&mut self, state: &str, count: u32) {
        let ts_ms = self.now_ms();
        self.line(&format!(
            r#"{{"op":"members","cluster":"east","group":"g","state":"{state}","count":{count},"ts_ms":{ts_ms}}}"#
        ));
    }

    fn commit(&mut self, offset: i64) {
        self.order += 1;
        self.committed = offset;
        let (order, ts_ms) = (self.order, self.now_ms() + self.ahead_ms);
        self.line(&format!(
            r#"{{"op":"commit","cluster":"east","group":"g","topic":"t","partition":0,"offset":{offset},"order":{order},"ts_ms":{ts_ms}}}"#
        ));
    }

    fn log_start(&mut self, offset: i64) {
        let ts_ms = self.now_ms();
        self.line(&format!(
            r#"{{"op":"log_start","cluster":"east","topic":"t","partition":0,"offset":{offset},"ts_ms":{ts_ms}}}"#
        ));
    }

    fn stable_end(&mut self, offset: i64) {
        let ts_ms = self.now_ms();
        self.line(&format!(
            r#"{{"op":"stable_end","cluster":"east","topic":"t","partition":0,"offset":{offset},"ts_ms":{ts_ms}}}"#
        ));
    }

    /// So many seconds in which so many records a second are written; each second `then` happens, and every ten the log
    /// end is looked at and the group asked for.
    fn pass(&mut self, seconds: i64, written: f64, mut then: impl FnMut(&mut Self)) {
        for _ in 0..seconds {
            self.second += 1;
            self.end += written;
            let now_ms = self.now_ms();
            self.line(&format!(r#"{{"op":"now","now_ms":{now_ms}}}"#));
            then(self);
            if self.second % PERIOD == 0 {
                if self.is_watched {
                    let end = self.end as i64;
                    self.line(&format!(
                        r#"{{"op":"log_end","cluster":"east","topic":"t","partition":0,"partition_count":1,"offset":{end},"ts_ms":{now_ms}}}"#
                    ));
                }
                self.line(r#"{"op":"status","cluster":"east","group":"g"}"#);
            }
        }
    }

    /// All that was said, one a period.
    fn said(&self) -> Vec<Said> {
        let mut answers = Vec::new();
        replay(self.lines.as_bytes(), &mut answers, Rules::Native).unwrap();
        let text = String::from_utf8(answers).unwrap();
        let said = |(at, line): (usize, &str)| {
            let whole: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            Said {
                second: (at as i64 + 1) * PERIOD,
                verdict: text(&whole["verdict"]),
                rule: text(&whole["reason"]["rule"]),
                whole,
            }
        };
        text.lines().enumerate().map(said).collect()
    }

    /// From `second` on it is always called so, by this rule.
    fn settles(&self, second: i64, verdict: &str, rule: &str) -> Said {
        let mut said = self.said();
        for one in said.iter().filter(|one| one.second >= second) {
            assert_eq!(
                (one.verdict.as_str(), one.rule.as_str()),
                (verdict, rule),
                "{} s: {}",
                one.second,
                one.whole
            );
        }
        said.pop().unwrap()
    }

    fn is_never_bad(&self) {
        for one in self.said() {
            assert!(["", "ok", "unknown"].contains(&one.verdict.as_str()), "{} s: {}", one.second, one.whole);
        }
    }
}

/// Commits everything every so many seconds.
fn every(seconds: i64) -> impl FnMut(&mut Scene) {
    move |scene| {
        if scene.second % seconds == 0 {
            let end = scene.end as i64;
            scene.commit(end);
        }
    }
}

#[test]
fn who_reads_everything_is_well_from_the_first_look_on() {
    let mut scene = Scene::new();
    scene.members("Stable", 2);
    scene.pass(1_200, 20.0, every(5));
    scene.is_never_bad();
    scene.settles(30, "ok", "");
}

#[test]
fn an_hour_of_groups_that_are_well_raises_no_alarm() {
    let mut alarms = 0;
    for (commits_every, written) in [(1, 100.0), (5, 20.0), (5, 0.3), (60, 12.0), (300, 4.0), (7, 0.02)] {
        // As groups are judged that nobody set anything for.
        let mut scene = Scene::new();
        scene.lines = format!("{{\"op\":\"config\",\"now_ms\":{START_MS}}}\n");
        scene.members("Stable", 1);
        scene.pass(3_600, written, every(commits_every));
        let said = scene.said();
        for one in said.iter().filter(|one| !["", "ok", "unknown"].contains(&one.verdict.as_str())).take(2) {
            println!("every {commits_every} s, {written}/s: {} s: {}", one.second, one.whole);
        }
        alarms += said.iter().filter(|one| !["", "ok", "unknown"].contains(&one.verdict.as_str())).count();
        let settled = said.iter().filter(|one| one.second > 3 * commits_every + 90);
        assert!(settled.clone().all(|one| one.verdict == "ok"), "every {commits_every} s, {written}/s");
    }
    assert_eq!(alarms, 0);
}

#[test]
fn who_reads_less_than_is_written_is_behind_and_will_never_catch_up() {
    let mut scene = Scene::new();
    scene.members("Stable", 1);
    scene.pass(600, 12.0, |scene| {
        if scene.second % 5 == 0 {
            let next = scene.committed + 40;
            scene.commit(next);
        }
    });
    let last = scene.settles(130, "behind", "behind_after");
    let age = last.whole["age_seconds"].as_f64().unwrap();
    assert!((age - 200.0).abs() < 15.0, "4 of 12 stay, for 600 s: {age}");
    assert_eq!(last.whole["age_method"], "history");
    let rates =
        ["produce_rate_per_second", "consume_rate_per_second"].map(|name| last.whole[name].as_f64().unwrap());
    assert!((rates[0] - 12.0).abs() < 0.5 && (rates[1] - 8.0).abs() < 0.5, "{rates:?}");
    assert!(last.whole["catch_up_seconds"].is_null());
    let sentence = last.whole["reason"]["sentence"].as_str().unwrap();
    assert!(sentence.ends_with("12 come in each second, and 8.0 are read."), "{sentence}");
}

#[test]
fn who_catches_up_is_well_and_says_when() {
    let mut scene = Scene::new();
    scene.members("Stable", 1);
    scene.pass(100, 50.0, |_| {});
    scene.commit(0);
    scene.pass(300, 10.0, |scene| {
        let next = (scene.committed + 25).min(scene.end as i64);
        scene.commit(next);
    });
    scene.is_never_bad();
    let said = scene.said();
    let amid = said.iter().find(|one| one.second == 250).unwrap();
    assert_eq!((amid.verdict.as_str(), amid.rule.as_str()), ("ok", "catching_up"), "{}", amid.whole);
    let seconds = amid.whole["catch_up_seconds"].as_f64().unwrap();
    assert!((seconds - 183.0).abs() < 20.0, "{seconds}");
}

#[test]
fn who_stands_still_with_members_is_stuck_since_it_stands() {
    let mut scene = Scene::new();
    scene.members("Stable", 1);
    scene.pass(100, 2.0, every(5));
    let (at, stood) = (scene.committed, scene.second);
    scene.pass(600, 2.0, |_| {});
    let last = scene.settles(stood + 70, "stuck", "stuck_after");
    let sentence = last.whole["reason"]["sentence"].as_str().unwrap();
    assert_eq!(sentence, format!("t-0 stays at offset {at} while 1,200 records wait, and it has members."));
    let since: shared::DateTime = serde_json::from_value(last.whole["reason"]["since"].clone()).unwrap();
    let since = since.timestamp() - START_MS / 1_000;
    assert!((since - stood).abs() <= 10, "{since} {stood}");
    assert_eq!(last.whole["consume_rate_per_second"], 0.0);
}

#[test]
fn who_commits_the_same_again_and_again_is_stuck_too() {
    let mut scene = Scene::new();
    scene.members("Stable", 1);
    scene.pass(100, 2.0, every(5));
    scene.pass(600, 2.0, |scene| {
        if scene.second % 5 == 0 {
            let same = scene.committed;
            scene.commit(same);
        }
    });
    scene.settles(180, "stuck", "stuck_after");
}

#[test]
fn who_has_left_has_stopped_once_there_is_something_to_read() {
    let mut scene = Scene::new();
    scene.members("Stable", 1);
    scene.pass(100, 2.0, every(5));
    scene.members("Empty", 0);
    scene.pass(900, 0.0, |_| {});
    scene.is_never_bad();
    scene.settles(110, "ok", "");
    let (left, committed) = (scene.second, scene.committed);
    scene.pass(300, 2.0, |_| {});
    let last = scene.settles(left + 80, "stopped", "stopped_after");
    assert_eq!(last.whole["lag_records"], 600, "from {committed}");
}

#[test]
fn who_had_stopped_before_it_was_watched_is_waited_for() {
    let mut scene = Scene::new();
    scene.members("Empty", 0);
    scene.pass(20, 5.0, |_| {});
    scene.commit(3);
    scene.pass(300, 5.0, |_| {});
    let said = scene.said();
    let rule = |second: i64| said.iter().find(|one| one.second == second).unwrap().rule.clone();
    assert_eq!((rule(60).as_str(), rule(90).as_str()), ("too_little_seen", "rhythm_unknown"));
    scene.settles(130, "stopped", "stopped_after");
}

#[test]
fn who_is_reset_has_rewound_by_how_much_until_it_is_there_again_and_for_a_while() {
    let mut scene = Scene::new();
    scene.members("Stable", 1);
    scene.pass(100, 40.0, every(5));
    scene.commit(0);
    scene.pass(900, 4.0, |scene| {
        let next = (scene.committed + 10).min(scene.end as i64);
        scene.commit(next);
    });
    let said = scene.said();
    let settled = said.iter().filter(|one| (170..1_000).contains(&one.second));
    for one in settled {
        assert_eq!(one.verdict, "rewound", "{} s: {}", one.second, one.whole);
    }
    let one = said.iter().find(|one| one.second == 200).unwrap();
    assert_eq!(one.whole["reason"]["value"], 4_000.0, "{}", one.whole);
    scene.pass(300, 4.0, every(1));
    scene.settles(1_010, "ok", "");
}

#[test]
fn a_drop_that_a_rebalance_undoes_is_none() {
    let mut scene = Scene::new();
    scene.members("Stable", 1);
    scene.pass(100, 10.0, every(5));
    scene.commit(700);
    scene.pass(20, 10.0, |_| {});
    scene.pass(300, 10.0, every(5));
    scene.is_never_bad();
}

#[test]
fn who_commits_for_every_record_is_judged_by_half_minutes() {
    let mut scene = Scene::new();
    scene.members("Stable", 1);
    scene.pass(400, 30.0, |scene| {
        for _ in 0..20 {
            let next = scene.committed + 1;
            scene.commit(next);
        }
    });
    let last = scene.settles(200, "behind", "behind_after");
    assert!((last.whole["consume_rate_per_second"].as_f64().unwrap() - 20.0).abs() < 2.0, "{}", last.whole);
}

#[test]
fn who_reads_in_bursts_keeps_that_rhythm() {
    let mut scene = Scene::new();
    scene.lines = format!("{{\"op\":\"config\",\"now_ms\":{START_MS}}}\n");
    scene.members("Stable", 1);
    // Every half an hour it reads everything, committing every five seconds for two minutes.
    scene.pass(4 * 1_800, 2.0, |scene| {
        if scene.second % 1_800 < 120 && scene.second % 5 == 0 {
            let end = scene.end as i64;
            scene.commit(end);
        }
    });
    let said = scene.said();
    let late: Vec<&Said> = said.iter().filter(|one| one.second > 2 * 1_800 + 120).collect();
    assert!(late.iter().all(|one| one.verdict == "ok"), "two bursts are a rhythm");
    assert!(!late.is_empty());
}

#[test]
fn a_pace_that_changes_is_that_of_now() {
    let mut scene = Scene::new();
    scene.members("Stable", 1);
    // Every two seconds: the first windows are too short to tell a rate.
    let reads = |per_second: i64| {
        move |scene: &mut Scene| {
            if scene.second % 2 == 0 {
                let next = (scene.committed + 2 * per_second).min(scene.end as i64);
                scene.commit(next);
            }
        }
    };
    scene.pass(1_200, 100.0, reads(100));
    scene.pass(300, 20.0, reads(10));
    let last = scene.settles(1_330, "behind", "behind_after");
    assert!((last.whole["consume_rate_per_second"].as_f64().unwrap() - 10.0).abs() < 1.0, "{}", last.whole);
}

#[test]
fn a_topic_that_rests_gives_its_reader_no_rhythm() {
    let mut scene = Scene::new();
    scene.members("Stable", 1);
    // A record every ten minutes, read in the second in which it comes.
    for _ in 0..5 {
        scene.pass(599, 0.0, |_| {});
        scene.pass(1, 1.0, every(1));
    }
    scene.members("Empty", 0);
    let died = scene.second;
    scene.pass(1, 1.0, |_| {});
    scene.pass(299, 0.0, |_| {});
    scene.settles(died + 90, "stopped", "stopped_after");
}

/// A member has two partitions, of which the second is read at so many records a second, from a place far behind.
fn with_a_second_partition(scene: &mut Scene, seconds: i64, per_second: i64) {
    let began = scene.second;
    scene.pass(seconds, 2.0, |scene| {
        let (second, now_ms) = (scene.second, scene.now_ms());
        let end = 20_000;
        let read = ((second - began) * per_second).min(end);
        if second % 10 == 9 {
            scene.line(&format!(
                r#"{{"op":"log_end","cluster":"east","topic":"u","partition":0,"partition_count":1,"offset":{end},"ts_ms":{now_ms}}}"#
            ));
        }
        if second % 5 == 0 {
            scene.line(&format!(
                r#"{{"op":"commit","cluster":"east","group":"g","topic":"u","partition":0,"offset":{read},"order":{},"ts_ms":{now_ms}}}"#,
                second + 1_000_000
            ));
        }
        for topic in ["t", "u"] {
            scene.line(&format!(
                r#"{{"op":"owner","cluster":"east","group":"g","topic":"{topic}","partition":0,"host":"/10.0.0.7","client_id":"g-1"}}"#
            ));
        }
    });
}

#[test]
fn who_works_off_another_partition_is_behind_here_and_stuck_once_that_is_read() {
    let mut scene = Scene::new();
    scene.members("Stable", 1);
    scene.pass(100, 2.0, every(5));
    let stood = scene.second;
    with_a_second_partition(&mut scene, 500, 50);
    let said = scene.said();
    let of = |second: i64| said.iter().find(|one| one.second == second).unwrap();
    let (busy, done) = (of(stood + 300), of(stood + 500));
    assert_eq!((busy.verdict.as_str(), busy.rule.as_str()), ("behind", "behind_after"), "{}", busy.whole);
    // At 400 s the other is read; a minute later nothing moves any more.
    assert_eq!((done.verdict.as_str(), done.rule.as_str()), ("stuck", "stuck_after"), "{}", done.whole);
}

#[test]
fn who_was_put_back_is_that_and_nothing_worse_while_its_partitions_take_turns() {
    let mut scene = Scene::new();
    scene.members("Stable", 1);
    scene.pass(100, 2.0, every(5));
    let put_back = scene.second;
    scene.commit(0);
    // It is there again after a minute, and then waits while the same member works off another partition.
    scene.pass(60, 2.0, |scene| {
        if scene.second % 5 == 0 {
            let next = (scene.committed + 25).min(scene.end as i64);
            scene.commit(next);
        }
    });
    with_a_second_partition(&mut scene, 390, 50);
    let said = scene.settles(put_back + 40, "rewound", "rewound");
    assert!(said.whole["lag_records"].as_u64().unwrap() > 700, "{}", said.whole);
}

#[test]
fn what_waited_before_a_member_was_put_back_elsewhere_is_not_excused_by_that() {
    let mut scene = Scene::new();
    scene.members("Stable", 1);
    scene.pass(100, 2.0, every(5));
    scene.pass(200, 2.0, |_| {});
    let (put_back, ts_ms) = (scene.second, scene.now_ms());
    scene.line(&format!(
        r#"{{"op":"commit","cluster":"east","group":"g","topic":"u","partition":0,"offset":15000,"order":1000000,"ts_ms":{ts_ms}}}"#
    ));
    with_a_second_partition(&mut scene, 200, 50);
    let last = scene.settles(put_back + 50, "behind", "behind_after");
    assert_eq!(last.whole["worst"][0]["topic"], "t", "{}", last.whole);
    let verdicts: Vec<_> =
        last.whole["partitions"].as_array().unwrap().iter().map(|it| &it["verdict"]).collect();
    assert_eq!(verdicts, ["behind", "rewound"]);
}

#[test]
fn a_commit_that_is_read_late_makes_no_other_clock() {
    let mut scene = Scene::new();
    scene.members("Stable", 1);
    scene.pass(100, 10.0, every(5));
    // Another group shows that the clocks agree; of this one the last commit comes ten minutes late.
    scene.members("Empty", 0);
    scene.pass(600, 10.0, |scene| {
        if scene.second % 10 == 0 {
            let (order, ts_ms) = (scene.second + 100_000, scene.now_ms());
            scene.line(&format!(
                r#"{{"op":"commit","cluster":"east","group":"other","topic":"t","partition":0,"offset":5,"order":{order},"ts_ms":{ts_ms}}}"#
            ));
        }
    });
    scene.ahead_ms = -590_000;
    scene.order += 1_000_000;
    scene.commit(1_100);
    scene.ahead_ms = 0;
    scene.pass(60, 10.0, |scene| {
        let (order, ts_ms) = (scene.second + 200_000, scene.now_ms());
        scene.line(&format!(
            r#"{{"op":"commit","cluster":"east","group":"other","topic":"t","partition":0,"offset":5,"order":{order},"ts_ms":{ts_ms}}}"#
        ));
    });
    let last = scene.said().pop().unwrap();
    assert_eq!((last.verdict.as_str(), last.rule.as_str()), ("stopped", "stopped_after"), "{}", last.whole);
}

#[test]
fn what_retention_took_is_counted_and_what_it_will_take_is_foretold() {
    let mut scene = Scene::new();
    scene.members("Stable", 1);
    scene.pass(100, 10.0, every(5));
    scene.log_start(0);
    scene.members("Empty", 0);
    scene.pass(200, 10.0, |scene| {
        if scene.second % 20 == 0 {
            let start = (scene.end as i64 - 600).max(0);
            scene.log_start(start);
        }
    });
    let said = scene.said();
    let rules: Vec<&str> = said.iter().map(|one| one.rule.as_str()).collect();
    assert!(rules.contains(&"losing_within"), "{rules:?}");
    let last = said.last().unwrap();
    assert_eq!((last.verdict.as_str(), last.rule.as_str()), ("losing", "below_log_start"), "{}", last.whole);
    assert_eq!((&last.whole["lost_records"], &last.whole["lag_records"]), (&1_400.into(), &600.into()));
    assert_eq!(last.whole["lag_raw"], 2_000);
}

#[test]
fn a_group_that_deletes_what_it_has_read_loses_nothing_when_it_stops() {
    let mut scene = Scene::new();
    scene.members("Stable", 1);
    let mut reads = every(5);
    scene.pass(300, 10.0, |scene| {
        reads(scene);
        // As Kafka Streams does on its repartition topics.
        if scene.second % 20 == 0 {
            scene.log_start(scene.committed);
        }
    });
    scene.members("Empty", 0);
    scene.pass(200, 10.0, |_| {});
    let said = scene.said();
    assert!(said.iter().all(|one| one.verdict != "losing"), "{:?}", said.last().map(|one| &one.whole));
    let last = said.last().unwrap();
    assert_eq!((last.verdict.as_str(), last.rule.as_str()), ("stopped", "stopped_after"), "{}", last.whole);
}

#[test]
fn a_transaction_that_kafka_should_have_ended_holds_who_reads_what_is_committed() {
    let mut scene = Scene::new();
    scene.lines = format!("{{\"op\":\"config\",\"now_ms\":{START_MS}}}\n");
    scene.members("Stable", 1);
    scene.stable_end(0);
    // One transaction after the other, each ten minutes long, as a job with checkpoints writes them.
    let mut read = 0;
    scene.pass(3_000, 20.0, |scene| {
        if scene.second % 600 == 0 {
            read = scene.end as i64;
            scene.stable_end(read);
        }
        if scene.second % 5 == 0 {
            scene.commit(read);
        }
    });
    scene.is_never_bad();
    let hung = scene.second;
    scene.pass(1_800, 20.0, |scene| {
        if scene.second % 5 == 0 {
            scene.commit(read);
        }
    });
    let last = scene.settles(hung + 980, "behind", "open_transaction");
    assert_eq!((&last.whole["lag_records"], &last.whole["lag_raw"]), (&0.into(), &36_000.into()));
    assert_eq!(last.whole["age_method"], "history");
    let sentence = last.whole["reason"]["sentence"].as_str().unwrap();
    assert!(sentence.contains("36,000 offsets wait from offset 60,000 on"), "{sentence}");
    // Who reads what is not committed is beyond it.
    let end = scene.end as i64;
    scene.commit(end);
    scene.pass(20, 20.0, every(5));
    scene.settles(scene.second, "ok", "");
    let end = scene.end as i64;
    scene.stable_end(end);
    scene.pass(20, 20.0, every(5));
    scene.settles(scene.second - 10, "ok", "");
}

#[test]
fn lies_are_named() {
    let mut beyond = Scene::new();
    beyond.members("Stable", 1);
    beyond.pass(100, 1.0, |scene| {
        if scene.second == 15 {
            scene.commit(5_000);
        }
    });
    let last = beyond.settles(20, "unknown", "beyond_end");
    assert!(last.whole["lag_records"].is_null() && last.whole["age_seconds"].is_null());

    for ahead_ms in [600_000, -600_000] {
        let mut skewed = Scene::new();
        skewed.ahead_ms = ahead_ms;
        skewed.members("Stable", 1);
        skewed.pass(200, 10.0, |scene| {
            if scene.second % 5 == 0 {
                let most = scene.end as i64 - 20;
                scene.commit(most.max(0));
            }
        });
        let last = skewed.settles(20, "unknown", "clock");
        assert!(last.whole["age_seconds"].is_null(), "{}", last.whole);
    }

    let mut gone = Scene::new();
    gone.is_watched = false;
    gone.members("Stable", 1);
    gone.pass(50, 1.0, every(5));
    gone.settles(10, "unknown", "no_log_end");
}
