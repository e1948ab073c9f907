//! Every wrong setting has its sentence, all are said at once, and no secret is in any.

use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use secrecy::ExposeSecret;

use super::*;

const SECRET: &str = "s3cr3t-that-nobody-may-see";

fn now() -> DateTime {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

fn read(told: &[(&str, &str)]) -> Result<Security, Vec<PropertyFault>> {
    let properties = told.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    security(&properties, now())
}

/// The faults as they are printed.
fn faults(told: &[(&str, &str)]) -> Vec<String> {
    let faults = read(told).expect_err("it has faults");
    faults.into_iter().map(|fault| format!("{} {}", fault.name, fault.sentence)).collect()
}

/// A certificate of these years, and its key.
fn pair(name: &str, from: i32, to: i32) -> (String, String) {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(from, 1, 1);
    params.not_after = rcgen::date_time_ymd(to, 1, 1);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    (issuer.pem(), issuer.key().serialize_pem())
}

fn encrypted(key: &str, password: &str) -> String {
    let (_, document) = pkcs8::SecretDocument::from_pem(key).unwrap();
    let info = pkcs8::PrivateKeyInfo::try_from(document.as_bytes()).unwrap();
    let parameters = pkcs8::pkcs5::pbes2::Parameters::pbkdf2_sha256_aes256cbc(2048, &[7; 16], &[9; 16]);
    let encrypted = info.encrypt_with_params(parameters.unwrap(), password).unwrap();
    encrypted.to_pem("ENCRYPTED PRIVATE KEY", Default::default()).unwrap().to_string()
}

const SCRAM: [(&str, &str); 4] = [
    ("security.protocol", "sasl_plaintext"),
    ("sasl.mechanism", "scram-sha-512"),
    ("sasl.username", "riverkeeper"),
    ("sasl.password", SECRET),
];

const OAUTH: [(&str, &str); 6] = [
    ("security.protocol", "SASL_PLAINTEXT"),
    ("sasl.mechanisms", "OAUTHBEARER"),
    ("sasl.oauthbearer.method", "oidc"),
    ("sasl.oauthbearer.client.id", "riverkeeper"),
    ("sasl.oauthbearer.client.secret", SECRET),
    ("sasl.oauthbearer.token.endpoint.url", "http://login.example.com/token?tenant=x"),
];

#[test]
fn nothing_said_is_plaintext() {
    let security = read(&[]).unwrap();
    assert_eq!((security.protocol(), security.mechanism()), ("PLAINTEXT", None));
    assert_eq!(security.librdkafka().len(), 1);
}

#[test]
fn good_settings_are_taken_by_both_speakers() {
    let security = read(&SCRAM).unwrap();
    assert_eq!((security.protocol(), security.mechanism()), ("SASL_PLAINTEXT", Some("SCRAM-SHA-512")));
    let told = security.librdkafka();
    let told: Vec<_> = told.iter().map(|(name, value)| (*name, value.expose_secret())).collect();
    let expected = [
        ("security.protocol", "SASL_PLAINTEXT"),
        ("sasl.mechanisms", "SCRAM-SHA-512"),
        ("sasl.username", "riverkeeper"),
        ("sasl.password", SECRET),
    ];
    assert_eq!(told, expected);
    let (ca, _) = pair("demo-ca", 2020, 2040);
    let tls = read(&[("security.protocol", "SSL"), ("ssl.ca.pem", &ca)]).unwrap();
    assert_eq!((tls.protocol(), tls.warnings()), ("SSL", &[][..]));
    assert_eq!(
        read(&[("security.protocol", "SSL")]).unwrap().protocol(),
        "SSL",
        "with the system's authorities"
    );
    let oauth = read(&OAUTH).unwrap();
    assert_eq!(oauth.librdkafka().len(), 2, "tokens reach librdkafka another way");
    assert!(oauth.tokens().is_some());
}

#[test]
fn names_and_values_are_refused_with_what_to_write() {
    let cases: &[(&[(&str, &str)], &str)] = &[
        (
            &[("security.protocol", "TLS")],
            "security.protocol takes PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL, not TLS",
        ),
        (&[("security.protocol", "")], "security.protocol is empty"),
        (
            &[("sasl.username", "x")],
            "sasl.username says nothing under PLAINTEXT: set security.protocol to SASL_SSL",
        ),
        (
            &[("ssl.ca.location", "/x")],
            "ssl.ca.location says nothing under PLAINTEXT: set security.protocol to SSL",
        ),
        (
            &[("security.protocol", "SSL"), ("sasl.mechanism", "PLAIN")],
            "sasl.mechanism says nothing under SSL: set",
        ),
        (
            &[("security.protocol", "SASL_PLAINTEXT")],
            "sasl.mechanisms is missing: SASL needs one of PLAIN, SCRAM",
        ),
        (&[("security.protocol", "SASL_SSL"), ("sasl.mechanism", "GSSAPI")], "Kerberos is not spoken here"),
        (
            &[("security.protocol", "SASL_SSL"), ("sasl.mechanism", "SCRAM")],
            "sasl.mechanism takes PLAIN, SCRAM-SHA-256",
        ),
        (
            &[("security.protocol", "SASL_SSL"), ("sasl.mechanisms", "PLAIN,SCRAM-SHA-256")],
            "takes one mechanism",
        ),
        (
            &[("security.protocol", "SASL_SSL"), ("sasl.mechanisms", "PLAIN"), ("sasl.mechanism", "PLAIN")],
            "sasl.mechanism is given beside",
        ),
        (
            &[("security.protocol", "SASL_SSL"), ("sasl.mechanisms", "PLAIN"), ("sasl.username", "x")],
            "sasl.password is missing: PLAIN signs in with",
        ),
        (
            &[("security.protocol", "SASL_SSL"), ("sasl.mechanisms", "PLAIN"), ("sasl.password", SECRET)],
            "sasl.username is missing: PLAIN",
        ),
        (
            &[("security.protocol", "SSL"), ("ssl.endpoint.identification.algorithm", "http")],
            "takes https or none, not http",
        ),
        (&[("security.protocol", "SSL"), ("ssl.certificate.pem", "x")], "ssl.key.location is missing"),
        (&[("security.protocol", "SSL"), ("ssl.key.pem", "x")], "ssl.certificate.location is missing"),
        (
            &[("security.protocol", "SSL"), ("ssl.key.password", SECRET)],
            "ssl.key.password says nothing without",
        ),
        (
            &[("security.protocol", "SSL"), ("enable.ssl.certificate.verification", "false")],
            "always verified",
        ),
        (&[("security.protocl", "SSL")], "security.protocl is not known; did you mean security.protocol?"),
        (
            &[("ssl.truststore.location", "/x.jks")],
            "ssl.truststore.location is Java's: write ssl.ca.location",
        ),
        (
            &[("sasl.jaas.config", SECRET)],
            "sasl.jaas.config is Java's: write sasl.username and sasl.password",
        ),
    ];
    for (told, said) in cases {
        let faults = faults(told);
        assert!(faults.iter().any(|fault| fault.contains(said)), "{said}: {faults:?}");
        assert!(!faults.concat().contains(SECRET), "{faults:?}");
    }
}

#[test]
fn oauthbearer_says_what_it_lacks() {
    let with = |name: &'static str, value: Option<&'static str>| {
        let mut told: Vec<_> = OAUTH.into_iter().filter(|(known, _)| *known != name).collect();
        told.extend(value.map(|value| (name, value)));
        faults(&told)
    };
    let url = "sasl.oauthbearer.token.endpoint.url";
    for (name, value, said) in [
        ("sasl.oauthbearer.method", None, "sasl.oauthbearer.method is missing: write oidc"),
        ("sasl.oauthbearer.method", Some("default"), "takes oidc"),
        ("sasl.oauthbearer.client.id", None, "client.id is missing"),
        ("sasl.oauthbearer.client.secret", None, "client.secret is missing"),
        (url, None, "url is missing"),
        (url, Some("login"), "is not a URL like https://"),
        (url, Some("ftp://login/x"), "begins with https://"),
        (url, Some("https://a:s3cr3t-that-nobody-may-see@login/x"), "has a name or password in it"),
        ("sasl.oauthbearer.extensions", Some("auth=x"), "key=value pairs"),
        ("sasl.username", Some("x"), "sasl.username says nothing under OAUTHBEARER"),
        ("https.ca.location", Some("/x"), "https.ca.location says nothing"),
    ] {
        let faults = with(name, value);
        assert!(faults.len() == 1 && faults[0].contains(said), "{faults:?}");
        assert!(!faults.concat().contains(SECRET), "{faults:?}");
    }
}

#[test]
fn files_are_read_before_anything_connects() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (ca, key) = pair("demo-ca", 2020, 2040);
    let (old, old_key) = pair("old-ca", 2020, 2024);
    let (young, young_key) = pair("young-ca", 2030, 2040);
    let locked = encrypted(&key, SECRET);
    let certificate = file("certificate.pem", ca.as_bytes());
    let cases = [
        (
            vec![("ssl.ca.location", "/nowhere/ca.pem".to_owned())],
            "names /nowhere/ca.pem, which could not be read: there is no such file",
        ),
        (vec![("ssl.ca.location", folder.path().to_str().unwrap().to_owned())], "which is not a file"),
        (vec![("ssl.ca.location", file("a", b"hello"))], "ssl.ca.location is not PEM"),
        (
            vec![("ssl.ca.location", file("b", &[0xfe, 0xed, 0xfe, 0xed]))],
            "which is not PEM: it is not even text",
        ),
        (vec![("ssl.ca.location", file("c", key.as_bytes()))], "has no certificate in it"),
        (
            vec![(
                "ssl.ca.location",
                file("d", b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n"),
            )],
            "is damaged PEM",
        ),
        (
            vec![(
                "ssl.ca.location",
                file("d2", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            )],
            "number 1, that is no authority",
        ),
        (vec![("ssl.ca.location", file("e", &vec![b' '; (1 << 20) + 1]))], "longer than 1 MiB"),
        (
            vec![("ssl.ca.location", file("f", old.as_bytes()))],
            "no authority that is valid today: CN=old-ca expired on 2024-01-01",
        ),
        (
            vec![("ssl.ca.location", file("g", young.as_bytes()))],
            "CN=young-ca is not valid before 2030-01-01",
        ),
        (
            vec![("ssl.ca.location", certificate.clone()), ("ssl.ca.pem", ca.clone())],
            "ssl.ca.pem is given beside ssl.ca.location",
        ),
        (
            vec![("ssl.certificate.location", file("h", old.as_bytes())), ("ssl.key.pem", old_key.clone())],
            "ssl.certificate.location has a certificate that expired on 2024-01-01",
        ),
        (
            vec![("ssl.certificate.pem", young.clone()), ("ssl.key.pem", young_key)],
            "that is not valid before 2030-01-01",
        ),
        (
            vec![("ssl.certificate.location", certificate.clone()), ("ssl.key.pem", old_key)],
            "ssl.key.pem has a private key that is not the one of the certificate",
        ),
        (
            vec![("ssl.certificate.location", certificate.clone()), ("ssl.key.pem", ca.clone())],
            "has no private key in it",
        ),
        (
            vec![("ssl.certificate.location", certificate.clone()), ("ssl.key.pem", locked.clone())],
            "ssl.key.password is missing: the private key is encrypted",
        ),
        (
            vec![
                ("ssl.certificate.location", certificate.clone()),
                ("ssl.key.pem", locked.clone()),
                ("ssl.key.password", "wrong".into()),
            ],
            "ssl.key.password does not open the private key",
        ),
        (
            vec![
                ("ssl.certificate.location", certificate.clone()),
                ("ssl.key.pem", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n".into()),
            ],
            "openssl pkcs8 -topk8",
        ),
    ];
    for (mut told, said) in cases {
        told.push(("security.protocol", "SSL".into()));
        let told: Vec<_> = told.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let faults = faults(&told);
        assert!(faults.len() == 1 && faults[0].contains(said), "{said}: {faults:?}");
        assert!(!faults.concat().contains(SECRET) && !faults.concat().contains("PRIVATE KEY-----\n"));
    }
    let told = [
        ("security.protocol", "SSL"),
        ("ssl.ca.pem", &format!("{old}{ca}")),
        ("ssl.certificate.pem", &ca),
        ("ssl.key.pem", &locked),
        ("ssl.key.password", SECRET),
    ];
    assert!(read(&told).unwrap().tls.unwrap().shows_certificate);
    assert!(Path::new(&certificate).exists());
}

#[test]
fn all_faults_are_said_at_once() {
    let told = [
        ("security.protocol", "SASL_SSL"),
        ("sasl.mechanisms", "SCRAM-SHA-256"),
        ("sasl.usrname", "x"),
        ("ssl.ca.location", "/nowhere"),
        ("ssl.keystore.location", "/x.jks"),
        ("ssl.certificate.location", "/nowhere/either"),
    ];
    let faults = faults(&told);
    let names: Vec<_> = faults.iter().map(|fault| fault.split(' ').next().unwrap()).collect();
    let expected = [
        "sasl.password",
        "sasl.username",
        "sasl.usrname",
        "ssl.ca.location",
        "ssl.certificate.location",
        "ssl.key.location",
        "ssl.keystore.location",
    ];
    assert_eq!(names, expected, "{faults:?}");
}

#[test]
fn what_works_and_is_not_wise_is_a_warning() {
    let names = |told: &[(&str, &str)]| -> Vec<String> {
        read(told).unwrap().warnings().iter().map(|fault| fault.name.clone()).collect()
    };
    let plain = SCRAM.map(|(name, value)| (name, if name == "sasl.mechanism" { "PLAIN" } else { value }));
    assert_eq!(names(&plain), ["sasl.password"]);
    assert_eq!(names(&SCRAM), [""; 0]);
    assert_eq!(names(&OAUTH), ["security.protocol", "sasl.oauthbearer.token.endpoint.url"]);
    let unchecked = [("security.protocol", "SSL"), ("ssl.endpoint.identification.algorithm", "none")];
    assert_eq!(names(&unchecked), ["ssl.endpoint.identification.algorithm"]);
}

#[test]
fn no_secret_is_shown() {
    let (ca, key) = pair("demo-ca", 2020, 2040);
    let tls =
        [("security.protocol", "SSL"), ("ssl.certificate.pem", ca.as_str()), ("ssl.key.pem", key.as_str())];
    for told in [&SCRAM[..], &OAUTH[..], &tls[..]] {
        let security = read(told).unwrap();
        let mut settings = crate::kafka::Settings::new("east", vec![]);
        settings.security = security.clone();
        let shown = format!(
            "{security:?} {:?} {:?} {:?} {:?} {settings:#?}",
            security.sasl,
            security.tls,
            security.librdkafka(),
            security.tokens()
        );
        assert!(!shown.contains(SECRET) && !shown.contains("PRIVATE KEY"), "{shown}");
    }
}
