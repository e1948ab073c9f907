//! What is asked of a cluster's brokers: which groups there are, how far each has read, where the logs end, who is in them.

mod ends;
mod groups;
mod held;
mod members;
mod peeks;

pub use ends::Ids;
pub use groups::{GroupsCycle, GroupsSample};
pub use held::{Holding, OFFSETS_TOPIC, partition_of};
pub use members::MembersCycle;
pub use peeks::Peeks;

use crate::kafka::answers::{Missing, MissingGroups};

/// Sentences of a turn that name at most so many.
const NAMED: usize = 3;

/// What brokers did not answer, as a sentence.
fn sentence_of_brokers(what: &str, missing: &[Missing]) -> Option<String> {
    let all: Vec<(i32, String)> =
        missing.iter().map(|missing| (missing.broker_id, missing.error.to_string())).collect();
    sentence(what, &all)
}

/// What coordinators did not answer, as a sentence. That a coordinator moves passes by itself.
fn sentence_of_groups(what: &str, missing: &[MissingGroups]) -> Option<String> {
    let lasting =
        missing.iter().filter(|missing| !missing.error.code().is_some_and(|code| code.is_of_a_move()));
    let all: Vec<(i32, String)> = lasting
        .map(|missing| {
            let count = missing.group_ids.len();
            let some = missing.group_ids.first().map(String::as_str).unwrap_or_default();
            let groups = if count == 1 { some.to_owned() } else { format!("{some} and {} more", count - 1) };
            (missing.broker_id, format!("{groups}: {}", missing.error))
        })
        .collect();
    sentence(what, &all)
}

fn sentence(what: &str, missing: &[(i32, String)]) -> Option<String> {
    if missing.is_empty() {
        return None;
    }
    let named: Vec<String> = missing
        .iter()
        .take(NAMED)
        .map(|(broker, why)| if *broker < 0 { why.clone() } else { format!("broker {broker}: {why}") })
        .collect();
    let more = missing.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!("; and {more} more") };
    Some(format!("Could not {what}: {}{more}.", named.join("; ").trim_end_matches('.')))
}
