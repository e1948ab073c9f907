//! A chart with invented numbers, for tests that compare what the server and the browser draw.

use crate::{
    inventory::{replication_chart, samples},
    units::Zone,
};
use chrono::Duration;

/// The hour in which east lost a broker, at 720 × 240 px in UTC: the content of `golden/replication.svg`.
pub fn sample_svg() -> String {
    let points = samples::replication().replication;
    let now = samples::now();
    replication_chart(&points, now - Duration::hours(1), now).svg(720, 240, Zone::utc())
}
