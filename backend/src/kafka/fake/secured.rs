//! What secured fakes need: certificates of any kind, TLS around a script, and a broker's side of SCRAM.

use std::ops::Range;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use ring::{digest, hmac, pbkdf2};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;

use super::{Asked, Deed, Fake, Script, serve};
use crate::kafka::{Properties, Security, security};

/// Who issues certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, as PEM.
pub struct Pair {
    pub certificate: String,
    pub key: String,
}

fn params(name: &str, hosts: &[&str], years: Range<i32>) -> CertificateParams {
    let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let mut params = CertificateParams::new(hosts).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(years.start, 1, 1);
    params.not_after = rcgen::date_time_ymd(years.end, 1, 1);
    params
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = params(name, &[], 2020..2040);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    pub fn signs(&self, hosts: &[&str], years: Range<i32>) -> Pair {
        self.signs_for(hosts, years, vec![])
    }

    pub fn signs_for(
        &self,
        hosts: &[&str],
        years: Range<i32>,
        purposes: Vec<ExtendedKeyUsagePurpose>,
    ) -> Pair {
        let key = KeyPair::generate().unwrap();
        let mut params = params("somebody", hosts, years);
        params.extended_key_usages = purposes;
        Pair { certificate: params.signed_by(&key, &self.0).unwrap().pem(), key: key.serialize_pem() }
    }
}

/// The server's side of TLS with this certificate. With `clients`, they must show one of that authority.
pub fn tls_server(pair: &Pair, clients: Option<&Authority>) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.0.der().clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let chain = CertificateDer::pem_slice_iter(pair.certificate.as_bytes()).map(Result::unwrap);
    let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).unwrap();
    TlsAcceptor::from(Arc::new(builder.with_single_cert(chain.collect(), key).unwrap()))
}

impl Fake {
    /// A fake behind TLS.
    pub async fn tls(acceptor: TlsAcceptor, script: impl Fn(Asked) -> Deed + Send + Sync + 'static) -> Self {
        let script: Arc<Script> = Arc::new(script);
        let served = move |stream, connection| {
            let (script, acceptor) = (Arc::clone(&script), acceptor.clone());
            async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    drop(serve(stream, &*script, connection).await);
                }
            }
        };
        Self::listen(0, served).await
    }
}

/// Security by some properties, on a day on which the certificates here hold.
pub fn secured(told: &[(&str, &str)]) -> Security {
    let properties: Properties =
        told.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    security(&properties, "2026-06-01T12:00:00Z".parse().unwrap()).unwrap()
}

/// The message in a request of SaslAuthenticate in version 2: behind the header's client id and tags, and a length of
/// one or two bytes.
pub fn sasl_message(asked: &Asked) -> Vec<u8> {
    let frame = &asked.frame;
    let at = 10 + usize::from(u16::from_be_bytes([frame[8], frame[9]])) + 1;
    let start = if frame[at] & 0x80 == 0 { at + 1 } else { at + 2 };
    frame[start..frame.len() - 1].to_vec()
}

/// A broker's side of SCRAM-SHA-256 with one user's password; it remembers the exchange of one connection.
pub struct ScramServer {
    pub password: &'static str,
    pub iterations: u32,
    exchange: std::sync::Mutex<String>,
}

impl ScramServer {
    pub fn new(password: &'static str) -> Self {
        Self { password, iterations: 4096, exchange: std::sync::Mutex::default() }
    }

    /// Its answer to a message: the challenge to the first, its own proof to the second.
    pub fn answer(&self, message: &[u8]) -> String {
        let message = std::str::from_utf8(message).unwrap();
        let mut exchange = self.exchange.lock().unwrap();
        if let Some(first) = message.strip_prefix("n,,") {
            let nonce = first.split_once(",r=").unwrap().1;
            let challenge =
                format!("r={nonce}theirs,s={},i={}", BASE64.encode(b"some salt"), self.iterations);
            *exchange = format!("{first},{challenge}");
            return challenge;
        }
        let (without_proof, _) = message.rsplit_once(",p=").unwrap();
        let mut salted = [0; digest::SHA256_OUTPUT_LEN];
        let iterations = self.iterations.try_into().unwrap();
        let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
        pbkdf2::derive(algorithm, iterations, b"some salt", self.password.as_bytes(), &mut salted);
        let sign = |key: &[u8], text: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text);
        let key = sign(&salted, b"Server Key");
        let signature = sign(key.as_ref(), format!("{exchange},{without_proof}").as_bytes());
        format!("v={}", BASE64.encode(signature))
    }
}
