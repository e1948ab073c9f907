//! Every way to be secured, on real Kafka, by both speakers from the same properties; and what each wrong setting says.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends where something is amiss"
)]

mod secured;

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use backend::kafka::read::{Receive, Start, Tail, TailEvent, TailRecord, Tailed};
use backend::kafka::{Gateway, KafkaError, Properties, Security, Settings, read, security};
use backend::runtime::Clock;
use rdkafka::config::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use secrecy::ExposeSecret;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use secured::endpoint::{CLIENT_ID, CLIENT_SECRET};
use secured::{BROKER, KEY_PASSWORD, PASSWORD};

const TOPIC: &str = "secured";

/// Properties for a listener.
#[derive(Clone)]
struct Way {
    listener: &'static str,
    told: Vec<(&'static str, String)>,
}

fn way(listener: &'static str, protocol: &str, told: &[(&'static str, &str)]) -> Way {
    let mut all = vec![("security.protocol", protocol.to_owned())];
    if protocol.ends_with("SSL") {
        all.push(("ssl.ca.location", BROKER.file("ca.pem")));
    }
    all.extend(told.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Way { listener, told: all }
}

impl Way {
    /// The same with one property told otherwise.
    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.told.retain(|(known, _)| *known != name);
        self.told.push((name, value.into()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.told.retain(|(known, _)| *known != name);
        self
    }

    fn security(&self) -> Security {
        let properties: Properties =
            self.told.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
        security(&properties, Clock::system().now()).unwrap_or_else(|faults| panic!("{faults:?}"))
    }

    fn settings(&self) -> Settings {
        let bootstrap = vec![BROKER.at(self.listener).parse().unwrap()];
        Settings { security: self.security(), ..Settings::new("secured", bootstrap) }
    }

    fn gateway(&self) -> Gateway {
        Gateway::new(self.settings())
    }
}

fn scram(listener: &'static str, protocol: &str, mechanism: &str) -> Way {
    let told = [("sasl.mechanisms", mechanism), ("sasl.username", "alice"), ("sasl.password", PASSWORD)];
    way(listener, protocol, &told)
}

fn plain(listener: &'static str, protocol: &str) -> Way {
    let told = [("sasl.mechanisms", "PLAIN"), ("sasl.username", "bob"), ("sasl.password", PASSWORD)];
    way(listener, protocol, &told)
}

fn oauth() -> Way {
    let told = [
        ("sasl.mechanisms", "OAUTHBEARER"),
        ("sasl.oauthbearer.method", "oidc"),
        ("sasl.oauthbearer.client.id", CLIENT_ID),
        ("sasl.oauthbearer.client.secret", CLIENT_SECRET),
        ("sasl.oauthbearer.token.endpoint.url", &BROKER.endpoint.url()),
        ("https.ca.location", &BROKER.file("login-ca.pem")),
    ];
    way("OAUTH", "SASL_SSL", &told)
}

fn certificate(name: &str) -> Way {
    let told = [
        ("ssl.certificate.location", BROKER.file(&format!("{name}.pem"))),
        ("ssl.key.location", BROKER.file(&format!("{name}.key"))),
        ("ssl.key.password", KEY_PASSWORD.to_owned()),
    ];
    told.into_iter().fold(way("MTLS", "SSL", &[]), |way, (name, value)| way.with(name, value))
}

/// Waits until the broker answers on its plain listener, and has a topic with a record in it.
async fn ready() {
    static READY: tokio::sync::OnceCell<()> = tokio::sync::OnceCell::const_new();
    let make = async || {
        let gateway = way("INSIDE", "PLAINTEXT", &[]).gateway();
        let started = Instant::now();
        while let Err(error) = read::metadata(&gateway).await {
            let log = std::fs::read_to_string(BROKER.file("broker.log")).unwrap_or_default();
            assert!(started.elapsed() < Duration::from_secs(90), "{error}\n{log}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        tokio::task::spawn_blocking(produce).await.unwrap();
    };
    READY.get_or_init(make).await;
}

fn produce() {
    let producer: BaseProducer =
        ClientConfig::new().set("bootstrap.servers", BROKER.at("INSIDE")).create().unwrap();
    producer.send(BaseRecord::<(), str>::to(TOPIC).payload("a record")).unwrap();
    producer.flush(Duration::from_secs(20)).unwrap();
}

/// Tells each record's value, and what is in the way.
struct Told(UnboundedSender<Result<String, String>>);

impl Receive for Told {
    fn record(&mut self, record: &TailRecord<'_>) {
        let text = String::from_utf8_lossy(record.value.unwrap_or_default()).into_owned();
        drop(self.0.send(Ok(text)));
    }

    fn event(&mut self, event: TailEvent) {
        if let TailEvent::Trouble(trouble) = event {
            drop(self.0.send(Err(trouble.sentence)));
        }
    }
}

/// Reads the record by librdkafka, with what the gateway was told.
async fn consume(way: &Way) -> Result<String, String> {
    let (tell, mut told) = unbounded_channel();
    let tailed = Tailed { topic: TOPIC, starts: &[(0, Start::Beginning)] };
    let _tail =
        Tail::start(&way.gateway(), Clock::system(), &[tailed], &CancellationToken::new(), Told(tell))
            .unwrap();
    let first = tokio::time::timeout(Duration::from_secs(20), told.recv()).await;
    first.unwrap_or(None).unwrap_or_else(|| Err("no record came".to_owned()))
}

/// What the gateway says of a wrong setting.
async fn said(way: &Way) -> String {
    let started = Instant::now();
    let mut settings = way.settings();
    // What waited for an answer would take longer than what is said at once.
    (settings.request_timeout, settings.connect_timeout) = (Duration::from_secs(60), Duration::from_secs(60));
    let error = read::metadata(&Gateway::new(settings)).await.expect_err("it cannot be well").to_string();
    assert!(started.elapsed() < Duration::from_secs(20), "{error}");
    for secret in [PASSWORD, CLIENT_SECRET, KEY_PASSWORD, "Bearer"] {
        assert!(!error.contains(secret), "{error}");
    }
    error
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_is_gone_by_the_gateway_and_by_librdkafka() {
    ready().await;
    let ways = [
        ("plaintext", way("INSIDE", "PLAINTEXT", &[])),
        ("TLS with a given authority", way("TLS", "SSL", &[])),
        ("TLS without the name", way("NAMED", "SSL", &[("ssl.endpoint.identification.algorithm", "none")])),
        ("a client certificate", certificate("client")),
        ("PLAIN in the clear", plain("CLEAR", "SASL_PLAINTEXT")),
        ("PLAIN over TLS", plain("PLAIN", "SASL_SSL")),
        ("SCRAM-SHA-256", scram("SCRAM", "SASL_SSL", "SCRAM-SHA-256")),
        ("SCRAM-SHA-512", scram("SCRAM", "SASL_SSL", "SCRAM-SHA-512")),
        ("SCRAM in the clear", scram("CLEAR", "SASL_PLAINTEXT", "SCRAM-SHA-512")),
        ("OAUTHBEARER", oauth()),
    ];
    for (name, way) in ways {
        let metadata = read::metadata(&way.gateway()).await;
        let metadata = metadata.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(metadata.topics.iter().any(|topic| metadata.name(topic) == TOPIC), "{name}");
        assert_eq!(consume(&way).await.as_deref(), Ok("a record"), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_setting_says_what_to_mend() {
    ready().await;
    let scrammed = || scram("SCRAM", "SASL_SSL", "SCRAM-SHA-512");
    let secret = "sasl.oauthbearer.client.secret";
    let url = "sasl.oauthbearer.token.endpoint.url";
    let cases = [
        (
            scrammed().with("sasl.password", "wrong"),
            "does not take name and password of alice: check sasl.username and sasl.password",
        ),
        (scrammed().with("sasl.username", "nobody"), "does not take name and password of nobody"),
        (plain("PLAIN", "SASL_SSL").with("sasl.password", "wrong"), "does not take name and password of bob"),
        (plain("SCRAM", "SASL_SSL"), "by PLAIN: its listener does not take that mechanism but SCRAM-SHA-"),
        (
            way("TLS", "SSL", &[]).with("ssl.ca.location", BROKER.file("foreign-ca.pem")),
            "was issued by CN=test-ca, which is not among the authorities of ssl.ca.location (CN=foreign-ca)",
        ),
        (
            way("TLS", "SSL", &[]).without("ssl.ca.location"),
            "which is not among the authorities of this machine: name its authority in ssl.ca.location",
        ),
        (
            way("EXPIRED", "SSL", &[]),
            "its certificate expired on 2024-01-01 00:00 UTC: the broker needs another one",
        ),
        (way("NAMED", "SSL", &[]), "its certificate is for kafka.example, 10.9.8.7 and not for 127.0.0.1"),
        (way("MTLS", "SSL", &[]), "wants a client certificate: set ssl.certificate.location"),
        (certificate("stranger"), "does not take our client certificate"),
        (way("TLS", "PLAINTEXT", &[]), "answered with TLS; is this listener SSL?"),
        (way("SCRAM", "PLAINTEXT", &[]), "answered with TLS; is this listener SSL?"),
        (way("INSIDE", "SSL", &[]), "during the TLS handshake; is this listener SSL?"),
        (way("CLEAR", "SSL", &[]), "during the TLS handshake; is this listener SSL?"),
        (way("CLEAR", "PLAINTEXT", &[]), "its listener may want us to sign in: check security.protocol"),
        (way("SCRAM", "SSL", &[]), "its listener may want us to sign in: check security.protocol"),
        (plain("INSIDE", "SASL_PLAINTEXT"), "wants nobody to sign in: set security.protocol to PLAINTEXT"),
        (plain("TLS", "SASL_SSL"), "wants nobody to sign in: set security.protocol to SSL"),
        (
            oauth().with(secret, "wrong"),
            "refused with HTTP 401 (invalid_client): check sasl.oauthbearer.client.id",
        ),
        (
            oauth().with(url, "https://127.0.0.1:1/token"),
            "the token endpoint https://127.0.0.1:1/token could not be asked: connection refused",
        ),
        (
            oauth().with(url, BROKER.endpoint.url().replace("/token", "/nothing")),
            "refused with HTTP 404: check sasl.oauthbearer.token.endpoint.url",
        ),
        (
            oauth().with("https.ca.location", BROKER.file("ca.pem")),
            "could not be asked: its certificate was issued by CN=login-ca, which is not among the authorities of https.ca.location (CN=test-ca)",
        ),
        (
            oauth().with("sasl.oauthbearer.scope", "another"),
            "does not take the token of riverkeeper: check its audience",
        ),
    ];
    let mut wrong = Vec::new();
    for (way, expected) in cases {
        let said = said(&way).await;
        println!("{said}");
        if !said.contains(expected) {
            wrong.push(format!("{said}\n  instead of …{expected}…"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A process that is killed with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The authorities of the system are the process's environment, so this is a process of its own.
#[tokio::test(flavor = "multi_thread")]
async fn without_authorities_of_its_own_a_cluster_is_believed_by_those_of_the_system() {
    ready().await;
    drop(rustls::crypto::ring::default_provider().install_default());
    let listen = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let file = BROKER.file("riverkeeper.toml");
    let at = BROKER.at("TLS");
    let text = format!(
        "[http]\nlisten = \"{listen}\"\n[[cluster]]\nname = \"tls\"\nbootstrap.servers = \"{at}\"\nsecurity.protocol = \"SSL\"\n"
    );
    std::fs::write(&file, text).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_riverkeeper"))
        .args(["serve", "--config", &file])
        .env("SSL_CERT_FILE", BROKER.file("ca.pem"))
        .env("XDG_STATE_HOME", BROKER.file("state"))
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let _running = Running(child);
    let started = Instant::now();
    let mut said = String::new();
    while started.elapsed() < Duration::from_secs(20) {
        if let Ok(answer) = reqwest::get(format!("http://{listen}/api/v1/clusters")).await {
            let page: serde_json::Value = answer.json().await.unwrap();
            said = page["clusters"][0].to_string();
            if page["clusters"][0]["topic_count"].as_u64().is_some() {
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it was never read: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_fails_no_request() {
    ready().await;
    let gateway = scram("CLEAR", "SASL_PLAINTEXT", "SCRAM-SHA-512").gateway();
    let started = Instant::now();
    let mut asked = 0;
    while started.elapsed() < Duration::from_secs(12) {
        let read: Result<_, KafkaError> = read::metadata(&gateway).await;
        read.unwrap_or_else(|error| panic!("after {:?}: {error}", started.elapsed()));
        asked += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(asked > 20 && gateway.traffic().failures == 0, "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_token_serves_every_connection() {
    ready().await;
    let way = oauth();
    let mut settings = Settings::new("secured", vec![BROKER.at("OAUTH").parse().unwrap()]);
    settings.security = way.security();
    let source = settings.security.tokens().unwrap();
    let token = source.token().await.unwrap();
    for _ in 0..5 {
        read::metadata(&Gateway::new(settings.clone())).await.unwrap();
    }
    let again = source.token().await.unwrap();
    assert_eq!(token.value().expose_secret(), again.value().expose_secret());
    assert!(!format!("{token:?}").contains(token.value().expose_secret()));
}
