//! What is written about the settings is what the code says of them.

use std::{fs, path::Path};

use backend::config::{document, example};

use crate::{read, said};

#[test]
fn the_committed_document_is_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md");
    let committed = fs::read_to_string(path).unwrap();
    assert!(
        committed == document(),
        "docs/configuration.md is not what the code says: run `cargo run -p backend -- config document > \
         docs/configuration.md` and read the difference"
    );
}

#[test]
fn the_example_can_be_used_as_it_is_and_holds_every_setting() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("riverkeeper.toml"), example()).unwrap();
    let reading = read(folder.path(), &[]);
    assert_eq!(said(&reading, folder.path()), [""; 0]);
    assert_eq!(reading.sound().unwrap().clusters[0].name, "east");
    for row in document().lines().filter_map(|line| line.strip_prefix("| `")) {
        let key = row.split('`').next().unwrap();
        assert!(example().contains(&format!("{key} = ")), "{key}");
    }
}

#[test]
fn what_is_printed_is_a_file_that_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("riverkeeper.toml");
    fs::write(&file, example()).unwrap();
    let values = |printed: &str| -> Vec<String> {
        printed.lines().map(|line| line.split("  # ").next().unwrap().to_owned()).collect()
    };
    let printed = read(folder.path(), &[]).print();
    fs::write(&file, &printed).unwrap();
    assert_eq!(values(&read(folder.path(), &[]).print()), values(&printed));
}
