//! Keeps the arrows between rooms: who may name whom, and which words stay in which room.
//!
//! Read from the sources as text, so that it needs no compiler and says which file broke which rule.

#![expect(clippy::unwrap_used, reason = "a test ends where something is amiss")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A source file of the workspace: its path from the top, and its code without comments and strings' contents.
struct Source {
    path: String,
    code: String,
}

fn sources(under: &str) -> Vec<Source> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    walk(&top.join(under), &mut found);
    let source = |path: PathBuf| Source {
        code: without_comments(&fs::read_to_string(&path).unwrap()),
        path: path.strip_prefix(top).unwrap().to_string_lossy().into_owned(),
    };
    found.into_iter().map(source).collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn without_comments(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Fails with every file under `room` that holds one of `words`.
fn refuse(rule: &str, files: &[Source], words: &[&str]) {
    assert!(!files.is_empty(), "{rule}: no file was looked at");
    let broken: Vec<String> = files
        .iter()
        .flat_map(|file| words.iter().filter(|word| file.code.contains(**word)).map(move |word| (file, word)))
        .map(|(file, word)| format!("{} says {word}", file.path))
        .collect();
    assert!(broken.is_empty(), "{rule}:\n{}", broken.join("\n"));
}

fn outside(files: Vec<Source>, rooms: &[&str]) -> Vec<Source> {
    files.into_iter().filter(|file| !rooms.iter().any(|room| file.path.starts_with(room))).collect()
}

fn capabilities() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/capabilities");
    let folders =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    folders.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn i1_shared_knows_no_server_no_clock_and_no_waiting() {
    let words =
        ["tokio", "axum", "sqlx", "rdkafka", "std::fs", "std::net", "Instant::now", "Utc::now", "async fn"];
    refuse("I1", &sources("shared/src"), &words);
}

#[test]
fn i2_only_the_kafka_room_knows_the_codec_and_only_its_tail_knows_rdkafka() {
    refuse("I2", &outside(sources("backend/src"), &["backend/src/kafka/wire"]), &["kafka_wire"]);
    // The library's name of properties, librdkafka, is no secret; the crate is.
    let files = outside(sources("backend/src"), &["backend/src/kafka/read/tail/"]);
    refuse("I2", &files, &["use rdkafka", "rdkafka::"]);
    refuse("I2", &sources("frontend/src"), &["kafka_wire", "rdkafka"]);
}

#[test]
fn i2_only_the_kafka_room_knows_tls_and_sasl() {
    let files = outside(sources("backend/src"), &["backend/src/kafka/"]);
    refuse("I2", &files, &["rustls", "x509_cert", "SaslAuthenticate", "pbkdf2"]);
}

#[test]
fn i3_nothing_can_change_a_cluster() {
    let requests = [
        "CreateTopics",
        "DeleteTopics",
        "AlterPartition",
        "AlterConfigs",
        "IncrementalAlter",
        "ElectLeaders",
        "DeleteRecords",
        "CreateAcls",
        // A metric counts ProduceRequests; making one is another thing.
        "ProduceRequest::",
        "ProduceRequest {",
        "AlterClientQuotas",
    ];
    refuse("I3", &sources("backend/src"), &requests);
}

#[test]
fn i4_only_the_database_s_room_and_stores_speak_sql() {
    let is_store =
        |file: &Source| file.path.ends_with("/store.rs") || file.path.starts_with("backend/src/db/");
    let files: Vec<Source> = sources("backend/src").into_iter().filter(|file| !is_store(file)).collect();
    refuse("I4", &files, &["sqlx", "SELECT ", "INSERT INTO", "DELETE FROM"]);
}

#[test]
fn i5_packing_samples_is_pure() {
    let words = [
        "tokio",
        "async ",
        ".await",
        "Clock",
        "::now()",
        "std::fs",
        "std::net",
        "tracing",
        "crate::db",
        "crate::runtime",
    ];
    refuse("I5", &sources("backend/src/series"), &words);
}

#[test]
fn the_database_knows_no_capability_s_words() {
    let nouns = capabilities();
    let quoted: Vec<String> = nouns.iter().map(|noun| format!("\"{noun}\"")).collect();
    let words: Vec<&str> =
        quoted.iter().map(String::as_str).chain(["shared::inventory", "shared::load"]).collect();
    refuse("arrows", &sources("backend/src/db"), &words);
}

#[test]
fn i5_rules_and_queries_are_pure() {
    let pure = |file: &Source| file.path.contains("/evaluate") || file.path.contains("/query");
    let files: Vec<Source> = sources("backend/src/capabilities").into_iter().filter(pure).collect();
    let words =
        ["tokio", "async ", ".await", "Clock", "::now()", "std::fs", "std::net", "Gateway", "tracing"];
    refuse("I5", &files, &words);
}

#[test]
fn i6_capabilities_do_not_know_each_other_and_only_app_knows_them() {
    let nouns = capabilities();
    assert!(!nouns.is_empty());
    for noun in &nouns {
        let inside = format!("backend/src/capabilities/{noun}/");
        let files = outside(
            sources("backend/src"),
            &[&inside, "backend/src/app/", "backend/src/capabilities/mod.rs"],
        );
        refuse("I6", &files, &[&format!("capabilities::{noun}")]);
        let others: Vec<String> = nouns
            .iter()
            .filter(|other| *other != noun)
            .map(|other| format!("capabilities::{other}"))
            .collect();
        let words: Vec<&str> = others.iter().map(String::as_str).collect();
        refuse("I6", &sources(&inside), &words);
    }
}

#[test]
fn i6_rooms_beside_the_capabilities_know_no_capability_and_not_the_wiring() {
    for room in ["runtime", "kafka", "http", "access", "catalog", "config", "db", "series"] {
        refuse("I6", &sources(&format!("backend/src/{room}")), &["crate::capabilities", "crate::app"]);
    }
}

#[test]
fn kafka_runtime_catalog_config_and_database_know_nothing_of_http() {
    for room in ["runtime", "kafka", "catalog", "config", "db", "series"] {
        refuse("arrows", &sources(&format!("backend/src/{room}")), &["axum", "crate::http", "crate::access"]);
    }
}

#[test]
fn the_runtime_knows_no_database() {
    refuse("arrows", &sources("backend/src/runtime"), &["crate::db", "crate::series"]);
}

#[test]
fn the_configuration_is_handed_down_as_values() {
    let rooms = ["backend/src/config/", "backend/src/app/", "backend/src/command/"];
    refuse("arrows", &outside(sources("backend/src"), &rooms), &["crate::config", "backend::config"]);
}

#[test]
fn frontend_and_backend_never_import_each_other() {
    refuse("arrows", &sources("frontend/src"), &["use backend"]);
    refuse("arrows", &sources("backend/src"), &["use frontend", "leptos"]);
    refuse("arrows", &sources("shared/src"), &["use backend", "use frontend"]);
}

#[test]
fn components_of_the_glass_know_no_capability() {
    refuse("arrows", &sources("frontend/src/components"), &["crate::capabilities", "shared::inventory"]);
}

#[test]
fn only_the_style_tokens_hold_colour_literals() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let styles = fs::read_dir(top.join("frontend/src/style")).unwrap().map(|entry| entry.unwrap().path());
    for style in styles.filter(|path| path.file_name().is_some_and(|name| name != "tokens.css")) {
        let text = fs::read_to_string(&style).unwrap();
        let literal = text.split('#').skip(1).any(|rest| {
            let digits: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
            matches!(digits.len(), 3 | 6 | 8)
                && rest.chars().nth(digits.len()).is_some_and(|next| ";, )".contains(next))
        });
        assert!(!literal && !text.contains("rgb("), "{} holds a colour literal", style.display());
    }
}
