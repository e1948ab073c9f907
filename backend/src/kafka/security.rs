//! How the connections of a cluster are secured, told by properties in librdkafka's names.

use std::collections::BTreeMap;

use secrecy::SecretString;
use shared::DateTime;

/// What a cluster's connection is told, by librdkafka's names. Every value may be a secret.
pub type Properties = BTreeMap<String, SecretString>;

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

/// Every property that is known here.
pub const PROPERTIES: &[Property] = &[];

/// What is wrong with one property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyFault {
    /// Its name.
    pub name: String,
    /// What is wrong and what to do, without any secret.
    pub sentence: String,
}

/// How connections are secured; plaintext by default.
#[derive(Clone, Debug, Default)]
pub struct Security {}

/// Reads the properties and the files that they name; connects to nothing. All faults at once.
pub fn security(_properties: &Properties, _now: DateTime) -> Result<Security, Vec<PropertyFault>> {
    Ok(Security::default())
}
