//! What failures of TLS mean to the person who must mend them.

use rustls::{AlertDescription as Alert, CertificateError, Error};

use super::verifier::Disbelief;
use crate::kafka::error::short;

/// The failure of TLS in an error of a stream, if it is one.
pub(crate) fn tls_fault(error: &std::io::Error) -> Option<&Error> {
    let inner = error.get_ref()?;
    // HTTP wraps the stream's error in one of its own.
    inner.downcast_ref().or_else(|| inner.downcast_ref().and_then(tls_fault))
}

/// What is said to whom shows no certificate where one is wanted.
pub(crate) fn wants_certificate() -> String {
    "the broker wants a client certificate: set ssl.certificate.location and ssl.key.location".to_owned()
}

/// A failure of TLS in a sentence.
pub(crate) fn tls_words(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(CertificateError::Other(other)) => {
            match other.0.downcast_ref::<Disbelief>() {
                Some(disbelief) => format!("its certificate {disbelief}"),
                None => format!("its certificate cannot be believed: {}", other.0),
            }
        }
        Error::InvalidMessage(_) => {
            "it answered with something that is not TLS; is this listener SSL? Check security.protocol"
                .to_owned()
        }
        Error::AlertReceived(Alert::CertificateRequired | Alert::NoCertificate) => wants_certificate(),
        Error::AlertReceived(
            alert @ (Alert::BadCertificate
            | Alert::CertificateUnknown
            | Alert::CertificateExpired
            | Alert::CertificateRevoked
            | Alert::UnsupportedCertificate
            | Alert::AccessDenied
            | Alert::UnknownCA),
        ) => format!(
            "the broker does not take our client certificate ({alert:?}): check that its authority is trusted there, and ssl.certificate.location"
        ),
        Error::AlertReceived(
            Alert::HandshakeFailure | Alert::ProtocolVersion | Alert::InsufficientSecurity,
        )
        | Error::PeerIncompatible(_) => {
            "no version and cipher suite of TLS is common: 1.2 and 1.3 are spoken here".to_owned()
        }
        Error::AlertReceived(alert) => format!("the broker ended the TLS handshake ({alert:?})"),
        other => format!("the broker broke the rules of TLS: {}", short(&other.to_string())),
    }
}
