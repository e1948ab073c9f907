//! The committed document of the API is the one that the code makes.

use std::{fs, path::Path};

use backend::{app::App, config::Config};

#[tokio::test]
async fn the_committed_document_is_what_the_code_says() {
    let app = App::start(&Config::default()).unwrap();
    let made = app.document().to_pretty_json().unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed.trim() == made.trim(),
        "docs/openapi.json is not what the code says: run `cargo run -p backend -- openapi > docs/openapi.json` and \
         read the difference"
    );
}

#[tokio::test]
async fn every_answer_of_every_route_is_documented_with_a_description_of_the_route() {
    let app = App::start(&Config::default()).unwrap();
    for (path, item) in &app.document().paths.paths {
        let get = item.get.as_ref().unwrap_or_else(|| panic!("{path} has no GET"));
        assert!(
            get.summary.as_ref().is_some_and(|summary| summary.len() > 10),
            "{path} does not say what it is"
        );
        assert!(get.responses.responses.contains_key("200"), "{path} does not say what it answers");
        let is_probe = matches!(path.as_str(), "/livez" | "/healthz" | "/readyz");
        // Burrow's routes answer in Burrow's words, and it has no problems.
        let is_burrow = path.starts_with("/burrow/") || path.starts_with("/v3/");
        assert!(
            is_probe || is_burrow || get.responses.responses.contains_key("400"),
            "{path} does not document its problems"
        );
    }
}
