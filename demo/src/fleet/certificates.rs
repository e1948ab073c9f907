//! The certificates of the clusters that speak TLS: an authority of the fleet's own, and one for its brokers.
//!
//! Made when the fleet starts, so that no private key is in the source and none expires in somebody's clone.

use crate::places::{Places, write_secret};
use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use std::path::Path;
use std::time::{Duration, SystemTime};

const DAY: Duration = Duration::from_secs(86_400);
const VALID: Duration = Duration::from_secs(365 * 86_400);
/// So long before their end they are made anew, at the next start.
const EARLY: Duration = Duration::from_secs(30 * 86_400);

/// Makes them when they are missing or end soon. Nothing that uses the old ones may run.
pub fn make(places: &Places) -> Result<()> {
    let now = now();
    if age(&places.ca(), now).is_some_and(|age| age + EARLY < VALID) && places.keystore().is_file() {
        return Ok(());
    }
    let made = Certificates::new(now).context("could not make certificates")?;
    write_secret(&places.keystore(), &made.keystore)?;
    write_secret(&places.ca(), &made.ca)
}

struct Certificates {
    /// The authority's certificate.
    ca: String,
    /// The brokers' key, their certificate, and the authority's.
    keystore: String,
}

impl Certificates {
    fn new(now: SystemTime) -> Result<Self, rcgen::Error> {
        let mut ca = params("Riverkeeper demo authority", vec![], now)?;
        ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let ca_key = KeyPair::generate()?;
        let ca_certificate = ca.self_signed(&ca_key)?.pem();

        let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let mut broker = params("Riverkeeper demo broker", names, now)?;
        broker.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        broker.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        broker.use_authority_key_identifier_extension = true;
        let broker_key = KeyPair::generate()?;
        let broker_certificate = broker.signed_by(&broker_key, &Issuer::new(ca, ca_key))?.pem();
        let keystore = broker_key.serialize_pem() + &broker_certificate + &ca_certificate;
        Ok(Self { ca: ca_certificate, keystore })
    }
}

fn params(name: &str, hosts: Vec<String>, now: SystemTime) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(hosts)?;
    params.distinguished_name.push(DnType::CommonName, name);
    // A clock that is a little behind must not refuse them.
    params.not_before = (now - DAY).into();
    params.not_after = (now + VALID).into();
    Ok(params)
}

/// How long ago the file was written; none when it is not there.
fn age(file: &Path, now: SystemTime) -> Option<Duration> {
    now.duration_since(file.metadata().ok()?.modified().ok()?).ok()
}

#[expect(clippy::disallowed_methods, reason = "certificates are valid by the clock on the wall")]
fn now() -> SystemTime {
    SystemTime::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brokers_are_given_a_key_their_certificate_and_the_authoritys() {
        let made = Certificates::new(now()).unwrap();
        // Kafka reads PKCS#8 only.
        assert_eq!(made.keystore.matches("-----BEGIN PRIVATE KEY-----").count(), 1);
        assert_eq!(made.keystore.matches("-----BEGIN CERTIFICATE-----").count(), 2);
        assert!(made.keystore.replace("\r\n", "\n").ends_with(&made.ca.replace("\r\n", "\n")));
        assert!(!made.ca.contains("PRIVATE"));
    }

    #[test]
    fn a_file_that_is_not_there_has_no_age() {
        assert_eq!(age(Path::new("/nonexistent/ca.pem"), now()), None);
    }
}
