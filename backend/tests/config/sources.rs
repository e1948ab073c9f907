//! Where values come from, and which of them counts.

use backend::config::{Arguments, Config, Environment, Sources};
use secrecy::ExposeSecret;

use crate::{folder, read, said};

#[test]
fn properties_are_the_same_bare_quoted_or_in_a_table_of_their_own() {
    let ways = [
        "<east>security.protocol = 'SASL_PLAINTEXT'\nsasl.mechanism = 'SCRAM-SHA-256'\nsasl.username = 'me'\nsasl.password = { file = 'password' }\n",
        "<east>'security.protocol' = 'SASL_PLAINTEXT'\n'sasl.mechanism' = 'SCRAM-SHA-256'\n'sasl.username' = 'me'\n'sasl.password' = { env = 'PASSWORD' }\n",
        "<east>security = { protocol = 'SASL_PLAINTEXT' }\n[cluster.sasl]\nmechanism = 'SCRAM-SHA-256'\nusername = 'me'\npassword.file = 'password'\n",
    ];
    for text in ways {
        let folder = folder(text);
        let reading = read(folder.path(), &[("PASSWORD", "SECRET\n")]);
        assert_eq!(said(&reading, folder.path()), [""; 0]);
        let told = reading.sound().unwrap().clusters[0].security.librdkafka();
        let told: Vec<(&str, &str)> =
            told.iter().map(|(name, value)| (*name, value.expose_secret())).collect();
        for property in [
            ("security.protocol", "SASL_PLAINTEXT"),
            ("sasl.mechanisms", "SCRAM-SHA-256"),
            ("sasl.username", "me"),
            ("sasl.password", "SECRET"),
        ] {
            assert!(told.contains(&property), "{property:?} in {text}");
        }
    }
}

#[test]
fn the_environment_wins_over_the_file_and_arguments_win_over_both() {
    let folder = folder("[http]\nlisten = '127.0.0.1:1'\n<east>");
    let environment = Environment::from([
        ("RIVERKEEPER__HTTP__LISTEN".into(), "127.0.0.1:2".into()),
        ("RIVERKEEPER__HTTP__HOSTS".into(), "a.example.com, b.example.com".into()),
        ("RIVERKEEPER__KAFKA__CONNECT_TIMEOUT_SECONDS".into(), "0.5".into()),
        ("RIVERKEEPER_FLEET_DIR".into(), "not ours".into()),
    ]);
    let file = folder.path().join("riverkeeper.toml");
    let read = |arguments: &Arguments| {
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        Config::read(&Sources { file: Some(&file), environment: &environment, arguments, now })
    };
    let reading = read(&Arguments::default());
    let config = reading.sound().unwrap();
    assert_eq!(config.http.listen.port(), 2);
    assert_eq!(config.http.hosts, ["a.example.com", "b.example.com"]);
    assert!((config.kafka.connect_timeout_seconds - 0.5).abs() < f64::EPSILON);
    let printed = reading.print();
    let line =
        format!("listen = \"127.0.0.1:2\"  # RIVERKEEPER__HTTP__LISTEN, instead of {}:2\n", file.display());
    assert!(printed.contains(&line), "{printed}");

    let reading = read(&Arguments { port: Some(3), ..Arguments::default() });
    assert_eq!(reading.sound().unwrap().http.listen.to_string(), "127.0.0.1:3");
    assert!(
        reading
            .print()
            .contains("listen = \"127.0.0.1:3\"  # --port, instead of RIVERKEEPER__HTTP__LISTEN\n")
    );
}

#[test]
fn one_cluster_needs_no_file_and_its_faults_name_the_argument() {
    let config = Config::for_one_cluster("kafka".into(), "a:1, [::1]:2").unwrap();
    assert_eq!(config.clusters[0].bootstrap.len(), 2);
    let faults = Config::for_one_cluster("kafka".into(), "a").unwrap_err().to_string();
    assert_eq!(
        faults,
        "--bootstrap: cluster.kafka.bootstrap.servers: `a` is not an address like host:9092: the port is missing"
    );
    let faults = Config::for_one_cluster("a b".into(), "a:1").unwrap_err().to_string();
    assert!(faults.starts_with("--name: cluster[1].name: takes 1 to 100 letters"), "{faults}");
}

#[test]
fn paths_begin_where_the_file_lies() {
    let folder = folder(
        "[catalog]\nfile = 'owners.toml'\n<east>security.protocol = 'SSL'\nssl.ca.location = 'no.pem'\n",
    );
    std::fs::write(folder.path().join("owners.toml"), "").unwrap();
    let reading = read(folder.path(), &[]);
    let missing = folder.path().join("no.pem").display().to_string();
    assert_eq!(reading.report.faults.len(), 1);
    assert!(reading.report.faults[0].sentence.contains(&missing), "{:?}", reading.report.faults);
}

#[test]
fn a_token_is_read_into_what_it_may_see() {
    let folder = folder(
        "[http]\nlisten = '0.0.0.0:80'\nhosts = ['OPS.example.com']\n[catalog]\nfile = 'owners.toml'\n<east>aliases = ['e']\n[[token]]\n<name><sha256><role>\
         expires = '2027-01-31T01:00:00+01:00'\nclusters = ['e*']\nowners = ['payments']\n",
    );
    std::fs::write(folder.path().join("owners.toml"), "").unwrap();
    let reading = read(folder.path(), &[]);
    assert_eq!(said(&reading, folder.path()), [""; 0]);
    let config = reading.sound().unwrap();
    let token = &config.tokens[0];
    assert_eq!((token.name.as_str(), token.sha256), ("ci", [0xaa; 32]));
    assert_eq!(token.expires.to_rfc3339(), "2027-01-31T00:00:00+00:00");
    assert_eq!(token.clusters.as_ref().unwrap()[0].glob(), "e*");
    assert_eq!(token.owners.as_deref().unwrap(), ["payments"]);
    assert_eq!(config.http.hosts, ["ops.example.com"]);
}
