//! The configuration, as operators meet it: every wrong setting gives one sentence, and no sentence holds a secret.
//!
//! The tables are in `wrong_*`: over a hundred wrong settings, each alone in a file. Those that only a broker can find
//! are in `kafka_security.rs`: a wrong password, an unknown user, a mechanism that the broker has not, an expired or
//! foreign certificate, one for another host, plaintext to a TLS port, TLS to a plaintext port, no client certificate
//! where one is wanted, a host that does not answer, a token endpoint that refuses.

#![expect(clippy::unwrap_used, reason = "a test ends where something is amiss")]

mod commands;
mod document;
mod sources;
mod wrong_access;
mod wrong_clusters;
mod wrong_file;

use std::{fs, path::Path};

use backend::config::{Arguments, Config, Environment, Reading, Sources, document};

/// What is written, which variables are set, and the line that is said about it.
type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);

/// What no output may hold.
pub const SECRET: &str = "SECRET";

/// What stands for itself in a case.
const WORDS: &[(&str, &str)] = &[
    ("<east>", "[[cluster]]\nname = 'east'\nbootstrap.servers = 'east:9092'\n"),
    (
        "<scram>",
        "security.protocol = 'SASL_SSL'\nsasl.mechanism = 'SCRAM-SHA-512'\nsasl.username = 'riverkeeper'\n",
    ),
    ("<name>", "name = 'ci'\n"),
    ("<sha256>", "sha256 = '<a>'\n"),
    ("<role>", "role = 'viewer'\n"),
    ("<expires>", "expires = 2027-01-31T00:00:00Z\n"),
    ("<a>", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    ("<b>", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"),
];

/// A file's text with its words spelled out.
pub fn spelled(text: &str) -> String {
    WORDS.iter().fold(text.to_owned(), |text, (word, meaning)| text.replace(word, meaning))
}

/// Reads a file of a folder on a day in November 2026.
pub fn read(folder: &Path, variables: &[(&str, &str)]) -> Reading {
    let environment: Environment =
        variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Config::read(&Sources {
        file: Some(&folder.join("riverkeeper.toml")),
        environment: &environment,
        arguments: &Arguments::default(),
        now: "2026-11-22T12:00:00Z".parse().unwrap(),
    })
}

/// A folder with a configuration and what it may name.
pub fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("riverkeeper.toml", spelled(text).as_bytes());
    write("broken.toml", b"a = ");
    write("empty", b"\n");
    write("long", &[b'x'; 70_000]);
    write("bytes", b"\xff\xfe");
    write("password", format!("{SECRET}\r\n").as_bytes());
    folder
}

/// Every line that is said about a reading, with paths from its folder.
pub fn said(reading: &Reading, folder: &Path) -> Vec<String> {
    let faults = reading.report.faults.iter().map(ToString::to_string);
    let warnings = reading.report.warnings.iter().map(|warning| format!("warning: {warning}"));
    let from_here = |line: String| {
        line.replace(&format!("{}/", folder.display()), "").replace(&folder.display().to_string(), "")
    };
    faults.chain(warnings).map(from_here).collect()
}

/// A line with the tables and keys that there are, so that a new setting changes no case.
fn with_keys(line: &str) -> String {
    let (document, mut tables, mut line) = (document(), Vec::new(), line.to_owned());
    for section in document.split("\n## `[").skip(1) {
        let name = section.split(']').next().unwrap().trim_start_matches('[');
        let rows = section.split("\n- `").next().unwrap().lines();
        let keys = rows.filter_map(|row| row.strip_prefix("| `")?.split('`').next());
        let keys: Vec<&str> = keys.collect();
        line = line.replace(&format!("<keys of {name}>"), &keys.join(", "));
        tables.push(format!("[{}", section.split('`').next().unwrap()));
    }
    line.replace("<tables>", &tables.join(", "))
}

/// Each case gives its one line, and nothing that can be printed of it holds a secret.
pub fn check(cases: &[Case<'_>]) {
    for (what, text, variables, line) in cases {
        let folder = folder(text);
        let reading = read(folder.path(), variables);
        assert_eq!(said(&reading, folder.path()), [with_keys(line)], "{what}");
        for printed in [format!("{reading:?}"), reading.print(), said(&reading, folder.path()).concat()] {
            assert!(!printed.contains(SECRET), "{what}: {printed}");
        }
        assert_eq!(reading.sound().is_ok(), line.starts_with("warning: "), "{what}");
    }
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("riverkeeper.toml");
    let lines = || said(&read(folder.path(), &[]), folder.path());
    assert_eq!(lines(), ["riverkeeper.toml: cannot read this file (there is no such file)"]);
    fs::write(&file, vec![b'#'; (1 << 20) + 1]).unwrap();
    assert_eq!(lines(), ["riverkeeper.toml: is longer than 1048576 bytes; is it the right file?"]);
    fs::write(&file, b"[kafka]\nclient_id = 'w\xe4chter'\n").unwrap();
    assert_eq!(lines(), ["riverkeeper.toml:2: this is not UTF-8 text; save the file as UTF-8"]);
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(lines(), ["riverkeeper.toml: is not a file; give the path of a TOML file"]);
}

#[test]
fn every_fault_of_a_file_is_said_at_once_in_the_order_of_its_lines() {
    let folder =
        folder("[http]\nlisten = 8080\ncolour = 'red'\n[inventory]\nhistory_hours = -1\n[[cluster]]\n");
    let lines = said(&read(folder.path(), &[("RIVERKEEPER__KAFKA__COLOUR", "red")]), folder.path());
    let places: Vec<&str> = lines.iter().map(|line| line.split(": ").next().unwrap()).collect();
    let file = |line: usize| format!("riverkeeper.toml:{line}");
    let expected = [file(2), file(3), file(5), file(6), file(6), "RIVERKEEPER__KAFKA__COLOUR".to_owned()];
    assert_eq!(places, expected);
}
