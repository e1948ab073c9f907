//! How Riverkeeper signs in, as the properties want it.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use super::reading::Reading;
use super::scram::{Hash, Scram};
use super::tls;
use super::token::{Endpoint, TokenSource};
use crate::kafka::error::short;

/// How Riverkeeper signs in.
#[derive(Debug)]
pub(crate) enum Sasl {
    /// Name and password as they are (RFC 4616).
    Plain(Credentials),
    /// Name, and a proof of the password (RFC 5802).
    Scram(Scram),
    /// A token (RFC 7628).
    OAuthBearer(Box<TokenSource>),
}

/// Who signs in.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub username: String,
    pub password: SecretString,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

impl Sasl {
    /// Kafka's name of the mechanism.
    pub fn mechanism(&self) -> &'static str {
        match self {
            Self::Plain(_) => "PLAIN",
            Self::Scram(scram) => scram.hash.mechanism(),
            Self::OAuthBearer(_) => "OAUTHBEARER",
        }
    }

    /// Where its tokens come from, if it has any.
    pub fn tokens(&self) -> Option<&TokenSource> {
        match self {
            Self::OAuthBearer(source) => Some(source),
            Self::Plain(_) | Self::Scram(_) => None,
        }
    }
}

enum Mechanism {
    Plain,
    Scram(Hash),
    OAuthBearer,
}

/// Reads how to sign in. Every fault is noted.
pub(super) fn sasl(reading: &mut Reading<'_>) -> Option<Sasl> {
    let mechanism = mechanism(reading)?;
    match mechanism {
        Mechanism::OAuthBearer => {
            let why = "says nothing under OAUTHBEARER: leave it out";
            reading.refuse(&["sasl.username", "sasl.password"], why);
            token_source(reading).map(|source| Sasl::OAuthBearer(Box::new(source)))
        }
        Mechanism::Plain => credentials(reading, "PLAIN").map(Sasl::Plain),
        Mechanism::Scram(hash) => credentials(reading, hash.mechanism())
            .map(|credentials| Sasl::Scram(Scram::new(hash, credentials))),
    }
}

fn mechanism(reading: &mut Reading<'_>) -> Option<Mechanism> {
    const NAMES: [&str; 2] = ["sasl.mechanisms", "sasl.mechanism"];
    const KNOWN: &str = "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER";
    if NAMES.iter().all(|name| reading.has(name)) {
        reading.fault(NAMES[1], "is given beside sasl.mechanisms, which means the same: give one of them");
    }
    let Some((name, told)) = NAMES.iter().find_map(|name| Some((*name, reading.text(name)?))) else {
        if !NAMES.iter().any(|name| reading.has(name)) {
            reading.fault(NAMES[0], format!("is missing: SASL needs one of {KNOWN}"));
        }
        return None;
    };
    match told.to_ascii_uppercase().as_str() {
        "PLAIN" => Some(Mechanism::Plain),
        "SCRAM-SHA-256" => Some(Mechanism::Scram(Hash::Sha256)),
        "SCRAM-SHA-512" => Some(Mechanism::Scram(Hash::Sha512)),
        "OAUTHBEARER" => Some(Mechanism::OAuthBearer),
        "GSSAPI" => {
            reading.fault(name, format!("is GSSAPI: Kerberos is not spoken here; it takes {KNOWN}"));
            None
        }
        list if list.contains(',') => {
            reading.fault(name, format!("takes one mechanism, in spite of its name: {KNOWN}"));
            None
        }
        other => {
            reading.fault(name, format!("takes {KNOWN}, not {}", short(other)));
            None
        }
    }
}

fn credentials(reading: &mut Reading<'_>, mechanism: &str) -> Option<Credentials> {
    let why = format!("says nothing under {mechanism}: leave it out");
    reading.refuse(&["sasl.oauthbearer.", "https."], &why);
    let why = format!("{mechanism} signs in with a name and a password");
    let username = reading.required("sasl.username", &why);
    let password = reading.required("sasl.password", &why);
    let (username, password) = (username?.expose_secret(), password?);
    for (name, value) in [("sasl.username", username), ("sasl.password", password.expose_secret())] {
        if value.contains('\0') {
            reading.fault(name, "has a NUL character in it, which SASL cannot carry");
            return None;
        }
    }
    Some(Credentials { username: username.to_owned(), password: password.clone() })
}

fn token_source(reading: &mut Reading<'_>) -> Option<TokenSource> {
    const URL: &str = "sasl.oauthbearer.token.endpoint.url";
    match reading.text("sasl.oauthbearer.method").map(str::to_ascii_lowercase).as_deref() {
        Some("oidc") => {}
        None if reading.has("sasl.oauthbearer.method") => {} // empty, which is noted already
        None => {
            let fault = "is missing: write oidc, which asks for tokens with client credentials";
            reading.fault("sasl.oauthbearer.method", fault);
        }
        Some(_) => {
            let fault = "takes oidc, which asks for tokens with client credentials";
            reading.fault("sasl.oauthbearer.method", fault);
        }
    }
    let why = "OAUTHBEARER asks a token endpoint with an id and a secret";
    let client_id = reading.required("sasl.oauthbearer.client.id", why);
    let client_secret = reading.required("sasl.oauthbearer.client.secret", why);
    let url = reading.required(URL, why).map(|url| url.expose_secret().trim());
    let url = url.and_then(|url| match endpoint_url(url) {
        Ok(url) => Some(url),
        Err(fault) => {
            reading.fault(URL, fault);
            None
        }
    });
    let extensions = reading.text("sasl.oauthbearer.extensions").map(extensions).transpose();
    let extensions = extensions.unwrap_or_else(|fault| {
        reading.fault("sasl.oauthbearer.extensions", fault);
        None
    });
    let is_plain = url.as_ref().is_some_and(|url| url.scheme() == "http");
    let tls = match is_plain {
        true => {
            reading.refuse(&["https."], &format!("says nothing: {URL} is not https"));
            None
        }
        false => tls::to_token_endpoint(reading),
    };
    let endpoint = Endpoint {
        url: url?,
        client_id: client_id?.expose_secret().to_owned(),
        client_secret: client_secret?.clone(),
        scope: reading.text("sasl.oauthbearer.scope").map(str::to_owned),
        extensions: extensions.unwrap_or_default(),
    };
    match TokenSource::new(endpoint, tls) {
        Ok(source) => Some(source),
        Err(error) => {
            reading.fault(URL, format!("cannot be used: {}", short(&error)));
            None
        }
    }
}

fn endpoint_url(text: &str) -> Result<reqwest::Url, &'static str> {
    let url: reqwest::Url =
        text.parse().map_err(|_| "is not a URL like https://login.example.com/oauth2/token")?;
    match (url.scheme(), url.username().is_empty() && url.password().is_none()) {
        ("http" | "https", true) => Ok(url),
        ("http" | "https", false) => {
            Err("has a name or password in it: write sasl.oauthbearer.client.id and .client.secret")
        }
        _ => Err("takes a URL that begins with https:// (or http://)"),
    }
}

/// `key=value` pairs as RFC 7628 lets them be.
fn extensions(text: &str) -> Result<Vec<(String, String)>, &'static str> {
    const FAULT: &str = "takes key=value pairs with commas between, keys of letters only and not auth";
    let pair = |pair: &str| {
        let (key, value) = pair.trim().split_once('=').ok_or(FAULT)?;
        let well_named = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphabetic()) && key != "auth";
        let printable = value.chars().all(|c| c.is_ascii_graphic() || c.is_ascii_whitespace());
        if well_named && printable { Ok((key.to_owned(), value.to_owned())) } else { Err(FAULT) }
    };
    text.split(',').map(pair).collect()
}
