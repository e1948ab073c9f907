//! What the store of the gallery answers about consumer groups: lag's samples, told at the gallery's hour.

use serde::Serialize;
use serde_json::Value;
use shared::{
    DateTime, inventory,
    lag::{
        GroupLag, GroupLags, LagVerdict,
        samples::{self, group_detail_of, group_events, group_lags, lag_history},
    },
    meta::Meta,
};

use super::samples::{Answer, grow_old, never_read, not_found, not_read_yet, param};

/// The group whose page is shown.
pub(super) fn named() -> String {
    param("group").unwrap_or_else(|| "fraud-scorer".into())
}

/// Whether an address is about consumer groups.
pub(super) fn concerns(url: &str) -> bool {
    url.starts_with(shared::route::api::LAG) || url.contains("noun=lag")
}

/// The answer to such an address.
pub(super) fn answer(url: &str, state: &str) -> Answer {
    let path = url.split('?').next().unwrap_or(url);
    let steps: Vec<&str> = path.split('/').skip(2).collect();
    match steps.as_slice() {
        ["lag"] => json(&groups(url, state)),
        ["lag", _, _, ..] if state == "failed" => Some(Err(not_read_yet())),
        ["lag", _, _, "history"] => {
            let mut page = lag_history();
            if state == "empty" {
                page.points.clear();
            }
            (page.group, page.meta) = (named(), told(page.meta, state));
            if named() != "fraud-scorer" || state == "well" {
                page.partitions.clear();
                page.points.iter_mut().for_each(|point| {
                    (point.1, point.2) = (point.1.map(|lag| lag.min(390.0)), point.2.map(|age| age.min(2.0)));
                });
            }
            json(&page)
        }
        ["lag", _, _] => {
            let Some(mut page) = group_detail_of(&named()) else { return Some(Err(not_found())) };
            if state == "well" {
                be_well(&mut page.group);
                page.partitions.iter_mut().for_each(|one| {
                    (one.verdict, one.reason) = (LagVerdict::Ok, None);
                    one.lag_records = one.lag_records.map(|lag| lag.min(60));
                });
            }
            if state == "empty" {
                (page.group.partition_count, page.group.topic_count) = (0, 0);
                page.partitions.clear();
                page.meta.total = Some(0);
                page.members.clear();
                page.group.member_count = Some(0);
            }
            page.meta = told(page.meta, state);
            json(&page)
        }
        _ => {
            let mut page = group_events();
            if matches!(state, "empty" | "well" | "failed") || named() != "fraud-scorer" {
                page.events.clear();
            }
            json(&page)
        }
    }
}

/// How the answer was read, in a state.
fn told(mut meta: Meta, state: &str) -> Meta {
    // Ages are told at the gallery's hour once all of it is moved there.
    match state {
        "stale" => {
            grow_old(&mut meta);
            let aside = samples::now() - inventory::samples::now();
            for reading in &mut meta.readings {
                reading.as_of = reading.as_of.map(|as_of| as_of + aside);
                reading.failure.iter_mut().for_each(|failure| failure.since += aside);
            }
        }
        "failed" => {
            never_read(&mut meta);
            let failures = meta.readings.iter_mut().filter_map(|reading| reading.failure.as_mut());
            failures.for_each(|failure| failure.since += samples::now() - inventory::samples::now());
        }
        _ => {}
    }
    meta
}

fn be_well(group: &mut GroupLag) {
    if group.verdict.is_some() {
        (group.verdict, group.reason) = (Some(LagVerdict::Ok), None);
    }
    (group.lost_records, group.data_loss_seconds) = (None, None);
    group.worst.clear();
    (group.lag_records, group.age_seconds) = (Some(41), Some(1.2));
    group.consume_rate_per_second = group.produce_rate_per_second;
}

fn groups(url: &str, state: &str) -> GroupLags {
    let value = |name: &str| {
        let pairs = url.split_once('?')?.1.split('&');
        pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let number = |name: &str| value(name).and_then(|text| text.parse::<usize>().ok());
    let mut page = group_lags();
    let mut groups = std::mem::take(&mut page.groups);
    match state {
        "well" => groups.iter_mut().for_each(be_well),
        "empty" | "failed" => groups.clear(),
        "hidden" => groups.iter_mut().for_each(|group| {
            group.group =
                format!("{}.{}", "a-very-long-name-that-somebody-gave-to-it".repeat(3), group.group);
        }),
        _ => {}
    }
    let fits = |group: &GroupLag| {
        let is = |name: &str, held: Option<&str>| value(name).is_none_or(|wanted| held == Some(wanted));
        is("owner", group.owner.as_deref())
            && is("cluster", Some(&group.cluster))
            && (state != "restricted" || group.owner.as_deref() == Some("checkout"))
            && value("topic").is_none_or(|topic| group.worst.iter().any(|worst| worst.topic == topic))
            && value("q").is_none_or(|q| group.group.contains(q))
    };
    groups.retain(fits);
    page.meta.by_verdict.clear();
    for verdict in groups.iter().filter_map(|group| group.verdict) {
        *page.meta.by_verdict.entry(verdict).or_default() += 1;
    }
    groups.retain(|group| {
        value("verdict").is_none_or(|wanted| group.verdict.is_some_and(|verdict| verdict.name() == wanted))
    });
    let rows = param("rows").and_then(|rows| rows.parse::<usize>().ok());
    let total = rows.filter(|_| !groups.is_empty()).unwrap_or(groups.len());
    let (offset, limit) = (number("offset").unwrap_or(0), number("limit").unwrap_or(100));
    let last = groups.iter().find(|group| group.verdict == Some(LagVerdict::Ok)).cloned();
    let row = |at: usize| match groups.get(at) {
        Some(group) => Some(group.clone()),
        None => Some(GroupLag { group: format!("device-{at:05}-reader"), ..last.clone()? }),
    };
    page.groups = (offset..(offset + limit).min(total)).filter_map(row).collect();
    page.meta.meta.total = Some(total as u64);
    if total > groups.len() {
        *page.meta.by_verdict.entry(LagVerdict::Ok).or_default() += (total - groups.len()) as u64;
    }
    page.meta.meta = told(page.meta.meta, state);
    page
}

/// The view at the gallery's hour: every time in it is moved there from the hour of lag's samples.
fn json<T: Serialize>(view: &T) -> Answer {
    let mut value = serde_json::to_value(view).ok()?;
    let aside = inventory::samples::now() - samples::now();
    move_times(&mut value, aside);
    Some(Ok(value.to_string()))
}

fn move_times(value: &mut Value, aside: chrono::Duration) {
    match value {
        Value::String(text) if text.ends_with('Z') => {
            if let Ok(time) = text.parse::<DateTime>() {
                *text = (time + aside).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| move_times(value, aside)),
        Value::Object(fields) => fields.values_mut().for_each(|value| move_times(value, aside)),
        _ => {}
    }
}
