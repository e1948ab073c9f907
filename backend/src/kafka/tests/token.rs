//! Token endpoints that refuse, lie or never end, and tokens that are asked for no more often than needed.

use std::sync::atomic::AtomicUsize;

use secrecy::ExposeSecret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::super::Security;
use super::*;
use crate::kafka::fake::good_for;
use crate::kafka::fake::secured::{sasl_message, secured};

const SECRET: &str = "client-secret";

fn told(endpoint: &Fake) -> Security {
    secured(&[
        ("security.protocol", "SASL_PLAINTEXT"),
        ("sasl.mechanisms", "OAUTHBEARER"),
        ("sasl.oauthbearer.method", "oidc"),
        ("sasl.oauthbearer.client.id", "riverkeeper"),
        ("sasl.oauthbearer.client.secret", SECRET),
        (
            "sasl.oauthbearer.token.endpoint.url",
            &format!("http://127.0.0.1:{}/token?tenant=x", endpoint.port),
        ),
        ("sasl.oauthbearer.extensions", "tenant=a,zone=b"),
    ])
}

/// An endpoint that answers each request with the next text, and the last one again and again.
async fn endpoint(answers: Vec<String>) -> (Fake, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let (count, answers) = (Arc::clone(&asked), Arc::new(answers));
    let fake = Fake::raw(move |mut stream| {
        let (count, answers) = (Arc::clone(&count), Arc::clone(&answers));
        async move {
            let mut request = vec![0; 4096];
            drop(stream.read(&mut request).await);
            let number = count.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1);
            drop(stream.write_all(answers[number].as_bytes()).await);
            drop(stream.shutdown().await);
        }
    })
    .await;
    (fake, asked)
}

fn http(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

fn granted(token: &str, seconds: u32) -> String {
    http("200 OK", &format!(r#"{{"access_token":"{token}","expires_in":{seconds},"token_type":"bearer"}}"#))
}

/// A broker that takes these tokens.
async fn broker(takes: &'static str) -> Fake {
    one(move |asked, port| match asked.key {
        17 => Deed::Answer(samples::answer(&samples::sasl_handshake(0), asked.version)),
        36 => {
            let message = String::from_utf8(sasl_message(&asked)).unwrap();
            let good = format!("n,,\x01auth=Bearer {takes}\x01tenant=a\x01zone=b\x01\x01");
            let answer = match (message == good, message.as_str()) {
                (true, _) => samples::sasl_authenticate(asked.version, b"", 0),
                (false, "\x01") => samples::sasl_refusal(58, ""),
                (false, _) => samples::sasl_authenticate(asked.version, br#"{"status":"invalid_token"}"#, 0),
            };
            Deed::Answer(samples::answer(&answer, asked.version))
        }
        _ => good_for(&asked, &[port]),
    })
    .await
}

async fn ask(broker: &Fake, security: &Security) -> Result<(), String> {
    let gateway = gateway(&[broker], |settings| settings.security = security.clone());
    let asked = read::metadata(&gateway).await;
    asked.map(drop).map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_token_is_asked_for_once_for_all_connections() {
    let (login, asked) = endpoint(vec![granted("one", 3600)]).await;
    let (broker, security) = (broker("one").await, told(&login));
    let all = futures::future::join_all((0..8).map(|_| ask(&broker, &security))).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert!(!format!("{security:?} {:?}", security.tokens()).contains("one\""));
}

#[tokio::test]
async fn a_refused_token_is_asked_for_anew() {
    let (login, asked) = endpoint(vec![granted("stale", 3600), granted("new", 3600)]).await;
    let (broker, security) = (broker("new").await, told(&login));
    let error = ask(&broker, &security).await.unwrap_err();
    assert!(error.contains("does not take the token of riverkeeper: check its audience"), "{error}");
    assert!(error.contains("invalid_token"), "{error}");
    ask(&broker, &security).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_token_is_renewed_in_time_and_the_old_one_holds_meanwhile() {
    let denied = http("503 Service Unavailable", "");
    let (login, asked) = endpoint(vec![granted("first", 4), denied, granted("second", 3600)]).await;
    let security = told(&login);
    let source = security.tokens().unwrap();
    let token = async || source.token().await.unwrap().value().expose_secret().to_owned();
    assert_eq!(token().await, "first");
    tokio::time::sleep(MILLIS(3_300)).await;
    assert_eq!(token().await, "first", "the renewal failed, and it still holds");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    tokio::time::sleep(MILLIS(1_000)).await;
    assert_eq!(token().await, "second", "it has ended");
}

#[tokio::test]
async fn endpoints_that_refuse_or_lie_have_their_sentences() {
    let long = format!("HTTP/1.1 200 OK\r\ncontent-length: 900000\r\n\r\n{}", "x".repeat(900_000));
    let cases = [
        (
            http(
                "401 Unauthorized",
                r#"{"error":"invalid_client","error_description":"client-secret is wrong"}"#,
            ),
            "refused with HTTP 401 (invalid_client): check sasl.oauthbearer.client.id",
        ),
        (
            http("400 Bad Request", r#"{"error":"invalid_scope"}"#),
            "refused with HTTP 400 (invalid_scope): check sasl.oauthbearer.scope",
        ),
        (http("400 Bad Request", r#"{"error":"client-secret"}"#), "refused with HTTP 400"),
        (
            http("302 Found\r\nlocation: http://127.0.0.1:1/", ""),
            "refused with HTTP 302: check sasl.oauthbearer.token.endpoint.url",
        ),
        (http("500 Internal Server Error", "<html>client-secret</html>"), "refused with HTTP 500"),
        (http("200 OK", "<html>"), "answered with something that is no token"),
        (http("200 OK", r#"{"access_token":""}"#), "answered with an empty or unprintable token"),
        (http("200 OK", r#"{"access_token":"a\u0001b"}"#), "answered with an empty or unprintable token"),
        (long, "answered with more than 262144 bytes"),
        ("SSH-2.0-OpenSSH_9\r\n".into(), "could not be asked: "),
        (String::new(), "could not be asked: "),
    ];
    let broker = broker("one").await;
    for (answer, said) in cases {
        let (login, _) = endpoint(vec![answer]).await;
        let error = ask(&broker, &told(&login)).await.unwrap_err();
        assert!(error.contains(said) && !error.contains(SECRET) && !error.contains("tenant"), "{error}");
        assert!(
            error.contains(&format!("the token endpoint http://127.0.0.1:{}/token ", login.port)),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_silent_endpoint_ends_at_the_deadline_and_a_failing_one_is_left_alone() {
    let login = Fake::raw(async |mut stream| while stream.read_u8().await.is_ok() {}).await;
    let broker = broker("one").await;
    let started = Instant::now();
    let error = ask(&broker, &told(&login)).await.unwrap_err();
    assert!(error.contains("/token did not answer in time"), "{error}");
    assert!(started.elapsed() < MILLIS(1000));
    until("its connection is freed", || login.open.load(Ordering::SeqCst) == 0).await;
    let (login, asked) = endpoint(vec![http("500 Internal Server Error", "")]).await;
    let security = told(&login);
    for _ in 0..5 {
        ask(&broker, &security).await.unwrap_err();
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1, "for a while everybody is told the same");
}
