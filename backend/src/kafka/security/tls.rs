//! TLS as the properties want it: authorities, our certificate, and what is verified.

use std::fmt;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore};
use secrecy::ExposeSecret;

use super::certificate::{listed, words};
use super::pem;
use super::reading::Reading;
use super::verifier::Verifier;

/// How connections are encrypted.
#[derive(Clone)]
pub(crate) struct Tls {
    /// rustls' settings, shared by all connections.
    pub config: Arc<ClientConfig>,
    /// Whether a certificate of ours is shown to peers who ask for one.
    pub shows_certificate: bool,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("shows_certificate", &self.shows_certificate).finish_non_exhaustive()
    }
}

/// The properties that name authorities: for brokers, or for the token endpoint.
pub(super) struct AuthorityNames {
    pub location: &'static str,
    pub pem: &'static str,
}

pub(super) const OF_BROKERS: AuthorityNames =
    AuthorityNames { location: "ssl.ca.location", pem: "ssl.ca.pem" };
pub(super) const OF_TOKEN_ENDPOINT: AuthorityNames =
    AuthorityNames { location: "https.ca.location", pem: "https.ca.pem" };

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// TLS to brokers. Every fault is noted; without authorities or with half an identity there is none.
pub(super) fn to_brokers(reading: &mut Reading<'_>) -> Option<Tls> {
    let checks_name = name_check(reading);
    let identity = identity(reading);
    let verifier = verifier(reading, &OF_BROKERS, checks_name);
    Some(Tls { shows_certificate: identity.is_some(), config: config(reading, verifier?, identity)? })
}

/// TLS to the token endpoint.
pub(super) fn to_token_endpoint(reading: &mut Reading<'_>) -> Option<ClientConfig> {
    let verifier = verifier(reading, &OF_TOKEN_ENDPOINT, true)?;
    config(reading, verifier, None).map(Arc::unwrap_or_clone)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn config(
    reading: &mut Reading<'_>,
    verifier: Verifier,
    identity: Option<Identity>,
) -> Option<Arc<ClientConfig>> {
    let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
    let builder = match builder {
        Ok(builder) => builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)),
        Err(error) => {
            reading.fault("security.protocol", format!("cannot be had: {error}"));
            return None;
        }
    };
    let mut config = match identity {
        None => builder.with_no_client_auth(),
        Some((chain, key)) => match builder.with_client_auth_cert(chain, key) {
            Ok(config) => config,
            Err(error) => {
                reading.fault("ssl.certificate.location", format!("cannot be used: {error}"));
                return None;
            }
        },
    };
    // A resumed session would go on with a certificate that has expired since.
    config.resumption = Resumption::disabled();
    Some(Arc::new(config))
}

fn name_check(reading: &mut Reading<'_>) -> bool {
    const NAME: &str = "ssl.endpoint.identification.algorithm";
    match reading.text(NAME).map(str::to_ascii_lowercase).as_deref() {
        Some("none") => false,
        None | Some("https") => true,
        Some(other) => {
            let sentence = format!("takes https or none, not {other}");
            reading.fault(NAME, sentence);
            true
        }
    }
}

fn verifier(reading: &mut Reading<'_>, names: &AuthorityNames, checks_name: bool) -> Option<Verifier> {
    let (roots, authorities) = match reading.has(names.location) || reading.has(names.pem) {
        true => given(reading, names)?,
        false => of_the_system(reading, names)?,
    };
    let algorithms = provider().signature_verification_algorithms;
    Some(Verifier { roots: Arc::new(roots), algorithms, checks_name, authorities, property: names.location })
}

fn given(reading: &mut Reading<'_>, names: &AuthorityNames) -> Option<(RootCertStore, String)> {
    let (text, from) = reading.pem(names.location, names.pem)?;
    let now = reading.now;
    let found = pem::certificates(text.expose_secret());
    let found = match found.and_then(|found| pem::authorities(found, now)) {
        Ok(found) => found,
        Err(fault) => {
            reading.fault(from, fault);
            return None;
        }
    };
    let mut roots = RootCertStore::empty();
    let mut subjects = Vec::new();
    for (number, certificate) in (1..).zip(found) {
        subjects.extend(words(&certificate).map(|words| words.subject));
        if let Err(error) = roots.add(certificate) {
            reading.fault(from, format!("has a certificate, number {number}, that is no authority: {error}"));
            return None;
        }
    }
    Some((roots, format!("the authorities of {from} ({})", listed(&subjects))))
}

fn of_the_system(reading: &mut Reading<'_>, names: &AuthorityNames) -> Option<(RootCertStore, String)> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        let fault = "is missing, and this machine has no authorities of its own: name a PEM file with those that are trusted";
        reading.fault(names.location, fault);
        return None;
    }
    Some((roots, "the authorities of this machine".to_owned()))
}

/// Our own certificate with its key, where the properties give them.
fn identity(reading: &mut Reading<'_>) -> Option<Identity> {
    let has_certificate = reading.has("ssl.certificate.location") || reading.has("ssl.certificate.pem");
    let has_key = reading.has("ssl.key.location") || reading.has("ssl.key.pem");
    match (has_certificate, has_key) {
        (true, false) => reading
            .fault("ssl.key.location", "is missing: a certificate is shown with its private key, a PEM file"),
        (false, true) => {
            let fault = "is missing: a private key belongs to a certificate, a PEM file";
            reading.fault("ssl.certificate.location", fault);
        }
        (false, false) if reading.has("ssl.key.password") => {
            reading.fault("ssl.key.password", "says nothing without ssl.key.location");
        }
        _ => {}
    }
    let chain = chain(reading);
    let key = key(reading);
    let (chain, key) = (chain?, key?);
    let fits = match ring::sign::any_supported_type(&key) {
        Ok(signing) => CertifiedKey::new(chain.clone(), signing).keys_match().map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                "has a private key that is not the one of the certificate: give both of one pair".to_owned()
            }
            other => format!("cannot be used with its certificate: {other}"),
        }),
        Err(error) => Err(format!("has a private key that cannot be used: {error}")),
    };
    let from = if reading.has("ssl.key.pem") { "ssl.key.pem" } else { "ssl.key.location" };
    match fits {
        Ok(()) => Some((chain, key)),
        Err(fault) => {
            reading.fault(from, fault);
            None
        }
    }
}

fn chain(reading: &mut Reading<'_>) -> Option<Vec<CertificateDer<'static>>> {
    let (text, from) = reading.pem("ssl.certificate.location", "ssl.certificate.pem")?;
    let now = reading.now;
    let found = pem::certificates(text.expose_secret());
    match found.and_then(|chain| pem::own_time(&chain, now).map(|()| chain)) {
        Ok(chain) => Some(chain),
        Err(fault) => {
            reading.fault(from, fault);
            None
        }
    }
}

fn key(reading: &mut Reading<'_>) -> Option<PrivateKeyDer<'static>> {
    let (text, from) = reading.pem("ssl.key.location", "ssl.key.pem")?;
    match pem::private_key(text.expose_secret(), reading.secret("ssl.key.password")) {
        Ok(key) => Some(key),
        Err(pem::KeyFault::Text(fault)) => {
            reading.fault(from, fault);
            None
        }
        Err(pem::KeyFault::Password(fault)) => {
            reading.fault("ssl.key.password", fault);
            None
        }
    }
}
