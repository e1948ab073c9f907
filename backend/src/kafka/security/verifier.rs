//! Whether a certificate is believed, and why not, in words.
//!
//! rustls verifies; this only says what it found with names and days, because "UnknownIssuer" mends nothing. The name
//! of the host is the one that was connected to, as it is written in `bootstrap.servers` or advertised by the brokers.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme};

use super::certificate::{Words, listed, words};
use crate::kafka::error::short;

/// Verifies peers' certificates against some authorities.
#[derive(Debug)]
pub(super) struct Verifier {
    pub roots: Arc<RootCertStore>,
    pub algorithms: WebPkiSupportedAlgorithms,
    /// Whether the certificate must name the host.
    pub checks_name: bool,
    /// Which authorities these are, for sentences.
    pub authorities: String,
    /// The property that would name others.
    pub property: &'static str,
}

/// Why a certificate is not believed: a sentence that goes on "its certificate …".
#[derive(Clone, Debug)]
pub(crate) struct Disbelief(pub String);

impl fmt::Display for Disbelief {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Disbelief {}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = ParsedCertificate::try_from(end_entity).and_then(|parsed| {
            verify_server_cert_signed_by_trust_anchor(
                &parsed,
                &self.roots,
                intermediates,
                now,
                self.algorithms.all,
            )?;
            if self.checks_name { verify_server_name(&parsed, server_name) } else { Ok(()) }
        });
        match verified {
            Ok(()) => Ok(ServerCertVerified::assertion()),
            Err(Error::InvalidCertificate(fault)) => {
                let disbelief = Disbelief(self.sentence(&fault, words(end_entity), server_name, now));
                Err(CertificateError::Other(OtherError(Arc::new(disbelief))).into())
            }
            Err(error) => Err(error),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

impl Verifier {
    fn sentence(
        &self,
        fault: &CertificateError,
        said: Option<Words>,
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> String {
        use CertificateError as E;
        match (fault, said) {
            (
                E::Expired | E::ExpiredContext { .. } | E::NotValidYet | E::NotValidYetContext { .. },
                Some(said),
            ) => {
                let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
                let now = chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default();
                match said.untimely(now) {
                    Some(fault) => format!("{fault}: the broker needs another one"),
                    None => "is in a chain that is not of today".to_owned(),
                }
            }
            (E::NotValidForName | E::NotValidForNameContext { .. }, Some(said)) => {
                let asked = short(&name.to_str());
                match said.hosts.is_empty() {
                    true => format!("names no host, and so not {asked}: a common name does not count"),
                    false => format!(
                        "is for {} and not for {asked}: bootstrap.servers and advertised.listeners must name one of those",
                        listed(&said.hosts)
                    ),
                }
            }
            (E::UnknownIssuer, Some(said)) => {
                let (issuer, known, property) = (said.issuer, &self.authorities, self.property);
                format!(
                    "was issued by {issuer}, which is not among {known}: name its authority in {property}"
                )
            }
            (E::BadSignature, Some(said)) => {
                let (issuer, known) = (said.issuer, &self.authorities);
                format!(
                    "says to be issued by {issuer}, but is not signed by the key of that name among {known}"
                )
            }
            (E::InvalidPurpose | E::InvalidPurposeContext { .. }, _) => {
                "is not for servers: its extended key usage lacks serverAuth".to_owned()
            }
            (E::Revoked, _) => "is revoked".to_owned(),
            (E::BadEncoding, _) | (_, None) => "cannot be read".to_owned(),
            (other, Some(_)) => format!("cannot be believed: {}", short(&format!("{other:?}"))),
        }
    }
}
