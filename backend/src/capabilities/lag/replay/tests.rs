use proptest::prelude::*;

use super::{Rules, replay};

/// A recording's answers.
fn played(lines: &[&str]) -> Vec<serde_json::Value> {
    let mut answers = Vec::new();
    replay(lines.join("\n").as_bytes(), &mut answers, Rules::Burrow).unwrap();
    let text = String::from_utf8(answers).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn refused(lines: &[&str]) -> String {
    format!("{:#}", replay(lines.join("\n").as_bytes(), &mut Vec::new(), Rules::Burrow).unwrap_err())
}

const CONFIG: &str = r#"{"op":"config","intervals":3,"now_ms":100000}"#;
const END: &str = r#"{"op":"log_end","cluster":"EAST","topic":"orders","partition":0,"partition_count":2,"offset":100,"ts_ms":99000}"#;

fn commit(offset: i64, order: i64, ts_ms: i64) -> String {
    format!(
        r#"{{"op":"commit","cluster":"EAST","group":"a/b c","topic":"orders","partition":0,"offset":{offset},"order":{order},"ts_ms":{ts_ms}}}"#
    )
}

const STATUS: &str = r#"{"op":"status","cluster":"EAST","group":"a/b c","show_all":true}"#;
const WINDOW: &str = r#"{"op":"window","cluster":"EAST","group":"a/b c","topic":"orders","partition":0}"#;

#[test]
fn a_group_is_answered_as_burrow_answers() {
    let owner = r#"{"op":"owner","cluster":"EAST","group":"a/b c","topic":"orders","partition":0,"host":"/10.0.0.1","client_id":"pay"}"#;
    let answers = played(&[CONFIG, END, &commit(40, 7, 98_000), &commit(50, 8, 99_000), owner, STATUS]);
    let first = serde_json::json!({"offset": 40, "timestamp": 98000, "observedAt": 100000, "lag": 60});
    let last = serde_json::json!({"offset": 50, "timestamp": 99000, "observedAt": 100000, "lag": 50});
    let worst = serde_json::json!({
        "topic": "orders", "partition": 0, "owner": "/10.0.0.1", "client_id": "pay", "status": "OK",
        "start": first, "end": last, "current_lag": 50, "complete": 0.666_666_7,
    });
    let idle = serde_json::json!({
        "topic": "orders", "partition": 1, "owner": "", "client_id": "", "status": "OK",
        "start": null, "end": null, "current_lag": 0, "complete": 0.0,
    });
    let expected = serde_json::json!({
        "cluster": "EAST", "group": "a/b c", "status": "OK", "complete": 0.0, "partitions": [worst, idle],
        "partition_count": 2, "maxlag": worst, "totallag": 50,
    });
    assert_eq!(answers, [expected]);
}

#[test]
fn only_bad_partitions_are_listed_unless_all_are_asked_for() {
    let later = r#"{"op":"now","now_ms":200000}"#;
    let short = r#"{"op":"status","cluster":"EAST","group":"a/b c"}"#;
    let answers = played(&[CONFIG, END, &commit(40, 7, 98_000), later, short, STATUS]);
    assert_eq!(
        (&answers[0]["status"], &answers[0]["partitions"][0]["status"]),
        (&"ERR".into(), &"STOP".into())
    );
    assert_eq!(answers[0]["partitions"].as_array().unwrap().len(), 1);
    assert_eq!(answers[1]["partitions"].as_array().unwrap().len(), 2);
    assert_eq!(answers[0]["partition_count"], 2);
}

#[test]
fn what_nobody_knows_is_not_found() {
    let answers = played(&[CONFIG, STATUS, WINDOW]);
    assert_eq!((&answers[0]["status"], &answers[0]["complete"]), (&"NOTFOUND".into(), &1.0.into()));
    assert_eq!(answers[1], serde_json::json!({"slots": []}));
}

#[test]
fn a_commit_without_a_log_end_is_dropped() {
    let other = r#"{"op":"log_end","cluster":"EAST","topic":"orders","partition":1,"partition_count":2,"offset":1,"ts_ms":1}"#;
    assert_eq!(played(&[CONFIG, &commit(40, 7, 98_000), END, WINDOW])[0]["slots"], serde_json::json!([]));
    assert_eq!(played(&[CONFIG, other, &commit(40, 7, 98_000), WINDOW])[0]["slots"], serde_json::json!([]));
}

#[test]
fn a_window_shows_late_commits_with_an_unknown_lag() {
    let answers = played(&[CONFIG, END, &commit(40, 7, 98_000), &commit(30, 5, 97_000), WINDOW]);
    assert_eq!(answers[0]["slots"], serde_json::json!([[30, 5, 97000, null], [40, 7, 98000, 60]]));
}

#[test]
fn a_commit_ahead_of_the_log_end_has_no_lag() {
    let answers = played(&[CONFIG, END, &commit(140, 7, 98_000), WINDOW, STATUS]);
    assert_eq!(answers[0]["slots"], serde_json::json!([[140, 7, 98000, 0]]));
    assert_eq!(answers[1]["totallag"], 0);
}

#[test]
fn old_commits_are_dropped_and_silent_groups_expire() {
    let config = r#"{"op":"config","expire_group_s":50,"now_ms":100000}"#;
    let just = played(&[
        config,
        END,
        &commit(40, 7, 50_000),
        STATUS,
        r#"{"op":"now","now_ms":101000}"#,
        STATUS,
        STATUS,
    ]);
    let statuses: Vec<_> = just.iter().map(|answer| answer["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["ERR", "NOTFOUND", "NOTFOUND"]);
    assert_eq!(played(&[config, END, &commit(40, 7, 49_999), STATUS])[0]["status"], "NOTFOUND");
}

#[test]
fn a_group_or_a_topic_that_is_deleted_is_forgotten() {
    let group = r#"{"op":"delete_group","cluster":"EAST","group":"a/b c"}"#;
    let topic = r#"{"op":"delete_topic","cluster":"EAST","topic":"orders"}"#;
    assert_eq!(played(&[CONFIG, END, &commit(40, 7, 98_000), group, STATUS])[0]["status"], "NOTFOUND");
    let answers = played(&[CONFIG, END, &commit(40, 7, 98_000), topic, STATUS, END, WINDOW]);
    assert_eq!((&answers[0]["partition_count"], &answers[0]["complete"]), (&0.into(), &0.0.into()));
    assert_eq!(answers[1]["slots"], serde_json::json!([]), "created again, it has another history");
}

#[test]
fn a_config_line_begins_anew() {
    let answers = played(&[CONFIG, END, &commit(40, 7, 98_000), CONFIG, STATUS]);
    assert_eq!(answers[0]["status"], "NOTFOUND");
}

#[test]
fn a_minimum_of_completeness_is_asked_for_before_anything_else() {
    let config = r#"{"op":"config","intervals":2,"minimum_complete":0.6,"now_ms":200000}"#;
    let answers = played(&[config, END, &commit(40, 7, 98_000), STATUS, &commit(41, 8, 99_000), STATUS]);
    assert_eq!((&answers[0]["status"], &answers[1]["status"]), (&"OK".into(), &"ERR".into()));
}

#[test]
fn the_rules_alone_judge_a_given_window() {
    let stop = r#"{"op":"judge","window":[[10,5,1000],[20,5,2000]],"log_ends":[90],"current_lag":70,"now_s":4,"allowed_lag":0}"#;
    let well = r#"{"op":"judge","window":[[10,5,1000],[20,null,2000]],"log_ends":[90],"current_lag":0,"now_s":99,"allowed_lag":0}"#;
    assert_eq!(
        played(&[stop, well]),
        [serde_json::json!({"status": "STOP"}), serde_json::json!({"status": "OK"})]
    );
}

#[test]
fn a_line_that_makes_no_sense_is_named() {
    assert!(refused(&[CONFIG, "", "{}"]).starts_with("line 3 is no line of a recording"));
    assert!(refused(&[r#"{"op":"rewind"}"#]).contains("unknown variant"));
    assert!(refused(&[r#"{"op":"config","intervals":0}"#]).contains("intervals is 0: give 1 to"));
    assert!(
        refused(&[r#"{"op":"record","key_hex":"0g","value_hex":null,"offset":1}"#]).contains("hexadecimal")
    );
    assert!(
        refused(&[r#"{"op":"judge","window":[[1,-5,1]],"log_ends":[],"current_lag":0,"now_s":1}"#])
            .starts_with("line 1")
    );
}

proptest! {
    /// What has left the window is as if it had never been.
    #[test]
    fn a_status_depends_on_nothing_outside_the_window(
        steps in proptest::collection::vec((0..50_i64, 0..5_000_i64), 4..20),
        end in 0..600_i64,
    ) {
        let mut at = 90_000;
        let commits: Vec<String> = (0..).zip(&steps).map(|(order, (offset, wait))| {
            at += wait;
            commit(offset * 10, order, at)
        }).collect();
        let now = format!(r#"{{"op":"now","now_ms":{}}}"#, at + 3_000);
        let end = END.replace(r#""offset":100"#, &format!(r#""offset":{end}"#));
        let status = |commits: &[String]| {
            let mut lines: Vec<&str> = vec![CONFIG, &now, &end];
            lines.extend(commits.iter().map(String::as_str));
            lines.push(STATUS);
            played(&lines)
        };
        prop_assert_eq!(status(&commits), status(&commits[commits.len() - 3..]));
    }
}
