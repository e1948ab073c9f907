//! Kafka → samples: which requests a turn of each part makes, and what of their answers may be missing.

mod configs;
mod fleet;
mod log_dirs;
mod metadata;

use std::sync::Arc;

pub use configs::ConfigsCycle;
pub use fleet::FleetCycle;
pub use log_dirs::LogDirsCycle;
pub use metadata::{Identities, MetadataCycle};

use crate::{
    kafka::{KafkaError, answers::Missing},
    runtime::{Cell, Stamped},
};

/// Brokers that a sentence of missing parts names.
const NAMED: usize = 3;

async fn first<S>(cell: &Cell<S>) -> Result<Arc<Stamped<S>>, String> {
    cell.first()
        .await
        .ok_or_else(|| "The brokers are not known yet: see why metadata could not be read.".into())
}

/// The part that was answered. One that was refused for lack of a right is no failure.
fn part<T>(answer: Result<T, KafkaError>, missing: &mut Vec<String>, is_refused: &mut bool) -> Option<T> {
    let failed = |error: KafkaError| {
        if error.is_of_rights() { *is_refused = true } else { missing.push(sentence(&error)) }
    };
    answer.map_err(failed).ok()
}

/// An error as a sentence. While a broker is left alone after a failure, that failure is what is wrong.
fn sentence(error: &KafkaError) -> String {
    let text = match error {
        KafkaError::BackingOff { last, .. } => last.to_string(),
        _ => error.to_string(),
    };
    let mut chars = text.chars();
    let first: String = chars.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}

fn missing_parts(missing: &[Missing]) -> String {
    let mut sentences: Vec<String> = missing.iter().take(NAMED).map(|part| sentence(&part.error)).collect();
    if missing.len() > NAMED {
        sentences.push(format!("{} more brokers did not answer either.", missing.len() - NAMED));
    }
    sentences.join(" ")
}
