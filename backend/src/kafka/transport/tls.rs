//! The TLS handshake, and what its failures mean to the person who must mend them.

use rustls::pki_types::ServerName;
use rustls::{AlertDescription as Alert, Error};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::frame::in_plain_words;
use crate::kafka::error::{KafkaError, Peer};
use crate::kafka::security::{Tls, tls_fault as fault, tls_words as words, wants_certificate};

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

fn asks_for_certificate(alert: Alert) -> bool {
    matches!(alert, Alert::CertificateRequired | Alert::BadCertificate | Alert::NoCertificate)
}
