//! A token endpoint over https that checks client credentials and signs real tokens (ES256).

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use backend::runtime::Clock;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::certificates::Authority;

pub const CLIENT_ID: &str = "riverkeeper";
pub const CLIENT_SECRET: &str = "client-secret-of-tests";

/// The endpoint, which runs until the process ends.
pub struct Endpoint {
    pub address: SocketAddr,
}

struct Signer {
    key: EcdsaKeyPair,
}

impl Endpoint {
    /// Starts it, with its authority and the keys that verify its tokens in that folder.
    pub fn start(folder: &Path) -> Self {
        let authority = Authority::new("login-ca");
        fs::write(folder.join("login-ca.pem"), authority.pem()).unwrap();
        let pair = authority.signs("login", &["localhost"], 2020..2040);
        let chain = CertificateDer::pem_slice_iter(pair.certificate.as_bytes()).map(Result::unwrap);
        let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let tls = tls.unwrap().with_no_client_auth().with_single_cert(chain.collect(), key).unwrap();
        let signer = Signer { key: signing_key(folder) };
        let (started, address) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                started.send(listener.local_addr().unwrap()).unwrap();
                let routes = Router::new().route("/token", post(grant)).with_state(Arc::new(signer));
                let listener = Encrypted { listener, tls: TlsAcceptor::from(Arc::new(tls)) };
                axum::serve(listener, routes).await.unwrap();
            });
        });
        Self { address: address.recv().unwrap() }
    }

    /// Where tokens are asked for.
    pub fn url(&self) -> String {
        format!("https://localhost:{}/token", self.address.port())
    }
}

/// A new key, its public half written where the broker looks for it.
fn signing_key(folder: &Path) -> EcdsaKeyPair {
    let pair = rcgen::KeyPair::generate().unwrap();
    let (x, y) = pair.public_key_raw()[1..].split_at(32);
    let encoded = |bytes| URL_SAFE_NO_PAD.encode(bytes);
    let jwk = json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "tests", "x": encoded(x), "y": encoded(y)});
    fs::write(folder.join("jwks.json"), json!({"keys": [jwk]}).to_string()).unwrap();
    let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
    EcdsaKeyPair::from_pkcs8(algorithm, pair.serialized_der(), &random).unwrap()
}

#[derive(serde::Deserialize)]
struct Asked {
    grant_type: String,
    scope: Option<String>,
}

/// Gives a token whose audience is the scope.
async fn grant(
    State(signer): State<Arc<Signer>>,
    headers: HeaderMap,
    Form(asked): Form<Asked>,
) -> (StatusCode, Json<Value>) {
    let expected = format!("Basic {}", STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}")));
    let told = headers.get("authorization").and_then(|value| value.to_str().ok());
    if told != Some(&expected) {
        let words = "the secret is not the one of the client";
        return (
            StatusCode::UNAUTHORIZED,
            Json(json!({"error": "invalid_client", "error_description": words})),
        );
    }
    if asked.grant_type != "client_credentials" {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "unsupported_grant_type"})));
    }
    let now = Clock::system().now().timestamp();
    let claims = json!({
        "iss": "riverkeeper-tests", "aud": asked.scope.as_deref().unwrap_or("kafka"), "sub": CLIENT_ID,
        "iat": now - 1, "exp": now + 600, "scope": "read",
    });
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(json!({"alg": "ES256", "typ": "JWT", "kid": "tests"})), part(claims));
    let signature = signer.key.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
    let token = format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature));
    (StatusCode::OK, Json(json!({"access_token": token, "token_type": "Bearer", "expires_in": 600})))
}

struct Encrypted {
    listener: TcpListener,
    tls: TlsAcceptor,
}

impl axum::serve::Listener for Encrypted {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (tcp, address) = self.listener.accept().await.unwrap();
            if let Ok(stream) = self.tls.accept(tcp).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}
