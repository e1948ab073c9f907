//! Reads the file again: a cycle of the fleet, so that Status shows its age and what is wrong with it.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use shared::{DateTime, catalog};

use super::{owners::Owners, read};
use crate::runtime::{Cell, Collected, Cycle, Evaluated, Rhythm, Runtime};

/// Time between two looks at the file.
const PERIOD: Duration = Duration::from_secs(5);

struct OwnersCycle {
    file: PathBuf,
    /// What was read last: parsed again only when the content differs.
    last: Mutex<Arc<Owners>>,
}

/// Looks at the file from now on.
pub(super) fn start(runtime: &Runtime, file: PathBuf, first: Arc<Owners>) -> Cell<Arc<Owners>> {
    let cell = runtime.cell(catalog::NOUN, None, catalog::part::OWNERS, Rhythm::every(PERIOD));
    runtime.drive(OwnersCycle { file, last: Mutex::new(first) }, cell.clone());
    cell
}

impl Cycle for OwnersCycle {
    type Sample = Arc<Owners>;
    type Snapshot = Arc<Owners>;

    async fn collect(&self) -> Result<Collected<Arc<Owners>>, String> {
        let (file, last) = (self.file.clone(), self.last());
        let read = tokio::task::spawn_blocking(move || read::again(&file, last)).await;
        let owners =
            read.map_err(|_| "Riverkeeper has a bug here: reading the owners panicked.".to_owned())?;
        let owners =
            owners.map_err(|faults| format!("The owners before it stay in force. {}", sentences(&faults)))?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = owners.clone();
        let disputes = owners.disputes();
        let missing = (!disputes.is_empty()).then(|| sentences(disputes));
        Ok(Collected { sample: owners, missing })
    }

    fn evaluate(
        &self,
        previous: Option<&Arc<Owners>>,
        sample: Arc<Owners>,
        now: DateTime,
    ) -> Evaluated<Arc<Owners>> {
        let changed = previous.is_none_or(|previous| previous.revision() != sample.revision());
        Evaluated { snapshot: sample, as_of: now, changed, events: vec![] }
    }
}

impl OwnersCycle {
    fn last(&self) -> Arc<Owners> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The first of them, and how many more there are: Status has room for a few sentences, not for a file of faults.
fn sentences(told: &[String]) -> String {
    const SHOWN: usize = 3;
    let mut text = told.iter().take(SHOWN).map(|one| format!("{one}.")).collect::<Vec<_>>().join(" ");
    if told.len() > SHOWN {
        text.push_str(&format!(" And {} more.", told.len() - SHOWN));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_faults_are_counted_and_the_first_told() {
        let faults: Vec<String> = (1..=5).map(|line| format!("line {line}")).collect();
        assert_eq!(sentences(&faults), "line 1. line 2. line 3. And 2 more.");
        assert_eq!(sentences(&faults[..1]), "line 1.");
    }
}
