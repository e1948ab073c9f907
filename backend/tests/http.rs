//! The hygiene of HTTP, on the real router: Riverkeeper over one cluster that is not there.
//!
//! The routes are those of the API document, so that a new one is held to all of this without a line here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::{collections::BTreeSet, time::Duration};

use support::{AT_ONCE, Served, cluster, config, dead_address, wait_until};

/// A Riverkeeper that watches one cluster, called `dead`.
async fn served() -> Served {
    Served::start(&config([cluster("dead", &dead_address().await.to_string())])).await
}

/// The paths of every GET route of the document, as they stand there.
async fn routes(served: &Served) -> Vec<String> {
    let document: serde_json::Value = served.view("/api/v1/openapi.json").await;
    let paths = document["paths"].as_object().unwrap();
    let routes: Vec<String> = paths
        .iter()
        .filter(|(_, methods)| methods.get("get").is_some())
        .map(|(path, _)| path.clone())
        .collect();
    assert!(routes.len() >= 15, "{routes:?}");
    routes
}

/// Probes answer whatever they are asked: a supervisor must not end us over a parameter.
fn is_probe(path: &str) -> bool {
    matches!(path, "/livez" | "/readyz" | "/healthz")
}

fn filled(path: &str, cluster: &str, other: &str) -> String {
    let path = path.replace("{cluster}", cluster).replace("{topic}", other).replace("{broker_id}", other);
    path.replace("{id}", other).replace("{group}", other).replace("{consumer}", other)
}

/// Burrow's routes answer in Burrow's words.
fn is_ours(path: &str) -> bool {
    !path.starts_with("/burrow/") && !path.starts_with("/v3/")
}

#[tokio::test]
async fn every_route_refuses_a_parameter_that_it_does_not_know() {
    let served = served().await;
    for path in routes(&served).await.iter().filter(|path| !is_probe(path) && is_ours(path)) {
        let path = filled(path, "dead", "1");
        let refused = served.get(&format!("{path}?definitely_unknown=1")).await.problem(400);
        assert!(refused.text().contains("definitely_unknown"), "{path}: {}", refused.text());
    }
}

#[tokio::test]
async fn every_route_of_a_cluster_answers_404_for_one_that_is_not_configured() {
    let served = served().await;
    for path in routes(&served).await.iter().filter(|path| path.contains("{cluster}") && is_ours(path)) {
        for name in ["nowhere", "Dead", "a%2Fb", "%3Cscript%3E"] {
            let answer = served.get(&filled(path, name, "1")).await.problem(404);
            assert!(
                !answer.text().contains("<script>") || answer.header("x-content-type-options") == "nosniff"
            );
        }
    }
}

#[tokio::test]
async fn of_a_cluster_that_was_never_read_nobody_says_what_it_has_not() {
    let served = served().await;
    let is_of_one = |path: &str| ["{topic}", "{broker_id}", "{group}"].iter().any(|name| path.contains(name));
    for path in routes(&served).await.iter().filter(|path| is_of_one(path) && is_ours(path)) {
        for name in ["nothing", "-1", "99999999999", "a%20b"] {
            let answer = served.get(&filled(path, "dead", name)).await.problem(503);
            assert!(answer.text().contains("not-read-yet"), "{path}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn a_name_that_is_no_text_is_a_problem_too() {
    let served = served().await;
    for path in routes(&served).await.iter().filter(|path| path.contains('{')) {
        let answer = served.get(&filled(path, "%FF%FE", "%FF")).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        let status = answer.status.as_u16();
        answer.problem(status);
    }
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let served = served().await;
    let mut paths: Vec<String> = routes(&served).await.iter().map(|path| filled(path, "dead", "1")).collect();
    paths.extend(
        ["/", "/clusters/dead", "/nothing.js", "/api/v1/nothing", "/api/v1/clusters?limit=0"]
            .map(String::from),
    );
    for path in paths.iter().filter(|path| !path.ends_with("/live")) {
        let answer = served.get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{name} of {path}");
        }
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    }
}

#[tokio::test]
async fn nothing_waits_for_a_cluster_that_is_not_there() {
    let served = served().await;
    for path in routes(&served).await.iter().filter(|path| !path.ends_with("/live")) {
        let answer = served.get(&filled(path, "dead", "1")).await;
        assert!(answer.took < AT_ONCE, "{path} took {:?}", answer.took);
        let unready = matches!(path.as_str(), "/readyz" | "/burrow/admin/ready")
            || answer.body.windows(12).any(|part| part == b"not-read-yet");
        assert!(!answer.status.is_server_error() || unready, "{path}: {}", answer.status);
    }
}

#[tokio::test]
async fn a_view_that_the_browser_has_is_not_sent_again() {
    let served = served().await;
    let once_failed = "the first turns have failed";
    wait_until(once_failed, Duration::from_secs(20), async || {
        support::so(served.get("/readyz").await.status, |status| *status == 200).map(drop)
    })
    .await;
    for path in
        ["/api/v1/clusters", "/api/v1/clusters/dead", "/api/v1/clusters/dead/topics", "/api/v1/events"]
    {
        // The last words of a failure may differ between two turns: then the view is another one.
        wait_until("the same view is known again", Duration::from_secs(20), async || {
            let first = served.get(path).await.well();
            let tag = first.header("etag").to_owned();
            assert!(tag.starts_with("W/\""), "{path}: {tag}");
            assert!(first.header("cache-control").contains("private"), "{path}");
            let second = served.get_with(path, &[("if-none-match", &tag)]).await;
            support::so((second.status.as_u16(), second.body.len()), |seen| *seen == (304, 0)).map(drop)
        })
        .await;
        let other = served.get_with(path, &[("if-none-match", "W/\"0000000000000000\"")]).await;
        assert_eq!(other.status, 200, "{path}");
    }
}

#[tokio::test]
async fn answers_are_packed_as_the_browser_takes_them() {
    let served = served().await;
    let plain = served.get("/api/v1/openapi.json").await.well();
    assert_eq!(plain.header("content-encoding"), "");
    for (asked, given) in [("gzip", "gzip"), ("br", "br"), ("gzip, deflate, br", "br")] {
        let packed = served.get_with("/api/v1/openapi.json", &[("accept-encoding", asked)]).await.well();
        assert_eq!(packed.header("content-encoding"), given, "asked for {asked}");
        assert!(
            packed.body.len() * 3 < plain.body.len(),
            "{asked}: {} of {}",
            packed.body.len(),
            plain.body.len()
        );
        assert!(packed.header("vary").contains("accept-encoding"), "{asked}");
    }
    let packed = served.get_with("/api/v1/openapi.json", &[("accept-encoding", "gzip")]).await;
    assert_eq!(packed.body[..2], [0x1f, 0x8b]);
}

#[tokio::test]
async fn a_host_that_is_none_of_ours_is_misdirected() {
    let served = served().await;
    for path in ["/", "/livez", "/api/v1/clusters", "/metrics", "/nothing"] {
        for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8080", "10.0.0.1"] {
            served.get_with(path, &[("host", host)]).await.problem(421);
        }
        for host in ["localhost", "localhost:9999", "[::1]:8080", "127.0.0.1"] {
            let answer = served.get_with(path, &[("host", host)]).await;
            assert_ne!(answer.status, 421, "{path} as {host}");
        }
    }
}

#[tokio::test]
async fn a_public_name_is_served_under_its_path() {
    let mut config = config([]);
    config.http.public_url = Some("https://ops.example.com/riverkeeper".parse().unwrap());
    let served = Served::start(&config).await;
    let host = [("host", "ops.example.com")];
    served.get_with("/riverkeeper/api/v1/clusters", &host).await.well();
    served.get_with("/riverkeeper/api/v1/nothing", &host).await.problem(404);
    let [home, same] =
        [served.get_with("/riverkeeper", &host).await, served.get_with("/riverkeeper/", &host).await];
    assert_eq!(
        (home.status, home.text()),
        (same.status, same.text()),
        "the page is at home with and without a slash"
    );
    assert!(!same.body.is_empty());
    served.get_with("/riverkeeper/api/v1/clusters", &[("host", "other.example.com")]).await.problem(421);
}

#[tokio::test]
async fn the_probes_tell_life_from_readiness() {
    let served = served().await;
    for path in ["/livez", "/healthz"] {
        assert_eq!(served.get(path).await.well().text(), "ok\n");
    }
    wait_until("a dead cluster does not make us unready", Duration::from_secs(20), async || {
        support::so(served.get("/readyz").await.status, |status| *status == 200).map(drop)
    })
    .await;
}

#[tokio::test]
async fn unknown_paths_of_the_api_and_unknown_methods_are_problems() {
    let served = served().await;
    for path in ["/api/v1/nothing", "/api/", "/api/v2/clusters", "/api/v1/clusters/dead/nothing"] {
        served.get(path).await.problem(404);
    }
    for method in [reqwest::Method::POST, reqwest::Method::DELETE, reqwest::Method::PUT] {
        served.ask(method, "/api/v1/clusters", &[]).await.problem(405);
    }
}

#[tokio::test]
async fn malformed_parameters_are_refused_with_what_is_allowed() {
    let served = served().await;
    for (path, told) in [
        ("/api/v1/clusters?limit=0", "1 to 1000"),
        ("/api/v1/clusters?limit=1001", "1 to 1000"),
        ("/api/v1/clusters?limit=ten", "1 to 1000"),
        ("/api/v1/clusters?sort=colour", "severity"),
        ("/api/v1/clusters?cursor=nonsense", "cursor"),
        ("/api/v1/clusters?limit=1&limit=2", "twice"),
        ("/api/v1/clusters/dead/topics?internal=maybe", "true"),
        ("/api/v1/events?severity=awful", "critical"),
        ("/api/v1/events?from=yesterday", "2026"),
        ("/api/v1/events?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "before"),
        ("/api/v1/clusters/dead/replication?to=1e9", "2026"),
        ("/metrics/kafka?dialect=jmx", "kafka-exporter, lag-exporter, burrow, kminion"),
    ] {
        let refused = served.get(path).await.problem(400);
        assert!(refused.text().contains(told), "{path}: {}", refused.text());
    }
}

#[tokio::test]
async fn metrics_are_what_a_scraper_expects() {
    let served = served().await;
    wait_until("a turn is counted", Duration::from_secs(20), async || {
        let text = served.get("/metrics").await.well().text();
        support::so(text, |text| text.contains("riverkeeper_turn_failures_total{")).map(drop)
    })
    .await;
    let answer = served.get("/metrics").await.well();
    assert!(answer.header("content-type").starts_with("application/openmetrics-text; version=1.0.0"));
    let text = answer.text();
    assert!(text.ends_with("# EOF\n"), "{text}");
    let mut families = BTreeSet::new();
    let mut rows = BTreeSet::new();
    for line in text.lines().filter(|line| *line != "# EOF") {
        if let Some(told) = line.strip_prefix("# ") {
            let mut words = told.split(' ');
            let (keyword, family) = (words.next().unwrap(), words.next().unwrap());
            assert!(["HELP", "TYPE", "UNIT"].contains(&keyword), "{line}");
            assert!(keyword != "TYPE" || families.insert(family.to_owned()), "{family} is told twice");
            continue;
        }
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(value.parse::<f64>().is_ok_and(f64::is_finite), "{line}");
        assert!(rows.insert(name.to_owned()), "{name} is there twice");
        let family = name.split('{').next().unwrap();
        assert!(family.starts_with("riverkeeper_"), "{line}");
        assert!(families.contains(family.trim_end_matches("_total")), "{family} has no type");
    }
    for family in
        ["riverkeeper_turns", "riverkeeper_failing", "riverkeeper_events", "riverkeeper_live_streams"]
    {
        assert!(families.contains(family), "{family} is missing of {families:?}");
    }
    assert!(rows.iter().any(|row| row.contains("cluster=\"dead\"") && row.contains("part=\"metadata\"")));
}

#[tokio::test]
async fn of_a_cluster_that_was_never_read_scrapers_are_told_nothing_in_the_format_that_they_read() {
    let served = served().await;
    for dialect in ["", "?dialect=kafka-exporter", "?dialect=lag-exporter", "?dialect=burrow&cluster=dead"] {
        let answer = served.get(&format!("/metrics/kafka{dialect}")).await.well();
        assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
        assert_eq!(answer.text(), "", "{dialect}");
    }
    served.get("/metrics/kafka?cluster=nowhere").await.problem(404);
}

#[tokio::test]
async fn every_configured_cluster_is_listed_from_the_first_second_with_null_for_what_is_not_known() {
    let served = served().await;
    let page: serde_json::Value = served.view("/api/v1/clusters").await;
    let row = &page["clusters"][0];
    assert_eq!(row["name"], "dead");
    for key in
        ["cluster_id", "broker_count", "topic_count", "partition_count", "under_replicated_count", "as_of"]
    {
        assert!(row.get(key).is_some_and(serde_json::Value::is_null), "{key}: {row}");
    }
    assert_eq!(page["meta"]["total"], 1);
}

#[tokio::test]
async fn an_end_is_quick_even_with_open_streams() {
    let served = served().await;
    let stream = support::stream::Stream::open(&served).await;
    served.end().await;
    stream.end().await;
}
