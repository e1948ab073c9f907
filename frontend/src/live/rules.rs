//! What a notice means for what is on the screen: pure.

use std::collections::HashMap;

use shared::{live::Notice, meta::Reading};

/// What a view is about, so that a notice finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    /// The capability: `inventory`, …; `events` for timelines.
    pub noun: &'static str,
    /// The cluster; `None` for the whole fleet.
    pub cluster: Option<String>,
}

impl Scope {
    /// Whether a notice may be about it.
    pub(crate) fn is_concerned_by(&self, notice: &Notice) -> bool {
        let same_place = match (&self.cluster, &notice.cluster) {
            (Some(mine), Some(theirs)) => mine == theirs,
            _ => true,
        };
        // Who owns what stands in every view.
        (self.noun == notice.noun && same_place) || notice.noun == shared::catalog::NOUN
    }
}

/// The last revision of every part that a notice named.
#[derive(Default)]
pub(crate) struct Revisions(HashMap<(String, Option<String>, String), u64>);

impl Revisions {
    /// Takes a notice in. True when its content moved, or when nothing was known of it before.
    pub(crate) fn moved(&mut self, notice: &Notice) -> bool {
        let key = (notice.noun.clone(), notice.cluster.clone(), notice.part.clone());
        self.0.insert(key, notice.revision) != Some(notice.revision)
    }
}

/// Whether a part began or ceased to fail, or was read for the first time: its rows may say so.
pub(crate) fn turned(readings: &[Reading], notice: &Notice) -> bool {
    readings.iter().any(|reading| {
        reading.cluster == notice.cluster
            && reading.part == notice.part
            && (reading.failure.is_some() != notice.failure.is_some()
                || reading.as_of.is_some() != notice.as_of.is_some())
    })
}

/// Brings the reading that a notice is about up to date. False when none is, or nothing changed.
pub(crate) fn bring_up_to_date(readings: &mut [Reading], notice: &Notice) -> bool {
    let fresh = notice.reading();
    let mut changed = false;
    for reading in readings.iter_mut() {
        if reading.cluster == fresh.cluster && reading.part == fresh.part && *reading != fresh {
            reading.clone_from(&fresh);
            changed = true;
        }
    }
    changed
}

/// How long to wait before the stream is opened again, after so many failures in a row. `chance` is in 0..1.
pub(crate) fn back_off_ms(failures: u32, chance: f64) -> u32 {
    let whole = 1_000_u32.saturating_mul(1 << failures.saturating_sub(1).min(5)).min(20_000);
    (f64::from(whole) * (0.5 + chance / 2.0)) as u32
}

#[cfg(test)]
mod tests {
    use shared::inventory::samples;

    use super::*;

    fn notice(noun: &str, cluster: Option<&str>, revision: u64) -> Notice {
        Notice {
            noun: noun.into(),
            cluster: cluster.map(String::from),
            part: "metadata".into(),
            revision,
            as_of: Some(samples::now()),
            period_seconds: 10.0,
            failure: None,
        }
    }

    #[test]
    fn a_notice_finds_the_views_of_its_cluster_and_of_the_fleet() {
        let east = Scope { noun: "inventory", cluster: Some("east".into()) };
        let fleet = Scope { noun: "inventory", cluster: None };
        assert!(east.is_concerned_by(&notice("inventory", Some("east"), 1)));
        assert!(!east.is_concerned_by(&notice("inventory", Some("west"), 1)));
        assert!(!east.is_concerned_by(&notice("lag", Some("east"), 1)));
        assert!(east.is_concerned_by(&notice("catalog", None, 1)));
        assert!(fleet.is_concerned_by(&notice("inventory", Some("west"), 1)));
        assert!(east.is_concerned_by(&notice("inventory", None, 1)));
    }

    #[test]
    fn only_another_revision_moves_a_view() {
        let mut revisions = Revisions::default();
        assert!(revisions.moved(&notice("inventory", Some("east"), 7)));
        assert!(!revisions.moved(&notice("inventory", Some("east"), 7)));
        assert!(revisions.moved(&notice("inventory", Some("west"), 7)));
        assert!(revisions.moved(&notice("inventory", Some("east"), 8)));
    }

    #[test]
    fn an_unchanged_view_stays_fresh_by_its_notice() {
        let mut readings = samples::clusters().meta.readings;
        assert!(bring_up_to_date(&mut readings, &notice("inventory", Some("west"), 7)));
        assert_eq!(readings[1].as_of, Some(samples::now()));
        assert_eq!(readings[1].failure, None);
        assert!(!bring_up_to_date(&mut readings, &notice("inventory", Some("west"), 7)));
        assert!(!bring_up_to_date(&mut readings, &notice("inventory", Some("north"), 7)));
    }

    #[test]
    fn a_failure_that_ends_turns_the_view() {
        let readings = samples::clusters().meta.readings;
        assert!(turned(&readings, &notice("inventory", Some("west"), 7)));
        assert!(!turned(&readings, &notice("inventory", Some("east"), 7)));
    }

    #[test]
    fn waiting_grows_and_is_bounded() {
        assert_eq!(back_off_ms(1, 1.0), 1_000);
        assert_eq!(back_off_ms(3, 1.0), 4_000);
        assert_eq!(back_off_ms(40, 1.0), 20_000);
        assert_eq!(back_off_ms(1, 0.0), 500);
    }
}
