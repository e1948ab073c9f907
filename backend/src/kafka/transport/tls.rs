//! The TLS handshake, and what its failures mean to the person who must mend them.

use rustls::pki_types::ServerName;
use rustls::{AlertDescription as Alert, CertificateError, Error};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::frame::in_plain_words;
use crate::kafka::error::{KafkaError, Peer, short};
use crate::kafka::security::{Disbelief, Tls};

/// Encrypts a connection.
pub(super) async fn secure(
    tcp: TcpStream,
    peer: &Peer,
    tls: &Tls,
) -> Result<TlsStream<TcpStream>, KafkaError> {
    let host = host(&peer.address.host);
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| insecure(peer, format!("{host} is no name that a certificate could have")))?;
    let connecting = TlsConnector::from(tls.config.clone()).connect(name, tcp);
    connecting.await.map_err(|error| match fault(&error) {
        Some(fault) => failed(peer, tls, fault),
        None => insecure(
            peer,
            format!(
                "{} during the TLS handshake; is this listener SSL? Check security.protocol",
                broke_off(&error)
            ),
        ),
    })
}

/// What a failure of TLS is, with the settings that there are.
pub(super) fn failed(peer: &Peer, tls: &Tls, fault: &Error) -> KafkaError {
    match fault {
        Error::AlertReceived(alert) if asks_for_certificate(*alert) && !tls.shows_certificate => {
            insecure(peer, wants_certificate())
        }
        fault => insecure(peer, words(fault)),
    }
}

fn insecure(peer: &Peer, reason: String) -> KafkaError {
    KafkaError::Insecure { peer: peer.clone(), reason }
}

/// An address without the zone that only this machine knows.
fn host(host: &str) -> &str {
    host.split_once('%').map_or(host, |(address, _)| address)
}

fn broke_off(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => "the broker closed it".to_owned(),
        _ => in_plain_words(error),
    }
}

/// The failure of TLS in an error of a stream, if it is one.
pub(super) fn fault(error: &std::io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}

fn wants_certificate() -> String {
    "the broker wants a client certificate: set ssl.certificate.location and ssl.key.location".to_owned()
}

fn asks_for_certificate(alert: Alert) -> bool {
    matches!(alert, Alert::CertificateRequired | Alert::BadCertificate | Alert::NoCertificate)
}

/// A failure of TLS in a sentence.
pub(super) fn words(error: &Error) -> String {
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
