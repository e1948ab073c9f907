//! TLS against peers that are wrong or mean: each has its sentence, ends by the deadline, and frees its connection.

use rcgen::ExtendedKeyUsagePurpose::{ClientAuth, ServerAuth};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::kafka::fake::secured::{Authority, Pair, secured, tls_server};

const HERE: [&str; 2] = ["127.0.0.1", "localhost"];

/// A broker behind TLS that knows its own port.
async fn broker(pair: &Pair, clients: Option<&Authority>) -> Fake {
    let port = Arc::new(AtomicU16::new(0));
    let known = Arc::clone(&port);
    let acceptor = tls_server(pair, clients);
    let fake = Fake::tls(acceptor, move |asked| good(asked, &[known.load(Ordering::SeqCst)])).await;
    port.store(fake.port, Ordering::SeqCst);
    fake
}

fn trusting(ca: &str, more: &[(&str, &str)]) -> super::super::Security {
    secured(&[&[("security.protocol", "SSL"), ("ssl.ca.pem", ca)], more].concat())
}

async fn ask(fake: &Fake, security: super::super::Security) -> Result<(), String> {
    let gateway = gateway(&[fake], |settings| settings.security = security);
    let asked = read::metadata(&gateway).await;
    asked.map(drop).map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_broker_is_believed_by_its_authority_and_its_address() {
    let ours = Authority::new("ours");
    let fake = broker(&ours.signs(&HERE, 2020..2040), None).await;
    ask(&fake, trusting(&ours.pem(), &[])).await.unwrap();
    let by_name = gateway(&[&fake], |settings| {
        settings.security = trusting(&ours.pem(), &[]);
        settings.bootstrap[0].host = "localhost".to_owned();
    });
    read::metadata(&by_name).await.unwrap();
}

#[tokio::test]
async fn a_certificate_that_is_not_believed_says_why() {
    let (ours, foreign, namesake) =
        (Authority::new("ours"), Authority::new("foreign"), Authority::new("ours"));
    let cases = [
        (ours.signs(&HERE, 2020..2024), "its certificate expired on 2024-01-01 00:00 UTC"),
        (
            ours.signs(&HERE, 2039..2040),
            "its certificate is not valid before 2039-01-01 00:00 UTC (this machine",
        ),
        (
            foreign.signs(&HERE, 2020..2040),
            "its certificate was issued by CN=foreign, which is not among the authorities of ssl.ca.pem (CN=ours)",
        ),
        (
            namesake.signs(&HERE, 2020..2040),
            "its certificate says to be issued by CN=ours, but is not signed by the key",
        ),
        (
            ours.signs(&["kafka-1.east", "::1"], 2020..2040),
            "its certificate is for kafka-1.east, ::1 and not for 127.0.0.1",
        ),
        (ours.signs(&[], 2020..2040), "its certificate names no host, and so not 127.0.0.1"),
        (ours.signs_for(&HERE, 2020..2040, vec![ClientAuth]), "its certificate is not for servers"),
    ];
    for (pair, said) in cases {
        let fake = broker(&pair, None).await;
        let error = ask(&fake, trusting(&ours.pem(), &[])).await.unwrap_err();
        assert!(error.contains(said) && error.contains("could not secure the connection to 127."), "{error}");
        until("the connection is freed", || fake.open.load(Ordering::SeqCst) == 0).await;
    }
}

#[tokio::test]
async fn without_name_checks_only_the_name_is_not_checked() {
    let (ours, foreign) = (Authority::new("ours"), Authority::new("foreign"));
    let unchecked = || trusting(&ours.pem(), &[("ssl.endpoint.identification.algorithm", "none")]);
    let elsewhere = ours.signs_for(&["kafka-1.east"], 2020..2040, vec![ServerAuth]);
    ask(&broker(&elsewhere, None).await, unchecked()).await.unwrap();
    for pair in [ours.signs(&HERE, 2020..2024), foreign.signs(&HERE, 2020..2040)] {
        ask(&broker(&pair, None).await, unchecked()).await.unwrap_err();
    }
}

#[tokio::test]
async fn a_client_certificate_is_shown_to_whom_wants_one() {
    let (ours, foreign) = (Authority::new("ours"), Authority::new("foreign"));
    let fake = broker(&ours.signs(&HERE, 2020..2040), Some(&ours)).await;
    let showing = |pair: &Pair| {
        let told = [("ssl.certificate.pem", pair.certificate.as_str()), ("ssl.key.pem", pair.key.as_str())];
        trusting(&ours.pem(), &told)
    };
    ask(&fake, showing(&ours.signs(&[], 2020..2040))).await.unwrap();
    let none = ask(&fake, trusting(&ours.pem(), &[])).await.unwrap_err();
    assert!(none.contains("wants a client certificate: set ssl.certificate.location"), "{none}");
    let foreigner = ask(&fake, showing(&foreign.signs(&[], 2020..2040))).await.unwrap_err();
    assert!(foreigner.contains("does not take our client certificate (UnknownCA)"), "{foreigner}");
}

/// What a peer does that does not mean TLS.
type Mean = fn(TcpStream) -> futures::future::BoxFuture<'static, ()>;

#[tokio::test]
async fn a_handshake_that_is_none_ends_with_its_sentence() {
    // The beginning of a ServerHello, and no end of it.
    const HALF: &[u8] = &[0x16, 3, 3, 0, 90, 2, 0, 0, 86, 3, 3, 1, 2, 3];
    let cases: [(Mean, &str); 7] = [
        (
            |mut s| Box::pin(async move { while s.read_u8().await.is_ok() {} }),
            "did not answer the TLS handshake within 4",
        ),
        (
            |mut s| {
                Box::pin(async move {
                    drop(s.write_all(HALF).await);
                    while s.read_u8().await.is_ok() {}
                })
            },
            "did not answer the TLS handshake within 4",
        ),
        (
            |mut s| {
                Box::pin(async move {
                    for byte in HALF.iter().cycle() {
                        if s.write_u8(*byte).await.is_err() {
                            return;
                        }
                        tokio::time::sleep(MILLIS(40)).await;
                    }
                })
            },
            "did not answer the TLS handshake within 4",
        ),
        (
            |mut s| {
                Box::pin(async move {
                    drop(s.read_u32().await);
                    drop(s.write_all(HALF).await);
                    drop(s.shutdown().await);
                })
            },
            "during the TLS handshake; is this listener SSL?",
        ),
        (|s| Box::pin(async move { drop(s) }), "during the TLS handshake; is this listener SSL?"),
        (
            |mut s| {
                Box::pin(async move {
                    drop(s.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await);
                    while s.read_u8().await.is_ok() {}
                })
            },
            "it answered with something that is not TLS; is this listener SSL?",
        ),
        (
            |mut s| {
                Box::pin(async move {
                    // Records of a handshake message that claims 16 MiB and goes on.
                    let record = [&[0x16, 3, 3, 0x40, 0, 2, 0xff, 0xff, 0xff][..], &[7; 16384 - 4]].concat();
                    while s.write_all(&record).await.is_ok() {}
                })
            },
            "could not secure the connection to",
        ),
    ];
    let ours = Authority::new("ours");
    for (mean, said) in cases {
        let fake = Fake::raw(mean).await;
        let started = Instant::now();
        let error = ask(&fake, trusting(&ours.pem(), &[])).await.unwrap_err();
        assert!(error.contains(said) && error.contains("127.0.0.1:"), "{error}");
        assert!(started.elapsed() < MILLIS(1500), "{error}");
        until("the connection is freed", || fake.open.load(Ordering::SeqCst) == 0).await;
    }
}

#[tokio::test]
async fn encrypted_answers_are_bounded_like_any() {
    let ours = Authority::new("ours");
    let cases: [Case; 4] = [
        (|_| Deed::Raw(vec![0x7f, 0xff, 0xff, 0xff]), "more than the limit"),
        (|_| Deed::Silence, "did not answer ApiVersions within 4"),
        (|_| Deed::Close(vec![0, 0, 1, 0, 9, 9]), "it broke off after 2 of an answer's 256 bytes"),
        (|_| Deed::Drip(vec![0; 900], MILLIS(50)), "answered with something other than Kafka"),
    ];
    for (deed, said) in cases {
        let fake = Fake::tls(tls_server(&ours.signs(&HERE, 2020..2040), None), deed).await;
        let error = ask(&fake, trusting(&ours.pem(), &[])).await.unwrap_err();
        assert!(error.contains(said), "{error}");
        until("the connection is freed", || fake.open.load(Ordering::SeqCst) == 0).await;
    }
}
