//! Which of the five states a panel is in: pure, by the table that every page follows.

use shared::{
    DateTime,
    meta::{Failure, Freshness, Reading},
};

use crate::api::Fault;

/// The five states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// Nothing yet, nothing wrong.
    Loading,
    /// Read, and there is nothing.
    Empty,
    /// At most two periods old.
    Fresh,
    /// Older than two periods: the old view, its age, the reason.
    Stale,
    /// Never read, and it fails.
    Failed,
}

/// A state with what has to be said beside it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Look {
    /// The state.
    pub face: Face,
    /// When the view was read, where that is known.
    pub as_of: Option<DateTime>,
    /// The failure of reading it, that lasts now.
    pub failure: Option<Failure>,
    /// The failure of asking Riverkeeper for it.
    pub fault: Option<Fault>,
}

/// What is known of a view when its state is decided.
pub(crate) struct Known<'a> {
    /// Rows in the view; `None` when there is no view, `Some(None)` when it is one thing.
    pub rows: Option<Option<usize>>,
    /// The reading that tells its age.
    pub reading: Option<&'a Reading>,
    /// The failure of asking for it.
    pub fault: Option<&'a Fault>,
    /// Each row has a reading of its own and shows it.
    pub rows_speak: bool,
}

/// The state of a panel at `now`.
pub(crate) fn look(known: &Known<'_>, now: DateTime) -> Look {
    let reading = known.reading.filter(|_| !known.rows_speak);
    let filled = |rows| if rows == Some(0) { Face::Empty } else { Face::Fresh };
    let face = match (known.rows, reading) {
        (None, _) if known.fault.is_some() => Face::Failed,
        (None, _) => Face::Loading,
        (Some(rows), None) => filled(rows),
        (Some(rows), Some(reading)) => match reading.freshness(now) {
            Freshness::Loading => Face::Loading,
            Freshness::Fresh => filled(rows),
            Freshness::Stale => Face::Stale,
            Freshness::Failed => Face::Failed,
        },
    };
    let reading = known.reading.filter(|_| known.rows.is_some());
    Look {
        face,
        as_of: reading.and_then(|reading| reading.as_of),
        failure: reading.filter(|_| !known.rows_speak).and_then(|reading| reading.failure.clone()),
        fault: known.fault.cloned(),
    }
}

/// The reading that speaks for a part: of several clusters the freshest, for the others speak for themselves.
pub(crate) fn telling<'a>(readings: &'a [Reading], part: &str, now: DateTime) -> Option<&'a Reading> {
    let concern = |reading: &Reading| match reading.freshness(now) {
        Freshness::Fresh => 0,
        Freshness::Stale => 1,
        Freshness::Loading => 2,
        Freshness::Failed => 3,
    };
    readings
        .iter()
        .filter(|reading| reading.part == part)
        .min_by_key(|reading| (concern(reading), std::cmp::Reverse(reading.as_of)))
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use shared::inventory::samples::{self, now, silence};

    use super::*;

    fn face(rows: Option<Option<usize>>, reading: Option<&Reading>, fault: Option<&Fault>) -> Face {
        look(&Known { rows, reading, fault, rows_speak: false }, now()).face
    }

    #[test]
    fn the_five_states_follow_the_table() {
        let read = |age, failure| samples::reading(Some("east"), "metadata", age, failure);
        assert_eq!(face(None, None, None), Face::Loading);
        assert_eq!(face(Some(Some(3)), Some(&read(None, None)), None), Face::Loading);
        assert_eq!(face(Some(Some(0)), Some(&read(Some(2), None)), None), Face::Empty);
        assert_eq!(face(Some(Some(3)), Some(&read(Some(2), None)), None), Face::Fresh);
        assert_eq!(face(Some(Some(3)), Some(&read(Some(15), Some(silence()))), None), Face::Fresh);
        assert_eq!(face(Some(Some(3)), Some(&read(Some(21), None)), None), Face::Stale);
        assert_eq!(face(Some(Some(0)), Some(&read(Some(120), Some(silence()))), None), Face::Stale);
        assert_eq!(face(Some(Some(0)), Some(&read(None, Some(silence()))), None), Face::Failed);
    }

    #[test]
    fn rows_with_readings_of_their_own_are_always_shown() {
        let never = samples::reading(Some("east"), "metadata", None, Some(silence()));
        let known = Known { rows: Some(Some(3)), reading: Some(&never), fault: None, rows_speak: true };
        assert_eq!(look(&known, now()).face, Face::Fresh);
        assert_eq!(look(&known, now()).failure, None);
    }

    #[test]
    fn a_view_outlives_the_connection_but_not_its_age() {
        let fault = Fault::Unreachable(String::new());
        let young = samples::reading(None, "metadata", Some(4), None);
        assert_eq!(face(None, None, Some(&fault)), Face::Failed);
        assert_eq!(face(Some(None), Some(&young), Some(&fault)), Face::Fresh);
        let later = now() + Duration::seconds(60);
        let known = Known { rows: Some(None), reading: Some(&young), fault: Some(&fault), rows_speak: false };
        assert_eq!(look(&known, later).face, Face::Stale);
    }

    #[test]
    fn of_several_clusters_the_freshest_speaks_for_the_panel() {
        let readings = samples::clusters().meta.readings;
        assert_eq!(
            telling(&readings, "metadata", now()).and_then(|r| r.cluster.as_deref()),
            Some("aggregate")
        );
        assert_eq!(telling(&readings, "configs", now()), None);
    }
}
