//! The strip of partitions: a cell for each, by topic and number, told apart by verdict and by how much waits. Pure.

use shared::{
    lag::{LagVerdict, PartitionLag},
    units,
    verdict::Severity,
};

/// Steps of shade of partitions that are well.
const SHADES: u64 = 8;

/// More topics than these have one strip together, for a strip each would be a wall.
const TOPICS: usize = 6;

/// The cells of one topic, or of all.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Strip {
    /// The topic; none where all have one strip.
    pub topic: Option<String>,
    /// Its cells, by number.
    pub cells: Vec<Cell>,
}

/// One partition.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// How it is drawn: `bad`, `warn`, `hatch`, or a shade from `h0` to `h8`.
    pub class: String,
    /// What it says: `orders-4: Stuck, 23,118 records wait`.
    pub said: String,
}

/// The strips of these partitions. Without verdicts they are told apart only by how much waits.
pub(crate) fn strips(partitions: &[PartitionLag], is_judged: bool) -> Vec<Strip> {
    let mut sorted: Vec<&PartitionLag> = partitions.iter().collect();
    sorted.sort_by_key(|one| (&one.topic, one.partition));
    // A partition in trouble has a colour of its own, so that the others are shaded among themselves.
    let well = sorted.iter().filter(|one| !is_judged || one.verdict == LagVerdict::Ok);
    let most = well.filter_map(|one| one.lag_records).max().unwrap_or_default();
    let topics: Vec<&[&PartitionLag]> = sorted.chunk_by(|one, other| one.topic == other.topic).collect();
    let cells = |of: &[&PartitionLag]| of.iter().map(|one| cell(one, most, is_judged)).collect();
    if topics.len() > TOPICS {
        return vec![Strip { topic: None, cells: cells(&sorted) }];
    }
    let topic = |of: &&[&PartitionLag]| of.first().map(|one| one.topic.clone());
    topics.iter().map(|of| Strip { topic: topic(of), cells: cells(of) }).collect()
}

fn cell(one: &PartitionLag, most: u64, is_judged: bool) -> Cell {
    let severity = if is_judged { one.verdict.severity() } else { Severity::Ok };
    let class = match (severity, one.lag_records) {
        (Severity::Critical, _) => "bad".into(),
        (Severity::Warning, _) => "warn".into(),
        (Severity::Unknown, _) | (Severity::Ok, None) => "hatch".into(),
        (Severity::Ok, Some(lag)) => format!("h{}", shade(lag, most)),
    };
    let waits = match one.lag_records {
        None => "how much waits is not known".into(),
        Some(0) => "nothing waits".into(),
        Some(1) => "1 record waits".into(),
        Some(lag) => format!("{} records wait", units::count(lag)),
    };
    let verdict = if is_judged { format!("{}, ", one.verdict.word()) } else { String::new() };
    Cell { class, said: format!("{}-{}: {verdict}{waits}", one.topic, one.partition) }
}

/// How dark a partition is that is well; the one with most to read is the darkest.
fn shade(lag: u64, most: u64) -> u64 {
    lag.saturating_mul(SHADES).checked_div(most).unwrap_or_default().min(SHADES)
}

/// How many partitions have each verdict, worst first: `1 stuck, 1 unknown, 10 ok`.
pub(crate) fn counted(partitions: &[PartitionLag]) -> String {
    let of = |verdict: LagVerdict| partitions.iter().filter(|one| one.verdict == verdict).count() as u64;
    let counts = LagVerdict::ALL.into_iter().rev().map(|verdict| (verdict, of(verdict)));
    let said = counts
        .filter(|(_, count)| *count > 0)
        .map(|(verdict, count)| format!("{} {}", units::count(count), verdict.word().to_lowercase()));
    said.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use shared::lag::samples::group_detail;

    use super::*;

    #[test]
    fn each_partition_has_a_cell_by_number_and_trouble_stands_out() {
        let strips = strips(&group_detail().partitions, true);
        assert_eq!((strips.len(), strips[0].cells.len()), (1, 12));
        let classes: Vec<&str> = strips[0].cells.iter().map(|cell| cell.class.as_str()).collect();
        assert_eq!(classes, ["h4", "h7", "h8", "h0", "bad", "h0", "h7", "h5", "h6", "h7", "h8", "hatch"]);
        assert_eq!(strips[0].cells[4].said, "orders-4: Stuck, 23,118 records wait");
    }

    #[test]
    fn without_verdicts_only_what_waits_tells_partitions_apart() {
        let strips = strips(&group_detail().partitions, false);
        assert_eq!((strips[0].cells[4].class.as_str(), strips[0].cells[3].class.as_str()), ("h8", "h0"));
        assert_eq!(strips[0].cells[4].said, "orders-4: 23,118 records wait");
    }

    #[test]
    fn a_few_topics_have_a_strip_each_and_many_have_one_together() {
        let mut partitions = group_detail().partitions;
        partitions[3].topic = "payments".into();
        assert_eq!(strips(&partitions, true).len(), 2);
        for (at, one) in partitions.iter_mut().enumerate() {
            one.topic = format!("topic-{at}");
        }
        let strips = strips(&partitions, true);
        assert_eq!((strips.len(), strips[0].topic.as_ref()), (1, None));
    }

    #[test]
    fn verdicts_are_counted_in_words() {
        assert_eq!(counted(&group_detail().partitions), "1 stuck, 1 unknown, 10 ok");
        assert_eq!(counted(&[]), "");
    }

    #[test]
    fn nothing_to_read_is_the_lightest_shade() {
        assert_eq!([shade(0, 0), shade(0, 9), shade(9, 9), shade(u64::MAX, u64::MAX)], [0, 0, 8, 1]);
    }
}
