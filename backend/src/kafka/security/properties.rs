//! Which properties are known, by librdkafka's names, and what is said about those that are not.
//!
//! Kafka's Java clients have names of their own for the same things. Whoever brings a Java file should not have to
//! search: each of those names is refused with what to write instead.

use super::PropertyFault;

/// One property that is known here.
#[derive(Clone, Copy, Debug)]
pub struct Property {
    /// librdkafka's name.
    pub name: &'static str,
    /// Whether its value must not be shown.
    pub is_secret: bool,
    /// What it takes, as the end of "takes …".
    pub takes: &'static str,
    /// What it is for, in one sentence.
    pub what: &'static str,
}

const fn open(name: &'static str, takes: &'static str, what: &'static str) -> Property {
    Property { name, is_secret: false, takes, what }
}

const fn secret(name: &'static str, takes: &'static str, what: &'static str) -> Property {
    Property { name, is_secret: true, takes, what }
}

/// Every property that is known here, in the order of the documentation.
pub const PROPERTIES: &[Property] = &[
    open(
        "security.protocol",
        "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL",
        "How brokers are spoken to: encrypted or not, signed in or not; PLAINTEXT when absent.",
    ),
    open(
        "sasl.mechanisms",
        "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER",
        "How Riverkeeper signs in; one, in spite of its name.",
    ),
    open("sasl.mechanism", "the same as sasl.mechanisms", "Another name of sasl.mechanisms."),
    open("sasl.username", "a name", "Who signs in by PLAIN or SCRAM."),
    secret("sasl.password", "a password", "The password of sasl.username."),
    open(
        "ssl.ca.location",
        "the path of a PEM file",
        "The authorities that brokers' certificates must come from; the system's when absent.",
    ),
    open("ssl.ca.pem", "PEM text", "The same authorities, in the configuration itself."),
    open(
        "ssl.certificate.location",
        "the path of a PEM file",
        "The certificate that Riverkeeper shows to brokers, with its chain.",
    ),
    open("ssl.certificate.pem", "PEM text", "The same certificate, in the configuration itself."),
    open(
        "ssl.key.location",
        "the path of a PEM file",
        "The private key of that certificate: PKCS#8 (encrypted or not), RSA or EC.",
    ),
    secret("ssl.key.pem", "PEM text", "The same key, in the configuration itself."),
    secret("ssl.key.password", "a password", "What the private key is encrypted with."),
    open(
        "ssl.endpoint.identification.algorithm",
        "https or none",
        "Whether a broker's certificate must name the address that was connected to; https when absent.",
    ),
    open("sasl.oauthbearer.method", "oidc", "How OAUTHBEARER gets its tokens: by client credentials."),
    open("sasl.oauthbearer.client.id", "a client id", "Who asks the token endpoint for tokens."),
    secret("sasl.oauthbearer.client.secret", "a secret", "The secret of sasl.oauthbearer.client.id."),
    open("sasl.oauthbearer.token.endpoint.url", "an http or https URL", "Where tokens are asked for."),
    open("sasl.oauthbearer.scope", "scopes with blanks between", "Which scopes are asked for."),
    open(
        "sasl.oauthbearer.extensions",
        "key=value pairs with commas between",
        "What brokers are told beside the token.",
    ),
    open(
        "https.ca.location",
        "the path of a PEM file",
        "The authorities that the token endpoint's certificate must come from; the system's when absent.",
    ),
    open("https.ca.pem", "PEM text", "The same authorities, in the configuration itself."),
];

const OURS_FOR_CA: &str = "Java's: write ssl.ca.location, the path of a PEM file with the authorities";
const OURS_FOR_CERTIFICATE: &str = "not read here: write ssl.certificate.location and ssl.key.location, PEM files (openssl pkcs12 makes them of a keystore)";
const OURS_FOR_LOGIN: &str =
    "Java's: write sasl.username and sasl.password, or sasl.oauthbearer.* for OAUTHBEARER";
const KERBEROS: &str =
    "for Kerberos, which is not spoken here: use SCRAM-SHA-512, OAUTHBEARER or a client certificate";
const TLS_IS_SET: &str = "not for choosing here: TLS 1.2 and 1.3 are spoken with rustls' cipher suites";
const ASSERTION: &str =
    "not spoken here: tokens are asked for with client credentials, sasl.oauthbearer.client.id and .secret";
const TOKEN_SENT: &str = "for brokers, which check tokens: here belong sasl.oauthbearer.client.id, .client.secret and .token.endpoint.url";

/// Names, or beginnings of names, that others know, and the rest of the sentence "is …". The first that fits counts.
const FOREIGN: &[(&str, &str)] = &[
    ("sasl.jaas.config", OURS_FOR_LOGIN),
    ("ssl.truststore.", OURS_FOR_CA),
    ("ssl.ca.certificate.stores", OURS_FOR_CA),
    ("ssl.keystore.", OURS_FOR_CERTIFICATE),
    ("ssl.trustmanager.", OURS_FOR_CA),
    ("ssl.keymanager.", OURS_FOR_CERTIFICATE),
    ("ssl.client.auth", "for brokers: a client shows its certificate by ssl.certificate.location"),
    ("ssl.endpoint.", "not known: write ssl.endpoint.identification.algorithm"),
    ("ssl.crl.", "not read here: revocation is not checked"),
    ("ssl.protocol", TLS_IS_SET),
    ("ssl.enabled.protocols", TLS_IS_SET),
    ("ssl.cipher.suites", TLS_IS_SET),
    ("ssl.curves.list", TLS_IS_SET),
    ("ssl.sigalgs.list", TLS_IS_SET),
    ("ssl.provider", TLS_IS_SET),
    ("ssl.engine", TLS_IS_SET),
    ("ssl.secure.random.", TLS_IS_SET),
    (
        "enable.ssl.certificate.verification",
        "not for choosing here: certificates are always verified; name the authority in ssl.ca.location",
    ),
    ("security.providers", TLS_IS_SET),
    ("sasl.kerberos.", KERBEROS),
    ("sasl.client.callback.", OURS_FOR_LOGIN),
    ("sasl.login.", OURS_FOR_LOGIN),
    ("sasl.server.", "for brokers"),
    ("sasl.enabled.mechanisms", "for brokers: a client has sasl.mechanisms"),
    ("sasl.oauthbearer.jwks", TOKEN_SENT),
    ("sasl.oauthbearer.expected", TOKEN_SENT),
    ("sasl.oauthbearer.sub.claim", TOKEN_SENT),
    ("sasl.oauthbearer.clock", TOKEN_SENT),
    ("sasl.oauthbearer.client.credentials.client.id", "another name: write sasl.oauthbearer.client.id"),
    (
        "sasl.oauthbearer.client.credentials.client.secret",
        "another name: write sasl.oauthbearer.client.secret",
    ),
    ("sasl.oauthbearer.grant.type", ASSERTION),
    ("sasl.oauthbearer.assertion", ASSERTION),
    ("sasl.oauthbearer.metadata", ASSERTION),
    ("sasl.oauthbearer.jwt", ASSERTION),
    ("sasl.oauthbearer.config", ASSERTION),
    ("bootstrap.servers", "not a property of the connection, but of the cluster"),
    ("metadata.broker.list", "not a property of the connection: write bootstrap.servers"),
    ("client.id", "not a property of the connection: write client_id under [kafka]"),
];

/// Names that are further apart are not taken for typing errors.
const SO_ALIKE: f64 = 0.8;

/// What is wrong with a name, if it is not known.
pub(super) fn name_fault(name: &str) -> Option<PropertyFault> {
    if PROPERTIES.iter().any(|property| property.name == name) {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    let foreign = FOREIGN.iter().find(|(theirs, _)| lower.starts_with(theirs));
    let sentence = match (foreign, nearest(&lower)) {
        (Some((_, ours)), _) => format!("is {ours}"),
        (None, Some(nearest)) => format!("is not known; did you mean {nearest}?"),
        (None, None) => {
            "is not known: the properties of a connection begin with security., sasl., ssl. or https.".into()
        }
    };
    Some(PropertyFault { name: name.to_owned(), sentence })
}

fn nearest(name: &str) -> Option<&'static str> {
    let alike = |property: &Property| strsim::normalized_damerau_levenshtein(name, property.name);
    let best = PROPERTIES.iter().max_by(|a, b| alike(a).total_cmp(&alike(b)))?;
    (alike(best) >= SO_ALIKE).then_some(best.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str) -> String {
        name_fault(name).unwrap().sentence
    }

    #[test]
    fn known_names_are_known_and_have_words() {
        for property in PROPERTIES {
            assert_eq!(name_fault(property.name), None);
            assert!(property.what.ends_with('.') && !property.takes.ends_with('.'), "{}", property.name);
        }
    }

    #[test]
    fn the_names_of_java_are_refused_with_ours() {
        for (theirs, ours) in [
            ("sasl.jaas.config", "sasl.username and sasl.password"),
            ("ssl.truststore.location", "ssl.ca.location"),
            ("ssl.truststore.type", "ssl.ca.location"),
            ("ssl.keystore.location", "ssl.certificate.location"),
            ("ssl.keystore.password", "ssl.key.location"),
            ("sasl.login.callback.handler.class", "sasl.oauthbearer"),
            ("sasl.oauthbearer.jwks.endpoint.url", "token.endpoint.url"),
            ("sasl.kerberos.service.name", "Kerberos"),
            ("enable.ssl.certificate.verification", "always verified"),
            ("metadata.broker.list", "write bootstrap.servers"),
        ] {
            assert!(said(theirs).contains(ours), "{theirs} {}", said(theirs));
        }
    }

    #[test]
    fn a_typing_error_is_told_the_nearest_name() {
        assert_eq!(said("sasl.usrname"), "is not known; did you mean sasl.username?");
        assert_eq!(said("Security.Protocol"), "is not known; did you mean security.protocol?");
        assert!(said("fetch.min.bytes").contains("begin with"));
    }
}
