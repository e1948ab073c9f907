//! The file of owners while Riverkeeper runs: read again when it changes, kept when it breaks.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::{path::Path, time::Duration};

use backend::{
    catalog::{self, Catalog, Owners},
    runtime::{Clock, Runtime},
};
use shared::status::{CycleStatus, Outcome};
use support::{so, wait_until};

const FIRST: &str = "[[owner]]\nname = \"checkout\"\ntopics = [\"orders\"]\n";
const BROKEN: &str = "[[owner]]\nname = \"checkout\"\ntopic = [\"orders\"]\n";
const SECOND: &str = "[[owner]]\nname = \"shop\"\ntopics = [\"orders\"]\n";

/// The books of the cycle, once it has turned well or badly as `is_so` says.
async fn cycle(runtime: &Runtime, is_so: impl Fn(&CycleStatus) -> bool) -> CycleStatus {
    wait_until("the file is looked at", Duration::from_secs(20), async || {
        let cycles = runtime.cycles();
        let [cycle] = cycles.as_slice() else { panic!("{cycles:?}") };
        so(cycle.clone(), &is_so)
    })
    .await
}

fn started(file: &Path) -> (Runtime, Catalog) {
    let runtime = Runtime::new(Clock::system());
    let catalog = Catalog::start(&runtime, Some(file)).unwrap();
    (runtime, catalog)
}

#[tokio::test(start_paused = true)]
async fn a_changed_file_is_read_again_and_a_broken_one_keeps_the_owners_before_it_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("owners.toml");
    std::fs::write(&file, FIRST).unwrap();
    let (runtime, catalog) = started(&file);
    assert_eq!(catalog.newest().of_topic("east", "orders"), Some("checkout"), "from the first moment");
    let first = cycle(&runtime, |cycle| cycle.last_outcome == Some(Outcome::Done)).await;
    assert_eq!((first.noun.as_str(), first.part.as_str(), first.cluster), ("catalog", "owners", None));

    std::fs::write(&file, BROKEN).unwrap();
    let broken = cycle(&runtime, |cycle| cycle.failure.is_some()).await;
    let said = broken.failure.unwrap().what;
    assert!(said.starts_with("The owners before it stay in force."), "{said}");
    assert!(said.contains("owners.toml:3: owner.checkout.topic: there is no such key"), "{said}");
    assert_eq!(catalog.newest().of_topic("east", "orders"), Some("checkout"));
    assert_eq!(broken.revision, first.revision);

    std::fs::write(&file, SECOND).unwrap();
    let second = cycle(&runtime, |cycle| cycle.last_outcome == Some(Outcome::Done)).await;
    assert_eq!(catalog.newest().of_topic("east", "orders"), Some("shop"));
    assert!(second.failure.is_none() && second.revision > first.revision, "{second:?}");

    std::fs::remove_file(&file).unwrap();
    let gone = cycle(&runtime, |cycle| cycle.failure.is_some()).await;
    assert!(gone.failure.unwrap().what.contains("there is no file"), "a file that is gone is a failure too");
    assert_eq!(catalog.newest().of_topic("east", "orders"), Some("shop"));
    runtime.stop(Duration::from_secs(1)).await;
}

#[tokio::test(start_paused = true)]
async fn what_two_owners_claim_alike_is_told_on_status_while_both_stay_in_force() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("owners.toml");
    std::fs::write(&file, format!("{FIRST}{SECOND}")).unwrap();
    let (runtime, catalog) = started(&file);
    let told = cycle(&runtime, |cycle| cycle.last_outcome.is_some()).await;
    assert_eq!(told.last_outcome, Some(Outcome::Partial));
    let said = told.failure.unwrap().what;
    assert_eq!(
        said,
        "checkout and shop both claim topics \"orders\"; checkout has them, for it stands first."
    );
    assert_eq!(catalog.newest().of_topic("east", "orders"), Some("checkout"));
    runtime.stop(Duration::from_secs(1)).await;
}

#[tokio::test]
async fn a_file_that_is_broken_at_the_start_is_told_whole() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("owners.toml");
    std::fs::write(&file, format!("{BROKEN}{BROKEN}")).unwrap();
    let runtime = Runtime::new(Clock::system());
    let faults = Catalog::start(&runtime, Some(&file)).unwrap_err();
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert_eq!(catalog::check(&file).unwrap_err(), faults);
    assert!(runtime.cycles().is_empty(), "nothing turns for a file that cannot be used");
}

#[test]
fn the_owners_of_the_demo_are_whole_and_nothing_of_theirs_is_disputed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo/owners.toml");
    let owners = Owners::parse(&file, &std::fs::read_to_string(&file).unwrap()).unwrap();
    assert!(owners.disputes().is_empty(), "{:?}", owners.disputes());
    for (cluster, topic, owner) in [
        ("east", "orders", Some("checkout")),
        ("aggregate", "west.orders", Some("checkout")),
        ("aggregate", "west.store-visits", Some("stores")),
        ("east", "store-visits", None),
        ("east", "__consumer_offsets", None),
    ] {
        assert_eq!(owners.of_topic(cluster, topic), owner, "{topic} on {cluster}");
    }
    assert_eq!(owners.of_principal("west", "User:store-tills"), Some("stores"));
    assert_eq!(owners.of_client_id("east", "order-processor-2"), Some("checkout"));
}

#[tokio::test]
async fn without_a_file_nobody_owns_anything() {
    let runtime = Runtime::new(Clock::system());
    let catalog = Catalog::start(&runtime, None).unwrap();
    assert_eq!(catalog.newest().of_topic("east", "orders"), None);
    assert!(runtime.cycles().is_empty());
}
