//! Who may see what, on the real router and over real sockets: tokens, sessions, and a restricted token on every route
//! of the API document.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use backend::{
    app::App,
    config::{Cluster, Config, Http, MetricsUrl, Token},
    http::server,
};
use globset::Glob;
use reqwest::Method;
use serde_json::Value;
use sha2::{Digest, Sha256};
use shared::access::Role;
use support::{Answer, Served, broker::FakeCluster, cluster, config, so, wait_until};

const ALL: &str = "token-that-sees-everything";
const EAST: &str = "token-that-sees-east";
const CHECKOUT: &str = "token-that-sees-what-checkout-owns";
const BOTH: &str = "token-that-sees-what-checkout-owns-on-east";
const OVER: &str = "token-that-is-over";
const COOKIE: &str = "__Host-riverkeeper";
const SOON: Duration = Duration::from_secs(30);

fn token(secret: &str, clusters: Option<&[&str]>, owners: Option<&[&str]>) -> Token {
    let globs = |names: &[&str]| names.iter().map(|name| Glob::new(name).unwrap()).collect();
    Token {
        name: secret.trim_start_matches("token-that-").into(),
        sha256: Sha256::digest(secret).into(),
        role: Role::Viewer,
        clusters: clusters.map(globs),
        owners: owners.map(|owners| owners.iter().map(|owner| (*owner).into()).collect()),
        expires: "2999-01-01T00:00:00Z".parse().unwrap(),
    }
}

/// The tokens above, over no cluster at all.
fn with_tokens(mut config: Config) -> Config {
    let over = Token { expires: "2001-01-01T00:00:00Z".parse().unwrap(), ..token(OVER, None, None) };
    config.tokens = vec![
        token(ALL, None, None),
        token(EAST, Some(&["ea*"]), None),
        token(CHECKOUT, None, Some(&["checkout"])),
        token(BOTH, Some(&["east"]), Some(&["checkout"])),
        over,
    ];
    config
}

async fn served() -> Served {
    Served::start(&with_tokens(config([]))).await
}

fn bearer(secret: &str) -> (&'static str, String) {
    ("authorization", format!("Bearer {secret}"))
}

async fn ask_as(served: &Served, secret: &str, path: &str) -> Answer {
    let (name, value) = bearer(secret);
    served.get_with(path, &[(name, &value)]).await
}

/// A request with a body, or without one.
async fn send(served: &Served, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    served.send(method, path, headers, body.to_owned()).await
}

async fn sign_in(served: &Served, secret: &str, more: &[(&str, &str)]) -> Answer {
    let body = serde_json::json!({ "token": secret }).to_string();
    let headers: Vec<_> = [("content-type", "application/json")].iter().chain(more).copied().collect();
    send(served, Method::POST, "/api/v1/session", &headers, &body).await
}

/// The cookie of somebody who signed in, as a browser sends it back.
async fn cookie(served: &Served, secret: &str) -> String {
    let answer = sign_in(served, secret, &[]).await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_not_open_asks_for_a_token_even_where_nothing_is() {
    let served = served().await;
    for path in [
        "/api/v1/clusters",
        "/api/v1/clusters/east",
        "/api/v1/status",
        "/api/v1/live",
        "/api/v1/session",
        "/api/v1/openapi.json",
        "/api/v1/nothing",
        "/api/",
        "/metrics",
    ] {
        let refused = served.get(path).await.problem(401);
        assert_eq!(refused.header("www-authenticate"), "Bearer", "{path}");
        assert_eq!(refused.header("cache-control"), "no-store", "{path}");
        served.ask(Method::POST, path, &[]).await.problem(if path.ends_with("session") { 415 } else { 401 });
    }
    for path in ["/livez", "/healthz", "/readyz", "/", "/clusters/east", "/sign-in"] {
        let answer = served.get(path).await;
        assert_ne!(answer.status, 401, "{path}");
    }
}

#[tokio::test]
async fn only_a_whole_token_that_has_not_ended_opens() {
    let served = served().await;
    ask_as(&served, ALL, "/api/v1/clusters").await.well();
    let hash: String = Sha256::digest(ALL).iter().map(|byte| format!("{byte:02x}")).collect();
    for wrong in ["", "x", &ALL[1..], &format!("{ALL}x"), &ALL.to_uppercase(), &hash, OVER] {
        ask_as(&served, wrong, "/api/v1/clusters").await.problem(401);
    }
    for header in ["Basic dG9rZW4=", ALL, &format!("Token {ALL}"), &format!("Bearer  {ALL} {ALL}")] {
        served.get_with("/api/v1/clusters", &[("authorization", header)]).await.problem(401);
    }
    served.get(&format!("/api/v1/clusters?token={ALL}")).await.problem(401);
}

#[tokio::test]
async fn a_token_is_exchanged_for_a_cookie_and_the_cookie_taken_back() {
    let served = served().await;
    let answer = sign_in(&served, EAST, &[]).await;
    assert_eq!(answer.status, 204);
    let set = answer.header("set-cookie").to_owned();
    let (pair, attributes) = set.split_once("; ").unwrap();
    assert_eq!(attributes, "HttpOnly; SameSite=Lax; Secure; Path=/");
    let (name, value) = pair.split_once('=').unwrap();
    assert!(name == COOKIE && value.len() == 43 && !set.contains(EAST), "{set}");

    let session: Value = served.get_with("/api/v1/session", &[("cookie", pair)]).await.well().json();
    assert_eq!(
        (&session["name"], &session["role"], &session["via"]),
        (&"sees-east".into(), &"viewer".into(), &"session".into())
    );
    assert_eq!((&session["clusters"], &session["owners"]), (&serde_json::json!(["ea*"]), &Value::Null));
    let expires = session["expires"].as_str().unwrap();
    assert!(!expires.starts_with("2999"), "a session ends before such a token: {expires}");
    let by_token: Value = ask_as(&served, EAST, "/api/v1/session").await.well().json();
    assert_eq!((&by_token["via"], &by_token["expires"]), (&"token".into(), &"2999-01-01T00:00:00Z".into()));

    let ended = served.ask(Method::DELETE, "/api/v1/session", &[("cookie", pair)]).await;
    assert_eq!(ended.status, 204);
    assert!(
        ended.header("set-cookie").starts_with(&format!("{COOKIE}=; ")),
        "{}",
        ended.header("set-cookie")
    );
    assert!(ended.header("set-cookie").ends_with("Max-Age=0"));
    served.get_with("/api/v1/session", &[("cookie", pair)]).await.problem(401);
    let again = served.ask(Method::DELETE, "/api/v1/session", &[("cookie", pair)]).await;
    assert_eq!(again.status, 204, "who is out is out");
}

#[tokio::test]
async fn signing_in_again_ends_the_session_that_was() {
    let served = served().await;
    let first = cookie(&served, ALL).await;
    let second = sign_in(&served, EAST, &[("cookie", &first)]).await;
    served.get_with("/api/v1/session", &[("cookie", &first)]).await.problem(401);
    let pair = second.header("set-cookie").split(';').next().unwrap().to_owned();
    assert_ne!(pair, first);
    served.get_with("/api/v1/session", &[("cookie", &pair)]).await.well();
}

#[tokio::test]
async fn a_cookie_that_is_none_of_ours_opens_nothing_and_a_header_goes_before_any() {
    let served = served().await;
    let good = cookie(&served, ALL).await;
    let value = good.split_once('=').unwrap().1;
    for wrong in [
        format!("{COOKIE}=made-up"),
        format!("{COOKIE}="),
        format!("{COOKIE}={ALL}"),
        format!("riverkeeper={value}"),
        format!("{COOKIE}-ops={value}"),
        format!("{good}; {COOKIE}=another"),
    ] {
        served.get_with("/api/v1/session", &[("cookie", &wrong)]).await.problem(401);
    }
    served.get_with("/api/v1/session", &[("cookie", &format!("a=b; {good}; c=d"))]).await.well();
    let (name, east) = bearer(EAST);
    let both: Value =
        served.get_with("/api/v1/session", &[("cookie", &good), (name, &east)]).await.well().json();
    assert_eq!(both["name"], "sees-east");
    served.get_with("/api/v1/session", &[("cookie", &good), (name, "Bearer wrong")]).await.problem(401);
}

#[tokio::test]
async fn what_is_sent_to_sign_in_is_read_strictly_and_never_said_back() {
    let served = served().await;
    let json = [("content-type", "application/json")];
    let secret = "s3cret-that-must-not-come-back";
    for (body, status) in [
        (String::new(), 400),
        (format!("{{\"token\": {secret}}}"), 400),
        (format!("\"{secret}\""), 400),
        (format!("{{\"token\": 5, \"{secret}\": 1}}"), 400),
        (format!("{{\"token\": \"{ALL}\", \"{secret}\": 1}}"), 400),
        (format!("{{\"token\": \"{secret}\"}}"), 401),
        (format!("{{\"token\": \"{}\"}}", "a".repeat(70_000)), 413),
    ] {
        let refused = send(&served, Method::POST, "/api/v1/session", &json, &body).await;
        assert_eq!(refused.status.as_u16(), status, "{body:.60}: {}", refused.text());
        let refused = refused.problem(status);
        assert!(!refused.text().contains(secret), "{}", refused.text());
    }
    let right = format!("{{\"token\":\"{ALL}\"}}");
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""] {
        let headers = [("content-type", kind)];
        send(&served, Method::POST, "/api/v1/session", &headers, &right).await.problem(415);
    }
    send(&served, Method::POST, "/api/v1/session?next=//evil.example", &json, &right).await.problem(400);
    let chunked = [("content-type", "application/json"), ("transfer-encoding", "chunked")];
    send(&served, Method::POST, "/api/v1/session", &chunked, &"a".repeat(1 << 20)).await.problem(413);
}

#[tokio::test]
async fn a_page_of_another_site_can_neither_sign_in_nor_out() {
    let served = served().await;
    let host = served.address.to_string();
    let ours = format!("http://{host}");
    let pair = cookie(&served, ALL).await;
    for foreign in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site"), ("origin", "http://other.localhost")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "http://127.0.0.1:1")],
    ] {
        let refused = sign_in(&served, ALL, foreign).await.problem(403);
        assert_eq!(refused.header("set-cookie"), "");
        let headers: Vec<_> = foreign.iter().copied().chain([("cookie", pair.as_str())]).collect();
        served.ask(Method::DELETE, "/api/v1/session", &headers).await.problem(403);
    }
    served.get_with("/api/v1/session", &[("cookie", &pair)]).await.well();
    for own in [&[("sec-fetch-site", "same-origin")][..], &[("origin", ours.as_str())], &[]] {
        assert_eq!(sign_in(&served, ALL, own).await.status, 204, "{own:?}");
    }
    let answer =
        served.get_with("/api/v1/session", &[("cookie", &pair), ("origin", "https://evil.example")]).await;
    assert_eq!(answer.header("access-control-allow-origin"), "", "no other origin may read");
}

#[tokio::test]
async fn many_wrong_tokens_are_told_to_wait_and_the_right_one_is_still_let_in() {
    let served = served().await;
    let mut answers = BTreeMap::<u16, u32>::new();
    for _ in 0..30 {
        let answer = sign_in(&served, "wrong", &[]).await;
        *answers.entry(answer.status.as_u16()).or_default() += 1;
        if answer.status == 429 {
            assert!(answer.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0));
            answer.problem(429);
        }
    }
    assert!(answers[&401] >= 10 && answers[&429] >= 10, "{answers:?}");
    assert_eq!(sign_in(&served, ALL, &[]).await.status, 204);
    ask_as(&served, ALL, "/api/v1/clusters").await.well();
}

#[tokio::test]
async fn without_tokens_everything_is_open_and_there_is_nothing_to_sign_in_to() {
    let served = Served::start(&config([])).await;
    let session: Value = served.view("/api/v1/session").await;
    assert_eq!(
        (&session["via"], &session["name"], &session["expires"]),
        (&"open".into(), &Value::Null, &Value::Null)
    );
    sign_in(&served, ALL, &[]).await.problem(404);
    served.get_with("/api/v1/clusters", &[("authorization", "Bearer whatever")]).await.well();
}

#[tokio::test]
async fn under_a_path_api_stream_page_and_sign_in_are_there_and_the_cookie_carries_the_path() {
    let mut config = with_tokens(config([]));
    config.http.public_url = Some("https://ops.example.com/kafka/rk".parse().unwrap());
    let served = Served::start(&config).await;
    let host = ("host", "ops.example.com");
    let body = serde_json::json!({ "token": ALL }).to_string();
    // As a browser sends it through a proxy that names itself to us.
    let headers = [("content-type", "application/json"), ("origin", "https://ops.example.com")];
    let answer = send(&served, Method::POST, "/kafka/rk/api/v1/session", &headers, &body).await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    let pair = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(pair.starts_with("__Host-riverkeeper-kafka-rk="), "{pair}");
    assert!(
        answer.header("set-cookie").contains("Path=/")
            && !answer.header("set-cookie").contains("Path=/kafka")
    );
    let signed_in = [host, ("cookie", pair.as_str())];
    served.get_with("/kafka/rk/api/v1/clusters", &signed_in).await.well();
    served.get_with("/kafka/rk/api/v1/clusters", &[host]).await.problem(401);
    served.get_with("/kafka/rk/api/v1/nothing", &[host]).await.problem(401);
    served.get_with("/kafka/rk/metrics", &[host]).await.problem(401);
    served.get_with("/kafka/rk/livez", &[host]).await.well();
    let missing = served.get_with("/kafka/rk/api/v1/nothing", &signed_in).await.problem(404);
    assert!(missing.text().contains("no route /api/v1/nothing"), "{}", missing.text());
    let outside = served.get_with("/api/v1/clusters", &signed_in).await;
    assert_ne!(outside.status, 200, "only under the path");
    let stream = served.open_with("/kafka/rk/api/v1/live", &signed_in).await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    for page in ["/kafka/rk", "/kafka/rk/", "/kafka/rk/sign-in", "/kafka/rk/clusters/east"] {
        let page = served.get_with(page, &[host]).await;
        assert!(page.status == 200 || page.text().contains("no dashboard"), "{}", page.text());
    }
}

#[tokio::test]
async fn a_name_that_was_rebound_to_us_is_misdirected_over_a_bare_socket() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut config = config([]);
    config.http.hosts = vec!["kafka.internal".into()];
    let served = Served::start(&config).await;
    for (head, status) in [
        ("GET /api/v1/clusters HTTP/1.1\r\nHost: evil.example\r\n", "421"),
        ("GET /api/v1/clusters HTTP/1.1\r\nHost: evil.example:8080\r\n", "421"),
        ("GET http://evil.example/api/v1/clusters HTTP/1.1\r\nHost: localhost\r\n", "421"),
        ("GET /api/v1/clusters HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n", "421"),
        ("GET /api/v1/clusters HTTP/1.1\r\nHost: localhost@evil.example\r\n", "421"),
        ("GET /api/v1/clusters HTTP/1.0\r\n", "421"),
        ("GET /api/v1/clusters HTTP/1.1\r\nHost: localhost\r\n", "200"),
        ("GET /api/v1/clusters HTTP/1.1\r\nHost: Kafka.Internal:8080\r\n", "200"),
    ] {
        let mut stream = tokio::net::TcpStream::connect(served.address).await.unwrap();
        stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}"))
                || answer.starts_with(&format!("HTTP/1.0 {status}")),
            "{head}: {answer}"
        );
    }
}

/// How a route keeps to a scope.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeps {
    /// Tells nothing of any cluster: open, or about the asker.
    Nothing,
    /// One answer for all, from which what is not seen is left out.
    Filtered,
    /// The same, and not there for a token with owners.
    FilteredWhole,
    /// Of one cluster, or of a topic of it.
    OfCluster,
    /// The same, and not there for a token with owners.
    OfWholeCluster,
    /// Of a consumer group; these clusters were never asked for theirs.
    OfGroup,
    /// Of flows between clusters, or of the way of a topic. No mirror is here; what of one is told, tests of topology's
    /// queries tell.
    OfFlow,
    /// Of one cluster, in Burrow's words, which has its own for what is absent.
    AsBurrow,
}

/// Every route of the document. A new one is added here, with a thought.
const ROUTES: [(&str, &str, Keeps); 46] = [
    ("get", "/livez", Keeps::Nothing),
    ("get", "/healthz", Keeps::Nothing),
    ("get", "/readyz", Keeps::Nothing),
    ("get", "/api/v1/session", Keeps::Nothing),
    ("post", "/api/v1/session", Keeps::Nothing),
    ("delete", "/api/v1/session", Keeps::Nothing),
    ("get", "/metrics", Keeps::Filtered),
    ("get", "/metrics/kafka", Keeps::Filtered),
    ("get", "/api/v1/live", Keeps::Filtered),
    ("get", "/api/v1/clusters", Keeps::Filtered),
    ("get", "/api/v1/events", Keeps::Filtered),
    ("get", "/api/v1/owners", Keeps::Filtered),
    ("get", "/api/v1/search", Keeps::Filtered),
    ("get", "/api/v1/status", Keeps::FilteredWhole),
    ("get", "/api/v1/load", Keeps::FilteredWhole),
    ("get", "/api/v1/clusters/{cluster}", Keeps::OfCluster),
    ("get", "/api/v1/clusters/{cluster}/events", Keeps::OfCluster),
    ("get", "/api/v1/clusters/{cluster}/topics", Keeps::OfCluster),
    ("get", "/api/v1/clusters/{cluster}/topics/{topic}", Keeps::OfCluster),
    ("get", "/api/v1/clusters/{cluster}/topics/{topic}/partitions", Keeps::OfCluster),
    ("get", "/api/v1/clusters/{cluster}/brokers", Keeps::OfWholeCluster),
    ("get", "/api/v1/clusters/{cluster}/brokers/{broker_id}", Keeps::OfWholeCluster),
    ("get", "/api/v1/clusters/{cluster}/replication", Keeps::OfWholeCluster),
    ("get", "/api/v1/clusters/{cluster}/broker-loads", Keeps::OfWholeCluster),
    ("get", "/api/v1/clusters/{cluster}/load", Keeps::OfWholeCluster),
    ("get", "/api/v1/clusters/{cluster}/spread", Keeps::OfWholeCluster),
    ("get", "/api/v1/clusters/{cluster}/restart-verdicts", Keeps::OfWholeCluster),
    ("get", "/api/v1/lag", Keeps::Filtered),
    ("get", "/api/v1/lag/{cluster}/{group}", Keeps::OfGroup),
    ("get", "/api/v1/lag/{cluster}/{group}/history", Keeps::OfGroup),
    ("get", "/api/v1/topology", Keeps::Filtered),
    ("get", "/api/v1/topology/flows", Keeps::OfFlow),
    ("get", "/api/v1/topology/flows/{id}", Keeps::OfFlow),
    ("get", "/api/v1/topology/flows/{id}/history", Keeps::OfFlow),
    ("get", "/api/v1/topology/topics/{topic}", Keeps::OfFlow),
    ("get", "/burrow/admin", Keeps::Nothing),
    ("get", "/burrow/admin/ready", Keeps::Nothing),
    ("get", "/v3/kafka", Keeps::Filtered),
    ("get", "/v3/kafka/{cluster}", Keeps::AsBurrow),
    ("get", "/v3/kafka/{cluster}/topic", Keeps::AsBurrow),
    ("get", "/v3/kafka/{cluster}/topic/{topic}", Keeps::AsBurrow),
    ("get", "/v3/kafka/{cluster}/topic/{topic}/consumers", Keeps::AsBurrow),
    ("get", "/v3/kafka/{cluster}/consumer", Keeps::AsBurrow),
    ("get", "/v3/kafka/{cluster}/consumer/{consumer}", Keeps::AsBurrow),
    ("get", "/v3/kafka/{cluster}/consumer/{consumer}/status", Keeps::AsBurrow),
    ("get", "/v3/kafka/{cluster}/consumer/{consumer}/lag", Keeps::AsBurrow),
];

#[tokio::test]
async fn every_route_of_the_document_is_in_the_table_and_documents_who_may_ask() {
    let served = served().await;
    let document: Value = ask_as(&served, ALL, "/api/v1/openapi.json").await.well().json();
    let paths = document["paths"].as_object().unwrap();
    let there: BTreeSet<(&str, &str)> = paths
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(move |method| (method.as_str(), path.as_str()))
        })
        .collect();
    let tried: BTreeSet<(&str, &str)> = ROUTES.iter().map(|(method, path, _)| (*method, *path)).collect();
    assert_eq!(
        there, tried,
        "a route is not tried with a restricted token: say in ROUTES how it keeps to a scope"
    );
    for (method, path) in there {
        let open = matches!(path, "/livez" | "/healthz" | "/readyz")
            || (path.ends_with("/session") && method != "get");
        let operation = &paths[path][method];
        assert_eq!(operation.get("security").is_some(), !open, "{method} {path}");
        assert!(open || operation["responses"]["401"].is_object(), "{method} {path} does not document 401");
        if !open {
            served.get(&filled(path, "east", "orders")).await.problem(401);
        }
    }
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    assert_eq!(schemes.keys().collect::<Vec<_>>(), ["session", "token"]);
}

fn filled(path: &str, cluster: &str, topic: &str) -> String {
    let path = path.replace("{cluster}", cluster).replace("{topic}", topic).replace("{broker_id}", "1");
    let path = path.replace("{id}", &format!("{cluster}~nowhere~mirror"));
    path.replace("{group}", "some-group").replace("{consumer}", "some-group")
}

/// Two clusters on which topics of two owners come to be, watched by one Riverkeeper.
struct Fleet {
    east: FakeCluster,
    west: FakeCluster,
    served: Served,
}

/// The same, with a metrics endpoint that does not answer.
fn with_metrics(mut cluster: Cluster) -> Cluster {
    cluster.metrics_url = Some(MetricsUrl::Each([(1, "http://127.0.0.1:9/metrics".to_owned())].into()));
    cluster
}

const OWNERS: &str = r#"
[[owner]]
name = "checkout"
topics = ["orders*"]

[[owner]]
name = "people"
title = "Human resources"
topics = ["payroll*"]
"#;

impl Fleet {
    async fn start() -> Self {
        let east = FakeCluster::start("id-of-east", &["orders", "payroll", "unowned"]).await;
        let west = FakeCluster::start("id-of-west", &["orders", "orders-in-west", "payroll-in-west"]).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("owners.toml");
        std::fs::write(&file, OWNERS).unwrap();
        let mut config = with_tokens(config([
            with_metrics(cluster("east", &east.address.to_string())),
            with_metrics(cluster("west", &west.address.to_string())),
        ]));
        config.catalog.file = Some(file);
        let fleet = Self { served: Served::start(&config).await, east, west };
        wait_until("both clusters are read", SOON, async || {
            let page: Value = ask_as(&fleet.served, ALL, "/api/v1/clusters").await.well().json();
            let counts: Vec<&Value> =
                page["clusters"].as_array().unwrap().iter().map(|row| &row["topic_count"]).collect();
            so(counts, |counts| counts.iter().all(|count| **count == 3)).map(drop)
        })
        .await;
        fleet.happens(&["orders-new"], 1).await;
        fleet.happens(&["payroll-new"], 2).await;
        fleet.happens(&["orders-mixed", "payroll-mixed"], 3).await;
        fleet.happens(&["orders-twin", "orders-twin-2"], 4).await;
        drop(folder);
        fleet
    }

    /// Topics come to be on both clusters, and the timeline tells of it.
    async fn happens(&self, topics: &[&str], told: usize) {
        self.east.create(topics);
        self.west.create(topics);
        wait_until("the timeline tells of it on both", SOON, async || {
            let page: Value =
                ask_as(&self.served, ALL, "/api/v1/events?kind=topic_created").await.well().json();
            so(page["meta"]["total"].clone(), |total| *total == told * 2).map(drop)
        })
        .await;
    }

    /// What names the cluster that a token for `east` does not see.
    fn of_west(&self) -> Vec<String> {
        vec!["west".into(), self.west.address.port().to_string()]
    }

    /// What names brokers, ids and the topics and owners that a token of `checkout` does not see.
    fn of_others(&self) -> Vec<String> {
        let words = ["payroll", "unowned", "people", "Human resources", "id-of-", "127.0.0.1"];
        let ports = [self.east.address.port(), self.west.address.port()];
        words.map(String::from).into_iter().chain(ports.map(|port| port.to_string())).collect()
    }

    /// What a route says to a token: of the stream the first notices.
    async fn says(&self, secret: &str, path: &str) -> Answer {
        if !path.ends_with("/live") {
            return ask_as(&self.served, secret, path).await;
        }
        let (name, value) = bearer(secret);
        let mut stream = self.served.open_with(path, &[(name, &value)]).await;
        let (status, headers) = (stream.status(), stream.headers().clone());
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = stream.chunk().await {
            body.extend_from_slice(&chunk);
            let text = String::from_utf8_lossy(&body);
            if text.split_once("event: notices").is_some_and(|(_, rest)| rest.contains("\n\n")) {
                break;
            }
        }
        Answer { url: path.into(), status, headers, body, took: Duration::ZERO }
    }
}

/// Whether a text has the word in it, and not only as a part of another.
fn says(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let within = |edge: Option<char>, own: Option<char>| {
            edge.zip(own).is_some_and(|(edge, own)| edge.is_alphanumeric() && own.is_alphanumeric())
        };
        !within(before, word.chars().next()) && !within(after, word.chars().next_back())
    })
}

fn assert_silent(answer: &Answer, secret: &str, words: &[String]) {
    let text = answer.text();
    for word in words {
        // The name of the token is the asker's own.
        let said = text.replace(secret.trim_start_matches("token-that-"), "");
        assert!(!says(&said, word), "{} tells {secret} of {word}: {text}", answer.url);
    }
}

/// Asserts that something forbidden is answered as something absent, but for the name that was asked for.
fn assert_as_absent(forbidden: Answer, name: &str, absent: Answer, other: &str) {
    let (forbidden, absent) = (forbidden.problem(404), absent.problem(404));
    assert_eq!(forbidden.text().replace(name, "…"), absent.text().replace(other, "…"), "{}", forbidden.url);
    let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
    assert_eq!(names(&forbidden), names(&absent), "{}", forbidden.url);
}

/// The query of a route that finds everything there is.
fn asked(path: &str) -> String {
    match path.rsplit('/').next() {
        Some("search") => format!("{path}?q=o"),
        Some("load") => format!("{path}?metric=bytes_in"),
        _ => path.into(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restricted_token_sees_on_every_route_only_what_its_scope_allows() {
    let fleet = Fleet::start().await;
    let (of_west, of_others) = (fleet.of_west(), fleet.of_others());
    let of_neither: Vec<String> = of_west.iter().chain(&of_others).cloned().collect();
    let scopes = [(EAST, &of_west, false), (CHECKOUT, &of_others, true), (BOTH, &of_neither, true)];
    for (method, path, keeps) in ROUTES.iter().filter(|(method, ..)| *method == "get") {
        for (secret, unseen, by_owner) in scopes {
            let sees_west = secret == CHECKOUT;
            let topics: &[&str] = if path.contains("{topic}") { &["orders", "orders-new"] } else { &["-"] };
            match keeps {
                Keeps::Nothing => {}
                Keeps::FilteredWhole | Keeps::OfWholeCluster if by_owner => {
                    for cluster in ["east", "west"] {
                        let path = filled(path, cluster, "orders");
                        let nothing = fleet.says(secret, "/api/v1/nothing").await;
                        assert_as_absent(fleet.says(secret, &path).await, &path, nothing, "/api/v1/nothing");
                    }
                }
                Keeps::Filtered | Keeps::FilteredWhole => {
                    let all = fleet.says(ALL, &asked(path)).await.well();
                    assert!(
                        all.text().contains("west") || path.ends_with("owners"),
                        "{path} is no test: {}",
                        all.text()
                    );
                    assert_silent(&fleet.says(secret, &asked(path)).await.well(), secret, unseen);
                }
                Keeps::OfFlow => {
                    let path = filled(path, "east", "orders");
                    assert_silent(&fleet.says(secret, &path).await, secret, unseen);
                }
                Keeps::OfGroup | Keeps::AsBurrow => {
                    let answer = async |cluster: &str| {
                        let answer = fleet.says(secret, &filled(path, cluster, "orders")).await;
                        if cluster == "east" {
                            assert_silent(&answer, secret, unseen);
                        }
                        (answer.status, answer.text().replace(cluster, "…"))
                    };
                    answer("east").await;
                    if !sees_west {
                        assert_eq!(answer("west").await, answer("nowhere").await, "{path}");
                    }
                }
                Keeps::OfCluster | Keeps::OfWholeCluster => {
                    for topic in topics {
                        let own = fleet.says(secret, &asked(&filled(path, "east", topic))).await.well();
                        assert_silent(&own, secret, unseen);
                        let west = fleet.says(secret, &asked(&filled(path, "west", topic))).await;
                        if sees_west {
                            assert_silent(&west.well(), secret, unseen);
                        } else {
                            let absent = fleet.says(secret, &asked(&filled(path, "nowhere", topic))).await;
                            assert_as_absent(west, "west", absent, "nowhere");
                        }
                    }
                    if path.contains("{topic}") && by_owner {
                        for foreign in ["payroll", "unowned", "payroll-mixed"] {
                            let forbidden = fleet.says(secret, &filled(path, "east", foreign)).await;
                            let absent = fleet.says(secret, &filled(path, "east", "nothing")).await;
                            assert_as_absent(forbidden, foreign, absent, "nothing");
                        }
                    }
                }
            }
            assert_eq!(*method, "get");
        }
    }
    totals_are_counted_after_the_filter(&fleet).await;
    filters_find_nothing_that_is_not_seen(&fleet).await;
}

async fn totals_are_counted_after_the_filter(fleet: &Fleet) {
    for (secret, clusters, topics, events) in
        [(ALL, 2, 9, 8), (EAST, 1, 9, 4), (CHECKOUT, 2, 5, 4), (BOTH, 1, 5, 2)]
    {
        let total = async |path: &str| -> u64 {
            let page: Value = ask_as(&fleet.served, secret, path).await.well().json();
            page["meta"]["total"].as_u64().unwrap()
        };
        assert_eq!(total("/api/v1/clusters").await, clusters, "{secret}");
        assert_eq!(total("/api/v1/clusters/east/topics").await, topics, "{secret}");
        assert_eq!(total("/api/v1/events?kind=topic_created").await, events, "{secret}");
        let row: Value = ask_as(&fleet.served, secret, "/api/v1/clusters/east").await.well().json();
        let by_owner = matches!(secret, CHECKOUT | BOTH);
        assert_eq!(row["topic_count"].is_null(), by_owner, "{secret}: {row}");
        assert_eq!(row["health"]["severity"].as_str().map(str::is_empty), Some(false), "the word is told");
        assert!(!by_owner || row["health"]["reasons"] == serde_json::json!([]), "{secret}: {row}");
        assert!(row["as_of"].is_string(), "{secret}: the age is told");
        let metrics = ask_as(&fleet.served, secret, "/metrics").await.well().text();
        assert_eq!(metrics.contains("cluster=\"east\""), !by_owner, "{secret}: {metrics}");
    }
}

async fn filters_find_nothing_that_is_not_seen(fleet: &Fleet) {
    for (secret, path) in [
        (EAST, "/api/v1/clusters?q=west"),
        (EAST, "/api/v1/events?topic=orders-in-west"),
        (EAST, "/api/v1/search?q=orders-in-west"),
        (EAST, "/api/v1/search?q=west"),
        (CHECKOUT, "/api/v1/clusters/east/topics?q=payroll"),
        (CHECKOUT, "/api/v1/clusters/east/topics?owner=people"),
        (CHECKOUT, "/api/v1/events?topic=payroll-new"),
        (CHECKOUT, "/api/v1/events?topic=orders-mixed"),
        (CHECKOUT, "/api/v1/events?broker=1"),
        (CHECKOUT, "/api/v1/search?q=payroll"),
        (CHECKOUT, "/api/v1/search?owner=people"),
        (CHECKOUT, "/api/v1/search?q=human"),
        (CHECKOUT, "/api/v1/search?q=127.0"),
        (CHECKOUT, "/api/v1/owners?q=people"),
    ] {
        let page: Value = ask_as(&fleet.served, secret, path).await.well().json();
        let (name, rows) = page.as_object().unwrap().iter().find(|(_, value)| value.is_array()).unwrap();
        assert_eq!(rows, &serde_json::json!([]), "{secret} {path} {name}");
        assert!(page["meta"]["total"].as_u64().unwrap_or(0) == 0, "{secret} {path}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_of_one_scope_is_none_of_anothers() {
    let fleet = Fleet::start().await;
    for path in ["/api/v1/clusters", "/api/v1/clusters/east/topics", "/api/v1/clusters/east"] {
        let tag = ask_as(&fleet.served, ALL, path).await.well().header("etag").to_owned();
        for secret in [EAST, CHECKOUT, BOTH] {
            let (name, value) = bearer(secret);
            let answer = fleet.served.get_with(path, &[(name, &value), ("if-none-match", &tag)]).await;
            assert_eq!(answer.status, 200, "{secret} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_the_session_that_it_was_opened_by() {
    let fleet = Fleet::start().await;
    let pair = cookie(&fleet.served, ALL).await;
    let mut stream = fleet.served.open_with("/api/v1/live", &[("cookie", &pair)]).await;
    assert!(stream.chunk().await.unwrap().is_some());
    fleet.served.ask(Method::DELETE, "/api/v1/session", &[("cookie", &pair)]).await;
    let end = async { while stream.chunk().await.is_ok_and(|chunk| chunk.is_some()) {} };
    tokio::time::timeout(SOON, end).await.expect("the stream ends");
}

#[tokio::test]
async fn an_address_that_others_reach_is_not_served_without_tokens() {
    for (config, served) in [
        (config([]), false),
        (with_tokens(config([])), true),
        (Config { http: Http { anyone_may_see_everything: true, ..Http::default() }, ..config([]) }, true),
    ] {
        let listener = server::listen("0.0.0.0:0".parse().unwrap()).await.unwrap();
        let app = App::start(&config).unwrap();
        app.shutdown().cancel();
        let ended = app.serve(listener).await;
        assert_eq!(ended.is_ok(), served, "{ended:?}");
        assert!(ended.err().is_none_or(|error| error.to_string().contains("127.0.0.1")));
    }
}

#[tokio::test]
async fn no_secret_is_in_any_log_or_answer_about_tokens() {
    let served = served().await;
    for path in ["/api/v1/session", "/api/v1/status", "/metrics", "/api/v1/openapi.json"] {
        let answer = ask_as(&served, ALL, path).await.well();
        assert!(!answer.text().contains(ALL), "{path}");
    }
    let door = format!("{:?}", with_tokens(config([])).tokens);
    assert!(!door.contains(ALL));
}
