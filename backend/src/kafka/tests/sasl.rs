//! Signing in against brokers that refuse, lie or stall: each has its sentence, and none learns or repeats a secret.

use super::*;
use crate::kafka::fake::good_for;
use crate::kafka::fake::secured::{ScramServer, sasl_message, secured};

const PASSWORD: &str = "correct-horse";

fn told(mechanism: &str) -> super::super::Security {
    secured(&[
        ("security.protocol", "SASL_PLAINTEXT"),
        ("sasl.mechanisms", mechanism),
        ("sasl.username", "alice"),
        ("sasl.password", PASSWORD),
    ])
}

/// A mechanism, what the broker says to its message, and what its error says.
type SaslCase = (&'static str, fn(&Asked) -> Deed, &'static str);

/// A broker that takes every mechanism and then does as `say` says with each message.
async fn broker(say: impl Fn(&Asked) -> Deed + Send + Sync + 'static) -> Fake {
    one(move |asked, port| match asked.key {
        17 => Deed::Answer(samples::answer(&samples::sasl_handshake(0), asked.version)),
        36 => say(&asked),
        _ => good_for(&asked, &[port]),
    })
    .await
}

fn says(asked: &Asked, message: &[u8], session_lifetime_ms: i64) -> Deed {
    let answer = samples::sasl_authenticate(asked.version, message, session_lifetime_ms);
    Deed::Answer(samples::answer(&answer, asked.version))
}

fn refuses(asked: &Asked, code: i16, words: &str) -> Deed {
    Deed::Answer(samples::answer(&samples::sasl_refusal(code, words), asked.version))
}

async fn error(fake: &Fake, mechanism: &str) -> String {
    let gateway = gateway(&[fake], |settings| settings.security = told(mechanism));
    let error = read::metadata(&gateway).await.unwrap_err().to_string();
    until("the connection is freed", || fake.open.load(Ordering::SeqCst) == 0).await;
    let traffic = format!("{:?}", gateway.traffic());
    assert!(!error.contains(PASSWORD) && !traffic.contains(PASSWORD), "{error} {traffic}");
    error
}

#[tokio::test]
async fn plain_sends_name_and_password_as_they_are() {
    let fake = broker(|asked| match sasl_message(asked) == format!("\0alice\0{PASSWORD}").into_bytes() {
        true => says(asked, b"", 0),
        false => refuses(asked, 58, "no"),
    })
    .await;
    let gateway = gateway(&[&fake], |settings| settings.security = told("PLAIN"));
    read::metadata(&gateway).await.unwrap();
}

#[tokio::test]
async fn scram_proves_and_wants_proof() {
    let server = Arc::new(ScramServer::new(PASSWORD));
    let answers = Arc::clone(&server);
    let fake = broker(move |asked| says(asked, answers.answer(&sasl_message(asked)).as_bytes(), 0)).await;
    let gateway = gateway(&[&fake], |settings| settings.security = told("SCRAM-SHA-256"));
    read::metadata(&gateway).await.unwrap();
}

#[tokio::test]
async fn a_broker_that_does_not_know_the_password_is_not_believed() {
    let server = ScramServer::new("another");
    let fake = broker(move |asked| says(asked, server.answer(&sasl_message(asked)).as_bytes(), 0)).await;
    let error = error(&fake, "SCRAM-SHA-256").await;
    assert!(error.contains("did not prove that it knows the password"), "{error}");
}

#[tokio::test]
async fn iterations_without_end_are_refused_at_once() {
    let mut server = ScramServer::new(PASSWORD);
    server.iterations = u32::MAX;
    let fake = broker(move |asked| says(asked, server.answer(&sasl_message(asked)).as_bytes(), 0)).await;
    let started = Instant::now();
    let error = error(&fake, "SCRAM-SHA-256").await;
    assert!(error.contains("wants 4294967295 iterations, and 4096 to 1000000 are accepted"), "{error}");
    assert!(started.elapsed() < MILLIS(400), "nothing was derived");
}

#[tokio::test]
async fn refusals_and_lies_have_their_sentences() {
    let cases: [SaslCase; 10] = [
        (
            "PLAIN",
            |a| refuses(a, 58, "Authentication failed: Invalid username or password"),
            "by PLAIN: the broker does not take name and password of alice: check sasl.username and sasl.password (Authentication failed: Invalid",
        ),
        ("PLAIN", |a| refuses(a, 58, "you said correct-horse"), "check sasl.username and sasl.password"),
        ("PLAIN", |a| refuses(a, 58, &"x\n".repeat(5000)), "(x x x"),
        (
            "PLAIN",
            |a| refuses(a, 29, ""),
            "the broker refused SaslAuthenticate: TOPIC_AUTHORIZATION_FAILED (29)",
        ),
        ("PLAIN", |_| Deed::Silence, "did not answer SaslAuthenticate within 4"),
        (
            "PLAIN",
            |_| Deed::Close(vec![]),
            "ended before SaslAuthenticate was answered: the broker closed it",
        ),
        (
            "PLAIN",
            |_| Deed::Raw(vec![0, 0x20, 0, 0]),
            "to SaslAuthenticate has 2097152 bytes, more than the limit of 65536",
        ),
        (
            "PLAIN",
            |_| Deed::Answer(samples::answer(&samples::sasl_handshake(0), 1)),
            "the answer of 127.0.0.1:",
        ),
        (
            "SCRAM-SHA-256",
            |a| says(a, b"\xff\xfe\xfd", 0),
            "by SCRAM-SHA-256: the broker answered with something that is not SCRAM",
        ),
        (
            "SCRAM-SHA-512",
            |a| says(a, &[b'r'; 60_000], 0),
            "the broker answered with something that is not SCRAM",
        ),
    ];
    for (mechanism, say, said) in cases {
        let fake = broker(say).await;
        let error = error(&fake, mechanism).await;
        assert!(error.contains(said) && error.len() < 600 && !error.contains('\n'), "{error}");
    }
}

#[tokio::test]
async fn challenges_without_end_end() {
    let server = ScramServer::new(PASSWORD);
    // Every message is answered with the next challenge, never with a proof.
    let fake = broker(move |asked| {
        let first = sasl_message(asked);
        let first = if first.starts_with(b"n,,") { first } else { b"n,,n=alice,r=again".to_vec() };
        says(asked, server.answer(&first).as_bytes(), 0)
    })
    .await;
    let error = error(&fake, "SCRAM-SHA-256").await;
    assert!(error.contains("answered with something that is not SCRAM"), "{error}");
}

#[tokio::test]
async fn a_mechanism_that_is_not_taken_names_those_that_are() {
    for (code, said) in [
        (33, "its listener does not take that mechanism but SCRAM-SHA-512, OAUTHBEARER: set sasl.mechanisms"),
        (34, "its listener wants nobody to sign in: set security.protocol to PLAINTEXT"),
        (99, "the broker refused SaslHandshake: "),
    ] {
        let fake = one(move |asked, port| match asked.key {
            17 => Deed::Answer(samples::answer(&samples::sasl_handshake(code), asked.version)),
            _ => good(asked, &[port]),
        })
        .await;
        let error = error(&fake, "PLAIN").await;
        assert!(error.contains(said), "{error}");
    }
}

#[tokio::test]
async fn a_session_that_ends_is_followed_by_another_without_a_failure() {
    let fake = broker(|asked| says(asked, b"", 300)).await;
    let gateway = gateway(&[&fake], |settings| settings.security = told("PLAIN"));
    let started = Instant::now();
    while started.elapsed() < MILLIS(1500) {
        read::metadata(&gateway).await.unwrap();
        tokio::time::sleep(MILLIS(10)).await;
    }
    let connections = fake.connections.load(Ordering::SeqCst);
    assert!((4..=8).contains(&connections), "{connections} connections in 5 sessions");
    assert_eq!(gateway.traffic().failures, 0);
    until("only the newest is open", || fake.open.load(Ordering::SeqCst) == 1).await;
}

#[tokio::test]
async fn an_identity_that_is_refused_everywhere_is_one_sentence() {
    let mut fakes = Vec::new();
    for _ in 0..5 {
        fakes.push(broker(|asked| refuses(asked, 58, "no")).await);
    }
    let gateway = gateway(&fakes.iter().collect::<Vec<_>>(), |s| s.security = told("PLAIN"));
    for _ in 0..2 {
        let error = read::metadata(&gateway).await.unwrap_err().to_string();
        assert_eq!(error.matches("could not sign in").count(), 1, "{error}");
    }
    let asked: usize = fakes.iter().map(|fake| fake.connections.load(Ordering::SeqCst)).sum();
    assert!(asked <= 6, "no more than three brokers are asked in a turn: {asked}");
}
