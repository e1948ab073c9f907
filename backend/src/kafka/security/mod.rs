//! How the connections of a cluster are secured, told by properties in librdkafka's names.
//!
//! One set of properties sets up both speakers of Kafka: our own transport, and librdkafka where records are moved.
//! Everything that can be wrong without a broker is found here and at once: names, values, files, certificates, keys.
//!
//! | part | knows |
//! | --- | --- |
//! | `properties` | the names, ours and others' |
//! | `reading` | properties asked for one by one, faults gathered |
//! | `tls`, `pem`, `certificate`, `verifier` | certificates and keys; whom to believe |
//! | `tls_fault` | what failures of TLS mean |
//! | `sasl`, `scram`, `token` | how to sign in |
//! | `http` | HTTP beside Kafka, by the same TLS |

mod certificate;
mod http;
mod pem;
mod properties;
mod reading;
mod sasl;
mod scram;
#[cfg(test)]
mod tests;
mod tls;
mod tls_fault;
mod token;
mod verifier;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;
use shared::DateTime;

use super::error::short;
pub use http::http_client;
pub use properties::{PROPERTIES, Property};
use reading::Reading;
pub(super) use sasl::{Credentials, Sasl};
pub(super) use scram::{Conversation, Scram, ScramFault};
pub(super) use tls::Tls;
pub(super) use tls_fault::{tls_fault, tls_words, wants_certificate};
pub use token::{Token, TokenError, TokenSource, cause as http_words};

/// What a cluster's connection is told, by librdkafka's names. Every value may be a secret.
pub type Properties = BTreeMap<String, SecretString>;

/// What is wrong with one property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyFault {
    /// Its name.
    pub name: String,
    /// What is wrong and what to do, without any secret. It goes on after the name: "is not known; …".
    pub sentence: String,
}

/// How connections are secured; plaintext by default. Clones share tokens, derived keys and certificates.
#[derive(Clone, Default)]
pub struct Security {
    /// Encryption, where there is any.
    pub(super) tls: Option<Tls>,
    /// Signing in, where it is wanted.
    pub(super) sasl: Option<Arc<Sasl>>,
    librdkafka: Arc<Vec<(&'static str, SecretString)>>,
    warnings: Arc<Vec<PropertyFault>>,
}

impl fmt::Debug for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Security")
            .field("protocol", &self.protocol())
            .field("mechanism", &self.mechanism())
            .finish_non_exhaustive()
    }
}

impl Security {
    /// Kafka's name of what is spoken: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.
    pub fn protocol(&self) -> &'static str {
        match (&self.tls, &self.sasl) {
            (None, None) => "PLAINTEXT",
            (Some(_), None) => "SSL",
            (None, Some(_)) => "SASL_PLAINTEXT",
            (Some(_), Some(_)) => "SASL_SSL",
        }
    }

    /// Kafka's name of the mechanism by which Riverkeeper signs in, if it does.
    pub fn mechanism(&self) -> Option<&'static str> {
        self.sasl.as_deref().map(Sasl::mechanism)
    }

    /// The same settings for librdkafka, by its names. Tokens are not among them: librdkafka gets those of
    /// [`Security::tokens`] through its refresh callback, so that both speakers ask one endpoint once.
    pub fn librdkafka(&self) -> Vec<(&'static str, SecretString)> {
        self.librdkafka.as_ref().clone()
    }

    /// Where OAUTHBEARER's tokens come from.
    pub fn tokens(&self) -> Option<&TokenSource> {
        self.sasl.as_deref().and_then(Sasl::tokens)
    }

    /// What works and is not wise, for `config check`: secrets that travel in the clear, names that are not checked.
    pub fn warnings(&self) -> &[PropertyFault] {
        &self.warnings
    }
}

/// Reads the properties and the files that they name; connects to nothing. All faults at once.
pub fn security(properties: &Properties, now: DateTime) -> Result<Security, Vec<PropertyFault>> {
    let mut reading = Reading::start(properties, now);
    let protocol = protocol(&mut reading);
    let name = protocol.map_or("this", |(name, ..)| name);
    // Under a protocol that is not understood everything that is given is still read, for its faults.
    let any = |beginning: &str| properties.keys().any(|key| key.starts_with(beginning));
    let (encrypts, signs_in) =
        protocol.map_or((any("ssl."), any("sasl.")), |(_, encrypts, signs_in)| (encrypts, signs_in));
    if !encrypts {
        let wanted = if signs_in { "SASL_SSL" } else { "SSL" };
        reading.refuse(&["ssl."], &format!("says nothing under {name}: set security.protocol to {wanted}"));
    }
    if !signs_in {
        let wanted = if encrypts { "SASL_SSL" } else { "SASL_SSL (or SASL_PLAINTEXT)" };
        let why = format!("says nothing under {name}: set security.protocol to {wanted}");
        reading.refuse(&["sasl.", "https."], &why);
    }
    let tls = if encrypts { tls::to_brokers(&mut reading) } else { None };
    let sasl = if signs_in { sasl::sasl(&mut reading) } else { None };
    if !reading.faults.is_empty() {
        reading.faults.sort_by(|a, b| a.name.cmp(&b.name));
        return Err(reading.faults);
    }
    let mut security =
        Security { tls, sasl: sasl.map(Arc::new), librdkafka: Arc::default(), warnings: Arc::default() };
    security.warnings = Arc::new(warnings(&reading, &security));
    security.librdkafka = Arc::new(for_librdkafka(properties, &security));
    Ok(security)
}

/// The protocol's name, whether it encrypts, whether it signs in.
fn protocol(reading: &mut Reading<'_>) -> Option<(&'static str, bool, bool)> {
    const NAME: &str = "security.protocol";
    match reading.text(NAME).map(str::to_ascii_uppercase).as_deref() {
        None | Some("PLAINTEXT") => Some(("PLAINTEXT", false, false)),
        Some("SSL") => Some(("SSL", true, false)),
        Some("SASL_PLAINTEXT") => Some(("SASL_PLAINTEXT", false, true)),
        Some("SASL_SSL") => Some(("SASL_SSL", true, true)),
        Some(other) => {
            let shown = short(other);
            reading.fault(NAME, format!("takes PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL, not {shown}"));
            None
        }
    }
}

fn warnings(reading: &Reading<'_>, security: &Security) -> Vec<PropertyFault> {
    let mut warnings = Vec::new();
    let mut warn = |name: &str, sentence: &str| {
        warnings.push(PropertyFault { name: name.to_owned(), sentence: sentence.to_owned() });
    };
    if security.tls.is_none() {
        match security.sasl.as_deref() {
            Some(Sasl::Plain(_)) => warn(
                "sasl.password",
                "travels in the clear: PLAIN sends it as it is, and SASL_PLAINTEXT does not encrypt; use SASL_SSL or SCRAM-SHA-512",
            ),
            Some(Sasl::OAuthBearer(_)) => warn(
                "security.protocol",
                "lets tokens travel in the clear: SASL_PLAINTEXT does not encrypt; use SASL_SSL",
            ),
            _ => {}
        }
    }
    if security.tokens().is_some_and(|tokens| !tokens.is_encrypted()) {
        warn("sasl.oauthbearer.token.endpoint.url", "lets the client secret travel in the clear: use https");
    }
    let checks = reading.text("ssl.endpoint.identification.algorithm");
    if checks.is_some_and(|algorithm| algorithm.eq_ignore_ascii_case("none")) {
        warn(
            "ssl.endpoint.identification.algorithm",
            "lets any host with a certificate of the same authority pass for a broker: use https",
        );
    }
    warnings
}

fn for_librdkafka(properties: &Properties, security: &Security) -> Vec<(&'static str, SecretString)> {
    let set = |(name, value): (&'static str, &str)| (name, SecretString::from(value));
    let told = [("security.protocol", security.protocol())];
    let mechanism = security.mechanism().map(|mechanism| ("sasl.mechanisms", mechanism));
    let ours = |name: &str| name.starts_with("ssl.") || name == "sasl.username" || name == "sasl.password";
    let same = PROPERTIES
        .iter()
        .filter(|property| ours(property.name))
        .filter_map(|property| Some((property.name, properties.get(property.name)?.clone())));
    told.into_iter().chain(mechanism).map(set).chain(same).collect()
}
