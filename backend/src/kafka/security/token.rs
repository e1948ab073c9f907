//! Tokens for OAUTHBEARER: asked for with client credentials (RFC 6749, section 4.4), kept, and asked for again in time.
//!
//! One source serves all connections of a cluster, ours and librdkafka's: a token endpoint that is asked by every
//! connection of every broker soon refuses them all. A renewal that fails costs nothing while the old token holds.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{tls_fault, tls_words};
use crate::kafka::error::short;

/// For one try. Whoever connects waits no longer than its own deadline.
const TIMEOUT: Duration = Duration::from_secs(10);
const LONGEST_ANSWER: usize = 256 * 1024;
/// A failure is told to everybody who asks within this time.
const REST: Duration = Duration::from_secs(2);
/// Where neither the endpoint nor the token says how long it holds.
const USUAL_LIFE: Duration = Duration::from_secs(300);
/// A longer one is renewed all the same.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 3600);

/// Where and as whom tokens are asked for.
#[derive(Clone)]
pub(super) struct Endpoint {
    pub url: reqwest::Url,
    pub client_id: String,
    pub client_secret: SecretString,
    pub scope: Option<String>,
    pub extensions: Vec<(String, String)>,
}

/// The source of a cluster's tokens.
pub struct TokenSource {
    endpoint: Endpoint,
    http: reqwest::Client,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    token: Option<Token>,
    renew_at: Option<Instant>,
    failed: Option<(TokenError, Instant)>,
}

/// One token.
#[derive(Clone)]
pub struct Token {
    value: SecretString,
    principal: String,
    ends_at: Instant,
}

impl Token {
    /// The token itself.
    pub fn value(&self) -> &SecretString {
        &self.value
    }

    /// Whose it is: its subject, else the client id.
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// How long it still holds.
    pub fn remaining(&self) -> Duration {
        self.ends_at.saturating_duration_since(Instant::now())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("principal", &self.principal).finish_non_exhaustive()
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSource").field("endpoint", &self.place()).finish_non_exhaustive()
    }
}

/// Why there is no token, in a sentence without any secret.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct TokenError(Arc<str>);

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: Option<f64>,
}

#[derive(Deserialize)]
struct Denied {
    error: String,
}

#[derive(Default, Deserialize)]
struct Claims {
    sub: Option<String>,
    iat: Option<f64>,
    exp: Option<f64>,
}

impl TokenSource {
    pub(super) fn new(endpoint: Endpoint, tls: Option<rustls::ClientConfig>) -> Result<Self, String> {
        // A redirect would carry the secret to wherever the answer says.
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(TIMEOUT);
        let http = match tls {
            Some(tls) => http.tls_backend_preconfigured(tls),
            None => http.tls_backend_preconfigured(no_tls()?),
        };
        let http = http.build().map_err(|error| error.to_string())?;
        Ok(Self { endpoint, http, kept: Mutex::default() })
    }

    /// Whether the secret is encrypted on its way, or does not leave this machine.
    pub(super) fn is_encrypted(&self) -> bool {
        let here = matches!(self.endpoint.url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        self.endpoint.url.scheme() == "https" || here
    }

    /// The endpoint as it is shown: without its query.
    pub(crate) fn place(&self) -> String {
        let mut url = self.endpoint.url.clone();
        url.set_query(None);
        url.set_fragment(None);
        short(url.as_str())
    }

    /// What brokers are told beside the token.
    pub(crate) fn extensions(&self) -> &[(String, String)] {
        &self.endpoint.extensions
    }

    /// A token that holds for a while yet.
    pub async fn token(&self) -> Result<Token, TokenError> {
        let mut kept = self.kept.lock().await;
        let now = Instant::now();
        let usable = kept.token.clone().filter(|token| token.ends_at > now);
        if let (Some(token), Some(renew_at)) = (&usable, kept.renew_at)
            && renew_at > now
        {
            return Ok(token.clone());
        }
        if let Some((error, until)) = &kept.failed
            && *until > now
        {
            return Err(error.clone());
        }
        match (self.ask().await, usable) {
            (Ok((token, life)), _) => {
                *kept = Kept {
                    token: Some(token.clone()),
                    renew_at: Some(Instant::now() + life.mul_f64(0.8)),
                    failed: None,
                };
                Ok(token)
            }
            (Err(_), Some(token)) => {
                kept.renew_at = Some(Instant::now() + REST);
                Ok(token)
            }
            (Err(error), None) => {
                kept.failed = Some((error.clone(), Instant::now() + REST));
                Err(error)
            }
        }
    }

    /// A broker refused this token: the next one to ask gets another.
    pub(crate) async fn refused(&self, token: &Token) {
        let mut kept = self.kept.lock().await;
        let is_same = |kept: &Token| kept.value.expose_secret() == token.value.expose_secret();
        if kept.token.as_ref().is_some_and(is_same) {
            *kept = Kept::default();
        }
    }

    async fn ask(&self) -> Result<(Token, Duration), TokenError> {
        let endpoint = &self.endpoint;
        let mut form = vec![("grant_type", "client_credentials")];
        form.extend(endpoint.scope.as_deref().map(|scope| ("scope", scope)));
        let asked = self
            .http
            .post(endpoint.url.clone())
            .basic_auth(&endpoint.client_id, Some(endpoint.client_secret.expose_secret()))
            .form(&form)
            .send();
        let mut response = asked.await.map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.unreachable(&error))? {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST_ANSWER {
                return Err(self.said(format!("answered with more than {LONGEST_ANSWER} bytes")));
            }
        }
        if !status.is_success() {
            return Err(self.denied(status, &body));
        }
        let granted: Granted = serde_json::from_slice(&body)
            .map_err(|_| self.said("answered with something that is no token".to_owned()))?;
        self.token_of(granted)
    }

    fn token_of(&self, granted: Granted) -> Result<(Token, Duration), TokenError> {
        let value = SecretString::from(granted.access_token);
        // A token stands between control characters on its way to the broker (RFC 7628).
        if value.expose_secret().is_empty() || value.expose_secret().chars().any(|c| !c.is_ascii_graphic()) {
            return Err(self.said("answered with an empty or unprintable token".to_owned()));
        }
        let claims = claims(value.expose_secret());
        let by_claims = claims.exp.zip(claims.iat).map(|(exp, iat)| exp - iat);
        let seconds = granted.expires_in.or(by_claims).filter(|seconds| *seconds > 0.0);
        let life = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let life = life.unwrap_or(USUAL_LIFE).min(LONGEST_LIFE);
        let principal = claims.sub.unwrap_or_else(|| self.endpoint.client_id.clone());
        Ok((Token { value, principal: short(&principal), ends_at: Instant::now() + life }, life))
    }

    fn said(&self, what: String) -> TokenError {
        TokenError(format!("the token endpoint {} {what}", self.place()).into())
    }

    fn denied(&self, status: reqwest::StatusCode, body: &[u8]) -> TokenError {
        let error = serde_json::from_slice::<Denied>(body).ok().map(|denied| short(&denied.error));
        let secret = self.endpoint.client_secret.expose_secret();
        let error = error.filter(|error| !error.contains(secret));
        let hint = match (status.as_u16(), error.as_deref()) {
            (_, Some("invalid_client")) | (401, _) => {
                ": check sasl.oauthbearer.client.id and sasl.oauthbearer.client.secret"
            }
            (_, Some("invalid_scope")) => ": check sasl.oauthbearer.scope",
            (404, _) | (300..=399, _) => ": check sasl.oauthbearer.token.endpoint.url",
            _ => "",
        };
        let error = error.map(|error| format!(" ({error})")).unwrap_or_default();
        self.said(format!("refused with HTTP {}{error}{hint}", status.as_u16()))
    }

    fn unreachable(&self, error: &reqwest::Error) -> TokenError {
        match error.is_timeout() {
            true => self.said(format!("did not answer within {} s", TIMEOUT.as_secs())),
            false => self.said(format!("could not be asked: {}", cause(error))),
        }
    }
}

/// The last word of a chain of errors. The first ones only say that something was sent.
pub fn cause(error: &reqwest::Error) -> String {
    let mut last: &(dyn Error + 'static) = error;
    loop {
        if let Some(error) = last.downcast_ref::<std::io::Error>() {
            return match tls_fault(error) {
                Some(fault) => tls_words(fault),
                None if error.get_ref().is_none() => error.kind().to_string(),
                None => short(&error.to_string()),
            };
        }
        match last.source() {
            Some(source) => last = source,
            None => return short(&last.to_string()),
        }
    }
}

/// What a token says of itself, if it is a JWT. Nothing is believed but its end and its subject, and only for our own
/// use: the broker verifies it.
fn claims(token: &str) -> Claims {
    let payload = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    payload.and_then(|payload| serde_json::from_slice(&payload).ok()).unwrap_or_default()
}

/// Settings for a client that will meet no TLS. reqwest wants some provider all the same.
fn no_tls() -> Result<rustls::ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| error.to_string())?;
    Ok(builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}
