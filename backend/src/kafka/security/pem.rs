//! Certificates and keys out of PEM, from a file or from the configuration itself.
//!
//! Every fault of a file is found here, before anything connects: what is missing, unreadable, not PEM, not a
//! certificate, not of this key, not of today.

use std::fs::File;
use std::io::Read;

use pkcs8::{EncryptedPrivateKeyInfo, SecretDocument};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use secrecy::{ExposeSecret, SecretString};
use shared::DateTime;

use super::certificate::{listed, words};

/// No file of certificates or keys is longer: the authorities of a whole system take a fifth of it.
const LONGEST_FILE: u64 = 1 << 20;
const ENCRYPTED: (&str, &str) =
    ("-----BEGIN ENCRYPTED PRIVATE KEY-----", "-----END ENCRYPTED PRIVATE KEY-----");

/// Reads a file that a property names. The fault continues "`ssl.ca.location` …".
pub(super) fn read_file(path: &str) -> Result<SecretString, String> {
    let cannot = |reason: String| format!("names {path}, which could not be read: {reason}");
    let found = std::fs::metadata(path).map_err(|error| cannot(plainly(&error)))?;
    // Opening a pipe would wait for whoever writes it.
    if !found.is_file() {
        return Err(format!("names {path}, which is not a file"));
    }
    let file = File::open(path).map_err(|error| cannot(plainly(&error)))?;
    let mut text = String::new();
    let read = file.take(LONGEST_FILE + 1).read_to_string(&mut text);
    read.map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData => {
            format!("names {path}, which is not PEM: it is not even text (PEM begins with -----BEGIN)")
        }
        _ => cannot(plainly(&error)),
    })?;
    if text.len() as u64 > LONGEST_FILE {
        return Err(format!("names {path}, which is longer than 1 MiB: no PEM file of certificates is"));
    }
    Ok(text.into())
}

fn plainly(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "Riverkeeper may not read it".to_owned(),
        kind => kind.to_string(),
    }
}

/// Every certificate in a PEM text, at least one.
pub(super) fn certificates(text: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    if !text.contains("-----BEGIN ") {
        return Err("is not PEM: it has no line that begins with -----BEGIN".into());
    }
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
    match found {
        Ok(found) if found.is_empty() => {
            Err("has no certificate in it: there is no line -----BEGIN CERTIFICATE-----".into())
        }
        Ok(found) => Ok(found),
        Err(error) => Err(format!("is damaged PEM: {error}")),
    }
}

/// The authorities of today among `found`: what is out of its time is left out, and a fault if it is all.
pub(super) fn authorities(
    found: Vec<CertificateDer<'static>>,
    now: DateTime,
) -> Result<Vec<CertificateDer<'static>>, String> {
    let mut untimely = Vec::new();
    let is_of_today = |certificate: &CertificateDer<'_>| {
        let said = words(certificate)
            .and_then(|words| words.untimely(now).map(|fault| format!("{} {fault}", words.subject)));
        said.map(|fault| untimely.push(fault)).is_none()
    };
    let of_today: Vec<_> = found.into_iter().filter(is_of_today).collect();
    match of_today.is_empty() {
        true => Err(format!("has no authority that is valid today: {}", listed(&untimely))),
        false => Ok(of_today),
    }
}

/// What is wrong with the time of our own certificate, the first of its chain.
pub(super) fn own_time(chain: &[CertificateDer<'_>], now: DateTime) -> Result<(), String> {
    let untimely = chain.first().and_then(words).and_then(|words| words.untimely(now));
    match untimely {
        Some(fault) => Err(format!("has a certificate that {fault}: brokers would refuse it")),
        None => Ok(()),
    }
}

/// Why there is no key.
pub(super) enum KeyFault {
    /// The text is at fault.
    Text(String),
    /// The password is.
    Password(String),
}

/// The private key in a PEM text, decrypted if need be.
pub(super) fn private_key(
    text: &str,
    password: Option<&SecretString>,
) -> Result<PrivateKeyDer<'static>, KeyFault> {
    if let Some(encrypted) = section(text, ENCRYPTED) {
        return decrypted(encrypted, password);
    }
    if text.contains("Proc-Type: 4,ENCRYPTED") {
        let fault = "is encrypted in an old way that is not read here: `openssl pkcs8 -topk8 -v2 aes-256-cbc` makes a PKCS#8 key of it";
        return Err(KeyFault::Text(fault.into()));
    }
    PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|error| {
        KeyFault::Text(match error {
            rustls::pki_types::pem::Error::NoItemsFound => {
                "has no private key in it: there is no line -----BEGIN PRIVATE KEY-----".into()
            }
            _ => "is damaged PEM: its private key cannot be decoded".into(),
        })
    })
}

fn decrypted(encrypted: &str, password: Option<&SecretString>) -> Result<PrivateKeyDer<'static>, KeyFault> {
    let damaged = |_| KeyFault::Text("is damaged PEM: its private key cannot be decoded".into());
    let password = password.ok_or_else(|| {
        KeyFault::Password("is missing: the private key is encrypted with a password".into())
    })?;
    let (_, document) = SecretDocument::from_pem(encrypted).map_err(damaged)?;
    let info = EncryptedPrivateKeyInfo::try_from(document.as_bytes())
        .map_err(|error| KeyFault::Text(format!("is encrypted in a way that is not read here: {error}")))?;
    let key = info.decrypt(password.expose_secret());
    let key = key.map_err(|_| KeyFault::Password("does not open the private key".into()))?;
    Ok(PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.as_bytes().to_vec())))
}

fn section<'a>(text: &'a str, (begin, end): (&str, &str)) -> Option<&'a str> {
    let from = text.find(begin)?;
    let to = text[from..].find(end)? + from + end.len();
    Some(&text[from..to])
}
